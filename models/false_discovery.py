"""Looking at many KPIs at once: how surprising each movement is, and how many of those listed are chance.

p-values come from the engine's intervals, so that both always agree; Benjamini and Hochberg bound the share of false
ones among those listed.
"""

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from models.calibration import TAIL_DOF

LEAST = -1 + 1e-9  # a relative effect of −100 % has no logarithm


def p_values(effect: pd.Series, lo: pd.Series, hi: pd.Series, confidence: float = 0.95) -> pd.Series:
    """Two-sided p-value of "no effect", from a relative effect and its interval; missing where one of them is.

    The interval is effect ± q·s with q the quantile of a t with TAIL_DOF degrees of freedom, symmetric on the scale
    of the model: logs for KPIs that are never below 0, the value itself for others; the scale on which it is
    symmetric is taken. So t = q · effect / (effect − the bound between it and 0) and p = 2 · F(−t), with F the
    distribution function: p is below 1 − confidence exactly when the interval excludes 0. This is the way back from
    interval to p of Altman and Bland, "How to obtain the P value from a confidence interval", BMJ 343 (2011) d2304,
    with the engine's t in place of the normal.
    """
    linear = np.stack([np.asarray(part, dtype=float) for part in (effect, lo, hi)])
    logs = np.log1p(np.maximum(linear, LEAST))
    skew = np.abs(linear[1] + linear[2] - 2 * linear[0])
    skew_logs = np.abs(logs[1] + logs[2] - 2 * logs[0])
    middle, low, high = np.where(skew_logs <= skew, logs, linear)
    reach = np.where(middle >= 0, middle - low, high - middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = -stdtrit(TAIL_DOF, (1 - confidence) / 2) * np.abs(middle) / reach
    p = 2 * stdtr(TAIL_DOF, -t)
    return pd.Series(np.where(np.isfinite(middle) & (reach > 0), p, np.nan), index=effect.index)


def for_the_worse(p: pd.Series, effect: pd.Series, verdict: pd.Series, direction: pd.Series) -> pd.Series:
    """The p-value of "it did not get worse": half the two-sided one on the bad side, the rest on the good side.

    A KPI that should stay in its band can get worse both ways: its two-sided value when it did, 1 otherwise.
    """
    bad = np.where(direction == "down", effect > 0, effect < 0)
    one_sided = np.where(bad, p / 2, 1 - p / 2)
    in_band = np.where(verdict == "worse", p, np.where(p.isna(), np.nan, 1.0))
    return pd.Series(np.where(direction == "in_band", in_band, one_sided), index=p.index)


def q_values(p: pd.Series) -> pd.Series:
    """The smallest false discovery rate at which each would be listed; missing p stay out of the count.

    Benjamini and Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995) 289: of n values
    in order, q₍ᵢ₎ = min over j ≥ i of n · p₍ⱼ₎ / j. It holds for independent KPIs and for such as rise and fall
    together.
    """
    known = p.dropna().sort_values(kind="stable")
    n = len(known)
    steps = known.to_numpy() * n / np.arange(1, n + 1)
    q = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return pd.Series(q, index=known.index).reindex(p.index)
