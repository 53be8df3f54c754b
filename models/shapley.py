"""How much of the change of a product or a ratio each factor brought, adding up exactly.

The Shapley value: the mean of what a factor changes over all orders in which the factors could have changed one after
the other (L. S. Shapley, "A value for n-person games", 1953; for changes over time J. W. Sun, "Changes in energy
consumption and energy intensity: a complete decomposition model", Energy Economics 20, 1998, and J. Albrecht,
D. François, K. Schoors, "A Shapley decomposition of carbon emissions without residuals", Energy Policy 30, 2002).
It leaves no residual, does not depend on the order of the factors, changes its sign when time runs backwards, and needs
no logarithm, so zeros and negative values are factors like any other. With two factors it is the change of one at the
mean of the other's two values.
"""

from collections.abc import Callable
from itertools import product as every
from math import factorial

import numpy as np


def shapley(before: np.ndarray, after: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The contribution of each factor to value(after) − value(before), in the shape of `before`.

    before, after: cells × factors. `value` takes an array whose last axis are the factors and drops that axis.
    """
    count = before.shape[-1]
    worlds = np.array(list(every((False, True), repeat=count)))  # which factors have changed already
    level = value(np.where(worlds, after[..., None, :], before[..., None, :]))
    place = 2 ** np.arange(count)[::-1]
    size = worlds.sum(1)
    out = np.zeros(np.broadcast_shapes(before.shape, after.shape))
    for factor in range(count):
        without = np.flatnonzero(~worlds[:, factor])
        weight = np.array([factorial(s) * factorial(count - s - 1) / factorial(count) for s in size[without]])
        out[..., factor] = ((level[..., without + place[factor]] - level[..., without]) * weight).sum(-1)
    return out


def of_product(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Contributions to the change of the product of the last axis."""
    return shapley(before, after, lambda factors: factors.prod(-1))


def of_ratio(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Contributions of numerator and denominator (the last axis); denominators are not 0."""
    return shapley(before, after, lambda pair: pair[..., 0] / pair[..., 1])
