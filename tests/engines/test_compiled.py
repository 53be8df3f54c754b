"""The question in the words of engines that do not run here: compiled, read back by a parser, and held to a snapshot.

NEEDLE_WRITE_SNAPSHOTS=1 writes the snapshots anew; look at what changed before you keep them.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from kpi_sources.warehouse_file import FactKpi, Filter, Measure
from kpi_sources.warehouse_question import series

pytestmark = pytest.mark.engines

DIALECTS = ("postgres", "snowflake", "bigquery", "databricks", "pyspark", "trino", "clickhouse", "duckdb")
FOLDER = Path(__file__).with_name("compiled")
COLUMNS = {
    "ordered_at": "timestamp", "amount": "decimal(12, 2)", "minutes": "float64", "pieces": "int32", "paid": "boolean",
    "customer": "string", "country": "string", "channel": "string", "status": "string",
}  # fmt: skip
QUESTIONS = {
    "sum": {"value": {"sum": "amount"}, "cadence": "day"},
    "sum of some": {"value": {"sum": "amount", "where": [{"column": "paid", "equals": True}]}, "cadence": "week"},
    "mean": {"value": {"mean": "amount"}, "cadence": "month"},
    "min": {"value": {"min": "minutes"}, "cadence": "quarter"},
    "max": {"value": {"max": "pieces"}},
    "count of rows": {"value": {"count": True}},
    "count of values": {"value": {"count": "customer", "where": [{"column": "status", "none_of": ["void"]}]}},
    "count_distinct": {"value": {"count_distinct": "customer"}},
    "ratio of segments, filtered": {
        "cadence": "week", "segments": ["country", "channel"], "filters": [{"column": "country", "one_of": ["SE", "it's"]}],
        "ratio": {
            "numerator": {"sum": "amount", "where": [{"column": "status", "equals": "paid"}]},
            "denominator": {"sum": "amount"},
        },
    },
    "every filter": {
        "value": {"count": True}, "segments": ["pieces"],
        "filters": [
            {"column": "status", "equals": "paid"}, {"column": "pieces", "one_of": [1, 2]},
            {"column": "channel", "none_of": ["web", "\\"]}, {"column": "amount", "at_least": 0.5},
            {"column": "minutes", "below": 90}, {"column": "ordered_at", "at_least": date(2026, 2, 1)},
            {"column": "customer", "given": True}, {"column": "country", "given": False},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_questions_compile(dialect):
    import ibis
    import sqlglot

    if dialect == "pyspark":
        assert ibis.pyspark  # read for its options, which its compiler asks for
    facts = ibis.table(COLUMNS, name="orders")
    parts = []
    for name, said in QUESTIONS.items():
        kpi = FactKpi.model_validate(
            {"kpi": "K", "connection": "dw", "table": "orders", "date": "ordered_at", **said}
        )  # fmt: skip
        sql = str(ibis.to_sql(series(facts, kpi, date(2026, 1, 5), date(2026, 10, 5)), dialect=dialect))
        assert len(sqlglot.parse(sql, read={"pyspark": "spark"}.get(dialect, dialect))) == 1
        parts.append(f"-- {name}\n{sql};\n")
    text = "\n".join(parts)
    file = FOLDER / f"{dialect}.sql"
    if os.environ.get("NEEDLE_WRITE_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_the_questions_cover_every_word_of_the_file():
    kpis = [
        FactKpi.model_validate({"kpi": "K", "connection": "c", "table": "t", "date": "d", **s})
        for s in QUESTIONS.values()
    ]
    measures = [measure for kpi in kpis for measure in kpi.measures]
    assert {measure.how for measure in measures} == set(Measure.model_fields) - {"where"}
    filters = [f for kpi in kpis for f in kpi.filters] + [f for measure in measures for f in measure.where]
    assert {name for f in filters for name in f.model_fields_set} == set(Filter.model_fields)
    assert {kpi.cadence for kpi in kpis} == {"day", "week", "month", "quarter"}
