"""Did the KPI really move? The window's mean against what its own history led to expect, with an honest interval.

`judge` takes many cases at once, `moved` one series. Better or worse is said when the 95 % interval of the effect
excludes 0; flat when the 90 % interval lies inside ± the smallest change that matters; otherwise cannot tell.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from models.calibration import TAIL_DOF, UNIT, forecast_error, rescale
from models.cleaning import Panel, to_units
from models.controls import Beside, beside, with_controls
from models.effects import SHAPES, Effects, effects
from models.expectation import foretell
from models.gaps import bridged
from models.language import mark
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS, NO_DAY, Grid, day_numbers, grids, tidy_values

CLEAR = 0.6  # probability from which the course of a movement is named
CHUNK = 400  # cases held in memory at once
MIN_HISTORY = 4  # units of history (weeks for daily KPIs) before anything is said

REASONS = {
    "": "",
    "bad_dates": mark("the dates of the window cannot be read, or its end is before its start"),
    "unknown_cadence": mark("the cadence is not one of day, week, month, quarter"),
    "no_data": mark("there are no values of this KPI"),
    "no_window": mark("there are no values in the window"),
    "too_few_periods": mark("there are too few periods in the window"),
    "no_history": mark("there is no history before the window"),
    "short_history": mark("there is too little history before the window"),
    "constant_history": mark("the history never changed, so there is no measure of chance"),
    "wide_interval": mark("the interval is too wide to say moved or flat"),
    "inside_band": mark("it moved, but stayed inside its band"),
}

COLUMNS = [
    "case_id", "verdict", "reason", "effect_rel", "lo_rel", "hi_rel", "lo90_rel", "hi90_rel", "score",
    "effect", "lo", "hi", "expected_mean", "actual_mean", "n", "n_history", "shape",
]  # fmt: skip


def judge(cases: pd.DataFrame, values: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """One row per case, in the order of the cases.

    cases: case_id, cadence (day, week, month, quarter, or daily, ...), cycle_start, cycle_end, direction (up, down,
    in_band); optional min_effect (share of the expected value), band_low, band_high. values: case_id, role (kpi,
    control_1, ...), date, value. Effects are relative to the expected value (…_rel) and in the KPI's own unit, as a
    mean per period; lo and hi bound the 95 % interval, lo90 and hi90 the 90 % one. Nothing is raised for a strange
    case: it is cannot_tell with a reason (see REASONS).
    """
    frame = cases.reset_index(drop=True)
    result = _nothing(frame)
    if frame.empty:
        return result
    case_ids = frame["case_id"]
    tidy = tidy_values(case_ids, values)
    cadence = frame["cadence"].astype(str).str.strip().str.lower().map(CADENCE_WORDS)
    start, end = day_numbers(frame["cycle_start"]), day_numbers(frame["cycle_end"])
    reason = np.where(cadence.isna(), "unknown_cadence", "no_data").astype(object)
    reason[(start == NO_DAY) | (end == NO_DAY) | (end < start)] = "bad_dates"
    start = np.where(reason == "bad_dates", NO_DAY, start)
    result["reason"] = reason
    for grid in grids(cadence, start, end, tidy, CHUNK):
        part = _judge_grid(grid, policy)
        for name, column in part.items():
            values_of = result[name].to_numpy(copy=True)
            values_of[grid.row] = column
            result[name] = values_of
    return _with_verdicts(frame, result, policy)


def _nothing(frame: pd.DataFrame) -> pd.DataFrame:
    out = pd.DataFrame({"case_id": frame["case_id"], "verdict": "cannot_tell", "reason": ""})
    for name in COLUMNS[3:]:
        out[name] = 0 if name in ("n", "n_history") else np.nan
    out["reason"] = out["reason"].astype(object)
    out["shape"] = pd.Series("", index=out.index, dtype=object)
    return out[COLUMNS]


def _judge_grid(grid: Grid, policy: Policy) -> dict[str, np.ndarray]:
    """The columns of the result for the cases of one grid, verdicts left out."""
    panel = to_units(grid)
    kpi = grid.values[0]
    window = kpi[:, grid.history :]
    seen = np.isfinite(window)
    n_window = seen.sum(1)
    n_history = np.isfinite(kpi[:, : grid.history]).sum(1)
    actual = np.where(seen, window, 0.0).sum(1) / np.maximum(n_window, 1)
    changes = np.where(np.isfinite(kpi[:, : grid.history]), kpi[:, : grid.history], np.nan)
    with np.errstate(invalid="ignore"):
        lowest = np.where(np.isfinite(changes), changes, np.inf).min(1)
        highest = np.where(np.isfinite(changes), changes, -np.inf).max(1)
    reason = np.full(len(kpi), "", dtype=object)
    reason[lowest == highest] = "constant_history"
    reason[panel.n < MIN_HISTORY] = "short_history"
    reason[n_history == 0] = "no_history"
    reason[n_window < policy.min_periods(grid.cadence)] = "too_few_periods"
    reason[n_window == 0] = "no_window"

    out = {name: np.full(len(kpi), np.nan) for name in COLUMNS[3:14]}
    out["shape"] = np.full(len(kpi), "", dtype=object)
    ok = np.flatnonzero((n_window > 0) & (panel.n >= MIN_HISTORY) & (reason != "constant_history"))
    by = beside(grid, panel) if len(grid.roles) > 1 else None
    alone = ok if by is None else ok[~by.usable[ok]]
    helped = ok[:0] if by is None else ok[by.usable[ok]]
    for rows, side in ((alone, None), (helped, by)):
        if len(rows):
            chosen = None if side is None else side.some(rows)
            for name, column in _effects(grid.cadence, panel.some(rows), chosen, actual[rows], policy).items():
                out[name][rows] = column
    out["actual_mean"] = np.where(n_window > 0, actual, np.nan)
    untold = (reason != "") & (reason != "too_few_periods")
    for name in ("lo_rel", "hi_rel", "lo90_rel", "hi90_rel", "score", "lo", "hi"):
        out[name][untold] = np.nan
    return out | {"reason": reason, "n": n_window, "n_history": n_history}


def seen_effects(cadence: str, panel: Panel, by: Beside | None = None) -> Effects:
    """The effect in the window of each series of a panel, in model units, given the controls if there are any."""
    u, window, unknown = bridged(cadence, panel.u, panel.n, panel.gap, panel.window, panel.weight)
    panel = replace(panel, u=u, window=window)
    if by is None or not by.usable.any():
        got = foretell(cadence, panel.u, panel.n, panel.window, panel.weight)
        return effects(got, panel.weight, rescale(cadence, panel.n, got) * unknown)
    got, doubt = with_controls(cadence, panel, by)
    trust = rescale(cadence, panel.n, got) * unknown
    _, variance = forecast_error(got)
    return effects(got, panel.weight, trust * (1 + doubt / np.maximum(variance * trust, 1e-12)))


def _of_means(panel: Panel, seen: Effects) -> np.ndarray:
    """The effect on the mean of the values, where the models know that on the mean of their logs: a rise in one period
    out of three weighs more in the first."""
    live = panel.weight > 0
    top = np.where(live, panel.window, -np.inf).max(1)
    values = np.where(live, panel.weight * np.exp(np.clip(panel.window - top[:, None], -700, 0)), 0.0)
    without = np.where(live, values * np.exp(-np.clip(seen.path, -50, 50)), 0.0).sum(1)
    on_means = np.log(np.maximum(values.sum(1), 1e-300)) - np.log(np.maximum(without, 1e-300))
    return np.where(panel.logs, on_means, seen.effect)


def _named(shapes: np.ndarray) -> np.ndarray:
    """The course that is clear, '' if none: an effect that ended and one that eases are both fading."""
    share = pd.DataFrame(shapes, columns=SHAPES)
    share = share.assign(fading=share["ended"] + share["easing"]).drop(columns=["ended", "easing"])
    return share.idxmax(axis=1).where(share.max(axis=1) > CLEAR, "").to_numpy(dtype=object)


def _effects(
    cadence: str, panel: Panel, by: Beside | None, actual: np.ndarray, policy: Policy
) -> dict[str, np.ndarray]:
    seen = seen_effects(cadence, panel, by)
    delta, sd = _of_means(panel, seen), np.sqrt(seen.variance)
    expected = (panel.window * panel.weight).sum(1) - delta
    t95 = -stdtrit(TAIL_DOF, (1 - policy.confidence) / 2) * UNIT
    t90 = -stdtrit(TAIL_DOF, (1 - policy.flat_confidence) / 2) * UNIT

    def relative(d: np.ndarray) -> np.ndarray:
        base = np.where(panel.logs, 1.0, np.abs(expected))
        return np.where(panel.logs, np.expm1(np.clip(d, -50, 50)), d / np.where(base > 0, base, np.nan))

    def own_unit(d: np.ndarray) -> np.ndarray:
        shifted = actual + panel.shift
        return np.where(panel.logs, shifted * -np.expm1(-np.clip(d, -50, 50)), d * panel.scale)

    effect = own_unit(delta)
    return {
        "effect_rel": relative(delta),
        "lo_rel": relative(delta - t95 * sd),
        "hi_rel": relative(delta + t95 * sd),
        "lo90_rel": relative(delta - t90 * sd),
        "hi90_rel": relative(delta + t90 * sd),
        "score": np.sign(delta) * np.logaddexp(0.0, seen.log_odds),
        "effect": effect,
        "lo": own_unit(delta - t95 * sd),
        "hi": own_unit(delta + t95 * sd),
        "expected_mean": actual - effect,
        "shape": _named(seen.shapes),
    }


def _with_verdicts(frame: pd.DataFrame, result: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    least = _column(frame, "min_effect").fillna(policy.min_change).to_numpy()
    up, down = result["lo_rel"] > 0, result["hi_rel"] < 0
    flat = (result["lo90_rel"] >= -least) & (result["hi90_rel"] <= least)
    direction = frame["direction"].astype(str) if "direction" in frame else pd.Series("up", index=frame.index)
    good = np.where(direction == "down", down, up)
    bad = np.where(direction == "down", up, down)
    band = (direction == "in_band").to_numpy()
    low, high = _column(frame, "band_low").fillna(-np.inf), _column(frame, "band_high").fillna(np.inf)
    was, now = (
        np.maximum(np.maximum(low - x, x - high), 0.0) for x in (result["expected_mean"], result["actual_mean"])
    )
    moved = up | down
    good, bad = np.where(band, moved & (now < was), good), np.where(band, moved & (now > was), bad)
    stayed = band & moved & (now == was)
    judged = (result["reason"] == "") & result["lo_rel"].notna() & result["hi_rel"].notna()
    result["verdict"] = np.select(
        [judged & good, judged & bad, judged & (stayed | flat)], ["better", "worse", "flat"], "cannot_tell"
    )
    result.loc[judged & (result["verdict"] == "cannot_tell"), "reason"] = "wide_interval"
    result.loc[judged & stayed, "reason"] = "inside_band"
    named = result["verdict"].isin(["better", "worse"]) & (result["shape"] != "free")
    result["shape"] = result["shape"].where(named, "")
    return result


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce")
