"""OKRs from a table, one row a key result: CSV, TSV or the first sheet of a workbook with headers in row 1.

The table becomes the same tree as the YAML form, with row numbers for lines, so the same checks speak about it.
"""

import csv
import io
import re
import unicodedata
import zipfile
from typing import Any

from kpi_sources.okr_yaml import Node, OkrProblem

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_UNPACKED = 100_000_000  # bytes of a workbook once unpacked; 20,000 key results need about 10 MB
_OBJECTIVE, _KEY_RESULT = "objective", "key_result"
# header, folded to lower-case words -> (what it belongs to, field)
COLUMNS = {
    alias: (owner, name)
    for owner, name, aliases in (
        (_OBJECTIVE, "id", "objective id,objective key,o id"),
        (_OBJECTIVE, "title", "objective,objective title,objective name,goal"),
        (_OBJECTIVE, "team", "team,owner team,department,group"),
        (_OBJECTIVE, "cycle", "cycle,quarter,period,time period"),
        (_OBJECTIVE, "level", "level,commitment"),
        (_OBJECTIVE, "parent", "parent,parent objective,supports"),
        (_KEY_RESULT, "id", "id,key result id,kr id,key result key,kr"),
        (_KEY_RESULT, "title", "key result,key result title,key result name,title,name"),
        (_KEY_RESULT, "kpi", "kpi,kpi id,metric,metric id,measure"),
        (_KEY_RESULT, "segment", "segment,region"),
        (_KEY_RESULT, "baseline", "baseline,start,start value,from,initial value"),
        (_KEY_RESULT, "target", "target,target value,to,goal value"),
        (_KEY_RESULT, "weight", "weight"),
        (_KEY_RESULT, "owner", "owner,assignee,responsible"),
        (_KEY_RESULT, "kind", "kind,type"),
        (_KEY_RESULT, "format", "format"),
        (_KEY_RESULT, "currency", "currency"),
        (_KEY_RESULT, "reading", "reading"),
        (_KEY_RESULT, "illustrative", "illustrative"),
        (_KEY_RESULT, "note", "note,notes,comment"),
    )
    for alias in aliases.split(",")
}


def table_nodes(data: bytes, name: str, notes: list[str]) -> tuple[Node | None, list[OkrProblem]]:
    """The tree of an OKR table, or why it cannot be read. A blank objective means that of the row above."""
    rows, problem = _workbook_rows(data) if name.lower().endswith(".xlsx") else _text_rows(data)
    if problem is not None:
        return None, [problem]
    if not rows:
        return None, []
    columns, problems = _columns(rows[0][1], rows[0][0], notes)
    if problems:
        return None, problems
    return _tree(rows, columns, notes)


def _columns(headers: list[str], line: int, notes: list[str]) -> tuple[dict[int, tuple[str, str]], list[OkrProblem]]:
    columns: dict[int, tuple[str, str]] = {}
    ignored = []
    for position, header in enumerate(headers):
        meaning = COLUMNS.get(re.sub(r"[\s_\-]+", " ", header).strip().casefold())
        if meaning is None:
            ignored += [header] if header.strip() else []
        elif meaning in columns.values():
            message = f"two columns mean the same ({header!r} is the second for {' '.join(meaning)}); keep one"
            return {}, [OkrProblem(line, header, "duplicate_column", header, message)]
        else:
            columns[position] = meaning
    if ignored:
        notes.append(f"Columns that are not read: {', '.join(ignored)}.")
    named = set(columns.values())
    if (_OBJECTIVE, "title") in named or (_OBJECTIVE, "id") in named:
        if (_KEY_RESULT, "title") in named or (_KEY_RESULT, "id") in named:
            return columns, []
        missing = "key result"
    else:
        missing = "objective"
    message = (
        f"the column {missing!r} is missing; an OKR table has one row a key result and at least objective, key result"
    )
    return {}, [OkrProblem(line, missing, "missing_column", ", ".join(headers)[:120], message)]


def _tree(
    rows: list[tuple[int, list[str]]], columns: dict[int, tuple[str, str]], notes: list[str]
) -> tuple[Node | None, list[OkrProblem]]:
    objectives: dict[str, Node] = {}
    results: dict[str, Node] = {}
    problems: list[OkrProblem] = []
    made_ids = False
    current: dict[str, str] = {}
    for line, cells in rows[1:]:
        parts: dict[str, dict[str, str]] = {_OBJECTIVE: {}, _KEY_RESULT: {}}
        for position, (owner, name) in columns.items():
            if position < len(cells) and cells[position].strip():
                parts[owner][name] = cells[position].strip()
        if len([cell for cell in cells[len(rows[0][1]) :] if cell.strip()]) > 0:
            message = (
                f"the row has more cells than the header has columns ({len(cells)}, {len(rows[0][1])}); check quotes"
            )
            problems.append(OkrProblem(line, "", "ragged_row", str(len(cells)), message))
        if not parts[_KEY_RESULT] and not parts[_OBJECTIVE]:
            continue
        objective = parts[_OBJECTIVE]
        if not {"id", "title"} & set(objective):
            objective = {**current, **objective}
        current = {key: objective[key] for key in ("id", "title") if key in objective}
        identifier = objective.get("id") or slug(objective.get("title", ""))
        made_ids |= "id" not in objective or "id" not in parts[_KEY_RESULT]
        if identifier not in objectives:
            objectives[identifier] = _map({"id": identifier, **objective}, line)
            results[identifier] = Node("list", line)
            objectives[identifier].pairs.append((Node("word", line, "key_results"), results[identifier]))
        else:
            problems += _differences(objectives[identifier], objective, line)
        row = parts[_KEY_RESULT]
        if row:
            row = {"id": row.get("id") or slug(row.get("title", "")), **row}
            results[identifier].items.append(_map(row, line))
    if made_ids:
        notes.append("Ids that the table does not give are made from the titles: a changed title is then a new entry.")
    root = Node("map", rows[0][0])
    root.pairs.append(
        (Node("word", rows[0][0], "objectives"), Node("list", rows[0][0], items=list(objectives.values())))
    )
    return root, problems


def _differences(objective: Node, again: dict[str, str], line: int) -> list[OkrProblem]:
    first = {key.text: value for key, value in objective.pairs}
    out = []
    for name, text in again.items():
        if name in first and first[name].text != text:
            message = (
                f"the {name} of this objective is {text!r} here and {first[name].text!r} on line {first[name].line}; "
                "an objective has one, make them equal"
            )
            out.append(OkrProblem(line, name, "okr_value", text, message))
        elif name not in first:
            objective.pairs.append((Node("word", line, name), Node("word", line, text)))
    return out


def _map(fields: dict[str, str], line: int) -> Node:
    return Node(
        "map", line, pairs=[(Node("word", line, key), Node("word", line, text)) for key, text in fields.items()]
    )


def slug(title: str) -> str:
    """`Users love us: 70!` -> `users-love-us-70`."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title).casefold())
    return "-".join(words)[:80]


def _text_rows(data: bytes) -> tuple[list[tuple[int, list[str]]], OkrProblem | None]:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "the bytes are not UTF-8 text; save the table as CSV UTF-8"
        return [], OkrProblem(line, "", "encoding", data[error.start : error.start + 4].hex(" "), message)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS or len(cells) > MAX_COLUMNS:
                return [], _too_large(line - 1, f"more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns")
    except csv.Error as error:
        return [], OkrProblem(line, "", "unbalanced_quote", "", f"a quoted cell is not closed properly ({error})")
    return [row for row in rows if any(cell.strip() for cell in row[1])], None


def _workbook_rows(data: bytes) -> tuple[list[tuple[int, list[str]]], OkrProblem | None]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            return [], _too_large(None, f"{unpacked:,} bytes once unpacked, above the limit of {MAX_UNPACKED:,}")
        return _sheet_rows(data), None
    except Exception as error:  # noqa: BLE001  a damaged workbook fails anywhere in its reader
        message = (
            f"the workbook cannot be read ({type(error).__name__}: {error}); save it again as .xlsx or as CSV UTF-8"
        )
        return [], OkrProblem(None, "", "truncated", "", message)


def _sheet_rows(data: bytes) -> list[tuple[int, list[str]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet: Any = book.worksheets[0]
        cells = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        rows = [(line, [_written(value) for value in row]) for line, row in enumerate(cells, start=1)]
    finally:
        book.close()
    return [row for row in rows if any(cell.strip() for cell in row[1])]


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _too_large(line: int | None, what: str) -> OkrProblem:
    return OkrProblem(line, "", "too_large", what, f"the table has {what}; split it")
