"""Upload, branch by branch: questions, decisions, unknown names, verdicts of the past, several files, what is kept."""

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from kpi_sources.findings import Decision, Problem, Question
from models.source import Source
from pages import upload
from pages.parts import downloads, reading_choices
from pages.parts.advice import ADVICE, advice
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run
from tests.pages.test_upload_page import button

KPIS = pd.DataFrame({"id": ["staff_turnover", "sick_leave"], "name": ["Staff turnover", "Sick leave"]})
DECIMAL = Decision("decimal mark", "decimal comma", "'1,5' can only be read so", "decimal", ("decimal point",))
ORDER = Question("date_ambiguous", "which?", [("dmy", "day first"), ("mdy", "month first")], "date_order", 2)
SEGMENT = Question("missing_column", "which?", [("Region", "column 'Region'")], "segment")
KPI = Question("missing_column", "which KPI?", [("What", "column 'What'")], "kpi_const")


def dropped(workspace: FakeWorkspace, *names: str) -> AppTest:
    app = run(upload, workspace, {})
    for name in names or ("people.csv",):
        app.file_uploader[0].upload(name, name.encode(), "text/csv")
    return app.run()


def yaml_of(app: AppTest) -> str:
    return next(area.value for area in app.text_area if area.label == "Mapping (YAML)")


@pytest.mark.parametrize(
    ("question", "answer", "mapping"),
    [
        (ORDER, "month first", "date_order: mdy\n"),
        (SEGMENT, "column 'Region'", "segment: Region\n"),
        (SEGMENT, "none: every value is for the whole", "segment_const: all\n"),
        (KPI, "column 'What' names it", "kpi: What\n"),
    ],
)
def test_an_answer_becomes_part_of_the_mapping_and_can_be_taken_back(question, answer: str, mapping: str) -> None:
    app = dropped(FakeWorkspace(questions=[question], preview_status="needs_input"))
    app.radio[0].set_value(answer).run()
    assert yaml_of(app) == mapping
    button(app, "Ask me again").click().run()
    assert yaml_of(app) == ""


def test_a_file_of_one_kpi_is_named() -> None:
    app = dropped(FakeWorkspace(questions=[KPI], preview_status="needs_input"))
    app.selectbox[0].set_value("k1").run()
    assert yaml_of(app) == "kpi_const: k1\n"


def test_a_decision_is_changed_and_given_back_to_the_file() -> None:
    app = dropped(FakeWorkspace(decisions=[DECIMAL]))
    assert app.selectbox[0].options == ["as read: decimal comma", "decimal point"]
    assert "because" in next(m.value for m in app.markdown if "Decimal mark" in m.value)
    app.selectbox[0].set_value(".").run()
    assert yaml_of(app) == "decimal: .\n"
    app.selectbox[0].set_value("let the file decide").run()
    assert yaml_of(app) == ""


def test_an_unknown_name_is_suggested_never_applied_and_then_said() -> None:
    workspace = FakeWorkspace(unknown=True, preview_status="rejected")
    app = dropped(workspace)
    assert r"“Staff turnovr” is \(looks like Staff turnover\)" in [m.value for m in app.markdown]
    assert app.selectbox[0].value == "none of these"
    app.selectbox[0].set_value("k1").run()
    assert yaml_of(app) == "names:\n  Staff turnovr: k1\n"
    assert app.checkbox[0].label == "Create 1 KPI that is not known yet"


def test_how_a_file_is_read_is_remembered_for_its_source() -> None:
    workspace = FakeWorkspace()
    app = dropped(workspace)
    app.text_area[0].set_value("decimal: ','").run()
    button(app, "Remember for the source people").click().run()
    assert workspace.calls == [("define_source", "people", {"decimal": ","}, {})]
    assert yaml_of(app) == "decimal: ','\n"
    assert "Read by what is remembered for the source people" in app.caption[0].value


def test_a_remembered_mapping_can_be_changed_for_one_file() -> None:
    app = dropped(FakeWorkspace(named={"people": Source(id="people", mapping={"decimal": ",", "sheet": "A"})}))
    app.text_area[0].set_value("sheet: B").run()
    button(app, "Read this file so").click().run()
    assert yaml_of(app) == "sheet: B\n"


def test_verdicts_of_the_past_that_would_change_are_said_before_storing() -> None:
    app = dropped(FakeWorkspace(changes=True))
    assert app.warning[0].value.startswith("**Storing this changes 1 verdict of cycles that are over.**")
    row = _blocks(app.get("bidi_component")[0])[0]["rows"][0]["cells"]
    assert row[0] == {"text": "Key result 1", "meta": "2026-Q2"}
    assert [row[1]["word"], row[2]["word"], row[3]] == ["Vanity", "Real win", "It moved after all."]


def test_several_files_are_stored_at_once_and_each_can_be_taken_back() -> None:
    workspace = FakeWorkspace()
    app = dropped(workspace, "a.csv", "b.csv")
    assert "**2 of 2 files can be stored**." in [m.value for m in app.markdown]
    button(app, "Store 2 files").click().run()
    assert workspace.calls == [("load", "a.csv", False, False), ("load", "b.csv", False, False)]
    assert [b.label for b in app.button if b.label == "Undo this load"] == ["Undo this load"] * 2
    button(app, "Undo this load").click().run()
    assert app.info[0].value == r"Load 3 (a\.csv) was taken back. It stays on record."


def test_one_file_of_two_is_stored_and_the_other_waits() -> None:
    workspace = FakeWorkspace()
    app = dropped(workspace, "a.csv", "b.csv")
    button(app, "Store 4 values").click().run()
    assert [header.value for header in app.header] == [r"b\.csv"]


def test_many_remarks_are_folded() -> None:
    problem = Problem(3, None, "value", "9", "jump", "it jumps")
    app = dropped(FakeWorkspace(remarks=[problem] * 5))
    assert [e.label for e in app.expander if "remark" in e.label] == ["2 more remarks"]


def test_downloads_stand_beside_the_tables() -> None:
    app = dropped(FakeWorkspace(preview_status="partial"))
    labels = [element.label for element in app.get("download_button")]
    assert labels == ["Rejected rows as CSV", "Restated values as CSV", "New values as CSV", "Unchanged values as CSV"]


def test_a_download_runs_in_no_spreadsheet() -> None:
    frame = pd.DataFrame({"kpi": ["=1+1", None], "period": pd.to_datetime(["2026-01-01", None]), "value": [0.1, 2.0]})
    text = downloads.as_csv(frame).decode("utf-8-sig")
    assert text == "kpi,period,value\r\n'=1+1,2026-01-01,0.1\r\n,,2.0\r\n"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Staff turnovr", ["staff_turnover"]),
        ("STAFF TURNOVER", ["staff_turnover"]),
        ("turnover", ["staff_turnover"]),
        ("Síck-leave", ["sick_leave"]),
        ("Umsatz", []),
    ],
)
def test_names_that_are_alike(name: str, found: list[str]) -> None:
    assert reading_choices.alike(name, KPIS) == found


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (DECIMAL, ["decimal point"]),
        (Decision("sheet", "A", "", "sheet", ("B", "C")), ["B", "C"]),
        (Decision("dates", "read somehow", "", "date_order"), ["day first", "month first", "year first"]),
        (Decision("KPI", "from x", ""), []),
    ],
)
def test_what_a_decision_can_be_changed_to(decision: Decision, words: list[str]) -> None:
    assert list(reading_choices.choices(decision).values()) == words


def test_every_problem_the_reader_names_has_a_next_step() -> None:
    root = Path(upload.__file__ or "").parents[1] / "kpi_sources"
    text = "\n".join(path.read_text("utf-8") for path in root.glob("*.py") if not path.name.startswith("okr"))
    assert set(re.findall(r'(?:Refused|Question|NotNumber)\(\s*"([a-z_]+)"', text)) <= set(ADVICE)
    assert advice("never heard of") == advice("also new")


def test_options_without_words_show_their_value() -> None:
    question = SimpleNamespace(mapping_key="value", options=[("Amount", "")])
    assert reading_choices.options_of(question) == [({"value": "Amount"}, "Amount")]
