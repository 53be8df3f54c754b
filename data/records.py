"""What people write down as the year goes: append-only, one JSON object per version, with who and when.

Definitions say what is meant; records say what happened: events, comments, actions, a closed cycle. A record's last
version stands; one that was taken back has a version without a body and is left out. Each kind is validated by a class
of `models` before it comes here.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from data.store import Connection


@dataclass(frozen=True)
class Record:
    """One record as it stands: its last version, and who wrote the first and the last of them, when."""

    kind: str
    id: str
    body: dict[str, Any]
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str


def append(
    connection: Connection, kind: str, entries: list[tuple[str, dict[str, Any] | None]], at: datetime, by: str
) -> None:
    """Add a version of each (id, body); None takes the record back."""
    if not entries:
        return
    bodies = [None if body is None else json.dumps(body, ensure_ascii=False) for _, body in entries]
    frame = pd.DataFrame({"id": [name for name, _ in entries], "body": pd.Series(bodies, dtype="str")})
    connection.register("record_frame", frame)
    connection.execute("INSERT INTO record SELECT ?, id, ?, ?, body FROM record_frame", [kind, at, by])
    connection.unregister("record_frame")


def standing(connection: Connection, kind: str, as_of: datetime | None = None) -> list[Record]:
    """The records of a kind as they stood at a moment (None: now), in the order in which they were made."""
    rows = connection.execute(
        "SELECT id, last(body ORDER BY recorded_at, rowid), first(recorded_at ORDER BY recorded_at, rowid), "
        "first(recorded_by ORDER BY recorded_at, rowid), last(recorded_at ORDER BY recorded_at, rowid), "
        "last(recorded_by ORDER BY recorded_at, rowid) FROM record WHERE kind = $kind "
        "AND ($as_of IS NULL OR recorded_at <= $as_of) GROUP BY id ORDER BY min(rowid)",
        {"kind": kind, "as_of": as_of},
    ).fetchall()
    return [
        Record(kind, identifier, json.loads(body), *stamps) for identifier, body, *stamps in rows if body is not None
    ]


def history(connection: Connection, kind: str, identifier: str | None = None) -> pd.DataFrame:
    """Every version of a kind, or of one record: id, recorded_at, recorded_by, body (JSON, missing when taken back);
    oldest first."""
    return connection.execute(
        "SELECT id, recorded_at, recorded_by, body FROM record WHERE kind = $kind AND ($id IS NULL OR id = $id) "
        "ORDER BY recorded_at, rowid",
        {"kind": kind, "id": identifier},
    ).df()
