"""What every part of the workspace that changes something stands on: who is writing, and records kept and read."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data import records
from data.questions import Questions, end_of
from data.records import Record
from models.policy import POLICY, Policy


class Writing(Questions):
    """Questions, with a name to write under. One part of the workspace per file inherits from it."""

    def __init__(self, path: Path | str, now: Callable[[], datetime], who: str, policy: Policy = POLICY):
        super().__init__(path, now, policy)
        self.who = who
        self.store.who, self.store.now = lambda: self.who, now

    def _records(self, kind: str, as_of: date | None = None) -> list[Record]:
        """The records of a kind as they stood at the end of a day (None: now); kept until the data changes."""
        moment = end_of(as_of) if as_of else None
        return self._answers.get(
            ("records", kind, moment), lambda: self._read(lambda c: records.standing(c, kind, moment))
        )

    def _keep(self, kind: str, entries: list[tuple[str, dict[str, Any] | None]], at: datetime | None = None) -> None:
        """Record a version of each (id, body) in one transaction; None takes the record back."""
        with self.store.write() as connection:
            records.append(connection, kind, entries, at or self._now(), self.who)
