"""Lessons, the four questions and an owner's tally."""

import pandas as pd
import pytest
from pydantic import ValidationError

from models.company import Company
from models.lesson import Lesson, fits
from models.okr import KeyResult, Objective, Team
from models.owner_review import Tally, owned, owners, tally
from models.retrospective import Retrospective, concerned

LESSON = Lesson(text="Ask leavers why.", kpis=["staff_turnover"], verdicts=["vanity"], cycle="2026-Q3", tags=["hiring"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True),
        ({"words": "ASK why"}, True),
        ({"words": "turnover hiring"}, True),
        ({"words": "Fluktuation", "names": ["Fluktuation"]}, True),
        ({"words": "ask nothing"}, False),
        ({"kpis": ["nps", "staff_turnover"], "verdicts": ["vanity"]}, True),
        ({"kpis": ["nps"]}, False),
        ({"verdicts": ["setback"]}, False),
        ({"cycle": "2026-Q2"}, False),
        ({"team": "people"}, False),
    ],
)
def test_finding_a_lesson(asked, found):
    assert fits(LESSON, **asked) is found


def test_a_lesson_names_known_verdicts_once():
    assert Lesson(text="x", kpis=["a", "a"], verdicts=["vanity", "vanity"]).kpis == ["a"]
    with pytest.raises(ValidationError, match="there is no verdict 'lost'"):
        Lesson(text="x", verdicts=["lost"])


def test_answers_in_the_order_of_the_questions():
    written = Retrospective(cycle="c", team="t", answers={"learned": " l ", "goals": "g", "why": " "})
    assert list(written.answers.items()) == [("goals", "g"), ("learned", "l")]
    assert written.missing == ["why", "change"]
    with pytest.raises(ValidationError, match="there is no question 'who'"):
        Retrospective(cycle="c", team="t", answers={"who": "x"})


ROWS = pd.DataFrame(
    {
        "id": list("abcdef"),
        "verdict": ["honest_miss", "real_win", "vanity", "moved_anyway", "unlinked", "unproven"],
        "passed": pd.Series([False, True, True, False, True, None], dtype=object),
    }
)


def test_the_key_results_beside_each_question():
    found = concerned(ROWS)
    assert {code: "".join(rows["id"]) for code, rows in found.items()} == {
        "goals": "bceadf", "why": "bdca", "change": "ceb", "learned": ""
    }  # fmt: skip


def test_a_tally_counts_cycles_that_are_over_and_leaves_the_uncounted_apart():
    rows = ROWS.assign(over=[True, True, True, True, True, False])
    assert tally(rows) == Tally(key_results=5, claimed=3, verified=1, refuted=1, uncounted=1)
    assert tally(rows).sentence() == (
        "3 of 5 key results passed. 1 moved its KPI. 1 passed while its KPI did not get better. "
        "1 is not counted: unproven, unlinked or too early."
    )


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (Tally(0, 0, 0, 0, 0), "No cycle with these key results is over yet."),
        (Tally(1, 0, 0, 0, 0), "0 of 1 key result passed."),
        (Tally(4, 2, 2, 0, 0), "2 of 4 key results passed. 2 moved their KPI."),
        (Tally(9, 6, 0, 3, 3), "6 of 9 key results passed. 0 moved their KPI. 3 passed while their KPI did not get better. "
                               "3 are not counted: unproven, unlinked or too early."),
    ],
)  # fmt: skip
def test_a_tally_in_words(counted, sentence):
    assert counted.sentence() == sentence


def test_the_nearest_one_named_answers_for_a_key_result():
    company = Company(
        teams=[Team(id="app", name="App team")],
        objectives=[Objective(id="o", team="app", owner="bo"), Objective(id="p", team="app"), Objective(id="q")],
        key_results={
            "o": [KeyResult(id="1", owner="Ada"), KeyResult(id="2")], "p": [KeyResult(id="3")], "q": [KeyResult(id="4")]
        },
    )  # fmt: skip
    assert owned(company) == {"1": "Ada", "2": "bo", "3": "App team"}
    assert owners(company) == ["Ada", "App team", "bo"]
