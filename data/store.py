"""The store: opened for a unit of work and closed again, with every write sealed in the chain.

`read()` and `write()` hand out a connection; what is asked of it stands in ledger.py and definitions.py. `open_store`
gives the kind of store that an address names, a file (file_store.py) or a shared one (lake.py): others never ask which.
"""

import getpass
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

import duckdb

from data import chain
from data.gate import StoreError
from data.store_faults import StoreDamaged, recovery
from models.language import tr

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
CatalogError = duckdb.CatalogException
SCHEMA_VERSION = 2
SCHEMA = Path(__file__).with_name("schema.sql")
# Migrations by the version they lead to: data/migrations/NNN.sql; the store is copied before one runs.
MIGRATIONS = Path(__file__).with_name("migrations")
Setting = str | bool | int | float | list[str]
SETTINGS: dict[str, Setting] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

Signature = tuple[tuple[int, int, int] | None, ...]


class Turns(Protocol):
    """Who may come in: many readers and one writer, or readers at any time beside one writer."""

    def reading(self) -> AbstractContextManager[None]: ...
    def writing(self) -> AbstractContextManager[None]: ...
    def staging(self) -> AbstractContextManager[None]: ...


def open_store(address: Path | str, timeout: float = 60.0) -> "Store":
    """The store at an address: a path, or `ducklake:postgres:...` with its folder in NEEDLE_LAKE. Opens nothing yet."""
    if str(address).startswith("ducklake:"):
        from data.lake import Lake

        return Lake(str(address), os.environ.get("NEEDLE_LAKE", ""), timeout)
    from data.file_store import FileStore

    return FileStore(address, timeout)


class Store(ABC):
    """What every kind of store promises. `who` and `now` are what a write is signed with when it names nobody."""

    _settings: ClassVar[dict[str, Setting]] = SETTINGS

    def __init__(self, path: Path, gate: Turns):
        self.path = path
        self.who: Callable[[], str] = getpass.getuser
        self.now: Callable[[], datetime] = _utc_now
        self._gate = gate
        self._proven: Signature | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """What the store is called in a sentence."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where there is room beside the store."""

    @abstractmethod
    def signature(self) -> Signature:
        """Changes with every committed write; cheap enough to be asked on every page."""

    def look(self) -> None:
        """Raises StoreAway where a part of the store cannot be reached just now."""
        self.signature()

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
                        sealed = chain.seal(
                            connection, before, self.now(), by or self._writer(), action, grown=self._grown(connection)
                        )
                    except chain.Broken as error:
                        raise StoreError(tr("{why}; nothing was changed.", why=error)) from error
                    if sealed != before and not raise_version:
                        self._fence(connection)
                    connection.commit()
                except BaseException:
                    roll_back(connection)
                    raise
                self._settle(connection, sealed)
            self._proven = self.signature()

    @abstractmethod
    def staging(self) -> AbstractContextManager[Connection]:
        """A database in memory that may read files: where a big load is got ready while others read and write.

        What does not fit into memory goes to a folder. One at a time; others wait their turn.
        """

    @abstractmethod
    def copied(self, staged: Connection) -> AbstractContextManager[None]:
        """Inside `staging`: its tables are those of the store as it stands, and nobody is held up."""

    @abstractmethod
    def copy_to(self, target: Path) -> None:
        """Copy the store to a file, whole or not at all."""

    @abstractmethod
    def replace_by(self, candidate: "Store", source: str) -> None:
        """Put a proved file in the place of all there is, whole or not at all; what was there is kept as a file."""

    def at_hand(self, connection: Connection) -> None:  # noqa: B027  (a file is)
        """Called by a reader before many questions about the small tables."""

    def check_head(self, connection: Connection) -> str:
        """What is wrong at the end of the chain, in words; empty if nothing is."""
        try:
            self._head(connection)
        except StoreDamaged as error:
            return str(error)
        return ""

    @contextmanager
    def _in_memory(self, aside: Path) -> Iterator[Connection]:
        """A database in memory that may read files; what does not fit into memory goes to the folder `aside`."""
        connection = duckdb.connect(":memory:", config={**self._settings, "temp_directory": str(aside)})
        try:
            connection.execute("SET enable_progress_bar = false")
            with self._explained():
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

    # -- what each kind of store does in its own way ---------------------------------------------------------------

    @abstractmethod
    def _open(self, *, read_only: bool) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _attached(self, connection: Connection) -> AbstractContextManager[Connection]:
        """The store as the default database of a connection of `staging`."""

    @abstractmethod
    def _is_made(self) -> bool: ...

    @abstractmethod
    def _make_folder(self) -> None: ...

    @abstractmethod
    def _make(self) -> None:
        """Inside a turn: a new store appears whole or not at all."""

    def _is_unfolded(self) -> bool:
        """Whether a crash left something behind that only a writer can put in order."""
        return False

    @abstractmethod
    def _schema_version(self, connection: Connection) -> int | None:
        """None where there are no tables yet; raises StoreError where it is no store of ours."""

    def _create_tables(self, connection: Connection) -> None:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))

    @abstractmethod
    def _keep_before_migration(self, connection: Connection, name: str) -> None: ...

    def _fence(self, connection: Connection) -> None:  # noqa: B027  (nothing to do where a gate keeps others out)
        """Called before a commit that leaves the data version as it was."""

    @abstractmethod
    def _told(self, error: duckdb.Error) -> StoreError | None:
        """An error in words for a person; None where it is a bug of ours."""

    @abstractmethod
    def _noted(self, connection: Connection) -> dict[str, Any] | None:
        """The head of the chain as last noted outside the store."""

    @abstractmethod
    def _note(self, head: chain.Head) -> None: ...

    @abstractmethod
    def _where_noted(self) -> str: ...

    @abstractmethod
    def _settle(self, connection: Connection, sealed: chain.Head) -> None:
        """After a commit: put in order what it left, and note the head."""

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
            raise StoreDamaged(
                tr("{name} has lost its log of writes. {recovery}", name=self.name, recovery=recovery())
            ) from error
        except chain.Broken as fault:
            raise StoreDamaged(
                tr("{name} is not as it was written: {why}. {recovery}", name=self.name, why=fault, recovery=recovery())
            ) from fault
        noted = self._noted(connection)
        if noted and noted["origin"] == found.origin and noted["hash"] != found.hash:
            row = connection.execute("SELECT hash FROM commit_log WHERE sequence = ?", [noted["sequence"]]).fetchone()
            if row is None or row[0] != noted["hash"]:
                raise StoreDamaged(
                    tr(
                        "{name} has lost writes: it ends with write {last}, and write {noted} was completed here. "
                        "{recovery} If you put an older copy in its place on purpose, remove {note}.",
                        name=self.name,
                        last=found.sequence,
                        noted=noted["sequence"],
                        recovery=recovery(),
                        note=self._where_noted(),
                    )
                )
        return found

    def _last(self, connection: Connection) -> chain.Head:
        return chain.head(connection)

    def _grown(self, connection: Connection) -> set[str] | None:
        """The tables that a write may have added to; None where that was not watched."""
        return None

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
                tr(
                    "{name} was written by a newer Needle (schema {found}, this one knows {known}). Upgrade "
                    "Needle; the store was not touched.",
                    name=self.name,
                    found=found,
                    known=SCHEMA_VERSION,
                )
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
            roll_back(connection)
            raise


def data_version(connection: Connection) -> int:
    """The counter that every committed write raises."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'data_version'").fetchone()
    return int(row[0]) if row else 0


def roll_back(connection: Connection) -> None:
    """Undo what is open; a commit that failed (a full disk) has done so already."""
    try:
        connection.rollback()
    except duckdb.Error:  # a failed commit (disk full) has rolled back already
        return


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
