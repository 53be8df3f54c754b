"""The views of a big company's OKRs: what the store is asked, how the frames are shaped, how long a page takes."""

import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from benchmarks import company as big
from benchmarks.table import Table
from data import definitions
from data.definitions import CheckIn
from models.okr_filter import Filter, sort
from models.verdict import VERDICTS
from models.workload import workload
from pages.parts.okr_bar import VIEWS
from workspace import Workspace

KPIS, KEY_RESULTS, CHECK_INS = 10_000, 2_000, 13
MONTH = (date(2026, 8, 31), date(2026, 10, 4))  # the grid of September
AGAIN = 3  # runs of a page; the fastest is told


def measure(kpis: int = KPIS, key_results: int = KEY_RESULTS) -> Table:
    """Times of every view of 2,000 key results with a check-in a week, warm: nothing changed since the first run."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = _filled(Path(folder) / "big.duckdb", kpis, key_results)
        table = Table(f"Views: {key_results:,} key results, {kpis:,} KPIs", "rows, first time")
        workspace.scorecard(big.CYCLE.id)
        table.add("rows, first time", _timed(lambda: workspace.okr_rows(big.CYCLE.id)))
        found = workspace.okr_rows(big.CYCLE.id)
        rows = found.rows
        shapes: dict[str, Callable[[], Any]] = {
            "filter by words": lambda: Filter(text="result 1").of(rows),
            "sort by verdict": lambda: sort(rows, "verdict", [], list(VERDICTS)),
            "plan, first time": lambda: workspace.okr_plan(big.CYCLE.id),
            "days, first time": lambda: workspace.okr_days(found, rows, *MONTH),
            "days": lambda: workspace.okr_days(found, rows, *MONTH),
            "map, first time": lambda: workspace.okr_map(big.CYCLE.id),
            "workload": lambda: workload(rows, pd.Timestamp(big.AS_OF)),
            "activity, first page": lambda: workspace.activity(big.CYCLE.id),
            "activity, page 400": lambda: workspace.activity(big.CYCLE.id, skip=20_000),
            "activity of 20": lambda: workspace.activity(big.CYCLE.id, only=list(rows["id"].head(20))),
        }
        for name, work in shapes.items():
            table.add(name, _timed(work))
        first = next(iter(workspace.company().key_results.values()))[0].id
        pages = {view: ("okrs", {"view": view}) for view in VIEWS} | {
            "check-in": ("check_in", {}),
            "hints": ("hints", {}),
            "plan": ("plan", {}),
            "plan form": ("plan", {"edit": f"key_result/{first}"}),
            "KPI form": ("trends", {"kpi": "kpi00000", "edit": "definition"}),
        }
        for name, (page, asked) in pages.items():
            seconds, elements = _page(workspace, page, asked)
            table.add(f"page {name}, warm ({elements} elements)", seconds)
        table.add("save a check-in", _timed(lambda: workspace.check_in(first, 5.0, big.AS_OF)))
        table.add("check-in page after it", _page(workspace, "check_in", {}, again=0)[0])
        return table


def _filled(path: Path, kpis: int, key_results: int) -> Workspace:
    store = big.fill(path, kpis, key_results)
    days = pd.date_range(big.CYCLE.start, periods=CHECK_INS, freq="7D")
    with store.write() as connection:
        for number, day in enumerate(days):
            entries = [CheckIn(f"kr{at}", day.date(), float(number), 7.0) for at in range(key_results)]
            definitions.check_in(connection, entries, day.to_pydatetime(), "bench")
    return Workspace(store.path, now=lambda: datetime.combine(big.AS_OF, time(12)))


def _page(workspace: Workspace, page: str, asked: dict[str, str], again: int = AGAIN) -> tuple[float, int]:
    """Seconds of the page's script, warm unless it is not run `again`, and how many elements it has."""

    def script(workspace, view, page):  # type: ignore[no-untyped-def]  # its source runs alone
        import importlib
        import time

        shown = importlib.import_module(f"pages.{page}")
        begun = time.perf_counter()
        shown.render(workspace, view)
        workspace.took = time.perf_counter() - begun

    from pages.parts.view import View

    app = AppTest.from_function(
        script, default_timeout=60, kwargs={"workspace": workspace, "view": View(big.CYCLE.id), "page": page}
    )
    app.query_params.update(asked)
    took, main = [], sys.modules["__main__"]
    for _ in range(again + 1):
        app.run()
        assert not app.exception, app.exception[0].value
        took.append(workspace.took)  # type: ignore[attr-defined]
    sys.modules["__main__"] = main  # the script took its place, and a process that is spawned later begins with it
    return min(took[1:] or took), len(list(app.main))


def _timed(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
