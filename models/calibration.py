"""How much to trust the models' own uncertainty: learned from how wrong they were at earlier windows.

Two sources. What similar series showed, by cadence and years of history (RATIOS: real error / stated error, measured on
the development series by docs/method.md's recipe); and the earlier windows of the series itself, which count as a few
more observations.
"""

import numpy as np

from models.expectation import MAX_PAST, MIN_PAST_HISTORY, SEASON, Foretold

TAIL_DOF = 5.0  # degrees of freedom of the errors' tails
UNIT = np.sqrt((TAIL_DOF - 2) / TAIL_DOF)  # scale of that t, in standard deviations
WEIGHT = 25.0  # how many of its own earlier windows the experience with similar series is worth
CAP = 9.0  # one earlier window says at most this much (squared error / variance)
RATIOS: dict[str, dict[float, float]] = {  # years of history: real error / stated error
    "day": {0.12: 1.32, 0.25: 1.3, 0.5: 1.2, 1: 1.06, 2: 1.08, 4: 1.14},
    "week": {0.12: 1.32, 0.25: 1.3, 0.5: 1.2, 1: 1.06, 2: 1.08, 4: 1.14},
    "month": {0.67: 1.45, 1: 1.4, 1.4: 1.45, 2: 1.22, 3: 1.16, 5: 1.14, 9: 1.08},
    "quarter": {1: 1.4, 2: 1.4, 3: 1.3, 5: 1.2, 9: 1.1},
}


def moments(weight: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of a mixture over the first axis."""
    middle = (weight * mean).sum(0)
    return middle, (weight * (variance + (mean - middle) ** 2)).sum(0)


def forecast_error(got: Foretold) -> tuple[np.ndarray, np.ndarray]:
    """Target − what was foretold, and the variance stated for it, over all models (each: one per series)."""
    spread = got.dof / np.maximum(got.dof - 2, 1.0)
    return moments(got.weights(), got.error, got.variance * got.power * spread)


def rescale(cadence: str, n: np.ndarray, got: Foretold) -> np.ndarray:
    """Factor on the stated variance (series)."""
    spread = got.past_dof / np.maximum(got.past_dof - 2, 1.0)
    error, variance = moments(got.past_weights(), got.past_error, got.past_variance * spread)
    z2 = np.where(got.past, np.minimum(error**2 / np.where(variance > 0, variance, 1.0), CAP), 0.0)
    years, ratios = np.array(list(RATIOS[cadence])), np.array(list(RATIOS[cadence].values()))
    known = np.interp(np.log(np.maximum(n, 1) / SEASON[cadence]), np.log(years), ratios**2)
    return (WEIGHT * known + z2.sum(1)) / (WEIGHT + got.past.sum(1))


def earlier_windows(history: int, window: int) -> int:
    """How many earlier windows of its own past a series is compared with: units of history and of the window."""
    starts = (history - window * back for back in range(1, MAX_PAST + 1))
    return sum(start >= max(MIN_PAST_HISTORY, window) for start in starts) if window > 0 else 0
