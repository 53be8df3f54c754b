"""The cadence of each KPI in an extract, and the first day of the period that each observation belongs to."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from kpi_sources.periods import Period

GRAIN_ORDER = ("day", "week", "month", "quarter", "year")


def first_day(day: date, grain: str) -> date:
    """First day of the month, quarter or year that holds a day; a day and a week's own first day stay."""
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    if grain == "year":
        return date(day.year, 1, 1)
    return day


def fits_grain(period: Period, grain: str) -> bool:
    """Whether a label may stand for a period of a KPI's grain: the same grain, or a day in it."""
    return period.grain in (grain, "day")


def usual_grain(periods: Iterable[Period]) -> str:
    """The grain of most labels; the finest of those that tie."""
    counts = Counter(p.grain for p in periods)
    return max(counts, key=lambda g: (counts[g], -GRAIN_ORDER.index(g)))


def _month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def seen_grain(days: set[date]) -> str:
    """The cadence that a KPI's days follow: firsts or ends of months, weeks apart, or days.

    A single day that opens or closes a month stands for the month.
    """
    ordered = sorted(days)
    if not ordered:
        return "month"
    monthly = all(d.day == 1 for d in ordered) or all(_month_end(d) for d in ordered)
    gaps = [(b - a).days for a, b in pairwise(ordered)]
    if monthly:
        months = {d.month for d in ordered}
        if gaps and min(gaps) >= 360 and len(months) == 1:
            return "year"
        if gaps and min(gaps) >= 85 and (months <= {1, 4, 7, 10} or months <= {3, 6, 9, 12}):
            return "quarter"
        return "month"
    if gaps and min(gaps) >= 7 and all(g % 7 == 0 for g in gaps):
        return "week"
    return "day"
