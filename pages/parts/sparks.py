"""A KPI's series as the few points of a sparkline, in a unit square. No screen here."""

from typing import Any

import numpy as np
import pandas as pd

from models.language import tr
from pages.parts.amounts import day, known, level

POINTS = 72  # more than this cannot be told apart in a drawing 150 pixels wide
SHORT = ("%", "EUR", "USD", "GBP", "days", "hours")  # units that fit under the drawing
YEARS = 2  # of history before the window's end: the season of last year stays visible


def spark(series: pd.DataFrame, window: tuple[Any, Any], target: Any, unit: Any, name: str) -> dict[str, Any] | None:
    """One sparkline: `points` [[x, y], ...] in 0..1, `split` (x where the cycle begins), `cycle` [from, to], `target`.

    `series`: period, value, in time order; `window`: first and last day. None when there is nothing to draw.
    """
    start, end = window
    period, value = series["period"].to_numpy(), series["value"].to_numpy(dtype=float)
    first_shown = (pd.Timestamp(end) - pd.DateOffset(years=YEARS)).to_datetime64()
    shown = ~np.isnan(value) & (period >= first_shown)
    if shown.sum() < 2:
        return None
    first, newest = period[shown][0], float(value[shown][-1])
    times, values = _thinned(period[shown].astype("datetime64[s]").astype(float), value[shown])
    last = max(times[-1], _seconds(end))
    place = (times - times[0]) / (last - times[0])
    marks = [float(np.clip((_seconds(moment) - times[0]) / (last - times[0]), 0, 1)) for moment in (start, end)]
    target = float(target) if known(target) else None
    low, high = _domain(values, target)
    height = (values - low) / (high - low)
    return {
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in zip(place, height, strict=True)],
        "split": _split(place, marks[0]),
        "cycle": [round(mark, 4) for mark in marks],
        "target": None if target is None else round((target - low) / (high - low), 4),
        "caption": f"{level(newest, unit if unit in SHORT else '')} {name}",
        "label": tr(
            "{kpi} since {day}, last {level}",
            kpi=name,
            day=day(pd.Timestamp(first)),
            level=level(newest, unit),
        ),
    }


def _seconds(moment: Any) -> float:
    return pd.Timestamp(moment).timestamp()


def _thinned(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of equal groups of neighbours, so that at most POINTS are left."""
    if len(values) <= POINTS:
        return times, values
    size, longer = divmod(len(values), POINTS)  # the first groups have one more
    sizes = np.full(POINTS, size) + (np.arange(POINTS) < longer)
    starts = np.cumsum(sizes) - sizes
    return np.add.reduceat(times, starts) / sizes, np.add.reduceat(values, starts) / sizes


def _domain(values: np.ndarray, target: float | None) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    if target is not None:
        low, high = min(low, target), max(high, target)
    return (low, high) if high > low else (low - 1, high + 1)


def _split(place: np.ndarray, start: float) -> float:
    """The last point before the cycle: the line of the past ends and the line of the cycle begins there."""
    before = place[place < start]
    return round(float(before[-1]) if len(before) else 0.0, 4)
