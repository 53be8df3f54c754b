"""The file of connections and KPIs: what may stand in it, what is asked for when, and that secrets stay secret."""

from datetime import date
from types import SimpleNamespace

import pytest

from kpi_sources import warehouses
from kpi_sources.warehouse_file import Connection, FactKpi, Measure, read_warehouse_file
from kpi_sources.warehouses import Warehouse
from models.refused import Refused

GOOD = """
connections:
  dw: {url: "postgres://needle:${DW_PASSWORD}@db.example/sales"}
kpis:
  - kpi: REVENUE
    connection: dw
    table: sales.orders
    date: ordered_at
    value: {sum: amount}
"""


def written(tmp_path, text):
    path = tmp_path / "warehouses.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_smallest_file(tmp_path):
    (kpi,) = read_warehouse_file(written(tmp_path, GOOD)).kpis
    assert (kpi.cadence, kpi.source, kpi.value.how, kpi.value.of) == ("month", "dw/REVENUE", "sum", "amount")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("table: sales.orders", "tabel: sales.orders"), "kpis.0.tabel: Extra inputs are not permitted"),
        (("    table: sales.orders\n", ""), "kpis.0: say either table or sql"),
        (("{sum: amount}", "{sum: amount, mean: amount}"), "kpis.0.value: say exactly one of sum, mean, min, max, count, count_distinct, found mean, sum"),
        (("{sum: amount}", "{}"), "found none"),
        (("connection: dw", "connection: lake"), "the KPI 'REVENUE' names the connection 'lake'; there are dw"),
        (("value: {sum: amount}", "value: {sum: amount}\n    filters: [{column: status}]"), "kpis.0.filters.0: a filter needs one of"),
        (("value: {sum: amount}", "value: {sum: amount}\n    filters: [{column: status, equals: }]"), "kpis.0.filters.0: a filter needs one of"),
        (("value: {sum: amount}", "value: {sum: }"), "kpis.0.value: say exactly one of sum, mean, min, max, count, count_distinct, found none"),
        (("value: {sum: amount}", "value: {sum: amount}\n    value: {mean: amount}"), "duplicate key 'value': it stands on line 9 and again on line 10"),
        (("${DW_PASSWORD}", "hunter2"), "connections.dw: a secret does not stand in the file: write ${NAME}"),
        (("/sales", "/sales?password=hunter2"), "connections.dw: a secret does not stand in the file: write ${NAME}"),
        (('"}', '", options: {spark.x.secret.key: hunter2}}'), "options are settings of Spark"),
        (("value: {sum: amount}", "value: {sum: amount}\n    cadence: year"), "kpis.0.cadence: Input should be 'day', 'week', 'month' or 'quarter'"),
        (("connections:", "connections: ["), "is not valid YAML"),
        (("value: {sum: amount}", "value: {sum: amount}\n    start: 2026-13-01"), "is not valid YAML: month must be in 1..12"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, change, said):
    with pytest.raises(Refused) as told:
        read_warehouse_file(written(tmp_path, GOOD.replace(*change)))
    assert said in str(told.value)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("url", ["sc://spark:15002/;token=${T};user_id=a@b.c", "postgres://u:${PW}@h/d?sslmode=require",
                                 "postgres://reader@h/d", "duckdb:/data/a@b.duckdb"])  # fmt: skip
def test_urls_without_a_secret_are_taken(url):
    assert Connection(url=url).url == url


def test_more_files_and_something_else_than_kpis_is_refused(tmp_path):
    (tmp_path / "more.yaml").write_text("kpis: abc", encoding="utf-8")
    with pytest.raises(Refused, match=r"kpis\.0: Input should be a valid dictionary.*; kpis\.1: Input"):
        read_warehouse_file(written(tmp_path, "connections: {}\nkpis: 3\nmore: [more.yaml]"))


def test_secrets_in_options_come_from_the_environment_too():
    assert Connection(url="spark:local", options={"spark.hadoop.fs.s3a.secret.key": "${KEY}"}).options
    with pytest.raises(ValueError, match="a secret does not stand in the file"):
        Connection(url="spark:local", options={"spark.hadoop.fs.s3a.secret.key": "hunter2"})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Refused, match="cannot read .*none.yaml: No such file"):
        read_warehouse_file(tmp_path / "none.yaml")


def test_errors_do_not_repeat_what_stands_in_the_file(tmp_path):
    text = GOOD.replace('url: "postgres://needle:${DW_PASSWORD}@db.example/sales"', "url: [hunter2]")
    with pytest.raises(Refused) as told:
        read_warehouse_file(written(tmp_path, text))
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("cadence", "last", "since", "asked"),
    [
        ("month", None, None, (None, date(2026, 11, 1))),  # never pulled: all there is
        ("month", date(2026, 10, 1), None, (date(2026, 8, 1), date(2026, 11, 1))),  # 35 days before: 27 August
        ("day", date(2026, 11, 25), None, (date(2026, 10, 21), date(2026, 11, 27))),
        ("week", date(2026, 11, 16), None, (date(2026, 10, 12), date(2026, 11, 23))),  # Mondays
        ("quarter", date(2026, 7, 1), None, (date(2026, 4, 1), date(2026, 10, 1))),
        ("week", date(2026, 11, 16), date(2026, 1, 1), (date(2025, 12, 29), date(2026, 11, 23))),
    ],
)
def test_only_complete_periods_from_the_last_minus_the_look_back(cadence, last, since, asked):
    kpi = FactKpi.model_validate(
        {"kpi": "K", "connection": "dw", "table": "t", "date": "at", "value": {"count": True}, "cadence": cadence}
    )
    assert kpi.span(date(2026, 11, 27), last, since, 35) == asked


def test_nothing_is_asked_from_before_the_start():
    kpi = FactKpi.model_validate(
        {"kpi": "K", "connection": "dw", "table": "t", "date": "at", "value": {"count": True}, "start": "2026-03-01"}
    )
    assert kpi.span(date(2026, 11, 27), None, None, 35)[0] == date(2026, 3, 1)
    assert kpi.span(date(2026, 11, 27), None, date(2020, 1, 1), 35)[0] == date(2026, 3, 1)


def test_secrets_come_from_the_environment_alone():
    connection = Connection(url="postgres://needle:${PW}@db/sales")
    assert connection.opened_with({"PW": "a@b/c"})[0] == "postgres://needle:a%40b%2Fc@db/sales"
    with pytest.raises(Refused, match="connection dw: the environment has no PW"):
        Warehouse("dw", connection, {})


class Flaky:
    """An engine that fails so many times, and then answers."""

    def __init__(self, error: Exception, times: int):
        self.error, self.left = error, times

    def __call__(self):
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return "answer"


class OperationalError(Exception):
    """As drivers call a lost connection."""


KPI = FactKpi.model_validate(
    {"kpi": "REV", "connection": "dw", "table": "t", "date": "at", "value": {"count": True}}
)  # fmt: skip


@pytest.fixture
def warehouse(monkeypatch):
    monkeypatch.setattr(warehouses, "ibis_package", lambda: None)
    monkeypatch.setattr(warehouses, "WAIT", 0.0)
    return Warehouse("dw", Connection(url="postgres://u:${PW}@db/x", retries=2, timeout=5), {"PW": "hunter2"})


def test_a_lost_connection_is_tried_again(warehouse):
    assert warehouse._tried(KPI, Flaky(OperationalError("gone"), 2)) == "answer"
    with pytest.raises(Refused, match="^dw, REV: gone$"):
        warehouse._tried(KPI, Flaky(OperationalError("gone"), 3))


def test_who_does_not_get_in_is_not_tried_again_for_every_kpi(warehouse, monkeypatch):
    """A hundred KPIs would wait a hundred times, and a wrong password tried so often locks an account."""
    refused = Flaky(OperationalError("password authentication failed"), 9)
    monkeypatch.setattr(warehouses, "opened", lambda *_: refused())
    for kpi in (KPI, KPI.model_copy(update={"kpi": "COST"})):
        with pytest.raises(Refused, match=f"^dw, {kpi.kpi}: password authentication failed$"):
            warehouse.ask(kpi, None, date(2026, 1, 1))
    assert refused.left == 8


def test_an_engine_that_answered_is_asked_for_the_other_kpis(warehouse, monkeypatch):
    monkeypatch.setattr(
        warehouses, "opened", lambda *_: SimpleNamespace(counts_nearly=False, table=broken, answer=None)
    )
    for reason in ("no such column", "no such table"):
        broken.error = ValueError(reason)
        with pytest.raises(Refused, match=f"^dw, REV: {reason}$"):
            warehouse.ask(KPI, None, date(2026, 1, 1))


def broken(name):
    raise broken.error


@pytest.mark.parametrize("error", [ValueError("bad column"), OperationalError("password authentication failed")])
def test_what_would_fail_again_is_not(warehouse, error):
    work = Flaky(error, 1)
    with pytest.raises(Refused, match=f"^dw, REV: {error}$"):
        warehouse._tried(KPI, work)
    assert work.left == 0


def test_an_error_is_told_without_its_secrets(warehouse):
    with pytest.raises(Refused, match=r"^dw, REV: cannot reach \*\*\* with \*\*\*$"):
        warehouse._tried(KPI, Flaky(ValueError("cannot reach postgres://u:hunter2@db/x with hunter2\nmore"), 1))


def test_a_question_that_the_engine_stopped_is_told_as_one_that_we_stopped(warehouse):
    """Which clock is quicker is chance."""
    stopped = OperationalError("canceling statement due to statement timeout")
    with pytest.raises(Refused, match="^dw, REV: no answer within 5 seconds; raise its timeout"):
        warehouse._tried(KPI, Flaky(stopped, 1))


def test_a_question_without_an_answer_ends(warehouse):
    warehouse.connection = warehouse.connection.model_copy(update={"timeout": 0.05})
    import threading

    never = threading.Event()
    warehouse._engine = SimpleNamespace(stop=lambda: None, close=lambda: None)
    with pytest.raises(Refused, match="^dw, REV: no answer within 0 seconds; raise its timeout"):
        warehouse._tried(KPI, lambda: never.wait(3))
    for kpi in (KPI, KPI.model_copy(update={"kpi": "COST"})):  # closed by now; the second one does not wait
        with pytest.raises(Refused, match=f"^dw, {kpi.kpi}: the connection did not open within 0 seconds; raise its"):
            warehouse._tried(kpi, lambda: never.wait(3))
    never.set()


def test_without_the_packages_it_says_which(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ibis", None)
    with pytest.raises(Refused, match="pip install -r requirements-warehouse.txt"):
        Warehouse("lake", Connection(url="parquet:/tmp"), {}).ask(KPI, None, date(2026, 1, 1))


def test_distinct_values_are_not_counted_nearly(warehouse):
    warehouse._engine = SimpleNamespace(counts_nearly=True)
    distinct = KPI.model_copy(update={"value": Measure(count_distinct="customer")})
    with pytest.raises(Refused, match="^dw, REV: this engine counts distinct values only nearly"):
        warehouse.ask(distinct, None, date(2026, 1, 1))
