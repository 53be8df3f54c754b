"""Does the store hold together? Sums of the ledger, references, uniqueness, readable definitions."""

from dataclasses import dataclass

from data import definitions
from data.store import Connection


@dataclass(frozen=True)
class Finding:
    """One rule and how many rows break it."""

    rule: str
    broken: int
    example: str = ""


# Each query returns (number of offenders, one of them in words).
_RULES = {
    "a value stands once per KPI, segment, period and load": (
        "SELECT count(*), any_value(kpi || ', ' || segment || ', ' || period || ', load ' || load_id) FROM "
        "(SELECT kpi, segment, period, load_id FROM observation GROUP BY ALL HAVING count(*) > 1)"
    ),
    "only one value of a KPI, segment and period was the first": (
        "SELECT count(*), any_value(kpi || ', ' || segment || ', ' || period) FROM (SELECT kpi, segment, period "
        "FROM observation WHERE came = 'first' GROUP BY ALL HAVING count(*) > 1)"
    ),
    "every value is a finite number": (
        "SELECT count(*), any_value(kpi || ', ' || period || ': ' || value) FROM observation WHERE NOT isfinite(value)"
    ),
    "every value belongs to a load that stored something": (
        "SELECT count(*), any_value('load ' || load_id) FROM observation ANTI JOIN (SELECT load_id FROM load "
        "WHERE status IN ('stored', 'partial')) USING (load_id)"
    ),
    "every load has as many values as it reported": (
        "SELECT count(*), any_value('load ' || load_id || ': ' || reported || ' reported, ' || found || ' found') FROM "
        "(SELECT load_id, accepted_new + restated AS reported, (SELECT count(*) FROM observation o WHERE "
        "o.load_id = load.load_id AND came <> 'handed_on') AS found FROM load WHERE status IN ('stored', 'partial')) "
        "WHERE reported <> found"
    ),
    "load numbers are unique": (
        "SELECT count(*), any_value('load ' || load_id) FROM (SELECT load_id FROM load GROUP BY 1 HAVING count(*) > 1)"
    ),
    "a load is taken back at most once, and only if it is there": (
        "SELECT count(*), any_value('load ' || load_id) FROM (SELECT load_id FROM load_undo GROUP BY 1 "
        "HAVING count(*) > 1 UNION ALL SELECT load_id FROM load_undo ANTI JOIN load USING (load_id))"
    ),
    "every refused row, check and confirmation belongs to a load": (
        "SELECT count(*), any_value('load ' || load_id) FROM (SELECT load_id FROM rejection UNION ALL SELECT load_id "
        "FROM check_result UNION ALL SELECT load_id FROM confirmation) ANTI JOIN load USING (load_id)"
    ),
}


def check(connection: Connection) -> list[Finding]:
    """Every rule with the number of rows that break it; all zero in a sound store."""
    found = []
    for rule, query in _RULES.items():
        row = connection.execute(query).fetchone() or (0, "")
        found.append(Finding(rule, int(row[0]), str(row[1] or "")))
    return [*found, _readable_definitions(connection)]


def _readable_definitions(connection: Connection) -> Finding:
    rule = "every definition can be read, and every key result has its objective"
    rows = connection.execute("SELECT DISTINCT kind, id FROM definition").fetchall()
    known = {(kind, identifier) for kind, identifier in rows}
    last = connection.execute("SELECT max(recorded_at) FROM definition").fetchone()
    try:
        if last and last[0]:
            definitions.company(connection, last[0])
    except ValueError as error:
        return Finding(rule, 1, str(error).splitlines()[0])
    parents = connection.execute(
        "SELECT DISTINCT id, json_extract_string(body, '$.objective') FROM definition WHERE kind = 'key_result' "
        "AND body <> 'null'"
    ).fetchall()
    orphans = [identifier for identifier, objective in parents if ("objective", objective) not in known]
    return Finding(rule, len(orphans), orphans[0] if orphans else "")
