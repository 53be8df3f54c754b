"""Check-in on screen: what is known of each key result, what is saved, and that a refusal loses nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from models.check_ins import NewAction, Said
from models.okr import KeyResult, Status
from models.refused import Refused
from pages import check_in
from pages.parts import check_in_card, check_in_fold, status_editor
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run


@dataclass
class Typed(FakeWorkspace):
    """The first key result is typed in, as nobody measures it."""

    def scorecard(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> Any:
        card = super().scorecard(cycle, as_of, team)
        if len(card.key_results):
            card.key_results.loc[card.key_results["id"] == "kr0", "measure_kpi"] = None
        return card


def page(view: View | None = None, whole: bool = True):
    """The page, with what is not due opened too unless `whole` is False."""
    workspace = Typed()
    app = run(check_in, workspace, {}, view)
    if whole:
        next(button for button in app.button if button.label == "Open them all").click().run()
    return workspace, app


def at(app, kind: str, key: str):
    return app.get(kind) and next(element for element in app.get(kind) if element.key == f"check-in 0 {key}")


def save(app):
    return next(button for button in app.button if button.label == "Save the round").click().run()


def rounds(workspace) -> list[tuple]:
    return [call for call in workspace.calls if call[0] == "check_in_round"]


def test_a_card_says_what_is_known():
    _, app = page()
    cards = [_blocks(sheet)[0]["rows"][0] for sheet in app.get("bidi_component")]
    first = cards[0]
    assert (first["title"], first["open"]) == ("Key result 0", {"page": "key-result", "params": {"kr": "kr0"}})
    assert first["meta"] == "Ada · last check-in 17 Sep 2026 · ▾ confidence 6, 8 before"
    assert first["sentence"] == "50\u00a0% reported, 44 before; from 40 to 52\u00a0%."
    assert (first["verdict"]["word"], first["verdict"]["icon"]) == ("At risk", "◐")
    assert [(flag["word"], flag["meaning"]) for flag in first["flags"]] == [("Due", "Since 24 Sep 2026")]
    assert [(note["text"], note["tone"]) for note in first["notes"]] == [
        ("Waits for “Key result 5” of People team, needed by 1 Sep 2026: not there yet, 23 days late.", "bad")
    ]
    assert (first["spark"]["caption"], cards[1]["spark"]) == ("46 % reported", None)
    assert cards[1]["sentence"] == "The data says 50\u00a0%, on the way from 40 to 52\u00a0%."
    assert (cards[1]["meta"], cards[1]["verdict"]["word"]) == ("Ada · never checked in", "No status")
    assert (cards[2]["sentence"], cards[4]["sentence"]) == ("1 of 2 stages done.", "Not done yet.")
    assert [field.label for field in app.date_input if "stage" in (field.key or "")] == [
        r"One done · 2 days late".replace("·", "·"), r"Two done · 34 days late",
    ]  # fmt: skip
    assert [caption.value for caption in app.caption][1] == r"1 of 5 key results are due\."


def test_what_is_not_due_is_a_line_until_it_is_opened():
    workspace, app = page(whole=False)
    assert [_blocks(sheet)[0]["rows"][0]["title"] for sheet in app.get("bidi_component")] == ["Key result 0"]
    folds = [box for box in app.expander if box.label != "Add an action"]
    assert [(box.label, len(box.children)) for box in folds] == [
        (f"**Key result {number}** · never checked in", 0) for number in (1, 2, 3, 4)
    ]
    app.session_state["check-in fold 0 kr1"] = True
    app.run()
    assert len(app.get("bidi_component")) == 2
    at(app, "text_input", "kr1 note").set_value("Going well")
    app.session_state["check-in fold 0 kr1"] = False  # what was written counts in a closed line too
    app.run()
    save(app)
    assert rounds(workspace)[0][1] == [Said("kr1", note="Going well")]
    assert len(app.get("bidi_component")) == 1, "after a round the lines are closed again"


def test_a_line_tells_the_status_and_what_blocks():
    workspace, day = Typed(), pd.Timestamp("2026-09-17")
    card = workspace.scorecard().key_results.to_dict("records")[0]
    last = pd.DataFrame(
        {"day": [day], "confidence": [6.0], "confidence_before": [8.0], "blocker": ["No *room*"]}, ["kr0"]
    )
    seen = check_in_card.Around(
        last=last, statuses={"kr0": "at_risk"}, offered=[], status=workspace.company().status, waits=pd.DataFrame(),
        due=pd.Series(), sparks={}, today=date(2026, 9, 24), policy=None,
    )  # fmt: skip
    assert check_in_fold.line(card, KeyResult(id="kr0", kind="yes_no", done="2026-09-01"), seen) == (
        r"**Key result 0** · ◐ At risk · finished · last check\-in 17 Sep 2026 · ▾ confidence 6, 8 before"
        r" · blocked by No \*room\*"
    )


def test_the_last_answers_stand_in_the_fields():
    _, app = page()
    assert at(app, "number_input", "kr0 value").value is None
    assert at(app, "number_input", "kr0 value").placeholder == "46"
    assert (at(app, "number_input", "kr0 confidence").value, at(app, "number_input", "kr0 confidence").placeholder) == (
        None,
        "6",
    )
    assert at(app, "selectbox", "kr0 status").value == "at_risk"
    assert at(app, "text_input", "kr0 blocker").value == "No room"
    assert at(app, "text_input", "kr0 note").value == ""
    assert [field.value for field in app.text_input if field.label == "Value from data"] == ["50 %", "50 %"]
    assert [field.value for field in app.text_input if field.label == "Finished"] == ["100 %"]


def test_one_save_takes_everything_that_was_changed():
    workspace, app = page()
    at(app, "number_input", "kr0 value").set_value(48.0)
    at(app, "number_input", "kr0 confidence").set_value(9)
    at(app, "text_input", "kr0 blocker").set_value("")
    at(app, "selectbox", "kr1 status").set_value("on_track")
    at(app, "text_input", "kr1 note").set_value(" Going well ")
    app.session_state["check-in 0 kr1 action box"] = True
    app.run()
    at(app, "text_input", "kr1 action").set_value("Call them")
    app.session_state["check-in 0 kr1 action box"] = False  # what was written counts in a closed box too
    app.run()
    at(app, "date_input", "kr1 action due").set_value(date(2026, 10, 1))
    at(app, "date_input", "kr2 stage 1").set_value(date(2026, 9, 23))
    at(app, "checkbox", "kr4 done").set_value(True)
    app.date_input(key="check_in_day").set_value(date(2026, 9, 22))
    save(app)
    assert rounds(workspace) == [
        (
            "check_in_round",
            [
                Said("kr0", value=48.0, confidence=9.0, blocker=""),
                Said("kr1", note="Going well", status="on_track",
                     actions=(NewAction("Call them", "Ada", date(2026, 10, 1)),)),
                Said("kr2", stages={1: date(2026, 9, 23)}),
                Said("kr4", done=True),
            ],
            date(2026, 9, 22),
        )
    ]  # fmt: skip
    assert app.success[0].value == r"Saved\: 4 check\-ins for 22 Sep 2026, 1 status, 2 milestones, 1 action\."
    assert app.session_state["check_in_turn"] == 1  # fresh fields
    app.run()
    assert len(app.success) == 0


def test_nothing_changed_saves_nothing_and_says_so():
    workspace, app = page()
    save(app)
    assert rounds(workspace) == []
    assert app.info[0].value == "Nothing was changed, so nothing was saved."


def test_the_others_that_are_due_are_checked_in_unchanged_when_asked():
    workspace, app = page()
    at(app, "text_input", "kr1 note").set_value("A word")
    app.checkbox(key="check_in_others").set_value(True)
    save(app)
    [(_, entries, day)] = rounds(workspace)
    assert (entries[0], [said.key_result for said in entries[1:]]) == (
        Said("kr1", note="A word"), ["kr0"],
    )  # fmt: skip
    assert day == date(2026, 10, 5)


def test_a_refusal_and_a_rerun_lose_nothing():
    workspace, app = page()
    at(app, "text_input", "kr1 note").set_value("refuse")
    at(app, "number_input", "kr0 value").set_value(48.0)
    save(app)
    assert (app.error[0].value, rounds(workspace)) == (r"no\.", [])
    app.run()
    assert at(app, "text_input", "kr1 note").value == "refuse"
    assert at(app, "number_input", "kr0 value").value == 48.0


def test_the_team_of_the_filter_and_a_day_of_the_past():
    _, app = page(View(team="people", as_of=date(2026, 8, 3)), whole=False)
    assert app.title[0].value == r"Check\-in of People team"
    assert app.date_input(key="check_in_day").value == date(2026, 8, 3)


def test_a_big_team_goes_through_its_objectives():
    app = run(check_in, Typed(count=300), {}, View(team="app"))
    assert app.selectbox(key="check_in_objective").options[:2] == ["Objective 0 · 1 due", "Objective 1"]
    assert (len(app.get("bidi_component")), len(app.expander)) == (1, 3)


@pytest.mark.parametrize(
    ("kind", "row", "last", "sentence"),
    [
        ({"kind": "yes_no", "done": "2026-07-02"}, {}, {}, "Done on 2 Jul 2026."),
        ({"kind": "maintain", "band": [1, 2]}, {"progress": 0.75}, {}, "50 % now; in its band 75 % of the time."),
        ({"target": 52}, {"current": float("nan")}, {}, "No value yet."),
        ({"target": 52}, {"measure_kpi": None}, {"value_before": float("nan")}, "50 % reported; from 40 to 52 %."),
    ],
)
def test_what_is_known_in_a_sentence(kind, row, last, sentence):
    whole = {"unit": "%", "current": 50.0, "baseline": 40.0, "target": 52.0, "progress": 0.5, "measure_kpi": "k"} | row
    assert check_in_card.data_sentence(whole, KeyResult(id="k", **kind), last) == sentence


def test_the_table_of_statuses_becomes_definitions():
    table = pd.DataFrame(
        {
            "id": ["green", "over"],
            "name": ["Going", None],
            "icon": ["▸", ""],
            "tone": ["good", None],
            "ended": [None, True],
        }
    )
    assert status_editor.listed(table) == [
        Status(id="green", name="Going", icon="▸", tone="good"), Status(id="over", ended=True),
    ]  # fmt: skip
    with pytest.raises(Refused, match="Status green: Input should be"):
        status_editor.listed(pd.DataFrame({"id": ["green"], "tone": ["purple"]}))


def test_the_statuses_are_edited_in_a_dialog():
    _, app = page()
    next(button for button in app.button if button.label == "Edit the statuses").click().run()
    assert len(app.exception) == 0
    assert "Save the statuses" in [button.label for button in app.button]


def test_the_table_of_statuses_is_saved():
    def script(workspace):  # type: ignore[no-untyped-def]  # its source runs alone
        from pages.parts import status_editor

        status_editor.table(workspace)

    workspace = Typed()
    app = AppTest.from_function(script, default_timeout=20, kwargs={"workspace": workspace}).run()
    app.button[0].click().run()
    [(_, statuses)] = [call for call in workspace.calls if call[0] == "define_statuses"]
    assert [status.id for status in statuses][:3] == ["not_started", "on_track", "at_risk"]
