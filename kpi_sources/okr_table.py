"""OKRs from a table: CSV, TSV or a sheet of a workbook, in one of three layouts: one row a key result, one row a node
with its parent, one row an objective with its key results beside each other.

The table becomes the same tree as the YAML form, with row numbers for lines, so the same checks speak about it.
"""

from datetime import date

from kpi_sources.okr_cells import TABLE_SUFFIXES, Cells, cells_of
from kpi_sources.okr_columns import Columns, OkrMapping, key_result_columns
from kpi_sources.okr_rows import Row, Tree, tree_of
from kpi_sources.okr_table_nodes import is_node_table, node_rows
from kpi_sources.okr_table_wide import is_wide_table, wide_rows
from kpi_sources.okr_yaml import OkrProblem

__all__ = ["TABLE_SUFFIXES", "layout_of", "table_nodes"]


def table_nodes(
    data: bytes, name: str, notes: list[str], as_of: date, mapping: OkrMapping
) -> tuple[Tree | None, list[OkrProblem]]:
    """The tree of an OKR table, or why it cannot be read."""
    cells, problem = cells_of(data, name, mapping.sheet, mapping.header_row)
    if problem is not None:
        return None, [problem]
    if not cells:
        return None, []
    layout = mapping.layout or layout_of(cells[0][1])
    read = {"nodes": node_rows, "wide": wide_rows}.get(layout, _key_result_rows)
    rows, problems = read(cells, notes, mapping)
    if not rows and problems:
        return None, problems
    if layout != "key_results":
        notes.insert(0, {"nodes": "Read as one row a node.", "wide": "Read as one row an objective."}[layout])
    tree = tree_of(rows, cells[0][0], notes, as_of, mapping.decimal)
    tree.problems[:0] = problems
    return tree, tree.problems


def layout_of(headers: list[str]) -> str:
    """key_results, nodes or wide."""
    return "wide" if is_wide_table(headers) else "nodes" if is_node_table(headers) else "key_results"


def _key_result_rows(cells: Cells, notes: list[str], mapping: OkrMapping) -> tuple[list[Row], list[OkrProblem]]:
    """One row a key result. A blank objective means that of the row above."""
    line, headers = cells[0]
    columns, problems = key_result_columns(headers, line, notes, mapping)
    if problems:
        return [], problems
    out: list[Row] = []
    current: dict[str, str] = {}
    for at, row in cells[1:]:
        if any(cell.strip() for cell in row[len(headers) :]):
            message = f"the row has more cells than the header has columns ({len(row)}, {len(headers)}); check quotes"
            problems.append(OkrProblem(at, "", "ragged_row", str(len(row)), message))
        objective, key_result = _parts(row, columns)
        if not objective and not key_result:
            continue
        if not {"id", "title"} & set(objective):
            objective = {**current, **objective}
        current = {key: objective[key] for key in ("id", "title") if key in objective}
        out.append(Row(at, objective, key_result))
    return out, problems


def _parts(row: list[str], columns: Columns) -> tuple[dict[str, str], dict[str, str]]:
    parts: dict[str, dict[str, str]] = {"objective": {}, "key_result": {}}
    for position, (owner, name) in columns.items():
        if position < len(row) and row[position].strip():
            parts[owner][name] = row[position].strip()
    return parts["objective"], parts["key_result"]
