"""The OpenAPI document, made from the classes of shapes.py."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pages.api.shapes import Asked, AskedEvidence, Problem, Push, Pushed, State

_PROBLEMS = {
    "400": "No HTTP as it should be.",
    "401": "No valid token.",
    "403": "The token's scopes do not hold this.",
    "429": "Too many requests.",
    "500": "A fault of Needle.",
}


@cache
def openapi() -> dict[str, Any]:
    given: list[type[BaseModel]] = [Push, Pushed, Problem, State]
    _, defined = models_json_schema(
        [(kind, "validation") for kind in given], ref_template="#/components/schemas/{model}"
    )
    anything = {"type": "object"}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
        "description": "The same values under the same key are stored once, and answered alike.",
    }
    faults = {
        "409": "It cannot be done; the message says why.",
        "422": "The request is not what it should be.",
        "503": "The store is busy or cannot be reached; the same request may do later.",
    }
    sizes = {"413": "The body is too large.", "415": "The body is not JSON."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Needle", "version": "1", "description": "Push KPI values; read what they say."},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": {
            "/health": {"get": _open("The process answers.", {"200": "ok"})},
            "/ready": {"get": _open("The store can be read.", {"200": "ready", "503": "not ready"})},
            "/openapi.json": {"get": _asked("This document.", anything, _PROBLEMS)},
            "/values": {
                "post": {
                    **_asked("Store KPI values, checked as a file is.", _ref(Pushed), _PROBLEMS | faults | sizes),
                    "parameters": [key],
                    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(Push)}}},
                }
            },
            "/scorecard": {
                "get": {
                    **_asked("The scorecard of a cycle.", anything, _PROBLEMS | faults), "parameters": _query(Asked),
                }
            },
            "/evidence": {
                "get": {
                    **_asked("What the verdict of a key result stands on.", anything, _PROBLEMS | faults),
                    "parameters": _query(AskedEvidence),
                }
            },
        },
        "components": {
            "schemas": defined["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip


def _ref(kind: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _answer(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


def _asked(says: str, schema: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    wrong: dict[str, Any] = {status: _answer(text, _ref(Problem)) for status, text in problems.items()}
    if "422" in wrong and schema == _ref(Pushed):  # refused by the checks: the same form, with every bad value
        wrong["422"]["content"]["application/json"]["schema"] = {"anyOf": [_ref(Problem), _ref(Pushed)]}
    return {"summary": says, "responses": {"200": _answer("Done.", schema), **wrong}}


def _open(says: str, answers: dict[str, str]) -> dict[str, Any]:
    return {
        "summary": says,
        "security": [],
        "responses": {status: _answer(text, _ref(State)) for status, text in answers.items()},
    }


def _query(kind: type[BaseModel]) -> list[dict[str, Any]]:
    schema = kind.model_json_schema()
    rows = []
    for name, said in schema["properties"].items():
        shape = next((option for option in said.get("anyOf", [said]) if option.get("type") != "null"), said)
        required = name in schema.get("required", [])
        rows.append(
            {
                "name": name,
                "in": "query",
                "required": required,
                "schema": {k: v for k, v in shape.items() if k != "title"},
            }
        )
    return rows
