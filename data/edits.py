"""Definitions edited by several people: the versions that were written, and what an edit adds to them.

An edit names the version that its editor saw: where that is no longer the last, nothing is overwritten.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from data import definitions
from data.definitions import Version
from data.store import Connection
from models import wrong
from models.language import mark, spoken, tr
from models.planned import Edit, Stamp
from models.refused import Conflict, Refused

_NAMED = {
    "objective": mark("the objective {id!r}"),
    "key_result": mark("the key result {id!r}"),
    "kpi": mark("the KPI {id!r}"),
}
_MISSING = {
    "objective": mark("there is no objective {id!r}."),
    "key_result": mark("there is no key result {id!r}."),
    "kpi": mark("there is no KPI {id!r}."),
}


def whole(edit: Edit) -> Edit:
    """The edit with its definition checked anew: a copy with changed fields was never looked at."""
    if edit.definition is None:
        return edit
    try:
        body = edit.definition.model_dump(exclude={"key_results"})
        checked = type(edit.definition).model_validate(body)
    except ValidationError as error:
        raise Refused(f"{_named(edit)}: {wrong.sentence(error)}.") from error
    return Edit(edit.kind, edit.id, checked, edit.based_on, edit.objective)


def _named(edit: Edit) -> str:
    """What is edited, as it stands inside a sentence."""
    return spoken(_NAMED[edit.kind], id=edit.id)


def changes(connection: Connection, edits: Sequence[Edit]) -> list[Version]:
    """The versions to add. Raises Conflict where the last version is not the one that was seen; what says the same as
    the last is no change."""
    out = []
    history = _versions(connection, [f"{edit.kind}/{edit.id}" for edit in edits])
    for edit in edits:
        written = history.get(f"{edit.kind}/{edit.id}", [])
        last, at, by = written[-1] if written else (None, datetime.min, "")
        seen = written[edit.based_on - 1][0] if 0 < edit.based_on <= len(written) else None
        body = None if edit.definition is None else definitions.body_of(edit.definition)
        if body is not None and edit.kind == "key_result":
            home = edit.objective or (seen or {}).get("objective")
            if home is None:
                raise Refused(tr("the key result {id!r} is new and needs its objective.", id=edit.id))
            body = {"objective": home, **body}
        if body == last and (written or body is None):
            if not written:
                raise Refused(spoken(_MISSING[edit.kind], id=edit.id))
            continue
        if len(written) != edit.based_on:
            raise Conflict(
                _named(edit), seen or {}, last or {}, body or {},
                version=len(written), by=by, at=at,
            )  # fmt: skip
        out.append(Version(edit.kind, edit.id, body))
    return out


def _versions(connection: Connection, names: list[str]) -> dict[str, list[tuple[Any, datetime, str]]]:
    """kind/id -> every version, oldest written first: body (None: retired), when, by whom."""
    rows = connection.execute(
        "SELECT kind || '/' || id, body, recorded_at, recorded_by FROM definition "
        "WHERE kind || '/' || id IN (SELECT unnest(?)) ORDER BY rowid",
        [names],
    ).fetchall()
    out: dict[str, list[tuple[Any, datetime, str]]] = {}
    for name, body, at, by in rows:
        out.setdefault(name, []).append((json.loads(body), at, by))
    return out


def stamps(connection: Connection) -> dict[tuple[str, str], Stamp]:
    """(kind, id) -> the last written version of every objective and key result, retired ones too."""
    rows = connection.execute(
        "SELECT kind, id, count(*), last(recorded_at ORDER BY rowid), last(recorded_by ORDER BY rowid) FROM definition "
        "WHERE kind IN ('objective', 'key_result') GROUP BY kind, id"
    ).fetchall()
    return {(kind, identifier): Stamp(count, at, by) for kind, identifier, count, at, by in rows}


def published(connection: Connection) -> dict[str, Stamp]:
    """Objective id -> its first version that was no draft."""
    rows = connection.execute(
        "SELECT id, place, recorded_at, recorded_by FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY rowid) "
        "AS place FROM definition WHERE kind = 'objective') WHERE body <> 'null' AND "
        "coalesce(json_extract_string(body, '$.draft'), 'false') <> 'true' "
        "QUALIFY row_number() OVER (PARTITION BY id ORDER BY place) = 1"
    ).fetchall()
    return {identifier: Stamp(place, at, by) for identifier, place, at, by in rows}
