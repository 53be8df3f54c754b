"""The way from bytes to tidy columns, without pandas, so that the limited worker starts quickly."""

import gc
from dataclasses import dataclass, field
from datetime import date

from kpi_sources.catalog import Catalog
from kpi_sources.container import unpack
from kpi_sources.delimited import split_lines
from kpi_sources.dialect import read_delimited
from kpi_sources.encoding import LABELS, decode
from kpi_sources.findings import Asked, Decision, Findings, Problem, Question
from kpi_sources.grid import Grid
from kpi_sources.layout import understand
from kpi_sources.limits import Limits, Refused
from kpi_sources.mapping import Mapping
from kpi_sources.observations import collect
from kpi_sources.packed import unpack_dimensions
from kpi_sources.plan import Plan
from kpi_sources.probes import Known
from kpi_sources.scale_notes import check_scale_notes
from kpi_sources.sheets import choose_sheet
from kpi_sources.structured import read_json, read_parquet
from kpi_sources.tidy import Tidier
from kpi_sources.tidy_columns import Tidy

MOST_PROBLEMS = 5_000  # beyond this a list helps nobody; the last entry says how many more there are


@dataclass
class Reading(Tidy):
    """Tidy columns with everything that was found on the way."""

    status: str = "ok"
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    layout: str = ""
    decisions: list[Decision] = field(default_factory=list)


def read_bytes(
    data: bytes, name: str, mapping: Mapping, catalog: Catalog, as_of: date, limits: Limits, trusted: bool
) -> Reading:
    """Everything that one file says. Never raises for what the file holds."""
    return read_with_reasons(data, mapping, catalog, as_of, limits, trusted)[0]


def read_with_reasons(
    data: bytes,
    mapping: Mapping,
    catalog: Catalog,
    as_of: date,
    limits: Limits,
    trusted: bool,
    moved: tuple[int, int] = (0, 0),
) -> tuple[Reading, Tidier | None]:
    """The same, and the tidier with the plan and the names behind it, where reading came so far.

    `moved` (first, by): lines beyond the first ones stand further down in the file whose part is read.
    """
    findings = Findings()
    known = Known(mapping, catalog.with_names(mapping.names))
    tidy, tidier = Tidy(), None
    collecting = gc.isenabled()
    gc.disable()  # millions of small lists and no cycles: looking for cycles takes longer than reading
    try:
        grid = _grid(data, known, findings, limits, trusted)
        if moved[1]:
            grid.lines = [line + moved[1] if line > moved[0] else line for line in grid.lines]
        unpack_dimensions(grid, known, findings)
        plan = understand(grid, known, findings)
        tidier = _observer(plan, known, findings, as_of)
        tidy = _observe(tidier, findings)
        findings.layout.insert(0, _shape(plan))
    except Refused as refusal:
        findings.errors.append(Problem(refusal.line, refusal.cell, None, refusal.found, refusal.code, refusal.message))
    except Asked as asked:
        findings.questions.append(asked.question)
    except RecursionError:
        findings.errors.append(
            Problem(None, None, None, "", "too_large", "too deep: the file nests more levels than are read")
        )
    finally:
        if collecting:
            gc.enable()
    return _finish(tidy, findings), tidier


def _grid(data: bytes, known: Known, findings: Findings, limits: Limits, trusted: bool) -> Grid:
    kind, content, steps = unpack(data, limits)
    if steps:
        findings.layout.append("unpacked from " + " in ".join(steps))
    if kind == "workbook":
        return choose_sheet(content, known, findings, limits)
    if kind == "parquet":
        if not trusted:
            raise Refused(
                "unsupported", "unsupported file type: Parquet is taken from named sources only, not from uploads"
            )
        grid = read_parquet(content, limits)
        findings.layout.append(grid.how[0])
        return grid
    decoded = decode(content, known.catalog.words(), known.mapping.encoding)
    if not decoded.text.strip():
        raise Refused("empty_file", "the file is empty: it holds nothing but white space")
    if kind == "json":
        grid = read_json(decoded.text, limits)
    else:
        grid = read_delimited(decoded.text, limits, known.mapping.delimiter, known.mapping.quote)
    label = LABELS.get(decoded.encoding, decoded.encoding)
    findings.layout.append(f"{grid.how[0]} in {label}" + "".join(f" ({h})" for h in grid.how[1:]))
    findings.decisions.append(Decision("encoding", label, decoded.because, "encoding"))
    if kind == "text":
        findings.decisions.append(Decision("format", grid.how[0], "it cuts the lines into equal columns", "delimiter"))
    return grid


def _shape(plan: Plan) -> str:
    words = {
        "long": "one row a value",
        "by period": "periods across the top",
        "by KPI": "one column a KPI",
        "two header rows": "two header rows",
    }
    text = words[plan.shape]
    return f"{text}, rows and columns exchanged" if plan.grid.turned else text


def _observer(plan: Plan, known: Known, findings: Findings, as_of: date) -> Tidier:
    line = plan.grid.line(plan.header[0])
    for names, what in ((plan.targets, "target column"), (plan.ignored, "other column")):
        if names:
            shown = ", ".join(n.strip() for n in names[:6]) + (", ..." if len(names) > 6 else "")
            findings.left_out.append(f"{len(names)} {what}{'s' if len(names) > 1 else ''} ({shown})")
    if not plan.body and not findings.errors:
        raise Refused("no_rows", f"no data rows below the header in line {line}", line=line)
    check_scale_notes(plan, known, findings)
    return Tidier(plan, collect(plan, findings), known, findings, as_of)


def _observe(tidier: Tidier, findings: Findings) -> Tidy:
    tidy = tidier.run()
    line = tidier.plan.grid.line(tidier.plan.header[0])
    if not tidy.value and not findings.errors and not findings.questions:
        findings.errors.append(
            Problem(line, None, None, "", "no_rows", f"no data: no cell below the header in line {line} holds a value")
        )
    return tidy


def _finish(tidy: Tidy, findings: Findings) -> Reading:
    errors = sorted(findings.errors, key=lambda p: p.line or 0)
    if len(errors) > MOST_PROBLEMS:
        errors = _shortened(errors)
    for question in findings.questions:
        errors.append(Problem(question.line, None, None, "", question.code, question.message))
    status = "needs_input" if findings.questions else "rejected" if errors else "ok"
    parts = [*findings.layout]
    if findings.left_out:
        parts.append("left out: " + ", ".join(findings.left_out))
    layout = "; ".join(parts)
    return Reading(
        **{name: getattr(tidy, name) for name in Tidy.__dataclass_fields__},
        status=status,
        errors=errors,
        warnings=findings.warnings,
        questions=findings.questions,
        layout=layout[:1].upper() + layout[1:],
        decisions=findings.decisions,
    )


def _shortened(errors: list[Problem]) -> list[Problem]:
    """The first problems, each further name that nobody knows once, and one that counts the rest."""
    kept, rest = errors[:MOST_PROBLEMS], errors[MOST_PROBLEMS:]
    named = {problem.found for problem in kept if problem.code == "unknown_kpi"}
    for problem in rest:
        if problem.code == "unknown_kpi" and problem.found not in named:
            named.add(problem.found)
            kept.append(problem)
    listed = {(problem.line, problem.column) for problem in kept}
    cells = len({(problem.line, problem.column) for problem in rest} - listed)
    line = rest[0].line
    return [*kept, Problem(line, None, None, "", "more", f"and {cells:,} more cells from line {line} on", cells)]


__all__ = ["Reading", "read_bytes", "split_lines"]
