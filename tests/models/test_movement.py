"""Movement on series whose truth is known, and the rules every answer keeps."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.judging import COLUMNS
from models.movement import expected_path, judge, moved
from models.movement_cases import judge_cases
from models.policy import POLICY
from tests.budget import examples


def monthly(seed=0, n=60, step=0.0, window=3, noise=0.03, season=0.1):
    """A seasonal KPI around 200 whose last `window` months are multiplied by 1 + step."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    y = 200 * np.exp(season * np.sin(2 * np.pi * t / 12) + noise * rng.normal(size=n))
    y[n - window :] *= 1 + step
    return pd.Series(y, pd.date_range("2020-01-01", periods=n, freq="MS"))


def daily(seed=0, n=400, step=0.0, window=90):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2023-01-02", periods=n)
    y = 1000 * np.where(index.day_of_week < 5, 1.0, 0.4) * np.exp(0.05 * rng.normal(size=n))
    y[n - window :] *= 1 + step
    return pd.Series(y, index)


def judged(series, window=3, **options):
    return moved(series, series.index[-window], series.index[-1], **options)


def case(**over):
    base = {
        "case_id": "a",
        "cadence": "month",
        "cycle_start": "2024-10-01",
        "cycle_end": "2024-12-31",
        "direction": "up",
    }
    return pd.DataFrame([base | over])


def values(series, case_id="a", role="kpi"):
    return pd.DataFrame({"case_id": case_id, "role": role, "date": series.index, "value": series.to_numpy()})


def test_a_step_of_20_percent_is_found_and_its_size_is_inside_the_interval():
    got = judged(monthly(step=0.2))
    assert got.verdict == "better"
    assert got.lo_rel < 0.2 < got.hi_rel
    assert (got.n, got.n_history, got.reason) == (3, 57, "")
    assert got.effect == pytest.approx(got.actual_mean - got.expected_mean, rel=1e-9)
    assert got.effect_rel == pytest.approx(got.effect / got.expected_mean, rel=1e-9)


def test_direction_turns_better_into_worse():
    assert judged(monthly(step=0.2), direction="down").verdict == "worse"
    assert judged(monthly(step=-0.2), direction="down").verdict == "better"
    assert judged(monthly(step=-0.2), direction="up").verdict == "worse"


def test_nothing_happened_on_a_quiet_series_is_flat():
    got = judged(monthly(noise=0.005))
    assert got.verdict == "flat"
    assert -0.05 < got.lo90_rel < got.hi90_rel < 0.05


def test_nothing_happened_on_a_noisy_series_cannot_be_told():
    got = judged(monthly(noise=0.2))
    assert (got.verdict, got.reason) == ("cannot_tell", "wide_interval")


def test_the_smallest_change_that_matters_decides_what_flat_is():
    assert judged(monthly(noise=0.02), min_effect=0.2).verdict == "flat"
    assert judged(monthly(noise=0.02), min_effect=0.001).verdict == "cannot_tell"


def test_false_alarms_are_near_5_percent_and_intervals_hold_the_truth():
    frames, cases = [], []
    for seed in range(120):
        series = monthly(seed, n=36 + seed % 40, noise=0.02 + 0.001 * seed)
        frames.append(values(series, str(seed)))
        cases.append(case(case_id=str(seed), cycle_start=series.index[-3], cycle_end=series.index[-1]))
    got = judge(pd.concat(cases), pd.concat(frames))
    alarms = got["verdict"].isin(["better", "worse"]).sum()
    assert alarms <= 12
    assert ((got["lo_rel"] <= 0) & (got["hi_rel"] >= 0)).sum() == 120 - alarms


def test_weekly_quarterly_and_daily_steps_are_found():
    rng = np.random.default_rng(1)
    weekly = pd.Series(50 * np.exp(0.03 * rng.normal(size=120)), pd.date_range("2022-01-05", periods=120, freq="7D"))
    weekly.iloc[-13:] *= 0.85
    assert judged(weekly, 13).verdict == "worse"
    quarterly = pd.Series(50 * np.exp(0.02 * rng.normal(size=30)), pd.date_range("2016-01-01", periods=30, freq="QS"))
    quarterly.iloc[-2:] *= 1.3
    assert judged(quarterly, 2).verdict == "better"
    got = judged(daily(step=0.1), 90)
    assert (got.verdict, got.n) == ("better", 90)
    assert got.lo_rel < 0.1 < got.hi_rel


def test_weeks_keep_the_anchor_of_the_data():
    index = pd.date_range("2023-01-04", periods=60, freq="7D")  # Wednesdays
    series = pd.Series(np.linspace(10, 11, 60), index)
    got = moved(series, index[-8] - pd.Timedelta(days=3), index[-1] + pd.Timedelta(days=3))
    assert (got.n, got.n_history) == (8, 52)


def test_the_window_ends_with_the_data():
    series = monthly(step=0.2)
    assert moved(series, series.index[-3], "2030-01-01").n == 3


def test_negative_values_are_judged_on_their_own_scale():
    series = monthly(noise=0.02, season=0.0) - 200  # around 0
    series.iloc[-3:] += 60
    got = judged(series)
    assert got.verdict == "better"
    assert got.effect == pytest.approx(60, abs=10)


def test_zeros_and_counts_are_judged():
    rng = np.random.default_rng(4)
    series = pd.Series(rng.poisson(3, 60).astype(float), pd.date_range("2020-01-01", periods=60, freq="MS"))
    assert judged(series).verdict in ("cannot_tell", "flat")
    series.iloc[-3:] = 12
    assert judged(series).verdict == "better"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (case(cycle_start="soon"), "bad_dates"),
        (case(cycle_start="2024-12-31", cycle_end="2024-10-01"), "bad_dates"),
        (case(cadence="fortnight"), "unknown_cadence"),
        (case(case_id="b"), "no_data"),
        (case(cycle_start="2031-01-01", cycle_end="2031-03-31"), "no_window"),
        (case(cycle_start="2024-12-01", cycle_end="2024-12-31"), "too_few_periods"),
        (case(cycle_start="2020-01-01", cycle_end="2020-03-31"), "no_history"),
        (case(cycle_start="2020-03-01", cycle_end="2020-05-31"), "short_history"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(frame, reason):
    got = judge(frame, values(monthly())).iloc[0]
    assert (got["verdict"], got["reason"]) == ("cannot_tell", reason)


def test_a_history_that_never_changed_cannot_be_judged():
    series = pd.Series([5.0] * 30 + [6.0] * 3, pd.date_range("2020-01-01", periods=33, freq="MS"))
    got = judged(series)
    assert (got.verdict, got.reason, got.actual_mean) == ("cannot_tell", "constant_history", 6.0)


def test_results_keep_the_order_of_the_cases_and_their_ids_may_repeat():
    frame = pd.concat([case(case_id=c) for c in ("z", "a", "z", "m")], ignore_index=True)
    got = judge(frame, pd.concat([values(monthly(1), "a"), values(monthly(2, step=0.3), "z")]))
    assert got["case_id"].tolist() == ["z", "a", "z", "m"]
    assert list(got.columns) == COLUMNS
    assert got["verdict"].iloc[0] == got["verdict"].iloc[2] == "better"
    assert got["reason"].iloc[3] == "no_data"


def test_no_cases_and_no_values():
    assert judge(case().iloc[:0], values(monthly())).empty
    assert judge(case(), values(monthly()).iloc[:0])["reason"].tolist() == ["no_data"]


def test_a_case_does_not_depend_on_its_neighbours():
    alone = judge(case(), values(monthly(5, step=0.1)))
    others = [values(monthly(s, n=30 + s), str(s)) for s in range(6, 20)]
    cases = pd.concat([case(case_id=str(s)) for s in range(6, 20)] + [case()], ignore_index=True)
    together = judge(cases, pd.concat([*others, values(monthly(5, step=0.1))])).iloc[[-1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, together, rtol=1e-7)


def test_in_band_is_judged_by_the_distance_to_the_band():
    series = monthly(step=0.3, season=0.0)
    band = {"direction": "in_band", "cycle_start": series.index[-3], "cycle_end": series.index[-1]}
    near = judge(case(**band, band_low=250.0, band_high=300.0), values(series)).iloc[0]
    away = judge(case(**band, band_low=190.0, band_high=210.0), values(series)).iloc[0]
    wide = judge(case(**band, band_low=100.0, band_high=400.0), values(series)).iloc[0]
    assert [near["verdict"], away["verdict"], wide["verdict"]] == ["better", "worse", "flat"]
    assert wide["reason"] == "inside_band"


def test_min_effect_falls_back_to_the_policy():
    quiet = values(monthly(noise=0.005))
    with_nan = judge(case(min_effect=np.nan), quiet)
    assert (
        with_nan["verdict"].tolist() == judge(case(min_effect=POLICY.min_change), quiet)["verdict"].tolist() == ["flat"]
    )


def test_missing_periods_are_lived_with():
    series = monthly(step=0.2).copy()
    series.iloc[[5, 20, 21, 50]] = np.nan
    got = judged(series)
    assert (got.verdict, got.n_history) == ("better", 53)


def test_file_form_has_the_words_of_the_file():
    got = judge_cases(case(extra=1), values(monthly(step=0.2)))
    assert got.columns.tolist() == ["case_id", "verdict", "effect_rel", "lo_rel", "hi_rel", "score", "reason"]
    assert got["verdict"].tolist() == ["moved_better"]
    with pytest.raises(ValueError, match="cases: no column cadence; found case_id"):
        judge_cases(case().drop(columns="cadence"), values(monthly()))


def test_moved_wants_dates():
    with pytest.raises(TypeError, match="needs a DatetimeIndex"):
        moved(pd.Series([1.0, 2.0]), "2024-01-01", "2024-03-31")


def test_expected_path_shows_history_and_window():
    series = monthly(step=0.3)
    path = expected_path(series, series.index[-3], series.index[-1], tail=12)
    assert path["period"].tolist() == list(series.index[-15:])
    assert path["actual"].tolist() == series.iloc[-15:].tolist()
    assert path["in_window"].tolist() == [False] * 12 + [True] * 3
    inside = path[path["in_window"]]
    assert (inside["actual"] > inside["hi"]).all()
    assert ((path["lo"] < path["expected"]) & (path["expected"] < path["hi"])).all()


def test_expected_path_of_days_follows_the_week():
    series = daily()
    path = expected_path(series, series.index[-90], series.index[-1])
    weekend = path["period"].dt.day_of_week >= 5
    told = path["expected"].notna()
    assert path.loc[told & weekend, "expected"].max() < path.loc[told & ~weekend, "expected"].min()
    inside = (path["actual"] >= path["lo"]) & (path["actual"] <= path["hi"])
    assert inside[told].mean() > 0.93


def test_expected_path_without_enough_history_has_no_band():
    series = monthly(n=4)
    path = expected_path(series, series.index[-2], series.index[-1])
    assert path["actual"].tolist() == series.tolist()
    assert path[["expected", "lo", "hi"]].isna().all(axis=None)
    assert expected_path(series.iloc[:0], "2020-01-01", "2020-03-31").empty


series_values = st.lists(st.floats(1.0, 1000.0), min_size=8, max_size=40)


@settings(max_examples=examples(15), deadline=None)
@given(series_values, st.sampled_from([0.001, 7.0, 1e6]))
def test_the_unit_of_the_kpi_does_not_matter(numbers, factor):
    series = pd.Series(numbers, pd.date_range("2019-05-01", periods=len(numbers), freq="MS"))
    one, other = judged(series), judged(series * factor)
    assert other.effect_rel == pytest.approx(one.effect_rel, rel=1e-5, abs=1e-7, nan_ok=True)
    assert other.lo == pytest.approx(one.lo * factor, rel=1e-4, abs=1e-4 * factor, nan_ok=True)


@settings(max_examples=examples(15), deadline=None)
@given(series_values, st.integers(1, 300))
def test_the_calendar_year_does_not_matter(numbers, months):
    start = pd.Timestamp("1999-01-01")
    a = pd.Series(numbers, pd.date_range(start, periods=len(numbers), freq="MS"))
    b = pd.Series(numbers, pd.date_range(start + pd.DateOffset(months=months), periods=len(numbers), freq="MS"))
    assert judged(a).score == pytest.approx(judged(b).score, nan_ok=True)


anything = st.lists(
    st.one_of(st.floats(-1e9, 1e9), st.just(0.0), st.just(float("nan")), st.just(float("inf"))), min_size=1, max_size=30
)


@settings(max_examples=examples(15), deadline=None)
@given(
    anything, st.integers(1, 12), st.sampled_from(["day", "week", "month", "quarter"]), st.sampled_from(["up", "down"])
)
def test_any_series_gets_an_answer_and_moved_always_has_an_interval(numbers, window, cadence, direction):
    freq = {"day": "D", "week": "7D", "month": "MS", "quarter": "QS"}[cadence]
    series = pd.Series(numbers, pd.date_range("2020-01-01", periods=len(numbers), freq=freq))
    start = series.index[max(len(series) - window, 0)]
    got = moved(series, start, series.index[-1], direction, cadence=cadence)
    assert got.verdict in ("better", "worse", "flat", "cannot_tell")
    if got.verdict in ("better", "worse", "flat"):
        assert np.isfinite([got.lo_rel, got.hi_rel, got.lo90_rel, got.hi90_rel, got.lo, got.hi]).all()
        assert got.lo_rel <= got.lo90_rel <= got.effect_rel <= got.hi90_rel <= got.hi_rel
    if got.verdict in ("better", "worse"):
        assert (got.lo_rel > 0) == ((got.verdict == "better") == (direction == "up"))
