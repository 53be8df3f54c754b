"""Metrics of dbt's semantic layer, pulled from DuckDB, against a count by hand."""

from datetime import date

import duckdb
import pytest

from kpi_sources.dbt_kpis import Terms, kpis_of
from kpi_sources.dbt_models import read_layer
from kpi_sources.warehouse_file import Connection
from kpi_sources.warehouses import Warehouse
from tests.kpi_sources.test_dbt import NEWER, OLDER

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # Ibis calls DuckDB by an older name
]
ORDERS = """
CREATE SCHEMA mart;
CREATE TABLE mart.fct_orders AS SELECT * FROM (VALUES
    (1, 7, DATE '2026-01-05', TIMESTAMP '2026-02-01 10:00', 'paid', 100.0, 2, 30.0, true),
    (2, 8, DATE '2026-01-20', TIMESTAMP '2026-02-02 10:00', 'it''s', 150.0, 1, 40.0, true),
    (3, 7, DATE '2026-01-31', NULL, 'void', 50.0, 1, 10.0, false),
    (4, 9, DATE '2026-02-01', TIMESTAMP '2026-02-03 10:00', 'paid', 200.0, 3, 20.0, NULL),
    (5, 9, DATE '2026-03-01', TIMESTAMP '2026-03-03 10:00', NULL, 70.0, 1, 5.0, false)
) AS t(order_id, customer_id, ordered_at, shipped_at, order_status, amount, quantity, unit_cost, is_paid);
CREATE TABLE mart.sessions_v2 AS SELECT * FROM (VALUES
    (1, TIMESTAMP '2026-01-05 10:00', 'ad', 30.0), (2, TIMESTAMP '2026-01-06 10:00', 'ad', 90.0),
    (3, TIMESTAMP '2026-02-05 10:00', NULL, 61.0)
) AS t(session_id, started_at, src, seconds)
"""
BY_HAND = {  # by month: January, February, March; a month that is not there has no value
    "revenue": {1: 300, 2: 200, 3: 70},
    "paid_revenue": {1: 250, 2: 200},
    "big_revenue": {1: 300, 2: 200},
    "cost": {1: 110, 2: 60, 3: 5},
    "paid_orders": {1: 2, 2: 0, 3: 0},
    "customers": {1: 2, 2: 1, 3: 1},
    "orders": {1: 3, 2: 1, 3: 1},
    "shipped": {2: 3, 3: 1},
    "paid_share": {1: 1 / 3, 2: 1},
    "profit": {1: 140, 2: 140, 3: -5},
    "basket": {1: 100, 2: 200, 3: 70},
    "sessions": {1: 2, 2: 1},
    "seconds": {1: 60, 2: 61},
    "long_sessions": {1: 1, 2: 1},
    "long_share": {1: 0.5, 2: 1},
    "seconds_each": {1: 30, 2: 61},
}


def test_the_figures_are_those_by_hand(tmp_path):
    with duckdb.connect(tmp_path / "facts.duckdb") as connection:
        connection.execute(ORDERS)
    text = OLDER.replace("metrics: [revenue, orders]", "metrics: [{name: revenue}, {name: orders}]")
    kpis, _ = kpis_of(read_layer({"a.yml": text, "b.yml": NEWER}, "mart"), Terms("dw"))
    assert {kpi.kpi for kpi in kpis} == set(BY_HAND)
    warehouse = Warehouse("dw", Connection(url=f"duckdb:{tmp_path}/facts.duckdb"), {})
    for kpi in kpis:
        found = warehouse.ask(kpi, None, date(2026, 10, 1)).series
        values = dict(zip(found["period"].dt.month, found["value"], strict=True))
        assert values == pytest.approx(BY_HAND[kpi.kpi], rel=1e-9), kpi.kpi
    warehouse.close()
