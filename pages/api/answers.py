"""What all routes share: the token that is asked for, limits, and answers and refusals in one form."""

import asyncio
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from math import ceil
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.language import ENGLISH, speaking
from models.refused import Refused, Unavailable
from models.roles import NotAllowed
from pages.api.shapes import MOST_BYTES, Fault, Problem
from pages.terminal.answers import plain

Shaped = TypeVar("Shaped", bound=BaseModel)
Open = Callable[[], Any]
LOG = logging.getLogger("needle")
PER_MINUTE = 120  # requests of one token, or of one address without a valid token
KEPT = 10_000  # callers remembered; the one unseen for longest leaves first


LATER = "5"  # seconds after which a store that was busy or away may be asked again


class Rejected(Exception):
    """A request that is answered with a problem and a status."""

    def __init__(self, status: int, message: str, errors: list[Fault] | None = None, **headers: str):
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, errors or [], headers

    def answer(self) -> Response:
        problem = Problem(message=self.message, errors=self.errors)
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        return JSONResponse(problem.model_dump(), self.status, {"cache-control": "no-store", **headers})


class Pace:
    """Requests per caller and minute: a bucket that fills evenly."""

    def __init__(self, per_minute: int = PER_MINUTE, now: Callable[[], float] = time.monotonic):
        self._rate, self._most, self._now = per_minute / 60, float(per_minute), now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str) -> int:
        """Seconds until the caller may ask again; 0 when they may now, and this counts as asking."""
        with self._lock:
            now = self._now()
            left, at = self._left.pop(caller, (self._most, now))
            left = min(self._most, left + (now - at) * self._rate)
            allowed = left >= 1
            self._left[caller] = (left - 1 if allowed else left, now)
            while len(self._left) > KEPT:
                self._left.popitem(last=False)
        return 0 if allowed else ceil(round((1 - left) / self._rate, 6))


def endpoint(
    open_workspace: Open, pace: Pace, work: Callable[[Any, Request, bytes], Response], *, action: str | None
) -> Callable[[Request], Awaitable[Response]]:
    """A route: asks for a token whose scopes hold `action` (None: any token), and answers every refusal in one form."""

    async def answered(request: Request) -> Response:
        request.scope.setdefault("state", {})
        try:
            body = await _body(request)
            return await run_in_threadpool(_work, request, body)
        except Rejected as rejected:
            return rejected.answer()
        except Exception as error:  # a fault of ours: said in the same form, told to the log alone
            LOG.error("fault", exc_info=error, extra={"facts": {"request": request.scope["state"].get("request")}})
            return Rejected(500, "this should not have happened; the log knows more.").answer()

    def _work(request: Request, body: bytes) -> Response:
        try:
            workspace = _let_in(request, open_workspace(), pace)
        except Unavailable:  # nobody has been let in: no names
            raise Rejected(503, "the store cannot be reached just now; try again.", retry_after=LATER) from None
        try:
            with speaking(ENGLISH):  # programs read it
                if action is not None:
                    workspace.require(action)
                return work(workspace, request, body)
        except NotAllowed as refusal:
            raise Rejected(403, str(refusal)) from None
        except Unavailable as problem:
            raise Rejected(503, str(problem), retry_after=LATER) from None
        except Refused as refusal:
            raise Rejected(409, str(refusal)) from None

    return answered


def _let_in(request: Request, workspace: Any, pace: Pace) -> Any:
    """The workspace as the token's person. A wrong token costs the address it came from."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    person = workspace.token_person(text.strip()) if kind.casefold() == "bearer" else None
    address = request.client.host if request.client else ""
    wait = pace.wait(person.name if person else f"address {address}")
    if wait:
        raise Rejected(429, f"too many requests: {PER_MINUTE} a minute. Try again in {wait} s.", retry_after=str(wait))
    if person is None:
        raise Rejected(
            401, "send a valid token: Authorization: Bearer needle_…; an admin makes one.", www_authenticate="Bearer"
        )
    request.scope.setdefault("state", {})["person"] = person
    return workspace.acting_as(person)


async def _body(request: Request) -> bytes:
    """The body, refused as soon as it is longer than it may be."""
    try:
        announced = int(request.headers.get("content-length") or 0)
    except ValueError:
        raise Rejected(400, "the Content-Length is no number.") from None
    parts, length = [], 0
    if announced <= MOST_BYTES:
        async with asyncio.timeout(60):
            async for part in request.stream():
                length += len(part)
                if length > MOST_BYTES:
                    break
                parts.append(part)
    if max(announced, length) > MOST_BYTES:
        raise Rejected(413, f"the body is larger than {MOST_BYTES:,} bytes; push in parts, or load a file.")
    return b"".join(parts)


def shaped(kind: type[Shaped], request: Request, body: bytes | None = None) -> Shaped:
    """The body (JSON) or the query as a class of shapes.py; raises Rejected with every fault and its place."""
    try:
        if body is None:
            given = dict(request.query_params)
            twice = [name for name in given if len(request.query_params.getlist(name)) > 1]
            if twice:
                raise Rejected(422, "the query names a parameter twice.", [Fault(field=twice[0], message="twice")])
            return kind.model_validate_strings(given)
        sent = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if sent != "application/json":
            raise Rejected(415, "send JSON, with Content-Type: application/json.")
        return kind.model_validate_json(body)
    except ValidationError as error:
        faults = [
            Fault(field=".".join(str(part) for part in fault["loc"]) or "body", message=fault["msg"])
            for fault in error.errors(include_input=False, include_url=False, include_context=False)[:100]
        ]
        raise Rejected(
            422, f"the request is not what it should be: {faults[0].field}: {faults[0].message}.", faults
        ) from None


def document(content: Any, status: int = 200) -> Response:
    """An answer as JSON: days in ISO, unknown as null."""
    text = json.dumps(plain(content), ensure_ascii=False, allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, {"cache-control": "no-store"}, "application/json")
