"""From a KPI's values to the units the models work in: weeks for daily values, logs where possible, spikes out.

Everything is learned from the history alone; the window is only carried along on the same scale.
"""

from dataclasses import dataclass

import numpy as np

from models.windows import Grid

SPIKE = 5.0  # robust standard deviations from the running median that make a value a spike
SPIKE_AT_END = 8.0  # the last point may be the start of something new, so it needs more
SEASON_UNITS = {"day": 52, "week": 52, "month": 12, "quarter": 4}
WEEKS_OF_FACTORS = 60  # weeks from which the shape of the week is learned
FACTOR_DOUBT = 1e-4  # variance of a factor that no history can take away
SPREAD_UNIT = 10.0  # values that are not logs are scaled so that their standard deviation is at most 1 / this
MIN_BLOCK_DAYS = 3  # a week of history with fewer values is missing


@dataclass(frozen=True)
class Panel:
    """Series in model units, history from column 0 on.

    u (series × units): cleaned history, 0 beyond; gap: units that had no value; n: units of history; window and weight
    (series × window units): values on the same scale and the weight of each in the mean (rows sum to 1, or 0 if the
    window is empty; a unit without a value has weight 0 and the value before it). u = log(y + shift) where `logs`,
    else y / scale. `spikes`: values set to the median.
    """

    u: np.ndarray
    gap: np.ndarray
    n: np.ndarray
    window: np.ndarray
    weight: np.ndarray
    logs: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
    spikes: np.ndarray
    m: np.ndarray
    factors: np.ndarray

    def some(self, rows: np.ndarray) -> "Panel":
        """The panel of some of the series."""
        return Panel(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def to_units(grid: Grid, role: int = 0, n: np.ndarray | None = None) -> Panel:
    """The panel of one role of a grid. `n` sets the units of history (a control is laid beside its KPI's units)."""
    y = grid.values[role]
    h = grid.history
    factors = np.ones((len(y), 7))
    days = np.where(np.isfinite(y[:, h:]), 1.0, 0.0)
    if grid.cadence == "day":
        y, h, factors, days = _weeks(y, h)
    history, window = y[:, :h], y[:, h:]
    logs, shift, scale = _scale(y, h)
    with np.errstate(invalid="ignore", divide="ignore"):
        u = np.where(logs[:, None], np.log(y + shift[:, None]), y / scale[:, None])
    seen = np.isfinite(history)
    if n is None:
        n = np.where(seen.any(1), h - seen.argmax(1), 0)
    columns = np.arange(h)[None, :]
    source = np.minimum(columns + (h - n)[:, None], h - 1)
    inside = columns < n[:, None]
    left = np.where(inside, np.take_along_axis(u[:, :h], source, 1), np.nan)
    gap = inside & ~np.isfinite(left)
    left, spikes = _without_spikes(_bridged(left, n), n, gap, SEASON_UNITS[grid.cadence])
    weight = np.where(np.isfinite(window), days, 0.0)
    total = weight.sum(1, keepdims=True)
    weight = weight / np.where(total > 0, total, 1.0)
    m = np.where(weight > 0, np.arange(1, weight.shape[1] + 1), 0).max(1, initial=0)
    values = _carried(u[:, h:], weight, np.where(inside, left, 0.0)[np.arange(len(y)), np.maximum(n - 1, 0)])
    return Panel(np.where(inside, left, 0.0), gap, n, values, weight, logs, shift, scale, spikes, m, factors)


def _carried(window: np.ndarray, weight: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The window; units without a value carry the one before on."""
    out = window.copy()
    for j in range(window.shape[1]):
        before = last if j == 0 else out[:, j - 1]
        out[:, j] = np.where(weight[:, j] > 0, window[:, j], before)
    return out


def _weeks(y: np.ndarray, h: int) -> tuple[np.ndarray, int, np.ndarray, np.ndarray]:
    """Daily values to means of 7 days counted both ways from the window's start, each weekday on its own level first.

    Returns values, history columns, the factors (series × 7, day 0 is the window's first weekday) and days per block.
    """
    blocks, ahead = -(-h // 7), -(-(y.shape[1] - h) // 7)
    wide = np.full((len(y), 7 * (blocks + ahead)), np.nan)
    wide[:, 7 * blocks - h : 7 * blocks - h + y.shape[1]] = y
    factors = _weekday_factors(wide[:, : 7 * blocks])
    positive = np.nanmin(np.where(np.isfinite(wide), wide, np.inf), axis=1) >= 0
    factors = np.where(positive[:, None], factors, 1.0)
    cube = wide.reshape(len(y), blocks + ahead, 7) / factors[:, None, :]
    count = np.isfinite(cube).sum(2)
    mean = np.where(np.isfinite(cube), cube, 0.0).sum(2) / np.maximum(count, 1)
    needed = np.where(np.arange(blocks + ahead) < blocks, MIN_BLOCK_DAYS, 1)
    return np.where(count >= needed, mean, np.nan), blocks, factors, count[:, blocks:].astype(float)


def _weekday_factors(y: np.ndarray) -> np.ndarray:
    """Trimmed mean of value / centred 7-day mean for each day of the week, shrunk to 1 by its noise (series × 7)."""
    y = y[:, -7 * (WEEKS_OF_FACTORS + 1) :]
    good = np.isfinite(y)
    total = np.cumsum(np.pad(np.where(good, y, 0.0), ((0, 0), (4, 3))), axis=1)
    count = np.cumsum(np.pad(good.astype(float), ((0, 0), (4, 3))), axis=1)
    around = (total[:, 7:] - total[:, :-7]) / np.maximum(count[:, 7:] - count[:, :-7], 1.0)
    usable = good & (count[:, 7:] - count[:, :-7] >= 6) & (around > 0)
    ratio = np.where(usable, y / np.where(around > 0, around, 1.0), np.nan).reshape(len(y), -1, 7)
    ratio = np.sort(ratio, axis=1)  # NaN last
    k = np.isfinite(ratio).sum(1)
    cut = (0.1 * k).astype(int)
    rank = np.arange(ratio.shape[1])[None, :, None]
    keep = (rank >= cut[:, None, :]) & (rank < (k - cut)[:, None, :])
    kept = keep.sum(1)
    factor = np.where(kept > 0, np.where(keep, ratio, 0.0).sum(1) / np.maximum(kept, 1), 1.0)
    apart = (
        np.where(keep, (ratio - factor[:, None, :]) ** 2, 0.0).sum(1) / np.maximum(kept - 1, 1) / np.maximum(kept, 1)
    )
    noise = apart.mean(1) + FACTOR_DOUBT
    real = np.maximum(factor.var(1) - noise, 0.0)
    factor = 1 + (factor - 1) * (real / (real + noise))[:, None]
    return np.maximum(factor / factor.mean(1, keepdims=True), 0.02)


def _scale(y: np.ndarray, h: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which series are taken as logs, what is added first, and what the others are divided by."""
    known = np.isfinite(y)
    lowest = np.where(known, y, np.inf).min(1)
    history = known[:, :h]
    mean = np.where(history, y[:, :h], 0.0).sum(1) / np.maximum(history.sum(1), 1)
    logs = (lowest >= 0) & (mean > 0)
    whole = (np.where(known, y, 0.0) == np.round(np.where(known, y, 0.0))).all(1)
    shift = np.where(lowest > 0, 0.0, np.where(whole & (mean < 50), 0.5, 0.02 * mean))
    recent = history[:, -52:]
    size = np.where(recent, np.abs(y[:, :h][:, -52:]), 0.0).sum(1) / np.maximum(recent.sum(1), 1)
    centre = np.where(recent, y[:, :h][:, -52:], 0.0).sum(1) / np.maximum(recent.sum(1), 1)
    apart = np.where(recent, (y[:, :h][:, -52:] - centre[:, None]) ** 2, 0.0).sum(1) / np.maximum(recent.sum(1), 1)
    size = np.maximum(size, SPREAD_UNIT * np.sqrt(apart))  # around 0 the mean says nothing of the size of the steps
    size = np.maximum(size, 1e-6 * np.where(known, np.abs(y), 0.0).max(1))
    return logs, np.where(logs, shift, 0.0), np.where(size > 0, size, 1.0)


def _bridged(u: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Straight lines over the gaps. The last unit of history may be a gap too: the last value is carried on."""
    out = u.copy()
    for s in np.flatnonzero(np.isnan(u).sum(1) > u.shape[1] - n):
        row = out[s, : n[s]]
        ok = np.isfinite(row)
        if not ok.any():
            row[:] = 0.0
            continue
        row[~ok] = np.interp(np.flatnonzero(~ok), np.flatnonzero(ok), row[ok])
    return out


def _without_spikes(u: np.ndarray, n: np.ndarray, gap: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Values far from the running median of 5 set to it, unless the same happened a year before or after."""
    if not u.shape[1]:
        return u, np.zeros_like(gap)
    columns = np.arange(u.shape[1])
    last = np.maximum(n - 1, 0)[:, None]
    near = [np.take_along_axis(u, np.clip(columns + k, 0, last), 1) for k in range(-2, 3)]
    median = np.sort(np.stack(near), axis=0)[2]
    inside = columns < n[:, None]
    r = np.where(inside, u - median, np.nan)
    absolute = np.sort(np.abs(r), axis=1)
    mad = np.take_along_axis(absolute, (np.maximum(n, 1)[:, None] // 2), 1)[:, 0]
    d = np.diff(u, axis=1)
    ok = np.isfinite(d)
    mean = np.where(ok, d, 0.0).sum(1) / np.maximum(ok.sum(1), 1)
    spread = np.sqrt(np.where(ok, (d - mean[:, None]) ** 2, 0.0).sum(1) / np.maximum(ok.sum(1), 1))
    unit = np.maximum(1.4826 * np.nan_to_num(mad), 0.25 * spread)[:, None]
    limit = np.where(columns == last, SPIKE_AT_END, SPIKE) * unit
    far = np.nan_to_num(np.abs(r)) > limit
    yearly = np.zeros_like(far)
    for k in (-season - 1, -season, -season + 1, season - 1, season, season + 1) if season > 12 else (-season, season):
        there = columns + k
        valid = (there >= 0) & (there < n[:, None])
        other = np.take_along_axis(r, np.clip(there, 0, u.shape[1] - 1)[None, :].repeat(len(u), 0), 1)
        yearly |= valid & (np.sign(other) == np.sign(r)) & (np.abs(other) > 0.5 * np.abs(r))
    spikes = far & ~yearly & inside & (unit > 0)
    return np.where(spikes, median, u), spikes & ~gap
