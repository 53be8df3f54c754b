"""A picture of a KPI as marks on a plane, y downwards: as_html draws them as SVG, as_pdf on the page. No library."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.amounts import short_day, short_month
from models.language import current, tr
from pages.exports.content import Picture
from pages.parts.amounts import level

LEFT, RIGHT, TOP, BOTTOM = 46.0, 8.0, 16.0, 20.0  # room for the axis texts
MONTHS_OF_STEP = (1, 2, 3, 6, 12)


@dataclass(frozen=True)
class Stroke:
    """A line through points. `role`: grid, past, now, expected, target."""

    role: str
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Fill:
    """A filled shape. `role`: shade (the window), band (what was expected)."""

    role: str
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Dot:
    """A value inside the window, with the words that a hover shows."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Label:
    """`anchor`: start, middle, end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


Mark = Stroke | Fill | Dot | Label


class _Plane:
    """From days and values to places on the plane."""

    def __init__(self, picture: Picture, width: float, height: float):
        self.width, self.height = width, height
        self.first = picture.series["period"].iloc[0]
        self.last = max(picture.series["period"].iloc[-1], picture.window[1])
        values = [picture.series["value"].to_numpy(float)]
        if len(picture.path):
            values += [picture.path[name].to_numpy(float) for name in ("lo", "hi", "expected")]
        if picture.target is not None:
            values.append(np.array([picture.target]))
        known = np.concatenate(values)
        known = known[np.isfinite(known)]
        low, high = float(known.min()), float(known.max())
        room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
        self.low, self.high = low - room, high + room

    def x(self, day: pd.Timestamp) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + min(max(share, 0.0), 1.0) * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.height - BOTTOM - share * (self.height - TOP - BOTTOM), 1)

    def points(self, days: pd.Series, values: pd.Series) -> list[tuple[float, float]]:
        return [(self.x(day), self.y(value)) for day, value in zip(days, values, strict=True) if math.isfinite(value)]


def marks(picture: Picture, width: float, height: float) -> list[Mark]:
    """All marks of a picture, in the order in which they are drawn."""
    plane = _Plane(picture, width, height)
    start, end = picture.window
    out: list[Mark] = [_shade(plane, start, end)]
    out += _axes(plane, picture.unit)
    series, path = picture.series, picture.path
    if len(path):
        high, low = plane.points(path["period"], path["hi"]), plane.points(path["period"], path["lo"])
        out.append(Fill("band", [*high, *reversed(low)]))
        out.append(Stroke("expected", plane.points(path["period"], path["expected"])))
    if picture.target is not None:
        height_of = plane.y(picture.target)
        out.append(Stroke("target", [(LEFT, height_of), (width - RIGHT, height_of)]))
        out.append(Label(LEFT + 3, height_of - 4, tr("Target {level}", level=level(picture.target, picture.unit))))
    inside = (series["period"] >= start) & (series["period"] <= end)
    before = series[series["period"] < start]
    out.append(Stroke("past", plane.points(before["period"], before["value"])))
    joined = pd.concat([before.tail(1), series[inside]]) if inside.any() else series[inside]
    out.append(Stroke("now", plane.points(joined["period"], joined["value"])))
    after = pd.concat([series[inside].tail(1), series[series["period"] > end]])
    if len(after) > 1:
        out.append(Stroke("past", plane.points(after["period"], after["value"])))
    for row in series[inside].itertuples():
        words = f"{short_day(row.period)}: {level(row.value, picture.unit)}"
        out.append(Dot(plane.x(row.period), plane.y(row.value), words))
    return out


def _shade(plane: _Plane, start: pd.Timestamp, end: pd.Timestamp) -> Fill:
    left, right, bottom = plane.x(start), plane.x(end), plane.height - BOTTOM
    return Fill("shade", [(left, TOP - 6), (right, TOP - 6), (right, bottom), (left, bottom)])


def _axes(plane: _Plane, unit: str) -> list[Mark]:
    out: list[Mark] = []
    for value in steps(plane.low, plane.high):
        place = plane.y(value)
        out.append(Stroke("grid", [(LEFT, place), (plane.width - RIGHT, place)]))
        out.append(Label(LEFT - 6, place + 3.5, level(value, "%" if unit == "%" else ""), "end"))
    for day in _months(plane.first, plane.last):
        words = (
            short_month(day)
            if day.month == 1 or day == _months(plane.first, plane.last)[0]
            else current().short_months[day.month - 1]
        )
        place = plane.x(day)
        anchor = "end" if place > plane.width - 30 else "middle"
        out.append(Label(min(place, plane.width - RIGHT), plane.height - 5, words, anchor))
    return out


def steps(low: float, high: float) -> list[float]:
    """Three to six round values between the two."""
    rough = (high - low) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough)
    first = math.ceil(low / step)
    return [round(number * step, 10) for number in range(first, math.floor(high / step) + 1)]


def _months(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """First days of months, evenly apart, at most seven."""
    months = pd.date_range(first, last, freq="MS")
    for step in MONTHS_OF_STEP:
        shown = [month for month in months if (month.month - 1) % step == 0]
        if len(shown) <= 7:
            return shown
    return list(months[:: len(months) // 6])
