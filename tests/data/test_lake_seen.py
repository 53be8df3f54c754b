"""Which tables a writer added to, as the statements say; whatever is not understood may have changed any."""

import duckdb
import pytest

from data import chain
from data.lake_seen import Watched


@pytest.fixture
def watched():
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE TABLE record (id VARCHAR); CREATE TABLE meta (key VARCHAR, value VARCHAR)")
    yield Watched(connection)
    connection.close()


@pytest.mark.parametrize(
    ("statements", "grown"),
    [
        (["SELECT 1", "SELECT count(*) FROM record"], set()),
        (["CREATE OR REPLACE TEMP TABLE seen AS SELECT 1 AS insert_", "SET VARIABLE a = 1"], set()),
        (["INSERT INTO record VALUES ('a')", 'insert into "record" SELECT id FROM record'], {"record"}),
        (["INSERT INTO record (id) VALUES ('a')", "UPDATE meta SET value = '1'"], {"record", "meta"}),
        (["INSERT INTO main.record VALUES ('a')"], None),
        (["INSERT INTO record VALUES ('a'); INSERT INTO meta VALUES ('b', 'c')"], None),
        (["SELECT 'to insert'", "INSERT INTO record VALUES ('a')"], None),  # too careful does no harm
        (["DELETE FROM record"], None),
        (["CREATE TABLE other AS SELECT 1 AS one"], None),
    ],
)
def test_what_statements_add_to(watched, statements, grown):
    for statement in statements:
        watched.execute(statement)
    assert watched.grown == grown


def test_a_way_to_write_that_is_not_watched_counts_as_any(watched):
    watched.begin()
    watched.rollback()
    assert watched.execute("SELECT 1").fetchone() == (1,)
    assert watched.grown == set()
    watched.executemany("INSERT INTO record VALUES (?)", [["a"]])
    assert watched.grown is None


def test_only_what_grew_is_counted():
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE TABLE record (id VARCHAR); CREATE TABLE load (load_id INTEGER)")
    connection.execute("INSERT INTO record VALUES ('a'); INSERT INTO load VALUES (1), (2)")
    assert chain.counts(connection) == {"load": 2, "record": 1}
    assert chain.counts(connection, {"record"}) == {"record": 1}
    assert chain.counts(connection, set()) == {}
    connection.close()
