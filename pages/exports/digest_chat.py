"""A digest as a message of Slack or of Microsoft Teams. Data stands only in elements that know no markup."""

from typing import Any

from models.digests import Digest
from models.language import tr
from pages.exports.digest import lines_of, one_line, stamp

SLACK_TEXT, SLACK_HEADER = 3000, 150  # signs that Slack takes in a text and in a header
TEAMS_LINE = 600  # signs of a line: a whole card may weigh 28 KB


def as_slack(told: Digest, link: str = "") -> dict[str, Any]:
    """Blocks of `plain_text`, in which no sign is markup; the text of the notification is escaped besides."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(told.title, SLACK_HEADER)},
        {"type": "section", "text": _plain(told.headline)},
    ]
    for section in told.sections:
        lines = "\n".join([one_line(section.heading), *(f"• {line}" for line in lines_of(section))])
        blocks.append({"type": "section", "text": _plain(lines)})
    if link:
        button = {"type": "button", "text": _plain(tr("Open the scorecard"), 75), "url": link, "action_id": "open"}
        blocks.append({"type": "actions", "elements": [button]})
    blocks.append({"type": "context", "elements": [_plain(stamp(told))]})
    return {"text": slack_escaped(told.headline), "mrkdwn": False, "blocks": blocks}


def slack_escaped(text: str) -> str:
    """The three signs with which Slack begins links, mentions and entities."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, most: int = SLACK_TEXT) -> dict[str, Any]:
    lines = "\n".join(one_line(line) for line in text.split("\n"))
    return {"type": "plain_text", "text": _cut(lines, most), "emoji": False}


def as_teams(told: Digest, link: str = "") -> dict[str, Any]:
    """An adaptive card of text runs, in which no sign is markup."""
    body = [_run(told.title, weight="Bolder"), _run(told.headline, size="Large", weight="Bolder")]
    for section in told.sections:
        body.append(_run(section.heading, weight="Bolder") | {"spacing": "Medium", "separator": True})
        body += [_run(f"• {line}") for line in lines_of(section)]
    body.append(_run(stamp(told), size="Small", isSubtle=True) | {"spacing": "Medium"})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": one_line(told.headline),
        "body": body,
    }
    if link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": tr("Open the scorecard"), "url": link}]
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _run(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": _cut(one_line(text), TEAMS_LINE), **look}]}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
