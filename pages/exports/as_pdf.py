"""The scorecard on A4 pages, to print or send: made by ReportLab, which needs nothing from the system."""

import io
from datetime import date
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from models.chapters import Chapter
from models.in_short import label
from models.language import current, mark, spoken, tr
from models.verdict import FLAGS, VERDICTS
from pages.exports import pdf_pieces as pieces
from pages.exports.content import Content, ObjectivePart, TeamPart, level_word, policy_rows, policy_value
from pages.exports.pdf_pieces import INK, SOFT
from pages.exports.pdf_text import drawable, fitted, markup, paragraph, style, width
from pages.exports.story_text import more_questions
from pages.exports.tones import LIGHT_THEME as THEME
from pages.parts.amounts import known, score

MARGIN = 17 * mm
PICTURES = 12
H1, H2 = style(21, INK, bold=True, leading=1.2, after=10), style(14, INK, bold=True, leading=1.3, after=3)
H3 = style(10.6, INK, bold=True, leading=1.3)
BODY, SMALL = style(9.4, INK, after=3), style(8.6, SOFT, after=2)
_BANDS = {"red": mark("red"), "amber": mark("amber"), "green": mark("green")}


def write(content: Content) -> bytes:
    """The document, the same bytes for the same scorecard."""
    out = io.BytesIO()
    room = A4[0] - 2 * MARGIN
    frame = Frame(MARGIN, MARGIN + 6, room, A4[1] - 2 * MARGIN - 6, 0, 0, 0, 0)
    document = BaseDocTemplate(
        out, pagesize=A4, title=drawable(content.title), author="Needle", subject=drawable(content.foot),
        lang=current().code, creator="Needle", invariant=1, displayDocTitle=True,
    )  # fmt: skip
    document.addPageTemplates(PageTemplate(frames=[frame]))
    flow = [*_top(content), *_decide(content), *_talk(content), *_story(content)]
    for team in content.teams:
        flow += _team(content, team)
    document.build([*flow, *_policy(content)], canvasmaker=_pages(content.foot, content.card.as_of))
    return out.getvalue()


def _pages(foot: str, made: date) -> type[Canvas]:
    """A canvas that writes the stamp and `2 / 7` on every page once it knows how many there are."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **named: Any):
            super().__init__(*args, **named)
            self._doc._timeStamp.YMDhms = (made.year, made.month, made.day, 0, 0, 0)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self._held, start=1):
                self.__dict__.update(state)
                page = f"{number} / {len(self._held)}"
                pieces.write(self, MARGIN, MARGIN - 14, fitted(foot, 7.4, A4[0] - 2 * MARGIN - 40), 7.4, SOFT)
                pieces.write(self, A4[0] - MARGIN - width(page, 7.4), MARGIN - 14, page, 7.4, SOFT)
                Canvas.showPage(self)
            super().save()

    return Numbered


class _Heading(Flowable):
    """A heading that stands in the reader's outline too; `side` at its right."""

    def __init__(self, text: str, look: Any, level: int, side: str = ""):
        super().__init__()
        self._text, self._look, self._level, self._side = text, look, level, side
        self.keepWithNext = 1

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self._words = paragraph(self._text, self._look)
        self.width = room
        _, height = self._words.wrap(room - (width(self._side, 9) + 12 if self._side else 0), 1000)
        self.height = height + self._look.spaceAfter
        return room, self.height

    def draw(self) -> None:
        key = f"h{self.canv.getPageNumber()}-{id(self)}"
        self.canv.bookmarkHorizontal(key, 0, self.height)
        self.canv.addOutlineEntry(drawable(self._text), key, self._level, closed=self._level > 0)
        self._words.drawOn(self.canv, 0, self._look.spaceAfter)
        if self._side:
            pieces.write(self.canv, self.width - width(self._side, 9), self._look.spaceAfter + 3, self._side, 9, INK)


def _top(content: Content) -> list[Flowable]:
    stamp = [[paragraph(name, SMALL), paragraph(value, style(8.6, INK))] for name, value in content.stamp]
    facts = Table(stamp, colWidths=[70, None], style=_PLAIN)
    flow: list[Flowable] = [
        paragraph(f"{content.story.dated} · {content.about}", SMALL),
        _Heading(content.story.opening, H1, 0),
    ]
    if content.counts:
        flow += [pieces.Strip(content.counts), Spacer(1, 6)]
    flow += [_labelled(label(line.code), line.text) for line in content.story.short]
    flow += [paragraph(note, SMALL) for note in content.story.chance]
    return [*flow, Spacer(1, 4), facts]


def _labelled(name: str, text: str) -> Paragraph:
    return Paragraph(f"<b>{markup(name)}</b>: {markup(text)}", BODY)


def _decide(content: Content) -> list[Flowable]:
    """The questions for the meeting, each with its reason."""
    story = content.story
    if not story.decide:
        return []
    look = style(9.4, INK, after=4).clone("question", leftIndent=15, bulletFontName=BODY.fontName, bulletFontSize=9.4)
    items: list[Flowable] = [
        Paragraph(
            f'<b>{markup(asked.text)}</b> <font color="{SOFT}">{markup(asked.reason)}</font>',
            look,
            bulletText=f"{place}.",
        )
        for place, asked in enumerate(story.decide, start=1)
    ]
    heading: list[Flowable] = [Spacer(1, 14), _Heading(tr("To decide"), H2, 0)]
    more = [paragraph(more_questions(story.more), SMALL)] if story.more else []
    return [KeepTogether([*heading, items[0]]), *items[1:], *more]


def _talk(content: Content) -> list[Flowable]:
    chapter = content.story.chapter("talk")
    if chapter is None:
        return []
    flow: list[Flowable] = [
        Spacer(1, 16),
        CondPageBreak(120),
        _Heading(chapter.heading, H2, 0),
        paragraph(chapter.opening, BODY),
    ]
    for number, row in enumerate(content.talk):
        picture = content.picture(row) if number < PICTURES else None
        where = " · ".join(
            part for part in (row["team_name"], row["objective_title"]) if isinstance(part, str) and part
        )
        told = pieces.KeyResult(content, row, where=where, wide=picture is not None)
        flow.append(KeepTogether([told, pieces.Chart(picture), Spacer(1, 4)]) if picture else told)
    return flow


def _story(content: Content) -> list[Flowable]:
    chapters = [chapter for chapter in content.story.chapters if chapter.code != "talk"]
    if not chapters:
        return []
    flow: list[Flowable] = [Spacer(1, 16), CondPageBreak(110), _Heading(tr("In words"), H2, 0)]
    for chapter in chapters:
        flow += _chapter(chapter)
    return flow


def _chapter(chapter: Chapter) -> list[Flowable]:
    heading: list[Flowable] = [Spacer(1, 5), _Heading(chapter.heading, H3, 1), paragraph(chapter.opening, BODY)]
    items: list[Flowable] = [
        Paragraph(
            f"<b>{markup(item.title)}</b> ({markup(item.team_name or tr('no team'))}). {markup(item.text)}",
            style(8.8, INK, after=3),
            bulletText="–",
        )
        for item in chapter.items
    ]
    for item in items:
        item.style = _bulleted(item.style)
    return [KeepTogether([*heading, *items[:1]]), *items[1:]]


def _bulleted(look: Any) -> Any:
    return look.clone(f"{look.name}-bullet", leftIndent=10, bulletFontName=look.fontName, bulletFontSize=look.fontSize)


def _team(content: Content, team: TeamPart) -> list[Flowable]:
    flow: list[Flowable] = [
        Spacer(1, 16),
        CondPageBreak(150),
        _Heading(team.name, H2, 0),
        paragraph(team.story.opening, SMALL),
    ]
    for part in team.objectives:
        flow += _objective(content, part)
    return flow


def _objective(content: Content, part: ObjectivePart) -> list[Flowable]:
    row = part.row
    band = spoken(_BANDS.get(row["band"], ""))
    side = f"{score(row['score'])}  {band}" if known(row["score"]) else tr("no value yet")
    about = [level_word(row["level"]), tr("illustrative") if row["illustrative"] else "", *row["hints"]]
    if row["unknown"]:
        about.append(tr("{count} without a value", count=row["unknown"]))
    head: list[Flowable] = [
        Spacer(1, 7),
        _Heading(row["title"] or row["id"], H3, 1, side),
        paragraph(" · ".join(said for said in about if said), SMALL),
    ]
    rows = [pieces.KeyResult(content, key_result) for key_result in part.key_results]
    return [KeepTogether([*head, rows[0]]), *rows[1:]]


def _policy(content: Content) -> list[Flowable]:
    words = [
        [pieces.Badge(word), paragraph(word.meaning, style(8.2, INK))] for word in (*VERDICTS.values(), *FLAGS.values())
    ]
    heads = [paragraph(head, style(8, SOFT)) for head in (tr("Threshold"), tr("Value"), tr("Unit"), tr("Why"))]
    rows = [
        [paragraph(name, style(8, INK)), paragraph(policy_value(value), style(8, INK)), paragraph(unit, style(8, SOFT)),
         paragraph(why, style(8, SOFT))]
        for name, value, unit, why in policy_rows(content.card.policy)
    ]  # fmt: skip
    return [
        Spacer(1, 18),
        CondPageBreak(200),
        _Heading(tr("What the words mean"), H2, 0),
        Table(words, colWidths=[92, None], style=_RULED),
        Spacer(1, 14),
        CondPageBreak(200),
        _Heading(tr("Policy in force"), H2, 0),
        Table([heads, *rows], colWidths=[92, 36, 110, None], style=_RULED, repeatRows=1),
    ]


def _padded(top: float, bottom: float, *more: tuple) -> TableStyle:
    whole = ((0, 0), (-1, -1))
    padding = (("LEFTPADDING", *whole, 0), ("TOPPADDING", *whole, top), ("BOTTOMPADDING", *whole, bottom))
    return TableStyle([*padding, ("VALIGN", *whole, "TOP"), *more])


_PLAIN = _padded(0, 1)
_RULED = _padded(2, 3, ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(THEME.line)))
