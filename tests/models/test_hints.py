"""Every hint on a team that deserves it, its whole sentence, and silence where there is nothing to say."""

from datetime import date

import pytest

from models.company import Company
from models.hint_rules import RULES
from models.hints import Known, Plan, as_rows, hints
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Link, Objective, Stage, Team

CYCLE = Cycle(id="2026-Q3")
KPIS = [
    Kpi(id="turnover", name="Staff turnover", unit="%", direction="down", owner="people"),
    Kpi(id="pulse", name="Pulse survey", unit="points", owner="people"),
    Kpi(id="nameless"),
    Kpi(id="fresh", name="New metric", unit="users", to_be_defined=True),
    Kpi(id="orders", name="Orders", unit="orders", owner="app", leading=False),
    Kpi(id="returns", name="Returns", unit="orders", owner="warehouse", direction="down"),
]
PERIODS = dict.fromkeys(["turnover", "pulse", "nameless", "orders", "returns"], 100)
COMPANY = Company(
    teams=[Team(id="company"), Team(id="people", parent="company"), Team(id="app")],
    kpis=KPIS,
    objectives=[Objective(id="top", team="company", cycle="2026-Q3")],
)
GOOD = [
    KeyResult(id="a", title="Turnover falls to 9 %", owner="Ada", kpi="turnover", baseline=11.0, target=9.0),
    KeyResult(id="b", title="Pulse rises to 7.8", owner="Ada", kpi="pulse", baseline=7.0, target=7.8),
]


def objective(identifier: str = "o1", **fields) -> Objective:
    return Objective(id=identifier, **{"title": "People stay", "team": "people", "parent": "top", **fields})


def found(key_results, *, objectives=None, known=None, **fields) -> dict[tuple[str, str], str]:
    """(id, code) -> what was found."""
    mine = objectives or [(objective(cycle="2026-Q3", **fields), key_results), (objective("o2"), GOOD)]
    return {(hint.id, hint.code): hint.found for hint in hints(COMPANY, CYCLE, mine, known or Known(PERIODS))}


def test_a_good_plan_gets_no_hint():
    assert found(GOOD) == {}


def kr(**fields) -> KeyResult:
    return KeyResult(**{"id": "k", "title": "Something rises", "owner": "Ada", **fields})


@pytest.mark.parametrize(
    ("key_result", "expected"),
    [
        (kr(title="Launch the reward programme"),
         {"output_wording": "Its title begins with a piece of work: “Launch”."}),
        (kr(title="Lansera belöningar"), {"output_wording": "Its title begins with a piece of work: “Lansera”."}),
        (kr(title="The programme is there"), {"vanity_risk": "It is a yes/no key result."}),
        (kr(title="The programme is there", stages=[Stage(title="half")]),
         {"vanity_risk": "It is a milestone key result."}),
        (kr(title="People like it", baseline=6.0, target=7.0, links=[Link(kpi="pulse", role="measure")]),
         {"vanity_risk": "It is read from a survey."}),
        (kr(title="Orders rise", baseline=6.0, target=7.0, links=[Link(kpi="orders", role="measure")]),
         {"no_outcome": "No KPI is linked that it is meant to move."}),
        (kr(title="Launch rewards", links=[Link(kpi="turnover", role="outcome")]), {}),
        (kr(title="Morale rises", baseline=1.0, target=2.0, links=[Link(kpi="turnover", role="outcome")]),
         {"no_measure": "Its value is typed in at check-ins."}),
        (kr(kpi="nameless", baseline=1.0, target=2.0), {"no_unit": "Neither its KPI nor its format gives a unit."}),
        (kr(kpi="nameless", baseline=1.0, target=2.0, format="percent"), {}),
        (kr(title="", kpi="pulse", baseline=1.0, target=2.0), {"no_title": "It is called k."}),
        (kr(owner=None, kpi="pulse", baseline=1.0, target=2.0), {"no_owner": "No owner is named."}),
        (kr(kpi="gone", baseline=1.0, target=2.0, format="percent"), {"kpi_unknown": "It is linked to gone."}),
        (kr(kpi="fresh", baseline=1.0, target=2.0),
         {"kpi_no_history": "It is linked to New metric.", "kpi_undefined": "It is linked to New metric."}),
        (kr(kpi="pulse", baseline=1.0, target=2.0, due=date(2026, 10, 1)), {"due_outside": "It is due on 2026-10-01."}),
        (kr(kpi="pulse", baseline=1.0, target=2.0, due=date(2026, 9, 30)), {}),
    ],
)  # fmt: skip
def test_of_a_key_result(key_result, expected):
    every = found([key_result, GOOD[1]])
    assert {code: said for (identifier, code), said in every.items() if identifier == "k"} == expected


def test_of_its_plan_check():
    plans = {
        "a": Plan(0.62, 0.9, 0.03, 0.18),
        "b": Plan(0.01, 0.04, 0.12, 0.114),
    }
    assert found(GOOD, known=Known(PERIODS, plans)) == {
        ("a", "by_luck"): "The chance of meeting it by doing nothing is 62 %.",
        ("b", "out_of_reach"): "If the best past window repeated, the chance would be 4.0 %.",
        ("b", "too_small_to_see"): "It wants 11 %; in one cycle a change of 12 % can be seen.",
    }
    aspirational = [(objective(level="aspirational"), GOOD), (objective("o2"), [])]
    said = found([], objectives=aspirational, known=Known(PERIODS, plans))
    assert ("b", "out_of_reach") not in said


def test_unknown_chances_are_no_hints():
    nothing = float("nan")
    assert found(GOOD, known=Known(PERIODS, {"a": Plan(nothing, nothing, nothing, nothing)})) == {}


def test_a_shared_driver_of_another_team_wants_a_guardrail():
    drivers = {"orders": frozenset({"visits"}), "returns": frozenset({"visits"}), "turnover": frozenset({"pay"})}
    app = kr(id="orders_up", kpi="orders", baseline=1.0, target=2.0)
    mine = [(objective(team="app", parent="top"), [app, GOOD[1]]), (objective("o2", team="app"), [app, GOOD[1]])]
    said = found([], objectives=mine, known=Known(PERIODS, drivers=drivers))
    assert said["orders_up", "no_guardrail"] == "Shares a driver with Returns."
    guarded = app.model_copy(update={"links": [Link(kpi="returns", role="guardrail")]})
    mine = [(objective(team="app", parent="top"), [guarded, GOOD[1]]), (objective("o2", team="app"), GOOD)]
    assert ("orders_up", "no_guardrail") not in found([], objectives=mine, known=Known(PERIODS, drivers=drivers))


def test_of_an_objective():
    five = [GOOD[0].model_copy(update={"id": f"k{i}"}) for i in range(6)]
    heavy = [GOOD[0].model_copy(update={"weight": 2.0}), GOOD[1]]
    lagging = [kr(kpi="orders", baseline=1.0, target=2.0), kr(id="k2", kpi="orders", baseline=1.0, target=3.0)]
    assert found(five) == {("o1", "key_results_many"): "It has 6 key results."}
    assert found(GOOD[:1]) == {("o1", "key_results_few"): "It has 1 key result."}
    assert found(GOOD, title="") == {("o1", "no_title"): "It is called o1."}
    assert found(GOOD, parent=None) == {("o1", "no_parent"): "It names no objective above it."}
    assert found(GOOD, parent=None, team="app") == {
        ("app", "objectives_few"): "The team has 1 objective.",
        ("people", "objectives_few"): "The team has 1 objective.",
    }
    assert found(heavy) == {("o1", "weights_odd"): "The weights add up to 3."}
    assert found(lagging) == {("o1", "only_lagging"): "Every outcome KPI of it is marked as lagging."}


def test_of_a_team():
    four = [(objective(f"o{i}"), GOOD) for i in range(4)]
    assert found([], objectives=four) == {("people", "objectives_many"): "The team has 4 objectives."}
    assert found([], objectives=four[:1]) == {("people", "objectives_few"): "The team has 1 objective."}


def test_a_hint_says_what_why_and_how():
    mine = [(objective(), [kr(title="Hold four workshops"), GOOD[0]]), (objective("o2"), GOOD)]
    (hint,) = hints(COMPANY, CYCLE, mine, Known(PERIODS))
    assert hint.sentence == (
        "Its title begins with a piece of work: “Hold”. Work can be done without anything getting better: this is where "
        "vanity wins come from. Say what will be different afterwards, or link the KPI it is meant to move."
    )
    assert as_rows([hint]) == [
        {
            "code": "output_wording", "kind": "key_result", "id": "k", "team": "people", "objective": "o1",
            "part": "relevant", "word": "Describes work, not a result", "found": hint.found, "why": hint.why,
            "fix": hint.fix,
        }
    ]  # fmt: skip


def test_every_rule_is_a_whole_text():
    for code, rule in RULES.items():
        assert rule.why.endswith("."), code
        assert rule.fix.endswith("."), code
        assert not rule.word.endswith("."), code
