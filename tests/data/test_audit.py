"""Who changed what, and what a change behind the product's back leaves to see."""

import os
import random
from datetime import date, datetime

import duckdb
import pytest

from data.store import open_store
from data.store_faults import StoreDamaged
from workspace import LoadOptions, Refused, Workspace

OKRS = b"objectives: [{id: o, title: O, key_results: [{id: kr, title: K, baseline: 1, target: %d}]}]"
TAMPERINGS = int(os.environ.get("NEEDLE_TAMPERINGS", "12"))
OPTIONS = LoadOptions(create_kpis=True, trusted=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A store with a change of every kind."""
    path = tmp_path_factory.mktemp("written") / "s.duckdb"
    workspace = Workspace(path, who="ann", now=lambda: datetime(2026, 3, 2, 12))
    workspace.import_okrs("okrs.yaml", OKRS % 2)
    workspace.load("a.csv", b"kpi,date,value\nk,2026-01-01,1\nk,2026-02-01,2\n", OPTIONS)
    workspace.load("b.csv", b"kpi,date,value\nk,2026-01-01,1\nk,2026-02-01,2.5\n", OPTIONS)
    workspace.who = "bo"
    workspace.import_okrs("okrs.yaml", OKRS % 3)
    workspace.check_in("kr", 1.5, date(2026, 3, 1), note="half way")
    workspace._keep("event", [("launch", {"title": "Launch"})])
    workspace._keep("event", [("launch", None)])
    workspace.undo(2)
    return path


@pytest.fixture
def workspace(written, copied, tmp_path):
    return Workspace(copied(written, tmp_path), who="bo", now=lambda: datetime(2026, 3, 2, 12))


def broken(workspace) -> list[str]:
    return [finding.example for finding in workspace.check() if finding.broken]


def test_every_kind_of_change_is_told_with_before_and_after(workspace):
    told = workspace.audit().fillna("")
    rows = [tuple(row) for row in told[["by", "action", "kind", "subject", "field", "before", "after"]].to_numpy()]
    shown = [row for row in rows if row[2] not in ("objective", "kpi", "store", "cycle", "team")]
    assert shown[:-1] == [
        ("bo", "undo", "undo", "2 b.csv", "", "stored", "taken back"),
        ("bo", "records", "event", "launch", "", '{"title": "Launch"}', ""),
        ("bo", "records", "event", "launch", "", "", '{"title": "Launch"}'),
        ("bo", "check-in", "check_in", "kr", "2026-03-01", "", '{"value": 1.5, "note": "half way"}'),
        ("bo", "definitions", "key_result", "kr", "target", "2", "3"),
        ("ann", "load", "load", "2 b.csv", "", "", "stored: 1 restated, 1 unchanged"),
        ("ann", "load", "value", "k", "2026-02-01", "2", "2.5"),
        ("ann", "load", "load", "1 a.csv", "", "", "stored: 2 accepted new"),
    ]
    assert shown[-1][:4] == ("ann", "definitions", "key_result", "kr")
    assert list(workspace.audit(who="ann", kind="load")["subject"]) == ["2 b.csv", "1 a.csv"]
    assert workspace.audit(since=date(2026, 3, 3)).empty


def test_a_value_is_traced_to_every_load_that_brought_it(workspace):
    found = workspace.trace("k", "2026-02")
    assert (found["value"], found["load_id"]) == (2.0, 1)
    assert found["versions"][["value", "load_id", "file", "recorded_by"]].values.tolist() == [
        [2.0, 1, "a.csv", "ann"],
        [2.5, 2, "b.csv", "ann"],
    ]
    assert list(found["versions"]["undone_by"].fillna("")) == ["", "bo"]
    assert list(workspace.trace("k", "2026-01")["confirmed_by"]["file"]) == ["b.csv"]
    with pytest.raises(Refused, match="no value of k"):
        workspace.trace("k", "2026-03")


@pytest.mark.file_store("rows are changed in the file behind the store")
def test_the_head_kept_elsewhere_tells_a_chain_made_anew(workspace, tmp_path):
    head = workspace.audit_head()["hash"]
    assert all(finding.broken == 0 for finding in workspace.check(head))
    other = Workspace(tmp_path / "other.duckdb", who="ann")
    other.import_okrs("okrs.yaml", OKRS % 2)
    assert [f.example for f in other.check(head) if f.broken] == [
        f"the head {head[:12]}... that was noted is no part of this chain"
    ]


def tampering(connection, chance: random.Random) -> str:
    """One random change to one random table; what it was."""
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    filled = [t for t in tables if t != "meta" and connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0]]
    table = chance.choice(filled)
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    places = [place for (place,) in connection.execute(f"SELECT rowid FROM {table}").fetchall()]
    what = chance.choice(["edit", "edit", "delete", "reorder", "truncate", "add", "swap"])
    one = chance.choice(places)
    if what == "delete":
        connection.execute(f"DELETE FROM {table} WHERE rowid = {one}")
    elif what == "truncate":
        connection.execute(f"DELETE FROM {table} WHERE rowid >= {one}")
    elif what == "add":
        connection.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE rowid = {one}")
    elif (
        what in ("reorder", "swap")
        and connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT * FROM {table})").fetchone()[0] > 1
    ):
        connection.execute(f"CREATE TEMP TABLE was AS SELECT * FROM {table} ORDER BY rowid")
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} SELECT * FROM was ORDER BY rowid DESC")
    else:
        name, kind = chance.choice([(c[0], c[1]) for c in columns])
        change = {
            "VARCHAR": f"coalesce({name}, '') || 'x'", "DATE": f"{name} + 1", "TIMESTAMP": f"{name} + INTERVAL 1 SECOND",
            "BOOLEAN": f"NOT {name}",
        }.get(kind, f"CASE {name} WHEN 'first' THEN 'again' ELSE 'first' END" if "ENUM" in kind else f"coalesce({name}, 0) + 1")  # fmt: skip
        connection.execute(f"UPDATE {table} SET {name} = {change} WHERE rowid = {one}")
        what = f"edit {name}"
    return f"{what} of row {one} of {table}"


@pytest.mark.file_store("rows are changed in the file behind the store")
def test_every_tampering_is_found(workspace, tmp_path):
    assert broken(workspace) == []
    workspace.load("bad.csv", b"kpi,date,value\nk,2026-01-01,x\n", OPTIONS)  # a refused row as well
    original = workspace.store.path.read_bytes()
    unnoticed = []
    for number in range(TAMPERINGS):
        path = tmp_path / f"tampered-{number}" / "s.duckdb"
        path.parent.mkdir()
        path.write_bytes(original)
        with duckdb.connect(str(path)) as connection:
            what = tampering(connection, random.Random(f"tampering {number}"))
        if not broken(Workspace(path)):
            unnoticed.append(what)
    assert unnoticed == []


@pytest.mark.file_store("only files are recovered")
def test_what_a_damaged_store_still_holds_is_recovered(workspace, tmp_path):
    with duckdb.connect(str(workspace.store.path)) as connection:
        connection.execute("DELETE FROM check_in")
    with pytest.raises(StoreDamaged, match="the table check_in holds 0 rows, and 1 were written"):
        Workspace(workspace.store.path).company()
    new = tmp_path / "new.duckdb"
    found = Workspace(workspace.store.path, who="cy").recover(new)
    assert (found["rows"]["observation"], found["rows"]["definition"], found["broken"]) == (
        3,
        found["rows"]["definition"],
        {},
    )
    recovered = Workspace(new)
    assert recovered.trace("k", "2026-02")["load_id"] == 1
    assert broken(recovered) == []
    told = recovered.audit()
    assert (told["action"].iloc[0], told["by"].iloc[0]) == ("recovered from s.duckdb", "cy")


@pytest.mark.file_store("the file is put back")
def test_a_file_put_back_to_an_older_state_is_noticed(workspace):
    path = workspace.store.path
    older = path.read_bytes()
    workspace.check_in("kr", 1.7, date(2026, 3, 2))
    path.write_bytes(older)
    with pytest.raises(StoreDamaged, match=r"has lost writes: it ends with write 9, and write 10 was completed here"):
        Workspace(path).company()
    (path.parent / "s.duckdb.head").unlink()
    assert open_store(path).read().__enter__() is not None
