"""Tokens: what a program shows to be let in. Kept as a hash; the token itself is known only to who was shown it."""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from models.language import mark
from models.roles import Person

Scope = Literal["read", "push"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SAYS: dict[Scope, str] = {
    "read": mark("Read scorecards and their evidence; nothing private."),
    "push": mark("Bring KPI values, through the same checks as a file."),
}
_ACTIONS: dict[Scope, frozenset[str]] = {"read": frozenset({"read"}), "push": frozenset({"upload"})}
PREFIX = "needle"  # so that a scanner for forgotten secrets can find one


class Token(BaseModel):
    """One token as kept. Its secret has 256 random bits, so a plain hash cannot be turned back."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=80)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    expires: datetime

    def opens(self, secret: str, moment: datetime) -> bool:
        return moment < self.expires and hmac.compare_digest(self.hash, hashed(secret))

    def person(self, identifier: str) -> Person:
        """Whom a program with this token stands for: it sees nothing private and does only what its scopes hold."""
        only = frozenset().union(*(_ACTIONS[scope] for scope in self.scopes))
        return Person(f"token {self.name} ({identifier})", "analyst", only=only)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def spelled(identifier: str, secret: str) -> str:
    """The token as its owner is shown it, once."""
    return f"{PREFIX}_{identifier}_{secret}"


def parts_of(text: str) -> tuple[str, str] | None:
    """Identifier and secret; None for what is no token."""
    parts = text.split("_", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == PREFIX and parts[1] and parts[2] else None
