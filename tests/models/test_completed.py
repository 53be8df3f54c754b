"""Which periods are over: the rule for old ones must say what the rule for each says."""

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from models import periods
from models.linked import completed

CADENCES = ["day", "week", "month", "quarter"]


@given(
    st.lists(st.tuples(st.sampled_from(CADENCES), st.integers(0, 400)), min_size=1, max_size=30),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_old_periods_are_over_whatever_their_cadence(drawn, as_of):
    start = [pd.Timestamp(as_of) - pd.Timedelta(days=days) for _, days in drawn]
    firsts = [day if word in ("day", "week") else day.to_period(word[0].upper()).start_time for (word, _), day in zip(drawn, start, strict=True)]  # fmt: skip
    observed = pd.DataFrame({"kpi": [word for word, _ in drawn], "period": pd.DatetimeIndex(firsts)})
    kpis = pd.DataFrame({"id": CADENCES, "cadence": CADENCES})
    ends = periods.period_end(observed["period"], observed["kpi"])
    by_hand = observed[(ends <= pd.Timestamp(as_of)).to_numpy()]
    pd.testing.assert_frame_equal(completed(observed, kpis, as_of), by_hand)
