"""Daily series as weeks."""

import numpy as np
import pandas as pd

from pages.parts.weekly import by_week, is_daily


def days(values: list[float], start: str) -> pd.DataFrame:
    return pd.DataFrame({"period": pd.date_range(start, periods=len(values)), "value": values, "load_id": 1})


def test_whole_weeks_from_monday() -> None:
    weeks = by_week(days([100.0, *range(1, 8), *range(11, 18), 5.0], "2026-07-05"))  # a Sunday, two weeks, a Monday
    assert weeks.to_dict("records") == [
        {"period": pd.Timestamp("2026-07-06"), "value": 4.0},
        {"period": pd.Timestamp("2026-07-13"), "value": 14.0},
    ]


def test_weeks_never_lie_across_the_start_of_the_window() -> None:
    weeks = by_week(days([1.0] * 14 + [9.0] * 14, "2026-06-17"), pd.Timestamp("2026-07-01"))
    assert list(weeks["value"]) == [1.0, 1.0, 9.0, 9.0]
    assert weeks["period"].iloc[2] == pd.Timestamp("2026-07-01")


def test_a_week_with_a_day_missing_is_left_out() -> None:
    weeks = by_week(days([1, 1, np.nan, 1, 1, 1, 1, *[2] * 7], "2026-07-06"))
    assert list(weeks["value"]) == [2.0]


def test_no_values_make_no_weeks() -> None:
    assert by_week(days([], "2026-07-06")).empty


def test_only_days_are_daily() -> None:
    assert (is_daily("day"), is_daily("week"), is_daily(None), is_daily(np.nan)) == (True, False, False, False)
