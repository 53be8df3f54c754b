"""Who changed what, when, from what to what: read off the rows themselves and the chain of writes."""

import json
from datetime import datetime
from typing import Any

import pandas as pd

from data.store import Connection

COLUMNS = ["write", "at", "by", "action", "kind", "subject", "field", "before", "after"]
# The n-th row of a table belongs to the write whose block holds it.
_WRITES = (
    "WITH blocks AS (SELECT sequence, made_at, made_by, action, CAST(json_extract(added, '$.{table}[0]') AS BIGINT) AS "
    "first_row, CAST(json_extract(added, '$.{table}[1]') AS BIGINT) AS rows FROM commit_log "
    "WHERE json_exists(added, '$.{table}')), "
    "mine AS (SELECT *, rowid AS place FROM {table}) "
    "SELECT b.sequence, b.made_at, b.made_by, b.action, {columns} FROM mine m JOIN blocks b "
    "ON m.place >= b.first_row AND m.place < b.first_row + b.rows {more} ORDER BY m.place"
)


def entries(connection: Connection, *, values: bool = True) -> pd.DataFrame:
    """Everything that was ever changed, newest first: write, at, by, action, kind, subject, field, before, after.

    Before and after are texts; missing where there was, or is, nothing. Without `values` the single restated values are
    left out, which their loads count.
    """
    rows = [*_definitions(connection), *_records(connection), *_check_ins(connection), *_loads(connection)]
    if values:
        rows += _restated(connection)
    rows += _writes_alone(connection, {row[0] for row in rows})
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"before": "object", "after": "object"})
    return frame.sort_values("write", ascending=False, kind="stable").reset_index(drop=True)


def head(connection: Connection) -> dict[str, Any]:
    """The last link of the chain: sequence, hash, at, by."""
    row = connection.execute(
        "SELECT sequence, hash, made_at, made_by FROM commit_log ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    return dict(zip(("sequence", "hash", "at", "by"), row or (0, "", None, ""), strict=True))


def versions(connection: Connection, kpi: str, segment: str, period: datetime) -> pd.DataFrame:
    """Every value that was ever known of one KPI, segment and period, oldest first: value, exact, came, load_id, file,
    sha256, source, recorded_at, recorded_by, undone_at, undone_by."""
    return connection.execute(
        "SELECT o.value, o.exact, CAST(o.came AS VARCHAR) AS came, l.load_id, l.file, l.sha256, l.source, "
        "l.recorded_at, l.recorded_by, u.recorded_at AS undone_at, u.recorded_by AS undone_by FROM observation o "
        "JOIN load l USING (load_id) LEFT JOIN load_undo u USING (load_id) "
        "WHERE o.kpi = ? AND o.segment = ? AND o.period = CAST(? AS DATE) ORDER BY l.recorded_at, l.load_id, o.rowid",
        [kpi, segment, period],
    ).df()


def confirmations(connection: Connection, kpi: str, segment: str, period: datetime) -> pd.DataFrame:
    """The loads that brought the value of this period again: load_id, file, sha256, recorded_at, recorded_by."""
    return connection.execute(
        "SELECT l.load_id, l.file, l.sha256, l.recorded_at, l.recorded_by FROM confirmation c JOIN load l "
        "USING (load_id) WHERE c.kpi = ? AND c.segment = ? AND CAST(? AS DATE) BETWEEN c.first AND c.last "
        "ORDER BY l.load_id",
        [kpi, segment, period],
    ).df()


def _asked(connection: Connection, table: str, more: str = "", columns: str = "m.*") -> list[dict[str, Any]]:
    found = connection.execute(_WRITES.format(table=table, more=more, columns=columns))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _signed(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["sequence"], row["made_at"], row["made_by"], row["action"]


def _definitions(connection: Connection) -> list[tuple[Any, ...]]:
    return _bodies(_asked(connection, "definition"))


def _records(connection: Connection) -> list[tuple[Any, ...]]:
    return _bodies(_asked(connection, "record"))


def _bodies(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """One entry a field that changed; one for a whole that is new or gone."""
    last: dict[tuple[str, str], Any] = {}
    out: list[tuple[Any, ...]] = []
    for row in rows:
        key = row["kind"], row["id"]
        before, after = last.get(key), None if row["body"] is None else json.loads(row["body"])
        last[key] = after
        signed = (*_signed(row), *key)
        if not isinstance(before, dict) or not isinstance(after, dict):
            out.append((*signed, "", _text(before), _text(after)))
            continue
        out += [
            (*signed, name, _text(before.get(name)), _text(after.get(name)))
            for name in dict.fromkeys([*after, *before])
            if before.get(name) != after.get(name)
        ]
    return out


def _check_ins(connection: Connection) -> list[tuple[Any, ...]]:
    last: dict[tuple[Any, Any], str] = {}
    out = []
    for row in _asked(connection, "check_in"):
        key = row["key_result"], row["day"]
        told = _text(
            {name: row[name] for name in ("value", "confidence", "note", "blocker") if row[name] not in (None, "")}
        )
        out.append((*_signed(row), "check_in", row["key_result"], f"{row['day']}", last.get(key), told))
        last[key] = told or ""
    return out


def _loads(connection: Connection) -> list[tuple[Any, ...]]:
    names = ("accepted_new", "restated", "unchanged", "rejected")
    out = []
    for row in _asked(connection, "load"):
        told = ", ".join(f"{row[name]} {name.replace('_', ' ')}" for name in names if row[name])
        subject = f"{row['load_id']} {row['file']}"
        out.append((*_signed(row), "load", subject, "", None, f"{row['status']}: {told}" if told else row["status"]))
    undone = _asked(connection, "load_undo", "JOIN load l ON l.load_id = m.load_id", "l.*")
    out += [
        (*_signed(row), "undo", f"{row['load_id']} {row['file']}", "", row["status"], "taken back") for row in undone
    ]
    return out


def _restated(connection: Connection) -> list[tuple[Any, ...]]:
    """Values that a load changed: the one known just before it, and its own."""
    found = connection.execute(
        "WITH again AS (SELECT o.kpi, o.segment, o.period, o.value, o.exact, o.load_id, l.recorded_at FROM "
        "observation o JOIN load l USING (load_id) SEMI JOIN "
        "(SELECT kpi, segment, period FROM observation WHERE came = 'again') USING (kpi, segment, period) "
        "WHERE o.came <> 'handed_on'), "
        "told AS (SELECT *, lag((exact, value)) OVER (PARTITION BY kpi, segment, period "
        "ORDER BY recorded_at, load_id) AS before FROM again), "
        "blocks AS (SELECT sequence, made_at, made_by, action, CAST(json_extract(totals, '$.load') AS BIGINT) AS "
        "last_load FROM commit_log WHERE json_exists(added, '$.load')) "
        "SELECT b.sequence, b.made_at, b.made_by, b.action, t.kpi, t.segment, t.period, t.before, "
        "(t.exact, t.value) FROM told t "
        "ASOF JOIN blocks b ON t.load_id <= b.last_load WHERE t.before IS NOT NULL ORDER BY b.sequence, 5, 6, 7"
    ).fetchall()
    return [
        (
            *row[:4],
            "value",
            row[4] if row[5] == "all" else f"{row[4]} · {row[5]}",
            f"{row[6]}",
            *(_known(pair) for pair in row[7:9]),
        )
        for row in found
    ]


def _known(pair: Any) -> str | None:
    """A value as it was known: its exact text, where it has one."""
    exact, value = pair.values() if isinstance(pair, dict) else pair
    return exact or _text(value)


def _writes_alone(connection: Connection, told: set[int]) -> list[tuple[Any, ...]]:
    """Writes of which nothing is told yet: the making of the store, its being brought forward, recovered."""
    rows = connection.execute("SELECT sequence, made_at, made_by, action FROM commit_log ORDER BY sequence").fetchall()
    return [(*row, "store", row[3], "", None, None) for row in rows if row[0] not in told]


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
