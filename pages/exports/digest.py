"""A digest as text and as an HTML mail: inline styles alone, nothing asked from outside, names are text."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from models.digests import Digest, Section
from models.language import tr, trn
from models.refused import Refused
from pages.exports.content import policy_words
from pages.exports.markup import Markup, el
from pages.exports.neutral import legible

MOST = 8  # lines of a section; the rest is counted, and the link leads to it
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
_SOFT = "color:#5b6068"


def link_to(base: str, told: Digest, team_label: str | None) -> str:
    """The address of the view that the digest tells of; empty without a base. Raises Refused for a base of no use."""
    if not base:
        return ""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(tr("NEEDLE_URL must be an http or https address, such as https://needle.example.com."))
    asked = {"cycle": told.cycle, "team": team_label, "as_of": told.as_of.isoformat()}
    return f"{base.rstrip('/')}/?{urlencode({name: value for name, value in asked.items() if value})}"


def lines_of(section: Section) -> list[str]:
    """The lines that are shown, each on one line; what is left out is counted."""
    if not section.lines:
        return [section.nothing] if section.nothing else []
    shown = [one_line(line) for line in section.lines[:MOST]]
    left = len(section.lines) - MOST
    return [*shown, trn("{count} more.", "{count} more.", left)] if left > 0 else shown


def one_line(text: object) -> str:
    """Without line breaks, control signs and direction overrides."""
    return legible(text)


def stamp(told: Digest) -> str:
    """What is needed to make the same digest again."""
    said = tr(
        "{dated} · data version {version} · {policy}",
        dated=told.dated,
        version=told.data_version,
        policy=policy_words(told.policy),
    )
    return one_line(said)


def as_text(told: Digest, link: str = "") -> str:
    """Plain text, for mail readers that show no HTML and for the terminal."""
    parts = [one_line(told.headline)]
    for section in told.sections:
        parts.append("\n".join([one_line(section.heading), *(f"- {line}" for line in lines_of(section))]))
    if link:
        parts.append(tr("Open it: {link}", link=link))
    parts.append(stamp(told))
    return "\n\n".join(parts) + "\n"


def as_html(told: Digest, link: str = "") -> str:
    """A mail of one column that every reader shows alike."""
    body: list[Any] = [
        el("p", one_line(told.dated), style=f"margin:0 0 6px;font-size:13px;{_SOFT}"),
        el("h1", one_line(told.headline), style="margin:0 0 20px;font-size:22px;line-height:1.3"),
    ]
    for section in told.sections:
        body.append(el("h2", one_line(section.heading), style="margin:22px 0 6px;font-size:16px"))
        items = [el("li", line, style="margin:0 0 6px") for line in lines_of(section)]
        body.append(el("ul", items, style="margin:0;padding:0 0 0 18px;font-size:15px;line-height:1.45"))
    if link:
        look = (
            "display:inline-block;margin:26px 0 0;padding:10px 16px;border-radius:6px;background:#1c5fa8;color:#ffffff"
        )
        body.append(el("a", tr("Open the scorecard"), href=link, style=f"{look};text-decoration:none;font-size:15px"))
    body.append(el("p", stamp(told), style=f"margin:26px 0 0;font-size:12px;{_SOFT}"))
    column = el("div", body, style=f"max-width:600px;margin:0 auto;padding:24px 16px;{_FONT};color:#1b1e23")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", one_line(told.title)),
    )
    page = el("html", head, el("body", column, style="margin:0;background:#ffffff"), lang="en")
    return Markup(f"<!doctype html>\n{page}\n")


def as_document(told: Digest, link: str = "") -> dict[str, Any]:
    """The digest as JSON, whole."""
    return {
        "title": one_line(told.title),
        "headline": told.headline,
        "cycle": told.cycle,
        "team": told.team,
        "as_of": told.as_of.isoformat(),
        "data_version": told.data_version,
        "policy": told.policy.as_dict(),
        "link": link,
        "sections": [
            {"code": section.code, "heading": section.heading, "lines": list(section.lines)}
            for section in told.sections
        ],
    }
