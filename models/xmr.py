"""XmR (process behaviour) charts: natural limits and the signals that managers know as "plot the dots".

Limits are the mean ± 2.66 × the mean moving range (Wheeler, *Understanding Variation*: 3 / 1.128 for ranges of two).
Moving ranges above 3.267 × their own mean are left out once before averaging, so that one jump does not widen the
limits for all. A chart is rebased where the process is known to have changed: each part has its own limits and runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

LIMIT = 2.66  # moving ranges; 3 / 1.128, three sigma in units of the mean range of two points
SCREEN = 3.267  # moving ranges; the upper limit of a chart of moving ranges
NEAR = 2 / 3  # of the way from the mean to a limit
RUN = 7  # points of a trend, or on one side of the mean

SIGNALS = (
    "above_upper",
    "below_lower",
    "trend_up",
    "trend_down",
    "two_of_three_above",
    "two_of_three_below",
    "seven_above",
    "seven_below",
)
_HIGH = {"above_upper", "trend_up", "two_of_three_above", "seven_above"}


@dataclass(frozen=True)
class XmR:
    """One chart. `points` has value, part (0, 1, ...), mean, lower, upper, near, signal (None or one of SIGNALS).

    `mean`, `lower`, `upper` are those of the last part, in the unit of the values. `variation` is read from the last
    point; `assurance` says whether the target lies beyond a limit of the last part (None without a target).
    """

    mean: float
    lower: float
    upper: float
    variation: str
    assurance: str | None
    points: pd.DataFrame


def xmr(values: Iterable[float], direction: str = "up", target: float | None = None, rebase: Iterable[int] = ()) -> XmR:
    """The chart of one series in time order.

    `direction` is up, down or in_band (neither side is better); `rebase` holds the positions where a new part begins.
    Missing values get no signal and are passed over, as if their rows were not there.
    """
    array = np.asarray(list(values), dtype=float)
    starts = np.zeros(len(array), dtype=int)
    for position in rebase:
        if not 0 <= position < len(array):
            raise ValueError(
                f"rebase: position {position} is outside the series, which has {len(array)} points "
                f"(0..{len(array) - 1})"
            )
        starts[position] = 1
    points = chart(pd.DataFrame({"value": array, "part": np.cumsum(starts)}))
    if points.empty:
        return XmR(np.nan, np.nan, np.nan, "common_cause", None, points)
    last = points.iloc[-1]
    known = points["signal"][points["value"].notna()]
    signal = known.iloc[-1] if len(known) else None
    mean, lower, upper = float(last["mean"]), float(last["lower"]), float(last["upper"])
    return XmR(mean, lower, upper, variation(signal, direction), assurance(lower, upper, target, direction), points)


def chart(frame: pd.DataFrame, by: Iterable[str] = ("part",)) -> pd.DataFrame:
    """Limits and signals of many series at once.

    `frame` has a value column and the columns of `by`, which together name a series and its part; rows are in time
    order within each. Adds mean, lower, upper, near, signal; the rows keep their order.
    """
    out = frame.copy()
    y_all = out["value"].to_numpy(dtype=float)
    group_all = out.groupby(list(by), sort=False, dropna=False).ngroup().to_numpy()
    order = np.argsort(group_all, kind="stable")
    order = order[np.isfinite(y_all[order])]
    y, group = y_all[order], group_all[order]
    count = int(group_all.max()) + 1 if len(group_all) else 0

    mean, reach = _limits(y, group, count)
    away = y - mean[group]
    outside = np.abs(away) > reach[group]
    near = ~outside & (np.abs(away) > NEAR * reach[group])
    code = _signals(y, group, np.sign(away), outside, near)

    signal = np.full(len(out), None, dtype=object)
    signal[order] = np.array([*SIGNALS, None], dtype=object)[code]
    is_near = np.zeros(len(out), dtype=bool)
    is_near[order] = near
    out["mean"] = mean[group_all] if count else np.nan
    out["lower"] = (mean - reach)[group_all] if count else np.nan
    out["upper"] = (mean + reach)[group_all] if count else np.nan
    out["near"] = is_near
    out["signal"] = pd.Series(signal, index=out.index, dtype=object)
    return out


def variation(signal: Any, direction: str) -> str:
    """What the last point's signal means: common_cause, or improvement / concern / neutral with _high or _low."""
    if not isinstance(signal, str):
        return "common_cause"
    side = "high" if signal in _HIGH else "low"
    if direction not in ("up", "down"):
        return f"neutral_{side}"
    return f"{'improvement' if (side == 'high') == (direction == 'up') else 'concern'}_{side}"


def assurance(lower: float, upper: float, target: float | None, direction: str) -> str | None:
    """Whether the process, left as it is, meets the target always (pass), never (fail) or at times (inconsistent)."""
    if target is None or np.isnan(target) or np.isnan(lower) or direction not in ("up", "down"):
        return None
    if target > upper:
        return "fail" if direction == "up" else "pass"
    if target < lower:
        return "pass" if direction == "up" else "fail"
    return "inconsistent"


def _limits(y: np.ndarray, group: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each group and the distance from it to the limits."""
    size = np.bincount(group, minlength=count)
    mean = _mean_by(y, group, count)
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(lowest, group, y)
    np.maximum.at(highest, group, y)
    mean = np.where(size > 0, np.clip(mean, lowest, highest), np.nan)  # a constant series must lie on its own mean

    ranges, owner = np.abs(np.diff(y)), group[1:]
    inner = group[1:] == group[:-1]
    ranges, owner = ranges[inner], owner[inner]
    kept = ranges <= SCREEN * _mean_by(ranges, owner, count)[owner]
    return mean, LIMIT * _mean_by(ranges[kept], owner[kept], count)


def _mean_by(x: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    size = np.bincount(group, minlength=count)
    with np.errstate(invalid="ignore"):
        return np.bincount(group, weights=x, minlength=count) / np.where(size > 0, size, np.nan)


def _signals(y: np.ndarray, group: np.ndarray, side: np.ndarray, outside: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Index into SIGNALS for each point, len(SIGNALS) for none: the first rule that applies, in the order there."""
    step = np.zeros(len(y))
    step[1:] = np.where(group[1:] == group[:-1], np.sign(np.diff(y)), 0)
    trend_end = _run_ends(step, group, RUN - 1)
    in_trend = _spread(trend_end != 0, group, RUN)
    seven = _spread(_run_ends(side, group, RUN) != 0, group, RUN)

    crowd = _run_ends(side, group, 3) != 0
    crowd &= near + _back(near, group, 1) + _back(near, group, 2) >= 2
    two = near & _spread(crowd, group, 3)

    # Where a rise turns into a fall at one point, that point belongs to what follows it.
    heading = step.copy()
    if len(y):
        follows = (group[:-1] == group[1:]) & in_trend[:-1] & in_trend[1:]
        heading[:-1][follows] = step[1:][follows]

    code = np.full(len(y), len(SIGNALS))
    low = (side < 0).astype(int)
    for mask, rule in (
        (seven, 6 + low),
        (two, 4 + low),
        (in_trend, 2 + (heading < 0)),
        (outside, low),
    ):
        code = np.where(mask, rule, code)
    return code


def _back(x: np.ndarray, group: np.ndarray, by: int) -> np.ndarray:
    """The value `by` points earlier in the same group, 0 where there is none."""
    out = np.zeros(len(x))
    out[by:] = np.where(group[by:] == group[:-by], x[:-by], 0)
    return out


def _run_ends(sign: np.ndarray, group: np.ndarray, length: int) -> np.ndarray:
    """The sign where `length` points in a row, ending here, share one sign other than 0; else 0."""
    alike = sign != 0
    for by in range(1, length):
        alike &= _back(sign, group, by) == sign
    return np.where(alike, sign, 0)


def _spread(ends: np.ndarray, group: np.ndarray, length: int) -> np.ndarray:
    """True for every point of a run of `length` points that ends at a marked point of the same group."""
    out = ends.copy()
    for by in range(1, length):
        out[:-by] |= ends[by:] & (group[by:] == group[:-by])
    return out
