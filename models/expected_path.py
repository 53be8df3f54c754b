"""The picture beside a verdict: what was, what was expected, and the band around it, period by period."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from models.calibration import TAIL_DOF, UNIT, moments, rescale
from models.cleaning import Panel, to_units
from models.controls import Beside, beside, with_controls
from models.expectation import Foretold, foretell, one_step
from models.gaps import bridged
from models.judging import MIN_HISTORY
from models.moved import long_values
from models.periods import seen_cadence
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS, Grid, day_numbers, grids, period_day, period_number, tidy_values


def expected_path(
    series: pd.Series,
    start: Any,
    end: Any,
    *,
    cadence: str | None = None,
    controls: dict[str, pd.Series] | list[pd.Series] | None = None,
    tail: int | None = None,
    policy: Policy = POLICY,
) -> pd.DataFrame:
    """period, actual, expected, lo, hi, in_window: the history's last `tail` periods and the window.

    series has a DatetimeIndex of first days of periods; the window holds the periods that start in [start, end] up to
    the last one with a value. In the window expected and band (95 %, of one period) are foretold from what was known
    before it (and from what the controls did in it): the window's own values have no part in them. In the history each
    period is foretold from those before it. NaN where nothing can be said. Empty for an empty series.
    """
    known = series.dropna().sort_index()
    columns = ["period", "actual", "expected", "lo", "hi", "in_window"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    word = CADENCE_WORDS[cadence or seen_cadence(pd.DatetimeIndex(known.index).date)]
    tidy = tidy_values(pd.Series(["one"]), long_values(known, controls))
    found = grids(pd.Series([word]), day_numbers([pd.Timestamp(start)]), day_numbers([pd.Timestamp(end)]), tidy, 1)
    grid = found[0]
    actual = grid.values[0, 0]
    keep = np.arange(min(int(grid.first[0]), grid.history), grid.history + int(grid.length[0]))
    origin = day_numbers([known.index[0]])
    first = period_number(grid.starts, word, origin)[0]
    days = period_day(first - grid.history + keep, word, origin.repeat(len(keep)))
    middle, lo, hi = (np.full(len(actual), np.nan) for _ in range(3))
    panel = to_units(grid)
    if panel.n[0] >= MIN_HISTORY and np.ptp(panel.u[0, : panel.n[0]]) > 0:
        middle, lo, hi = _band(grid, panel, policy)
    out = pd.DataFrame(
        {"period": days.astype("datetime64[D]").astype("datetime64[ns]"), "actual": actual[keep],
         "expected": middle[keep], "lo": lo[keep], "hi": hi[keep], "in_window": keep >= grid.history}
    )  # fmt: skip
    return out.iloc[-(tail + int(grid.length[0])) :].reset_index(drop=True) if tail is not None else out


def _band(grid: Grid, panel: Panel, policy: Policy) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected value and band for every column of the grid (one case), in the KPI's unit."""
    n = int(panel.n[0])
    mean, sd = _ahead(grid.cadence, panel, beside(grid, panel) if len(grid.roles) > 1 else None)
    past_mean, past_sd = one_step(grid.cadence, panel.u[0, :n])
    mean, sd = np.concatenate([past_mean, mean]), np.concatenate([past_sd, sd])
    width = grid.values.shape[2]
    per_unit = 7 if grid.cadence == "day" else 1
    # units counted from the window's start: column c of the grid is in unit (c − history) // per_unit
    unit = (np.arange(width) - grid.history) // per_unit + n
    told = (unit >= 0) & (unit < len(mean))
    unit = np.clip(unit, 0, len(mean) - 1)
    factor = panel.factors[0][(np.arange(width) - grid.history) % 7] if per_unit == 7 else np.ones(width)
    mean, sd = np.where(told, mean[unit], np.nan), np.where(told, sd[unit], np.nan)
    logs, shift, scale = bool(panel.logs[0]), panel.shift[0], panel.scale[0]

    def value(x: np.ndarray) -> np.ndarray:
        return (np.exp(np.clip(x, -50, 50)) - shift) * factor if logs else x * scale

    middle = value(mean)
    if per_unit == 7:  # a day scatters around its week
        actual = grid.values[0, 0]
        size = np.abs(middle) if logs else np.full(width, scale)
        scatter = (actual - middle) / np.where(size > 0, size, np.nan)
        seen = scatter[: grid.history][np.isfinite(scatter[: grid.history])][-420:]
        within = max(1.4826 * float(np.median(np.abs(seen))) if len(seen) else 0.0, 0.0)
        sd = np.sqrt(sd**2 + within**2)
    reach = -stdtrit(TAIL_DOF, (1 - policy.confidence) / 2) * UNIT * sd
    return middle, value(mean - reach), value(mean + reach)


def _ahead(cadence: str, panel: Panel, by: Beside | None) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each unit of the window (of one case), foretold from before it, in model units."""
    live = np.arange(panel.weight.shape[1]) < panel.m[0]
    every = np.where(live, 1.0 / max(int(panel.m[0]), 1), 0.0)[None]  # which units have a value must not matter
    panel = replace(panel, weight=every)
    unknown = np.ones(1)
    if panel.gap.any():  # filled with the help of what was foretold, not of what came
        got = foretell(cadence, panel.u, panel.n, panel.window, every)
        likely, _ = _told(got, panel.window[0], 1.0)
        u, _, unknown = bridged(cadence, panel.u, panel.n, panel.gap, likely[None], every)
        panel = replace(panel, u=u)
    doubt = np.zeros(1)
    if by is None or not by.usable.any():
        got = foretell(cadence, panel.u, panel.n, panel.window, every)
    else:
        got, doubt = with_controls(cadence, panel, by)
    trust = rescale(cadence, panel.n, got) * unknown
    mean, variance = _told(got, panel.window[0], float(trust[0]))
    return np.where(live, mean, np.nan), np.where(live, np.sqrt(variance + doubt[0]), np.nan)


def _told(got: Foretold, window: np.ndarray, trust: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each unit over all models: the window less its surprises, which leaves nothing of it."""
    blocks = got.blocks[np.arange(len(got.surprise)) % len(got.blocks), got.block[0]]
    mean = window - np.einsum("kij,kj->ki", blocks, got.surprise[:, 0])
    spread = trust * got.dof[0] / max(got.dof[0] - 2, 1.0)
    return moments(got.weights(), mean, got.variance * spread * (blocks**2).sum(2))
