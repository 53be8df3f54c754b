"""Events on the timeline: written down, changed and taken back; every version stays on record."""

from datetime import date
from typing import Any

import pandas as pd
from pydantic import ValidationError

from data.writing import Writing, needs
from models import wrong
from models.event import Event, Kept, next_id
from models.language import tr
from models.refused import Refused

KIND = "event"


class Events(Writing):
    """What happened, as people wrote it down. Raises Refused for what cannot be an event."""

    def events(self, as_of: date | None = None) -> list[Kept]:
        """All events as known at the end of a day, in order of time."""
        kept = [
            Kept(Event.model_validate({"id": r.id, **r.body}), r.made_by, pd.Timestamp(r.made_at))
            for r in self._records(KIND, as_of)
        ]
        return sorted(kept, key=lambda one: (one.event.day, one.event.last, one.event.title))

    def events_of(self, kpi: str, as_of: date | None = None) -> list[Kept]:
        """Those that concern a KPI: its own, its team's, the company's."""
        owner = next((known.owner for known in self.company(as_of).kpis if known.id == kpi), None)
        return [one for one in self.events(as_of) if one.event.concerns(kpi, owner)]

    @needs("comment")
    def add_event(self, **said: Any) -> dict[str, Any]:
        """Write an event down: day, title and, if wanted, end, kind, note, kpis, team, id."""
        return self.add_events([said])

    @needs("comment")
    def add_events(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Write several down, all or none."""
        taken = {one.event.id for one in self.events()}
        made = []
        for number, said in enumerate(rows, start=1):
            event = self._event(said, taken, number if len(rows) > 1 else None)
            taken.add(event.id)
            made.append(event)
        self._keep(KIND, [(event.id, _body(event)) for event in made])
        return {"status": "added", "events": [event.id for event in made]}

    @needs("comment")
    def change_event(self, identifier: str, **said: Any) -> dict[str, Any]:
        """Change what is given of an event; the rest stays."""
        found = self._found(identifier)
        event = self._event({**found.model_dump(), **said, "id": identifier}, set(), None)
        if event == found:
            return {"status": "unchanged", "event": identifier}
        self._keep(KIND, [(identifier, _body(event))])
        return {"status": "changed", "event": identifier}

    @needs("comment")
    def remove_event(self, identifier: str) -> dict[str, Any]:
        """Take an event back; it stays on record."""
        self._found(identifier)
        self._keep(KIND, [(identifier, None)])
        return {"status": "removed", "event": identifier}

    def _found(self, identifier: str) -> Event:
        found = next((one.event for one in self.events() if one.event.id == identifier), None)
        if found is None:
            raise Refused(
                tr(
                    "there is no event {id!r}; the KPI review lists them (in the terminal: `event list`).",
                    id=identifier,
                )
            )
        return found

    def _event(self, said: dict[str, Any], taken: set[str], row: int | None) -> Event:
        where = "" if row is None else tr("event {number}: ", number=row)
        known = {name: value for name, value in said.items() if value not in (None, "", [])}
        try:
            event = Event.model_validate({"id": "new", **known})
        except ValidationError as error:
            name = wrong.place(error) or tr("event")
            raise Refused(f"{where}{name}: {wrong.said(error)}.") from error
        company = self.company()
        unknown = sorted(set(event.kpis) - {kpi.id for kpi in company.kpis})
        if unknown:
            raise Refused(where + tr("there is no KPI {id!r}; the KPI review lists them.",
                                     id=unknown[0]))  # fmt: skip
        if event.team is not None and event.team not in {team.id for team in company.teams}:
            named = ", ".join(team.id for team in company.teams) or tr("none")
            raise Refused(where + tr("there is no team {id!r}; teams: {teams}.", id=event.team, teams=named))
        if "id" not in known:
            return event.model_copy(update={"id": next_id(event.day, taken)})
        if event.id in taken:
            raise Refused(where + tr("there is an event {id!r} already; give another id or change that one.",
                                     id=event.id))  # fmt: skip
        return event


def _body(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
