"""Everything behind one key result's verdict, gathered for a reader."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from models import movement, verdict
from models.calibration import earlier_windows
from models.forecast import Forecast, forecast
from models.language import tr
from models.policy import Policy
from models.scorecard import Scorecard

WAYS = {"increase": "up", "decrease": "down", "maintain": "in_band"}


@dataclass(frozen=True)
class Evidence:
    """`row` is the key result's row of the scorecard. Frames:

    series, measure: period, value, load_id of the judged and of the measured KPI.
    path: period, actual, expected, lo, hi, in_window of the judged KPI, history and window.
    links: one row per link with team, movement and a sentence. load_rows: the loads that the window's values came from.
    versions: recorded_at, recorded_by, baseline, target. check_ins: day, value, confidence, note, recorded_by.
    """

    row: pd.Series = field(repr=False)
    scorecard: Scorecard = field(repr=False)
    series: pd.DataFrame = field(repr=False)
    path: pd.DataFrame = field(repr=False)
    measure: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    load_rows: pd.DataFrame = field(repr=False)
    versions: pd.DataFrame = field(repr=False)
    check_ins: pd.DataFrame = field(repr=False)
    forecast: Forecast | None = None  # where the measured value will end, while the cycle runs
    earlier_windows: int = 0  # of its own past, with which the judged KPI was compared


def collect(
    card: Scorecard,
    key_result: str,
    series: pd.DataFrame,
    versions: pd.DataFrame,
    check_ins: pd.DataFrame,
    loads: pd.DataFrame,
    policy: Policy,
) -> Evidence:
    """`series` holds every linked series: kpi, segment, period, value, load_id. Other frames are as stored."""
    row = card.key_results[card.key_results["id"] == key_result].iloc[0]
    links = card.links[card.links["key_result"] == key_result].reset_index(drop=True)
    links["sentence"] = [_link_sentence(link) for link in links.to_dict("records")]
    own = _one(series, row["kpi"], row["segment"])
    measured = links[links["role"] == "measure"]
    measure = _one(series, *measured[["kpi", "segment"]].iloc[0]) if len(measured) else _one(series, None, None)
    path = _path(row, own, links, series, card.as_of, policy)
    inside = own[(own["period"] >= row["window_start"]) & (own["period"] <= row["window_end"])]
    return Evidence(
        row=row,
        scorecard=card,
        series=own,
        path=path,
        measure=measure,
        links=links,
        load_rows=loads[loads["load_id"].isin(set(inside["load_id"].dropna()))],
        versions=_versions(versions),
        check_ins=check_ins[check_ins["key_result"] == key_result].drop(columns="key_result"),
        forecast=_forecast(card, row, links, measure, policy),
        earlier_windows=_compared(path, row["cadence"]),
    )


def _compared(path: pd.DataFrame, cadence: str) -> int:
    """Earlier windows of a judged series; days are judged as weeks."""
    if path.empty:
        return 0
    per_unit = 7 if cadence == "day" else 1
    window = int(path["in_window"].sum())
    return earlier_windows(-(-(len(path) - window) // per_unit), -(-window // per_unit))


def _forecast(
    card: Scorecard, row: pd.Series, links: pd.DataFrame, measure: pd.DataFrame, policy: Policy
) -> Forecast | None:
    """Where the reading of a measured key result will end, while its cycle runs."""
    asked = measured_as(row, links)
    if asked is None or measure.empty or card.as_of >= card.cycle.end:
        return None
    values = measure.set_index("period")["value"]
    band = (float(row["band_low"]), float(row["band_high"])) if row["kind"] == "maintain" else None
    values = values[values.index <= pd.Timestamp(card.as_of)]
    return forecast(values, card.cycle.start, card.cycle.end, band=band, policy=policy, **asked)


def measured_as(row: pd.Series, links: pd.DataFrame) -> dict[str, Any] | None:
    """How the measure KPI is read towards the target, as `forecast` and `plan_check` ask; None for other kinds."""
    measured = links[links["role"] == "measure"]
    if measured.empty or row["kind"] not in WAYS:
        return None
    return {
        "target": None if pd.isna(row["target"]) else float(row["target"]),
        "direction": WAYS[row["kind"]],
        "reading": row["reading"],
        "trailing": None if pd.isna(row["trailing"]) else int(row["trailing"]),
        "cadence": measured["cadence"].iloc[0],
    }


def _one(series: pd.DataFrame, kpi: str | None, segment: str | None) -> pd.DataFrame:
    own = series[(series["kpi"] == kpi) & (series["segment"] == segment)]
    return own[["period", "value", "load_id"]].reset_index(drop=True)


def _path(
    row: pd.Series, own: pd.DataFrame, links: pd.DataFrame, series: pd.DataFrame, as_of: date, policy: Policy
) -> pd.DataFrame:
    if pd.isna(row["n"]) or not row["n"]:
        return pd.DataFrame(columns=["period", "actual", "expected", "lo", "hi", "in_window"])
    controls = links[links["role"] == "control"]
    beside = {
        f"{link.kpi} {link.segment}": _one(series, link.kpi, link.segment).set_index("period")["value"]
        for link in controls.itertuples()
    }
    end = min(row["window_end"], pd.Timestamp(as_of))
    return movement.expected_path(
        own.set_index("period")["value"],
        row["window_start"],
        end,
        cadence=row["cadence"],
        controls=beside or None,
        policy=policy,
    )


def _link_sentence(link: dict) -> str:
    if link["role"] not in ("outcome", "guardrail"):
        return ""
    if pd.isna(link["move_verdict"]):
        return tr("Too few periods in the window to judge it.")
    shown = {
        **link,
        "min_change_shown": verdict.least_change(link["min_effect"], link["min_change_absolute"], link["kpi_unit"]),
    }
    clause = verdict.movement_clause(shown)
    return f"{clause[0].upper()}{clause[1:]}."


def _versions(history: pd.DataFrame) -> pd.DataFrame:
    bodies = [json.loads(body) for body in history["body"]]
    return history.drop(columns="body").assign(
        baseline=[body.get("baseline") for body in bodies], target=[body.get("target") for body in bodies]
    )
