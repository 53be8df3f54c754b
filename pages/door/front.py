"""What the server tells the pages it runs: whether sign-in is on, and whom a signed-in person's claims stand for."""

from collections.abc import Mapping
from typing import Any

from models.roles import Person
from pages.door.access_file import AccessFile

_behind: list[AccessFile] = []  # set once, when the server starts with sign-in on; the same for everybody


def stand_behind(access: AccessFile) -> None:
    """The gate is up: people are whom this table says."""
    _behind[:] = [access]


def is_gated() -> bool:
    return bool(_behind)


def person(claims: Mapping[str, Any]) -> Person | None:
    """Whom the table, as it stands now, makes of these claims; None for somebody without a role."""
    return _behind[0].person(claims) if _behind and claims.get("is_logged_in") else None
