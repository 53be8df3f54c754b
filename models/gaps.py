"""Periods without a value: filled with what the models make of the values around them, before and after.

For one model with L and the columns G of L⁻¹ that belong to the gaps, the most likely fill δ makes the surprises e − Gδ
smallest: (GᵀG) δ = Gᵀe. The fill used is the average over the models, each as likely as the known values make it. What
is not known stays uncertain: the doubt about the fill is carried to the window's mean.
"""

from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular

from models.expectation import PRIOR_DOF, PRIOR_SD, factors, full_size

LEAST_KNOWN = 4  # known units of history below which lines are drawn over the gaps instead


@lru_cache(maxsize=8)
def _inverses(cadence: str, size: int) -> np.ndarray:
    eye = np.eye(size)
    return np.stack([solve_triangular(f, eye, lower=True, check_finite=False) for f in factors(cadence, size)])


def bridged(
    cadence: str, u: np.ndarray, n: np.ndarray, gap: np.ndarray, window: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """u and window with their gaps filled, and the factor on the variance of the window's mean (series).

    gap: series × units, the units of history without a value; in the window they are those of weight 0 before the last.
    """
    m = np.where(weight > 0, np.arange(1, weight.shape[1] + 1), 0).max(1, initial=0)
    missing = (weight == 0) & (np.arange(weight.shape[1]) < m[:, None])
    rows = np.flatnonzero((gap.any(1) | missing.any(1)) & (n - gap.sum(1) >= LEAST_KNOWN) & (m > 0))
    doubt = np.ones(len(u))
    if not len(rows):
        return u, window, doubt
    u, window = u.copy(), window.copy()
    full = full_size(int((n + m)[rows].max()))
    inverse = _inverses(cadence, full)
    logdet = np.log(np.diagonal(factors(cadence, full), axis1=1, axis2=2))
    for s in rows:
        size = int(n[s] + m[s])
        holes = np.flatnonzero(np.concatenate([gap[s, : n[s]], missing[s, : m[s]]]))
        y = np.concatenate([u[s, : n[s]], window[s, : m[s]]])
        y[holes] = np.interp(holes, np.delete(np.arange(size), holes), np.delete(y, holes))
        fill, ratio = _fill(inverse[:, :size, :size], logdet[:, :size], y, holes, weight[s, : m[s]])
        y[holes] += fill
        u[s, : n[s]], window[s, : m[s]] = y[: n[s]], y[n[s] :]
        known = size - len(holes)
        doubt[s] = ratio * (size - 1 + PRIOR_DOF) / (known - 1 + PRIOR_DOF)
    return u, window, doubt


def _fill(
    inverse: np.ndarray, logdet: np.ndarray, y: np.ndarray, holes: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, float]:
    """What to add to y at the holes, and the variance of the window's mean relative to that without holes."""
    size = len(y)
    e = inverse @ (y - y.mean())
    g = inverse[:, :, holes]
    gram = np.einsum("kih,kij->khj", g, g) + 1e-9 * np.eye(len(holes))
    fill = -np.linalg.solve(gram, np.einsum("kih,ki->kh", g, e)[:, :, None])[:, :, 0]
    rest = ((e + np.einsum("kih,kh->ki", g, fill)) ** 2).sum(1)
    dof = size - len(holes) - 1 + PRIOR_DOF
    evidence = -logdet.sum(1) - 0.5 * np.linalg.slogdet(gram)[1] - 0.5 * dof * np.log(PRIOR_DOF * PRIOR_SD**2 + rest)
    likely = np.exp(evidence - evidence.max())
    likely /= likely.sum()
    # the mean's error is c·e over the window, c = L[window, window]ᵀ w; an error of the fill reaches it through G
    first = size - len(weight)
    best = int(likely.argmax())
    c = np.linalg.solve(inverse[best, first:, first:].T, weight)
    reach = g[best, first:].T @ c
    ratio = 1 + float(reach @ np.linalg.solve(gram[best], reach)) / float(c @ c)
    return likely @ fill, ratio
