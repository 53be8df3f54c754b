"""What is planned: objectives and key results with their versions, talk about them, ids made from titles."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from models.definition import Definition
from models.kpi import Kpi
from models.okr import KeyResult, Objective

LONGEST_SLUG = 80  # characters of an id that is made from a title


class Comment(Definition):
    """What somebody said about an objective or a key result: `on` is "objective/ID" or "key_result/ID"; `reply_to` is
    the id of the comment that it answers."""

    on: Annotated[str, Field(pattern=r"^(objective|key_result)/.+$")]
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    reply_to: str | None = None


@dataclass(frozen=True)
class Stamp:
    """The version of a definition that stands (counted from 1), and who wrote it when."""

    version: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Planned:
    """An objective of a cycle with its key results, each with its stamp. `published` is the first version that was no
    draft; None while it still is one."""

    objective: Objective
    stamp: Stamp
    published: Stamp | None = None
    key_results: list[tuple[KeyResult, Stamp]] = field(default_factory=list)

    @property
    def rows(self) -> list[KeyResult]:
        return [kr for kr, _ in self.key_results]


@dataclass(frozen=True)
class Edit:
    """A definition to be saved, or None to retire it, on the version that the editor saw (0: it is new).

    `objective` is the home of a key result; None leaves it where it is.
    """

    kind: str  # objective, key_result, kpi
    id: str
    definition: Objective | KeyResult | Kpi | None
    based_on: int
    objective: str | None = None


def slug(title: str) -> str:
    """`Users love us: 70!` -> `users-love-us-70`."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title).casefold())
    return "-".join(words)[:LONGEST_SLUG]


def fresh_id(title: str, taken: Collection[str]) -> str:
    """An id from a title that nobody has: the second `nps` is `nps-2`."""
    made = slug(title) or "new"
    number, found = 1, made
    while found in taken:
        number += 1
        found = f"{made}-{number}"
    return found
