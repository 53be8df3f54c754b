"""Where a chart's limits are drawn anew by themselves: after a shift that has lasted.

A shift is where two levels describe the series best (least squares), if both have lasted long enough to have limits of
their own and the later mean lies beyond the natural limits of the earlier part. What follows a shift is searched again.
A shift that is still young is no new part: it is news, and its dots signal.
"""

import numpy as np

from models.xmr import LIMIT

MOST = 3  # shifts looked for in one series; more would follow every season


def parts(row: np.ndarray, value: np.ndarray, fewest: int) -> np.ndarray:
    """Part number (0, 1, ...) of each value of many series; `row` (sorted) names the series, values are known.

    A part has `fewest` values or more.
    """
    if not len(value):
        return np.zeros(0, dtype=int)
    series, start, size = np.unique(row, return_index=True, return_counts=True)
    column = np.arange(len(row)) - np.repeat(start, size)
    place = np.repeat(np.arange(len(series)), size)
    wide = np.zeros((len(series), int(size.max())))
    wide[place, column] = value
    begin, part = np.zeros(len(series), dtype=int), np.zeros(len(row), dtype=int)
    active = np.arange(len(series))
    for _ in range(MOST):
        split = _shift(wide[active], begin[active], size[active], fewest)
        found = split > 0
        active, split = active[found], split[found]
        if not len(active):
            break
        begin[active] = split
        after = np.zeros(len(series), dtype=int)
        after[active] = split
        part += (after[place] > 0) & (column >= after[place])
    return part


def _shift(wide: np.ndarray, begin: np.ndarray, size: np.ndarray, fewest: int) -> np.ndarray:
    """Column at which the best shift of each row begins, looking at columns begin to size; 0 without one."""
    rows, width = wide.shape
    zero = np.zeros((rows, 1))
    centred = wide - wide.mean(axis=1, keepdims=True)  # the sums below lose fewer digits
    sums = np.hstack([zero, np.cumsum(centred, axis=1)])
    moves = np.hstack([zero, zero, np.cumsum(np.abs(np.diff(wide, axis=1)), axis=1)])  # of the first k values
    at = np.arange(width + 1)[None, :]
    index = np.arange(rows)
    before, after = at - begin[:, None], size[:, None] - at
    allowed = (before >= fewest) & (after >= fewest)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = (sums - sums[index, begin][:, None]) / before
        high = (sums[index, size][:, None] - sums) / after
        gain = np.where((before > 0) & (after > 0), before * after * (high - low) ** 2, -1.0)
        best = np.where(allowed, gain, -1.0).argmax(axis=1)
        # A better split just outside says that the shift is younger (or older) than a part may be.
        beside = np.maximum(gain[index, np.maximum(best - 1, 0)], gain[index, np.minimum(best + 1, width)])
        opening = moves[index, np.minimum(begin + 1, width)]
        mean_move = (moves[index, best] - opening) / (best - begin - 1)
        beyond = np.abs(high[index, best] - low[index, best]) > LIMIT * mean_move
    return np.where(allowed[index, best] & beyond & (beside <= gain[index, best]), best, 0)
