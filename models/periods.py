"""Days, periods and cycles: which periods a window holds, when a period is over, what a cycle name means.

A period is named by its first day. Weeks keep the anchor (weekday) that the data has.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

CADENCES = ("day", "week", "month", "quarter")
PERIODS_PER_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "quarter": 4.0}
_STEP = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
}


@dataclass(frozen=True)
class Window:
    """First and last day, both inside."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def shifted(self, days: int) -> "Window":
        return Window(self.start + timedelta(days=days), self.end + timedelta(days=days))

    def before(self) -> "Window":
        """The window of equal length just before: by whole months where this one is whole months, else by days."""
        months = _whole_months(self.start, self.end)
        if months:
            first = (pd.Timestamp(self.start) - pd.DateOffset(months=months)).date()
            return Window(first, self.start - timedelta(days=1))
        return Window(self.start - timedelta(days=self.days), self.start - timedelta(days=1))


def _whole_months(start: date, end: date) -> int:
    after = end + timedelta(days=1)
    if start.day != 1 or after.day != 1:
        return 0
    return (after.year - start.year) * 12 + after.month - start.month


def end_of(day: date) -> datetime:
    """The last moment of a UTC day."""
    return datetime.combine(day, time.max)


def named_cycle(name: str) -> Window | None:
    """What a usual cycle name means in the calendar year: `2026`, `2026-H1`, `2026-Q3`, `2026-07`; else None."""
    match = re.fullmatch(r"(\d{4})(?:-?(Q[1-4]|H[12]|\d{2}))?", name.strip().upper())
    if not match:
        return None
    year, part = int(match[1]), match[2] or ""
    first, months = 1, 12
    if part.startswith("Q"):
        first, months = 3 * int(part[1]) - 2, 3
    elif part.startswith("H"):
        first, months = 6 * int(part[1]) - 5, 6
    elif part:
        first, months = int(part), 1
        if not 1 <= first <= 12:
            return None
    start = pd.Timestamp(year, first, 1)
    return Window(start.date(), (start + pd.DateOffset(months=months) - pd.DateOffset(days=1)).date())


def quarter_name(day: date) -> str:
    """The calendar quarter that holds a day, `2026-Q3`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def period_end(starts: pd.Series, cadence: "pd.Series | str") -> pd.Series:
    """Last day of each period; `cadence` is one word or a series of words beside `starts`."""
    words = pd.Series(cadence, index=starts.index) if isinstance(cadence, str) else cadence
    out = pd.Series(pd.NaT, index=starts.index, dtype="datetime64[ns]")
    for word, step in _STEP.items():
        mask = words == word
        if mask.any():
            out[mask] = starts[mask] + step - pd.Timedelta(days=1)
    return out


def period_starts(cadence: str, first: date, last: date, anchor: int = 0) -> pd.DatetimeIndex:
    """First days of all periods that start in [first, last]; weeks start on the weekday `anchor` (Monday is 0)."""
    freq = {
        "day": "D",
        "week": f"W-{('MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN')[anchor]}",
        "month": "MS",
        "quarter": "QS",
    }
    return pd.date_range(first, last, freq=freq[cadence])


def period_end_day(cadence: str, start: date) -> date:
    """Last day of one period."""
    return (pd.Timestamp(start) + _STEP[cadence]).date() - timedelta(days=1)


def seen_cadence(starts: Iterable[Any]) -> str:
    """The cadence that period starts follow, by the median gap between neighbours; a single period is a month."""
    days = np.unique(np.asarray(list(starts), dtype="datetime64[D]").astype("int64"))
    if len(days) < 2:
        return "month"
    gap = float(np.median(np.diff(days)))
    return "day" if gap < 4 else "week" if gap < 20 else "month" if gap < 60 else "quarter"


def elapsed_share(window: Window, as_of: date) -> float:
    """Share of the window's days that are over at the end of `as_of`, in 0..1."""
    return float(np.clip(((as_of - window.start).days + 1) / window.days, 0.0, 1.0))


@dataclass(frozen=True)
class Due:
    """Periods of many windows, one array entry per window."""

    first: pd.Series  # first day of the first period that starts in the window
    last: pd.Series  # first day of the last period that is over by then; NaT where none is
    count: pd.Series  # how many are over by then
    total: pd.Series  # how many there are


def due(start: pd.Series, end: pd.Series, cadence: pd.Series, anchor: pd.Series, as_of: date) -> Due:
    """The periods that start in [start, end] and are over at the end of `as_of`; `anchor` is the weekday of weeks."""
    now = pd.Timestamp(as_of)
    first = _nth_start(start, cadence, anchor, pd.Series(0, index=start.index))
    total = _count(first, end, cadence)
    over = _count(first, pd.concat([end, _last_start_over(first, cadence, now)], axis=1).min(axis=1), cadence)
    last = _nth_start(start, cadence, anchor, over - 1).where(over > 0)
    return Due(first, last, over, total)


def told_from(start: pd.Series, cadence: pd.Series, anchor: pd.Series, periods: pd.Series) -> pd.Series:
    """The day after the given number of periods of a window are over."""
    return _nth_start(start, cadence, anchor, periods)


def _nth_start(start: pd.Series, cadence: pd.Series, anchor: pd.Series, n: pd.Series) -> pd.Series:
    """First day of the n-th period (0-based) that starts on or after `start`."""
    out = start + pd.to_timedelta(n, unit="D")
    weekly = start + pd.to_timedelta((anchor - start.dt.day_of_week) % 7 + 7 * n, unit="D")
    out = out.where(cadence != "week", weekly)
    for word, freq in (("month", "M"), ("quarter", "Q")):
        mask = cadence == word
        if mask.any():
            held = start[mask].dt.to_period(freq)
            ordinal = held.astype("int64") + (held.dt.start_time < start[mask]).astype("int64") + n[mask]
            starts = pd.PeriodIndex.from_ordinals(ordinal.to_numpy(), freq=freq).start_time
            out = out.astype("datetime64[ns]")
            out[mask] = starts.astype("datetime64[ns]")
    return out.astype("datetime64[ns]")


def _count(first: pd.Series, last: pd.Series, cadence: pd.Series) -> pd.Series:
    """How many periods start in [first, last], `first` being one of them."""
    days = (last - first).dt.days
    count = days.floordiv(1).where(cadence != "week", days.floordiv(7))
    for word, months in (("month", 1), ("quarter", 3)):
        apart = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month
        count = count.where(cadence != word, apart.floordiv(months).where(days >= 0, -1))
    return (count + 1).clip(lower=0).astype("int64")


def _last_start_over(first: pd.Series, cadence: pd.Series, now: pd.Timestamp) -> pd.Series:
    """An upper bound for the first day of a period that is over at the end of `now`."""
    out = pd.Series(now, index=first.index, dtype="datetime64[ns]")
    tomorrow = now + pd.Timedelta(days=1)
    limits = {
        "week": now - pd.Timedelta(days=6),
        "month": tomorrow.to_period("M").start_time - pd.Timedelta(days=1),
        "quarter": tomorrow.to_period("Q").start_time - pd.Timedelta(days=1),
    }
    for word, limit in limits.items():
        out = out.where(cadence != word, limit)
    return out
