"""The store: one DuckDB file, opened for a unit of work and closed again. Only lake.py imports duckdb besides.

`read()` and `write()` hand out a connection; what is asked of it stands in ledger.py and definitions.py. `open_store`
gives the kind of store that an address names: nobody else knows which one it is.
"""

import getpass
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from data import chain
from data.gate import Gate, StoreError

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
CatalogError = duckdb.CatalogException
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
# Signs of a full disk, and of a file that is not as it was written, in what DuckDB and the system say.
_FULL = ("no space left", "file too large", "disk quota", "out of disk")
_DAMAGED = ("corrupt", "checksum", "failed to deserialize", "wal file", "could not read enough bytes", "invalidated")

Signature = tuple[tuple[int, int, int] | None, ...]
_RECOVERY = (
    "Nothing was changed. Restore a backup (`restore FILE`), or copy what can still be read into a new store "
    "(`recover NEW`); docs/backup-and-recovery.md tells how."
)


class StoreDamaged(StoreError):
    """The file is not as it was written; the message says what was found and the ways back."""


class Turns(Protocol):
    """Who may come in: many readers and one writer, or readers at any time beside one writer."""

    def reading(self) -> AbstractContextManager[None]: ...
    def writing(self) -> AbstractContextManager[None]: ...
    def staging(self) -> AbstractContextManager[None]: ...


def open_store(address: Path | str) -> "Store":
    """The store at an address: a path, or `ducklake:postgres:...` with its folder in NEEDLE_LAKE (data/lake.py)."""
    if str(address).startswith("ducklake:"):
        from data.lake import Lake

        return Lake(str(address), os.environ.get("NEEDLE_LAKE", ""))
    return Store(address)


class Store:
    """One DuckDB file behind a fair gate. `who` and `now` are what a write is signed with when it names nobody."""

    def __init__(self, path: Path | str, timeout: float = 60.0):
        self._begin(Path(path).absolute(), Gate(Path(path).absolute(), timeout))

    def _begin(self, path: Path, gate: Turns) -> None:
        self.path = path
        self.who: Callable[[], str] = getpass.getuser
        self.now: Callable[[], datetime] = _utc_now
        self._gate = gate
        self._proven: Signature | None = None

    @property
    def name(self) -> str:
        """What the store is called in a sentence."""
        return self.path.name

    @property
    def folder(self) -> Path:
        """Where there is room beside the store."""
        return self.path.parent

    def signature(self) -> Signature:
        """Changes with every committed write; costs a `stat`, so a caller may ask on every page."""
        return tuple(_stat(path) for path in (self.path, self.wal))

    @contextmanager
    def read(self, *, prove: bool = True) -> Iterator[Connection]:
        """A read-only connection to the last committed version; creates an empty store where there is none.

        A file that changed since the last time is compared with its chain first, unless the reader asks not to.
        """
        if not self._is_made():
            with self.write(raise_version=False):
                pass
        with self._gate.reading(), self._open(read_only=True) as connection:
            current = self._schema_version(connection) == SCHEMA_VERSION
            if current:
                self._prove(connection, again=prove)
            unfolded = self._is_unfolded()
            if current and not unfolded:
                with self._explained():
                    yield connection
                return
        # An older store is brought forward by its first visitor; so is a write-ahead log that a crash left behind.
        try:
            with self.write(raise_version=False):
                pass
        except StoreError:
            if not current:
                raise
        with self._gate.reading(), self._open(read_only=True) as connection, self._explained():
            yield connection

    @contextmanager
    def write(
        self, *, raise_version: bool = True, staged: Connection | None = None, by: str = "", action: str = ""
    ) -> Iterator[Connection]:
        """One transaction: commits when the block ends, leaves the store as it was when it raises.

        The write is sealed in the chain under `by` and `action`; without them under the store's `who`, and under what
        was added. With a connection of `staging` it is that one which writes, so that its temporary tables are at hand.
        """
        self._make_folder()
        with self._gate.writing():
            self._make()
            if self._proven is None or self._is_unfolded():  # whatever is no sound store is not opened for writing
                with self._open(read_only=True) as connection:
                    if self._schema_version(connection) == SCHEMA_VERSION:
                        self._prove(connection)
            opened = self._attached(staged) if staged else self._open(read_only=False)
            with opened as connection, self._explained():
                self._bring_forward(connection)
                connection.begin()
                try:
                    before = self._head(connection)
                    yield connection
                    if raise_version:
                        connection.execute(
                            "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS VARCHAR) "
                            "WHERE key = 'data_version'"
                        )
                    try:
                        sealed = chain.seal(connection, before, self.now(), by or self._writer(), action)
                    except chain.Broken as error:
                        raise StoreError(f"{error}; nothing was changed.") from error
                    if sealed != before and not raise_version:
                        self._fence(connection)
                    connection.commit()
                except BaseException:
                    _roll_back(connection)
                    raise
                self._settle(connection, sealed)
            self._proven = self.signature()

    @contextmanager
    def staging(self) -> Iterator[Connection]:
        """A database in memory that may read files: where a big load is got ready while others read and write.

        What does not fit into memory goes to a folder beside the store. One at a time; others wait their turn.
        """
        self._make_folder()
        with self._gate.staging():
            aside = _beside(self.path, ".staged")
            shutil.rmtree(aside, ignore_errors=True)  # of one that was killed
            try:
                with self._in_memory(aside) as connection:
                    yield connection
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    @contextmanager
    def _in_memory(self, aside: Path) -> Iterator[Connection]:
        """A database in memory that may read files; what does not fit into memory goes to the folder `aside`."""
        connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(aside)})
        try:
            connection.execute("SET enable_progress_bar = false")
            with self._explained():
                yield connection
        finally:
            connection.close()

    @contextmanager
    def copied(self, staged: Connection) -> Iterator[None]:
        """Inside `staging`: its tables are those of the store as it stands, in a copy that holds up nobody."""
        copy = _beside(self.path, ".staged") / "copy.duckdb"
        with self.read():  # which folds a write-ahead log that a crash left behind
            pass
        try:
            copy.parent.mkdir(exist_ok=True)
            with self._gate.reading():
                shutil.copyfile(self.path, copy)
        except OSError as error:
            raise StoreError(
                f"there is no room to compare with {self.path.name}: {error.strerror}. Nothing was changed."
            ) from error
        try:
            with self._attached(staged, copy, read_only=True):
                yield
        finally:
            copy.unlink(missing_ok=True)

    @contextmanager
    def _attached(
        self, connection: Connection, path: Path | None = None, *, read_only: bool = False
    ) -> Iterator[Connection]:
        """The store (or its copy) as the default database of a connection to another."""
        file = str(path or self.path).replace("'", "''")
        try:
            connection.execute(f"ATTACH '{file}' AS attached{' (READ_ONLY)' if read_only else ''}")
        except duckdb.Error as error:
            raise _why_not_opened(self.path, error) from error
        try:
            connection.execute("USE attached")
            yield connection
        finally:
            with suppress(duckdb.Error):  # after a fatal error nothing can be asked any more
                connection.execute("USE memory")
                connection.execute("DETACH attached")

    @contextmanager
    def exclusive(self) -> Iterator[Path]:
        """The closed file, with everyone else outside: for copying it away or putting another in its place."""
        self._make_folder()
        with self._gate.writing():
            yield self.path
            self._proven = None

    def fold(self) -> None:
        """Inside `exclusive`: prove the store, and bring a write-ahead log that a crash left behind into the file."""
        with self._open(read_only=True) as connection:
            if self._schema_version(connection) == SCHEMA_VERSION:
                self._prove(connection)
        if self.wal.exists():
            with self._open(read_only=False) as connection, self._explained():
                connection.execute("CHECKPOINT")

    def copy_to(self, target: Path) -> None:
        """Copy the store to a file while nobody writes, whole or not at all."""
        if target == self.path:
            raise StoreError("a backup needs another path than the store itself.")
        if not self.path.exists():
            raise StoreError(f"there is no store at {self.name} yet, so there is nothing to back up.")
        with self.exclusive() as path:
            self.fold()
            copy_whole(path, target)

    def replace_by(self, candidate: "Store", _source: str) -> None:
        """Put another file, proved and on the same disk, in the store's place; the store before is kept beside it."""
        with self.exclusive() as path:
            kept = path.with_name(f"{path.stem}.before-restore.duckdb")
            if path.exists():
                copy_whole(path, kept)
            if self.wal.exists():  # of a crash, and of the file that goes: it must not be read into the one that comes
                copy_whole(self.wal, kept.with_name(kept.name + ".wal"))
                self.wal.unlink()
            flush(candidate.path)
            self.forget_head()  # first: a process killed in between must not leave the old note beside the new file
            os.replace(candidate.path, path)
            self.note_head()

    @property
    def wal(self) -> Path:
        """The write-ahead log, which is there only after a crash."""
        return _beside(self.path, ".wal")

    def forget_head(self) -> None:
        """Inside `exclusive`: take away the note of the head, since another file is about to be put here."""
        _beside(self.path, ".head").unlink(missing_ok=True)

    def note_head(self) -> None:
        """Inside `exclusive`: note the head of a file that was put here, whatever was noted before."""
        with self._open(read_only=True) as connection:
            self._note(chain.head(connection))

    @contextmanager
    def unproven(self) -> Iterator[Connection]:
        """A read-only connection to the file as it is, behind no gate and compared with nothing: for saving rows."""
        with self._open(read_only=True) as connection, self._explained():
            yield connection

    @contextmanager
    def salvaging(self, action: str) -> Iterator[Connection]:
        """A new store to be filled from elsewhere; all of it is sealed under a link that goes on from those put in."""
        self._make()
        with self._open(read_only=False) as connection:
            connection.begin()
            yield connection
            last = chain.last_link(connection)
            sealed = chain.seal(connection, last, self.now(), self._writer(), action, baseline=True)
            connection.commit()
            connection.execute("CHECKPOINT")
        self._note(sealed)

    def check_head(self, connection: Connection) -> str:
        """What is wrong at the end of the chain, in words; empty if nothing is."""
        try:
            self._head(connection)
        except StoreDamaged as error:
            return str(error)
        return ""

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {self.path.parent} for the store: {error.strerror}") from error

    def _make(self) -> None:
        """A new store appears whole or not at all."""
        if self.path.exists():
            if self.path.stat().st_size == 0:
                raise _empty(self.path)
            return
        for left in self.path.parent.glob(f".{self.path.name}.new-*"):
            left.unlink(missing_ok=True)
        beside = self.path.with_name(f".{self.path.name}.new-{uuid.uuid4().hex[:8]}")
        made = Store(beside)
        made.who, made.now = self.who, self.now
        try:
            with made._open(read_only=False) as connection, self._explained():
                made._bring_forward(connection)
                connection.execute("CHECKPOINT")
                first = chain.head(connection)
            os.replace(beside, self.path)
        except OSError as error:
            raise StoreError(f"cannot make the store {self.path.name}: {error.strerror}.") from error
        finally:
            beside.unlink(missing_ok=True)
            _beside(beside, ".wal").unlink(missing_ok=True)
        self._note(first)

    @contextmanager
    def _open(self, *, read_only: bool) -> Iterator[Connection]:
        settings = {**_SETTINGS, "enable_external_access": "false"}
        try:
            connection = duckdb.connect(str(self.path), read_only=read_only, config=settings)
        except duckdb.Error as error:
            raise _why_not_opened(self.path, error) from error
        try:
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what DuckDB says of a full disk or a damaged file into words; other errors of its are bugs."""
        try:
            yield
        except duckdb.Error as error:
            told = self._told(error)
            if told is None:
                raise
            raise told from error

    # -- what another kind of store does otherwise -----------------------------------------------------------------

    def _is_made(self) -> bool:
        return self.path.exists()

    def _is_unfolded(self) -> bool:
        return self.wal.exists()

    def _schema_version(self, connection: Connection) -> int | None:
        return _schema_version(connection, self.path)

    def _create_tables(self, connection: Connection) -> None:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))

    def _keep_before_migration(self, connection: Connection, name: str) -> None:
        connection.execute("CHECKPOINT")
        copy_whole(self.path, self.path.with_name(f"{self.path.stem}.{name}"))

    def _fence(self, connection: Connection) -> None:
        """Called before a commit that leaves the data version as it was: the gate keeps every other writer out."""

    def _told(self, error: duckdb.Error) -> StoreError | None:
        return _explained(self.path, error)

    # -- the chain -------------------------------------------------------------------------------------------------

    def _prove(self, connection: Connection, *, again: bool = True) -> None:
        if again and self.signature() != self._proven:
            self._head(connection)
            self._proven = self.signature()

    def _head(self, connection: Connection) -> chain.Head:
        """The last link; raises StoreDamaged when it does not fit the file, or the head noted beside it."""
        try:
            with self._explained():
                found = self._last(connection)
        except duckdb.CatalogException as error:
            raise StoreDamaged(f"{self.name} has lost its log of writes. {_RECOVERY}") from error
        except chain.Broken as fault:
            raise StoreDamaged(f"{self.name} is not as it was written: {fault}. {_RECOVERY}") from fault
        noted = self._noted(connection)
        if noted and noted["origin"] == found.origin:
            row = connection.execute("SELECT hash FROM commit_log WHERE sequence = ?", [noted["sequence"]]).fetchone()
            if row is None or row[0] != noted["hash"]:
                raise StoreDamaged(
                    f"{self.name} has lost writes: it ends with write {found.sequence}, and write "
                    f"{noted['sequence']} was completed here. {_RECOVERY} If you put an older copy in its place on "
                    f"purpose, remove {self._where_noted()}."
                )
        return found

    def _last(self, connection: Connection) -> chain.Head:
        return chain.head(connection)

    def _where_noted(self) -> str:
        return _beside(self.path, ".head").name

    def _noted(self, _connection: Connection) -> dict[str, Any] | None:
        try:
            noted = json.loads(_beside(self.path, ".head").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return noted if isinstance(noted, dict) and {"origin", "sequence", "hash"} <= noted.keys() else None

    def _note(self, head: chain.Head) -> None:
        """Write down the head beside the store, so that a file that lost its end is noticed."""
        target = _beside(self.path, ".head")
        beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
        try:
            beside.write_text(
                json.dumps({"origin": head.origin, "sequence": head.sequence, "hash": head.hash}), encoding="utf-8"
            )
            os.replace(beside, target)
        except OSError:  # the write itself is safe; the note is one more witness
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _settle(self, connection: Connection, sealed: chain.Head) -> None:
        """After a commit: no write-ahead log is left lying about, and the head is noted."""
        with suppress(duckdb.Error):  # a full disk: the commit stands in the log, and the next write tries again
            connection.execute("CHECKPOINT")
        self._note(sealed)

    def _writer(self) -> str:
        return self.who()

    def _bring_forward(self, connection: Connection) -> None:
        found = self._schema_version(connection)
        if found == SCHEMA_VERSION:
            return
        if found is None:
            connection.begin()
            self._create_tables(connection)
            chain.seal(connection, None, self.now(), self._writer(), "create", baseline=True)
            connection.commit()
            return
        if found > SCHEMA_VERSION:
            raise StoreError(
                f"{self.name} was written by a newer Needle (schema {found}, this one knows {SCHEMA_VERSION}). "
                "Upgrade Needle; the store was not touched."
            )
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self._keep_before_migration(connection, f"schema{found}.{stamp}.duckdb")
        connection.begin()
        try:
            for version in range(found + 1, SCHEMA_VERSION + 1):
                connection.execute((MIGRATIONS / f"{version:03}.sql").read_text(encoding="utf-8"))
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(SCHEMA_VERSION)])
            action = f"brought forward from schema {found} to {SCHEMA_VERSION}"
            chain.seal(connection, chain.last_link(connection), self.now(), self._writer(), action, baseline=True)
            connection.commit()
        except BaseException:
            _roll_back(connection)
            raise


def copy_whole(source: Path, target: Path) -> None:
    """Copy beside the target, flush, and move into place, so that a crash leaves the old file or the new one."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, beside)
        with beside.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StoreError(f"cannot write {target.name}: {error.strerror}. Nothing was changed.") from error


def flush(path: Path) -> None:
    """Have a file on the disk before its name changes."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def data_version(connection: Connection) -> int:
    """The counter that every committed write raises."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'data_version'").fetchone()
    return int(row[0]) if row else 0


def _schema_version(connection: Connection, path: Path) -> int | None:
    """The schema of an opened file; None when it is an empty database."""
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary"
    ).fetchall()
    tables = {name for (name,) in found}
    if not tables:
        return None
    if "meta" not in tables:
        raise StoreError(
            f"{path.name} is a DuckDB file, but not a Needle store: it holds the tables "
            f"{', '.join(sorted(tables)[:5])}. Give the path of another file with --db or NEEDLE_DB."
        )
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return int(row[0]) if row else None
    except (duckdb.Error, ValueError) as error:
        said = str(error).splitlines()[0]
        raise StoreDamaged(f"{path.name} is damaged: it does not tell its schema ({said}). {_RECOVERY}") from error


def _roll_back(connection: Connection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:  # a failed commit (disk full) has rolled back already
        return


def _empty(path: Path) -> StoreDamaged:
    return StoreDamaged(f"{path.name} is empty (0 bytes), so it is no store. {_RECOVERY}")


def _why_not_opened(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error).splitlines()[0]
    if path.exists() and path.stat().st_size == 0:
        return _empty(path)
    told = _explained(path, error)
    if told is not None:
        return told
    if "lock" in text.lower():
        return StoreError(f"{path.name} is held open by another program ({text}). Close it and try again.")
    if path.exists() and not os.access(path, os.W_OK):
        return StoreError(
            f"{path.name} cannot be written: the file or its folder is read-only. Check the rights of {path.parent}."
        )
    if "not a valid DuckDB database" in text:
        return StoreError(f"{path.name} is not a DuckDB file. Give the path of another file with --db or NEEDLE_DB.")
    return StoreDamaged(f"{path.name} cannot be opened: {text}. {_RECOVERY}")


def _explained(path: Path, error: duckdb.Error) -> StoreError | None:
    """What an error of DuckDB means for a person, where it is no bug of ours."""
    text = str(error).splitlines()[0]
    low = text.lower()
    if any(sign in low for sign in _FULL):
        return StoreError(f"there is no room to write {path.name}: {text}. Nothing was changed; free some space.")
    if isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.SerializationException) or any(
        sign in low for sign in _DAMAGED
    ):
        return StoreDamaged(f"{path.name} is damaged: {text}. {_RECOVERY}")
    return None


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
