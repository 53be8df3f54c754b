"""Hints from all that the store knows: drafts too, drivers of the KPI tree, plan checks that were made."""

from datetime import datetime

import pytest

from data.hinting import drivers_of
from models.kpi import Influence, Kpi, MadeOf
from models.okr import KeyResult, Objective
from models.planned import Edit
from models.refused import Refused
from workspace import Workspace

OKRS = b"""\
teams: [{id: shop}, {id: web}, {id: depot}]
kpis:
  - {id: revenue, name: Revenue, unit: EUR, owner: shop, made_of: {how: product, of: [orders, price]}}
  - {id: orders, name: Orders, unit: orders, owner: shop, influenced_by: [{kpi: visits}]}
  - {id: returns, name: Returns, unit: orders, owner: depot, direction: down, influenced_by: [{kpi: orders}]}
  - {id: price, name: Price, unit: EUR, owner: shop}
  - {id: visits, name: Visits, unit: visits, owner: web}
objectives:
  - {id: o, title: Sell more, owner: Ada, team: shop, cycle: 2026-Q4, key_results: [
      {id: kr, title: More orders, kpi: orders, baseline: 100, target: 120}]}
"""


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 9, 1, 12))
    workspace.import_okrs("okrs.yaml", OKRS)
    rows = "".join(f"{kpi},{year}-{month:02d}-01,{100 + month}\n" for kpi in ("orders", "price", "visits", "returns")
                   for year in (2024, 2025) for month in range(1, 13))  # fmt: skip
    workspace.load("v.csv", f"kpi,period,value\n{rows}".encode(), workspace.options(trusted=True))
    return workspace


def codes(found, identifier):
    return {hint.code: hint.found for hint in found if hint.id == identifier}


def test_what_drives_what_is_followed_to_its_end():
    kpis = [
        Kpi(id="a", made_of=MadeOf(how="sum", of=["b", "c"])), Kpi(id="b", influenced_by=[Influence(kpi="d")]),
        Kpi(id="c"), Kpi(id="d"),
    ]  # fmt: skip
    assert drivers_of(kpis) == {"a": frozenset({"b", "c", "d"}), "b": frozenset({"d"})}


def test_another_teams_kpi_on_the_same_driver_asks_for_a_guardrail(workspace):
    found = codes(workspace.hints("2026-Q4"), "kr")
    assert found == {"no_guardrail": "Shares a driver with Returns, Visits."}


def test_a_computed_kpi_has_the_history_of_its_parts(workspace):
    kr = KeyResult(id="r", title="More revenue", kpi="revenue", baseline=1.0, target=2.0)
    workspace.save_key_result(kr, 0, objective="o")
    assert "kpi_no_history" not in codes(workspace.hints("2026-Q4"), "r")


def test_drafts_and_forms_get_hints_too(workspace):
    draft = Objective(id="d", title="Idea", team="web", cycle="2026-Q4", draft=True)
    launch = KeyResult(id="dk", title="Launch the shop", kind="yes_no")
    workspace.save_many([Edit("objective", "d", draft, 0), Edit("key_result", "dk", launch, 0, "d")])
    assert set(codes(workspace.hints("2026-Q4"), "dk")) == {"no_owner", "output_wording"}
    better = launch.model_copy(update={"title": "The shop is open", "owner": "Bo"})
    assert set(codes(workspace.hints_on(draft, [better]), "dk")) == {"vanity_risk"}


def test_plan_checks_speak_once_they_were_made(workspace):
    assert workspace.unchecked_plans("2026-Q4") == 1
    assert list(workspace.check_plans("2026-Q4")) == [(1, 1)]
    assert workspace.unchecked_plans("2026-Q4") == 0
    plan = workspace.plan_check_of(workspace.planned("o").rows[0], "2026-Q4")
    assert ("by_luck" in codes(workspace.hints("2026-Q4"), "kr")) == (plan.chance_by_luck >= 0.5)
    assert workspace.plan_check_of(KeyResult(id="x", kind="yes_no"), "2026-Q4") is None


def test_a_cycle_that_nobody_defined_is_refused_unless_its_name_tells_its_days(workspace):
    assert workspace.hints("2027-Q1") == []
    with pytest.raises(Refused, match="cycle 'soon' is not defined; known cycles: 2026-Q4"):
        workspace.hints("soon")
