"""What happened at a company and may explain a turn of a KPI: a launch, an outage, a new price. Shown on the charts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from models.definition import Definition, Identifier, Text
from models.language import tr

Kind = Literal["launch", "outage", "price", "campaign", "policy", "data", "other"]


def kinds() -> dict[str, tuple[str, str]]:
    """Kind → (icon, word), in the order in which they are offered."""
    return {
        "launch": ("△", tr("Launch")),
        "outage": ("⚠", tr("Outage")),
        "price": ("◇", tr("Price change")),
        "campaign": ("✦", tr("Campaign")),
        "policy": ("§", tr("New rule")),
        "data": ("≠", tr("Change of measurement")),
        "other": ("○", tr("Other")),
    }


class Event(Definition):
    """One event, on a day or from `day` to `end`. It concerns the KPIs and the team named; with neither, everyone."""

    id: Identifier
    day: date
    end: date | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)]
    note: Text = ""
    kind: Kind = "other"
    kpis: list[Identifier] = Field(default_factory=list)
    team: Identifier | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end is not None and self.end < self.day:
            raise ValueError(tr("the event ends on {end}, before it begins on {day}", end=self.end, day=self.day))
        return self

    @property
    def last(self) -> date:
        return self.end or self.day

    def concerns(self, kpi: str | None = None, owner: str | None = None) -> bool:
        """Whether it belongs on the chart of a KPI that a team owns: named itself, its team named, or company-wide."""
        if not self.kpis and not self.team:
            return True
        return kpi in self.kpis or (self.team is not None and self.team == owner)


@dataclass(frozen=True)
class Kept:
    """An event as it stands, and who wrote it down when."""

    event: Event
    made_by: str
    made_at: pd.Timestamp


def numbered(kept: list[Kept], first: date, last: date) -> list[tuple[int, Kept]]:
    """Those that touch the days from `first` to `last`, numbered from 1 in order of time, as marks on a chart are."""
    inside = [one for one in kept if one.event.day <= last and one.event.last >= first]
    inside.sort(key=lambda one: (one.event.day, one.event.last, one.event.title))
    return list(enumerate(inside, start=1))


def next_id(day: date, taken: set[str]) -> str:
    """`2026-03-01`, or with a number behind it when the day has an event already."""
    name, number = day.isoformat(), 1
    while name in taken:
        number += 1
        name = f"{day.isoformat()}-{number}"
    return name


def span_of(series: pd.DataFrame) -> tuple[date, date] | None:
    """First and last day drawn by a chart of `series` (period, value), with room for the last period."""
    known = series.dropna(subset=["value"])["period"]
    if known.empty:
        return None
    return known.iloc[0].date(), known.iloc[-1].date() + timedelta(days=31)
