"""The published error rates: what stands in docs/measured.json, in plain words, exactly."""

from pathlib import Path
from typing import Any

import pytest

from pages.parts import measured

RATES: dict[str, Any] = {
    "windows": 900.0,
    "nothing_done": 241.0,
    "false_alarms": 0.0083,
    "found_5": 0.4061,
    "found_10": 0.7071,
    "found_20": None,
    "coverage": 0.9578,
    "wrong_direction": 0.0,
    "flat_where_nothing_was_done": 0.4232,
    "flat_where_10_percent_was_done": 0.0,
}
MADE: dict[str, Any] = {
    "measured_on": "2026-11-24",
    "version": "1.0",
    "confidence": 0.95,
    "rates": {"simulated": {"all": RATES, "week": {**RATES, "windows": 300.0}}, "brand_new": {"all": RATES}},
}


def test_one_plain_sentence_for_each_figure_that_was_measured() -> None:
    assert measured.sentences(RATES) == [
        (
            "False alarms",
            "0.8 %",
            "Of 241 windows where nothing was done, 0.8 % were called moved. 5 % would keep the promise of the 95 % "
            "interval.",
        ),
        ("5 % changes found", "40.6 %", "Of the windows with a change of 5 %, 40.6 % were called moved the right way."),
        ("10 % changes found", "70.7 %", "Of the windows with a change of 10 %, 70.7 %."),
        (
            "Interval holds the truth",
            "95.8 %",
            "Of 900 intervals stated with 95 % confidence, 95.8 % held the true effect.",
        ),
        (
            "Wrong direction",
            "0 %",
            "Where something was done and the KPI called moved, 0 % were called moved the wrong way.",
        ),
        (
            "Flat, rightly",
            "42.3 %",
            "Where nothing was done, 42.3 % were called flat; the rest was too noisy to say so.",
        ),
        ("Flat, wrongly", "0 %", "Where a change of 10 % or more had been added, 0 % were called flat."),
    ]


def test_when_with_which_version_and_on_how_much() -> None:
    assert measured.dated(MADE) == ("Measured on 24 Nov 2026 with version 1.0, on 1,800 windows whose truth was known.")


def test_the_main_kind_is_told_by_cadence_and_an_unknown_kind_by_its_name() -> None:
    found = measured.rows(MADE)
    assert [name for name, _, _ in found] == ["Made-up series", "of them weekly", "Brand new"]
    assert found[1][2] == ["300", "0.8 %", "40.6 %", "70.7 %", "–", "95.8 %", "0 %", "42.3 %"]
    assert measured.main_kind(MADE) == "simulated"
    assert measured.main_kind({"rates": {"simulated": {}, "standard": {}}}) == "standard"


def test_forecast_and_plan_check_are_told_where_they_were_measured() -> None:
    assert measured.forecast_sentences(MADE) == []
    promised = {
        "forecast": {"windows": 150, "coverage": 0.947, "chances": [{"windows": 20, "told": 0.2, "came": 0.25}]},
        "plan_check": {"windows": 58, "found": 0.81},
    }
    assert measured.forecast_sentences(promised) == [
        (
            "Forecast holds what came",
            "94.7 %",
            "Of 150 forecasts made at the start of a window, 94.7 % held what came.",
        ),
        ("Chance told: 20 %", "25 %", "Where it told a chance of 20 % on average (20 windows), 25 % came true."),
        (
            "Detectable change found",
            "81 %",
            "The plan check promises to find the change it calls detectable in 80 % of windows; of 58 it was found in "
            "81 %.",
        ),
    ]


@pytest.mark.parametrize(("share", "text"), [(0.0083, "0.8 %"), (0.05, "5 %"), (1, "100 %"), (None, "–")])
def test_shares(share: Any, text: str) -> None:
    assert measured.percent(share) == text


def test_the_figures_that_ship_can_be_read_and_hold_every_rate() -> None:
    found = measured.read()
    assert found is not None
    assert len(measured.sentences(found["rates"][measured.main_kind(found)]["all"])) == 8
    assert len(measured.rows(found)) >= 4


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert measured.read(tmp_path / "none.json") is None
