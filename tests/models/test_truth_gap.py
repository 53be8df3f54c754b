"""Claimed wins against verified ones, counted by hand; unknown is never counted as false."""

import pandas as pd
import pytest

from models.truth_gap import sentence, truth_gap

ROWS = pd.DataFrame(
    [
        ("a", True, "real_win"), ("a", True, "real_win"), ("a", True, "vanity"), ("a", True, "backfired"),
        ("a", True, "unproven"), ("a", True, "unlinked"), ("a", True, "too_early"), ("a", False, "moved_anyway"),
        ("a", False, "unlinked"), ("b", True, "unlinked"), ("b", None, "unproven"),
    ],
    columns=["team", "passed", "verdict"],
).astype({"passed": "boolean"})  # fmt: skip


def test_every_verdict_of_a_claimed_win_is_counted_once():
    found = truth_gap(ROWS).to_dict("records")[0]
    assert found == {
        "key_results": 11, "claimed": 8, "verified": 2, "not_borne_out": 2, "vanity": 1, "backfired": 1, "untold": 4,
        "unproven": 1, "unlinked": 2, "too_early": 1, "gap": 6, "judged": 4, "share": 0.5,
    }  # fmt: skip


def test_by_team_a_share_without_anything_judged_is_unknown():
    found = truth_gap(ROWS, ["team"])
    assert found[["team", "claimed", "verified", "gap", "judged"]].to_numpy().tolist() == [
        ["a", 7, 2, 5, 4],
        ["b", 1, 0, 1, 0],
    ]
    assert found["share"].tolist()[0] == 0.5
    assert found["share"].isna().tolist() == [False, True]


def test_nothing_to_count():
    assert truth_gap(ROWS.head(0)).to_dict("records")[0]["claimed"] == 0
    assert truth_gap(ROWS.head(0), ["team"]).empty


@pytest.mark.parametrize(
    ("claimed", "verified", "failed", "untold", "text"),
    [
        (0, 0, 0, 0, "No win is claimed."),
        (1, 1, 0, 0, "1 win claimed, and it is verified."),
        (3, 3, 0, 0, "3 wins claimed, all of them verified."),
        (12, 5, 4, 3, "12 wins claimed, 5 verified: 4 did not hold, 3 cannot be told."),
        (3, 1, 2, 0, "3 wins claimed, 1 verified: 2 did not hold."),
        (1, 0, 0, 1, "1 win claimed, 0 verified: 1 cannot be told."),
    ],
)
def test_the_sentence(claimed, verified, failed, untold, text):
    assert sentence({"claimed": claimed, "verified": verified, "not_borne_out": failed, "untold": untold}) == text
