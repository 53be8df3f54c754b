"""Freshness: which period should have arrived by a day, and which KPIs are late.

A value is due a few days of grace after its period ends (policy); it is late from the day after. Weeks and quarters
keep the anchor of the KPI's own periods.
"""

from datetime import date

import pandas as pd

from models.periods import CADENCES, period_end
from models.policy import POLICY, Policy

_MONDAY = pd.Timestamp("2001-01-01")  # a Monday, and the first day of a quarter: the anchor of a KPI without a value


def over_until(day: date | pd.Timestamp) -> dict[str, pd.Timestamp]:
    """Per cadence the latest first day that a period may have and still be over at the end of `day`."""
    now = pd.Timestamp(day)
    month = (now + pd.Timedelta(days=1)).to_period("M").start_time
    return {
        "day": now,
        "week": now - pd.Timedelta(days=6),
        "month": month - pd.DateOffset(months=1),
        "quarter": month - pd.DateOffset(months=3),
    }


def fresh_from(as_of: date, policy: Policy = POLICY) -> dict[str, pd.Timestamp]:
    """Per cadence the earliest first day that a KPI's last period may have without being late, whatever its anchor."""
    room = {"week": pd.DateOffset(days=6), "quarter": pd.DateOffset(months=2)}
    due = _due_until(as_of, policy)
    return {cadence: start - room[cadence] if cadence in room else start for cadence, start in due.items()}


def freshness(kpis: pd.DataFrame, coverage: pd.DataFrame, as_of: date, policy: Policy = POLICY) -> pd.DataFrame:
    """One row per KPI, in the order of `kpis`: kpi, cadence, last, expected, due, days_late, state.

    `kpis` has the columns of company.kpi_frame; `coverage` has kpi and last (first day of a period), one row per
    series. `last` and `expected` are first days of periods: the last that has a value and the last that should have
    one. `due` is the day on which the first missing period had, or will have, to be there; `days_late` counts from it
    and is 0 for what is fresh. `state` is fresh, late or never (no value at all; due and days_late are missing). A
    ratio without values of its own is as fresh as the older of its parts.
    """
    known = coverage.groupby("kpi")["last"].max().astype("datetime64[ns]")
    out = kpis[["id", "cadence"]].rename(columns={"id": "kpi"})
    out["last"] = known.reindex(kpis["id"]).to_numpy()
    numerator, denominator = (
        pd.Series(known.reindex(kpis[part]).to_numpy(), kpis.index) for part in ("numerator", "denominator")
    )
    older = numerator.where(numerator <= denominator, denominator).where(numerator.notna())
    out["last"] = out["last"].fillna(older.where(kpis["aggregation"] == "ratio"))
    out["expected"] = _expected(out["last"].fillna(_MONDAY), out["cadence"], _due_until(as_of, policy))
    grace = out["cadence"].map({cadence: policy.grace(cadence) for cadence in CADENCES})
    following = period_end(out["last"], out["cadence"]) + pd.Timedelta(days=1)
    out["due"] = period_end(following, out["cadence"]) + pd.to_timedelta(grace, unit="D")
    behind = (pd.Timestamp(as_of) - out["due"]).dt.days.clip(lower=0)
    out["days_late"] = behind.astype("Int64")
    out["state"] = behind.gt(0).map({True: "late", False: "fresh"}).where(out["last"].notna(), "never")
    return out.reset_index(drop=True)


def _due_until(as_of: date, policy: Policy) -> dict[str, pd.Timestamp]:
    """Per cadence the latest first day of a period whose value should have arrived before the end of `as_of`."""
    now = pd.Timestamp(as_of)
    return {cadence: over_until(now - pd.Timedelta(days=policy.grace(cadence) + 1))[cadence] for cadence in CADENCES}


def _expected(anchor: pd.Series, cadence: pd.Series, due: dict[str, pd.Timestamp]) -> pd.Series:
    """The latest start up to `due` that keeps the anchor of another start of the same series."""
    limit = cadence.map(due).astype("datetime64[ns]")
    days = (limit - anchor).dt.days % 7
    months = ((limit.dt.year - anchor.dt.year) * 12 + limit.dt.month - anchor.dt.month) % 3
    out = limit.where(cadence != "week", limit - pd.to_timedelta(days, unit="D"))
    quarterly = limit.dt.to_period("M")
    quarterly = pd.Series(
        pd.PeriodIndex.from_ordinals(quarterly.astype("int64") - months, freq="M").start_time, index=limit.index
    )
    return out.where(cadence != "quarter", quarterly).astype("datetime64[ns]")
