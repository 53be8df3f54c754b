"""What happened, as JSON lines on stderr: which request, by whom (a mark, no name), how it ended, how long it took.

No names of KPIs, no values, no query strings, no tokens: who reads the log learns that something was done, not what
stands in the store.
"""

import hashlib
import hmac
import json
import logging
import sys
import time
import uuid
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("needle")
_QUIET = ("/static/", "/_stcore/health", "/api/v1/health", "/api/v1/ready")  # many, and they say nothing
_PUBLIC = ("/api/v1/", "/auth/", "/sign-in", "/oauth2callback", "/_stcore/")


class JsonLines(logging.Formatter):
    """One object a line; `key` turns a name into a mark that is the same all day and says nothing by itself."""

    def __init__(self, key: str):
        super().__init__()
        self._key = key.encode()

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "event": record.getMessage(), **getattr(record, "facts", {})}
        if "user" in line:
            line["user"] = self.alias(line["user"])
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)

    def alias(self, name: object) -> str | None:
        return None if not name else hmac.new(self._key, str(name).encode(), hashlib.sha256).hexdigest()[:12]


def begin(key: str) -> None:
    """Write `needle`'s log to stderr as JSON lines, and only there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(key))
    LOG.handlers, LOG.propagate = [handler], False
    LOG.setLevel(logging.INFO)


def place(path: str) -> str:
    """The part of a path that holds no name of anybody's making."""
    if path.startswith("/_stcore/upload_file/"):
        return "/_stcore/upload_file"
    if path.startswith(_PUBLIC):
        return path[:80]
    first = path.strip("/").split("/")[0]
    return f"/{first[:40]}" if first.replace("-", "").isalnum() or not first else "/…"


class RequestLog:
    """Gives every request a number, says it in the answer's `x-request-id`, and writes how it ended."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(_QUIET):
            await self.app(scope, receive, send)
            return
        number, began, status = uuid.uuid4().hex[:16], time.monotonic(), 0
        state = scope.setdefault("state", {})
        state["request"] = number

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and not status:
                status = 403
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            person = state.get("person")
            facts = {
                "request": number,
                "user": getattr(person, "name", None),
                "method": scope.get("method", "WEBSOCKET"),
                "path": place(scope["path"]),
                "status": status,
                "ms": round(1000 * (time.monotonic() - began)),
            }
            LOG.info("request", extra={"facts": facts})
