"""The access table: which signed-in people have which role, by e-mail, by domain, or by a group of the provider.

Pure: the front door reads the file and hands over what stands in it. The strongest of the entries that fit gives the
role; the teams of all that fit are a person's own.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from models.refused import Refused
from models.roles import ROLES, Person, Role


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], BeforeValidator(_listed)]


class Grant(BaseModel):
    """One entry: whom it fits (any of the three) and what they get."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    email: Names = []
    domain: Names = []
    group: Names = []
    role: Role
    teams: Names = []

    @field_validator("email", "domain")
    @classmethod
    def _folded(cls, names: list[str]) -> list[str]:
        return [name.casefold().lstrip("@") for name in names]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.email or self.domain or self.group):
            raise ValueError("an entry names whom it fits: email, domain or group")
        if self.role == "contributor" and not self.teams:
            raise ValueError("a contributor needs teams: they may change what these answer for, and nothing else")
        wrong = next((name for name in self.email if "@" not in name), None)
        if wrong:
            raise ValueError(f"an e-mail address has an @, found {wrong!r}")
        return self

    def fits(self, email: str, verified: bool, groups: list[str]) -> bool:
        known = verified and (email in self.email or email.rpartition("@")[2] in self.domain)
        return known or any(group in self.group for group in groups)


class Access(BaseModel):
    """The whole table, and how long a sign-in lasts."""

    model_config = ConfigDict(extra="forbid")

    access: Annotated[list[Grant], Field(min_length=1)]
    groups_claim: str = "groups"
    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    session_hours: Annotated[int, Field(ge=1, le=30 * 24)] = 12

    def person(self, claims: Mapping[str, Any]) -> Person | None:
        """Who these claims of the provider stand for; None when no entry fits them."""
        email = str(claims.get("email") or "").strip().casefold()
        told = claims.get(self.groups_claim) or []
        groups = [told] if isinstance(told, str) else [str(group) for group in told] if isinstance(told, list) else []
        fits = [grant for grant in self.access if grant.fits(email, claims.get("email_verified") is not False, groups)]
        if not fits:
            return None
        role = max((grant.role for grant in fits), key=ROLES.index)
        teams = frozenset(team for grant in fits for team in grant.teams)
        return Person(email or str(claims.get("sub") or "unknown"), role, teams)


def read_access(content: Any, name: str) -> Access:
    """The table from what a YAML or TOML file says; raises Refused with every fault and its place."""
    try:
        return Access.model_validate(content)
    except ValidationError as error:
        faults = [f"{_place(fault['loc'])}: {_said(fault)}" for fault in error.errors()]
        raise Refused(f"{name}: {'; '.join(faults)}.") from None


def _place(where: tuple[int | str, ...]) -> str:
    return " ".join(f"entry {part + 1}" if isinstance(part, int) else str(part) for part in where) or "the file"


def _said(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "is not known here; entries hold email, domain, group, role, teams"
    if fault["type"] == "literal_error":
        return f"found {fault['input']!r}, expected one of {', '.join(ROLES)}"
    return str(fault["msg"]).removeprefix("Value error, ")
