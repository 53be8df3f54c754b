"""The company that ships: its verdicts are the ones that its story means, whatever the seed."""

import json
from datetime import date
from functools import cache

import jsonschema
import numpy as np
import pandas as pd
import pytest
import yaml

from data.samples.nordlys import Company as Made
from data.samples.nordlys import generate
from kpi_sources.okr_file import read_okr_file
from kpi_sources.okr_schema import okr_schema
from models import scorecard
from models.company import Company
from models.okr import KeyResult, OkrFile
from models.scorecard import Scorecard
from models.trade_offs import trade_offs
from models.verdict import VERDICTS

SEEDS = (1, 2, 3, 4, 7)
KNOWN_ON = {
    "2025-Q4": date(2026, 1, 12),
    "2026-Q1": date(2026, 4, 12),
    "2026-Q2": date(2026, 7, 12),
    "2026-Q3": date(2026, 10, 12),
    "2026-Q4": date(2026, 11, 15),
}


@cache
def made(seed: int) -> Made:
    return generate(seed)


@cache
def okr_files() -> list[OkrFile]:
    """Every version of the OKR file, oldest first."""
    readings = [read_okr_file(data, name, as_of=moment.date()) for name, data, moment in made(7).sample.okrs]
    assert [str(problem) for reading in readings for problem in reading.errors] == []
    return [reading.file for reading in readings if reading.file is not None]


@cache
def defined() -> Company:
    """The company as its last file defines it."""
    last = okr_files()[-1]
    first: dict[str, KeyResult] = {}
    for file in okr_files():
        for objective in file.objectives:
            for key_result in objective.key_results:
                first.setdefault(key_result.id, key_result)
    current = {objective.id: objective.key_results for objective in last.objectives}
    originals = {kr.id: first[kr.id] for krs in current.values() for kr in krs if first[kr.id].target != kr.target}
    return Company(last.teams, last.cycles, last.kpis, last.objectives, current, originals)


@cache
def card(seed: int, cycle: str) -> Scorecard:
    company, day = defined(), KNOWN_ON[cycle]
    reports = made(seed).check_ins.rename(columns={"at": "day"}).astype({"value": float})
    reports = reports.loc[reports["day"] <= pd.Timestamp(day), ["key_result", "day", "value", "confidence"]]
    found = company.cycle(cycle)
    assert found is not None
    return scorecard.build(company, found, made(seed).values, reports, day)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cycle", list(KNOWN_ON))
def test_every_verdict_and_flag_is_the_one_that_was_meant(seed: int, cycle: str):
    truth = made(seed).truth
    meant = truth[truth["cycle"] == cycle].set_index("key_result")
    rows = card(seed, cycle).key_results.set_index("id")
    assert {key: (row["verdict"], sorted(row["flags"])) for key, row in rows.iterrows()} == {
        key: (row["verdict"], sorted(row["flags"])) for key, row in meant.iterrows()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planted_effect_lies_in_the_interval(seed: int):
    truth = made(seed).truth.set_index("key_result")
    for cycle in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        rows = card(seed, cycle).key_results.set_index("id")
        rows = rows[rows["lo_relative"].notna()]
        planted = truth.loc[rows.index, "effect_relative"]
        assert rows.index[(planted < rows["lo_relative"]) | (planted > rows["hi_relative"])].tolist() == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("cycle", "guardrails", "others"), [
    ("2026-Q2", ["cancellations"], []),
    ("2026-Q3", ["contacts"], ["csat", "trial_conversion"]),
])  # fmt: skip
def test_what_was_paid_for_wins_is_found_and_nothing_else(seed, cycle, guardrails, others):
    found = trade_offs(card(seed, cycle), defined(), made(seed).values)
    assert (found.broken["kpi"].tolist(), sorted(found.others["kpi"])) == (guardrails, others)


def test_every_verdict_occurs_in_the_third_quarter():
    assert set(card(7, "2026-Q3").key_results["verdict"]) == set(VERDICTS)


def test_the_headline_and_the_cases_that_everybody_knows():
    third = card(7, "2026-Q3")
    assert third.headline == "11 of 16 key results passed; 5 of them moved their metric."
    rows = third.key_results.set_index("id")
    assert rows.loc["pulse", "kpi_name"] == "Staff turnover"
    assert rows.loc["uninstalls-15", ["original_target", "target"]].tolist() == [35700.0, 37800.0]
    assert rows.loc["uninstalls-15", "score_original_target"] < 1.0 == rows.loc["uninstalls-15", "score"]
    assert rows.loc["mentors", "told_from"] == pd.Timestamp("2027-02-01")
    assert rows.loc["subscriptions", "flag_notes"][0].startswith(
        "At a cost (owned by Customer support): Customer contacts got"
    )


def test_the_same_seed_makes_the_same_company_and_another_seed_another():
    again = generate(7)
    assert again.extracts == made(7).extracts
    assert again.okrs_yaml == made(7).okrs_yaml
    pd.testing.assert_frame_equal(again.values, made(7).values)
    assert generate(8).extracts["app_2026-10-06.csv"] != made(7).extracts["app_2026-10-06.csv"]


def test_the_values_are_whole_and_inside_their_ranges():
    values = made(7).values
    assert not values.duplicated(["kpi", "segment", "period"]).any()
    assert np.isfinite(values["value"]).all()
    assert (values["period"].min(), values["period"].max()) == (pd.Timestamp("2023-10-01"), pd.Timestamp("2026-11-15"))
    kpis = {kpi.id: kpi for kpi in okr_files()[-1].kpis}
    computed = {"self_service_share", "net_subscriptions", "added_revenue", "uninstall_rate"}
    assert set(values["kpi"]) == set(kpis) - computed
    bounds = values.groupby("kpi")["value"].agg(["min", "max"])
    for kpi, (low, high) in bounds.iterrows():
        allowed = kpis[str(kpi)].range
        assert allowed is not None
        assert allowed.low is not None
        assert allowed.low <= low
        assert allowed.high is None or high <= allowed.high
    by_platform = values[values["segment"] != "all"].groupby(["kpi", "period"])["value"].sum()
    whole = values[values["segment"] == "all"].set_index(["kpi", "period"])["value"]
    assert (by_platform == whole.reindex(by_platform.index)).all()


def test_files_are_known_only_after_their_last_value_and_some_values_come_twice():
    files = made(7).sample.files
    assert [file.name for file in files[:4]] == [
        f"{source}_2026-01-05.csv" for source in ("app", "growth", "people", "support")
    ]
    assert "2026-01-04" in made(7).extracts["app_2026-01-05.csv"]
    assert "2026-01-05," not in made(7).extracts["app_2026-01-05.csv"]
    early, late = (made(7).extracts[f"support_{day}.csv"].splitlines() for day in ("2026-08-17", "2026-10-06"))
    week = next(line for line in early if line.startswith("2026-08-03,csat"))
    assert week not in late
    assert len([line for line in late if line.startswith("2026-08-03,csat")]) == 1


def test_definitions_are_entered_before_their_cycle_and_stages_only_once_done():
    _, data, moment = made(7).sample.okrs[0]
    assert moment.date() == date(2025, 9, 29)
    assert [row["cycle"] for row in yaml.safe_load(data)["objectives"]] == ["2025-Q4"] * 3
    for _, data, moment in made(7).sample.okrs:
        rows = [kr for objective in _read(data, moment.date()).objectives for kr in objective.key_results]
        days = [part.done for row in rows for part in (row, *row.stages) if part.done]
        assert max(days, default=moment.date()) <= moment.date()


def _read(data: bytes, day: date) -> OkrFile:
    file = read_okr_file(data, "okrs.yaml", as_of=day).file
    assert file is not None
    return file


def test_the_okr_file_follows_the_shipped_schema_and_every_kpi_is_fully_defined():
    written = json.loads(json.dumps(okr_files()[-1].model_dump(mode="json", exclude_defaults=True)))
    jsonschema.validate(written, okr_schema())
    for kpi in okr_files()[-1].kpis:
        assert kpi.name
        assert kpi.description
        assert kpi.unit
        assert kpi.owner
        assert kpi.min_change is not None
    assert [kpi.id for kpi in okr_files()[-1].kpis if kpi.aggregation == "ratio"] == ["self_service_share"]


def test_owners_report_every_week():
    reports = made(7).check_ins
    assert reports.groupby("key_result")["at"].diff().dropna().dt.days.max() == 7
    assert reports.loc[reports["key_result"] == "certificates", "value"].tolist()[-1] == 31
    assert reports["confidence"].between(0, 10).all()
    assert set(reports["key_result"]) <= set(made(7).truth["key_result"])
