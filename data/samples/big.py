"""A company of any size, to see how Needle carries it: values drawn by the database itself, lifts planted and known.

The same size and seed give the same store. Of twenty KPIs seventeen have a value a day, two a week, one a month.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import definitions, ledger
from data.store import Connection
from models.kpi import Kpi
from models.language import tr
from models.okr import Cycle, KeyResult, Link, Objective, OkrFile, Team
from models.refused import Refused

YEAR = Cycle(id="2026", start=date(2026, 1, 1), end=date(2026, 12, 31))
CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), parent="2026")
PLANNED = datetime(2026, 6, 29, 9)  # the definitions; the values follow when the last week of the cycle is complete
RECORDED = datetime(2026, 10, 5, 6)
SOURCE = "big"

MOST_KPIS, MOST_DAYS, MOST_KEY_RESULTS = 100_000, 10_000, 20_000
FEWEST_DAYS = 200  # the cycle, as long a time before it, and some days
LIFTS = (0.08, 0.0, 0.0, -0.08, 0.08)  # by KPI in turn, for the better where above 0; 8 % shows above the noise below
NOISE = 0.02  # of the level: the standard deviation of one value
MEMORY = "2GB"  # of DuckDB, while it generates
UNITS = ("", "SEK", "min", "orders")
_CADENCES = ("day",) * 17 + ("week",) * 2 + ("month",)
_STEPS = {"day": 1, "week": 7, "month": 30.4375}  # days between two values


@dataclass(frozen=True)
class Size:
    """How big: `days` of history up to the end of the cycle."""

    kpis: int = 1_000
    days: int = 730
    key_results: int = 200
    seed: int = 7

    def refuse_nonsense(self) -> None:
        """Raises Refused for a size that cannot be made."""
        for name, value, least, most in (
            ("--kpis", self.kpis, 1, MOST_KPIS),
            ("--days", self.days, FEWEST_DAYS, MOST_DAYS),
            ("--key-results", self.key_results, 0, MOST_KEY_RESULTS),
        ):
            if not least <= value <= most:
                raise Refused(
                    tr("{option} is a whole number from {least} to {most}, found {value}.",
                       option=name, least=least, most=most, value=value)
                )  # fmt: skip


def fill(connection: Connection, size: Size, by: str) -> dict[str, Any]:
    """Put the company into an empty store, in the caller's transaction."""
    plan = series_plan(size)
    definitions.append(connection, definitions.versions_of(company(size, plan)), PLANNED, by)
    count = int(plan["periods"].sum())
    recipe = f"{size!r}, {count} values"
    load = ledger.LoadRecord(
        RECORDED, by, "big", hashlib.sha256(recipe.encode()).hexdigest(), SOURCE, f"generated: {recipe}"
    )
    counts = {"accepted_new": count}
    ledger.record(connection, load, "stored", counts, [], lambda c, load_id: _draw(c, plan, size.seed, load_id))
    return {"status": "filled", "files": 1, "counts": {**dict.fromkeys(ledger.COUNTS, 0), **counts}}


def series_plan(size: Size) -> pd.DataFrame:
    """One row a KPI, in the order of their ids: kpi, cadence, direction, periods, level, lift (as a share, with the
    sign of the values), year, wave, phase, drift. The truth that verdicts can be held to."""
    rng = np.random.default_rng(size.seed)
    number = np.arange(size.kpis)
    cadence = np.array(_CADENCES)[number % len(_CADENCES)]
    direction = np.where(number % 10 == 9, "down", "up")
    better = np.array(LIFTS)[rng.integers(0, len(LIFTS), size.kpis)]
    return pd.DataFrame(
        {
            "kpi": [kpi_id(n) for n in range(size.kpis)],
            "cadence": cadence,
            "direction": direction,
            "periods": np.maximum(size.days // pd.Series(cadence).map(_STEPS).to_numpy(), 2).astype(int),
            "level": np.round(10 ** rng.uniform(2, 5, size.kpis)),
            "lift": np.where(direction == "down", -better, better),
            "year": rng.uniform(0, 0.06, size.kpis),
            "wave": np.where(cadence == "day", rng.uniform(0, 0.08, size.kpis), 0.0),
            "phase": rng.uniform(0, 1, size.kpis),
            "drift": rng.normal(0, 0.02, size.kpis),  # of the level in a year
        }
    )


def kpi_id(number: int) -> str:
    return f"kpi{number:06}"


def company(size: Size, plan: pd.DataFrame) -> OkrFile:
    """Teams of about forty KPIs each under one firm; four key results to an objective.

    Every third key result is a yes or no that was done; its KPI shows whether that helped. The others read their KPI,
    and ask for half of the lift that a moved KPI got. Every tenth names a guardrail of the next team.
    """
    teams = max(1, min(250, size.kpis // 40))
    kpis = [
        Kpi(
            id=row.kpi,
            name=f"KPI {number}",
            unit=UNITS[number % len(UNITS)],
            direction=row.direction,
            cadence=row.cadence,
            aggregation="mean",
            owner=f"team{number % teams:03}",
            min_change="2%",
            source=SOURCE,
        )
        for number, row in enumerate(plan.itertuples())
    ]
    results = [_key_result(n, n % size.kpis, plan, teams) for n in range(size.key_results)]
    objectives = [
        Objective(
            id=f"o{at // 4:05}",
            title=f"Objective {at // 4}",
            team=f"team{at // 4 % teams:03}",
            cycle=CYCLE.id,
            level="aspirational" if at // 4 % 5 == 4 else "committed",
            key_results=results[at : at + 4],
        )
        for at in range(0, size.key_results, 4)
    ]
    return OkrFile(
        teams=[Team(id="firm", name="Firm")]
        + [Team(id=f"team{n:03}", name=f"Team {n}", parent="firm") for n in range(teams)],
        cycles=[YEAR, CYCLE],
        kpis=kpis,
        objectives=objectives,
    )


def _key_result(number: int, at: int, plan: pd.DataFrame, teams: int) -> KeyResult:
    kpi, level, falls = plan["kpi"].iat[at], float(plan["level"].iat[at]), plan["direction"].iat[at] == "down"
    links = [Link(kpi=plan["kpi"].iat[(at + 1) % len(plan)], role="guardrail")] if number % 10 == 5 else []
    identity: dict[str, Any] = {
        "id": f"kr{number:05}",
        "title": f"Key result {number}",
        "owner": f"Owner {number % 97}",
    }
    if number % 3 == 2:
        done = CYCLE.start + timedelta(days=20)
        return KeyResult(**identity, kind="yes_no", done=done, links=[Link(kpi=kpi, role="outcome"), *links])
    target = round(level * (0.96 if falls else 1.04), 2)
    return KeyResult(**identity, kpi=kpi, baseline=level, target=target, reading="mean", links=links)


# One value is the level with a drift, a season of the year, one of the week, a lift from the first day of the cycle,
# and noise: a normal number made of the two halves of a hash, so that it needs no memory of the value before it.
_VALUES = """
INSERT INTO observation
WITH days AS (
    SELECT kpi, level, lift, year, wave, phase, drift, number, place, CASE cadence
        WHEN 'day' THEN $last - back
        WHEN 'week' THEN CAST(date_trunc('week', $last) AS DATE) - 7 * back
        ELSE CAST(date_trunc('month', $last) - to_months(back) AS DATE) END AS period
    FROM (SELECT *, CAST(unnest(range(periods)) AS INTEGER) AS place,
          CAST(periods - 1 AS INTEGER) - place AS back FROM series)
), drawn AS (
    SELECT *, CAST(period - $first AS DOUBLE) AS day, hash($seed, number, place) AS h FROM days
)
SELECT kpi, 'all', period, round(level * (
    1 + drift * day / 365.25 + year * sin(2 * pi() * (day / 365.25 + phase)) + wave * cos(2 * pi() * (day / 7 + phase))
    + lift * CAST(period >= $first AS INTEGER)
    + $noise * sqrt(-2 * ln(((h & 4294967295) + 1) / 4294967297)) * cos(2 * pi() * (h >> 32) / 4294967296)
), 2), NULL, $load_id, 'first'
FROM drawn
"""


def _draw(connection: Connection, plan: pd.DataFrame, seed: int, load_id: int) -> None:
    """The values, in the order the store wants: by KPI and period, as the plan has them."""
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET preserve_insertion_order = true")
    connection.register("plan_frame", plan.assign(number=range(len(plan))))
    connection.execute("CREATE OR REPLACE TEMP TABLE series AS SELECT * FROM plan_frame ORDER BY number")
    connection.unregister("plan_frame")
    connection.execute(
        _VALUES,
        {"last": CYCLE.end, "first": CYCLE.start, "seed": seed, "noise": NOISE, "load_id": load_id},
    )
    connection.execute("DROP TABLE series")
