"""Rows and columns that a workbook hides: whether they count is for the analyst to say."""

from kpi_sources.findings import Asked, Findings, Question
from kpi_sources.grid import column_letters
from kpi_sources.plan import Plan
from kpi_sources.probes import Known


def ask_hidden(plan: Plan, known: Known, findings: Findings) -> None:
    """Ask when data rows, or columns that would be read, are hidden (by hand or by a filter). Raises Asked."""
    grid = plan.grid
    if grid.turned:
        return
    rows = [i for i in plan.body if i in grid.hidden_rows]
    columns = [j for j in (*plan.value_columns, *plan.label_columns()) if j in grid.hidden_columns]
    if not rows and not columns:
        return
    what = []
    if rows:
        shown = ", ".join(str(grid.line(i)) for i in rows[:5])
        what.append(f"{len(rows)} hidden row{'s' if len(rows) > 1 else ''} (row {shown})")
    if columns:
        what.append(f"hidden column{'s' if len(columns) > 1 else ''} {', '.join(map(column_letters, columns[:5]))}")
    said = " and ".join(what)
    if known.mapping.hidden is None:
        line = grid.line(rows[0] if rows else plan.header[0])
        raise Asked(
            Question(
                "hidden",
                f"line {line}: the sheet has {said}, perhaps by a filter; do they count?",
                [("include", "load them too"), ("leave_out", "load only what is shown")],
                "hidden",
                line,
            )
        )
    if known.mapping.hidden == "leave_out":
        plan.body = [i for i in plan.body if i not in grid.hidden_rows]
        plan.value_columns = [j for j in plan.value_columns if j not in grid.hidden_columns]
        findings.left_out.append(said)
    else:
        findings.layout.append(f"with {said}")
