"""`okrs` in the terminal: each view as one JSON document, filters, and what is refused."""

import json
import sys
from datetime import date, datetime

import pytest

import cli
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Objective, OkrFile
from tests.test_cli import Done
from workspace import Workspace


@pytest.fixture
def needle(tmp_path, monkeypatch, capsys):
    path = tmp_path / "s.duckdb"
    workspace = Workspace(path, who="ada", now=lambda: datetime(2026, 8, 3, 9))
    results = [
        KeyResult(id="guide", title="The guide is out", owner="Zoe", tags=["now"]),
        KeyResult(id="nps", title="NPS is 50", baseline=40, target=50, kpi="nps", due=date(2026, 8, 20)),
    ]
    file = OkrFile(
        cycles=[Cycle(id="2026-Q3")], kpis=[Kpi(id="nps", name="NPS", cadence="month")],
        objectives=[Objective(id="o", title="Loved", cycle="2026-Q3", team="app", key_results=results)],
    )  # fmt: skip
    workspace.import_okrs("okrs.yaml", file.model_dump_json(exclude_defaults=True).encode())

    def run(*words: str, code: int = 0):
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(path), "okrs", *words])
        ended = 0
        try:
            cli.run()
        except SystemExit as stop:
            ended = stop.code or 0
        printed = capsys.readouterr()
        done = Done(ended, printed.out, printed.err)
        assert done.returncode == code, done
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return run


def test_the_list_and_its_filters(needle):
    document = needle("--as-of", "2026-08-10", "--json")
    assert (document["view"], document["cycle"], document["as_of"]) == ("list", "2026-Q3", "2026-08-10")
    first, second = document["key_results"]
    assert (first["id"], first["owner"], first["tags"], first["status"]) == ("guide", "Zoe", ["now"], None)
    assert (second["due"], second["owner"], second["late"]) == ("2026-08-20", None, False)
    assert [row["id"] for row in needle("--owner", "-", "--json")["key_results"]] == ["nps"]
    assert [row["id"] for row in needle("--text", "GUIDE loved", "--json")["key_results"]] == ["guide"]
    assert [row["id"] for row in needle("--sort", "due", "--json")["key_results"]] == ["nps", "guide"]
    assert needle("--tag", "none").strip() == "No key result fits."
    assert needle("--owner", "Zoe").strip().endswith("Zoe                The guide is out")
    needle("--sort", "mood", code=2)


def test_workload_map_and_activity(needle):
    held = needle("--view", "workload", "--as-of", "2026-08-10", "--json")["owners"]
    assert [(row["owner"], row["key_results"], row["due_month"]) for row in held] == [("Zoe", 1, 0), (None, 1, 1)]
    drawn = needle("--view", "map", "--json")
    assert drawn["objectives"] == [
        {"id": "o", "title": "Loved", "team": "app", "parent": None, "way": ["o"], "score": None}
    ]
    assert [(row["key_result"], row["kpi"], row["roles"]) for row in drawn["links"]] == [
        ("nps", "nps", ["outcome", "measure"])
    ]
    assert (drawn["unlinked"], drawn["loose"], drawn["orphans"]) == (["guide"], [], [])
    feed = needle("--view", "activity", "--most", "1", "--json")
    assert (feed["total"], len(feed["changes"])) == (5, 1)
    assert feed["changes"][0]["sentence"] == "2 definitions are new: Key result."
    assert needle("--view", "activity", "--skip", "4").splitlines()[0].endswith("Team is new.")
