"""The quarterly review on screen: what a closed cycle says, closing it, groups, edited targets, files, links."""

import json
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages import key_result, scorecard, then_and_now, truth_gap
from pages.parts import amounts
from pages.parts.view import View
from tests.pages.fake_workspace import HOSTILE, FakeWorkspace
from tests.pages.test_every_page import run


def blocks(app: AppTest, key: str) -> list[dict[str, Any]]:
    """What the sheet with this key holds."""
    found = next(sheet for sheet in app.get("bidi_component") if sheet.proto.id.endswith(key))
    return json.loads(found.proto.mixed.json or found.proto.json)["blocks"]


def texts(app: AppTest) -> list[str]:
    return [element.value for element in (*app.caption, *app.markdown)]


def test_the_first_thing_seen_is_claimed_against_verified() -> None:
    lead, strip = blocks(run(scorecard, FakeWorkspace(), {}), "strip")
    assert lead["sentence"] == "5 wins claimed, 2 verified: 2 did not hold, 1 cannot be told."
    assert [(fact["name"], fact["value"], fact["beside"]) for fact in lead["facts"]] == [
        ("Claimed wins", "5", "passed their target"),
        ("Verified wins", "2", "and the KPI got better"),
        ("Did not hold", "2", "vanity or backfired"),
        ("Cannot be told", "1", "unproven, unlinked, too early"),
        ("Verified share", "50 %", "of 4 wins that could be judged"),
    ]
    assert strip["kind"] == "strip"


def test_late_data_is_named() -> None:
    assert any(
        text.replace("\\", "").endswith("Late: Net promoter score.")
        for text in texts(run(scorecard, FakeWorkspace(), {}))
    )


def test_a_closed_cycle_shows_what_was_agreed_and_what_would_differ() -> None:
    app = run(scorecard, FakeWorkspace(closed=True), {})
    said = "Closed on 10 Oct 2026 by Ann (data version 35). Since then the data has changed: 1 verdict would differ."
    assert said in [text.replace("\\", "") for text in texts(app)]
    (table,) = blocks(app, "would_differ")
    title, before, after = table["rows"][0]["cells"]
    assert (title, before["word"], after["word"]) == ("Key result 1", "Real win", "Vanity")
    assert after["meta"] == "Sentence 1."
    assert sum(part["count"] for part in blocks(app, "strip")[1]["parts"] if part["code"] == "real_win") == 3
    now = run(scorecard, FakeWorkspace(closed=True), {"stands": "As known now"})
    assert sum(part["count"] for part in blocks(now, "strip")[1]["parts"] if part["code"] == "real_win") == 2


def closing_form(workspace: FakeWorkspace) -> AppTest:
    """The form of the dialog alone: a dialog reruns apart from its page, which a page under test cannot do."""

    def script(workspace):  # type: ignore[no-untyped-def]  # its source runs alone
        from pages.parts import closed

        closed.form(workspace, workspace.scorecard(), workspace.closing("2026-Q3"))

    return AppTest.from_function(script, kwargs={"workspace": workspace}).run()


def test_closing_a_cycle_asks_first_and_keeps_the_note() -> None:
    workspace = FakeWorkspace()
    page = run(scorecard, workspace, {})
    page.button(key="close_cycle").click().run()
    assert (workspace.calls, page.button(key="close_confirmed").label) == ([], "Close and keep")
    app = closing_form(workspace)
    app.text_area(key="close_note").input("All agreed")
    app.button(key="close_confirmed").click().run()
    assert workspace.calls == [("close_cycle", "2026-Q3", "All agreed", date(2026, 10, 5), "")]
    assert len(app.exception) == 0


def test_closing_again_without_a_reason_is_refused_in_place() -> None:
    app = closing_form(FakeWorkspace(closed=True))
    app.button(key="close_confirmed").click().run()
    assert [error.value.replace("\\", "") for error in app.error] == ["give a reason to close it again."]
    app.text_input(key="close_reason").input("Corrected")
    app.button(key="close_confirmed").click().run()
    assert len(app.error) == 0


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("Objective", ["Objective 0", "Objective 1", "Objective 2", "Objective 3"]),
        ("Verdict", ["▲ Real win", "◇ Vanity", "▼ Backfired", "? Unproven", "△ Moved anyway", "○ Honest miss",
                     "▽ Setback", "∅ Unlinked", "◷ Too early"]),
        ("Team", ["App team", "People team"]),
    ],
)  # fmt: skip
def test_the_groups(by: str, groups: list[str]) -> None:
    found = blocks(run(scorecard, FakeWorkspace(), {"by": by}), "objectives")
    assert [group["title"] for group in found] == groups
    assert sum(len(group["rows"]) for group in found) == 10


def test_teams_say_what_they_claim_and_what_is_verified() -> None:
    found = blocks(run(scorecard, FakeWorkspace(), {"by": "Team"}), "objectives")
    assert [group["meta"] for group in found] == ["4 claimed, 1 verified", "1 claimed, 1 verified"]


def test_rows_say_what_changed() -> None:
    row = blocks(run(scorecard, FakeWorkspace(), {}), "talk")[0]["rows"][0]
    assert row["notes"][-1] == {"text": "Q2 2026: Vanity on the same KPI.", "tone": "neutral"}


def test_in_a_big_company_what_changed_is_looked_up_when_asked() -> None:
    quiet, asked = (run(scorecard, FakeWorkspace(count=200), url) for url in ({}, {"changes": "true"}))
    assert blocks(quiet, "talk")[0]["rows"][0]["notes"] == []
    assert len(blocks(asked, "talk")[0]["rows"][0]["notes"]) == 1


def test_an_edited_target_stands_beside_its_original() -> None:
    (table,) = blocks(run(scorecard, FakeWorkspace(), {}), "edited")
    (row,) = table["rows"]
    assert row["cells"] == [
        {"text": "Key result 4", "meta": "App team"},
        {"text": "40 → 55 %", "meta": "score 0.62"},
        {"text": "40 → 52 %", "meta": "score 0.62"},
        {"text": "2 Aug 2026", "meta": HOSTILE[0]},
    ]


def test_the_link_to_this_view_fixes_the_day() -> None:
    view = View(cycle="2026-Q3", filters={"cycle": "2026-Q3"})
    app = run(scorecard, FakeWorkspace(closed=True), {"by": "Team"}, view)
    assert app.code[0].value.endswith("./?cycle=2026-Q3&as_of=2026-10-05&stands=As+closed&by=Team")


def test_the_truth_gap_by_cycle_and_by_team() -> None:
    app = run(truth_gap, FakeWorkspace(), {})
    (table,) = blocks(app, "gap_cycles")
    name, _, *numbers = table["rows"][0]["cells"]
    assert [name, *numbers] == [{"text": "2026-Q3", "meta": ""}, "5", "2", "2", "1", "3", "50 %"]
    (teams,) = blocks(app, "gap_teams")
    assert teams["rows"][0]["cells"][0] == {"text": "App team", "meta": "2026-Q2 1/4 · 2026-Q3 1/4"}


def test_a_cycles_bar_tells_in_words_and_patterns_what_it_tells_in_colour() -> None:
    (table,) = blocks(run(truth_gap, FakeWorkspace(), {}), "gap_cycles")
    assert table["rows"][1]["cells"][1] == {
        "stack": [
            {"code": "verified", "share": 0.4}, {"code": "not_borne_out", "share": 0.4},
            {"code": "untold", "share": 0.2},
        ],
        "label": "2026-Q2: 5 claimed, 2 verified, 2 did not hold, 1 cannot be told.",
    }  # fmt: skip
    assert [(column["title"], column.get("swatch")) for column in table["columns"][3:6]] == [
        ("Verified", "verified"), ("Did not hold", "not_borne_out"), ("Cannot be told", "untold"),
    ]  # fmt: skip


def test_then_and_now_names_both_sides_and_the_values() -> None:
    app = run(then_and_now, FakeWorkspace(differs=True, hostile=True), {"then": "2026-09-20"})
    (table,) = blocks(app, "compared")
    assert [column["title"] for column in table["columns"]] == [
        "Key result", "As known on 20 Sep 2026", "As known on 5 Oct 2026",
    ]  # fmt: skip
    title, before, after = table["rows"][0]["cells"]
    assert title["meta"] == "1 value was restated."
    assert (before["word"], before["meta"][:10], after["word"]) == ("Real win", "score 0.90", "Vanity")
    (values,) = blocks(app, "values")
    assert values["rows"][0]["cells"][0] == {"text": HOSTILE[0], "meta": "2 Oct 2026"}
    assert values["rows"][0]["open"] == {"page": "loads", "params": {"load": "2"}}


def test_the_evidence_of_a_closed_key_result_says_what_was_agreed() -> None:
    app = run(key_result, FakeWorkspace(closed=True), {"kr": "kr1"})
    assert "the verdict was Real win" in app.info[0].value
    same = run(key_result, FakeWorkspace(closed=True), {"kr": "kr2"})
    assert any("with the same verdict" in text for text in texts(same))


def test_two_levels_that_differ_never_look_the_same() -> None:
    assert amounts.levels(14062.0, 14071.0, "contacts") == ("14,062 contacts", "14,071 contacts")
    assert amounts.levels(9.971, 9.984, "%") == (amounts.level(9.971, "%"), amounts.level(9.984, "%"))
    assert amounts.levels(78.812, 78.834) == ("78.812", "78.834")
    assert amounts.levels(5.0, 5.0) == ("5", "5")
    assert amounts.levels(None, 5.0) == ("–", "5")
