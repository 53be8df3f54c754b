"""The spans of a business review: six weeks, twelve months, month, quarter and year to date, each with last year's.

Weeks are compared with those 364 days before, so that weekdays stay aligned; months and to-dates with the same dates
of the calendar a year before.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

WEEKS = 6  # shown
MONTHS = 12  # shown
YEAR_OF_WEEKS = 364  # days; 52 whole weeks, so a Monday meets a Monday
MONTH_NAMES = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE"),
    *("JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"),
)
TO_DATE = ("mtd", "qtd", "ytd")

Months = Literal["trailing", "fiscal"]
_DAY = np.timedelta64(1, "D")
_STEP = {"month": 1, "quarter": 3}  # calendar months in a period


def fiscal_month(name: str) -> int:
    """1 to 12 of the last month of a fiscal year, given as `DEC`, `December` or `12`; ValueError for anything else."""
    text = name.strip().upper()
    for number, month in enumerate(MONTH_NAMES, start=1):
        if text == str(number) or (len(text) >= 3 and month.startswith(text)):
            return number
    short = ", ".join(month[:3] for month in MONTH_NAMES)
    raise ValueError(f"the last month of the fiscal year is {name!r}; write one of {short}, or a number 1 to 12")


def review_windows(
    at: date,
    *,
    fiscal_year_end: int = 12,
    months: Months = "trailing",
    week_end: date,
    months_until: date | None = None,
) -> pd.DataFrame:
    """Every span of the review that is made on day `at`: part, last_year (bool), start and end (days, both inside).

    `part` is week (6 rows), month (12), mtd, qtd or ytd, first for this year, then in the same order for last year.
    `week_end` is the last day of the latest week, `fiscal_year_end` the number of the last fiscal month; the trailing
    months end with the last one that is over on `months_until` (the day itself without one).
    """
    day = np.datetime64(at, "D")
    year_before = np.datetime64((pd.Timestamp(at) - pd.DateOffset(years=1)).date(), "D")  # 29 Feb meets 28 Feb
    ends = np.datetime64(week_end, "D") - 7 * np.arange(WEEKS)[::-1] * _DAY
    until = day if months_until is None or months == "fiscal" else np.datetime64(months_until, "D")
    shown = _months_shown(until, fiscal_year_end, months)
    parts = ["week"] * WEEKS + ["month"] * MONTHS + list(TO_DATE)
    now = (
        np.concatenate([ends - 6 * _DAY, shown.astype("datetime64[D]"), _to_date_starts(day, fiscal_year_end)]),
        np.concatenate([ends, _last_day(shown), np.repeat(day, 3)]),
    )
    before = (
        np.concatenate(
            [
                now[0][:WEEKS] - YEAR_OF_WEEKS * _DAY,
                (shown - 12).astype("datetime64[D]"),
                _to_date_starts(year_before, fiscal_year_end),
            ]
        ),
        np.concatenate([ends - YEAR_OF_WEEKS * _DAY, _last_day(shown - 12), np.repeat(year_before, 3)]),
    )
    return pd.DataFrame(
        {
            "part": parts * 2,
            "last_year": np.repeat([False, True], len(parts)),
            "start": np.concatenate([now[0], before[0]]).astype("datetime64[ns]"),
            "end": np.concatenate([now[1], before[1]]).astype("datetime64[ns]"),
        }
    )


def _months_shown(day: np.datetime64, fiscal_year_end: int, months: Months) -> np.ndarray:
    held = day.astype("datetime64[M]")
    if months == "fiscal":
        return held - (_ordinal(held) - fiscal_year_end) % 12 + np.arange(MONTHS)
    last = (day + _DAY).astype("datetime64[M]") - 1  # the month of the day only if the day ends it
    return last - np.arange(MONTHS)[::-1]


def _to_date_starts(day: np.datetime64, fiscal_year_end: int) -> np.ndarray:
    month = day.astype("datetime64[M]")
    into_year = (_ordinal(month) - fiscal_year_end) % 12  # months since the fiscal year began
    return np.array([month, month - into_year % 3, month - into_year]).astype("datetime64[D]")


def _ordinal(month: np.datetime64) -> int:
    return int(month.astype("int64"))  # months since January 1970, so January of any year is 0 modulo 12


def _last_day(months: np.ndarray) -> np.ndarray:
    return (months + 1).astype("datetime64[D]") - _DAY


@dataclass(frozen=True)
class Tiles:
    """The periods that a KPI can have: its cadence, the weekdays on which daily values come, and where periods begin.

    `weekdays` are seven booleans from Monday; `anchor` is the weekday on which weeks begin (Monday is 0), or the month
    (modulo 3) in which quarters do.
    """

    cadence: str
    weekdays: tuple[bool, ...] = (True,) * 7
    anchor: int = 0

    def last_days(self, periods: np.ndarray) -> np.ndarray:
        """Last day of each period, from first days (datetime64[D])."""
        if self.cadence in _STEP:
            return _last_day(periods.astype("datetime64[M]") + _STEP[self.cadence] - 1)
        return periods + (6 if self.cadence == "week" else 0) * _DAY

    def within(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """How many whole periods lie in [start, end] (datetime64[D] arrays); 0 where none begins on `start`."""
        after = np.maximum(end + _DAY, start)
        if self.cadence == "day":
            return np.busday_count(start, after, weekmask=list(self.weekdays))
        if self.cadence == "week":
            aligned = (start.astype("int64") + 3) % 7 == self.anchor  # 1 January 1970 was a Thursday
            return np.where(aligned, (after - start).astype("int64") // 7, 0)
        step, month = _STEP[self.cadence], start.astype("datetime64[M]")
        aligned = (month.astype("datetime64[D]") == start) & (month.astype("int64") % step == self.anchor % step)
        whole = (after.astype("datetime64[M]") - month).astype("int64") // step
        return np.where(aligned, whole, 0)


def windows_of(tiles: Tiles, at: date, *, fiscal_year_end: int = 12, months: Months = "trailing") -> pd.DataFrame:
    """The spans of a review on day `at`, as periods of this kind fill them."""
    if tiles.cadence == "week":
        return _of_whole_weeks(tiles.anchor, at, fiscal_year_end, months)
    windows = review_windows(at, fiscal_year_end=fiscal_year_end, months=months, week_end=at)
    if tiles.cadence == "day" or (at + timedelta(days=1)).day != 1:
        return windows
    to_date = windows["part"].isin(TO_DATE)  # 28 February as a month's end meets the whole of February in a leap year
    return windows.assign(end=windows["end"].where(~to_date, windows["end"] + pd.offsets.MonthEnd(0)))


def _of_whole_weeks(anchor: int, at: date, fiscal_year_end: int, months: Months) -> pd.DataFrame:
    """A weekly KPI has its own weeks; months and to-dates hold the weeks that begin in them, and last year's to-dates
    the same number of weeks 364 days before."""
    week_end = at - timedelta(days=(at.weekday() - anchor - 6) % 7)
    month_end = np.datetime64(at + timedelta(days=1), "M").astype("datetime64[D]")  # one day after the last whole month
    until = at
    if _first_week(month_end, anchor) - _DAY > np.datetime64(at, "D"):  # its last week is not over
        until = (month_end - _DAY).item().replace(day=1)  # the months end one earlier
    windows = review_windows(at, fiscal_year_end=fiscal_year_end, months=months, week_end=week_end, months_until=until)
    start, end = (windows[name].to_numpy().astype("datetime64[D]") for name in ("start", "end"))
    first, after = _first_week(start, anchor), _first_week(end + _DAY, anchor)
    month, to_date = (windows["part"] == "month").to_numpy(), windows["part"].isin(TO_DATE).to_numpy()
    start, end = np.where(month, first, start), np.where(month, after - _DAY, end)
    now = to_date & ~windows["last_year"].to_numpy()
    back = np.timedelta64(YEAR_OF_WEEKS, "D")
    start[now], end[now] = first[now], np.datetime64(week_end, "D")
    before = to_date & ~now
    start[before], end[before] = start[now] - back, end[now] - back
    return windows.assign(start=start.astype("datetime64[ns]"), end=end.astype("datetime64[ns]"))


def _first_week(day: np.ndarray, anchor: int) -> np.ndarray:
    """The first day, on or after `day`, on which a week begins (datetime64[D]; Monday is 0)."""
    return day + ((anchor - (day.astype("int64") + 3)) % 7) * _DAY
