"""The scorecard of a big company: from the store to the frame, against the same rows asked by hand in DuckDB."""

import tempfile
from datetime import datetime, time
from pathlib import Path
from time import perf_counter

from benchmarks import company as big
from benchmarks.table import Table
from data import ledger
from workspace import Workspace

KPIS, KEY_RESULTS = 10_000, 2_000


def measure() -> Table:
    """Times of 2,000 key results over 10,000 KPIs of 156 weeks; each step also as a multiple of the bare query."""
    with tempfile.TemporaryDirectory() as folder:
        store = big.fill(Path(folder) / "big.duckdb", KPIS, KEY_RESULTS)
        workspace = Workspace(store.path, now=lambda: datetime.combine(big.AS_OF, time(12)))
        linked = sorted(workspace_kpis(workspace))

        def bare() -> int:
            with store.read() as connection:
                return len(connection.execute(
                    "SELECT kpi, segment, period, value FROM observation WHERE kpi IN (SELECT unnest(?)) ORDER BY ALL",
                    [linked],
                ).df())  # fmt: skip

        def as_known() -> int:
            with store.read() as connection:
                return len(ledger.observations(connection, linked, datetime.combine(big.AS_OF, time.max)))

        table = Table(f"Scorecard: {KEY_RESULTS:,} key results, {KPIS:,} KPIs, 156 weeks", "bare query")
        table.add("bare query", _timed(bare))
        table.add("values as known on a day", _timed(as_known))
        table.add("scorecard, first time", _timed(lambda: workspace.scorecard(big.CYCLE.id)))
        table.add("scorecard, same data version", _timed(lambda: workspace.scorecard(big.CYCLE.id)))
        table.add("KPI review of all, first time", _timed(lambda: workspace.review(big.AS_OF, cycle=big.CYCLE.id)))
        table.add(
            "KPI review of all, same data version", _timed(lambda: workspace.review(big.AS_OF, cycle=big.CYCLE.id))
        )
        return table


def workspace_kpis(workspace: Workspace) -> set[str]:
    company = workspace.company()
    _, rows = company.of_cycle(big.CYCLE.id)
    return {link.kpi for _, kr in rows for link in kr.all_links}


def _timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
