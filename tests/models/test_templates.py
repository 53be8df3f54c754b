"""Templates: the KPIs that are meant are found by name, targets are proposed, a draft comes out."""

import pytest

from models.kpi import Kpi
from models.language import Language, speaking
from models.okr import KeyResult, Link, Objective, Stage
from models.templates import BUILT_IN, Choice, Need, aim, drafted, matching, said, template_of

KPIS = [
    Kpi(id="dau", name="Daily active users", owner="app"),
    Kpi(id="web_dau", name="Active users of the web", owner="web"),
    Kpi(id="mau", name="Monthly active users in the app", owner="app"),
    Kpi(id="uninstalls", name="App uninstalls", owner="app"),
    Kpi(id="installs", name="App installs", owner="app"),
]


def test_there_are_the_seven_that_are_common_each_with_two_to_four_key_results():
    assert [template.id for template in BUILT_IN] == [
        "app-growth", "retention", "reliability", "people", "sales", "support", "quality",
    ]  # fmt: skip
    assert {len(template.key_results) for template in BUILT_IN} <= {2, 3, 4}
    for template in BUILT_IN:
        assert any(need.role == "guardrail" for kr in template.key_results for need in kr.needs), template.id


def test_the_teams_own_kpi_comes_first_then_the_likelier_name_then_the_shorter():
    need = Need(role="outcome", names="daily active users,active users")
    assert matching(need, KPIS, "app") == ["dau", "mau", "web_dau"]
    assert matching(need, KPIS, "web") == ["web_dau", "dau", "mau"]
    assert matching(Need(role="outcome", names="installs"), KPIS, "app") == ["installs"]
    assert matching(Need(role="outcome", kpi="mau"), KPIS) == ["mau"]
    assert matching(Need(role="outcome", kpi="gone"), KPIS) == []
    assert matching(Need(role="outcome", names="sick leave"), KPIS) == []


@pytest.mark.parametrize(
    ("baseline", "change", "target"),
    [(1000.0, 0.1, 1100.0), (12345.0, 0.1, 13600.0), (0.38, -0.1, 0.342), (-50.0, 0.1, -45.0), (0.0, 0.1, None),
     (None, 0.1, None), (5.0, None, None)],
)  # fmt: skip
def test_the_proposed_target(baseline, change, target):
    assert aim(baseline, change) == target


def test_a_draft_of_a_template():
    template = BUILT_IN[0]
    choices = {0: Choice(("dau", "dau", None), 1100.0), 2: Choice(("uninstalls", "uninstalls"), 90.0, 100.0)}
    made = drafted(template, "app", "2027-Q1", choices, {"daily-active-users-rise-2027-q1"})
    assert (made.draft, made.team, made.cycle, made.level) == (True, "app", "2027-Q1", "aspirational")
    assert [(kr.id, kr.kind, kr.baseline, kr.target, [(o.kpi, o.role) for o in kr.links]) for kr in made.key_results] == [
        ("daily-active-users-rise-2027-q1-2", "increase", "auto", 1100.0, [("dau", "measure"), ("dau", "outcome")]),
        ("fewer-people-uninstall-2027-q1", "decrease", 100.0, 90.0,
         [("uninstalls", "measure"), ("uninstalls", "outcome")]),
    ]  # fmt: skip


def test_an_impossible_choice_is_said_in_the_words_of_the_definition():
    with pytest.raises(ValueError, match="kind is increase, but the target 90 is below the baseline 100"):
        drafted(BUILT_IN[0], "app", "2027-Q1", {0: Choice(("dau", "dau", None), 90.0, 100.0)}, set())


def test_an_objective_as_a_template_keeps_kpis_and_leaves_out_people_and_days():
    kr = KeyResult(id="k", title="Users", kpi="dau", baseline=100.0, target=120.0, owner="Ada", weight=2.0, due="2026-09-01",
                   links=[Link(kpi="uninstalls", role="guardrail", lag=7)])  # fmt: skip
    steps = KeyResult(id="m", title="Steps", stages=[Stage(title="a", done="2026-08-01")])
    made = template_of(Objective(id="o", title="Grow", owner="Ada"), [kr, steps], "Mine", {"mine"})
    assert (made.id, made.name, made.objective) == ("mine-2", "Mine", "Grow")
    first, second = made.key_results
    assert (first.change, first.weight) == (0.2, 2.0)
    assert [(need.role, need.kpi, need.lag) for need in first.needs] == [
        ("measure", "dau", 0), ("outcome", "dau", 0), ("guardrail", "uninstalls", 7),
    ]  # fmt: skip
    assert [stage.done for stage in second.stages] == [None]
    assert "Ada" not in made.model_dump_json()


def test_a_built_in_template_is_said_in_the_language_in_force():
    with speaking(Language(code="xx")):
        assert said(BUILT_IN[6]).key_results[2].stages[0].title == "First cause"
