"""A frozen scorecard comes back whole: every frame, type, unknown value and threshold."""

import json
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.frozen import FRAMES, freeze, thaw
from models.okr import Cycle
from models.policy import POLICY, Policy
from models.scorecard import Scorecard
from models.signals import CommonShock
from tests.models.test_scorecard import made

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))


def there_and_back(card: Scorecard) -> Scorecard:
    return thaw(json.loads(json.dumps(freeze(card), ensure_ascii=False, allow_nan=False)))


def assert_same(left: Scorecard, right: Scorecard) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name), check_exact=True)
    for field in fields(Scorecard):
        if field.name not in FRAMES:
            assert getattr(left, field.name) == getattr(right, field.name), field.name


def test_a_real_scorecard_comes_back_whole_and_says_the_same():
    card = made()
    back = there_and_back(card)
    assert_same(card, back)
    assert (back.headline, back.notes) == (card.headline, card.notes)


def test_one_team_comes_back_with_its_index():
    card = made().of_team("app")
    card = replace(card, key_results=card.key_results.iloc[[3, 5]])
    back = there_and_back(card)
    assert list(back.key_results.index) == [3, 5]
    assert_same(card, back)


def test_the_thresholds_of_then_stay_and_new_ones_have_their_present_value():
    body = freeze(replace(made(), policy=replace(POLICY, aspirational_pass=0.6)))
    del body["policy"]["min_weeks"]
    body["policy"]["gone_since"] = 3
    assert thaw(body).policy == Policy(aspirational_pass=0.6)


def test_what_could_not_be_read_back_is_refused():
    frame = pd.DataFrame({"strange": [{1, 2}]}, dtype=object)
    with pytest.raises(TypeError, match="a set cannot be frozen"):
        freeze(Scorecard(CYCLE, CYCLE.end, 1, POLICY, frame, frame, frame))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
floats = st.floats(allow_nan=True, allow_infinity=True)
exact = st.floats(allow_nan=False)  # in a list: pandas finds no NaN in one list equal to that in another
moments = st.datetimes(min_value=pd.Timestamp(1700, 1, 1), max_value=pd.Timestamp(2200, 1, 1))


@st.composite
def frames(draw) -> pd.DataFrame:
    n = draw(st.integers(0, 4))
    some = lambda values: draw(st.lists(values, min_size=n, max_size=n))  # noqa: E731
    index = pd.Index(some(st.integers(0, 99)), dtype="int64") if draw(st.booleans()) else pd.RangeIndex(n)
    return pd.DataFrame(
        {
            "text": pd.Series(some(st.none() | texts), dtype="str", index=index),
            "number": pd.Series(some(floats), dtype="float64", index=index),
            "count": pd.Series(some(st.integers(-(2**62), 2**62)), dtype="int64", index=index),
            "yes": pd.Series(some(st.booleans()), dtype="bool", index=index),
            "maybe": pd.Series(some(st.none() | st.booleans()), dtype="boolean", index=index),
            "some": pd.Series(some(st.none() | st.integers(0, 9)), dtype="Int64", index=index),
            "day": pd.Series(some(st.none() | moments), dtype="datetime64[us]", index=index),
            "nano": pd.Series(some(st.none() | moments), dtype="datetime64[ns]", index=index),
            "many": pd.Series(some(st.lists(texts | exact | st.none(), max_size=3)), dtype=object, index=index),
        },
        index=index,
    )  # fmt: skip


@given(frames(), floats, st.none() | texts)
def test_any_frame_comes_back_equal(frame, chance, team):
    shock = CommonShock("up", 3, 5, 0.1, chance)
    card = Scorecard(CYCLE, date(2026, 10, 1), 7, POLICY, frame, frame, frame, team=team, shock=shock)
    back = there_and_back(card)
    for name in FRAMES:
        pd.testing.assert_frame_equal(frame, getattr(back, name), check_exact=True)
    assert (back.team, back.cycle, back.as_of, back.data_version) == (team, CYCLE, date(2026, 10, 1), 7)
    assert back.shock is not None
    np.testing.assert_equal(back.shock.chance, chance)
