"""KPIs defined one by one: kept with who, when, old and new; nobody overwrites anybody; nothing that cannot be."""

from datetime import date, datetime

import pandas as pd
import pytest

from models.definition import Band
from models.kpi import Influence, Kpi
from models.kpi_uses import Use, uses
from models.refused import Conflict, Refused
from models.roles import NotAllowed, Person
from workspace import Workspace

OKRS = b"""teams: [{id: people}, {id: app}]
cycles: [{id: 2026-Q2}, {id: 2026-Q3}]
kpis:
  - {id: turnover, name: Staff turnover, unit: "%", direction: down, aggregation: mean, owner: people}
  - {id: pulse, name: Pulse}
  - {id: health, influenced_by: [{kpi: turnover}]}
objectives:
  - {id: o2, team: people, cycle: 2026-Q2, key_results: [{id: old, kpi: turnover, baseline: 14, target: 12}]}
  - {id: o3, team: people, cycle: 2026-Q3, key_results: [
      {id: new, links: [{kpi: pulse, role: measure}, {kpi: turnover, role: outcome}], baseline: 7, target: 8}]}
"""
MOMENT = datetime(2026, 9, 1, 12)


@pytest.fixture
def ann(tmp_path):
    made = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: MOMENT)
    made.import_okrs("o.yaml", OKRS)
    return made


@pytest.fixture
def bo(ann):
    return Workspace(ann.store.path, who="bo", now=lambda: datetime(2026, 9, 2, 8))


def test_a_change_is_a_version_with_who_when_old_and_new(ann, bo):
    kpi, stamp = bo.defined_kpi("turnover")
    assert (stamp.version, stamp.at, stamp.by) == (1, MOMENT, "ann")
    changed = kpi.model_copy(update={"min_change": "1 %", "range": Band(low=0.0, high=100.0)})
    assert bo.save_kpi(changed, 1) == {"status": "saved", "saved": ["kpi/turnover"]}
    assert bo.save_kpi(changed, 2) == {"status": "unchanged", "saved": []}
    history = bo.kpi_history("turnover")
    assert history[["by", "version", "field", "before", "after"]].values.tolist()[:2] == [
        ["bo", 2, "min_change", None, "1%"], ["bo", 2, "range", None, {"low": 0.0, "high": 100.0}],
    ]  # fmt: skip
    assert (list(history["field"])[2], list(history["at"])[-1]) == ("", pd.Timestamp(MOMENT))
    rows = bo.audit(kind="kpi")
    assert rows.loc[rows["by"] == "bo", ["subject", "field", "before", "after"]].values.tolist() == [
        ["turnover", "range", None, '{"low": 0.0, "high": 100.0}'], ["turnover", "min_change", None, "1%"],
    ]  # fmt: skip
    assert "min_change: 1%" in bo.export()
    assert bo.import_okrs("again.yaml", bo.export().encode()).status == "unchanged"


def test_a_second_editor_is_shown_what_changed(ann, bo):
    kpi, _ = ann.defined_kpi("turnover")
    bo.save_kpi(kpi.model_copy(update={"unit": "percent"}), 1)
    with pytest.raises(Conflict) as stopped:
        ann.save_kpi(kpi.model_copy(update={"owner": "app"}), 1)
    [difference] = stopped.value.differences
    assert (stopped.value.by, difference.field, difference.base, difference.theirs, difference.mine) == (
        "bo", "unit", "%", "percent", "%",
    )  # fmt: skip
    ann.save_kpi(Kpi.model_validate(stopped.value.merged), stopped.value.version)
    now, stamp = ann.defined_kpi("turnover")
    assert (now.unit, now.owner, stamp.version) == ("percent", "app", 3)


@pytest.mark.parametrize(
    ("kpi", "based_on", "said"),
    [
        (Kpi(id="turnover"), 0, "there is a KPI 'turnover' already; open it to change it, or choose another id."),
        (Kpi(id="nps", owner="nobody"), 0, "team 'nobody' is not defined; known teams: people, app."),
        (Kpi(id="nps", influenced_by=[Influence(kpi="gone")]), 0, "nothing was changed: there is no KPI 'gone'."),
        (
            Kpi(id="turnover", influenced_by=[Influence(kpi="health")]),
            1,
            "nothing was changed: the KPIs feed each other",
        ),
        (Kpi(id="nps").model_copy(update={"direction": "in_band"}), 0, "the KPI 'nps': a KPI with direction in_band"),
        (Kpi(id="nps").model_copy(update={"band": Band(low=2).model_copy(update={"high": 1.0})}), 0, "the KPI 'nps':"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(ann, kpi, based_on, said):
    version = ann.data_version()
    with pytest.raises(Refused) as refused:
        ann.save_kpi(kpi, based_on)
    assert str(refused.value).startswith(said)
    assert ann.data_version() == version


def test_only_who_may_define_kpis(ann):
    for role in ("viewer", "contributor"):
        with pytest.raises(NotAllowed):
            ann.acting_as(Person("v", role, frozenset({"people"}))).save_kpi(Kpi(id="x"), 0)
    assert ann.acting_as(Person("a", "analyst")).save_kpi(Kpi(id="x"), 0)["status"] == "saved"
    assert ann.defined_kpi("x")[1].by == "a"


def test_who_stands_on_it_running_cycles_first(ann):
    assert ann.kpi_uses("turnover") == [
        Use("key_result", "new", "new", ("outcome",), "2026-Q3", "people"),
        Use("kpi", "health", "health", ("belief",)),
        Use("key_result", "old", "old", ("measure", "outcome"), "2026-Q2", "people", running=False),
    ]
    assert uses("pulse", ann.company(), date(2026, 10, 1))[0].running is False


def test_a_kpi_that_nobody_defined(ann):
    with pytest.raises(Refused, match="there is no KPI 'x'"):
        ann.defined_kpi("x")
