"""What a person does not see: private objectives, what hangs on them, and texts that call them by name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.company import Company
from models.okr import Objective
from models.roles import Person, beneath

SHORTEST = 8  # letters of a name that gives something away; shorter ones stand in any text


@dataclass(frozen=True)
class Called:
    """A key result or objective that is or was in use: its `titles` over time, and its objective or its team."""

    kind: str
    id: str
    titles: tuple[str, ...]
    body: Mapping[str, Any]  # of its last version in use
    retired: bool


@dataclass(frozen=True)
class Unseen:
    """What is private and not for one person's eyes, in use or not. Empty for whoever sees everything."""

    objectives: frozenset[str] = frozenset()
    key_results: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()  # private as a whole
    names: tuple[str, ...] = field(default=(), repr=False)  # as texts would call them, in lower case

    def __bool__(self) -> bool:
        return bool(self.objectives or self.teams)

    def named_in(self, text: str) -> bool:
        """Whether a text calls something private by its title or id."""
        low = text.casefold()
        return any(name in low for name in self.names)

    def covers(self, team: str | None = None, key_result: str | None = None, text: str = "") -> bool:
        """Whether something said is as private as what it is about."""
        return team in self.teams or key_result in self.key_results or (bool(text) and self.named_in(text))


def retired(called: Iterable[Called]) -> list[Objective]:
    """The objectives that are out of use: they stay as private as they were."""
    return [Objective.model_validate(one.body) for one in called if one.kind == "objective" and one.retired]


def unseen(company: Company, called: Collection[Called], hidden: frozenset[str], person: Person) -> Unseen:
    """What a person does not see, from the objectives that are hidden from them."""
    closed = frozenset(team.id for team in company.teams if team.private)
    if person.reach("see_private") == "any":
        return Unseen()
    own = beneath(person.teams, company.teams) if person.reach("see_private") == "own" else frozenset()
    rows = frozenset(one.id for one in called if one.kind == "key_result" and one.body.get("objective") in hidden)
    names = {
        name.casefold()
        for one in called
        if one.id in (hidden if one.kind == "objective" else rows)
        for name in (one.id, *one.titles)
        if len(name) >= SHORTEST and not name.isalpha()  # a single word is no name
    }
    return Unseen(hidden, rows, closed - own, tuple(sorted(names)))
