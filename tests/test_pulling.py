"""What a pull does with the answers of an engine, without one: stored like a file, only what is new, each KPI alone."""

import json
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import cli
import data.pulling
from kpi_sources.warehouse_file import WarehouseFile
from kpi_sources.warehouses import Answer
from models.kpi import Kpi
from models.refused import Refused
from workspace import Workspace

FILE = WarehouseFile.model_validate(
    {
        "connections": {"dw": {"url": "duckdb:facts"}, "lake": {"url": "parquet:lake"}},
        "kpis": [
            {"kpi": kpi, "connection": connection, "table": "t", "date": "at", "value": {"sum": "x"}}
            for kpi, connection in (("REV", "dw"), ("COST", "dw"), ("VISITS", "lake"))
        ],
    }
)


class Engine:
    """Answers from a table of its own; `broken` KPIs are refused."""

    facts: dict
    broken: set
    asked: list
    undated: dict

    def __init__(self, name, connection, environment):
        self.name, self.connection = name, connection

    def ask(self, kpi, since, until):
        Engine.asked.append((kpi.kpi, since, until))
        if kpi.kpi in Engine.broken:
            raise Refused(f"{self.name}, {kpi.kpi}: the engine is on fire")
        rows = [(segment, pd.Timestamp(period), value) for segment, period, value in Engine.facts.get(kpi.kpi, [])]
        frame = pd.DataFrame(rows, columns=["segment", "period", "value"])
        frame["period"] = pd.to_datetime(frame["period"])
        first = pd.Timestamp(since) if since else pd.Timestamp.min
        frame = frame[(frame["period"] >= first) & (frame["period"] < pd.Timestamp(until))].reset_index(drop=True)
        return Answer(frame, Engine.undated.get(kpi.kpi, 0))

    def sql(self, kpi, since, until):
        return "SELECT 1"

    def close(self):
        pass


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(data.pulling, "Warehouse", Engine)
    Engine.facts = {
        "REV": [("all", f"2026-{month:02}-01", 100.0 * month) for month in range(1, 10)],
        "COST": [("all", "2026-08-01", 7.0)],
        "VISITS": [("all", "2026-08-01", 5.0), ("SE", "2026-08-01", 5.0)],
    }
    Engine.broken, Engine.asked, Engine.undated = set(), [], {}
    made = Workspace(tmp_path / "s.duckdb", now=lambda: datetime(2026, 9, 10, 9), who="ann")
    made.define_kpis([Kpi(id=name, cadence="month") for name in ("REV", "COST", "VISITS")])
    return made


def by_kpi(found):
    return {one.kpi: (one.status, one.counts["accepted_new"], one.counts["restated"]) for one in found}


def test_values_are_stored_like_those_of_a_file(workspace):
    assert by_kpi(workspace.pull(FILE)) == {
        "REV": ("stored", 8, 0),
        "COST": ("stored", 1, 0),
        "VISITS": ("stored", 2, 0),
    }
    loads = workspace.loads().set_index("load_id")
    assert loads["source"].tolist() == ["lake/VISITS", "dw/COST", "dw/REV"]
    assert loads.loc[1, "layout"] == "computed by dw (duckdb), from the beginning until before 2026-09-01"
    assert loads.loc[1, "mapping"] == "kpi: REV\nconnection: dw\ntable: t\ndate: at\nvalue:\n  sum: x\n"
    assert workspace.series("VISITS", "SE")["value"].tolist() == [5.0]
    assert [finding for finding in workspace.check() if finding.broken] == []


def test_rows_without_a_day_are_told(workspace):
    Engine.undated = {"REV": 3, "COST": 1}
    Engine.facts["COST"] = []
    assert {one.kpi: one.message for one in workspace.pull(FILE)} == {
        "REV": "3 rows there have no day: they are in no period, and not counted.",
        "COST": "dw/COST: no facts in the periods asked for. "
        "1 row there has no day: it is in no period, and not counted.",
        "VISITS": "",
    }
    again = workspace.pull(FILE, kpi="REV")[0]
    assert (again.status, again.message) == (
        "unchanged", "3 rows there have no day: they are in no period, and not counted.",
    )  # fmt: skip


def test_again_only_what_is_new_is_asked_and_what_changes_nothing_is_not_stored(workspace):
    workspace.pull(FILE)
    version, Engine.asked[:] = workspace.data_version(), []
    assert by_kpi(workspace.pull(FILE, kpi="REV")) == {"REV": ("unchanged", 0, 0)}
    assert Engine.asked == [("REV", date(2026, 6, 1), date(2026, 9, 1))]  # 35 days before 1 August: 27 June
    assert workspace.data_version() == version


def test_a_value_that_changes_and_changes_back_is_restated_twice(workspace):
    workspace.pull(FILE, kpi="COST")
    for value, day in ((8.0, 11), (7.0, 12)):
        Engine.facts["COST"] = [("all", "2026-08-01", value)]
        workspace._now = lambda day=day: datetime(2026, 9, day, 9)
        assert by_kpi(workspace.pull(FILE, kpi="COST")) == {"COST": ("stored", 0, 1)}
        assert workspace.series("COST")["value"].tolist() == [value]


def test_one_that_fails_does_not_keep_the_others(workspace):
    Engine.broken = {"REV"}
    found = workspace.pull(FILE)
    assert by_kpi(found) == {"REV": ("failed", 0, 0), "COST": ("stored", 1, 0), "VISITS": ("stored", 2, 0)}
    assert found[0].message == "dw, REV: the engine is on fire"


def test_values_that_do_not_pass_the_checks_are_refused_with_their_reason(workspace):
    workspace.define_kpis([Kpi(id="COST", cadence="month", range=[0, 6])])
    Engine.facts["VISITS"] = [("all", "2026-08-01", 5.0), ("all", "2026-08-01", 6.0), ("SE", "2026-08-01", np.inf)]
    _, cost, visits = workspace.pull(FILE)
    assert (cost.status, len(cost.rejected)) == ("rejected", 1)
    assert [row["reason"] for row in visits.rejected] == [
        "the value is not a finite number.",
        "the segment 'all' stands twice in one period: a segment may not be called all.",
        "the segment 'all' stands twice in one period: a segment may not be called all.",
    ]


def test_a_day_that_is_a_placeholder_is_refused_and_the_others_are_stored(workspace):
    """0001-01-01 is a day that our own frames cannot even hold."""
    Engine.facts["REV"] = [("all", "2026-08-01", 5.0)]
    Engine.facts["COST"] = [("all", np.datetime64("0001-01-01", "us"), 1.0), ("all", np.datetime64("2026-08-01"), 7.0)]
    Engine.ask, ask = lambda self, kpi, since, until: odd_days(kpi), Engine.ask
    try:
        rev, cost, visits = workspace.pull(FILE)
    finally:
        Engine.ask = ask
    assert [one.status for one in (rev, cost, visits)] == ["stored", "rejected", "stored"]
    assert [(row["code"], row["reason"]) for row in cost.rejected] == [
        ("date_out_of_range",
         "there are facts of 0001-01-01, which is a placeholder or an error; leave them out with start: or a filter."),
    ]  # fmt: skip


def odd_days(kpi):
    rows = Engine.facts[kpi.kpi]
    days = np.array([np.datetime64(period, "us") for _, period, _ in rows])
    return Answer(
        pd.DataFrame({"segment": [row[0] for row in rows], "period": days, "value": [row[2] for row in rows]})
    )


def test_what_is_unknown_in_the_warehouse_is_left_open_and_said(workspace):
    Engine.facts["COST"] = [("all", "2026-07-01", np.nan), ("all", "2026-08-01", 7.0)]
    (cost,) = workspace.pull(FILE, kpi="COST")
    assert (cost.status, cost.counts["accepted_new"]) == ("stored", 1)
    assert cost.message == ("1 value is unknown there (nothing to divide by, or no amount given): it is left open.")
    Engine.facts["COST"] = [("all", "2026-06-01", np.nan), ("all", "2026-07-01", np.nan)]
    (cost,) = workspace.pull(FILE, kpi="COST", since=date(2026, 1, 1))
    assert (cost.status, cost.message[:20]) == ("unchanged", "2 values are unknown")


def test_a_changed_definition_is_asked_from_the_beginning(workspace):
    """Else old months counted one way and new ones another would look like a movement."""
    workspace.pull(FILE, kpi="REV")
    paid = FILE.model_dump(mode="json", exclude_defaults=True)
    paid["kpis"][0] |= {"filters": [{"column": "status", "equals": "paid"}], "look_back": 10}
    Engine.facts["REV"] = [("all", f"2026-{month:02}-01", 90.0 * month) for month in range(1, 9)]
    Engine.asked[:] = []
    (part,) = workspace.pull(WarehouseFile.model_validate(paid), kpi="REV", since=date(2026, 8, 1), dry_run=True)
    assert (
        part.message == "the definition was changed: what lies before 2026-08-01 is still counted by the earlier one."
    )
    (whole,) = workspace.pull(WarehouseFile.model_validate(paid), kpi="REV")
    assert (whole.status, whole.counts["restated"]) == ("stored", 8)
    assert whole.message == "the definition was changed: asked from the beginning."
    paid["kpis"][0]["look_back"] = 40  # how far back is asked changes no figure
    (same,) = workspace.pull(WarehouseFile.model_validate(paid), kpi="REV")
    assert (same.status, same.message) == ("unchanged", "")
    assert [since for _, since, _ in Engine.asked] == [date(2026, 8, 1), None, date(2026, 6, 1)]


def test_a_kpi_that_a_pull_defines_is_added_up_only_where_it_may_be(workspace):
    rows = {"A": {"value": {"sum": "x"}}, "B": {"value": {"mean": "x"}, "cadence": "day"},
            "C": {"ratio": {"numerator": {"count": True}, "denominator": {"count": True}}}}  # fmt: skip
    kpis = [{"kpi": name, "connection": "dw", "table": "t", "date": "at", **said} for name, said in rows.items()]
    Engine.facts = {name: [("all", "2026-07-01", 1.0), ("all", "2026-08-01", 2.0)] for name in rows}
    workspace.pull(
        WarehouseFile.model_validate({"connections": {"dw": {"url": "duckdb:f"}}, "kpis": kpis}), create_kpis=True
    )
    found = {kpi.id: (kpi.aggregation, kpi.cadence) for kpi in workspace.company().kpis if kpi.id in rows}
    assert found == {"A": ("sum", "month"), "B": ("mean", "day"), "C": ("mean", "month")}


def test_a_refusal_that_is_repeated_is_noted_once(workspace):
    workspace.define_kpis([Kpi(id="COST", cadence="month", range=[0, 6])])
    loads = []
    for day in (11, 12):
        workspace._now = lambda day=day: datetime(2026, 9, day, 9)
        (found,) = workspace.pull(FILE, kpi="COST")
        loads.append((found.status, found.load_id))
    assert loads == [("rejected", 1), ("rejected", 1)]


def test_a_kpi_that_nobody_defined_is_not_even_asked_for(workspace):
    file = FILE.model_copy(update={"kpis": [FILE.kpis[0].model_copy(update={"kpi": "NEW"})]})
    (found,) = workspace.pull(file)
    assert (found.status, found.message, Engine.asked) == (
        "failed", "dw/NEW: no KPI 'NEW' is defined. Define it first, or pull again and define KPIs that are not known yet "
        "(in a terminal: --create-kpis).", [],
    )  # fmt: skip
    Engine.facts["NEW"] = Engine.facts["REV"]
    assert by_kpi(workspace.pull(file, create_kpis=True)) == {"NEW": ("stored", 8, 0)}


def test_what_the_engine_no_longer_has_stays_and_is_counted(workspace):
    workspace.pull(FILE, kpi="REV")
    Engine.facts["REV"] = [("all", "2026-06-01", 600.0), ("all", "2026-08-01", 801.0)]
    (found,) = workspace.pull(FILE, kpi="REV")
    assert (found.counts["restated"], found.counts["absent"]) == (1, 1)
    assert len(workspace.series("REV")) == 8


def test_a_dry_run_stores_nothing(workspace):
    version = workspace.data_version()
    (found,) = workspace.pull(FILE, kpi="COST", dry_run=True)
    assert (found.status, found.load_id, found.sql, workspace.data_version()) == ("stored", None, "SELECT 1", version)


def test_undone_it_is_asked_for_again(workspace):
    (found,) = workspace.pull(FILE, kpi="REV")
    workspace.undo(found.load_id)
    assert by_kpi(workspace.pull(FILE, kpi="REV")) == {"REV": ("stored", 8, 0)}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"connection": "nowhere"}, "there is no connection 'nowhere'; there are dw, lake."),
        ({"kpi": "X"}, "no KPI of the file fits; it defines REV, COST, VISITS."),
        ({"connection": "lake", "kpi": "REV"}, "no KPI of the file fits"),
        ({"since": date(2027, 1, 1)}, "--since is a day up to today, found 2027-01-01."),
    ],
)
def test_what_cannot_be_meant_is_refused(workspace, wanted, said):
    with pytest.raises(Refused, match=said):
        workspace.pull(FILE, **wanted)


def test_the_command(workspace, tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text(json.dumps(FILE.model_dump(mode="json", exclude_defaults=True)))
    Engine.broken = {"REV"}
    done = CliRunner().invoke(cli.app, ["--db", str(workspace.store.path), "pull", "--file", str(path), "--json"])
    document = json.loads(done.stdout)
    assert (done.exit_code, document["dry_run"]) == (1, False)
    assert [(one["kpi"], one["status"]) for one in document["pulls"]] == [
        ("REV", "failed"), ("COST", "stored"), ("VISITS", "stored"),
    ]  # fmt: skip


def test_the_command_says_each_kpi_when_it_is_done(workspace, tmp_path, monkeypatch):
    path = tmp_path / "w.yaml"
    path.write_text(json.dumps(FILE.model_dump(mode="json", exclude_defaults=True)))
    Engine.broken = {"COST"}
    words = ["--db", str(workspace.store.path), "pull", "--file", str(path)]
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, done.stdout) == (
        1, "dw/REV: stored as load 1 (9 accepted new)\nlake/VISITS: stored as load 2 (2 accepted new)\n",
    )  # fmt: skip
    assert done.stderr == "dw/COST: failed\n  dw, COST: the engine is on fire\n"
    monkeypatch.setattr(Engine, "close", lambda self: 1 / 0)  # whatever comes after it
    assert CliRunner().invoke(cli.app, [*words, "--kpi", "REV"]).stdout == "dw/REV: unchanged (3 unchanged)\n"
