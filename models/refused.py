"""The errors that are meant for people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.language import tr


class Refused(Exception):
    """The request cannot be done; the message says what, where, what was found and what to do."""


class Unavailable(Exception):
    """It cannot be done just now; the same again, later, may do."""


@dataclass(frozen=True)
class Difference:
    """One field on which two editors disagree: what both saw, what is stored meanwhile, what was to be stored."""

    field: str
    base: Any
    theirs: Any
    mine: Any


class Conflict(Refused):
    """Somebody else changed it since the editor saw it; nothing was stored.

    `base`, `theirs` and `mine` are the definition as JSON objects: as the editor saw it, as it stands, as it was to be.
    An object is empty where there was no definition, or it was retired. `version` is the one that stands.
    """

    def __init__(
        self, what: str, base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any], *,
        version: int, by: str, at: datetime,
    ):  # fmt: skip
        self.base, self.theirs, self.mine = base, theirs, mine
        self.version, self.by, self.at = version, by, at
        changed = ", ".join(difference.field for difference in self.differences) or tr("nothing that you changed")
        super().__init__(
            tr(
                "{what} was changed by {by} on {at} UTC while you edited it ({changed}); nothing was stored. "
                "Look at what changed, and save again.",
                what=what[:1].upper() + what[1:],
                by=by,
                at=f"{at:%Y-%m-%d %H:%M}",
                changed=changed,
            )
        )

    @property
    def differences(self) -> list[Difference]:
        """The fields that they changed since the editor saw them, in their order."""
        names = [*self.theirs, *(name for name in self.base if name not in self.theirs)]
        return [
            Difference(name, self.base.get(name), self.theirs.get(name), self.mine.get(name))
            for name in names
            if self.base.get(name) != self.theirs.get(name)
        ]

    @property
    def merged(self) -> dict[str, Any] | None:
        """Both changes together, where no field was changed to two values; else None."""
        out = dict(self.theirs)
        for name in {*self.mine, *self.base}:
            if self.mine.get(name) == self.base.get(name):
                continue
            if self.theirs.get(name) not in (self.base.get(name), self.mine.get(name)):
                return None
            if name in self.mine:
                out[name] = self.mine[name]
            else:
                out.pop(name, None)
        return out
