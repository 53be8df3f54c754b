"""What each part of a KPI brought to its change: by differences, by Shapley values, by segment (volume, mix, price)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.kpi import Kpi, MadeOf
from models.language import tr
from models.made import share_of
from models.refused import Refused
from models.shapley import of_product, of_ratio

SAME = 1e-9  # share of the level below which a remainder is rounding
MIX, TOGETHER, WITHIN, UNEXPLAINED = "mix", "together", "within", "unexplained"  # contributions that are no KPI
Row = tuple[str, str, float, float, float, int]  # part, name, effect, before, after, sign


def by_part(kpi: Kpi, made: MadeOf, known: Mapping[str, Kpi], before: pd.DataFrame, after: pd.DataFrame) -> list[Row]:
    summed = kpi.aggregation == "sum"
    if made.how == "sum":
        levels = [rows[made.parts].sum() if summed else rows[made.parts].mean() for rows in (before, after)]
        signs = [1] * len(made.of) + [-1] * len(made.less)
        return [
            (part, _name(known, part), float(sign * (levels[1][part] - levels[0][part])), float(levels[0][part]),
             float(levels[1][part]), sign)
            for part, sign in zip(made.parts, signs, strict=True)
        ]  # fmt: skip
    units = np.array([share_of(known[part].unit) if part in known else 1.0 for part in made.of])
    own = share_of(kpi.unit)
    if made.how == "ratio":
        means = np.stack([rows[made.of].mean().to_numpy() for rows in (before, after)])
        if (means[:, 1] == 0).any():
            raise Refused(tr("{kpi} cannot be told: its denominator is 0.", kpi=kpi.label))
        effects = of_ratio(means[0] * units, means[1] * units) / own
        return [_row(known, part, effects[i], means[:, i], (1, -1)[i]) for i, part in enumerate(made.of)]
    volume = _volume(made, known)
    sides = [_factors(rows[made.of].to_numpy() * units, volume, summed) for rows in (before, after)]
    effects = of_product(sides[0].levels, sides[1].levels) * sides[0].times / own
    own_levels = np.stack([side.levels / units for side in sides])
    out = [_row(known, part, effects[i], own_levels[:, i]) for i, part in enumerate(made.of)]
    return out + _moved_together(*(side.together / own for side in sides))


def _volume(made: MadeOf, known: Mapping[str, Kpi]) -> int | None:
    """Which factor is the volume: the one that is summed over time, if there is exactly one."""
    summed = [i for i, part in enumerate(made.of) if part in known and known[part].aggregation == "sum"]
    return summed[0] if len(summed) == 1 else None


@dataclass(frozen=True)
class _Span:
    """Levels of the factors in a span: their product, `times` over, and what moving together adds make the total."""

    levels: np.ndarray
    times: int
    together: float


def _factors(shares: np.ndarray, volume: int | None, summed: bool) -> _Span:
    """shares: periods × factors. The volume is summed (or averaged, as the KPI is), the rates are weighted by it."""
    count = len(shares) if summed else 1
    total = float(shares.prod(1).mean() * count)
    weight = np.ones(len(shares)) if volume is None or not shares[:, volume].sum() else shares[:, volume]
    levels = (shares * weight[:, None]).sum(0) / weight.sum()
    times = count
    if volume is not None:
        levels[volume], times = shares[:, volume].mean() * count, 1
    together = total - times * float(levels.prod())
    return _Span(levels, times, together if abs(together) > SAME * abs(total) else 0.0)


def _moved_together(before: float, after: float) -> list[Row]:
    """What rates that move together inside a span add to the product of their means."""
    return [(TOGETHER, tr("moving together"), after - before, np.nan, np.nan, 1)] if before or after else []


def _row(known: Mapping[str, Kpi], part: str, effect: float, levels: np.ndarray, sign: int = 1) -> Row:
    return (part, _name(known, part), float(effect), float(levels[0]), float(levels[1]), sign)


def _name(known: Mapping[str, Kpi], part: str) -> str:
    return known[part].label if part in known else part


# -- by segment: volume, mix, price ------------------------------------------------------------------------------------


def segments_of(made: MadeOf, table: pd.DataFrame, now: pd.DatetimeIndex, then: pd.DatetimeIndex) -> list[str]:
    mine = table[(table["segment"] != "all") & table["period"].isin(now.union(then))]
    return sorted(mine["segment"].unique())


def splits(kpi: Kpi, made: MadeOf, known: Mapping[str, Kpi], named: tuple[str, ...]) -> bool:
    """Whether segments say more: two or more, of a ratio or of a summed volume times rates."""
    volume = made.how == "product" and _volume(made, known) is not None
    return len(named) > 1 and (made.how == "ratio" or volume)


def by_segment(
    kpi: Kpi,
    made: MadeOf,
    known: Mapping[str, Kpi],
    table: pd.DataFrame,
    named: tuple[str, ...],
    then: pd.DatetimeIndex,
    now: pd.DatetimeIndex,
) -> list[Row]:
    """Volume (of a product), the shift between segments, and each rate inside them.

    A segment that is new or gone has no rate of its own on one side: its rate is taken as unchanged, so that its coming
    or going is all mix.
    """
    units = np.array([share_of(known[part].unit) if part in known else 1.0 for part in made.of])
    own = share_of(kpi.unit)
    grid = [_cube(table, made.of, named, span) * units for span in (then, now)]  # segments × periods × parts
    if made.how == "ratio":
        bottom = [cube[:, :, 1].sum(1) for cube in grid]
        if not all(side.sum() for side in bottom):
            raise Refused(tr("{kpi} cannot be told: its denominator is 0.", kpi=kpi.label))
        weights = [side / side.sum() for side in bottom]
        inside = _filled(*(_over(cube[:, :, 0].sum(1), side) for cube, side in zip(grid, bottom, strict=True)))
        sides = [np.column_stack([w, r]) for w, r in zip(weights, inside, strict=True)]
        effects = of_product(*sides).sum(0) / own
        return [
            (WITHIN, tr("{kpi} within segments", kpi=kpi.label), float(effects[1]), np.nan, np.nan, 1),
            (MIX, tr("mix of segments"), float(effects[0]), np.nan, np.nan, 1),
        ]
    volume = _volume(made, known)
    assert volume is not None
    count = 1 if kpi.aggregation == "sum" else len(now)
    volumes = [cube[:, :, volume].sum(1) / count for cube in grid]
    totals = [side.sum() for side in volumes]
    shares = _filled(*(_over(side, np.full(len(side), total)) for side, total in zip(volumes, totals, strict=True)))
    others = [i for i in range(len(made.of)) if i != volume]
    weighted = [(cube * cube[:, :, [volume]]).sum(1) for cube in grid]
    rates = [_filled(*(_over(w[:, i], v * count) for w, v in zip(weighted, volumes, strict=True))) for i in others]
    sides = [np.column_stack([np.full(len(named), totals[s]), shares[s], *(rate[s] for rate in rates)]) for s in (0, 1)]
    effects = of_product(*sides).sum(0) / own
    total = [cube.prod(2).sum() / count for cube in grid]
    together = [float(whole - side.prod(1).sum()) / own for whole, side in zip(total, sides, strict=True)]
    rows: list[Row] = [
        (made.of[volume], _name(known, made.of[volume]), float(effects[0]), float(totals[0] / units[volume]),
         float(totals[1] / units[volume]), 1),
        (MIX, tr("mix of segments"), float(effects[1]), np.nan, np.nan, 1),
    ]  # fmt: skip
    rows += [
        (made.of[i], _name(known, made.of[i]), float(effects[2 + at]), np.nan, np.nan, 1) for at, i in enumerate(others)
    ]
    scale = max(abs(side.prod(1)).sum() for side in sides) / own
    return rows + _moved_together(*(extra if abs(extra) > SAME * scale else 0.0 for extra in together))


def _cube(table: pd.DataFrame, parts: list[str], named: tuple[str, ...], span: pd.DatetimeIndex) -> np.ndarray:
    """segments × periods × parts; a segment without a row in a period had nothing in it."""
    wide = table.set_index(["segment", "period"])[parts]
    rows = wide.reindex(pd.MultiIndex.from_product([named, span])).fillna(0.0)
    return rows.to_numpy().reshape(len(named), len(span), -1)


def _over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.where(bottom != 0, top / np.where(bottom != 0, bottom, 1.0), np.nan)


def _filled(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each side, with the other's value where it has none, and 0 where neither has."""
    one = np.where(np.isnan(before), after, before)
    two = np.where(np.isnan(after), before, after)
    return np.nan_to_num(one), np.nan_to_num(two)
