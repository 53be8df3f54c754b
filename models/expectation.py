"""What a KPI would have done anyway: fixed covariance models, weighted by how well each explains its history.

A series of n history units is u ~ N(0, s² K) for each model K: noise + constant + level + slope + season. Nothing is
optimised per series: with K = L Lᵀ and e = L⁻¹u (the one-step surprises, in units of s),

    log evidence = −Σ log Lᵢᵢ − (n − 1 + a)/2 · log(b + Σ e²) + const,   s² = (b + Σ e²) / (n − 1 + a)

for an inverse-gamma prior (a, b) on s², and the weighted mean of the m units after n is predicted by r = wᵀ L[n:n+m]:
mean r[:n]·e, variance s²·|r[n:]|². Every kernel starts at unit 0, so L of a shorter history is the leading block of L
of a longer one: one Cholesky factor per model serves series of every length, and every earlier origin of each series.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

SEASON = {
    "day": 52.18,
    "week": 52.18,
    "month": 12.0,
    "quarter": 4.0,
}  # units per year; daily values are merged to weeks
DIFFUSE = 1e4  # prior variance of the level at the start, in units of s²
DECAY_YEARS = 15.0  # a season of d years ago still says exp(−d / 15) of today's
MAX_PLACEBOS = 10  # earlier windows of the same series whose errors are looked at
MIN_PLACEBO_HISTORY = 6  # units of history before the first of them
PRIOR_DOF = 3.0  # weight of the prior on s, in observations
PRIOR_SD = 0.03  # prior standard deviation of one step, in logs


@dataclass(frozen=True)
class Model:
    """One covariance model: a level (`walk` q, `momentum` q φ, or `ar` a ρ) and a season (`strength` 0 is none)."""

    level: str
    a: float
    b: float
    strength: float
    width: float


LEVELS = (
    *(("walk", q, 0.0) for q in (0.002, 0.02, 0.1, 0.4, 1.5, 6.0, 30.0)),
    *(("momentum", q, 0.65) for q in (0.1, 1.0)),
    *(("ar", a, rho) for a, rho in ((2.0, 3.0), (12.0, 3.0), (2.0, 12.0), (12.0, 12.0))),
)
SEASONS = ((0.0, 1.0), *((s, w) for s in (2.0, 12.0, 64.0) for w in (0.15, 0.5, 1.2)))
MODELS = tuple(Model(*level, *season) for level in LEVELS for season in SEASONS)


def covariance(model: Model, size: int, per_year: float) -> np.ndarray:
    """K of one model (size × size), scaled so that first differences have variance 1: then s is comparable."""
    t = np.arange(size, dtype=float)
    d = np.abs(t[:, None] - t[None, :])
    first = np.minimum(t[:, None], t[None, :])
    if model.level == "walk":
        level = model.a * first
        step = model.a
    elif model.level == "momentum":
        impulse = np.tril((1 - model.b ** (t[:, None] - t[None, :] + 1).clip(0)) / (1 - model.b))
        impulse[:, 0] = 0.0
        level = model.a * impulse @ impulse.T
        step = model.a / (1 - model.b**2)
    else:
        level = model.a * np.exp(-d / model.b) + 0.002 * first
        step = 2 * model.a * (1 - np.exp(-1 / model.b))
    slope = 1e-5 * (2 + step) * t[:, None] * t[None, :]
    turn = np.sin(np.pi * d / per_year) ** 2
    season = model.strength * np.exp(-2 * turn / model.width**2 - d / (DECAY_YEARS * per_year))
    wave = 2 * model.strength * (1 - np.exp(-2 * np.sin(np.pi / per_year) ** 2 / model.width**2))
    k = np.eye(size) + DIFFUSE + level + slope + season
    return k / (2 + step + wave)


@lru_cache(maxsize=8)
def factors(cadence: str, size: int) -> np.ndarray:
    """Cholesky factors of all models (models × size × size)."""
    return np.stack([np.linalg.cholesky(covariance(model, size, SEASON[cadence])) for model in MODELS])


@dataclass(frozen=True)
class Predicted:
    """What each model says of the window's weighted mean, and said of earlier windows of the same length.

    mean, scale (standard deviation), log_evidence: models × series; dof: series. past_error, past_scale, past_evidence:
    models × series × earlier windows, the latest first; `past` (series × windows) says which of them exist.
    """

    mean: np.ndarray
    scale: np.ndarray
    log_evidence: np.ndarray
    dof: np.ndarray
    past: np.ndarray
    past_error: np.ndarray
    past_scale: np.ndarray
    past_evidence: np.ndarray
    past_dof: np.ndarray


def predict(cadence: str, u: np.ndarray, n: np.ndarray, weight: np.ndarray, m: np.ndarray) -> Predicted:
    """All models on all series of one cadence.

    u: series × units, history from column 0, 0 beyond n; weight: series × window units, rows sum to 1; m: units in the
    window (the length of the earlier windows).
    """
    series, size = len(u), u.shape[1]
    width = weight.shape[1]
    chol = factors(cadence, -(-(size + width) // 8) * 8)
    centre = u.sum(1) / np.maximum(n, 1)
    columns = np.arange(size)
    inside = columns < n[:, None]
    z = np.where(inside, u - centre[:, None], 0.0)
    a, b = PRIOR_DOF, PRIOR_DOF * PRIOR_SD**2

    keys, same = np.unique(np.column_stack([n, weight]), axis=0, return_inverse=True)
    key_n, key_w = keys[:, 0].astype(int), keys[:, 1:]
    same = same.reshape(-1)
    back = n[:, None] - m[:, None] * np.arange(1, MAX_PLACEBOS + 1)
    past = (back >= np.maximum(MIN_PLACEBO_HISTORY, m)[:, None]) & (m > 0)[:, None]
    past = past[:, : max(int(past.sum(1).max(initial=0)), 1)]
    back = np.where(past, back[:, : past.shape[1]], 0)
    shape = (len(chol), series, past.shape[1])
    mean, scale, evidence = (np.empty(shape[:2]) for _ in range(3))
    past_error, past_scale, past_evidence = (np.zeros(shape) for _ in range(3))
    here = np.arange(series)

    for k, factor in enumerate(chol):
        e = np.where(inside, solve_triangular(factor[:size, :size], z.T, lower=True, check_finite=False).T, 0.0)
        squares = np.cumsum(np.pad(e * e, ((0, 0), (1, 0))), axis=1)
        logdet = np.cumsum(np.concatenate([[0.0], np.log(np.diag(factor))]))
        rows = np.zeros((len(keys), factor.shape[0]))
        for j in range(width):
            if key_w[:, j].any():
                rows += key_w[:, j, None] * factor[key_n + j]
        known = np.where(np.arange(factor.shape[0]) < key_n[:, None], rows, 0.0)
        ahead = (rows * rows).sum(1) - (known * known).sum(1)
        total = squares[here, n]
        mean[k] = centre + np.einsum("sn,sn->s", known[same][:, :size], e)
        scale[k] = np.sqrt((b + total) / (n - 1 + a) * ahead[same])
        evidence[k] = -logdet[n] - 0.5 * (n - 1 + a) * np.log(b + total)
        total = squares[here[:, None], back]
        past_evidence[k] = -logdet[back] - 0.5 * (back - 1 + a) * np.log(b + total)
        moving = _window_rows(factor, int(m.max(initial=1)), np.unique(m[m > 0]))
        pieces = np.zeros(past.shape)
        power = np.zeros(past.shape)
        for j in range(int(m.max(initial=0))):
            c = moving[m[:, None], back, j]
            pieces += c * e[here[:, None], np.minimum(back + j, size - 1)]
            power += c * c
        past_error[k] = pieces
        past_scale[k] = np.sqrt((b + total) / (back - 1 + a) * power)
    return Predicted(mean, scale, evidence, n - 1 + a, past, past_error, past_scale, past_evidence, back - 1 + a)


def _window_rows(factor: np.ndarray, longest: int, lengths: np.ndarray) -> np.ndarray:
    """c[m, t, j]: weight of the surprise at t + j in the error of the mean of the m units from t on."""
    size = len(factor)
    out = np.zeros((longest + 1, size, longest))
    for m in lengths:
        t = np.arange(size - m + 1)
        for j in range(m):
            for i in range(j, m):
                out[m, t, j] += factor[t + i, t + j]
        out[m] /= m
    return out


def one_step(cadence: str, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the models, weighted by the evidence of the whole history, expected of each unit from those before it.

    u: the history of one series. Returns mean and standard deviation per unit, NaN for the first few.
    """
    size = len(u)
    chol = factors(cadence, -(-size // 8) * 8)[:, :size, :size]
    centre = u.mean()
    means, variances, evidence = [], [], []
    before = np.arange(size)
    for factor in chol:
        e = solve_triangular(factor, u - centre, lower=True, check_finite=False)
        squares = np.concatenate([[0.0], np.cumsum(e * e)])
        prior = PRIOR_DOF * PRIOR_SD**2
        diagonal = np.diag(factor)
        means.append(u - diagonal * e)
        variances.append(diagonal**2 * (prior + squares[:-1]) / np.maximum(before - 1 + PRIOR_DOF, 1))
        evidence.append(-np.log(diagonal).sum() - 0.5 * (size - 1 + PRIOR_DOF) * np.log(prior + squares[-1]))
    weight = np.exp(np.array(evidence) - logsumexp(evidence))[:, None]
    mean = (weight * means).sum(0)
    sd = np.sqrt((weight * (np.array(variances) + (np.array(means) - mean) ** 2)).sum(0))
    mean[:MIN_PLACEBO_HISTORY], sd[:MIN_PLACEBO_HISTORY] = np.nan, np.nan
    return mean, sd
