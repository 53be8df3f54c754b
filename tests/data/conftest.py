"""The same tests of the store on both kinds of it: NEEDLE_TEST_STORE=lake keeps every store of them in DuckLake.

A test about the file itself (its locks, its bytes, its damage) is marked `file_store` and left out there.
"""

import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

ON_A_LAKE = os.environ.get("NEEDLE_TEST_STORE") == "lake"


def pytest_collection_modifyitems(items):
    if ON_A_LAKE:
        for item in items:
            if item.get_closest_marker("file_store"):
                item.add_marker(pytest.mark.skip(reason="about a store in a file"))


@pytest.fixture(scope="session")
def lakes(tmp_path_factory):
    """A shared store for every path that a test names: a database of its own, and a folder."""
    from data.file_store import FileStore
    from data.lake import MARK, Lake
    from tests.engines.postgres import PASSWORD, started

    made: dict[str, tuple[str, Path]] = {}  # address by path, with the folder
    first = tmp_path_factory.mktemp("first")  # an empty store, which every other begins as a copy of

    def address_of(name):
        return f"ducklake:postgres:dbname={name} host=127.0.0.1 port={server.port} user=needle"

    def store(path, *given, **named):
        if str(path).startswith("ducklake:"):
            return Lake(str(path), str(dict(made.values())[str(path)]), *given, **named)
        place = Path(path).absolute()
        if place.exists():  # a copy in a file, which is opened as one
            return FileStore(path, *given, **named)
        if str(place) not in made:
            name = "s" + hashlib.sha256(str(place).encode()).hexdigest()[:20]
            with server.connect() as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE first")
            made[str(place)] = address_of(name), tmp_path_factory.mktemp(name)
            shutil.copy(first / MARK, made[str(place)][1])
        address, folder = made[str(place)]
        return Lake(address, str(folder), *given, **named)

    with started() as server:
        before = os.environ.get("PGPASSWORD")
        os.environ["PGPASSWORD"] = PASSWORD
        with server.connect() as connection:
            connection.execute("CREATE DATABASE first")
        begun = Lake(address_of("first"), str(first))
        begun.now = lambda: datetime(2000, 1, 1)  # before whatever a test tells
        with begun.read():
            pass
        forget()
        yield store
        forget()
        os.environ.pop("PGPASSWORD") if before is None else os.environ.update(PGPASSWORD=before)


def forget():
    """Let go of what a process keeps of shared stores."""
    from data import lake

    for kept in lake._ATTACHED.values():
        kept.close()
    lake._ATTACHED.clear()
    for catalogue in lake._CATALOGUES.values():
        catalogue.close()
    lake._CATALOGUES.clear()


@pytest.fixture(autouse=True)
def _kind_of_store(request):
    if not ON_A_LAKE or request.node.get_closest_marker("file_store"):
        yield
        return
    lakes = request.getfixturevalue("lakes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.questions.open_store", lakes)
        patch.setattr(request.module, "open_store", lakes, raising=False)
        yield
    forget()
