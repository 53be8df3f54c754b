import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models import scoring
from models.policy import POLICY

NUMBER = st.floats(-1e9, 1e9, allow_nan=False)


def frame(kind="increase", current=0.0, baseline=0.0, target=1.0, share=np.nan):
    return pd.DataFrame(
        [{"kind": kind, "current": current, "baseline": baseline, "target": target, "share": share}]
    ).astype({"current": float, "share": float})


def progress_of(**row) -> float:
    return float(scoring.progress(frame(**row)).iloc[0])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"baseline": 42, "current": 56, "target": 70}, 0.5),
        ({"baseline": 42, "current": 35, "target": 70}, -0.25),
        ({"baseline": 42, "current": 84, "target": 70}, 1.5),
        ({"kind": "decrease", "baseline": 20, "current": 18.5, "target": 17}, 0.5),
        ({"kind": "decrease", "baseline": -10, "current": -13, "target": -14}, 0.75),
        ({"baseline": 0.1, "current": 0.2, "target": 0.3}, 0.5),
        ({"kind": "maintain", "share": 0.75}, 0.75),
        ({"kind": "yes_no", "share": 1.0, "current": 5}, 1.0),
    ],
)
def test_progress_is_the_share_of_the_way(row, expected):
    assert progress_of(**row) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("missing", ["current", "baseline", "target"])
def test_a_missing_number_leaves_progress_unknown(missing):
    row = {"baseline": 1.0, "current": 2.0, "target": 3.0, missing: np.nan}
    assert math.isnan(progress_of(**row))


def test_target_equal_to_baseline_is_unknown_and_no_error():
    assert math.isnan(progress_of(baseline=5, current=5, target=5))


@given(NUMBER, NUMBER, NUMBER)
def test_swapping_the_sign_of_all_numbers_changes_nothing(s, c, t):
    assume(abs(t - s) > 1e-3)
    assert progress_of(baseline=s, current=c, target=t) == progress_of(
        kind="decrease", baseline=-s, current=-c, target=-t
    )


@given(NUMBER, NUMBER, NUMBER)
def test_baseline_is_zero_and_target_is_one(s, t, c):
    assume(abs(t - s) > 1e-3)
    assert progress_of(baseline=s, current=s, target=t) == 0
    assert progress_of(baseline=s, current=t, target=t) == 1
    inside = float(scoring.score(scoring.progress(frame(baseline=s, current=c, target=t))).iloc[0])
    assert 0 <= inside <= 1


@pytest.mark.parametrize(
    ("score", "level", "expected"),
    [
        (1.0, "committed", True),
        (0.999, "committed", False),
        (1 - 1e-12, "committed", True),
        (0.7, "aspirational", True),
        (0.69, "aspirational", False),
        (np.nan, "committed", pd.NA),
    ],
)
def test_passing_depends_on_the_level(score, level, expected):
    assert scoring.passed(pd.Series([score]), pd.Series([level]), POLICY).iloc[0] is expected or (
        scoring.passed(pd.Series([score]), pd.Series([level]), POLICY).iloc[0] == expected
    )


def test_bands_are_half_open():
    scores = pd.Series([0.0, 0.399, 0.4, 0.699, 0.7, 1.0, np.nan])
    assert list(scoring.band(scores, POLICY)) == ["red", "red", "amber", "amber", "green", "green", "unknown"]


def test_pace_words():
    pace = pd.Series([-0.5, 0.0, 0.1, 0.25, 0.26, np.nan])
    assert list(scoring.pace_word(pace, POLICY)) == ["on track", "on track", "behind", "behind", "at risk", ""]


def test_expected_progress_is_linear_unless_there_are_checkpoints():
    elapsed = pd.Series({"a": 0.5, "b": 0.5})
    points = pd.DataFrame(
        {
            "key_result": ["b", "b"],
            "on": pd.to_datetime(["2026-08-01", "2026-09-01"]),
            "progress": [0.2, 1.0],
            "start": pd.Timestamp("2026-07-01"),
        }
    )
    at = scoring.expected_progress(elapsed, points, pd.Timestamp("2026-08-01"))
    assert at.to_dict() == {"a": 0.5, "b": pytest.approx(0.2)}
    later = scoring.expected_progress(elapsed, points, pd.Timestamp("2026-10-01"))
    assert later["b"] == 1.0


def test_objective_scores_weigh_and_leave_out():
    rows = pd.DataFrame(
        [
            ("o1", 2.0, 1.0),
            ("o1", 1.0, 0.4),
            ("o1", 1.0, np.nan),
            ("o1", 0.0, 0.0),
            ("o2", 1.0, np.nan),
        ],
        columns=["objective", "weight", "score"],
    )
    scores = scoring.objective_scores(rows)
    assert scores.loc["o1", "score"] == pytest.approx(0.8)
    assert scores["unknown"].to_dict() == {"o1": 1, "o2": 1}
    assert math.isnan(scores.loc["o2", "score"])
