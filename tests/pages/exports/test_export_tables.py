"""CSV and workbook, read back: figures as numbers, formulas that give the stored score, names that stay names."""

import csv
import io

import openpyxl
import pandas as pd
import pytest

from pages.exports import as_csv, as_xlsx
from pages.exports.neutral import is_formula_like
from pages.exports.sheet_columns import KEY_RESULTS
from tests.pages.exports.made import HOSTILE, by_hand, judged

PLACE = {column.source: number for number, column in enumerate(KEY_RESULTS)}


@pytest.fixture(scope="module")
def values():
    return openpyxl.load_workbook(io.BytesIO(as_xlsx.write(judged())), data_only=True)


@pytest.fixture(scope="module")
def formulas():
    return openpyxl.load_workbook(io.BytesIO(as_xlsx.write(judged())))


def test_the_csv_has_a_row_per_key_result_with_the_stamp():
    made = as_csv.write(judged())
    assert made.startswith(b"\xef\xbb\xbfcycle,as_of,data_version,policy,objective,")
    table = pd.read_csv(io.BytesIO(made)).set_index("id")
    assert len(table) == len(judged().rows)
    assert set(table["cycle"]) == {"2026-Q3"}
    assert set(table["as_of"]) == {"2026-10-06"}
    assert table["policy"].iloc[0].startswith("committed_pass=1; aspirational_pass=0.7; ")
    setback = table.loc["setback"]
    assert (setback["verdict"], setback["score"], setback["so_far"]) == ("setback", 0.0, False)
    assert setback["effect"] == judged().rows["setback"]["effect"] < 0
    assert pd.isna(table.loc["waiting", "score"])
    assert table.loc["real", "flags"] == "shared_claim"


def test_the_csv_holds_hostile_names_as_text():
    rows = list(csv.DictReader(io.StringIO(as_csv.write(by_hand(12, HOSTILE)).decode("utf-8-sig"))))
    assert [row["title"] for row in rows[:8]] == [
        "<img src=x onerror=alert(1)>", "'=1+1", "5*3*2", " gnp.exe ", "🎯 launch <script>alert(1)</script>",
        "</style></script><script>alert(1)</script>", "'@SUM(A1:A9)", "'-2+3",
    ]  # fmt: skip
    assert not [text for row in rows for text in row.values() if is_formula_like(text) and not _is_number(text)
                and not text.startswith("'")]  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_sheet_per_table_with_frozen_heads_and_filters(values):
    assert values.sheetnames == ["Summary", "Key results", "Objectives", "Links", "Policy"]
    assert [values[name].freeze_panes for name in values.sheetnames] == [None, "E2", "C2", "C2", "A2"]
    assert values["Key results"].auto_filter.ref == "A1:AL12"
    assert values["Policy"]["B2"].value == 1
    assert values.properties.title == "Scorecard 2026-Q3, all teams"
    assert str(values.properties.created) == "2026-10-06 00:00:00"


def test_figures_are_numbers_and_days_are_days(values):
    sheet = values["Key results"]
    for line, row in enumerate(judged().rows.values(), start=2):
        for name in ("baseline", "target", "current", "effect", "lo", "hi", "effect_relative", "score"):
            cell = sheet.cell(line, PLACE[name] + 1).value
            if pd.isna(row[name]):
                assert cell in (None, "")
            else:
                assert cell == pytest.approx(row[name], rel=1e-14)  # a workbook keeps 16 digits
    early = list(judged().rows).index("early") + 2
    cell = sheet.cell(early, PLACE["told_from"] + 1)
    assert cell.is_date
    assert cell.value == judged().rows["early"]["told_from"].to_pydatetime()


def test_a_score_is_a_formula_over_baseline_target_and_current(values, formulas):
    sheet, line = formulas["Key results"], list(judged().rows).index("moved") + 2
    assert sheet.cell(line, PLACE["score"] + 1).value == (
        f'=IF(OR(L{line}="",M{line}="",N{line}="",L{line}=M{line}),"",MAX(0,MIN(1,(N{line}-L{line})/(M{line}-L{line}))))'
    )
    start, end, now = (values["Key results"][f"{letter}{line}"].value for letter in "LMN")
    assert values["Key results"].cell(line, PLACE["score"] + 1).value == pytest.approx((now - start) / (end - start))
    yes_no = list(judged().rows).index("vanity") + 2
    assert sheet.cell(yes_no, PLACE["score"] + 1).value == 1


def test_an_objectives_score_is_the_mean_of_its_key_results(values, formulas):
    assert formulas["Objectives"]["G2"].value.startswith("=IFERROR(SUMPRODUCT(('Key results'!$E$2:$E$12=A2)*ISNUMBER(")
    assert values["Objectives"]["G2"].value == judged().card.objectives["score"].iloc[0]


def test_the_summary_counts_the_verdicts_itself(values, formulas):
    shown = {
        row[0].value: (row[1].value, formulas["Summary"][row[1].coordinate].value)
        for row in values["Summary"]
        if row[1].data_type == "n"
    }
    assert shown["▲ Real win"] == (2, "=COUNTIF('Key results'!$B$2:$B$12,\"▲ Real win\")")
    assert shown["? Unproven"][1] == "=COUNTIF('Key results'!$B$2:$B$12,\"~? Unproven\")"
    assert shown["Data version"][0] == 0
    assert values["Summary"]["A1"].value == judged().story.opening


def test_the_workbook_runs_no_name():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx.write(by_hand(12, HOSTILE))))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    ours = ("=IF(OR(", "=IFERROR(SUMPRODUCT(", "=COUNTIF(")
    assert not [cell.value for cell in cells if cell.data_type == "f" and not cell.value.startswith(ours)]
    titles = {cell.value: cell for cell in book["Key results"]["D"]}
    assert (titles["=1+1"].data_type, titles["=1+1"].quotePrefix) == ("s", True)
    assert (titles["5*3*2"].data_type, titles["5*3*2"].quotePrefix) == ("s", False)
    assert "a b\ufffdc" in titles


def test_two_thousand_key_results_are_all_there():
    content = by_hand(2000)
    assert len(pd.read_csv(io.BytesIO(as_csv.write(content)))) == 2000
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx.write(content)), read_only=True)["Key results"]
    assert sheet.max_row == 2001
