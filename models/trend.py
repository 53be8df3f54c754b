"""The figures of a weekly or monthly business review: one KPI, its last weeks and months, and its periods to date.

The method is that of Amazon's weekly business review (Bryar and Carr, *Working Backwards*, chapter 6): six weeks and
twelve months beside the same ones of last year. `docs/trend.md` says what each figure means and when it is unknown.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from models.okr import Aggregation
from models.periods import CADENCES
from models.policy import POLICY, Policy
from models.trend_notes import Standing, notes
from models.trend_windows import TO_DATE, Months, Tiles, review_windows

TOTALS = ("week", "week_change", "week_yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy")
AGGREGATIONS = ("sum", "mean", "last", "ratio")


@dataclass(frozen=True)
class Trend:
    """The review of one KPI. Values are in the KPI's unit, changes in percent (12.5 is 12.5 %), unknown is NaN or None.

    `weeks` has end (last day), value, last_year; `months` has month (`2026-03`), value, last_year; `totals` has the
    keys of TOTALS; `notes` are sentences about what is unknown or counted in part.
    """

    weeks: pd.DataFrame
    months: pd.DataFrame
    totals: dict[str, float | None]
    notes: tuple[str, ...]


def trend(
    daily: pd.DataFrame,
    *,
    cadence: str,
    aggregation: Aggregation,
    at: date,
    fiscal_year_end: int = 12,
    months: Months = "trailing",
    policy: Policy = POLICY,
) -> Trend:
    """The review on day `at` of the values of one KPI and segment.

    `daily` has one row per period: period (its first day) and value; a ratio has its weight (the denominator) too, or
    the columns numerator and denominator. Rows without a value count as missing. `fiscal_year_end` is the number of
    the last fiscal month. Raises ValueError where an argument is not one of the words, or a period stands twice.
    """
    _check(cadence, aggregation, fiscal_year_end, months)
    values = _Values.of(daily, cadence, aggregation, policy)
    windows = review_windows(
        at, fiscal_year_end=fiscal_year_end, months=months, week_end=_week_end(at, values.tiles, values.last)
    )
    if cadence in ("month", "quarter"):
        windows = _with_whole_month_last_year(windows, at)
    windows = values.judged(windows, aggregation, policy)
    half = len(windows) // 2  # this year's spans, then last year's in the same order
    beside = windows.iloc[:half].assign(last_year=windows["value"].to_numpy()[half:])
    weeks, shown = (beside[beside["part"] == part].reset_index(drop=True) for part in ("week", "month"))
    (before, week), last_year = weeks["value"].tolist()[-2:], weeks["last_year"].tolist()[-1]
    totals = {"week": _known(week), "week_change": change(week, before), "week_yoy": change(week, last_year)}
    for row in beside[beside["part"].isin(TO_DATE)].itertuples():
        totals |= {row.part: _known(row.value), f"{row.part}_yoy": change(row.value, row.last_year)}
    return Trend(
        weeks=weeks[["end", "value", "last_year"]],
        months=shown.assign(month=shown["start"].dt.strftime("%Y-%m"))[["month", "value", "last_year"]],
        totals=totals,
        notes=notes(windows, values.tiles, aggregation, at, first=values.first, last=values.last),
    )


def change(value: float, base: float) -> float | None:
    """Percent by which `value` is above `base`; None where either is unknown or the base is 0.

    The size of the base is what counts: from -100 to -50 is +50 %, a rise.
    """
    if not (np.isfinite(value) and np.isfinite(base)) or base == 0:
        return None
    return float((value - base) / abs(base) * 100)


def trend_document(review: Trend) -> dict[str, Any]:
    """The review as plain data for JSON: dates in ISO form, unknown as None."""
    return {
        "weeks": [
            {"end": row.end.date().isoformat(), "value": _known(row.value), "last_year": _known(row.last_year)}
            for row in review.weeks.itertuples()
        ],
        "months": [
            {"month": row.month, "value": _known(row.value), "last_year": _known(row.last_year)}
            for row in review.months.itertuples()
        ],
        "totals": dict(review.totals),
        "notes": list(review.notes),
    }


@dataclass(frozen=True)
class _Values:
    """The values there are, in order of time: first day of each period, and top / bottom that make its value."""

    tiles: Tiles
    period: np.ndarray  # datetime64[D]
    top: np.ndarray  # the value, or the numerator of a ratio
    bottom: np.ndarray  # 1, or the denominator of a ratio

    @classmethod
    def of(cls, frame: pd.DataFrame, cadence: str, aggregation: str, policy: Policy) -> "_Values":
        twice = frame.loc[frame["period"].duplicated(), "period"]
        if len(twice):
            raise ValueError(
                f"trend: the period {twice.iloc[0].date()} stands twice; give the values of one KPI and one segment"
            )
        frame = frame.sort_values("period")
        if aggregation == "ratio" and {"numerator", "denominator"} <= set(frame.columns):
            top, bottom = frame["numerator"].to_numpy(dtype=float), frame["denominator"].to_numpy(dtype=float)
        else:
            top = frame["value"].to_numpy(dtype=float)
            bottom = np.ones(len(frame))
            if aggregation == "ratio" and "weight" in frame.columns:
                bottom = frame["weight"].to_numpy(dtype=float)
                top = top * bottom
        there = np.isfinite(top) & np.isfinite(bottom)
        period = frame["period"].to_numpy().astype("datetime64[D]")[there]
        return cls(_tiles(period, cadence, policy), period, top[there], bottom[there])

    @property
    def first(self) -> date | None:
        return self.period[0].item() if len(self.period) else None

    @property
    def last(self) -> date | None:
        """Last day that the values cover."""
        return self.tiles.last_days(self.period[-1:])[0].item() if len(self.period) else None

    def judged(self, windows: pd.DataFrame, aggregation: str, policy: Policy) -> pd.DataFrame:
        """The windows with their value (NaN where unknown) and standing."""
        start = windows["start"].to_numpy().astype("datetime64[D]")
        end = windows["end"].to_numpy().astype("datetime64[D]")
        low = np.searchsorted(self.period, start, side="left")
        high = np.maximum(np.searchsorted(self.tiles.last_days(self.period), end, side="right"), low)
        if self.tiles.cadence == "week":  # weeks cross the ends of months, quarters and years
            high = np.where(windows["part"] == "week", high, low)
        standing = self._standing(windows, start, end, (low, high), aggregation, policy)
        value = _aggregated(self.top, self.bottom, low, high, aggregation)
        known = np.isin(standing, [Standing.WHOLE, Standing.GAPS])
        return windows.assign(value=np.where(known, value, np.nan), standing=standing)

    def _standing(
        self,
        windows: pd.DataFrame,
        start: np.ndarray,
        end: np.ndarray,
        held: tuple[np.ndarray, np.ndarray],
        aggregation: str,
        policy: Policy,
    ) -> np.ndarray:
        """What can be said of each window: whole, unknown, or why its value is less than whole."""
        if not len(self.period):
            return np.full(len(start), Standing.NONE)
        first, last = self.period[0], self.tiles.last_days(self.period[-1:])[0]
        usual = np.ones(len(self.period), dtype=bool)
        if self.tiles.cadence == "day":
            usual = np.is_busday(self.period, weekmask=list(self.tiles.weekdays))
        found = _sums(usual.astype(float), *held)
        expected = self.tiles.within(start, end)
        if self.tiles.cadence == "week":
            expected = np.where(windows["part"] == "week", expected, 0)
        due = self.tiles.within(np.maximum(start, first), end)
        late = self.tiles.within(np.full(len(end), last + np.timedelta64(1, "D")), end) > 0
        missing = found < due
        few = (found < policy.trend_share * expected) & (aggregation in ("sum", "mean"))
        conditions = [
            (expected == 0) | (end < first),
            late,
            missing & (aggregation == "sum"),
            few | (held[0] == held[1]),
            missing,
        ]
        outcomes = [Standing.NONE, Standing.LATE, Standing.HOLE, Standing.TOO_FEW, Standing.GAPS]
        return np.select(conditions, outcomes, default=Standing.WHOLE)


def _aggregated(top: np.ndarray, bottom: np.ndarray, low: np.ndarray, high: np.ndarray, aggregation: str) -> np.ndarray:
    """Sum, mean, last or ratio of sums of the rows low to high (without high); NaN where there are none."""
    none = low == high
    if aggregation == "last":
        return np.where(none, np.nan, np.append(top, np.nan)[np.maximum(high - 1, 0)])
    sums = _sums(top, low, high)
    if aggregation == "sum":
        return np.where(none, np.nan, sums)
    divisor = _sums(bottom, low, high)
    return np.divide(sums, divisor, out=np.full(len(low), np.nan), where=~none & (divisor != 0))


def _sums(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Sums of values[low:high], each added up on its own: differences of running totals would lose digits."""
    pairs = np.column_stack([low, high]).ravel()
    return np.where(low == high, 0.0, np.add.reduceat(np.append(values, 0.0), pairs)[::2])


def _tiles(period: np.ndarray, cadence: str, policy: Policy) -> Tiles:
    if not len(period):
        return Tiles(cadence)
    if cadence == "day":
        return Tiles(cadence, weekdays=_usual_weekdays(period, policy))
    last = period[-1].item()
    return Tiles(cadence, anchor=last.weekday() if cadence == "week" else (last.month - 1) % 3)


def _usual_weekdays(period: np.ndarray, policy: Policy) -> tuple[bool, ...]:
    """Weekdays, from Monday, on which a daily KPI has values: a KPI of office days has no missing Sundays."""
    span = np.arange(period[0], period[-1] + np.timedelta64(1, "D"))
    chances = np.bincount((span.astype("int64") + 3) % 7, minlength=7)
    filled = np.bincount((period.astype("int64") + 3) % 7, minlength=7)
    never = (chances >= policy.off_weekday_after) & (filled < policy.off_weekday * chances)
    return tuple((~never).tolist()) if not never.all() else (True,) * 7


def _week_end(at: date, tiles: Tiles, last: date | None) -> date:
    """Last day of the latest week: the day itself, or for a weekly KPI the end of its own last week by then."""
    if tiles.cadence != "week" or last is None:
        return at
    return at - timedelta(days=(at - last).days % 7)


def _with_whole_month_last_year(windows: pd.DataFrame, at: date) -> pd.DataFrame:
    """To-dates of a KPI without days: 28 February as a month's end meets the whole of February in a leap year."""
    if (at + timedelta(days=1)).day != 1:
        return windows
    to_date = windows["part"].isin(TO_DATE)
    return windows.assign(end=windows["end"].where(~to_date, windows["end"] + pd.offsets.MonthEnd(0)))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _check(cadence: str, aggregation: str, fiscal_year_end: int, months: str) -> None:
    for name, found, words in (
        ("cadence", cadence, CADENCES),
        ("aggregation", aggregation, AGGREGATIONS),
        ("months", months, ("trailing", "fiscal")),
        ("fiscal_year_end", fiscal_year_end, tuple(range(1, 13))),
    ):
        if found not in words:
            raise ValueError(f"trend: {name} is {found!r}; write one of {', '.join(str(word) for word in words)}")
