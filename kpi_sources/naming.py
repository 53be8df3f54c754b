"""The KPI and the segment of a table whose header does not name their columns."""

from kpi_sources.findings import Asked, Decision, Findings, Question
from kpi_sources.limits import Refused
from kpi_sources.names import name_key
from kpi_sources.plan import Axis, Plan
from kpi_sources.probes import Known, column, is_number, probe_rows
from kpi_sources.words import OTHER_WORDS, heading, plain_words


def name_kpi(plan: Plan, known: Known, findings: Findings) -> None:
    """Fill `plan.kpi` from the mapping, or from a title line or the sheet's name that is a KPI. Raises Asked."""
    if known.mapping.kpi_const is not None:
        plan.kpi = Axis(const=known.mapping.kpi_const)
    if known.mapping.segment_const is not None:
        plan.segment = Axis(const=known.mapping.segment_const)
    generic = (
        plan.shape == "by KPI"
        and len(plan.value_columns) == 1
        and heading(plan.names[plan.value_columns[0]]).role == "value"
    )
    if plan.kpi.known and not generic:
        return
    titles = [c for i in range(plan.header[0]) for c in plan.grid.rows[i] if c.strip()]
    if plan.grid.sheet:
        titles.append(plan.grid.sheet)
    named = {spec.id for c in titles for part in (c, c.rpartition(":")[2]) if (spec := known.catalog.find(part))}
    if len(named) == 1:
        plan.kpi = Axis(const=named.pop())
        findings.layout.append(f"the KPI {plan.kpi.const} named in a title line")
        return
    line = plan.grid.line(plan.header[0])
    raise Asked(
        Question(
            "missing_column",
            f"line {line}: no column names the KPI (a header such as kpi or metric); which KPI is this, "
            "or which column names it?",
            [(n, f"column {n!r}") for j, n in enumerate(plan.names) if n.strip() and j not in plan.value_columns][:10],
            "kpi_const",
            line,
        )
    )


def name_segment(plan: Plan, known: Known, findings: Findings) -> None:
    """Fill `plan.segment`, if no column is called so, from the column whose cells are all known segments.

    A column of words without any header may be it too, and must get its name. Raises Refused or Asked.
    """
    if plan.segment.known or known.mapping.segment or known.mapping.segment_const or plan.shape == "two header rows":
        return
    taken = {*plan.label_columns(), *plan.value_columns}
    probe = probe_rows(plan.grid, plan.header[-1], len(plan.names))
    width = max((len(plan.grid.rows[i]) for i in probe), default=0)
    segments = known.catalog.segments or {}
    found = []
    doubtful: list[str] = []
    for j in range(width):
        cells = [c for c in column(plan.grid, probe, j) if c.strip()]
        if j in taken or not cells or any(is_number(c) for c in cells):
            continue
        name = plan.names[j].strip() if j < len(plan.names) else ""
        if name and all(name_key(c) in segments for c in cells):
            found.append(j)
        elif (
            name and heading(name).role == "" and plain_words(name) not in OTHER_WORDS and len(cells) > len(probe) // 2
        ):
            doubtful.append(name)
        elif not name and len(cells) > len(probe) // 2:
            line = plan.grid.line(plan.header[-1])
            raise Refused(
                "no_header",
                f"line {line}: column {j + 1} has no header but holds words ({cells[0]!r}); name it",
                line=line,
            )
    if len(found) == 1:
        plan.segment = Axis((found[0],))
        name = plan.names[found[0]]
        plan.ignored = [n for n in plan.ignored if n != name]
        findings.decisions.append(
            Decision("segment", f"column {name!r}", "all its cells are known segments", "segment", tuple(plan.ignored))
        )
    elif doubtful and plan.shape != "by period":
        line = plan.grid.line(plan.header[-1])
        raise Asked(
            Question(
                "missing_column",
                f"line {line}: no column is called segment, but {', '.join(map(repr, doubtful[:5]))} may be it; "
                "which column names the segment? (`segment_const: all` if none does)",
                [(name, f"column {name!r}") for name in doubtful[:5]],
                "segment",
                line,
            )
        )
