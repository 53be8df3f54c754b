"""Numbers as people read them: three significant figures, a unit, a sign where it is a change."""

import math
from dataclasses import dataclass
from typing import Any

from models.language import current, mark, numeral, spoken, tr

MINUS = "\u2212"
POINTS = frozenset({"%", "percent", "pp"})  # units whose changes are told in points, not in percent of a percentage
UNITS = {  # units that are words: for one, for many; every other unit is said as it was defined
    "points": (mark("point"), mark("points")),
    "days": (mark("day"), mark("days")),
    "hours": (mark("hour"), mark("hours")),
    "minutes": (mark("minute"), mark("minutes")),
    "users": (mark("user"), mark("users")),
    "customers": (mark("customer"), mark("customers")),
}


def figure(value: float) -> str:
    """`12,300`, `2.14 million`, `0.0123`: three significant figures; whole numbers below 10,000 in full."""
    if value is None or not math.isfinite(value):
        return tr("unknown")
    text = _size(abs(value))
    return f"{MINUS}{text}" if value < 0 and text != "0" else text


def _size(size: float) -> str:
    if size >= 1e6 * 0.99995:  # what rounds up to a million is said as one
        millions = size < 1e9 * 0.99995
        number = _significant(size / (1e6 if millions else 1e9))
        if number == "1":
            return tr("1 million") if millions else tr("1 billion")
        return tr("{number} million", number=number) if millions else tr("{number} billion", number=number)
    if size >= 999.5:
        return numeral(f"{round(size, -2 if size >= 9999.5 else 0):,.0f}")
    return _significant(size)


def _significant(size: float) -> str:
    if size >= 1000:
        return numeral(f"{size:,.0f}")
    digits = 0 if size == 0 else max(0, min(6, 2 - math.floor(math.log10(size))))
    text = f"{size:.{digits}f}"
    return numeral(text.rstrip("0").rstrip(".")) if "." in text else text


def amount(value: float, unit: str = "") -> str:
    """A level with its unit: `12.3 %`, `70 points`, `EUR 2.1 million`; a change of a percentage is told in points."""
    text = figure(value)
    if not unit or value is None or not math.isfinite(value):
        return text
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {text}"
    return f"{text} {unit_word(unit, one=text == '1')}"


def unit_word(unit: str, one: bool = False) -> str:
    """A unit as it stands behind a number."""
    return spoken(UNITS[unit][0 if one else 1]) if unit in UNITS else unit


def signed(value: float, size: float = 0.0) -> str:
    """A figure with its sign, + for what is above 0; no finer than two figures of `size`, where one is given."""
    if size > 0 and math.isfinite(size):
        value = round(value, max(0, two_figures(size)))
    return f"+{figure(value)}" if value > 0 else figure(value)


def two_figures(size: float) -> int:
    """How many decimals show two figures of a size: 0.56 → 2, 12 → 0, 340 → −1."""
    return 1 - math.floor(math.log10(size))


def percent(share: float) -> str:
    """A share as percent: one decimal below 10 %."""
    size = abs(share) * 100
    text = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
    return f"{MINUS if share < 0 and float(text) else ''}{numeral(text)} %"


def long_day(day: Any) -> str:
    """`7 March 2026`."""
    return tr("{day} {month} {year}", day=day.day, month=current().months[day.month - 1], year=day.year)


def short_day(day: Any) -> str:
    """`7 Mar 2026`."""
    return tr("{day} {month} {year}", day=day.day, month=current().short_months[day.month - 1], year=day.year)


def long_month(day: Any) -> str:
    """`March 2026`."""
    return tr("{month} {year}", month=current().months[day.month - 1], year=day.year)


def short_month(day: Any) -> str:
    """`Mar 2026`."""
    return tr("{month} {year}", month=current().short_months[day.month - 1], year=day.year)


@dataclass(frozen=True)
class Change:
    """An effect with its 95 % interval, in the form people read.

    In percent of the expected value; in points for percentages and scores, where a percentage of a percentage misleads;
    in the unit itself where a percentage cannot be given. All three show as many decimals as the interval deserves.
    """

    effect: float
    lo: float
    hi: float
    unit: str  # "%", "points", or the KPI's own

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Change":
        """From effect, lo, hi in the KPI's unit, effect_relative, lo_relative, hi_relative, kpi_unit."""
        shares = [row["effect_relative"], row["lo_relative"], row["hi_relative"]]
        if row["kpi_unit"] in POINTS:
            return cls(row["effect"], row["lo"], row["hi"], "points")
        if all(math.isfinite(share) for share in shares):
            effect, low, high = (100 * share for share in shares)
            return cls(effect, low, high, "%")
        return cls(row["effect"], row["lo"], row["hi"], row["kpi_unit"])

    @property
    def size(self) -> str:
        """`4.2 %`, without a sign."""
        return f"{self._number(abs(self.effect))} {unit_word(self.unit)}".strip()

    @property
    def interval(self) -> str:
        """`between +2.0 % and +6.4 %`."""
        return tr("between {low} and {high}", low=self._signed(self.lo), high=self._signed(self.hi))

    def _signed(self, value: float) -> str:
        number = self._number(abs(value))
        sign = "" if not any(digit in number for digit in "123456789") else "+" if value > 0 else MINUS
        return f"{sign}{number} {unit_word(self.unit)}".strip()

    def _number(self, size: float) -> str:
        if size >= 10_000:
            return figure(size)
        return numeral(f"{size:,.{self._decimals()}f}")

    def _decimals(self) -> int:
        """Two figures of the interval's width, and no more than three decimals."""
        width = self.hi - self.lo
        return 1 if not width > 0 else min(3, max(0, two_figures(width)))
