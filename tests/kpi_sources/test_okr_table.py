"""OKRs from tables: one row a key result."""

import io
from datetime import date

import openpyxl
import pytest

from kpi_sources.okr_file import OkrReading, read_okr_file

AS_OF = date(2026, 8, 15)
TABLE = """\
Objective,Owner team,Quarter,Key Result,Metric,Start value,Target,Weight,Mood
People love the app,app,2026-Q3,NPS reaches 70,NPS,52,70,2,good
,,,Fewer uninstalls,uninstalls,1200,1020,1,
Steady service,platform,2026-Q3,"Ready, steady",,,,1,
"""


def read(data: bytes, name: str = "okrs.csv") -> OkrReading:
    return read_okr_file(data, name, as_of=AS_OF)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def check(reading: OkrReading) -> None:
    assert [str(problem) for problem in reading.errors] == []
    assert reading.file is not None
    first, second = reading.file.objectives
    assert (first.id, first.title, first.team, first.cycle) == (
        "people-love-the-app",
        "People love the app",
        "app",
        "2026-Q3",
    )
    assert [(row.id, row.kind, row.kpi, row.baseline, row.target, row.weight) for row in first.key_results] == [
        ("nps-reaches-70", "increase", "NPS", 52.0, 70.0, 2.0),
        ("fewer-uninstalls", "decrease", "uninstalls", 1200.0, 1020.0, 1.0),
    ]
    assert [(row.id, row.kind) for row in second.key_results] == [("ready-steady", "yes_no")]
    assert reading.notes[:2] == [
        "Columns that are not read: Mood.",
        "Ids that the table does not give are made from the titles: a changed title is then a new entry.",
    ]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_of_text_is_read_with_a_blank_objective_meaning_the_one_above(delimiter: str):
    check(read(TABLE.encode()))
    text = TABLE.replace('"Ready, steady"', "Ready steady").replace(",", delimiter)
    check(read(text.encode("utf-16"), "okrs.tsv"))


def test_a_workbook_is_read_alike():
    rows = [line.split(",") for line in TABLE.replace('"Ready, steady"', "Ready steady").splitlines()]
    typed = [[int(cell) if cell.isdigit() else cell or None for cell in row] for row in rows]
    check(read(workbook(typed), "okrs.xlsx"))


def test_problems_name_the_row():
    text = (
        "objective,team,key result,baseline,target\n"
        "A,app,one,5,5\n"
        "\n"
        'A,web,two,1,"1,5"\n'
        "B,app,two,1,2\n"
        "B,app,four,1,2,3\n"
    )
    reading = read(text.encode())
    assert [(problem.line, problem.code) for problem in reading.errors] == [
        (2, "okr_target"),
        (4, "okr_value"),
        (4, "okr_type"),
        (5, "okr_duplicate"),
        (6, "ragged_row"),
    ]
    assert reading.errors[1].message == (
        "the team of this objective is 'web' here and 'app' on line 2; an objective has one, make them equal"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("kpi,period,value\nNPS,2026-01,5\n", "missing_column"),
        ("objective,target\nA,5\n", "missing_column"),
        ("objective,objective title,key result\nA,B,c\n", "duplicate_column"),
        ('objective,key result\nA,"b\n', "unbalanced_quote"),
        ("objective,key result\n", "no_rows"),
    ],
)
def test_tables_that_hold_no_okrs_say_why(text: str, code: str):
    assert [problem.code for problem in read(text.encode()).errors] == [code]


def test_a_damaged_workbook_and_a_far_cell_do_no_harm():
    assert [problem.code for problem in read(b"PK\x03\x04 not a zip", "okrs.xlsx").errors] == ["truncated"]
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    assert [problem.code for problem in read(buffer.getvalue(), "okrs.xlsx").errors] == ["empty_file"]
