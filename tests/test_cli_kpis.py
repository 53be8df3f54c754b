"""KPIs in the terminal: shown with their version, changed on it, and their history."""

import json
from datetime import datetime

import pytest
from typer.testing import CliRunner

import cli
from workspace import Workspace

KPIS = b"""teams: [{id: people}]
kpis: [{id: turnover, name: Staff turnover, unit: "%", direction: down}]
objectives: [{id: o, team: people, cycle: 2026-Q3, key_results: [{id: k, kpi: turnover, baseline: 14, target: 12}]}]
"""


@pytest.fixture
def store(tmp_path):
    Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 9, 1, 12)).import_okrs("k.yaml", KPIS)
    return tmp_path / "s.duckdb"


def asked(store, *words):
    result = CliRunner().invoke(cli.app, ["--db", str(store), "kpi", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)


def test_a_kpi_is_shown_changed_and_remembered(store):
    assert asked(store, "set", "turnover", "min_change=1%", "range=[0, 100]", "unit=", "--based-on", "1") == {
        "status": "saved", "saved": ["kpi/turnover"],
    }  # fmt: skip
    shown = asked(store, "show", "turnover")
    assert (shown["version"], shown["kpi"]["range"], "unit" in shown["kpi"]) == (2, {"low": 0.0, "high": 100.0}, False)
    assert [(use["id"], use["roles"]) for use in shown["used_by"]] == [("k", ["measure", "outcome"])]
    rows = asked(store, "history", "turnover")["history"]
    assert [(row["field"], row["before"], row["after"]) for row in rows] == [
        ("min_change", None, "1%"), ("range", None, {"low": 0.0, "high": 100.0}), ("unit", "%", None), ("", None, None),
    ]  # fmt: skip


def test_a_new_one_and_what_is_refused(store):
    assert asked(store, "set", "nps", "name=Net promoter score", "direction=up", "--based-on", "0")["status"] == "saved"
    for words, said in (
        (("set", "nps", "name=x", "--based-on", "0"), "there is a KPI 'nps' already"),
        (("set", "nps", "colour=red"), "a field is written name=value"),
        (("set", "nps", "direction=sideways"), "nothing was changed: direction:"),
        (("show", "gone"), "there is no KPI 'gone'"),
    ):
        with pytest.raises(Exception, match=said):
            asked(store, *words)
