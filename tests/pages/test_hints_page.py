"""Hints on screen: one row a hint, whatever it is about; what differs stands beside each name."""

from models.hints import Hint
from pages import hints
from pages.parts.view import View


def hint(code: str, kind: str, name: str, found: str) -> Hint:
    return Hint(code, kind, name, found, "app", "o0")


NAMES = {"key_result/a": "Ship it", "key_result/b": "Hold it", "objective/o0": "Better"}


def test_a_hint_stands_once_with_all_that_it_is_about():
    found = [
        hint("no_owner", "key_result", "a", "No owner is named."),
        hint("no_owner", "key_result", "b", "No owner is named."),
        hint("objectives_few", "team", "app", "The team has 1 objective."),
    ]
    few, owner = (row["cells"] for row in hints.rows(View(), found, NAMES))
    assert few[3] == {"links": [{"text": "The team", "meta": ""}]}
    assert owner[0] == {"text": "Nobody answers for it", "meta": "Specific"}
    assert owner[1] == "No owner is named. What belongs to all is checked by none."
    assert [(link["text"], link["meta"], link["open"]["params"]) for link in owner[3]["links"]] == [
        ("Ship it", "", {"edit": "key_result/a"}),
        ("Hold it", "", {"edit": "key_result/b"}),
    ]


def test_what_differs_stands_beside_each_name():
    found = [hint("no_guardrail", "key_result", name, f"Shares a driver with {name}.") for name in ("a", "b")]
    [[_, why, _, about]] = [row["cells"] for row in hints.rows(View(), found, NAMES)]
    assert why == found[0].why
    assert [link["meta"] for link in about["links"]] == ["Shares a driver with a.", "Shares a driver with b."]


def test_what_is_too_much_for_a_row_is_counted():
    found = [hint("no_owner", "key_result", str(place), "No owner is named.") for place in range(hints.NAMED + 3)]
    [[*_, about]] = [row["cells"] for row in hints.rows(View(), found, {})]
    assert len(about["links"]) == hints.NAMED + 1
    assert about["links"][-1] == {"text": "and 3 more", "meta": ""}


def test_a_team_is_never_cut_in_two():
    most = hints.SHOWN
    assert hints._screens({"a": most - 1, "b": 1, "c": 1, "d": most * 2}) == [["a", "b"], ["c"], ["d"]]
