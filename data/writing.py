"""What every part of the workspace that changes something stands on: who is writing and whether they may, and records
kept and read."""

import inspect
import logging
import time
from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, Self, TypeVar

from pydantic import BaseModel, ValidationError

from data import records
from data.answers import RECORDS
from data.gate import NotDone, NotNow, StoreError
from data.questions import Questions
from data.records import Record
from models import wrong
from models.language import tr
from models.periods import end_of
from models.policy import POLICY, Policy
from models.refused import Refused, Unavailable
from models.roles import ACTIONS, NotAllowed, Person

LOG = logging.getLogger("needle")  # silent until the server gives it a place to write
Given = ParamSpec("Given")
Result = TypeVar("Result")
Scope = Literal["key_result", "objective", "team"]


def needs(
    action: str, of: Scope | None = None, named: str | None = None
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Guard a method of the workspace: only a person who may do `action` gets in; others get NotAllowed.

    `of` says whose it is: the parameter of that name (or `named`) holds the id of a key result, an objective or a team,
    and a person who reaches only so far may do it to their own teams. Every public method that writes carries a guard.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no action of models/roles.py")

    def guard(method: Callable[Given, Result]) -> Callable[Given, Result]:
        signature = inspect.signature(method)

        @wraps(method)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            workspace: Any = args[0]
            given = signature.bind(*args, **kwargs).arguments.get(named or of) if of else None
            began, done = time.monotonic(), "refused"
            try:
                workspace.require(action, **({of: given} if of and given is not None else {}))
                done = "failed"
                result = method(*args, **kwargs)
                done = "done"
                return result
            except NotDone:
                raise
            except StoreError as error:  # told where it was to be done, as any refusal is
                raise (NotNow if isinstance(error, Unavailable) else NotDone)(str(error)) from error
            finally:
                ms = round(1000 * (time.monotonic() - began))
                facts = {"action": action, "user": workspace.who, "outcome": done, "ms": ms}
                LOG.info("action", extra={"facts": facts})

        guarded.__needs__ = (action, of)  # type: ignore[attr-defined]
        return guarded

    return guard


Body = TypeVar("Body", bound=BaseModel)


class Writing(Questions):
    """Questions, with a name to write under. One part of the workspace per file inherits from it."""

    def __init__(self, path: Path | str, now: Callable[[], datetime], who: str, policy: Policy = POLICY):
        super().__init__(path, now, policy)
        self.who = who
        self.store.who, self.store.now = lambda: self.who, now
        self.person = Person(who)

    def acting_as(self, person: Person) -> Self:
        """The same workspace for one person: it sees what they may see, and lets them do what they may do."""
        view = copy(self)
        view.person, view.who = person, person.name
        view.store = copy(self.store)  # which signs with the name of whom it acts for
        view.store.who = lambda: view.who
        return view

    def may(
        self, action: str, *, key_result: str | None = None, objective: str | None = None, team: str | None = None
    ) -> str:
        """Why the person may not do it (to this key result, objective or team); empty when they may."""
        if key_result is None and objective is None and team is None:
            return self.person.refusal(action)  # without a look into the store: it may be the one to be mended
        company = self._whole_company(self.today())
        if key_result is not None:
            team = company.team_of(key_result)
        elif objective is not None:
            team = company.team_of_objective(objective)
        return self.person.refusal(action, team, company.teams)

    def require(self, action: str, **whose: str) -> None:
        """Raises NotAllowed where `may` says why not."""
        why = self.may(action, **whose)
        if why:
            raise NotAllowed(why)

    def _records(self, kind: str, as_of: date | None = None) -> list[Record]:
        """The records of a kind as they stood at the end of a day (None: now); kept until the data changes."""
        moment = end_of(as_of) if as_of else None
        return self._answers.get(
            ("records", kind, moment), lambda: self._read(lambda c: records.standing(c, kind, moment)), RECORDS
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
        raise Refused(tr("nothing was saved: {why}.", why=wrong.sentence(error))) from error
