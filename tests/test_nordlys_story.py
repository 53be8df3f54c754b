"""The sample company through the front door: filled as recorded at the time, and asked as of different days."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from data.samples.nordlys import generate
from models.refused import Refused
from models.trade_off_matrix import paid
from models.trade_off_words import headline
from workspace import Workspace


@pytest.fixture(scope="module")
def workspace(sample_company: Path, copied: Callable[[Path, Path], Path], tmp_path_factory) -> Workspace:
    path = copied(sample_company / "needle.duckdb", tmp_path_factory.mktemp("nordlys"))
    return Workspace(path, who="Ada", now=lambda: datetime(2026, 11, 16, 12))


def verdicts(workspace: Workspace, cycle: str, day: date) -> dict[str, tuple[str, list[str]]]:
    rows = workspace.scorecard(cycle, day).key_results
    return {row["id"]: (row["verdict"], sorted({*row["flags"]} - {"late_data"})) for _, row in rows.iterrows()}


def meant(cycle: str) -> dict[str, tuple[str, list[str]]]:
    truth = generate().truth
    rows = truth[truth["cycle"] == cycle]
    return {row["key_result"]: (row["verdict"], sorted(row["flags"])) for _, row in rows.iterrows()}


@pytest.mark.parametrize(
    ("cycle", "day"),
    [
        ("2025-Q4", date(2026, 4, 10)),
        ("2026-Q1", date(2026, 7, 10)),
        ("2026-Q2", date(2026, 10, 10)),
        ("2026-Q3", date(2026, 11, 16)),
        ("2026-Q4", date(2026, 11, 16)),
    ],
)
def test_the_review_says_what_the_story_means(workspace: Workspace, cycle: str, day: date):
    assert verdicts(workspace, cycle, day) == meant(cycle)


def test_what_got_worse_while_key_results_passed(workspace: Workspace):
    day = date(2026, 11, 16)
    found = workspace.trade_offs("2026-Q3", day)
    assert found is workspace.trade_offs("2026-Q3", day)  # kept until the data changes
    assert headline(found) == "11 key results passed; meanwhile 1 guardrail and 2 other KPIs got worse."
    assert found.broken[["key_result", "kpi", "owner"]].values.tolist() == [["subscriptions", "contacts", "support"]]
    assert sorted(found.others["kpi"]) == ["csat", "trial_conversion"]
    assert found.claims["id"].tolist() == ["subscriptions", "referrals"]
    growth = workspace.trade_offs("2026-Q3", day, "growth")
    assert (growth.team_name, len(growth.wins), growth.tests) == ("Growth", 3, found.tests)
    support = paid(found, "support")
    assert list(dict.fromkeys(support["kpi"])) == ["contacts", "csat"]
    with pytest.raises(Refused, match="team 'nobody' is not defined"):
        workspace.trade_offs("2026-Q3", day, "nobody")
    assert headline(workspace.trade_offs("2026-Q4", day)) == (
        "No key result has passed, so nothing can have been paid for."
    )


def test_everything_was_stored_and_late_answers_were_restated(workspace: Workspace):
    loads = workspace.loads()
    assert (len(loads), set(loads["status"])) == (24, {"stored"})
    assert loads["accepted_new"].sum() == len(generate().values)
    assert set(loads.loc[loads["restated"] > 0, "source"]) == {"support"}


def test_before_the_edit_the_target_was_the_first_one(workspace: Workspace):
    before = workspace.scorecard("2026-Q3", date(2026, 8, 20)).key_results.set_index("id")
    after = workspace.scorecard("2026-Q3", date(2026, 11, 16)).key_results.set_index("id")
    assert before.loc["uninstalls-15", "target"] == 35700.0
    assert "target_edited" not in before.loc["uninstalls-15", "flags"]
    assert (after.loc["uninstalls-15", "target"], after.loc["uninstalls-15", "original_target"]) == (37800.0, 35700.0)
    # Norway and Sweden, 4 of 7 weights: Denmark was done on the 18th, and said so with the next import
    assert before.loc["rewards-live", "score"] == pytest.approx(4 / 7)
    assert after.loc["rewards-live", "score"] == 1.0


def test_the_default_cycle_is_the_one_in_flight(workspace: Workspace):
    assert workspace.default_cycle() == "2026-Q4"
    assert bool(workspace.scorecard().key_results["so_far"].all())
