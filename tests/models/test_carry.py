"""Keep, change, drop: which cycle is next, and what begins again as what."""

from datetime import date

import pytest

from models.carry import Carry, drafted, next_cycle
from models.okr import Cycle, Dependency, KeyResult, Link, Objective, Stage

Q3 = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
Q4 = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))
AIM = Objective(id="stay-26q3", title="Stay", team="people", cycle="2026-Q3", owner="Ada")
KEEP = Carry(decision="keep", into="2026-Q4")


def made(*key_results, decided=None, last=None, objectives=None, taken=()):
    decided = decided or {kr.id: KEEP for kr in key_results}
    return drafted([(AIM, kr) for kr in key_results], decided, Q3, Q4, last or {}, objectives or {}, taken)


@pytest.mark.parametrize(
    ("name", "following"),
    [("2026-Q3", "2026-Q4"), ("2026-Q4", "2027-Q1"), ("2026Q4", "2027Q1"), ("2026-H2", "2027-H1"), ("2026-12", "2027-01"),
     ("2026-07", "2026-08"), ("2026", "2027")],
)  # fmt: skip
def test_the_next_usual_name(name, following):
    found = next_cycle(Cycle.model_validate({"id": name}), [])
    assert found == Cycle.model_validate({"id": following})


def test_a_defined_cycle_of_like_length_comes_first():
    year = Cycle.model_validate({"id": "2027"})
    own = Cycle(id="autumn", start=date(2026, 10, 5), end=date(2027, 1, 3))
    assert next_cycle(Q3, [Q3, year, own]) == own
    assert next_cycle(own, [Q3, own, year]) is None


def test_a_measured_key_result_begins_where_its_kpi_is():
    kr = KeyResult(id="pulse", kpi="score", baseline=7.0, target=7.8, weight=2, due=date(2026, 9, 1), owner="Bo")
    objective = made(
        kr, decided={"pulse": Carry(decision="change", into="2026-Q4", target=8.2, note="Higher")}
    ).objectives[0]
    assert (objective.id, objective.cycle, objective.draft, objective.owner) == ("stay-26q4", "2026-Q4", True, "Ada")
    [new] = objective.key_results
    assert new == KeyResult(
        id="pulse-2026-Q4", kpi="score", kind="increase", baseline="auto", target=8.2, weight=2, owner="Bo",
        continues="pulse", note="Higher",
    )  # fmt: skip
    assert new.all_links == kr.all_links


def test_one_reported_by_hand_begins_where_it_ended():
    kr = KeyResult(id="calls", baseline=10.0, target=20.0, links=[Link(kpi="sales", role="outcome", lag=30)])
    assert made(kr, last={"calls": 14.0}).objectives[0].key_results[0].baseline == 14.0
    assert made(kr, last={"calls": 20.0}).objectives[0].key_results[0].baseline == 10.0  # it is there already
    assert made(kr, last={"calls": float("nan")}).objectives[0].key_results[0].baseline == 10.0
    past = made(kr, last={"calls": 25.0}).objectives[0].key_results[0]
    assert (past.kind, past.baseline) == ("decrease", 25.0)


def test_stages_that_are_left_go_on_and_nothing_is_done_yet():
    stages = [Stage(title="a", done=date(2026, 8, 1)), Stage(title="b", weight=2, due=date(2026, 9, 1))]
    [new] = made(KeyResult(id="m", stages=stages)).objectives[0].key_results
    assert new.stages == [Stage(title="b", weight=2)]
    [again] = made(KeyResult(id="y", kind="yes_no", done=date(2026, 8, 1))).objectives[0].key_results
    assert again.done is None


def test_dependencies_lead_to_what_goes_on_too():
    first = KeyResult(id="a-2026-Q3", kind="yes_no")
    needs = [Dependency(on="a-2026-Q3", needed_by=date(2026, 8, 1), note="n"), Dependency(on="elsewhere")]
    second = KeyResult(id="b", kind="yes_no", depends_on=needs)
    new = made(first, second).objectives[0].key_results[1]
    assert new.depends_on == [Dependency(on="a-2026-Q4", note="n")]


def test_what_is_dropped_undecided_or_carried_makes_nothing():
    rows = [KeyResult(id=name, kind="yes_no") for name in ("dropped", "undecided", "carried")]
    decided = {
        "dropped": Carry(decision="drop", into="2026-Q4"),
        "carried": Carry(decision="keep", into="2026-Q4", became="carried-2026-Q4"),
    }
    assert made(*rows, decided=decided).objectives == []


def test_names_that_are_taken_are_left_alone():
    kr = KeyResult(id="a", kind="yes_no")
    assert made(kr, objectives={"stay-26q4": True}, taken=["a-2026-Q4"]).became == {"a": "a-2026-Q4-2"}
    assert made(kr, objectives={"stay-26q4": True}).objectives[0].id == "stay-26q4"  # a draft takes more
    assert made(kr, objectives={"stay-26q4": False}).objectives[0].id == "stay-26q4-2"  # a published one does not


def test_who_takes_it_on():
    kr = KeyResult(id="a", kind="yes_no", owner="Ada")
    new = made(kr, decided={"a": Carry(decision="keep", into="2026-Q4", who="Bo")}).objectives[0].key_results[0]
    assert new.owner == "Bo"
