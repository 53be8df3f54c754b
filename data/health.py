"""How the data is doing: what last arrived for each KPI, what loads changed, how their checks ended.

Every function works on a connection that store.py hands out and answers as of a moment.
"""

from datetime import datetime

import pandas as pd

from data.store import Connection


def arrivals(connection: Connection, as_of: datetime) -> pd.DataFrame:
    """Per KPI, over loads in force: kpi, last (first day of the latest period), load_id (the last load that brought or
    confirmed a value), restated (values that a later load changed), restated_by (the last load that did)."""
    return connection.execute(
        "WITH live AS (SELECT load_id FROM load WHERE status IN ('stored', 'partial') AND recorded_at <= $as_of "
        "AND load_id NOT IN (SELECT load_id FROM load_undo WHERE recorded_at <= $as_of)), "
        "brought AS (SELECT kpi, max(period) AS last, max(load_id) AS load_id, "
        "count(*) FILTER (came = 'again') AS restated, max(load_id) FILTER (came = 'again') AS restated_by "
        "FROM observation SEMI JOIN live USING (load_id) GROUP BY kpi), "
        "confirmed AS (SELECT kpi, max(load_id) AS load_id FROM confirmation SEMI JOIN live USING (load_id) "
        "GROUP BY kpi) "
        "SELECT b.kpi, b.last, greatest(b.load_id, coalesce(c.load_id, 0)) AS load_id, b.restated, b.restated_by "
        "FROM brought b LEFT JOIN confirmed c USING (kpi) ORDER BY kpi",
        {"as_of": as_of},
    ).df()


def loads(connection: Connection, as_of: datetime) -> pd.DataFrame:
    """Every load by a moment, newest first, with its checks: the columns of `load` without layout and mapping, then
    undone_at, checks, failed (what must hold and did not), warned (what only looks odd)."""
    return connection.execute(
        "SELECT l.* EXCLUDE (layout, mapping), u.recorded_at AS undone_at, coalesce(c.checks, 0) AS checks, "
        "coalesce(c.failed, 0) AS failed, coalesce(c.warned, 0) AS warned FROM load l "
        "LEFT JOIN (SELECT * FROM load_undo WHERE recorded_at <= $as_of) u USING (load_id) "
        "LEFT JOIN (SELECT load_id, count(*) AS checks, count(*) FILTER (NOT success AND blocking) AS failed, "
        "count(*) FILTER (NOT success AND NOT blocking) AS warned FROM check_result WHERE kpi = '' GROUP BY load_id) c "
        "USING (load_id) WHERE l.recorded_at <= $as_of ORDER BY l.load_id DESC",
        {"as_of": as_of},
    ).df()


def failures(connection: Connection, load_ids: list[int]) -> pd.DataFrame:
    """What did not hold for single KPIs in some loads: load_id, kpi, expectation, blocking, detail."""
    return connection.execute(
        "SELECT load_id, kpi, expectation, blocking, detail FROM check_result "
        "WHERE NOT success AND kpi <> '' AND load_id IN (SELECT unnest(CAST(? AS INTEGER[]))) ORDER BY ALL",
        [load_ids],
    ).df()
