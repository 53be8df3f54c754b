"""The server: the dashboard with its gate, its security headers, its log and the API around it.

`streamlit run server.py`, on a machine of one's own and for an organisation alike. Without `[auth]` in the secrets it
listens on this machine only and lets whoever sits there do everything; with it, nobody gets past the sign-in screen.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.secrets import secrets_singleton
from streamlit.user_info import generate_login_redirect_url

from data.gate import StoreError
from data.warming import WarmUp
from models.refused import Refused
from pages.api import routes
from pages.door import front, log, settings
from pages.door.access_file import AccessFile
from pages.door.gate import SignInGate
from pages.door.headers import SecurityHeaders
from pages.door.hosts import OnlyHosts
from pages.door.sessions import Sessions
from workspace import open_workspace

STORE = Path(os.environ.get("NEEDLE_DB") or Path(__file__).parent / "data" / "needle.duckdb")
# The menu is dashboard.py's. Streamlit takes pages/ for one until a first visitor's run has said so; had that visitor
# opened a link to a page, they would see "Page not found".
PagesManager.uses_pages_directory = False


def _secrets() -> dict[str, Any]:
    return secrets_singleton.to_dict() if secrets_singleton.load_if_toml_exists() else {}


def _is_deed(message: bytes) -> bool:
    """Whether a websocket message is something a person did; a heartbeat is not."""
    found = BackMsg()
    try:
        found.ParseFromString(message)
    except Exception:  # noqa: BLE001  # protobuf's errors; Streamlit closes the connection by itself
        return False
    return found.WhichOneof("type") not in (None, "app_heartbeat")


def _around() -> list[Middleware]:
    """What stands around Streamlit, outermost first."""
    said = _secrets()
    configured = settings.sign_in(said.get("auth"))
    named = os.environ.get("NEEDLE_ACCESS")
    if configured is None:
        settings.refuse_half_a_sign_in([name for name in settings.OF_SIGN_IN if name in os.environ])
        settings.refuse_open_address(st.get_option("server.address"))
        return [Middleware(SecurityHeaders), Middleware(OnlyHosts, hosts=settings.LOOPBACK)]
    log.begin(configured.cookie_secret)
    access = AccessFile(Path(named) if named else None, said.get("needle"))
    sessions = Sessions(configured.cookie_secret, configured.origin, access)
    front.stand_behind(access)
    st.set_option("client.showErrorDetails", "none")
    login_url: Callable[[], str] = lambda: generate_login_redirect_url(configured.provider)  # noqa: E731
    return [
        Middleware(log.RequestLog),
        Middleware(SecurityHeaders, https=configured.origin.startswith("https:")),
        Middleware(OnlyHosts, hosts=settings.LOOPBACK | {configured.host}),
        Middleware(SignInGate, sessions=sessions, login_url=login_url, is_deed=_is_deed),
    ]


async def _scorecard(request: Request) -> RedirectResponse:
    """The first page stands at the root. Its own name in a link would lose the cycle and team that the link chooses."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


@asynccontextmanager
async def _life(app: st.App) -> AsyncIterator[None]:
    logging.getLogger("needle").info("started", extra={"facts": {"sign_in": front.is_gated()}})
    warm_up = WarmUp(open_workspace(STORE)) if os.environ.get("NEEDLE_WARM_UP", "on") != "off" else None
    if warm_up:
        warm_up.start()
    yield
    if warm_up:
        warm_up.stop()
    logging.getLogger("needle").info("stopped")


def _stop(listening: Any) -> Callable[[int, Any], None]:
    """What SIGTERM does: Uvicorn finishes what it is doing and ends, and that is no failure.

    `listening` is Uvicorn's own handler, as it reads this file when it listens already. Called, it would send itself
    the signal again at the end and die of it.
    """
    server: Any = getattr(listening, "__self__", None)

    def stop(*_: Any) -> None:
        if server is None:
            sys.exit(0)
        server.should_exit = True

    return stop


if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, _stop(signal.getsignal(signal.SIGTERM)))

try:
    around = _around()
    open_workspace(STORE)  # which asks for nothing yet, and refuses an address that is none
except (Refused, StoreError) as refusal:
    print(f"needle: {refusal}", file=sys.stderr)
    raise SystemExit(1) from None

app = st.App(
    Path(__file__).with_name("dashboard.py"),
    routes=[Route("/scorecard", _scorecard), *routes.all_of(lambda: open_workspace(STORE))],
    middleware=around,
    lifespan=_life,
)
