"""A shared store: the same tables in DuckLake, for many servers and loaders at once, with no file that anyone locks.

`ducklake:postgres:dbname=... host=... user=...` names the database that holds the catalogue and small rows; NEEDLE_LAKE
names the folder of the data, which every machine sees. What a file store promises by its gate holds here so:

- one writer at a time: an advisory lock of the database (catalogue.py);
- a writer that lost its turn without knowing (its machine slept): every write changes the row of the data version, and
  DuckLake refuses to commit a change of a row that another commit changed since;
- readers see one whole version: a transaction of DuckLake reads one snapshot, and asks nobody.

Rows keep their numbers here as in a file (`rowid`: 0, 1, 2, ... in the order of their writing), so the chain seals the
same digests, and a copy to a file and back is proved by them.
"""

import json
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

from data import chain
from data.block_digests import BULK
from data.catalogue import Catalogue
from data.gate import StoreError
from data.lake_copies import LakeCopies
from data.lake_database import LAKE_SETTINGS, LakeDatabase, number, tables
from data.lake_seen import Seen, Watched
from data.store import (
    SCHEMA,
    SCHEMA_VERSION,
    CatalogError,
    Connection,
    DatabaseError,
    Setting,
    Signature,
    roll_back,
)
from models.language import tr

AT_HAND = ("load", "load_undo", "definition", "record", "commit_log", "meta")  # small, and asked for often
INLINED = 100  # rows; so few go into the database itself, not into a file
SMALL = 16_000_000  # bytes; smaller files are merged now and then
MANY = 48  # small files; so many are merged
KEPT = "INTERVAL 1 DAY"  # how long old snapshots stay, for readers that are slow and for a look by hand
_GUARD = threading.Lock()
_CATALOGUES: dict[tuple[str, float], Catalogue] = {}


class Lake(LakeCopies):
    """A store in DuckLake, with its catalogue in PostgreSQL."""

    _settings: ClassVar[dict[str, Setting]] = LAKE_SETTINGS

    def __init__(self, address: str, folder: str, timeout: float = 60.0):
        kind, _, conninfo = address.removeprefix("ducklake:").partition(":")
        if kind != "postgres":
            raise StoreError(
                tr("a shared store has its catalogue in PostgreSQL: ducklake:postgres:dbname=NAME host=HOST user=USER.")
            )
        self._catalogue = _catalogue(conninfo, timeout)
        if not folder:
            raise StoreError(
                tr(
                    "a shared store needs a folder for its data that every server sees: name it in the "
                    "environment as NEEDLE_LAKE."
                )
            )
        if "://" in folder:
            raise StoreError(tr("NEEDLE_LAKE is a folder; object storage has not been tried and is not offered."))
        self._database = LakeDatabase(self._catalogue, Path(folder).absolute())
        super().__init__(Path(address), self._catalogue)

    @property
    def name(self) -> str:
        return self._catalogue.name

    @property
    def folder(self) -> Path:
        return self._database.folder

    def signature(self) -> Signature:
        if not self._is_made():
            return (None,)
        return ((self._catalogue.snapshot(), 0, 0),)

    def look(self) -> None:
        super().look()
        if self._is_made():
            self._database.check_folder()

    # -- big loads ---------------------------------------------------------------------------------------------------

    @contextmanager
    def staging(self) -> Iterator[Connection]:
        """A database in memory that may read files; what does not fit goes to a folder of this machine."""
        with (
            self._gate.staging(),
            tempfile.TemporaryDirectory(prefix="needle-staged-") as aside,
            self._in_memory(Path(aside)) as connection,
        ):
            yield connection

    @contextmanager
    def copied(self, staged: Connection) -> Iterator[None]:
        """Inside `staging`: its tables are those of the store. Nobody is held up by a reader, so nothing is copied."""
        with self.read():  # proved, and brought forward
            pass
        with self._attached(staged):
            yield

    def at_hand(self, connection: Connection) -> None:
        """Copies in memory stand before the tables: every question about one costs the database some ten of its own."""
        for table in AT_HAND:
            with suppress(CatalogError):  # what is missing is told by the question that misses it
                connection.execute(f"CREATE TEMP TABLE {table} AS FROM lake.{table} ORDER BY rowid")

    def tidy(self) -> None:
        """Merge small files, and let go of what only snapshots of yesterday still show."""
        with self._catalogue.writing(), self._open(read_only=False) as connection, self._explained():
            self._tidy(connection)

    # -- what is otherwise than in a file --------------------------------------------------------------------------

    @contextmanager
    def _open(self, *, read_only: bool, files: bool = False) -> Iterator[Connection]:
        """A connection of its own; for reading in one transaction, so of one snapshot."""
        noted = self._catalogue.noted() if self._is_made() else None  # before the snapshot: it may only be older
        self._database.check_folder()
        opened = self._database.own() if files else self._database.kept()
        try:
            connection = opened.cursor()
            try:
                connection.begin()  # first: what is asked in one transaction is asked of one snapshot, found once
                _use(connection, noted)
                if read_only:
                    yield connection
                else:
                    connection.rollback()
                    yield cast(Connection, Watched(connection))
            finally:
                roll_back(connection)
                connection.close()
        finally:
            if files:
                opened.close()

    @contextmanager
    def _attached(self, connection: Connection) -> Iterator[Connection]:
        noted = self._catalogue.noted() if self._is_made() else None
        self._database.attach_to(connection)
        try:
            _use(connection, noted)
            yield connection
        finally:
            with suppress(DatabaseError):  # after a fatal error nothing can be asked any more
                connection.execute("USE memory")
                connection.execute("DETACH lake")

    def _make_folder(self) -> None:
        """What is missing of a store that exists is not made anew."""

    def _make(self) -> None:
        if not self._is_made():
            self._database.make()

    def _is_made(self) -> bool:
        return self._catalogue.is_made()

    def _seen(self, connection: Connection) -> Seen | None:
        """What this process knows of the snapshot that the connection reads."""
        seen: Seen | None = self._catalogue.seen
        if seen is None or seen.schema != SCHEMA_VERSION:
            return None
        return seen if (_snapshot(connection), _noted(connection)) == (seen.snapshot, seen.noted) else None

    def _schema_version(self, connection: Connection) -> int | None:
        if self._seen(connection):
            connection.execute("SET VARIABLE sealed_tables = ?", [_sealed()])
            return SCHEMA_VERSION
        try:
            version = number(connection, "SELECT value FROM meta WHERE key = 'schema_version'")
        except CatalogError:
            found = tables(connection)
            if not found:
                return None
            raise StoreError(
                tr(
                    "{name} is not a Needle store: it holds the tables {tables}.",
                    name=self.name,
                    tables=", ".join(found[:5]),
                )
            ) from None
        if version == SCHEMA_VERSION:  # asking the catalogue for them costs more than to count their rows
            connection.execute("SET VARIABLE sealed_tables = ?", [_sealed()])
        return version

    def _create_tables(self, connection: Connection) -> None:
        # DuckLake knows no enums: it compresses equal texts as well.
        connection.execute(re.sub(r"ENUM \([^)]*\)", "VARCHAR", SCHEMA.read_text(encoding="utf-8")))

    def _bring_forward(self, connection: Connection) -> None:
        connection.begin()
        before = self._schema_version(connection)
        connection.rollback()
        if before != SCHEMA_VERSION:
            super()._bring_forward(connection)
            self._set_options(connection)

    def _set_options(self, connection: Connection) -> None:
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', {INLINED})")
        # Of observations every load makes a file, however small: they are read by KPI, which a file does better.
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', 0, table_name => '{BULK}')")

    def _fence(self, connection: Connection) -> None:
        """Change the row that other writes change, so that two writers never both commit."""
        connection.execute("UPDATE meta SET value = value WHERE key = 'data_version'")

    def _last(self, connection: Connection) -> chain.Head:
        seen = self._seen(connection)
        if seen is None:
            seen = self._catalogue.seen = Seen(
                SCHEMA_VERSION, _snapshot(connection), _noted(connection), chain.head(connection)
            )
        return seen.head

    def _grown(self, connection: Connection) -> set[str] | None:
        return connection.grown if isinstance(connection, Watched) else None

    def _where_noted(self) -> str:
        return "the head in the table needle_store of the database (UPDATE needle_store SET head = NULL)"

    def _noted(self, connection: Connection) -> dict[str, Any] | None:
        noted = _noted(connection)
        return json.loads(noted) if noted else None

    def _note(self, head: chain.Head) -> None:
        with suppress(StoreError):  # the write itself is safe; the note is one more witness
            self._catalogue.note(head.noted())

    def _settle(self, connection: Connection, sealed: chain.Head) -> None:
        self._note(sealed)
        last = connection.execute("FROM ducklake_last_committed_snapshot('lake')").fetchone()
        seen = self._catalogue.seen
        if last and last[0] is not None and (seen is None or seen.head != sealed):
            self._catalogue.seen = Seen(SCHEMA_VERSION, last[0], sealed.noted(), sealed)
        with suppress(DatabaseError, StoreError):  # the write is safe; the next one tries again
            if self._catalogue.small_files(SMALL) > MANY:
                self._tidy(connection)

    def _tidy(self, connection: Connection) -> None:
        connection.execute(f"CALL ducklake_merge_adjacent_files('lake', max_file_size => {SMALL})")
        for old in ("expire_snapshots", "cleanup_old_files"):
            connection.execute(
                f"SELECT count(*) FROM ducklake_{old}('lake', older_than => CAST(now() AS TIMESTAMP) - {KEPT})"
            )
        self._catalogue.sweep()

    def _told(self, error: DatabaseError) -> StoreError | None:
        return self._database.told(error)


def _catalogue(conninfo: str, timeout: float) -> Catalogue:
    with _GUARD:
        if (conninfo, timeout) not in _CATALOGUES:
            _CATALOGUES[conninfo, timeout] = Catalogue(conninfo, timeout)
        return _CATALOGUES[conninfo, timeout]


@cache
def _sealed() -> list[str]:
    """The tables of the present schema that the chain seals."""
    return sorted(set(re.findall(r"CREATE TABLE (\w+)", SCHEMA.read_text(encoding="utf-8"))) - {"meta", "commit_log"})


def _snapshot(connection: Connection) -> int:
    """The snapshot that the transaction of a connection reads."""
    return number(connection, "FROM ducklake_current_snapshot('lake')")


def _noted(connection: Connection) -> str | None:
    """The head that the catalogue noted, as it was when the connection was opened."""
    row = connection.execute("SELECT getvariable('noted')").fetchone()
    return row[0] if row else None


def _use(connection: Connection, noted: Any) -> None:
    """The lake is the default database of a connection; `noted` is where its chain was last seen to end."""
    connection.execute("USE lake")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET VARIABLE many_files = true")
    connection.execute("SET VARIABLE noted = ?", [noted])
