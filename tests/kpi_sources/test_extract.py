"""The reader's front door: small files of each layout, in and out."""

from datetime import date

import pandas as pd
import pytest

from kpi_sources.extract import Catalog, Extract, KpiSpec, Mapping, read_extract
from kpi_sources.intake import take_in
from models.kpi import Kpi

AS_OF = date(2025, 6, 30)


def read(text: str | bytes, name: str = "extract.csv", **options: object) -> Extract:
    data = text.encode() if isinstance(text, str) else text
    mapping = Mapping.from_dict(options.pop("mapping", {}))
    return read_extract(data, name, mapping, as_of=AS_OF, **options)  # type: ignore[arg-type]


def tidy(extract: Extract) -> list[tuple[object, ...]]:
    rows = extract.rows
    return list(zip(rows.kpi, rows.period, rows.value, rows.segment, rows.line, strict=True))


LONG = """kpi,period,value,segment
NPS,2024-01,31.5,North
NPS,2024-02,28,North
"""


def test_long_file():
    extract = read(LONG)
    assert extract.status == "ok"
    assert tidy(extract) == [("NPS", "2024-01", 31.5, "North", 2), ("NPS", "2024-02", 28.0, "North", 3)]
    assert list(extract.rows.start) == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]
    assert list(extract.rows.cadence) == ["month", "month"]
    assert extract.layout == "One row a value; comma-separated text in UTF-8"
    assert (extract.repeated, extract.missing, extract.bytes) == (0, 0, len(LONG))


def test_a_long_list_of_problems_counts_the_rest_and_names_every_unknown_kpi():
    names = [*("A" for _ in range(5_100)), "B", "A", "C"]
    lines = [f"{name},{2000 + n // 300}-01-01,{n}\n" for n, name in enumerate(names)]
    found = read("kpi,date,value\n" + "".join(lines), catalog=Catalog.build([KpiSpec("NPS")]))
    assert (len(found.errors), {problem.found for problem in found.errors}) == (5_003, {"A", "B", "C", ""})
    assert found.errors[-1].message == "and 101 more cells from line 5002 on"
    taken = take_in(found, [Kpi(id="NPS")], as_of=AS_OF, source="s")
    assert (taken.rejected, taken.unknown_kpis) == (5_103, ["A", "B", "C"])


def test_columns_and_dtypes():
    rows = read(LONG).rows
    assert list(rows.columns) == ["kpi", "period", "start", "cadence", "value", "exact", "segment", "line", "column"]
    assert str(rows.start.dtype) == "datetime64[ns]"
    assert str(rows.value.dtype) == "float64"


def test_no_rows_have_the_same_dtypes():
    rows = read("kpi,period,value\n").rows
    assert len(rows) == 0
    assert str(rows.start.dtype) == "datetime64[ns]"


def test_periods_across_the_top():
    extract = read("kpi;segment;2024-01;2024-02\nNPS;North;31,5;n/a\nSALES;North;1.200,50;\n")
    assert tidy(extract) == [("NPS", "2024-01", 31.5, "North", 2), ("SALES", "2024-01", 1200.5, "North", 3)]
    assert list(extract.rows.column) == ["2024-01", "2024-01"]
    assert extract.missing == 2
    assert extract.layout == "Periods across the top; semicolon-separated text in UTF-8; numbers with a decimal comma"


def test_one_column_a_kpi_with_a_month_that_stands_twice():
    extract = read(
        "month\teditors\tretention\n2005-06-01\t22604.0\t0.193\n2005-06-01\t22604.0\t0.195\n2005-07-01\t26459.0\t\n"
    )
    assert extract.status == "rejected"
    assert tidy(extract) == [("editors", "2005-06-01", 22604.0, "all", 2), ("editors", "2005-07-01", 26459.0, "all", 4)]
    assert (extract.repeated, extract.missing) == (1, 1)
    assert [(e.line, e.column, e.code, e.found) for e in extract.errors] == [
        (2, "retention", "duplicate_conflict", "0.193"),
        (3, "retention", "duplicate_conflict", "0.195"),
    ]
    assert extract.errors[0].message == (
        "line 2: duplicate with another value: retention, all, 2005-06-01 is 0.193 here, but line 3 has 0.195"
    )


def test_fiscal_quarters_are_asked_for_and_answered():
    text = "\tdevices\n2023Q4\t10.5\n2024Q1\t11\n"
    asked = read(text)
    assert asked.status == "needs_input"
    assert [(q.code, q.mapping_key, q.line) for q in asked.questions] == [("fiscal", "fiscal_year_start", 2)]
    fiscal = read(text, mapping={"fiscal_year_start": 7})
    assert [r[1] for r in tidy(fiscal)] == ["2023-Q2", "2023-Q3"]
    calendar = read(text, mapping={"fiscal_year_start": 1})
    assert [r[1] for r in tidy(calendar)] == ["2023-Q4", "2024-Q1"]


@pytest.mark.parametrize("label", ["Q1 2024", "2024-Q1", "Q1/2024", "1. Quartal 2024", "2024 Q1"])
def test_quarters_with_a_mark_between_are_calendar_quarters(label):
    extract = read(f"kpi,segment,{label}\nNPS,North,31.5\n")
    assert tidy(extract) == [("NPS", "2024-Q1", 31.5, "North", 2)]


def test_catalogue_names_units_and_ranges():
    catalog = Catalog.build([KpiSpec("NPS", "Net promoter score", "points", -100, 100, "month")], ["North"])
    extract = read(
        "kpi,period,value,segment\nnet promoter score,2024-01,31,north\nNPS,2024-02,131,North\n", catalog=catalog
    )
    assert tidy(extract) == [("NPS", "2024-01", 31.0, "North", 2)]
    assert [(e.line, e.code) for e in extract.errors] == [(3, "range")]
