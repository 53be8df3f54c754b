"""The scorecard as slides for the review: native tables and charts, so that everything can be edited.

A deck is for talking: it shows what needs it in full, and of each team the gravest; what it leaves out it says.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from pptx import Presentation
from pptx.util import Inches, Pt

from models.in_short import label
from models.key_result_words import flag_notes, standing
from models.language import current, mark, spoken, tr, trn
from models.verdict import FLAGS, VERDICTS
from pages.exports.content import Content, Row, TeamPart, policy_rows, policy_value, policy_words
from pages.exports.neutral import legible
from pages.exports.pptx_pieces import (
    HEIGHT,
    INK,
    LEFT,
    ROOM,
    SOFT,
    TOP,
    WIDTH,
    Cell,
    box,
    colour,
    counts_chart,
    line_chart,
    row_height,
    shortened,
    table,
)
from pages.exports.story_text import more_questions
from pages.parts.amounts import day, score

PICTURES = 12  # slides with a chart
TALK_SLIDES, TEAM_SLIDES = 3, 3  # at most, for the table of what to talk about, and for each team
TITLE = 130  # signs of a title
TABLE_HEIGHT = 5.1  # inches of rows that fit on a slide
_HEADS = (mark("Verdict"), mark("Key result"), mark("What happened"), mark("Score"))
_WIDTHS = (1.75, 3.5, 6.1, 0.75)
_GRAVEST = (
    "vanity",
    "backfired",
    "setback",
    "real_win",
    "moved_anyway",
    "honest_miss",
    "unproven",
    "too_early",
    "unlinked",
)


def write(content: Content) -> bytes:
    """The presentation, 16:9."""
    deck = Presentation()
    _widen(deck)
    made = datetime.combine(content.card.as_of, time())
    properties = deck.core_properties
    properties.title, properties.subject, properties.author = legible(content.title), legible(content.foot), "Needle"
    properties.created = properties.modified = made
    properties.last_modified_by, properties.language = "Needle", current().code
    _title(deck, content)
    _headline(deck, content)
    _decide(deck, content)
    _talk(deck, content)
    _pictures(deck, content)
    _chapters(deck, content)
    for team in content.teams:
        _team(deck, content, team)
    _policy(deck, content)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _widen(deck: Any) -> None:
    """The layouts that come with the library are 4:3; give them and the slides the wide form."""
    stretch = WIDTH / deck.slide_width
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.width = int(shape.left * stretch), int(shape.width * stretch)


def _slide(deck: Any, content: Content, title: str, lead: str = "") -> Any:
    """A slide with a title (native, so that it stands in the outline), a sentence below, and the stamp at its foot."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    holder = slide.shapes.title
    holder.left, holder.top, holder.width, holder.height = LEFT, Inches(0.4), ROOM, Inches(0.62)
    frame = holder.text_frame
    frame.text = shortened(title)[:TITLE]
    frame.margin_left = 0
    frame.word_wrap = True
    for paragraph in frame.paragraphs:
        paragraph.alignment = 1
        paragraph.font.size = Pt(28 if len(title) < 46 else 22 if len(title) < 66 else 17)
        paragraph.font.bold = True
        paragraph.font.color.rgb = colour(INK)
    if lead:
        box(slide, LEFT, Inches(1.03), ROOM, Inches(0.35), [Cell(lead, 13, colour=SOFT)])
    number = len(deck.slides)
    box(slide, LEFT, Inches(7.08), Inches(11), Inches(0.25), [Cell(content.foot, 9, colour=SOFT)])
    box(slide, Inches(11.9), Inches(7.08), Inches(0.83), Inches(0.25), [Cell(str(number), 9, colour=SOFT, right=True)])
    return slide


def _title(deck: Any, content: Content) -> None:
    slide = _slide(deck, content, tr("{cycle}: did the needle move?", cycle=content.card.cycle.label))
    slide.shapes.title.top = Inches(2.1)
    lines = [
        Cell(content.story.opening, 20),
        Cell(tr("{about}, as known on {day}", about=content.about, day=day(content.card.as_of)), 14, colour=SOFT),
    ]
    box(slide, LEFT, Inches(2.85), ROOM, Inches(1.2), lines, after=8)
    stamp = [Cell(f"{name}: {value}", 12, colour=SOFT) for name, value in content.stamp]
    box(slide, LEFT, Inches(4.7), ROOM, Inches(1.8), stamp, after=3)


def _decide(deck: Any, content: Content) -> None:
    """The questions for the meeting, each with its reason."""
    story = content.story
    if not story.decide:
        return
    slide = _slide(deck, content, tr("To decide"), more_questions(story.more) if story.more else "")
    words = []
    for place, asked in enumerate(story.decide, start=1):
        words += [
            Cell(f"{place}. {shortened(asked.text)}", 14, bold=True),
            Cell(shortened(asked.reason), 11, colour=SOFT),
        ]
    box(slide, LEFT, TOP, ROOM, Inches(5.4), words, after=4)


def _headline(deck: Any, content: Content) -> None:
    slide = _slide(deck, content, content.story.opening)
    story = content.story
    told = [f"{label(line.code)}: {line.text}" for line in story.short] or story.paragraphs[1:]
    words = [Cell(said, 14) for said in told] + [Cell(said, 11, colour=SOFT) for said in story.chance]
    left = Inches(7.0) if content.counts else LEFT
    box(slide, left, TOP, WIDTH - left - Inches(0.6), Inches(5), words[:9], after=9)
    if content.counts:
        counts_chart(slide, content, LEFT, Inches(1.25), Inches(6.0), Inches(5.5))


def _talk(deck: Any, content: Content) -> None:
    chapter = content.story.chapter("talk")
    if chapter is None or not chapter.items:
        return
    _tables(deck, content, chapter.heading, chapter.opening, content.talk, TALK_SLIDES, where=True)


def _pictures(deck: Any, content: Content) -> None:
    """A slide per vanity and backfired key result: what was claimed, what the KPI did."""
    claimed = [row for row in content.talk if row["verdict"] in ("vanity", "backfired")]
    for row in claimed[:PICTURES]:
        picture = content.picture(row)
        word = VERDICTS[row["verdict"]]
        slide = _slide(
            deck, content, row["title"] or row["id"], f"{row['team_name'] or tr('No team')} · {standing(row)}"
        )
        said = [
            Cell(f"{word.icon} {row['verdict_word']}", 20, bold=True, tone=word.tone),
            Cell(row["sentence"], 15),
            *(Cell(note, 12, tone=FLAGS[code].tone) for code in row["flags"] for note in flag_notes(row, code)),
            Cell(word.meaning, 12, colour=SOFT),
        ]
        box(slide, LEFT, Inches(1.75), Inches(3.5), Inches(4.8), said, after=10)
        if picture:
            name = tr("{kpi}, in {unit}", kpi=picture.name, unit=picture.unit) if picture.unit else picture.name
            box(
                slide,
                Inches(4.5),
                Inches(1.7),
                Inches(8.2),
                Inches(0.3),
                [Cell(f"{name}. {picture.note}", 12, bold=True)],
            )
            where = (Inches(4.4), Inches(2.0), Inches(8.4), Inches(4.9))
            line_chart(slide, picture, f"{picture.name}. {row['sentence']}", *where)
    if len(claimed) > PICTURES:
        more = len(claimed) - PICTURES
        untold = trn("{count} more passed without their metric", "{count} more passed without their metric", more)
        _slide(deck, content, untold, tr("The HTML and PDF reports list all of them."))


def _chapters(deck: Any, content: Content) -> None:
    for code in ("wins", "unknown"):
        chapter = content.story.chapter(code)
        if chapter and chapter.items:
            rows = [content.rows[item.key_result] for item in chapter.items]
            _tables(deck, content, chapter.heading, chapter.opening, rows, 1, where=True)


def _team(deck: Any, content: Content, team: TeamPart) -> None:
    talk = team.story.chapter("talk")
    lead = " ".join([team.story.opening, talk.opening if talk else ""])
    scores = "; ".join(f"{part.row['title'] or part.row['id']}: {score(part.row['score'])}" for part in team.objectives)
    rows = sorted(team.key_results, key=lambda row: _GRAVEST.index(row["verdict"]))
    slides = _tables(deck, content, team.name, lead, rows, TEAM_SLIDES)
    slides[0].notes_slide.notes_text_frame.text = legible(tr("Scores of the objectives. {scores}", scores=scores))


def _tables(
    deck: Any, content: Content, title: str, lead: str, rows: Iterable[Row], most: int, *, where: bool = False
) -> list[Any]:
    """Key results as native tables over as many slides as they need, `most` at the most; the rest is counted."""
    pages = _paged([_row(row, where=where) for row in rows])
    left_out = sum(len(page) for page in pages[most:])
    slides = []
    for number, page in enumerate(pages[:most], start=1):
        head = title
        if len(pages) > 1 and most > 1:
            head = tr("{title} ({number} of {count})", title=title, number=number, count=min(len(pages), most))
        slide = _slide(deck, content, head, lead)
        table(slide, [spoken(head) for head in _HEADS], _WIDTHS, page)
        slides.append(slide)
    if left_out:
        said = trn(
            "and {count} more: the HTML, PDF and XLSX reports list all of them",
            "and {count} more: the HTML, PDF and XLSX reports list all of them",
            left_out,
        )
        box(slides[-1], LEFT, Inches(6.8), ROOM, Inches(0.25), [Cell(said, 11, colour=SOFT)])
    return slides


def _row(row: Row, *, where: bool) -> list[Cell]:
    word = VERDICTS[row["verdict"]]
    flags = " ".join(f"{FLAGS[code].icon} {FLAGS[code].word}" for code in row["flags"])
    title = row["title"] or row["id"]
    costs = " ".join(flag_notes(row, "at_a_cost"))
    return [
        Cell(f"{word.icon} {row['verdict_word']}", 12, bold=True, tone=word.tone),
        Cell(f"{title} ({row['team_name'] or tr('no team')})" if where else title, 12, bold=True),
        Cell(" ".join(part for part in (row["sentence"], costs, f"[{flags}]" if flags else "") if part), 12),
        Cell(score(row["score"]), 12, right=True),
    ]


def _paged(rows: Sequence[list[Cell]]) -> list[list[list[Cell]]]:
    """Rows by slide, by the height that they take."""
    pages: list[list[list[Cell]]] = [[]]
    used = 0.0
    for cells in rows:
        size = row_height(cells, _WIDTHS)
        if used + size > TABLE_HEIGHT and pages[-1]:
            pages.append([])
            used = 0.0
        pages[-1].append(cells)
        used += size
    return pages


def _policy(deck: Any, content: Content) -> None:
    slide = _slide(deck, content, tr("How this was judged"), policy_words(content.card.policy))
    words = [
        [Cell(f"{word.icon} {word.word}", 10, bold=True, tone=word.tone), Cell(word.meaning, 10)]
        for word in (*VERDICTS.values(), *FLAGS.values())
    ]
    table(slide, (tr("Word"), tr("Meaning")), (1.7, 8.0), words)
    rows = [
        [Cell(name, 9), Cell(policy_value(value), 9, right=True), Cell(unit, 9, colour=SOFT), Cell(why, 9, colour=SOFT)]
        for name, value, unit, why in policy_rows(content.card.policy)
    ]
    for start in range(0, len(rows), 16):
        part = _slide(deck, content, tr("Policy in force") if start == 0 else tr("Policy in force, continued"))
        heads = (tr("Threshold"), tr("Value"), tr("Unit"), tr("Why"))
        table(part, heads, (1.8, 0.7, 2.4, 7.2), rows[start : start + 16], Inches(1.1))
