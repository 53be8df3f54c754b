from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import periods
from models.periods import Window

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-h2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_usual_cycle_names_mean_their_calendar_days(name, start, end):
    assert periods.named_cycle(name) == Window(start, end)


@pytest.mark.parametrize("name", ["FY2024-Q1", "2026-13", "2026-Q5", "summer", ""])
def test_other_names_mean_nothing(name):
    assert periods.named_cycle(name) is None


def test_the_window_before_a_quarter_is_the_quarter_before():
    assert Window(date(2024, 1, 1), date(2024, 3, 31)).before() == Window(date(2023, 10, 1), date(2023, 12, 31))


def test_the_window_before_odd_days_is_as_many_days():
    assert Window(date(2024, 3, 10), date(2024, 3, 19)).before() == Window(date(2024, 2, 29), date(2024, 3, 9))


def one(cadence: str, start: date, end: date, as_of: date, anchor: int = 0) -> tuple:
    def series(value):
        return pd.Series([value])

    def stamp(day):
        return series(pd.Timestamp(day)).astype("datetime64[ns]")

    due = periods.due(stamp(start), stamp(end), series(cadence), series(anchor), as_of)
    last = due.last.iloc[0]
    return (
        due.first.iloc[0].date(),
        None if pd.isna(last) else last.date(),
        int(due.count.iloc[0]),
        int(due.total.iloc[0]),
    )


QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("cadence", "as_of", "expected"),
    [
        ("day", date(2026, 6, 30), (date(2026, 7, 1), None, 0, 92)),
        ("day", date(2026, 7, 31), (date(2026, 7, 1), date(2026, 7, 31), 31, 92)),
        ("week", date(2026, 9, 30), (date(2026, 7, 6), date(2026, 9, 21), 12, 13)),
        ("week", date(2026, 10, 4), (date(2026, 7, 6), date(2026, 9, 28), 13, 13)),
        ("month", date(2026, 8, 30), (date(2026, 7, 1), date(2026, 7, 1), 1, 3)),
        ("month", date(2026, 8, 31), (date(2026, 7, 1), date(2026, 8, 1), 2, 3)),
        ("quarter", date(2026, 9, 29), (date(2026, 7, 1), None, 0, 1)),
        ("quarter", date(2026, 9, 30), (date(2026, 7, 1), date(2026, 7, 1), 1, 1)),
    ],
)
def test_periods_due_are_those_that_are_over(cadence, as_of, expected):
    assert one(cadence, *QUARTER, as_of) == expected


def test_weeks_keep_their_anchor():
    assert one("week", *QUARTER, date(2026, 12, 1), anchor=2) == (date(2026, 7, 1), date(2026, 9, 30), 14, 14)


@given(st.sampled_from(periods.CADENCES), DAYS, st.integers(0, 400), DAYS, st.integers(0, 6))
def test_due_agrees_with_listing_the_periods(cadence, start, length, as_of, anchor):
    end = (pd.Timestamp(start) + pd.Timedelta(days=length)).date()
    starts = [day.date() for day in periods.period_starts(cadence, start, end, anchor)]
    over = [day for day in starts if periods.period_end_day(cadence, day) <= as_of]
    _, last, count, total = one(cadence, start, end, as_of, anchor)
    assert (last, count, total) == (over[-1] if over else None, len(over), len(starts))


@given(st.sampled_from(periods.CADENCES), DAYS)
def test_a_period_ends_the_day_before_the_next_begins(cadence, day):
    start = periods.period_starts(cadence, day, (pd.Timestamp(day) + pd.Timedelta(days=100)).date())[0]
    ends = periods.period_end(pd.Series([start]), cadence)
    assert ends.iloc[0].date() == periods.period_end_day(cadence, start.date())


@pytest.mark.parametrize(
    ("starts", "cadence"),
    [
        (["2026-01-01", "2026-01-02", "2026-01-05"], "day"),
        (["2026-01-05", "2026-01-12", "2026-01-19"], "week"),
        (["2026-01-01", "2026-02-01", "2026-04-01"], "month"),
        (["2026-01-01", "2026-04-01"], "quarter"),
        (["2026-01-01"], "month"),
    ],
)
def test_the_cadence_seen_is_that_of_the_usual_gap(starts, cadence):
    assert periods.seen_cadence(starts) == cadence


def test_elapsed_share_counts_whole_days():
    quarter = Window(*QUARTER)
    assert periods.elapsed_share(quarter, date(2026, 6, 1)) == 0.0
    assert periods.elapsed_share(quarter, date(2026, 7, 1)) == 1 / 92
    assert periods.elapsed_share(quarter, date(2026, 10, 9)) == 1.0
