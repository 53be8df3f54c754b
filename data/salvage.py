"""What can still be read of a damaged store, row by row group by row, into a new one."""

from typing import Any

from data import chain
from data.file_store import FileStore
from data.gate import StoreError
from data.store import Connection, DatabaseError

PART = 122_880  # rows of a row group; a damaged block spoils one column of one
LEAST = 2_048  # rows of a vector; less is not tried apart


def salvage(damaged: FileStore, new: FileStore, action: str) -> tuple[dict[str, int], dict[str, int]]:
    """Copy table by table; the rows copied and the rows lost of each. The new chain goes on from the old one."""
    try:
        with damaged.unproven():
            pass
    except StoreError:
        if not damaged.wal.exists():
            raise
        damaged.wal.unlink()  # what it holds cannot be read: the file alone may do
    copied: dict[str, int] = {}
    lost: dict[str, int] = {}
    with new.salvaging(action) as target:
        tables = list(chain.counts(target))
        for table in tables:
            copied[table], lost[table] = _table(damaged, target, table)
        links = _links(damaged)
        if links:
            target.execute("DELETE FROM commit_log")
            target.executemany("INSERT INTO commit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", links)
            target.execute("UPDATE meta SET value = ? WHERE key = 'data_version'", [str(links[-1][4] + 1)])
    return copied, {table: count for table, count in lost.items() if count}


def _table(damaged: FileStore, target: Connection, table: str) -> tuple[int, int]:
    try:
        with damaged.unproven() as connection:
            row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    except (StoreError, DatabaseError):
        return 0, 0
    total = int(row[0]) if row else 0
    waiting = [(first, min(PART, total - first)) for first in range(0, total, PART)][::-1]
    copied = 0
    while waiting:
        first, count = waiting.pop()
        part = _part(damaged, table, first, count)
        if part is not None:
            target.register("part", part)
            target.execute(f'INSERT INTO "{table}" SELECT * FROM part')  # noqa: S608
            target.unregister("part")
            copied += part.num_rows
        elif count > LEAST:
            half = count // 2
            waiting += [(first + half, count - half), (first, half)]
    return copied, total - copied


def _part(damaged: FileStore, table: str, first: int, count: int) -> Any:
    try:
        with damaged.unproven() as connection:
            return connection.execute(
                f'SELECT * FROM "{table}" WHERE rowid >= {int(first)} AND rowid < {int(first + count)} ORDER BY rowid'  # noqa: S608
            ).to_arrow_table()
    except (StoreError, DatabaseError):
        return None


def _links(damaged: FileStore) -> list[tuple[Any, ...]]:
    """The links from the first on that still follow each other."""
    try:
        with damaged.unproven() as connection:
            found = connection.execute("SELECT * FROM commit_log ORDER BY sequence").fetchall()
    except (StoreError, DatabaseError):
        return []
    sound: list[tuple[Any, ...]] = []
    for link in found:
        if link[0] != len(sound) + 1 or link[8] != (sound[-1][9] if sound else ""):
            break
        if chain.link_hash(*link[:-1]) != link[-1]:
            break
        sound.append(link)
    return sound
