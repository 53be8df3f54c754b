"""The spans whose change is taken apart by segment: a week, month or year to date against last year, a cycle against
the time of equal length before it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from models import trend_values
from models.language import tr
from models.policy import POLICY, Policy
from models.segment_contributions import Contributions, contributions
from models.trend_notes import Standing
from models.trend_values import Values
from models.trend_windows import Tiles, windows_of

TOTAL = "all"
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Span:
    """First and last days (both inside) of what is compared, now and before."""

    now: tuple[date, date]
    before: tuple[date, date]


def offered(cadence: str, aggregation: str) -> list[str]:
    """The spans that a KPI has: week, month, ytd, cycle."""
    weekly, monthly = cadence in ("day", "week"), cadence != "quarter" and (cadence, aggregation) != ("week", "sum")
    return [*(["week"] if weekly else []), *(["month"] if monthly else []), "ytd", "cycle"]


def change_by_segment(
    values: pd.DataFrame,
    cadence: str,
    aggregation: str,
    at: date,
    span: str,
    cycle: tuple[date, date] | None = None,
    *,
    fiscal_year_end: int = 12,
    policy: Policy = POLICY,
) -> tuple[Span, Contributions]:
    """Take the change of a KPI apart. `values`: segment, period, value, weight; the segment `all` is the total.

    `span` is week, month, ytd or cycle; only the last needs its first and last day.
    """
    groups = list(trend_values.of_many(values.rename(columns={"segment": "series"}), cadence, aggregation, policy))
    tiles = next((g.tiles for g in groups if TOTAL in g.row), groups[0].tiles if groups else Tiles(cadence))
    windows = _windows(tiles, at, span, cycle, fiscal_year_end)
    found = pd.DataFrame([row for group in groups for row in _rows(group, windows, aggregation, policy)],
                         columns=["segment", "when", "top", "bottom", "state"])  # fmt: skip
    total = found[found["segment"] == TOTAL].set_index("when").reindex(["before", "now"])
    parts = found[(found["segment"] != TOTAL) & (found["state"] != "absent")]
    unknown = set(parts.loc[parts["state"] == "unknown", "segment"])
    parts = parts[~parts["segment"].isin(unknown)]
    before, now = (parts.loc[parts["when"] == when, ["segment", "top", "bottom"]] for when in ("before", "now"))
    whole = tuple((float(top), float(bottom)) for top, bottom in total[["top", "bottom"]].to_numpy(dtype=float))
    made = contributions(before, now, aggregation, (whole[0], whole[1]))
    if unknown:
        said = tr("Not known in full, and so left out: {segments}.", segments=", ".join(sorted(unknown)))
        made = replace(made, notes=(*made.notes, said))
    days = [(row.start.date(), row.end.date()) for row in windows.itertuples()]
    return Span(now=days[0], before=days[1]), made


def _rows(
    group: Values, windows: pd.DataFrame, aggregation: str, policy: Policy
) -> Iterator[tuple[str, str, float, float, str]]:
    judged = group.judged(windows, aggregation, policy)
    for place, segment in enumerate(group.row):
        for column, when in enumerate(("now", "before")):
            known = judged.standing[place, column] in (Standing.WHOLE, Standing.GAPS)
            state = "known" if known else "absent" if judged.bottom[place, column] == 0 else "unknown"
            top = judged.top[place, column] if aggregation == "ratio" else judged.value[place, column]
            bottom = judged.bottom[place, column]
            yield str(segment), when, top if known else np.nan, bottom if known else np.nan, state


def _windows(tiles: Tiles, at: date, span: str, cycle: tuple[date, date] | None, fiscal_year_end: int) -> pd.DataFrame:
    """part, start, end: now, then before."""
    if span == "cycle":
        assert cycle is not None
        return _cycle(tiles, at, *cycle)
    windows = windows_of(tiles, at, fiscal_year_end=fiscal_year_end)
    mine = windows[windows["part"] == span]
    return pd.concat([mine[~mine["last_year"]].tail(1), mine[mine["last_year"]].tail(1)], ignore_index=True)


def _cycle(tiles: Tiles, at: date, first: date, last: date) -> pd.DataFrame:
    """The periods that begin in the cycle and are over on day `at`, and as many just before."""
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + _DAY)
    if tiles.cadence == "week":
        days = days[(days.astype("int64") + 3) % 7 == tiles.anchor]
    elif tiles.cadence != "day":
        months = days.astype("datetime64[M]")
        step = 1 if tiles.cadence == "month" else 3
        days = days[(months.astype("datetime64[D]") == days) & (months.astype("int64") % step == tiles.anchor % step)]
    days = days[tiles.last_days(days) <= np.datetime64(at, "D")]
    if not len(days):
        start, end, before = np.datetime64(first, "D"), np.datetime64(first, "D") - _DAY, np.datetime64(first, "D")
    else:
        start, end = days[0], tiles.last_days(days[-1:])[0]
        if tiles.cadence in ("day", "week"):
            before = start - (end - start + _DAY)
        else:
            length = len(days) * (1 if tiles.cadence == "month" else 3)
            before = (start.astype("datetime64[M]") - length).astype("datetime64[D]")
    return pd.DataFrame(
        {
            "part": "cycle", "start": np.array([start, before]).astype("datetime64[ns]"),
            "end": np.array([end, start - _DAY]).astype("datetime64[ns]"),
        }
    )  # fmt: skip
