"""The switch that puts the story in other words, where a model is configured; off until somebody turns it on."""

import os
from collections.abc import Callable

import streamlit as st

from models.language import current, tr, trn
from models.story import Story
from pages.exports.rewriting import Model, Rewritten, configured, names_of, rewrite, texts_of
from pages.parts.escape import plain

KEPT = "rewritten story"


def saying(story: Story) -> Callable[[str], str]:
    """How a text of the story is shown: as it is, or in the words of the model where these passed the check."""
    model = configured(os.environ)
    if model is None:
        return str
    on = st.toggle(
        plain(tr("Rewritten by {model} (figures checked)", model=model.name)),
        key="rewritten",
        help=tr(
            "Sends the sentences of this page, without names, to the configured model. Each rewrite is held against "
            "the original: every figure, name and verdict. Off, the page shows the original."
        ),
    )
    if not on:
        return str
    told = _rewritten(model, story)
    refused = [part for part in told.values() if not part.accepted]
    if refused:
        count = trn(
            "{count} of {all} texts is shown as the rules wrote it.",
            "{count} of {all} texts are shown as the rules wrote them.",
            len(refused),
            all=len(told),
        )
        st.caption(plain(f"{count} {refused[0].note}"))
    return lambda text: told[text].text if text in told else text


def _rewritten(model: Model, story: Story) -> dict[str, Rewritten]:
    """Each text and its rewrite; kept for the session until the story or the model changes."""
    texts = texts_of(story)
    code = current().code
    key = (model, code, tuple(texts))
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        with st.spinner(tr("Asking {model}.", model=plain(model.name))):
            found = rewrite(model, texts, names_of(story), language=code, source=code)
        kept = (key, dict(zip(texts, found, strict=True)))
        st.session_state[KEPT] = kept
    return kept[1]
