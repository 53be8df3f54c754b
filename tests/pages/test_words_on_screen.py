"""Numbers, days and sentences as the screens write them; one approved text per branch."""

import numpy as np
import pandas as pd
import pytest

from models.policy import POLICY
from models.xmr import xmr
from pages.parts import amounts
from pages.parts.evidence_words import how_sure, movement_word, xmr_words
from pages.parts.kpi_review import on_last_year
from tests.pages.fake_workspace import key_results


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (amounts.level(12.34, "%"), "12.3 %"),
        (amounts.level(2_140_000, "EUR"), "EUR 2.14 million"),
        (amounts.level(np.nan, "%"), "–"),
        (amounts.level(None), "–"),
        (amounts.change(0.3, "%"), "+0.3 points"),
        (amounts.change(-0.3, "%"), "\u22120.3 points"),
        (amounts.change(0, "%"), "0 points"),
        (amounts.change(1200, "orders"), "+1,200 orders"),
        (amounts.interval(-0.2, 0.4, "%"), "\u22120.2 to +0.4 points"),
        (amounts.interval(-0.2851, 0.2749, "%"), "\u22120.29 to +0.27 points"),
        (amounts.interval(-4310.0, 25_300.0, "EUR"), "\u22124,310 to +25,300 EUR"),
        (amounts.interval(np.nan, 0.4, "%"), "–"),
        (amounts.effect({"effect": -0.00227, "lo": -0.285, "hi": 0.275, "kpi_unit": "%"}), "0 points"),
        (amounts.effect({"effect": 0.1234, "lo": np.nan, "hi": np.nan, "kpi_unit": "%"}), "+0.123 points"),
        (on_last_year(99.2479, 99.1522, "%"), "+0.1 points"),
        (on_last_year(0.2841, 0.4081, "%"), "\u22120.124 points"),
        (amounts.share(0.031), "3.1 %"),
        (amounts.share(0.031, sign=True), "+3.1 %"),
        (amounts.share(-0.25, sign=True), "\u221225 %"),
        (amounts.share(None), "–"),
        (amounts.score(0.625), "0.62"),
        (amounts.score(np.nan), "–"),
        (amounts.day(pd.Timestamp("2026-03-07")), "7 Mar 2026"),
        (amounts.day(pd.NaT), "–"),
        (amounts.day(None), "–"),
        (amounts.moment(pd.Timestamp("2026-03-07 14:05")), "7 Mar 2026, 14:05"),
        (amounts.moment(pd.NaT), "–"),
        (amounts.counted(1, "value"), "1 value"),
        (amounts.counted(1200, "value"), "1,200 values"),
        (amounts.counted(2, "restated", "restated"), "2 restated"),
    ],
)
def test_amounts(made: str, text: str) -> None:
    assert made == text


COMPARED = (
    "In the window (1 Jul 2026 to 30 Sep 2026) {name} averaged 50.2 % over 13 weeks. From its own history 50 % was to be "
    "expected, had nothing changed."
)
EFFECT = (
    "The difference is +0.2 points (+0.4 %). With 95 % confidence it lies between \u22120.4 points and +0.8 points."
)


@pytest.mark.parametrize(
    ("number", "name", "why"),
    [
        (0, "Daily actives", "Zero lies outside, on the good side: it moved."),
        (
            1,
            "Staff turnover",
            "Less than 5 % would not matter here, and the 90 % interval stays within that: it stood still. This is a "
            "finding, not a lack of data.",
        ),
        (2, "Repeat purchases", "Zero lies outside, on the bad side: it got worse."),
        (
            3,
            "Net promoter score",
            "That leaves room both for nothing and for a change that matters (5 % or more), so the data cannot tell.",
        ),
    ],
)
def test_how_sure(number: int, name: str, why: str) -> None:
    row = key_results(10, hostile=False).iloc[number]
    said = how_sure(row, POLICY)
    assert said[:2] == [COMPARED.format(name=name), f"{EFFECT} {why}"]


def test_how_sure_of_what_cannot_be_judged() -> None:
    rows = key_results(10, hostile=False)
    assert how_sure(rows.iloc[7], POLICY) == ["No KPI is linked, so nobody can say whether anything moved."]
    assert how_sure(rows.iloc[8], POLICY) == [
        "Too few periods of Renewals are over to judge it. An effect needs 14 days before it can show. "
        "It can be told from 2 Nov 2026."
    ]
    unjudged = rows.iloc[3].copy()
    unjudged["effect"] = np.nan
    assert how_sure(unjudged, POLICY) == [
        "There are too few values of Net promoter score to say what would have happened anyway."
    ]


def test_xmr_words() -> None:
    calm = [10.0, 11, 10, 11, 10, 11, 10, 11]
    assert xmr_words(xmr(calm, "up", 20.0), "%") == (
        "Only routine variation: the last value carries no signal. Left as it is, the process will not reach the target. "
        "Natural limits 7.84 % to 13.2 %, mean 10.5 %."
    )
    assert xmr_words(xmr([*calm, 30], "down"), "").startswith(
        "The last value signals a change for the worse: it is unusually high. Natural limits"
    )


def test_movement_word() -> None:
    assert movement_word("better") == "▲ Better"
    assert movement_word(None) == "–"
