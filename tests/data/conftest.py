"""The same tests of the store on both kinds of it: NEEDLE_TEST_STORE=lake keeps every store of them in DuckLake.

A test about the file itself (its locks, its bytes, its damage) is marked `file_store(why)` and left out there.
"""

import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from data.file_store import FileStore
from data.lake import Lake

ON_A_LAKE = os.environ.get("NEEDLE_TEST_STORE") == "lake"


def pytest_collection_modifyitems(items):
    if ON_A_LAKE:
        for item in items:
            about = item.get_closest_marker("file_store")
            if about:
                item.add_marker(pytest.mark.skip(reason=f"about a store in a file: {about.args[0]}"))


class Lakes:
    """A shared store for every path that a test names: a database of its own, and a folder."""

    def __init__(self, server, admin, folder: Path):
        self._server, self._admin, self._folder = server, admin, folder
        self._names: dict[str, str] = {}  # of the database and the folder, by path
        self._make("first")
        begun = Lake(self._address("first"), str(folder / "first"))
        begun.now = lambda: datetime(2000, 1, 1)  # before whatever a test tells
        with begun.read():
            pass
        forget()

    def open(self, path, *given, **named):
        """In the place of data.store.open_store."""
        if str(path).startswith("ducklake:"):  # once more the one that it was opened as
            name = str(path).split("dbname=")[1].split()[0]
            return Lake(str(path), str(self._folder / name), *given, **named)
        place = Path(path).absolute()
        if place.exists() and place.parent.name != "sample":  # a copy in a file, which is opened as one
            return FileStore(path, *given, **named)
        new = str(place) not in self._names
        if new:
            self.copy("first", place)
        name = self._names[str(place)]
        lake = Lake(self._address(name), str(self._folder / name), *given, **named)
        if new and place.exists():  # the sample company
            lake.replace_by(FileStore(place), place.name)
        return lake

    def copy(self, source: str, place: Path) -> None:
        """The store at a path begins as a copy of another."""
        name = "s" + hashlib.sha256(str(place).encode()).hexdigest()[:20]
        forget()  # a database that somebody is in cannot be copied
        self._make(name, source)
        shutil.copytree(self._folder / source, self._folder / name)
        self._names[str(place)] = name

    def copied(self, path: Path, folder: Path) -> Path:
        """In the place of the fixture `copied`."""
        place = folder / path.name
        self.copy(self._names[str(path.absolute())], place.absolute())
        return place

    def made(self) -> list[str]:
        return list(self._names)

    def drop(self, places: list[str]) -> None:
        forget()
        for place in places:
            name = self._names.pop(place)
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(self._folder / name)

    def _make(self, name: str, template: str = "template1") -> None:
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    def _address(self, name: str) -> str:
        return f"ducklake:postgres:dbname={name} host=127.0.0.1 port={self._server.port} user=needle"


def forget():
    """Let go of what a process keeps of shared stores."""
    from data import lake, lake_database

    for kept in lake_database._KEPT.values():
        kept.close()
    lake_database._KEPT.clear()
    for catalogue in lake._CATALOGUES.values():
        catalogue.close()
    lake._CATALOGUES.clear()


@pytest.fixture(scope="session")
def lakes(tmp_path_factory):
    from tests.engines.postgres import PASSWORD, started

    with pytest.MonkeyPatch.context() as patch, started() as server, server.connect() as admin:
        patch.setenv("PGPASSWORD", PASSWORD)
        made = Lakes(server, admin, tmp_path_factory.mktemp("lakes"))
        patch.setattr("data.seeing.open_store", made.open)
        yield made
        forget()


@pytest.fixture(scope="session", autouse=True)
def _all_on_lakes(request):
    if ON_A_LAKE:
        request.getfixturevalue("lakes")


@pytest.fixture(autouse=True)
def _kind_of_store(request, monkeypatch):
    if not ON_A_LAKE or request.node.get_closest_marker("file_store"):
        yield
        return
    lakes = request.getfixturevalue("lakes")
    before = set(lakes.made())
    monkeypatch.setattr(request.module, "open_store", lakes.open, raising=False)
    yield
    lakes.drop([place for place in lakes.made() if place not in before])


if ON_A_LAKE:

    @pytest.fixture(scope="session")
    def copied(lakes):
        return lakes.copied
