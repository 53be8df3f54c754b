"""Records: the last version stands, one taken back is gone, and any moment can be asked for."""

from datetime import datetime

import duckdb
import pytest

from data import records
from data.store import SCHEMA, Store, open_store

MONDAY, TUESDAY, FRIDAY = (datetime(2026, 3, day) for day in (2, 3, 6))


@pytest.fixture
def store(tmp_path) -> Store:
    store = open_store(tmp_path / "s.duckdb")
    with store.write() as connection:
        records.append(
            connection, "event", [("launch", {"day": "2026-03-01"}), ("outage", {"day": "x"})], MONDAY, "ann"
        )
        records.append(connection, "comment", [("launch", {"text": "another kind"})], MONDAY, "ann")
        records.append(connection, "event", [("launch", {"day": "2026-03-04"})], TUESDAY, "bo")
        records.append(connection, "event", [("outage", None)], FRIDAY, "bo")
    return store


def standing(store, moment=None):
    with store.read() as connection:
        return [(r.id, r.body, r.made_by, r.changed_by) for r in records.standing(connection, "event", moment)]


def test_the_last_version_stands_and_names_both_writers(store):
    assert standing(store) == [("launch", {"day": "2026-03-04"}, "ann", "bo")]


def test_as_of_a_moment_shows_what_stood_then(store):
    assert standing(store, MONDAY) == [
        ("launch", {"day": "2026-03-01"}, "ann", "ann"),
        ("outage", {"day": "x"}, "ann", "ann"),
    ]
    assert standing(store, datetime(2026, 3, 1)) == []


def test_history_keeps_every_version(store):
    with store.read() as connection:
        found = records.history(connection, "event", "outage")
        everything = records.history(connection, "event")
    assert list(found["recorded_by"]) == ["ann", "bo"]
    assert list(found["body"].isna()) == [False, True]
    assert list(everything["id"]) == ["launch", "outage", "launch", "outage"]


@pytest.mark.file_store("a file of the first schema")
def test_a_store_of_the_first_schema_is_brought_forward_and_a_copy_is_kept(tmp_path):
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA.with_name("schema.sql").read_text().replace("'2')", "'1')"))
        connection.execute("DROP TABLE record; DROP TABLE commit_log; ALTER TABLE check_in DROP COLUMN blocker")
        connection.execute(
            "INSERT INTO check_in VALUES ('kr', DATE '2026-01-01', 1, NULL, '', now()::TIMESTAMP, 'ann')"
        )
    with open_store(path).read() as connection:
        assert records.standing(connection, "event") == []
        assert connection.execute("SELECT count(*) FROM check_in").fetchone() == (1,)
    assert len(list(tmp_path.glob("old.schema1.*.duckdb"))) == 1
