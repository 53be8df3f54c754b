"""The numbers of Nordlys: what each KPI does by itself, times what was done to it. Vectorised over periods and KPIs."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from data.samples.nordlys.story import FIRST_DAY, LAST_DAY, NOT_EXPORTED, PUSHES, SHAPES, Push, Shape
from models.periods import period_starts

REFERENCE = np.datetime64("2026-07-01")  # the day of which the levels are told
WEEKDAYS = np.array([0.6, 0.4, 0.2, 0.1, 0.3, -0.7, -0.9])  # Monday to Sunday, in units of the KPI's weekday share
IOS_SHARE = 0.58
CENTRED = 0.7  # share of a quarter's mean noise that is taken out
SEGMENTED = ("daily_active_users", "app_uninstalls")


@dataclass(frozen=True)
class Made:
    """Series of one cadence: `values` and `pushed` (the planted factor) are KPIs by periods."""

    shapes: tuple[Shape, ...]
    starts: pd.DatetimeIndex
    values: np.ndarray
    pushed: np.ndarray


def make(seed: int) -> dict[str, Made]:
    """All series by cadence; the same seed gives the same numbers."""
    rng = np.random.default_rng(seed)
    return {cadence: _make(cadence, rng) for cadence in ("day", "week", "month")}


def _make(cadence: str, rng: np.random.Generator) -> Made:
    shapes = tuple(shape for shape in SHAPES if shape.cadence == cadence)
    first = FIRST_DAY if cadence != "month" else FIRST_DAY.replace(day=1)
    starts = period_starts(cadence, first, LAST_DAY)
    days = (starts.to_numpy().astype("datetime64[D]") - REFERENCE).astype(float)
    middle = days + {"day": 0, "week": 3, "month": 15}[cadence]
    ends = (
        starts
        + {"day": pd.DateOffset(days=1), "week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1)}[cadence]
    )
    over = (ends <= pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1)).astype(bool)
    level, growth, season, peak, weekday = (
        np.array([getattr(shape, name) for shape in shapes])[:, None]
        for name in ("level", "growth", "season", "season_day", "weekday")
    )
    year = 2 * np.pi * (middle + 181 - peak) / 365.25  # 1 July is day 182 of the year
    usual = level * np.exp(growth * middle / 365.25) * (1 + season * np.cos(year))
    if cadence == "day":
        usual = usual * (1 + weekday * WEEKDAYS[starts.day_of_week])
    pushed = np.stack([_pushed(shape.kpi, middle) for shape in shapes])
    noise = _noise(shapes, starts, rng)
    # pushes before the reference day are part of the level told for it
    settled = np.array([[_settled(shape.kpi)] for shape in shapes])
    values = usual * pushed / settled * np.exp(noise)
    rounded = np.stack([np.round(row, shape.decimals) for row, shape in zip(values, shapes, strict=True)])
    return Made(shapes, starts[over], np.maximum(rounded, 0.0)[:, over], pushed[:, over])


def _pushed(kpi: str, middle: np.ndarray) -> np.ndarray:
    factor = np.ones_like(middle)
    for push in PUSHES:
        if push.kpi == kpi:
            factor *= 1 + push.effect * _reached(push, middle)
    return factor


def _reached(push: Push, middle: np.ndarray) -> np.ndarray:
    since = middle - (np.datetime64(push.start) - REFERENCE).astype(float)
    return np.clip((since + 1) / max(push.ramp, 1), 0.0, 1.0) * (since >= 0)


def _settled(kpi: str) -> float:
    return float(np.prod([1 + push.effect for push in PUSHES if push.kpi == kpi and push.start < date(2026, 6, 30)]))


def _noise(shapes: tuple[Shape, ...], starts: pd.DatetimeIndex, rng: np.random.Generator) -> np.ndarray:
    """Noise with memory, whose mean is small in every calendar quarter: what was planted is then what happened."""
    fresh = rng.standard_normal((len(shapes), len(starts)))
    common = rng.standard_normal(len(starts))
    rows = []
    for shape, own in zip(shapes, fresh, strict=True):
        mixed = np.sqrt(1 - shape.shared) * own + np.sqrt(shape.shared) * common
        rows.append(shape.noise * np.sqrt(1 - shape.memory**2) * lfilter([1.0], [1.0, -shape.memory], mixed))
    noise = np.stack(rows)
    quarter = starts.year * 4 + starts.quarter
    begins = np.flatnonzero(np.r_[True, np.diff(quarter) > 0])
    counts = np.diff(np.r_[begins, len(starts)])
    return noise - CENTRED * np.repeat(np.add.reduceat(noise, begins, axis=1) / counts, counts, axis=1)


def observations(made: dict[str, Made], rng: np.random.Generator) -> pd.DataFrame:
    """kpi, segment, period, value of everything that is delivered; two KPIs of the app come by platform too."""
    frames = []
    for group in made.values():
        for shape, row in zip(group.shapes, group.values, strict=True):
            if shape.kpi in NOT_EXPORTED:
                continue
            frames.append(_frame(shape.kpi, "all", group.starts, row))
            if shape.kpi in SEGMENTED:
                ios = np.round(row * (IOS_SHARE + 0.004 * rng.standard_normal(len(row))))
                frames += [
                    _frame(shape.kpi, "iOS", group.starts, ios),
                    _frame(shape.kpi, "Android", group.starts, row - ios),
                ]
    weekly = made["week"]
    place = {shape.kpi: row for shape, row in zip(weekly.shapes, weekly.values, strict=True)}
    solved = np.round(place["contacts"] * place["self_service_share"])
    frames.append(_frame("self_solved", "all", weekly.starts, solved))
    return pd.concat(frames, ignore_index=True)


def _frame(kpi: str, segment: str, starts: pd.DatetimeIndex, values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"kpi": kpi, "segment": segment, "period": starts, "value": values})


def planted(made: dict[str, Made], kpi: str, first: date, last: date) -> float:
    """The planted change of a window's mean against what would have been without pushes that begin inside it."""
    for group in made.values():
        for shape, factor in zip(group.shapes, group.pushed, strict=True):
            if shape.kpi == kpi:
                inside = (group.starts >= pd.Timestamp(first)) & (group.starts <= pd.Timestamp(last))
                before = np.prod([1 + p.effect for p in PUSHES if p.kpi == kpi and p.start < first])
                return float(factor[inside].mean() / before - 1) if inside.any() else float("nan")
    return float("nan")
