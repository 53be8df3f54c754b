"""The ledger of observations: what each load brought, what is current, what was known as of a moment.

Nothing is overwritten. A value is current when its load is the latest, among loads not undone, that brought one for its
(kpi, segment, period). Every function works on a connection that store.py hands out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from data.as_known import make_known
from data.store import Connection

SAME = 1e-9  # relative; two values this close are the same number written twice
STAGE_COLUMNS = ["kpi", "segment", "period", "value", "exact"]
COUNTS = ("accepted_new", "unchanged", "restated", "repeated", "rejected", "absent")


@dataclass(frozen=True)
class LoadRecord:
    """Who brought which file, and how it was read."""

    recorded_at: datetime
    recorded_by: str
    file: str
    sha256: str
    source: str
    layout: str = ""
    mapping: str = ""


@dataclass(frozen=True)
class Comparison:
    """A staged extract against what was known at its moment."""

    counts: dict[str, int]
    new: pd.DataFrame = field(repr=False)  # kpi, segment, period, value
    restated: pd.DataFrame = field(repr=False)  # kpi, segment, period, old, new; biggest relative change first


def stage(connection: Connection, rows: pd.DataFrame) -> None:
    """Put tidy rows (kpi, segment, period, value, exact; one per key) where `compare` and `record` find them."""
    connection.register("staged_frame", rows[STAGE_COLUMNS])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE staged AS SELECT kpi, segment, CAST(period AS DATE) AS period, "
        "CAST(value AS DOUBLE) AS value, CAST(exact AS VARCHAR) AS exact FROM staged_frame"
    )
    connection.unregister("staged_frame")


def compare(connection: Connection, source: str, recorded_at: datetime) -> Comparison:
    """Sort the staged rows into new, unchanged and restated against what was known at `recorded_at`.

    Absent are values of the same source, inside the days that the extract spans, which it no longer has; they stay.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT kpi FROM staged UNION SELECT DISTINCT kpi FROM "
        "observation SEMI JOIN (SELECT load_id FROM load WHERE source = $source) USING (load_id)",
        {"source": source},
    )
    make_known(connection, recorded_at)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE compared AS SELECT kpi, segment, period, s.value, s.exact, k.value AS old, "
        "k.load_id AS known_by, CASE WHEN k.value IS NULL THEN 'new' WHEN s.value IS NULL THEN 'unmet' "
        "WHEN abs(s.value - k.value) <= $same * greatest(abs(s.value), abs(k.value)) "
        "AND s.exact IS NOT DISTINCT FROM k.exact THEN 'unchanged' ELSE 'restated' END AS what "
        "FROM staged s FULL JOIN known k USING (kpi, segment, period)",
        {"same": SAME},
    )
    found = dict(connection.execute("SELECT what, count(*) FROM compared GROUP BY what").fetchall())
    absent = connection.execute(
        "SELECT count(*) FROM compared SEMI JOIN (SELECT load_id FROM load WHERE source = $source) own "
        "ON own.load_id = known_by WHERE what = 'unmet' "
        "AND period BETWEEN (SELECT min(period) FROM staged) AND (SELECT max(period) FROM staged)",
        {"source": source},
    ).fetchone()
    counts = {
        "accepted_new": found.get("new", 0),
        "unchanged": found.get("unchanged", 0),
        "restated": found.get("restated", 0),
        "absent": absent[0] if absent else 0,
    }
    new = connection.execute(
        "SELECT kpi, segment, period, value FROM compared WHERE what = 'new' ORDER BY ALL LIMIT 10000"
    ).df()
    restated = connection.execute(
        "SELECT kpi, segment, period, old, value AS \"new\" FROM compared WHERE what = 'restated' "
        "ORDER BY abs(value - old) / nullif(greatest(abs(old), abs(value)), 0) DESC, kpi, segment, period LIMIT 100000"
    ).df()
    return Comparison(counts, new, restated)


def record(
    connection: Connection,
    load: LoadRecord,
    status: str,
    counts: dict[str, int],
    problems: list[dict[str, Any]],
    write: Callable[[Connection, int], None] | None = None,
) -> int:
    """Write the load; with status stored or partial also what `compare` left in the connection. Returns its number.

    `write` puts the observations of the load there instead (a bulk load into a store that has none of its KPIs).
    """
    row = connection.execute("SELECT coalesce(max(load_id), 0) + 1 FROM load").fetchone()
    load_id = int(row[0]) if row else 1
    connection.execute(
        "INSERT INTO load VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            load_id,
            load.recorded_at,
            load.recorded_by,
            load.file,
            load.sha256,
            load.source,
            status,
            load.layout,
            load.mapping,
            *(counts.get(name, 0) for name in COUNTS),
        ],
    )
    if problems:
        frame = pd.DataFrame(problems, columns=["row", "column", "value", "code", "reason"])
        connection.register("problem_frame", frame.astype({"row": "Int64"}))
        connection.execute(
            'INSERT INTO rejection SELECT ?, "row", "column", value, code, reason FROM problem_frame', [load_id]
        )
        connection.unregister("problem_frame")
    if status in ("stored", "partial"):
        (write or _write_observations)(connection, load_id)
    return load_id


def _write_observations(connection: Connection, load_id: int) -> None:
    arrange(connection)
    write_arranged(connection, load_id)


def arrange(connection: Connection) -> None:
    """Put what `compare` found into the rows that `write_arranged` appends: temp tables `arriving` and `confirming`."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE arriving AS SELECT c.kpi, c.segment, c.period, c.value, c.exact, "
        "CASE WHEN EXISTS (SELECT 1 FROM observation o WHERE o.kpi = c.kpi AND o.segment = c.segment "
        "AND o.period = c.period) THEN 'again' ELSE 'first' END AS came "
        "FROM compared c WHERE what IN ('new', 'restated') ORDER BY c.kpi, c.segment, c.period"
    )
    # Runs of confirmed periods: before each of a run stand as many known periods that were not confirmed.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE confirming AS "
        "WITH gap AS (SELECT DISTINCT kpi, segment FROM compared WHERE what IN ('restated', 'unmet')), "
        "ranked AS (SELECT *, count(*) FILTER (what <> 'unchanged') "
        "OVER (PARTITION BY kpi, segment ORDER BY period ROWS UNBOUNDED PRECEDING) AS run "
        "FROM compared SEMI JOIN gap USING (kpi, segment) WHERE what <> 'new') "
        "SELECT kpi, segment, min(period) AS first, max(period) AS last FROM ranked WHERE what = 'unchanged' "
        "GROUP BY kpi, segment, run UNION ALL "
        "SELECT kpi, segment, min(period), max(period) FROM compared ANTI JOIN gap USING (kpi, segment) "
        "WHERE what = 'unchanged' GROUP BY kpi, segment ORDER BY 1, 2, 3"
    )


def write_arranged(connection: Connection, load_id: int) -> None:
    """Append what `arrange` put ready, under a load."""
    connection.execute(
        "INSERT INTO observation SELECT kpi, segment, period, value, exact, $load_id, came FROM arriving",
        {"load_id": load_id},
    )
    connection.execute("INSERT INTO confirmation SELECT $load_id, * FROM confirming", {"load_id": load_id})


@dataclass(frozen=True)
class Mark:
    """How far the ledger had come: its last load, and how many were taken back."""

    load_id: int
    undone: int


def last_marks(connection: Connection) -> Mark:
    """How far the ledger has come."""
    row = connection.execute("SELECT (SELECT coalesce(max(load_id), 0) FROM load), (SELECT count(*) FROM load_undo)")
    return Mark(*(int(part) for part in row.fetchone() or (0, 0)))


def touched_since(connection: Connection, before: Mark, kpis: list[str], source: str) -> bool:
    """Whether `compare` may find something else for these KPIs and this source: a load brought something of them, or
    one was taken back since."""
    now = last_marks(connection)
    if now.undone != before.undone:
        return True
    if now.load_id == before.load_id:
        return False
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM load WHERE load_id > $last AND source = $source) "
        "OR EXISTS (SELECT 1 FROM observation WHERE load_id > $last AND kpi IN ("
        "SELECT unnest(CAST($kpis AS VARCHAR[])) UNION ALL SELECT kpi FROM observation "
        "SEMI JOIN (SELECT load_id FROM load WHERE source = $source) USING (load_id)))",
        {"last": before.load_id, "source": source, "kpis": kpis},
    ).fetchone()
    return bool(row and row[0])


def stored_already(connection: Connection, sha256: str, source: str, mapping: str) -> int | None:
    """The load that already brought these bytes, read the same way, and was not undone."""
    row = connection.execute(
        "SELECT max(load_id) FROM load ANTI JOIN load_undo USING (load_id) "
        "WHERE sha256 = ? AND source = ? AND mapping = ? AND status IN ('stored', 'partial')",
        [sha256, source, mapping],
    ).fetchone()
    return row[0] if row else None


def has_loads_of(connection: Connection, source: str, mapping: str) -> bool:
    """Whether any load stored something of this source, read the same way: else no file can be known already."""
    row = connection.execute(
        "SELECT count(*) FROM load WHERE source = ? AND mapping = ? AND status IN ('stored', 'partial')",
        [source, mapping],
    ).fetchone()
    return row is not None and row[0] > 0


def refused_already(connection: Connection, load: LoadRecord, status: str) -> int | None:
    """The last load of these bytes, read the same way, if it ended in the same refusal: a retry need not be noted."""
    row = connection.execute(
        "SELECT load_id, status FROM load WHERE sha256 = ? AND source = ? AND mapping = ? "
        "ORDER BY load_id DESC LIMIT 1",
        [load.sha256, load.source, load.mapping],
    ).fetchone()
    return row[0] if row and row[1] == status else None


def undo(connection: Connection, load_id: int, at: datetime, by: str) -> None:
    """Take a load back. It stays on record; what a later load confirmed stays too, now under that load."""
    connection.execute(
        "INSERT INTO observation "
        "WITH live AS (SELECT load_id, recorded_at FROM load ANTI JOIN load_undo USING (load_id) "
        "WHERE status IN ('stored', 'partial')), "
        "mine AS (SELECT o.*, live.recorded_at FROM observation o JOIN live USING (load_id) WHERE load_id = $load_id), "
        "later AS (SELECT m.kpi, m.segment, m.period, min((live.recorded_at, live.load_id)) AS replaced "
        "FROM mine m JOIN observation o USING (kpi, segment, period) JOIN live ON live.load_id = o.load_id "
        "WHERE (live.recorded_at, live.load_id) > (m.recorded_at, m.load_id) GROUP BY ALL) "
        "SELECT m.kpi, m.segment, m.period, m.value, m.exact, c.load_id, 'handed_on' "
        "FROM mine m JOIN confirmation c ON c.kpi = m.kpi AND c.segment = m.segment "
        "AND m.period BETWEEN c.first AND c.last "
        "JOIN live ON live.load_id = c.load_id LEFT JOIN later "
        "ON later.kpi = m.kpi AND later.segment = m.segment AND later.period = m.period "
        "WHERE (live.recorded_at, live.load_id) > (m.recorded_at, m.load_id) "
        "AND (later.replaced IS NULL OR (live.recorded_at, live.load_id) < later.replaced) "
        "QUALIFY row_number() OVER (PARTITION BY m.kpi, m.segment, m.period "
        "ORDER BY live.recorded_at, live.load_id) = 1",
        {"load_id": load_id},
    )
    connection.execute("INSERT INTO load_undo VALUES (?, ?, ?)", [load_id, at, by])


def loads(connection: Connection) -> pd.DataFrame:
    """Every load, newest first, with `undone_at` where it was taken back."""
    return connection.execute(
        "SELECT l.*, u.recorded_at AS undone_at, u.recorded_by AS undone_by FROM load l "
        "LEFT JOIN load_undo u USING (load_id) ORDER BY l.load_id DESC"
    ).df()


def rejections(connection: Connection, load_id: int) -> pd.DataFrame:
    """The refused rows of a load: row, column, value, code, reason."""
    return connection.execute(
        'SELECT "row", col AS "column", value, code, reason FROM rejection WHERE load_id = ? ORDER BY ALL', [load_id]
    ).df()


def restatements(connection: Connection, load_id: int) -> pd.DataFrame:
    """What a load changed: kpi, segment, period, old, new. `old` is the value known just before it."""
    return connection.execute(
        "WITH mine AS (SELECT o.*, l.recorded_at FROM observation o JOIN load l USING (load_id) "
        "WHERE load_id = $load_id AND came = 'again'), "
        "before AS (SELECT o.kpi, o.segment, o.period, o.value, l.recorded_at, l.load_id FROM observation o "
        "JOIN load l USING (load_id) SEMI JOIN mine USING (kpi, segment, period)) "
        'SELECT m.kpi, m.segment, m.period, b.value AS old, m.value AS "new" FROM mine m JOIN before b '
        "USING (kpi, segment, period) WHERE (b.recorded_at, b.load_id) < (m.recorded_at, m.load_id) "
        "AND abs(b.value - m.value) > $same * greatest(abs(b.value), abs(m.value)) "
        "QUALIFY row_number() OVER (PARTITION BY m.kpi, m.segment, m.period "
        "ORDER BY b.recorded_at DESC, b.load_id DESC) = 1 ORDER BY 1, 2, 3",
        {"load_id": load_id, "same": SAME},
    ).df()


def record_checks(connection: Connection, load_id: int, results: list[dict[str, Any]]) -> None:
    """Keep how each check of a load ended: expectation, kpi, success, blocking, unexpected, detail."""
    if not results:
        return
    frame = pd.DataFrame(results)
    connection.register("check_frame", frame)
    connection.execute(
        "INSERT INTO check_result SELECT ?, expectation, kpi, success, blocking, unexpected, detail FROM check_frame",
        [load_id],
    )
    connection.unregister("check_frame")


def checks(connection: Connection, load_id: int) -> pd.DataFrame:
    """How the checks of a load ended: expectation, kpi, success, blocking, unexpected, detail; failures first."""
    return connection.execute(
        "SELECT * EXCLUDE (load_id) FROM check_result WHERE load_id = ? ORDER BY success, expectation, kpi", [load_id]
    ).df()
