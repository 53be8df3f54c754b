"""Daily series drawn as weeks: the weekday pattern would hide what matters, and draw false signals."""

from typing import Any

import pandas as pd

from models.language import mark

NOTE = mark("Drawn as means of seven days; the band is that of single days.")


def is_daily(cadence: Any) -> bool:
    return bool(cadence == "day")


def by_week(frame: pd.DataFrame, start: Any = None) -> pd.DataFrame:
    """Means of whole weeks of a daily frame with `period`, in time order; other columns must be numbers.

    Weeks begin on the weekday of `start`, so that none lies across it; on Monday without it. A week with a day missing
    is left out. `period` is the first day of the week.
    """
    numbers = frame.drop(columns=[name for name in ("load_id",) if name in frame])
    anchor = pd.Timestamp("2000-01-03") if start is None else pd.Timestamp(start)
    week = (numbers["period"] - anchor).dt.days // 7
    held = numbers.dropna().assign(week=week)
    grouped = held.groupby("week")
    whole = grouped.size() == 7
    out = grouped.mean(numeric_only=True)[whole].reset_index()
    out.insert(0, "period", anchor + pd.to_timedelta(out.pop("week") * 7, unit="D"))
    return out
