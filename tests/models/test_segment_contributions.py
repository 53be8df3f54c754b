"""The parts of a change add up to it, exactly; what cannot be taken apart is not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.segment_contributions import REST, contributions, sentence

UNKNOWN = ((np.nan, np.nan), (np.nan, np.nan))


def frame(rows):
    """segment → value, or (numerator, denominator)."""
    pairs = {name: value if isinstance(value, tuple) else (value, 1.0) for name, value in rows.items()}
    return pd.DataFrame([(name, *pair) for name, pair in pairs.items()], columns=["segment", "top", "bottom"])


def apart(before, now, aggregation="sum", total=UNKNOWN):
    return contributions(frame(before), frame(now), aggregation, total)


def told(found, column="contribution"):
    return dict(zip(found.segments["segment"], found.segments[column], strict=True))


def test_a_sum_is_taken_apart_by_subtraction():
    found = apart({"DE": 10_000.0, "FR": 5_000.0}, {"DE": 6_900.0, "FR": 4_100.0})
    assert (found.before, found.now, found.change) == (15_000, 11_000, -4_000)
    assert told(found) == {"DE": -3100, "FR": -900}
    assert told(found, "share") == {"DE": 0.775, "FR": 0.225}
    assert sentence(found, "visits") == "Most of the change came from DE: −3,100 of −4,000 visits."
    assert found.notes == ()


def test_what_no_segment_has_is_a_row_of_its_own():
    found = apart({"DE": 10.0}, {"DE": 12.0}, total=((100.0, 1.0), (110.0, 1.0)))
    assert told(found) == {REST: 8.0, "DE": 2.0}
    assert found.notes == (
        "The company's total is not the sum of these segments; what is in none of them stands as a row of its own.",
    )
    assert sentence(found) == "Most of the change came from In no segment: +8 of +10."


def test_new_and_vanished_segments_count_in_full():
    found = apart({"DE": 10.0, "UK": 4.0}, {"DE": 10.0, "SE": 7.0})
    assert told(found) == {"SE": 7.0, "UK": -4.0, "DE": 0.0}
    assert told(found, "state") == {"SE": "new", "UK": "vanished", "DE": "both"}
    assert sentence(found) == "SE made more than the whole change: +7 against +3 in total."


def test_a_ratio_has_a_rate_and_a_mix():
    # 20 of 100 and 10 of 100 become 20 of 100 and 30 of 300: no rate changed, but the weight of the low one did.
    found = apart({"app": (20, 100), "web": (10, 100)}, {"app": (20, 100), "web": (30, 300)}, "ratio")
    assert (found.before, found.now) == (0.15, 0.125)
    assert told(found, "rate") == {"app": 0.0, "web": 0.0}
    # mean rate of the total 0.1375; app's weight falls by 0.25 at 0.2, web's rises by 0.25 at 0.1
    assert told(found, "mix") == {"app": pytest.approx(-0.015625), "web": pytest.approx(-0.009375)}
    assert found.segments["contribution"].sum() == pytest.approx(-0.025)


def test_a_ratio_whose_rates_fell():
    found = apart({"app": (20, 100), "web": (10, 100)}, {"app": (10, 100), "web": (10, 100)}, "ratio")
    assert told(found, "rate") == {"app": pytest.approx(-0.05), "web": 0.0}
    assert told(found, "mix") == {"app": pytest.approx(0.0), "web": pytest.approx(0.0)}


def test_means_of_unknown_size_are_not_taken_apart():
    found = apart({"DE": 10.0, "FR": 20.0}, {"DE": 12.0, "FR": 19.0}, "mean", ((14.0, 1.0), (15.0, 1.0)))
    assert found.method == "none"
    assert told(found, "change") == {"DE": 2.0, "FR": -1.0}
    assert found.segments["contribution"].isna().all()
    assert sentence(found, "%") == "How much each segment had in the change of +1 point cannot be given."
    assert found.notes[0].startswith("How large each segment is, is not known")


def test_means_and_stocks_that_add_up_are_taken_apart():
    found = apart({"DE": 10.0, "FR": 20.0}, {"DE": 12.0, "FR": 19.0}, "last", ((30.0, 1.0), (31.0, 1.0)))
    assert (found.method, told(found)) == ("sum", {"DE": 2.0, "FR": -1.0})


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0}, "There is no change in total."),
        ({"a": 9.0, "b": 0.0}, {"a": 4.0, "b": 7.0}, "b made more than the whole change: +7 against +2 in total."),
        (
            {"a": 10.0, "b": 0.0, "c": 0.0},
            {"a": 5.0, "b": 4.0, "c": 4.0},
            "The largest part, a with −5, goes against the change of +3 in total.",
        ),
        (
            {"a": 0.0, "b": 0.0, "c": 0.0},
            {"a": 4.0, "b": 3.0, "c": 3.0},
            "No one segment made the change of +10: 2 together made half of it, a the most, +4.",
        ),
        ({}, {}, "The change cannot be taken apart: a value of this time or of the time before is not known."),
    ],
)
def test_the_sentence_of_every_branch(before, now, said):
    assert sentence(apart(before, now)) == said


NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
SUMS = st.dictionaries(st.sampled_from("abcdef"), NUMBERS, max_size=6)
RATIOS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 10_000), st.integers(0, 20_000)), max_size=6
)


@given(SUMS, SUMS, st.one_of(st.none(), st.tuples(NUMBERS, NUMBERS)))
def test_parts_of_a_sum_add_up(before, now, total):
    assume(before or now)
    whole = UNKNOWN if total is None else ((total[0], 1.0), (total[1], 1.0))
    found = apart(before, now, total=whole)
    size = max(1.0, *map(abs, before.values()), *map(abs, now.values()), *map(abs, total or ()))
    assert found.segments["contribution"].sum() == pytest.approx(found.change, abs=1e-9 * size * 12)


@given(RATIOS, RATIOS, st.one_of(st.none(), st.tuples(st.integers(1, 9_000), st.integers(1, 9_000))))
def test_rate_and_mix_add_up_and_swapping_turns_the_signs(before, now, more):
    assume(sum(pair[1] for pair in before.values()) > 0 and sum(pair[1] for pair in now.values()) > 0)
    rest = (0, 0) if more is None else more
    total = [tuple(sum(pair[i] for pair in span.values()) + rest[i] for i in (0, 1)) for span in (before, now)]
    found = apart(before, now, "ratio", total)
    assert found.now == pytest.approx(total[1][0] / total[1][1])
    assert found.segments["contribution"].sum() == pytest.approx(found.change, abs=1e-9 * max(1, abs(found.change)))
    parts = found.segments["rate"] + found.segments["mix"]
    assert parts.to_numpy() == pytest.approx(found.segments["contribution"].to_numpy(), abs=1e-9)
    swapped = apart(now, before, "ratio", total[::-1])
    for column in ("contribution", "rate", "mix"):
        turned = {name: -value for name, value in told(swapped, column).items()}
        assert told(found, column) == pytest.approx(turned, abs=1e-9)
