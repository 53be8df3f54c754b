"""Why did a KPI change between two spans? What each of the KPIs that it is made of brought, adding up exactly.

A sum is taken apart by differences, a product and a ratio by Shapley values (models/shapley.py). In a product whose one
volume is summed (orders × price), the other factors are means weighted by it, so that volume times price is the total;
where several rates move together inside a span, what that adds is a contribution of its own. Both spans hold the same
number of periods: a period counts when it and its counterpart are complete. What the parts do not explain of the
recorded change is stated as such and never spread over them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models import periods
from models.amounts import POINTS, percent, signed
from models.language import tr
from models.made import share_of
from models.okr import Kpi, MadeOf
from models.refused import Refused
from models.shapley import of_product, of_ratio

AGAINST = ("year", "previous")
YEAR = {"day": 364, "week": 364}  # days: 52 whole weeks keep the weekdays aligned
MONTHS = {"month": 1, "quarter": 3}
SAME = 1e-9  # share of the level below which a remainder is rounding
HARDLY = 0.0005  # of the level: a change that shows as 0.0 %
FAINT = 0.01  # of the largest contribution: shares of a smaller change say nothing
MIX, TOGETHER, WITHIN, UNEXPLAINED = "mix", "together", "within", "unexplained"  # contributions that are no KPI


@dataclass(frozen=True)
class Decomposition:
    """`parts`: part (a KPI's id, or MIX, TOGETHER, WITHIN, UNEXPLAINED), name, effect (in the KPI's unit), share (of
    the change; missing when there is next to none), before, after (level of the part in its own unit; missing if it has
    none), sign (−1: subtracted, or below the line of a ratio).

    The effects sum to `after` − `before`. The spans are first and last period starts; `periods` are in each of them,
    `left_out` more had no value for every part, then or now.
    """

    kpi: str
    name: str
    unit: str
    how: str
    against: str
    cadence: str
    span: tuple[pd.Timestamp, pd.Timestamp]
    base: tuple[pd.Timestamp, pd.Timestamp]
    periods: int
    left_out: int
    before: float
    after: float
    parts: pd.DataFrame = field(repr=False)
    segments: tuple[str, ...] = ()  # the segments between which the mix may shift; empty: not taken apart by them

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def unexplained(self) -> float:
        """What the parts leave of the recorded change."""
        return float(self.parts.loc[self.parts["part"] == UNEXPLAINED, "effect"].sum())

    @property
    def sentence(self) -> str:
        """`Revenue fell 4.0 % (−120,000 EUR): orders −150,000, price per order +30,000.`"""
        moved = self._moved()
        known = self.parts[self.parts["part"] != UNEXPLAINED]
        listed = ", ".join(f"{row.name} {signed(self.shown(row.effect))}" for row in known.itertuples(index=False))
        said = tr("{moved}: {parts}.", moved=moved, parts=listed)
        if not self.unexplained:
            return said
        rest = tr(
            "{amount} is not explained: the parts do not come to what was recorded.",
            amount=signed(self.shown(self.unexplained)),
        )
        return f"{said} {rest}"

    def shown(self, effect: float) -> float:
        """An effect for people: no finer than a thousandth of the largest one beside it."""
        largest = float(self.parts["effect"].abs().max())
        return round(effect, 3 - math.floor(math.log10(largest))) + 0.0 if largest else effect

    def _moved(self) -> str:
        unit = tr("points") if self.unit in POINTS else self.unit
        amount = f"{signed(self.change)} {unit}".strip()
        if abs(self.change) <= SAME * max(abs(self.before), abs(self.after)):
            return tr("{name} did not change", name=self.name)
        rose = self.change > 0
        if self.unit in POINTS or not self.before > 0:
            if rose:
                return tr("{name} rose ({amount})", name=self.name, amount=amount)
            return tr("{name} fell ({amount})", name=self.name, amount=amount)
        share = percent(abs(self.change) / self.before)
        if abs(self.change) < HARDLY * self.before:
            return tr("{name} hardly changed ({amount})", name=self.name, amount=amount)
        if rose:
            return tr("{name} rose {share} ({amount})", name=self.name, share=share, amount=amount)
        return tr("{name} fell {share} ({amount})", name=self.name, share=share, amount=amount)


def decompose(
    kpi: Kpi,
    known: Mapping[str, Kpi],
    values: pd.DataFrame,
    start: object,
    end: object,
    against: str = "year",
    *,
    segments: bool = False,
) -> Decomposition:
    """The change of `kpi` from the base to the periods that start in [start, end], taken apart.

    values: kpi, segment, period, value of the KPI and its parts, complete periods only. `against`: `year` (52 weeks or
    12 months earlier) or `previous` (as many periods just before). `segments` takes a ratio or a product of a volume
    and a price apart by segment too: volume, mix, price. Raises Refused where there is nothing to take apart.
    """
    made = kpi.arithmetic
    if made is None:
        raise Refused(tr("{kpi} is not made of other KPIs: write `made_of` in its definition.", kpi=kpi.label))
    if against not in AGAINST:
        raise Refused(tr("against is `year` or `previous`, found {found}.", found=repr(against)))
    table = _table(kpi, made, known, values)
    whole = table[table["segment"] == "all"].set_index("period").drop(columns="segment")
    now, then, due = _pairs(kpi, whole, pd.Timestamp(str(start)), pd.Timestamp(str(end)), against)
    after, before = whole.loc[now], whole.loc[then]
    if kpi.aggregation == "last":
        after, before, now, then = after.tail(1), before.tail(1), now[-1:], then[-1:]
    named = tuple(_segments(made, table, now, then)) if segments else ()
    if segments and not _splits(kpi, made, known, named):
        raise Refused(tr("{kpi} cannot be taken apart by segment: its parts have no segments.", kpi=kpi.label))
    levels = [_level(kpi, made, part) for part in (before, after)]
    if named:
        rows = _by_segment(kpi, made, known, table, named, then, now)
    else:
        rows = _by_part(kpi, made, known, before, after)
    explained = sum(row[2] for row in rows)
    rest = levels[1] - levels[0] - explained
    if abs(rest) > SAME * max(abs(levels[0]), abs(levels[1]), *(abs(row[2]) for row in rows)):
        rows.append((UNEXPLAINED, tr("not explained"), rest, np.nan, np.nan, 1))
    frame = pd.DataFrame(rows, columns=["part", "name", "effect", "before", "after", "sign"])
    change = levels[1] - levels[0]
    told = abs(change) > FAINT * frame["effect"].abs().max()
    frame["share"] = frame["effect"] / change if told else np.nan
    return Decomposition(
        kpi.id, kpi.label, kpi.unit, made.how, against, kpi.cadence, (now[0], now[-1]), (then[0], then[-1]), len(now),
        0 if kpi.aggregation == "last" else due - len(now), levels[0], levels[1], frame, named,
    )  # fmt: skip


# -- the spans ---------------------------------------------------------------------------------------------------------


def _table(kpi: Kpi, made: MadeOf, known: Mapping[str, Kpi], values: pd.DataFrame) -> pd.DataFrame:
    """segment, period, the KPI and its parts as columns, at the KPI's cadence; rows in which all are known."""
    mine = values[values["kpi"] == kpi.id]
    anchor = int(mine["period"].iloc[-1].day_of_week) if len(mine) else 0
    frames = [mine]
    for part in made.parts:
        rows = values[values["kpi"] == part]
        cadence = known[part].cadence if part in known else kpi.cadence
        frames.append(rows if cadence == kpi.cadence else _coarser(rows, known[part], kpi, anchor))
    table = pd.concat(frames).pivot_table(index=["segment", "period"], columns="kpi", values="value", aggfunc="last")
    table = table.reindex(columns=[kpi.id, *made.parts])
    return table[table[made.parts].notna().all(axis=1)].reset_index()


def _coarser(rows: pd.DataFrame, part: Kpi, kpi: Kpi, anchor: int) -> pd.DataFrame:
    """A part's values put together into the KPI's longer periods; only whole ones."""
    allowed = {"week": ("day",), "month": ("day",), "quarter": ("day", "month")}.get(kpi.cadence, ())
    if part.cadence not in allowed:
        raise Refused(
            tr(
                "{kpi} comes by {cadence} and {part} by {other}: their periods do not fit into each other.",
                kpi=kpi.label,
                cadence=kpi.cadence,
                part=part.label,
                other=part.cadence,
            )
        )
    day = rows["period"]
    if kpi.cadence == "week":
        begin = day - pd.to_timedelta((day.dt.day_of_week - anchor) % 7, unit="D")
    else:
        begin = day.dt.to_period("M" if kpi.cadence == "month" else "Q").dt.start_time
    how = {"sum": "sum", "last": "last"}.get(part.aggregation, "mean")
    grouped = rows.assign(period=begin.astype(day.dtype)).groupby(["kpi", "segment", "period"])["value"]
    out = grouped.agg(value=how, found="count").reset_index()
    days = (periods.period_end(out["period"], kpi.cadence) - out["period"]).dt.days + 1
    return out[out["found"] >= (3 if part.cadence == "month" else days)].drop(columns="found")


def _pairs(
    kpi: Kpi, whole: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, against: str
) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex, int]:
    """The periods of the span and their counterparts, complete in both; and how many there could be."""
    whole = whole[whole[kpi.id].notna()]
    inside = pd.DatetimeIndex(whole.index[(whole.index >= start) & (whole.index <= end)])
    if inside.empty:
        raise Refused(
            tr("{kpi} and its parts have no complete period between {start:%Y-%m-%d} and {end:%Y-%m-%d}.",
               kpi=kpi.label, start=start, end=end)
        )  # fmt: skip
    first, last = inside[0], inside[-1]
    if kpi.cadence in MONTHS:
        step = MONTHS[kpi.cadence]
        due = ((last.year - first.year) * 12 + last.month - first.month) // step + 1
        earlier = inside - pd.DateOffset(months=12 if against == "year" else due * step)
    else:
        step = 7 if kpi.cadence == "week" else 1
        due = (last - first).days // step + 1
        earlier = inside - pd.Timedelta(days=YEAR[kpi.cadence] if against == "year" else due * step)
    both = earlier.isin(whole.index)
    if not both.any():
        before = tr("a year earlier") if against == "year" else tr("just before")
        raise Refused(tr("{kpi} and its parts have no values {before} to compare with.", kpi=kpi.label, before=before))
    return inside[both], pd.DatetimeIndex(earlier[both]), due


def _level(kpi: Kpi, made: MadeOf, rows: pd.DataFrame) -> float:
    """What was recorded of the KPI in a span: summed or averaged; a ratio weighted by its denominator."""
    own = rows[kpi.id]
    if made.how == "ratio":
        weight = rows[made.of[1]]
        return float((own * weight).sum() / weight.sum()) if weight.sum() else float(own.mean())
    return float(own.sum() if kpi.aggregation == "sum" else own.mean())


# -- the contributions -------------------------------------------------------------------------------------------------

Row = tuple[str, str, float, float, float, int]  # part, name, effect, before, after, sign


def _by_part(kpi: Kpi, made: MadeOf, known: Mapping[str, Kpi], before: pd.DataFrame, after: pd.DataFrame) -> list[Row]:
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


def _segments(made: MadeOf, table: pd.DataFrame, now: pd.DatetimeIndex, then: pd.DatetimeIndex) -> list[str]:
    mine = table[(table["segment"] != "all") & table["period"].isin(now.union(then))]
    return sorted(mine["segment"].unique())


def _splits(kpi: Kpi, made: MadeOf, known: Mapping[str, Kpi], named: tuple[str, ...]) -> bool:
    """Whether segments say more: two or more, of a ratio or of a summed volume times rates."""
    volume = made.how == "product" and _volume(made, known) is not None
    return len(named) > 1 and (made.how == "ratio" or volume)


def _by_segment(
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
