"""Runs the suite as SQL (DuckDB's) where the rows already are. The facts are those of check_facts.py, word for word.

This file only writes SQL: whoever holds the connection passes a function that runs it.
"""

from collections.abc import Callable, Iterable

import pandas as pd

from kpi_sources.check_facts import Limits
from kpi_sources.check_outcome import OFFENDER_COLUMNS, Outcome
from kpi_sources.suite import (
    SAME,
    STRUCTURE,
    AtLeast,
    Contains,
    Expectation,
    Finite,
    HasColumn,
    HasType,
    Holds,
    Present,
    RowCount,
    Rule,
)

Query = Callable[[str, dict[str, pd.DataFrame]], pd.DataFrame]

TYPES = {"number": ("DOUBLE",), "day": ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")}

_USABLE = "number IS NOT NULL AND start IS NOT NULL AND kpi IS NOT NULL AND segment IS NOT NULL"

# To SQL a NaN is a number above all others, to pandas a missing one: it becomes NULL on the way in.
_BESIDE = """
limits AS (
    SELECT kpi, CAST(grain AS VARCHAR) AS grain, max_jump,
           nullif(low, 'NaN'::DOUBLE) AS low, nullif(high, 'NaN'::DOUBLE) AS high,
           CAST(nullif(phase, 'NaN'::DOUBLE) AS INTEGER) AS phase_known, CAST(last_known AS DATE) AS last_known,
           CAST(fresh_from AS DATE) AS fresh_from, CAST(over_until AS DATE) AS over_until
    FROM kpi_limit
),
cleaned AS (
    SELECT kpi, segment, CAST(start AS DATE) AS start, coalesce(cadence, '') AS cadence,
           nullif(value, 'NaN'::DOUBLE) AS value, line, "column"
    FROM extract
),
beside AS (
    SELECT r.*, k.grain, k.low, k.high, k.max_jump, k.phase_known, k.over_until,
           CASE WHEN r.kpi IS NULL THEN NULL WHEN k.kpi IS NULL THEN 0.0 ELSE 1.0 END AS defined,
           CASE WHEN isfinite(r.value) THEN r.value END AS number,
           CASE WHEN r.start IS NULL OR k.kpi IS NULL THEN NULL
                WHEN k.grain = 'week' THEN isodow(r.start) - 1
                WHEN k.grain = 'day' THEN 0
                WHEN day(r.start) <> 1 THEN -1
                WHEN k.grain = 'quarter' THEN (month(r.start) - 1) % 3
                ELSE 0 END AS phase
    FROM cleaned r LEFT JOIN limits k ON r.kpi = k.kpi
)"""

_FACTS = """
dated AS (
    SELECT kpi, phase, 2 * count(*) > sum(count(*)) OVER (PARTITION BY kpi) AS alike
    FROM beside WHERE cadence = 'day' AND grain <> 'day' AND phase IS NOT NULL GROUP BY kpi, phase
),
facts AS (
    SELECT b.*, DATE '{earliest}' AS earliest, DATE '{latest}' AS latest,
           CASE WHEN b.grain IS NULL THEN NULL
                WHEN b.start IS NULL AND b.cadence IN (b.grain, 'day') THEN 1.0
                WHEN (b.cadence = b.grain OR (b.cadence = 'day' AND d.alike))
                     AND b.phase <> -1 AND (b.phase_known IS NULL OR b.phase = b.phase_known) THEN 1.0
                ELSE 0.0 END AS fits,
           CASE WHEN b.start <= DATE '{latest}'
                THEN CASE WHEN b.start <= b.over_until THEN 1.0 WHEN b.grain IS NOT NULL THEN 0.0 END END AS over
           {columns}
    FROM {source} b LEFT JOIN dated d ON b.kpi = d.kpi AND b.phase = d.phase {joins}
)"""

_CONFLICTS = f"""
conflicts AS (
    SELECT kpi, segment, start FROM beside WHERE {_USABLE} GROUP BY kpi, segment, start
    HAVING max(number) - min(number) > {SAME!r} * greatest(abs(max(number)), abs(min(number)))
)"""  # noqa: S608

# A value known from earlier loads takes part in the order, unless the extract has its own for that period.
_ORDERED = f"""
ordered AS (
    SELECT *, lag(number) OVER (PARTITION BY kpi, segment, {_USABLE} ORDER BY start, number) AS neighbour,
           {_USABLE} AS usable
    FROM (
        SELECT *, false AS old FROM beside
        UNION ALL BY NAME
        SELECT k.kpi, k.segment, CAST(k.period AS DATE) AS start, k.value AS number, true AS old
        FROM known_last k WHERE isfinite(k.value) AND NOT EXISTS (
            SELECT 1 FROM beside b WHERE b.kpi = k.kpi AND b.segment = k.segment
            AND b.start = CAST(k.period AS DATE) AND b.number IS NOT NULL)
    )
),
followed AS (
    SELECT * EXCLUDE (neighbour, old), CASE WHEN usable THEN neighbour END AS previous FROM ordered WHERE NOT old
)"""  # noqa: S608

_GAPS = """1 - count(DISTINCT (segment, start))
               FILTER (number IS NOT NULL AND start IS NOT NULL AND segment IS NOT NULL)
               / nullif(count(DISTINCT segment) * count(DISTINCT start), 0)"""

_KPIS = """
per_kpi AS (
    SELECT kpi, max(start) FILTER (start <= DATE '{latest}') AS seen,
           {gaps} AS gaps
    FROM beside WHERE defined = 1.0 GROUP BY kpi
),
facts AS (
    SELECT p.kpi, CASE WHEN k.last_known >= p.seen THEN k.last_known ELSE coalesce(p.seen, k.last_known) END AS last,
           k.fresh_from, p.gaps, CAST({gaps_allowed} AS DOUBLE) AS gaps_allowed
    FROM per_kpi p JOIN limits k USING (kpi)
)"""


def run_sql(query: Query, limits: Limits, suite: Iterable[Expectation]) -> tuple[int, dict[str, Outcome]]:
    """The number of rows, and every expectation's outcome by code; only the structure's when that fails."""
    structure = _structure(query)
    if not all(outcome.success for outcome in structure.values()):
        return 1, structure
    frames = {"kpi_limit": limits.kpis, "known_last": limits.known}
    listed = list(suite)
    total = 0
    out = dict(structure)
    for needs in sorted({_costly(e) for e in listed if e.of == "rows"}, key=len):
        group = [e for e in listed if e.of == "rows" and _costly(e) == needs]
        facts = facts_sql(limits, needs)
        counts = query(f"{facts} SELECT count(*) AS total{_counted(group)} FROM facts", frames).iloc[0]  # noqa: S608
        total = int(counts["total"])
        for expectation in group:
            out[expectation.code] = _outcome(query, frames, facts, expectation, int(counts[expectation.code]))
    for expectation in (e for e in listed if e.of == "kpis"):
        out[expectation.code] = _of_kpis(query, frames, limits, expectation)
    return total, {code: out[code] for code in [*structure, *(e.code for e in listed)]}


def facts_sql(limits: Limits, needs: frozenset[str] = frozenset()) -> str:
    """`WITH ... facts`: every row with its facts; the costly ones (rivals, jump) only where needed."""
    parts, columns, joins, source = [_BESIDE], "", "", "beside"
    if "rivals" in needs:
        parts.append(_CONFLICTS)
        usable = " AND ".join(f"b.{part}" for part in _USABLE.split(" AND "))
        columns += f", CASE WHEN c.kpi IS NOT NULL AND {usable} THEN 0.0 ELSE 1.0 END AS agrees"
        joins += "LEFT JOIN conflicts c ON b.kpi = c.kpi AND b.segment = c.segment AND b.start = c.start"
    if "jump" in needs:
        parts.append(_ORDERED)
        source = "followed"
        least = "nullif(least(abs(b.number), abs(b.previous)), 0)"
        columns += (
            ", CASE WHEN b.number IS NOT NULL AND b.previous IS NOT NULL "
            f"THEN greatest(abs(b.number), abs(b.previous)) / {least} END AS jump"
        )
    body = _FACTS.format(
        earliest=limits.earliest.date(), latest=limits.latest.date(), columns=columns, source=source, joins=joins
    )
    return "WITH " + ",".join([*parts, body])


def kpi_facts_sql(limits: Limits, needs: frozenset[str] = frozenset()) -> str:
    """`WITH ... facts`: one row per defined KPI of the extract; its gaps, which are costly, only where needed."""
    gaps = _GAPS if "gaps" in needs else "NULL"
    body = _KPIS.format(latest=limits.latest.date(), gaps=gaps, gaps_allowed=float(limits.gaps_allowed))
    return "WITH " + ",".join([_BESIDE, body])


def broken(rule: Rule) -> str:
    """The condition of a row that breaks the rule; NULL, where a cell is missing, breaks none."""
    match rule:
        case Present(column):
            return f"{column} IS NULL"
        case Finite(column):
            return f"NOT isfinite({column})"
        case AtLeast(column, other):
            return f"{column} < {other}"
        case Holds(column):
            return f"{column} <> 1.0"
    raise TypeError(f"{type(rule).__name__} is a rule about a table, not about its rows")


def _costly(expectation: Expectation) -> frozenset[str]:
    return expectation.needs & {"rivals", "jump"}


def _condition(expectation: Expectation) -> str:
    return " OR ".join(f"coalesce({broken(rule)}, false)" for rule in expectation.rules)


def _counted(group: list[Expectation]) -> str:
    out = ""
    for expectation in group:
        rule = expectation.rules[0]
        if isinstance(rule, RowCount):
            bounds = [f"count(*) < {rule.low}"] if rule.low is not None else []
            bounds += [f"count(*) > {rule.high}"] if rule.high is not None else []
            out += f", CASE WHEN {' OR '.join(bounds) or 'false'} THEN 1 ELSE 0 END AS {expectation.code}"
        else:
            out += f", count(*) FILTER ({_condition(expectation)}) AS {expectation.code}"
    return out


def _outcome(
    query: Query, frames: dict[str, pd.DataFrame], facts: str, expectation: Expectation, unexpected: int
) -> Outcome:
    if isinstance(expectation.rules[0], RowCount):
        return Outcome.of_absent([""] * unexpected)
    if not unexpected:
        return Outcome(0, pd.DataFrame(columns=list(OFFENDER_COLUMNS)))
    before = "previous" if "jump" in expectation.needs else "NULL AS previous"  # a fact only of the jumps' query
    kept = ", ".join(before if column == "previous" else f'"{column}"' for column in OFFENDER_COLUMNS)
    sql = f'{facts} SELECT {kept} FROM facts WHERE {_condition(expectation)} ORDER BY line, "column"'  # noqa: S608
    return Outcome(unexpected, query(sql, frames))


def _of_kpis(query: Query, frames: dict[str, pd.DataFrame], limits: Limits, expectation: Expectation) -> Outcome:
    facts = kpi_facts_sql(limits, expectation.needs)
    rule = expectation.rules[0]
    if isinstance(rule, Contains):
        there = set(query(f"{facts} SELECT {rule.column} AS name FROM facts", frames)["name"])  # noqa: S608
        return Outcome.of_absent([value for value in rule.values if value not in there])
    found = query(f"{facts} SELECT * FROM facts WHERE {_condition(expectation)} ORDER BY kpi", frames)  # noqa: S608
    return Outcome(len(found), found)


def _structure(query: Query) -> dict[str, Outcome]:
    described = query("SELECT column_name, column_type FROM (DESCRIBE extract)", {})
    types = dict(zip(described["column_name"], described["column_type"], strict=True))
    out = {}
    for expectation in STRUCTURE:
        absent = []
        for rule in expectation.rules:
            if isinstance(rule, HasColumn) and rule.column not in types:
                absent.append(rule.column)
            if isinstance(rule, HasType) and types.get(rule.column) not in TYPES[rule.kind]:
                absent.append(rule.column)
        out[expectation.code] = Outcome.of_absent(absent)
    return out
