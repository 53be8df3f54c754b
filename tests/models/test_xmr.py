"""XmR limits and signals, worked by hand; and the properties every chart keeps."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.xmr import SIGNALS, chart, xmr
from tests.budget import examples

STEADY = [10.0, 12.0] * 6  # mean 11, every moving range 2


def signals(values, **options):
    return list(xmr(values, **options).points["signal"])


def test_limits_are_the_mean_and_2_66_mean_moving_ranges():
    got = xmr([1.0, 2.0, 4.0, 3.0])  # ranges 1, 2, 1
    assert got.mean == 2.5
    assert got.upper == pytest.approx(2.5 + 2.66 * 4 / 3, abs=1e-12)
    assert got.lower == pytest.approx(2.5 - 2.66 * 4 / 3, abs=1e-12)


def test_a_moving_range_beyond_its_own_limit_is_left_out_once():
    values = [10.0, 12.0] * 6 + [60.0, 58.0] * 6  # one jump of 48 among ranges of 2
    got = xmr(values)
    assert got.upper - got.mean == pytest.approx(2.66 * 2, abs=1e-12)


def test_a_point_beyond_a_limit():
    values = [*STEADY, 30.0, *STEADY]
    got = xmr(values)
    assert got.points["signal"].iloc[12] == "above_upper"
    assert [s for s in got.points["signal"] if s and s != "above_upper"] == []


def test_seven_rising_points_are_all_marked_and_six_are_not():
    base = [0.0, 40.0] * 8
    assert signals([*base, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.5])[-8:] == [None] + ["trend_up"] * 7
    assert "trend_up" not in signals([*base, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0])


def test_a_peak_between_two_trends_belongs_to_what_follows():
    values = [0.0, 40.0] * 8 + [15, 16, 17, 18, 19, 20, 21.0, 20, 19, 18, 17, 16, 15.5]
    assert signals(values)[-13:] == ["trend_up"] * 6 + ["trend_down"] * 7


def test_seven_on_one_side():
    base = [8.0, 12.0] * 10
    tail = [10.6, 10.9, 10.7, 10.8, 10.6, 10.9, 10.7]
    got = xmr([*base, *tail])
    # the point before the run is also above the mean, so the run has eight points
    assert list(got.points["signal"])[-9:] == [None] + ["seven_above"] * 8
    assert got.variation == "improvement_high"
    assert xmr([*base, *tail], direction="down").variation == "concern_high"
    assert xmr([*base, *tail], direction="in_band").variation == "neutral_high"


def test_two_of_three_marks_only_the_near_points():
    values = [*STEADY, 15.5, 12.5, 15.5, 10.0, 10.0, 11.0, 11.0]
    got = xmr(values)
    assert got.points["near"].tolist()[12:15] == [True, False, True]
    assert list(got.points["signal"])[12:15] == ["two_of_three_above", None, "two_of_three_above"]


def test_an_outside_point_is_not_near():
    values = [*STEADY, 60.0, 12.5, 15.5, 10.0, 10.0, 11.0, 11.0]
    assert signals(values)[12] == "above_upper"
    assert "two_of_three_above" not in signals(values)


def test_a_point_on_the_mean_ends_a_run():
    assert signals([5.0, 6.0, 6.0, 6.0, 5.5, 5.5, 5.0, 5.0, 5.0, 6.0, 5.5]) == [None] * 11


def test_a_constant_series_has_no_signals():
    got = xmr([0.1] * 30)
    assert (got.mean, got.lower, got.upper, got.variation) == (0.1, 0.1, 0.1, "common_cause")
    assert set(got.points["signal"]) == {None}


def test_rebasing_gives_each_part_its_own_limits_and_runs():
    values = STEADY + [v + 100 for v in STEADY]
    got = xmr(values, rebase=[12])
    assert got.points["mean"].tolist() == [11.0] * 12 + [111.0] * 12
    assert set(got.points["signal"]) == {None}
    assert got.mean == 111.0
    assert set(signals(values)) == {"above_upper", "below_lower"}


def test_a_rebase_outside_the_series_is_refused():
    with pytest.raises(ValueError, match=r"position 12 is outside the series, which has 12 points \(0..11\)"):
        xmr(STEADY, rebase=[12])


def test_assurance_says_whether_the_target_lies_beyond_the_limits():
    for target, up, down in ((0.0, "pass", "fail"), (50.0, "fail", "pass"), (11.0, "inconsistent", "inconsistent")):
        assert xmr(STEADY, "up", target).assurance == up
        assert xmr(STEADY, "down", target).assurance == down
    assert xmr(STEADY, "in_band", 50.0).assurance is None
    assert xmr(STEADY).assurance is None


def test_empty_and_single():
    empty, single = xmr([]), xmr([3.0])
    assert np.isnan(empty.mean)
    assert empty.points.empty
    assert single.mean == 3.0
    assert np.isnan(single.upper)
    assert single.variation == "common_cause"


def test_missing_values_are_passed_over():
    holes = [10.0, np.nan, 12.0, 10.0, 12.0, np.nan, 30.0, 10.0, 12.0, 10.0, 12.0, 10.0, 12.0, 10.0, np.nan]
    full = [v for v in holes if not np.isnan(v)]
    got = xmr(holes)
    assert got.upper == xmr(full).upper
    assert [s for s, v in zip(got.points["signal"], holes, strict=True) if not np.isnan(v)] == signals(full)
    assert got.points["signal"].iloc[1] is None


def test_many_series_at_once_are_the_same_as_one_by_one():
    rng = np.random.default_rng(3)
    sizes = {"a": 30, "b": 5, "c": 60}
    frames = [pd.DataFrame({"kpi": k, "value": np.cumsum(rng.normal(size=n))}) for k, n in sizes.items()]
    together = chart(pd.concat(frames, ignore_index=True).sample(frac=1, random_state=1).sort_index(), by=["kpi"])
    for k, one in together.groupby("kpi"):
        alone = xmr(one["value"]).points
        assert one["signal"].tolist() == alone["signal"].tolist(), k
        np.testing.assert_allclose(one[["mean", "lower", "upper"]], alone[["mean", "lower", "upper"]], rtol=1e-12)


numbers = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=40)
MIRROR = {a: b for pair in zip(SIGNALS[::2], SIGNALS[1::2], strict=True) for a, b in (pair, pair[::-1])} | {None: None}


@settings(max_examples=examples(30), deadline=None)
@given(numbers)
def test_turning_the_series_over_turns_every_signal_over(values):
    assert signals([-v for v in values]) == [MIRROR[s] for s in signals(values)]


@settings(max_examples=examples(30), deadline=None)
@given(numbers, st.sampled_from([0.5, 2.0, 1024.0]))
def test_the_unit_does_not_matter(values, factor):
    assert signals([v * factor for v in values]) == signals(values)
