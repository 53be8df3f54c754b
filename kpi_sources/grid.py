"""A file as rows of cells, before anything is known of their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi_sources.delimited import Dialect


class Typed(str):
    """A cell whose kind the file itself states (a workbook, JSON), so that it needs no judgement of its text."""

    __slots__ = ()


class Number(Typed):
    """A number in plain notation: point for decimals, no grouping."""

    __slots__ = ()


class Percent(Number):
    """A number that the workbook shows as a percentage; the text is already in percent points."""

    __slots__ = ()


class Day(Typed):
    """A date, as YYYY-MM-DD."""

    __slots__ = ()


class Fault(Typed):
    """An error value (#DIV/0!) or another value that is no number and no text."""

    __slots__ = ()


class Uncached(Typed):
    """A formula that was never calculated; the text is the formula."""

    __slots__ = ()


@dataclass
class Grid:
    """Rows of cells with the physical line (or sheet row) of each, 1-based.

    Rows may differ in length. `raw` is the text of a record whose cells could be cut otherwise, by row index.
    `turned`: rows and columns were exchanged after reading.
    `dialect`: how a delimited text was cut.
    `hidden_rows` are row indexes, `hidden_columns` column indexes. `merged` are (top, left, bottom, right) indexes.
    """

    rows: list[list[str]]
    lines: Sequence[int]
    how: list[str] = field(default_factory=list)
    sheet: str | None = None
    others: list[tuple[str, str]] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    date1904: bool = False
    raw: dict[int, str] = field(default_factory=dict)
    turned: bool = False
    dialect: Dialect | None = None

    def line(self, row: int, column: int = 0) -> int:
        """Physical line of a cell; `lines` are those of the file's rows even when rows and columns were exchanged."""
        return self.lines[column if self.turned else row]

    def cell_name(self, row: int, column: int) -> str | None:
        """`C7` for a sheet, None for a text file."""
        if self.sheet is None:
            return None
        return f"{column_letters(row if self.turned else column)}{self.line(row, column)}"


def column_letters(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
