"""The checks: every finding's exact place and words, what the results say, and that nothing unchecked is green."""

import math
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from kpi_sources import check_great_expectations, checks
from kpi_sources.checks import CheckResult, check
from kpi_sources.source_expectations import SourceExpectations
from kpi_sources.suite import SUITE, AtLeast, Expectation
from models.company import kpi_frame
from models.definition import Band
from models.kpi import Kpi

AS_OF = date(2025, 6, 30)
KPIS = kpi_frame(
    [
        Kpi(id="signups", range=Band(low=0.0, high=1000.0)),
        Kpi(id="visits", cadence="week", range=Band(low=0.0)),
        Kpi(id="margin", cadence="quarter", range=Band(high=100.0)),
        Kpi(id="uptime", cadence="day"),
    ]
)
FRESH = [("signups", "all", "2025-05-01", "month", 120.0)]


def rows_of(*written):
    """Rows from (kpi, segment, start, cadence, value); the first stands in line 2."""
    frame = pd.DataFrame(written, columns=["kpi", "segment", "start", "cadence", "value"])
    frame["start"] = pd.to_datetime(frame["start"])
    frame["value"] = frame["value"].astype("float64")
    return frame.assign(line=range(2, len(frame) + 2), column="value")


def known_of(*written):
    frame = pd.DataFrame(written, columns=["kpi", "segment", "period", "value"])
    return frame.assign(period=pd.to_datetime(frame["period"]))


def said(problems):
    return [(p.line, p.column, p.found, p.code, p.message) for p in problems]


def test_good_rows_pass_every_expectation():
    checked = check(rows_of(*FRESH), KPIS, AS_OF)
    assert (checked.problems, checked.warnings) == ([], [])
    assert [(r.expectation, r.kpi, r.success, r.blocking, r.unexpected) for r in checked.results] == [
        ("columns_present", "", True, True, 0),
        ("types_right", "", True, True, 0),
        ("rows_present", "", True, True, 0),
        ("kpi_named", "", True, True, 0),
        ("kpi_known", "", True, True, 0),
        ("segment_named", "", True, True, 0),
        ("period_present", "", True, True, 0),
        ("value_present", "", True, True, 0),
        ("value_finite", "", True, True, 0),
        ("cadence_fits", "", True, True, 0),
        ("period_not_future", "", True, True, 0),
        ("period_plausible", "", True, True, 0),
        ("value_in_range", "", True, True, 0),
        ("one_value_per_period", "", True, True, 0),
        ("period_over", "", True, False, 0),
        ("no_jump", "", True, False, 0),
        ("fresh", "", True, False, 0),
    ]


PROBLEMS = {
    "no KPI": (
        [(None, "all", "2025-05-01", "month", 1.0)],
        ("", "unknown_kpi", "the row does not say which KPI it is about; write its name"),
    ),
    "unknown KPI": (
        [("signup", "all", "2025-05-01", "month", 1.0)],
        (
            "signup",
            "unknown_kpi",
            "no KPI 'signup' is defined; did you mean 'signups'? Correct the name, or define the KPI first.",
        ),
    ),
    "KPI like no other": (
        [("profit", "all", "2025-05-01", "month", 1.0)],
        ("profit", "unknown_kpi", "no KPI 'profit' is defined. Correct the name, or define the KPI first."),
    ),
    "look-alike KPI": (
        [("\u0455ignups", "all", "2025-05-01", "month", 1.0)],
        (
            "\u0455ignups",
            "unknown_kpi",
            "no KPI '\u0455ignups' is defined; it looks like 'signups' but holds U+0455 CYRILLIC SMALL LETTER DZE. "
            "Correct the name, or define the KPI first.",
        ),
    ),
    "no segment": (
        [("signups", None, "2025-05-01", "month", 1.0)],
        ("", "unknown_segment", "the row names no segment; write one, or `all` for the whole"),
    ),
    "no period": (
        [("signups", "all", None, "month", 1.0)],
        (
            "",
            "period_missing",
            "a value of signups has no period; write the day, week, month or quarter it belongs to",
        ),
    ),
    "no value": (
        [("signups", "north", "2025-05-01", "month", math.nan)],
        ("", "missing_value", "signups (north) for 2025-05 has no value; write it, or take the row out"),
    ),
    "infinite": (
        [("signups", "all", "2025-05-01", "month", -math.inf)],
        (
            "-inf",
            "nonfinite",
            "signups for 2025-05 is -inf, which is no finite number; write the number, or take the row out",
        ),
    ),
    "future": (
        [("signups", "all", "2025-07-01", "month", 1.0)],
        (
            "2025-07",
            "date_future",
            "signups has a value for 2025-07, which lies after 2025-06-30; correct the period",
        ),
    ),
    "placeholder": (
        [("signups", "all", "1900-01-01", "day", 1.0)],
        (
            "1900-01-01",
            "date_out_of_range",
            "signups has a value for 1900-01, which is implausibly old; correct the period",
        ),
    ),
    "below": (
        [("signups", "all", "2025-04-01", "month", -0.5)],
        (
            "-0.5",
            "range",
            "signups for 2025-04 is -0.5, below 0, the lowest value that the KPI's definition allows; "
            "correct the value, its unit, or the definition",
        ),
    ),
    "above": (
        [("margin", "all", "2025-01-01", "quarter", 101.0)],
        (
            "101",
            "range",
            "margin for 2025-Q1 is 101, above 100, the highest value that the KPI's definition allows; "
            "correct the value, its unit, or the definition",
        ),
    ),
    "coarser": (
        [("visits", "all", "2025-05-01", "month", 1.0)],
        ("2025-05", "grain", "visits is a weekly KPI, but this row is for a month (2025-05-01); load weeks"),
    ),
    "finer": (
        [("margin", "all", "2025-01-01", "month", 1.0)],
        ("2025-01", "grain", "margin is a quarterly KPI, but this row is for a month (2025-01-01); load quarters"),
    ),
    "not a first day": (
        [("signups", "all", "2025-05-31", "day", 1.0)],
        (
            "2025-05-31",
            "grain",
            "signups is a monthly KPI, but 2025-05-31 is not the first day of a month; "
            "write the month, or its first day",
        ),
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_a_problem_says_where_what_and_what_to_do(case):
    written, (found, code, message) = PROBLEMS[case]
    checked = check(rows_of(*FRESH, *written), KPIS, AS_OF)
    assert said(checked.problems) == [(3, "value", found, code, message)]


def test_different_values_for_one_period_name_all_their_lines():
    key = ("signups", "all", "2025-05-01", "month")
    checked = check(rows_of((*key, 10.0), (*key, 12.5), (*key, 10.0)), KPIS, AS_OF)
    message = (
        "signups for 2025-05 has conflicting values: 10 in line 2, 12.5 in line 3, 10 in line 4; keep the right one"
    )
    assert said(checked.problems) == [
        (2, "value", "10", "duplicate_conflict", message),
        (3, "value", "12.5", "duplicate_conflict", message),
        (4, "value", "10", "duplicate_conflict", message),
    ]


def test_the_same_value_written_twice_is_no_conflict():
    key = ("signups", "all", "2025-05-01", "month")
    assert check(rows_of((*key, 0.3), (*key, 0.1 + 0.2)), KPIS, AS_OF).problems == []


def test_days_of_a_weekly_kpi_are_all_refused():
    days = [("visits", "all", f"2025-06-{day:02}", "day", 5.0) for day in range(9, 23)]
    checked = check(rows_of(*days), KPIS, AS_OF)
    assert [p.line for p in checked.problems] == list(range(2, 16))
    assert checked.problems[0].message == (
        "visits is a weekly KPI, but its rows are for days that do not begin one week each; add them up to weeks first"
    )


def test_weeks_may_be_written_as_their_first_days():
    weeks = [("visits", "all", day, "day", 5.0) for day in ("2025-06-08", "2025-06-15", "2025-06-22")]
    assert check(rows_of(*weeks), KPIS, AS_OF).problems == []


def test_weeks_keep_the_weekday_on_which_they_began_so_far():
    known = known_of(("visits", "all", "2025-06-15", 5.0))
    checked = check(rows_of(("visits", "all", "2025-06-16", "week", 5.0)), KPIS, AS_OF, known)
    assert said(checked.problems) == [
        (
            2,
            "value",
            "week of 2025-06-16",
            "grain",
            "visits is a weekly KPI, but its weeks have begun on a Sunday so far, and 2025-06-16 is a Monday; "
            "keep one beginning",
        )
    ]


def test_quarters_keep_the_months_in_which_they_began_so_far():
    known = known_of(("margin", "all", "2024-11-01", 5.0))
    checked = check(
        rows_of(("margin", "all", "2025-02-01", "quarter", 5.0), ("margin", "all", "2025-01-01", "quarter", 5.0)),
        KPIS, AS_OF, known,
    )  # fmt: skip
    assert [(p.line, p.message) for p in checked.problems] == [
        (
            3,
            "margin is a quarterly KPI, but its quarters have begun as February does so far, and 2025-01-01 begins as "
            "January does; keep one beginning",
        )
    ]


def test_a_row_with_several_things_wrong_is_named_once():
    checked = check(rows_of(*FRESH, ("signups", "all", "2031-05-01", "month", -99.0)), KPIS, AS_OF)
    assert [(p.line, p.code) for p in checked.problems] == [(3, "date_future")]
    assert {r.expectation for r in checked.results if not r.success} == {"period_not_future", "value_in_range"}


def test_a_jump_only_warns():
    checked = check(
        rows_of(
            ("signups", "all", "2025-04-01", "month", 10.0),
            ("signups", "all", "2025-05-01", "month", 101.0),
            ("signups", "north", "2025-05-01", "month", 100.0),
        ),
        KPIS, AS_OF, known_of(("signups", "all", "2025-03-01", 0.5), ("signups", "north", "2025-05-01", 1.0)),
    )  # fmt: skip
    assert checked.problems == []
    assert said(checked.warnings) == [
        (2, "value", "10", "jump", "signups for 2025-04 is 10 after 0.5, more than 10 times up or down; "
         "check the unit and the decimal mark"),
        (3, "value", "101", "jump", "signups for 2025-05 is 101 after 10, more than 10 times up or down; "
         "check the unit and the decimal mark"),
    ]  # fmt: skip


def test_a_period_that_is_not_over_only_warns():
    checked = check(rows_of(("signups", "all", "2025-06-01", "month", 10.0)), KPIS, date(2025, 6, 29))
    assert checked.problems == []
    assert said(checked.warnings) == [
        (
            2,
            "value",
            "2025-06",
            "period_open",
            "signups has a value for 2025-06, which is not over on 2025-06-29; the value may still grow",
        )
    ]
    assert check(rows_of(("signups", "all", "2025-06-01", "month", 10.0)), KPIS, AS_OF).warnings == []


def test_a_late_kpi_only_warns():
    rows = rows_of(("signups", "all", "2025-03-01", "month", 10.0))
    checked = check(rows, KPIS, AS_OF)
    assert checked.problems == []
    assert said(checked.warnings) == [
        (
            None,
            None,
            "2025-03-01",
            "late",
            "the latest period of signups begins on 2025-03-01: on 2025-06-30 a newer one is overdue",
        )
    ]
    assert check(rows, KPIS, AS_OF, known_of(("signups", "south", "2025-05-01", 10.0))).warnings == []


def test_results_count_for_the_file_and_for_each_failing_kpi():
    checked = check(
        rows_of(
            ("signups", "all", "2025-04-01", "month", -1.0),
            ("signups", "all", "2025-05-01", "month", -1.0),
            ("margin", "all", "2025-01-01", "quarter", 200.0),
            ("uptime", "all", "2025-06-29", "day", 1.0),
        ),
        KPIS, AS_OF,
    )  # fmt: skip
    assert [r for r in checked.results if not r.success] == [
        CheckResult("value_in_range", "", False, True, 3,
                    "With a value outside the KPI's range: 3 of 4 rows (signups 2, margin 1)."),
        CheckResult("value_in_range", "margin", False, True, 1, "With a value outside the KPI's range: 1 row."),
        CheckResult("value_in_range", "signups", False, True, 2, "With a value outside the KPI's range: 2 rows."),
    ]  # fmt: skip
    assert all(type(r.unexpected) is int and type(r.success) is bool for r in checked.results)
    assert all(type(p.line) is int for p in checked.problems)


def test_no_rows_are_never_green():
    checked = check(rows_of(*FRESH).iloc[:0], KPIS, AS_OF)
    assert checked.results == [CheckResult("rows_present", "", False, True, 1, "There is no row.")]
    assert said(checked.problems) == [
        (None, None, "", "no_rows", "no row was read, so there is nothing to load; choose a file with values")
    ]


def test_no_definitions_make_every_kpi_unknown():
    checked = check(rows_of(*FRESH), KPIS.iloc[:0], AS_OF)
    assert [(p.line, p.code) for p in checked.problems] == [(2, "unknown_kpi")]


def test_a_missing_column_or_wrong_type_stops_at_once():
    checked = check(rows_of(*FRESH).drop(columns=["line", "cadence"]), KPIS, AS_OF)
    assert [(p.code, p.message) for p in checked.problems] == [
        ("missing_column", "the rows have no column 'cadence'"),
        ("missing_column", "the rows have no column 'line'"),
    ]
    assert checked.results[0] == CheckResult("columns_present", "", False, True, 2, "Missing columns: cadence, line.")
    checked = check(rows_of(*FRESH).astype({"value": "str"}), KPIS, AS_OF)
    assert [(p.code, p.message) for p in checked.problems] == [
        ("number_invalid", "column 'value' holds neither numbers nor days, as it should")
    ]


def test_a_check_that_raised_has_failed(monkeypatch):
    broken = Expectation("value_in_range", (AtLeast("number", "nowhere"),), "range", "Values are fine", "Not fine")
    monkeypatch.setattr(checks, "SUITE", (*SUITE[:3], broken))
    checked = check(rows_of(*FRESH), KPIS, AS_OF)
    result = checked.results[-1]
    assert (result.expectation, result.success, result.blocking) == ("value_in_range", False, True)
    assert result.detail.startswith("Values are fine: could not be checked (")
    assert [(p.line, p.code) for p in checked.problems] == [(None, "check_failed")]
    assert "nowhere" in checked.problems[0].message


def test_an_answer_that_never_came_is_a_failure():
    assert check_great_expectations._read(AtLeast("a", "b"), None, pd.DataFrame()) == (
        [],
        [],
        "Great Expectations gave no answer",
    )


def test_great_expectations_is_set_up_once_and_asked_for_rows_only_where_something_breaks(monkeypatch):
    check(rows_of(*FRESH), KPIS, AS_OF)
    made, asked = [], []
    answers = check_great_expectations._answers
    monkeypatch.setattr(check_great_expectations, "_new_place", lambda: made.append(1))

    def noted(batch, rules, form):
        asked.append((form, len(rules)))
        return answers(batch, rules, form)

    monkeypatch.setattr(check_great_expectations, "_answers", noted)
    check(rows_of(*FRESH), KPIS, AS_OF)
    assert asked == [("BOOLEAN_ONLY", 15), ("COMPLETE", 0), ("BOOLEAN_ONLY", 1), ("COMPLETE", 0)]
    asked.clear()
    checked = check(rows_of(*FRESH, ("signups", "all", "2025-04-01", "month", -1.0)), KPIS, AS_OF)
    assert [(p.line, p.code) for p in checked.problems] == [(3, "range")]  # and 120 after it is a jump
    assert asked == [("BOOLEAN_ONLY", 15), ("COMPLETE", 2), ("BOOLEAN_ONLY", 1), ("COMPLETE", 0)]
    assert made == []


def test_a_place_keeps_no_table_and_one_in_which_something_raised_is_not_used_again():
    check(rows_of(*FRESH), KPIS, AS_OF)
    (place,) = check_great_expectations._idle
    engine = place.data_asset.datasource.get_execution_engine()
    assert [list(data.dataframe.columns) for data in engine.batch_manager.batch_data_cache.values()] == [["nothing"]]
    with pytest.raises(KeyError), check_great_expectations._place():
        raise KeyError("a bug")
    assert check_great_expectations._idle == []


def test_columns_of_another_type_are_looked_at_though_others_were_sound():
    assert check(rows_of(*FRESH), KPIS, AS_OF).problems == []
    assert [p.code for p in check(rows_of(*FRESH).astype({"value": "str"}), KPIS, AS_OF).problems] == ["number_invalid"]


def test_a_source_may_expect_more():
    source = SourceExpectations(rows_at_least=3, must_have=("signups", "visits", "uptime"), gaps_at_most=0.2)
    rows = rows_of(("signups", "north", "2025-04-01", "month", 10.0), ("signups", "south", "2025-05-01", "month", 9.0))
    checked = check(rows, KPIS, AS_OF, source=source)
    assert said(checked.problems) == [
        (None, None, "", "row_count",
         "the file has fewer or more rows than this source usually brings; check that it is complete"),
        (None, None, "", "kpi_absent",
         "visits is not in the file, but this source should bring it; check that the file is complete"),
        (None, None, "", "kpi_absent",
         "uptime is not in the file, but this source should bring it; check that the file is complete"),
        (None, None, "50.0 %", "gaps",
         "50.0 % of the periods and segments of signups have no value, more than the 20 % that this source may leave; "
         "check that the file is complete"),
    ]  # fmt: skip
    assert [(r.expectation, r.kpi, r.unexpected) for r in checked.results if not r.success] == [
        ("row_count", "", 1), ("kpis_present", "", 2), ("kpis_present", "uptime", 1), ("kpis_present", "visits", 1),
        ("few_gaps", "", 1), ("few_gaps", "signups", 1),
    ]  # fmt: skip
    relaxed = check(rows, KPIS, AS_OF, source=source.model_copy(update={"only_warn": True}))
    assert relaxed.problems == []
    assert said(relaxed.warnings) == said(checked.problems)


def test_a_source_may_allow_other_jumps():
    rows = rows_of(("signups", "all", "2025-04-01", "month", 10.0), ("signups", "all", "2025-05-01", "month", 40.0))
    assert check(rows, KPIS, AS_OF).warnings == []
    tight = check(rows, KPIS, AS_OF, source=SourceExpectations(jumps={"signups": 3.0}))
    assert [(p.line, p.code) for p in tight.warnings] == [(3, "jump")]


def test_importing_the_checks_does_not_import_great_expectations():
    code = "import sys, kpi_sources.checks, kpi_sources.intake; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
