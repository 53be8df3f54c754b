"""Where each key result stands: its value, progress, score and pace, against the current and the original target."""

from datetime import date

import numpy as np
import pandas as pd

from models import company as definitions
from models import periods, readings, scoring
from models.company import Company
from models.okr import Cycle, KeyResult
from models.policy import Policy

Rows = list[tuple[str, KeyResult]]


def standing(
    frame: pd.DataFrame,
    rows: Rows,
    company: Company,
    measures: pd.DataFrame,
    cycle: Cycle,
    observed: pd.DataFrame,
    check_ins: pd.DataFrame,
    as_of: date,
    policy: Policy,
) -> pd.DataFrame:
    """Adds current, progress, score, band, pace and their like to the key results; indexed by id.

    `frame` is indexed by id; `measures` is the measure link of each key result that has one, indexed by key result.
    """
    out = frame.copy()
    out["measure_kpi"] = measures["kpi"].reindex(out.index)
    out["unit"] = measures["kpi_unit"].reindex(out.index).fillna("")
    windows = _measure_windows(out, measures, cycle)
    # A check-in that says nothing of the value or the confidence leaves what was said of it before.
    latest = check_ins.sort_values("day").groupby("key_result")[["day", "value", "confidence"]].last()
    typed = latest["value"].reindex(out.index).astype(float)
    read = readings.read(windows, observed).reindex(out.index)
    out["current"] = read.where(out["measure_kpi"].notna(), typed).astype(float)
    before = cycle.window.before()
    earlier = windows.assign(start=pd.Timestamp(before.start), end=pd.Timestamp(before.end))
    auto = readings.read(earlier, observed).reindex(out.index).astype(float)
    out["baseline"] = out["baseline"].where(~out["baseline_auto"], auto)
    out["share"] = _shares(out, rows, measures, windows, observed, typed, as_of)
    out["progress"] = scoring.progress(out)
    out["score"] = scoring.score(out["progress"])
    out = _against_original(out, company, auto)
    out["passed"] = scoring.passed(out["score"], out["level"], policy)
    out["band"] = scoring.band(out["score"], policy)
    out["below_baseline"] = out["progress"] < 0
    elapsed = pd.Series(periods.elapsed_share(cycle.window, as_of), index=out.index)
    checkpoints = definitions.checkpoint_frame(rows).assign(start=pd.Timestamp(cycle.start))
    expected = scoring.expected_progress(elapsed, checkpoints, pd.Timestamp(as_of))
    # Maintaining has no way to go, so it has no pace.
    out["pace"] = (expected - out["progress"]).where(out["kind"] != "maintain")
    out["pace_word"] = scoring.pace_word(out["pace"], policy)
    out["confidence"] = latest["confidence"].reindex(out.index).astype(float)
    out["checked_in"] = latest["day"].reindex(out.index)
    return out


def _measure_windows(frame: pd.DataFrame, measures: pd.DataFrame, cycle: Cycle) -> pd.DataFrame:
    """The window in which each measured key result is read: row, kpi, segment, start, end, reading, trailing."""
    held = measures.loc[measures.index.intersection(frame.index), ["kpi", "segment"]]
    held = held.assign(start=pd.Timestamp(cycle.start), end=pd.Timestamp(cycle.end))
    return held.join(frame[["reading", "trailing"]]).rename_axis("row").reset_index()


def _shares(
    frame: pd.DataFrame,
    rows: Rows,
    measures: pd.DataFrame,
    windows: pd.DataFrame,
    observed: pd.DataFrame,
    typed: pd.Series,
    as_of: date,
) -> pd.Series:
    """Progress of the kinds that are a share of something: maintain, milestone, yes_no."""
    inside = readings.in_windows(windows, observed).merge(
        frame[["band_low", "band_high"]], left_on="row", right_index=True
    )
    held = inside["value"].ge(inside["band_low"].fillna(-np.inf)) & inside["value"].le(
        inside["band_high"].fillna(np.inf)
    )
    met = held.groupby(inside["row"]).sum().reindex(frame.index, fill_value=0)
    maintained = met / measures["due"].reindex(frame.index).astype(float).replace(0, np.nan)
    stages = definitions.stage_frame(rows)
    done = stages["weight"].where(stages["done"] <= pd.Timestamp(as_of), 0.0).groupby(stages["key_result"]).sum()
    finished = (done / stages["weight"].groupby(stages["key_result"]).sum()).reindex(frame.index).astype(float)
    answered = typed.ge(1).astype(float).where(typed.notna())
    share = pd.Series(np.nan, index=frame.index)
    share = share.where(frame["kind"] != "maintain", maintained)
    share = share.where(frame["kind"] != "milestone", finished)
    # A yes/no is done on a day, or reported in a check-in; a day still to come is a plan, not an answer.
    return share.where(frame["kind"] != "yes_no", finished.where(finished > 0).fillna(answered).fillna(finished))


def _against_original(out: pd.DataFrame, company: Company, auto: pd.Series) -> pd.DataFrame:
    """Adds original_baseline, original_target, score_original_target and target_edited."""
    rows = [("", kr) for identifier, kr in company.originals.items() if identifier in out.index]
    first = definitions.key_result_frame(rows).set_index("id")
    automatic = out.index.isin(first.index[first["baseline_auto"]])
    baseline = first["baseline"].reindex(out.index).where(~automatic, auto)
    edited = pd.Series(out.index.isin(first.index), index=out.index)
    out["original_baseline"] = out["baseline"].where(~edited, baseline)
    out["original_target"] = out["target"].where(~edited, first["target"].reindex(out.index))
    graded = out.assign(baseline=out["original_baseline"], target=out["original_target"])
    out["score_original_target"] = scoring.score(scoring.progress(graded))
    same = _equal(out["baseline"], out["original_baseline"]) & _equal(out["target"], out["original_target"])
    return out.assign(target_edited=edited & ~same)


def _equal(left: pd.Series, right: pd.Series) -> pd.Series:
    return (left == right) | (left.isna() & right.isna())
