"""Answers only to its own names: a page on the internet whose name is made to point at this machine gets nothing."""

from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class OnlyHosts:
    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self.app, self._hosts = app, frozenset(host.casefold() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (HTTPConnection(scope).url.hostname or "").casefold() in self._hosts:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refused = JSONResponse({"status": "rejected", "message": "unknown host name."}, 421)
            await refused(scope, receive, send)
