"""A big made-up company for measuring: many KPIs with weekly values, and key results linked to them. Seeded."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from data import definitions, ledger
from data.store import Store, open_store
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Objective, OkrFile, Team

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
AS_OF = date(2026, 10, 10)
RECORDED = datetime(2026, 10, 5)


def definitions_of(kpis: int, key_results: int) -> OkrFile:
    """Key results spread over the KPIs, four to an objective, ten teams."""
    rng = np.random.default_rng(1)
    chosen = rng.choice(kpis, key_results, replace=key_results > kpis)
    rows = [
        KeyResult(id=f"kr{number}", title=f"Key result {number}", kpi=f"kpi{kpi:05}", baseline=100.0, target=104.0)
        for number, kpi in enumerate(chosen)
    ]
    objectives = [
        Objective(
            id=f"o{at}", title=f"Objective {at}", team=f"t{at % 10}", cycle=CYCLE.id, key_results=rows[at : at + 4]
        )
        for at in range(0, key_results, 4)
    ]
    return OkrFile(
        teams=[Team(id=f"t{number}", name=f"Team {number}") for number in range(10)],
        cycles=[CYCLE],
        kpis=[
            Kpi(
                id=f"kpi{number:05}",
                name=f"KPI {number}",
                cadence="week",
                owner=f"t{number % 10}",
                direction="down" if number % 50 == 0 else "up",  # every tenth step is one for the worse
            )
            for number in range(kpis)
        ],
        objectives=objectives,
    )


def observations(kpis: int, weeks: int = 156) -> pd.DataFrame:
    """kpi, segment, period, value, exact: a level of 100 with a slow walk, noise and, for every fifth, a step."""
    rng = np.random.default_rng(2)
    periods = pd.date_range(end="2026-09-28", periods=weeks, freq="W-MON")
    walk = rng.normal(0, 0.3, (kpis, weeks)).cumsum(axis=1)
    step = np.where(np.arange(kpis) % 5 == 0, 8.0, 0.0)[:, None] * (periods >= "2026-07-01")
    values = 100 + walk + rng.normal(0, 1.5, (kpis, weeks)) + step
    names = np.array([f"kpi{number:05}" for number in range(kpis)])
    frame = pd.DataFrame({"kpi": names.repeat(weeks), "period": np.tile(periods, kpis), "value": values.ravel()})
    return frame.assign(segment="all", exact=None)


def fill(path: Path, kpis: int, key_results: int) -> Store:
    """A store of that company."""
    store = open_store(path)
    record = ledger.LoadRecord(RECORDED, "bench", "big.csv", "0", "big")
    with store.write() as connection:
        definitions.append(connection, definitions.versions_of(definitions_of(kpis, key_results)), RECORDED, "bench")
        ledger.stage(connection, observations(kpis))
        compared = ledger.compare(connection, "big", RECORDED)
        ledger.record(connection, record, "stored", compared.counts, [])
    return store
