"""Definitions and check-ins as history: every version is kept with who and when."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.store import Connection
from models.company import Company
from models.definition import Definition
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Objective, OkrFile, Status, Team
from models.source import Source
from models.unseen import Called

RETIRED = "null"  # the body of a version that takes its definition out of use
KINDS = ("team", "cycle", "kpi", "status", "objective", "key_result", "source")


@dataclass(frozen=True)
class Version:
    """One version of one definition; `body` is its JSON object, None where it was taken out of use."""

    kind: str
    id: str
    body: dict[str, Any] | None


def append(connection: Connection, versions: list[Version], at: datetime, by: str) -> None:
    """Record new versions, in the order given."""
    if not versions:
        return
    frame = pd.DataFrame(
        {
            "kind": [v.kind for v in versions],
            "id": [v.id for v in versions],
            "position": range(len(versions)),
            "body": [json.dumps(v.body, ensure_ascii=False) for v in versions],
        }
    )
    connection.register("version_frame", frame)
    connection.execute(
        "INSERT INTO definition SELECT kind, id, ?, ?, position, body FROM version_frame ORDER BY position", [at, by]
    )
    connection.unregister("version_frame")


def in_force(connection: Connection, as_of: datetime) -> list[Version]:
    """Each definition as it stood: the latest version recorded by then, or its first one where all are later; without
    those that were out of use."""
    rows = connection.execute(
        "SELECT kind, id, body FROM definition QUALIFY row_number() OVER (PARTITION BY kind, id ORDER BY "
        "recorded_at <= $as_of DESC, CASE WHEN recorded_at <= $as_of THEN recorded_at END DESC, "
        "CASE WHEN recorded_at <= $as_of THEN rowid END DESC, recorded_at, rowid) = 1 ORDER BY min(rowid) OVER "
        "(PARTITION BY kind, id)",
        {"as_of": as_of},
    ).fetchall()
    return [Version(kind, identifier, json.loads(body)) for kind, identifier, body in rows if body != RETIRED]


def recorded_by(connection: Connection, kind: str, as_of: datetime) -> set[str]:
    """Ids of the definitions of a kind that somebody had written down by a moment."""
    found = connection.execute("SELECT DISTINCT id FROM definition WHERE kind = ? AND recorded_at <= ?", [kind, as_of])
    return {name for (name,) in found.fetchall()}


def called(connection: Connection) -> list[Called]:
    """Every objective and key result that is or was in use, with its titles over time."""
    rows = connection.execute(
        "SELECT kind, id, list(DISTINCT json_extract_string(body, '$.title')) FILTER (body <> 'null'), "
        "last(body ORDER BY rowid) FILTER (body <> 'null'), last(body ORDER BY rowid) = 'null' FROM definition "
        "WHERE kind IN ('objective', 'key_result') GROUP BY kind, id"
    ).fetchall()
    return [
        Called(kind, name, tuple(title for title in titles or () if title), json.loads(body), retired)
        for kind, name, titles, body, retired in rows
        if body is not None
    ]


def edited(connection: Connection, kind: str, as_of: datetime) -> pd.DataFrame:
    """Definitions with more than one version by a moment: id, recorded_at, recorded_by, body; oldest first."""
    return connection.execute(
        "SELECT id, recorded_at, recorded_by, body FROM definition WHERE kind = $kind AND recorded_at <= $as_of "
        "AND body <> 'null' QUALIFY count(*) OVER (PARTITION BY id) > 1 ORDER BY id, recorded_at, rowid",
        {"kind": kind, "as_of": as_of},
    ).df()


def history(connection: Connection, kind: str, identifier: str) -> pd.DataFrame:
    """All versions of one definition, without those that took it out of use: recorded_at, recorded_by, body; oldest
    first."""
    return connection.execute(
        "SELECT recorded_at, recorded_by, body FROM definition WHERE kind = ? AND id = ? AND body <> 'null' "
        "ORDER BY recorded_at, rowid",
        [kind, identifier],
    ).df()


@dataclass(frozen=True)
class CheckIn:
    """What an owner reported: the key result's value on a day, how confident they are (0 to 10), and what holds it up
    ('' for nothing any more). None is what was not said."""

    key_result: str
    day: date
    value: float | None
    confidence: float | None = None
    note: str = ""
    blocker: str | None = None


def check_in(connection: Connection, entries: list[CheckIn], at: datetime, by: str) -> None:
    """Record check-ins; a later one for the same day stands in front of the earlier, which is kept."""
    frame = pd.DataFrame([vars(entry) for entry in entries])
    if frame.empty:
        return
    blockers = pd.Series([entry.blocker for entry in entries], dtype="str")
    connection.register("check_in_frame", frame.assign(day=pd.to_datetime(frame["day"]), blocker=blockers))
    connection.execute(
        "INSERT INTO check_in (key_result, day, value, confidence, note, blocker, recorded_at, recorded_by) "
        "SELECT key_result, CAST(day AS DATE), value, confidence, note, blocker, ?, ? FROM check_in_frame",
        [at, by],
    )
    connection.unregister("check_in_frame")


def check_ins(connection: Connection, as_of: datetime) -> pd.DataFrame:
    """Check-ins known by a moment and not dated after it, one per key result and day, sorted by both:
    key_result, day, value, confidence, note, recorded_at, recorded_by, blocker (missing: not said)."""
    return connection.execute(
        "SELECT * FROM check_in WHERE recorded_at <= $as_of AND day <= CAST($as_of AS DATE) QUALIFY row_number() OVER "
        "(PARTITION BY key_result, day ORDER BY recorded_at DESC, rowid DESC) = 1 ORDER BY key_result, day",
        {"as_of": as_of},
    ).df()


def company(connection: Connection, as_of: datetime) -> Company:
    """All definitions in force at a moment, and the first targets of key results edited since their cycle began."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for version in in_force(connection, as_of):
        found[version.kind].append(version.body or {})
    cycles = [Cycle.model_validate(body) for body in found["cycle"]]
    objectives = [Objective.model_validate(body) for body in found["objective"]]
    key_results: dict[str, list[KeyResult]] = {}
    for body in found["key_result"]:
        key_results.setdefault(body["objective"], []).append(_key_result(body))
    return Company(
        teams=[Team.model_validate(body) for body in found["team"]],
        cycles=cycles,
        kpis=[Kpi.model_validate(body) for body in found["kpi"]],
        statuses=[Status.model_validate(body) for body in found["status"]],
        objectives=[objective for objective in objectives if not objective.draft],
        drafts=[objective for objective in objectives if objective.draft],
        key_results=key_results,
        sources={body["id"]: Source.model_validate(body) for body in found["source"]},
        originals=_originals(
            edited(connection, "key_result", as_of),
            cycles,
            objectives,
            _published(edited(connection, "objective", as_of)),
        ),
    )


def _published(versions: pd.DataFrame) -> dict[str, datetime]:
    """When each objective that began as a draft was first published; one still a draft is not in it."""
    found: dict[str, datetime] = {}
    for identifier, history_of in versions.groupby("id"):
        drafts = [bool(json.loads(body).get("draft")) for body in history_of["body"]]
        if drafts[0] and not all(drafts):
            found[str(identifier)] = history_of["recorded_at"].iloc[drafts.index(False)]
    return found


def _originals(
    versions: pd.DataFrame, cycles: list[Cycle], objectives: list[Objective], published: dict[str, datetime]
) -> dict[str, KeyResult]:
    """Per edited key result what it is held to: the last version recorded before its cycle began, else the first. What
    was written before its objective was published was talk: then the version that was published counts."""
    starts = {cycle.id: pd.Timestamp(cycle.start) for cycle in cycles}
    began = {objective.id: starts.get(objective.cycle or "") for objective in objectives}
    originals: dict[str, KeyResult] = {}
    for identifier, history_of in versions.groupby("id"):
        bodies = [json.loads(body) for body in history_of["body"]]
        home = bodies[-1]["objective"]
        moments = [moment for moment in (began.get(home), published.get(home)) if moment is not None]
        binding = max(moments) if moments else None
        early = [body for body, at in zip(bodies, history_of["recorded_at"], strict=True) if binding and at <= binding]
        originals[str(identifier)] = _key_result(early[-1] if early else bodies[0])
    return originals


def versions_of(file: OkrFile) -> list[Version]:
    """An OKR file as rows of history: objectives without their key results, each key result with its objective."""
    rows = [Version("team", team.id, body_of(team)) for team in file.teams]
    rows += [Version("cycle", cycle.id, body_of(cycle)) for cycle in file.cycles]
    rows += [Version("kpi", kpi.id, body_of(kpi)) for kpi in file.kpis]
    rows += [Version("status", status.id, body_of(status)) for status in file.statuses]
    for objective in file.objectives:
        rows.append(Version("objective", objective.id, body_of(objective)))
        rows += [
            Version("key_result", kr.id, {"objective": objective.id, **body_of(kr)}) for kr in objective.key_results
        ]
    return rows


def version_of_key_result(objective: str, key_result: KeyResult) -> Version:
    """A key result as a row of history, with the id of its objective."""
    return Version("key_result", key_result.id, {"objective": objective, **body_of(key_result)})


def latest_key_result(connection: Connection, identifier: str) -> tuple[str, KeyResult]:
    """The objective's id and the key result as last recorded."""
    row = connection.execute(
        "SELECT last(body ORDER BY recorded_at, rowid) FROM definition WHERE kind = 'key_result' AND id = ?",
        [identifier],
    ).fetchone()
    assert row is not None
    body = json.loads(row[0])
    return body["objective"], _key_result(body)


def version_of(source: Source) -> Version:
    """A source as a row of history."""
    return Version("source", source.id, body_of(source))


def body_of(definition: Definition) -> dict[str, Any]:
    """A definition as its version keeps it: what differs from the defaults; an objective without its key results."""
    return definition.model_dump(mode="json", exclude_defaults=True, exclude={"key_results"})


def _key_result(body: dict[str, Any]) -> KeyResult:
    return KeyResult.model_validate({name: value for name, value in body.items() if name != "objective"})
