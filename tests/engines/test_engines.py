"""The same KPI gives the same figures from every engine; nothing but the question's answer leaves it."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from kpi_sources.warehouse_file import Connection, FactKpi, WarehouseFile
from kpi_sources.warehouses import Warehouse
from models.refused import Refused
from tests.engines.conftest import ENVIRONMENT, PASSWORD
from workspace import Workspace

pytestmark = pytest.mark.engines

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


def over(engine: str, said: dict) -> FactKpi:
    table = "sales.orders" if engine == "pg" else "orders"
    return FactKpi.model_validate({"kpi": "K", "connection": engine, "table": table, "date": "ordered_at"} | said)


@pytest.mark.parametrize("name", KPIS)
def test_the_same_kpi_has_the_same_figures_everywhere(warehouses, name):
    found = {engine: w.ask(over(engine, KPIS[name]), None, UNTIL) for engine, w in warehouses.items()}
    first = found["file"]
    assert len(first) > 2
    for other in (found["lake"], found["pg"]):
        pd.testing.assert_frame_equal(other[["segment", "period"]], first[["segment", "period"]])
        np.testing.assert_allclose(other["value"], first["value"], rtol=1e-9, atol=0)


def test_figures_are_those_of_the_facts(warehouses, files):
    """By hand in pandas, from the CSV of the same rows."""
    facts = pd.read_csv(files / "orders.csv", parse_dates=["ordered_at"])
    facts = facts[(facts["status"] == "paid") & (facts["ordered_at"] < "2026-10-01")]
    week = facts["ordered_at"].dt.to_period("W-SUN").dt.start_time
    by_hand = facts.groupby(week)["amount"].sum()
    found = warehouses["pg"].ask(over("pg", KPIS["sum by week and country"]), None, UNTIL)
    total = found[found["segment"] == "all"].set_index("period")["value"]
    assert total.index.tolist() == by_hand.index.tolist()
    np.testing.assert_allclose(total, by_hand, rtol=1e-9)
    parts = found[found["segment"] != "all"]
    assert set(parts["segment"]) == {"SE", "DE", 'Åland\'s "US"', "(none)"}
    np.testing.assert_allclose(parts.groupby("period")["value"].sum(), total, rtol=1e-9)


def test_only_the_days_asked_for_come(warehouses):
    for engine, warehouse in warehouses.items():
        found = warehouse.ask(over(engine, {"value": {"count": True}}), date(2026, 3, 1), date(2026, 5, 1))
        assert found["period"].dt.date.tolist() == [date(2026, 3, 1), date(2026, 4, 1)]


def test_what_is_put_into_names_and_values_stays_a_name_and_a_value(warehouses, postgres):
    nasty = "x' OR '1'='1"
    for engine, warehouse in warehouses.items():
        filters = [{"column": "status", "equals": nasty}]
        assert warehouse.ask(over(engine, {"value": {"count": True}, "filters": filters}), None, UNTIL).empty
        with pytest.raises(Refused, match="K: "):
            said = {"value": {"count": True}, "table": 'orders"; DROP TABLE orders; --'}
            warehouse.ask(over(engine, said), None, UNTIL)
        with pytest.raises(Refused, match="there is no column"):
            warehouse.ask(over(engine, {"value": {"sum": 'amount"); DROP TABLE orders; --'}}), None, UNTIL)
    with postgres.connect() as connection:
        assert connection.execute("SELECT count(*) FROM sales.orders").fetchone() == (6000,)


def test_an_engine_is_only_read(warehouses):
    with pytest.raises(Refused, match="pg, K: views must not contain data-modifying statements"):
        said = {"table": None, "sql": "WITH gone AS (DELETE FROM sales.orders RETURNING *) SELECT * FROM gone"}
        warehouses["pg"].ask(over("pg", {**said, "value": {"count": True}}), None, UNTIL)


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
