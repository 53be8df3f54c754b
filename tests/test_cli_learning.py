"""Learning in a terminal: each command's document, and what it refuses."""

import json
import sys

import pytest

import cli
from tests.data.test_learning import OKRS


@pytest.fixture
def needle(tmp_path, monkeypatch, capsys):
    def run(*words, code=0):
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(tmp_path / "s.duckdb"), *words])
        try:
            cli.run()
            ended = 0
        except SystemExit as stop:
            ended = stop.code or 0
        printed = capsys.readouterr()
        assert ended == code, printed.err
        return json.loads(printed.out) if "--json" in words else printed.out + printed.err

    (tmp_path / "okrs.yaml").write_text(OKRS)
    run("import-okrs", str(tmp_path / "okrs.yaml"))
    return run


def test_a_retrospective_is_answered_question_by_question(needle):
    where = ("--cycle", "2026-Q3", "--team", "people")
    assert needle("retro", "answer", *where, "--goals", "Half.", "--json")["version"] == 1
    assert needle("retro", "answer", *where, "--why", "Time.", "--json")["version"] == 2
    shown = needle("retro", "show", *where, "--json")
    assert (shown["answers"], shown["missing"]) == ({"goals": "Half.", "why": "Time."}, ["change", "learned"])
    assert "(not answered)" in needle("retro", "show", *where)
    assert "team 'x' is not defined" in needle(
        "retro", "answer", "--cycle", "2026-Q3", "--team", "x", "--goals", "y", code=1
    )


def test_lessons(needle):
    added = needle("lesson", "add", "Ask first.", "--kr", "pulse", "--tag", "hiring", "--json")
    [found] = needle("lesson", "list", "--kpi", "turnover", "--words", "ask", "--json")["lessons"]
    assert (found["id"], found["text"], found["tags"], found["cycle"]) == (
        added["id"],
        "Ask first.",
        ["hiring"],
        "2026-Q3",
    )
    assert needle("lesson", "list", "--verdict", "vanity") == "No lesson fits.\n"


def test_carrying_over(needle):
    asked = ("carry", "--cycle", "2026-Q3", "--json")
    tried = needle(*asked, "--change", "pulse=9", "--drop", "live", "--dry-run")
    assert (tried["status"], tried["became"], tried["dropped"]) == ("dry_run", {"pulse": "pulse-2026-Q4"}, ["live"])
    assert needle(*asked)["status"] == "carried"
    again = needle(*asked)
    assert (again["status"], again["carried_before"], again["undecided"]) == (
        "unchanged", {"pulse": "pulse-2026-Q4"}, ["actives"]
    )  # fmt: skip
    assert "ID=TARGET" in needle("carry", "--cycle", "2026-Q3", "--change", "pulse=much", code=2)


def test_surveys_and_owners(needle):
    made = needle("survey", "create", "How was it?", "--cycle", "2026-Q3", "--json")
    assert made["path"] == f"survey?id={made['id']}"
    assert needle("survey", "results", made["id"], "--json") == {
        "title": "How was it?", "answers": 0, "needed": 3, "questions": []
    }  # fmt: skip
    assert "no survey at this link" in needle("survey", "results", "guess", code=1)
    assert needle("owner", "--json") == {"owners": ["Ada", "App", "People"]}
    shown = needle("owner", "Ada", "--forecasts", "--json")
    assert [row["id"] for row in shown["key_results"]] == ["pulse", "before"]
    assert (shown["confidence"]["n"], shown["confidence"]["brier"], shown["forecasts"]) == (0, None, [])
    assert "nobody called 'Zoe'" in needle("owner", "Zoe", code=1)
