"""dbt's semantic layer in both of its forms: what becomes of each kind of metric, and what is refused, with its line."""

import json

import pytest
from typer.testing import CliRunner

import cli
from kpi_sources.dbt_kpis import Terms, kpis_of
from kpi_sources.dbt_models import read_layer
from kpi_sources.warehouse_file import read_warehouse_file
from models.refused import Refused

OLDER = """
semantic_models:
  - name: orders
    description: One row an order.
    model: ref('fct_orders')
    defaults:
      agg_time_dimension: ordered_at
    entities:
      - name: order
        type: primary
        expr: order_id
      - name: customer
        type: foreign
        expr: customer_id
    dimensions:
      - name: ordered_at
        type: time
        type_params:
          time_granularity: day
      - name: shipped_on
        type: time
        expr: CAST(shipped_at AS DATE)
        type_params: {time_granularity: day}
      - name: status
        type: categorical
        expr: order_status
      - name: is_big
        type: categorical
        expr: amount > 100
    measures:
      - name: revenue
        agg: sum
        expr: amount
      - name: cost
        agg: sum
        expr: quantity * unit_cost
      - name: orders
        agg: count
        expr: 1
        create_metric: true
      - name: paid_orders
        agg: sum_boolean
        expr: is_paid
      - name: customers
        agg: count_distinct
        expr: customer_id
      - name: shipped
        agg: count
        expr: order_id
        agg_time_dimension: shipped_on
      - {name: typical, agg: median, expr: amount}
      - name: balance
        agg: sum
        non_additive_dimension: {name: ordered_at, window_choice: max}
metrics:
  - name: revenue
    type: simple
    label: Revenue
    type_params: {measure: revenue}
  - name: paid_revenue
    type: simple
    label: Paid
    type_params:
      measure:
        name: revenue
        fill_nulls_with: 0
    filter: "{{ Dimension('order__status') }} in ('paid', 'it''s') and {{ Dimension('order__ordered_at') }} is not null"
  - name: big_revenue
    type: simple
    label: Big
    type_params: {measure: revenue}
    filter: "{{ Dimension('order__is_big') }} or {{ Entity('customer') }} = 7"
  - {name: cost, type: simple, label: Cost, type_params: {measure: cost}}
  - {name: paid_orders, type: simple, label: Paid orders, type_params: {measure: paid_orders}}
  - {name: customers, type: simple, label: Customers, type_params: {measure: customers}}
  - {name: shipped, type: simple, label: Shipped, type_params: {measure: shipped}}
  - name: paid_share
    type: ratio
    label: Paid share
    type_params:
      numerator: {name: revenue, filter: "{{ Dimension('order__status') }} = 'paid'", alias: paid}
      denominator: revenue
    filter: "{{ Dimension('order__status') }} is not null"
  - name: profit
    type: derived
    label: Profit
    type_params:
      expr: earned - cost
      metrics: [{name: paid_revenue, alias: earned}, {name: cost}]
  - name: basket
    type: derived
    label: Basket
    type_params:
      expr: revenue / nullif(orders, 0)
      metrics: [revenue, orders]
  - {name: typical, type: simple, label: T, type_params: {measure: typical}}
  - {name: balance, type: simple, label: B, type_params: {measure: balance}}
  - name: wau
    type: cumulative
    label: W
    type_params: {measure: customers, window: 7 days}
  - name: converted
    type: conversion
    label: C
    type_params: {conversion_type_params: {entity: order}}
  - {name: crossed, type: ratio, label: X, type_params: {numerator: shipped, denominator: revenue}}
  - name: of_customers
    type: simple
    label: J
    type_params: {measure: revenue}
    filter: "{{ Dimension('customer__country') }} = 'SE'"
  - {name: guess, type: simple, label: G, type_params: {measure: revenue}, smoothing: 3}
  - {name: gone, type: simple, label: G, type_params: {measure: nothing}}
  - name: later
    type: derived
    label: L
    type_params:
      expr: revenue - before
      metrics: [{name: revenue}, {name: revenue, alias: before, offset_window: 7 days}]
  - {name: curved, type: derived, label: Q, type_params: {expr: revenue * revenue, metrics: [{name: revenue}]}}
saved_queries:
  - name: weekly
"""


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def read(text, **terms):
    kpis, problems = kpis_of(read_layer({"semantic.yml": text}, "mart"), Terms("dw", **terms))
    written = {kpi.kpi: kpi.model_dump(mode="json", exclude_defaults=True) for kpi in kpis}
    for body in written.values():
        assert body.pop("connection") == "dw"
        body.pop("kpi")
    return written, problems


def test_what_becomes_of_the_older_form():
    text = OLDER.replace("metrics: [revenue, orders]", "metrics: [{name: revenue}, {name: orders}]")
    kpis, _ = read(text, cadence="week", segments=("status",))
    at = {"date": "ordered_at", "cadence": "week", "segments": ["order_status"]}
    table = {"table": "mart.fct_orders", **at}
    assert kpis.pop("revenue") == {**table, "value": {"sum": "amount"}}
    assert kpis.pop("orders") == {**table, "value": {"count": True}}
    assert kpis.pop("customers") == {**table, "value": {"count_distinct": "customer_id"}}
    assert kpis.pop("paid_revenue") == {
        **table, "value": {"sum": "amount"},
        "filters": [{"column": "order_status", "one_of": ["paid", "it's"]}, {"column": "ordered_at", "given": True}],
    }  # fmt: skip
    assert kpis.pop("big_revenue") == {
        **at, "value": {"sum": "amount"}, "filters": [{"column": "condition", "equals": True}],
        "sql": "SELECT ordered_at, order_status, amount, (amount > 100) or customer_id = 7 AS condition FROM mart.fct_orders",
    }  # fmt: skip
    assert kpis.pop("cost") == {
        **at, "value": {"sum": "measured"},
        "sql": "SELECT ordered_at, order_status, quantity * unit_cost AS measured FROM mart.fct_orders",
    }  # fmt: skip
    assert kpis.pop("paid_orders") == {
        **at, "value": {"sum": "measured"},
        "sql": "SELECT ordered_at, order_status, CASE WHEN is_paid THEN 1 ELSE 0 END AS measured FROM mart.fct_orders",
    }  # fmt: skip
    assert kpis.pop("shipped") == {
        **at, "date": "shipped_on", "value": {"count": "order_id"},
        "sql": "SELECT CAST(shipped_at AS DATE) AS shipped_on, order_status, order_id FROM mart.fct_orders",
    }  # fmt: skip
    paid = [{"column": "order_status", "equals": "paid"}]
    assert kpis.pop("paid_share") == {
        **table, "filters": [{"column": "order_status", "given": True}],
        "ratio": {"numerator": {"sum": "amount", "where": paid}, "denominator": {"sum": "amount"}},
    }  # fmt: skip
    assert kpis.pop("basket") == {
        **table, "ratio": {"numerator": {"sum": "amount"}, "denominator": {"count": True}},
    }  # fmt: skip
    assert kpis.pop("profit") == {
        **at, "value": {"sum": "total"},
        "sql": "SELECT ordered_at, order_status, COALESCE(CASE WHEN order_status IN ('paid', 'it''s') AND ordered_at IS NOT "
        "NULL THEN (amount) END, 0) - COALESCE((quantity * unit_cost), 0) AS total FROM mart.fct_orders",
    }  # fmt: skip
    assert kpis == {}


@pytest.mark.parametrize(
    ("metric", "at", "said"),
    [
        ("typical", "agg: median", "'median' cannot be computed by every engine alike"),
        ("balance", "non_additive_dimension", "first or last rows of a period"),
        ("wau", "type: cumulative", "a cumulative metric is a running total"),
        ("converted", "type: conversion", "a conversion metric follows each entity"),
        ("crossed", "name: crossed", "of several tables or times (orders.shipped_on, orders.ordered_at)"),
        ("of_customers", "customer__country", "'customer__country' is in another model: nothing is joined here"),
        ("guess", "smoothing: 3", "this field is not understood"),
        ("gone", "measure: nothing", "there is no measure 'nothing'"),
        ("later", "offset_window", "a metric of another time is not read"),
        ("curved", "revenue * revenue", "only sums and counts that are added or subtracted"),
    ],
)
def test_what_cannot_be_taken_over_is_named_with_its_line(metric, at, said):
    kpis, problems = read(OLDER)
    assert metric not in kpis
    (problem,) = [p for p in problems if p.field.startswith(f"{metric}: ")]
    assert (problem.file, problem.line, problem.is_note) == ("semantic.yml", line_of(OLDER, at), False)
    assert said in problem.message


def test_what_changes_no_figure_or_only_fills_in_is_a_note():
    _, problems = read(OLDER, segments=("colour",))
    notes = {str(problem) for problem in problems if problem.is_note}
    line = line_of(OLDER, "fill_nulls_with")
    field = "paid_revenue: file.metrics[1].type_params.measure.fill_nulls_with"
    assert f"semantic.yml, line {line}, {field}: fill_nulls_with is not read: a period without rows has no value here, " \
        "not a made-up one." in notes  # fmt: skip
    line = line_of(OLDER, "saved_queries")
    assert (
        f"semantic.yml, line {line}, saved_queries: saved_queries is not read; only semantic models and metrics are."
        in notes
    )
    assert any("orders has no dimension 'colour': without this segment" in note for note in notes)


NEWER = """
models:
  - name: fct_sessions
    semantic_model:
      enabled: true
      name: sessions
    agg_time_dimension: started_at
    config: {alias: sessions_v2}
    columns:
      - name: session_id
        entity: {type: primary, name: session}
      - name: started_at
        granularity: hour
        dimension: {type: time}
      - name: day_of_trial
        granularity: month
        dimension: {type: time, name: trial}
      - name: src
        dimension: {type: categorical, name: source}
    derived_semantics:
      dimensions:
        - {name: is_long, type: categorical, expr: seconds > 60}
    metrics:
      - {name: sessions, type: simple, agg: count, expr: 1}
      - {name: seconds, type: simple, agg: average}
      - name: long_sessions
        type: simple
        agg: count
        expr: 1
        filter: "{{ Dimension('session__is_long') }}"
      - {name: trials, type: simple, agg: count, expr: 1, agg_time_dimension: trial, time_granularity: week}
      - {name: slow, type: simple, agg: percentile, expr: seconds, percentile: 95.0, percentile_type: discrete}
  - name: dim_plain
metrics:
  - {name: long_share, type: ratio, numerator: long_sessions, denominator: sessions}
  - name: seconds_each
    type: derived
    expr: a / b
    input_metrics: [{name: seconds, alias: a}, {name: sessions, alias: b}]
"""


def test_what_becomes_of_the_newer_form():
    kpis, problems = read(NEWER, cadence="day", segments=("source",))
    at = {"date": "started_at", "cadence": "day", "segments": ["src"]}
    table = {"table": "mart.sessions_v2", **at}
    query = "SELECT started_at, src, seconds > 60 AS condition FROM mart.sessions_v2"
    long = [{"column": "condition", "equals": True}]
    assert kpis == {
        "sessions": {**table, "value": {"count": True}},
        "seconds": {**table, "value": {"mean": "seconds"}},
        "long_sessions": {**at, "sql": query.replace("seconds > 60", "(seconds > 60)"), "value": {"count": True}, "filters": long},
        "long_share": {
            **at, "sql": query.replace("seconds > 60", "(seconds > 60)"),
            "ratio": {"numerator": {"count": True, "where": long}, "denominator": {"count": True}},
        },
        "seconds_each": {**table, "ratio": {"numerator": {"mean": "seconds"}, "denominator": {"count": True}}},
    }  # fmt: skip
    assert [(p.line, p.message) for p in problems] == [
        (line_of(NEWER, "name: trials"), "trial holds one day for each month: it cannot be told by week."),
        (line_of(NEWER, "name: slow"),
         "'percentile' cannot be computed by every engine alike; there are sum, average, min, max, count, count_distinct, "
         "sum_boolean."),
    ]  # fmt: skip


SHOUTED = """
models:
  - name: orders
    semantic_model: {enabled: true}
    agg_time_dimension: ordered_at
    config: {schema: marts}
    columns:
      - {name: ordered_at, granularity: DAY, dimension: {type: TIME}}
      - {name: closed_at, granularity: fiscal_month, dimension: {type: time}}
    metrics:
      - {name: revenue, type: SIMPLE, agg: SUM, expr: amount}
      - {name: orders, type: simple, agg: count, expr: 1}
      - {name: in_euro, type: simple, agg: sum, expr: "amount * {{ var('rate') }}"}
      - {name: perhaps, type: simple, agg: count, expr: 1, config: {enabled: "{{ var('on') }}"}}
      - {name: closed, type: simple, agg: count, expr: 1, agg_time_dimension: closed_at}
      - {name: basket, type: derived, expr: revenue / orders, input_metrics: [revenue, {name: orders}]}
"""


def test_capitals_and_plain_names_are_read_and_templates_are_not_guessed():
    kpis, problems = read(SHOUTED)
    assert {name: body.get("value") or body["ratio"] for name, body in kpis.items()} == {
        "revenue": {"sum": "amount"},
        "orders": {"count": True},
        "basket": {"numerator": {"sum": "amount"}, "denominator": {"count": True}},
    }
    assert [(p.line, p.is_note, p.message) for p in problems] == [
        (line_of(SHOUTED, "schema: marts"), True, "schema is not read: the table is looked for in --schema."),
        (line_of(SHOUTED, "in_euro"), False, "this template is not understood: \"amount * {{ var('rate') }}\"."),
        (line_of(SHOUTED, "perhaps"), False, "this template is not understood: \"{{ var('on') }}\"."),
        (line_of(SHOUTED, "name: closed,"), False,
         "closed_at has a granularity of its own, 'fiscal_month', which is not read."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("semantic_models: [", 1, ""),
        ("semantic_models: 3", 1, "a list is needed, found 3"),
        ("semantic_models:\n  - name: a\n    model: fct", 3, "ref('model') is needed, found 'fct'"),
        ("semantic_models:\n  - model: ref('a')", 2, "name is missing"),
        ("metrics:\n  - {name: a, type: simple}\n  - {name: a, type: simple}", 3, "'a' is defined twice"),
        ("metrics:\n  - {name: a, type: new}", 2, "simple, ratio or derived, found 'new'"),
        ("metrics:\n  - {name: a, type: ratio, numerator: a, denominator: a}", 2, "the metric is made of itself"),
        ("models:\n  - name: a\n    metrics: [{name: x}]", 3, "the model has no semantic_model"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, said):
    kpis, problems = read(text)
    assert kpis == {}
    assert problems[0].line == line
    assert said in problems[0].message


# -- in the terminal -------------------------------------------------------------------------------------------------


def called(*words: str) -> tuple[int, dict]:
    done = CliRunner().invoke(cli.app, ["dbt", *words, "--connection", "dw", "--schema", "mart", "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_the_command_writes_what_a_warehouse_file_names(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models/sessions.yml").write_text(NEWER, encoding="utf-8")
    out = tmp_path / "dbt_kpis.yaml"
    code, said = called(str(tmp_path / "models"), "--out", str(out))
    assert (code, said["status"], said["written"], out.exists()) == (1, "rejected", None, False)
    assert [error["line"] for error in said["errors"]] == [line_of(NEWER, "name: trials"), line_of(NEWER, "name: slow")]

    code, said = called(str(tmp_path / "models"), "--out", str(out), "--accept-partial")
    assert (code, said["status"], said["written"]) == (0, "partial", str(out))
    warehouses = tmp_path / "warehouses.yaml"
    warehouses.write_text(
        "connections: {dw: {url: 'duckdb:facts'}}\nkpis: []\nmore: [dbt_kpis.yaml]\n", encoding="utf-8"
    )
    kpis = read_warehouse_file(warehouses).kpis
    assert [kpi.kpi for kpi in kpis] == ["sessions", "seconds", "long_sessions", "long_share", "seconds_each"]
    assert said["kpis"] == [kpi.model_dump(mode="json", exclude_defaults=True) for kpi in kpis]

    out.write_text("connections: {}\nkpis: []\n", encoding="utf-8")
    with pytest.raises(Refused, match="a file of more KPIs holds kpis: and nothing else"):
        read_warehouse_file(warehouses)


def test_a_file_that_is_not_there(tmp_path):
    done = CliRunner().invoke(cli.app, ["dbt", str(tmp_path / "no.yml"), "--connection", "dw", "--json"])
    assert done.exit_code == 1
