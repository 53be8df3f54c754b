"""The HTML document, parsed: it asks nothing from outside, names stay text, and the figures are there."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from models.verdict import VERDICTS
from pages.exports import as_html
from pages.exports.markup import Markup, el
from tests.pages.exports.made import HOSTILE, by_hand, judged

VOID = {"meta", "link", "br", "hr", "input"}


class Parsed(HTMLParser):
    """Elements with their attributes, the text by the element it stands in, and whether all is closed in order."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self) -> str:
        return "".join(data for tag, data in self.texts if tag not in ("script", "style"))


@pytest.fixture(scope="module")
def page() -> str:
    return as_html.write(judged()).decode()


def test_nothing_is_asked_from_outside(page):
    parsed = Parsed(page)
    targets = [value for _, attributes in parsed.elements for name, value in attributes.items()
               if name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href")]  # fmt: skip
    assert targets
    assert {target[0] for target in targets} == {"#"}
    assert not re.findall(r"url\(|@import|https?://", page)
    assert not parsed.all("link")


def test_only_our_script_may_run(page):
    parsed = Parsed(page)
    [script] = [data for tag, data in parsed.texts if tag == "script"]
    policy = next(meta["content"] for meta in parsed.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    own = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{own}'; base-uri 'none'"
    assert not [name for _, attributes in parsed.elements for name in attributes if name.startswith("on")]


def test_links_lead_to_key_results_that_are_there(page):
    parsed = Parsed(page)
    ids = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    assert {a["href"][1:] for a in parsed.all("a")} <= ids
    assert {use["href"][1:] for use in parsed.all("use")} <= ids
    assert len([i for i in ids if i.startswith("kr-")]) == len(judged().rows)


def test_stamp_headline_figures_and_policy_are_there(page):
    text = Parsed(page).text()
    content = judged()
    assert content.story.opening in text
    for name, value in content.stamp:
        assert f"{name}{value}".replace(" %", "\u00a0%") in text
    for row in content.rows.values():
        assert row["sentence"].replace(" %", "\u00a0%") in text
    assert "Committed pass1scoreA committed key result is a promise: all of it." in text
    counts = dict(content.counts)
    assert f"{counts['real_win']} Real win" in text


def test_every_picture_has_words_and_a_table(page):
    parsed = Parsed(page)
    charts = [svg for svg in parsed.all("svg") if svg.get("class") == "chart"]
    assert len(charts) == len(judged().talk) == 4
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 40 for svg in charts)
    assert charts[0]["aria-label"].startswith(
        "Staff turnover from 7 Apr 2025 to 28 Sep 2026. Passed, but Staff turnover"
    )
    assert parsed.text().count("The values") == len(charts)


def test_colour_is_never_alone(page):
    badges = [attributes["class"] for name, attributes in Parsed(page).elements
              if name == "span" and "badge" in (attributes.get("class") or "").split()]  # fmt: skip
    assert badges
    assert len(re.findall(r'class="badge[^>]*><svg class="icon"', page)) == len(badges)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    made = as_html.write(by_hand(4, (name,))).decode()
    parsed = Parsed(made)
    assert len(parsed.all("script")) == 1
    assert parsed.all("img") == []
    assert "\u202e" not in made
    plain = Parsed(as_html.write(by_hand(4, ("plain",))).decode())
    assert [tag for tag, _ in parsed.elements] == [tag for tag, _ in plain.elements]


def test_an_element_can_only_hold_escaped_text():
    assert el("p", "<b>", Markup("<i></i>"), None, ["&", 5], class_="a", data_x='"', hidden=True, id=None) == (
        '<p class="a" data-x="&quot;" hidden>&lt;b&gt;<i></i>&amp;5</p>'
    )
    assert el("meta", name="x") == '<meta name="x">'


def test_every_verdict_is_explained(page):
    text = Parsed(page).text()
    assert [word.word for word in VERDICTS.values() if word.meaning not in text] == []
