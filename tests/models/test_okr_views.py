"""Views of OKRs on frames made by hand: what is filtered, planned, due, mapped, held by whom."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models import activity, calendar_days, okr_filter
from models.company import Company
from models.okr import Cycle, Dependency, KeyResult, Objective, Stage, Status
from models.okr_filter import Filter
from models.okr_map import okr_map
from models.okr_rows import NOT_SET, OkrRows, described
from models.policy import POLICY
from models.scorecard import Scorecard
from models.timeline import plan
from models.workload import workload

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
TODAY = date(2026, 9, 10)

# id, passed, score, pace word, measure, checked in, verdict, flags
ROWS = [
    ("a", True, 1.0, "on track", "k", None, "real_win", ["at_a_cost"]),
    ("b", False, 0.3, "at risk", None, "2026-08-01", "vanity", []),
    ("c", None, np.nan, None, None, None, "unlinked", []),
    ("d", False, 0.6, "behind", None, "2026-09-05", "honest_miss", []),
]


def company() -> Company:
    key_results = {
        "o1": [
            KeyResult(id="a", title="Ärende A", owner="Zoe", tags=["now"], depends_on=[Dependency(on="b")]),
            KeyResult(
                id="b", owner="ben", due=date(2026, 9, 1), stages=[Stage(title="One", due=date(2026, 8, 1))],
                depends_on=[
                    Dependency(on="a", needed_by=date(2026, 8, 1)), Dependency(on="d", needed_by=date(2026, 9, 15)),
                    Dependency(on="d", needed_by=date(2026, 10, 1)), Dependency(on="old"), Dependency(on="d", needed_by=TODAY.replace(day=1)),
                ],
            ),
        ],
        "o2": [KeyResult(id="c"), KeyResult(id="d", due=date(2026, 9, 20))],
    }  # fmt: skip
    objectives = [
        Objective(id="top", cycle="2026", team="all"),
        Objective(id="o1", title="First", team="app", cycle=CYCLE.id, parent="top", tags=["company"]),
        Objective(id="o2", title="Second", team="web", cycle=CYCLE.id, owner="Amy"),
        Objective(id="o3", team="web", cycle=CYCLE.id, parent="o1"),
    ]
    return Company(objectives=objectives, key_results=key_results, cycles=[CYCLE])


def card(as_of: date = TODAY) -> Scorecard:
    homes = {"a": ("o1", "First", "app"), "b": ("o1", "First", "app"), "c": ("o2", "Second", "web")}
    homes["d"] = homes["c"]
    rows = [
        {
            "id": name, "objective": homes[name][0], "objective_title": homes[name][1], "team": homes[name][2],
            "team_name": homes[name][2], "title": "Ärende A" if name == "a" else name, "kind": "increase",
            "passed": passed, "score": score, "pace_word": pace, "measure_kpi": measure,
            "checked_in": pd.Timestamp(seen) if seen else pd.NaT, "verdict": verdict, "flags": flags, "confidence": i,
        }
        for i, (name, passed, score, pace, measure, seen, verdict, flags) in enumerate(ROWS)
    ]  # fmt: skip
    objectives = pd.DataFrame(
        {"id": ["o1", "o2", "o3"], "title": ["First", "Second", ""], "team": ["app", "web", "web"]}
    )
    links = pd.DataFrame(
        [("a", "k", "K", "measure", None), ("a", "k", "K", "outcome", "better"), ("b", "g", "G", "guardrail", "worse")],
        columns=["key_result", "kpi", "kpi_name", "role", "move_verdict"],
    )
    return Scorecard(CYCLE, as_of, 1, POLICY, objectives, pd.DataFrame(rows), links)


@pytest.fixture
def found() -> OkrRows:
    return described(card(), company(), {"b": "dropped", "d": "at_risk"})


def test_rows_say_owner_tags_status_and_what_the_data_suggests(found: OkrRows) -> None:
    rows = found.rows.set_index("id")
    assert list(rows["owner"]) == ["Zoe", "ben", "Amy", "Amy"]
    assert list(rows["tags"]) == [["now", "company"], ["company"], [], []]
    assert list(rows["status"]) == [NOT_SET, "dropped", NOT_SET, "at_risk"]
    assert list(rows["suggests"]) == ["passed", "at risk", "", "behind"]
    assert [f"{day:%m-%d}" for day in rows["due"]] == ["09-30", "09-01", "09-30", "09-20"]
    assert list(rows["due_own"]) == [False, True, False, True]
    assert list(rows["ended"]) == [True, True, False, False]  # dropped: nothing more is expected
    assert not rows["late"].any()
    assert list(rows["silent"]) == [False, False, True, False]  # c never reported; d did five days ago


def test_what_is_not_ended_is_late_once_its_day_is_over() -> None:
    rows = described(card(date(2026, 10, 1)), company(), {}).rows
    assert list(rows["late"]) == [False, True, True, True]
    assert list(rows["suggests"]) == ["passed", "missed", "", "missed"]
    assert not rows["silent"].any()  # the cycle is over


def test_a_status_that_is_no_longer_in_the_list_keeps_its_id(found: OkrRows) -> None:
    assert found.status("at_risk").name == "At risk"
    assert found.status("old") == Status(id="old", icon="○")


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (Filter(), "abcd"),
        (Filter(owners=("Amy", "Zoe")), "acd"),
        (Filter(statuses=(NOT_SET,)), "ac"),
        (Filter(statuses=("at_risk", "dropped")), "bd"),
        (Filter(tags=("company",)), "ab"),
        (Filter(verdicts=("vanity", "at_a_cost")), "ab"),
        (Filter(text="ärende first"), "a"),
        (Filter(text="SECOND"), "cd"),
        (Filter(text="["), ""),
        (Filter(owners=("Amy",), verdicts=("unlinked",)), "c"),
    ],
)
def test_filter(found: OkrRows, chosen: Filter, ids: str) -> None:
    assert "".join(chosen.of(found.rows)["id"]) == ids
    assert bool(chosen) == (chosen != Filter())


def test_choices_and_an_empty_frame(found: OkrRows) -> None:
    assert okr_filter.choices(found.rows) == {
        "owners": ["Amy", "ben", "Zoe"], "statuses": ["", "at_risk", "dropped"], "tags": ["company", "now"],
        "verdicts": ["real_win", "vanity", "unlinked", "honest_miss", "at_a_cost"],
    }  # fmt: skip
    none = found.rows.head(0)
    assert Filter(text="x", tags=("t",), verdicts=("vanity",)).of(none).empty
    assert workload(none, pd.Timestamp(TODAY)).empty


@pytest.mark.parametrize(
    ("by", "ids"),
    [("objective", "abcd"), ("title", "bcda"), ("owner", "cdba"), ("score", "adbc"), ("confidence", "dcba"),
     ("due", "bdac"), ("status", "acdb"), ("verdict", "abdc")],
)  # fmt: skip
def test_sort(found: OkrRows, by: str, ids: str) -> None:
    statuses, verdicts = [NOT_SET, "at_risk", "dropped"], ["real_win", "vanity", "honest_miss", "unlinked"]
    assert "".join(okr_filter.sort(found.rows, by, statuses, verdicts)["id"]) == ids


def planned(found: OkrRows):
    key_results = [kr for held in company().key_results.values() for kr in held]
    return plan(found, key_results, {"old": "Old one"})


def test_what_waits_for_what(found: OkrRows) -> None:
    waits = planned(found).waits
    assert list(zip(waits["key_result"], waits["on"], waits["state"], strict=True)) == [
        ("a", "b", "met"), ("b", "a", "met"), ("b", "d", "too_late"), ("b", "d", "waiting"), ("b", "old", "elsewhere"),
        ("b", "d", "late"),
    ]  # fmt: skip
    assert f"{waits['needed_by'].iloc[0]:%Y-%m-%d}" == "2026-09-30"  # no day of its own: when the waiting one is due
    assert waits["on_title"].iloc[4] == "Old one"


def test_stages_are_done_late_or_to_come(found: OkrRows) -> None:
    stages = [Stage(title=t, due=due, done=done) for t, due, done in (
        ("no day", None, None), ("over", date(2026, 9, 9), None), ("today", TODAY, None), ("done", None, TODAY),
        ("will be", None, date(2026, 9, 11)),
    )]  # fmt: skip
    made = plan(found, [KeyResult(id="m", stages=stages)], {}).stages
    assert list(made["state"]) == ["open", "late", "open", "done", "open"]
    assert planned(found).of(pd.Series(["a"])).stages.empty


def test_days_of_the_calendar(found: OkrRows) -> None:
    made = pd.DataFrame(
        {"key_result": ["a", "b", "d", "gone", "a"], "day": pd.to_datetime(["2026-09-04"] * 4 + ["2026-09-05"])}
    )
    events = pd.DataFrame({"day": pd.to_datetime(["2026-09-04"]), "title": ["Launch"]})
    entries = calendar_days.entries(found.rows, planned(found).stages, made, [CYCLE], events)
    told = [(f"{row.day:%m-%d}", row.what, row.key_result, row.count) for row in entries.itertuples(name="Row")]
    told = [(day, what, kr, int(entries["count"].iloc[i])) for i, (day, what, kr, _) in enumerate(told)]
    assert told == [
        ("08-01", "stage_late", "b", 1), ("09-01", "due_done", "b", 1), ("09-04", "event", "", 1),
        ("09-04", "check_in", "", 3), ("09-05", "check_in", "a", 1), ("09-20", "due", "d", 1), ("09-30", "cycle", "", 1),
        ("09-30", "due", "c", 1), ("09-30", "due_done", "a", 1),
    ]  # fmt: skip
    assert [len(week) for week in calendar_days.weeks(date(2026, 9, 1))] == [7] * 5
    assert calendar_days.weeks(date(2026, 9, 1))[0][0] == date(2026, 8, 31)


def test_the_map_and_where_the_chain_breaks_off(found: OkrRows) -> None:
    drawn = okr_map(card(), found.rows, company())
    assert drawn.parents == {"o1": "top", "o3": "o1"}
    assert drawn.way("o3") == ["top", "o1", "o3"]
    assert (drawn.orphans, drawn.empty, drawn.unlinked, drawn.loose) == (["o2"], ["o3"], ["c", "d"], [])
    assert drawn.in_order(drawn.objectives["id"]) == ["o1", "o3", "o2"]
    assert drawn.links.to_dict("records") == [
        {"key_result": "a", "kpi": "k", "kpi_name": "K", "move_verdict": "better", "roles": ["outcome", "measure"]},
        {"key_result": "b", "kpi": "g", "kpi_name": "G", "move_verdict": "worse", "roles": ["guardrail"]},
    ]


def test_objectives_in_a_circle_end_somewhere(found: OkrRows) -> None:
    circle = [
        Objective(id=name, cycle=CYCLE.id, parent=parent)
        for name, parent in (("o1", "o2"), ("o2", "o1"), ("o3", "gone"))
    ]
    drawn = okr_map(card(), found.rows, replace(company(), objectives=circle))
    assert drawn.parents == {"o1": "o2"}
    assert drawn.orphans == ["o3"]


def test_the_workload_is_by_name_and_nobody_comes_last() -> None:
    rows = described(card(), company(), {}).rows
    rows.loc[rows["id"] == "c", "owner"] = ""
    held = workload(rows, pd.Timestamp(TODAY))
    assert list(held["owner"]) == ["Amy", "ben", "Zoe", ""]
    assert held.iloc[0].to_dict() == {
        "owner": "Amy", "key_results": 1, "passed": 0, "in_trouble": 1, "unknown": 0, "overdue_check_ins": 0,
        "due_month": 1, "late": 0, "verdicts": {"honest_miss": 1},
    }  # fmt: skip
    assert list(held["overdue_check_ins"]) == [0, 1, 0, 1]
    assert list(held["late"]) == [0, 1, 0, 0]


CHANGE = {
    "what": "definition",
    "kind": "key_result",
    "subject": "a",
    "title": "A",
    "count": 1,
    "body": None,
    "before": None,
}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"body": '{"target": 5}'}, "Key result is new."),
        ({"body": '{"target": 5}', "count": 1200}, "1,200 definitions are new: Key result."),
        ({"body": '{"target": 6.0}', "before": '{"target": 5.0, "owner": "ada"}'}, "target 5 → 6; owner ada → nothing."),
        ({"body": '{"tags": ["x"]}', "before": '{"draft": true}'}, "draft yes → nothing; tags changed."),
        ({"body": '{"id": "a"}', "before": '{"id": "a"}'}, "Recorded again without a change."),
        (
            {"body": '{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1}', "before": '{"z": null}'},
            "a nothing → 1; b nothing → 1; c nothing → 1; d nothing → 1; and 2 more fields.",
        ),
        ({"what": "check_in", "body": '{"value": 7.25, "confidence": 8.0, "note": ""}'}, "Value 7.25, confidence 8 of 10."),
        ({"what": "check_in", "body": '{"value": null, "confidence": 8.5, "note": "slow"}'}, "Confidence 8.5 of 10: “slow”"),
        ({"what": "check_in", "body": '{"value": 3, "note": ""}'}, "Value 3."),
        ({"what": "check_in", "body": '{"note": "hm"}'}, "Neither value nor confidence: “hm”"),
        (
            {"what": "load", "body": '{"file": "a.csv", "status": "partial", "accepted_new": 1, "restated": 2, "rejected": 3}'},
            "a.csv stored in part: 1 new value, 2 restated, 3 refused.",
        ),
        ({"what": "undo", "body": '{"file": "a.csv"}'}, "a.csv was taken back."),
        ({"what": "status", "body": '{"status": "at_risk", "note": "late"}'}, "Status not set → At risk: “late”"),
        ({"what": "status", "body": '{"status": "x"}', "before": '{"status": "at_risk"}'}, "Status At risk → x."),
        ({"what": "comment", "body": '{"on": "key_result/a", "text": "Why?"}'}, "Why?"),
        ({"what": "comment", "body": '{"text": "So."}', "before": '{"text": "Why?"}'}, "Changed: So."),
        ({"what": "comment", "before": '{"text": "Why?"}'}, "Taken back: Why?"),
        ({"what": "other"}, "Taken back."),
        ({"what": "closing", "subject": "2026-Q3", "body": '{"cycle": "2026-Q3"}'}, "The cycle 2026-Q3 was closed."),
        ({"what": "digest", "body": '{"cycle": "2026-Q3"}'}, "A digest was sent."),
    ],
)  # fmt: skip
def test_every_change_is_told_in_one_sentence(row: dict, said: str) -> None:
    assert activity.told({**CHANGE, **row}, {"at_risk": "At risk"}) == said
