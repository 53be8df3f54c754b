"""The same KPI gives the same figures from every engine; nothing but the question's answer leaves it."""

import time
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from kpi_sources.warehouse_file import Connection, FactKpi, WarehouseFile
from kpi_sources.warehouses import Warehouse
from models.refused import Refused
from tests.engines.conftest import ENVIRONMENT, PASSWORD
from workspace import Workspace

pytestmark = [
    pytest.mark.engines,
    # Spark's client leaves its sockets to the garbage collector; Ibis calls DuckDB by an older name.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]

UNTIL = date(2026, 10, 1)
PAID = [{"column": "status", "equals": "paid"}]
KPIS = {
    "sum by week and country": {
        "value": {"sum": "amount"}, "cadence": "week", "segments": ["country"], "filters": PAID,
    },
    "mean by day": {"value": {"mean": "minutes"}, "cadence": "day"},
    "least by month and two columns": {
        "value": {"min": "amount"}, "cadence": "month", "segments": ["country", "channel"],
    },
    "most by quarter": {"value": {"max": "minutes"}, "cadence": "quarter"},
    "rows by month": {"value": {"count": True}, "filters": [{"column": "country", "given": False}]},
    "customers by month": {"value": {"count_distinct": "customer"}, "segments": ["channel"]},
    "share of void by week": {
        "cadence": "week",
        "ratio": {
            "numerator": {"count": True, "where": [{"column": "status", "one_of": ["void"]}]},
            "denominator": {"count": "customer"},
        },
    },
    "rows of a span": {
        "value": {"count": True},
        "filters": [
            {"column": "amount", "at_least": 10}, {"column": "amount", "below": 90},
            {"column": "channel", "none_of": ["web"]},
        ],
    },
}  # fmt: skip


SERVERS = ("pg", "spark", "connect")  # where the tables are in a schema


def over(engine: str, said: dict, table: str = "orders") -> FactKpi:
    table = f"sales.{table}" if engine in SERVERS else table
    at = {"kpi": "K", "connection": engine, "table": table, "date": "ordered_at"}
    return FactKpi.model_validate(at | said)


@pytest.mark.parametrize("name", KPIS)
def test_the_same_kpi_has_the_same_figures_everywhere(warehouses, name):
    found = {engine: w.ask(over(engine, KPIS[name]), None, UNTIL).series for engine, w in warehouses.items()}
    first = found.pop("file")
    assert len(first) > 2
    for other in found.values():
        pd.testing.assert_frame_equal(other[["segment", "period"]], first[["segment", "period"]])
        np.testing.assert_allclose(other["value"], first["value"], rtol=1e-9, atol=0)


NONE = float("nan")
ROWS = {"value": {"count": True}}
FEB_FIRST = date(2026, 2, 1)
DEC, JAN, FEB, MAR = "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"


def counted(**where) -> dict:
    return {**ROWS, "filters": [{"column": where.pop("column"), **where}]}


# By hand, from EDGES: what is asked, and what everyone has to answer (segment `all` where none is said).
ON_THE_EDGE = {
    "moments are those of UTC": ({**ROWS, "date": "moment"}, {DEC: 2, JAN: 1, FEB: 2, MAR: 1}),
    "a clock without a zone stands": (ROWS, {DEC: 1, JAN: 2, FEB: 2, MAR: 1}),
    "days are days": ({**ROWS, "date": "day"}, {DEC: 1, JAN: 2, FEB: 2, MAR: 1}),
    "days of moments": (
        {**ROWS, "date": "moment", "cadence": "day"},
        {"2025-12-31": 2, "2026-01-01": 1, "2026-02-01": 1, "2026-02-28": 1, "2026-03-01": 1},
    ),
    "weeks begin on Monday": (
        {**ROWS, "cadence": "week"}, {"2025-12-29": 2, "2026-01-26": 2, "2026-02-23": 2},
    ),
    "decimals add up": (
        {"value": {"sum": "price"}}, {DEC: 0.1, JAN: 1234567890123.6567, FEB: -0.3, MAR: 0.7},
    ),
    "a mean of decimals is not rounded": (
        {"value": {"mean": "price"}, "cadence": "quarter"}, {"2025-10-01": 0.1, JAN: 1234567890124.0567 / 4},
    ),
    "a mean of whole numbers is not one": ({"value": {"mean": "pieces"}}, {DEC: 7, JAN: 2, FEB: 2.5, MAR: NONE}),
    "nothing is not zero": ({"value": {"sum": "pieces"}}, {DEC: 7, JAN: 2, FEB: 5, MAR: NONE}),
    "but where rows were chosen from, it is": (
        {"value": {"sum": "pieces", "where": [{"column": "name", "equals": "a"}]}}, {DEC: 7, JAN: 2, FEB: 0, MAR: NONE},
    ),
    "whole numbers divide into fractions": (
        {"ratio": {"numerator": {"sum": "pieces"}, "denominator": {"count": True}}},
        {DEC: 7, JAN: 1, FEB: 2.5, MAR: NONE},
    ),
    "over nothing there is no value": (
        {"ratio": {"numerator": {"count": True}, "denominator": {"count": "pieces"}}},
        {DEC: 1, JAN: 2, FEB: 1, MAR: NONE},
    ),
    "what is no number makes a sum none": ({"value": {"sum": "share"}}, {DEC: 0.5, JAN: 0.25, FEB: NONE, MAR: NONE}),
    "what is no number is given": ({"value": {"count": "share"}}, {DEC: 1, JAN: 1, FEB: 2, MAR: 0}),
    "what is no number is the most": ({"value": {"max": "share"}}, {DEC: 0.5, JAN: 0.25, FEB: NONE, MAR: NONE}),
    "and not the least": ({"value": {"min": "share"}}, {DEC: 0.5, JAN: 0.25, FEB: 1.5, MAR: NONE}),
    "and above every bound": (counted(column="share", at_least=0.5), {DEC: 1, FEB: 2}),
    "yes": (counted(column="good", equals=True), {DEC: 1, FEB: 2}),
    "no is not unknown": (counted(column="good", equals=False), {JAN: 1}),
    "A is not a": (counted(column="name", one_of=["a"]), {DEC: 1, JAN: 1, MAR: 1}),
    "unknown is not something else": (counted(column="name", none_of=["a"]), {FEB: 2}),
    "unknown": (counted(column="name", given=False), {JAN: 1}),
    "from a day on": (counted(column="moment", at_least=date(2026, 2, 1)), {FEB: 2, MAR: 1}),
    "before a day": (counted(column="day", below=date(2026, 2, 1)), {DEC: 1, JAN: 2}),
    "a decimal bound": (counted(column="price", at_least=0.2), {JAN: 2, MAR: 1}),
    "distinct names": ({"value": {"count_distinct": "name"}, "cadence": "quarter"}, {"2025-10-01": 1, JAN: 3}),
    "names as segments": (
        {**ROWS, "segments": ["name"], "cadence": "quarter"},
        {("(none)", JAN): 1, ("A", JAN): 1, ("a", "2025-10-01"): 1, ("a", JAN): 2, ("all", "2025-10-01"): 1,
         ("all", JAN): 5, ("b", JAN): 1},
    ),
    "yes, no and numbers as segments": (
        {**ROWS, "segments": ["good", "pieces"], "filters": [{"column": "name", "equals": "a"}], "cadence": "quarter"},
        {("(none) / (none)", JAN): 1, ("all", "2025-10-01"): 1, ("all", JAN): 2, ("false / 2", JAN): 1,
         ("true / 7", "2025-10-01"): 1},
    ),
    "the rows of a query": (
        {"sql": "SELECT clock, price * pieces AS paid FROM {table} WHERE good", "table": None, "value": {"sum": "paid"}},
        {DEC: 0.7, FEB: -0.6},
    ),
    "a mean of yes and no is a share": ({"value": {"mean": "good"}}, {DEC: 1, JAN: 0, FEB: 1, MAR: NONE}),
    "whole numbers add up beyond 64 bits": (
        {"sql": "SELECT clock, CAST(9000000000000000000 AS BIGINT) AS big FROM {table}", "table": None,
         "value": {"sum": "big"}},
        {DEC: 9e18, JAN: 18e18, FEB: 18e18, MAR: 9e18},
    ),
    "an expression": (
        {"sql": "SELECT clock, CASE WHEN pieces > 2 THEN pieces / 2.0 ELSE 0 END AS half FROM {table}", "table": None,
         "value": {"sum": "half"}},
        {DEC: 3.5, JAN: 0, FEB: 1.5, MAR: 0},
    ),
}  # fmt: skip


# What Connect brings back in a form of its own; the rest is computed by the same Spark.
FROM_AFAR = {
    "moments are those of UTC", "days are days", "decimals add up", "what is no number makes a sum none",
    "names as segments", "from a day on", "an expression",
}  # fmt: skip


@pytest.mark.parametrize("name", ON_THE_EDGE)
def test_on_the_edge_everyone_answers_as_by_hand(warehouses, name):
    said, by_hand = ON_THE_EDGE[name]
    for engine, warehouse in warehouses.items():
        if engine == "connect" and name not in FROM_AFAR:
            continue
        kpi = over(engine, {"date": "clock"} | said, "edges")
        if kpi.sql:
            kpi = kpi.model_copy(update={"sql": kpi.sql.format(table="sales.edges" if engine in SERVERS else "edges")})
        found = warehouse.ask(kpi, None, UNTIL).series
        keys = list(zip(found["segment"], found["period"].dt.strftime("%Y-%m-%d"), strict=True))
        assert keys == [key if isinstance(key, tuple) else ("all", key) for key in by_hand], engine
        np.testing.assert_allclose(found["value"], list(by_hand.values()), rtol=1e-9, atol=0, err_msg=engine)


def test_rows_without_a_day_are_counted_by_themselves(warehouses):
    for engine, warehouse in warehouses.items():
        for day in ("moment", "clock", "day"):
            answer = warehouse.ask(over(engine, {**ROWS, "date": day, "segments": ["name"]}, "edges"), FEB_FIRST, UNTIL)
            assert (answer.undated, answer.series["period"].isna().sum()) == (1, 0), (engine, day)
        others = counted(column="name", equals="a")
        assert warehouse.ask(over(engine, {**others, "date": "clock"}, "edges"), None, UNTIL).undated == 0, engine


def test_what_engines_write_in_different_ways_names_no_segment(warehouses):
    for engine, warehouse in warehouses.items():
        for column in ("share", "moment"):
            with pytest.raises(Refused, match=f"K: the column '{column}' cannot name segments"):
                warehouse.ask(over(engine, {**ROWS, "date": "clock", "segments": [column]}, "edges"), None, UNTIL)


def test_spark_says_what_does_not_fit_instead_of_leaving_it_out(warehouses):
    """The Spark of these tests is set up without ANSI: there a text that is no number would silently be nothing."""
    said = {"table": None, "sql": "SELECT clock, CAST(name AS INT) AS number FROM sales.edges", "date": "clock"}
    for engine in ("spark", "connect"):
        with pytest.raises(Refused, match="K: .*CAST_INVALID_INPUT"):
            warehouses[engine].ask(over(engine, {**said, "value": {"sum": "number"}}), None, UNTIL)


@pytest.mark.parametrize(
    "sql", ["DROP TABLE sales.edges", "SELECT 1; DROP TABLE sales.edges", "INSERT INTO sales.edges SELECT * FROM sales.edges",
            "CREATE TABLE x AS SELECT 1", "SET x = 1", "SELECT FROM WHERE ("]
)  # fmt: skip
def test_an_engine_that_could_write_is_given_one_question(warehouses, spark, sql):
    said = {"table": None, "sql": sql, "value": {"count": True}}
    for engine in ("spark", "connect"):
        with pytest.raises(
            Refused, match=f"{engine}, K: (`sql` has to be one query|the query of `sql` cannot be read)"
        ):
            warehouses[engine].ask(over(engine, said), None, UNTIL)
    assert spark[0].sql("SELECT count(*) FROM sales.edges").collect()[0][0] == 7


def test_a_spark_of_others_is_left_as_it_was(urls, spark):
    mine = Warehouse("spark", Connection(url=urls["spark"]), {})
    assert len(mine.ask(over("spark", ROWS), date(2026, 3, 1), date(2026, 4, 1)).series) == 1
    mine.close()
    assert spark[0].conf.get("spark.sql.session.timeZone") == "Pacific/Auckland"
    assert spark[0].range(3).count() == 3


@pytest.mark.parametrize("engine", ["spark", "connect"])
def test_a_question_to_spark_that_takes_too_long_is_stopped(urls, spark, engine):
    warehouse = Warehouse(engine, Connection(url=urls[engine], timeout=6), {})
    assert len(warehouse.ask(over(engine, ROWS), date(2026, 3, 1), date(2026, 4, 1)).series) == 1
    slow = "SELECT DATE'2026-03-01' AS ordered_at, sum(sin(a.id * b.id)) AS x FROM range(3000000) a, range(3000000) b"
    with pytest.raises(Refused, match=f"{engine}, K: no answer within 6 seconds"):
        warehouse.ask(over(engine, {"table": None, "sql": slow, "value": {"count": "x"}}), None, UNTIL)
    for _ in range(100):
        if not spark[0].sparkContext.statusTracker().getActiveJobsIds():
            break
        time.sleep(0.1)
    assert list(spark[0].sparkContext.statusTracker().getActiveJobsIds()) == []
    warehouse.close()


def test_figures_are_those_of_the_facts(warehouses, files):
    """By hand in pandas, from the CSV of the same rows."""
    facts = pd.read_csv(files / "orders.csv", parse_dates=["ordered_at"])
    facts = facts[(facts["status"] == "paid") & (facts["ordered_at"] < "2026-10-01")]
    week = facts["ordered_at"].dt.to_period("W-SUN").dt.start_time
    by_hand = facts.groupby(week)["amount"].sum()
    found = warehouses["pg"].ask(over("pg", KPIS["sum by week and country"]), None, UNTIL).series
    total = found[found["segment"] == "all"].set_index("period")["value"]
    assert total.index.tolist() == by_hand.index.tolist()
    np.testing.assert_allclose(total, by_hand, rtol=1e-9)
    parts = found[found["segment"] != "all"]
    assert set(parts["segment"]) == {"SE", "DE", 'Åland\'s "US"', "(none)"}
    np.testing.assert_allclose(parts.groupby("period")["value"].sum(), total, rtol=1e-9)


def test_only_the_days_asked_for_come(warehouses):
    for engine, warehouse in warehouses.items():
        found = warehouse.ask(over(engine, {"value": {"count": True}}), date(2026, 3, 1), date(2026, 5, 1)).series
        assert found["period"].dt.date.tolist() == [date(2026, 3, 1), date(2026, 4, 1)]


WORDS = {
    "sum needs numbers": {"value": {"sum": "status"}},
    "cannot be compared with False": {
        **ROWS,
        "filters": [{"column": "country", "one_of": ["SE", False]}],
    },  # NO, in YAML
    "cannot be compared with '5'": {**ROWS, "filters": [{"column": "amount", "at_least": "5"}]},
    "there is no table 'sales.vanished', or": {**ROWS, "table": "sales.vanished"},
}


@pytest.mark.parametrize("said", WORDS)
def test_what_cannot_be_asked_is_told_alike_and_in_words(warehouses, said):
    for engine in SERVERS[:2]:
        with pytest.raises(Refused, match=f"^{engine}, K: .*{said}"):
            warehouses[engine].ask(over(engine, {"table": "sales.orders"} | WORDS[said]), None, UNTIL)


def test_types_that_only_postgres_knows_are_compared_by_their_words(warehouses, postgres):
    with postgres.connect() as connection:
        connection.execute("CREATE TYPE sales.state AS ENUM ('paid', 'void')")
        connection.execute(
            "CREATE TABLE sales.own AS SELECT DATE '2026-01-05' AS ordered_at, 'paid'::sales.state AS state, "
            "'[]'::json AS doc UNION ALL SELECT DATE '2026-01-06', 'void', '[]'"
        )
    said = {"filters": [{"column": "state", "equals": "paid"}], "segments": ["state"]}
    found = warehouses["pg"].ask(over("pg", ROWS | said, "own"), None, UNTIL).series
    assert list(zip(found["segment"], found["value"], strict=True)) == [("all", 1.0), ("paid", 1.0)]


def test_a_folder_is_read_as_lakes_grow(tmp_path):
    """A number gets decimals, a column comes later, a file is still being written, a name holds a pattern."""
    import duckdb

    folder = tmp_path / "la[k]e/orders"
    (folder / "_temporary").mkdir(parents=True)
    day = "DATE '2026-01-05' AS ordered_at"
    for name, row in (("1", "1 AS a"), ("2", "2.5 AS a, 'SE' AS c"), ("_temporary/3", "9 AS a")):
        duckdb.sql(f"COPY (SELECT {day}, {row}) TO '{folder}/{name}.parquet'")
    lake = Warehouse("lake", Connection(url=f"parquet:{folder.parent}"), {})
    found = lake.ask(over("lake", {"value": {"sum": "a"}, "segments": ["c"]}), None, UNTIL).series
    lake.close()
    assert list(zip(found["segment"], found["value"], strict=True)) == [("(none)", 1.0), ("SE", 2.5), ("all", 3.5)]


def test_what_is_put_into_names_and_values_stays_a_name_and_a_value(warehouses, postgres):
    nasty = "x' OR '1'='1"
    for engine, warehouse in warehouses.items():
        filters = [{"column": "status", "equals": nasty}]
        assert warehouse.ask(over(engine, {"value": {"count": True}, "filters": filters}), None, UNTIL).series.empty
        with pytest.raises(Refused, match="K: "):
            said = {"value": {"count": True}, "table": 'orders"; DROP TABLE orders; --', "date": "ordered_at"}
            warehouse.ask(over(engine, said), None, UNTIL)
        with pytest.raises(Refused, match="there is no column"):
            warehouse.ask(over(engine, {"value": {"sum": 'amount"); DROP TABLE orders; --'}}), None, UNTIL)
    with postgres.connect() as connection:
        assert connection.execute("SELECT count(*) FROM sales.orders").fetchone() == (6000,)


def test_an_engine_is_only_read(warehouses):
    with pytest.raises(Refused, match="pg, K: views must not contain data-modifying statements"):
        said = {"table": None, "sql": "WITH gone AS (DELETE FROM sales.orders RETURNING *) SELECT * FROM gone"}
        warehouses["pg"].ask(over("pg", {**said, "value": {"count": True}}), None, UNTIL)


def test_a_second_statement_is_not_run(warehouses, postgres, tmp_path):
    """A DuckDB file that is opened to read only could still write another file; PostgreSQL could COMMIT first."""
    written = tmp_path / "out.csv"
    second = {
        "file": f"SELECT ordered_at FROM orders; COPY orders TO '{written}'",
        "lake": f"SELECT ordered_at FROM orders; COPY orders TO '{written}'",
        "pg": "SELECT ordered_at FROM sales.orders; COMMIT; BEGIN READ WRITE; CREATE TABLE sales.written (a int); COMMIT",
        "spark": "SELECT ordered_at FROM sales.orders; DROP TABLE sales.orders",
    }
    for engine, sql in second.items():
        with pytest.raises(Refused, match=f"^{engine}, K: `sql` has to be one query that only reads"):
            warehouses[engine].ask(over(engine, ROWS | {"table": None, "sql": sql}), None, UNTIL)
    assert not written.exists()
    with postgres.connect() as connection:
        assert connection.execute("SELECT to_regclass('sales.written')").fetchone() == (None,)


def test_an_account_that_may_only_read_is_enough(urls, postgres):
    """And what it may not do is said: a table it was not given; `sql` where even temporary views are forbidden."""
    with postgres.connect() as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'only-reads'")
        connection.execute("GRANT USAGE ON SCHEMA sales TO reader")
        connection.execute("GRANT SELECT ON sales.orders TO reader")
    url = urls["pg"].replace("needle:${FACTS_PASSWORD}", "reader:${READER}")
    reader = Warehouse("pg", Connection(url=url, retries=0), {"READER": "only-reads"})
    months = (date(2026, 3, 1), date(2026, 5, 1))
    sql = {"table": None, "sql": "SELECT ordered_at FROM sales.orders"}
    assert len(reader.ask(over("pg", ROWS), *months).series) == 2
    assert len(reader.ask(over("pg", ROWS | sql), *months).series) == 2
    with pytest.raises(Refused, match="^pg, K: permission denied for table edges$"):
        reader.ask(over("pg", ROWS | {"date": "clock"}, "edges"), *months)
    with postgres.connect() as connection:
        connection.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    with pytest.raises(Refused, match="^pg, K: permission denied to create temporary .*: `sql` needs GRANT TEMPORARY"):
        reader.ask(over("pg", ROWS | sql), *months)
    assert len(reader.ask(over("pg", ROWS), *months).series) == 2
    reader.close()
    with postgres.connect() as connection:
        connection.execute("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")


def test_a_question_that_takes_too_long_is_stopped(urls):
    warehouse = Warehouse("pg", Connection(url=urls["pg"], timeout=1), ENVIRONMENT)
    slow = "SELECT ordered_at, (SELECT count(*) FROM generate_series(1, 500000000)) AS slept FROM sales.orders"
    with pytest.raises(
        Refused, match="pg, K: (no answer within 1 second|canceling statement due to statement timeout)"
    ):
        warehouse.ask(over("pg", {"table": None, "sql": slow, "value": {"count": "slept"}}), None, UNTIL)
    warehouse.close()


def test_a_refused_password_is_told_without_it(urls):
    warehouse = Warehouse("pg", Connection(url=urls["pg"], retries=0), {"FACTS_PASSWORD": "secret-but-wrong"})
    with pytest.raises(Refused, match='pg, K: .*password authentication failed for user "needle"') as told:
        warehouse.ask(over("pg", {"value": {"count": True}}), None, UNTIL)
    warehouse.close()
    assert "secret-but-wrong" not in str(told.value)
    assert PASSWORD not in str(told.value)


# -- into the store --------------------------------------------------------------------------------------------------


def facts_file(urls: dict[str, str], table: str) -> WarehouseFile:
    said = {"date": "ordered_at", "value": {"sum": "amount"}, "cadence": "month", "look_back": 31}
    return WarehouseFile.model_validate(
        {
            "connections": {name: {"url": url} for name, url in urls.items()},
            "kpis": [
                {"kpi": "LAKE", "connection": "lake", "table": "orders", **said},
                {"kpi": "GONE", "connection": "file", "table": "nowhere", **said},
                {"kpi": "PG", "connection": "pg", "table": table, **said, "segments": ["channel"]},
            ],
        }
    )


def test_pulls_bring_what_is_new_and_what_was_corrected(urls, postgres, tmp_path):
    with postgres.connect() as connection:
        connection.execute("CREATE TABLE sales.mine AS SELECT * FROM sales.orders WHERE ordered_at < '2026-04-01'")
    workspace = Workspace(tmp_path / "s.duckdb", now=lambda: datetime(2026, 4, 2, 9), who="ann")
    file = facts_file(urls, "sales.mine")

    lake, gone, pg = workspace.pull(file, create_kpis=True, environment=ENVIRONMENT)
    assert (lake.status, lake.counts["accepted_new"], lake.since, lake.until) == (
        "stored", 3, None, date(2026, 4, 1),
    )  # fmt: skip
    assert (gone.status, gone.load_id) == ("failed", None)
    assert gone.message.startswith("file, GONE: ")
    assert (pg.status, pg.counts["accepted_new"]) == ("stored", 9)  # three months: all, shop, web
    both = [workspace.series(kpi)["value"] for kpi in ("LAKE", "PG")]
    np.testing.assert_allclose(both[0], both[1], rtol=1e-9)

    assert [one.status for one in workspace.pull(file, environment=ENVIRONMENT)] == ["unchanged", "failed", "unchanged"]

    with postgres.connect() as connection:  # all months are corrected, and April comes
        connection.execute("UPDATE sales.mine SET amount = amount + 1 WHERE channel = 'web'")
        connection.execute("INSERT INTO sales.mine SELECT * FROM sales.orders WHERE ordered_at >= '2026-04-01'")
    workspace._now = lambda: datetime(2026, 5, 2, 9)
    (pg,) = workspace.pull(file, connection="pg", environment=ENVIRONMENT)
    # 31 days before 1 March is 29 January: January comes whole
    assert (pg.since, pg.until, pg.status) == (date(2026, 1, 1), date(2026, 5, 1), "stored")
    assert (pg.counts["accepted_new"], pg.counts["restated"], pg.counts["unchanged"]) == (3, 6, 3)
    assert [finding for finding in workspace.check() if finding.broken] == []

    with postgres.connect() as connection:
        connection.execute("UPDATE sales.mine SET amount = amount - 1 WHERE channel = 'web'")  # as it was at first
    (tried,) = workspace.pull(file, kpi="PG", dry_run=True, environment=ENVIRONMENT)
    assert (tried.since, tried.counts["restated"], tried.load_id) == (date(2026, 3, 1), 4, None)
    assert 'FROM "sales"."mine"' in tried.sql
    (back,) = workspace.pull(file, kpi="PG", since=date(2026, 1, 1), environment=ENVIRONMENT)
    assert (back.status, back.counts["restated"]) == ("stored", 8)
    np.testing.assert_allclose(workspace.series("PG")["value"][:3], both[1], rtol=1e-9)
