"""What only a shared store can do or get wrong: turns to write, whole versions to read, and clear words."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import date, datetime
from pathlib import Path

import pytest

from data import catalogue, chain, lake, lake_copies, lake_database
from data import store as stores
from data.file_store import FileStore
from data.gate import StoreAway, StoreBusy, StoreError
from data.store import data_version
from data.store_faults import StoreDamaged
from models.refused import Refused
from tests.data.conftest import forget
from tests.engines.postgres import PASSWORD, started
from workspace import LoadOptions, Workspace

pytestmark = pytest.mark.engines


NEW = LoadOptions(create_kpis=True, trusted=True)
OKRS = b"objectives: [{id: o, title: O, key_results: [{id: kr, title: K, baseline: 1, target: 2}]}]"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server():
    with started() as one:
        yield one


@pytest.fixture
def address(server, tmp_path, monkeypatch):
    """A new database and a folder, named in the environment as a person would."""
    name = "s" + uuid.uuid4().hex[:12]
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("NEEDLE_LAKE", str(tmp_path / "lake"))
    yield f"ducklake:postgres:dbname={name} host=127.0.0.1 port={server.port} user=needle"
    forget()


def extract(name, days):
    lines = [f"{name},{date.fromordinal(date(2026, 1, 1).toordinal() + day)},{day / 7:.4f}" for day in range(days)]
    return ("kpi,date,value\n" + "\n".join(lines) + "\n").encode()


def sound(workspace):
    return [(found.rule, found.example) for found in workspace.check() if found.broken]


def test_a_store_is_made_filled_checked_and_taken_away_and_back(address, tmp_path, monkeypatch):
    shared = Workspace(address, who="ann", now=lambda: datetime(2026, 7, 1))
    shared.import_okrs("o.yaml", OKRS)
    shared.load("a.csv", extract("k", 150), NEW)
    shared.check_in("kr", 1.5, date(2026, 6, 30))
    assert sound(shared) == []
    shared.back_up(tmp_path / "laptop.duckdb")
    laptop = Workspace(tmp_path / "laptop.duckdb")
    assert laptop.audit_head() == shared.audit_head()
    assert laptop.series("k").equals(shared.series("k"))
    shared.load("b.csv", extract("k", 160), NEW)
    version = shared.data_version()
    shared.restore(tmp_path / "laptop.duckdb")
    assert len(shared.series("k")) == 150
    assert shared.data_version() == version + 1  # never one that a server has answers for
    assert shared.audit_head()["sequence"] == laptop.audit_head()["sequence"] + 1
    assert sound(shared) == []
    before = Workspace(tmp_path / "lake" / "before-restore.duckdb")
    assert len(before.series("k")) == 160
    laptop.load("c.csv", extract("k", 170), NEW)  # the file is an ordinary store
    assert sound(laptop) == []


def test_a_file_is_restored_where_no_store_was_made_yet(address, tmp_path):
    laptop = Workspace(tmp_path / "laptop.duckdb", who="ann")
    laptop.load("a.csv", extract("k", 150), NEW)
    shared = Workspace(address)
    shared.restore(tmp_path / "laptop.duckdb")
    assert len(shared.series("k")) == 150
    assert sound(shared) == []


def test_readers_see_whole_versions_and_wait_for_nobody(address):
    one, other = Workspace(address), Workspace(address)
    one.import_okrs("o.yaml", OKRS)
    before = one.data_version()
    with one.store.write() as connection:
        connection.execute("INSERT INTO load_undo VALUES (9, now()::TIMESTAMP, 'ann')")
        with other.store.read() as reader:
            assert data_version(reader) == before
            assert reader.execute("SELECT count(*) FROM load_undo").fetchone() == (0,)
        reading = other.store.read()
        reader = reading.__enter__()
        assert data_version(reader) == before
    assert reader.execute("SELECT count(*) FROM load_undo").fetchone() == (0,)  # the version that it began with
    reading.__exit__(None, None, None)
    assert other.data_version() == before + 1


def test_what_this_process_wrote_or_proved_is_not_asked_again(address, monkeypatch):
    one = Workspace(address)
    one.import_okrs("o.yaml", OKRS)
    asked = []
    proved = chain.head
    monkeypatch.setattr(chain, "head", lambda connection: asked.append(1) or proved(connection))
    one.check_in("kr", 1.2, date(2026, 1, 1))
    other = Workspace(address)  # in this process, so on the same snapshot
    other.check_in("kr", 1.3, date(2026, 1, 2))
    assert len(one.check_ins()) == 2
    assert asked == []
    one.store._catalogue.note(None)  # as after a database was put back on purpose
    one.check_in("kr", 1.4, date(2026, 1, 3))
    assert asked == [1]
    forget()  # another process
    assert len(Workspace(address).check_ins()) == 3
    assert asked == [1, 1]
    assert sound(Workspace(address)) == []


def test_writers_queue_and_one_that_waits_too_long_is_told(address, tmp_path):
    store = lake.Lake(address, str(tmp_path / "lake"))
    hasty = lake.Lake(address, str(tmp_path / "lake"), timeout=0.2)
    with store.write():
        with pytest.raises(StoreBusy, match=r"waited 0.2 s for a turn to write"), hasty.write():
            pass
    with hasty.write():
        pass


def test_every_one_of_many_writes_is_kept(address):
    Workspace(address).import_okrs("o.yaml", OKRS)

    def write(name):
        workspace = Workspace(address, who=name)
        for day in range(1, 4):
            workspace.check_in("kr", float(day), date(2026, 1, day), note=name)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    workspace = Workspace(address)
    with workspace.store.read() as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT (note, day)) FROM check_in").fetchone() == (9, 9)
    assert sound(workspace) == []


WAITS = """
import sys, time
from workspace import Workspace
with Workspace(sys.argv[1]).store.write() as connection:
    connection.execute("INSERT INTO load_undo VALUES (9, now()::TIMESTAMP, 'ann')")
    print("in", flush=True)
    time.sleep(600)
"""


def test_a_killed_writer_frees_the_turn_and_leaves_nothing(address):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    process = subprocess.Popen([sys.executable, "-c", WAITS, address], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"in\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    workspace.check_in("kr", 1.5, date(2026, 6, 30))
    with workspace.store.read() as connection:
        assert connection.execute("SELECT count(*) FROM load_undo").fetchone() == (0,)
    assert sound(workspace) == []


@pytest.mark.parametrize("raised", [True, False])
def test_a_writer_that_lost_its_turn_unaware_cannot_commit_over_another(address, server, raised):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    with pytest.raises(StoreBusy, match="another server wrote at the same moment; nothing was changed"):
        with workspace.store.write(raise_version=raised) as connection:
            connection.execute("INSERT INTO load_undo VALUES (9, now()::TIMESTAMP, 'late')")
            with server.connect() as admin:  # as when its machine slept, and PostgreSQL gave it up
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                    f"(SELECT oid FROM pg_database WHERE datname = '{address.split('=')[1].split()[0]}')"
                )
            Workspace(address).check_in("kr", 1.5, date(2026, 6, 30))
    with workspace.store.read() as connection:
        assert connection.execute("SELECT count(*) FROM load_undo").fetchone() == (0,)
    assert sound(workspace) == []


def test_the_database_may_restart_between_two_questions(address, server):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    with server.connect() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'needle'")
    workspace.check_in("kr", 1.5, date(2026, 6, 30))
    assert sound(workspace) == []


def test_while_the_database_is_away_pages_go_on_and_nobody_restarts_anything(address, server, monkeypatch):
    monkeypatch.setattr(catalogue, "AWAY", 0.2)
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    pages = workspace.patient()
    known = pages.company()
    server.halt()
    try:
        assert pages.away().part == "database"
        assert pages.company() is known
        with pytest.raises(StoreAway, match="cannot be reached"):
            workspace.company()
        with pytest.raises(Refused, match="cannot be reached .*Nothing was changed"):
            pages.check_in("kr", 1.5, date(2026, 6, 30))
        with pytest.raises(StoreAway):
            Workspace(address).company()
    finally:
        server.go_on()
    time.sleep(0.3)
    assert pages.away() is None
    pages.check_in("kr", 1.5, date(2026, 6, 30))
    assert list(pages.check_ins()["value"]) == [1.5]
    assert sound(workspace) == []


def test_while_the_folder_is_away_nothing_is_written_into_its_place(address, tmp_path):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    pages = workspace.patient()
    known = pages.company()
    (tmp_path / "lake").rename(tmp_path / "away")
    (tmp_path / "lake").mkdir()  # a mount point with nothing mounted
    assert (pages.away().part, pages.away().name) == ("folder", str(tmp_path / "lake"))
    assert pages.company() is known
    for write in (
        lambda: pages.check_in("kr", 1.5, date(2026, 6, 30)),
        lambda: pages.load("a.csv", extract("k", 20), NEW),
    ):
        with pytest.raises(Refused, match="Is it mounted here"):
            write()
    assert list((tmp_path / "lake").iterdir()) == []
    (tmp_path / "lake").rmdir()
    (tmp_path / "away").rename(tmp_path / "lake")
    assert pages.away() is None
    pages.load("a.csv", extract("k", 20), NEW)
    assert sound(workspace) == []


def test_small_files_are_merged_and_nothing_else_changes(address, monkeypatch):
    monkeypatch.setattr(lake, "MANY", 3)
    monkeypatch.setattr(lake, "KEPT", "INTERVAL 0 SECOND")
    workspace = Workspace(address)
    for number in range(6):
        workspace.load(f"{number}.csv", extract(f"k{number}", 20), NEW)
    assert workspace.store._catalogue.small_files(lake.SMALL) <= 4
    assert len(workspace.series("k3")) == 20
    assert sound(workspace) == []


def test_a_row_that_was_taken_away_is_noticed(address):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    workspace.check_in("kr", 1.5, date(2026, 6, 30))
    with workspace.store._open(read_only=False) as connection:
        connection.execute("DELETE FROM check_in")
    with pytest.raises(StoreDamaged, match="the table check_in holds 0 rows, and 1 were written"):
        Workspace(address).company()
    assert sound(Workspace(address))


def test_an_older_schema_is_brought_forward_and_a_copy_is_kept(address, tmp_path, monkeypatch):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "003.sql").write_text("ALTER TABLE check_in ADD COLUMN mood VARCHAR;")
    for module in (stores, lake, lake_copies):
        monkeypatch.setattr(module, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(stores, "MIGRATIONS", tmp_path / "migrations")
    with Workspace(address).store.read() as connection:
        assert connection.execute("SELECT mood FROM check_in").fetchall() == []
    assert sound(Workspace(address)) == []
    monkeypatch.undo()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("NEEDLE_LAKE", str(tmp_path / "lake"))
    (kept,) = (tmp_path / "lake").glob("schema2.*.duckdb")
    with FileStore(kept).unproven() as connection:
        assert connection.execute("SELECT count(*) FROM definition").fetchone() == (4,)
    with pytest.raises(StoreError, match=r"written by a newer Needle \(schema 3, this one knows 2\)"):
        Workspace(address).company()


# -- clear words -------------------------------------------------------------------------------------------------------


def refused(address):
    with pytest.raises(StoreError) as told:
        Workspace(address).company()
    assert PASSWORD not in str(told.value)
    assert PASSWORD not in repr(told.getrepr(style="long"))
    return str(told.value)


def test_a_password_in_the_address_is_refused_and_not_repeated(address):
    said = refused(f"{address} password='{PASSWORD}'")
    assert "put it into the environment as PGPASSWORD" in said


def test_a_wrong_password_is_told_without_it(address, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "hush-hush")
    said = refused(address)
    assert "refuses this user or password: set PGPASSWORD" in said
    assert "hush-hush" not in said


def test_a_database_that_is_away_or_not_there_is_told(address, server):
    assert "of the shared store cannot be reached" in refused(address.replace(f"port={server.port}", "port=1"))
    assert "there is no database nothing on 127.0.0.1: create it" in refused(
        f"ducklake:postgres:dbname=nothing host=127.0.0.1 port={server.port} user=needle"
    )


def test_another_kind_of_catalogue_is_refused(address):
    assert "has its catalogue in PostgreSQL" in refused("ducklake:sqlite:here.db")


def test_a_folder_that_is_not_named_or_not_the_one_of_the_store_is_told(address, tmp_path, monkeypatch):
    monkeypatch.delenv("NEEDLE_LAKE")
    assert "name it in the environment as NEEDLE_LAKE" in refused(address)
    monkeypatch.setenv("NEEDLE_LAKE", str(tmp_path / "lake"))
    Workspace(address).import_okrs("o.yaml", OKRS)
    forget()
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("NEEDLE_LAKE", str(tmp_path / "empty"))
    assert "Is it mounted here?" in refused(address)
    (tmp_path / "empty" / lake_database.MARK).write_text("of another\n")
    assert "belongs to another store" in refused(address)


def test_a_catalogue_of_a_newer_ducklake_is_left_alone(address):
    workspace = Workspace(address)
    workspace.import_okrs("o.yaml", OKRS)
    workspace.store._catalogue._value("UPDATE ducklake_metadata SET value = '9.0' WHERE key = 'version'")
    forget()
    assert "was made by another version of DuckLake" in refused(address)


def test_there_is_no_file_to_recover(address, tmp_path):
    workspace = Workspace(address)
    with pytest.raises(StoreError, match="that is for a store in a file"):
        workspace.recover(tmp_path / "new.duckdb")
