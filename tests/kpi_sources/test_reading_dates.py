"""Periods: what one label says, what a column proves, and what is asked."""

from datetime import date, timedelta

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from kpi_sources.cadence import first_day, seen_grain
from kpi_sources.dates import Setting, decide
from kpi_sources.months import month_number
from kpi_sources.periods import fiscal_quarter, read_label

AS_OF = Setting(date(2025, 6, 30))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("2024.03.05", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024-03-05T23:30:00-05:00", "2024-03-05"),
        ("2024-03-05 00:00:00.000Z", "2024-03-05"),
        ("5. März 2024", "2024-03-05"),
        ("24. Dez. 2024", "2024-12-24"),
        ("5 de marzo de 2024", "2024-03-05"),
        ("1er avril 2024", "2024-04-01"),
        ("March 5, 2024", "2024-03-05"),
        ("05-MAR-24", "2024-03-05"),
        ("Tue, 5 Mar 2024", "2024-03-05"),
        ("2024-03", "2024-03"),
        ("03/2024", "2024-03"),
        ("202403", "2024-03"),
        ("2024M03", "2024-03"),
        ("Mar-24", "2024-03"),
        ("mars 2024", "2024-03"),
        ("januari 2024", "2024-01"),
        ("Okt. 2024", "2024-10"),
        ("2024-W05", "2024-W05"),
        ("2024W5", "2024-W05"),
        ("KW 05/2024", "2024-W05"),
        ("Q1 2024", "2024-Q1"),
        ("2024-Q3", "2024-Q3"),
        ("3. Quartal 2024", "2024-Q3"),
        ("2024", "2024"),
    ],
)
def test_labels_that_say_their_period(text, canonical):
    label = read_label(text)
    assert label.kind == "period"
    assert label.period is not None
    assert label.period.text == canonical


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-02-30", "invalid"),
        ("2023-02-29", "invalid"),
        ("2024-W53", "invalid"),
        ("Q5 2024", "invalid"),
        ("2024-13", "invalid"),
        ("0000-00-00", "invalid"),
        ("Week 5 2024", "invalid"),
        ("03/04/2024", "order"),
        ("31.01.24", "order"),
        ("45292", "serial"),
        ("1706659200", "epoch"),
        ("1706659200000", "epoch"),
        ("H1 FY23/24", "fiscal"),
        ("FY2024", "fiscal"),
        ("2023/24", "fiscal"),
        ("2024-H1", "fiscal"),
        ("2024Q1", "fiscal"),
        ("yesterday", "none"),
        ("NPS", "none"),
        ("12:30", "none"),
        ("", "none"),
        ("31.5", "none"),
        ("6310907.23", "none"),
    ],
)
def test_labels_that_do_not(text, kind):
    assert read_label(text).kind == kind


def read(*texts, **known):
    calendar = decide(texts, Setting(date(2025, 6, 30), **known))
    periods = {t: p.text for t, p in calendar.periods.items()}
    problems = {t: code for t, (code, _) in calendar.problems.items()}
    return periods, problems, calendar.question.code if calendar.question else None


def test_one_day_above_twelve_proves_the_order():
    assert read("4/3/2024", "4/25/2024")[0] == {"4/3/2024": "2024-04-03", "4/25/2024": "2024-04-25"}
    assert read("04/03/2024", "25/04/2024")[0] == {"04/03/2024": "2024-03-04", "25/04/2024": "2024-04-25"}
    assert read("24-01-31", "24-02-01")[0] == {"24-01-31": "2024-01-31", "24-02-01": "2024-02-01"}


def test_no_proof_is_asked_unless_the_mapping_says():
    assert read("03/04/2024", "05/06/2024") == ({}, {}, "date_ambiguous")
    assert read("03.04.2024") == ({}, {}, "date_ambiguous")
    assert read("03/04/2024", date_order="mdy")[0] == {"03/04/2024": "2024-03-04"}


def test_two_orders_in_one_column_are_all_wrong():
    assert read("25/04/2024", "04/26/2024", "05/06/2024")[1] == {
        "25/04/2024": "date_mixed",
        "04/26/2024": "date_mixed",
        "05/06/2024": "date_ambiguous",
    }


def test_two_ways_of_writing_are_mixed():
    periods, problems, _ = read("2024-03-05", "2024-03-06", "14.03.2024")
    assert (list(periods), problems) == (["2024-03-05", "2024-03-06"], {"14.03.2024": "date_mixed"})


def test_placeholders_and_the_future():
    problems = read("1900-01-01", "9999-12-31", "2099-12-31", "2025-07", "2025-Q3", "2025-06", "1970-01-01")[1]
    assert problems == {
        "1900-01-01": "date_out_of_range",
        "9999-12-31": "date_out_of_range",
        "2099-12-31": "date_future",
        "2025-07": "date_future",
        "2025-Q3": "date_future",
        "1970-01-01": "date_out_of_range",
    }


def test_serials_and_seconds():
    assert read("45292", "45323")[0] == {"45292": "2024-01-01", "45323": "2024-02-01"}
    assert read("43830", date1904=True)[0] == {"43830": "2024-01-01"}
    assert read("1706659200")[0] == {"1706659200": "2024-01-31"}
    assert read("1704063600000")[1] == {"1704063600000": "date_ambiguous"}


def test_fiscal_quarters():
    assert read("2024Q1") == ({}, {}, "fiscal")
    assert read("2024Q1", fiscal_year_start=7)[0] == {"2024Q1": "2023-Q3"}
    assert read("2024Q1", calendar_quarters=True)[0] == {"2024Q1": "2024-Q1"}
    assert read("Q1 2024", fiscal_year_start=4)[0] == {"Q1 2024": "2023-Q2"}
    assert read("H1 FY23/24", fiscal_year_start=4)[1] == {"H1 FY23/24": "grain"}
    assert fiscal_quarter(2024, 1, 2).text == "2023-02-01"


def test_a_cadence_can_prove_the_order():
    def clashes(periods):
        months = [p.text[:7] for p in periods.values()]
        return len(months) - len(set(months))

    calendar = decide(["01/02/2024", "01/03/2024"], Setting(date(2025, 6, 30), clashes=clashes))
    assert [p.text for p in calendar.periods.values()] == ["2024-02-01", "2024-03-01"]


def test_cadence_of_days():
    def days(*texts):
        return {date.fromisoformat(t) for t in texts}

    assert seen_grain(days("2024-01-01", "2024-02-01")) == "month"
    assert seen_grain(days("2024-01-31", "2024-02-29")) == "month"
    assert seen_grain(days("2024-01-01", "2024-04-01")) == "quarter"
    assert seen_grain(days("2023-01-01", "2024-01-01")) == "year"
    assert seen_grain(days("2024-01-03", "2024-01-10", "2024-01-24")) == "week"
    assert seen_grain(days("2024-01-03", "2024-01-04")) == "day"
    assert seen_grain(days("2024-01-31")) == "month"
    assert first_day(date(2024, 5, 31), "quarter") == date(2024, 4, 1)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl"])
def test_month_names_are_those_of_the_language(language):
    months = Locale(language).months
    for context in ("format", "stand-alone"):
        for number, name in months[context]["wide"].items():
            assert month_number(name) == number


FORMATS = ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d.%m.%y", "%B %d, %Y"]


@given(st.lists(st.dates(date(2001, 1, 1), date(2025, 6, 30)), min_size=1, max_size=12), st.sampled_from(FORMATS))
def test_dates_are_read_back_or_asked_never_wrong(days, form):
    texts = {d.strftime(form): d for d in days}
    calendar = decide(list(texts), AS_OF)
    for text, period in calendar.periods.items():
        assert period.start == texts[text]
    if any(d.day > 12 for d in days) and "%y" not in form:
        assert len(calendar.periods) + len(calendar.problems) == len(texts)


@given(st.integers(30_000, 45_000))
def test_serials_count_days(number):
    calendar = decide([str(number)], Setting(date(2099, 1, 1)))
    period = calendar.periods.get(str(number))
    assert period is None or period.start == date(1899, 12, 30) + timedelta(days=number)


@given(st.text(max_size=25))
def test_any_label_has_an_answer(text):
    assert read_label(text).kind in ("period", "order", "serial", "epoch", "fiscal", "invalid", "none")
