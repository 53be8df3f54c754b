"""What every part of the workspace that changes something stands on: who is writing, and records kept and read."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from data import records
from data.questions import Questions, end_of
from data.records import Record
from models.policy import POLICY, Policy
from models.refused import Refused

Body = TypeVar("Body", bound=BaseModel)


class Writing(Questions):
    """Questions, with a name to write under. One part of the workspace per file inherits from it."""

    def __init__(self, path: Path | str, now: Callable[[], datetime], who: str, policy: Policy = POLICY):
        super().__init__(path, now, policy)
        self.who = who

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


def as_json(body: BaseModel) -> dict[str, Any]:
    """What is kept of a record: its fields that say something."""
    return body.model_dump(mode="json", exclude_defaults=True)


def checked(kind: type[Body], body: dict[str, Any]) -> Body:
    """The body as its class reads it. Raises Refused with the first thing that is wrong."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise Refused(f"nothing was saved: {where}: {said}." if where else f"nothing was saved: {said}.") from error
