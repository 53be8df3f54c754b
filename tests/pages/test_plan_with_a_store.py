"""The Plan and Hints pages on a real store: what is written on screen is kept, and nobody overwrites anybody."""

from datetime import datetime

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from models.okr import Objective
from models.planned import Edit
from pages import hints, plan
from pages.parts.view import View
from tests.data.test_planning import OKRS
from tests.pages.test_every_page import _blocks, run
from workspace import Workspace

VIEW = View(cycle="2026-Q4")


@pytest.fixture
def ann(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 9, 1, 12))
    workspace.import_okrs("okrs.yaml", OKRS)
    months = pd.date_range("2023-01-01", "2026-08-01", freq="MS")
    rows = pd.DataFrame({"kpi": "dau", "period": months, "value": [100 + at % 7 for at in range(len(months))]})
    workspace.load("v.csv", rows.to_csv(index=False).encode(), workspace.options(trusted=True))
    return workspace


@pytest.fixture
def bo(ann):
    return Workspace(ann.store.path, who="bo", now=lambda: datetime(2026, 9, 1, 12))


def opened(workspace, edit: str) -> AppTest:
    app = run(plan, workspace, {"edit": edit}, VIEW)
    assert [error.value for error in app.exception] == []
    return app


def labelled(elements, label: str):
    return next(element for element in elements if element.label == label)


def press(app: AppTest, label: str) -> AppTest:
    labelled(app.button, label).click()
    app.run()
    assert [error.value for error in app.exception] == []
    return app


def test_an_objective_and_its_key_result_are_written_on_screen(ann):
    app = opened(ann, "new-objective")
    app.text_input[0].set_value("People come back")
    labelled(app.selectbox, "Whose").set_value("app")
    app.run()
    press(app, "Save the draft")
    draft = next(planned for planned in ann.plan("2026-Q4") if planned.objective.draft)
    assert (draft.objective.id, draft.objective.team) == ("people-come-back-2026-q4", "app")
    assert app.query_params["edit"] == "new-key-result/people-come-back-2026-q4"
    app.text_input[0].set_value("More users")
    labelled(app.selectbox, "The value is read from").set_value("dau")
    app.run()
    assert labelled(app.selectbox, "It is meant to move").value == "dau"
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert "Just before the cycle it reads 101 users." in said
    labelled(app.number_input, "Target").set_value(120.0)
    app.run()
    assert {metric.label for metric in app.metric} == {
        "By doing nothing", "If the best past window repeats", "Change that shows",
    }  # fmt: skip
    press(app, "Save")
    kr = ann.planned("people-come-back-2026-q4").rows[0]
    assert (kr.kpi, kr.target, kr.baseline, kr.kind) == ("dau", 120.0, "auto", "increase")
    assert "edit" not in app.query_params


def test_a_key_result_changed_meanwhile_is_shown_and_settled(ann, bo):
    app = opened(ann, "key_result/calm")
    _, kr, stamp = bo.planned_key_result("calm")
    bo.save_key_result(kr.model_copy(update={"target": 4.0}), stamp.version)
    labelled(app.text_input, "Owner").set_value("Ada")
    app.run()
    press(app, "Save")
    assert ann.planned_key_result("calm")[1].target == 4.0
    said = " ".join(element.value for element in app.markdown)
    assert "bo changed this on 1 Sep 2026" in said.replace("\\", "")
    press(app, "Save both changes")
    _, kr, stamp = ann.planned_key_result("calm")
    assert (kr.target, kr.owner, stamp.version, stamp.by) == (4.0, "Ada", 3, "ann")


def test_two_targets_for_one_key_result_want_a_decision(ann, bo):
    app = opened(ann, "key_result/calm")
    _, kr, stamp = bo.planned_key_result("calm")
    bo.save_key_result(kr.model_copy(update={"target": 4.0}), stamp.version)
    labelled(app.number_input, "Target").set_value(3.0)
    app.run()
    press(app, "Save")
    assert "Save both changes" not in {button.label for button in app.button}
    press(app, "Save mine over it")
    assert ann.planned_key_result("calm")[1].target == 3.0


def test_a_draft_is_talked_about_and_published(ann):
    draft = Objective(id="d", title="Idea", team="app", cycle="2026-Q4", draft=True)
    ann.save_many([Edit("objective", "d", draft, 0)])
    app = run(plan, ann, {}, VIEW)
    app.text_area[0].set_value("Is this enough?")
    press(app, "Comment")
    assert [(r.made_by, r.body["text"]) for r in ann.comments("objective/d")] == [("ann", "Is this enough?")]
    press(app, "Publish")
    assert ann.planned("d").published.by == "ann"
    assert "Publish" not in {button.label for button in app.button}


def test_a_template_becomes_a_draft(ann):
    app = run(plan, ann, {"show": "templates"}, VIEW)
    labelled(app.selectbox, "Whose").set_value("app")
    app.run()
    press(app, "Make a draft of it")
    draft = next(planned for planned in ann.plan("2026-Q4") if planned.objective.draft)
    assert [(kr.title, [(link.kpi, link.role) for link in kr.links]) for kr in draft.rows] == [
        ("Daily active users rise", [("dau", "measure"), ("dau", "outcome"), ("crashes", "guardrail")])
    ]


def test_a_table_of_another_tool_is_previewed_and_imported(ann):
    app = run(plan, ann, {"show": "import"}, VIEW)
    table = (
        "Goal,Key result,Owner,Team,Quarter,KPI,Baseline,Target,Current\n"
        "Rest at night,Calls at night fall,Eva,app,Q4 2026,,40,10,31\n"
    )
    app.file_uploader[0].upload("goals.csv", table.encode(), "text/csv")
    app.run()
    assert [error.value for error in app.exception] == []
    rows = _blocks(app.get("bidi_component")[0])[0]["rows"]
    assert [(row["cells"][0]["word"], *row["cells"][1].values(), row["cells"][2]) for row in rows] == [
        ("new", "Rest at night", "objective", "2"), ("new", "Calls at night fall", "key result", "2"),
    ]  # fmt: skip
    press(app, "Import")
    planned = ann.planned("rest-at-night")
    assert (planned.objective.draft, planned.rows[0].target) == (True, 10.0)
    assert app.success[0].value.replace("\\", "") == "goals.csv: 2 changes imported, 1 check-in."
    again = run(plan, ann, {"show": "import"}, VIEW)
    again.file_uploader[0].upload("goals.csv", table.encode(), "text/csv")
    again.run()
    rows = _blocks(again.get("bidi_component")[0])[0]["rows"]
    assert [row["cells"][0]["word"] for row in rows] == ["unchanged", "unchanged"]
    assert labelled(again.button, "Import").disabled


def test_after_a_file_its_objectives_are_a_click_away(ann):
    app = run(plan, ann, {"show": "import"}, VIEW)
    app.file_uploader[0].upload("goals.csv", b"Goal,Key result,Team,Quarter\nRest,Sleep,app,Q4 2026\n", "text/csv")
    app.run()
    press(app, "Import")
    press(app, "See the objectives")
    assert "Rest" in " ".join(heading.value for heading in app.header)
    assert app.success == []


def test_problems_of_a_file_name_the_line(ann):
    app = run(plan, ann, {"show": "import"}, VIEW)
    app.file_uploader[0].upload("goals.csv", b"Goal,Key result,Target,Baseline\nA,b,5,5\n", "text/csv")
    app.run()
    assert app.dataframe[0].value.iloc[0, 0] == 2
    assert "Import" not in {button.label for button in app.button}


def test_hints_are_filtered_and_targets_checked_on_demand(ann):
    app = run(hints, ann, {}, VIEW)
    assert app.title[0].value == f"{len(ann.hints('2026-Q4'))} hints"
    waiting = ann.unchecked_plans("2026-Q4")
    assert waiting == 3
    press(app, "Check 3 targets against their KPIs' past")
    assert ann.unchecked_plans("2026-Q4") == 0
    assert "Check" not in " ".join(button.label for button in app.button)
    assert {hint.code for hint in ann.hints("2026-Q4")} & {"by_luck", "out_of_reach", "too_small_to_see"}
