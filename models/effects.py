"""What happened in the window: how large the effect is, how sure, and which shape it has.

A KPI that wanders on its own and one that something pushed look alike in the window's mean, but not in its course: a
push starts with the cycle. So the effect is looked for in four shapes that start there (lasting: all periods alike;
growing: from 0 to twice its mean; ended: the first third only; easing: exp(−3 t / m)), each by generalised least
squares on the window's surprises, and without any shape (free: the mean against what was foretold). The answers are
averaged by how well each explains the window: a clear course narrows the interval, an unclear one leaves it wide.

For a shape h and a model with L = L[n:n+m, n:n+m], g = L⁻¹h and v the surprises: effect = g·v / g·g, variance s² / g·g.
Evidence against "nothing happened" with an effect drawn from N(0, τ²), in a t with TAIL_DOF degrees of freedom:
Q = |v|²/s² becomes Q − (g·v)²/s² / (g·g + s²/τ²).
"""

from dataclasses import dataclass

import numpy as np

from models.calibration import TAIL_DOF, UNIT, forecast_error
from models.expectation import Foretold

SHAPES = ("lasting", "growing", "ended", "easing", "free")
PRIOR = np.array([0.28, 0.22, 0.1, 0.1, 0.3])  # of the shapes, before the window is seen
WIDTHS = (0.03, 0.1, 0.25)  # τ, in logs: what cycles bring about is a few percent to some tens of percent
AVERAGED = 0.92  # real error / stated error of the average over shapes, measured on windows where nothing happened
READABLE = 0.6  # of the window's units; with fewer known ones only the mean is looked at
STUB = 0.4  # of the heaviest unit; a last unit lighter than this is not read for its course
LEAST_WEIGHT = 1e-4  # models less likely than this are left out


@dataclass(frozen=True)
class Effects:
    """Per series. effect, variance: of the window's weighted mean, in model units. log_odds: log Bayes factor of
    "something changed it" against "chance alone". shapes (series × 5): how likely each of SHAPES is, given that
    something did. path, path_variance (series × window units): the effect in each unit.
    """

    effect: np.ndarray
    variance: np.ndarray
    log_odds: np.ndarray
    shapes: np.ndarray
    path: np.ndarray
    path_variance: np.ndarray


def courses(m: int) -> np.ndarray:
    """The shapes of an effect over m units (m × 4): lasting, growing, ended, easing."""
    unit = np.arange(m)
    ended = (unit < max(1, round(m / 3))).astype(float)
    return np.stack([np.ones(m), 2 * (unit + 0.5) / m, ended, np.exp(-3 * unit / m)], axis=1)


def effects(got: Foretold, weight: np.ndarray, trust: np.ndarray) -> Effects:
    """weight: series × window units; trust: factor on the stated variance (calibration.rescale)."""
    series, width = weight.shape
    m = np.where(weight > 0, np.arange(1, width + 1), 0).max(1, initial=0)
    length = np.zeros(got.blocks.shape[1], dtype=int)
    length[got.block] = m
    shape = np.zeros((len(length), width, 4))
    for q, count in enumerate(length):
        shape[q, :count] = courses(int(count))
    live, whole = _readable(weight, m)
    read = live.sum(1)
    nu = TAIL_DOF
    likely = got.weights()
    top = np.full(series, -np.inf)  # running log-sum-exp: parts are kept relative to it
    null = np.zeros(series)
    found, first, second = (np.zeros((series, 4)) for _ in range(3))
    free, free_2 = np.zeros((series, width)), np.zeros((series, width))
    for k in range(len(likely)):
        rows = np.flatnonzero(likely[k] > LEAST_WEIGHT)
        if not len(rows):
            continue
        blocks = got.blocks[k % len(got.blocks)]
        g = _solved(blocks, shape)[got.block[rows]] * live[rows, :, None]
        v = got.surprise[k, rows] * live[rows]
        s2 = got.variance[k, rows] * trust[rows]
        gv, gg = np.einsum("sjc,sj->sc", g, v), np.einsum("sjc,sjc->sc", g, g)
        q = (v * v).sum(1) / s2
        ratio = gg / s2[:, None]
        pull = gv**2 / s2[:, None]
        base = np.log(likely[k, rows]) - 0.5 * read[rows] * np.log(s2)
        power = -(nu + read[rows]) / 2
        terms = [
            base[:, None]
            + power[:, None] * np.log1p(np.maximum(q[:, None] - pull / (gg + s2[:, None] / tau**2), 0.0) / nu)
            - 0.5 * np.log1p(tau**2 * ratio)
            for tau in WIDTHS
        ]
        with_shape = np.logaddexp.reduce(terms, axis=0) - np.log(len(WIDTHS))
        without = base + power * np.log1p(q / nu)
        best = np.maximum(top[rows], np.maximum(with_shape.max(1), without))
        shrink = np.exp(top[rows] - best)
        top[rows] = best
        share = np.exp(with_shape - best[:, None])
        effect = gv / gg
        null[rows] = null[rows] * shrink + np.exp(without - best)
        for total, more in ((found, share), (first, share * effect), (second, share * (1 / ratio + effect**2))):
            total[rows] = total[rows] * shrink[:, None] + more
        block = blocks[got.block[rows]]
        off = np.einsum("sij,sj->si", block, got.surprise[k, rows])
        free[rows] += likely[k, rows, None] * off
        free_2[rows] += likely[k, rows, None] * (off**2 + s2[:, None] * (block**2).sum(2))
    return _joined(got, weight, trust, shape[got.block], whole, (null, found, first, second, free, free_2))


def _joined(
    got: Foretold,
    weight: np.ndarray,
    trust: np.ndarray,
    shape: np.ndarray,
    whole: np.ndarray,
    sums: tuple[np.ndarray, ...],
) -> Effects:
    """The four shapes and the free effect, averaged by how likely each is."""
    null, found, first, second, free, free_2 = sums
    error, variance = forecast_error(got)
    variance = variance * trust
    with np.errstate(divide="ignore", invalid="ignore"):
        size = first / found
        size_variance = np.maximum(second / found - size**2, 0.0)
        log_shape = np.log(found) - np.log(null)[:, None]
    log_free = log_odds_of_mean(error, np.sqrt(variance))
    usable = whole[:, None] & np.isfinite(log_shape) & np.isfinite(size_variance)
    log = np.column_stack([np.where(usable, log_shape, -np.inf), log_free]) + np.log(PRIOR)
    total = np.logaddexp.reduce(log, axis=1)
    shares = np.exp(log - total[:, None])
    of_mean = np.einsum("sjc,sj->sc", shape, weight)
    size, size_variance = np.where(usable, size, 0.0), np.where(usable, size_variance, 0.0)
    means = np.column_stack([size * of_mean, error])
    variances = np.column_stack([size_variance * of_mean**2, variance])
    effect = (shares * means).sum(1)
    spread = AVERAGED**2 * (shares * (variances + (means - effect[:, None]) ** 2)).sum(1)
    paths = np.concatenate([size[:, None] * shape, free[:, :, None]], axis=2)
    widths = np.concatenate([size_variance[:, None] * shape**2, np.maximum(free_2 - free**2, 0.0)[:, :, None]], axis=2)
    path = (shares[:, None] * paths).sum(2)
    path_variance = AVERAGED**2 * (shares[:, None] * (widths + (paths - path[:, :, None]) ** 2)).sum(2)
    return Effects(effect, spread, total, shares, path, path_variance)


def _readable(weight: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The units whose course is read (a last week of a day or two says too little), and windows without a gap."""
    known = weight > 0
    last = weight[np.arange(len(weight)), np.maximum(m - 1, 0)]
    stub = (last < STUB * weight.max(1, initial=0.0)) & (m > 1)
    return np.arange(weight.shape[1]) < (m - stub)[:, None], known.sum(1) >= READABLE * m


def _solved(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Forward substitution of many lower-triangular systems at once; rows beyond a window are 0."""
    out = np.zeros_like(right)
    for i in range(right.shape[1]):
        diagonal = lower[:, i, i]
        rest = right[:, i] - np.einsum("qj,qjc->qc", lower[:, i, :i], out[:, :i])
        out[:, i] = np.where(diagonal[:, None] > 0, rest / np.where(diagonal > 0, diagonal, 1.0)[:, None], 0.0)
    return out


def log_odds_of_mean(error: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Log Bayes factor of an effect on the mean, of any of the WIDTHS, against chance: both t with TAIL_DOF."""
    grid = np.sinh(np.linspace(-4, 4, 81)) / np.sinh(4)  # fine near 0, up to ± 1
    prior = np.mean([np.exp(-0.5 * (grid / w) ** 2) / w for w in WIDTHS], axis=0) * np.gradient(grid)
    prior /= prior.sum()
    scale = np.maximum(sd * UNIT, 1e-12)
    power = -(TAIL_DOF + 1) / 2
    z = (error[:, None] - grid) / scale[:, None]
    changed = power * np.log1p(z**2 / TAIL_DOF) + np.log(prior)
    return np.logaddexp.reduce(changed, axis=1) - power * np.log1p((error / scale) ** 2 / TAIL_DOF)
