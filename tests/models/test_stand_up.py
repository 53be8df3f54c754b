"""The stand-up in words: one approved sentence per branch."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.actions import ACTION_COLUMNS, Action, action_frame
from models.dependencies import WAIT_COLUMNS
from models.stages import STAGE_COLUMNS
from models.stand_up import StandUp, stand_up
from models.stand_up_facts import WORDS, Seen
from models.verdict import VERDICTS

SINCE, DAY, END = date(2026, 8, 10), date(2026, 8, 24), date(2026, 9, 30)
SAID = ["day", "value", "value_before", "confidence", "confidence_before", "note", "blocker", "blocked_since"]
CALM = {
    "id": "kr", "title": "The title", "kind": "increase", "format": "number", "currency": None, "unit": "users",
    "kpi_name": "Actives", "kpi_unit": "", "move_verdict": None, "effect": np.nan, "effect_relative": np.nan,
    "lo": np.nan, "hi": np.nan, "lo_relative": np.nan, "hi_relative": np.nan, "min_change_shown": "5 %",
    "baseline": 10.0, "target": 20.0, "current": 16.0, "progress": 0.6, "score": 0.6, "passed": False, "pace": 0.0,
    "pace_word": "on track", "confidence": 7.0, "checked_in": pd.Timestamp("2026-08-21"), "verdict": "unproven",
    "verdict_word": "Unproven so far",
}  # fmt: skip
WORSE = {"move_verdict": "worse", "effect": -12.0, "effect_relative": -0.12, "lo": -16.0, "hi": -8.0,
         "lo_relative": -0.16, "hi_relative": -0.08}  # fmt: skip
BETTER = WORSE | {"move_verdict": "better", "effect": 12.0, "effect_relative": 0.12, "lo": 8.0, "hi": 16.0,
                  "lo_relative": 0.08, "hi_relative": 0.16}  # fmt: skip


def empty(columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def told(
    now: dict | None = None, before: dict | None = None, *, new: bool = False, days=(SINCE, DAY), **seen
) -> StandUp:
    """The stand-up of one key result that is calm but for what is given."""
    row = CALM | {"current": 16.0} | (now or {})
    earlier = CALM | {"current": 15.0, "progress": 0.5, "score": 0.5} | (before or {})
    whole = Seen(
        now=pd.DataFrame([row]),
        before=pd.DataFrame([] if new else [earlier], columns=list(CALM)),
        said=seen.get("said", pd.DataFrame(columns=SAID)),
        statuses=seen.get("statuses", {}),
        statuses_before=seen.get("statuses_before", {}),
        stages=seen.get("stages", empty(STAGE_COLUMNS)),
        waits=seen.get("waits", empty(WAIT_COLUMNS)),
        actions=seen.get("actions", empty(ACTION_COLUMNS)),
        restated=seen.get("restated", pd.DataFrame({"key_result": [], "kpi_name": [], "count": []})),
    )
    return stand_up(("app", "App"), ("Q3 2026", END), days, whole)


def said(lines) -> list[tuple[str, str]]:
    return [(line.code, line.text) for line in lines]


def stage(title: str, due: str | None, done: str | None, state: str, days: float) -> pd.DataFrame:
    row = ("kr", 0, title, 1.0, due, done, state, days)
    return pd.DataFrame([row], columns=list(STAGE_COLUMNS)).astype(STAGE_COLUMNS)


def wait(state: str, needed: str | None = None, came: str | None = None, days: float = np.nan) -> pd.DataFrame:
    row = ("kr", "The title", "app", "App", "x", "The portal", "sales", "Sales", needed, "", state, came, days)
    return pd.DataFrame([row], columns=list(WAIT_COLUMNS)).astype(WAIT_COLUMNS)


def blocked(since: str) -> pd.DataFrame:
    row = (pd.Timestamp(since), np.nan, np.nan, 7.0, np.nan, "", "No room", pd.Timestamp(since))
    return pd.DataFrame([row], columns=SAID, index=["kr"])


def actions(*given: Action) -> pd.DataFrame:
    return action_frame([(f"a{place}", action) for place, action in enumerate(given, 1)], DAY)


def test_a_calm_week():
    found = told()
    assert (
        found.headline
        == "1 of 1 key result came nearer to its target since 10 Aug 2026; none is stuck; nothing to decide."
    )
    assert said(found.moved) == [("nearer", "From 15 users to 16 users; score 0.60, 0.50 last time.")]
    assert (found.stuck, found.changed, found.decide) == ((), (), ())
    assert [(code, heading) for code, heading, _ in found.chapters] == [
        ("moved", "What moved"), ("stuck", "What is stuck"), ("changed", "What changed since last time"),
        ("decide", "What to decide"),
    ]  # fmt: skip


def test_a_team_without_key_results():
    seen = Seen(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(columns=SAID), {}, {}, empty(STAGE_COLUMNS),
                empty(WAIT_COLUMNS), empty(ACTION_COLUMNS), pd.DataFrame())  # fmt: skip
    found = stand_up(("app", "App"), ("Q3 2026", END), (SINCE, DAY), seen)
    assert found.headline == "This team has no key results in this cycle."


def test_the_headline_counts_key_results_and_questions():
    found = told({"pace_word": "at risk", "pace": 0.3}, {"current": 16.0, "progress": 0.6}, said=blocked("2026-08-14"))
    assert found.headline == (
        "0 of 1 key result came nearer to its target since 10 Aug 2026; 1 is stuck; 1 question to decide."
    )


@pytest.mark.parametrize(
    ("now", "before", "line"),
    [
        ({"current": 14.0, "progress": 0.4, "score": 0.4}, {},
         ("farther", "From 15 users to 14 users; score 0.40, 0.50 last time.")),
        ({}, {"current": np.nan, "progress": np.nan, "score": np.nan}, ("nearer", "First value: 16 users; score 0.60.")),
        ({"kind": "maintain"}, {"kind": "maintain"}, ("nearer", "In its band 60 % of the time, 50 % last time.")),
        ({"kind": "maintain"}, {"kind": "maintain", "progress": np.nan, "score": np.nan},
         ("nearer", "In its band 60 % of the time, unknown last time.")),
    ],
)  # fmt: skip
def test_values_that_moved(now, before, line):
    assert said(told(now, before).moved) == [line]


def test_what_did_not_move_is_not_told():
    assert told({}, {"current": 16.0, "progress": 0.6}).moved == ()
    assert told({"progress": np.nan, "score": np.nan, "current": np.nan}).moved == ()
    assert told(new=True).moved == ()


def test_the_movement_of_the_kpi_so_far():
    still = {"current": 16.0, "progress": 0.6}
    assert said(told(BETTER, still).moved) == [
        ("better", "Actives rose 12.0 % against what was expected (between +8.0 % and +16.0 %).")
    ]
    assert said(told(WORSE, still).moved) == [
        ("worse", "Actives got worse: it fell 12.0 % against what was expected (between −16.0 % and −8.0 %).")
    ]


def test_stages_and_what_came():
    done = stage("Norway", "2026-08-10", "2026-08-12", "done", 2)
    assert said(told({"kind": "milestone"}, stages=done).moved) == [
        ("done", "Norway: done on 12 Aug 2026, 2 days late.")
    ]
    long_ago = stage("Norway", "2026-08-10", "2026-08-10", "done", 0)
    assert told({"kind": "milestone"}, stages=long_ago).moved == ()
    came = told({"kind": "yes_no"}, waits=wait("came", "2026-08-10", "2026-08-12", 2))
    assert said(came.moved) == [
        ("came", "Waited for “The portal” of Sales, needed by 10 Aug 2026: it came on 12 Aug 2026, 2 days late.")
    ]


@pytest.mark.parametrize(
    ("now", "seen", "line"),
    [
        ({}, {"said": blocked("2026-08-14")}, ("blocked", "Since 14 Aug 2026: No room")),
        ({}, {"waits": wait("late", "2026-08-20", days=4)},
         ("waits", "Waits for “The portal” of Sales, needed by 20 Aug 2026: not there yet, 4 days late.")),
        ({}, {"waits": wait("waiting")}, ("waits", "Waits for “The portal” of Sales: not there yet.")),
        ({}, {"waits": wait("dropped")}, ("waits", "Waits for “The portal” of Sales, which was dropped.")),
        ({}, {"stages": stage("Iceland", "2026-08-20", None, "overdue", 4)},
         ("overdue", "Iceland: was due on 20 Aug 2026, 4 days late, and is not done.")),
        ({"progress": np.nan, "score": np.nan, "current": np.nan}, {}, ("unknown", "It has no value yet.")),
        ({"pace_word": "behind", "pace": 0.1}, {}, ("behind", "Progress 0.60 where 0.70 was expected.")),
        ({"pace_word": "at risk", "pace": 0.9, "progress": -0.3}, {},
         ("behind", "Progress −0.30 where 0.60 was expected.")),
        ({"current": 15.0, "progress": 0.5}, {}, ("still", "No new value since 10 Aug 2026: still 15 users.")),
    ],
)  # fmt: skip
def test_what_is_stuck(now, seen, line):
    assert said(told(now, **seen).stuck) == [line]


def test_what_is_not_stuck():
    assert told({"passed": True, "pace_word": "behind"}).stuck == ()
    assert told({"pace_word": "at risk"}, days=(date(2026, 10, 1), date(2026, 10, 8))).stuck == ()  # the cycle is over
    assert told(waits=wait("waiting", "2026-09-01")).stuck == ()  # its day is still to come
    assert told({"kind": "yes_no", "progress": np.nan, "score": np.nan}).stuck == ()


@pytest.mark.parametrize(
    ("now", "before", "seen", "line"),
    [
        ({}, {}, {"statuses": {"kr": "At risk"}, "statuses_before": {"kr": "On track"}},
         ("status", "From On track to At risk.")),
        ({}, {}, {"statuses": {"kr": "At risk"}}, ("status", "Now At risk; it had none.")),
        ({"confidence": 5.0}, {}, {}, ("confidence", "Confidence fell from 7 to 5.")),
        ({"verdict": "vanity", "verdict_word": "Vanity so far", "passed": True}, {}, {},
         ("verdict", "Vanity so far; last time Unproven.")),
        ({"target": 18.0}, {}, {}, ("target", "Target from 20 users to 18 users.")),
        ({"baseline": 12.0}, {}, {}, ("target", "Baseline from 10 users to 12 users.")),
        ({}, {}, {"restated": pd.DataFrame({"key_result": ["kr"], "kpi_name": ["Actives"], "count": [1]})},
         ("restated", "1 value of Actives was restated.")),
        ({}, {}, {"restated": pd.DataFrame({"key_result": ["kr"], "kpi_name": ["Actives"], "count": [1200]})},
         ("restated", "1,200 values of Actives were restated.")),
    ],
)  # fmt: skip
def test_what_changed(now, before, seen, line):
    assert said(told(now, before, **seen).changed) == [line]


def test_a_new_key_result_is_new_and_nothing_else():
    assert said(told({"confidence": 2.0}, new=True).changed) == [("new", "It was not there on 10 Aug 2026.")]


def test_a_small_fall_of_confidence_is_no_news():
    assert told({"confidence": 6.0}).changed == ()
    assert told({"confidence": np.nan}).changed == ()


@pytest.mark.parametrize(
    ("now", "seen", "question"),
    [
        ({}, {"said": blocked("2026-08-14")}, "Blocked for 10 days: who clears it, and by when?"),
        ({}, {"said": blocked("2026-08-23")}, "Blocked for 1 day: who clears it, and by when?"),
        ({}, {"said": blocked("2026-08-24")}, "Blocked today: who clears it, and by when?"),
        ({}, {"waits": wait("late", "2026-08-20", days=4)}, "Get a day for “The portal”, or plan without it?"),
        (WORSE, {}, "Actives got worse: stop, change, or carry on?"),
        ({"verdict": "vanity", "verdict_word": "Vanity so far", "passed": True}, {},
         "It passes while Actives stands still: does it measure the right thing?"),
        ({"pace_word": "at risk", "pace": 0.3, "confidence": 3.0}, {},
         "Progress 0.60 where 0.90 was expected. The owner gives it 3 of 10: help it, change the plan, or let it go?"),
        ({"pace_word": "at risk", "pace": 0.3, "confidence": np.nan}, {},
         "Progress 0.60 where 0.90 was expected. Help it, change the plan, or let it go?"),
        ({"confidence": 4.0}, {}, "Confidence fell from 7 to 4: what would bring it back?"),
        ({"checked_in": pd.Timestamp("2026-08-09")}, {}, "Nobody has checked in since 9 Aug 2026: is it still pursued?"),
    ],
)  # fmt: skip
def test_what_to_decide(now, seen, question):
    assert said(told(now, **seen).decide) == [("decide", question)]


def test_nothing_to_decide():
    assert told({"checked_in": pd.Timestamp("2026-08-10")}).decide == ()  # two rounds ago, no more
    assert told({"checked_in": pd.NaT}).decide == ()
    assert told({"passed": True, "confidence": 1.0}).decide == ()


def test_the_gravest_question_alone_is_asked():
    now = WORSE | {"pace_word": "at risk", "pace": 0.3, "confidence": 1.0}
    found = told(now, said=blocked("2026-08-14"), waits=wait("late", "2026-08-20", days=4))
    assert said(found.decide) == [("decide", "Blocked for 10 days: who clears it, and by when?")]


def test_actions_overdue_and_too_long_overdue():
    made = date(2026, 7, 1)
    found = told(
        actions=actions(
            Action(title="Call them", owner="Ada", made=made, due=date(2026, 8, 23), key_result="kr"),
            Action(title="Ask", made=made, due=date(2026, 8, 4), team="app"),
            Action(title="Later", made=made, due=date(2026, 9, 4), team="app"),
        )
    )
    assert [(line.code, line.key_result, line.title, line.text) for line in found.stuck] == [
        ("overdue", None, "", "“Ask” was due on 4 Aug 2026, 20 days ago."),
        ("overdue", "kr", "The title", "“Call them” (Ada) was due on 23 Aug 2026, 1 day ago."),
    ]
    assert said(found.decide) == [("decide", "“Ask” is 20 days overdue: do it, hand it on, or drop it?")]
    assert found.headline.endswith("; 1 is stuck; 1 question to decide.")
    assert found.actions["id"].tolist() == ["a2", "a1", "a3"]


def test_every_word_has_an_icon_and_what_it_means():
    assert all(word.icon and word.explained.endswith(".") for word in WORDS.values())
    assert len({word.english for word in WORDS.values()}) == len(WORDS)
    assert "vanity" in VERDICTS
