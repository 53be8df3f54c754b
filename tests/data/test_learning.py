"""What is learned, through the store: nothing written over unseen, nothing carried twice, nobody's name on an answer."""

from datetime import date, datetime

import pandas as pd
import pytest

from data.learning import ChangedMeanwhile
from models.owner_review import Tally
from models.refused import Refused
from workspace import Workspace

OKRS = """\
teams: [{id: people, name: People}, {id: app, name: App}]
cycles: [{id: 2026-Q2}, {id: 2026-Q3}, {id: 2026-Q4}]
kpis: [{id: turnover, name: Staff turnover, direction: down, cadence: month}]
objectives:
  - {id: stay, title: Stay, team: people, cycle: 2026-Q3, key_results: [
      {id: pulse, title: Pulse, owner: Ada, baseline: 7, target: 8, links: [{kpi: turnover, role: outcome}]},
      {id: live, title: Live, kind: yes_no, done: 2026-08-01}]}
  - {id: old, title: Old, team: people, cycle: 2026-Q2, key_results: [
      {id: before, title: Before, owner: Ada, baseline: 0, target: 10}]}
  - {id: use, title: Use, team: app, cycle: 2026-Q3, key_results: [{id: actives, kind: yes_no}]}
"""


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 10, 20, 12, 34))
    workspace.import_okrs("okrs.yaml", OKRS.encode(), recorded_at=datetime(2026, 1, 1))
    for key_result, day, value, confidence in (
        ("before", date(2026, 5, 1), 4.0, 6), ("before", date(2026, 6, 30), 10.0, 9), ("pulse", date(2026, 8, 1), 7.2, 8),
        ("pulse", date(2026, 9, 30), 7.5, 2),
    ):  # fmt: skip
        workspace.check_in(key_result, value, day, confidence)
    return workspace


def other(workspace, who):
    return Workspace(workspace.store.path, who=who, now=workspace._now)


# -- retrospectives ----------------------------------------------------------------------------------------------------


def test_two_who_write_at_once_lose_nothing(workspace):
    bo = other(workspace, "bo")
    assert workspace.save_retrospective("2026-Q3", "people", {"goals": "Half."}, 0) == 1
    with pytest.raises(ChangedMeanwhile, match="ann saved this retrospective on 2026-10-20 at 12:34 UTC") as stopped:
        bo.save_retrospective("2026-Q3", "people", {"goals": "Yes!"}, 0)
    assert stopped.value.now.retrospective.answers == {"goals": "Half."}
    assert bo.save_retrospective("2026-Q3", "people", {"goals": "Half, yes!"}, stopped.value.now.version) == 2
    kept = workspace.retrospective("2026-Q3", "people")
    assert (kept.retrospective.answers, kept.version, kept.changed_by) == ({"goals": "Half, yes!"}, 2, "bo")
    assert list(workspace.retrospectives("2026-Q3")) == ["people"]
    assert workspace.retrospectives("2026-Q2") == {}


@pytest.mark.parametrize(
    ("cycle", "team", "answers", "said"),
    [
        ("2026-Q3", "people", {"goals": " "}, "no question is answered"),
        ("2026-Q3", "people", {"who": "x"}, "there is no question 'who'"),
        ("2026-Q3", "nobody", {"goals": "x"}, "team 'nobody' is not defined"),
        ("2030-Q1", "people", {"goals": "x"}, "cycle '2030-Q1' is not defined"),
    ],
)
def test_what_cannot_be_kept_is_refused(workspace, cycle, team, answers, said):
    with pytest.raises(Refused, match=said):
        workspace.save_retrospective(cycle, team, answers)
    assert workspace.retrospective("2026-Q3", "people") is None


# -- lessons -----------------------------------------------------------------------------------------------------------


def test_a_lesson_comes_back_by_its_kpi(workspace):
    first = workspace.add_lesson(text="Ask leavers why.", key_result="pulse", tags=["hiring"])
    second = workspace.add_lesson(text="Another.")
    assert [one.id for one in workspace.lessons()] == [second, first]
    [found] = workspace.lessons_for(["turnover", "nps"])
    assert (found.lesson.kpis, found.lesson.verdicts, found.lesson.team, found.lesson.cycle, found.names, found.made_by) == (
        ["turnover"], ["unproven"], "people", "2026-Q3", ("Staff turnover",), "ann",
    )  # fmt: skip
    assert workspace.lessons_for([]) == []
    workspace.change_lesson(first, text="Ask leavers why, early.")
    assert workspace.lessons(words="early staff")[0].lesson.tags == ["hiring"]
    workspace.take_back_lesson(first)
    assert [one.id for one in workspace.lessons()] == [second]


def test_a_lesson_about_nothing_known_is_refused(workspace):
    for said, words in (
        ({"text": "x", "kpis": ["nps"]}, "there is no KPI 'nps'"),
        ({"text": "x", "key_result": "gone"}, "there is no key result 'gone'"),
        ({"text": " "}, "nothing was saved: text: "),
    ):
        with pytest.raises(Refused, match=words):
            workspace.add_lesson(**said)
    with pytest.raises(Refused, match="there is no lesson 'gone'"):
        workspace.take_back_lesson("gone")


# -- carrying over -----------------------------------------------------------------------------------------------------


def test_nothing_is_carried_twice(workspace):
    decided = {"pulse": {"decision": "change", "target": 8.5, "note": "More"}, "live": {"decision": "drop"}}
    assert workspace.decide("2026-Q3", decided) == 2
    assert workspace.decide("2026-Q3", decided) == 0
    version = workspace.data_version()
    plan = workspace.carry_plan("2026-Q3", "people")
    assert (plan.into.id, plan.drafts.became, plan.dropped, plan.undecided) == (
        "2026-Q4", {"pulse": "pulse-2026-Q4"}, ["live"], []
    )  # fmt: skip
    assert (workspace.data_version(), workspace.company().drafts) == (version, [])
    workspace.carry_over("2026-Q3")
    [draft] = workspace.company().drafts
    [kr] = workspace.company().key_results[draft.id]
    assert (draft.id, draft.cycle, kr.id, kr.continues, kr.baseline, kr.target, kr.note) == (
        "stay-2026-Q4", "2026-Q4", "pulse-2026-Q4", "pulse", 7.5, 8.5, "More",
    )  # fmt: skip
    again = workspace.carry_over("2026-Q3")
    assert (again.drafts.became, again.carried, again.undecided) == ({}, {"pulse": "pulse-2026-Q4"}, ["actives"])
    assert len(workspace.company().drafts) == 1
    with pytest.raises(Refused, match="'pulse' was carried over already, as 'pulse-2026-Q4'"):
        workspace.decide("2026-Q3", {"pulse": {"decision": "drop"}})
    assert workspace.scorecard("2026-Q4").key_results.empty  # a draft stands on no scorecard


def test_who_decided_and_who_carried_over_is_told(workspace):
    workspace.decide("2026-Q3", {"pulse": {"decision": "drop"}})
    workspace.who = "bo"
    workspace.decide("2026-Q3", {"pulse": {"decision": "keep"}, "live": {"decision": "drop"}})
    workspace.who = "cy"
    workspace.carry_over("2026-Q3")
    told = workspace.carry_stamps("2026-Q3")
    assert {name: (stamp.decided_by, stamp.carried_by) for name, stamp in told.items()} == {
        "pulse": ("bo", "cy"), "live": ("bo", None),
    }  # fmt: skip
    assert (told["pulse"].carried_at, told["live"].carried_at) == (datetime(2026, 10, 20, 12, 34), None)
    assert workspace.carry_stamps("2026-Q4") == {}


def test_a_draft_that_was_edited_takes_more_and_keeps_its_edits(workspace):
    workspace.decide("2026-Q3", {"pulse": {"decision": "keep"}})
    workspace.carry_over("2026-Q3")
    edited = workspace.export().replace("title: Stay\n  team: people\n  cycle: 2026-Q4", "title: Stay longer\n  team: people\n  cycle: 2026-Q4")  # fmt: skip
    assert workspace.import_okrs("okrs.yaml", edited.encode()).status == "imported"
    workspace.decide("2026-Q3", {"live": {"decision": "keep"}})
    workspace.carry_over("2026-Q3")
    [draft] = workspace.company().drafts
    assert draft.title == "Stay longer"
    assert [kr.id for kr in workspace.company().key_results[draft.id]] == ["pulse-2026-Q4", "live-2026-Q4"]


def test_a_cycle_that_nobody_defined_yet_is_defined_with_its_drafts(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", now=lambda: datetime(2026, 10, 20))
    workspace.import_okrs("okrs.yaml", OKRS.replace(", {id: 2026-Q4}", "").encode())
    workspace.decide("2026-Q3", {"pulse": {"decision": "keep"}})
    workspace.carry_over("2026-Q3")
    assert "2026-Q4" in set(workspace.cycles()["id"])


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ({"gone": {"decision": "keep"}}, "no key result 'gone' in cycle 2026-Q3"),
        ({"pulse": {"decision": "sell"}}, "decision: Input should be 'keep', 'change' or 'drop'"),
        ({"pulse": {"decision": "keep", "target": 9.0}}, "a new target goes with `change`"),
        ({"live": {"decision": "change", "target": 9.0}}, "a new target goes with `change`"),
    ],
)
def test_decisions_that_make_no_sense_are_refused(workspace, decided, said):
    with pytest.raises(Refused, match=said):
        workspace.decide("2026-Q3", decided)
    assert workspace.carry_decisions("2026-Q3") == {}


# -- surveys -----------------------------------------------------------------------------------------------------------


def test_no_answer_carries_a_name_or_a_time_of_day(workspace):
    token = workspace.create_survey(title="How was Q3?", cycle="2026-Q3")
    assert len(token) == 22
    for step in (2, 4):
        workspace.answer_survey(token, {0: step, 5: "More time"})
    assert workspace.survey_results(token).questions == ()
    workspace.answer_survey(token, {0: 5})
    found = workspace.survey_results(token)
    assert found.questions[0].counts == (("1", 0), ("2", 1), ("3", 0), ("4", 1), ("5", 1))
    kept = workspace._records("answer")
    assert {(record.made_by, record.made_at) for record in kept} == {("anonymous", datetime(2026, 10, 20))}
    assert all(set(record.body) == {"survey", "answers"} for record in kept)


def test_who_answers_again_with_the_receipt_counts_once(workspace):
    token, other = (workspace.create_survey(title=title) for title in ("How was Q3?", "Another"))
    receipt = workspace.answer_survey(token, {0: 1})
    for step in (4, 5):
        workspace.answer_survey(token, {0: step})
    assert workspace.answer_survey(token, {0: 2}, receipt) == receipt
    found = workspace.survey_results(token)
    assert (found.n, found.questions[0].counts) == (3, (("1", 0), ("2", 1), ("3", 0), ("4", 1), ("5", 1)))
    assert workspace.answer_survey(other, {0: 3}, receipt) != receipt  # of another survey it is none
    assert workspace.answer_survey(token, {0: 3}, "made up") != "made up"
    assert workspace.survey_results(token).n == 4


def test_the_cycle_before_stands_beside_it(workspace):
    newer = workspace.create_survey(title="Q3", cycle="2026-Q3")
    older = workspace.create_survey(title="Q2", cycle="2026-Q2")
    for token, steps in ((older, (1, 2, 4)), (newer, (4, 5, 5))):
        for step in steps:
            workspace.answer_survey(token, {0: step})
    first = workspace.survey_results(newer).questions[0]
    assert (first.favourable, round(first.before.favourable, 3), workspace.compared_with(newer).title) == (
        1.0,
        0.333,
        "Q2",
    )
    assert workspace.compared_with(older) is None


def test_a_survey_is_answered_only_while_it_is_open(workspace):
    closed = workspace.create_survey(title="x", opens=date(2026, 9, 1), closes=date(2026, 9, 2))
    ahead = workspace.create_survey(title="y", opens=date(2026, 11, 1))
    token = workspace.create_survey(title="z")
    for asked, answers, said in (
        (closed, {0: 1}, "closed on 2026-09-02"), (ahead, {0: 1}, "opens on 2026-11-01"),
        (token, {0: 9}, "question 1 takes"), (token, {}, "no question was answered"), ("guess", {0: 1}, "no survey at this link"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            workspace.answer_survey(asked, answers)
    workspace.close_survey(token)
    assert workspace.survey(token).closes == date(2026, 10, 20)
    assert list(workspace.surveys()) == [token, ahead, closed]


# -- owners ------------------------------------------------------------------------------------------------------------


def test_an_owners_key_results_over_the_cycles(workspace):
    assert workspace.owners() == ["Ada", "App", "People"]
    found = workspace.owner_review("Ada")
    assert found.rows[["id", "cycle", "passed", "verdict", "chance"]].values.tolist() == [
        ["pulse", "2026-Q3", False, "unproven", 0.8], ["before", "2026-Q2", True, "unlinked", 0.6],
    ]  # fmt: skip
    assert found.tally == Tally(key_results=2, claimed=1, verified=0, refuted=0, uncounted=1)
    assert (found.foresight.n, round(found.foresight.brier, 3)) == (2, 0.4)  # (0.8² + 0.4²) / 2
    assert workspace.owner_cycles("App") == ["2026-Q3"]
    assert len(workspace.owner_review().rows) == 4
    with pytest.raises(Refused, match="nobody called 'Zoe'"):
        workspace.owner_review("Zoe")


def test_what_the_data_foretold_half_way_is_asked_as_known_then(workspace):
    months = pd.date_range("2023-01-01", "2026-09-01", freq="MS")
    frame = pd.DataFrame({"kpi": "visits", "period": months, "value": 100.0 + pd.Series(range(len(months))) % 5})
    early, late = frame[frame["period"] < "2026-08-01"], frame
    okrs = "objectives: [{id: v, team: app, cycle: 2026-Q3, key_results: [{id: vis, owner: Cy, kpi: visits, baseline: 90, target: 110}]}]"
    workspace.import_okrs("more.yaml", okrs.encode(), recorded_at=datetime(2026, 1, 1))
    for part, at in ((early, datetime(2026, 8, 5)), (late, datetime(2026, 10, 5))):
        data = part.to_csv(index=False, date_format="%Y-%m-%d").encode()
        options = workspace.options(create_kpis=True, recorded_at=at, trusted=True)
        assert workspace.load("v.csv", data, options).status == "stored"
    [row] = workspace.owner_forecasts("Cy", "2026-Q3").to_dict("records")
    assert (row["key_result"], row["on"], row["ended"], row["reason"]) == ("vis", date(2026, 8, 15), 104.0, "")
    assert row["lo"] < row["expected"] < row["hi"]
    assert row["chance"] < 0.01
    assert workspace.owner_forecasts("Ada", "2026-Q3").empty
