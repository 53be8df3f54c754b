"""The cycle told in words, in the terminal."""

import os
from typing import Annotated, Any

import typer

from models.refused import Refused
from pages.terminal.answers import AsJson, Day, day_of, opened, say

app = typer.Typer()


@app.command()
def story(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    kr: Annotated[str | None, typer.Option("--kr", help="One key result only, by its id.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown.")] = False,
    rewritten: Annotated[
        bool, typer.Option("--rewritten", help="The five lines in the words of the configured model, figures checked.")
    ] = False,
    language: Annotated[
        str | None, typer.Option("--language", help="With --rewritten: translate into this language, such as de or sv.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell the scorecard in plain words."""
    from pages.exports.story_text import as_document, as_markdown, as_text

    if language and not rewritten:
        raise typer.BadParameter("--language goes with --rewritten")
    workspace = opened(context)
    if kr is not None and cycle is None:
        cycle = workspace.evidence(kr, None, day_of(as_of)).scorecard.cycle.id
    told = workspace.story(cycle, day_of(as_of), team)
    if kr is not None:
        if kr not in told.paragraphs:
            raise Refused(f"no key result {kr!r} in cycle {told.card.cycle.id}; ids are shown by `score`.")
        document: dict[str, Any] = {"id": kr, "cycle": told.card.cycle.id, "as_of": told.card.as_of}
        document |= {"data_version": told.card.data_version, "text": told.paragraphs[kr]}
        say(document, as_json, told.paragraphs[kr])
        return
    document = as_document(told)
    text = (as_markdown if markdown else as_text)(told)
    if rewritten:
        document["rewritten"] = _rewritten(told, language)
        lines = [f"{part['text']}{' (' + part['note'] + ')' if part['note'] else ''}" for part in document["rewritten"]]
        text = "\n".join([*lines, "", text])
    say(document, as_json, text)


def _rewritten(told: Any, language: str | None) -> list[dict[str, str]]:
    """The headline and the five lines in other words: original, text, note (why it is the rule text)."""
    from models.language import current
    from pages.exports.rewriting import configured, names_of, rewrite

    model = configured(os.environ)
    if model is None:
        raise Refused("no language model is configured; docs/language-model.md tells how, and what would be sent.")
    texts = [told.whole.opening, *(line.text for line in told.whole.short)]
    source = current().code
    found = rewrite(model, texts, names_of(told), language=language or source, source=source)
    return [{"original": was, "text": now.text, "note": now.note} for was, now in zip(texts, found, strict=True)]
