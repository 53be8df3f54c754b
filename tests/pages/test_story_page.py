"""The Story page: subjects that lead to their evidence, texts to take away, and the switch of a configured model."""

import json
from typing import Any

import pytest

from pages import story
from pages.exports import rewriting
from pages.exports.rewriting import Rewritten, names_of, texts_of
from pages.exports.story_text import as_document, as_markdown, as_text
from pages.parts import rewritten
from pages.parts.escape import plain
from pages.parts.view import View
from tests.pages.fake_workspace import HOSTILE, FakeWorkspace
from tests.pages.test_every_page import run


def blocks(app: Any) -> list[dict]:
    found = []
    for element in app.get("bidi_component"):
        found += json.loads(element.proto.mixed.json or element.proto.json)["blocks"]
    return found


def test_the_five_lines_lead_to_their_evidence() -> None:
    first = blocks(run(story, FakeWorkspace(), {}, View(filters={"cycle": "2026-Q3"})))[0]
    assert [entry["label"] for entry in first["entries"]] == ["▲ Real", "◇ Vanity", "⚠ Cost", "☐ Decide"]
    subject = next(part for part in first["entries"][1]["parts"] if isinstance(part, dict))
    assert subject == {
        "text": "“Key result 1”", "open": {"page": "key-result", "params": {"kr": "kr1"}},
        "href": "key-result?cycle=2026-Q3&kr=kr1",
    }  # fmt: skip


def test_one_team_is_told_key_result_by_key_result() -> None:
    app = run(story, FakeWorkspace(), {}, View(team="people"))
    assert "Key result by key result" in [header.value for header in app.header]
    assert len(app.get("expander")) == 0
    assert len(blocks(app)[-2]["entries"]) == 5


def test_two_thousand_key_results_make_no_longer_page_than_two_hundred() -> None:
    few, many = (run(story, FakeWorkspace(count=n), {}) for n in (200, 2000))
    assert len(list(many.main)) == len(list(few.main))
    assert max(len(block["entries"]) for block in blocks(many)) == story.SHOWN


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A configured model that says everything in capitals but refuses the headline; what was asked."""
    asked: list[list[str]] = []

    def rewrite(_model: Any, texts: list[str], _names: list[str], **_: Any) -> list[Rewritten]:
        asked.append(list(texts))
        return [Rewritten(texts[0], "It was refused."), *(Rewritten(f"Said: {text}") for text in texts[1:])]

    monkeypatch.setattr(rewritten, "rewrite", rewrite)
    monkeypatch.setenv("NEEDLE_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("NEEDLE_MODEL_NAME", "small")
    return asked


def test_nothing_is_sent_before_somebody_asks(model: list[list[str]]) -> None:
    app = run(story, FakeWorkspace(), {})
    assert [toggle.label for toggle in app.toggle] == [r"Rewritten by small \(figures checked\)"]
    assert (app.toggle[0].value, model) == (False, [])
    app.toggle[0].set_value(True).run()
    assert len(model) == 1
    assert blocks(app)[0]["entries"][0]["parts"][0].startswith("Said: ")
    assert plain(f"1 of {len(model[0])} texts is shown as the rules wrote it. It was refused.") in [
        caption.value for caption in app.caption
    ]
    app.run()
    assert len(model) == 1  # kept
    app.toggle[0].set_value(False).run()
    assert not str(blocks(app)[0]["entries"][0]["parts"][0]).startswith("Said: ")


def test_what_is_sent_and_what_is_covered() -> None:
    told = FakeWorkspace().story()
    texts = texts_of(told)
    assert texts[0] == told.whole.opening
    assert len(texts) == len(set(texts))
    assert {"kr1", "Key result 1", "Objective 0", "App team"} <= set(names_of(told))
    names = names_of(told)
    sent = " ".join(rewriting.covered(text, names).covered for text in texts)
    assert "Key result 1" not in sent


def test_the_texts_to_take_away() -> None:
    told = FakeWorkspace().story()
    text = as_text(told)
    assert text.startswith("THE STORY OF 2026-Q3, ALL TEAMS\n\n2026-Q3, as known on 5 October 2026\n")
    assert "\n- ◇ Vanity: " in text
    assert "\n1. “Key result 1”: " in text
    assert text.rstrip().endswith("flat at 90 %") or text.rstrip().endswith("flat at 90\u00a0%")
    assert "\n## To decide\n" in as_markdown(told)
    document = as_document(told)
    assert [line["code"] for line in document["short"]] == ["real", "vanity", "cost", "decide"]
    assert len(document["key_results"]) == 10


def test_markdown_holds_hostile_names_as_text() -> None:
    markdown = as_markdown(FakeWorkspace(hostile=True).story())
    assert not [name for name in HOSTILE if name in markdown]
