"""Values as known at a moment: of each KPI, segment and period what the latest load said, among loads not undone."""

from datetime import date, datetime

import pandas as pd

from data.store import Connection

ALL = "SELECT o.* FROM observation o SEMI JOIN wanted USING (kpi)"  # rows of the KPIs that are wanted


def observations(
    connection: Connection,
    kpis: list[str],
    as_of: datetime,
    since: dict[str, date] | None = None,
    *,
    daily: bool = False,
) -> pd.DataFrame:
    """Current values of some KPIs as of a moment: kpi, segment, period, value, load_id; sorted by the first three.

    Of a KPI in `since` only the first value of each segment and those from a day on are read: the first, because a
    total is unknown until all segments seen by then have a value. It is read whole where its segments do not all end
    together on or after that day, so that nothing else can depend on what is left out. `daily` is for questions in
    which the share of days with a value counts: then the first value is left out too, and a KPI is read whole unless
    all its segments have a value on every day of their time.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest(CAST(? AS VARCHAR[])) AS kpi", [kpis])
    make_known(connection, as_of, _recent(connection, since, as_of, daily) if since else ALL)
    return connection.execute(
        "SELECT kpi, segment, period, value, load_id FROM known ORDER BY kpi, segment, period"
    ).df()


def _recent(connection: Connection, since: dict[str, date], as_of: datetime, daily: bool) -> str:
    """The query of the rows that `observations` reads where not all are wanted."""
    asked = pd.DataFrame({"kpi": list(since), "since": pd.to_datetime(list(since.values()))})
    connection.register("since_frame", asked)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE extent AS SELECT kpi, segment, CAST(any_value(since) AS DATE) AS since, "
        "min(period) AS first, max(period) AS last, count(*) FILTER (came = 'first') AS days "
        "FROM observation JOIN since_frame USING (kpi) SEMI JOIN wanted "
        "USING (kpi) SEMI JOIN (SELECT load_id FROM load WHERE status IN ('stored', 'partial') AND "
        "recorded_at <= $as_of AND load_id NOT IN (SELECT load_id FROM load_undo WHERE recorded_at <= $as_of)) "
        "USING (load_id) GROUP BY kpi, segment",
        {"as_of": as_of},
    )
    connection.unregister("since_frame")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE parted AS SELECT kpi, any_value(since) AS since FROM extent GROUP BY kpi "
        "HAVING count(DISTINCT last) = 1 AND max(last) >= any_value(since) "
        "AND (NOT $daily OR bool_and(days = last - first + 1))",
        {"daily": daily},
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE firsts AS SELECT * FROM extent SEMI JOIN parted USING (kpi) WHERE NOT $daily",
        {"daily": daily},
    )
    return (
        "SELECT o.* FROM observation o SEMI JOIN wanted USING (kpi) LEFT JOIN parted p USING (kpi) "
        "WHERE p.since IS NULL OR o.period >= p.since "
        "UNION ALL SELECT o.* FROM observation o JOIN firsts f ON f.kpi = o.kpi AND f.segment = o.segment "
        "AND f.first = o.period WHERE f.first < f.since"
    )


def make_known(connection: Connection, as_of: datetime, mine: str = ALL) -> None:
    """Temp table `known`: the current row per key of the KPIs in `wanted`, as of a moment; or of other rows (`mine`).

    Almost every key has one row ever, so only keys that got another go through the costly pick of the latest.
    """
    make_live(connection, as_of)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE known AS "  # noqa: S608  # `mine` is written in this file
        f"WITH mine AS ({mine}), "
        "often AS (SELECT DISTINCT kpi, segment, period FROM mine WHERE came <> 'first') "
        "SELECT kpi, segment, period, value, exact, load_id FROM mine SEMI JOIN live USING (load_id) "
        "ANTI JOIN often USING (kpi, segment, period) "
        "UNION ALL SELECT kpi, segment, period, value, exact, mine.load_id FROM mine JOIN live USING (load_id) "
        "SEMI JOIN often USING (kpi, segment, period) "
        "QUALIFY row_number() OVER (PARTITION BY kpi, segment, period "
        "ORDER BY live.recorded_at DESC, mine.load_id DESC) = 1"
    )


def make_live(connection: Connection, as_of: datetime) -> None:
    """Temp table `live`: load_id and recorded_at of the loads that brought something and stand, as of a moment."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE live AS SELECT load_id, recorded_at FROM load "
        "WHERE status IN ('stored', 'partial') AND recorded_at <= $as_of "
        "AND load_id NOT IN (SELECT load_id FROM load_undo WHERE recorded_at <= $as_of)",
        {"as_of": as_of},
    )


def last_values(connection: Connection, as_of: datetime, kpis: list[str] | None = None) -> pd.DataFrame:
    """The last known value of every series (of some KPIs): kpi, segment, period, value."""
    make_live(connection, as_of)
    return connection.execute(
        "SELECT kpi, segment, max(period) AS period, arg_max(value, (period, recorded_at, load_id)) AS value "
        "FROM observation JOIN live USING (load_id) "
        "WHERE $kpis IS NULL OR kpi IN (SELECT unnest(CAST($kpis AS VARCHAR[]))) GROUP BY ALL",
        {"kpis": kpis},
    ).df()


def last_period(connection: Connection, source: str) -> date | None:
    """The first day of the last period that a source has brought, over loads not undone."""
    row = connection.execute(
        "SELECT max(period) FROM observation SEMI JOIN (SELECT load_id FROM load ANTI JOIN load_undo USING (load_id) "
        "WHERE source = ? AND status IN ('stored', 'partial')) USING (load_id)",
        [source],
    ).fetchone()
    return row[0] if row else None


def last_mapping(connection: Connection, source: str) -> str | None:
    """How the last load of a source that is not undone was read or computed."""
    row = connection.execute(
        "SELECT arg_max(mapping, load_id) FROM load ANTI JOIN load_undo USING (load_id) "
        "WHERE source = ? AND status IN ('stored', 'partial')",
        [source],
    ).fetchone()
    return row[0] if row else None


def coverage(connection: Connection) -> pd.DataFrame:
    """Per KPI and segment, over loads not undone: kpi, segment, first, last, observations (rows ever brought)."""
    return connection.execute(
        "SELECT kpi, segment, min(period) AS first, max(period) AS last, count(*) AS observations FROM observation "
        "ANTI JOIN load_undo USING (load_id) GROUP BY kpi, segment ORDER BY kpi, segment"
    ).df()
