"""Story: the cycle in plain words, from five lines to a paragraph for every key result; each leads to its evidence."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from models.chapters import Chapter, Item
from models.in_short import label
from models.language import tr, trn
from models.narrative import Narrative
from models.sentences import quoted, title_of
from models.story import Story
from models.verdict import VERDICTS
from pages.exports.story_text import as_markdown, as_text, more_questions, stamp
from pages.parts import amounts, empty, rewritten, sheet
from pages.parts.escape import plain
from pages.parts.view import View

SHOWN = 12  # key results of a chapter; the rest stands in an expander
TEAMS_SHOWN = 20  # folds on a screen; each costs the browser as much as ten rows
TEAM_SHOWN = 100  # key results of a team told on the page; the download holds all

Saying = Callable[[str], str]


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    with st.spinner(tr("Writing the cycle's story.")):
        story = workspace.story(view.cycle, view.as_of, view.team)
    card = story.card
    if card.key_results.empty:
        empty.no_key_results(card.cycle.label, view.team, view)
        return
    whole = story.whole
    about = whole.about or tr("all teams")
    with st.container(gap=None):
        st.caption(plain(f"{card.cycle.label} · {about} · {tr('as known on {day}', day=amounts.day(card.as_of))}"))
        heading = st.empty()
    said = rewritten.saying(story)
    heading.title(plain(said(whole.opening)), anchor=False)
    subjects = _subjects(story)
    sheet.show([_short(whole, subjects, view, said)], view, key="short")
    _take_away(story)
    _decide(whole, subjects, view)
    for chapter in whole.chapters:
        _chapter(chapter, view, said)
    _teams(story, subjects, view)
    st.header(tr("Before you believe it"), anchor=False)
    sheet.show([sheet.prose([sheet.sentence(note, {}, view) for note in whole.chance])], view, key="chance")
    st.caption(plain(stamp(story)))


def _subjects(story: Story) -> dict[str, str]:
    """Titles in their quotation marks → key result. A title that several share leads nowhere, for it is not one."""
    rows = story.card.key_results[["id", "title"]].to_dict("records")
    titles = [(quoted(title_of(row)), str(row["id"])) for row in rows]
    often: dict[str, int] = {}
    for title, _ in titles:
        often[title] = often.get(title, 0) + 1
    return {title: identifier for title, identifier in titles if often[title] == 1}


def _named(text: str, key_results: tuple[str, ...], subjects: dict[str, str]) -> dict[str, str]:
    """The subjects that a text names, from the few that it is known to be about."""
    mine = set(key_results)
    return {title: name for title, name in subjects.items() if name in mine and title in text}


def _short(told: Narrative, subjects: dict[str, str], view: View, said: Saying) -> sheet.Block:
    entries = []
    for line in told.short:
        text = said(line.text)
        entries.append(sheet.sentence(text, _named(text, line.key_results, subjects), view, label=label(line.code)))
    return sheet.prose(entries)


def _take_away(story: Story) -> None:
    name = f"needle-story-{story.card.cycle.id}"
    with st.container(horizontal=True):
        box = st.popover(tr("Copy"), icon=":material/content_copy:", on_change="rerun", key="story_copy")
        if box.open:  # the whole text of a big company is a megabyte
            with box:
                st.caption(tr("The copy button stands at the top right of the text."))
                st.code(as_text(story), language=None, wrap_lines=True, height=380)
        st.download_button(
            tr("Text"), lambda: as_text(story).encode(), f"{name}.txt", "text/plain", key="story_text",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            tr("Markdown"), lambda: as_markdown(story).encode(), f"{name}.md", "text/markdown", key="story_markdown",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _decide(told: Narrative, subjects: dict[str, str], view: View) -> None:
    if not told.decide:
        return
    st.header(tr("To decide"), anchor=False)
    entries = [
        sheet.sentence(asked.text, _named(asked.text, (asked.key_result,), subjects), view, beside=asked.reason)
        for asked in told.decide
    ]
    sheet.show([sheet.prose(entries, ordered=True)], view, key="decide")
    if told.more:
        st.caption(plain(more_questions(told.more)))


def _chapter(chapter: Chapter, view: View, said: Saying) -> None:
    st.header(plain(chapter.heading), anchor=False)
    first, rest = chapter.items[:SHOWN], chapter.items[SHOWN:]
    entries = [_item(item, view, said) for item in first]
    sheet.show([sheet.prose(entries, opening=said(chapter.opening))], view, key=f"chapter {chapter.code}")
    if rest:
        left = trn("{count} more", "{count} more", len(rest))
        more = st.expander(left, on_change="rerun", key=f"more {chapter.code}")
        if more.open:
            with more:
                entries = [_item(item, view, said) for item in rest]
                sheet.show([sheet.prose(entries)], view, key=f"rest {chapter.code}")


def _item(item: Item, view: View, said: Saying) -> sheet.Block:
    """A key result of a chapter: its verdict, its title, which leads to its evidence, and its sentence."""
    where = f" ({item.team_name})" if item.team_name else ""
    word = sheet.badge(VERDICTS[item.code], item.word)
    text = f"{item.title}{where}. {said(item.text)}"
    return sheet.sentence(text, {item.title: item.key_result}, view, word=word)


def _teams(story: Story, subjects: dict[str, str], view: View) -> None:
    """A team a fold, or, for one team, each of its key results at once."""
    if not story.teams:
        st.header(tr("Key result by key result"), anchor=False)
        _paragraphs(story, None, view)
        return
    st.header(tr("Team by team"), anchor=False)
    teams = list(story.teams.items())
    screens = -(-len(teams) // TEAMS_SHOWN)
    page = 1
    if screens > 1:
        teams_said = tr(
            "{count} teams, {shown} at a time. Choose one in the filters to read it alone.",
            count=amounts.count(len(teams)), shown=TEAMS_SHOWN,
        )  # fmt: skip
        st.caption(plain(teams_said))
        page = st.pagination(screens, key="story_teams")
    for team, told in teams[(page - 1) * TEAMS_SHOWN : page * TEAMS_SHOWN]:
        fold = st.expander(f"**{plain(told.about)}** · {plain(told.opening)}", on_change="rerun", key=f"team {team}")
        if fold.open:
            with fold:
                sheet.show([_short(told, subjects, view, str)], view, key=f"short {team}")
                _paragraphs(story, team, view)


def _paragraphs(story: Story, team: str | None, view: View) -> None:
    told = story.told(team)
    entries = [
        sheet.sentence(f"{one.title}. {one.text}", {one.title: one.key_result}, view) for one in told[:TEAM_SHOWN]
    ]
    sheet.show([sheet.prose(entries)], view, key=f"paragraphs {team}")
    if len(told) > TEAM_SHOWN:
        st.caption(tr("The first {count} are shown; the downloads above hold all.", count=TEAM_SHOWN))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
