"""The question in the words of engines that do not run here: compiled, read back by a parser, and held to a snapshot.

NEEDLE_WRITE_SNAPSHOTS=1 writes the snapshots anew; look at what changed before you keep them.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from kpi_sources.warehouse_file import FactKpi
from kpi_sources.warehouses import series

pytestmark = pytest.mark.engines

DIALECTS = ("postgres", "snowflake", "bigquery", "databricks", "trino", "clickhouse", "duckdb")
FOLDER = Path(__file__).with_name("compiled")
KPI = FactKpi.model_validate(
    {
        "kpi": "PAID_SHARE", "connection": "dw", "table": "orders", "date": "ordered_at", "cadence": "week",
        "filters": [{"column": "country", "one_of": ["SE", "it's"]}], "segments": ["country", "channel"],
        "ratio": {
            "numerator": {"sum": "amount", "where": [{"column": "status", "equals": "paid"}]},
            "denominator": {"sum": "amount"},
        },
    }
)  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_question_compiles(dialect):
    import ibis
    import sqlglot

    columns = {"ordered_at": "timestamp", "amount": "decimal(12, 2)", "country": "string", "channel": "string",
               "status": "string"}  # fmt: skip
    facts = ibis.table(columns, name="orders")
    sql = str(ibis.to_sql(series(facts, KPI, date(2026, 1, 5), date(2026, 10, 5)), dialect=dialect)) + "\n"
    assert len(sqlglot.parse(sql, read=dialect)) == 1
    file = FOLDER / f"{dialect}.sql"
    if os.environ.get("NEEDLE_WRITE_SNAPSHOTS"):
        file.write_text(sql, encoding="utf-8")
    assert sql == file.read_text(encoding="utf-8")
