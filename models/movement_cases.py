"""The file form of many judged windows (`cli.py movement`): what comes in, what goes out."""

import pandas as pd

from models.judging import judge
from models.policy import POLICY, Policy

FILE_WORDS = {"better": "moved_better", "worse": "moved_worse", "flat": "flat", "cannot_tell": "inconclusive"}
CASE_COLUMNS = ("case_id", "cadence", "cycle_start", "cycle_end", "direction")
VALUE_COLUMNS = ("case_id", "role", "date", "value")
OPTIONAL = ("min_effect", "band_low", "band_high", "unit", "range_low", "range_high")


def judge_cases(cases: pd.DataFrame, values: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """case_id, verdict (moved_better, moved_worse, flat, inconclusive), effect_rel, lo_rel, hi_rel, score, reason.

    Columns it does not know are ignored; a missing one is a ValueError that names what was found.
    """
    for label, frame, needed in (("cases", cases, CASE_COLUMNS), ("values", values, VALUE_COLUMNS)):
        missing = [name for name in needed if name not in frame]
        if missing:
            raise ValueError(
                f"{label}: no column {', '.join(missing)}; found {', '.join(map(str, frame.columns))}. "
                f"Needed are {', '.join(needed)}."
            )
    known = [name for name in (*CASE_COLUMNS, *OPTIONAL) if name in cases]
    result = judge(cases[known], values[list(VALUE_COLUMNS)], policy)
    result["verdict"] = result["verdict"].map(FILE_WORDS)
    return result[["case_id", "verdict", "effect_rel", "lo_rel", "hi_rel", "score", "reason"]]
