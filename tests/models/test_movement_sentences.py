"""One approved sentence per branch of an answer."""

import pytest

from models.movement import REASONS, movement_sentence

ROW = {
    "verdict": "better", "reason": "", "effect_rel": 0.1234, "lo_rel": 0.051, "hi_rel": 0.2, "n": 13, "cadence": "week",
    "min_effect": 0.05,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {},
            "Cost got better: 12.3 % above what its history led to expect (95 % interval +5.1 % to +20.0 %, 13 weeks).",
        ),
        (
            {"verdict": "worse", "effect_rel": -0.08, "lo_rel": -0.12, "hi_rel": -0.03},
            "Cost got worse: 8.0 % below what its history led to expect (95 % interval -12.0 % to -3.0 %, 13 weeks).",
        ),
        (
            {"verdict": "flat", "effect_rel": 0.01, "lo_rel": -0.02, "hi_rel": 0.04, "cadence": "month", "n": 3},
            "Cost stayed flat: 1.0 % above what its history led to expect, and any change is smaller than 5 % "
            "(95 % interval -2.0 % to +4.0 %, 3 months).",
        ),
        (
            {"verdict": "flat", "reason": "inside_band"},
            "Cost stayed inside its band: 12.3 % above what its history led to expect "
            "(95 % interval +5.1 % to +20.0 %, 13 weeks).",
        ),
        (
            {"verdict": "cannot_tell", "reason": "wide_interval", "lo_rel": -0.1, "hi_rel": 0.4},
            "Cannot tell whether Cost moved: 12.3 % above what its history led to expect, chance can explain that, "
            "yet a change of 5 % cannot be ruled out (95 % interval -10.0 % to +40.0 %, 13 weeks).",
        ),
        (
            {"verdict": "cannot_tell", "reason": "no_history"},
            "Cannot tell whether Cost moved: there is no history before the window.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_of_each_branch(change, sentence):
    assert movement_sentence(ROW | change, "Cost") == sentence


def test_every_reason_has_words():
    assert [code for code, words in REASONS.items() if code and not words] == []
