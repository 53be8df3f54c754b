"""From a grid to a plan: find the header (in either direction), then tell data rows from everything around them."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

from kpi_sources.body import take_body
from kpi_sources.findings import Findings
from kpi_sources.grid import Grid
from kpi_sources.header import read_header
from kpi_sources.hidden import ask_hidden
from kpi_sources.levels import read_levels
from kpi_sources.limits import Refused
from kpi_sources.names import name_key
from kpi_sources.naming import name_kpi, name_segment
from kpi_sources.not_understood import not_understood
from kpi_sources.plan import Plan
from kpi_sources.probes import SEARCH_ROWS, Known, blank, is_number, is_period, unit_like
from kpi_sources.words import heading


def understand(grid: Grid, known: Known, findings: Findings) -> Plan:
    """The plan of a grid; notes on the layout and ragged rows go to `findings`. Raises Refused or Asked."""
    _fill_merged(grid)
    small = len(grid.rows) <= known_width(grid) * 50 + 400
    if small and _better_turned(grid):
        plan = _find(transpose(grid), known) or _find(grid, known)
    else:
        plan = _find(grid, known)
        if plan is None and small and _names_down(grid):
            with suppress(Refused):  # what stops the table read sideways says nothing of the table as it stands
                plan = _find(transpose(grid), known)
    if plan is None:
        raise not_understood(grid, known)
    _refuse_strays(plan)
    name_segment(plan, known, findings)
    _refuse_doubles(plan)
    for i in range(plan.header[0]):
        text = " ".join(c.strip() for c in plan.grid.rows[i] if c.strip())
        if text:
            findings.left_out_text.append((plan.grid.line(i), text))
    titles = len(findings.left_out_text)
    if titles and not plan.grid.turned:
        findings.left_out.append(f"{titles} title line{'s' if titles > 1 else ''} above the header")
    name_kpi(plan, known, findings)
    take_body(plan, known, findings)
    ask_hidden(plan, known, findings)
    return plan


def known_width(grid: Grid) -> int:
    return max((len(r) for r in grid.rows), default=0)


def transpose(grid: Grid) -> Grid:
    """Rows for columns; lines stay those of the physical rows. Raises Refused when a row's cells may have shifted."""
    width = known_width(grid)
    if grid.sheet is None:
        _refuse_uneven(grid)
    rows = [[row[j] if j < len(row) else "" for row in grid.rows] for j in range(width)]
    return replace(grid, rows=rows, raw={}, merged=[], turned=True)


def _refuse_uneven(grid: Grid) -> None:
    usual = Counter(len(r) for r in grid.rows if len(r) > 1).most_common(1)
    for row, line in zip(grid.rows, grid.lines, strict=True):
        if usual and 1 < len(row) != usual[0][0]:
            raise Refused(
                "ragged_row",
                f"line {line}: expected {usual[0][0]} cells, found {len(row)}: a delimiter is missing or too many",
                line=line,
            )


def _names_down(grid: Grid) -> bool:
    """Whether the first column has words that name columns, so that the table may lie on its side."""
    first = [row[0] for row in grid.rows if row and row[0].strip()][:10]
    return any(heading(c).role in ("kpi", "period", "value", "segment") for c in first)


def _better_turned(grid: Grid) -> bool:
    """Whether the first column reads like a header and the first row does not."""
    first = [row[0] for row in grid.rows if row and row[0].strip()][:10]
    roles = [heading(c).role for c in first]
    turned = len({r for r in roles if r in ("kpi", "period", "value", "segment")})
    top = next((row for row in grid.rows if not blank(row)), [])
    straight = len({heading(c).role for c in top} & {"kpi", "period", "value", "segment"})
    return (turned >= 3 and straight <= 1) or (turned >= 1 and straight <= 1 and _periods_down(grid))


def _periods_down(grid: Grid) -> bool:
    """A label `kpi` (and `segment`) on top of the first column with periods below: KPIs run across the top."""
    first = [row[0] for row in grid.rows if row and row[0].strip()]
    if len(first) < 3 or heading(first[0]).role not in ("kpi", "segment"):
        return False
    labels = [c for c in first if heading(c).role == ""]
    return len(labels) >= 2 and all(is_period(c) for c in labels)


def _fill_merged(grid: Grid) -> None:
    for top, left, bottom, right in grid.merged:
        value = grid.rows[top][left] if left < len(grid.rows[top]) else ""
        for i in range(top, min(bottom, len(grid.rows) - 1) + 1):
            for j in range(left, min(right, len(grid.rows[i]) - 1) + 1):
                if grid.rows[i][j] == "":
                    grid.rows[i][j] = value


def _find(grid: Grid, known: Known) -> Plan | None:
    wanted = known.mapping.header_row
    seen = 0
    for i, row in enumerate(grid.rows):
        if blank(row) or (row[0].lstrip().startswith("#") and heading(row[0]).role == "" and len(row[0].strip()) > 1):
            continue
        seen += 1
        if seen > SEARCH_ROWS:
            break
        if wanted is not None and grid.line(i) != wanted:
            continue
        below = next((k for k in range(i + 1, len(grid.rows)) if not blank(grid.rows[k])), None)
        if below is not None and below == i + 1:
            plan = read_levels(grid, i, below, known)
            if plan is not None:
                return plan
        plan = read_header(grid, i, row, i, known)
        if plan is not None:
            _take_units(plan, below, known)
            return plan
        if _record_like(row):
            return None  # data have begun: a header further down would leave them out
    return None


def _record_like(row: list[str]) -> bool:
    """Whether a row reads like a record: a period in one cell, a figure in another."""
    periods = [j for j, c in enumerate(row) if is_period(c)]
    return any(is_number(c) for j, c in enumerate(row) if j not in periods) and bool(periods)


def _take_units(plan: Plan, below: int | None, known: Known) -> None:
    """A row of units (or of explanations) between header and data."""
    if below is None:
        return
    row = plan.grid.rows[below]
    cells = {j: row[j] for j in plan.value_columns if j < len(row) and row[j].strip()}
    labels = [row[j] for j in plan.label_columns() if j < len(row) and row[j].strip()]
    periods = [c for c in labels if is_period(c, serial=True)]
    bare = [c.strip(" ()[]") for c in cells.values()]
    surely = all(unit_like(c, known) for c in bare)
    nameless = not labels and any(unit_like(c, known) for c in bare) and not any(is_number(c) for c in bare)
    if periods or not cells or not (surely or nameless):
        return
    plan.units.update({j: c.strip(" ()[]") for j, c in cells.items()})
    plan.header.append(below)


def _refuse_doubles(plan: Plan) -> None:
    """The same column twice, where both would be loaded."""
    line = plan.grid.line(plan.header[0])
    shown: dict[tuple[str, str, str], str] = {}
    for j in plan.value_columns:
        key = tuple(name_key(axis.labels.get(j, "")) for axis in (plan.kpi, plan.period, plan.segment))
        if key in shown and plan.shape != "long":
            raise Refused(
                "duplicate_column", f"line {line}: duplicate column: {plan.names[j]!r} stands twice", line=line
            )
        shown[(key[0], key[1], key[2])] = plan.names[j]
    for j in plan.label_columns():
        if plan.names[j].strip() and [name_key(n) for n in plan.names].count(name_key(plan.names[j])) > 1:
            raise Refused(
                "duplicate_column", f"line {line}: duplicate column: {plan.names[j]!r} stands twice", line=line
            )


def _refuse_strays(plan: Plan) -> None:
    if plan.strays:
        line = plan.grid.line(plan.header[-1])
        shown = ", ".join(repr(plan.names[j].strip()) for j in plan.strays[:5])
        raise Refused(
            "date_invalid",
            f"line {line}: invalid period in the header: {shown} stands over figures and is no period",
            line=line,
        )
