"""The digest of a block of rows, which the chain seals.

It is a SHA-256 of a form that depends on the values and their order alone (not on the database's version):

- small tables: every row as a JSON list, one a line;
- observations, of which there are millions: the SHA-256 of the days since 1970 (int64), of the values (float64, both
  little-endian), of the runs of equal (kpi, segment, load, came) with their lengths, and of the exact texts with their
  places; hashed once more together.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from data.store import Connection

BULK = "observation"  # digested by columns
CAME = ("first", "again", "handed_on")  # as the schema spells the enum
CHUNK = 200  # vectors of 2,048 rows that are hashed together


def digests(connection: "Connection", table: str, sizes: list[int], first: int = 0) -> list[str]:
    """The digest of each of these blocks of rows, which follow each other from row `first` on."""
    if not sizes:
        return []
    return _bulk_digests(connection, sizes, first) if table == BULK else _row_digests(connection, table, sizes, first)


def _row_digests(connection: "Connection", table: str, sizes: list[int], first: int) -> list[str]:
    connection.execute(f"SELECT * FROM {quoted(table)} WHERE rowid >= {int(first)} ORDER BY rowid")  # noqa: S608
    out = []
    for size in sizes:
        digest = sha256()
        for row in connection.fetchmany(size):
            digest.update(json.dumps([_told(value) for value in row], ensure_ascii=False).encode() + b"\n")
        out.append(digest.hexdigest())
    return out


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


class ColumnDigest:
    """The digest of a block of observations, fed in order: columns in parts of any size, runs with their lengths."""

    def __init__(self) -> None:
        self._days, self._values = sha256(), sha256()
        self._runs, self._exact = sha256(), sha256()
        self._run: tuple[Any, ...] | None = None
        self._length = self._rows = 0

    def add(self, days: np.ndarray, values: np.ndarray, exact: Any = ()) -> None:
        """Days since 1970 and values of the next rows; (place in this part, text) of their exact texts."""
        self._days.update(np.ascontiguousarray(days, dtype="<i8").data)
        self._values.update(np.ascontiguousarray(values, dtype="<f8").data)
        for place, text in exact:
            self._exact.update(json.dumps([self._rows + int(place), text], ensure_ascii=False).encode() + b"\n")
        self._rows += len(days)

    def add_run(self, key: tuple[Any, ...], length: int) -> None:
        """The next so many rows have this (kpi, segment, load, came)."""
        if key != self._run:
            self._end_run()
            self._run = key
        self._length += length

    def _end_run(self) -> None:
        if self._run is not None:
            self._runs.update(json.dumps([*self._run, self._length], ensure_ascii=False).encode() + b"\n")
        self._length = 0

    def hexdigest(self) -> str:
        """The digest; nothing can be added afterwards."""
        self._end_run()
        self._run = None
        parts = (self._days, self._values, self._runs, self._exact)
        return sha256(b"".join(part.digest() for part in parts)).hexdigest()


def _bulk_digests(connection: "Connection", sizes: list[int], first: int) -> list[str]:
    out: list[str] = []
    current, left = ColumnDigest(), sizes[0]
    for days, values, codes, key_of, exact in _observed(connection, first):
        at = 0
        while at < len(days):
            if left == 0:
                out.append(current.hexdigest())
                if len(out) == len(sizes):
                    return out
                current, left = ColumnDigest(), sizes[len(out)]
            part = slice(at, min(at + left, len(days)))
            own = codes[part]
            starts = np.flatnonzero(np.r_[True, own[1:] != own[:-1]])
            mine = [(place - at, text) for place, text in exact if part.start <= place < part.stop]
            current.add(days[part], values[part], mine)
            lengths = np.diff(np.append(starts, len(own)))
            for code, length in zip(own[starts].tolist(), lengths.tolist(), strict=True):
                current.add_run(key_of(code), length)
            left -= part.stop - at
            at = part.stop
    out.append(current.hexdigest())
    return out + [ColumnDigest().hexdigest()] * (len(sizes) - len(out))


def _observed(connection: "Connection", first: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, Any, list]]:
    """The observations from a row on, in parts: days, values, a code for (kpi, segment, load, came), what the code
    stands for, and (place, text) of exact texts."""
    where = f"FROM {BULK} WHERE rowid >= {int(first)}"
    # A DuckDB file gives its rows in the order of their writing; many small files do not promise it.
    order = " ORDER BY rowid" if variable(connection, "many_files") else ""
    connection.execute("SET preserve_insertion_order = true")
    texts, loads = connection.execute(f"SELECT count(exact), max(load_id) + 1 {where}").fetchone() or (0, None)
    if loads is None:
        return
    kpis, segments = (
        [name for (name,) in connection.execute(f"SELECT DISTINCT {column} {where} ORDER BY 1").fetchall()]
        for column in ("kpi", "segment")
    )
    connection.execute(
        f"SELECT ((CAST(enum_code(CAST(kpi AS {_enum(kpis)})) AS BIGINT) * {len(segments)} + "
        f"enum_code(CAST(segment AS {_enum(segments)}))) * {loads} + load_id) * {len(CAME)} "
        f"+ enum_code(CAST(came AS {_enum(list(CAME))})) AS code, "
        "CAST(period - DATE '1970-01-01' AS BIGINT) AS day, value"
        f"{', exact' if texts else ''} {where}{order}"
    )

    def key_of(code: int) -> tuple[str, str, int, str]:
        rest, came = divmod(code, len(CAME))
        rest, load = divmod(rest, loads)
        kpi, segment = divmod(rest, len(segments))
        return kpis[kpi], segments[segment], load, CAME[came]

    while len(part := connection.fetch_df_chunk(CHUNK)):
        exact = []
        if texts:
            held = part["exact"].notna().to_numpy()
            exact = list(zip(np.flatnonzero(held).tolist(), part["exact"][held].tolist(), strict=True))
        yield part["day"].to_numpy(), part["value"].to_numpy(), part["code"].to_numpy(), key_of, exact


def hand_over(connection: "Connection", rows: int, digest: str) -> None:
    """Give the digest of observations that this transaction appends and that were walked through already."""
    connection.execute("SET VARIABLE digested = ?", [json.dumps([rows, digest])])


def handed_over(connection: "Connection", table: str, rows: int) -> str | None:
    """The digest of so many appended rows, where it was given already."""
    if table != BULK:
        return None
    handed = variable(connection, "digested")
    found = json.loads(handed) if handed else None
    return str(found[1]) if found and found[0] == rows else None


def variable(connection: "Connection", name: str) -> Any:
    """What a connection was told under a name; None if nothing."""
    row = connection.execute(f"SELECT getvariable('{name}')").fetchone()
    return row[0] if row else None


def quoted(table: str) -> str:
    """The name of a table as SQL writes it."""
    return '"' + table.replace('"', '""') + '"'


def _enum(names: list[str]) -> str:
    return "ENUM (" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + ")"
