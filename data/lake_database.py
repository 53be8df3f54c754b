"""The DuckDB in which a process has a shared store: DuckLake's extensions, the folder of the data, and what they say.

A process attaches a store once and keeps it; where other files are read besides, it is attached in a database of its
own, since the one that is kept may read nothing but the folder.
"""

import os
import threading
import uuid
from importlib import resources
from pathlib import Path

import duckdb

from data.catalogue import Catalogue, needs_packages, told
from data.gate import StoreAway, StoreBusy, StoreError
from data.store import SETTINGS, Connection, Setting
from models.language import tr

EXTENSIONS = ("ducklake", "postgres_scanner")
MARK = "needle-lake.txt"  # in the folder: which store its files belong to
# The extensions lie beside DuckDB itself, put there by pip: to prove the signature of their 78 MB at every start would
# take 0.35 s of CPU, more than everything else in a small question from the terminal.
LAKE_SETTINGS: dict[str, Setting] = {**SETTINGS, "allow_unsigned_extensions": "true"}
_KEPT: dict[tuple[int, str, str], Connection] = {}  # by process, database of the catalogue and folder
_GUARD = threading.RLock()  # one who attaches may find the database gone, and lets go of what is kept


class LakeDatabase:
    """A DuckDB with the store attached as `lake`, from a catalogue and the folder of its data."""

    def __init__(self, catalogue: Catalogue, folder: Path):
        self.folder = folder
        self._catalogue = catalogue

    def kept(self) -> Connection:
        """The one of this process: take a cursor of it, and leave it open."""
        key = (os.getpid(), self._catalogue.conninfo, str(self.folder))
        with _GUARD:
            if key not in _KEPT:
                connection = self.own()
                connection.execute(f"SET GLOBAL allowed_directories = [{literal(str(self.folder) + '/')}]")
                connection.execute("SET GLOBAL enable_external_access = false")
                _KEPT[key] = connection
            return _KEPT[key]

    def own(self, *, create: bool = False) -> Connection:
        """One that may read other files besides; whoever takes it closes it."""
        connection = duckdb.connect(":memory:", config=LAKE_SETTINGS)
        try:
            self.attach_to(connection, create=create)
        except BaseException:
            connection.close()
            raise
        return connection

    def attach_to(self, connection: Connection, *, create: bool = False) -> None:
        """The store as `lake` in a database that was made with LAKE_SETTINGS."""
        self.check_folder()
        try:
            for extension in EXTENSIONS:
                connection.execute(f"LOAD {literal(_extension(extension))}")
            connection.execute("SET GLOBAL allow_unsigned_extensions = false")
            connection.execute(
                f"ATTACH {literal('ducklake:postgres:' + self._catalogue.conninfo)} AS lake "
                f"(DATA_PATH {literal(str(self.folder) + '/')}, OVERRIDE_DATA_PATH true, "
                f"CREATE_IF_NOT_EXISTS {str(create).lower()})"
            )
        except duckdb.Error as error:
            name = self._catalogue.name
            raise self.told(error) or StoreError(
                tr("{id} cannot be opened: {why}.", id=name, why=_one_line(error))
            ) from None

    def check_folder(self) -> None:
        """Whether the folder is there, and is the one of this store: an empty mount point looks like any folder."""
        wanted = self._catalogue.lake()
        try:
            found = (self.folder / MARK).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise StoreAway(
                "folder", str(self.folder), error.strerror or "",
                tr("the folder {folder} (NEEDLE_LAKE) does not hold the data of this store: it has no {mark}. "
                   "Is it mounted here? Nothing was changed.", folder=self.folder, mark=MARK),
            ) from error  # fmt: skip
        if wanted is not None and found != wanted:
            raise StoreError(
                tr(
                    "the folder {folder} (NEEDLE_LAKE) belongs to another store than {name}. Give each store a "
                    "folder of its own.",
                    folder=self.folder,
                    name=self._catalogue.name,
                )
            )

    def make(self) -> None:
        """Inside a turn: a new folder with its mark, and a catalogue that belongs to it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            mark = self.folder / MARK
            if not mark.exists():
                if any(not path.name.startswith(".") for path in self.folder.iterdir()):  # a restore has its room here
                    raise StoreError(
                        tr(
                            "the folder {folder} (NEEDLE_LAKE) is not empty; a new store needs a new one.",
                            folder=self.folder,
                        )
                    )
                mark.write_text(uuid.uuid4().hex + "\n", encoding="utf-8")
            self._catalogue.make(mark.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise StoreError(
                tr("cannot write into the folder {folder}: {why}.", folder=self.folder, why=error.strerror)
            ) from error
        self.own(create=True).close()

    def told(self, error: duckdb.Error) -> StoreError | None:
        """What DuckLake said, for a person; None where it is a bug of ours."""
        name, said = self._catalogue.name, _one_line(error)
        low = said.lower()
        if "transaction conflict" in low:
            return StoreBusy(tr("another server wrote at the same moment; nothing was changed. Try again."))
        if "catalog version" in low:
            return StoreError(
                tr(
                    "the catalogue of {id} was made by another version of DuckLake ({why}). Use the version of "
                    "Needle that its other servers have; nothing was changed.",
                    id=name,
                    why=said.split(".")[0],
                )
            )
        if "no space left" in low or "disk quota" in low:
            return StoreError(
                tr("there is no room to write in {folder}. Nothing was changed; free some space.", folder=self.folder)
            )
        if any(
            sign in low for sign in ("unable to connect", "connection to server", "server closed", "terminating conn")
        ):
            self._forget()
            return told(name, error)
        if isinstance(error, duckdb.IOException | duckdb.HTTPException):
            return StoreError(
                tr(
                    "the data of {id} in {folder} cannot be read or written: {why}.",
                    id=name,
                    folder=self.folder,
                    why=said,
                )
            )
        return None

    def _forget(self) -> None:
        """Have the next one attach again; whoever still reads keeps what they have."""
        with _GUARD:
            for key in [key for key in _KEPT if key[1] == self._catalogue.conninfo]:
                del _KEPT[key]


def literal(text: Path | str) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def tables(connection: Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY 1"
        ).fetchall()
    ]


def number(connection: Connection, query: str) -> int:
    """The first value of an answer; 0 where there is none."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


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
        raise needs_packages() from error
