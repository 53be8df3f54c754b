"""The review on a store: the table, one KPI and the JSON of `trend` say the same."""

import shutil
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from data import definitions, ledger
from models.kpi import Kpi, MadeOf
from models.okr import Cycle, KeyResult, Objective, OkrFile, Team
from models.refused import Refused
from workspace import Workspace

NOW = datetime(2026, 7, 2, 12)
CYCLE = Cycle(id="2026-Q2", start=date(2026, 4, 1), end=date(2026, 6, 30))
KPIS = [
    Kpi(id="visits", cadence="day", aggregation="sum", owner="app"),
    Kpi(id="nps", cadence="week", aggregation="mean", direction="up", owner="app"),
    Kpi(id="staff", cadence="month", aggregation="last", direction="down"),
    Kpi(id="orders", cadence="day", aggregation="sum"),
    Kpi(id="rate", cadence="day", aggregation="ratio", numerator="orders", denominator="visits"),
]


def series(kpi, first, last, freq, values, segment="all"):
    periods = pd.date_range(first, last, freq=freq)
    return pd.DataFrame({"kpi": kpi, "segment": segment, "period": periods, "value": values(len(periods))})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("review") / "s.duckdb", who="ada", now=lambda: NOW)
    rng = np.random.default_rng(4)
    rows = [
        series("visits", "2024-01-01", "2026-06-30", "D", lambda n: rng.integers(900, 1100, n), "DE"),
        series("visits", "2024-01-01", "2026-06-30", "D", lambda n: rng.integers(400, 600, n), "FR"),
        series("orders", "2024-01-01", "2026-06-30", "D", lambda n: rng.integers(90, 110, n), "DE"),
        series("orders", "2024-01-01", "2026-06-30", "D", lambda n: rng.integers(10, 30, n), "FR"),
        series(
            "nps", "2024-01-01", "2026-06-22", "W-MON", lambda n: rng.normal(40, 1, n) + 20 * (np.arange(n) > n - 5)
        ),
        series("staff", "2023-01-01", "2026-05-01", "MS", lambda n: 100.0 + np.arange(n)),
    ]
    key = KeyResult(id="kr", kpi="nps", baseline=40.0, target=70.0)
    file = OkrFile(
        teams=[Team(id="app", name="App")], kpis=KPIS, cycles=[CYCLE],
        objectives=[Objective(id="o", cycle="2026-Q2", team="app", key_results=[key])],
    )  # fmt: skip
    with made.store.write() as connection:
        definitions.append(connection, definitions.versions_of(file), NOW, "ada")
        ledger.stage(connection, pd.concat(rows).assign(exact=None))
        compared = ledger.compare(connection, "s", NOW)
        record = ledger.LoadRecord(NOW, "ada", "s.csv", "0", "s")
        ledger.record(connection, record, "stored", compared.counts, [])
    return made


def test_the_table_and_the_json_of_each_kpi_agree(workspace):
    at = date(2026, 6, 28)
    rows = workspace.review(at, cycle="2026-Q2").rows.set_index("kpi")
    assert list(rows.index) == ["visits", "nps", "staff", "orders", "rate"]
    for kpi in ("visits", "orders", "rate", "nps"):
        totals = workspace.trend(kpi, at).totals
        assert rows.loc[kpi, "value"] == pytest.approx(totals["week"], rel=1e-12)
        assert rows.loc[kpi, "yoy"] == pytest.approx(totals["week_yoy"], rel=1e-12)
        assert rows.loc[kpi, "ytd"] == pytest.approx(totals["ytd"], rel=1e-12)
        assert rows.loc[kpi, "ytd_yoy"] == pytest.approx(totals["ytd_yoy"], rel=1e-12)
    assert rows.loc["staff", ["value", "yoy"]].tolist() == [140.0, pytest.approx(100 * 12 / 128)]  # May on May
    assert rows.loc["nps", "variation"] == "improvement_high"
    assert (rows.loc["nps", "target"], rows.loc["nps", "assurance"]) == (70.0, "fail")
    assert rows.loc["visits", ["owner", "team_name", "segment", "state"]].tolist() == ["app", "App", "all", "fresh"]


def test_the_table_and_the_page_of_one_kpi_read_the_same_dots(workspace):
    at = date(2026, 6, 28)
    rows = workspace.review(at, cycle="2026-Q2").rows.set_index("kpi")
    for kpi in rows.index:
        deep = workspace.review_of(kpi, at, cycle="2026-Q2")
        assert deep.xmr.variation == rows.loc[kpi, "variation"]
        assert deep.xmr.assurance == rows.loc[kpi, "assurance"] or pd.isna(rows.loc[kpi, "assurance"])
        assert deep.dots["value"].iloc[-1] == pytest.approx(rows.loc[kpi, "value"])


def test_one_kpi_that_is_made_of_others_is_read_from_them(workspace, tmp_path):
    shutil.copy(workspace.store.path, tmp_path / "s.duckdb")
    mine = Workspace(tmp_path / "s.duckdb", who="ada", now=lambda: NOW)
    both = Kpi(id="both", cadence="day", made_of=MadeOf(how="sum", of=["visits", "orders"]))
    mine.define_kpis([both])
    at = date(2026, 6, 28)
    held = mine.review_of("both", at)
    assert len(held.dots) == len(mine.review_of("visits", at).dots)
    assert held.trend.totals["week"] == sum(mine.trend(kpi, at).totals["week"] for kpi in ("visits", "orders"))


def test_the_day_of_a_review_is_the_one_by_which_half_of_the_kpis_have_their_values(workspace):
    assert workspace.review_day() == date(2026, 6, 30)
    assert workspace.review_day(date(2026, 6, 1)) == date(2026, 6, 1)
    assert workspace.last_day("nps") == date(2026, 6, 28)
    assert workspace.last_day("rate") == date(2026, 6, 30)


def test_a_sum_changes_by_segment_to_the_last_digit(workspace):
    for span in ("week", "month", "ytd", "cycle"):
        days, found = workspace.segment_change("visits", date(2026, 6, 30), span, cycle="2026-Q2")
        assert found.segments["contribution"].sum() == pytest.approx(found.change, abs=1e-9)
        assert set(found.segments["segment"]) == {"DE", "FR"}
        assert found.notes == ()
    assert days.now == (date(2026, 4, 1), date(2026, 6, 30))
    assert days.before == (date(2025, 12, 31), date(2026, 3, 31))


def test_a_ratio_changes_by_rate_and_mix(workspace):
    _, found = workspace.segment_change("rate", date(2026, 6, 30), "ytd")
    assert found.method == "ratio"
    assert found.now == pytest.approx(workspace.trend("rate", date(2026, 6, 30)).totals["ytd"])
    assert (found.segments["rate"] + found.segments["mix"]).sum() == pytest.approx(found.change, abs=1e-12)


def test_what_is_not_there_is_refused(workspace):
    with pytest.raises(Refused, match="there is no KPI 'gone'"):
        workspace.segment_change("gone", date(2026, 6, 30), "ytd")
    with pytest.raises(Refused, match="has not begun"):
        workspace.segment_change("visits", date(2026, 3, 1), "cycle", cycle="2026-Q2")
    with pytest.raises(Refused, match="visits has no segment 'SE'; segments: DE, FR, all"):
        workspace.trend("visits", date(2026, 6, 30), segment="SE")
