"""The story as plain text and as Markdown, to paste into a mail or a document. No clock, no screen."""

from collections.abc import Callable
from typing import Any

from models.in_short import label
from models.language import tr, trn
from models.narrative import Narrative
from models.story import Story
from pages.exports.content import policy_words
from pages.parts.escape import one_line, plain

Saying = Callable[[str], str]


def as_text(story: Story) -> str:
    """The story as plain text: headings are underlined by nothing, lists begin with a dash."""
    return _written(story, one_line, lambda level, text: ["", text.upper() if level < 3 else text], str)


def as_markdown(story: Story) -> str:
    """The story as Markdown; names stand as text, whatever signs they hold."""
    return _written(story, plain, lambda level, text: ["", f"{'#' * level} {text}", ""], lambda text: f"**{text}**")


def _written(story: Story, said: Saying, heading: Callable[[int, str], list[str]], strong: Saying) -> str:
    whole = story.whole
    about = whole.about or tr("all teams")
    lines = [*heading(1, said(tr("The story of {cycle}, {about}", cycle=story.card.cycle.label, about=about)))[1:]]
    lines += ["", said(whole.dated), "", strong(said(whole.opening)), ""]
    lines += _short(whole, said, strong)
    if whole.decide:
        lines += heading(2, said(tr("To decide")))
        lines += [
            f"{place}. {said(asked.text)} {said(asked.reason)}" for place, asked in enumerate(whole.decide, start=1)
        ]
        if whole.more:
            lines.append(said(more_questions(whole.more)))
    for chapter in whole.chapters:
        lines += [*heading(2, said(chapter.heading)), said(chapter.opening)]
        lines += [
            f"- {strong(said(item.title))}{said(_of_team(item.team_name))}: {said(item.text)}" for item in chapter.items
        ]
    for team, told in story.teams.items():
        lines += [*heading(2, said(told.about)), said(told.opening), "", *_short(told, said, strong), ""]
        lines += _paragraphs(story, team, said, strong)
    if not story.teams and story.paragraphs:
        lines += [*heading(2, said(tr("Key result by key result"))), *_paragraphs(story, None, said, strong)]
    if whole.chance:
        lines += [*heading(2, said(tr("Before you believe it"))), *(f"- {said(note)}" for note in whole.chance)]
    return "\n".join([*lines, "", said(stamp(story)), ""])


def _short(told: Narrative, said: Saying, strong: Saying) -> list[str]:
    return [f"- {strong(said(label(line.code)))}: {said(line.text)}" for line in told.short]


def _paragraphs(story: Story, team: str | None, said: Saying, strong: Saying) -> list[str]:
    return [f"- {strong(said(told.title))}: {said(told.text)}" for told in story.told(team)]


def _of_team(name: str) -> str:
    return f" ({name})" if name else ""


def more_questions(count: int) -> str:
    """What stands under a list of questions that is not whole."""
    return trn(
        "{count} more key result asks for a decision; it stands in the chapters below.",
        "{count} more key results ask for a decision; they stand in the chapters below.",
        count,
    )


def stamp(story: Story) -> str:
    """What is needed to make the same story again."""
    card = story.card
    return tr(
        "Needle · {cycle} · as known on {day} · data version {version} · {policy}",
        cycle=card.cycle.label,
        day=card.as_of,
        version=card.data_version,
        policy=policy_words(card.policy),
    )


def as_document(story: Story) -> dict[str, Any]:
    """The story as JSON: codes and keys in English, texts in the language of the moment."""
    card = story.card
    return {
        "cycle": card.cycle.id,
        "as_of": card.as_of,
        "team": card.team,
        "data_version": card.data_version,
        "policy": card.policy.as_dict(),
        **_document(story.whole),
        "teams": [{"team": team, **_document(told)} for team, told in story.teams.items()],
        "key_results": [{"id": told.key_result, "title": told.title, "text": told.text} for told in story.told()],
    }


def _document(told: Narrative) -> dict[str, Any]:
    return {
        "about": told.about,
        "headline": told.opening,
        "short": [{"code": line.code, "text": line.text, "key_results": line.key_results} for line in told.short],
        "decide": [
            {"key_result": asked.key_result, "code": asked.code, "question": asked.text, "reason": asked.reason}
            for asked in told.decide
        ],
        "decide_more": told.more,
        "chapters": [
            {
                "code": chapter.code,
                "heading": chapter.heading,
                "opening": chapter.opening,
                "key_results": [
                    {"id": item.key_result, "verdict": item.code, "text": item.text} for item in chapter.items
                ],
            }
            for chapter in told.chapters
        ],
        "notes": told.chance,
    }
