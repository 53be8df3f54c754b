"""What happens on the pages that learn: writing, two writers at once, deciding, answering, reading answers."""

import json
from datetime import date
from typing import Any

from pages import lessons, owner, retrospective, survey
from pages.parts.downloads import as_csv
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import run

TEAM = View(team="app")


def blocks(app: Any) -> list[dict]:
    found = []
    for element in app.get("bidi_component"):
        found += json.loads(element.proto.mixed.json or element.proto.json)["blocks"]
    return found


def press(app: Any, label: str) -> Any:
    return next(button for button in app.button if button.label == label).click().run()


def test_the_four_questions_stand_beside_their_key_results() -> None:
    app = run(retrospective, FakeWorkspace(), {}, TEAM)
    assert len(app.exception) == 0
    assert [header.value for header in app.header][:4] == [
        "1. Did we reach our goals?",
        "2. What helped, or what stood in the way?",
        "3. What would we change in a goal that we fully reached?",
        "4. What did we learn for the next cycle?",
    ]
    strip, goals, why, change = blocks(app)[:4]
    assert strip["kind"] == "strip"
    assert [row["id"] for row in goals["rows"]] == ["kr0", "kr1", "kr2", "kr3", "kr4"]
    assert [entry["badge"]["word"] for entry in why["entries"]] == ["Real win", "Moved anyway", "Backfired", "Vanity"]
    assert [entry["badge"]["word"] for entry in change["entries"]] == ["Vanity", "Backfired", "Unproven", "Real win"]


def test_answers_are_saved_and_open_to_be_read() -> None:
    workspace = FakeWorkspace()
    app = run(retrospective, workspace, {}, TEAM)
    app.text_area[0].set_value("Half of them.").run()
    app = press(app, "Save the retrospective")
    assert workspace.calls == [
        ("save_retrospective", "2026-Q3", "app", {"goals": "Half of them.", "why": "", "change": "", "learned": ""})
    ]
    again = run(retrospective, workspace, {}, TEAM)
    assert len(again.text_area) == 0
    assert [text.value for text in again.markdown][:2] == [r"Two of five\.", r"The rest was late\."]


def test_two_writers_see_both_texts_and_lose_none() -> None:
    workspace = FakeWorkspace()
    app = run(retrospective, workspace, {}, TEAM)
    app.text_area[0].set_value("Mine.").run()
    workspace.version = 1  # another saved in the meantime
    app = press(app, "Save the retrospective")
    assert workspace.calls == []
    assert "Mine." in [code.value for code in app.code]
    assert "Two of five.\nThe rest was late." in [code.value for code in app.code]
    app = press(app, "I have read both")
    press(app, "Save the retrospective")
    assert [call[3]["goals"] for call in workspace.calls] == ["Mine."]


def test_a_past_day_is_read_only() -> None:
    app = run(retrospective, FakeWorkspace(version=1), {}, View(team="app", as_of=date(2026, 10, 5)))
    assert (len(app.text_area), len(app.button)) == (0, 0)


def test_keep_change_drop_and_carry_over() -> None:
    workspace = FakeWorkspace()
    app = run(retrospective, workspace, {}, TEAM)
    app.session_state["retro_wanted"] = "carry"
    app.run()
    assert [field.label for field in app.number_input] == ["New target"]
    press(app, "Save the decisions")
    assert workspace.calls[-1] == ("decide", {"kr1": {"decision": "change", "target": 60.0, "note": ""}})
    said = [caption.value for caption in app.caption]
    assert r"✓ carried over as kr0\-2026\-Q4" in said
    assert [text for text in said if text.startswith("Decided")] == [
        r"Decided by ann on 6 Oct 2026\. Carried over by bo on 8 Oct 2026\.", r"Decided by ann on 7 Oct 2026\.",
    ]  # fmt: skip
    press(app, "Carry 1 key result over")
    assert workspace.calls[-1] == ("carry_over", "2026-Q3", "app")


def test_what_was_decided_is_read_and_printed_with_who_decided() -> None:
    app = run(retrospective, FakeWorkspace(version=1), {}, TEAM)
    assert app.header[-1].value == "What was decided"
    table = blocks(app)[-1]
    assert [column["title"] for column in table["columns"]] == ["Key result", "Decision", "By whom"]
    assert [row["cells"][1:] for row in table["rows"]] == [
        [{"text": "Keep", "meta": "✓ carried over as kr0-2026-Q4"},
         "Decided by ann on 6 Oct 2026. Carried over by bo on 8 Oct 2026."],
        [{"text": "Change", "meta": "new target 60\u00a0%"}, "Decided by ann on 7 Oct 2026."],
    ]  # fmt: skip
    past = run(retrospective, FakeWorkspace(version=1), {}, View(team="app", as_of=date(2026, 10, 5)))
    assert "What was decided" not in [header.value for header in past.header]


def test_the_overview_says_who_has_looked_back() -> None:
    app = run(retrospective, FakeWorkspace(version=1), {})
    assert app.markdown[0].value == "1 of 2 teams have looked back."
    [table] = blocks(app)
    assert [row["cells"][2] for row in table["rows"]] == ["✓ 1 of 4 questions", "○ not yet"]
    assert table["rows"][0]["cells"][0]["open"] == {"page": "retrospective", "params": {"team": "App team"}}


def test_a_lesson_is_written_down() -> None:
    workspace = FakeWorkspace()
    app = run(lessons, workspace, {})
    app.text_area[0].set_value("Ask first.")
    app.text_input[0].set_value("people, hiring ,")
    press(app, "Keep the lesson")
    assert workspace.calls == [("add_lesson", "Ask first.", [], ["people", "hiring"])]
    app = press(run(lessons, workspace, {}), "Keep the lesson")
    assert len(app.error) == 1


def test_lessons_are_searched() -> None:
    app = run(lessons, FakeWorkspace(learned=2), {"words": "nothing"})
    assert "No lesson fits. Take a filter away to see more." in [text.value for text in app.markdown]


def test_a_survey_is_answered_once() -> None:
    workspace = FakeWorkspace()
    app = run(survey, workspace, {"id": "open"})
    app = press(app, "Send")
    assert [error.value for error in app.error] == [r"nothing was sent\: no question was answered\."]
    app.text_area[0].set_value("More time.")
    app = press(app, "Send")
    assert workspace.calls == [("answer_survey", "open", {5: "More time."})]
    assert [said.value for said in app.success] == ["Thank you. Your answers were kept without your name."]
    assert len(app.button) == 0


def test_results_are_bars_with_their_numbers_and_plain_texts() -> None:
    app = run(survey, FakeWorkspace(), {"id": "open", "show": "results"})
    first, second = blocks(app)
    assert [row["cells"] for row in first["rows"]][3:] == [
        ["4", {"share": 0.25}, "1", "25 %", "33 %"], ["5 fully", {"share": 0.25}, "1", "25 %", "0.0 %"],
    ]  # fmt: skip
    assert [row["cells"][2] for row in second["rows"]] == ["3", "1"]
    assert r"Fewer goals\." in [text.value for text in app.markdown]


def test_the_download_of_results_runs_no_formula() -> None:
    text = as_csv(survey.as_frame(FakeWorkspace().survey_results("open"))).decode("utf-8-sig")
    assert "'=1+1 Fewer goals." in text
    assert "I knew what our goals were and why they mattered.,scale,4,5,1,0" in text


def test_a_survey_is_made_from_the_usual_questions() -> None:
    workspace = FakeWorkspace()
    press(run(survey, workspace, {}), "Make the survey")
    assert workspace.calls == [("create_survey", "How was 2026-Q3?", 6)]


def test_an_owner_is_chosen_by_the_alphabet_and_ranked_nowhere() -> None:
    app = run(owner, FakeWorkspace(), {"owner": "Ada"})
    assert app.selectbox[0].options == ["Ada", "Bo"]
    assert app.markdown[0].value == (
        r"**5 of 10 key results passed\. 2 moved their KPI\. 2 passed while their KPI did not get better\. "
        r"1 is not counted\: unproven, unlinked or too early\.**"
    )


def test_forecasts_are_worked_out_when_asked() -> None:
    app = run(owner, FakeWorkspace(), {"owner": "Ada"})
    assert len(blocks(app)) == 2
    app = press(app, "Work it out")
    foretold = blocks(app)[2]["rows"]
    assert [row["cells"][1:] for row in foretold] == [["50", "48 to 52", "51", "below 1 %", "✓ passed"]]
    assert "1 of 1 ended within the 95\u00a0% that was foretold\\." in [text.value for text in app.markdown]
