"""Everything moved at once, and a turn for the worse."""

import numpy as np
import pandas as pd
import pytest

from models.signals import CommonShock, EarlyWarning, common_shock, early_warning


def results(effects, half=0.02):
    e = np.array(effects, dtype=float)
    return pd.DataFrame({"effect_rel": e, "lo_rel": e - half, "hi_rel": e + half})


def test_most_kpis_falling_at_once_is_a_common_shock():
    got = common_shock(results([-0.1, -0.12, -0.2, -0.08, 0.0, 0.01]))
    assert (got.direction, got.moved, got.judged) == ("down", 4, 6)
    assert got.median_effect == pytest.approx(-0.11)
    assert got.chance == pytest.approx(5.6e-6, rel=0.1)
    assert got.sentence() == (
        "4 of 6 KPIs fell at the same time (by 11 % at the median): something moved everything, so be careful to credit "
        "any one key result."
    )


@pytest.mark.parametrize("effects", [[0.1, -0.1, 0.0, 0.0, 0.0, 0.01], [0.1, 0.2], [], [np.nan] * 6])
def test_mixed_few_or_unknown_is_none(effects):
    got = common_shock(results(effects))
    assert got.direction == ""
    assert got.sentence() == ""


def test_a_shock_upwards():
    assert common_shock(results([0.1] * 5)).direction == "up"
    assert CommonShock("up", 5, 5, 0.1, 0.0).sentence().startswith("5 of 5 KPIs rose at the same time (by 10 %")


CALM = pd.Series([10.0, 12.0] * 8)
SINKING = pd.Series([10.0, 12.0] * 8 + [9.5, 9.4, 9.6, 9.5, 9.4, 9.6, 9.3])


def test_a_movement_for_the_worse_is_a_warning():
    got = early_warning("worse", -0.1, -0.15, -0.05, CALM, "up")
    assert (got.level, got.reason) == ("act", "moved")
    assert got.probability_worse > 0.99
    assert got.sentence("Cost") == "Cost has turned for the worse in this cycle."


def test_nearly_sure_is_a_warning_too():
    got = early_warning("cannot_tell", -0.05, -0.1, 0.005, CALM, "up")
    assert (got.level, got.reason) == ("act", "likely")
    assert 0.9 < got.probability_worse < 0.97
    assert EarlyWarning("act", "likely", 0.93).sentence("Cost") == "Cost is probably turning for the worse (93 % sure)."
    assert early_warning("cannot_tell", -0.05, -0.1, 0.005, CALM, "down").level == ""


def test_a_signal_of_the_chart_is_watched():
    got = early_warning("flat", 0.0, -0.02, 0.02, SINKING, "up")
    assert (got.level, got.reason) == ("watch", "signal")
    assert got.sentence("Cost") == "Cost shows an early signal for the worse on its process behaviour chart."
    assert early_warning("flat", 0.0, -0.02, 0.02, SINKING, "down").level == ""
    assert early_warning("better", 0.1, 0.05, 0.2, SINKING, "up").sentence() == ""


def test_unknown_effects_give_no_probability():
    got = early_warning("cannot_tell", np.nan, np.nan, np.nan, CALM, "up")
    assert got.level == ""
    assert np.isnan(got.probability_worse)
