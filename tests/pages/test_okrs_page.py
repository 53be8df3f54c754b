"""The views of OKRs on screen: what a link reproduces, what a row opens, how a status is changed in place."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from models.okr_filter import Filter
from models.refused import Refused
from pages import okrs
from pages.parts import okr_board, okr_gantt, okr_list, okr_map_view
from pages.parts.view import View
from tests.pages.fake_workspace import HOSTILE, FakeWorkspace
from tests.pages.test_every_page import _blocks, run
from tests.pages.test_trade_offs_page import blocks

VIEW = View(cycle="2026-Q3", filters={"cycle": "2026-Q3"})


def test_a_link_reproduces_the_filters_and_the_order() -> None:
    url = {"owner": "Ada", "verdict": ["real_win", "vanity"], "status": ["-", "on_track"], "sort": "due", "text": "key"}
    app = run(okrs, FakeWorkspace(), url, VIEW)
    assert [box.value for box in app.multiselect] == [["Ada"], ["", "on_track"], [], ["real_win", "vanity"]]
    rows = blocks(app)[0]["rows"]
    assert [row["cells"][0]["text"] for row in rows] == ["Key result 9", "Key result 0"]
    assert app.caption[-1].value == "2 of 10 key results fit these filters\\."


def test_a_choice_writes_itself_into_the_url_in_codes() -> None:
    app = run(okrs, FakeWorkspace(), {}, VIEW)
    app.multiselect[1].set_value([""]).run()
    app.multiselect[2].set_value(["quick"]).run()
    assert (app.query_params["status"], app.query_params["tag"]) == ("-", "quick")
    app.multiselect[1].set_value([]).run()
    assert "status" not in app.query_params
    app.segmented_control[0].set_value("board").run()
    assert app.query_params["view"] == "board"
    assert blocks(app)[0]["kind"] == "board"


def test_what_a_link_asks_for_and_is_not_there_is_left_out() -> None:
    app = run(okrs, FakeWorkspace(), {"view": "none", "owner": "nobody here", "sort": "mood", "tag": "x"}, VIEW)
    assert [len(box.value) for box in app.multiselect] == [0, 0, 0, 0]
    assert len(blocks(app)[0]["rows"]) == 10


def test_a_row_of_the_list() -> None:
    found = FakeWorkspace().okr_rows()
    block = okr_list.block(found, found.rows, VIEW)
    assert [column["title"] for column in block["columns"]] == [
        "Key result", "Owner", "Status", "Verdict", "Score", "Confidence", "Due",
    ]  # fmt: skip
    name, owner, status, verdict, score, confidence, due = block["rows"][1]["cells"]
    assert (name["text"], name["meta"]) == ("Key result 1", "Objective 0 · App team · quick")
    assert (name["href"], owner, confidence) == ("key-result?cycle=2026-Q3&kr=kr1", "Ben", "7")
    assert (status["word"], status["icon"], status["tone"]) == ("At risk", "◐", "warn")
    assert [word["word"] for word in verdict["badges"]] == ["Vanity"]
    assert (score["bar"]["text"], due["text"]) == ("1.00", "15 Sep 2026")
    assert block["rows"][5]["cells"][2] == {"text": "No status", "meta": "the data says: missed"}
    assert block["rows"][7]["cells"][2] == {"text": "No status", "meta": "no value yet"}
    assert block["rows"][5]["cells"][6]["word"] == "15 Sep 2026"
    assert block["rows"][5]["cells"][6]["meta"] == "overdue"
    assert block["rows"][2]["cells"][1] == "No owner"


def test_the_board_has_a_column_per_status_in_use_and_a_choice_on_each_card() -> None:
    found = FakeWorkspace(count=60).okr_rows()
    block = okr_board.block(found, found.rows, Filter(owners=("Ada",)), VIEW, True)
    assert [(column["title"], column["count"], len(column["cards"])) for column in block["columns"]] == [
        ("No status", "58", 24), ("On track", "1", 1), ("At risk", "1", 1),
    ]  # fmt: skip
    assert block["columns"][0]["more"] == {
        "text": "34 more", "open": {"page": "okrs", "params": {"view": "list", "status": "-"}},
        "href": "okrs?cycle=2026-Q3&owner=Ada&view=list&status=-",
    }  # fmt: skip
    assert [choice["text"] for choice in block["choices"]] == [
        "No status", "Not started", "On track", "At risk", "Off track", "On hold", "Done", "Dropped",
    ]  # fmt: skip
    card = block["columns"][1]["cards"][0]
    assert (card["meta"], card["choose"]) == ("Ada · App team", "Status of Key result 0")
    assert card["facts"] == "due 30 Sep 2026 · confidence 7"
    read_only = okr_board.block(found, found.rows, Filter(), VIEW, False)
    assert read_only["choices"] == []
    assert read_only["columns"][1]["cards"][0]["state"]["word"] == "On track"


def test_a_status_is_changed_through_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    screen = SimpleNamespace(error=lambda text, icon: said.append(text), rerun=lambda: said.append("again"))
    monkeypatch.setattr(okr_board, "st", screen)
    workspace = FakeWorkspace()
    okr_board.change(workspace, "kr3", "done")
    assert (workspace.calls, said) == ([("set_status", "key_result", "kr3", "done", "")], ["again"])

    def refuse(*_: object) -> None:
        raise Refused("there is no status 'gone'.")

    monkeypatch.setattr(workspace, "set_status", refuse)
    okr_board.change(workspace, "kr3", "gone", "Third")
    okr_board.change(workspace, "kr3", "gone")
    assert [text.replace("\\", "") for text in said[1:]] == [
        "The status of “Third” stays as it was: there is no status 'gone'.",
        "The status of “kr3” stays as it was: there is no status 'gone'.",
    ]


def test_a_board_of_the_past_is_only_shown() -> None:
    app = run(okrs, FakeWorkspace(), {"view": "board"}, View(as_of=date(2026, 9, 20)))
    assert blocks(app)[0]["choices"] == []
    assert app.caption[-1].value.startswith("A day of the past is shown as it was")


def test_the_timeline_says_what_its_colours_say() -> None:
    workspace = FakeWorkspace()
    app = run(okrs, workspace, {"view": "timeline"})
    drawn, *_ = blocks(app)
    assert drawn["label"] == (
        "Timeline of 10 key results from 1 Jul 2026 to 30 Sep 2026; the table below says the same."
    )
    waits = _blocks(app.get("bidi_component")[1])[0]["rows"][0]["cells"]
    assert (waits[0]["word"], waits[1]["text"], waits[2]["text"]) == ("Late", "Key result 6", "Key result 7")
    found = workspace.okr_rows()
    start, end, today = (pd.Timestamp(day) for day in ("2026-07-01", "2026-09-30", "2026-09-10"))
    block = okr_gantt.gantt(found.rows, workspace.okr_plan(), start, end, today, VIEW, "all")
    rows = {row.get("title", row.get("team")): row for row in block["rows"]}
    assert list(rows)[:2] == ["App team", "Key result 0"]
    assert {row["state"]["word"] for row in rows.values() if row.get("state")} >= {"Real win", "Overdue"}
    assert (rows["Key result 0"]["from"], rows["Key result 0"]["open"]["params"]) == (0.0, {"kr": "kr0"})
    assert [entry["text"] for entry in block["legend"]] == ["Stage done"]
    (wait,) = block["waits"]
    assert (wait["badge"]["word"], wait["badge"]["icon"], wait["tone"]) == ("Late", "⚠", "bad")
    titles = [row.get("title") for row in block["rows"]]
    assert (titles[wait["from"][1]], titles[wait["to"][1]]) == ("Key result 7", "Key result 6")
    assert block["today"] == {"at": (today - start) / (end - start), "text": "today"}
    assert [(tick["at"], tick["text"]) for tick in block["ticks"]][:2] == [(0.0, "Jul\n2026"), (31 / 91, "Aug")]


def test_a_hostile_name_is_no_markup_in_the_lists() -> None:
    workspace = FakeWorkspace(hostile=True)
    app = run(okrs, workspace, {"view": "activity"})
    texts = [element.value for kind in ("title", "markdown", "caption") for element in app.get(kind)]
    assert not [text for text in texts for name in HOSTILE if name in text]


def test_the_calendar_counts_a_crowded_day_and_opens_it() -> None:
    app = run(okrs, FakeWorkspace(), {"view": "calendar", "month": "2026-09", "owner": ["Ada", "Ben", "-"]}, VIEW)
    days = {day["label"]: day for day in blocks(app)[0]["days"]}
    assert [entry["text"] for entry in days["Tue 8 Sep 2026"]["entries"]] == ["3 check-ins"]
    last = days["Wed 30 Sep 2026"]
    assert [entry["word"] for entry in last["entries"]] == [
        "Cycle ends: ",
        "Overdue: ",
        "Overdue: ",
        "Overdue: ",
    ]
    assert last["more"]["text"] == "2 more"
    assert last["more"]["open"]["params"] == {"view": "calendar", "month": "2026-09", "day": "2026-09-30"}
    app.button[1].click().run()
    assert app.query_params["month"] == "2026-10"


def test_the_map_draws_from_the_top_and_marks_breaks() -> None:
    workspace = FakeWorkspace()
    found, rows = workspace.okr_map(), workspace.okr_rows().rows
    drawn = okr_map_view.trees(found, rows, found.in_order(found.objectives["id"]), VIEW)
    assert [tree["root"]["title"] for tree in drawn] == ["Objective 0", "Objective 3"]
    top = drawn[0]["root"]
    assert [child["title"] for child in top["children"]] == [
        "Key result 0", "Key result 1", "Key result 2", "Objective 1", "Objective 2",
    ]  # fmt: skip
    assert [child["edge"]["word"] for child in top["children"]] == ["", "", "", "supports", "supports"]
    kpi = top["children"][1]["children"][0]
    assert (kpi["title"], kpi["badge"]["word"], kpi["edge"]["word"]) == ("Staff turnover", "Flat", "outcome")
    assert drawn[1]["root"]["badge"]["word"] == "Supports nothing"
    assert [len(tree["legend"]) for tree in drawn] == [2, 0]


def test_the_workload_leads_to_the_list_of_an_owner() -> None:
    app = run(okrs, FakeWorkspace(), {"view": "workload", "verdict": "vanity"}, VIEW)
    rows = blocks(app)[0]["rows"]
    assert [row["cells"][0]["text"] for row in rows] == ["Ben"]
    assert rows[0]["cells"][0]["href"] == "okrs?cycle=2026-Q3&verdict=vanity&view=list&owner=Ben"
    assert app.caption[1].value.startswith("In alphabetical order on purpose")


def test_the_feed_is_asked_for_a_page_of_what_is_chosen() -> None:
    workspace = FakeWorkspace()
    app = run(okrs, workspace, {"view": "activity", "what": "check_in", "by": "ben", "owner": "Ben"}, VIEW)
    assert workspace.calls == [("activity", ["kr1", "kr4", "kr7"], ("check_in",), ("ben",), 50, 0)]
    when, kind, what, change = blocks(app)[0]["rows"][0]["cells"]
    assert (when["text"], when["meta"], kind["word"]) == ("20 Sep 2026, 16:00", "ben", "Check-in")
    assert change == "Value 50, confidence 7 of 10: “Going well”"
    assert what["href"] == "key-result?cycle=2026-Q3&kr=kr1"
    assert app.title[0].value == "1 change"


@pytest.mark.parametrize("view", ["list", "board", "timeline", "calendar", "map", "workload", "activity"])
def test_two_thousand_key_results_make_no_more_elements_than_ten(view: str) -> None:
    few, many = (run(okrs, FakeWorkspace(count=n), {"view": view}) for n in (10, 2000))
    assert len(list(many.main)) <= len(list(few.main)) + 1  # the pages
    rows = sum(len(block.get("rows", [])) for sheet in many.get("bidi_component") for block in _blocks(sheet))
    assert rows <= 51
