"""Who is signed in: Streamlit's signed cookie, held to limits that the server checks.

The cookie lasts 30 days and nobody can take it back; so every request asks here. A sign-in ends after so many hours, or
when nothing was done for so long, by signing out, when the role is gone, and when the server starts again: what is kept
of a session is in memory only.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from models.roles import Person
from pages.door.access_file import AccessFile

COOKIE = "_streamlit_user"
MOST_CHUNKS = 20  # a provider that names thousands of groups fills a handful


@dataclass(frozen=True)
class Session:
    """One sign-in: what the provider said of the person, and when (seconds since 1970)."""

    mark: str
    issued: float
    claims: Mapping[str, Any] = field(repr=False)


class Sessions:
    """All sign-ins of this server."""

    def __init__(self, secret: str, origin: str, access: AccessFile, now: Callable[[], float] = time.time):
        self._secret, self._origin, self._access, self._now = secret, origin, access, now
        self._started = int(now())  # the cookie's own time has whole seconds
        self._lock = threading.Lock()
        self._active: dict[str, float] = {}  # mark -> when something was last done
        self._ended: dict[str, float] = {}  # mark -> when the cookie would have ended by itself

    def find(self, cookies: Mapping[str, str]) -> Session | None:
        """The sign-in that these cookies prove; None when there is none or it has ended."""
        read = self._read(cookies)
        return read if read is not None and self.holds(read) else None

    def holds(self, session: Session) -> bool:
        """Whether a sign-in is still good: neither ended, nor too old, nor idle for too long."""
        table, now = self._access.table, self._now()
        with self._lock:
            last = self._active.setdefault(session.mark, session.issued)
            return (
                session.mark not in self._ended
                and session.issued >= self._started
                and now - session.issued < table.session_hours * 3600
                and now - last < table.idle_minutes * 60
            )

    def person(self, session: Session) -> Person | None:
        """Whom the access table, as it stands now, makes of the sign-in."""
        return self._access.person(session.claims)

    def touch(self, session: Session) -> None:
        """Something was done: the idle time begins again."""
        with self._lock:
            self._active[session.mark] = self._now()

    def end(self, session: Session) -> None:
        """Signed out: the cookie is worth nothing any more, whoever kept a copy."""
        with self._lock:
            now, lasts = self._now(), self._access.table.session_hours * 3600
            self._ended = {mark: until for mark, until in self._ended.items() if until > now}
            self._ended[session.mark] = now + lasts
            self._active = {mark: last for mark, last in self._active.items() if last > now - lasts}

    def _read(self, cookies: Mapping[str, str]) -> Session | None:
        found = self._unsigned(cookies, COOKIE)
        if found is None:
            return None
        text, issued = found
        if text.startswith("chunks-"):
            count = text.removeprefix("chunks-")
            if not count.isdecimal() or int(count) > MOST_CHUNKS:
                return None
            parts = [self._unsigned(cookies, f"{COOKIE}_{number + 1}") for number in range(int(count))]
            text = "".join(part[0] for part in parts if part)
            issued = min((part[1] for part in parts if part), default=issued)
        try:
            claims = json.loads(text)
        except ValueError:
            return None
        if not isinstance(claims, dict) or not claims.get("is_logged_in") or claims.get("origin") != self._origin:
            return None
        return Session(hashlib.sha256(cookies[COOKIE].encode()).hexdigest(), issued, claims)

    def _unsigned(self, cookies: Mapping[str, str], name: str) -> tuple[str, float] | None:
        """What a cookie says and when it was signed; None for one that this server did not sign."""
        if name not in cookies:
            return None
        try:
            said, at = URLSafeTimedSerializer(self._secret, salt=name).loads(cookies[name], return_timestamp=True)
        except BadSignature:
            return None
        return (said, at.timestamp()) if isinstance(said, str) else None
