"""A big file straight into the store: read by DuckDB under a given form, proved to fit it, and written in order.

The rows wait in temporary tables of small codes (an enum for each name), where counting and sorting cost little.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from data.block_digests import hand_over
from data.bulk_form import Form, Names, exact_of, number_of, quoted, selected, source_of_rows
from data.bulk_walk import StageDigest
from data.store import Connection, DatabaseError

MEMORY = "1100MB"  # of DuckDB; the rest of two gigabytes is for Python, the libraries, and what DuckDB does not count
SAME = 1e-9  # relative, as in the ledger


class DoesNotFit(Exception):
    """The file is not of the form throughout; the ordinary reader must say what is wrong, if anything is."""


class Conflicts(DoesNotFit):
    """Keys with two values; `rows` has place (row, from 0), kpi, segment, d, v of all their rows, by key and place."""

    def __init__(self, rows: pd.DataFrame):
        super().__init__("a key has two values")
        self.rows = rows


@dataclass(frozen=True)
class Staged:
    """What stands in the table `stage`, one row a record: k, s (codes), d (day), v (value; none where missing).

    With long numbers also x, the exact text where a double may not keep it; with quotes also w, its cells' bytes.
    `unknown` are rows of texts, one for each name or label that the form does not know; `odd` are the value texts that
    are no numbers of the form. `size` is the length in bytes of all cells, where the file has quotes.
    """

    rows: int
    first: date | None
    last: date | None
    unknown: list[tuple[str, ...]]
    odd: list[str]
    size: int


def stage(connection: Connection, path: Path, form: Form, *, in_order: bool = False) -> Staged:
    """Read the file into `stage`, sorted if it is to be `in_order`, else as the file has it.

    Raises DoesNotFit when its records are not of the form's width or days. Outside a transaction, since rows of a
    finished one are read twice as fast.
    """
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET preserve_insertion_order = true")
    source = source_of_rows(connection, path, form)
    order = " ORDER BY k, s, d" if in_order else ""
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE stage AS {selected(form)} FROM {source}{order}")
        row = connection.execute(
            f"SELECT count(*), count(k), count(s), count(d), count(v), min(d), max(d), "
            f"{'sum(w)' if form.quoted else '0'} FROM stage"
        ).fetchone()
        rows, kpis, segments, days, values, first, last, size = row or (0,) * 8
        unknown: list[tuple[str, ...]] = []
        for known, column, texts in (
            (kpis, form.kpi, form.kpis),
            (segments, form.segment, form.segments),
            (days, form.period if form.day_format is None else None, form.labels),
        ):
            if known < rows and column is not None:
                unknown += _rows_of_unknown(connection, source, form, column, list(texts))
        if days < rows and form.day_format is not None:
            raise DoesNotFit("a period is missing")
        odd = _odd_values(connection, source, form) if values < rows else []
    except DatabaseError as error:
        raise DoesNotFit(str(error).splitlines()[0]) from error
    return Staged(rows, first, last, unknown, odd, int(size or 0))


def _rows_of_unknown(
    connection: Connection, source: str, form: Form, column: int, texts: list[str]
) -> list[tuple[str, ...]]:
    """One row for each text of a column that the form does not know, all cells as written."""
    connection.register("known_frame", pd.DataFrame({"text": pd.Series(texts, dtype="object")}))
    plain = source.replace("'DATE'", "'VARCHAR'")
    cells = ", ".join(f"coalesce(c{j}, '') AS c{j}" for j in range(form.width))
    first = ", ".join(f"any_value(c{j})" for j in range(form.width))
    found = connection.execute(
        f"SELECT {first} FROM (SELECT {cells} FROM {plain}) WHERE c{column} NOT IN (SELECT text FROM known_frame) "
        f"GROUP BY c{column}"
    ).fetchall()
    connection.unregister("known_frame")
    return found


def _odd_values(connection: Connection, source: str, form: Form) -> list[str]:
    """The distinct texts that are no numbers of the form, at most 1,001 of them."""
    number, _ = number_of(form)
    found = connection.execute(
        f"SELECT DISTINCT coalesce(c{form.value}, '') FROM {source} WHERE {number} IS NULL LIMIT 1001"
    ).fetchall()
    return [text for (text,) in found]


def settle_exact(connection: Connection, exact: Callable[[str], str | None]) -> None:
    """Drop the texts beside numbers that a double keeps after all."""
    texts = [text for (text,) in connection.execute("SELECT DISTINCT x FROM stage WHERE x IS NOT NULL").fetchall()]
    needless = [text for text in texts if exact(text) is None]
    if needless:
        connection.register("needless", pd.DataFrame({"x": pd.Series(needless, dtype="object")}))
        connection.execute("UPDATE stage SET x = NULL WHERE x IN (SELECT x FROM needless)")
        connection.unregister("needless")


def days_by_kpi(connection: Connection) -> dict[int, np.ndarray]:
    """The distinct days (datetime64[D], ascending) of each KPI by its code."""
    found = connection.execute(
        "SELECT CAST(enum_code(k) AS INTEGER) AS k, d FROM stage GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    codes, days = np.asarray(found["k"]), np.asarray(found["d"]).astype("datetime64[D]")
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.array([], int)
    return {int(codes[a]): part for a, part in zip(starts, np.split(days, starts[1:]), strict=True)}


def drop_missing(connection: Connection) -> int:
    """Take out the rows without a value; returns how many."""
    return _changed(connection, "DELETE FROM stage WHERE v IS NULL")


def begin_periods(connection: Connection, grains: dict[int, str]) -> None:
    """Put the first day of the month, quarter or year in place of the day written, for these KPIs (by code)."""
    for grain in sorted(set(grains.values())):
        codes = ", ".join(str(code) for code, own in grains.items() if own == grain)
        connection.execute(
            f"UPDATE stage SET d = CAST(date_trunc('{grain}', d) AS DATE) WHERE enum_code(k) IN ({codes})"
        )


@dataclass(frozen=True)
class Repeats:
    """Rows that repeat an earlier one with the same value (its place and that one's, both from 0), and how many."""

    count: int
    shown: pd.DataFrame


def drop_repeats(connection: Connection, form: Form, most: int) -> Repeats:
    """Keep the first of equal rows. Raises Conflicts where a key has two values."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT rowid AS place, k, s, d, v, {exact_of(form)} AS x, "
        "first_value(rowid) OVER w AS before, first_value(v) OVER w AS kept, "
        f"first_value({exact_of(form)}) OVER w AS kept_x "
        "FROM stage SEMI JOIN (SELECT k, s, d FROM stage GROUP BY ALL HAVING count(*) > 1) USING (k, s, d) "
        "WINDOW w AS (PARTITION BY k, s, d ORDER BY rowid)"
    )
    rivals = connection.execute(
        "SELECT place, CAST(k AS VARCHAR) AS kpi, CAST(s AS VARCHAR) AS segment, d, v FROM again SEMI JOIN "
        "(SELECT k, s, d FROM again WHERE x IS DISTINCT FROM kept_x OR NOT "
        f"(v = kept OR abs(v - kept) <= {SAME!r} * greatest(abs(v), abs(kept)))) USING (k, s, d) "
        f"ORDER BY before, place LIMIT {int(most)}"
    ).df()
    if len(rivals):
        raise Conflicts(rivals)
    connection.execute("DELETE FROM again WHERE place = before")
    count = _changed(connection, "DELETE FROM stage WHERE rowid IN (SELECT place FROM again)")
    shown = connection.execute(f"SELECT place, before, v FROM again ORDER BY place LIMIT {int(most)}").df()
    return Repeats(count, shown)


def _changed(connection: Connection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0


def put_in_order(connection: Connection) -> None:
    """The stage sorted by KPI, segment and day; the order of the file is lost."""
    connection.execute("CREATE OR REPLACE TEMP TABLE sorted AS SELECT * FROM stage ORDER BY k, s, d")
    connection.execute("DROP TABLE stage")
    connection.execute("ALTER TABLE sorted RENAME TO stage")


def repeats_all(connection: Connection, names: Names, last: pd.DataFrame) -> bool:
    """Whether the stage has a value of its own for each of these series and periods (kpi, segment, period)."""
    places = [{name: code for code, name in enumerate(own)} for own in (names.kpis, names.segments)]
    kpis, segments = (last[column].map(own) for column, own in zip(("kpi", "segment"), places, strict=True))
    if kpis.isna().any() or segments.isna().any():
        return False
    wanted = pd.DataFrame({"k": kpis.astype("int64"), "s": segments.astype("int64"), "d": last["period"]})
    connection.register("wanted_frame", wanted)
    row = connection.execute(
        "SELECT count(*) FROM stage g JOIN wanted_frame w ON enum_code(g.k) = w.k AND enum_code(g.s) = w.s "
        "AND g.d = CAST(w.d AS DATE)"
    ).fetchone()
    connection.unregister("wanted_frame")
    return row is not None and row[0] == len(wanted)


def values_by_kpi(connection: Connection) -> pd.DataFrame:
    """The least and the greatest value of each KPI: k (code), low, high; and whether all are finite."""
    return connection.execute(
        "SELECT CAST(enum_code(k) AS INTEGER) AS k, min(v) AS low, max(v) AS high, bool_and(isfinite(v)) AS finite "
        "FROM stage GROUP BY 1 ORDER BY 1"
    ).df()


def rows_of(connection: Connection) -> int:
    """How many rows stand in the stage."""
    row = connection.execute("SELECT count(*) FROM stage").fetchone()
    return int(row[0]) if row else 0


def show_rows(connection: Connection, rows: pd.DataFrame, column: str) -> None:
    """Some rows (kpi, start, cadence, value) as the checks' `extract`."""
    connection.register("shown_rows", rows)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE few AS SELECT kpi, 'all' AS segment, CAST(start AS DATE) AS start, cadence, "
        f'CAST(value AS DOUBLE) AS value, CAST(NULL AS BIGINT) AS line, {quoted(column)} AS "column" FROM shown_rows'
    )
    connection.unregister("shown_rows")
    connection.execute("CREATE OR REPLACE TEMP VIEW extract AS SELECT * FROM few")


def show_all_rows(connection: Connection, grains: dict[str, str], column: str) -> None:
    """The stage as the checks' `extract`, each KPI's rows with their cadence."""
    connection.register("grain_frame", pd.DataFrame({"kpi": list(grains), "cadence": list(grains.values())}))
    connection.execute("CREATE OR REPLACE TEMP TABLE grain AS SELECT kpi, cadence FROM grain_frame")
    connection.unregister("grain_frame")
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW extract AS SELECT CAST(k AS VARCHAR) AS kpi, CAST(s AS VARCHAR) AS segment, "
        f'd AS start, cadence, v AS value, CAST(NULL AS BIGINT) AS line, {quoted(column)} AS "column" '
        "FROM stage LEFT JOIN grain ON CAST(k AS VARCHAR) = grain.kpi"
    )


def is_all_new(connection: Connection, names: Names, source: str) -> bool:
    """Whether the store holds nothing yet of these KPIs, nor of this source: then there is nothing to compare with."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM observation WHERE kpi IN (SELECT unnest(CAST($kpis AS VARCHAR[]))) "
        "UNION ALL SELECT 1 FROM observation WHERE load_id IN (SELECT load_id FROM load WHERE source = $source))",
        {"kpis": names.kpis, "source": source},
    ).fetchone()
    return row is not None and row[0] == 0


def offer(connection: Connection, form: Form) -> None:
    """Hand the stage to the ledger's comparison, as its `staged`."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE staged AS SELECT CAST(k AS VARCHAR) AS kpi, CAST(s AS VARCHAR) AS segment, "
        f"d AS period, v AS value, {exact_of(form)} AS exact FROM stage"
    )


def first_rows(connection: Connection, most: int) -> pd.DataFrame:
    """kpi, segment, period, value of the first rows of the ordered stage."""
    return connection.execute(
        "SELECT CAST(k AS VARCHAR) AS kpi, CAST(s AS VARCHAR) AS segment, d AS period, v AS value FROM stage "
        f"LIMIT {int(most)}"
    ).df()


def write_new(connection: Connection, form: Form, load_id: int, digest: StageDigest, rows: int) -> None:
    """Append the stage, which must be in order and all new, under a load; its digest is that of the walk through it."""
    if not form.long_numbers:
        hand_over(connection, rows, digest.of_load(load_id))
    connection.execute(
        f"INSERT INTO observation SELECT k, s, d, v, {exact_of(form)}, $load_id, 'first' FROM stage",
        {"load_id": load_id},
    )
