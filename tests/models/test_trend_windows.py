from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.trend_windows import Tiles, fiscal_month, review_windows

DAYS = st.dates(date(2001, 1, 1), date(2032, 12, 31))
FISCAL_ENDS = st.integers(1, 12)


def spans(at, part, last_year=False, **options):
    windows = review_windows(at, week_end=at, **options)
    rows = windows[(windows["part"] == part) & (windows["last_year"] == last_year)]
    return [(row.start.date(), row.end.date()) for row in rows.itertuples()]


def shown(at, **options):
    return [start.isoformat()[:7] for start, _ in spans(at, "month", **options)]


def test_six_weeks_of_seven_days_end_at_the_date():
    assert spans(date(2024, 3, 6), "week") == [
        (date(2024, 1, 25), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 7)),
        (date(2024, 2, 8), date(2024, 2, 14)),
        (date(2024, 2, 15), date(2024, 2, 21)),
        (date(2024, 2, 22), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2024, 3, 6)),
    ]


@pytest.mark.parametrize(
    ("at", "last_year"),
    [
        (date(2021, 1, 10), date(2020, 1, 12)),  # ISO week 1 of 2021; 2020 had 53 weeks, so week 2 of 2020
        (date(2022, 1, 9), date(2021, 1, 10)),  # ISO week 1 against ISO week 1
        (date(2025, 3, 2), date(2024, 3, 3)),  # over a leap day
    ],
)
def test_a_week_meets_the_week_364_days_before(at, last_year):
    assert spans(at, "week", last_year=True)[-1] == (last_year - timedelta(days=6), last_year)
    assert at.weekday() == last_year.weekday()


@pytest.mark.parametrize(
    ("at", "first", "last"),
    [
        (date(2024, 2, 29), "2023-03", "2024-02"),
        (date(2024, 2, 28), "2023-02", "2024-01"),
        (date(2023, 2, 28), "2022-03", "2023-02"),
        (date(2025, 1, 1), "2024-01", "2024-12"),
        (date(2024, 12, 31), "2024-01", "2024-12"),
    ],
)
def test_twelve_months_end_with_the_last_whole_one(at, first, last):
    months = shown(at)
    assert (len(months), months[0], months[-1]) == (12, first, last)


@pytest.mark.parametrize(
    ("at", "year_end", "first"),
    [
        (date(2021, 9, 25), 12, "2021-01"),
        (date(2021, 9, 25), 5, "2021-06"),
        (date(2021, 5, 31), 5, "2020-06"),
        (date(2021, 6, 1), 5, "2021-06"),
        (date(2024, 1, 15), 1, "2023-02"),
    ],
)
def test_fiscal_months_are_those_of_the_fiscal_year_of_the_date(at, year_end, first):
    months = shown(at, fiscal_year_end=year_end, months="fiscal")
    assert months == [month.strftime("%Y-%m") for month in pd.date_range(first, periods=12, freq="MS")]


@pytest.mark.parametrize(
    ("year_end", "quarter", "year"),
    [
        (12, date(2021, 7, 1), date(2021, 1, 1)),
        (5, date(2021, 9, 1), date(2021, 6, 1)),
        (6, date(2021, 7, 1), date(2021, 7, 1)),
        (9, date(2021, 7, 1), date(2020, 10, 1)),
        (1, date(2021, 8, 1), date(2021, 2, 1)),
    ],
)
def test_quarter_and_year_to_date_begin_with_the_fiscal_ones(year_end, quarter, year):
    at = date(2021, 9, 25)
    assert spans(at, "qtd", fiscal_year_end=year_end) == [(quarter, at)]
    assert spans(at, "ytd", fiscal_year_end=year_end) == [(year, at)]
    assert spans(at, "ytd", last_year=True, fiscal_year_end=year_end) == [
        (year.replace(year=year.year - 1), date(2020, 9, 25))
    ]


def test_to_date_meets_the_same_dates_and_leap_day_meets_28_february():
    assert spans(date(2024, 2, 29), "mtd", last_year=True) == [(date(2023, 2, 1), date(2023, 2, 28))]
    assert spans(date(2025, 2, 28), "mtd", last_year=True) == [(date(2024, 2, 1), date(2024, 2, 28))]


def test_last_years_month_is_the_whole_month_of_that_year():
    assert spans(date(2025, 2, 28), "month", last_year=True)[-1] == (date(2024, 2, 1), date(2024, 2, 29))


@given(DAYS, FISCAL_ENDS)
def test_to_dates_nest_and_contain_the_date(at, year_end):
    windows = review_windows(at, week_end=at, fiscal_year_end=year_end)
    to_date = windows[windows["part"].isin(["mtd", "qtd", "ytd"]) & ~windows["last_year"]]
    starts = to_date["start"].tolist()
    assert starts[0] >= starts[1] >= starts[2]
    assert (to_date["end"] == pd.Timestamp(at)).all()
    assert (pd.Timestamp(at) - starts[2]).days < 366


@given(DAYS, FISCAL_ENDS)
def test_the_fiscal_year_is_twelve_months_that_hold_the_date(at, year_end):
    months = spans(at, "month", fiscal_year_end=year_end, months="fiscal")
    assert months[0][0] <= at <= months[-1][1]
    assert months[-1][1].month == year_end
    assert all(end + timedelta(days=1) == start for (_, end), (start, _) in pairwise(months))


@given(DAYS, DAYS)
def test_whole_months_and_weeks_are_counted_like_their_starts(one, other):
    start, end = min(one, other).replace(day=1), max(one, other)
    ends = pd.date_range(start, end, freq="ME")
    counted = Tiles("month").within(np.array([start], dtype="M8[D]"), np.array([end], dtype="M8[D]"))
    assert counted.tolist() == [len(ends)]
    weeks = Tiles("week", anchor=start.weekday()).within(
        np.array([start], dtype="M8[D]"), np.array([end], dtype="M8[D]")
    )
    assert weeks.tolist() == [((end - start).days + 1) // 7]


@pytest.mark.parametrize(("name", "number"), [("DEC", 12), ("may", 5), ("September", 9), ("Sept", 9), (" 3 ", 3)])
def test_a_fiscal_month_is_read_by_name_or_number(name, number):
    assert fiscal_month(name) == number


@pytest.mark.parametrize("name", ["", "13", "0", "DE", "DECK", "Q4"])
def test_another_word_for_the_fiscal_month_is_refused_with_the_choices(name):
    with pytest.raises(ValueError, match=f"is {name!r}; write one of JAN, FEB, .*, DEC, or a number 1 to 12"):
        fiscal_month(name)
