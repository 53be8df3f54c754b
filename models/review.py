"""The review of many KPIs at once: last period and year to date beside last year, the dots, and what they signal.

"Plot the dots": each KPI's last periods as a process behaviour chart, read as variation (is the last dot a signal?)
and assurance (would the process, left as it is, meet the target?). Days are drawn as the review's own seven-day weeks,
so that the last dot is the value of the last week. The figures are those of `models.trend`, by the same code.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models import trend_values, xmr
from models.policy import POLICY, Policy
from models.shifts import parts
from models.trend_values import Values
from models.trend_windows import TO_DATE, windows_of

DOTS = {"day": 104, "week": 104, "month": 36, "quarter": 16}  # drawn: two years, or enough for limits of their own
ORDER = ("concern", "improvement", "neutral", "common_cause", "unknown")  # concerns are talked about first
_DAY = np.timedelta64(1, "D")
COLUMNS = {
    "kpi": "str", "value": "float64", "last_year": "float64", "ends": "datetime64[ns]", "yoy": "float64",
    "ytd": "float64", "ytd_last_year": "float64", "ytd_yoy": "float64", "target": "float64", "variation": "object",
    "signal": "object", "assurance": "object", "since": "datetime64[ns]", "dots": "object",
}  # fmt: skip


@dataclass(frozen=True)
class Dots:
    """The drawn periods of n series: first days, last days, values n × p (NaN where unknown)."""

    period: np.ndarray
    ends: np.ndarray
    value: np.ndarray


def dots(values: Values, aggregation: str, at: date, policy: Policy = POLICY) -> Dots:
    """The last periods that are over on day `at`, days as seven-day weeks that end on it."""
    most, day = DOTS[values.tiles.cadence], np.datetime64(at, "D")
    if values.tiles.cadence != "day":
        ends = values.tiles.last_days(values.period)
        kept = np.flatnonzero(ends <= day)[-most:]
        with np.errstate(invalid="ignore", divide="ignore"):
            value = values.top[:, kept] / values.bottom[:, kept]
        return Dots(values.period[kept], ends[kept], np.where(np.isfinite(value), value, np.nan))
    ends = day - 7 * np.arange(most)[::-1] * _DAY
    if len(values.period):
        ends = ends[ends - 6 * _DAY >= values.period[0]]
    starts = ends - 6 * _DAY
    windows = pd.DataFrame(
        {"part": "week", "start": starts.astype("datetime64[ns]"), "end": ends.astype("datetime64[ns]")}
    )
    return Dots(starts, ends, values.judged(windows, aggregation, policy).value)


def review(
    values: pd.DataFrame,
    kpis: pd.DataFrame,
    targets: dict[str, float],
    at: date,
    *,
    fiscal_year_end: int = 12,
    policy: Policy = POLICY,
) -> pd.DataFrame:
    """One row per KPI with values, in the order of `kpis`: COLUMNS. Changes are in percent; unknown is NaN or None.

    `values`: kpi, period, value, weight, one series per KPI; `kpis`: id, direction, cadence, aggregation. `value` is
    that of the last week (of days or weeks), month or quarter that was over on day `at`, `ends` its last day; `yoy`
    its change on the year before; `since` the first day of the present level, where limits were drawn
    anew. `target` is a level per period of the KPI; a summed week of days has seven of them.
    """
    kinds = kpis.set_index("id")
    made = []
    joined = values.join(kinds[["cadence", "aggregation"]], on="kpi").rename(columns={"kpi": "series"})
    for (cadence, aggregation), some in joined.groupby(["cadence", "aggregation"], sort=False):
        for part in trend_values.of_many(some, cadence, aggregation, policy):
            made.append(_figures(part, aggregation, targets, at, fiscal_year_end, policy))
    if not made:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    frame = pd.concat(made, ignore_index=True)
    frame = _read_dots(frame, kinds["direction"], policy)
    held = frame.set_index("kpi")
    return held.reindex(kpis["id"][kpis["id"].isin(held.index)]).rename_axis("kpi").reset_index()[[*COLUMNS]]


def _figures(
    values: Values, aggregation: str, targets: dict[str, float], at: date, fiscal_year_end: int, policy: Policy
) -> pd.DataFrame:
    windows = windows_of(values.tiles, at, fiscal_year_end=fiscal_year_end)
    to_date = windows[windows["part"] == TO_DATE[-1]]
    spans = pd.concat([_last_period(values, windows, at), to_date], ignore_index=True)
    value = values.judged(spans, aggregation, policy).value
    drawn = dots(values, aggregation, at, policy)
    target = np.array([targets.get(row, np.nan) for row in values.row], dtype=float)
    return pd.DataFrame(
        {
            "kpi": values.row, "value": value[:, 0], "last_year": value[:, 1], "ends": spans["end"].iloc[0],
            "yoy": changes(value[:, 0], value[:, 1]), "ytd": value[:, 2], "ytd_last_year": value[:, 3],
            "ytd_yoy": changes(value[:, 2], value[:, 3]),
            "target": target * periods_in_dot(values.tiles.cadence, aggregation), "dots": list(drawn.value),
            "first_days": [drawn.period] * len(values.row),
        }
    )  # fmt: skip


def periods_in_dot(cadence: str, aggregation: str) -> int:
    """How many of its targets a drawn period of a KPI has to reach."""
    return 7 if cadence == "day" and aggregation == "sum" else 1


def changes(value: np.ndarray, base: np.ndarray) -> np.ndarray:
    """`models.trend.change` of whole columns: percent, NaN where unknown."""
    known = np.isfinite(value) & np.isfinite(base) & (base != 0)
    return np.divide((value - base) * 100, np.abs(base), out=np.full(len(value), np.nan), where=known)


def _last_period(values: Values, windows: pd.DataFrame, at: date) -> pd.DataFrame:
    """The last period that is over (days: the last week) and the same one a year before."""
    cadence = values.tiles.cadence
    if cadence in ("day", "week"):
        weeks = windows[windows["part"] == "week"]
        return pd.concat([weeks[~weeks["last_year"]].tail(1), weeks[weeks["last_year"]].tail(1)])
    step = 1 if cadence == "month" else 3
    over = (np.datetime64(at, "D") + _DAY).astype("datetime64[M]")  # first month that is not over
    back = (int(over.astype("int64")) - values.tiles.anchor) % step  # quarters keep their own months
    start = np.array([over - back - step, over - back - step - 12])
    return pd.DataFrame(
        {
            "part": "period", "last_year": [False, True], "start": start.astype("datetime64[ns]"),
            "end": ((start + step).astype("datetime64[D]") - _DAY).astype("datetime64[ns]"),
        }
    )  # fmt: skip


def _read_dots(frame: pd.DataFrame, direction: pd.Series, policy: Policy) -> pd.DataFrame:
    """Variation, signal and assurance of each row from its dots, all charts at once."""
    sizes = frame["dots"].map(len).to_numpy()
    row = np.repeat(np.arange(len(frame)), sizes)
    day = np.concatenate(frame["first_days"].to_list())
    long = pd.DataFrame({"row": row, "value": np.concatenate(frame["dots"].to_list()), "day": day}).dropna()
    long = long[long.groupby("row")["value"].transform("size") >= policy.dots_for_limits]
    long = long.assign(part=parts(long["row"].to_numpy(), long["value"].to_numpy(), policy.dots_for_limits))
    charted = xmr.chart(long, by=["row", "part"])
    anew = charted[charted["part"] > 0].drop_duplicates(["row", "part"]).drop_duplicates("row", keep="last")
    last = charted.drop_duplicates("row", keep="last").set_index("row").reindex(range(len(frame)))
    better = direction.reindex(frame["kpi"]).to_list()
    known = (last["mean"].notna() & frame["value"].notna()).to_list()  # an old signal says nothing of today
    limits = zip(last["lower"], last["upper"], frame["target"], better, strict=True)
    return frame.assign(
        since=anew.set_index("row")["day"].reindex(range(len(frame))).to_numpy().astype("datetime64[ns]"),
        signal=[one if isinstance(one, str) else None for one in last["signal"]],
        variation=[
            xmr.variation(signal, way) if there else None
            for signal, way, there in zip(last["signal"], better, known, strict=True)
        ],
        assurance=[xmr.assurance(low, high, goal, way) for low, high, goal, way in limits],
    )


def concern_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order in which they are talked about: concerns, improvements, other signals, the rest; within
    each by the size of the change on the year before."""
    rank = frame["variation"].map(lambda word: ORDER.index(kind(word)))
    size = frame["yoy"].abs().fillna(-1)
    return frame.assign(_rank=rank, _size=size).sort_values(
        ["_rank", "_size"], ascending=[True, False], kind="stable"
    ).drop(columns=["_rank", "_size"])  # fmt: skip


def signals(frame: pd.DataFrame) -> pd.Series:
    """Whether a KPI signals a change, for better or worse."""
    return frame["variation"].map(kind).isin(["concern", "improvement", "neutral"])


def needs_a_look(frame: pd.DataFrame) -> pd.Series:
    """Whether a KPI signals a change, or would miss its target as it runs now; the others are routine or unknown."""
    return signals(frame) | frame["assurance"].eq("fail")


def kind(variation: object) -> str:
    """improvement, concern, neutral or common_cause of a variation; unknown without one."""
    if not isinstance(variation, str):
        return "unknown"
    return "common_cause" if variation == "common_cause" else variation.split("_")[0]
