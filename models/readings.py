"""What a KPI reads in a window: last complete period, mean or sum of the cycle so far, trailing n.

Frames of observations have kpi, segment, period, value and weight; weight is the denominator of a ratio and 1
elsewhere, so that ratios are summed first and divided last.
"""

import numpy as np
import pandas as pd

from models.made import with_made

KEY = ["kpi", "segment"]


def with_derived(observations: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """Observations with weights, the totals of summed KPIs that came only by segment, ratios from their parts, and
    KPIs that are made of others.

    A total is given for periods in which every segment seen by then has a value: a missing segment makes it unknown,
    not smaller. A ratio that arrives as values of its own is left as it came.
    """
    plain = observations[[*KEY, "period", "value"]].assign(weight=1.0)
    plain = pd.concat([plain, _totals(plain, kpis)], ignore_index=True)
    plain = pd.concat([plain, _ratios(plain, kpis)], ignore_index=True)
    return with_made(plain, kpis).sort_values([*KEY, "period"], ignore_index=True)


def _totals(observations: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    summed = kpis.loc[kpis["aggregation"] == "sum", "id"]
    whole = observations.loc[observations["segment"] == "all", "kpi"].unique()
    parts = observations[observations["kpi"].isin(summed[~summed.isin(whole)])]
    if parts.empty:
        return parts
    first = parts.groupby(KEY)["period"].min().reset_index()
    first["expected"] = first.sort_values("period").groupby("kpi").cumcount() + 1
    seen = first.groupby(["kpi", "period"])["expected"].max().rename("expected")
    totals = parts.groupby(["kpi", "period"]).agg(value=("value", "sum"), found=("value", "count"))
    totals = totals.join(seen)
    totals["expected"] = totals.groupby("kpi")["expected"].ffill()
    totals = totals[totals["found"] >= totals["expected"]].reset_index()
    return totals.assign(segment="all", weight=1.0)[list(observations.columns)]


def _ratios(observations: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    ratios = kpis.loc[kpis["aggregation"] == "ratio", ["id", "numerator", "denominator"]]
    ratios = ratios[~ratios["id"].isin(observations["kpi"].unique())]
    if ratios.empty:
        return observations.iloc[:0]
    parts = observations[["kpi", "segment", "period", "value"]]
    top = ratios.merge(parts, left_on="numerator", right_on="kpi")
    both = top.merge(
        parts,
        left_on=["denominator", "segment", "period"],
        right_on=["kpi", "segment", "period"],
        suffixes=("", "_den"),
    )
    both = both[both["value_den"] != 0]
    return pd.DataFrame(
        {
            "kpi": both["id"],
            "segment": both["segment"],
            "period": both["period"],
            "value": both["value"] / both["value_den"],
            "weight": both["value_den"],
        }
    )


def in_windows(windows: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """The observations of each window, one row per pair. `windows`: row, kpi, segment, start, end (both inside)."""
    near = observations[observations["period"].between(windows["start"].min(), windows["end"].max())]
    pairs = windows[["row", *KEY, "start", "end"]].merge(near, on=KEY)
    return pairs[(pairs["period"] >= pairs["start"]) & (pairs["period"] <= pairs["end"])]


def read(windows: pd.DataFrame, observations: pd.DataFrame) -> pd.Series:
    """The value of each window, indexed by `row`; a window without values is not in the result.

    `windows`: row, kpi, segment, start, end, reading, trailing. Trailing n is the mean of the last n periods up to the
    window's end, which may begin before the window does.
    """
    reach = windows.assign(start=windows["start"].where(windows["reading"] != "trailing", pd.Timestamp("1900-01-01")))
    pairs = in_windows(reach, observations).merge(windows[["row", "reading", "trailing"]], on="row")
    pairs["from_end"] = pairs.groupby("row")["period"].rank(method="first", ascending=False)
    keep = (
        pairs["reading"].isin(["mean", "sum"])
        | ((pairs["reading"] == "last") & (pairs["from_end"] == 1))
        | ((pairs["reading"] == "trailing") & (pairs["from_end"] <= pairs["trailing"]))
    )
    pairs = pairs[keep]
    pairs["part"] = pairs["value"] * pairs["weight"]
    sums = pairs.groupby("row").agg(part=("part", "sum"), weight=("weight", "sum"), value=("value", "sum"))
    ratio = (pairs["weight"] != 1).groupby(pairs["row"]).any()
    adds_up = windows.set_index("row")["reading"].reindex(sums.index).eq("sum") & ~ratio
    means = sums["part"] / sums["weight"].replace(0, np.nan)
    return sums["value"].where(adds_up, means)
