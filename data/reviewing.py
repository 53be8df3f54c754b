"""The weekly or monthly business review: all KPIs in one table, one KPI in depth, and which segment made a change."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from data import as_known
from data.events import Events
from data.questions import defined_kpi, listed, with_parts
from models import company as frames
from models import readings, trend_values
from models.company import Company
from models.freshness import freshness
from models.kpi import Kpi
from models.language import tr
from models.periods import end_of, period_end
from models.reach import reach_of_review
from models.refused import Refused
from models.review import Dots, dots, periods_in_dot, review
from models.segment_contributions import Contributions
from models.segment_spans import Span, change_by_segment
from models.shifts import parts
from models.trend import Months, Trend, trend
from models.xmr import XmR, xmr

Readable = Literal["week", "month", "ytd", "cycle"]


@dataclass(frozen=True)
class Review:
    """The review of all KPIs on day `at`: models.review's columns and name, owner, team_name, unit, direction,
    cadence, aggregation, segment, state (fresh, late, never) and days_late."""

    at: date
    rows: pd.DataFrame


@dataclass(frozen=True)
class KpiReview:
    """One KPI in depth on day `at`. `target` is a level per period of the KPI, `dot_target` per drawn period."""

    kpi: Kpi
    segment: str
    at: date
    trend: Trend
    dots: pd.DataFrame  # period, value
    xmr: XmR
    target: float | None
    dot_target: float | None


class Reviewing(Events):
    """What a business review asks. Values and definitions as known at the end of `as_of` (None: now)."""

    def review_day(self, as_of: date | None = None) -> date:
        """The day on which a review stands by itself: the last one by which half of the KPIs have their values."""
        kpis = self.kpis()
        ends = period_end(self._last_periods(kpis), kpis["cadence"]).dropna()
        today = pd.Timestamp(as_of or self.today())
        ends = ends.clip(upper=today).sort_values()
        return today.date() if ends.empty else ends.iloc[len(ends) // 2].date()

    def last_day(self, kpi: str, as_of: date | None = None) -> date:
        """The last day that the values of a KPI cover, not later than `as_of`."""
        kpis = self.kpis()
        ends = period_end(self._last_periods(kpis), kpis["cadence"])[kpis["id"] == kpi].dropna()
        today = as_of or self.today()
        return today if ends.empty else min(today, ends.iloc[0].date())

    def _last_periods(self, kpis: pd.DataFrame) -> pd.Series:
        """First day of the last period of each KPI, of a ratio that of the older of its parts."""
        known = kpis.set_index("id")["last"].astype("datetime64[ns]")
        parts = pd.concat([known.reindex(kpis[part]).reset_index(drop=True) for part in ("numerator", "denominator")],
                          axis=1)  # fmt: skip
        return kpis["last"].astype("datetime64[ns]").fillna(parts.min(axis=1, skipna=False))

    def review(
        self, at: date, *, cycle: str | None = None, as_of: date | None = None, fiscal_year_end: int = 12
    ) -> Review:
        """Every KPI that has values, in the order of the definitions."""
        day = as_of or self.today()
        key = ("review", at, cycle, day, fiscal_year_end)
        return self._answers.get(key, lambda: self._review(at, cycle, day, fiscal_year_end))

    def _review(self, at: date, cycle: str | None, day: date, fiscal_year_end: int) -> Review:
        company = self.company(day)
        kpis = frames.kpi_frame(company.kpis)
        since = reach_of_review(company, at)
        whole = self._answers.get(
            ("review values", day, min(since.values(), default=None)),
            lambda: self._main_series(company, day, since),
        )
        targets = level_targets(company, cycle)
        segment = whole.drop_duplicates("kpi").set_index("kpi")["segment"]
        wanted = {kpi: level for (kpi, part), level in targets.items() if segment.get(kpi) == part}
        rows = review(whole, kpis, wanted, at, fiscal_year_end=fiscal_year_end, policy=self.policy)
        last = whole.groupby("kpi", sort=False)["period"].max().rename("last").reset_index()
        fresh = freshness(kpis, last, day, self.policy).set_index("kpi")[["state", "days_late"]]
        about = kpis.set_index("id")[["name", "owner", "unit", "direction", "cadence", "aggregation"]]
        teams = {team.id: team.label for team in company.teams}
        rows = rows.join(about, on="kpi").join(fresh, on="kpi").assign(segment=rows["kpi"].map(segment))
        return Review(at, rows.assign(team_name=rows["owner"].map(teams).fillna(rows["owner"])))

    def _main_series(self, company: Company, day: date, since: dict[str, date]) -> pd.DataFrame:
        """kpi, segment, period, value, weight of one series per KPI: the total, or its first segment without one."""
        names = [kpi.id for kpi in company.kpis]
        observed = self._read(lambda c: as_known.observations(c, names, end_of(day), since, daily=True))
        whole = readings.with_derived(observed, frames.kpi_frame(company.kpis))
        totals = set(whole.loc[whole["segment"] == "all", "kpi"].unique())
        first = whole.groupby("kpi", sort=False)["segment"].transform("min")
        return whole[(whole["segment"] == "all") | (~whole["kpi"].isin(totals) & (whole["segment"] == first))]

    def trend(
        self,
        kpi: str,
        at: date,
        *,
        segment: str = "all",
        fiscal_year_end: int = 12,
        months: Months = "trailing",
        as_of: date | None = None,
    ) -> Trend:
        """The weekly and monthly review of one KPI at a day, from what was known at the end of `as_of`.

        Raises Refused for a KPI nobody defined, and for a segment of which there is no value though others have some.
        """
        known_at = as_of or self.today()
        company = self.company(known_at)
        found = defined_kpi(company, kpi)
        mine = self._whole(company, found, known_at)
        own = mine[mine["segment"] == segment]
        if own.empty and len(mine) and segment != "all":
            raise Refused(
                tr(
                    "{id} has no segment {segment!r}; segments: {known}.",
                    id=kpi,
                    segment=segment,
                    known=listed(list(mine["segment"].unique())),
                )
            )
        return trend(
            own[["period", "value", "weight"]],
            cadence=found.cadence,
            aggregation=found.aggregation,
            at=at,
            fiscal_year_end=fiscal_year_end,
            months=months,
            policy=self.policy,
        )

    def review_of(
        self,
        kpi: str,
        at: date,
        *,
        segment: str = "all",
        cycle: str | None = None,
        as_of: date | None = None,
        fiscal_year_end: int = 12,
        months: Months = "trailing",
    ) -> KpiReview:
        """One KPI in depth; its figures are those that `trend` gives. Raises Refused for a KPI nobody defined."""
        day = as_of or self.today()
        found = self.trend(kpi, at, segment=segment, fiscal_year_end=fiscal_year_end, months=months, as_of=as_of)
        company = self.company(day)
        known = next(one for one in company.kpis if one.id == kpi)
        whole = self._whole(company, known, day)
        own = whole[whole["segment"] == segment]
        values = trend_values.of_one(own, known.cadence, known.aggregation, self.policy)
        drawn: Dots = dots(values, known.aggregation, at, self.policy)
        series = pd.DataFrame({"period": drawn.period.astype("datetime64[ns]"), "value": drawn.value[0]}).dropna()
        target = level_targets(company, cycle).get((kpi, segment))
        dot_target = None if target is None else target * periods_in_dot(known.cadence, known.aggregation)
        part = parts(np.zeros(len(series), dtype=int), series["value"].to_numpy(), self.policy.dots_for_limits)
        chart = xmr(series["value"], known.direction, dot_target, np.flatnonzero(np.diff(part)) + 1)
        return KpiReview(known, segment, at, found, series.reset_index(drop=True), chart, target, dot_target)

    def _whole(self, company: Company, kpi: Kpi, day: date) -> pd.DataFrame:
        """kpi, segment, period, value, weight: every segment of a KPI, with what is computed."""
        names = with_parts(company, {kpi.id})
        observed = self._answers.get(
            ("observations", tuple(names), day),
            lambda: self._read(lambda c: as_known.observations(c, names, end_of(day))),
        )
        whole = readings.with_derived(observed, frames.kpi_frame(company.kpis))
        return whole[whole["kpi"] == kpi.id]

    def segments_of(self, kpi: str, as_of: date | None = None) -> list[str]:
        """The segments of a KPI that have values, the total (`all`) first."""
        day = as_of or self.today()
        company = self.company(day)
        known = next((one for one in company.kpis if one.id == kpi), None)
        if known is None:
            return []
        found = self._whole(company, known, day)["segment"].unique().tolist()
        return sorted(found, key=lambda name: (name != "all", name))

    def segment_change(
        self,
        kpi: str,
        at: date,
        span: Readable,
        *,
        cycle: str | None = None,
        as_of: date | None = None,
        fiscal_year_end: int = 12,
    ) -> tuple[Span, Contributions]:
        """Which segment made the change of a span against the one before. Raises Refused without one."""
        day = as_of or self.today()
        company = self.company(day)
        known = next((one for one in company.kpis if one.id == kpi), None)
        if known is None:
            raise Refused(tr("there is no KPI {id!r}.", id=kpi))
        window = None
        if span == "cycle":
            defined = company.cycle(cycle or "")
            if defined is None or defined.start > at:
                raise Refused(tr("the cycle {id!r} has not begun on {day}.", id=cycle, day=at))
            window = (defined.start, defined.end)
        return change_by_segment(
            self._whole(company, known, day), known.cadence, known.aggregation, at, span, window,
            fiscal_year_end=fiscal_year_end, policy=self.policy,
        )  # fmt: skip


def level_targets(company: Company, cycle: str | None) -> dict[tuple[str, str], float]:
    """(KPI, segment) → target of the first key result of the cycle that asks for a level of that very series."""
    found: dict[tuple[str, str], float] = {}
    if cycle is None:
        return found
    for _, kr in company.of_cycle(cycle)[1]:
        if kr.kind not in ("increase", "decrease") or kr.reading == "sum" or kr.target is None:
            continue
        for link in kr.all_links:
            if link.role == "measure":
                found.setdefault((link.kpi, link.segment), float(kr.target))
    return found
