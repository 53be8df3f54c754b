"""Check-ins: when the next is due, what was said last, what a yes/no and stages make of a key result."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.check_ins import Said, answered, due_check_ins, finished, last_said, next_round
from models.company import Company
from models.okr import Cycle, KeyResult, Objective, Stage, Team

START = date(2026, 7, 1)  # a Wednesday


@pytest.mark.parametrize(
    ("every", "weekday", "last", "due"),
    [
        (1, None, None, date(2026, 7, 8)),
        (2, None, None, date(2026, 7, 15)),
        (1, None, date(2026, 7, 9), date(2026, 7, 16)),
        (2, None, date(2026, 7, 9), date(2026, 7, 23)),
        (1, "friday", None, date(2026, 7, 3)),
        (2, "friday", None, date(2026, 7, 10)),
        (1, "friday", date(2026, 7, 10), date(2026, 7, 17)),  # on the day
        (1, "friday", date(2026, 7, 7), date(2026, 7, 17)),  # three days early: that round is done
        (1, "friday", date(2026, 7, 6), date(2026, 7, 10)),  # four days early is the round before, late
        (1, "friday", date(2026, 7, 12), date(2026, 7, 17)),  # two days late
        (2, "friday", date(2026, 7, 10), date(2026, 7, 24)),
    ],
)
def test_the_next_round(every, weekday, last, due):
    assert next_round(Team(id="t", check_in_every=every, check_in_on=weekday), last, START) == due


def company() -> Company:
    return Company(
        teams=[Team(id="app"), Team(id="people", check_in_every=2)],
        cycles=[Cycle(id="2026-Q3"), Cycle(id="2026-Q4")],
        objectives=[
            Objective(id="a", team="app", cycle="2026-Q3", owner="Ada"),
            Objective(id="p", team="people", cycle="2026-Q3"),
            Objective(id="later", team="app", cycle="2026-Q4"),
        ],
        drafts=[Objective(id="d", team="app", cycle="2026-Q3", draft=True)],
        key_results={
            "a": [
                KeyResult(id="never", title="Never said", target=2, owner="Bo"),
                KeyResult(id="lately", target=2),
                KeyResult(id="given-up", target=2),
                KeyResult(id="all-done", kind="yes_no", done=date(2026, 7, 5)),
            ],
            "p": [KeyResult(id="slow", target=2)],
            "later": [KeyResult(id="next", target=2)],
            "d": [KeyResult(id="draft", target=2)],
        },
    )


def test_who_is_due_the_longest_overdue_first():
    last = pd.Series({"lately": pd.Timestamp("2026-07-14"), "slow": pd.Timestamp("2026-07-05")})
    found = due_check_ins(company(), last, {"given-up"}, date(2026, 7, 20))
    assert found[["key_result", "team", "owner", "days"]].values.tolist() == [
        ["never", "app", "Bo", 12],
        ["slow", "people", np.nan, 1],
    ]
    assert found["last"].isna().tolist() == [True, False]
    assert list(found["due_on"]) == [pd.Timestamp("2026-07-08"), pd.Timestamp("2026-07-19")]
    tomorrow = due_check_ins(company(), last, {"given-up"}, date(2026, 7, 21))
    assert tomorrow[["key_result", "owner"]].values.tolist()[-1] == ["lately", "Ada"]


def test_nobody_is_due_between_cycles():
    found = due_check_ins(company(), pd.Series(dtype="datetime64[ns]"), set(), date(2027, 2, 1))
    assert (len(found), list(found.columns)[:2]) == (0, ["key_result", "title"])


def test_what_was_said_last_and_before():
    rows = [
        ("a", "2026-07-10", 1.0, 8.0, "Begun", None),
        ("a", "2026-07-17", np.nan, 6.0, "", "No room"),
        ("a", "2026-07-24", 3.0, np.nan, "", None),
        ("a", "2026-07-31", np.nan, np.nan, "", "Still no room"),
        ("b", "2026-07-10", np.nan, np.nan, "", "Ill"),
        ("b", "2026-07-17", np.nan, 5.0, "", ""),
    ]
    frame = pd.DataFrame(rows, columns=["key_result", "day", "value", "confidence", "note", "blocker"])
    found = last_said(frame.assign(day=pd.to_datetime(frame["day"])))
    a, b = found.loc["a"], found.loc["b"]
    assert (a["value"], a["value_before"], a["confidence"], a["confidence_before"]) == (3.0, 1.0, 6.0, 8.0)
    assert (a["note"], a["blocker"], a["blocked_since"]) == ("Begun", "Still no room", pd.Timestamp("2026-07-17"))
    assert (b["blocker"], b["confidence"], np.isnan(b["confidence_before"])) == ("", 5.0, True)
    assert pd.isna(b["blocked_since"])


def test_last_said_of_nothing():
    empty = pd.DataFrame({"key_result": [], "day": [], "value": [], "confidence": [], "note": [], "blocker": []})
    assert len(last_said(empty)) == 0


def test_stages_and_yes_no_are_answered():
    stages = [Stage(title="One", done=date(2026, 7, 2)), Stage(title="Two")]
    kr = KeyResult(id="m", stages=stages)
    done = answered(kr, Said("m", stages={1: date(2026, 7, 20)}), date(2026, 7, 21))
    assert [stage.done for stage in done.stages] == [date(2026, 7, 2), date(2026, 7, 20)]
    assert (finished(kr), finished(done)) == (False, True)
    assert finished(answered(done, Said("m", stages={0: None}), date(2026, 7, 21))) is False
    asked = KeyResult(id="y", kind="yes_no")
    yes = answered(asked, Said("y", done=True), date(2026, 7, 21))
    assert (yes.done, finished(yes)) == (date(2026, 7, 21), True)
    assert answered(yes, Said("y", done=False), date(2026, 7, 22)).done is None
    assert answered(yes, Said("y", done=True), date(2026, 7, 22)) is yes  # the first day stands
    assert answered(asked, Said("y", note="nothing"), date(2026, 7, 22)) is asked
