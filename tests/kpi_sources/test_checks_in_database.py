"""The suite run as SQL where the rows are: the same results, problems and warnings as Great Expectations gives."""

import math
from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpi_sources.check_facts import limits_of
from kpi_sources.check_sql import broken, facts_sql
from kpi_sources.checks import CheckResult, check, check_in_database
from kpi_sources.source_expectations import SourceExpectations
from kpi_sources.suite import Contains
from models.company import kpi_frame
from models.definition import Band
from models.kpi import Kpi
from tests.budget import examples

AS_OF = date(2025, 6, 30)
KPIS = kpi_frame(
    [
        Kpi(id="signups", range=Band(low=0.0, high=1000.0)),
        Kpi(id="visits", cadence="week", range=Band(low=0.0)),
        Kpi(id="margin", cadence="quarter", range=Band(high=100.0)),
        Kpi(id="uptime", cadence="day"),
    ]
)
EXTRACT = 'kpi VARCHAR, segment VARCHAR, start DATE, cadence VARCHAR, value DOUBLE, line BIGINT, "column" VARCHAR'


def in_database(rows, kpis=KPIS, known=None, source=None, extract=EXTRACT, **more):
    """The rows typed into a table, as a bulk load would have them, and checked there."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.execute(f"CREATE TABLE extract ({extract})")
        if len(rows):
            connection.register("frame", rows)
            connection.execute("INSERT INTO extract SELECT * FROM frame")

        def query(sql, frames):
            for name, frame in frames.items():
                connection.register(name, frame)
            return connection.execute(sql).df()

        return check_in_database(query, kpis, AS_OF, known, source, **more)


KPI = st.sampled_from(["signups", "visits", "margin", "uptime", "nobody", None])
SEGMENT = st.sampled_from(["all", "all", "north", None])
DAY = st.one_of(
    st.dates(date(2025, 5, 1), date(2025, 7, 2)),
    st.sampled_from([date(2025, month, 1) for month in range(1, 8)]),
    st.sampled_from([date(2025, 6, 1), date(2025, 6, 8), date(2025, 6, 15), date(2025, 6, 23)]),
    st.sampled_from([date(1900, 1, 1), date(1989, 12, 31), date(2031, 1, 1), None]),
)
CADENCE = st.sampled_from(["day", "day", "week", "month", "quarter", "year", None])
VALUE = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 10.0, 100.0, 100.5, 1000.0, -3.0, 0.1 + 0.2, 0.3, 5e-324, 1.7e308, -1.7e308]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)
ROW = st.tuples(KPI, SEGMENT, DAY, CADENCE, VALUE)
KNOWN = st.lists(
    st.tuples(
        st.sampled_from(["signups", "visits", "margin", "gone"]),
        st.sampled_from(["all", "north"]),
        st.dates(date(2025, 3, 1), date(2025, 6, 30)),
        st.sampled_from([0.0, 1.0, 9.0, 250.0, math.nan]),
    ),
    max_size=4,
    unique_by=lambda entry: entry[:2],
)
SOURCE = st.one_of(
    st.none(),
    st.builds(
        SourceExpectations,
        rows_at_least=st.one_of(st.none(), st.integers(0, 6)),
        must_have=st.sampled_from([(), ("signups",), ("visits", "gone")]),
        gaps_at_most=st.one_of(st.none(), st.sampled_from([0.0, 0.3, 1.0])),
        jumps=st.sampled_from([{}, {"signups": 1.5}]),
        only_warn=st.booleans(),
    ),
)


def of_days(kpi, cadence, *days, value=5.0):
    return [(kpi, "all", day, cadence, value) for day in days]


@example(of_days("visits", "day", *(date(2025, 6, day) for day in range(9, 20))), [], None)
@example(of_days("visits", "day", date(2025, 6, 9), date(2025, 6, 16), date(2025, 6, 24)), [], None)
@example(
    of_days("margin", "quarter", date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 15)),
    [("margin", "all", date(2024, 11, 1), 5.0)],
    None,
)
@example(
    of_days("margin", "day", date(2025, 2, 1), date(2024, 11, 1), date(2025, 1, 1)),
    [("margin", "north", date(2024, 8, 1), 5.0)],
    None,
)
@example(
    [
        *of_days("signups", "month", date(2025, 5, 1), value=0.3),
        *of_days("signups", "month", date(2025, 5, 1), value=0.1 + 0.2),
        *of_days("signups", "month", date(2025, 4, 1), value=0.3),
        *of_days("signups", "month", date(2025, 4, 1), value=0.31),
    ],
    [("signups", "all", date(2025, 3, 1), 9.0)],
    SourceExpectations(gaps_at_most=0.0, jumps={"signups": 1.5}),
)
@settings(max_examples=examples(5), deadline=None)
@given(st.lists(ROW, min_size=1, max_size=14), KNOWN, SOURCE)
def test_both_engines_agree(written, known, source):
    rows = pd.DataFrame(written, columns=["kpi", "segment", "start", "cadence", "value"])
    rows["start"] = pd.to_datetime(rows["start"])
    rows["value"] = rows["value"].astype("float64")
    rows = rows.assign(line=range(2, len(rows) + 2), column="value")
    rows = rows.astype({"kpi": "str", "segment": "str", "cadence": "str"})
    before = pd.DataFrame(known, columns=["kpi", "segment", "period", "value"])
    before = before.astype({"period": "datetime64[ns]", "value": "float64"})
    here, there = check(rows, KPIS, AS_OF, before, source), in_database(rows, known=before, source=source)
    assert there.results == here.results
    assert there.problems == here.problems
    assert there.warnings == here.warnings


def rows_of(*written):
    frame = pd.DataFrame(written, columns=["kpi", "segment", "start", "cadence", "value"])
    frame["start"] = pd.to_datetime(frame["start"])
    return frame.assign(line=range(2, len(frame) + 2), column="value")


def test_no_rows_are_never_green():
    checked = in_database(rows_of())
    assert checked.results == [CheckResult("rows_present", "", False, True, 1, "There is no row.")]
    assert [p.code for p in checked.problems] == ["no_rows"]


def test_a_wrong_type_stops_at_once():
    checked = in_database(rows_of(), extract=EXTRACT.replace("DOUBLE", "VARCHAR"))
    assert [(r.expectation, r.success) for r in checked.results] == [("columns_present", True), ("types_right", False)]
    assert [p.code for p in checked.problems] == ["number_invalid"]


def test_costly_expectations_can_be_left_out():
    key = ("signups", "all", "2025-05-01", "month")
    checked = in_database(rows_of((*key, 1.0), (*key, 500.0)), leave_out=("rivals", "jump"))
    assert checked.problems == []
    assert not {"one_value_per_period", "no_jump"} & {r.expectation for r in checked.results}


def test_only_what_is_needed_is_computed():
    limits = limits_of(KPIS, AS_OF)
    assert "lag(" not in facts_sql(limits)
    assert "conflicts" not in facts_sql(limits, frozenset({"jump"}))
    with pytest.raises(TypeError, match="Contains is a rule about a table"):
        broken(Contains("kpi", ("signups",)))
