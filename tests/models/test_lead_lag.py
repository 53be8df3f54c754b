"""Correlation of surprises: found at the right lag, seldom found in noise (counted exactly), silent on short histories."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from models.lead_lag import lead_lag, surprise


def memory(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    """An autoregression of order 1, settled."""
    return lfilter([1.0], [1.0, -phi], rng.standard_normal(n + 60))[60:]


def frame(values: np.ndarray, freq: str = "W-MON") -> pd.DataFrame:
    return pd.DataFrame({"period": pd.date_range("2023-10-02", periods=len(values), freq=freq), "value": 100 + values})


@pytest.mark.parametrize(
    ("n", "freq", "cadence", "counted"),
    [
        (156, "W-MON", "week", {"none_seen": 38, "some": 2}),
        (48, "MS", "month", {"cannot_tell": 36, "some": 3, "none_seen": 1}),
    ],
)
def test_series_that_know_nothing_of_each_other_are_hardly_ever_called_related(n, freq, cadence, counted):
    rng = np.random.default_rng(5)
    found = [
        lead_lag(frame(memory(rng, n, 0.8), freq), frame(memory(rng, n, 0.8), freq), (cadence, cadence)).strength
        for _ in range(40)
    ]
    assert Counter(found) == counted


def test_a_driver_is_found_at_its_lag_with_its_sign():
    rng = np.random.default_rng(2)
    driver = memory(rng, 156, 0.6)
    noise = memory(rng, 156, 0.6)
    output = -np.r_[np.zeros(3), driver[:-3]] + 0.5 * noise
    found = lead_lag(frame(driver), frame(output), ("week", "week"))
    assert (found.strength, found.lag, found.cadence, found.n) == ("strong", 3, "week", 151)
    assert -1 < found.lo < found.correlation < found.hi < -0.2
    assert found.sentence.startswith("When it rises, the other falls 3 weeks later: correlation −0.")
    assert len(found.by_lag) == 14


def test_a_shared_trend_and_season_are_no_relation():
    rng = np.random.default_rng(3)
    shared = 0.3 * np.arange(156) + 10 * np.sin(np.arange(156) * 2 * np.pi / 52)
    one, two = (frame(shared + rng.standard_normal(156)) for _ in range(2))
    assert np.corrcoef(one["value"], two["value"])[0, 1] > 0.99
    assert lead_lag(one, two, ("week", "week")).strength == "none_seen"


def test_short_and_constant_histories_cannot_tell():
    rng = np.random.default_rng(4)
    few = frame(rng.standard_normal(20))
    found = lead_lag(few, few, ("week", "week"))
    assert (found.strength, found.lag) == ("cannot_tell", None)
    assert found.sentence == "Only 18 changes in common: too few to tell."
    flat = frame(np.zeros(156))
    assert lead_lag(flat, frame(rng.standard_normal(156)), ("week", "week")).strength == "cannot_tell"
    nothing = few.head(0)
    assert lead_lag(nothing, few, ("day", "month")).n == 0


def test_days_are_put_together_into_weeks_and_weeks_into_months():
    rng = np.random.default_rng(6)
    days = pd.DataFrame(
        {"period": pd.date_range("2020-01-06", periods=7 * 300), "value": rng.standard_normal(2100) + 9}
    )
    weeks = days.groupby(np.arange(2100) // 7).agg(period=("period", "first"), value=("value", "mean"))
    found = lead_lag(days, weeks, ("day", "week"))
    assert (found.cadence, found.lag, round(found.correlation, 6)) == ("week", 0, 1.0)
    assert lead_lag(weeks, days, ("week", "month")).cadence == "month"


def test_surprises_hold_no_memory():
    left, fitted = surprise(100 + memory(np.random.default_rng(8), 400, 0.9).cumsum() * 0.1, 52)
    left = left[np.isfinite(left)]
    assert abs(np.corrcoef(left[1:], left[:-1])[0, 1]) < 0.08
    assert 5 <= fitted <= 9
