"""What the linked KPIs did in each key result's window: one movement per link, judged in one batch.

A window is the cycle shifted by the link's lag; only periods that are over count. Equal questions are asked once.
"""

from datetime import date

import numpy as np
import pandas as pd

from models import periods
from models.movement import judge
from models.okr import Cycle
from models.policy import Policy
from models.readings import in_windows

LEVEL_PERIODS = 12  # the recent level, against which a smallest change in the KPI's own unit is read as a share
LONGEST_PERIOD = pd.Timedelta(days=92)  # a quarter that began so long ago is over
JUDGED_ROLES = ("outcome", "guardrail")
MOVED = [
    "move_verdict", "reason", "effect", "effect_relative", "lo", "hi", "lo_relative", "hi_relative", "expected",
    "actual", "n", "lo90_relative", "hi90_relative", "shape",
]  # fmt: skip
_QUESTION = ["kpi", "segment", "window_start", "window_end", "controls"]


def completed(observations: pd.DataFrame, kpis: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Observations of periods that are over at the end of `as_of`. Only the last ones need a look at their cadence."""
    day = pd.Timestamp(as_of)
    over = (observations["period"] <= day - LONGEST_PERIOD).to_numpy(copy=True)
    late = observations[~over]
    cadence = late["kpi"].map(kpis.set_index("id")["cadence"]).astype("str").fillna("month")
    over[~over] = (periods.period_end(late["period"], cadence) <= day).to_numpy()
    return observations[over]


def describe(
    links: pd.DataFrame, kpis: pd.DataFrame, cycle: Cycle, observations: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Links with the KPI's facts, their window, and what is due in it.

    Adds kpi_name, kpi_unit, kpi_direction, cadence, kpi_owner, band_low, band_high, window_start, window_end, due,
    total, available (periods with a value), last_due, anchor, min_change_relative, min_change_absolute.
    """
    facts = kpis.rename(
        columns={"name": "kpi_name", "unit": "kpi_unit", "direction": "kpi_direction", "owner": "kpi_owner"}
    )
    columns = [
        "id", "kpi_name", "kpi_unit", "kpi_direction", "cadence", "kpi_owner", "band_low", "band_high",
        "min_change_relative", "min_change_absolute",
    ]  # fmt: skip
    out = links.merge(facts[columns], left_on="kpi", right_on="id", how="left").drop(columns="id")
    out["kpi_name"] = out["kpi_name"].fillna(out["kpi"])  # a KPI that nobody has defined yet still has its id
    out["kpi_unit"] = out["kpi_unit"].fillna("")
    out["kpi_direction"] = out["kpi_direction"].fillna("up")
    out["cadence"] = out["cadence"].fillna("month")
    lag = pd.to_timedelta(out["lag"], unit="D")
    out["window_start"] = (pd.Timestamp(cycle.start) + lag).astype("datetime64[ns]")
    out["window_end"] = (pd.Timestamp(cycle.end) + lag).astype("datetime64[ns]")
    latest = observations.groupby(["kpi", "segment"])["period"].max().rename("latest").reset_index()
    out = out.merge(latest, on=["kpi", "segment"], how="left")
    out["anchor"] = out["latest"].dt.day_of_week.fillna(0).astype(int)
    held = periods.due(out["window_start"], out["window_end"], out["cadence"], out["anchor"], as_of)
    out["due"], out["total"], out["last_due"] = held.count, held.total, held.last
    windows = out[["kpi", "segment"]].assign(row=out.index, start=out["window_start"], end=out["window_end"])
    inside = in_windows(windows, observations[["kpi", "segment", "period"]])
    out["available"] = inside.groupby("row").size().reindex(out.index, fill_value=0)
    return out


def judged(links: pd.DataFrame, observations: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The movement of each outcome and guardrail link, indexed like `links`, with the columns MOVED and min_effect.

    `links` is what `describe` returns. Links whose window holds too few periods are not asked about.
    """
    needed = links["cadence"].map({word: policy.min_periods(word) for word in periods.CADENCES})
    asked = links[links["role"].isin(JUDGED_ROLES) & (links["available"] >= np.minimum(needed, links["total"]))].copy()
    asked["controls"] = asked["key_result"].map(_controls(links)).astype("str").fillna("")
    asked["min_effect"] = _least_effect(asked, observations, policy)
    unique = asked.drop_duplicates(_QUESTION).copy()
    unique["case_id"] = np.arange(len(unique)).astype(str)
    cases = unique.rename(
        columns={
            "window_start": "cycle_start",
            "window_end": "cycle_end",
            "kpi_direction": "direction",
            "kpi_unit": "unit",
        }
    )
    found = judge(cases, _values(unique, links, observations), policy)
    found = found.rename(
        columns={
            "verdict": "move_verdict", "effect_rel": "effect_relative", "lo_rel": "lo_relative",
            "hi_rel": "hi_relative", "expected_mean": "expected", "actual_mean": "actual",
            "lo90_rel": "lo90_relative", "hi90_rel": "hi90_relative",
        }
    )  # fmt: skip
    answers = unique[[*_QUESTION, "case_id"]].merge(found[["case_id", *MOVED]].astype({"case_id": str}), on="case_id")
    back = asked[[*_QUESTION, "min_effect"]].reset_index(names="link").merge(answers, on=_QUESTION).set_index("link")
    return (
        back[[*MOVED, "min_effect"]]
        .reindex(links.index)
        .astype({"move_verdict": "str", "reason": "str", "shape": "str"})
    )


def _controls(links: pd.DataFrame) -> pd.Series:
    """Per key result, its control links as one comparable text."""
    controls = links[links["role"] == "control"]
    words = controls["kpi"] + "\u0000" + controls["segment"]
    return words.groupby(controls["key_result"]).agg("\u0001".join).astype("str")


def _values(cases: pd.DataFrame, links: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """The series that the cases need: case_id, role, date, value."""
    own = cases[["case_id", "kpi", "segment"]].assign(role="kpi")
    controls = links.loc[links["role"] == "control", ["key_result", "kpi", "segment"]].copy()
    controls["role"] = "control_" + (controls.groupby("key_result").cumcount() + 1).astype(str)
    beside = cases[["case_id", "key_result"]].merge(controls, on="key_result").drop(columns="key_result")
    wanted = pd.concat([own, beside], ignore_index=True)
    series = wanted.merge(observations[["kpi", "segment", "period", "value"]], on=["kpi", "segment"])
    return series.rename(columns={"period": "date"})[["case_id", "role", "date", "value"]]


def _least_effect(links: pd.DataFrame, observations: pd.DataFrame, policy: Policy) -> pd.Series:
    """The smallest change that matters as a share: the KPI's own, else the policy's."""
    own = links[links["min_change_absolute"].notna()]
    before = own[["kpi", "segment", "window_start"]].assign(row=own.index).merge(observations, on=["kpi", "segment"])
    before = before[before["period"] < before["window_start"]].sort_values("period")
    level = before.groupby("row").tail(LEVEL_PERIODS).groupby("row")["value"].mean().abs().reindex(links.index)
    from_absolute = links["min_change_absolute"] / level.replace(0.0, np.nan)
    return links["min_change_relative"].fillna(from_absolute).fillna(policy.min_change)
