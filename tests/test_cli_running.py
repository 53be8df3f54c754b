"""A team's round in the terminal: due, check-in, actions, statuses, milestones, the stand-up."""

import json
import sys
from datetime import datetime, timedelta

import pytest

import cli
from tests.clock import Clock
from workspace import Workspace

NOW = Clock(datetime(2026, 6, 15, 12))
TODAY = NOW().date()
OKRS = f"""
teams: [{{id: app, name: App}}]
cycles: [{{id: now, start: {TODAY - timedelta(days=40)}, end: {TODAY + timedelta(days=40)}}}]
objectives:
  - id: o
    team: app
    cycle: now
    key_results:
      - {{id: typed, title: Typed in, baseline: 0, target: 10}}
      - {{id: steps, title: Steps, stages: [{{title: One, due: 2026-01-10, done: 2026-01-12}}], depends_on: [{{on: typed}}]}}
"""


@pytest.fixture
def needle(tmp_path, monkeypatch, capsys):
    path = tmp_path / "okrs.yaml"
    path.write_text(OKRS, encoding="utf-8")
    monkeypatch.setattr(cli, "_open", lambda store: Workspace(store, now=NOW))

    def run(*words: object, code: int = 0, parse: bool = True):
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(tmp_path / "s.duckdb"), *map(str, words)])
        ended: object = 0
        try:
            cli.run()
        except SystemExit as stop:
            ended = stop.code or 0
        printed = capsys.readouterr()
        assert ended == code, printed.err
        return json.loads(printed.out) if parse else printed.out

    run("import-okrs", path, "--recorded-at", (TODAY - timedelta(days=40)).isoformat(), "--json")
    return run


def test_due_until_somebody_checks_in(needle):
    found = needle("due", "--json")
    assert [(row["key_result"], row["team"], row["last"], row["days"]) for row in found["due"]] == [
        ("typed", "app", None, 33)
    ]
    done = needle(
        "check-in", "typed", "--value", 4, "--confidence", 6, "--blocker", "No room", "--status", "at_risk", "--json"
    )
    assert (done["status"], done["value"]) == ("recorded", 4.0)
    assert needle("due", "--team", "app", "--json")["due"] == []
    assert needle("due", parse=False) == "Nobody is due to check in.\n"


def test_the_stand_up_as_json_and_in_words(needle):
    needle("check-in", "typed", "--value", 4, "--blocker", "No room", "--status", "at_risk", "--json")
    found = needle("stand-up", "--team", "app", "--json")
    assert (found["team"], found["cycle"], found["since"]) == ("app", "now", (TODAY - timedelta(days=7)).isoformat())
    assert [(line["code"], line["sentence"]) for line in found["changed"]] == [("status", "Now At risk; it had none.")]
    assert found["decide"] == [
        {"code": "decide", "key_result": "typed", "sentence": "Blocked today: who clears it, and by when?"}
    ]
    text = needle("stand-up", "--team", "app", "--held", parse=False)
    assert "What moved\n  Typed in: First value: 4; score 0.40.\n" in text
    assert "Nothing" not in text
    refused = needle("stand-up", "--team", "gone", "--json", code=1)
    assert refused["message"] == "team 'gone' is not defined; known teams: app."


def test_actions(needle):
    added = needle(
        "action", "add", "Find a room", "--owner", "Ada", "--due", "2026-01-31", "--key-result", "typed", "--json"
    )
    assert added == {"status": "recorded", "id": "a1", "title": "Find a room"}
    [row] = needle("action", "list", "--team", "app", "--owner", "Ada", "--json")["actions"]
    assert (row["id"], row["state"], row["due"], row["key_result"]) == ("a1", "overdue", "2026-01-31", "typed")
    assert needle("action", "list", parse=False) == "  a1    overdue  Find a room (Ada, by 2026-01-31)\n"
    assert needle("action", "change", "a1", "--owner", "Bo", "--json")["changed"] == ["a1"]
    assert needle("action", "done", "a1", "--json")["changed"] == ["a1"]
    assert needle("action", "list", parse=False) == "No open actions.\n"
    [row] = needle("action", "list", "--all", "--json")["actions"]
    assert (row["owner"], row["state"], row["done"]) == ("Bo", "done", TODAY.isoformat())
    needle("action", "change", "a1", "--reopen", "--json")
    needle("action", "drop", "a1", "--json")
    assert needle("action", "list", "--all", "--json")["actions"][0]["state"] == "dropped"
    assert needle("action", "done", "a7", "--json", code=1)["message"].startswith("there is no action 'a7'")


def test_statuses(needle):
    assert [row["id"] for row in needle("status", "list", "--json")["offered"]] == [
        "not_started", "on_track", "at_risk", "off_track", "on_hold", "done", "dropped",
    ]  # fmt: skip
    needle("status", "set", "typed", "at_risk", "--note", "Two are ill", "--json")
    needle("status", "set", "o", "on_track", "--objective", "--json")
    said = needle("status", "list", "--json")["statuses"]
    assert [(row["kind"], row["id"], row["status"], row["note"]) for row in said] == [
        ("key_result", "typed", "at_risk", "Two are ill"), ("objective", "o", "on_track", ""),
    ]  # fmt: skip
    assert len(needle("status", "list", "--of", "typed", "--json")["history"]) == 1
    assert "there is no status 'fine'" in needle("status", "set", "typed", "fine", "--json", code=1)["message"]


def test_milestones_and_what_waits(needle):
    found = needle("milestones", "--team", "app", "--json")
    assert [row["sentence"] for row in found["stages"]] == ["One: done on 12 Jan 2026, 2 days late."]
    assert [row["sentence"] for row in found["waits"]] == ["Waits for “Typed in” of App: not there yet."]
    assert needle("milestones", parse=False).startswith(
        "steps                    One: done on 12 Jan 2026, 2 days late.\n"
    )
