"""The parts of the movement engine: kernels, course of an effect, controls, gaps."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models import expectation
from models.calibration import rescale
from models.controls import COEFFICIENTS, RIDGE_PRIOR
from models.effects import PRIOR, courses, effects, log_odds_of_mean
from models.expectation import covariance, factors, foretell, full_size
from models.movement import judge, moved
from models.movement_on_spark import NEEDED, movement_on_spark
from models.refused import Refused


def test_every_model_has_steps_of_variance_one():
    for level, season in expectation.models("month"):
        k = covariance(level, season, 40, 12.0)
        steps = np.diff(np.diff(k, axis=0), axis=1).diagonal()
        settled = steps[25:]  # momentum needs some steps to build up
        assert settled == pytest.approx(np.ones(len(settled)), rel=0.25)


def test_a_shorter_history_uses_the_leading_block():
    long = factors("month", full_size(100))
    short = np.linalg.cholesky(np.stack([covariance(*m, 30, 12.0) for m in expectation.models("month")]))
    np.testing.assert_allclose(long[:, :30, :30], short, atol=1e-7)


def test_foretold_errors_are_those_of_conditioning_a_normal():
    rng = np.random.default_rng(0)
    u, window = rng.normal(size=(1, 20)), rng.normal(size=(1, 3))
    weight = np.array([[0.5, 0.25, 0.25]])
    got = foretell("month", u, np.array([20]), window, weight)
    for k in (0, 17, 60):
        cov = covariance(*expectation.models("month")[k], 23, 12.0)
        centre = u.mean()
        gain = np.linalg.solve(cov[:20, :20], cov[:20, 20:]).T
        foretold = centre + gain @ (u[0] - centre)
        left = cov[20:, 20:] - gain @ cov[:20, 20:]
        assert got.error[k, 0] == pytest.approx(float(weight[0] @ (window[0] - foretold)), abs=1e-6)
        assert got.power[k, 0] == pytest.approx(float(weight[0] @ left @ weight[0]), rel=1e-5)


def test_earlier_windows_are_what_judging_earlier_would_have_seen():
    rng = np.random.default_rng(1)
    series = np.cumsum(rng.normal(size=33)) * 0.02
    weight = np.full((1, 3), 1 / 3)
    now = foretell("month", series[None, :30], np.array([30]), series[None, 30:], weight)
    then = foretell("month", series[None, :27], np.array([27]), series[None, 27:30], weight)
    np.testing.assert_allclose(now.past_error[:, 0, 0], then.error[:, 0], atol=1e-4)
    np.testing.assert_allclose(now.past_evidence[:, 0, 0] - then.log_evidence[:, 0], 0, atol=1e-2)


def test_courses_have_the_shapes_they_are_named_for():
    lasting, growing, ended, easing = courses(6).T
    assert lasting.tolist() == [1, 1, 1, 1, 1, 1]
    assert growing.mean() == pytest.approx(1.0)
    assert (np.diff(growing) > 0).all()
    assert ended.tolist() == [1, 1, 0, 0, 0, 0]
    assert easing == pytest.approx(np.exp(-np.arange(6) / 2))
    assert courses(1).tolist() == [[1.0, 1.0, 1.0, 1.0]]


def test_the_course_of_a_clear_effect_is_named():
    index = pd.date_range("2022-01-03", periods=113, freq="7D")
    unit = np.arange(13)
    for shape, course in (
        ("lasting", np.ones(13)), ("growing", 2 * (unit + 0.5) / 13), ("fading", (unit < 4).astype(float)),
    ):  # fmt: skip
        rng = np.random.default_rng(3)
        y = 50 * np.exp(0.02 * rng.normal(size=113))
        y[-13:] *= 1 + 0.3 * course
        got = moved(pd.Series(y, index), index[-13], index[-1])
        assert (got.verdict, got.shape) == ("better", shape)
        assert got.lo_rel < 0.3 * course.mean() < got.hi_rel


def test_evidence_of_a_mean_grows_with_its_size_and_is_symmetric():
    error = np.array([0.0, 0.05, 0.1, 0.2, -0.2])
    odds = log_odds_of_mean(error, np.full(5, 0.04))
    assert (np.diff(odds[:4]) > 0).all()
    assert odds[0] < 0 < odds[3]
    assert odds[3] == pytest.approx(odds[4], rel=1e-12)


def test_prior_probabilities_sum_to_one():
    assert PRIOR.sum() == pytest.approx(1.0)
    assert sum(COEFFICIENTS.values()) + RIDGE_PRIOR == pytest.approx(1.0)


def test_no_surprise_means_no_effect():
    u = np.sin(np.arange(40) / 3)[None] * 0.1
    weight = np.full((1, 3), 1 / 3)
    first = foretell("month", u, np.array([40]), np.zeros((1, 3)), weight)
    w = first.weights()[:, 0]
    foretold = -np.einsum("k,kij,kj->i", w, first.blocks[:, 0], first.surprise[:, 0])
    got = foretell("month", u, np.array([40]), foretold[None], weight)
    seen = effects(got, weight, rescale("month", np.array([40]), got))
    assert abs(seen.effect[0]) < 0.3 * np.sqrt(seen.variance[0])
    assert seen.log_odds[0] < 0


def shared(seed, kpi_step=0.0, shock=0.0, own=0.01):
    """A KPI and two controls that share a wandering level; the KPI steps by kpi_step, all by shock."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2020-01-01", periods=60, freq="MS")
    common = np.cumsum(0.05 * rng.normal(size=60))
    common[-3:] += np.log1p(shock)
    y = [pd.Series(100 * np.exp(common + own * rng.normal(size=60)), index) for _ in range(3)]
    y[0].iloc[-3:] *= 1 + kpi_step
    return y[0], y[1:]


def test_controls_narrow_the_interval_and_find_what_the_kpi_alone_hides():
    kpi, controls = shared(0, kpi_step=0.08)
    alone = moved(kpi, kpi.index[-3], kpi.index[-1])
    helped = moved(kpi, kpi.index[-3], kpi.index[-1], controls=controls)
    assert helped.verdict == "better"
    assert helped.lo_rel < 0.08 < helped.hi_rel
    assert helped.hi_rel - helped.lo_rel < 0.6 * (alone.hi_rel - alone.lo_rel)


def test_what_moved_everything_is_not_an_effect():
    alarms = {"alone": 0, "helped": 0}
    for seed in range(12):
        kpi, controls = shared(seed, shock=-0.25)
        window = (kpi.index[-3], kpi.index[-1])
        alarms["alone"] += moved(kpi, *window).verdict == "worse"
        alarms["helped"] += moved(kpi, *window, controls=controls).verdict == "worse"
    assert alarms["helped"] <= 1 < alarms["alone"]


def test_unrelated_controls_do_little_harm():
    kpi, _ = shared(1, kpi_step=0.0, own=0.02)
    rng = np.random.default_rng(5)
    noise = [pd.Series(np.exp(rng.normal(size=60)), kpi.index) for _ in range(2)]
    window = (kpi.index[-3], kpi.index[-1])
    alone, beside = moved(kpi, *window), moved(kpi, *window, controls=noise)
    assert beside.effect_rel == pytest.approx(alone.effect_rel, abs=0.05)


def test_a_control_without_values_in_the_window_is_left_out():
    kpi, controls = shared(2, kpi_step=0.2)
    stopped = [c.iloc[:-2] for c in controls]
    window = (kpi.index[-3], kpi.index[-1])
    assert moved(kpi, *window, controls=stopped).effect_rel == moved(kpi, *window).effect_rel


def test_a_seasonal_peak_that_was_missing_last_year_is_not_a_movement():
    rng = np.random.default_rng(2)
    index = pd.date_range("2019-01-01", periods=48, freq="MS")
    y = pd.Series(100 * np.exp(0.8 * (index.month == 12) + 0.02 * rng.normal(size=48)), index)
    y.iloc[35] = np.nan  # December of the third year
    got = moved(y, index[-3], index[-1])
    assert got.verdict in ("flat", "cannot_tell")
    assert abs(got.effect_rel) < 0.05


def test_a_missing_month_in_the_window_leaves_the_answer():
    rng = np.random.default_rng(2)
    index = pd.date_range("2022-01-03", periods=113, freq="7D")
    y = pd.Series(100 * np.exp(0.02 * rng.normal(size=113)), index)
    y.iloc[-13:] *= 1.15
    y.iloc[[-10, -5]] = np.nan
    got = moved(y, index[-13], index[-1])
    assert (got.verdict, got.n) == ("better", 11)
    assert got.lo_rel < 0.15 < got.hi_rel


def test_many_chunks_give_the_same_as_one(monkeypatch):
    rng = np.random.default_rng(9)
    index = pd.date_range("2021-01-01", periods=30, freq="MS")
    frames = [
        pd.DataFrame({"case_id": str(i), "role": "kpi", "date": index, "value": np.exp(rng.normal(size=30))})
        for i in range(9)
    ]
    cases = pd.DataFrame({"case_id": [str(i) for i in range(9)], "cadence": "month", "cycle_start": index[-3],
                          "cycle_end": index[-1], "direction": "up"})  # fmt: skip
    whole = judge(cases, pd.concat(frames))
    monkeypatch.setattr("models.judging.CHUNK", 4)
    pd.testing.assert_frame_equal(judge(cases, pd.concat(frames)), whole, rtol=1e-7)


def test_a_file_for_spark_that_lacks_a_column_is_refused_before_anything_is_sent():
    cases: Any = SimpleNamespace(columns=list(NEEDED["cases"]))
    values: Any = SimpleNamespace(columns=["case_id", "date", "value"])
    with pytest.raises(Refused, match=r"^values: there is no column role; there are case_id, date, value\.$"):
        movement_on_spark(cases, values)
