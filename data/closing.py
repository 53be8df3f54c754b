"""Closing a cycle: its whole scorecard is kept as it was agreed, whatever is loaded or defined later."""

import json
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from platform import python_version

import pandas as pd

from data import records
from data.writing import Writing, needs
from models.closing import ClosedCycle, ClosingRecord
from models.differences import differences
from models.frozen import freeze, thaw
from models.language import tr
from models.periods import end_of
from models.refused import Refused
from models.scorecard import Scorecard

KIND = "closing"
LIBRARIES = ("numpy", "pandas", "scipy", "duckdb")  # what the figures of a scorecard are computed with
COLUMNS = ["cycle", "at", "by", "as_of", "data_version", "note", "reason", "stands"]


class Closing(Writing):
    """Cycles closed, and what they looked like then."""

    @needs("close_cycle")
    def close_cycle(self, cycle: str, note: str = "", as_of: date | None = None, reason: str = "") -> ClosedCycle:
        """Freeze the scorecard of a cycle that is over. Closing it again needs a reason and keeps the earlier one."""
        day = as_of or self.today()
        if day > self.today():
            raise Refused(tr("a cycle cannot be closed as of a day to come, found {day}.", day=day))
        card = self.scorecard(cycle, day)
        if card.key_results.empty:
            raise Refused(tr("cycle {cycle!r} has no key results, so there is nothing to close.", cycle=cycle))
        if day < card.cycle.end:
            raise Refused(
                tr("cycle {cycle!r} runs until {end}; close it from that day on.", cycle=cycle, end=card.cycle.end)
            )
        before = self.closing(cycle)
        if before is not None and not reason.strip():
            raise Refused(
                tr(
                    "cycle {cycle!r} was closed on {day} by {who}; give a reason to close it again.",
                    cycle=cycle,
                    day=before.at.date(),
                    who=before.by,
                )
            )
        versions = {"python": python_version(), **{name: version(name) for name in LIBRARIES}}
        record = ClosingRecord(
            cycle=cycle, as_of=day, note=note.strip(), reason=reason.strip(), versions=versions, scorecard=freeze(card)
        )
        self._keep(KIND, [(cycle, record.model_dump(mode="json"))])
        closed = self.closing(cycle)
        assert closed is not None
        return closed

    def closing(self, cycle: str, as_of: date | None = None) -> ClosedCycle | None:
        """The closing of a cycle that stood at the end of a day (None: now); None when it was not closed."""
        found = next((record for record in self._records(KIND, as_of) if record.id == cycle), None)
        if found is None:
            return None
        closed: ClosedCycle = self._answers.get(("closing", cycle, found.changed_at), lambda: _closed(found))
        return replace(closed, card=closed.card.without(self._hidden()))

    def closings(self) -> pd.DataFrame:
        """Every closing ever, oldest first: COLUMNS; `stands` says which one holds."""
        with self.store.read() as connection:
            history = records.history(connection, KIND)
        rows = []
        for row in history.dropna(subset=["body"]).itertuples():
            body = json.loads(row.body)
            card = body["scorecard"]
            rows.append(
                (row.id, row.recorded_at, row.recorded_by, body["as_of"], card["data_version"], body["note"],
                 body["reason"])
            )  # fmt: skip
        frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
        frame["as_of"] = pd.to_datetime(frame["as_of"])
        return frame.assign(stands=~frame["cycle"].duplicated(keep="last"))

    def as_closed(self, cycle: str | None, team: str | None = None) -> Scorecard:
        """The frozen scorecard of a closed cycle; raises Refused for one that is open."""
        identifier = cycle or self.default_cycle() or ""
        found = self.closing(identifier)
        if found is None:
            known = ", ".join(record.id for record in self._records(KIND)) or tr("none")
            raise Refused(tr("cycle {cycle!r} is not closed; closed: {known}.", cycle=identifier, known=known))
        return found.card.of_team(team)

    def closed_series(self, cycle: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
        """Several series as they stood when a cycle was closed: kpi, segment, period, value, load_id."""
        found = self.closing(cycle)
        assert found is not None
        day = found.card.as_of
        key = ("closed series", cycle, found.at, tuple(sorted(set(pairs))))
        return self._answers.get(key, lambda: self._series(pairs, day, min(end_of(day), found.at)))

    def since_closing(self, cycle: str) -> pd.DataFrame:
        """What the scorecard of a closed cycle would say otherwise today, as `differences` tells it."""
        found = self.closing(cycle)
        assert found is not None
        live = self.scorecard(cycle)
        return self._answers.get(
            ("since closing", cycle, self.today(), found.at),
            lambda: differences(found.card.key_results, live.key_results),
        )


def _closed(record: records.Record) -> ClosedCycle:
    kept = ClosingRecord.model_validate(record.body)
    return ClosedCycle(
        record.changed_at, record.changed_by, kept.note, kept.reason, kept.versions, thaw(kept.scorecard)
    )
