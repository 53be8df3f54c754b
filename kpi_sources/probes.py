"""Quick looks at cells and columns, by which a layout is told before anything is read in earnest."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpi_sources.catalog import Catalog
from kpi_sources.grid import Day, Grid, Number
from kpi_sources.mapping import Mapping
from kpi_sources.numerals import NotNumber, is_missing, read_numeral
from kpi_sources.periods import read_label
from kpi_sources.words import plain_words, read_unit

SEARCH_ROWS = 60  # a title block longer than this is a document, not an extract
_PROBE_ROWS = 40


@dataclass(frozen=True)
class Known:
    """What is known before the file is read."""

    mapping: Mapping
    catalog: Catalog


def is_number(cell: str) -> bool:
    """Whether a cell is a number in any way of writing."""
    return isinstance(cell, Number) or (not isinstance(cell, Day) and not isinstance(read_numeral(cell), NotNumber))


def is_period(cell: str, *, serial: bool = False) -> bool:
    """Whether a cell is a period label; day numbers (45292) only count where `serial` allows."""
    if isinstance(cell, Day):
        return True
    kind = read_label(cell).kind
    return kind in ("period", "order", "fiscal", "invalid") or (serial and kind in ("serial", "epoch"))


def blank(row: Iterable[str]) -> bool:
    return not any(c.strip() for c in row)


def column(grid: Grid, rows: Iterable[int], j: int) -> list[str]:
    """Non-missing cells of one column."""
    return [c for i in rows if j < len(grid.rows[i]) and not is_missing(c := grid.rows[i][j])]


def probe_rows(grid: Grid, after: int, width: int) -> list[int]:
    """The next rows below a header that have about its width: what the columns hold is judged by these."""
    found = [i for i in range(after + 1, min(after + 400, len(grid.rows))) if not blank(grid.rows[i])]
    return [i for i in found if sum(bool(c.strip()) for c in grid.rows[i]) > 1 or width == 1][:_PROBE_ROWS]


def unit_like(cell: str, known: Known) -> bool:
    """Whether a cell below a header names a unit."""
    unit = read_unit(cell)
    units = {plain_words(s.unit) for s in known.catalog.kpis.values() if s.unit}
    return (
        unit.scale > 0
        or unit.base == "%"
        or (len(unit.base) <= 3 and unit.base.isupper())
        or plain_words(cell) in units
    )
