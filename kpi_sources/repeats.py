"""The same KPI, segment and period twice in one file: equal values are a repetition, others a conflict."""

from collections.abc import Iterable
from itertools import islice

from kpi_sources.findings import Findings, Problem
from kpi_sources.names import name_key
from kpi_sources.observations import Observations, problem_at
from kpi_sources.plan import Plan
from kpi_sources.tidy_columns import Tidy

NAMED = 3  # other lines that a conflict names; a file of days for a monthly KPI has thirty to each
SAME = 1e-9  # relative: two values that agree so far are the same (the store compares restatements likewise)


def same_value(a: float, b: float) -> bool:
    """Whether two values are the same figure."""
    return a == b or abs(a - b) <= SAME * max(abs(a), abs(b))


def others_said(rows: Iterable[tuple[int, str]], count: int) -> str:
    """`line 3 has 2, line 4 has 5 and 20 more lines`: the first of `count` rows of line and value."""
    first = ", ".join(f"line {line} has {value}" for line, value in islice(rows, NAMED))
    more = count - NAMED
    return first + (f" and {more} more line{'s' * (more > 1)}" if more > 0 else "")


def drop_repeats(tidy: Tidy, kept: list[int], out: Observations, plan: Plan, findings: Findings) -> None:
    """Keep the first of equal rows, none of conflicting ones; each conflict names the other lines."""
    folded: dict[str, str] = {s: name_key(s) for s in set(tidy.segment)}
    keys = list(zip(tidy.kpi, [folded[s] for s in tidy.segment], tidy.start, strict=True))
    if len(set(keys)) == len(keys):
        return
    places = [(out.row[k], out.column[k]) for k in kept]
    groups: dict[tuple[object, ...], list[int]] = {}
    for k, key in enumerate(keys):
        groups.setdefault(key, []).append(k)
    drop: set[int] = set()
    for ks in groups.values():
        if len(ks) == 1:
            continue
        if len({tidy.period[k] for k in ks}) > 1:
            drop.update(ks)
            _say(tidy, ks, places, plan, findings, "grain")
        elif all(same_value(tidy.value[ks[0]], tidy.value[k]) and tidy.exact[ks[0]] == tidy.exact[k] for k in ks[1:]):
            drop.update(ks[1:])
            tidy.repeated += len(ks) - 1
            for k in ks[1:]:
                message = f"duplicate row: repeats line {tidy.line[ks[0]]} with the same value; loaded once"
                place = places[k]
                findings.warnings.append(problem_at(plan, *place, tidy.text[k], "duplicate_exact", message))
        else:
            drop.update(ks)
            _say(tidy, ks, places, plan, findings, "duplicate_conflict")
    for name in ("kpi", "period", "start", "cadence", "value", "text", "exact", "segment", "line", "column"):
        column = getattr(tidy, name)
        setattr(tidy, name, [x for k, x in enumerate(column) if k not in drop])


def _say(tidy: Tidy, ks: list[int], places: list[tuple[int, int]], plan: Plan, findings: Findings, code: str) -> None:
    for k in ks:
        others = others_said(((tidy.line[o], tidy.text[o]) for o in ks if o != k), len(ks) - 1)
        what = f"{tidy.kpi[k]}, {tidy.segment[k]}, {tidy.period[k]}"
        if code == "grain":
            message = f"mixed grain: several days in one {tidy.cadence[k]} for {what} (duplicate period): {others}"
        else:
            message = f"duplicate with another value: {what} is {tidy.text[k]} here, but {others}"
        problem: Problem = problem_at(plan, *places[k], tidy.text[k], code, message)
        findings.errors.append(problem)
