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
from models.contributions import SAME, UNEXPLAINED, by_part, by_segment, segments_of, splits
from models.kpi import Kpi, MadeOf
from models.language import tr
from models.refused import Refused

AGAINST = ("year", "previous")
YEAR = {"day": 364, "week": 364}  # days: 52 whole weeks keep the weekdays aligned
MONTHS = {"month": 1, "quarter": 3}
HARDLY = 0.0005  # of the level: a change that shows as 0.0 %
FAINT = 0.01  # of the largest contribution: shares of a smaller change say nothing


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
    named = tuple(segments_of(made, table, now, then)) if segments else ()
    if segments and not splits(kpi, made, known, named):
        raise Refused(tr("{kpi} cannot be taken apart by segment: its parts have no segments.", kpi=kpi.label))
    levels = [_level(kpi, made, part) for part in (before, after)]
    rows = by_segment(kpi, made, known, table, named, then, now) if named else by_part(kpi, made, known, before, after)
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
