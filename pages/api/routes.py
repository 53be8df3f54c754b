"""The routes: push values, read a scorecard and its evidence, health and readiness, the OpenAPI document."""

import csv
import hashlib
import io
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.refused import Unavailable
from pages.api.answers import Open, Pace, Rejected, document, endpoint, shaped
from pages.api.openapi import openapi
from pages.api.shapes import Asked, AskedEvidence, Push
from pages.terminal.answers import records
from pages.terminal.loading import load_document
from pages.terminal.review import score_document

ROOT = "/api/v1"
MAPPING = "kpi: kpi\nperiod: period\nvalue: value\nsegment: segment\ndecimal: '.'\ndelimiter: ','\n"
GOOD = frozenset({"stored", "partial", "already_loaded"})
LONGEST_KEY = 200


def all_of(open_workspace: Open) -> list[Route]:
    """The routes over the workspace that `open_workspace` gives when it is needed."""
    pace = Pace()

    def told(work: Any, action: str | None) -> Any:
        return endpoint(open_workspace, pace, work, action=action)

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def ready(request: Request) -> Response:
        try:
            workspace = open_workspace()
            workspace.store.look()
            workspace.data_version()
        except Unavailable as problem:
            logging.getLogger("needle").warning("not ready: %s", problem)
            return JSONResponse({"status": "not_ready"}, 503)
        except Exception as error:  # whatever it is, the answer is the same and says nothing more
            logging.getLogger("needle").error("not ready", exc_info=error)
            return JSONResponse({"status": "not_ready"}, 503)
        return JSONResponse({"status": "ready"})

    async def nothing(request: Request) -> Response:
        return Rejected(404, "there is nothing here; /api/v1/openapi.json lists what there is.").answer()

    def only(method: str) -> Any:
        async def wrong(request: Request) -> Response:
            return Rejected(405, f"use {method}.", allow=method).answer()

        return wrong

    table = [
        ("/health", "GET", health),
        ("/ready", "GET", ready),
        ("/openapi.json", "GET", told(lambda workspace, request, body: document(openapi()), None)),
        ("/values", "POST", told(_push, "upload")),
        ("/scorecard", "GET", told(_scorecard, "read")),
        ("/evidence", "GET", told(_evidence, "read")),
    ]
    made = []
    for path, method, work in table:
        made.append(Route(ROOT + path, work, methods=[method]))
        others = [name for name in _METHODS if name != method and not (method == "GET" and name == "HEAD")]
        made.append(Route(ROOT + path, only(method), methods=others))
    return [*made, Route("/api/{rest:path}", nothing, methods=_METHODS)]


_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]


def _push(workspace: Any, request: Request, body: bytes) -> Response:
    """Store values as a file of them would be stored: the same values again are recognised and store nothing.

    An Idempotency-Key makes a push of its own out of values that came before (5, then 6, then 5 again); under the same
    key the same values are still stored once.
    """
    push = shaped(Push, request, body)
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Rejected(422, f"an Idempotency-Key has at most {LONGEST_KEY} signs, all of them printable ASCII.")
    options = workspace.options(
        mapping=MAPPING,
        source=push.source,
        create_kpis=push.create_kpis,
        accept_partial=push.accept_partial,
        trusted=True,  # the file was written here a moment ago
    )
    answer = load_document(workspace.load(f"{push.source}.csv", _as_file(push, key), options))
    return document(answer, 200 if answer["status"] in GOOD else 422)


def _as_file(push: Push, key: str) -> bytes:
    """The values as the extract that the loader reads; the key stands in a column that the reading leaves out."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    marks = [hashlib.sha256(key.encode()).hexdigest(), *[""] * (len(push.values) - 1)] if key else []
    table.writerow(["kpi", "period", "value", "segment", *(["push"] if key else [])])
    for number, v in enumerate(push.values):
        table.writerow([v.kpi, v.period.isoformat(), f"{v.value:f}", v.segment, *marks[number : number + 1]])
    return out.getvalue().encode()


def _scorecard(workspace: Any, request: Request, body: bytes) -> Response:
    asked = shaped(Asked, request)
    return document(score_document(workspace.scorecard(asked.cycle, asked.as_of, asked.team)))


def _evidence(workspace: Any, request: Request, body: bytes) -> Response:
    """What a verdict stands on: the series, the expected path, the links, the loads, the check-ins."""
    asked = shaped(AskedEvidence, request)
    found = workspace.evidence(asked.key_result, asked.cycle, asked.as_of)
    card = score_document(found.scorecard)
    row = next(entry for entry in card["key_results"] if entry["id"] == asked.key_result)
    frames = ("series", "path", "measure", "links", "load_rows", "versions", "check_ins")
    named = {name: records(getattr(found, name)) for name in frames}
    head = {name: card[name] for name in ("cycle", "start", "end", "as_of", "data_version")}
    return document({**head, "key_result": row, **named})
