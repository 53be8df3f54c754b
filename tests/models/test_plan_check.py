"""Before a cycle: what can be seen, what luck brings, what the best past would bring."""

import numpy as np
import pandas as pd
import pytest

from models.movement import judge
from models.plan_check import PlanCheck, plan_check


def weekly(seed=0, n=110, noise=0.05):
    rng = np.random.default_rng(seed)
    return pd.Series(80 * np.exp(noise * rng.normal(size=n)), pd.date_range("2022-01-03", periods=n, freq="7D"))


def cycle(series):
    return series.index[-1] + pd.Timedelta(days=7), series.index[-1] + pd.Timedelta(days=7 * 13)


def test_the_smallest_detectable_change_is_seen_about_four_times_in_five():
    known = weekly()
    change = plan_check(known, *cycle(known)).smallest_detectable_change
    frames, cases = [], []
    for seed in range(100):
        series = weekly(seed, n=123)
        series.iloc[-13:] *= 1 + change
        frames.append(
            pd.DataFrame({"case_id": str(seed), "role": "kpi", "date": series.index, "value": series.to_numpy()})
        )
        cases.append({"case_id": str(seed), "cadence": "week", "cycle_start": series.index[-13],
                      "cycle_end": series.index[-1], "direction": "up"})  # fmt: skip
    got = judge(pd.DataFrame(cases), pd.concat(frames))
    assert 0.65 <= (got["verdict"] == "better").mean() <= 0.97


def test_a_bigger_change_needs_fewer_weeks_and_a_tiny_one_never_shows():
    known = weekly()
    needs = [plan_check(known, *cycle(known), wanted=w).weeks_needed for w in (0.3, 0.085)]
    assert needs[0] == 4.0
    assert needs[1] == 13.0
    assert np.isnan(plan_check(known, *cycle(known), wanted=0.0005).weeks_needed)


def test_noise_makes_small_changes_invisible():
    quiet, loud = weekly(noise=0.02), weekly(noise=0.2)
    assert (
        plan_check(quiet, *cycle(quiet)).smallest_detectable_change
        < plan_check(loud, *cycle(loud)).smallest_detectable_change
    )


def test_chances_by_luck_and_if_the_best_past_repeated():
    known = weekly()
    start, end = cycle(known)
    easy, hard = plan_check(known, start, end, 60.0), plan_check(known, start, end, 120.0)
    assert easy.chance_by_luck > 0.99
    assert hard.chance_by_luck < 0.01
    close = plan_check(known, start, end, 81.0)
    assert close.n == 7
    assert close.best_past > 0
    assert close.chance_of_target > close.chance_by_luck
    falling = plan_check(known, start, end, 79.0, direction="down")
    assert falling.best_past < 0
    assert falling.chance_of_target > falling.chance_by_luck


def test_too_little_history():
    known = weekly(n=3)
    got = plan_check(known, *cycle(known), 80.0)
    assert (got.reason, got.n) == ("short_history", 0)
    assert np.isnan(got.smallest_detectable_change)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            PlanCheck(0.064, 13.0, 0.11, 0.68, 0.042, 0.1, 7, ""),
            "In one cycle Sales must change by 6.4 % for it to show. A change of 10.0 % needs 13 weeks to show. The chance "
            "of meeting the target by doing nothing is 11 %. If the best of 7 past windows repeated (+4.2 %), it would be "
            "68 %.",
        ),
        (
            PlanCheck(0.064, np.nan, np.nan, np.nan, np.nan, 0.01, 0, ""),
            "In one cycle Sales must change by 6.4 % for it to show. A change of 1.0 % is too small to show.",
        ),
        (
            PlanCheck(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, "short_history"),
            "The plan cannot be checked: Sales has too little history.",
        ),
    ],
)
def test_the_sentence_of_each_branch(made, words):
    assert made.sentence("Sales") == words
