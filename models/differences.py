"""What differs between two scorecards of one cycle: by key result, with both words and both sentences."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.language import tr, trn
from models.scorecard import Scorecard

BACK = 30  # days that a comparison looks back, where nobody has chosen a day
SAME = 1e-9  # relative; what differs by less is the rounding of a sum, not another value
COMPARED = [
    "verdict", "verdict_word", "sentence", "score", "current", "actual", "baseline", "target", "passed",
]  # fmt: skip
SHOWN = ["id", "title", "team", "team_name", "unit", "kpi", "kpi_name", "kpi_unit"]
RESTATED = ["kpi", "segment", "period", "old", "new", "load_id", "file", "recorded_at"]


@dataclass(frozen=True)
class Comparison:
    """Two scorecards of one cycle, as known on two days.

    rows: see `differences`, with `why` (sentences). restated: kpi, segment, period, old, new, load_id, file,
    recorded_at of the values that the two days know differently; `old` is missing where a value arrived in between.
    """

    before: Scorecard
    after: Scorecard
    rows: pd.DataFrame = field(repr=False)
    restated: pd.DataFrame = field(repr=False)

    @property
    def verdicts(self) -> int:
        """How many key results have another verdict."""
        return int(self.rows["verdict_differs"].sum())


def differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The key results that differ between two scorecards' frames, in the order of the later one.

    Columns: SHOWN, each of COMPARED with _before and _after, verdict_differs, score_differs, value_differs,
    edited (baseline or target), only (`before`, `after` or empty: the key result stands in one of them alone).
    """
    both = before[["id", *COMPARED]].merge(
        after[["id", *COMPARED]], on="id", how="outer", suffixes=("_before", "_after")
    )
    in_before, in_after = both["id"].isin(before["id"]), both["id"].isin(after["id"])
    both["only"] = np.select([~in_after, ~in_before], ["before", "after"], "")
    one = both["only"] != ""
    both["verdict_differs"] = one | (both["verdict_before"] != both["verdict_after"])
    both["score_differs"] = one | _differ(both, "score")
    both["value_differs"] = one | _differ(both, "current") | _differ(both, "actual")
    both["edited"] = ~one & (_differ(both, "baseline") | _differ(both, "target"))
    facts = pd.concat([after[SHOWN], before.loc[~before["id"].isin(after["id"]), SHOWN]], ignore_index=True)
    out = facts.merge(both, on="id")
    changed = out[["verdict_differs", "score_differs", "value_differs", "edited"]].any(axis=1)
    return out[changed].reset_index(drop=True)


def _differ(both: pd.DataFrame, name: str) -> pd.Series:
    left, right = both[f"{name}_before"].astype(float), both[f"{name}_after"].astype(float)
    return pd.Series(~np.isclose(left, right, rtol=SAME, atol=0.0, equal_nan=True), index=both.index)


def restated(before: pd.DataFrame, after: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    """The values that two moments know differently: RESTATED, in order of KPI, segment and period.

    `before` and `after`: kpi, segment, period, value, load_id; `loads`: load_id, file, recorded_at. `old` is missing
    for a value that arrived in between, `new` for one that was taken back.
    """
    keys = ["kpi", "segment", "period"]
    both = before.merge(after, on=keys, how="outer", suffixes=("_before", "_after"))
    changed = both[both["value_before"].ne(both["value_after"])]
    load = changed["load_id_after"].fillna(changed["load_id_before"]).astype("int64")
    out = changed[keys].assign(old=changed["value_before"], new=changed["value_after"], load_id=load)
    out = out.merge(loads[["load_id", "file", "recorded_at"]], on="load_id", how="left")
    return out.sort_values(keys, ignore_index=True)[RESTATED]


def reasons(rows: pd.DataFrame, uses: pd.DataFrame, changed: pd.DataFrame) -> list[list[str]]:
    """Why each differing key result differs, a list of sentences.

    `uses`: key_result, kpi, segment, until (the last day it looks at), one row per series that it reads, the parts of
    ratios included; `changed` is what `restated` returns.
    """
    touched = read_by(uses, changed).drop_duplicates(["key_result", "kpi", "segment", "period"])
    arrived, gone = touched["old"].isna(), touched["new"].isna()
    counts = {
        "arrived": touched[arrived].groupby("key_result").size(),
        "gone": touched[gone].groupby("key_result").size(),
        "restated": touched[~arrived & ~gone].groupby("key_result").size(),
    }
    return [
        _said(row, **{name: int(count.get(row["id"], 0)) for name, count in counts.items()})
        for row in rows.to_dict("records")
    ]


def read_by(uses: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """The changed values that each key result reads; a total may be computed from any of its segments."""
    touched = changed.merge(uses, on="kpi", suffixes=("", "_used"))
    same = (touched["segment"] == touched["segment_used"]) | (touched["segment_used"] == "all")
    return touched[same & (touched["period"] <= touched["until"])]


def _said(row: dict, restated: int, arrived: int, gone: int) -> list[str]:
    if row["only"] == "after":
        return [tr("It was added in between.")]
    if row["only"] == "before":
        return [tr("It is no longer in this cycle.")]
    said = []
    if restated:
        said.append(trn("{count} value was restated.", "{count} values were restated.", restated))
    if arrived:
        said.append(trn("{count} value arrived.", "{count} values arrived.", arrived))
    if gone:
        said.append(trn("{count} value was taken back.", "{count} values were taken back.", gone))
    if row["edited"]:
        said.append(tr("Its baseline or target is another."))
    return said or [tr("Another check-in, a definition, or time alone: no value that it reads was changed.")]
