"""The cells of an OKR table with their lines: delimited text, or a sheet of a workbook."""

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

from kpi_sources.okr_yaml import OkrProblem

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")
MAX_ROWS = 20_000
MAX_COLUMNS = 120  # a wide table has about eight columns a key result
MAX_UNPACKED = 100_000_000  # bytes of a workbook once unpacked; 20,000 key results need about 10 MB
Cells = list[tuple[int, list[str]]]  # physical line (or sheet row) and its cells


def cells_of(
    data: bytes, name: str, sheet: str | None = None, header_row: int | None = None
) -> tuple[Cells, OkrProblem | None]:
    """The rows that are not empty, the header first; or why the table cannot be read."""
    rows, problem = _workbook_rows(data, sheet) if name.lower().endswith(".xlsx") else _text_rows(data)
    return [row for row in rows if header_row is None or row[0] >= header_row], problem


def _text_rows(data: bytes) -> tuple[Cells, OkrProblem | None]:
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
    rows: Cells = []
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


def _workbook_rows(data: bytes, sheet: str | None) -> tuple[Cells, OkrProblem | None]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            return [], _too_large(None, f"{unpacked:,} bytes once unpacked, above the limit of {MAX_UNPACKED:,}")
        return _sheet_rows(data, sheet)
    except Exception as error:  # noqa: BLE001  a damaged workbook fails anywhere in its reader
        message = (
            f"the workbook cannot be read ({type(error).__name__}: {error}); save it again as .xlsx or as CSV UTF-8"
        )
        return [], OkrProblem(None, "", "truncated", "", message)


def _sheet_rows(data: bytes, name: str | None) -> tuple[Cells, OkrProblem | None]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        if name is not None and name not in book.sheetnames:
            message = f"the workbook has no sheet {name!r}; its sheets: {', '.join(book.sheetnames)}"
            return [], OkrProblem(None, "sheet", "missing_column", name, message)
        sheet: Any = book[name] if name is not None else book.worksheets[0]
        cells = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        rows = [(line, [_written(value) for value in row]) for line, row in enumerate(cells, start=1)]
    finally:
        book.close()
    return [_trimmed(row) for row in rows if any(cell.strip() for cell in row[1])], None


def _trimmed(row: tuple[int, list[str]]) -> tuple[int, list[str]]:
    """Without the empty cells at its end, which a sheet has as many of as its widest row."""
    line, cells = row
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return line, cells


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _too_large(line: int | None, what: str) -> OkrProblem:
    return OkrProblem(line, "", "too_large", what, f"the table has {what}; split it")
