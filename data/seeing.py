"""A store as one person sees it: the definitions in force without what is private to others, and answers kept.

Answers stay in memory until the data that they stand on change, so equal questions cost nothing; people who see the
same share them.
"""

from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from pathlib import Path
from typing import Self

from data import definitions
from data.answers import DEFINITIONS, Answer, Answers
from data.gate import StoreAway
from data.store import Connection, open_store
from models.company import Company
from models.language import ENGLISH, Language
from models.periods import end_of
from models.policy import POLICY, Policy
from models.roles import LOCAL, Person
from models.unseen import Called, Unseen, retired, unseen


class Seeing:
    """One store, and who asks. May be shared between threads: it keeps no connection open."""

    def __init__(self, path: Path | str, now: Callable[[], datetime], policy: Policy = POLICY):
        self.store = open_store(path)
        self.policy = policy
        self.person = Person(LOCAL)
        self._now = now
        self._everything = Answers(self.store)

    def patient(self) -> Self:
        """The same for pages: while a shared store is away they go on with what was answered before; see `away`."""
        view = copy(self)
        view._everything = self._everything.patient()
        return view

    def away(self) -> StoreAway | None:
        """What of the store cannot be reached just now; None where all is there."""
        try:
            self.store.look()
        except StoreAway as away:
            return away
        return None

    def today(self) -> date:
        return self._now().date()

    def data_version(self) -> int:
        """The version of the data; every committed write raises it."""
        return self._answers.version()

    def spoken(self) -> list[Language]:
        """The languages in which people asked last; English before anybody has asked."""
        return self._everything.languages() or [ENGLISH]

    def _read(self, ask: Callable[[Connection], Answer]) -> Answer:
        with self.store.read() as connection:
            return ask(connection)

    @property
    def _answers(self) -> Answers:
        """What has been answered to people who see the same as this one."""
        found = self._unseen()
        return self._everything.seen_by((found.objectives, found.teams)) if found else self._everything

    def _hidden(self) -> frozenset[str]:
        """Objectives that this person does not see, on any day: who may see is a matter of today."""
        if self.person.reach("see_private") == "any":
            return frozenset()
        return self._whole_company(self.today()).hidden_from(self.person, retired(self._called()))

    def _called(self) -> list[Called]:
        return self._everything.get(("called",), lambda: self._read(definitions.called))

    def _unseen(self) -> Unseen:
        """What this person does not see, with what hangs on it and what it is called."""
        if self.person.reach("see_private") == "any":
            return Unseen()
        company, hidden = self._whole_company(self.today()), self._hidden()
        key = ("unseen", hidden, frozenset(self.person.teams), self.person.reach("see_private"))
        return self._everything.get(key, lambda: unseen(company, self._called(), hidden, self.person))

    def _whole_company(self, day: date) -> Company:
        moment = end_of(day)
        return self._everything.get(
            ("company", moment), lambda: self._read(lambda c: definitions.company(c, moment)), DEFINITIONS
        )

    def company(self, as_of: date | None = None) -> Company:
        """The definitions in force at the end of a day, as far as this person sees them."""
        whole, hidden = self._whole_company(as_of or self.today()), self._hidden()
        if not hidden:
            return whole
        return self._answers.get(("seen", as_of or self.today()), lambda: whole.without(hidden), DEFINITIONS)
