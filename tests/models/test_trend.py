import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.company import kpi_frame
from models.kpi import Kpi
from models.readings import with_derived
from models.trend import change, trend, trend_document
from tests.budget import examples

UNKNOWN = None
CHOICES = st.sampled_from(["sum", "mean", "last", "ratio"])


def frame(first, values, freq="D", **columns):
    periods = pd.date_range(first, periods=len(values), freq=freq)
    return pd.DataFrame({"period": periods, "value": np.asarray(values, dtype=float), **columns})


def counting(first, last, freq="D"):
    """Every day is worth the number of its month, so that sums can be done in the head."""
    periods = pd.date_range(first, last, freq=freq)
    return pd.DataFrame({"period": periods, "value": periods.month.to_numpy(dtype=float)})


def daily(values, aggregation="sum", at=date(2024, 3, 31), **options):
    return trend(values, cadence="day", aggregation=aggregation, at=at, **options)


def plain(series):
    return [None if pd.isna(value) else value for value in series]


# --- what a review holds -----------------------------------------------------------------------------------------


def test_a_summed_kpi_over_two_years():
    review = daily(counting("2022-01-01", "2024-03-31"))
    assert [day.date() for day in review.weeks["end"]] == [
        date(2024, 3, 31) - timedelta(days=7 * n) for n in range(5, -1, -1)
    ]
    assert plain(review.weeks["value"]) == [14.0, 17.0, 21.0, 21.0, 21.0, 21.0]  # 26 February to 3 March: 4 × 2 + 3 × 3
    assert plain(review.weeks["last_year"]) == [14.0, 19.0, 21.0, 21.0, 21.0, 23.0]  # to 2 April: 5 × 3 + 2 × 4
    assert review.months["month"].tolist()[::11] == ["2023-04", "2024-03"]
    assert plain(review.months["value"]) == [120.0, 155, 180, 217, 248, 270, 310, 330, 372, 31, 58, 93]
    assert plain(review.months["last_year"]) == [120.0, 155, 180, 217, 248, 270, 310, 330, 372, 31, 56, 93]
    assert review.totals == {
        "week": 21.0,
        "week_change": 0.0,
        "week_yoy": pytest.approx(100 * (21 / 23 - 1)),
        "mtd": 93.0,
        "mtd_yoy": 0.0,
        "qtd": 182.0,
        "qtd_yoy": pytest.approx(100 * (182 / 180 - 1)),
        "ytd": 182.0,
        "ytd_yoy": pytest.approx(100 * (182 / 180 - 1)),
    }
    assert review.notes == ()


def test_mean_last_and_ratio_of_a_month():
    values = frame("2024-03-01", [*[1.0] * 30, 5.0], weight=[*[1.0] * 30, 10.0])
    assert daily(values, "sum").totals["mtd"] == 35.0
    assert daily(values, "mean").totals["mtd"] == 35 / 31
    assert daily(values, "last").totals["mtd"] == 5.0
    assert daily(values, "ratio").totals["mtd"] == 80 / 40  # (30 × 1 × 1 + 5 × 10) / (30 × 1 + 10)


def test_a_ratio_is_the_same_from_its_parts_and_from_values_with_weights():
    parts = pd.concat(
        [
            frame("2024-03-01", range(31)).assign(kpi="orders"),
            frame("2024-03-01", range(10, 41)).assign(kpi="visits"),
        ]
    ).assign(segment="all")
    kpis = kpi_frame([Kpi(id="rate", aggregation="ratio", numerator="orders", denominator="visits")])
    derived = with_derived(parts, kpis)
    weighted = daily(derived[derived["kpi"] == "rate"], "ratio")
    split = frame("2024-03-01", range(31), numerator=np.arange(31), denominator=np.arange(10, 41))
    assert weighted.totals["mtd"] == pytest.approx(465 / 775)
    assert daily(split, "ratio").totals == pytest.approx(weighted.totals)


def test_a_ratio_without_a_denominator_is_unknown():
    values = frame("2024-03-01", [0.0] * 31, numerator=[0.0] * 31, denominator=[0.0] * 31)
    assert daily(values, "ratio").totals["mtd"] is UNKNOWN


def test_the_document_is_plain_json_with_null_for_unknown():
    document = trend_document(daily(counting("2024-03-01", "2024-03-31")))
    assert json.loads(json.dumps(document)) == document
    assert list(document) == ["weeks", "months", "totals", "notes"]
    assert document["weeks"][-1] == {"end": "2024-03-31", "value": 21.0, "last_year": None}
    assert document["months"][-1] == {"month": "2024-03", "value": 93.0, "last_year": None}
    assert document["months"][0] == {"month": "2023-04", "value": None, "last_year": None}
    assert document["totals"]["mtd_yoy"] is None
    assert list(document["totals"]) == [
        *("week", "week_change", "week_yoy", "mtd", "mtd_yoy", "qtd", "qtd_yoy", "ytd", "ytd_yoy")
    ]


# --- the calendar ------------------------------------------------------------------------------------------------


def test_a_leap_february_meets_28_days_and_the_month_beside_it_29():
    ones = frame("2023-01-01", [1.0] * 800)
    leap = daily(ones, at=date(2024, 2, 29))
    assert (leap.totals["mtd"], leap.totals["mtd_yoy"]) == (29.0, pytest.approx(100 / 28))
    after = daily(ones, at=date(2025, 2, 28))
    assert (after.totals["mtd"], after.totals["mtd_yoy"]) == (28.0, 0.0)  # to the same date, 28 February 2024
    assert after.months["last_year"].iloc[-1] == 29.0  # the whole month
    assert after.totals["ytd_yoy"] == 0.0


def test_a_fiscal_year_to_date_begins_after_its_last_month():
    ones = frame("2019-01-01", [1.0] * 1500)
    at = date(2021, 9, 25)
    assert daily(ones, at=at, fiscal_year_end=5).totals["qtd"] == 25.0
    assert daily(ones, at=at, fiscal_year_end=5).totals["ytd"] == 30 + 31 + 31 + 25
    assert daily(ones, at=at, fiscal_year_end=6).totals["ytd"] == 31 + 31 + 25
    assert daily(ones, at=at).totals["ytd"] == 268.0


def test_fiscal_months_leave_those_to_come_unknown():
    review = daily(counting("2023-01-01", "2024-09-25"), at=date(2024, 9, 25), months="fiscal")
    assert plain(review.months["value"]) == [31.0, 58, 93, 120, 155, 180, 217, 248, None, None, None, None]
    assert plain(review.months["last_year"]) == [31.0, 56, 93, 120, 155, 180, 217, 248, 270, 310, 330, 372]
    assert review.notes == ()


def test_fiscal_months_show_whole_months_after_the_date_when_their_values_are_there():
    review = daily(counting("2023-01-01", "2024-11-10"), at=date(2024, 9, 25), months="fiscal")
    assert plain(review.months["value"])[-4:] == [270.0, 310.0, None, None]


# --- what is missing ---------------------------------------------------------------------------------------------


def test_a_missing_day_leaves_the_sums_over_it_unknown_and_no_others():
    values = counting("2022-01-01", "2024-03-31")
    review = daily(values[values["period"] != "2024-03-13"])
    assert plain(review.weeks["value"]) == [14.0, 17.0, 21.0, UNKNOWN, 21.0, 21.0]
    assert plain(review.months["value"])[-3:] == [31.0, 58.0, UNKNOWN]
    assert review.totals["week_change"] == 0.0
    assert review.totals["mtd"] is review.totals["ytd"] is review.totals["ytd_yoy"] is UNKNOWN
    assert review.notes == (
        "Days are missing, so these sums are unknown: the week to 17 March 2024, March 2024, the month to date and 2 more.",
    )


def test_an_empty_cell_is_a_missing_day():
    values = counting("2022-01-01", "2024-03-31")
    values.loc[values["period"] == "2024-03-13", "value"] = np.nan
    assert plain(daily(values).weeks["value"]) == [14.0, 17.0, 21.0, UNKNOWN, 21.0, 21.0]


def test_a_mean_is_that_of_the_days_there_are_and_says_so():
    values = frame("2024-02-19", [float(n % 7) for n in range(42)])
    review = daily(values[values["period"] != "2024-03-31"].iloc[1:], "mean", at=date(2024, 3, 30))
    assert review.totals["week"] == 3.0  # 24 to 30 March: 6 0 1 2 3 4 5
    holed = daily(values[values["period"] != "2024-03-26"], "mean")
    assert holed.totals["week"] == pytest.approx((0 + 2 + 3 + 4 + 5 + 6) / 6)
    assert holed.notes[-1] == (
        "Days are missing, so these are figures of the days there are: the week to 31 March 2024, March 2024 "
        "and the month to date."
    )


def test_too_few_days_make_no_mean():
    values = frame("2024-01-01", [1.0] * 91)
    kept = values[~values["period"].between("2024-03-25", "2024-03-28")]
    assert daily(kept, "mean").totals["week"] is UNKNOWN
    assert daily(kept, "last").totals["week"] == 1.0
    assert any(note.startswith("Too few days have a value") for note in daily(kept, "mean").notes)


@pytest.mark.parametrize("aggregation", ["sum", "mean", "last", "ratio"])
def test_what_has_not_arrived_is_unknown_however_it_adds_up(aggregation):
    review = daily(frame("2023-01-01", [2.0] * 453), aggregation)  # to 28 March
    assert plain(review.weeks["value"])[-1] is UNKNOWN
    assert plain(review.months["value"])[-1] is UNKNOWN
    assert review.totals == dict.fromkeys(review.totals, UNKNOWN)
    assert review.notes[0] == (
        "The values end on 28 March 2024, so these are unknown: the week to 31 March 2024, March 2024, "
        "the month to date and 2 more."
    )


def test_the_first_month_of_a_kpi_counts_from_its_first_day_and_says_so():
    review = daily(frame("2023-03-05", [1.0] * 393))  # 27 of the 31 days of last year's March
    assert review.months["last_year"].iloc[-1] == 27.0
    assert review.totals["mtd_yoy"] == pytest.approx(100 * (31 / 27 - 1))
    assert review.totals["ytd_yoy"] is UNKNOWN  # 27 of 90 days are too few to set beside 91
    assert review.notes == (
        "The values begin on 5 March 2023, so these count from that day: March 2023 and last year's month to date.",
        "Too few days have a value, so these are unknown: the week to 5 March 2023, last year's quarter to date "
        "and last year's year to date.",
    )


def test_half_of_the_first_period_is_enough_and_less_is_not():
    assert daily(frame("2024-03-28", [1.0] * 4)).totals["week"] == 4.0
    assert daily(frame("2024-03-29", [1.0] * 3)).totals["week"] is UNKNOWN


def test_days_off_are_not_missing():
    office = frame("2022-01-03", [1.0] * 600, freq="B")
    at = date(2024, 3, 31)
    review = trend(office, cadence="day", aggregation="sum", at=at)
    assert plain(review.weeks["value"]) == [5.0] * 6
    assert review.totals["mtd"] == 21.0
    assert "Saturdays and Sundays hardly ever have values, so they do not count as missing." in review.notes
    holed = trend(office[office["period"] != "2024-03-27"], cadence="day", aggregation="sum", at=at)
    assert plain(holed.weeks["value"]) == [5.0] * 5 + [UNKNOWN]


def test_a_new_kpi_with_one_gap_has_no_day_off():
    days = frame("2024-03-25", [1.0] * 7)
    assert daily(days[days["period"] != "2024-03-27"]).totals["week"] is UNKNOWN


@pytest.mark.parametrize("cadence", ["day", "week", "month", "quarter"])
def test_without_values_everything_is_unknown(cadence):
    review = trend(frame("2024-01-01", []), cadence=cadence, aggregation="sum", at=date(2024, 3, 31))
    assert plain(review.weeks["value"]) == [UNKNOWN] * 6
    assert plain(review.months["value"]) == [UNKNOWN] * 12
    assert review.totals == dict.fromkeys(review.totals, UNKNOWN)
    assert review.notes == ("There are no values: every figure is unknown.",)


def test_a_zero_is_a_value():
    review = daily(frame("2023-01-01", [0.0] * 456))
    assert (review.totals["week"], review.totals["ytd"]) == (0.0, 0.0)
    assert review.totals["week_yoy"] is UNKNOWN  # no percentage of nothing


@pytest.mark.parametrize(
    ("value", "base", "percent"),
    [(112.5, 100.0, 12.5), (0.0, 4.0, -100.0), (-50.0, -100.0, 50.0), (50.0, -100.0, 150.0), (-150.0, -100.0, -50.0)],
)
def test_a_change_is_in_percent_of_the_size_of_its_base(value, base, percent):
    assert change(value, base) == percent


@pytest.mark.parametrize(("value", "base"), [(1.0, 0.0), (np.nan, 1.0), (1.0, np.nan), (np.inf, 1.0)])
def test_a_change_from_nothing_or_from_the_unknown_is_unknown(value, base):
    assert change(value, base) is UNKNOWN


# --- other cadences ----------------------------------------------------------------------------------------------


def test_a_weekly_kpi_keeps_its_own_weeks():
    weekly = frame("2023-01-04", range(66), freq="W-WED")  # Wednesday to Tuesday; the last ends on 9 April 2024
    review = trend(weekly, cadence="week", aggregation="sum", at=date(2024, 4, 7))
    assert [day.date() for day in review.weeks["end"]][-2:] == [date(2024, 3, 26), date(2024, 4, 2)]
    assert plain(review.weeks["value"]) == [59.0, 60, 61, 62, 63, 64]
    assert plain(review.weeks["last_year"]) == [7.0, 8, 9, 10, 11, 12]
    assert review.totals["week_yoy"] == pytest.approx(100 * (64 / 12 - 1))
    assert plain(review.months["value"]) == [UNKNOWN] * 12
    assert [review.totals[part] for part in ("mtd", "qtd")] == [UNKNOWN] * 2  # no week that began in April is over
    assert review.totals["ytd"] == sum(range(52, 65))  # the thirteen weeks from 3 January
    assert review.totals["ytd_yoy"] == pytest.approx(100 * (sum(range(52, 65)) / sum(range(13)) - 1))
    assert review.notes == (
        "A month has four weeks or five, so a weekly sum has no months. What is to date holds the weeks that begin in it, "
        "beside the same weeks 364 days before.",
    )


def test_the_months_of_a_weekly_mean_hold_the_weeks_that_begin_in_them():
    weekly = frame("2023-01-02", range(65), freq="W-MON")  # the last week is 25 to 31 March 2024
    review = trend(weekly, cadence="week", aggregation="mean", at=date(2024, 3, 31))
    assert review.months["month"].iloc[-1] == "2024-03"
    assert plain(review.months["value"])[-2:] == [(57 + 58 + 59 + 60) / 4, (61 + 62 + 63 + 64) / 4]
    assert plain(review.months["last_year"])[-2:] == [(5 + 6 + 7 + 8) / 4, (9 + 10 + 11 + 12) / 4]
    assert review.totals["mtd"] == 62.5
    assert review.totals["mtd_yoy"] == pytest.approx(100 * (62.5 / 10.5 - 1))  # the weeks from 6 March 2023
    assert review.notes == (
        "A month holds the weeks that begin in it. What is to date holds the weeks that begin in it, beside the same "
        "weeks 364 days before.",
    )


def test_the_months_of_a_weekly_kpi_end_with_the_last_one_whose_weeks_are_over():
    weekly = frame("2023-01-02", range(200), freq="W-MON")
    options = {"cadence": "week", "aggregation": "mean"}
    assert trend(weekly, at=date(2024, 7, 31), **options).months["month"].iloc[-1] == "2024-06"  # 29 July to 4 August
    assert trend(weekly, at=date(2024, 8, 3), **options).months["month"].iloc[-1] == "2024-06"
    assert trend(weekly, at=date(2024, 8, 4), **options).months["month"].iloc[-1] == "2024-07"


@pytest.mark.parametrize("aggregation", ["sum", "mean", "last", "ratio"])
def test_a_missing_week_is_unknown_and_moves_no_other(aggregation):
    weekly = frame("2023-01-02", [1.0] * 65, freq="W-MON").drop(62)  # without 11 March 2024
    review = trend(weekly, cadence="week", aggregation=aggregation, at=date(2024, 3, 31))
    assert plain(review.weeks["value"]) == [1.0, 1, 1, UNKNOWN, 1, 1]


def test_a_weekly_kpi_that_stopped_shows_the_weeks_it_lacks():
    weekly = frame("2023-01-02", [1.0] * 63, freq="W-MON")  # to 17 March 2024
    review = trend(weekly, cadence="week", aggregation="sum", at=date(2024, 3, 31))
    assert [day.date() for day in review.weeks["end"]][-1] == date(2024, 3, 31)
    assert plain(review.weeks["value"]) == [1.0, 1, 1, 1, UNKNOWN, UNKNOWN]
    assert review.notes[0] == (
        "The values end on 17 March 2024, so these are unknown: the week to 24 March 2024, the week to 31 March 2024, "
        "the month to date and 2 more."
    )


def test_a_monthly_kpi_at_the_end_of_a_month():
    review = trend(
        counting("2022-01-01", "2024-05-31", freq="MS"), cadence="month", aggregation="sum", at=date(2024, 5, 31)
    )
    assert plain(review.weeks["value"]) == [UNKNOWN] * 6
    assert plain(review.months["value"]) == [6.0, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5]
    assert [review.totals[part] for part in ("mtd", "qtd", "ytd", "ytd_yoy")] == [5.0, 9.0, 15.0, 0.0]
    assert review.notes == ("A monthly KPI has no weeks.",)


def test_a_monthly_kpi_within_a_month_is_to_date_up_to_the_last_whole_one():
    values = counting("2022-01-01", "2024-12-31", freq="MS")
    review = trend(values, cadence="month", aggregation="sum", at=date(2024, 5, 20))
    assert [review.totals[part] for part in ("mtd", "qtd", "ytd", "ytd_yoy")] == [UNKNOWN, 4.0, 10.0, 0.0]
    assert review.months["month"].iloc[-1] == "2024-04"
    assert review.notes[-1] == "What is to date ends with the last whole month."


def test_a_monthly_february_meets_a_leap_one():
    values = frame("2024-01-01", [10.0, 20, *[1] * 10, 11, 30], freq="MS")
    review = trend(values, cadence="month", aggregation="mean", at=date(2025, 2, 28))
    assert review.totals["mtd_yoy"] == 50.0
    assert review.totals["ytd"] == 20.5


def test_a_quarterly_kpi_has_quarters_and_years_where_they_fit():
    values = frame("2022-01-01", range(1, 11), freq="QS")  # to June 2024
    review = trend(values, cadence="quarter", aggregation="sum", at=date(2024, 6, 30))
    assert [review.totals[part] for part in ("mtd", "qtd", "qtd_yoy", "ytd")] == [
        UNKNOWN,
        10.0,
        pytest.approx(200 / 3),
        19.0,
    ]
    shifted = trend(values, cadence="quarter", aggregation="sum", at=date(2024, 6, 30), fiscal_year_end=5)
    assert shifted.totals["qtd"] is shifted.totals["ytd"] is UNKNOWN  # its quarters begin a month later


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aggregation": "max"}, "aggregation is 'max'; write one of sum, mean, last, ratio"),
        ({"cadence": "year"}, "cadence is 'year'; write one of day, week, month, quarter"),
        ({"months": "all"}, "months is 'all'; write one of trailing, fiscal"),
        ({"fiscal_year_end": 13}, "fiscal_year_end is 13; write one of 1, 2"),
    ],
)
def test_unknown_words_are_refused_with_the_choices(options, message):
    asked = {"cadence": "day", "aggregation": "sum", "at": date(2024, 3, 31), **options}
    with pytest.raises(ValueError, match=message):
        trend(frame("2024-01-01", [1.0]), **asked)


def test_two_values_for_a_day_are_refused_with_the_day():
    twice = pd.concat([frame("2024-01-01", [1.0, 2.0]), frame("2024-01-02", [3.0])])
    with pytest.raises(ValueError, match="2024-01-02 stands twice; give the values of one KPI and one segment"):
        daily(twice)


# --- what holds for every series ---------------------------------------------------------------------------------


@st.composite
def reviewed(draw):
    """Two years and more of whole numbers without a gap, and a day in their last month."""
    seed = draw(st.integers(0, 2**32 - 1))
    first = draw(st.dates(date(2015, 1, 1), date(2027, 12, 31)))
    rng = np.random.default_rng(seed)
    values = frame(first, rng.integers(1, 1000, 1000), weight=rng.integers(1, 50, 1000).astype(float))
    return values, first + timedelta(days=draw(st.integers(860, 960)))


@settings(max_examples=examples(15), deadline=None)
@given(reviewed(), CHOICES, st.integers(1, 12))
def test_on_the_last_day_of_a_month_the_month_to_date_is_the_month(case, aggregation, year_end):
    values, at = case
    at = (pd.Timestamp(at) + pd.offsets.MonthEnd(0)).date()
    review = daily(values, aggregation, at=at, fiscal_year_end=year_end)
    assert review.totals["mtd"] == review.months["value"].iloc[-1]
    if at.month == year_end:
        year = daily(values, aggregation, at=at, fiscal_year_end=year_end, months="fiscal")
        pd.testing.assert_frame_equal(year.months, review.months)


@settings(max_examples=examples(15), deadline=None)
@given(reviewed(), st.integers(1, 12))
def test_whole_months_add_up_to_the_quarter_and_the_year(case, year_end):
    values, at = case
    at = (pd.Timestamp(at) + pd.offsets.MonthEnd(0)).date()
    review = daily(values, at=at, fiscal_year_end=year_end)
    into_year = (at.month - year_end - 1) % 12 + 1
    sums = review.months["value"].tolist()
    assert review.totals["ytd"] == sum(sums[-into_year:])
    assert review.totals["qtd"] == sum(sums[-((into_year - 1) % 3 + 1) :])


@settings(max_examples=examples(15), deadline=None)
@given(reviewed(), CHOICES)
def test_every_figure_is_that_of_its_days(case, aggregation):
    values, at = case
    indexed = values.set_index("period")

    def by_hand(start, end):
        days = indexed.loc[str(start) : str(end)]
        if aggregation == "ratio":
            return (days["value"] * days["weight"]).sum() / days["weight"].sum()
        return days["value"].iloc[-1] if aggregation == "last" else getattr(days["value"], aggregation)()

    review = daily(values, aggregation, at=at)
    week = timedelta(days=6)
    for row in review.weeks.itertuples():
        end = row.end.date()
        assert row.value == pytest.approx(by_hand(end - week, end))
        assert row.last_year == pytest.approx(by_hand(end - timedelta(days=364) - week, end - timedelta(days=364)))
    for row in review.months.itertuples():
        month = pd.Period(row.month, "M")
        assert row.value == pytest.approx(by_hand(month.start_time.date(), month.end_time.date()))
    assert review.totals["mtd"] == pytest.approx(by_hand(at.replace(day=1), at))
    before = (pd.Timestamp(at) - pd.DateOffset(years=1)).date()
    assert review.totals["mtd_yoy"] == pytest.approx(
        100 * (by_hand(at.replace(day=1), at) / by_hand(before.replace(day=1), before) - 1)
    )


@settings(max_examples=examples(15), deadline=None)
@given(reviewed(), CHOICES, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_other_scales_change_nothing(case, aggregation, seed):
    values, at = case
    review = daily(values, aggregation, at=at)
    shuffled = daily(values.sample(frac=1, random_state=seed), aggregation, at=at)
    assert trend_document(shuffled) == trend_document(review)
    doubled = daily(values.assign(value=values["value"] * 2), aggregation, at=at)
    assert doubled.totals["ytd"] == 2 * review.totals["ytd"]
    assert doubled.totals["ytd_yoy"] == review.totals["ytd_yoy"]


@settings(max_examples=examples(15), deadline=None)
@given(reviewed(), st.integers(0, 41))
def test_a_gap_takes_away_only_the_week_it_is_in(case, back):
    values, at = case
    assume(back > 0)  # the last day is late, not a gap, in a series that ends on it
    whole = daily(values, at=at).weeks["value"]
    holed = daily(values[values["period"] != pd.Timestamp(at - timedelta(days=back))], at=at).weeks["value"]
    lost = 5 - back // 7
    assert plain(holed) == [UNKNOWN if row == lost else value for row, value in enumerate(whole)]
