"""The scorecard as one HTML file: nothing is asked from outside, light and dark, on a phone and on paper.

Scripts run by their hash only, so that a name that tries to be markup could not run even if it became markup.
"""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

from models.chapters import Chapter
from models.in_short import label
from models.language import current, mark, spoken, tr
from models.verdict import FLAGS, VERDICTS
from pages.exports import html_pieces as pieces
from pages.exports import html_rows as rows
from pages.exports.content import Content, ObjectivePart, TeamPart, level_word, policy_rows, policy_value
from pages.exports.markup import Markup, el
from pages.exports.story_text import more_questions
from pages.exports.tones import DARK_THEME, LIGHT_THEME, Theme
from pages.parts.amounts import UNKNOWN, effect, interval, known, level, score

PICTURES = 12  # key results to talk about that get a picture; the others have their sparkline
NUMBERS = ("Score", "Effect", "95 % interval", "Baseline", "Target", "Now")
_HERE = Path(__file__).parent
_BANDS = {
    "red": mark("○ red"),
    "amber": mark("◐ amber"),
    "green": mark("● green"),
    "unknown": mark("no value yet"),
}


def write(content: Content) -> bytes:
    """The document, UTF-8."""
    places = {identifier: f"kr-{number}" for number, identifier in enumerate(content.rows, start=1)}
    body = el(
        "body",
        pieces.symbols(),
        _top(content),
        el(
            "main",
            _decide(content, places),
            _talk(content),
            _story(content, places),
            _tools(content),
            _teams(content, places),
            _table(content, places),
            _policy(content),
        ),
        el("footer", content.foot, class_="meta"),
        el("script", Markup(_asset("document.js"))),
    )
    page = el("html", _head(content), body, lang=current().code)
    return f"<!doctype html>\n{page}\n".encode()


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _head(content: Content) -> Markup:
    script = b64encode(hashlib.sha256(_asset("document.js").encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'"
    dark = f"@media (prefers-color-scheme: dark) {{ {_colours(DARK_THEME)} }}"
    style = f"{_colours(LIGHT_THEME)}\n@media screen {{ {dark} }}\n{_asset('document.css')}"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=allowed),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content="Needle"),
        el("title", f"{content.title}: {content.story.opening}"),
        el("style", Markup(style)),
    )


def _colours(theme: Theme) -> str:
    palette = theme.palette
    names = {
        "paper": palette.paper, "ink": palette.ink, "grid": palette.grid, "soft": theme.soft, "line": theme.line,
        "lift": theme.lift, "track": theme.track, "edge": palette.neutral,
    }  # fmt: skip
    for tone, badge in theme.badges.items():
        names |= {tone: badge.solid, f"{tone}-text": badge.text, f"{tone}-ground": badge.ground}
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in names.items()) + " }"


def _top(content: Content) -> Markup:
    return el(
        "header",
        el("p", content.story.dated, " · ", content.about, class_="meta"),
        el("h1", content.story.opening),
        pieces.strip(content.counts) if content.counts else None,
        _short(content),
        [el("p", note, class_="soft") for note in content.story.chance],
        pieces.stamp(content),
    )


def _short(content: Content) -> Markup | None:
    """The cycle in five lines."""
    lines = [el("li", el("strong", label(line.code), ": "), line.text) for line in content.story.short]
    return el("ul", lines, class_="short") if lines else None


def _decide(content: Content, places: dict[str, str]) -> Markup | None:
    """The questions for the meeting, each with its reason and a link to its key result."""
    story = content.story
    if not story.decide:
        return None
    items = [
        el("li", el("a", asked.text, href=f"#{places[asked.key_result]}"), " ", el("span", asked.reason, class_="soft"))
        for asked in story.decide
    ]
    more = el("p", more_questions(story.more), class_="soft") if story.more else None
    return el("section", el("h2", tr("To decide")), el("div", el("ol", items), more, class_="chapter"))


def _talk(content: Content) -> Markup | None:
    chapter = content.story.chapter("talk")
    if chapter is None:
        return None
    items = []
    for number, row in enumerate(content.talk):
        picture = content.picture(row) if number < PICTURES else None
        words = el(
            "div",
            el("div", rows.title(row), " ", el("span", rows.where(row), class_="meta")),
            el("div", row["sentence"], class_="sentence"),
            rows.notes(row),
            class_="words",
        )
        line = None if picture else pieces.spark(content.spark(row))
        inside = [pieces.verdict(row), words, rows.score_of(content, row), line]
        drawn = pieces.chart(picture, row["sentence"]) if picture else None
        items.append(el("li", el("div", inside, class_="row wide" if picture else "row"), drawn))
    return el(
        "section",
        el("h2", chapter.heading),
        el("p", chapter.opening),
        el("ul", items, class_="rows talk") if items else None,
    )


def _story(content: Content, places: dict[str, str]) -> Markup | None:
    chapters = [chapter for chapter in content.story.chapters if chapter.code != "talk"]
    if not chapters:
        return None
    return el("section", el("h2", tr("In words")), [_chapter(chapter, places) for chapter in chapters])


def _chapter(chapter: Chapter, places: dict[str, str]) -> Markup:
    items = [
        el(
            "li",
            el("a", item.title, href=f"#{places[item.key_result]}"),
            f" ({item.team_name or tr('no team')}). ",
            item.text,
        )
        for item in chapter.items
    ]
    if len(items) > PICTURES:
        listed = el("details", el("summary", tr("All {count}", count=len(items))), el("ul", items), class_="fold")
    else:
        listed = el("ul", items) if items else Markup("")
    return el("div", el("h3", chapter.heading), el("p", chapter.opening), listed, class_="chapter")


def _tools(content: Content) -> Markup:
    flags = [code for code in FLAGS if any(code in row["flags"] for row in content.rows.values())]
    words = [(code, VERDICTS[code]) for code, _ in content.counts] + [(code, FLAGS[code]) for code in flags]
    buttons = [
        el("button", pieces.icon(word.icon), word.word, type="button", data_code=code, aria_pressed="false")
        for code, word in words
    ]
    search = el("input", type="search", placeholder=tr("Find a key result"), aria_label=tr("Find a key result"))
    return el(
        "div", buttons, search, el("span", id="shown", class_="meta", role="status"),
        class_="tools", role="group", aria_label=tr("Show only"), hidden=True,
    )  # fmt: skip


def _teams(content: Content, places: dict[str, str]) -> list[Markup]:
    return [_team(content, team, places) for team in content.teams]


def _team(content: Content, team: TeamPart, places: dict[str, str]) -> Markup:
    objectives = [_objective(content, part, places) for part in team.objectives]
    return el(
        "section",
        el("h2", team.name, dir="auto"),
        el("p", team.story.opening, class_="soft"),
        objectives,
        class_="team",
    )


def _objective(content: Content, part: ObjectivePart, places: dict[str, str]) -> Markup:
    row = part.row
    about = [level_word(row["level"]), tr("illustrative") if row["illustrative"] else "", *row["hints"]]
    if row["unknown"]:
        about.append(tr("{count} without a value", count=row["unknown"]))
    band = spoken(_BANDS.get(row["band"], ""))
    side = f"{score(row['score'])} · {band}" if known(row["score"]) else tr("no value yet")
    head = el(
        "div",
        el("div", el("h3", row["title"] or row["id"], dir="auto"), el("span", rows.joined(about), class_="meta")),
        el("span", side, class_="side number"),
        class_="head",
    )
    members = [rows.key_result(content, key_result, places) for key_result in part.key_results]
    return el("div", head, el("ul", members, class_="rows"), class_="objective")


def _table(content: Content, places: dict[str, str]) -> Markup:
    heads = [
        mark("Verdict"), mark("Key result"), mark("Team"), mark("Baseline"), mark("Target"), mark("Now"), mark("Score"),
        mark("KPI"), mark("Effect"), mark("95 % interval"),
    ]  # fmt: skip
    top = el(
        "tr", [el("th", spoken(head), scope="col", class_="number" if head in NUMBERS else None) for head in heads]
    )
    order = {code: place for place, code in enumerate(VERDICTS)}
    body = []
    for row in content.rows.values():
        word, unit = VERDICTS[row["verdict"]], row["kpi_unit"]
        numbers = [
            (row["baseline"], level(row["baseline"])), (row["target"], level(row["target"])),
            (row["current"], level(row["current"], row["unit"])), (row["score"], score(row["score"])),
        ]  # fmt: skip
        cells = [
            el("td", pieces.badge(word, row["verdict_word"], small=True), data_key=f"{order[row['verdict']]:02d}"),
            el("td", el("a", row["title"] or row["id"], href=f"#{places[row['id']]}", dir="auto")),
            el("td", row["team_name"]),
            *(_number(*pair) for pair in numbers),
            el("td", row["kpi_name"] if isinstance(row["kpi_name"], str) else UNKNOWN),
            _number(row["effect_relative"], effect(row)),
            _number(row["lo_relative"], interval(row["lo"], row["hi"], unit)),
        ]
        body.append(el("tr", cells, data_verdict=row["verdict"], data_flags=" ".join(row["flags"])))
    table = el("table", el("thead", top), el("tbody", body), data_sorts=True)
    title = el("h2", tr("All key results"))
    return el(
        "section", title, el("div", table, class_="scroll", tabindex=0, role="region", aria_label=tr("All key results"))
    )


def _number(value: object, shown: str) -> Markup:
    return el("td", shown, class_="number", data_key=f"{float(value):.9g}" if known(value) else "")  # type: ignore[arg-type]


def _policy(content: Content) -> Markup:
    rows = [[name, policy_value(value), unit, why] for name, value, unit, why in policy_rows(content.card.policy)]
    table = pieces.plain_table([tr("Threshold"), tr("Value"), tr("Unit"), tr("Why")], rows, numbers=[tr("Value")])
    meanings = [[pieces.badge(word, small=True), word.meaning] for word in (*VERDICTS.values(), *FLAGS.values())]
    return el(
        "section",
        el("h2", tr("How this was judged")),
        el(
            "details",
            el("summary", tr("What the words mean")),
            pieces.plain_table([tr("Word"), tr("Meaning")], meanings),
            class_="fold",
        ),
        el("details", el("summary", tr("Policy in force")), table, class_="fold"),
    )
