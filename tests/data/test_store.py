"""The file itself: who may open it when, what a crash leaves, what a wrong file is told."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from data.gate import Gate, StoreBusy, StoreError
from data.store import Store, data_version, open_store

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSERT = "INSERT INTO check_in VALUES (?, DATE '2026-01-01', 1, NULL, '', TIMESTAMP '2026-01-01', 'ann', NULL)"
KILLS = int(os.environ.get("NEEDLE_KILLS", "4"))


def rows(store: Store) -> int:
    with store.read() as connection:
        return connection.execute("SELECT count(*) FROM check_in").fetchone()[0]


def test_an_empty_store_is_made_by_its_first_reader(tmp_path):
    store = open_store(tmp_path / "new" / "s.duckdb")
    with store.read() as connection:
        assert data_version(connection) == 0


def test_the_signature_changes_with_every_write_and_not_with_reads(tmp_path):
    store = open_store(tmp_path / "s.duckdb")
    rows(store)
    first = store.signature()
    rows(store)
    assert store.signature() == first
    with store.write() as connection:
        connection.execute(INSERT, ["kr"])
    assert store.signature() != first


@pytest.mark.file_store("readers of a shared store never wait")
def test_a_waiting_writer_goes_before_readers_that_come_later(tmp_path):
    gate, order = Gate(tmp_path / "s.duckdb"), []
    inside = threading.Event()

    def hold():
        with gate.reading():
            inside.set()
            time.sleep(0.3)

    def enter(name, kind):
        with kind():
            order.append(name)

    first = threading.Thread(target=hold)
    first.start()
    inside.wait()
    writer = threading.Thread(target=enter, args=("writer", gate.writing))
    writer.start()
    time.sleep(0.1)
    late = threading.Thread(target=enter, args=("reader", gate.reading))
    late.start()
    for thread in (first, writer, late):
        thread.join()
    assert order == ["writer", "reader"]


@pytest.mark.file_store("the locks of a file")
def test_a_store_in_use_for_too_long_is_said_to_be_busy(tmp_path):
    path = tmp_path / "s.duckdb"
    with Gate(path).writing(), pytest.raises(StoreBusy, match="the store is in use: waited 0.05 s"):
        with Gate(path, timeout=0.05).reading():
            pass


def test_writers_and_readers_of_several_threads_lose_nothing(tmp_path):
    store, seen = open_store(tmp_path / "s.duckdb"), []

    def write(name):
        for _ in range(5):
            with store.write() as connection:
                connection.execute(INSERT, [name])

    def read():
        for _ in range(10):
            seen.append(rows(store))

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(2)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(store) == 10
    assert len(seen) == 30
    assert max(seen) <= 10


WRITER = """
    import sys
    from data.store import open_store
    store = open_store(sys.argv[1])
    for number in range(10_000):
        with store.write() as connection:
            connection.execute("INSERT INTO check_in SELECT 'kr', DATE '2026-01-01', ?, NULL, '', TIMESTAMP '2026-01-01', "
                               "'ann', NULL FROM range(1000)", [number])
        print(number, flush=True)
"""


@pytest.mark.file_store("what a crash leaves in a file")
def test_a_kill_at_any_moment_leaves_every_acknowledged_write_and_no_half(tmp_path):
    path = tmp_path / "s.duckdb"
    for attempt in range(KILLS):
        path.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(path)],
            stdout=subprocess.PIPE, cwd=ROOT, text=True, env={**os.environ, "PYTHONPATH": ROOT},
        )  # fmt: skip
        process.stdout.readline()
        time.sleep(0.05 + 0.037 * attempt)
        process.send_signal(signal.SIGKILL)
        acknowledged = 1 + len(process.stdout.readlines())
        process.wait()
        process.stdout.close()
        with open_store(path).read() as connection:
            counts = connection.execute("SELECT value, count(*) FROM check_in GROUP BY value").fetchall()
        assert {count for _, count in counts} == {1000}
        assert len(counts) in (acknowledged, acknowledged + 1)  # one may be committed and not yet told


@pytest.mark.file_store("a file of others")
def test_a_foreign_database_is_named_and_left_alone(tmp_path):
    import duckdb

    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE orders (n INTEGER)")
    with pytest.raises(StoreError, match="not a Needle store: it holds the tables orders"), open_store(path).read():
        pass


@pytest.mark.file_store("a file of others")
def test_a_text_file_is_no_store(tmp_path):
    path = tmp_path / "notes.duckdb"
    path.write_text("hello " * 1000)
    with pytest.raises(StoreError, match=r"notes\.duckdb is not a DuckDB file"), open_store(path).read():
        pass
    assert path.read_text() == "hello " * 1000


@pytest.mark.file_store("a file of a newer version, byte by byte")
def test_a_newer_schema_is_refused_untouched(tmp_path):
    store = open_store(tmp_path / "s.duckdb")
    with store.write() as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match="written by a newer Needle \\(schema 99"), store.read():
        pass
