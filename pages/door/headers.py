"""What every answer carries: browsers load nothing from elsewhere, frame us nowhere, and guess no types."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit builds styles while it runs, its components and workers come as blobs, Plotly and the grid draw from data
# URLs. `connect-src 'self'` holds the websocket.
CONTENT = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PLAIN = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Adds HEADERS to every answer that does not set its own.

    `https`: browsers stay with it, and send no cookie without it. Streamlit itself sees no TLS behind a proxy, and
    leaves its cookies open.
    """

    def __init__(self, app: ASGIApp, https: bool = False):
        self.app, self._https = app, https
        more = {"strict-transport-security": "max-age=31536000"} if https else {}
        self._headers = [(name.encode(), value.encode()) for name, value in {**HEADERS, **more}.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *(
                        (name, self._kept_safe(name, value))
                        for name, value in message["headers"]
                        if name.lower() != b"server"
                    ),
                    *((name, value) for name, value in self._headers if name not in held),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _kept_safe(self, name: bytes, value: bytes) -> bytes:
        open_cookie = self._https and name.lower() == b"set-cookie" and b"; secure" not in value.lower()
        return value + b"; Secure" if open_cookie else value
