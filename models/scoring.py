"""Progress, score, pace: where a key result stands. Vectorised, one row per key result.

Progress may lie below 0 or above 1; score is progress cut to 0..1; unknown is NaN, never 0.
"""

import numpy as np
import pandas as pd

from models.policy import Policy

EPSILON = 1e-9  # a score that misses its bar by less is a rounding error of the division


def progress(frame: pd.DataFrame) -> pd.Series:
    """Share of the way. Columns: kind, current, baseline, target, share.

    increase / decrease: (C - S) / (T - S). maintain, milestone and yes_no bring `share`: periods inside the band of
    those due, weight of finished stages of all, 0 or 1.
    """
    distance = (frame["target"] - frame["baseline"]).replace(0.0, np.nan)  # S = T is refused when it is entered
    moved = (frame["current"] - frame["baseline"]) / distance
    return moved.where(frame["kind"].isin(["increase", "decrease"]), frame["share"])


def score(progressed: pd.Series) -> pd.Series:
    return progressed.clip(0.0, 1.0)


def passed(scores: pd.Series, level: pd.Series, policy: Policy) -> pd.Series:
    """True, False, or missing where the score is unknown."""
    bar = level.map({"committed": policy.committed_pass, "aspirational": policy.aspirational_pass}).astype(float)
    return (scores >= bar - EPSILON).astype("boolean").mask(scores.isna())


def band(scores: pd.Series, policy: Policy) -> pd.Series:
    """red, amber, green by half-open bands; unknown without a score."""
    cut = [scores.isna(), scores < policy.red_below, scores < policy.amber_below]
    return pd.Series(np.select(cut, ["unknown", "red", "amber"], "green"), index=scores.index)


def expected_progress(elapsed: pd.Series, checkpoints: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Progress expected by now, indexed like `elapsed` by key result: linear over the cycle, or by checkpoints.

    Between checkpoints it is linear; before the first it rises from 0 at the cycle's start (column `start`).
    """
    expected = elapsed.astype(float).copy()
    for key, points in checkpoints.groupby("key_result"):
        if key in expected.index:
            days = [points["start"].iloc[0], *points["on"]]
            expected[key] = np.interp(as_of.value, [day.value for day in days], [0.0, *points["progress"]])
    return expected


def pace_word(pace: pd.Series, policy: Policy) -> pd.Series:
    """on track, behind, at risk; empty where pace is unknown."""
    cut = [pace.isna(), pace <= EPSILON, pace <= policy.behind_up_to + EPSILON]
    return pd.Series(np.select(cut, ["", "on track", "behind"], "at risk"), index=pace.index)


def objective_scores(key_results: pd.DataFrame) -> pd.DataFrame:
    """Per objective: score = sum(weight * score) / sum(weight) over key results with a score, and how many are unknown.

    A key result of weight 0 is left out. Columns: objective, weight, score. An objective with none is unknown.
    """
    counted = key_results[key_results["weight"] > 0]
    known = counted[counted["score"].notna()]
    sums = known.assign(part=known["weight"] * known["score"]).groupby("objective")[["part", "weight"]].sum()
    unknown = counted["score"].isna().groupby(counted["objective"]).sum()
    index = pd.Index(key_results["objective"].unique(), name="objective")
    return pd.DataFrame(
        {
            "score": (sums["part"] / sums["weight"]).reindex(index),
            "unknown": unknown.reindex(index).fillna(0).astype(int),
        }
    )
