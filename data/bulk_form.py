"""The SQL that reads a big file under its form: cells to codes, days and numbers, or NULL where a cell does not fit."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from data.store import Connection

_LONGEST_SURE = 16  # characters of a number that a double surely keeps
_LONGEST = 300  # characters; longer numbers are beyond a double


class Form(Protocol):
    """How the file is written (kpi_sources.bulk.Form)."""

    @property
    def delimiter(self) -> str: ...
    @property
    def quoted(self) -> bool: ...
    @property
    def skip(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def kpi(self) -> int | None: ...
    @property
    def segment(self) -> int | None: ...
    @property
    def period(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def pattern(self) -> str: ...
    @property
    def numbers(self) -> str: ...
    @property
    def long_numbers(self) -> bool: ...
    @property
    def day_format(self) -> str | None: ...
    @property
    def labels(self) -> dict[str, date]: ...
    @property
    def kpis(self) -> dict[str, str]: ...
    @property
    def segments(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Names:
    """Stored names in the order of their codes."""

    kpis: list[str]
    segments: list[str]


def names_of(form: Form) -> Names:
    """The names that the form leads to, sorted as the database sorts texts."""
    return Names(*(sorted(set(n.values()), key=str.encode) for n in (form.kpis, form.segments)))


def source_of_rows(connection: Connection, path: Path, form: Form) -> str:
    """The file as a table of c0, c1, ... with what the form looks up beside it."""
    days = form.day_format is not None and not form.quoted
    types = ", ".join(f"'c{j}': '{'DATE' if days and j == form.period else 'VARCHAR'}'" for j in range(form.width))
    quote = "'\"'" if form.quoted else "''"
    options = [
        f"columns = {{{types}}}",
        f"delim = {quoted(form.delimiter)}",
        f"quote = {quote}, escape = {quote}, comment = ''",
        f"skip = {form.skip}",
        "header = false, auto_detect = false, strict_mode = true, null_padding = false, ignore_errors = false",
        *([f"dateformat = {quoted(form.day_format)}"] if days and form.day_format else []),
    ]
    source = f"read_csv({quoted(str(path))}, {', '.join(options)})"
    for name, texts, column in (("kpi", form.kpis, form.kpi), ("segment", form.segments, form.segment)):
        if column is not None and not _as_written(texts):
            source += _looked_up(connection, name, {t: texts[t] for t in texts}, column, "VARCHAR")
    if form.day_format is None:
        source += _looked_up(connection, "label", form.labels, form.period, "DATE")
    return source


def _looked_up(connection: Connection, name: str, texts: dict[str, Any], column: int, kind: str) -> str:
    frame = pd.DataFrame({"text": pd.Series(list(texts), dtype="object"), "means": [str(v) for v in texts.values()]})
    connection.register(f"{name}_frame", frame)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_text AS "
        f"SELECT CAST(text AS VARCHAR) AS text, CAST(means AS {kind}) AS means FROM {name}_frame"
    )
    connection.unregister(f"{name}_frame")
    return f" LEFT JOIN {name}_text ON c{column} = {name}_text.text"


def _as_written(texts: dict[str, str]) -> bool:
    return all(text == name for text, name in texts.items())


def selected(form: Form) -> str:
    """`SELECT` of the stage's columns from the rows."""
    listed = names_of(form)
    day = "label_text.means" if form.day_format is None else f"c{form.period}"
    if form.day_format is not None and form.quoted:
        day = f"CAST(try_strptime(c{form.period}, {quoted(form.day_format)}) AS DATE)"
    size = " + ".join(f"coalesce(strlen(c{j}), 0)" for j in range(form.width))
    number, exact = number_of(form)
    more = (f", {exact} AS x" if form.long_numbers else "") + (f", {size} AS w" if form.quoted else "")
    return (
        f"SELECT {_code(form.kpi, 'kpi', form.kpis, listed.kpis)} AS k, "
        f"{_code(form.segment, 'segment', form.segments, listed.segments)} AS s, "
        f"{day} AS d, {number} AS v{more}"
    )


def _code(column: int | None, name: str, texts: dict[str, str], names: list[str]) -> str:
    kind = f"ENUM ({', '.join(map(quoted, names))})"
    if column is None:
        return f"CAST({quoted(texts[''])} AS {kind})"
    return f"try_cast({f'c{column}' if _as_written(texts) else f'{name}_text.means'} AS {kind})"


def number_of(form: Form) -> tuple[str, str]:
    """SQL of the value (NULL where the text is no number of the form) and of its text where that may say more."""
    text = f"c{form.value}"
    plain = f"replace({text}, ',', '.')" if form.numbers == "comma" else text
    longest = _LONGEST if form.long_numbers else _LONGEST_SURE
    number = (
        f"CASE WHEN strlen({text}) <= {longest} AND regexp_full_match({text}, {quoted(form.pattern)}) "
        f"THEN try_cast({plain} AS DOUBLE) END"
    )
    differs = f"CAST(try_cast({plain} AS DOUBLE) AS VARCHAR) <> {plain}"
    return number, f"CASE WHEN strlen({text}) > {_LONGEST_SURE} AND {differs} THEN {plain} END"


def exact_of(form: Form) -> str:
    """The exact text of a staged row, if its numbers are long enough to need one."""
    return "x" if form.long_numbers else "CAST(NULL AS VARCHAR)"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
