"""Cases and their values laid on regular grids: one row per case, one column per period, the window at a known column.

A window holds the periods that start in [cycle_start, cycle_end] and ends at the last period that has a KPI value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

CADENCE_WORDS = {
    "day": "day", "daily": "day", "week": "week", "weekly": "week",
    "month": "month", "monthly": "month", "quarter": "quarter", "quarterly": "quarter",
}  # fmt: skip
MAX_HISTORY = {"day": 7 * 170, "week": 208, "month": 120, "quarter": 60}  # periods; what is older is not used
MAX_WINDOW = {"day": 7 * 54, "week": 54, "month": 24, "quarter": 12}  # periods; a longer window is not judged


@dataclass(frozen=True)
class Grid:
    """Cases of one cadence. `values` is (roles, cases, history + window) with NaN where there is none.

    `row` are the positions in the frame of cases; `history` is the column of the first window period; `length` the
    periods in each window (0: none); `first` the first column with a value of the KPI (history + window if none);
    `starts` the first day of the window's first period.
    """

    cadence: str
    row: np.ndarray
    history: int
    length: np.ndarray
    first: np.ndarray
    starts: np.ndarray
    values: np.ndarray
    roles: tuple[str, ...]


def period_number(days: np.ndarray, cadence: str, origin: np.ndarray) -> np.ndarray:
    """Number of the period that holds each day. `origin`: a period start of the same series (the week's anchor)."""
    if cadence == "day":
        return days
    if cadence == "week":
        return (days - origin) // 7
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    if cadence == "month":
        return months
    return (months - origin.astype("datetime64[D]").astype("datetime64[M]").astype("int64")) // 3


def period_day(number: np.ndarray, cadence: str, origin: np.ndarray) -> np.ndarray:
    """First day (days since 1970) of each period number; the inverse of period_number."""
    if cadence == "day":
        return number
    if cadence == "week":
        return origin + 7 * number
    if cadence == "quarter":
        number = origin.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 3 * number
    return number.astype("datetime64[M]").astype("datetime64[D]").astype("int64")


def day_numbers(dates: Any) -> np.ndarray:
    """Days since 1970 of anything that holds dates; NaT where one cannot be read (as the smallest int64)."""
    series = pd.Series(dates).reset_index(drop=True)
    if not pd.api.types.is_datetime64_any_dtype(series):
        codes, unique = pd.factorize(series)
        known = pd.to_datetime(pd.Series(unique, dtype=object), errors="coerce", format="mixed")
        series = known.reindex(np.where(codes < 0, len(known), codes)).reset_index(drop=True)
    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_localize(None)
    return series.to_numpy().astype("datetime64[D]").astype("int64")


NO_DAY = np.iinfo("int64").min


def tidy_values(case_ids: pd.Series, values: pd.DataFrame) -> pd.DataFrame:
    """case (row number in the cases), role, day, value: one row per usable value."""
    if case_ids.duplicated().any():
        numbered = pd.DataFrame({"case_id": case_ids.astype(object), "_row": np.arange(len(case_ids))})
        values = numbered.merge(values.astype({"case_id": object}), on="case_id")
        case_ids, values = pd.Series(np.arange(len(case_ids))), values.assign(case_id=values["_row"])
    ids = values["case_id"]
    if isinstance(ids.dtype, pd.CategoricalDtype):
        lookup = pd.Index(case_ids).get_indexer(pd.Index(ids.cat.categories))
        codes = ids.cat.codes.to_numpy()
        case = np.where(codes < 0, -1, lookup[codes] if len(lookup) else -1)
    else:
        case = pd.Index(case_ids).get_indexer(pd.Index(ids))
    role = values["role"].astype("category") if "role" in values else pd.Categorical(["kpi"] * len(values))
    value = pd.to_numeric(values["value"], errors="coerce").to_numpy(dtype=float)
    day = day_numbers(values["date"])
    tidy = pd.DataFrame({"case": case, "role": pd.Series(role).reset_index(drop=True), "day": day, "value": value})
    return tidy[(case >= 0) & tidy["role"].notna().to_numpy() & (day != NO_DAY) & np.isfinite(value)]


def grids(cadence: pd.Series, start: np.ndarray, end: np.ndarray, tidy: pd.DataFrame, chunk: int) -> "list[Grid]":
    """The cases with cadence, dates and KPI values: by cadence, in chunks of at most `chunk` cases of like length."""
    out = []
    names = [str(r) for r in tidy["role"].cat.categories]
    codes = tidy["role"].cat.codes.to_numpy()
    kpi = names.index("kpi") if "kpi" in names else -2
    order = np.lexsort((np.arange(len(tidy)), tidy["day"].to_numpy(), codes, tidy["case"].to_numpy()))
    case, role, day, value = (
        x[order] for x in (tidy["case"].to_numpy(), codes, tidy["day"].to_numpy(), tidy["value"].to_numpy())
    )
    count = len(cadence)
    is_kpi = role == kpi
    first, last = np.full(count, NO_DAY), np.full(count, NO_DAY)
    first[case[is_kpi][::-1]] = day[is_kpi][::-1]
    last[case[is_kpi]] = day[is_kpi]
    bounds = np.searchsorted(case, np.arange(count + 1))
    for word in ("day", "week", "month", "quarter"):
        rows = np.flatnonzero((cadence == word).to_numpy() & (first != NO_DAY) & (start != NO_DAY) & (end != NO_DAY))
        if not len(rows):
            continue
        origin = first[rows]
        p_start = period_number(start[rows], word, origin)
        p_start = p_start + (period_day(p_start, word, origin) < start[rows])
        p_end = np.minimum(period_number(end[rows], word, origin), period_number(last[rows], word, origin))
        p_first = period_number(first[rows], word, origin)
        span = np.clip(p_start - p_first, 0, MAX_HISTORY[word])
        for part in np.array_split(np.argsort(span, kind="stable"), -(-len(rows) // chunk)):
            history = max(int(span[part].max()), 1)
            length = np.clip(p_end[part] - p_start[part] + 1, 0, MAX_WINDOW[word])
            width = history + max(int(length.max()), 1)
            pick = np.concatenate([np.arange(bounds[r], bounds[r + 1]) for r in rows[part]])
            local = np.repeat(np.arange(len(part)), np.diff(bounds)[rows[part]])
            column = period_number(day[pick], word, origin[part][local]) - p_start[part][local] + history
            inside = (column >= 0) & (column < history + length[local])
            used = np.unique(role[pick][inside]) if inside.any() else np.array([kpi])
            used = np.concatenate([[kpi], used[used != kpi]])
            place = np.full(len(names) + 1, -1)
            place[used] = np.arange(len(used))
            block = np.full((len(used), len(part), width), np.nan)
            block[place[role[pick][inside]], local[inside], column[inside]] = value[pick][inside]
            seen = np.isfinite(block[0])
            begins = np.where(seen.any(1), seen.argmax(1), width)
            out.append(
                Grid(word, rows[part], history, length, begins, period_day(p_start[part], word, origin[part]), block,
                     tuple(names[u] for u in used))
            )  # fmt: skip
    return out
