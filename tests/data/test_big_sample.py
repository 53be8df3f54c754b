"""The big sample: as big as asked, in the store's order, sound, and with lifts that the verdicts find."""

from datetime import date

import numpy as np
import pytest

from data.samples.big import CYCLE, LIFTS, RECORDED, Size, series_plan
from models.refused import Refused
from workspace import Workspace

SIZE = Size(kpis=40, days=400, key_results=30)
# 34 KPIs with a value a day, 4 one a week (400 // 7 = 57), 2 one a month (400 / 30.4375 = 13)
VALUES = 34 * 400 + 4 * 57 + 2 * 13


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = Workspace(tmp_path_factory.mktemp("big") / "s.duckdb", now=lambda: RECORDED.replace(hour=12))
    assert made.fill_sample("big", size=SIZE)["counts"]["accepted_new"] == VALUES
    return made


def test_the_store_is_sound_and_in_order(workspace):
    assert [finding for finding in workspace.check() if finding.broken] == []
    with workspace.store.read() as connection:
        keys = connection.execute("SELECT kpi, period FROM observation ORDER BY rowid").fetchall()
    assert len(keys) == VALUES
    assert keys == sorted(keys)


def test_the_ledger_names_the_load(workspace):
    row = workspace.loads().iloc[0]
    assert (row["load_id"], row["source"], row["status"], row["accepted_new"]) == (1, "big", "stored", VALUES)
    assert row["layout"] == f"generated: Size(kpis=40, days=400, key_results=30, seed=7), {VALUES} values"


def test_periods_end_with_the_cycle(workspace):
    last = workspace.kpis().set_index("id")["last"].dt.date
    assert (last["kpi000000"], last["kpi000017"], last["kpi000019"]) == (
        date(2026, 9, 30), date(2026, 9, 28), date(2026, 9, 1),
    )  # fmt: skip


def test_the_same_seed_gives_the_same_values_and_another_others(workspace, tmp_path):
    def values(made):
        return made.series("kpi000003")["value"].to_numpy()

    again, other = (Workspace(tmp_path / f"{seed}.duckdb", now=workspace._now) for seed in (7, 8))
    again.fill_sample("big", size=SIZE)
    other.fill_sample("big", size=Size(kpis=40, days=400, key_results=30, seed=8))
    assert (values(workspace) == values(again)).all()
    assert (values(workspace) != values(other)).all()


def test_noise_is_as_large_as_said(workspace):
    plan = series_plan(SIZE).set_index("kpi").loc["kpi000003"]
    series = workspace.series("kpi000003")
    day = (series["period"] - np.datetime64(CYCLE.start)).dt.days.to_numpy()
    expected = (
        1
        + plan["drift"] * day / 365.25
        + plan["year"] * np.sin(2 * np.pi * (day / 365.25 + plan["phase"]))
        + plan["wave"] * np.cos(2 * np.pi * (day / 7 + plan["phase"]))
        + plan["lift"] * (day >= 0)
    )
    noise = series["value"].to_numpy() / plan["level"] - expected
    assert np.std(noise) == pytest.approx(0.02, rel=0.1)
    assert abs(np.mean(noise)) < 0.003


def test_verdicts_follow_the_planted_lifts(workspace):
    """Of daily KPIs: every planted lift is found, and what got none is said to have moved only as often as chance does
    (one in twenty by the 95 % interval; two of twelve are let pass)."""
    plan = series_plan(SIZE).set_index("kpi")
    better = plan["lift"] * np.where(plan["direction"] == "down", -1, 1)
    assert set(better) == set(LIFTS)
    allowed = {
        0.08: {"real_win", "moved_anyway"},
        0.0: {"vanity", "honest_miss", "unproven"},
        -0.08: {"backfired", "setback"},
    }
    rows = workspace.scorecard(CYCLE.id).key_results
    daily = [n for n in range(SIZE.key_results) if n % 20 < 17]
    found = rows.set_index("id").loc[[f"kr{n:05}" for n in daily], "verdict"]
    wrong = [(n, v) for n, v in zip(daily, found, strict=True) if v not in allowed[better.iat[n]]]
    assert {better.iat[n] for n, _ in wrong} <= {0.0}
    assert len(wrong) <= 2
    assert {"real_win", "vanity", "honest_miss", "setback"} <= set(rows["verdict"])


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (Size(kpis=0), "--kpis is a whole number from 1 to 100000, found 0."),
        (Size(days=100), "--days is a whole number from 200 to 10000, found 100."),
        (Size(key_results=-1), "--key-results is a whole number from 0 to 20000, found -1."),
    ],
)
def test_sizes_that_make_no_sense_are_refused(tmp_path, size, said):
    with pytest.raises(Refused, match=said):
        Workspace(tmp_path / "s.duckdb").fill_sample("big", size=size)
