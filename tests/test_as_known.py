"""A scorecard as known on a day equals the one that was shown that day, whatever was loaded, restated, undone or edited
since."""

import os
import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from models.kpi import Kpi
from workspace import LoadOptions, Workspace

HISTORIES = int(os.environ.get("NEEDLE_HISTORIES", "1"))
OKRS = "objectives: [{id: o, cycle: 2026-Q1, key_results: [{id: kr, kpi: k, baseline: 10, target: %d}]}]"
BEGIN = datetime(2026, 1, 5, 12)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_as_known_on_a_day_is_what_that_day_showed(tmp_path, seed):
    chance, clock, shown = random.Random(f"history {seed}"), [BEGIN], {}
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: clock[0])
    workspace.define_kpis([Kpi(id="k", cadence="week")])
    workspace.import_okrs("okrs.yaml", (OKRS % 20).encode())
    values: dict[date, float] = {}
    for step in range(6):
        clock[0] += timedelta(days=chance.randint(5, 16))
        what = chance.choice(["load", "load", "restate", "undo", "target", "check-in"]) if step else "load"
        loads = workspace.loads()
        if what in ("load", "restate"):
            first = date(2025, 6, 2)
            while first + timedelta(days=6) < clock[0].date():
                if first not in values or (what == "restate" and chance.random() < 0.2):
                    values[first] = round(chance.uniform(8, 22), 2)
                first += timedelta(days=7)
            text = "kpi,date,value\n" + "".join(f"k,{day},{value}\n" for day, value in values.items())
            workspace.load(f"crm_{step}.csv", text.encode(), LoadOptions(source="crm", trusted=True))
        elif what == "undo" and len(standing := loads[loads["undone_at"].isna()]):
            workspace.undo(int(chance.choice(list(standing["load_id"]))))
        elif what == "target":
            workspace.import_okrs("okrs.yaml", (OKRS % chance.randint(12, 30)).encode())
        else:
            workspace.check_in("kr", 12.0, clock[0].date(), confidence=float(chance.randint(0, 10)))
        shown[clock[0].date()] = workspace.scorecard("2026-Q1")
    clock[0] += timedelta(days=200)
    later = Workspace(workspace.store.path, now=lambda: clock[0])
    for day, then in shown.items():
        now = later.scorecard("2026-Q1", day)
        pd.testing.assert_frame_equal(now.key_results, then.key_results)
        pd.testing.assert_frame_equal(now.objectives, then.objectives)
        assert now.headline == then.headline
