"""The Upload page over a real store: what the reading code answers is what the page shows."""

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from models.kpi import Kpi
from pages import upload
from tests.pages.test_every_page import run
from tests.pages.test_upload_page import button
from workspace import Workspace

FIRST = b"kpi,period,value\norders,2026-01-01,5\norders,2026-02-01,6\n"
CORRECTED = b"kpi,period,value\norders,2026-01-01,5\norders,2026-02-01,9\norders,2026-03-01,7\n"
TWO_READINGS = b"kpi;period;value\norders;2026-04-01;1.234\norders;2026-05-01;2.345\n"


@pytest.fixture
def store(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "needle.duckdb", who="ada", now=lambda: datetime(2026, 6, 1, 9))


def dropped(store: Workspace, data: bytes, *, create: bool = False) -> AppTest:
    app = run(upload, store, {})
    app.file_uploader[0].upload("orders.csv", data, "text/csv")
    app.run()
    return app.checkbox[0].check().run() if create else app


def counts(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def stores(app: AppTest) -> list[str]:
    return [b.label for b in app.button if b.label.startswith("Store")]


def loaded(store: Workspace, data: bytes) -> AppTest:
    return button(dropped(store, data, create=True), "Store 2 values").click().run()


def test_an_unknown_kpi_stops_the_file_until_it_may_be_created(store: Workspace) -> None:
    app = dropped(store, FIRST)
    assert [box.label for box in app.checkbox] == ["Create 1 KPI that is not known yet"]
    assert not stores(app)
    app.checkbox[0].check().run()
    assert counts(app) == {"New": "2", "Restated": "0", "Rejected": "0"}
    assert store.loads().empty
    button(app, "Store 2 values").click().run()
    assert list(store.series("orders")["value"]) == [5.0, 6.0]


def test_a_file_is_read_once_to_be_shown_and_stored(store: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    store.define_kpis([Kpi(id="orders", cadence="month")])
    app = dropped(store, FIRST)
    monkeypatch.setattr("data.loading.read_untrusted", None)
    button(app, "Store 2 values").click().run()
    assert list(store.series("orders")["value"]) == [5.0, 6.0]


def test_a_corrected_file_shows_old_and_new_and_undo_brings_the_old_back(store: Workspace) -> None:
    loaded(store, FIRST)
    app = dropped(store, CORRECTED)
    assert counts(app) == {"New": "1", "Restated": "1", "Unchanged": "1", "Rejected": "0"}
    shown = app.dataframe[0].value[["kpi", "old", "new", "change"]].to_dict("records")
    assert shown == [{"kpi": "orders", "old": 6.0, "new": 9.0, "change": 50.0}]
    app = button(app, "Store 2 values").click().run()
    assert list(store.series("orders")["value"]) == [5.0, 9.0, 7.0]
    button(app, "Undo this load").click().run()
    assert list(store.series("orders")["value"]) == [5.0, 6.0]


def test_the_same_bytes_again_are_recognised(store: Workspace) -> None:
    loaded(store, FIRST)
    app = dropped(store, FIRST)
    assert app.info[0].value == "These very bytes were loaded before, as load 1."
    assert not stores(app)


def test_a_bad_row_is_named_with_its_line_and_reason(store: Workspace) -> None:
    loaded(store, FIRST)
    app = dropped(store, CORRECTED.replace(b",7\n", b",seven\n"))
    assert app.error[0].value.startswith("Read as ")
    rejected = app.dataframe[0].value.to_dict("records")
    assert [(row["row"], row["column"], row["value"]) for row in rejected] == [(4, "value", "seven")]
    assert not stores(app)
    app.checkbox[0].check().run()
    button(app, "Store 1 value").click().run()
    assert list(store.series("orders")["value"]) == [5.0, 9.0]


def test_a_file_with_two_readings_asks_and_the_answer_is_taken(store: Workspace) -> None:
    loaded(store, FIRST)
    app = dropped(store, TWO_READINGS)
    assert "in more than one way" in app.warning[0].value
    assert len(app.metric) == 0
    assert app.radio[0].options == ["decimal comma", "decimal point"]
    app.radio[0].set_value("decimal comma").run()
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert "You said: decimal: ," in said
    assert any(
        text.startswith(":material/warning: orders for 2026-04 is 1234 after 6, more than 10 times up or down")
        for text in said
    )
    assert counts(app)["New"] == "2"
    button(app, "Store 2 values").click().run()
    assert list(store.series("orders")["value"])[-2:] == [1234.0, 2345.0]


def test_real_faults_are_not_hidden_among_unknown_names(store: Workspace) -> None:
    app = dropped(store, FIRST.replace(b"02-01,6", b"02-01,six"))
    faults, unnamed = (frame.value for frame in app.dataframe[:2])
    assert [(row["row"], row["value"]) for row in faults.to_dict("records")] == [(3, "six")]
    assert faults["reason"].iloc[0].startswith("'six' is not a")
    assert set(unnamed["row"]) <= {2, 3}
    assert not unnamed["reason"].str.startswith("line").any()
