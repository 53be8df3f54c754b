"""Surveys: what may be answered, and what a group may read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.survey import Answered, Asked, Survey, checked, okr_cycle_feedback, results

ASKED = [Asked(text="Clear?"), Asked(text="Looked?", kind="yes_no"), Asked(text="Change?", kind="text")]
SURVEY = Survey(title="Q3", questions=ASKED, opens=date(2026, 10, 1), closes=date(2026, 10, 14))


def answers(*rows):
    return [Answered(survey="s", answers=row) for row in rows]


def test_counts_shares_and_texts():
    found = results(SURVEY, answers({0: 5, 1: True, 2: "b"}, {0: 4, 1: False, 2: "A"}, {0: 1, 1: True, 2: "c"}, {0: 3}))
    scale, yes, text = found.questions
    assert found.n == 4
    assert (scale.counts, scale.favourable) == ((("1", 1), ("2", 0), ("3", 1), ("4", 1), ("5", 1)), 0.5)
    assert (yes.n, yes.counts, yes.favourable) == (3, (("yes", 2), ("no", 1)), pytest.approx(2 / 3))
    assert text.texts == ("A", "b", "c")


def test_fewer_than_three_answers_show_nothing():
    found = results(SURVEY, answers({0: 5}, {0: 4}))
    assert (found.n, found.needed, found.questions) == (2, 3, ())


def test_a_question_that_few_answered_is_hidden_too():
    found = results(SURVEY, answers({0: 5, 2: "only me"}, {0: 4}, {0: 1}))
    assert (found.questions[2].n, found.questions[2].texts) == (1, ())


def test_the_survey_before_stands_beside_the_same_question():
    before = Survey(
        title="Q2", questions=[Asked(text="New?"), Asked(text="Clear?"), Asked(text="More?")], opens=date(2026, 7, 1)
    )
    earlier = answers({1: 4}, {1: 2}, {1: 1}, {1: 5})
    scale, yes, _ = results(SURVEY, answers({0: 5}, {0: 4}, {0: 1}), (before, earlier)).questions
    assert scale.before is not None
    assert (scale.before.n, scale.before.favourable) == (4, 0.5)
    assert yes.before is None
    assert results(SURVEY, answers({0: 5}, {0: 4}, {0: 1}), (before, earlier[:2])).questions[0].before is None


@given(st.lists(st.integers(1, 5), min_size=3, max_size=30))
def test_counts_add_up_and_order_says_nothing(given):
    counted = results(SURVEY, answers(*({0: step} for step in given))).questions[0]
    assert sum(count for _, count in counted.counts) == counted.n == len(given)
    again = results(SURVEY, answers(*({0: step} for step in reversed(given)))).questions[0]
    assert again == counted


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({0: 6}, "question 1 takes a whole number from 1 to 5, found '6'"),
        ({0: True}, "question 1 takes a whole number from 1 to 5, found 'True'"),
        ({1: 1}, "question 2 takes yes or no, found '1'"),
        ({2: "x" * 2001}, "question 3 takes a text of at most 2,000 signs"),
        ({3: 1}, "the survey has no question 4; it has 3"),
        ({0: None, 2: "  "}, "no question was answered"),
    ],
)
def test_answers_of_the_wrong_kind_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        checked(SURVEY, given)


def test_what_was_skipped_is_left_out():
    assert checked(SURVEY, {0: 3, 1: None, 2: " more "}) == {0: 3, 2: "more"}


def test_open_from_the_first_to_the_last_day():
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 14), date(2026, 10, 15)]
    assert [SURVEY.state(day) for day in days] == ["waiting", "open", "open", "closed"]
    assert SURVEY.model_copy(update={"closes": None}).state(date(2030, 1, 1)) == "open"


@pytest.mark.parametrize(
    "wrong", [{"questions": ASKED[:2]}, {"questions": [*ASKED, ASKED[0]]}, {"closes": date(2026, 9, 1)}, {"title": " "}]
)
def test_a_survey_that_cannot_be(wrong):
    with pytest.raises(ValidationError):
        Survey.model_validate({**SURVEY.model_dump(), **wrong})


def test_the_usual_questions_make_a_survey():
    assert len(Survey(title="x", questions=okr_cycle_feedback(), opens=date(2026, 1, 1)).questions) == 6
