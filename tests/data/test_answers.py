"""Answers are computed once for a version of the data, however many ask at once."""

import threading
import time
from datetime import datetime

import pytest

from workspace import Workspace


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
