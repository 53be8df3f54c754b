"""The quarterly review in a terminal: close a cycle, compare two days, count claimed and verified wins."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from models.refused import Refused
from workspace import LoadOptions, Workspace

STORY = Path(__file__).parent / "scenarios" / "restated_history"
FIRST, SECOND = (next(STORY.glob(f"crm_{number}*.csv")).read_bytes() for number in (1, 2))


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Path:
    """The story closed on 10 October and restated afterwards."""
    path = tmp_path_factory.mktemp("story") / "s.duckdb"
    workspace = Workspace(path, who="ann", now=lambda: datetime(2026, 10, 10, 9))
    workspace.import_okrs("okrs.yaml", (STORY / "okrs.yaml").read_bytes(), recorded_at=datetime(2026, 1, 1))
    workspace.load("crm.csv", FIRST, LoadOptions(recorded_at=datetime(2026, 10, 5)))
    workspace.close_cycle("2026-Q3", "Agreed.")
    workspace.load("crm.csv", SECOND, LoadOptions(recorded_at=datetime(2026, 11, 20)))
    return path


@pytest.fixture
def store(story, copied, tmp_path) -> Path:
    return copied(story, tmp_path)


@pytest.fixture
def needle(store, monkeypatch):
    later = lambda path: Workspace(path, who="bo", now=lambda: datetime(2026, 12, 1, 12))  # noqa: E731
    monkeypatch.setattr(cli, "_open", later)

    def run(*words: str):
        return CliRunner().invoke(cli.app, ["--db", str(store), *words])

    return run


def document(done):
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_score_stays_live_and_says_that_the_cycle_is_closed(needle):
    live = document(needle("score", "--cycle", "2026-Q3", "--json"))
    assert [row["verdict"] for row in live["key_results"]] == ["honest_miss"]
    assert live["closed"] == {"at": "2026-10-10T09:00:00", "by": "ann", "data_version": 2, "differs": 1}


def test_score_as_closed(needle):
    kept = document(needle("score", "--cycle", "2026-Q3", "--as-closed", "--json"))
    assert [row["verdict"] for row in kept["key_results"]] == ["real_win"]
    assert (kept["as_of"], kept["data_version"]) == ("2026-10-10", 2)
    assert needle("score", "--as-closed", "--as-of", "2026-10-10").exit_code == 2


def test_report_as_closed(needle, tmp_path):
    told = document(needle("report", "--cycle", "2026-Q3", "--as-closed", "--to", str(tmp_path / "c.csv"), "--json"))
    assert told["as_of"] == "2026-10-10"
    assert "Real win" in (tmp_path / "c.csv").read_text(encoding="utf-8-sig")


def test_close_again_and_list(needle):
    refused = needle("close", "2026-Q3")
    assert isinstance(refused.exception, Refused)
    assert str(refused.exception) == (
        "cycle '2026-Q3' was closed on 2026-10-10 by ann; give a reason to close it again."
    )
    again = document(needle("close", "2026-Q3", "--reason", "Register corrected.", "--as-of", "2026-11-30", "--json"))
    assert {name: again[name] for name in ("status", "cycle", "by", "as_of", "reason", "key_results")} == {
        "status": "closed", "cycle": "2026-Q3", "by": "bo", "as_of": "2026-11-30", "reason": "Register corrected.",
        "key_results": 1,
    }  # fmt: skip
    listed = document(needle("closings", "--json"))["closings"]
    assert [(row["by"], row["note"], row["stands"]) for row in listed] == [("ann", "Agreed.", False), ("bo", "", True)]
    assert needle("closings").stdout.splitlines() == [
        "2026-Q3  2026-10-10 by ann, as known on 2026-10-10 (data version 2), closed again later",
        "    note: Agreed.",
        "2026-Q3  2026-12-01 by bo, as known on 2026-11-30 (data version 4)",
        "    reason: Register corrected.",
    ]


def test_compare(needle):
    found = document(needle("compare", "--cycle", "2026-Q3", "--as-of", "2026-10-10", "--json"))
    assert (found["verdicts"], found["with"]) == (1, "2026-12-01")
    (row,) = found["key_results"]
    assert (row["before"]["verdict"], row["after"]["verdict"], row["why"]) == (
        "real_win", "honest_miss", ["3 values were restated."],
    )  # fmt: skip
    assert [(value["period"], value["load_id"], value["file"]) for value in found["restated"]] == [
        ("2026-07-01", 2, "crm.csv"),
        ("2026-08-01", 2, "crm.csv"),
        ("2026-09-01", 2, "crm.csv"),
    ]
    text = needle("compare", "--as-of", "2026-11-25", "--with", "2026-11-30", "--cycle", "2026-Q3").stdout
    assert text == "2026-Q3, as known on 2026-11-25 and on 2026-11-30: nothing differs.\n"


def test_truth_gap(needle):
    found = document(needle("truth-gap", "--json"))
    (cycle,) = found["cycles"]
    assert {name: cycle[name] for name in ("cycle", "closed", "claimed", "verified", "gap", "share")} == {
        "cycle": "2026-Q3", "closed": True, "claimed": 1, "verified": 1, "gap": 0, "share": 100.0,
    }  # fmt: skip
    assert needle("truth-gap").stdout.splitlines()[1].split() == ["2026-Q3", "1", "1", "0", "0", "0"]
