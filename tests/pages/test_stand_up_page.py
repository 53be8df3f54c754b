"""The stand-up on screen: each line with its key result, actions ticked off in place; the course of a key result."""

from datetime import date

from pages import key_result, stand_up
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run


def page(url: dict | None = None, view: View | None = None):
    workspace = FakeWorkspace()
    return workspace, run(stand_up, workspace, url or {}, view)


def test_each_line_links_to_its_key_result():
    _, app = page(view=View(filters={"cycle": "2026-Q3"}))
    moved, stuck, decide = (_blocks(sheet)[0]["rows"] for sheet in app.get("bidi_component"))
    assert [header.value for header in app.header] == [
        "What moved", "What is stuck", "What changed since last time", "What to decide", "Actions",
    ]  # fmt: skip
    first = stuck[0]
    assert (first["title"], first["href"]) == ("Key result 0", "key-result?cycle=2026-Q3&kr=kr0")
    assert (first["verdict"]["word"], [flag["word"] for flag in first["flags"]]) == ("Blocked", ["Behind"])
    assert (first["sentence"], first["notes"][0]["text"]) == ("Since 17 Sep 2026: No room", "Progress 0.31.")
    assert (stuck[1]["title"], stuck[1]["sentence"], "open" in stuck[1]) == ("App team", "“Ask Sales” was due.", False)
    assert (moved[0]["verdict"]["word"], decide[0]["sentence"]) == ("Nearer", "Who clears it?")
    assert "Nothing changed." in [text.value for text in app.markdown]
    assert app.caption[0].value == "App team · 2026\\-Q3 · 17 Sep 2026 to 24 Sep 2026"


def test_actions_stand_under_their_owners_and_are_ticked_off():
    workspace, app = page()
    lines = [box for box in app.checkbox if (box.key or "").startswith("action ")]
    assert [box.label for box in lines] == [r"Find a \*room\*", "Ask Sales"]
    assert [text.value for text in app.markdown if text.value.startswith("**")] == ["**Ada**", "**Nobody yet**"]
    lines[0].check().run()
    assert workspace.calls == [("finish_action", "a1")]


def test_done_actions_can_be_seen_and_reopened():
    workspace, app = page()
    app.toggle(key="action_past").set_value(True).run()
    done = next(box for box in app.checkbox if box.label == "Long done")
    assert done.value is True
    done.uncheck().run()
    assert workspace.calls == [("reopen_action", "a3")]


def test_an_owner_is_chosen():
    _, app = page()
    app.selectbox(key="action_owner").set_value("Ada").run()
    assert [box.label for box in app.checkbox] == [r"Find a \*room\*"]


def test_actions_are_added_changed_and_dropped():
    workspace, app = page()
    words = [field for field in app.text_input if field.label == "What is to be done"]
    assert [field.value for field in words] == ["", "Find a *room*", "Ask Sales"]
    words[0].set_value("Write it down")
    for label, place in (("Save", 0), ("Save", 2), ("Drop it", 0)):
        buttons = [button for button in app.button if button.label == label]
        buttons[place].click().run()
    assert workspace.calls == [
        ("add_action", "Write it down", "", None, {"key_result": None, "team": "app"}),
        ("change_action", "a2", {"title": "Ask Sales", "owner": "", "due": None}),
        ("drop_action", "a1"),
    ]


def test_the_day_to_look_back_to_stands_in_the_link():
    _, app = page({"since": "2026-09-01"})
    assert app.date_input(key="since").value == date(2026, 9, 1)
    assert "1 Sep 2026 to 24 Sep 2026" in app.caption[0].value


def test_a_stand_up_is_noted_as_held():
    workspace, app = page()
    next(button for button in app.button if button.label == "Stand-up held").click().run()
    assert workspace.calls == [("hold_stand_up", "app")]


def test_a_past_day_is_read_and_not_changed():
    _, app = page(view=View(as_of=date(2026, 9, 20)))
    assert [button.label for button in app.button] == []
    assert all(box.disabled for box in app.checkbox)


def test_the_course_of_a_key_result():
    workspace = FakeWorkspace()
    app = run(key_result, workspace, {"kr": "kr0"}, View())
    app.session_state["set_status"] = True
    app.run()
    tables = [block for sheet in app.get("bidi_component") for block in _blocks(sheet) if block["kind"] == "table"]
    waits = next(table for table in tables if table["columns"][0]["title"] == "Waits and helps")
    assert waits["rows"][0]["cells"][1]["word"] == "Late"
    assert waits["rows"][0]["open"] == {"page": "key-result", "params": {"kr": "kr5"}}
    assert "Find a \\*room\\*" in [box.label for box in app.checkbox]
    assert "set by ann on 17 Sep 2026" in [caption.value for caption in app.caption]
    app.selectbox[0].set_value("done")
    next(field for field in app.text_input if field.label == "Why").set_value("All is there")
    next(button for button in app.button if button.label == "Save").click().run()
    assert workspace.calls == [("set_status", "key_result", "kr0", "done", "All is there")]


def test_nothing_is_said_twice_where_nothing_waits():
    app = run(key_result, FakeWorkspace(), {"kr": "kr1"}, View())
    tables = [block for sheet in app.get("bidi_component") for block in _blocks(sheet) if block["kind"] == "table"]
    assert "Waits and helps" not in [table["columns"][0]["title"] for table in tables]
