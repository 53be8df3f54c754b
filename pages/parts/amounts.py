"""How the screens write numbers and days: models.amounts, with a dash for what is unknown."""

import math
from datetime import date, datetime
from typing import Any

import pandas as pd

from models import amounts
from models.amounts import POINTS, short_day, short_month, signed, unit_word
from models.language import numeral, tr

UNKNOWN = "–"
MOST_DECIMALS = 6  # of two levels that differ by less, nobody asks


def known(value: Any) -> bool:
    """Whether there is a finite number here."""
    try:
        return value is not None and not pd.isna(value) and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def level(value: Any, unit: Any = "") -> str:
    """A level with its unit: `12.3 %`, `EUR 2.1 million`; unknown → –."""
    return amounts.amount(float(value), unit if isinstance(unit, str) else "") if known(value) else UNKNOWN


def levels(old: Any, new: Any, unit: str = "") -> tuple[str, str]:
    """Two levels side by side: as `level`, with the digits that tell them apart where these would be the same."""
    said = level(old, unit), level(new, unit)
    if said[0] != said[1] or not (known(old) and known(new)) or old == new:
        return said
    whole = float(old).is_integer() and float(new).is_integer()
    decimals = 0 if whole else min(MOST_DECIMALS, max(0, amounts.two_figures(abs(float(new) - float(old)))))
    first, second = (numeral(f"{float(value):,.{decimals}f}").replace("-", amounts.MINUS) for value in (old, new))
    return f"{first} {unit_word(unit)}".strip(), f"{second} {unit_word(unit)}".strip()


def change(value: Any, unit: Any = "", size: float = 0.0) -> str:
    """A signed difference in the KPI's unit, no finer than two figures of `size`; between two percentages in points."""
    if not known(value):
        return UNKNOWN
    unit = "points" if unit in POINTS else unit if isinstance(unit, str) else ""
    return f"{signed(float(value), size)} {unit_word(unit)}".strip()


def effect(row: Any) -> str:
    """An effect in the KPI's unit, no finer than its interval is wide; from effect, lo, hi, kpi_unit."""
    both = known(row["lo"]) and known(row["hi"])
    return change(row["effect"], row["kpi_unit"], row["hi"] - row["lo"] if both else 0.0)


def interval(low: Any, high: Any, unit: Any = "") -> str:
    """`−0.2 to +0.4 points`, no finer than it is wide; unknown if either end is."""
    if not (known(low) and known(high)):
        return UNKNOWN
    width = float(high) - float(low)
    return tr("{low} to {high}", low=change(low, size=width), high=change(high, unit, width))


def share(value: Any, sign: bool = False) -> str:
    """A share as a percentage: 0.031 → 3.1 %, with sign → +3.1 %."""
    if not known(value):
        return UNKNOWN
    text = amounts.percent(float(value))
    return f"+{text}" if sign and float(value) > 0 else text


def score(value: Any) -> str:
    """A score 0..1 with two digits, as OKR people write it."""
    return numeral(f"{float(value):.2f}") if known(value) else UNKNOWN


def count(value: Any) -> str:
    """A whole number, `1,200`; unknown → –."""
    return numeral(f"{int(value):,}") if known(value) else UNKNOWN


def plain_number(value: Any) -> str:
    """A number of a setting, with the digits it has: `0.7`, `14`."""
    return numeral(f"{value:g}")


def day(value: Any) -> str:
    """`7 Mar 2026`; unknown → –."""
    if not isinstance(value, date | datetime | str) or value is pd.NaT:
        return UNKNOWN
    return short_day(pd.Timestamp(value))


def moment(value: Any) -> str:
    """`7 Mar 2026, 14:05`, in UTC as stored."""
    text = day(value)
    return text if text == UNKNOWN else f"{text}, {pd.Timestamp(value):%H:%M}"


def period(start: Any, cadence: Any) -> str:
    """`Mar 2026`, `Q1 2026`, `week of 2 Mar 2026`, `7 Mar 2026`; unknown → –."""
    text = day(start)
    if text == UNKNOWN:
        return text
    stamp = pd.Timestamp(start)
    if cadence == "month" and stamp.day == 1:
        return short_month(stamp)
    if cadence == "quarter":
        whole = stamp.day == 1 and stamp.month % 3 == 1
        if whole:
            return tr("Q{number} {year}", number=stamp.quarter, year=stamp.year)
        return tr("quarter from {day}", day=text)
    return tr("week of {day}", day=text) if cadence == "week" else text


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 value`, `1,200 values`."""
    return f"{numeral(f'{count:,}')} {one if count == 1 else many or one + 's'}"
