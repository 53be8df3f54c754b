"""A shared store as an ordinary file, and a file in its place: backup, restore, and the copy before a migration.

Rows are copied in the order of their numbers, so they keep them, and the chain proves the copy by the same digests.
"""

import os
import uuid
from abc import abstractmethod
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from data import chain
from data.catalogue import Catalogue
from data.file_store import FileStore
from data.gate import StoreError
from data.lake_database import literal, number, tables
from data.store import SCHEMA, SCHEMA_VERSION, Connection, Store, roll_back
from data.store_faults import StoreDamaged
from models.language import tr

_DATA_VERSION = "SELECT value FROM meta WHERE key = 'data_version'"


class LakeCopies(Store):
    """What a store in DuckLake does with files of whole stores."""

    _catalogue: Catalogue

    @abstractmethod
    def _open(self, *, read_only: bool, files: bool = False) -> AbstractContextManager[Connection]:
        """With `files`, of other places than the folder of the data too."""

    @abstractmethod
    def _set_options(self, connection: Connection) -> None:
        """How new tables are kept."""

    def copy_to(self, target: Path) -> None:
        """The store as an ordinary file, of one snapshot, while others go on writing."""
        if not self._is_made():
            raise StoreError(tr("there is no store in {name} yet, so there is nothing to back up.", name=self.name))
        with self.read():
            pass  # proved, and brought forward
        self._copy(target)

    def _keep_before_migration(self, connection: Connection, name: str) -> None:
        self._copy(self.folder / name)

    def _copy(self, target: Path) -> None:
        beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._open(read_only=True, files=True) as connection, self._explained():
                is_current = self._schema_version(connection) == SCHEMA_VERSION
                connection.rollback()
                _fill_file(connection, beside, is_current=is_current)
            if is_current:
                with FileStore(beside).unproven() as connection:
                    chain.head(connection)
            os.replace(beside, target)
        except chain.Broken as error:
            raise StoreDamaged(
                tr("{name} is not as it was written: {why}. No backup was made.", name=self.name, why=error)
            ) from error
        except OSError as error:
            raise StoreError(
                tr("cannot write {name}: {why}. Nothing was changed.", name=target.name, why=error.strerror)
            ) from error
        finally:
            for left in (beside, beside.with_name(beside.name + ".wal")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)

    def replace_by(self, candidate: Store, source: str) -> None:
        """Put the rows of a file in the place of all there are, in one commit; those before are kept as a file."""
        if self._is_made():
            with suppress(StoreDamaged):  # what is broken is what a restore is for
                self._copy(self.folder / "before-restore.duckdb")
        with self._catalogue.writing():
            self._make()
            with self._open(read_only=False, files=True) as connection, self._explained():
                connection.execute(f"ATTACH {literal(candidate.path)} AS source (READ_ONLY)")
                connection.begin()
                try:
                    found = self._fill_anew(connection)
                    sealed = chain.seal(connection, found, self.now(), self._writer(), f"restored from {source}")
                    self._catalogue.note(None)
                    connection.commit()
                except BaseException:
                    roll_back(connection)
                    raise
                self._set_options(connection)
                self._settle(connection, sealed)
            self._proven = self.signature()

    def _fill_anew(self, connection: Connection) -> chain.Head:
        """Tables made anew, so that their rows are numbered from 0, with the rows of the store attached as `source`."""
        there = tables(connection)
        before = number(connection, _DATA_VERSION) if there else 0
        for table in there:
            connection.execute(f'DROP TABLE "{table}"')
        self._create_tables(connection)
        connection.execute("DELETE FROM meta")
        for table in tables(connection):
            connection.execute(f'INSERT INTO "{table}" BY NAME FROM source."{table}" ORDER BY rowid')
        found = chain.head(connection)
        # Servers keep answers by the version: it never comes back to one that they know.
        version = max(before, number(connection, _DATA_VERSION)) + 1
        connection.execute("UPDATE meta SET value = ? WHERE key = 'data_version'", [str(version)])
        return found


def _fill_file(connection: Connection, file: Path, *, is_current: bool) -> None:
    """A new file with all rows of one snapshot; one of an older schema before it is brought forward, as it is."""
    connection.execute(f"ATTACH {literal(file)} AS copied (STORAGE_VERSION 'v1.5.0')")
    connection.begin()
    there = tables(connection)
    connection.execute("USE copied")
    if is_current:
        connection.execute(SCHEMA.read_text(encoding="utf-8") + "DELETE FROM meta;")
    else:
        for table in there:
            connection.execute(f'CREATE TABLE "{table}" AS FROM lake."{table}" LIMIT 0')
    for table in there:
        connection.execute(f'INSERT INTO "{table}" BY NAME FROM lake."{table}" ORDER BY rowid')
    connection.commit()
    connection.execute("USE lake")
    connection.execute("DETACH copied")
