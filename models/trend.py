"""The figures of a weekly or monthly business review: one KPI, its last weeks and months, and its periods to date.

The method is that of Amazon's weekly business review (Bryar and Carr, *Working Backwards*, chapter 6): six weeks and
twelve months beside the same ones of last year. `docs/trend.md` says what each figure means and when it is unknown.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from models import trend_values
from models.kpi import Aggregation
from models.periods import CADENCES
from models.policy import POLICY, Policy
from models.trend_notes import notes
from models.trend_windows import TO_DATE, Months, windows_of

TOTALS = ("week", "week_change", "week_yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy")
AGGREGATIONS = ("sum", "mean", "last", "ratio")


@dataclass(frozen=True)
class Trend:
    """The review of one KPI. Values are in the KPI's unit, changes in percent (12.5 is 12.5 %), unknown is NaN or None.

    `weeks` has end (last day), value, last_year; `months` has month (`2026-03`), value, last_year; `totals` has the
    keys of TOTALS; `spans` has all of these: part, start, end, value, last_year; `notes` are sentences about what is
    unknown or counted in part.
    """

    weeks: pd.DataFrame
    months: pd.DataFrame
    totals: dict[str, float | None]
    notes: tuple[str, ...]
    spans: pd.DataFrame


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
    values = trend_values.of_one(daily, cadence, aggregation, policy)
    asked = windows_of(values.tiles, at, fiscal_year_end=fiscal_year_end, months=months)
    judged = values.judged(asked, aggregation, policy)
    windows = asked.assign(value=judged.value[0], standing=judged.standing[0])
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
        notes=notes(windows, values.tiles, aggregation, at, first=values.first_day, last=values.last_day),
        spans=beside[["part", "start", "end", "value", "last_year"]],
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
