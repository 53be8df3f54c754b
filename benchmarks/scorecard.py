"""The scorecard of a big company: from the store to the frame, against the query that an analyst would write by hand in
DuckDB for the same scores and means: without expectation, trend, season, verdict or words, which SQL cannot say."""

import tempfile
from datetime import datetime, time
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks import company as big
from benchmarks.table import Table
from data import as_known
from workspace import Workspace

KPIS, KEY_RESULTS = 10_000, 2_000
BY_HAND = """
WITH known AS (
    SELECT kpi, segment, period, value FROM observation WHERE kpi IN (SELECT kpi FROM plan)
    QUALIFY row_number() OVER (PARTITION BY kpi, segment, period ORDER BY load_id DESC) = 1
), told AS (
    SELECT kpi, arg_max(value, period) AS current, avg(value) FILTER (period >= $begin) AS actual,
        avg(value) FILTER (period < $begin) AS before, count(*) FILTER (period >= $begin) AS n,
        stddev_samp(value) FILTER (period >= $begin) AS spread,
        stddev_samp(value) FILTER (period < $begin) AS spread_before
    FROM known WHERE period >= $begin - INTERVAL 91 DAY AND period <= $finish AND segment = 'all' GROUP BY kpi
), scored AS (
    SELECT plan.*, told.*, greatest(0, least(1, (current - baseline) / (target - baseline))) AS score,
        abs(actual - before) > 1.96 * sqrt((spread ^ 2 + spread_before ^ 2) / n) AS moved
    FROM plan JOIN told ON told.kpi = plan.kpi
)
SELECT id, objective, current, score, score >= 0.7 AS passed, actual, before, moved,
    avg(score) OVER (PARTITION BY objective) AS objective_score
FROM scored ORDER BY id
"""


def measure() -> Table:
    """Times of 2,000 key results over 10,000 KPIs of 156 weeks; each step also as a multiple of the bare query."""
    with tempfile.TemporaryDirectory() as folder:
        store = big.fill(Path(folder) / "big.duckdb", KPIS, KEY_RESULTS)
        workspace = Workspace(store.path, now=lambda: datetime.combine(big.AS_OF, time(12)))
        _, rows = workspace.company().of_cycle(big.CYCLE.id)
        plan = pd.DataFrame(
            [(kr.id, of, kr.kpi, kr.baseline, kr.target) for of, kr in rows],
            columns=["id", "objective", "kpi", "baseline", "target"],
        )
        linked = sorted(set(plan["kpi"]))

        def by_hand() -> pd.DataFrame:
            with store.read() as connection:
                connection.register("plan", plan)
                cycle = {"begin": big.CYCLE.start, "finish": big.CYCLE.end}
                return connection.execute(BY_HAND, cycle).df().set_index("id")

        def of_the_day() -> int:
            with store.read() as connection:
                return len(as_known.observations(connection, linked, datetime.combine(big.AS_OF, time.max)))

        table = Table(f"Scorecard: {KEY_RESULTS:,} key results, {KPIS:,} KPIs, 156 weeks", "by hand in DuckDB")
        table.add("by hand in DuckDB", _timed(by_hand))
        table.add("values as known on a day", _timed(of_the_day))
        table.add("scorecard, first time", _timed(lambda: workspace.scorecard(big.CYCLE.id)))
        ours, hand = workspace.scorecard(big.CYCLE.id).key_results.set_index("id"), by_hand()
        for name in ("score", "current", "actual"):
            assert np.allclose(ours[name], hand[name].reindex(ours.index), atol=1e-9), f"by hand another {name}"
        table.add("scorecard, same data version", _timed(lambda: workspace.scorecard(big.CYCLE.id)))
        table.add("KPI review of all, first time", _timed(lambda: workspace.review(big.AS_OF, cycle=big.CYCLE.id)))
        table.add(
            "KPI review of all, same data version", _timed(lambda: workspace.review(big.AS_OF, cycle=big.CYCLE.id))
        )
        return table


def _timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
