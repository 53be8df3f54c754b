"""KPIs pulled from a warehouse by a button: what is shown before, and what became of each."""

import json
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from data.gate import NotNow
from data.pulling import Pulled
from pages import upload
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import run

COUNTS = {"accepted_new": 3, "restated": 2, "unchanged": 0, "repeated": 0, "rejected": 0, "absent": 0}


class Warehouses(FakeWorkspace):
    last: dict

    def pulled_until(self, file):
        return {kpi.source: self.last.get(kpi.kpi) for kpi in file.kpis}

    def pull(self, file, *, create_kpis, each):
        self.calls.append(("pull", create_kpis))
        each(Pulled("REV", "dw/REV", "stored", counts=COUNTS, load_id=7))
        each(Pulled("COST", "dw/COST", "failed", message="dw, COST: no answer within 60 seconds."))


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Warehouses:
    kpis = [{"kpi": k, "connection": "dw", "table": "t", "date": "d", "value": {"sum": "x"}} for k in ("REV", "COST")]
    url = "postgres://needle:${DW_PASSWORD}@db.example/sales"
    path = tmp_path / "w.yaml"
    path.write_text(json.dumps({"connections": {"dw": {"url": url}}, "kpis": kpis}), encoding="utf-8")
    monkeypatch.setenv("NEEDLE_WAREHOUSES", str(path))
    made = Warehouses()
    made.last = {"REV": date(2026, 8, 1)}
    return made


def cells(app: AppTest) -> str:
    (table,) = [element for element in app.get("bidi_component") if "Last period here" in str(element.proto)]
    return str(table.proto)


def test_without_a_file_there_is_no_tab() -> None:
    assert [tab.label for tab in run(upload, FakeWorkspace(), {}).tabs] == ["KPI values", "OKRs"]


def test_before_a_pull_it_says_up_to_when_each_kpi_is_here(workspace) -> None:
    app = run(upload, workspace, {"what": "warehouses"})
    assert [tab.label for tab in app.tabs] == ["KPI values", "OKRs", "Warehouses"]
    shown = cells(app)
    assert "nothing yet" in shown
    assert "REV" in shown
    assert "db.example" not in shown
    assert workspace.calls == []


def test_the_button_pulls_and_says_what_became_of_each(workspace) -> None:
    app = run(upload, workspace, {"what": "warehouses"})
    next(box for box in app.checkbox if box.label == "Define KPIs that are not known yet").check()
    next(b for b in app.button if b.label == "Pull what is new").click().run()
    assert workspace.calls == [("pull", True)]
    assert app.warning[0].value == "1 KPI was not stored: the reason stands beside it."
    shown = cells(app)
    for word in ("stored", "failed", "dw, COST: no answer within 60 seconds."):
        assert word in shown


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ([], "Nothing was pulled: the store cannot be reached."),
        (["REV"], "The pull ended after 1 of 2 KPIs: the store cannot be reached."),
    ],
)
def test_a_store_that_is_away_is_said_once(workspace, monkeypatch, before, said) -> None:
    def away(file, *, create_kpis, each):
        for kpi in before:
            each(Pulled(kpi, f"dw/{kpi}", "stored", counts=COUNTS, load_id=7))
        raise NotNow("the store cannot be reached.")

    monkeypatch.setattr(workspace, "pull", away)
    app = run(upload, workspace, {"what": "warehouses"})
    next(b for b in app.button if b.label == "Pull what is new").click().run()
    assert [warning.value.replace("\\", "") for warning in app.warning] == [said]
    shown = cells(app)
    assert ("stored" in shown, "failed" in shown) == (bool(before), False)


def test_a_file_that_cannot_be_used_is_said(workspace, monkeypatch) -> None:
    monkeypatch.setenv("NEEDLE_WAREHOUSES", "/nowhere.yaml")
    app = run(upload, workspace, {"what": "warehouses"})
    assert app.error[0].value.startswith(r"cannot read \/nowhere\.yaml")
