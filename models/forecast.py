"""Where will the cycle end? A key result's reading at the cycle's end, with its interval and the chance of its target.

The periods still to come are drawn from the models that judge movement (paths), beside the periods already known.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.language import mark, numeral, spoken, tr
from models.paths import futures, periods_between
from models.periods import seen_cadence
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS

READINGS = ("last", "mean", "sum", "trailing")


@dataclass(frozen=True)
class Forecast:
    """expected is the middle of what may come, lo and hi bound 95 % of it, all in the reading's own unit.

    chance: probability that the target is met (None without a target). known and left: periods of the window with and
    still without a value. reason: '' or why nothing can be said (then the numbers are NaN). fan: of each period still
    to come, period, expected, lo, hi, lo50, hi50 in the KPI's unit (None where nothing is drawn).
    """

    expected: float
    lo: float
    hi: float
    chance: float | None
    known: int
    left: int
    reading: str
    reason: str
    fan: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    def sentence(self, name: str = "") -> str:
        """The forecast in plain words."""
        name = name or tr("the KPI")
        if self.reason:
            return tr("Nothing can be said of where {kpi} will end: {why}.", kpi=name, why=spoken(REASONS[self.reason]))
        said = {"kpi": name[0].upper() + name[1:], "end": _short(self.expected)}
        if self.left == 0 and self.chance is None:
            return tr("{kpi} ended at {end}.", **said)
        if self.left == 0:
            return tr(
                "{kpi} ended at {end}; the chance of reaching the target is {chance}.",
                chance=chance_in_words(self.chance or 0.0), **said,
            )  # fmt: skip
        said |= {"low": _short(self.lo), "high": _short(self.hi)}
        if self.chance is None:
            return tr("{kpi} is expected to end at {end} (95 %: {low} to {high}).", **said)
        return tr(
            "{kpi} is expected to end at {end} (95 %: {low} to {high}); the chance of reaching the target is {chance}.",
            chance=chance_in_words(self.chance), **said,
        )  # fmt: skip


REASONS = {
    "no_data": mark("there are no values"),
    "no_window": mark("the cycle holds no period"),
    "short_history": mark("there is too little history"),
    "constant_history": mark("the history never changed"),
}


def _short(value: float) -> str:
    return numeral(f"{value:,.4g}")


def chance_in_words(chance: float) -> str:
    """Never 0 or 100 %: the models are not that sure."""
    if chance < 0.01:
        return tr("below 1 %")
    return tr("above 99 %") if chance > 0.99 else f"{chance * 100:.0f} %"


def forecast(
    series: pd.Series,
    start: Any,
    end: Any,
    *,
    reading: str = "mean",
    trailing: int | None = None,
    target: float | None = None,
    band: tuple[float, float] | None = None,
    direction: str = "up",
    cadence: str | None = None,
    as_of: Any = None,
    shift: float = 0.0,
    policy: Policy = POLICY,
) -> Forecast:
    """Forecast the reading over the periods that start in [start, end].

    series has a DatetimeIndex of first days of periods; values after as_of are not looked at. reading: `last`, `mean`,
    `sum` of the window, or `trailing` (mean of the last `trailing` periods up to the end). direction up: the target is
    met at or above it, down: at or below; in_band with `band` (low, high): inside. shift: relative change assumed of
    the periods still to come (0.1: 10 % more than foretold).
    """
    if reading not in READINGS:
        raise ValueError(f"forecast: no reading {reading!r}; known are {', '.join(READINGS)}")
    if reading == "trailing" and (trailing is None or trailing < 1):
        raise ValueError("forecast: reading trailing needs trailing, the number of periods (1 or more)")
    start, end = pd.Timestamp(start), pd.Timestamp(end)
    seen = series.dropna().sort_index()
    if as_of is not None:
        seen = seen[seen.index <= pd.Timestamp(as_of)]
    word = CADENCE_WORDS[cadence] if cadence else seen_cadence(pd.DatetimeIndex(seen.index).date)
    known = seen[(seen.index >= start) & (seen.index <= end)]
    if seen.empty:
        return _nothing("no_data", reading)
    seen = seen[seen.index <= end]
    ahead = periods_between(seen.index[-1], start, end, word) if len(seen) else pd.DatetimeIndex([])
    if known.empty and not len(ahead):
        return _nothing("no_window", reading)
    fan = None
    span = trailing if reading == "trailing" else None
    before = seen[seen.index < start] if reading == "trailing" else seen.iloc[:0]
    tail = (1 - policy.confidence) / 2
    if not len(ahead):
        values = _read(np.zeros((1, 0)), known, before, reading, span)
    else:
        drawn = futures(seen, ahead, word)
        if drawn is None:
            return _nothing(
                "constant_history" if seen.nunique() == 1 else "short_history", reading, len(known), len(ahead)
            )
        to_come = drawn.values * (1 + shift)
        values = _read(to_come, known, before, reading, span)
        fan = _fan(to_come, ahead, tail)
    lo, middle, hi = np.quantile(values, [tail, 0.5, 1 - tail])
    chance = _chance(values, target, band, direction)
    return Forecast(float(middle), float(lo), float(hi), chance, len(known), len(ahead), reading, "", fan)


def _fan(drawn: np.ndarray, periods: pd.DatetimeIndex, tail: float) -> pd.DataFrame:
    """The middle, the outer and the middle half of what was drawn for each period."""
    lo, lo50, middle, hi50, hi = np.quantile(drawn, [tail, 0.25, 0.5, 0.75, 1 - tail], axis=0)
    return pd.DataFrame(
        {"period": periods, "expected": middle, "lo": lo, "hi": hi, "lo50": lo50, "hi50": hi50},
    )


def chance_of(series: pd.Series, start: Any, end: Any, target: float, **options: Any) -> float | None:
    """Probability that the target is met at the cycle's end, None where nothing can be said; options as in forecast."""
    return forecast(series, start, end, target=target, **options).chance


def _nothing(reason: str, reading: str, known: int = 0, left: int = 0) -> Forecast:
    return Forecast(np.nan, np.nan, np.nan, None, known, left, reading, reason)


def _read(drawn: np.ndarray, known: pd.Series, before: pd.Series, reading: str, span: int | None) -> np.ndarray:
    """The reading of each draw."""
    past = np.concatenate([before.to_numpy(), known.to_numpy()])
    whole = np.concatenate([np.broadcast_to(past, (len(drawn), len(past))), drawn], axis=1)
    if reading == "last":
        return whole[:, -1]
    if reading == "sum":
        return whole.sum(1)
    return whole[:, -span:].mean(1) if span else whole.mean(1)


def _chance(values: np.ndarray, target: float | None, band: tuple[float, float] | None, direction: str) -> float | None:
    if direction == "in_band":
        return float(((values >= band[0]) & (values <= band[1])).mean()) if band else None
    if target is None or np.isnan(target):
        return None
    return float((values >= target).mean() if direction == "up" else (values <= target).mean())
