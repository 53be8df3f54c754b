"""One sheet's XML to a grid: only cells that hold something are kept, so a far corner cell costs nothing."""

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Protocol

from kpi_sources.grid import Day, Fault, Grid, Number, Percent, Uncached, column_letters
from kpi_sources.limits import Limits, too_large
from kpi_sources.periods import SERIAL_EPOCH, SERIAL_EPOCH_1904
from kpi_sources.sheet_xml import walk

_REF = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


class _Styles(Protocol):
    def is_date(self, style: int) -> bool: ...
    def is_percent(self, style: int) -> bool: ...


def column_index(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    index = 0
    for c in letters:
        index = index * 26 + ord(c) - 64
    return index - 1


class _Reader:
    """Holds the state between XML events of one sheet."""

    def __init__(self, shared: list[str], styles: _Styles, limits: Limits, date1904: bool):
        self.shared, self.styles, self.limits, self.date1904 = shared, styles, limits, date1904
        self.cells: dict[int, dict[int, str]] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.row = self.column = -1
        self.kind, self.style = "n", 0
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.inside = ""
        self.phonetic = False

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attrs)
        elif name == "row":
            self.row = int(attrs["r"]) - 1 if attrs.get("r", "").isdigit() else self.row + 1
            self.column = -1
            if attrs.get("hidden") in ("1", "true"):
                self.hidden_rows.add(self.row)
        elif name == "rPh":
            self.phonetic = True
        elif name in ("v", "t"):
            self.inside = name
        elif name == "f":
            self.inside, self.formula = name, []
        elif name == "col" and attrs.get("hidden") in ("1", "true"):
            last = min(int(attrs.get("max", "1")), 16384)
            self.hidden_columns.update(range(int(attrs.get("min", "1")) - 1, last))
        elif name == "mergeCell":
            self._merge(attrs.get("ref", ""))

    def _start_cell(self, attrs: dict[str, str]) -> None:
        ref = _REF.fullmatch(attrs.get("r", ""))
        self.column = column_index(ref[1]) if ref else self.column + 1
        if ref:
            self.row = int(ref[2]) - 1
        self.kind = attrs.get("t", "n")
        self.style = int(attrs["s"]) if attrs.get("s", "").isdigit() else 0
        self.value, self.formula = [], None

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        a, b = _REF.fullmatch(first), _REF.fullmatch(last or first)
        if a and b:
            self.merged.append((int(a[2]) - 1, column_index(a[1]), int(b[2]) - 1, column_index(b[1])))

    def end(self, name: str) -> None:
        if name == "c":
            cell = self._cell()
            if cell != "":
                self.cells.setdefault(self.row, {})[self.column] = cell
        elif name == "rPh":
            self.phonetic = False
        elif name in ("v", "t", "f"):
            self.inside = ""

    def text(self, piece: str) -> None:
        if self.inside == "f" and self.formula is not None:
            self.formula.append(piece)
        elif self.inside in ("v", "t") and not self.phonetic:
            self.value.append(piece)

    def _cell(self) -> str:
        text = "".join(self.value)
        if text == "" and self.formula is not None:
            return Uncached("=" + ("".join(self.formula) or "shared formula"))
        if text == "":
            return ""
        if self.kind == "s":
            return self.shared[int(text)] if text.isdigit() and int(text) < len(self.shared) else Fault("missing text")
        if self.kind in ("str", "inlineStr"):
            return text
        if self.kind == "e":
            return Fault(text)
        if self.kind == "b":
            return Fault("TRUE" if text in ("1", "true") else "FALSE")
        if self.kind == "d":
            return Day(text[:10])
        return self._number(text)

    def _number(self, text: str) -> str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return Fault(text)
        if not value.is_finite():
            return Fault(text)
        if self.styles.is_date(self.style) and 0 < value < 2_958_466:
            epoch = SERIAL_EPOCH_1904 if self.date1904 else SERIAL_EPOCH
            return Day((epoch + timedelta(days=int(value))).isoformat())
        shortest = Decimal(
            repr(float(value))
        )  # a workbook writes the 17 digits of a double: 0.1 is 0.10000000000000001
        if len(value.as_tuple().digits) > 15 and float(shortest) == float(value):
            value = shortest
        if self.styles.is_percent(self.style):
            return Percent(format((value * 100).normalize() + 0, "f"))
        return Number(format(value, "f"))


def read_sheet(data: bytes, shared: list[str], styles: _Styles, limits: Limits, date1904: bool) -> Grid:
    """The grid of one sheet. Raises Refused when a cell lies beyond the limits."""
    reader = _Reader(shared, styles, limits, date1904)
    walk(data, reader.start, reader.end, reader.text)
    cells = reader.cells
    if cells:
        far_row, far_column = max(cells), max(max(row) for row in cells.values())
        where = next(column_letters(c) + str(r + 1) for r, row in cells.items() for c in row if c == far_column)
        if far_column >= limits.columns:
            raise too_large(f"columns (cell {where})", far_column + 1, limits.columns, "delete the far cell")
        if far_row >= limits.rows or far_row > 100_000 + 50 * len(cells):
            raise too_large(f"rows (a cell in row {far_row + 1} of {len(cells)} filled rows)", far_row + 1, limits.rows)
    lines = sorted(cells)
    width = max((max(row) for row in cells.values()), default=-1) + 1
    rows = [[cells[r].get(c, "") for c in range(width)] for r in lines]
    for line, row in zip(lines, rows, strict=True):
        longest = max(map(len, row), default=0)
        if longest > limits.cell_length:
            raise too_large(
                f"characters in one cell (row {line + 1})", longest, limits.cell_length, "shorten it", line + 1
            )
    place = {line: i for i, line in enumerate(lines)}
    merged = [
        (place[top], left, max((i for line, i in place.items() if line <= bottom), default=0), right)
        for top, left, bottom, right in reader.merged[:20_000]
        if top in place
    ]
    return Grid(
        rows,
        [line + 1 for line in lines],
        hidden_rows=frozenset(place[r] for r in reader.hidden_rows if r in place),
        hidden_columns=frozenset(c for c in reader.hidden_columns if c < width),
        merged=merged,
        date1904=date1904,
    )
