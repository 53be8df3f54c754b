"""Nordlys' extracts as its systems send them: four sources, four layouts, a new file after every month or quarter."""

from datetime import datetime, time
from io import StringIO

import numpy as np
import pandas as pd

from data.samples import SampleFile
from data.samples.nordlys.story import SHAPES
from models.periods import period_end

# day on which files arrive; each brings what was over by then and sends the last weeks again
DELIVERIES = tuple(
    pd.Timestamp(day) for day in ("2026-01-05", "2026-04-07", "2026-07-06", "2026-08-17", "2026-10-06", "2026-11-16")
)
SENT_AGAIN = pd.Timedelta(days=21)
PRELIMINARY = {"support": (0.003, 14)}  # late answers: values younger than 14 days are still 0.3 % off
SOURCES = {shape.kpi: shape.source for shape in SHAPES} | {"self_solved": "support"}
CADENCES = {shape.kpi: shape.cadence for shape in SHAPES} | {"self_solved": "week"}
DECIMALS = {shape.kpi: shape.decimals for shape in SHAPES} | {"self_solved": 0}


def extract_files(observations: pd.DataFrame, rng: np.random.Generator) -> list[SampleFile]:
    """One file per source and delivery, in order of time."""
    frame = observations.assign(
        source=observations["kpi"].map(SOURCES),
        over=period_end(observations["period"], observations["kpi"].map(CADENCES)),
        wobble=rng.standard_normal(len(observations)),
    )
    files = []
    since: pd.Timestamp | None = None
    for day in DELIVERIES:
        arrived = frame[frame["over"] < day]
        for source, rows in arrived.groupby("source"):
            # the people report always holds the whole history, one column a month
            fresh = rows if since is None or source == "people" else rows[rows["over"] >= since - SENT_AGAIN]
            text = _LAYOUTS[str(source)](_preliminary(fresh, str(source), day))
            moment = datetime.combine(day.date(), time(6, 30))
            files.append(SampleFile(f"{source}_{day:%Y-%m-%d}.csv", text.encode(), str(source), moment))
        since = day
    return files


def _preliminary(rows: pd.DataFrame, source: str, day: pd.Timestamp) -> pd.DataFrame:
    if source not in PRELIMINARY or day == DELIVERIES[-1]:
        return rows
    share, days = PRELIMINARY[source]
    young = rows["over"] > day - pd.Timedelta(days=days)
    moved = rows["value"] * (1 + share * rows["wobble"])
    digits = rows["kpi"].map(DECIMALS)
    rounded = (moved * 10.0**digits).round() / 10.0**digits
    return rows.assign(value=rows["value"].where(~young, rounded))


def _written(rows: pd.DataFrame) -> pd.Series:
    digits = rows["kpi"].map(DECIMALS)
    return pd.Series([f"{value:.{n}f}" for value, n in zip(rows["value"], digits, strict=True)], index=rows.index)


def _app(rows: pd.DataFrame) -> str:
    """Long: one row a KPI, day and platform."""
    ordered = rows.sort_values(["period", "kpi", "segment"])
    table = ordered[["kpi", "period", "segment"]].assign(value=_written(ordered))
    return _csv(table)


def _support(rows: pd.DataFrame) -> str:
    """Long under other names, without segments."""
    ordered = rows.sort_values(["kpi", "period"])
    return _csv(pd.DataFrame({"Week": ordered["period"], "Metric": ordered["kpi"], "Value": _written(ordered)}))


def _growth(rows: pd.DataFrame) -> str:
    """Wide: one row a week, one column a KPI."""
    table = rows.assign(text=_written(rows)).pivot_table(index="period", columns="kpi", values="text", aggfunc="first")
    return _csv(table.rename_axis(index="week", columns=None).reset_index())


def _people(rows: pd.DataFrame) -> str:
    """Wide: one row a KPI, one column a month."""
    labelled = rows.assign(text=_written(rows), month=rows["period"].dt.strftime("%Y-%m"))
    table = labelled.pivot_table(index="kpi", columns="month", values="text", aggfunc="first")
    return _csv(table.rename_axis(columns=None).reset_index())


def _csv(table: pd.DataFrame) -> str:
    buffer = StringIO()
    table.to_csv(buffer, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    return buffer.getvalue()


_LAYOUTS = {"app": _app, "growth": _growth, "support": _support, "people": _people}
