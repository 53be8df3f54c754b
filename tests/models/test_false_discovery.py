"""From an interval to a p-value, from many p-values to those that survive: against the definitions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from models.false_discovery import for_the_worse, p_values, q_values

shares = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def series(*values: float) -> pd.Series:
    return pd.Series(values, dtype=float)


def test_a_bound_at_zero_is_a_p_of_five_percent():
    p = p_values(series(0.1, -0.1, 0.2), series(0.0, -0.2, 0.0), series(0.2, 0.0, 0.44))
    assert p.tolist() == pytest.approx([0.05, 0.05, 0.05])


def test_an_effect_of_none_is_no_surprise_and_unknown_stays_unknown():
    p = p_values(series(0.0, np.nan, 0.1, 0.1), series(-0.1, np.nan, 0.1, np.nan), series(0.1, np.nan, 0.1, 0.2))
    assert p[0] == 1.0
    assert p[1:].isna().all()


def test_the_scale_on_which_the_interval_is_symmetric_is_taken():
    quantile = -stdtrit(5, 0.025)
    linear = p_values(series(0.6), series(0.2), series(1.0))
    assert linear[0] == pytest.approx(2 * stdtr(5, -quantile * 1.5))
    delta, half = np.log(1.6), np.log(1.6) / 3  # the same effect with an interval that is symmetric in logs
    logs = p_values(series(0.6), pd.Series([np.expm1(delta - half)]), pd.Series([np.expm1(delta + half)]))
    assert logs[0] == pytest.approx(2 * stdtr(5, -quantile * 3))


@given(st.floats(-0.9, 3), st.floats(0.001, 3), st.booleans())
def test_p_is_below_five_percent_exactly_when_the_interval_excludes_zero(effect, half, logs):
    middle = np.log1p(effect) if logs else effect
    ends = (middle - half, middle, middle + half)
    lo, at, hi = (np.expm1(end) if logs else end for end in ends)
    p = p_values(series(at), series(lo), series(hi))[0]
    if min(abs(lo), abs(hi)) > 1e-6:
        assert (p < 0.05) == (lo > 0 or hi < 0)


def test_the_bad_side_counts():
    p, effect = series(0.04, 0.04, 0.04, 0.04, 0.5), series(0.1, 0.1, -0.1, 0.1, 0.1)
    verdict = pd.Series(["better", "worse", "worse", "worse", "cannot_tell"])
    direction = pd.Series(["up", "down", "up", "in_band", "in_band"])
    assert for_the_worse(p, effect, verdict, direction).tolist() == pytest.approx([0.98, 0.02, 0.02, 0.04, 1.0])


def test_q_values_by_hand():
    # n = 4: 4·0.01/1 = 0.04, 4·0.04/2 = 0.08, 4·0.03/… sorted 0.01 0.03 0.04 0.9: 0.04, 0.06, 0.0533, 0.9
    q = q_values(pd.Series([0.04, 0.01, np.nan, 0.9, 0.03], index=list("abcde")))
    assert q[["b", "e", "a", "d"]].tolist() == pytest.approx([0.04, 4 * 0.04 / 3, 4 * 0.04 / 3, 0.9])
    assert np.isnan(q["c"])


@given(shares)
def test_q_equals_the_definition(values):
    p = sorted(values)
    n = len(p)
    meant = [min(1.0, *(n * p[j] / (j + 1) for j in range(i, n))) for i in range(n)]
    assert q_values(pd.Series(p)).tolist() == pytest.approx(meant)


@given(shares, st.floats(0.001, 0.999))
def test_q_is_monotone_and_lists_what_the_step_up_rule_lists(values, level):
    p = pd.Series(values)
    q = q_values(p)
    assert (q >= p - 1e-12).all()
    assert (q <= 1).all()
    order = p.argsort().to_numpy()
    assert (np.diff(q.to_numpy()[order]) >= 0).all()
    ordered = p.to_numpy()[order]
    met = np.flatnonzero(ordered * len(p) / np.arange(1, len(p) + 1) <= level)
    assert int((q <= level).sum()) >= (met[-1] + 1 if len(met) else 0)


def test_nothing_looked_at():
    assert q_values(pd.Series([], dtype=float)).empty
