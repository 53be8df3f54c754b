"""What is kept in memory stands until something that it stands on is written, and is computed once for all who ask."""

import threading
import time
from contextlib import contextmanager
from datetime import date, datetime

import pytest

from data.answers import DEFINITIONS, JUDGED, RECORDS
from data.chain import last_grown
from models.language import ENGLISH, Language, speaking
from workspace import Workspace

OKRS = b"""teams: [{id: app}]
objectives:
  - {id: o, team: app, cycle: 2026-Q3, key_results: [{id: k, baseline: 0, target: 10}]}
"""


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 9, 1, 12))
    made.import_okrs("o.yaml", OKRS)
    return made


def test_an_answer_stands_until_its_tables_grow(workspace):
    asked = []

    def ask(of):
        return workspace._answers.get(("asked", of), lambda: asked.append(of) or len(asked), of)

    first = [ask(of) for of in (DEFINITIONS, JUDGED, RECORDS, ())]
    workspace.set_status("key_result", "k", "on_track")
    assert [ask(of) == was for of, was in zip((DEFINITIONS, JUDGED, RECORDS, ()), first, strict=True)] == [
        True, True, False, False,
    ]  # fmt: skip
    asked_before = len(asked)
    workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert (ask(DEFINITIONS), ask(JUDGED)) == (first[0], asked_before + 1)


def test_a_write_of_another_server_while_the_version_is_read_is_seen_by_the_next_question(workspace, monkeypatch):
    """In a shared store others commit beside a reader."""
    workspace.check_in("k", 5.0, date(2026, 8, 1))
    read = workspace.store.read

    @contextmanager
    def slow(**named):
        """A snapshot; when it is asked for the version, another one has come already."""
        with read(**named) as connection:
            seen = last_grown(connection)
        Workspace(workspace.store.path, who="bo").check_in("k", 6.0, date(2026, 8, 2))
        monkeypatch.undo()
        monkeypatch.setattr("data.answers.last_grown", lambda _: monkeypatch.undo() or seen)
        with read(**named) as connection:
            yield connection

    monkeypatch.setattr(workspace.store, "read", slow)
    before = workspace.data_version()
    assert workspace.data_version() == before + 1


def test_a_status_leaves_the_scorecard_and_a_check_in_moves_it(workspace):
    before = workspace.scorecard("2026-Q3")
    workspace.set_status("key_result", "k", "on_track")
    after = workspace.scorecard("2026-Q3")
    assert after.key_results is before.key_results
    assert (after.data_version, before.data_version) == (workspace.data_version(), workspace.data_version() - 1)
    workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert list(workspace.scorecard("2026-Q3").key_results["score"]) == [0.5]


def test_a_store_put_back_from_a_copy_is_asked_anew(workspace, tmp_path):
    workspace.back_up(tmp_path / "copy.duckdb")
    workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert list(workspace.scorecard("2026-Q3").key_results["score"]) == [0.5]
    workspace.restore(tmp_path / "copy.duckdb")
    workspace.check_in("k", 8.0, date(2026, 8, 1))  # as many rows as before, and others
    assert list(workspace.scorecard("2026-Q3").key_results["score"]) == [0.8]


@pytest.fixture
def answers(tmp_path):
    return Workspace(tmp_path / "s.duckdb", now=lambda: datetime(2026, 3, 2))._answers


def test_who_asks_while_an_answer_is_computed_waits_for_it(answers):
    made, got = [], []

    def compute() -> int:
        made.append(1)
        time.sleep(0.2)
        return 7

    people = [threading.Thread(target=lambda: got.append(answers.get("long", compute))) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert (len(made), got) == (1, [7] * 8)


def test_an_answer_may_ask_for_another(answers):
    assert answers.get("sum", lambda: answers.get("part", lambda: 1) + 1) == 2


def test_a_question_that_fails_is_asked_again(answers):
    with pytest.raises(ZeroDivisionError):
        answers.get("ratio", lambda: 1 // 0)
    assert answers.get("ratio", lambda: 3) == 3
    assert answers.get("nothing", lambda: None) is None
    assert answers.get("nothing", lambda: 5) is None  # None is an answer and kept


def test_what_a_write_has_made_old_leaves_memory_and_languages_are_known_by_the_last_one_asked_in(workspace):
    swedish = Language("sv", ",", " ")
    assert workspace.spoken() == [ENGLISH]
    for _ in range(3):
        workspace.scorecard("2026-Q3")
        with speaking(swedish):
            workspace.company()
        workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert workspace.spoken() == [ENGLISH, swedish]
    workspace.scorecard("2026-Q3")
    kept = [key[0] for *_, key in workspace._everything._kept]
    assert kept.count("scorecard") == 1
