"""Goals of the ClickUp API: every type of target, dates in milliseconds, owners, and what is typed in there."""

import json
from datetime import date, datetime

import pytest

from kpi_sources.okr_file import read_okr_file
from kpi_sources.reported import Reported
from workspace import Workspace


def ms(day: str) -> str:
    return str(int(datetime.fromisoformat(f"{day}T08:00:00+00:00").timestamp() * 1000))


def target(identifier: str, kind: str, **fields) -> dict:
    return {
        "id": identifier, "goal_id": "e53a", "name": f"Target {identifier}", "creator": 183, "type": kind,
        "date_created": ms("2026-07-02"), "goal_pretty_id": "1", "percent_completed": None, "completed": False,
        "task_ids": [], "owners": [{"id": 183, "username": "Ann Berg", "email": "ann@example.com"}],
        "last_action": {"id": "x", "key_result_id": identifier, "userid": 183, "date_modified": ms("2026-08-14"),
                        "note": "half way", "steps_taken": 5, "steps_before": 0},
        **fields,
    }  # fmt: skip


GOAL = {
    "id": "e53a", "name": "App growth", "team_id": "512", "date_created": ms("2026-07-01"), "start_date": None,
    "due_date": ms("2026-09-30"), "description": "More people\nuse it", "private": False, "archived": False,
    "creator": 183, "color": "#32a852", "pretty_id": "1", "multiple_owners": True, "folder_id": None, "members": [],
    "owners": [{"id": 183, "username": "Ann Berg", "email": "ann@example.com", "color": None, "initials": "AB"}],
    "key_results": [
        target("n", "number", steps_start=0, steps_end=10, steps_current=5, unit="km"),
        target("c", "currency", steps_start=1000, steps_end=800.5, steps_current=900, unit="€"),
        target("p", "percentage", steps_start=20, steps_end=35, steps_current=26.5, unit="%"),
        target("b", "boolean", completed=True),
        target("a", "automatic", steps_start=0, steps_end=12, steps_current=3, task_ids=["t1"]),
    ],
    "percent_completed": 0, "history": [], "pretty_url": "https://app.example.com/512/goals/1",
}  # fmt: skip
AS_OF = date(2026, 8, 20)


def read(document: dict):
    return read_okr_file(json.dumps(document, indent=1).encode(), "goals.json", as_of=AS_OF)


def test_every_type_becomes_a_key_result():
    reading = read({"goals": [GOAL]})
    assert (reading.status, reading.errors) == ("ok", [])
    (objective,) = reading.file.objectives
    assert (objective.id, objective.title, objective.owner, objective.cycle, objective.note) == (
        "e53a", "App growth", "Ann Berg", "2026-Q3", "More people\nuse it"
    )  # fmt: skip
    found = [(kr.id, kr.kind, kr.baseline, kr.target, kr.format, kr.currency, kr.done) for kr in objective.key_results]
    assert found == [
        ("n", "increase", 0.0, 10.0, "number", None, None),
        ("c", "decrease", 1000.0, 800.5, "currency", "EUR", None),
        ("p", "increase", 20.0, 35.0, "percent", None, None),
        ("b", "yes_no", None, None, "number", None, date(2026, 8, 14)),
        ("a", "increase", 0.0, 12.0, "number", None, None),
    ]
    assert objective.key_results[0].note == "Unit: km"


def test_typed_values_become_check_ins():
    assert read({"goal": GOAL}).reported == [
        Reported("n", date(2026, 8, 14), 5.0, "half way"),
        Reported("c", date(2026, 8, 14), 900.0, "half way"),
        Reported("p", date(2026, 8, 14), 26.5, "half way"),
        Reported("a", date(2026, 8, 14), 3.0, "half way"),
    ]


@pytest.mark.parametrize(
    ("start", "due", "cycle"),
    [
        (None, "2026-12-31", "2026-Q4"),
        ("2026-10-01", "2026-11-01", "2026-Q4"),
        ("2026-07-01", "2026-12-31", "2026-H2"),
        ("2026-01-01", "2026-12-31", "2026"),
        ("2025-11-01", "2026-02-01", "2026"),
    ],
)
def test_the_cycle_is_the_shortest_that_holds_the_goal(start, due, cycle):
    goal = {**GOAL, "start_date": start and ms(start), "due_date": ms(due)}
    assert read({"goals": [goal]}).file.objectives[0].cycle == cycle


def test_archived_goals_are_named_and_left_out():
    reading = read({"goals": [GOAL, {**GOAL, "id": "old", "archived": True}]})
    assert [o.id for o in reading.file.objectives] == ["e53a"]
    assert "1 archived goal is left out." in reading.notes


def test_what_cannot_be_taken_is_named_with_its_line():
    goal = {**GOAL, "due_date": "soon", "key_results": [
        target("x", "mood", steps_start=0, steps_end=1),
        target("y", "number", steps_start=3, steps_end=3),
        target("z", "number", steps_start=0, steps_end=3, steps_current="many"),
    ]}  # fmt: skip
    text = json.dumps({"goals": [goal]}, indent=1)
    reading = read_okr_file(text.encode(), "goals.json", as_of=AS_OF)
    assert reading.status == "rejected"
    lines = text.split("\n")
    found = [(error.code, lines[error.line - 1].strip()) for error in reading.errors]
    assert found == [
        ("okr_type", '"due_date": "soon",'),
        ("okr_value", '"type": "mood",'),
        ("okr_target", "{"),
        ("okr_type", '"steps_current": "many"'),
    ]


def test_imported_once_and_again(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 8, 20, 9))
    data = json.dumps({"goals": [GOAL]}).encode()
    assert (workspace.import_okrs("goals.json", data).status, workspace.data_version()) == ("imported", 1)
    again = workspace.import_okrs("goals.json", data)
    assert (again.status, again.check_ins, workspace.data_version()) == ("unchanged", 0, 1)
    rows = workspace.scorecard("2026-Q3").key_results.set_index("id")
    assert list(rows["current"].dropna()) == [5.0, 900.0, 26.5, 3.0]
    assert list(rows["score"].round(4)) == [0.5, 0.5013, 0.4333, 1.0, 0.25]
    moved = {**GOAL, "key_results": [target("n", "number", steps_start=0, steps_end=10, steps_current=8)]}
    later = workspace.import_okrs("goals.json", json.dumps({"goals": [moved]}).encode())
    assert (later.status, later.check_ins) == ("imported", 1)
