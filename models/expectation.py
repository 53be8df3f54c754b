"""What a KPI would have done anyway: fixed covariance models, weighted by how well each explains its history.

A series of n history units and m window units is u ~ N(0, s² K) for each model K: noise + constant + level + slope +
season. Nothing is optimised per series. With K = L Lᵀ, e = L⁻¹u are the one-step surprises, in units of s, and

    log evidence of the history = −Σ log Lᵢᵢ − (n − 1 + a)/2 · log(b + Σ e²) + const
    s² = (b + Σ e²) / (n − 1 + a)            (an inverse-gamma prior with weight a and sum of squares b)
    window − what the history foretold = L[n:n+m, n:n+m] · e[n:n+m]

Every kernel starts at unit 0, so L of a shorter history is the leading block of L of a longer one: one Cholesky factor
per model serves series of every length, and the same e give the error at every earlier origin of the same series.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from threadpoolctl import ThreadpoolController

# The matrices are small: on a busy machine the threads of a BLAS wait for each other many times longer than they work.
ONE_THREAD = ThreadpoolController().wrap(limits=1, user_api="blas")
SEASON = {
    "day": 52.18,
    "week": 52.18,
    "month": 12.0,
    "quarter": 4.0,
}  # units per year; daily values are merged to weeks
DIFFUSE = 1e3  # prior variance of the level at the start, in units of s²
SEASON_MEMORY = 30.0  # years over which the shape of the year changes
MAX_PAST = 10  # earlier windows of the same series whose errors are looked at
MIN_PAST_HISTORY = 6  # units of history before the first of them
PRIOR_DOF = 3.0  # weight of the prior on s, in observations
PRIOR_SD = 0.01  # prior standard deviation of one step, in logs


@dataclass(frozen=True)
class Level:
    """How a level moves beside noise of variance 1: a random walk (variance `walk` per step), steps that carry on
    (variance `push`, each step keeps `carry` of the one before), and a pull back (variance `away`, over `reach`)."""

    walk: float = 0.0
    push: float = 0.0
    carry: float = 0.0
    away: float = 0.0
    reach: float = 1.0


@dataclass(frozen=True)
class Season:
    """A yearly shape of variance `strength`; `width` is how far one time of the year resembles its neighbours."""

    strength: float = 0.0
    width: float = 1.0


def _walks(*variances: float) -> list[Level]:
    return [Level(walk=q) for q in variances]


def _pushes(*pairs: tuple[float, float]) -> list[Level]:
    return [Level(push=q, carry=c) for q, c in pairs]


def _pulls(*pairs: tuple[float, float]) -> list[Level]:
    return [Level(walk=0.002, away=a, reach=r) for a, r in pairs]


BY_MONTH = (
    *_walks(0.02, 0.1, 0.4, 1.5, 6.0),
    *_pushes((0.003, 0.93), (0.003, 0.8), (0.03, 0.8), (0.03, 0.5), (0.3, 0.93), (0.3, 0.5), (3.0, 0.8), (3.0, 0.5)),
    *_pulls((2.0, 3.0), (12.0, 3.0)),
)
BY_WEEK = (
    *_walks(0.002, 0.02, 0.4, 6.0),
    *_pushes((1.0, 0.65), (0.0003, 0.98), (0.003, 0.98), (0.03, 0.98)),
    *_pulls((2.0, 3.0), (12.0, 3.0)),
)
BY_DAY = (
    *_walks(0.002, 0.1, 0.4, 1.5),
    *_pushes((1.0, 0.65)),
    *_pulls((2.0, 3.0), (12.0, 3.0), (12.0, 12.0)),
)
LEVELS = {"day": BY_DAY, "week": BY_WEEK, "month": BY_MONTH, "quarter": BY_MONTH}
SEASONS = (
    Season(),
    *(Season(2.0, width) for width in (0.15, 0.5, 1.2)),
    *(Season(12.0, width) for width in (0.15, 0.5)),
    *(Season(64.0, width) for width in (0.5, 1.2)),
)


def models(cadence: str) -> list[tuple[Level, Season]]:
    """The candidates of a cadence, all equally likely before the history is seen."""
    return [(level, season) for level in LEVELS[cadence] for season in SEASONS]


def covariance(level: Level, season: Season, size: int, per_year: float) -> np.ndarray:
    """K of one model (size × size), scaled so that first differences have variance 1: then s is comparable."""
    t = np.arange(size, dtype=float)
    d = np.abs(t[:, None] - t[None, :])
    since = np.minimum(t[:, None], t[None, :])
    k = np.eye(size) + level.walk * since + level.away * np.exp(-d / level.reach)
    step = 2 + level.walk + 2 * level.away * (1 - np.exp(-1 / level.reach))
    if level.push:
        impulse = np.tril((1 - level.carry ** (t[:, None] - t[None, :] + 1).clip(0)) / (1 - level.carry))
        impulse[:, 0] = 0.0
        k += level.push * impulse @ impulse.T
        step += level.push / (1 - level.carry**2)
    k += 1e-5 * step * t[:, None] * t[None, :]
    if season.strength:
        shape = np.exp(-2 * np.sin(np.pi * d / per_year) ** 2 / season.width**2)
        k += season.strength * shape * np.exp(-0.5 * (d / (SEASON_MEMORY * per_year)) ** 2)
        step += 2 * season.strength * (1 - np.exp(-2 * np.sin(np.pi / per_year) ** 2 / season.width**2))
    return k / step + DIFFUSE


def full_size(size: int) -> int:
    """Factors are made for a few sizes only; what a shorter series needs is the leading block."""
    return -(-size // 64) * 64


@lru_cache(maxsize=16)
@ONE_THREAD
def factors(cadence: str, size: int) -> np.ndarray:
    """Cholesky factors of all models (models × size × size)."""
    return np.stack([np.linalg.cholesky(covariance(*model, size, SEASON[cadence])) for model in models(cadence)])


@lru_cache(maxsize=64)
def mean_rows(cadence: str, size: int, m: int) -> np.ndarray:
    """c (models × size × m): the mean of m units from t on misses what was foretold at t by c[t]·e[t:t+m]."""
    chol = factors(cadence, size)
    column = np.arange(size)
    down = np.zeros((len(chol), size, m))  # sums of each column from the diagonal down
    for lag in range(m):
        at = column[: size - lag]
        down[:, at, lag] = chol[:, at + lag, at]
    down = np.cumsum(down, axis=2)
    out = np.zeros_like(down)
    t = np.arange(size - m + 1)
    for j in range(m):
        out[:, t, j] = down[:, t + j, m - 1 - j]
    return out / m


@dataclass(frozen=True)
class Foretold:
    """What each model foretold, and how the window turned out.

    First axis: models (times hypotheses, where several were joined). log_evidence, variance (s²): models × series.
    error, power: models × series, target − foretold mean and its variance in units of s². surprise: models × series ×
    window units. blocks: for each model the lower-triangular L[n:n+m, n:n+m] of each distinct window; `block` (series)
    says which. past, past_dof (series × earlier windows): which exist; past_error, past_variance, past_evidence: models
    × series × earlier windows, the latest first. dof: series.
    """

    log_evidence: np.ndarray
    variance: np.ndarray
    error: np.ndarray
    power: np.ndarray
    surprise: np.ndarray
    blocks: np.ndarray
    block: np.ndarray
    dof: np.ndarray
    past: np.ndarray
    past_dof: np.ndarray
    past_error: np.ndarray
    past_variance: np.ndarray
    past_evidence: np.ndarray

    def weights(self) -> np.ndarray:
        """How likely each model is after the history, models × series."""
        return _shares(self.log_evidence)

    def past_weights(self) -> np.ndarray:
        return _shares(self.past_evidence)


def _shares(log: np.ndarray) -> np.ndarray:
    out = np.exp(log - log.max(axis=0))
    return out / out.sum(axis=0)


@ONE_THREAD
def foretell(cadence: str, u: np.ndarray, n: np.ndarray, window: np.ndarray, weight: np.ndarray) -> Foretold:
    """All models on all series of one cadence.

    u: series × units, history from column 0, anything beyond n; window, weight: series × window units, values and their
    weights in the mean (rows of weights sum to 1; a unit of weight 0 does not count in it, but needs a likely value).
    """
    series, width = weight.shape
    m = np.where(weight > 0, np.arange(1, width + 1), 0).max(1, initial=0)
    size = int((n + m).max(initial=1))
    full = full_size(size)
    chol = factors(cadence, full)
    z, inside = _side_by_side(u, n, window, m, size)
    a, b = PRIOR_DOF, PRIOR_DOF * PRIOR_SD**2
    here = np.arange(series)
    ahead = np.minimum(n[:, None] + np.arange(width), size - 1)
    in_window = np.arange(width) < m[:, None]

    keys, block = np.unique(np.column_stack([n, m]), axis=0, return_inverse=True)
    block = block.reshape(-1)
    offset = np.arange(width)
    at = np.minimum(keys[:, :1] + offset, full - 1)
    square = (
        (offset[:, None] >= offset) & (offset < keys[:, 1, None])[:, :, None] & (offset < keys[:, 1, None])[:, None]
    )
    blocks = np.where(square, chol[:, at[:, :, None], at[:, None, :]], 0.0)

    back = n[:, None] - m[:, None] * np.arange(1, MAX_PAST + 1)
    past = (back >= np.maximum(MIN_PAST_HISTORY, m)[:, None]) & (m > 0)[:, None]
    past = past[:, : max(int(past.sum(1).max(initial=0)), 1)]
    back = np.where(past, back[:, : past.shape[1]], 0)
    rows = {int(k): mean_rows(cadence, full, int(k)) for k in np.unique(m[m > 0])}

    log_evidence, variance, error, power = (np.empty((len(chol), series)) for _ in range(4))
    surprise = np.empty((len(chol), series, width))
    past_error, past_power, past_squares = (np.zeros((len(chol), *past.shape)) for _ in range(3))
    logdet = np.cumsum(np.pad(np.log(np.diagonal(chol, axis1=1, axis2=2)), ((0, 0), (1, 0))), axis=1)
    for k, factor in enumerate(chol):
        e = np.where(inside, solve_triangular(factor[:size, :size], z.T, lower=True, check_finite=False).T, 0.0)
        squares = np.cumsum(np.pad(e * e, ((0, 0), (1, 0))), axis=1)
        total = b + squares[here, n]
        log_evidence[k] = -logdet[k, n] - 0.5 * (n - 1 + a) * np.log(total)
        variance[k] = total / (n - 1 + a)
        surprise[k] = np.where(in_window, e[here[:, None], ahead], 0.0)
        c = np.einsum("si,sij->sj", weight, blocks[k, block])
        error[k] = (c * surprise[k]).sum(1)
        power[k] = (c * c).sum(1)
        past_squares[k] = squares[here[:, None], back]
        for length, table in rows.items():
            of = np.flatnonzero(m == length)
            c = table[k][back[of]]
            steps = back[of][:, :, None] + np.arange(length)
            past_error[k, of] = (c * e[of[:, None, None], np.minimum(steps, size - 1)]).sum(2)
            past_power[k, of] = (c * c).sum(2)
    past_dof = back - 1 + a
    past_evidence = -logdet[:, back] - 0.5 * past_dof * np.log(b + past_squares)
    past_variance = (b + past_squares) / past_dof * past_power
    return Foretold(
        log_evidence, variance, error, power, surprise, blocks, block, n - 1 + a,
        past, past_dof, past_error, past_variance, past_evidence,
    )  # fmt: skip


def _side_by_side(
    u: np.ndarray, n: np.ndarray, window: np.ndarray, m: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """History and window in one row per series, centred on the history; and where there is anything."""
    columns = np.arange(size)
    z = np.zeros((len(u), size))
    z[:, : min(size, u.shape[1])] = u[:, :size]
    history = columns < n[:, None]
    centre = np.where(history, z, 0.0).sum(1) / np.maximum(n, 1)
    inside = columns < (n + m)[:, None]
    there = np.clip(columns - n[:, None], 0, window.shape[1] - 1)
    z = np.where(history, z, np.take_along_axis(window, there, 1)) - centre[:, None]
    return np.where(inside, z, 0.0), inside


@ONE_THREAD
def one_step(cadence: str, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the models, weighted by the evidence of the whole history, expected of each unit from those before it.

    u: the history of one series. Returns mean and standard deviation per unit, NaN for the first few.
    """
    size = len(u)
    chol = factors(cadence, full_size(size))[:, :size, :size]
    diagonal = np.diagonal(chol, axis1=1, axis2=2)
    e = np.stack([solve_triangular(factor, u - u.mean(), lower=True, check_finite=False) for factor in chol])
    squares = PRIOR_DOF * PRIOR_SD**2 + np.cumsum(np.pad(e * e, ((0, 0), (1, 0))), axis=1)
    dof = np.arange(size + 1) - 1 + PRIOR_DOF
    weight = _shares(-np.log(diagonal).sum(1) - 0.5 * dof[-1] * np.log(squares[:, -1]))[:, None]
    means = u - diagonal * e
    mean = (weight * means).sum(0)
    sd = np.sqrt((weight * (diagonal**2 * squares[:, :-1] / dof[:-1] + (means - mean) ** 2)).sum(0))
    mean[:MIN_PAST_HISTORY], sd[:MIN_PAST_HISTORY] = np.nan, np.nan
    return mean, sd
