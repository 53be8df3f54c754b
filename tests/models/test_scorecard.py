"""One small company, every verdict: known series, exact words."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from models import scorecard
from models.company import Company
from models.okr import Cycle, KeyResult, OkrFile

OKRS = """
teams: [{id: app, name: App}, {id: people, name: People}]
cycles: [{id: 2026-Q3}]
kpis:
  - {id: up, name: Sign-ups, cadence: week, unit: people, min_change: 5%}
  - {id: flat, name: Staff turnover, cadence: week, direction: down, unit: "%", min_change: 0.5}
  - {id: down, name: Revenue, cadence: week, unit: EUR, owner: people}
  - {id: noise, name: Noise, cadence: month}
objectives:
  - id: o
    title: Grow
    team: app
    cycle: 2026-Q3
    key_results:
      - {id: real, title: More sign-ups, kpi: up, baseline: 100, target: 108}
      - {id: vanity, title: Reward programme, kind: yes_no, done: 2026-08-01, links: [{kpi: flat, role: outcome}]}
      - {id: backfired, title: New prices, kind: yes_no, done: 2026-08-01, links: [{kpi: down, role: outcome}]}
      - {id: moved, title: Aim high, kpi: up, baseline: 100, target: 200}
      - {id: miss, title: Fewer leavers, kind: decrease, kpi: flat, baseline: 12, target: 6}
      - {id: setback, title: Earn more, kpi: down, baseline: 100, target: 120}
      - {id: unlinked, title: Write a handbook, kind: yes_no, done: 2026-08-01}
      - {id: early, title: Late effect, kind: yes_no, done: 2026-08-01, links: [{kpi: up, role: outcome, lag: 300}]}
      - {id: unproven, title: No data, kind: yes_no, done: 2026-08-01, links: [{kpi: noise, role: outcome}]}
      - {id: cost, title: Push, kind: yes_no, done: 2026-07-05, links: [{kpi: up, role: outcome}, {kpi: down, role: guardrail}]}
      - {id: waiting, title: Survey}
"""
AS_OF = date(2026, 10, 6)


def observations() -> pd.DataFrame:
    weeks = pd.date_range("2023-07-03", "2026-09-28", freq="W-MON")
    rng = np.random.default_rng(7)
    inside = weeks >= "2026-07-01"
    series = {
        "up": 100 + rng.normal(0, 1.5, len(weeks)) + 12 * inside,
        "flat": 12 + rng.normal(0, 0.15, len(weeks)),
        "down": 100 + rng.normal(0, 1.5, len(weeks)) - 15 * inside,
    }
    parts = [pd.DataFrame({"kpi": k, "segment": "all", "period": weeks, "value": v}) for k, v in series.items()]
    return pd.concat(parts, ignore_index=True)


def made(okrs: str = OKRS, as_of: date = AS_OF, originals: dict | None = None, check_ins: list | None = None):
    file = OkrFile.model_validate(yaml.safe_load(okrs))
    company = Company(
        file.teams,
        file.cycles,
        file.kpis,
        file.objectives,
        {o.id: o.key_results for o in file.objectives},
        originals or {},
    )
    reported = pd.DataFrame(check_ins or [], columns=["key_result", "day", "value", "confidence"])
    reported = reported.astype({"day": "datetime64[us]", "value": float, "confidence": float})
    return scorecard.build(company, company.cycles[0], observations(), reported, as_of)


@pytest.fixture(scope="module")
def card():
    return made()


def row(card, identifier: str) -> pd.Series:
    return card.key_results.set_index("id").loc[identifier]


@pytest.mark.parametrize(
    ("identifier", "verdict"),
    [
        ("real", "real_win"),
        ("vanity", "vanity"),
        ("backfired", "backfired"),
        ("moved", "moved_anyway"),
        ("miss", "honest_miss"),
        ("setback", "setback"),
        ("unlinked", "unlinked"),
        ("early", "too_early"),
        ("unproven", "unproven"),
        ("waiting", "unlinked"),
    ],
)
def test_every_verdict(card, identifier, verdict):
    assert row(card, identifier)["verdict"] == verdict


def test_a_key_result_without_a_value_is_unknown_and_not_zero(card):
    assert pd.isna(row(card, "waiting")["score"])
    assert row(card, "waiting")["passed"] is pd.NA
    assert card.objectives["unknown"].tolist() == [1]


def test_a_worse_guardrail_adds_at_a_cost_and_names_kpi_and_team(card):
    cost = row(card, "cost")
    assert cost["verdict"] == "real_win"
    assert "at_a_cost" in cost["flags"]
    assert cost["flag_notes"][0].startswith("At a cost (owned by People): Revenue got worse: it fell 1")


def test_key_results_on_one_moved_kpi_share_the_claim(card):
    assert all("shared_claim" in row(card, name)["flags"] for name in ("real", "moved", "cost"))
    assert "shared_claim" not in row(card, "vanity")["flags"]


def test_too_early_says_from_when_it_can_be_told(card):
    # window 300 days later: 2027-04-27 on; weeks start on Monday, the fourth is over on 2027-05-30
    early = row(card, "early")
    assert early["told_from"] == pd.Timestamp("2027-05-31")
    assert (
        early["sentence"]
        == "Passing so far. It is too early to tell whether Sign-ups moved. It can be told from 31 May 2027."
    )


def test_the_headline_counts_passed_and_moved(card):
    assert card.headline == "7 of 11 key results passed; 2 of them moved their metric."


def test_notes_tell_chance_and_the_unknown(card):
    assert card.notes == [
        "8 links were judged; if no KPI had moved, fewer than one would still look moved by chance.",
        "1 key result has no value yet: unknown, not counted as zero.",
        "1 key result is judged on incomplete data: values that are due have not arrived.",
    ]


def test_before_the_end_the_words_are_so_far():
    card = made(as_of=date(2026, 9, 14))
    real = row(card, "real")
    assert (real["verdict_word"], real["so_far"]) == ("Real win so far", True)
    assert real["sentence"].startswith("Passing so far, and Sign-ups rose 1")


def test_an_edited_target_is_graded_twice():
    first = KeyResult(id="real", kpi="up", baseline=100.0, target=200.0)
    card = made(originals={"real": first})
    real = row(card, "real")
    assert (real["original_target"], real["target"]) == (200.0, 108.0)
    assert real["score"] == 1.0
    assert real["score_original_target"] == pytest.approx(real["current"] / 100 - 1)
    assert "target_edited" in real["flags"]


def test_a_check_in_gives_the_value_where_no_kpi_measures_it():
    card = made(check_ins=[("waiting", pd.Timestamp("2026-09-01"), 1.0, 8.0)])
    waiting = row(card, "waiting")
    assert (waiting["score"], waiting["passed"], waiting["confidence"]) == (1.0, True, 8.0)


def test_a_team_sees_its_own():
    assert len(made().of_team("people").key_results) == 0
    assert made().of_team("people").headline == "No key results in this cycle yet."


def test_a_cycle_without_objectives_is_an_empty_scorecard():
    company = Company(cycles=[Cycle(id="2026-Q3")])
    nothing = pd.DataFrame({"key_result": [], "day": pd.to_datetime([]), "value": [], "confidence": []})
    card = scorecard.build(company, company.cycles[0], observations(), nothing, AS_OF)
    assert (len(card.key_results), card.headline) == (0, "No key results in this cycle yet.")


def everything(effects: list[float], teams: tuple[str, str] = ("a", "b")) -> scorecard.Scorecard:
    """A company of one KPI per key result, each moved by an effect; the first team has only one of them."""
    weeks = pd.date_range("2023-07-03", "2026-09-28", freq="W-MON")
    rng = np.random.default_rng(3)
    names = [f"k{i}" for i in range(len(effects))]
    parts = [
        pd.DataFrame(
            {
                "kpi": name,
                "segment": "all",
                "period": weeks,
                "value": (100 + rng.normal(0, 1, len(weeks))) * np.where(weeks >= "2026-07-01", 1 + effect, 1.0),
            }
        )
        for name, effect in zip(names, effects, strict=True)
    ]
    made_of = {
        "cycles": [{"id": "2026-Q3"}],
        "kpis": [{"id": name, "cadence": "week"} for name in names],
        "objectives": [
            {
                "id": f"o{team}",
                "title": team,
                "team": team,
                "cycle": "2026-Q3",
                "key_results": [{"id": f"r{n}", "title": n, "kpi": n, "baseline": 1, "target": 2} for n in of],
            }
            for team, of in zip(teams, (names[:1], names[1:]), strict=True)
        ],
    }
    file = OkrFile.model_validate(made_of)
    held = {objective.id: objective.key_results for objective in file.objectives}
    company = Company(file.teams, file.cycles, file.kpis, file.objectives, held, {})
    nothing = pd.DataFrame(columns=["key_result", "day", "value", "confidence"])
    return scorecard.build(company, Cycle(id="2026-Q3"), pd.concat(parts, ignore_index=True), nothing, AS_OF)


def test_when_everything_moved_the_notes_say_so_first_for_every_team():
    card = everything([0.2, 0.2, 0.2, 0.2, 0.2, 0.0])
    assert card.shock.direction == "up"
    said = card.shock.sentence()
    assert said.startswith("5 of 6 KPIs rose at the same time (by 20 % at the median)")
    assert card.notes[0] == said
    assert card.of_team("a").notes[0] == said


def test_a_few_moved_kpis_are_no_common_shock():
    card = everything([0.2, -0.2, 0.0, 0.0, 0.0, 0.0])
    assert card.shock.direction == ""
    assert card.notes[0].startswith("6 links were judged")


def test_how_a_movement_went_and_its_narrower_interval_come_with_the_row(card):
    real = row(card, "real")
    assert real["shape"] == "lasting"
    assert real["lo_relative"] < real["lo90_relative"] < real["hi90_relative"] < real["hi_relative"]
    assert row(card, "vanity")["shape"] == ""
