"""The values of many KPIs side by side, added up over spans: one table of series by periods, all rows at once.

`models.trend` reviews one KPI with it and `models.review` all of them, so that a page and a list cannot differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.policy import POLICY, Policy
from models.trend_notes import Standing
from models.trend_windows import Tiles

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Judged:
    """Figures of n series over w spans, each n × w: `value` (NaN where unknown) with its standing, and the sums of top
    and bottom of which it was made."""

    value: np.ndarray
    standing: np.ndarray
    top: np.ndarray
    bottom: np.ndarray


@dataclass(frozen=True)
class Values:
    """n series over p periods, in order of time, with the same tiles.

    `row` names the series; `top` / `bottom` (n × p) make a value: the value over 1, or numerator over denominator.
    """

    tiles: Tiles
    row: np.ndarray
    period: np.ndarray  # datetime64[D], first days
    top: np.ndarray
    bottom: np.ndarray
    there: np.ndarray  # whether there is a value

    @property
    def first_day(self) -> date | None:
        """First day that the values of all rows cover; None without values."""
        return self.period[0].item() if len(self.period) else None

    @property
    def last_day(self) -> date | None:
        """Last day that they cover."""
        return self.tiles.last_days(self.period[-1:])[0].item() if len(self.period) else None

    def judged(self, windows: pd.DataFrame, aggregation: str, policy: Policy = POLICY) -> Judged:
        """The figures of the windows (part, start, end)."""
        start = windows["start"].to_numpy().astype("datetime64[D]")
        end = windows["end"].to_numpy().astype("datetime64[D]")
        low = np.searchsorted(self.period, start, side="left")
        high = np.maximum(np.searchsorted(self.tiles.last_days(self.period), end, side="right"), low)
        standing = self._standing(start, end, (low, high), aggregation, policy)
        if self.tiles.cadence == "week" and aggregation == "sum":  # four weeks against five would look like news
            standing[:, (windows["part"] == "month").to_numpy()] = Standing.NONE
        top = _sums(np.where(self.there, self.top, 0.0), low, high)
        bottom = _sums(np.where(self.there, self.bottom, 0.0), low, high)
        if aggregation == "sum":
            value = top
        elif aggregation == "last":
            value = self._last_within(low, high)
        else:
            value = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
        known = np.isin(standing, [Standing.WHOLE, Standing.GAPS])
        return Judged(np.where(known, value, np.nan), standing, top, bottom)

    def _last_within(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """The last value there is in periods low to high (without high); NaN without one."""
        place = np.where(self.there, np.arange(len(self.period)), -1)
        place = np.maximum.accumulate(np.column_stack([np.full(len(self.row), -1), place]), axis=1)[:, high]
        held = np.column_stack([self.top, np.full(len(self.row), np.nan)])
        return np.where(place >= low, np.take_along_axis(held, place, axis=1), np.nan)

    def _standing(
        self, start: np.ndarray, end: np.ndarray, held: tuple[np.ndarray, np.ndarray], aggregation: str, policy: Policy
    ) -> np.ndarray:
        """What can be said of each row and window: whole, unknown, or why its value is less than whole."""
        if not len(self.period):
            return np.full((len(self.row), len(start)), Standing.NONE, dtype=object)
        usual = self.there
        if self.tiles.cadence == "day":
            usual = self.there & np.is_busday(self.period, weekmask=list(self.tiles.weekdays))
        first = self.period[self.there.argmax(axis=1)][:, None]
        newest = self.period[len(self.period) - 1 - self.there[:, ::-1].argmax(axis=1)]
        last = self.tiles.last_days(newest)[:, None]
        found, any_found = _sums(usual.astype(float), *held), _sums(self.there.astype(float), *held)
        expected = self.tiles.within(start, end)
        due = self.tiles.within(np.maximum(start, first), end)
        late = self.tiles.within(np.broadcast_to(last + _DAY, due.shape), end) > 0
        missing = found < due
        few = (found < policy.trend_share * expected) & (aggregation in ("sum", "mean"))
        conditions = [
            (expected == 0) | (end < first) | ~self.there.any(axis=1, keepdims=True),
            late,
            missing & (aggregation == "sum"),
            few | (any_found == 0),
            missing,
        ]
        outcomes = [Standing.NONE, Standing.LATE, Standing.HOLE, Standing.TOO_FEW, Standing.GAPS]
        shape = due.shape
        return np.select(
            [np.broadcast_to(c, shape) for c in conditions],
            [np.full(shape, o, dtype=object) for o in outcomes],
            default=np.full(shape, Standing.WHOLE, dtype=object),
        )


def of_one(frame: pd.DataFrame, cadence: str, aggregation: str, policy: Policy = POLICY) -> Values:
    """The values of one series: period, value and, of a ratio, weight, or numerator and denominator."""
    made = list(of_many(frame.assign(series=0), cadence, aggregation, policy))
    if made:
        return made[0]
    none = np.zeros((1, 0))
    return Values(Tiles(cadence), np.array([0]), np.array([], "datetime64[D]"), none, none, none.astype(bool))


def of_many(frame: pd.DataFrame, cadence: str, aggregation: str, policy: Policy = POLICY) -> Iterator[Values]:
    """Several series (column `series`), those with the same tiles together. Series without a value are left out.

    Raises ValueError where a period stands twice in a series.
    """
    twice = frame.duplicated(["series", "period"])
    if twice.any():
        raise ValueError(
            f"trend: the period {frame.loc[twice, 'period'].iloc[0].date()} stands twice; give the values of one KPI "
            "and one segment"
        )
    top, bottom = _parts(frame, aggregation)
    there = np.isfinite(top) & np.isfinite(bottom)
    if not there.any():
        return
    series, row = pd.factorize(frame["series"].to_numpy()[there])
    day = frame["period"].to_numpy().astype("datetime64[D]")[there]
    top, bottom = top[there], bottom[there]
    kinds = _tiles(series, day, len(row), cadence, policy)
    for tiles in dict.fromkeys(kinds):
        mine = np.array([kind == tiles for kind in kinds])
        place = np.cumsum(mine) - 1
        held = mine[series]
        period, column = np.unique(day[held], return_inverse=True)
        at = (place[series[held]], column)
        shape = (int(mine.sum()), len(period))
        tops, bottoms, known = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=bool)
        tops[at], bottoms[at], known[at] = top[held], bottom[held], True
        yield Values(tiles, row[mine], period, tops, bottoms, known)


def _parts(frame: pd.DataFrame, aggregation: str) -> tuple[np.ndarray, np.ndarray]:
    if aggregation == "ratio" and {"numerator", "denominator"} <= set(frame.columns):
        return frame["numerator"].to_numpy(dtype=float), frame["denominator"].to_numpy(dtype=float)
    top, bottom = frame["value"].to_numpy(dtype=float), np.ones(len(frame))
    if aggregation == "ratio" and "weight" in frame.columns:
        bottom = frame["weight"].to_numpy(dtype=float)
        top = top * bottom
    return top, bottom


def _sums(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Row sums of values[:, low:high], each added up on its own: differences of running totals would lose digits."""
    pairs = np.column_stack([low, high]).ravel()
    wide = np.column_stack([values, np.zeros(len(values))])
    return np.where(low == high, 0.0, np.add.reduceat(wide, pairs, axis=1)[:, ::2])


def _tiles(series: np.ndarray, day: np.ndarray, count: int, cadence: str, policy: Policy) -> list[Tiles]:
    """The tiles of each series."""
    last, first = np.full(count, day.min()), np.full(count, day.max())
    np.maximum.at(last, series, day)
    np.minimum.at(first, series, day)
    if cadence == "week":
        return [Tiles(cadence, anchor=int(weekday)) for weekday in (last.astype("int64") + 3) % 7]
    if cadence != "day":
        return [Tiles(cadence, anchor=int(month)) for month in last.astype("datetime64[M]").astype("int64") % 3]
    usual = _usual_weekdays(series, day, first, last, policy)
    return [Tiles(cadence, weekdays=tuple(row)) for row in usual.tolist()]


def _usual_weekdays(
    series: np.ndarray, day: np.ndarray, first: np.ndarray, last: np.ndarray, policy: Policy
) -> np.ndarray:
    """Weekdays, from Monday, on which each daily series has values: a KPI of office days has no missing Sundays."""
    masks = np.eye(7, dtype=bool)
    chances = np.column_stack([np.busday_count(first, last + _DAY, weekmask=mask.tolist()) for mask in masks])
    weekday = (day.astype("int64") + 3) % 7
    filled = np.bincount(series * 7 + weekday, minlength=7 * len(first)).reshape(-1, 7)
    never = (chances >= policy.off_weekday_after) & (filled < policy.off_weekday * chances)
    return ~never | never.all(axis=1, keepdims=True)
