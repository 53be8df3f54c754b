"""Golden prose: one approved sentence for every branch of a verdict."""

import numpy as np
import pandas as pd
import pytest

from models import verdict

MOVED_UP = {"effect": 4.2, "effect_relative": 0.042, "lo": 2.0, "hi": 6.4, "lo_relative": 0.02, "hi_relative": 0.064}
MOVED_DOWN = {
    "effect": -4.2,
    "effect_relative": -0.042,
    "lo": -6.4,
    "hi": -2.0,
    "lo_relative": -0.064,
    "hi_relative": -0.02,
}
STILL = {"effect": 0.3, "effect_relative": 0.003, "lo": -1.0, "hi": 1.6, "lo_relative": -0.01, "hi_relative": 0.016}
WIDE = {"effect": 3.0, "effect_relative": 0.03, "lo": -9.0, "hi": 15.0, "lo_relative": -0.09, "hi_relative": 0.15}
NOTHING = dict.fromkeys(MOVED_UP, np.nan)


def said(passed, move, figures, *, so_far=False, unit="people", kpi="k", too_early=False):
    row = {
        "passed": passed, "so_far": so_far, "kpi": kpi, "kpi_name": "Sign-ups", "kpi_unit": unit, "too_early": too_early,
        "told_from": pd.Timestamp("2026-11-02"), "move_verdict": move, "min_change_shown": "5.0 %", **figures,
    }  # fmt: skip
    frame = pd.DataFrame([row]).astype({"passed": "boolean"})
    made = verdict.verdict(frame).iloc[0]
    return made["verdict"], made["verdict_word"], made["sentence"]


@pytest.mark.parametrize(
    ("passed", "move", "figures", "code", "sentence"),
    [
        (
            True,
            "better",
            MOVED_UP,
            "real_win",
            "Passed, and Sign-ups rose 4.2 % against what was expected (between +2.0 % and +6.4 %).",
        ),
        (
            True,
            "flat",
            STILL,
            "vanity",
            "Passed, but Sign-ups did not move (between −1.0 % and +1.6 %; 5.0 % would matter).",
        ),
        (
            True,
            "worse",
            MOVED_DOWN,
            "backfired",
            "Passed, but Sign-ups got worse: it fell 4.2 % against what was expected (between −6.4 % and −2.0 %).",
        ),
        (
            True,
            "cannot_tell",
            WIDE,
            "unproven",
            "Passed, but the data cannot tell whether Sign-ups moved (between −9 % and +15 %).",
        ),
        (
            True,
            "cannot_tell",
            NOTHING,
            "unproven",
            "Passed, but there is too little data to tell whether Sign-ups moved.",
        ),
        (
            False,
            "better",
            MOVED_UP,
            "moved_anyway",
            "Missed, yet Sign-ups rose 4.2 % against what was expected (between +2.0 % and +6.4 %).",
        ),
        (
            False,
            "flat",
            STILL,
            "honest_miss",
            "Missed, and Sign-ups did not move (between −1.0 % and +1.6 %; 5.0 % would matter).",
        ),
        (
            False,
            "worse",
            MOVED_DOWN,
            "setback",
            "Missed, and Sign-ups got worse: it fell 4.2 % against what was expected (between −6.4 % and −2.0 %).",
        ),
        (
            False,
            "cannot_tell",
            WIDE,
            "unproven",
            "Missed, and the data cannot tell whether Sign-ups moved (between −9 % and +15 %).",
        ),
        (
            None,
            "better",
            MOVED_UP,
            "unproven",
            "No value yet. Meanwhile Sign-ups rose 4.2 % against what was expected (between +2.0 % and +6.4 %).",
        ),
    ],
)
def test_each_verdict_has_its_sentence(passed, move, figures, code, sentence):
    assert said(passed, move, figures)[::2] == (code, sentence)


def test_a_kpi_that_is_better_when_it_falls():
    assert said(True, "better", MOVED_DOWN)[2] == (
        "Passed, and Sign-ups fell 4.2 % against what was expected (between −6.4 % and −2.0 %)."
    )


def test_percentages_move_in_points():
    assert said(True, "better", MOVED_UP, unit="%")[2] == (
        "Passed, and Sign-ups rose 4.2 points against what was expected (between +2.0 points and +6.4 points)."
    )


@pytest.mark.parametrize(
    ("passed", "opening"), [(True, "Passing so far, and Sign-ups"), (False, "Not there yet, but Sign-ups")]
)
def test_while_the_window_is_open_it_is_so_far(passed, opening):
    code, word, sentence = said(passed, "better", MOVED_UP, so_far=True)
    assert word == f"{verdict.VERDICTS[code].word} so far"
    assert sentence.startswith(opening)


def test_unlinked_and_too_early():
    assert said(True, None, NOTHING, kpi=None) == (
        "unlinked", "Unlinked", "Passed. No KPI is linked, so it cannot be said whether anything moved.",
    )  # fmt: skip
    assert said(True, None, NOTHING, too_early=True) == (
        "too_early", "Too early", "Passed. It is too early to tell whether Sign-ups moved. It can be told from 2 November 2026.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("judged", "sentence"),
    [
        (0, "No KPI was judged, so nothing can look moved by chance."),
        (1, "1 link was judged; if no KPI had moved, fewer than one would still look moved by chance."),
        (40, "40 links were judged; if no KPI had moved, about 2 would still look moved by chance."),
    ],
)
def test_the_expected_false_alarms_are_said(judged, sentence):
    assert verdict.expected_false_alarms(judged, 0.95) == sentence


def test_words_and_icons_are_never_shared():
    for table in (verdict.VERDICTS, verdict.FLAGS, verdict.MOVEMENTS):
        assert len({word.word for word in table.values()}) == len(table)
        assert len({word.icon for word in table.values()}) == len(table)
