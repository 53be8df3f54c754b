"""The store: one DuckDB file, opened for a unit of work and closed again. The only place that imports duckdb.

`read()` and `write()` hand out a connection; what is asked of it stands in ledger.py and definitions.py.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data.gate import Gate, StoreError

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
SCHEMA_VERSION = 2
SCHEMA = Path(__file__).with_name("schema.sql")
# Migrations by the version they lead to: data/migrations/NNN.sql; the file is copied before one runs.
MIGRATIONS = Path(__file__).with_name("migrations")
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Of new files. Names are compressed together with their dictionary, which takes a third off the time of writing.
    "storage_compatibility_version": "v1.5.0",
}

Signature = tuple[tuple[int, int, int] | None, ...]


class Store:
    """One DuckDB file behind a fair gate."""

    def __init__(self, path: Path | str, timeout: float = 60.0):
        self.path = Path(path).absolute()
        self._gate = Gate(self.path, timeout)

    def signature(self) -> Signature:
        """Changes with every committed write; costs a `stat`, so a caller may ask on every page."""
        return tuple(_stat(path) for path in (self.path, _wal(self.path)))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection to the last committed version; creates an empty store where there is none."""
        if not self.path.exists():
            with self.write(raise_version=False):
                pass
        with self._gate.reading(), self._open(read_only=True) as connection:
            if _schema_version(connection) == SCHEMA_VERSION:
                yield connection
                return
        with self.write(raise_version=False):  # an older store is brought forward by its first visitor
            pass
        with self._gate.reading(), self._open(read_only=True) as connection:
            yield connection

    @contextmanager
    def write(self, *, raise_version: bool = True, files: bool = False) -> Iterator[Connection]:
        """One transaction: commits when the block ends, leaves the store as it was when it raises.

        `files` allows DuckDB to read files, which nothing but a bulk load needs.
        """
        self._make_folder()
        with self._gate.writing(), self._open(read_only=False, files=files) as connection:
            self._bring_forward(connection)
            connection.begin()
            try:
                yield connection
                if raise_version:
                    connection.execute(
                        "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS VARCHAR) WHERE key = 'data_version'"
                    )
                connection.commit()
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def exclusive(self) -> Iterator[Path]:
        """The closed file, with everyone else outside: for copying it away or putting another in its place."""
        self._make_folder()
        with self._gate.writing():
            if self.path.exists():
                with self._open(read_only=False) as connection:
                    connection.execute("CHECKPOINT")
            yield self.path

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {self.path.parent} for the store: {error.strerror}") from error

    @contextmanager
    def _open(self, *, read_only: bool, files: bool = False) -> Iterator[Connection]:
        settings = {**_SETTINGS, "enable_external_access": "true" if files else "false"}
        try:
            connection = duckdb.connect(str(self.path), read_only=read_only, config=settings)
        except duckdb.Error as error:
            raise StoreError(_why_not_opened(self.path, error)) from error
        try:
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    def _bring_forward(self, connection: Connection) -> None:
        found = _schema_version(connection)
        if found == SCHEMA_VERSION:
            return
        if found is None:
            connection.begin()
            connection.execute(SCHEMA.read_text(encoding="utf-8"))
            connection.commit()
            return
        if found > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path.name} was written by a newer Needle (schema {found}, this one knows {SCHEMA_VERSION}). "
                "Upgrade Needle; the file was not touched."
            )
        connection.execute("CHECKPOINT")
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        shutil.copy2(self.path, self.path.with_name(f"{self.path.stem}.schema{found}.{stamp}.duckdb"))
        for version in range(found + 1, SCHEMA_VERSION + 1):
            connection.begin()
            connection.execute((MIGRATIONS / f"{version:03}.sql").read_text(encoding="utf-8"))
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(version)])
            connection.commit()


def data_version(connection: Connection) -> int:
    """The counter that every committed write raises."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'data_version'").fetchone()
    return int(row[0]) if row else 0


def _schema_version(connection: Connection) -> int | None:
    """The schema of an opened file; None when it is an empty database."""
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not tables:
        return None
    if "meta" not in tables:
        raise StoreError(
            f"this DuckDB file is not a Needle store: it holds the tables {', '.join(sorted(tables)[:5])}. "
            "Give the path of another file with --db or NEEDLE_DB."
        )
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row else None


def _roll_back(connection: Connection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:  # a failed commit (disk full) has rolled back already
        return


def _why_not_opened(path: Path, error: duckdb.Error) -> str:
    text = str(error).splitlines()[0]
    if "lock" in text.lower():
        return f"{path.name} is held open by another program ({text}). Close it and try again."
    if path.exists() and not os.access(path, os.W_OK):
        return f"{path.name} cannot be written: the file or its folder is read-only. Check the rights of {path.parent}."
    if "not a valid DuckDB database" in text:
        return f"{path.name} is not a DuckDB file. Give the path of another file with --db or NEEDLE_DB."
    return f"{path.name} cannot be opened: {text}. Restore a backup, or give another path with --db or NEEDLE_DB."


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
