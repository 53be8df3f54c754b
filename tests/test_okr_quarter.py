"""A team lives one quarter: import, hints mended, publish, four check-ins, statuses, close, look back, carry over.

Every step is taken through the workspace, as the pages take it, and at the end the store tells all of them.
"""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from models.okr import Link
from tests.clock import Clock
from workspace import Workspace

KPIS = """kpis:
  - {id: turnover, name: Staff turnover, unit: "%", direction: down, cadence: week, aggregation: mean, min_change: 5%, owner: people}
  - {id: pulse, name: Pulse survey, unit: points, direction: up, cadence: week, aggregation: mean, owner: people}
teams: [{id: people, name: People}]
cycles: [{id: 2026-Q3}, {id: 2026-Q4}]
"""
OKRS = """objectives:
  - id: stay
    title: Colleagues want to stay
    team: people
    cycle: 2026-Q3
    key_results:
      - {id: launch, title: Launch the reward programme}
      - {id: mood, title: The pulse rises to 7.8, owner: Ada, kpi: pulse, baseline: 7.0, target: 7.8, reading: mean}
"""


def extract(last: str) -> bytes:
    """Three years of weeks: turnover stands still, the pulse rises by half a point in the cycle."""
    weeks = pd.date_range("2023-07-03", last, freq="W-MON")
    noise = np.random.default_rng(5).normal(0, 1, (2, 200))[:, : len(weeks)]
    rows = pd.DataFrame({"period": weeks, "turnover": 11 + 0.1 * noise[0], "pulse": 7 + 0.05 * noise[1]})
    rows.loc[rows["period"] >= "2026-07-01", "pulse"] += 0.9
    return rows.melt("period", var_name="kpi").to_csv(index=False).encode()


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The workspace after the quarter, and what was seen on the way."""
    clock, seen = Clock(datetime(2026, 6, 25, 9)), {}
    workspace = Workspace(tmp_path_factory.mktemp("quarter") / "s.duckdb", who="ann", now=clock)
    workspace.import_okrs("kpis.yaml", KPIS.encode())
    workspace.load("values.csv", extract("2026-06-22"))
    assert workspace.import_okrs("okrs.yaml", OKRS.encode(), draft=True).status == "imported"
    seen["on the scorecard as a draft"] = len(workspace.company().objectives)
    seen["hints before"] = sorted({hint.code for hint in workspace.hints("2026-Q3", "people") if hint.id == "launch"})

    _, launch, stamp = workspace.planned_key_result("launch")
    better = launch.model_copy(
        update={
            "title": "The reward programme keeps people",
            "owner": "Bo",
            "links": [Link(kpi="turnover", role="outcome")],
        }
    )
    workspace.save_key_result(better, stamp.version)
    seen["hints after"] = sorted({hint.code for hint in workspace.hints("2026-Q3", "people") if hint.id == "launch"})
    workspace.add_comment("objective/stay", "Is turnover the right KPI?")
    clock.now = datetime(2026, 6, 28, 9)
    workspace.publish("stay")

    for month, day, confidence, status in (
        (7, 13, 7, "on_track"),
        (8, 3, 6, "on_track"),
        (8, 24, 4, "at_risk"),
        (9, 14, 8, "on_track"),
    ):
        clock.now = datetime(2026, month, day, 9)
        workspace.load(f"values_{month:02}{day:02}.csv", extract(f"{date(2026, month, day) - timedelta(days=7)}"))
        workspace.check_in("launch", None, date(2026, month, day), confidence, f"Week of {day}.{month}.", status=status)
    workspace.add_action("Ask leavers why", "Bo", date(2026, 9, 20), key_result="launch")
    _, launch, stamp = workspace.planned_key_result("launch")
    workspace.save_key_result(launch.model_copy(update={"done": date(2026, 9, 10)}), stamp.version)

    clock.now = datetime(2026, 10, 6, 9)
    workspace.load("values_1006.csv", extract("2026-09-28"))
    seen["closed"] = workspace.close_cycle("2026-Q3", "Agreed in the review.")
    answers = {
        "goals": "One of two.",
        "why": "The programme came late.",
        "change": "Ask for turnover itself.",
        "learned": "Pulse is not turnover.",
    }
    workspace.save_retrospective("2026-Q3", "people", answers)
    workspace.add_lesson(
        text="A loved programme did not keep people.",
        kpis=["turnover"],
        verdicts=["vanity"],
        cycle="2026-Q3",
        team="people",
    )
    workspace.decide("2026-Q3", {"launch": {"decision": "drop"}, "mood": {"decision": "change", "target": 8.2}})
    seen["carried"] = workspace.carry_over("2026-Q3", "people")
    return workspace, seen


def test_a_draft_is_on_no_scorecard_and_its_hints_are_mended(lived):
    _, seen = lived
    assert seen["on the scorecard as a draft"] == 0
    assert seen["hints before"] == ["no_owner", "output_wording"]
    assert seen["hints after"] == []


def test_the_closed_scorecard_tells_vanity_from_a_real_win(lived):
    _, seen = lived
    rows = seen["closed"].card.key_results.set_index("id")
    assert dict(rows["verdict"]) == {"launch": "vanity", "mood": "real_win"}
    assert rows.loc["launch", "confidence"] == 8


def test_the_store_holds_every_step(lived):
    workspace, _ = lived
    audit = workspace.audit()
    kinds = audit["kind"].value_counts()
    assert {"status", "comment", "action", "closing", "retrospective", "lesson", "carry"} <= set(kinds.index)
    assert list(workspace.check_ins()["confidence"]) == [7, 6, 4, 8]
    history = workspace.status_history("key_result", "launch")
    assert list(history["status"]) == ["on_track", "on_track", "at_risk", "on_track"]
    assert [finding.rule for finding in workspace.check() if finding.broken] == []


def test_the_next_quarter_begins_with_what_was_decided(lived):
    workspace, seen = lived
    (draft,) = workspace.company().drafts
    (kept,) = workspace.company().key_results[draft.id]
    assert (draft.cycle, kept.target, kept.continues) == ("2026-Q4", 8.2, "mood")
    assert [lesson.lesson.text for lesson in workspace.lessons_for(["turnover"])] == [
        "A loved programme did not keep people."
    ]
    assert workspace.carry_over("2026-Q3", "people").drafts.became == {}
    assert seen["carried"].drafts.became != {}
