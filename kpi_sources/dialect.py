"""Which delimiter and quote a text file uses: the one that cuts most records alike into cells that make sense."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_sources.delimited import Dialect, QuoteError, records, share_repeated, split_lines, swallowed, usual_width
from kpi_sources.findings import Asked, Question
from kpi_sources.grid import Grid
from kpi_sources.limits import Limits, Refused, too_large

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "§", "¦", ":", " ")
NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    " ": "blank",
    "^": "caret",
    "~": "tilde",
    ":": "colon",
    "\x1f": "unit separator",
}
_SAMPLE_LINES = 2000
_CLEAN = re.compile(
    r"\s*(?:[-+(]?[€$£]?\s?\d[\d.,'’ \u00a0\u202f]*\)?\s?%?|[\w.\-/&%]+(?: [\w.\-/&%()]+){0,5}|\d{4}-\d\d(-\d\d)?)?\s*"
)


@dataclass(frozen=True)
class Cut:
    """Records under one dialect, and how well they fit together (0..1)."""

    dialect: Dialect
    rows: list[list[str]]
    lines: Sequence[int]
    score: float


def read_delimited(text: str, limits: Limits, delimiter: str | None = None, quote: str | None = None) -> Grid:
    """The grid of a delimited text. Raises Refused or Asked."""
    lines = split_lines(text)
    hint = re.fullmatch(r"\ufeff?\"?sep=(.)\"?", lines[0].strip("\r"), re.IGNORECASE) if lines else None
    how: list[str] = []
    if hint:
        how.append(f"the first line says sep={hint[1]}")
        delimiter = delimiter or hint[1]
        lines = ["", *lines[1:]]
    if lines and re.match(r"[\w,]+\\\w+\t", lines[0][:200]):
        delimiter = delimiter or "\t"  # Eurostat packs dimensions with commas into the first of its tab columns
    if not any(line.strip() for line in lines):
        raise Refused("empty_file", "the file is empty: it holds nothing but white space")
    cut = _choose(lines, delimiter, quote)
    dialect = replace(cut.dialect)
    rows, numbers = cut.rows, cut.lines
    if len(lines) > _SAMPLE_LINES:
        rows, numbers = _whole(lines, dialect)
    grid = Grid(rows, numbers, [_describe(dialect), *how], dialect=dialect)
    _check(grid, dialect, limits, max(map(len, lines)))
    grid.raw = {}
    width = usual_width(rows[:_SAMPLE_LINES])[0]
    for i, row in enumerate(rows):
        if len(row) < width and any(row):
            grid.raw[i] = lines[numbers[i] - 1]
    if len(rows) > 5 * _SAMPLE_LINES:
        share_repeated(rows, width)
    return grid


def _describe(dialect: Dialect) -> str:
    name = NAMES.get(dialect.delimiter, repr(dialect.delimiter))
    quote = " with single quotes" if dialect.quote == "'" else ""
    escape = " and backslash escapes" if dialect.escape else ""
    return f"{name}-separated text{quote}{escape}"


def _choose(lines: list[str], delimiter: str | None, quote: str | None) -> Cut:
    sample = lines[:_SAMPLE_LINES]
    text = "\n".join(sample)
    wanted = [_unescape(delimiter)] if delimiter else [d for d in DELIMITERS if d in text]
    cuts: list[Cut] = []
    broken: list[tuple[float, int]] = []
    for d in wanted:
        cut, line = _best(sample, d, quote, whole=len(lines) <= _SAMPLE_LINES)
        if cut is not None:
            cuts.append(cut)
        elif line is not None:
            broken.append((_rough_score(sample, d), line))
    good = sorted((c for c in cuts if c.score > 0), key=lambda c: -c.score)
    worst = max(broken, default=(0.0, 0))
    if worst[0] > (good[0].score if good else 0):
        raise _unbalanced(worst[1])
    if not good:
        return Cut(Dialect(","), *records(sample, Dialect(",", None)), 0.0)
    if len(good) > 1 and good[1].score > 0.97 * good[0].score and not delimiter:
        raise Asked(
            Question(
                "delimiter",
                "the delimiter (column separator) cannot be told: "
                + " and ".join(NAMES.get(c.dialect.delimiter, repr(c.dialect.delimiter)) for c in good[:2])
                + " cut the file equally well",
                [(c.dialect.delimiter, NAMES.get(c.dialect.delimiter, "")) for c in good[:2]],
                "delimiter",
            )
        )
    return good[0]


def _rough_score(lines: list[str], delimiter: str) -> float:
    """How well a delimiter whose quotes do not pair would cut the lines that have no quotes at all."""
    plain = [line for line in lines if '"' not in line and "'" not in line] or lines
    rows, _ = records(plain, Dialect(delimiter, None))
    width, share = usual_width(rows)
    return _score(rows, width, share) if width > 1 else 0.0


def _unescape(delimiter: str) -> str:
    words = {name: sign for sign, name in NAMES.items()}
    return words.get(delimiter, delimiter.replace("\\t", "\t"))


def _unbalanced(line: int) -> Refused:
    return Refused(
        "unbalanced_quote",
        f"line {line}: a quotation mark is not closed (or stands inside a quoted cell); correct the quotes",
        line=line,
    )


def _dialects(text: str, delimiter: str, quote: str | None) -> list[Dialect]:
    """Dialects to try in turn: the standard first, the others only where the text shows their marks."""
    skip = delimiter != " " and text.count(delimiter + " ") == text.count(delimiter) > 0
    plain = Dialect(delimiter, quote or '"', skip_blanks=skip)
    tries = [plain] if len(delimiter) == 1 else []
    mark = plain.quote or '"'
    if "\\" + mark in text:
        tries.insert(0, replace(plain, escape="\\"))
    if quote is None and re.search(rf"(?:^|{re.escape(delimiter)} ?)'[^'\n]*'(?={re.escape(delimiter)}|$)", text, re.M):
        tries.append(Dialect(delimiter, "'", lenient=True, skip_blanks=skip))
    tries.append(replace(plain, lenient=True))
    return tries


def _best(lines: list[str], delimiter: str, quote: str | None, whole: bool) -> tuple[Cut | None, int | None]:
    """The best cut with this delimiter, or the line where every dialect broke."""
    text = "\n".join(lines)
    best: Cut | None = None
    broken: int | None = None
    for dialect in _dialects(text, delimiter, quote):
        try:
            rows, numbers = records(lines, dialect)
        except QuoteError as error:
            if not whole and not dialect.lenient and error.line > len(lines) - 50:
                return _best(lines[: error.line - 1], delimiter, quote, whole=True)
            broken = error.line if broken is None else max(broken, error.line)
            continue
        width, share = usual_width(rows)
        if width < 2:
            continue
        irregular = dialect.lenient or dialect.escape or dialect.quote == "'"
        if irregular and share < 1 and not _odd_ones_are_text(rows, width):
            broken = broken or next((n for r, n in zip(rows, numbers, strict=True) if len(r) not in (width, 1)), None)
            continue
        score = _score(rows, width, share)
        if best is None or score > best.score:
            best = Cut(dialect, rows, numbers, score)
    return best, broken


def _odd_ones_are_text(rows: list[list[str]], width: int) -> bool:
    """Whether records of another width are lines of words (titles, footers), not broken records."""
    return all(len(r) == width or sum(bool(c.strip()) for c in r) <= 1 for r in rows)


def _score(rows: list[list[str]], width: int, share: float) -> float:
    fitting = [r for r in rows if len(r) == width]
    cells = [c for r in fitting[:500] for c in r]
    clean = sum(bool(_CLEAN.fullmatch(c)) for c in cells) / len(cells)
    filled = [c for c in cells if c.strip()]
    fill = 1.0 if len(filled) > 0.3 * len(cells) else 0.8
    return share * (0.3 + 0.7 * clean) * (1 - 1 / width) * fill


def _whole(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], Sequence[int]]:
    try:
        return records(lines, dialect)
    except QuoteError as error:
        raise _unbalanced(error.line) from error


def _check(grid: Grid, dialect: Dialect, limits: Limits, longest_line: int) -> None:
    widest = max(map(len, grid.rows), default=0)
    if widest > limits.columns:
        line = next(line for row, line in zip(grid.rows, grid.lines, strict=True) if len(row) > limits.columns)
        raise too_large("columns", widest, limits.columns, "send the columns that are KPIs or periods", line)
    if len(grid.rows) > limits.rows:
        raise too_large("rows", len(grid.rows), limits.rows)
    if longest_line <= limits.cell_length and isinstance(grid.lines, range):
        return  # one record a line: no cell can be longer, and no quote can have eaten a line
    width = usual_width(grid.rows[:_SAMPLE_LINES])[0]
    for row, line in zip(grid.rows, grid.lines, strict=True):
        longest = max(map(len, row), default=0)
        if longest > limits.cell_length:
            raise too_large(f"characters in one cell (line {line})", longest, limits.cell_length, "shorten it", line)
        if dialect.quote and not dialect.lenient and width > 1 and swallowed(row, dialect, width):
            raise _unbalanced(line)
