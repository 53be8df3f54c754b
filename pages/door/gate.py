"""The gate around everything: a signed-out visitor gets the sign-in screen and nothing else, by whatever way they come.

Streamlit's own `st.stop()` is no gate: pages, uploads, media and the websocket have doors of their own. This stands
before all of them, so a signed-out visitor has no Streamlit session at all and can leave nothing behind.
"""

import asyncio
from collections.abc import Callable
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.door import screens
from pages.door.sessions import Session, Sessions

SIGN_IN, SIGN_OUT = "/sign-in", "/auth/logout"
OPEN = frozenset({"/_stcore/health", "/api/v1/health", "/api/v1/ready"})  # what a watcher asks; no data in the answer
DANCE = frozenset({"/auth/login", "/oauth2callback"})  # the way to the provider and back
NEVER = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
CHECKED_EVERY = 5.0  # seconds between looks at an open websocket's sign-in; a role that ends is felt within a minute
WANTED = "needle_wanted"  # the page somebody asked for before they signed in
CLOSED = 4401


class SignInGate:
    """Around Streamlit and the API. `login_url` makes the address that starts the dance; `is_deed` tells what a person
    did from what a page does by itself (bytes of a websocket message)."""

    def __init__(
        self, app: ASGIApp, *, sessions: Sessions, login_url: Callable[[], str], is_deed: Callable[[bytes], bool]
    ):
        self.app, self._sessions, self._login_url, self._is_deed = app, sessions, login_url, is_deed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        path, session = scope["path"], self._sessions.find(HTTPConnection(scope).cookies)
        person = self._sessions.person(session) if session else None
        scope.setdefault("state", {})["person"] = person
        if scope["type"] == "websocket":
            if session is None or person is None:
                await send({"type": "websocket.close", "code": CLOSED})
            else:
                await self._watched(scope, receive, send, session)
            return
        await self._way(Request(scope), path, session)(scope, receive, send)

    def _way(self, request: Request, path: str, session: Session | None) -> ASGIApp:
        """Where an HTTP request goes: to the product, or to one of the gate's own answers."""
        if path.startswith(NEVER):
            return JSONResponse({"status": "rejected", "message": "not found."}, 404)
        if path == SIGN_IN:
            return RedirectResponse(self._login_url(), 302, {"cache-control": "no-store"})
        if path == SIGN_OUT:  # Streamlit then clears the cookie and asks the provider to sign out too
            if session is not None:
                self._sessions.end(session)
            return self.app
        if path in OPEN | DANCE or path.startswith("/api/"):  # the API asks for a token itself
            return self.app
        if session is None:
            return _sign_in_first(request)
        if self._sessions.person(session) is None:
            return screens.no_role("", str(session.claims.get("email") or session.claims.get("sub") or "–"))
        self._sessions.touch(session)
        return _to_the_wanted_page(request) or self.app

    async def _watched(self, scope: Scope, receive: Receive, send: Send, session: Session) -> None:
        """A websocket that closes when its sign-in ends, within CHECKED_EVERY seconds."""
        over = False

        async def watched_receive() -> Message:
            nonlocal over
            waiting = asyncio.ensure_future(receive())
            try:
                while not over:
                    done, _ = await asyncio.wait({waiting}, timeout=CHECKED_EVERY)
                    if not self._sessions.holds(session) or self._sessions.person(session) is None:
                        over = True
                        await send({"type": "websocket.close", "code": CLOSED})
                    elif done:
                        message = waiting.result()
                        if self._is_deed(message.get("bytes") or b""):
                            self._sessions.touch(session)
                        return message
            finally:
                if not waiting.done():
                    waiting.cancel()
            return {"type": "websocket.disconnect", "code": CLOSED}

        async def watched_send(message: Message) -> None:
            if not over:
                await send(message)

        await self.app(scope, watched_receive, watched_send)


def _sign_in_first(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", "") or request.method not in ("GET", "HEAD"):
        return JSONResponse({"status": "rejected", "message": "sign in first."}, 401, {"cache-control": "no-store"})
    answer = screens.sign_in("")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if wanted != "/" and not wanted.startswith("//") and len(wanted) < 1500:
        https = request.url.scheme == "https"
        answer.set_cookie(WANTED, quote(wanted), max_age=900, httponly=True, samesite="lax", secure=https)
    return answer


def _to_the_wanted_page(request: Request) -> Response | None:
    """After the dance: the page that was asked for before it."""
    wanted = request.cookies.get(WANTED)
    if request.url.path != "/" or wanted is None:
        return None
    target = unquote(wanted)
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    answer = RedirectResponse(target if safe else "/", 302)
    answer.delete_cookie(WANTED)
    return answer
