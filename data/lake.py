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
import os
import re
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar, cast

import duckdb

from data import chain
from data.catalogue import Catalogue, told
from data.file_store import FileStore
from data.gate import StoreAway, StoreBusy, StoreError
from data.lake_seen import Seen, Watched
from data.store import SCHEMA, SCHEMA_VERSION, SETTINGS, Connection, Setting, Signature, Store, roll_back
from data.store_faults import StoreDamaged

EXTENSIONS = ("ducklake", "postgres_scanner")
AT_HAND = ("load", "load_undo", "definition", "record", "commit_log", "meta")  # small, and asked for often
MARK = "needle-lake.txt"  # in the folder: which store its files belong to
INLINED = 100  # rows; so few go into the database itself, not into a file
SMALL = 16_000_000  # bytes; smaller files are merged now and then
MANY = 48  # small files; so many are merged
KEPT = "INTERVAL 1 DAY"  # how long old snapshots stay, for readers that are slow and for a look by hand
_ATTACHED: dict[tuple[int, str, str], Connection] = {}
_GUARD = threading.Lock()
_CATALOGUES: dict[tuple[str, float], Catalogue] = {}


class Lake(Store):
    """A store in DuckLake, with its catalogue in PostgreSQL."""

    # The extensions lie beside DuckDB itself, put there by pip: to prove the signature of their 78 MB at every start
    # would take 0.35 s of CPU, more than everything else in a small question from the terminal.
    _settings: ClassVar[dict[str, Setting]] = {**SETTINGS, "allow_unsigned_extensions": "true"}

    def __init__(self, address: str, folder: str, timeout: float = 60.0):
        kind, _, conninfo = address.removeprefix("ducklake:").partition(":")
        if kind != "postgres":
            raise StoreError(
                "a shared store has its catalogue in PostgreSQL: ducklake:postgres:dbname=NAME host=HOST user=USER."
            )
        self._catalogue = _catalogue(conninfo, timeout)
        if not folder:
            raise StoreError(
                "a shared store needs a folder for its data that every server sees: name it in the environment as "
                "NEEDLE_LAKE."
            )
        if "://" in folder:
            raise StoreError("NEEDLE_LAKE is a folder; object storage has not been tried and is not offered.")
        self._folder = Path(folder).absolute()
        super().__init__(Path(address), self._catalogue)

    @property
    def name(self) -> str:
        return self._catalogue.name

    @property
    def folder(self) -> Path:
        return self._folder

    def signature(self) -> Signature:
        if not self._is_made():
            return (None,)
        return ((self._catalogue.snapshot(), 0, 0),)

    def look(self) -> None:
        super().look()
        if self._is_made():
            self._check_folder()

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
            with suppress(duckdb.CatalogException):  # what is missing is told by the question that misses it
                connection.execute(f"CREATE TEMP TABLE {table} AS FROM lake.{table} ORDER BY rowid")

    # -- copies ----------------------------------------------------------------------------------------------------

    def copy_to(self, target: Path) -> None:
        """The store as an ordinary file, of one snapshot, while others go on writing."""
        if not self._is_made():
            raise StoreError(f"there is no store in {self.name} yet, so there is nothing to back up.")
        with self.read():
            pass  # proved, and brought forward
        self._copy(target)

    def _copy(self, target: Path) -> None:
        beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._open(read_only=True, files=True) as connection, self._explained():
                version = self._schema_version(connection)
                connection.rollback()
                connection.execute(f"ATTACH {_text(beside)} AS copied (STORAGE_VERSION 'v1.5.0')")
                connection.begin()
                tables = _tables(connection)
                connection.execute("USE copied")
                if version == SCHEMA_VERSION:
                    connection.execute(SCHEMA.read_text(encoding="utf-8") + "DELETE FROM meta;")
                else:  # an older one, before it is brought forward: as it is
                    for table in tables:
                        connection.execute(f'CREATE TABLE "{table}" AS FROM lake."{table}" LIMIT 0')
                for table in tables:
                    connection.execute(f'INSERT INTO "{table}" BY NAME FROM lake."{table}" ORDER BY rowid')
                connection.commit()
                connection.execute("USE lake")
                connection.execute("DETACH copied")
            if version == SCHEMA_VERSION:
                with FileStore(beside).unproven() as connection:
                    chain.head(connection)
            os.replace(beside, target)
        except chain.Broken as error:
            raise StoreDamaged(f"{self.name} is not as it was written: {error}. No backup was made.") from error
        except OSError as error:
            raise StoreError(f"cannot write {target.name}: {error.strerror}. Nothing was changed.") from error
        finally:
            for left in (beside, beside.with_name(beside.name + ".wal")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)

    def replace_by(self, candidate: Store, source: str) -> None:
        """Put the rows of a file in the place of all there are, in one commit; those before are kept as a file."""
        if self._is_made():
            with suppress(StoreDamaged):  # what is broken is what a restore is for
                self._copy(self._folder / "before-restore.duckdb")
        with self._catalogue.writing():
            self._make()
            with self._open(read_only=False, files=True) as connection, self._explained():
                connection.execute(f"ATTACH {_text(candidate.path)} AS source (READ_ONLY)")
                connection.begin()
                try:
                    tables = _tables(connection)
                    before = _number(connection, "SELECT value FROM meta WHERE key = 'data_version'") if tables else 0
                    for table in tables:  # new tables: their rows are numbered from 0
                        connection.execute(f'DROP TABLE "{table}"')
                    self._create_tables(connection)
                    connection.execute("DELETE FROM meta")
                    for table in _tables(connection):
                        connection.execute(f'INSERT INTO "{table}" BY NAME FROM source."{table}" ORDER BY rowid')
                    found = chain.head(connection)
                    # Servers keep answers by the version: it never comes back to one that they know.
                    version = max(before, _number(connection, "SELECT value FROM meta WHERE key = 'data_version'")) + 1
                    connection.execute("UPDATE meta SET value = ? WHERE key = 'data_version'", [str(version)])
                    sealed = chain.seal(connection, found, self.now(), self._writer(), f"restored from {source}")
                    self._catalogue.note(None)
                    connection.commit()
                except BaseException:
                    roll_back(connection)
                    raise
                self._set_options(connection)
                self._settle(connection, sealed)
            self._proven = self.signature()

    def tidy(self) -> None:
        """Merge small files, and let go of what only snapshots of yesterday still show."""
        with self._catalogue.writing(), self._open(read_only=False) as connection, self._explained():
            self._tidy(connection)

    # -- what is otherwise than in a file --------------------------------------------------------------------------

    @contextmanager
    def _open(self, *, read_only: bool, files: bool = False) -> Iterator[Connection]:
        """A connection of its own; for reading in one transaction, so of one snapshot."""
        noted = self._catalogue.noted() if self._is_made() else None  # before the snapshot: it may only be older
        self._check_folder()
        opened = self._database(files)
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
        self._attach_to(connection)
        try:
            _use(connection, noted)
            yield connection
        finally:
            with suppress(duckdb.Error):  # after a fatal error nothing can be asked any more
                connection.execute("USE memory")
                connection.execute("DETACH lake")

    def _database(self, files: bool) -> Connection:
        """The database of this process with the lake in it; one of its own where files besides are read."""
        if files:
            return self._attach(files=True)
        key = (os.getpid(), self._catalogue.conninfo, str(self._folder))
        with _GUARD:
            if key not in _ATTACHED:
                _ATTACHED[key] = self._attach(files=False)
            return _ATTACHED[key]

    def _attach(self, *, files: bool, create: bool = False) -> Connection:
        connection = duckdb.connect(":memory:", config=self._settings)
        try:
            self._attach_to(connection, create=create)
            if not files:
                connection.execute(f"SET GLOBAL allowed_directories = [{_text(str(self._folder) + '/')}]")
                connection.execute("SET GLOBAL enable_external_access = false")
        except BaseException:
            connection.close()
            raise
        return connection

    def _attach_to(self, connection: Connection, *, create: bool = False) -> None:
        self._check_folder()
        try:
            for extension in EXTENSIONS:
                connection.execute(f"LOAD {_text(_extension(extension))}")
            connection.execute("SET GLOBAL allow_unsigned_extensions = false")
            connection.execute(
                f"ATTACH {_text('ducklake:postgres:' + self._catalogue.conninfo)} AS lake "
                f"(DATA_PATH {_text(str(self._folder) + '/')}, OVERRIDE_DATA_PATH true, "
                f"CREATE_IF_NOT_EXISTS {str(create).lower()})"
            )
        except duckdb.Error as error:
            raise self._told(error) or StoreError(f"{self.name} cannot be opened: {_one_line(error)}.") from None

    def _check_folder(self) -> None:
        """Whether the folder is there, and is the one of this store: an empty mount point looks like any folder."""
        wanted = self._catalogue.lake()
        try:
            found = (self._folder / MARK).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise StoreAway(
                "folder", str(self._folder), error.strerror or "",
                f"the folder {self._folder} (NEEDLE_LAKE) does not hold the data of this store: it has no {MARK}. "
                "Is it mounted here? Nothing was changed.",
            ) from error  # fmt: skip
        if wanted is not None and found != wanted:
            raise StoreError(
                f"the folder {self._folder} (NEEDLE_LAKE) belongs to another store than {self.name}. "
                "Give each store a folder of its own."
            )

    def _make_folder(self) -> None:
        """What is missing of a store that exists is not made anew."""

    def _make(self) -> None:
        """Inside a turn: the catalogue and its folder, if they are not there yet."""
        if self._is_made():
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            mark = self._folder / MARK
            if not mark.exists():
                if any(not path.name.startswith(".") for path in self._folder.iterdir()):  # a restore has its room here
                    raise StoreError(
                        f"the folder {self._folder} (NEEDLE_LAKE) is not empty; a new store needs a new one."
                    )
                mark.write_text(uuid.uuid4().hex + "\n", encoding="utf-8")
            self._catalogue.make(mark.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise StoreError(f"cannot write into the folder {self._folder}: {error.strerror}.") from error
        self._attach(files=False, create=True).close()

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
            version = _number(connection, "SELECT value FROM meta WHERE key = 'schema_version'")
        except duckdb.CatalogException:
            found = _tables(connection)
            if not found:
                return None
            raise StoreError(
                f"{self.name} is not a Needle store: it holds the tables {', '.join(found[:5])}."
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
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', 0, table_name => '{chain.BULK}')")

    def _keep_before_migration(self, connection: Connection, name: str) -> None:
        self._copy(self._folder / name)

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
        with suppress(duckdb.Error, StoreError):  # the write is safe; the next one tries again
            if self._catalogue.small_files(SMALL) > MANY:
                self._tidy(connection)

    def _tidy(self, connection: Connection) -> None:
        connection.execute(f"CALL ducklake_merge_adjacent_files('lake', max_file_size => {SMALL})")
        for old in ("expire_snapshots", "cleanup_old_files"):
            connection.execute(
                f"SELECT count(*) FROM ducklake_{old}('lake', older_than => CAST(now() AS TIMESTAMP) - {KEPT})"
            )
        self._catalogue.sweep()

    def _told(self, error: duckdb.Error) -> StoreError | None:
        text = _one_line(error)
        low = text.lower()
        if "transaction conflict" in low:
            return StoreBusy("another server wrote at the same moment; nothing was changed. Try again.")
        if "catalog version" in low:
            return StoreError(
                f"the catalogue of {self.name} was made by another version of DuckLake ({text.split('.')[0]}). "
                "Use the version of Needle that its other servers have; nothing was changed."
            )
        if "no space left" in low or "disk quota" in low:
            return StoreError(f"there is no room to write in {self._folder}. Nothing was changed; free some space.")
        if any(
            sign in low for sign in ("unable to connect", "connection to server", "server closed", "terminating conn")
        ):
            _forget(self._catalogue.conninfo)
            return told(self.name, error)
        if isinstance(error, duckdb.IOException | duckdb.HTTPException):
            return StoreError(f"the data of {self.name} in {self._folder} cannot be read or written: {text}.")
        return None


def _catalogue(conninfo: str, timeout: float) -> Catalogue:
    with _GUARD:
        if (conninfo, timeout) not in _CATALOGUES:
            _CATALOGUES[conninfo, timeout] = Catalogue(conninfo, timeout)
        return _CATALOGUES[conninfo, timeout]


def _forget(conninfo: str) -> None:
    """Have the next one attach again; whoever still reads keeps what they have."""
    with _GUARD:
        for key in [key for key in _ATTACHED if key[1] == conninfo]:
            del _ATTACHED[key]


def _one_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())


def _extension(name: str) -> str:
    """The file of an extension, which its package brings: nothing is fetched."""
    try:
        return str(
            resources.files(f"duckdb_extension_{name}")
            / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        )  # fmt: skip
    except ModuleNotFoundError as error:
        raise StoreError(
            "a shared store needs more packages: pip install -r requirements-shared.txt (docs/shared-store.md)."
        ) from error


@cache
def _sealed() -> list[str]:
    """The tables of the present schema that the chain seals."""
    return sorted(set(re.findall(r"CREATE TABLE (\w+)", SCHEMA.read_text(encoding="utf-8"))) - {"meta", "commit_log"})


def _tables(connection: Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY 1"
        ).fetchall()
    ]


def _snapshot(connection: Connection) -> int:
    """The snapshot that the transaction of a connection reads."""
    return _number(connection, "FROM ducklake_current_snapshot('lake')")


def _noted(connection: Connection) -> str | None:
    """The head that the catalogue noted, as it was when the connection was opened."""
    row = connection.execute("SELECT getvariable('noted')").fetchone()
    return row[0] if row else None


def _number(connection: Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _use(connection: Connection, noted: Any) -> None:
    """The lake is the default database of a connection; `noted` is where its chain was last seen to end."""
    connection.execute("USE lake")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET VARIABLE many_files = true")
    connection.execute("SET VARIABLE noted = ?", [noted])


def _text(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
