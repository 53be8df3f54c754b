"""Two people edit one definition: nobody overwrites what they did not see."""

from datetime import datetime

import pytest

from models.okr import KeyResult, Kpi, Objective
from models.refused import Conflict, Refused
from workspace import Workspace

OKRS = b"""
kpis: [{id: churn, direction: down}, {id: leads}]
objectives: [{id: stay, key_results: [{id: kr, title: Stay, kpi: churn, baseline: 4.0, target: 3.0}]}]
"""
NOON = datetime(2026, 3, 2, 12)


@pytest.fixture
def ann(tmp_path):
    ann = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: NOON)
    ann.import_okrs("okrs.yaml", OKRS)
    return ann


@pytest.fixture
def bo(ann):
    return Workspace(ann.store.path, who="bo", now=lambda: NOON)


def with_(held, **changes) -> KeyResult:
    return held.definition.model_copy(update=changes)


def test_an_edit_makes_a_version_and_says_who(ann, bo):
    held = ann.definition("key_result", "kr")
    assert (held.version, held.changed_by, held.objective, held.definition.target) == (1, "ann", "stay", 3.0)
    assert bo.edit_key_result(with_(held, target=2.5), held.version) == 2
    now = ann.definition("key_result", "kr")
    assert (now.version, now.changed_by, now.definition.target) == (2, "bo", 2.5)
    assert ann.check()[-1].broken == 0


def test_an_edit_on_an_old_version_is_a_conflict_that_shows_all_three(ann, bo):
    seen = ann.definition("key_result", "kr")
    bo.edit_key_result(with_(seen, target=2.5, owner="bo"), seen.version)
    with pytest.raises(Conflict, match=r"was changed by bo on 2026-03-02 12:00 UTC while you edited it") as raised:
        ann.edit_key_result(with_(seen, target=2.0), seen.version)
    conflict = raised.value
    assert [(d.field, d.base, d.theirs, d.mine) for d in conflict.differences] == [
        ("owner", None, "bo", None),
        ("target", 3.0, 2.5, 2.0),
    ]
    assert (conflict.version, conflict.merged) == (2, None)
    assert ann.definition("key_result", "kr").definition.target == 2.5


def test_changes_of_different_fields_can_be_merged(ann, bo):
    seen = ann.definition("key_result", "kr")
    bo.edit_key_result(with_(seen, owner="bo"), seen.version)
    with pytest.raises(Conflict) as raised:
        ann.edit_key_result(with_(seen, target=2.0), seen.version)
    merged = {name: value for name, value in raised.value.merged.items() if name != "objective"}
    assert ann.edit_key_result(KeyResult.model_validate(merged), raised.value.version) == 3
    now = ann.definition("key_result", "kr").definition
    assert (now.owner, now.target) == ("bo", 2.0)


def test_the_same_edit_twice_is_one_version(ann, bo):
    seen = ann.definition("kpi", "leads")
    changed = Kpi(id="leads", unit="people")
    version = ann.data_version()
    assert (ann.edit_kpi(changed, seen.version), bo.edit_kpi(changed, seen.version)) == (2, 2)
    assert ann.data_version() == version + 1


def test_something_new_is_based_on_nothing(ann, bo):
    assert ann.edit_objective(Objective(id="grow", parent="stay"), 0) == 1
    assert ann.edit_key_result(KeyResult(id="more", kpi="leads", baseline=1.0, target=2.0), 0, objective="grow") == 1
    with pytest.raises(Conflict):
        bo.edit_objective(Objective(id="grow", title="Other"), 0)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda w: w.edit_key_result(KeyResult(id="n", target=1.0), 0), "needs its objective"),
        (lambda w: w.edit_key_result(KeyResult(id="n", target=1.0), 0, objective="gone"), "no objective 'gone'"),
        (lambda w: w.edit_key_result(KeyResult(id="n", kpi="x", target=1.0), 0, objective="stay"), "nobody defined: x"),
        (lambda w: w.edit_objective(Objective(id="stay", parent="stay"), 1), "above itself"),
        (lambda w: w.edit_kpi(Kpi(id="leads", aggregation="ratio", numerator="leads", denominator="churn"), 1), "by itself"),
        (lambda w: w.retire("objective", "stay", 1), "still used by kr"),
        (lambda w: w.retire("kpi", "churn", 1), "still used by kr"),
        (lambda w: w.retire("kpi", "gone", 0), "there is no KPI 'gone'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(ann, edit, said):
    with pytest.raises(Refused, match=said):
        edit(ann)


def test_what_is_retired_leaves_the_company_and_stays_in_its_past(ann):
    held = ann.definition("key_result", "kr")
    later = Workspace(ann.store.path, who="ann", now=lambda: datetime(2026, 4, 1))
    later.retire("key_result", "kr", held.version)
    assert later.company().key_results == {}
    assert [kr.id for kr in later.company(NOON.date()).key_results["stay"]] == ["kr"]
    with pytest.raises(Refused, match="there is no key result 'kr'"):
        later.definition("key_result", "kr")
    assert all(finding.broken == 0 for finding in later.check())
    assert later.edit_key_result(held.definition, 2, objective="stay") == 3  # it may come back
