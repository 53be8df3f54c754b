"""The picture beside a verdict: what was expected in the window is foretold from before it, whatever came."""

import numpy as np
import pandas as pd
import pytest

from models.movement import expected_path


def series_of(cadence: str, count: int, gap: bool) -> pd.Series:
    rng = np.random.default_rng(5)
    freq = {"day": "D", "week": "W-MON", "month": "MS", "quarter": "QS"}[cadence]
    periods = pd.date_range("2018-01-01", periods=count, freq=freq)
    values = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, count)) + rng.normal(0, 0.02, count))
    series = pd.Series(values, index=periods)
    if cadence == "day":
        series *= np.where(periods.day_of_week < 5, 1.2, 0.5)
    return series.drop(series.index[[-40, -39, -20]]) if gap else series


CASES = [("day", 400, 91), ("week", 150, 13), ("month", 60, 3), ("quarter", 40, 2)]


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize(("cadence", "count", "window"), CASES)
def test_the_windows_own_values_have_no_part_in_what_was_expected(
    cadence: str, count: int, window: int, gap: bool
) -> None:
    if gap and window >= 20:
        window = 14  # so that the gaps lie in the history
    series = series_of(cadence, count, gap)
    start, end = series.index[-window], series.index[-1]
    first = expected_path(series, start, end, cadence=cadence)
    inside = series.index >= start
    for other in (series[inside][::-1].to_numpy(), series[inside].to_numpy() * 1.5):
        changed = series.copy()
        changed[inside] = other
        again = expected_path(changed, start, end, cadence=cadence)
        for name in ("expected", "lo", "hi"):
            np.testing.assert_allclose(again[name], first[name], rtol=1e-9, err_msg=name)
        assert not np.allclose(again["actual"], first["actual"])


def test_values_missing_in_the_window_leave_the_expected_line_whole() -> None:
    series = series_of("week", 150, gap=False)
    start, end = series.index[-13], series.index[-1]
    whole = expected_path(series, start, end)
    holed = expected_path(series.drop(series.index[[-8, -7]]), start, end)
    np.testing.assert_allclose(holed["expected"], whole["expected"], rtol=1e-9)
    assert holed["actual"].isna().sum() == 2


def test_the_band_widens_the_further_ahead_it_looks() -> None:
    path = expected_path(series_of("week", 150, gap=False), "2020-08-24", "2020-11-16")
    inside = path[path["in_window"]]
    widths = np.log(inside["hi"] / inside["lo"]).to_numpy()
    assert len(widths) == 12
    assert (np.diff(widths) > -1e-12).all()
    assert widths[-1] > widths[0]


def test_controls_move_what_was_expected() -> None:
    series = series_of("week", 150, gap=False)
    rng = np.random.default_rng(6)
    control = series * np.exp(rng.normal(0, 0.003, 150))
    start, end = series.index[-13], series.index[-1]
    doubled, doubled_control = series.copy(), control.copy()
    doubled[-13:], doubled_control[-13:] = doubled[-13:] * 2, doubled_control[-13:] * 2
    alone = expected_path(series, start, end)["expected"].to_numpy()[-13:]
    beside = expected_path(doubled, start, end, controls=[doubled_control])["expected"].to_numpy()[-13:]
    assert (beside > 1.7 * alone).all()
