"""What is folded away is not drawn until it is opened, and is whole then; what is left out is counted."""

from types import SimpleNamespace
from typing import Any

import pytest

from models.kpi import Kpi
from pages import audit, kpi_tree, lessons, story, trends
from pages.parts import kpi_pick, tree_form
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run


def opened(page: Any, box: str, **made: Any) -> Any:
    app = run(page, FakeWorkspace(**made), {})
    app.session_state[box] = True
    app.run()
    assert [error.value for error in app.exception] == []
    return app


def test_the_hash_of_the_last_write() -> None:
    assert len(run(audit, FakeWorkspace(), {}).code) == 0
    assert len(opened(audit, "audit_prove").code) == 1


def test_the_form_that_draws_the_tree_and_the_file_that_says_it() -> None:
    app = opened(kpi_tree, "tree anew")
    assert (len(app.multiselect), app.selectbox(key="draw").value) == (3, app.selectbox(key="tree output").value)
    assert "made_of" in opened(kpi_tree, "tree example", tree=False).code[0].value


def test_of_thousands_of_kpis_a_box_offers_what_is_searched_and_what_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    kpis = {f"k{at}": Kpi(id=f"k{at}") for at in range(kpi_pick.ALL_OF_THEM + 1)}
    kpis["k200"] = Kpi.model_validate({"id": "k200", "made_of": {"how": "sum", "of": ["k190", "k191"]}})
    held = {"by k200": ["k180"]}
    monkeypatch.setattr(tree_form, "st", SimpleNamespace(session_state=held))
    monkeypatch.setattr(kpi_pick, "st", SimpleNamespace(text_input=lambda *a, **k: ""))
    assert tree_form._offered(kpis, "k200")[:5] == ["k200", "k190", "k191", "k180", "k0"]
    assert len(tree_form._offered(kpis, "k200")) == kpi_pick.OFFERED + 4
    assert tree_form._offered(dict(list(kpis.items())[:5]), "k3") == ["k0", "k1", "k2", "k3", "k4"]


def test_a_story_opens_some_teams_at_a_time_and_says_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "TEAMS_SHOWN", 1)
    app = run(story, FakeWorkspace(), {})
    assert (len(app.get("pagination")), len(app.get("expander"))) == (1, 1)
    said = r"2 teams, 1 at a time\. Choose one in the filters to read it alone\."
    assert said in [caption.value for caption in app.caption]


def test_a_lesson_keeps_its_kpis_and_leaves_fresh_fields() -> None:
    workspace = FakeWorkspace()
    app = run(lessons, workspace, {})
    app.text_area[0].set_value("Ask first.")
    app.multiselect[0].set_value(["k0"])
    next(button for button in app.button if button.label == "Keep the lesson").click().run()
    assert workspace.calls == [("add_lesson", "Ask first.", ["k0"], [])]
    assert (app.text_area[0].value, app.multiselect[0].value) == ("", [])


def _titles(app: Any, key: str) -> list[str]:
    sheets = [sheet for sheet in app.get("bidi_component") if sheet.proto.id.endswith(key)]
    return [row["cells"][0]["text"] for sheet in sheets for row in _blocks(sheet)[0]["rows"]]


def test_a_review_shows_what_signals_and_folds_what_is_routine(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = [
        "Net promoter score",
        "Daily actives",
        "Staff turnover",
        "Repeat purchases",
    ]  # the last misses its target
    first, whole = run(trends, FakeWorkspace(), {}), opened(trends, "review_calm")
    assert [box.label for box in first.expander] == ["6 KPIs that signal nothing"]
    assert (_titles(first, "review_table"), _titles(first, "calm_table")) == (signals, [])
    assert (_titles(whole, "review_table"), len(_titles(whole, "calm_table"))) == (signals, 6)
    for asked, count in (({"order": "Name"}, 10), ({"find": "Daily"}, 1)):  # as the reader wants them: none is folded
        app = run(trends, FakeWorkspace(), asked)
        assert (len(_titles(app, "review_table")), len(app.expander)) == (count, 0)
    monkeypatch.setattr(trends, "needs_a_look", lambda rows: rows["kpi"] == "")
    app = run(trends, FakeWorkspace(), {})
    assert (len(_titles(app, "review_table")), len(app.expander)) == (10, 0)
