"""Upload, undo and import, as a person clicks through them."""

import pytest
from streamlit.testing.v1 import AppTest

from pages import loads, scorecard, upload
from pages.parts.advice import advice
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import run

READING = ["Read this file so", "Remember for the source people"]
CSV = b"kpi,period,value\nk1,2026-10-01,5\n"


def dropped(workspace: FakeWorkspace) -> AppTest:
    app = run(upload, workspace, {})
    app.file_uploader[0].upload("people.csv", CSV, "text/csv")
    return app.run()


def button(app: AppTest, label: str):
    return next(b for b in app.button if b.label == label)


def test_the_preview_says_what_would_change_and_stores_nothing() -> None:
    workspace = FakeWorkspace()
    app = dropped(workspace)
    assert [s.value for s in app.header] == [r"people\.csv"]
    assert {m.label: m.value for m in app.metric} == {"New": "3", "Restated": "1", "Unchanged": "140", "Rejected": "0"}
    assert app.success[0].value == r"Read as long\: kpi, period, value. Every row can be taken."
    old_new = app.dataframe[0].value[["old", "new", "change"]].round(2).to_dict("records")
    assert old_new == [{"old": 48.0, "new": 50.4, "change": 5.0}]
    assert workspace.calls == []


def test_storing_empties_the_uploader_and_undo_stands_right_there() -> None:
    workspace = FakeWorkspace()
    app = dropped(workspace)
    button(app, "Store 4 values").click().run()
    assert workspace.calls == [("load", "people.csv", False, False)]
    stored = r":material/check_circle: **Stored people\.csv** as load 3: 3 new values, 1 restated."
    assert stored in [element.value for element in app.markdown]
    assert len(app.metric) == 0
    button(app, "Undo this load").click().run()
    assert workspace.calls[-1] == ("undo", 3)
    assert app.info[0].value == r"Load 3 (people\.csv) was taken back. It stays on record."


def test_a_file_with_bad_rows_offers_no_store_button_until_the_good_part_is_accepted() -> None:
    app = dropped(FakeWorkspace(preview_status="rejected"))
    assert [b.label for b in app.button] == READING
    assert app.error[0].value.startswith(r"Read as long\: kpi, period, value. **This file would be refused.**")
    assert app.dataframe[0].value.to_dict("records") == [
        {"row": 7, "column": "value", "value": "n/a", "reason": "not a number", "todo": advice("not_a_number")}
    ]
    assert [box.label for box in app.checkbox] == [
        "Accept the good part: 4 good values; the rejected rows stay on record"
    ]


def test_the_boxes_reach_the_workspace() -> None:
    workspace = FakeWorkspace(preview_status="partial", unknown=True)
    app = dropped(workspace)
    for box in app.checkbox:
        box.check()
    app.run()
    button(app, "Store 4 values").click().run()
    assert workspace.calls == [("load", "people.csv", True, True)]


def test_a_mapping_that_cannot_be_used_is_said_instead_of_a_preview() -> None:
    app = dropped(FakeWorkspace())
    app.text_area[0].set_value("bad").run()
    assert app.error[0].value == r"mapping\: line 1 is not \`key\: value\`\."
    assert [b.label for b in app.button] == ["Store 4 values"]


@pytest.mark.parametrize("page", [upload, scorecard])
def test_okrs_show_their_changes_before_they_are_imported(page) -> None:
    workspace = FakeWorkspace(has_okrs=page is upload)
    app = run(page, workspace, {})
    app.file_uploader[-1].upload("okrs.yaml", b"objectives: []", "text/yaml")
    app.run()
    assert app.dataframe[-1].value.to_dict("records") == [
        {"What": "changed", "Definition": "key result kr0", "Field": "target", "Before": "52.0", "After": "55.0"}
    ]
    button(app, "Import 1 change").click().run()
    assert ("import_okrs", "okrs.yaml", False) in workspace.calls


def test_a_broken_okr_file_is_refused_with_line_and_field() -> None:
    workspace = FakeWorkspace()
    app = run(upload, workspace, {})
    app.file_uploader[-1].upload("okrs.yaml", b"bad", "text/yaml")
    app.run()
    assert app.error[0].value == r"line 3, target\: a target is a number, found \'high\'"
    assert [b.label for b in app.button] == []


def test_the_sample_fills_an_empty_store() -> None:
    workspace = FakeWorkspace(has_values=False, has_okrs=False)
    app = run(scorecard, workspace, {})
    button(app, "Open the sample company").click().run()
    assert workspace.calls == [("fill_sample", "nordlys")]
    assert app.title[0].value == r"5 of 10 key results passed; 2 of them moved their metric\."


def test_a_load_is_taken_back_after_asking() -> None:
    workspace = FakeWorkspace()
    app = run(loads, workspace, {"load": "2"})
    button(app, "Yes, take it back").click().run()
    assert workspace.calls == [("undo", 2)]
