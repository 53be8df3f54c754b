"""Tokens made, listed and revoked."""

import secrets
from datetime import timedelta
from typing import Any

import pandas as pd
from pydantic import ValidationError

from data.writing import Writing, needs
from models import wrong
from models.language import tr
from models.refused import Refused
from models.roles import Person
from models.token import SCOPES, Token, hashed, parts_of, spelled

LONGEST = 366  # days; a token that nobody renews should not outlive the year


class Tokens(Writing):
    """Who may come in as a program."""

    @needs("manage_access")
    def make_token(self, name: str, scopes: list[str], days: int = 90) -> dict[str, Any]:
        """Make a token; its text is in the answer and nowhere else."""
        if not 1 <= days <= LONGEST:
            raise Refused(tr("a token lasts 1 to {most} days, found {days}.", most=LONGEST, days=days))
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise Refused(
                tr(
                    "scopes are {known}; found {found}.",
                    known=", ".join(SCOPES),
                    found=", ".join(unknown) or tr("none"),
                )
            )
        if any(token["name"] == name.strip() and token["state"] == "valid" for token in self._tokens()):
            raise Refused(
                tr("there is a valid token {name!r} already; revoke it, or give another name.", name=name.strip())
            )
        identifier, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        expires = (self._now() + timedelta(days=days)).replace(microsecond=0)
        try:
            token = Token.model_validate(
                {"name": name, "hash": hashed(secret), "scopes": sorted(set(scopes)), "expires": expires}
            )
        except ValidationError as error:
            raise Refused(tr("the name of a token has 1 to 80 signs: {why}.", why=wrong.said(error))) from None
        self._keep("token", [(identifier, token.model_dump(mode="json"))])
        return {"status": "made", "id": identifier, "token": spelled(identifier, secret), "expires": expires}

    @needs("manage_access")
    def revoke_token(self, identifier: str) -> dict[str, Any]:
        """End a token at once; it stays on record."""
        if identifier not in {record.id for record in self._records("token")}:
            raise Refused(
                tr(
                    "there is no token {id!r} to revoke; the Access page lists them (in the terminal: `token list`).",
                    id=identifier,
                )
            )
        self._keep("token", [(identifier, None)])
        return {"status": "revoked", "id": identifier}

    @needs("manage_access")
    def tokens(self) -> pd.DataFrame:
        """id, name, scopes (list), state (valid, expired), expires, made_at, made_by; newest first."""
        columns = ["id", "name", "scopes", "state", "expires", "made_at", "made_by"]
        return pd.DataFrame(self._tokens()[::-1], columns=columns)

    def _tokens(self) -> list[dict[str, Any]]:
        rows = []
        for record in self._records("token"):
            token = Token.model_validate(record.body)
            state = "valid" if self._now() < token.expires else "expired"
            made = {"made_at": record.made_at, "made_by": record.made_by}
            rows.append({"id": record.id, **token.model_dump(exclude={"hash"}), "state": state, **made})
        return rows

    def token_person(self, text: str) -> Person | None:
        """Whom a token stands for; None for one that is unknown, revoked or expired."""
        parts = parts_of(text)
        if parts is None:
            return None
        held = next((record for record in self._records("token") if record.id == parts[0]), None)
        if held is None:
            return None
        token = Token.model_validate(held.body)
        return token.person(held.id) if token.opens(parts[1], self._now()) else None
