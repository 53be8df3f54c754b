"""What the store leaves out for a scorecard changes no cell of it: segments, ratios, gaps, restatements, any history."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import data.crossing
import data.questions
import data.reviewing
from data import as_known, definitions, ledger
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Link, Objective, OkrFile, Team
from models.reach import reach, reach_of_review
from workspace import Workspace

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
DAY = date(2026, 10, 10)
BEFORE, AFTER = datetime(2026, 6, 1), datetime(2026, 10, 5)
SEGMENTS = ["north", "south", "west"]


def company() -> OkrFile:
    day, total = {"cadence": "day"}, {"aggregation": "sum"}
    kpis = [
        Kpi(id="plain", name="Plain", **day),
        Kpi(id="parts", name="By segment", **day, **total),
        Kpi(id="dead", name="A segment that ended", **day, **total),
        Kpi(id="late", name="A segment that came late", **day, **total),
        Kpi(id="thin", name="Seldom", **day),
        Kpi(id="gone", name="Ended long ago", **day),
        Kpi(id="own", name="Own smallest change", **day, min_change=3),
        Kpi(id="top", name="Top", **day, **total),
        Kpi(id="under", name="Under", **day, **total),
        Kpi(id="share", name="Share", **day, aggregation="ratio", numerator="top", denominator="under"),
        Kpi(id="week", name="Week", cadence="week"),
        Kpi(id="month", name="Month", cadence="month"),
    ]
    rows = [
        KeyResult(id=f"kr-{kpi.id}", title=kpi.name, kpi=kpi.id, baseline=None if n % 2 else 100.0, target=120.0,
                  **({"links": [Link(kpi="plain", role="control")]} if kpi.id == "late" else {}))
        for n, kpi in enumerate(kpis)
    ]  # fmt: skip
    rows.append(KeyResult(id="trail", title="Trailing", kpi="parts", baseline=90.0, target=100.0, reading="trailing",
                          trailing=1000))  # fmt: skip
    rows.append(KeyResult(id="lagged", title="Lagged", target=3.0, baseline=1.0,
                          links=[Link(kpi="plain", role="outcome", lag=9), Link(kpi="dead", role="guardrail")]))  # fmt: skip
    goals = [Objective(id="o", title="O", team="t", cycle=CYCLE.id, key_results=rows)]
    return OkrFile(teams=[Team(id="t", name="T")], cycles=[CYCLE], kpis=kpis, objectives=goals)


def values(rng: np.random.Generator) -> pd.DataFrame:
    days = {"day": pd.date_range("2018-01-01", "2026-10-02"), "week": pd.date_range("2018-01-02", "2026-09-29", freq="7D"),
            "month": pd.date_range("2012-01-01", "2026-09-01", freq="MS")}  # fmt: skip
    frames = []

    def add(
        kpi: str,
        segment: str = "all",
        start: str = "2018-01-01",
        end: str = "2026-10-02",
        keep: float = 1.0,
        by: str = "day",
    ):
        period = days[by][(days[by] >= start) & (days[by] <= end)]
        period = period[rng.random(len(period)) < keep]
        value = 100 + rng.normal(0, 3, len(period)) + np.linspace(0, rng.normal(0, 20), len(period))
        frames.append(pd.DataFrame({"kpi": kpi, "segment": segment, "period": period, "value": value}))

    add("plain")
    add("own")
    add("thin", keep=0.01)
    add("gone", end="2020-03-01")
    add("week", by="week")
    add("month", by="month")
    for segment, start in zip(SEGMENTS, rng.choice(["2018-01-01", "2019-05-05", "2024-02-02"], 3), strict=True):
        add("parts", segment, start=start, keep=float(rng.choice([1.0, 0.97])))
        add("dead", segment, end="2026-10-02" if segment != "west" else str(rng.choice(["2020-01-01", "2026-08-15"])))
        add("late", segment, start="2018-01-01" if segment != "west" else "2026-07-20")
        add("top", segment, keep=0.9)
        add("under", segment)
    return pd.concat(frames, ignore_index=True).assign(exact=None)


def fill(workspace: Workspace, frame: pd.DataFrame) -> None:
    """The company, its values, and later 200 of them restated."""
    changed = frame.sample(200, random_state=1).assign(value=lambda rows: rows["value"] * 1.1)
    with workspace.store.write() as connection:
        definitions.append(connection, definitions.versions_of(company()), BEFORE, "test")
    for rows, at in ((frame, BEFORE), (changed, AFTER)):
        with workspace.store.write() as connection:
            ledger.stage(connection, rows)
            counts = ledger.compare(connection, "test", at).counts
            ledger.record(connection, ledger.LoadRecord(at, "test", f"{at}.csv", str(at), "test"), "stored", counts, [])


@pytest.mark.parametrize("seed", [1, 2])
def test_no_cell_of_a_scorecard_or_of_the_trade_offs_depends_on_values_that_are_not_read(tmp_path, monkeypatch, seed):
    workspace = Workspace(tmp_path / "needle.duckdb", now=lambda: datetime.combine(DAY, datetime.min.time()))
    fill(workspace, values(np.random.default_rng(seed)))

    asked = reach(workspace.company(), CYCLE)
    assert set(asked) == {"plain", "dead", "late", "thin", "gone", "share"}  # the others are read whole
    with workspace.store.read() as connection:
        some = as_known.observations(connection, list(asked), AFTER, asked).groupby("kpi")["period"].count()
        whole = as_known.observations(connection, list(asked), AFTER).groupby("kpi")["period"].count()
    assert some["plain"] == (pd.Timestamp("2026-10-02") - pd.Timestamp(asked["plain"])).days + 2  # and the first
    assert set(some.index[some < whole]) == {"plain", "late", "thin"}  # no end alike, or long ago

    read, found = workspace.scorecard(CYCLE.id), workspace.trade_offs(CYCLE.id)
    for module in (data.questions, data.crossing):
        monkeypatch.setattr(module, "reach", lambda *_: {})
    plain = Workspace(workspace.store.path, now=workspace._now)
    for name in ("objectives", "key_results", "links"):
        pd.testing.assert_frame_equal(
            getattr(read, name), getattr(plain.scorecard(CYCLE.id), name), check_exact=True, obj=name
        )
    for name in ("wins", "guardrails", "looked", "not_looked"):
        pd.testing.assert_frame_equal(
            getattr(found, name), getattr(plain.trade_offs(CYCLE.id), name), check_exact=True, obj=name
        )


@pytest.mark.parametrize("at", [DAY, date(2026, 3, 3), date(2021, 6, 6)])
def test_no_cell_of_the_review_depends_on_values_that_are_not_read(tmp_path, monkeypatch, at):
    workspace = Workspace(tmp_path / "needle.duckdb", now=lambda: datetime.combine(DAY, datetime.min.time()))
    fill(workspace, values(np.random.default_rng(3)))
    since = reach_of_review(workspace.company(), at)
    with workspace.store.read() as connection:
        some = as_known.observations(connection, list(since), AFTER, since, daily=True).groupby("kpi")["period"].min()
    assert some["plain"] == max(pd.Timestamp(since["plain"]), pd.Timestamp("2018-01-01"))
    assert some["thin"] < pd.Timestamp("2018-08-01")  # seldom a value, so every one counts

    read = workspace.review(at, cycle=CYCLE.id)
    monkeypatch.setattr(data.reviewing, "reach_of_review", lambda *_: {})
    whole = Workspace(workspace.store.path, now=workspace._now).review(at, cycle=CYCLE.id)
    dots = [frame.rows["dots"].map(list).tolist() for frame in (read, whole)]
    assert repr(dots[0]) == repr(dots[1])
    pd.testing.assert_frame_equal(read.rows.drop(columns="dots"), whole.rows.drop(columns="dots"), check_exact=True)
