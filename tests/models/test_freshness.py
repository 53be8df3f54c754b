"""Freshness: due dates by cadence and anchor, exact on examples and against counting periods one by one."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.company import kpi_frame
from models.freshness import fresh_from, freshness, over_until
from models.kpi import Kpi
from models.periods import period_end_day
from models.policy import POLICY
from tests.budget import examples

AS_OF = date(2025, 6, 30)


def coverage_of(**last):
    """Per KPI its last period, in one series `all`."""
    frame = pd.DataFrame({"kpi": list(last), "segment": "all", "last": pd.to_datetime(list(last.values()))})
    return frame.astype({"kpi": "str"})


def day(text):
    return pd.NaT if text is None else pd.Timestamp(text)


def test_late_fresh_and_never():
    kpis = kpi_frame(
        [
            Kpi(id="uptime", cadence="day"),
            Kpi(id="visits", cadence="week"),
            Kpi(id="signups"),
            Kpi(id="churn"),
            Kpi(id="margin", cadence="quarter"),
            Kpi(id="planned"),
        ]
    )
    coverage = coverage_of(uptime="2025-06-24", visits="2025-06-15", signups="2025-05-01", margin="2024-11-01")
    older = pd.DataFrame(
        {"kpi": ["churn", "churn"], "segment": ["a", "b"], "last": pd.to_datetime(["2025-01-01", "2025-03-01"])}
    )
    table = freshness(kpis, pd.concat([coverage, older]), AS_OF)
    assert list(table.columns) == ["kpi", "cadence", "last", "expected", "due", "days_late", "state"]
    assert [tuple(row) for row in table.drop(columns=["days_late"]).itertuples(index=False)] == [
        ("uptime", "day", day("2025-06-24"), day("2025-06-27"), day("2025-06-27"), "late"),
        ("visits", "week", day("2025-06-15"), day("2025-06-15"), day("2025-07-02"), "fresh"),
        ("signups", "month", day("2025-05-01"), day("2025-05-01"), day("2025-07-15"), "fresh"),
        ("churn", "month", day("2025-03-01"), day("2025-05-01"), day("2025-05-15"), "late"),
        ("margin", "quarter", day("2024-11-01"), day("2025-02-01"), day("2025-05-30"), "late"),
        ("planned", "month", pd.NaT, day("2025-05-01"), pd.NaT, "never"),
    ]  # fmt: skip
    assert table["days_late"].tolist() == [3, 0, 0, 46, 31, pd.NA]


def test_a_value_is_late_from_the_day_after_it_is_due():
    kpis, coverage = kpi_frame([Kpi(id="signups")]), coverage_of(signups="2025-05-01")
    states = [freshness(kpis, coverage, date(2025, 7, d))[["state", "days_late"]].iloc[0].tolist() for d in (15, 16)]
    assert states == [["fresh", 0], ["late", 1]]


def test_a_ratio_is_as_fresh_as_the_older_of_its_parts():
    kpis = kpi_frame(
        [
            Kpi(id="rate", aggregation="ratio", numerator="won", denominator="seen"),
            Kpi(id="half", aggregation="ratio", numerator="won", denominator="nowhere"),
            Kpi(id="own", aggregation="ratio", numerator="won", denominator="seen"),
        ]
    )
    table = freshness(kpis, coverage_of(won="2025-05-01", seen="2025-04-01", own="2025-06-01"), AS_OF)
    assert table["last"].tolist() == [day("2025-04-01"), pd.NaT, day("2025-06-01")]
    assert table["state"].tolist() == ["late", "never", "fresh"]


def test_nothing_defined_and_nothing_loaded():
    none = coverage_of()
    assert freshness(kpi_frame([]), none, AS_OF).empty
    assert freshness(kpi_frame([Kpi(id="signups")]), none, AS_OF)["state"].tolist() == ["never"]


def test_a_period_is_over_at_the_end_of_its_last_day():
    assert over_until(date(2025, 6, 30)) == {
        "day": day("2025-06-30"), "week": day("2025-06-24"), "month": day("2025-06-01"), "quarter": day("2025-04-01"),
    }  # fmt: skip
    assert over_until(date(2025, 6, 29))["month"] == day("2025-05-01")


def following(cadence, start):
    return period_end_day(cadence, start) + timedelta(days=1)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.sampled_from(["day", "week", "month", "quarter"]),
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
    st.integers(0, 500),
)
def test_freshness_agrees_with_counting_periods_one_by_one(cadence, begin, days):
    last = begin.replace(day=1) if cadence in ("month", "quarter") else begin
    as_of = last + timedelta(days=days)
    grace = timedelta(days=POLICY.grace(cadence))
    due = period_end_day(cadence, following(cadence, last)) + grace
    expected = last
    while period_end_day(cadence, following(cadence, expected)) + grace < as_of:
        expected = following(cadence, expected)
    row = freshness(kpi_frame([Kpi(id="k", cadence=cadence)]), coverage_of(k=last), as_of).iloc[0]
    late = as_of > due
    assert row["due"].date() == due
    assert row["days_late"] == max((as_of - due).days, 0)
    assert row["state"] == ("late" if late else "fresh")
    if late:
        assert row["expected"].date() == expected
    else:
        assert row["expected"].date() <= last
    assert (pd.Timestamp(last) < fresh_from(as_of)[cadence]) == late
