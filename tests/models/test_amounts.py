import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import amounts
from models.amounts import Change


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.012345, "0.0123"), (7, "7"), (12.345, "12.3"), (999.6, "1,000"), (1234.5, "1,234"), (12345, "12,300"),
        (999_949, "999,900"), (2_140_000, "2.14 million"), (-3.2e9, "−3.2 billion"), (math.nan, "unknown"),
    ],
)  # fmt: skip
def test_figures_have_three_significant_digits(value, text):
    assert amounts.figure(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.3, "%", "12.3 %"),
        (2.1e6, "EUR", "EUR 2.1 million"),
        (1, "points", "1 point"),
        (4, "days", "4 days"),
        (70, "", "70"),
    ],
)
def test_amounts_carry_their_unit(value, unit, text):
    assert amounts.amount(value, unit) == text


def change(effect, lo, hi, unit="people", level=100.0):
    relative = [value / level if level else math.nan for value in (effect, lo, hi)]
    names = ("effect_relative", "lo_relative", "hi_relative")
    return Change.of(
        {"effect": effect, "lo": lo, "hi": hi, "kpi_unit": unit, **dict(zip(names, relative, strict=True))}
    )


@pytest.mark.parametrize(
    ("made", "size", "interval"),
    [
        (change(4.2, 2.0, 6.4), "4.2 %", "between +2.0 % and +6.4 %"),
        (change(-11.2, -11.4, -11.0), "11.20 %", "between −11.40 % and −11.00 %"),
        (change(3, -9, 15), "3 %", "between −9 % and +15 %"),
        (change(0.01, -0.2, 0.2, "%"), "0.01 points", "between −0.20 points and +0.20 points"),
        (change(5, 2, 8, "days", level=0), "5.0 days", "between +2.0 days and +8.0 days"),
        (change(0, 0, 0.04), "0.000 %", "between 0.000 % and +0.040 %"),
    ],
)
def test_a_change_shows_as_many_decimals_as_its_interval_deserves(made, size, interval):
    assert (made.size, made.interval) == (size, interval)


@given(st.floats(-1e12, 1e12))
def test_any_number_can_be_written(value):
    text = amounts.figure(value)
    assert text
    assert ("−" in text) == (value < 0 and text != "0")
