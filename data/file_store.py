"""A store in one DuckDB file, behind a fair gate; beside it its locks, and the note of where its chain ends."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from data import chain
from data.gate import Gate, StoreError
from data.store import SCHEMA_VERSION, SETTINGS, Connection, Setting, Signature, Store
from data.store_faults import StoreDamaged, empty, explained, recovery, why_not_opened
from models.language import tr

# Of new files: names are compressed together with their dictionary, which takes a third off the time of writing.
_NEW_FILES: dict[str, Setting] = {"storage_compatibility_version": "v1.5.0"}


class FileStore(Store):
    """One DuckDB file that many read or one writes."""

    def __init__(self, path: Path | str, timeout: float = 60.0):
        super().__init__(Path(path).absolute(), Gate(Path(path).absolute(), timeout))

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def folder(self) -> Path:
        return self.path.parent

    def signature(self) -> Signature:
        """Changes with every committed write; costs a `stat`, so a caller may ask on every page."""
        return tuple(_stat(path) for path in (self.path, self.wal))

    @contextmanager
    def staging(self) -> Iterator[Connection]:
        """A database in memory that may read files; what does not fit into memory goes to a folder beside the store."""
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
                tr(
                    "there is no room to compare with {name}: {why}. Nothing was changed.",
                    name=self.path.name,
                    why=error.strerror,
                )
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
            raise why_not_opened(self.path, error) from error
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
            raise StoreError(tr("a backup needs another path than the store itself."))
        if not self.path.exists():
            raise StoreError(tr("there is no store at {name} yet, so there is nothing to back up.", name=self.name))
        with self.exclusive() as path:
            self.fold()
            copy_whole(path, target)

    def replace_by(self, candidate: Store, source: str) -> None:
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

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                tr("cannot make the folder {folder} for the store: {why}", folder=self.path.parent, why=error.strerror)
            ) from error

    def _make(self) -> None:
        """A new store appears whole or not at all."""
        if self.path.exists():
            if self.path.stat().st_size == 0:
                raise empty(self.path)
            return
        for left in self.path.parent.glob(f".{self.path.name}.new-*"):
            left.unlink(missing_ok=True)
        beside = self.path.with_name(f".{self.path.name}.new-{uuid.uuid4().hex[:8]}")
        made = FileStore(beside)
        made.who, made.now = self.who, self.now
        try:
            with made._open(read_only=False) as connection, self._explained():
                made._bring_forward(connection)
                connection.execute("CHECKPOINT")
                first = chain.head(connection)
            os.replace(beside, self.path)
        except OSError as error:
            raise StoreError(
                tr("cannot make the store {name}: {why}.", name=self.path.name, why=error.strerror)
            ) from error
        finally:
            beside.unlink(missing_ok=True)
            _beside(beside, ".wal").unlink(missing_ok=True)
        self._note(first)

    @contextmanager
    def _open(self, *, read_only: bool) -> Iterator[Connection]:
        settings = {**SETTINGS, **_NEW_FILES, "enable_external_access": "false"}
        try:
            connection = duckdb.connect(str(self.path), read_only=read_only, config=settings)
        except duckdb.Error as error:
            raise why_not_opened(self.path, error) from error
        try:
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    def _is_made(self) -> bool:
        return self.path.exists()

    def _is_unfolded(self) -> bool:
        return self.wal.exists()

    def _schema_version(self, connection: Connection) -> int | None:
        """The schema of an opened file; None when it is an empty database."""
        found = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary"
        ).fetchall()
        tables = {name for (name,) in found}
        if not tables:
            return None
        if "meta" not in tables:
            raise StoreError(
                tr(
                    "{name} is a DuckDB file, but not a Needle store: it holds the tables {tables}. Give the "
                    "path of another file with --db or NEEDLE_DB.",
                    name=self.name,
                    tables=", ".join(sorted(tables)[:5]),
                )
            )
        try:
            row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
            return int(row[0]) if row else None
        except (duckdb.Error, ValueError) as error:
            said = str(error).splitlines()[0]
            raise StoreDamaged(
                tr(
                    "{name} is damaged: it does not tell its schema ({why}). {recovery}",
                    name=self.name,
                    why=said,
                    recovery=recovery(),
                )
            ) from error

    def _keep_before_migration(self, connection: Connection, name: str) -> None:
        connection.execute("CHECKPOINT")
        copy_whole(self.path, self.path.with_name(f"{self.path.stem}.{name}"))

    def _told(self, error: duckdb.Error) -> StoreError | None:
        return explained(self.path, error)

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
            beside.write_text(head.noted(), encoding="utf-8")
            os.replace(beside, target)
        except OSError:  # the write itself is safe; the note is one more witness
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _settle(self, connection: Connection, sealed: chain.Head) -> None:
        """After a commit: no write-ahead log is left lying about, and the head is noted."""
        with suppress(duckdb.Error):  # a full disk: the commit stands in the log, and the next write tries again
            connection.execute("CHECKPOINT")
        self._note(sealed)


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
        raise StoreError(
            tr("cannot write {name}: {why}. Nothing was changed.", name=target.name, why=error.strerror)
        ) from error


def flush(path: Path) -> None:
    """Have a file on the disk before its name changes."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
