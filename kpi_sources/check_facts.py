"""The facts beside each row that the suite's rules speak of: bounds of the KPI, how a period fits, rivals, jumps.

check_sql.py derives the same facts in SQL. A test holds both together: a change here needs its twin there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kpi_sources.suite import ROW_COLUMNS, SAME
from models.freshness import fresh_from, over_until
from models.periods import CADENCES
from models.policy import POLICY, Policy

KNOWN_COLUMNS = ("kpi", "segment", "period", "value")
_NO_PHASE = -1.0


@dataclass(frozen=True)
class Limits:
    """What the rows are held against. `kpis` has one row per KPI: kpi, grain, low, high, max_jump, phase, fresh_from,
    over_until, last_known. `known` has the last known value per series: kpi, segment, period, value.

    `phase` is where the KPI's periods have begun so far: the weekday (Monday 0) of its weeks, the month within the
    quarter (0..2) of its quarters; NaN while nothing is known.
    """

    kpis: pd.DataFrame
    known: pd.DataFrame
    earliest: pd.Timestamp
    latest: pd.Timestamp
    gaps_allowed: float


def limits_of(
    kpis: pd.DataFrame,
    as_of: date,
    known: pd.DataFrame | None = None,
    *,
    jumps: Mapping[str, float] | None = None,
    gaps_allowed: float = 1.0,
    policy: Policy = POLICY,
) -> Limits:
    """Limits from definitions (company.kpi_frame), what is known, and what a source may do."""
    if known is None:
        known = pd.DataFrame({name: [] for name in KNOWN_COLUMNS}).astype(
            {"kpi": "str", "segment": "str", "period": "datetime64[ns]", "value": "float64"}
        )
    known = known[list(KNOWN_COLUMNS)].astype({"period": "datetime64[ns]", "value": "float64"})
    last = known.groupby("kpi")["period"].max()
    out = pd.DataFrame(
        {
            "kpi": kpis["id"].astype("str"),
            "grain": pd.Categorical(kpis["cadence"], categories=list(CADENCES)),
            "low": kpis["range_low"].astype("float64"),
            "high": kpis["range_high"].astype("float64"),
            "last_known": last.reindex(kpis["id"]).astype("datetime64[ns]").to_numpy(),
        }
    )
    allowed = kpis["id"].map(dict(jumps or {})).astype("float64")
    out["max_jump"] = allowed.fillna(policy.jump_factor)
    out["phase"] = phases(out["last_known"], out["grain"])
    for name, starts in (("fresh_from", fresh_from(as_of, policy)), ("over_until", over_until(as_of))):
        out[name] = kpis["cadence"].map(starts).astype("datetime64[ns]")
    return Limits(
        out.reset_index(drop=True), known, pd.Timestamp(policy.earliest_year, 1, 1), pd.Timestamp(as_of), gaps_allowed
    )


def phases(start: pd.Series, grain: pd.Series) -> pd.Series:
    """Where a period of this grain begins: 0..6 for weeks, 0..2 for quarters, 0 for months and days.

    -1 where a month or quarter cannot begin on that day; NaN without a day.
    """
    found = start.notna()
    out = np.where(grain == "week", start.dt.day_of_week, 0.0)
    monthly = (grain == "month") | (grain == "quarter")
    out = np.where(grain == "quarter", (start.dt.month - 1) % 3, out)
    out = np.where(monthly & (start.dt.day != 1), _NO_PHASE, out)
    return pd.Series(np.where(found, out, np.nan), index=start.index)


def row_facts(rows: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """The rows (ROW_COLUMNS), numbered from 0, with every fact that the suite's rules on rows name."""
    out = rows[list(ROW_COLUMNS)].reset_index(drop=True)
    out["start"] = out["start"].astype("datetime64[ns]")
    at = pd.Index(limits.kpis["kpi"]).get_indexer(pd.Index(out["kpi"]))
    for name in ("grain", "low", "high", "max_jump", "phase", "over_until"):
        beside = limits.kpis[name].array
        out[name] = beside.take(at, allow_fill=True)
    out = out.rename(columns={"phase": "phase_known"})
    out["defined"] = np.where(out["kpi"].isna(), np.nan, (at >= 0).astype(float))
    out["earliest"], out["latest"] = limits.earliest, limits.latest
    value = out["value"].to_numpy()
    out["number"] = np.where(np.isfinite(value), value, np.nan)
    out["phase"] = phases(out["start"], out["grain"])
    out["fits"] = _fits(out, at)
    past = (out["start"] <= out["latest"]).to_numpy() & (at >= 0)
    out["over"] = np.where(past, (out["start"] <= out["over_until"]).astype(float), np.nan)
    _add_neighbours(out, limits.known)
    return out


def kpi_facts(facts: pd.DataFrame, limits: Limits, *, with_gaps: bool) -> pd.DataFrame:
    """One row per defined KPI of the extract, in order of name: kpi, last, fresh_from, gaps, gaps_allowed.

    `last` is the latest period, in the extract or known before, that is not in the future. `gaps` is the share of the
    KPI's segments x periods in the extract that have no value; NaN unless asked for.
    """
    mine = facts[facts["defined"] == 1.0]
    past = mine["start"].where(mine["start"] <= mine["latest"])
    last = past.groupby(mine["kpi"]).max()
    rules = limits.kpis.set_index("kpi").loc[last.index]
    latest = rules["last_known"].where(rules["last_known"] >= last, last).fillna(rules["last_known"])
    out = pd.DataFrame({"kpi": last.index, "last": latest.to_numpy(), "fresh_from": rules["fresh_from"].to_numpy()})
    out["gaps"] = _gaps(mine).reindex(last.index).to_numpy() if with_gaps else np.nan
    out["gaps_allowed"] = limits.gaps_allowed
    return out


def _fits(out: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """1.0 where the period as written fits its KPI's cadence, else 0.0; NaN for an unknown KPI.

    A period of a coarser KPI may be written as its first day. That is believed only while more than half of the KPI's
    rows so written begin alike: otherwise they are daily values, not first days of weeks.
    """
    known, undated = at >= 0, out["start"].isna().to_numpy()
    written = {cadence: (out["cadence"] == cadence).to_numpy(dtype=bool, na_value=False) for cadence in CADENCES}
    grain = {cadence: (out["grain"] == cadence).to_numpy(dtype=bool, na_value=False) for cadence in CADENCES}
    same = np.logical_or.reduce([written[cadence] & grain[cadence] for cadence in CADENCES])
    first_day = written["day"] & known & ~grain["day"]
    phase, before = out["phase"].to_numpy(), out["phase_known"].to_numpy()
    begins = (phase != _NO_PHASE) & (np.isnan(before) | (phase == before))
    fits = (same | (first_day & _alike(at, phase, first_day & ~undated))) & begins
    return np.where(known, np.where(undated, same | first_day, fits).astype(float), np.nan)


def _alike(at: np.ndarray, phase: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Whether more than half of the counted rows of a KPI have the phase of this one."""
    out = np.zeros(len(at), dtype=bool)
    if counted.any():
        kpi, slot = at[counted], phase[counted].astype(np.int64) + 1  # phases are -1..6
        of_phase, of_kpi = np.bincount(kpi * 8 + slot), np.bincount(kpi)
        out[counted] = 2 * of_phase[kpi * 8 + slot] > of_kpi[kpi]
    return out


def _add_neighbours(out: pd.DataFrame, known: pd.DataFrame) -> None:
    """Adds agrees (no other value for the same key), previous (the value before in its series) and jump.

    The value before may be one known from earlier loads; the extract's own word for a period comes first. Rows without
    key or finite number take no part.
    """
    usable = (out["number"].notna() & out["start"].notna() & out["kpi"].notna() & out["segment"].notna()).to_numpy()
    mine, theirs = out[usable], known[np.isfinite(known["value"])]
    kpi = pd.factorize(pd.concat([mine["kpi"], theirs["kpi"]], ignore_index=True))[0].astype(np.int64)
    segment, segments = pd.factorize(pd.concat([mine["segment"], theirs["segment"]], ignore_index=True))
    day = np.concatenate([_days(mine["start"]), _days(theirs["period"])])
    value = np.concatenate([mine["number"].to_numpy(), theirs["value"].to_numpy()])
    old = np.arange(len(value)) >= len(mine)
    series = kpi * max(len(segments), 1) + segment
    key = series * 10_000_000 + (day + 1_000_000)  # days since 1970, within the range of datetime64[ns]
    order = np.lexsort((value, old, key))
    key, value, old, series = key[order], value[order], old[order], series[order]
    again = old & np.r_[False, key[1:] == key[:-1]] if len(key) else old
    order, key, value, old, series = order[~again], key[~again], value[~again], old[~again], series[~again]
    previous = np.r_[np.nan, np.where(series[1:] == series[:-1], value[:-1], np.nan)] if len(key) else value
    here = order[~old]
    agrees, before, jump = np.ones(len(out)), np.full(len(out), np.nan), np.full(len(out), np.nan)
    rows = np.flatnonzero(usable)[here]
    before[rows] = previous[~old]
    agrees[rows] = _agreeing(key[~old], value[~old])
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        one, other = np.abs(out["number"].to_numpy()), np.abs(before)
        small = np.minimum(one, other)
        jump = np.where(small > 0, np.maximum(one, other) / small, np.nan)
    out["agrees"], out["previous"], out["jump"] = agrees, before, jump


def _agreeing(key: np.ndarray, value: np.ndarray) -> np.ndarray:
    """1.0 where all values of the same key are the same number; both sorted by key, then value."""
    if not len(key):
        return value
    begins = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    ends = np.r_[begins[1:], len(key)]
    least, most = value[begins], value[ends - 1]
    with np.errstate(over="ignore"):
        same = most - least <= SAME * np.maximum(np.abs(least), np.abs(most))
    return np.repeat(same.astype(float), ends - begins)


def _days(start: pd.Series) -> np.ndarray:
    return start.to_numpy().astype("datetime64[D]").astype(np.int64)


def _gaps(mine: pd.DataFrame) -> pd.Series:
    valued = mine[mine["number"].notna() & mine["start"].notna() & mine["segment"].notna()]
    filled = valued.drop_duplicates(["kpi", "segment", "start"]).groupby("kpi").size()
    whole = mine.groupby("kpi")["segment"].nunique() * mine.groupby("kpi")["start"].nunique()
    return (1 - filled.reindex(whole.index, fill_value=0) / whole).where(whole > 0)
