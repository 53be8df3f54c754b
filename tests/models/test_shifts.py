"""A shift that lasted gets limits of its own; a young one, a wobble or a single jump does not."""

import numpy as np
import pytest

from models.shifts import parts

WOBBLE = np.array([0.0, 1, -1, 0.5, -0.5, 1, 0, -1, 0.5, 0, -0.5, 1, 0, -1, 1])


def parted(*series):
    row = np.repeat(np.arange(len(series)), [len(one) for one in series])
    found = parts(row, np.concatenate(series), 12)
    return [found[row == i].tolist() for i in range(len(series))]


def test_a_step_that_lasted_begins_a_part():
    assert parted(np.concatenate([WOBBLE + 100, WOBBLE + 110])) == [[0] * 15 + [1] * 15]


def test_a_young_step_is_news_and_no_part():
    assert parted(np.concatenate([WOBBLE + 100, WOBBLE[:11] + 110])) == [[0] * 26]


def test_a_step_inside_the_limits_is_no_shift():
    assert parted(np.concatenate([WOBBLE + 100, WOBBLE + 101])) == [[0] * 30]


def test_one_wild_value_is_no_shift():
    values = np.concatenate([WOBBLE, WOBBLE])
    values[14] = 60
    assert parted(values) == [[0] * 30]


def test_two_steps_make_three_parts_and_series_do_not_mix():
    stairs = np.concatenate([WOBBLE, WOBBLE + 10, WOBBLE + 40])
    assert parted(WOBBLE, stairs[:30], WOBBLE + 5) == [[0] * 15, [0] * 15 + [1] * 15, [0] * 15]
    assert sorted(set(parted(stairs)[0])) in ([0, 1], [0, 1, 2])  # what follows the largest shift is searched again


@pytest.mark.parametrize("values", [[], [1.0], [5.0] * 40])
def test_short_and_constant_series_have_one_part(values):
    assert parts(np.zeros(len(values), dtype=int), np.array(values), 12).tolist() == [0] * len(values)
