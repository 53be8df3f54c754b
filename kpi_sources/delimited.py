"""Text to records: cut at one delimiter, with quotes, keeping the physical line on which each record starts."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# The csv module's own bound would cut a cell silently short of ours; ours is checked after.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Dialect:
    """How records are written. `lenient`: a quote closes a field only before a delimiter or a line end."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = None
    lenient: bool = False
    skip_blanks: bool = False


class QuoteError(Exception):
    """Quotes do not pair under this dialect; `line` is where the record starts."""

    def __init__(self, line: int):
        super().__init__(f"line {line}")
        self.line = line


def split_lines(text: str) -> list[str]:
    """Physical lines without their ends; CR, LF and CRLF all end a line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def records(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], Sequence[int]]:
    """(records, first physical line of each). Raises QuoteError."""
    if dialect.quote is None or not any(dialect.quote in line for line in lines):
        if dialect.escape is None:
            cut = [line.split(dialect.delimiter) for line in lines]
            if dialect.skip_blanks:
                cut = [[c.lstrip(" ") for c in row] for row in cut]
            return cut, range(1, len(lines) + 1)
        return _strict(lines, dialect)
    return _lenient(lines, dialect) if dialect.lenient else _strict(lines, dialect)


def _strict(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(
        io.StringIO("\n".join(lines) + "\n", newline="\n"),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or '"',
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.escape is None,
        escapechar=dialect.escape,
        skipinitialspace=dialect.skip_blanks,
        strict=True,
    )
    rows: list[list[str]] = []
    starts: list[int] = []
    start = 1
    try:
        for row in reader:
            rows.append(row)
            starts.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise QuoteError(start) from error
    return rows, starts


def _lenient(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    """One record a line; a quote inside a quoted field is text unless a delimiter or the line end follows."""
    q, d = re.escape(dialect.quote or '"'), re.escape(dialect.delimiter)
    blank = " *" if dialect.skip_blanks else ""
    cell = re.compile(rf"{blank}{q}((?:[^{q}]|{q}(?!\s*(?:{d}|$)))*){q}\s*(?={d}|$)|([^{d}]*)")
    rows = []
    for number, line in enumerate(lines, start=1):
        row: list[str] = []
        at = 0
        while True:
            match = cell.match(line, at)
            if match is None:
                raise QuoteError(number)
            quoted, plain = match.groups()
            if quoted is None and plain.lstrip().startswith(dialect.quote or '"'):
                raise QuoteError(number)
            row.append(plain if quoted is None else quoted.replace((dialect.quote or '"') * 2, dialect.quote or '"'))
            at = match.end()
            if at >= len(line):
                break
            at += len(dialect.delimiter)
        rows.append(row)
    return rows, list(range(1, len(lines) + 1))


def share_repeated(rows: list[list[str]], width: int) -> None:
    """Let equal cells of a column be one object where the column repeats itself: names and periods of a long file."""
    sample = [row for row in rows[:5000] if len(row) == width]
    for j in range(width):
        if len({row[j] for row in sample}) > 0.5 * len(sample):
            continue
        known: dict[str, str] = {}
        one = known.setdefault
        for row in rows:
            if j < len(row):
                row[j] = one(row[j], row[j])


def swallowed(row: list[str], dialect: Dialect, width: int) -> bool:
    """Whether a quoted cell holds whole records: the sign of a stray quote that ate the lines between."""
    for cell in row:
        if "\n" in cell:
            inner = [line.count(dialect.delimiter) + 1 for line in cell.split("\n")]
            if width >= 3 and any(w >= width for w in inner[1:-1] or inner):
                return True
            if len(inner) > 25:
                return True
    return False


def usual_width(rows: list[list[str]]) -> tuple[int, float]:
    """(most frequent number of cells, share of the non-blank records that have it)."""
    widths = Counter(len(r) for r in rows if any(c.strip() for c in r))
    if not widths:
        return 0, 0.0
    top = max(widths, key=lambda w: (widths[w], w))
    return top, widths[top] / widths.total()
