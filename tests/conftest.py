"""What every test stands on: machines are noisy, so no property test fails for being slow; and the sample company,
which takes long to fill, is filled once for all the workers of a run."""

import fcntl
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests.budget import examples

# The same examples in every run, so that what fails is what was changed; with NEEDLE_EXAMPLES others are sought each time.
settings.register_profile(
    "patient", deadline=None, max_examples=examples(40), derandomize="NEEDLE_EXAMPLES" not in os.environ
)
settings.load_profile("patient")

FILLED_ON = datetime(2026, 11, 16, 12)


# Files that take a minute or more. The first fills the sample company; the next two do without, so nobody waits for it.
LONGEST = ("test_journey", "test_upload_journey", "test_torture", "test_okr_quarter", "test_file_load", "test_by_hand")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no core is left with one of them at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `needle.duckdb`, filled with the sample company by Ada on FILLED_ON. Copy it to change it."""
    from workspace import Workspace

    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "sample"
    shared.mkdir(exist_ok=True)
    with (shared / "filling").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            workspace = Workspace(shared / "needle.duckdb", who="Ada", now=lambda: FILLED_ON)
            assert workspace.fill_sample("nordlys")["status"] == "filled"
            (shared / "done").touch()
    return shared


@pytest.fixture(scope="session")
def copied():
    """Copies a store with what belongs to it: copied(from, into_folder) -> the path of the copy."""

    def copy(store: Path, folder: Path) -> Path:
        for file in store.parent.glob(f"{store.name}*"):
            shutil.copy(file, folder / file.name)
        return folder / store.name

    return copy
