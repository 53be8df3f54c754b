"""The digest in every format: content, stamp, and names that stay text."""

import json
import re
from datetime import date

import pytest

from models.digests import Digest, Section
from models.policy import POLICY
from models.refused import Refused
from pages.exports.digest import MOST, as_document, as_html, as_text, link_to
from pages.exports.digest_chat import as_slack, as_teams, slack_escaped

STAMP = (
    "2026-Q3, all teams, as known on 5 October 2026 · data version 7 · committed passes at 1, aspirational at 0.7; "
    "moved at 95\u00a0%, flat at 90\u00a0%"
)
HOSTILE = "<!channel> <b>*bold*</b> [x](http://evil.example) & `code`\r\nBcc: x@y.example"
ONE_LINE = "<!channel> <b>*bold*</b> [x](http://evil.example) & `code` Bcc: x@y.example"
LINK = "https://needle.example.com/?cycle=2026-Q3&as_of=2026-10-05"


def made(*lines: str, title: str = "Needle: 2026-Q3, all teams") -> Digest:
    sections = (
        Section("changed", "What changed in the last 7 days", lines),
        Section("late", "Late data", (), "Nothing is late."),
    )
    return Digest(
        title, "1 of 2 key results passed; it moved its metric.", "2026-Q3, all teams, as known on 5 October 2026",
        sections, "2026-Q3", None, date(2026, 10, 5), 7, POLICY, {},
    )  # fmt: skip


def test_the_text_is_whole():
    assert as_text(made("“A”: Unproven → Vanity."), LINK) == (
        "1 of 2 key results passed; it moved its metric.\n\nWhat changed in the last 7 days\n- “A”: Unproven → Vanity.\n\n"
        f"Late data\n- Nothing is late.\n\nOpen it: {LINK}\n\n{STAMP}\n"
    )


def test_the_html_asks_for_nothing_and_holds_names_as_text():
    html = as_html(made(HOSTILE), LINK)
    assert "&lt;!channel&gt; &lt;b&gt;*bold*&lt;/b&gt;" in html
    assert not re.search(r"<(script|img|link|iframe|style)|url\(|src=", html)
    assert re.findall(r'href="([^"]*)"', html) == [LINK.replace("&", "&amp;")]
    assert STAMP in html


def test_slack_holds_data_in_plain_text_only():
    message = as_slack(made(HOSTILE), LINK)
    assert message["mrkdwn"] is False
    texts = re.findall(r'"type": "(plain_text|mrkdwn)"', json.dumps(message))
    assert set(texts) == {"plain_text"}
    assert message["blocks"][2]["text"]["text"] == f"What changed in the last 7 days\n• {ONE_LINE}"
    assert message["blocks"][-2]["elements"][0]["url"] == LINK
    assert message["blocks"][-1]["elements"][0]["text"] == STAMP
    assert slack_escaped("a & <!here>") == "a &amp; &lt;!here&gt;"


def test_slack_keeps_within_what_slack_takes():
    message = as_slack(made(*["x" * 900] * 50, title="t" * 400))
    assert len(message["blocks"][0]["text"]["text"]) == 150
    assert max(len(block["text"]["text"]) for block in message["blocks"] if block["type"] == "section") == 3000


def test_teams_holds_data_in_text_runs_only():
    message = as_teams(made(HOSTILE), LINK)
    [attachment] = message["attachments"]
    card = attachment["content"]
    assert (message["type"], card["type"], card["version"]) == ("message", "AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert [block["inlines"][0]["text"] for block in card["body"]] == [
        "Needle: 2026-Q3, all teams", "1 of 2 key results passed; it moved its metric.", "What changed in the last 7 days",
        f"• {ONE_LINE}", "Late data", "• Nothing is late.", STAMP,
    ]  # fmt: skip
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open the scorecard", "url": LINK}]


def test_a_card_of_teams_stays_below_its_weight():
    sections = [Section(str(n), "Heading", ("x" * 5000,) * 50) for n in range(4)]
    told = made()
    heavy = Digest(**{**vars(told), "sections": tuple(sections)})
    assert len(json.dumps(as_teams(heavy)).encode()) < 28_000


def test_long_sections_are_counted():
    text = as_text(made(*(f"line {n}" for n in range(MOST + 3))))
    assert "- line 7\n- 3 more.\n" in text
    assert "line 8" not in text


def test_json_holds_everything():
    document = as_document(made(*(f"line {n}" for n in range(20))), "")
    assert len(document["sections"][0]["lines"]) == 20
    assert (document["as_of"], document["data_version"], document["policy"]["confidence"]) == ("2026-10-05", 7, 0.95)


@pytest.mark.parametrize(
    ("base", "team", "link"),
    [
        ("", "App", ""),
        ("https://needle.example.com/", None, LINK),
        ("http://n:8501/x", "A & B", "http://n:8501/x/?cycle=2026-Q3&team=A+%26+B&as_of=2026-10-05"),
    ],
)
def test_the_link_opens_the_same_view(base, team, link):
    assert link_to(base, made(), team) == link


def test_a_link_is_a_web_address():
    with pytest.raises(Refused, match="NEEDLE_URL"):
        link_to("javascript:alert(1)", made(), None)
