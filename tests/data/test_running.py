"""A team's round in the store: all of it in one transaction or none, what was said before kept, everything as of a day."""

from datetime import date, datetime

import pandas as pd
import pytest

from models.check_ins import NewAction, Said
from models.okr import Status
from models.refused import Refused
from workspace import Workspace

OKRS = """
teams: [{id: app, name: App, check_in_every: 2, check_in_on: friday}, {id: sales, name: Sales}]
cycles: [{id: 2026-Q3}]
kpis: [{id: actives, name: Actives, cadence: week, unit: users}]
objectives:
  - id: o
    team: app
    cycle: 2026-Q3
    owner: Ada
    key_results:
      - {id: typed, title: Typed in, baseline: 0, target: 10}
      - {id: read, title: Read, kpi: actives, baseline: 10, target: 20}
      - {id: asked, title: Asked, kind: yes_no}
      - {id: steps, title: Steps, stages: [{title: One, due: 2026-08-01, done: 2026-08-03}, {title: Two, due: 2026-08-10}]}
  - id: s
    team: sales
    cycle: 2026-Q3
    key_results:
      - {id: waiter, title: Waits, baseline: 0, target: 5, depends_on: [{on: asked, needed_by: 2026-08-10}]}
"""
NOW = datetime(2026, 8, 21, 12)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    clock = {"now": NOW}
    made = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: clock["now"])
    made.clock = clock
    assert made.import_okrs("okrs.yaml", OKRS.encode(), recorded_at=datetime(2026, 6, 20)).errors == []
    return made


def row(workspace, key_result, as_of=None) -> pd.Series:
    return workspace.scorecard("2026-Q3", as_of).key_results.set_index("id").loc[key_result]


def test_a_round_is_one_write(workspace):
    version = workspace.data_version()
    done = workspace.check_in_round(
        [
            Said("typed", 4.0, 6.0, "Going well", "No room", "at_risk", actions=(NewAction("Find a room", "Bo"),)),
            Said("asked", done=True),
            Said("steps", stages={1: date(2026, 8, 19)}, actions=(NewAction("Tell Sales", due=date(2026, 9, 1)),)),
        ],
        date(2026, 8, 20),
    )
    assert done == {
        "status": "recorded", "at": date(2026, 8, 20), "check_ins": 3, "statuses": 1, "stages": 2, "actions": 2,
    }  # fmt: skip
    assert workspace.data_version() == version + 1
    assert row(workspace, "typed")[["current", "confidence"]].tolist() == [4.0, 6.0]
    assert row(workspace, "asked")["score"] == 1.0
    assert row(workspace, "steps")["score"] == 1.0
    found = workspace.actions("app")
    assert found[["id", "title", "key_result", "cycle"]].values.tolist() == [
        ["a2", "Tell Sales", "steps", "2026-Q3"], ["a1", "Find a room", "typed", "2026-Q3"],
    ]  # fmt: skip
    said = workspace.check_ins().set_index("key_result").loc["typed"]
    assert said[["note", "blocker", "recorded_by"]].tolist() == ["Going well", "No room", "ann"]


@pytest.mark.parametrize(
    ("said", "day", "reason"),
    [
        (Said("gone"), date(2026, 8, 20), "there is no key result 'gone'"),
        (Said("typed", confidence=11), date(2026, 8, 20), "from 0 to 10, found 11"),
        (Said("typed"), date(2026, 8, 22), "cannot be dated after today, found 2026-08-22"),
        (Said("typed", status="fine"), date(2026, 8, 20), "there is no status 'fine'; there are at_risk, done,"),
        (Said("typed", done=True), date(2026, 8, 20), "is no yes or no"),
        (Said("steps", stages={2: None}), date(2026, 8, 20), "has 2 stages; there is no stage 3"),
        (Said("steps", stages={1: date(2026, 8, 22)}), date(2026, 8, 20), "cannot be done after today"),
        (Said("typed", actions=(NewAction(" "),)), date(2026, 8, 20), "has no words"),
    ],
)
def test_a_round_is_refused_whole(workspace, said, day, reason):
    version = workspace.data_version()
    with pytest.raises(Refused, match=reason):
        workspace.check_in_round([Said("read", confidence=5), said], day)
    assert workspace.data_version() == version
    assert workspace.check_ins().empty


def test_a_failure_on_the_way_leaves_nothing_behind(workspace, monkeypatch):
    monkeypatch.setattr("data.running.records.append", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workspace.check_in_round([Said("typed", 4.0, status="done")], date(2026, 8, 20))
    assert workspace.check_ins().empty


def test_what_was_not_said_again_stays(workspace):
    day = date(2026, 8, 20)
    workspace.check_in_round([Said("typed", 4.0, 6.0, "First", "No room")], day)
    workspace.check_in_round([Said("typed", confidence=5.0)], day)  # the same day: the rest stays
    [said] = workspace.check_ins().to_dict("records")
    assert (said["value"], said["confidence"], said["note"], said["blocker"]) == (4.0, 5.0, "First", "No room")
    workspace.check_in_round([Said("typed", note="A word", blocker="")], date(2026, 8, 21))
    assert row(workspace, "typed")[["current", "confidence"]].tolist() == [4.0, 5.0]  # a note alone loses no value
    assert workspace.check_ins()["blocker"].tolist() == ["No room", ""]


def test_a_back_dated_check_in_is_not_known_before_it_was_made(workspace):
    workspace.check_in("typed", 4.0, date(2026, 7, 20))
    assert row(workspace, "typed")["current"] == 4.0
    assert pd.isna(row(workspace, "typed", date(2026, 8, 1))["current"])


def test_yes_and_no(workspace):
    workspace.check_in_round([Said("asked", done=True)], date(2026, 8, 5))
    [kr] = [kr for kr in workspace.company().key_results["o"] if kr.id == "asked"]
    assert kr.done == date(2026, 8, 5)
    assert row(workspace, "asked")["target_edited"] == False  # noqa: E712  # a numpy bool
    workspace.check_in_round([Said("asked", done=False)], date(2026, 8, 6))
    assert row(workspace, "asked")["score"] == 0.0


def test_statuses_are_kept_with_their_history(workspace):
    workspace.set_status("key_result", "typed", "on_track")
    workspace.clock["now"] = datetime(2026, 8, 23, 9)
    workspace.set_status("key_result", "typed", "at_risk", "Two are ill")
    workspace.set_status("objective", "o", "on_hold")
    found = workspace.statuses()
    assert found[["kind", "id", "status", "by", "note"]].values.tolist() == [
        ["key_result", "typed", "at_risk", "ann", "Two are ill"], ["objective", "o", "on_hold", "ann", ""],
    ]  # fmt: skip
    assert workspace.statuses(date(2026, 8, 21))["status"].tolist() == ["on_track"]
    assert workspace.status_history("key_result", "typed")["status"].tolist() == ["on_track", "at_risk"]
    workspace.set_status("key_result", "typed", None)
    assert workspace.statuses()["id"].tolist() == ["o"]
    assert pd.isna(workspace.status_history("key_result", "typed")["status"].iloc[-1])
    for kind, name, status in (("team", "app", "done"), ("key_result", "x", "done"), ("key_result", "typed", "x")):
        with pytest.raises(Refused, match="there is no"):
            workspace.set_status(kind, name, status)


def test_a_company_names_its_own_statuses(workspace):
    own = [Status(id="green", name="Going", tone="good"), Status(id="red", name="Not going", tone="bad")]
    assert workspace.define_statuses(own) == 2
    workspace.set_status("key_result", "typed", "red")
    assert workspace.define_statuses(own) == 0
    assert workspace.define_statuses([own[0], Status(id="over", ended=True)]) == 2  # one new, one retired
    company = workspace.company()
    assert [status.id for status in company.status_list] == ["green", "over"]
    assert company.status("red").label == "Not going"  # what was said can still be read
    with pytest.raises(Refused, match="there is no status 'red'"):
        workspace.set_status("key_result", "typed", "red")
    with pytest.raises(Refused, match="at least one"):
        workspace.define_statuses([])
    with pytest.raises(Refused, match="status 'green' is defined twice"):
        workspace.define_statuses([own[0], own[0]])
    again = Workspace(workspace.store.path.with_name("again.duckdb"), now=lambda: NOW)
    assert again.import_okrs("okrs.yaml", workspace.export().encode()).errors == []
    assert again.company().status_list == company.status_list


def test_actions_are_carried_over_until_done_or_dropped(workspace):
    first = workspace.add_action("Call", "Ada", date(2026, 8, 10), key_result="typed", made=date(2026, 8, 1))
    second = workspace.add_action("Write", team="sales")
    assert (first["id"], second["id"]) == ("a1", "a2")
    assert workspace.actions().loc[0, ["state", "days", "team"]].tolist() == ["overdue", 11.0, "app"]
    workspace.change_action("a1", owner="Bo", due=date(2026, 9, 1))
    assert workspace.actions("app").loc[0, ["owner", "state"]].tolist() == ["Bo", "open"]
    assert workspace.finish_action("a1")["changed"] == ["a1"]
    assert workspace.actions("app").loc[0, ["state", "done"]].tolist() == ["done", pd.Timestamp("2026-08-21")]
    assert workspace.finish_action("a1", date(2026, 8, 21))["status"] == "unchanged"
    workspace.reopen_action("a1")
    workspace.drop_action("a1")
    assert workspace.actions("app")["state"].tolist() == ["dropped"]
    for refused, reason in (
        (lambda: workspace.finish_action("a9"), "there is no action 'a9'"),
        (lambda: workspace.add_action(" "), "has no words"),
        (lambda: workspace.add_action("x", key_result="gone"), "no key result 'gone'"),
        (lambda: workspace.add_action("x", team="gone"), "team 'gone' is not defined; known teams: app, sales"),
        (lambda: workspace.change_action("a1", title=" "), "has no words"),
    ):
        with pytest.raises(Refused, match=reason):
            refused()


def test_who_is_due(workspace):
    due = workspace.due_check_ins()
    assert due[["key_result", "team", "days"]].values.tolist() == [
        ["waiter", "sales", 44], ["typed", "app", 42], ["read", "app", 42], ["asked", "app", 42], ["steps", "app", 42],
    ]  # fmt: skip
    workspace.check_in_round([Said("typed", 1.0, status="dropped"), Said("read", confidence=5)], date(2026, 8, 20))
    assert workspace.due_check_ins(team="app")["key_result"].tolist() == ["asked", "steps"]
    later = workspace.due_check_ins(date(2026, 9, 4), "app")
    assert later["key_result"].tolist() == ["asked", "steps", "read"]  # what was dropped is no longer asked for
    assert workspace.due_check_ins(date(2026, 10, 2)).empty


def test_what_waits_for_what(workspace):
    [late] = workspace.waits().to_dict("records")
    assert (late["key_result"], late["on"], late["state"], late["days"]) == ("waiter", "asked", "late", 11.0)
    workspace.check_in_round([Said("asked", done=True)], date(2026, 8, 20))
    [came] = workspace.waits().to_dict("records")
    assert (came["state"], came["came"], came["days"]) == ("came", pd.Timestamp("2026-08-20"), 10.0)
    assert workspace.waits(date(2026, 8, 5)).loc[0, "state"] == "waiting"


def test_a_status_ends_a_wait(workspace):
    workspace.set_status("key_result", "asked", "dropped")
    assert workspace.waits().loc[0, "state"] == "dropped"
    workspace.set_status("key_result", "asked", "done")
    assert workspace.waits().loc[0, ["state", "came"]].tolist() == ["came", pd.Timestamp("2026-08-21")]


def test_a_measured_key_result_that_passed_has_come(workspace):
    other = OKRS.replace("{on: asked, needed_by: 2026-08-10}", "{on: typed}")
    assert workspace.import_okrs("okrs.yaml", other.encode()).status == "imported"
    assert workspace.waits().loc[0, "state"] == "waiting"
    workspace.check_in("typed", 10.0, date(2026, 8, 20))
    assert workspace.waits().loc[0, "state"] == "came"


def test_milestones(workspace):
    found = workspace.milestones("2026-Q3", "app")
    assert found[["key_result", "title", "state", "days"]].fillna({"days": 0}).values.tolist() == [
        ["asked", "Asked", "open", 0.0], ["steps", "One", "done", 2.0], ["steps", "Two", "overdue", 11.0],
    ]  # fmt: skip


def test_the_stand_up_looks_back_to_the_last_one(workspace):
    workspace.check_in_round([Said("typed", 2.0, 8.0)], date(2026, 8, 6), datetime(2026, 8, 6, 9))
    workspace.check_in_round([Said("typed", 3.0, 5.0, status="at_risk")], date(2026, 8, 20))
    found = workspace.stand_up("app")
    assert (found.since, found.as_of, found.team_name) == (date(2026, 8, 7), date(2026, 8, 21), "App")  # two weeks
    assert ("nearer", "From 2 to 3; score 0.30, 0.20 last time.") in [(line.code, line.text) for line in found.moved]
    assert [(line.code, line.text) for line in found.changed if line.key_result == "typed"] == [
        ("status", "Now At risk; it had none."), ("confidence", "Confidence fell from 8 to 5."),
    ]  # fmt: skip
    workspace.hold_stand_up("app")
    assert workspace.stand_up("app").since == date(2026, 8, 7)  # one of today looks further back
    workspace.clock["now"] = datetime(2026, 8, 28, 9)
    assert workspace.stand_up("app").since == date(2026, 8, 21)
    with pytest.raises(Refused, match="looks back"):
        workspace.stand_up("app", since=date(2026, 9, 1))
    with pytest.raises(Refused, match="cannot be dated after today"):
        workspace.hold_stand_up("app", date(2026, 9, 9))


def test_values_restated_since_are_told(workspace):
    load = workspace.options(recorded_at=datetime(2026, 8, 10))
    first = (
        "kpi,period,segment,value\nactives,2026-07-06,all,11\nactives,2026-07-13,all,12\nactives,2026-07-20,all,13\n"
    )
    assert workspace.load("a.csv", first.encode(), load).status == "stored"
    second = first.replace("all,12", "all,12.5") + "actives,2026-07-27,all,14\n"
    assert (
        workspace.load("a.csv", second.encode(), workspace.options(recorded_at=datetime(2026, 8, 20))).status
        == "stored"
    )
    found = workspace.stand_up("app", since=date(2026, 8, 14))
    assert ("restated", "1 value of Actives was restated.") in [(line.code, line.text) for line in found.changed]


def test_a_key_result_written_down_later_is_new(workspace):
    more = OKRS.replace("  - id: s\n", "      - {id: late, title: Late, baseline: 0, target: 1}\n  - id: s\n")
    assert workspace.import_okrs("okrs.yaml", more.encode(), recorded_at=datetime(2026, 8, 20)).status == "imported"
    found = workspace.stand_up("app")
    assert [(line.key_result, line.code) for line in found.changed] == [("late", "new")]
