"""The trade-offs of a big company: every KPI judged once per window of a win, from the store to the matrix."""

import tempfile
from datetime import datetime, time
from pathlib import Path
from time import perf_counter

from benchmarks import company as big
from benchmarks.table import Table
from models.trade_off_matrix import matrix
from models.trade_off_words import sentence
from models.trade_offs import costs
from workspace import Workspace

KPIS, KEY_RESULTS = 10_000, 2_000


def measure(kpis: int = KPIS, key_results: int = KEY_RESULTS) -> Table:
    """Times of what got worse beside the wins of 2,000 key results over 10,000 KPIs of 156 weeks."""
    with tempfile.TemporaryDirectory() as folder:
        store = big.fill(Path(folder) / "big.duckdb", kpis, key_results)
        workspace = Workspace(store.path, now=lambda: datetime.combine(big.AS_OF, time(12)))
        table = Table(f"Trade-offs: {key_results:,} key results, {kpis:,} KPIs, 156 weeks", "scorecard, first time")
        table.add("scorecard, first time", _timed(lambda: workspace.scorecard(big.CYCLE.id)))
        table.add("trade-offs, first time", _timed(lambda: workspace.trade_offs(big.CYCLE.id)))
        table.add("trade-offs, same data version", _timed(lambda: workspace.trade_offs(big.CYCLE.id)))
        table.add("trade-offs of a team", _timed(lambda: workspace.trade_offs(big.CYCLE.id, team="t3")))
        found = workspace.trade_offs(big.CYCLE.id)
        table.add("all pairs", _timed(lambda: costs(found)))
        table.add("matrix", _timed(lambda: matrix(found, 8, 12)))
        table.add("paragraph", _timed(lambda: sentence(found)))
        print(
            len(found.wins),
            "wins",
            len(found.looked),
            "looked",
            found.looked["survives"].sum(),
            "listed",
            len(costs(found)),
            "pairs",
            found.false_listed,
        )
        print(sentence(found))
        return table


def _timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
