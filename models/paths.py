"""Possible futures of a KPI, drawn from the same models that judge its past.

Draws come from a fixed seed: the same series gives the same answer every time.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.calibration import TAIL_DOF, UNIT, rescale
from models.cleaning import Panel, to_units
from models.expectation import Foretold, foretell
from models.gaps import bridged
from models.windows import Grid, day_numbers, grids, period_number, tidy_values

DRAWS = 2000
SEED = 20  # any number would do; it is fixed so that answers repeat
LEAST_UNITS = 4  # units of history (weeks for daily KPIs) before a future is drawn


@dataclass(frozen=True)
class Futures:
    """values: draws × periods ahead, in the KPI's own unit; units: draws × window units, on the scale of the models;
    the foretold and its panel, for whoever needs more."""

    values: np.ndarray
    units: np.ndarray
    periods: pd.DatetimeIndex
    got: Foretold
    panel: Panel
    cadence: str


def periods_between(last: pd.Timestamp, start: pd.Timestamp, end: pd.Timestamp, cadence: str) -> pd.DatetimeIndex:
    """Period starts after `last` up to `end`, from `start` on; weeks keep the anchor of `last`."""
    step = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(weeks=1)}.get(cadence)
    step = step or pd.DateOffset(months=1 if cadence == "month" else 3)
    ahead = pd.date_range(last, max(end, last), freq=step)[1:]
    return ahead[(ahead >= start) & (ahead <= end)]


def laid_out(known: pd.Series, ahead: pd.DatetimeIndex, cadence: str) -> Grid | None:
    """The history before the first period ahead, and a window of those periods (its values only hold the place)."""
    usual = float(known.iloc[-52:].median())
    filled = pd.concat([known[known.index < ahead[0]], pd.Series(usual, index=ahead)])
    frame = pd.DataFrame({"case_id": "one", "role": "kpi", "date": filled.index, "value": filled.to_numpy()})
    tidy = tidy_values(pd.Series(["one"]), frame)
    days = day_numbers(ahead)
    found = grids(pd.Series([cadence]), days[:1], days[-1:], tidy, 1)
    return found[0] if found and found[0].length[0] == len(ahead) else None


def futures(known: pd.Series, ahead: pd.DatetimeIndex, cadence: str, draws: int = DRAWS) -> Futures | None:
    """Draws of the periods ahead, which may leave a space after the last known one; None with too little history."""
    origin = day_numbers([known.index[0]])
    last, first = (period_number(day_numbers([d]), cadence, origin)[0] for d in (known.index[-1], ahead[0]))
    between = (
        periods_between(known.index[-1], known.index[-1], ahead[0], cadence)[:-1] if first > last + 1 else ahead[:0]
    )
    whole = between.append(ahead)
    grid = laid_out(known, whole, cadence)
    if grid is None:
        return None
    panel = to_units(grid)
    if panel.n[0] < LEAST_UNITS or np.ptp(panel.u[0, : panel.n[0]]) == 0:
        return None
    u, window, unknown = bridged(cadence, panel.u, panel.n, panel.gap, panel.window, panel.weight)
    got = foretell(cadence, u, panel.n, window, panel.weight)
    trust = rescale(cadence, panel.n, got)[0] * unknown[0]
    units = _drawn(got, window[0], trust, draws)
    values = _in_own_unit(units, grid, panel, known)[:, len(between) :]
    return Futures(values, units, ahead, got, panel, cadence)


def _drawn(got: Foretold, window: np.ndarray, trust: float, draws: int) -> np.ndarray:
    """draws × units: each model gets its share of the draws."""
    rng = np.random.default_rng(SEED)
    weight = got.weights()[:, 0]
    share = np.floor(np.cumsum(weight) * draws + 0.5).astype(int)
    counts = np.diff(share, prepend=0)
    parts = []
    for k in np.flatnonzero(counts):
        block = got.blocks[k, 0]
        foretold = window - block @ got.surprise[k, 0]
        noise = rng.standard_normal((counts[k], len(window)))
        tails = np.sqrt(TAIL_DOF / rng.chisquare(TAIL_DOF, (counts[k], 1))) * UNIT
        parts.append(foretold + np.sqrt(got.variance[k, 0] * trust) * tails * (noise @ block.T))
    return np.concatenate(parts)


def _in_own_unit(units: np.ndarray, grid: Grid, panel: Panel, known: pd.Series) -> np.ndarray:
    length = int(grid.length[0])
    if grid.cadence != "day":
        units = units[:, :length]
        return np.exp(np.clip(units, -50, 50)) - panel.shift[0] if panel.logs[0] else units * panel.scale[0]
    day = np.arange(length)
    units = units[:, day // 7]
    factor = panel.factors[0][day % 7]
    values = (np.exp(np.clip(units, -50, 50)) - panel.shift[0]) * factor if panel.logs[0] else units * panel.scale[0]
    rng = np.random.default_rng(SEED + 1)
    scatter = _scatter(grid, panel) * (factor * np.abs(values.mean(0)) / factor if panel.logs[0] else panel.scale[0])
    noise = rng.standard_normal(values.shape) * scatter
    for week in range(0, length, 7):  # the week's own mean is already drawn; days scatter around it
        noise[:, week : week + 7] -= noise[:, week : week + 7].mean(1, keepdims=True)
    return values + noise


def _scatter(grid: Grid, panel: Panel) -> float:
    """How far a day lies from its week, relative to it (or in units of scale), over the last weeks."""
    history = grid.values[0, 0, : grid.history][-7 * 60 :]
    weeks = history[len(history) % 7 :].reshape(-1, 7)
    flat = weeks / panel.factors[0] if panel.logs[0] else weeks / panel.scale[0]
    whole = flat[np.isfinite(flat).all(1)]
    if not len(whole):
        return 0.0
    mean = whole.mean(1, keepdims=True)
    size = np.where(np.abs(mean) > 0, np.abs(mean), 1.0) if panel.logs[0] else 1.0
    return float(1.4826 * np.median(np.abs(whole - mean) / size)) * float(np.sqrt(7 / 6))
