"""What a full disk and a flipped byte do to a store: nothing is lost unnoticed, nothing is damaged further."""

import os
import random
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from data import chain, integrity
from data.gate import StoreError
from data.store import Store, open_store

ROOT = Path(__file__).parents[2]
FLIPS = int(os.environ.get("NEEDLE_FLIPS", "4"))
INSERT = (
    "INSERT INTO check_in SELECT 'kr', DATE '2026-01-01', random(), NULL, md5(CAST(random() AS VARCHAR)), "
    "TIMESTAMP '2026-01-01', 'ann', NULL FROM range(5000)"
)


@pytest.fixture
def store(tmp_path) -> Store:
    store = open_store(tmp_path / "s.duckdb")
    for _ in range(3):
        with store.write() as connection:
            connection.execute(INSERT)
    return store


def contents(store: Store) -> tuple[str, list]:
    with store.read() as connection:
        rows = connection.execute("SELECT * FROM check_in ORDER BY rowid").fetchall()
        assert all(finding.broken == 0 for finding in integrity.check(connection))
        return chain.head(connection).hash, rows


FULL = """
    import resource, sys
    from data.gate import StoreError
    from data.store import open_store
    store = open_store(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        for _ in range(100):
            with store.write() as connection:
                connection.execute(sys.argv[3])
            print("stored", flush=True)
    except StoreError as error:
        print(error)
"""


@pytest.mark.file_store("the disk of the file is full")
def test_a_full_disk_is_said_and_every_write_before_is_kept(store):
    most = store.path.stat().st_size + 700_000
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(store.path), str(most), INSERT],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    *stored, said = done.stdout.splitlines()
    assert "there is no room to write s.duckdb" in said, done.stderr
    assert len(contents(open_store(store.path))[1]) == 5000 * (3 + len(stored))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.mark.file_store("the bytes of the file")
def test_a_flipped_byte_is_noticed_or_harms_nothing(store, tmp_path):
    """A byte that no block in use holds is harmless: everything reads as before."""
    before, original = contents(store), store.path.read_bytes()
    chance, outcomes = random.Random("flips"), {"refused": 0, "harmless": 0}
    for number in range(FLIPS):
        path = tmp_path / f"flip-{number}" / "s.duckdb"
        path.parent.mkdir()
        damaged = bytearray(original)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            assert contents(open_store(path)) == before
            outcomes["harmless"] += 1
        except StoreError:
            outcomes["refused"] += 1
        assert path.read_bytes() == damaged
    assert outcomes["refused"] > 0


LEAVES_A_LOG = """
    import os, sys
    from data.store import open_store
    store = open_store(sys.argv[1])
    store._settle = lambda connection, sealed: (store._note(sealed), os._exit(0))
    with store.write() as connection:
        connection.execute(sys.argv[2])
"""


@pytest.mark.file_store("what a crash leaves beside a file")
def test_a_flipped_byte_in_the_log_of_a_crash_is_noticed(store, tmp_path):
    """A process ends after its commit and before it could bring the log into the file."""
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LEAVES_A_LOG), str(store.path), INSERT],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    names = ["s.duckdb", "s.duckdb.wal", "s.duckdb.head"]
    kept = {name: (store.path.parent / name).read_bytes() for name in names}
    before = contents(open_store(store.path))
    assert len(before[1]) == 20_000
    assert not store.wal.exists()
    chance = random.Random("log")
    for number in range(FLIPS):
        folder = tmp_path / f"log-{number}"
        folder.mkdir()
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        damaged = bytearray(kept["s.duckdb.wal"])
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (folder / "s.duckdb.wal").write_bytes(damaged)
        try:
            assert contents(open_store(folder / "s.duckdb")) == before
        except StoreError:
            assert (folder / "s.duckdb.wal").read_bytes() == damaged
            assert (folder / "s.duckdb").read_bytes() == kept["s.duckdb"]
