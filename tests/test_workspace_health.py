"""Data health asked of a real store: loads, a load taken back, a refusal, as of a day; sources and their history."""

from datetime import date, datetime, timedelta

import pytest

from models.refused import Refused
from models.source import Source
from workspace import LoadOptions, Workspace

FIRST = b"kpi,period,value\norders,2026-01-01,5\norders,2026-02-01,6\n"
SECOND = b"kpi,period,value\norders,2026-02-01,9\norders,2026-03-01,7\n"


@pytest.fixture
def store(tmp_path) -> Workspace:
    clock = iter(datetime(2026, 4, 1) + timedelta(days=n) for n in range(1000))
    last = [datetime(2026, 4, 1)]

    def now() -> datetime:
        return last[0]

    made = Workspace(tmp_path / "needle.duckdb", who="ada", now=now)
    made.tomorrow = lambda: last.__setitem__(0, next(clock))  # type: ignore[attr-defined]
    return made


def load(store: Workspace, name: str, data: bytes, **options) -> int | None:
    store.tomorrow()  # type: ignore[attr-defined]
    return store.load(name, data, LoadOptions(create_kpis=True, trusted=True, **options)).load_id


def orders(store: Workspace, as_of: date | None = None) -> dict:
    return store.health(as_of).kpis.set_index("id").loc["orders"].to_dict()


def test_restated_taken_back_and_as_of(store: Workspace) -> None:
    first, second = load(store, "shop.csv", FIRST), load(store, "shop.csv", SECOND)
    found = orders(store)
    assert (found["state"], found["restated"], found["restated_by"], found["load_id"]) == ("fresh", 1, second, second)
    assert (orders(store, date(2026, 4, 1))["restated"], orders(store, date(2026, 4, 1))["load_id"]) == (0, first)
    store.tomorrow()  # type: ignore[attr-defined]
    store.undo(second)
    assert (orders(store)["restated"], orders(store)["load_id"]) == (0, first)
    assert list(store.health().quality["load_id"]) == [first]
    assert list(store.health(date(2026, 4, 2)).quality["load_id"]) == [first, second]


def test_a_confirming_load_counts_as_the_last(store: Workspace) -> None:
    load(store, "shop.csv", FIRST)
    again = load(store, "shop.csv", FIRST.replace(b"\n", b"\r\n"))
    assert orders(store)["load_id"] == again


def test_a_refused_load_is_told_at_once(store: Workspace) -> None:
    load(store, "shop.csv", FIRST)
    refused = load(store, "shop.csv", FIRST.replace(b",6", b",six"))
    health = store.health()
    assert health.headline == "The last load of shop was refused."
    assert health.sources["load_id"].tolist() == [refused]
    assert orders(store)["failing"] == f"Load {refused} of its source was refused."


def test_expectations_that_fail_are_counted(store: Workspace) -> None:
    store.define_source(Source(id="shop", expectations=store.expectations("rows_at_least: 5\nonly_warn: true")))
    load(store, "shop.csv", FIRST)
    assert store.health().sources[["checks", "failed", "warned"]].values.tolist() == [[18, 0, 1]]


def test_the_history_of_a_source(store: Workspace) -> None:
    for rows in (5, 6):
        store.define_source(Source(id="shop", expectations={"rows_at_least": rows}))
    history = store.source_history("shop")
    assert list(history["recorded_by"]) == ["ada", "ada"]
    assert list(history["body"].str.contains('"rows_at_least": 6')) == [False, True]


def test_expectations_as_yaml_are_judged() -> None:
    assert Workspace.expectations("") == {}
    with pytest.raises(Refused, match="unknown key in the source's expectations: colour"):
        Workspace.expectations("colour: red")
