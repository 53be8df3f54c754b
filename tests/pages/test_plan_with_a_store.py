"""The Plan and Hints pages on a real store: what is written on screen is kept, and nobody overwrites anybody."""

from datetime import datetime

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages import hints, plan
from pages.parts.view import View
from tests.data.test_planning import OKRS
from tests.pages.test_every_page import run
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
    app.file_uploader[0].upload("goals.csv", table.encode(), "text/csv")
    app.run()
    assert [error.value for error in app.exception] == []
    shown = app.dataframe[0].value
    assert shown.values.tolist() == [
        [2, "＋ new", "objective", "Rest at night", ""], [2, "＋ new", "key result", "Calls at night fall", ""],
    ]  # fmt: skip
    press(app, "Import")
    planned = ann.planned("rest-at-night")
    assert (planned.objective.draft, planned.rows[0].target) == (True, 10.0)
    app.run()
    assert [row[1] for row in app.dataframe[0].value.values.tolist()] == ["= unchanged", "= unchanged"]


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
