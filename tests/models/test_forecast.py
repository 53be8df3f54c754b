"""Forecasts of a reading: what is known stays, what comes is drawn, chances are honest."""

import numpy as np
import pandas as pd
import pytest

from models.forecast import Forecast, chance_in_words, chance_of, forecast


def monthly(seed=0, n=60, noise=0.03):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    y = 200 * np.exp(0.1 * np.sin(2 * np.pi * t / 12) + noise * rng.normal(size=n))
    return pd.Series(y, pd.date_range("2020-01-01", periods=n, freq="MS"))


FULL = monthly()
QUARTER = (FULL.index[-3], FULL.index[-1] + pd.Timedelta(days=30))


def test_a_cycle_that_is_over_is_not_forecast():
    got = forecast(FULL, *QUARTER, target=1.0)
    assert got.expected == got.lo == got.hi == pytest.approx(FULL.iloc[-3:].mean())
    assert (got.chance, got.known, got.left) == (1.0, 3, 0)
    assert forecast(FULL, *QUARTER, reading="sum").expected == pytest.approx(FULL.iloc[-3:].sum())
    assert forecast(FULL, *QUARTER, reading="last").expected == FULL.iloc[-1]
    assert forecast(FULL, *QUARTER, reading="trailing", trailing=6).expected == pytest.approx(FULL.iloc[-6:].mean())


def test_the_interval_narrows_as_the_cycle_runs_and_holds_the_truth():
    widths = []
    for as_of in (FULL.index[-4], FULL.index[-3], FULL.index[-2]):
        got = forecast(FULL, *QUARTER, reading="sum", as_of=as_of)
        assert got.lo < FULL.iloc[-3:].sum() < got.hi
        widths.append(got.hi - got.lo)
    assert widths[0] > widths[1] > widths[2] > 0


def test_chances_add_up_and_follow_the_direction():
    as_of = FULL.index[-4]
    middle = forecast(FULL, *QUARTER, as_of=as_of).expected
    up = chance_of(FULL, *QUARTER, middle, as_of=as_of)
    down = chance_of(FULL, *QUARTER, middle, as_of=as_of, direction="down")
    assert up == pytest.approx(0.5, abs=0.01)
    assert up + down == pytest.approx(1.0, abs=0.001)
    easy, hard = (chance_of(FULL, *QUARTER, middle * x, as_of=as_of) for x in (0.8, 1.2))
    assert easy > 0.99
    assert hard < 0.01
    inside = forecast(FULL, *QUARTER, as_of=as_of, direction="in_band", band=(0.0, middle)).chance
    assert inside == pytest.approx(down, abs=0.001)


def test_the_same_series_gives_the_same_answer():
    assert forecast(FULL, *QUARTER, as_of=FULL.index[-4]) == forecast(FULL, *QUARTER, as_of=FULL.index[-4])


def test_the_unit_does_not_matter():
    one, other = (forecast(s, *QUARTER, as_of=FULL.index[-4]) for s in (FULL, FULL * 1000))
    assert other.hi == pytest.approx(one.hi * 1000, rel=1e-6)


def test_half_of_the_targets_at_the_median_are_reached():
    reached = []
    for seed in range(60):
        series = monthly(seed, n=48)
        start, end = series.index[-3], series.index[-1]
        middle = forecast(series, start, end, as_of=series.index[-4]).expected
        reached.append(series.iloc[-3:].mean() >= middle)
    assert 18 <= sum(reached) <= 42


def test_days_follow_the_week():
    rng = np.random.default_rng(1)
    index = pd.date_range("2023-01-02", periods=300)
    series = pd.Series(np.where(index.day_of_week < 5, 100.0, 20.0) * np.exp(0.05 * rng.normal(size=300)), index)
    sunday = pd.Timestamp("2023-11-05")
    got = forecast(series, "2023-10-01", sunday, reading="last")
    assert got.lo < 20 < got.hi < 40


def test_a_space_between_the_data_and_the_cycle_is_bridged():
    got = forecast(FULL, "2025-04-01", "2025-06-30")
    assert (got.known, got.left, got.reason) == (0, 3, "")
    assert got.lo < got.expected < got.hi


def test_what_cannot_be_said():
    index = pd.date_range("2024-01-01", periods=3, freq="MS")
    assert forecast(pd.Series([1.0, 2.0, 3.0], index), "2024-04-01", "2024-06-30").reason == "short_history"
    assert forecast(FULL * 0 + 5, "2025-01-01", "2025-03-31").reason == "constant_history"
    assert forecast(FULL.iloc[:0], "2025-01-01", "2025-03-31", cadence="month").reason == "no_data"
    assert forecast(FULL, "2019-01-02", "2019-01-20").reason == "no_window"
    with pytest.raises(ValueError, match="no reading 'median'; known are last, mean, sum, trailing"):
        forecast(FULL, *QUARTER, reading="median")
    with pytest.raises(ValueError, match="needs trailing"):
        forecast(FULL, *QUARTER, reading="trailing")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            Forecast(1234.5, 1100, 1400, 0.73, 1, 2, "mean", ""),
            "Sales is expected to end at 1,234 (95 %: 1,100 to 1,400); the chance of reaching the target is 73 %.",
        ),
        (Forecast(10, 8, 12, None, 1, 2, "mean", ""), "Sales is expected to end at 10 (95 %: 8 to 12)."),
        (Forecast(10, 10, 10, 1.0, 3, 0, "mean", ""), "Sales ended at 10; the chance of reaching the target is above 99 %."),
        (
            Forecast(np.nan, np.nan, np.nan, None, 0, 3, "mean", "short_history"),
            "Nothing can be said of where Sales will end: there is too little history.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_of_each_branch(made, words):
    assert made.sentence("Sales") == words


def test_a_chance_is_never_certain():
    assert [chance_in_words(c) for c in (0.0, 0.004, 0.25, 0.996, 1.0)] == [
        "below 1 %", "below 1 %", "25 %", "above 99 %", "above 99 %",
    ]  # fmt: skip


def test_the_fan_shows_each_period_still_to_come_wider_the_further_ahead():
    got = forecast(FULL, *QUARTER, as_of=FULL.index[-3])
    assert list(got.fan["period"]) == list(FULL.index[-2:])
    ends = got.fan[["lo", "lo50", "expected", "hi50", "hi"]].to_numpy()
    assert (np.diff(ends, axis=1) > 0).all()
    assert forecast(FULL, *QUARTER).fan is None
    last = forecast(FULL, *QUARTER, reading="last", as_of=FULL.index[-3])
    assert (last.lo, last.expected, last.hi) == pytest.approx(tuple(last.fan[["lo", "expected", "hi"]].iloc[-1]))
