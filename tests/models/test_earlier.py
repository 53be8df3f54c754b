"""What changed of a key result since a week before, the last check-in and the last cycle."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from models.company import Company
from models.earlier import cycle_before, last_cycle, sentences
from models.okr import Cycle, Objective


def cycle(identifier: str, start: str, end: str) -> Cycle:
    return Cycle(id=identifier, start=date.fromisoformat(start), end=date.fromisoformat(end))


Q1, Q2 = cycle("2026-Q1", "2026-01-01", "2026-03-31"), cycle("2026-Q2", "2026-04-01", "2026-06-30")
YEAR, LAST_YEAR = cycle("2026", "2026-01-01", "2026-12-31"), cycle("2025", "2025-01-01", "2025-12-31")
Q4 = cycle("2025-Q4", "2025-10-01", "2025-12-31")


def test_the_cycle_before_ended_last_and_is_of_like_length():
    cycles = [Q1, Q2, YEAR, LAST_YEAR, Q4]
    company = Company(cycles=cycles, objectives=[Objective(id=f"o{c.id}", title="O", cycle=c.id) for c in cycles])
    assert cycle_before(company, Q2) == Q1
    assert cycle_before(company, Q1) == Q4
    assert cycle_before(company, YEAR) == LAST_YEAR
    assert cycle_before(company, LAST_YEAR) is None
    assert cycle_before(Company(cycles=cycles), Q2) is None


def card(rows: list[tuple], of: Cycle = Q2) -> SimpleNamespace:
    frame = pd.DataFrame(rows, columns=["id", "team", "kpi", "segment", "verdict", "score"])
    return SimpleNamespace(key_results=frame.astype({"kpi": "str", "segment": "str"}), cycle=of)


NOW = card(
    [
        ("same", "app", "k", "all", "real_win", 1.0),
        ("next", "app", "k", "all", "vanity", 0.5),
        ("other", "app", "k", "DE", "vanity", 0.5),
        ("none", "app", None, None, "unlinked", np.nan),
    ]
)
BEFORE = card(
    [
        ("same", "app", "x", "all", "honest_miss", 0.2),
        ("theirs", "people", "k", "all", "setback", 0.1),
        ("ours", "app", "k", "all", "vanity", 1.0),
        ("unlinked", "app", None, None, "unlinked", 1.0),
    ],
    Q1,
)


def test_the_last_cycle_is_matched_by_id_then_by_kpi_and_the_own_team_first():
    found = last_cycle(NOW.key_results, BEFORE.key_results)
    assert found.loc["same"].tolist() == ["honest_miss", "id"]
    assert found.loc["next"].tolist() == ["vanity", "kpi"]
    assert found.loc[["other", "none"], "verdict"].isna().all()


def test_the_sentences():
    week = card(
        [
            ("same", "app", "k", "all", "unproven", 0.9),
            ("next", "app", "k", "all", "vanity", 0.501),
            ("other", "app", "k", "DE", "vanity", 0.7),
        ]
    )
    days = pd.to_datetime(["2026-05-01", "2026-05-08", "2026-05-15"])
    check_ins = pd.DataFrame(
        {
            "key_result": ["none", "none", "none", "next", "gone"], "day": [*days, days[0], days[0]],
            "value": [1.0, 2.0, 5.5, 4.0, 3.0],
        }
    )  # fmt: skip
    assert sentences(NOW, week, BEFORE, check_ins).to_dict() == {
        "same": ["2026-Q1: Honest miss.", "Score +0.10 in a week.", "A week before: Unproven."],
        "next": ["2026-Q1: Vanity on the same KPI."],
        "other": ["Score \u22120.20 in a week."],
        "none": ["Reported value +3.5 since the check-in before."],
    }
    assert sentences(NOW, None, None, check_ins.head(0)).map(len).sum() == 0
