"""Workbooks: typed cells, styles, hidden and merged parts, several sheets."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from kpi_sources.extract import Catalog, Extract, KpiSpec, Mapping, read_extract
from kpi_sources.grid import column_letters
from kpi_sources.sheet import column_index
from kpi_sources.workbook import shows_date

CATALOG = Catalog.build([KpiSpec("NPS"), KpiSpec("CHURN", unit="%"), KpiSpec("SALES", unit="EUR")], ["North", "South"])
HEADER = ["kpi", "period", "value", "segment"]
DATA = [["NPS", date(2024, m, 1), 30 + m / 10, "North"] for m in (1, 2, 3)]
EXPECTED = [
    ("NPS", "2024-01-01", 30.1, "North"),
    ("NPS", "2024-02-01", 30.2, "North"),
    ("NPS", "2024-03-01", 30.3, "North"),
]


def book(rows: list[list[Any]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    if change:
        change(workbook, sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes, **mapping: object) -> Extract:
    return read_extract(data, "a.xlsx", Mapping.from_dict(mapping), CATALOG, date(2025, 6, 30))


def rows(extract: Extract) -> list[tuple[object, ...]]:
    frame = extract.rows
    return list(zip(frame.kpi, frame.period, frame.value, frame.segment, strict=True))


def test_dates_and_numbers_are_what_the_cells_hold():
    extract = read(book([HEADER, *DATA]))
    assert rows(extract) == EXPECTED
    assert list(extract.rows.line) == [2, 3, 4]
    assert extract.layout == "One row a value; workbook, sheet 'Data'"


def test_workbook_under_a_csv_name():
    assert rows(read_extract(book([HEADER, *DATA]), "a.csv", catalog=CATALOG, as_of=date(2025, 6, 30))) == EXPECTED


def test_date_system_of_1904():
    def old_mac(workbook, _):
        workbook.epoch = datetime(1904, 1, 1)

    assert rows(read(book([HEADER, *DATA], old_mac))) == EXPECTED


def test_day_numbers_without_a_date_format():
    data = [[k, (d - date(1899, 12, 30)).days, v, s] for k, d, v, s in DATA]
    assert rows(read(book([HEADER, *data]))) == EXPECTED


def test_day_and_time_keep_the_day():
    data = [[k, datetime(d.year, d.month, d.day, 23, 59), v, s] for k, d, v, s in DATA]
    assert rows(read(book([HEADER, *data]))) == EXPECTED


def test_percent_formats_are_percent_points():
    def percent(_, sheet):
        sheet["C2"].number_format = "0.0%"

    assert rows(read(book([HEADER, ["CHURN", date(2024, 1, 1), 0.125, "North"]], percent)))[0][2] == 12.5


def test_text_numbers_beside_numbers():
    data = [["NPS", "2024-01", "30.1", "North"], ["NPS", "2024-02", 30.2, "North"]]
    assert [r[2] for r in rows(read(book([HEADER, *data])))] == [30.1, 30.2]


def test_merged_names_count_for_all_their_rows():
    def merge(_, sheet):
        sheet.merge_cells("A2:A4")

    assert rows(read(book([HEADER, *DATA], merge))) == EXPECTED


def test_merged_months_above_segments():
    def merge(_, sheet):
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")

    top = ["", "Jan 2024", None, "Feb 2024", None]
    extract = read(book([top, ["kpi", "North", "South", "North", "South"], ["NPS", 1, 2, 3, 4]], merge))
    assert rows(extract) == [
        ("NPS", "2024-01", 1.0, "North"),
        ("NPS", "2024-01", 2.0, "South"),
        ("NPS", "2024-02", 3.0, "North"),
        ("NPS", "2024-02", 4.0, "South"),
    ]


def test_sum_row_is_left_out_and_named():
    extract = read(book([HEADER, *DATA, ["Total", None, "=SUM(C2:C4)", None]]))
    assert rows(extract) == EXPECTED
    assert extract.layout == "One row a value; workbook, sheet 'Data'; left out: 1 total row (line 5)"


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (
            "=A1+1",
            "formula_uncached",
            "cell C2 (row 2): the formula '=A1+1' was never calculated; open and save it in a spreadsheet",
        ),
        ("#DIV/0!", "spreadsheet_error", "cell C2 (row 2): '#DIV/0!' is a spreadsheet error value, not a number"),
        (True, "number_invalid", "cell C2 (row 2): 'TRUE' is not a valid number"),
        (
            date(2024, 3, 1),
            "number_invalid",
            "cell C2 (row 2): '2024-03-01' is not a valid number: the cell holds a date",
        ),
    ],
)
def test_cells_that_are_no_numbers(value, code, message):
    errors = read(book([HEADER, ["NPS", date(2024, 1, 1), value, "North"], *DATA[1:]])).errors
    assert [(e.code, e.line, e.cell, e.message) for e in errors] == [(code, 2, "C2", message)]


def test_hidden_sheet_is_left_out_and_named():
    def old(workbook, _):
        sheet = workbook.create_sheet("Old", 0)
        sheet.append(HEADER)
        sheet.append(["NPS", date(2024, 1, 1), 99, "North"])
        sheet.sheet_state = "hidden"
        workbook.active = 1

    extract = read(book([HEADER, *DATA], old))
    assert rows(extract) == EXPECTED
    assert extract.layout == "One row a value; workbook, sheet 'Data'; left out: hidden sheet 'Old'"


def test_sheets_without_data_are_no_question():
    def notes(workbook, _):
        workbook.create_sheet("Notes", 0).append(["Ask Anna"])
        workbook.create_sheet("Empty")

    assert rows(read(book([HEADER, *DATA], notes))) == EXPECTED


def test_two_sheets_with_data_are_asked():
    def second(workbook, _):
        sheet = workbook.create_sheet("Final")
        sheet.append(HEADER)
        sheet.append(["NPS", date(2024, 1, 1), 99, "North"])

    data = book([HEADER, *DATA], second)
    question = read(data).questions[0]
    assert (question.code, question.mapping_key) == ("sheet_ambiguous", "sheet")
    assert question.options == [("Data", "sheet 'Data'"), ("Final", "sheet 'Final'")]
    assert rows(read(data, sheet="Final")) == [("NPS", "2024-01-01", 99.0, "North")]
    assert read(data, sheet="Fin").errors[0].message == (
        "no sheet 'Fin' (of the mapping) in the workbook; it has 'Data', 'Final'"
    )


def test_hidden_rows_are_asked():
    def hide(_, sheet):
        sheet.row_dimensions[3].hidden = True

    data = book([HEADER, *DATA], hide)
    question = read(data).questions[0]
    assert question.message == "line 3: the sheet has 1 hidden row (row 3), perhaps by a filter; do they count?"
    assert rows(read(data, hidden="include")) == EXPECTED
    assert rows(read(data, hidden="leave_out")) == [EXPECTED[0], EXPECTED[2]]


def test_hidden_columns_matter_only_where_they_are_read():
    def hide(column):
        def change(_, sheet):
            sheet.column_dimensions[column].hidden = True

        return change

    data = [[*HEADER, "note"], *([*r, "x"] for r in DATA)]
    assert read(book(data, hide("C"))).questions[0].code == "hidden"
    assert rows(read(book(data, hide("E")))) == EXPECTED


def test_cut_workbook():
    error = read(book([HEADER, *DATA])[:3000]).errors[0]
    assert error.code == "truncated"
    assert error.message == "the file is truncated or corrupt: not a valid zip or xlsx (File is not a zip file)"


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "unsupported",
            "unsupported: a legacy Excel workbook (.xls, OLE format); save it as .xlsx or .csv",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "unsupported",
            "unsupported: the workbook is protected by a password (encrypted); save it without one",
        ),
        (
            b"<html><table><tr><td>kpi</td></tr></table></html>",
            "unsupported",
            "unsupported file type: an HTML page, whatever its name; save it as .xlsx or .csv",
        ),
        (b"\x89PNG\r\n\x1a\n0000", "binary_file", "binary file: a PNG image, not a CSV, text or xlsx file"),
        (b"%PDF-1.7", "binary_file", "binary file: a PDF document, not a CSV, text or xlsx file"),
        (
            b"\x1f\x8b\x08\x00\x00\x00",
            "truncated",
            "the gzip file is truncated: it ends before its end mark; send it again",
        ),
    ],
)
def test_what_is_no_extract(content, code, message):
    assert [(e.code, e.message) for e in read(content).errors] == [(code, message)]


def test_archive_of_several_files():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "kpi\n")
        archive.writestr("b.csv", "kpi\n")
    assert read(out.getvalue()).errors[0].message == (
        "unsupported: a zip archive with 2 files; send the one file to load, unpacked"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("yyyy-mm-dd", True),
        ("mmm yy", True),
        ("d/m/yyyy;@", True),
        ("[$-409]mmmm", True),
        ("0.00", False),
        ("#,##0 [$EUR]", False),
        ('0.0" days"', False),
        ("h:mm", False),
        ("mm:ss", False),
        ("General", False),
        ("0.0%", False),
    ],
)
def test_number_formats_that_show_dates(code, expected):
    assert shows_date(code) is expected


def test_column_letters():
    assert [column_letters(i) for i in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert [column_index(t) for t in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16383]
