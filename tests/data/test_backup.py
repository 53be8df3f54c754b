"""Backup, restore and the integrity check, on a store that has lived."""

import duckdb
import pytest

from data import definitions, integrity
from data.backup import back_up, restore
from data.gate import StoreError
from data.store import Store, open_store
from tests.data.test_ledger import A1, A2, FEB, JAN, MAR, known, take, undo


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "s.duckdb")
    take(store, [(*A1, 1.0), (*A2, 2.0)], JAN)
    take(store, [(*A1, 1.0), (*A2, 2.5)], FEB)
    undo(store, 1, MAR)
    return store


def damage_of(store: Store, statement: str) -> None:
    """As somebody would who opens the file with another tool."""
    with duckdb.connect(str(store.path)) as connection:
        connection.execute(statement)


def broken(store: Store) -> dict[str, str]:
    with store.read(prove=False) as connection:
        return {finding.rule: finding.example for finding in integrity.check(connection) if finding.broken}


def test_a_store_that_has_lived_holds_together(store):
    assert broken(store) == {}


@pytest.mark.file_store("rows are changed in the file behind the store")
@pytest.mark.parametrize(
    ("damage", "rule", "example"),
    [
        ("DELETE FROM observation WHERE came = 'again'", "every load has as many values as it reported", "load 2: 1 reported, 0 found"),
        ("INSERT INTO observation SELECT * FROM observation WHERE came = 'again'", "a value stands once per KPI, segment, period and load", "a, all, 2024-02-01, load 2"),
        ("UPDATE observation SET value = 'inf' WHERE came = 'again'", "every value is a finite number", "a, 2024-02-01: inf"),
        ("DELETE FROM load WHERE load_id = 1", "every value belongs to a load that stored something", "load 1"),
        ("INSERT INTO load_undo SELECT * FROM load_undo", "a load is taken back at most once, and only if it is there", "load 1"),
    ],
)  # fmt: skip
def test_damage_is_found_and_named(store, damage, rule, example):
    damage_of(store, damage)
    assert broken(store)[rule] == example


def test_an_orphaned_key_result_is_found(store):
    with store.write() as connection:
        orphan = definitions.Version("key_result", "kr", {"id": "kr", "objective": "gone"})
        definitions.append(connection, [orphan], JAN, "ann")
    assert broken(store) == {"every definition can be read, and every key result has its objective": "kr"}


def test_what_was_backed_up_comes_back_whole(store, tmp_path):
    copy = tmp_path / "copy.duckdb"
    before = known(store)
    back_up(store, copy)
    take(store, [(*A1, 9.0)], MAR, sha="new")
    assert known(store) != before
    restore(store, copy)
    assert known(store) == before
    (kept,) = store.folder.glob("*before-restore.duckdb")
    assert known(open_store(kept))[A1] == (9.0, 3)


def test_a_damaged_backup_is_refused_and_the_store_stays(store, tmp_path):
    copy = tmp_path / "copy.duckdb"
    back_up(store, copy)
    damage_of(open_store(copy), "DELETE FROM load")
    before = known(store)
    with pytest.raises(StoreError, match="the table load holds 0 rows, and 2 were written"):
        restore(store, copy)
    assert known(store) == before


@pytest.mark.file_store("the store is no file to write over")
def test_a_backup_onto_the_store_itself_is_refused(store):
    with pytest.raises(StoreError, match="another path"):
        back_up(store, store.path)
