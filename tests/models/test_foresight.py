"""Chances against outcomes: hand-reckoned Brier scores, the three groups, and when it is too early to say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.foresight import brier, foresight, middle, said_by
from models.periods import Window

chances = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


def found(pairs):
    said, happened = zip(*pairs, strict=True)
    return foresight(pd.Series(said), pd.Series(list(happened), dtype=object))


def test_a_brier_score_by_hand():
    got = found([(0.8, True), (0.6, False), (0.3, False), (1.0, True)])
    assert got.brier == pytest.approx((0.04 + 0.36 + 0.09 + 0) / 4)
    assert got.always == 0.25  # half of them passed
    assert got.table.values.tolist() == [[0.0, 0.35, 1, 0.3, 0.0], [0.35, 0.65, 1, 0.6, 0.0], [0.65, 1.0, 2, 0.9, 1.0]]


def test_a_row_with_either_missing_does_not_count():
    got = found([(0.8, True), (np.nan, True), (0.4, None)])
    assert (got.n, got.enough) == (1, False)
    assert got.brier == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(np.nan, True)], "Nobody said at mid-cycle how sure they were, so there is nothing to compare yet."),
        ([(0.7, True)], "1 chance was given at mid-cycle: too few to say how well it was judged."),
        ([(0.7, True)] * 7, "7 chances were given at mid-cycle: too few to say how well they were judged."),
        (
            [(0.7, True)] * 6 + [(0.7, False)] * 2,
            "For 8 key results the mean chance given was 70 %, and 75 % passed: no further apart than luck explains.",
        ),
        (
            [(0.9, True)] * 4 + [(0.9, False)] * 4,
            "For 8 key results the mean chance given was 90 %, but 50 % passed: more hope than came true.",
        ),
        (
            [(0.3, True)] * 8,
            "For 8 key results the mean chance given was 30 %, and 100 % passed: more came true than was hoped for.",
        ),
    ],
)
def test_what_may_be_said(pairs, sentence):
    assert found(pairs).sentence() == sentence


def test_luck_is_1_96_standard_errors():
    assert found([(0.7, True)] * 8).luck == pytest.approx(1.96 * np.sqrt(0.7 * 0.3 / 8))


@given(chances)
def test_a_brier_score_lies_between_nothing_and_one(pairs):
    got = found(pairs)
    assert 0 <= got.brier <= 1
    assert got.table["n"].sum() == got.n == len(pairs)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_knowing_gets_nothing_and_even_odds_a_quarter(happened):
    outcomes = pd.Series(happened, dtype=float)
    assert brier(outcomes, outcomes) == 0
    assert brier(1 - outcomes, outcomes) == 1
    assert brier(pd.Series([0.5] * len(happened)), outcomes) == 0.25


@given(chances, st.floats(0, 1))
def test_no_constant_chance_beats_the_share_that_passed(pairs, constant):
    outcomes = pd.Series([float(passed) for _, passed in pairs])
    share = outcomes.mean()
    assert brier(pd.Series([constant] * len(pairs)), outcomes) >= share * (1 - share) - 1e-12


def test_the_last_confidence_of_the_first_half_counts():
    check_ins = pd.DataFrame(
        {
            "key_result": ["a", "a", "a", "b", "c"],
            "day": pd.to_datetime(["2026-07-10", "2026-08-10", "2026-09-10", "2026-09-01", "2026-07-10"]),
            "confidence": [9.0, 4.0, 1.0, 5.0, np.nan],
        }
    )
    ends = pd.Series(dict.fromkeys("abc", date(2026, 8, 15)), dtype=object)
    assert said_by(check_ins, ends).to_dict() == {"a": 0.4}
    assert middle(Window(date(2026, 7, 1), date(2026, 9, 30))) == date(2026, 8, 15)
