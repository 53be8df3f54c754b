"""The cells of a plan as one long list of observations: name, segment, period label, value text, and their places."""

from collections import Counter
from dataclasses import dataclass

from kpi_sources.findings import Findings, Problem
from kpi_sources.months import month_number
from kpi_sources.plan import Axis, Plan
from kpi_sources.words import bare_part


@dataclass
class Observations:
    """Parallel lists, one item a cell. `row` and `column` are indexes into the grid."""

    kpi: list[str]
    segment: list[str]
    period: list[str]
    value: list[str]
    unit: list[str]
    row: list[int]
    column: list[int]

    def __len__(self) -> int:
        return len(self.value)


def collect(plan: Plan, findings: Findings) -> Observations:
    """All cells of the value columns below the header, empty ones too."""
    rows = [plan.grid.rows[i] for i in plan.body]
    kpi = _filled(plan, plan.kpi, rows, findings, "KPI")
    segment = _filled(plan, plan.segment, rows, findings, "segment", beside=plan.kpi)
    period = _periods(plan, rows)
    unit = _texts(plan.unit, rows)
    count = len(rows)
    if len(plan.value_columns) == 1:
        j = plan.value_columns[0]
        return Observations(
            kpi if kpi is not None else [_label(plan.kpi, j)] * count,
            segment if segment is not None else [_label(plan.segment, j)] * count,
            period if period is not None else [_label(plan.period, j)] * count,
            [row[j] for row in rows],
            unit if unit is not None else [plan.units.get(j, "")] * count,
            plan.body,
            [j] * count,
        )
    out = Observations([], [], [], [], [], [], [])
    for j in plan.value_columns:
        out.kpi += kpi if kpi is not None else [_label(plan.kpi, j)] * count
        out.segment += segment if segment is not None else [_label(plan.segment, j)] * count
        out.period += period if period is not None else [_label(plan.period, j)] * count
        out.unit += unit if unit is not None else [plan.units.get(j, "")] * count
        out.value += [row[j] if j < len(row) else "" for row in rows]
        out.row += plan.body
        out.column += [j] * count
    return out


def problem_at(plan: Plan, row: int, column: int, found: str, code: str, message: str) -> Problem:
    """A problem in one cell of the grid; the message begins with the line."""
    line = plan.grid.line(row, column)
    cell = plan.grid.cell_name(row, column)
    where = f"cell {cell} (row {line})" if cell else f"line {line}"
    if plan.grid.turned:
        name = plan.grid.rows[row][0] if plan.grid.rows[row] else ""
    else:
        name = plan.names[column] if column < len(plan.names) else ""
    return Problem(line, cell, name.strip() or None, found, code, f"{where}: {message}")


def _label(axis: Axis, j: int) -> str:
    return axis.const if axis.const is not None else axis.labels.get(j, "")


def _texts(axis: Axis, rows: list[list[str]]) -> list[str] | None:
    if not axis.columns:
        return None
    j = axis.columns[0]
    return [row[j] for row in rows]


def _periods(plan: Plan, rows: list[list[str]]) -> list[str] | None:
    if len(plan.period.columns) < 2:
        return _texts(plan.period, rows)
    year, part = plan.period.columns[:2]
    return [_joined(row[year].strip(), row[part].strip()) for row in rows]


def _joined(year: str, part: str) -> str:
    """A year and a month, quarter or week from two columns as one label."""
    if not year or not part:
        return ""
    if part.isdigit() and 1 <= int(part) <= 12:
        return f"{year}-{int(part):02}"
    if month_number(part) is not None:
        return f"{part} {year}"
    bare = bare_part(part)
    return f"{year}-{bare}" if bare else f"{year} {part}"


def _filled(
    plan: Plan, axis: Axis, rows: list[list[str]], findings: Findings, what: str, beside: Axis | None = None
) -> list[str] | None:
    """The cells of a name column; blanks below a name take it where the file is plainly written in groups."""
    texts = _texts(axis, rows)
    if texts is None:
        return None
    blanks = [k for k, t in enumerate(texts) if not t.strip()]
    if not blanks or not _in_groups(plan, axis, rows, texts, beside):
        return texts
    last = ""
    filled = []
    for text in texts:
        last = text if text.strip() else last
        filled.append(last)
    findings.layout.append(f"the {what} stands only on the first row of each group and was carried down")
    return filled


def _in_groups(plan: Plan, axis: Axis, rows: list[list[str]], texts: list[str], beside: Axis | None) -> bool:
    """Whether blanks mean "as above": groups of equal make, in which no period comes twice, opened by a name."""
    if not texts[0].strip() or sum(not t.strip() for t in texts) < 0.3 * len(texts):
        return False
    if beside is not None and beside.columns:
        j = beside.columns[0]
        if any(row[j].strip() for row, t in zip(rows, texts, strict=True) if not t.strip()):
            return False
    groups: list[list[str]] = []
    others = [j for j in plan.label_columns() if j not in axis.columns and any(row[j].strip() for row in rows)]
    for row, text in zip(rows, texts, strict=True):
        if text.strip():
            groups.append([])
        groups[-1].append("\x00".join(row[j].strip() for j in others))
    if any(len(set(g)) < len(g) for g in groups):
        return False
    sizes = Counter(len(g) for g in groups)
    return sizes.most_common(1)[0][1] >= 0.6 * len(groups) or len(groups) == 1
