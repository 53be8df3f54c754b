"""Talk about what is planned: threads of comments under an objective or a key result."""

from typing import Any

import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from pages.parts import amounts
from pages.parts.escape import plain


def thread(workspace: Any, on: str) -> None:
    """The comments, answers below what they answer, and a field for the next."""
    found = workspace.comments(on)
    ids = {record.id for record in found}
    tops = [record for record in found if record.body.get("reply_to") not in ids]
    for record in tops:
        _comment(workspace, record)
        answers = [answer for answer in found if answer.body.get("reply_to") == record.id]
        for answer in answers:
            _, inside = st.columns([0.04, 0.96])
            with inside:
                _comment(workspace, answer)
    names = {record.id: _opening(record) for record in tops}
    with st.form(f"comment {on}", clear_on_submit=True, border=False):
        reply = None
        if tops:
            reply = st.selectbox(
                tr("Answer to"), [None, *names], format_func=lambda name: names.get(name, tr("nobody: a new comment"))
            )
        text = st.text_area(tr("Comment"), max_chars=4000, height=80)
        if st.form_submit_button(tr("Comment")) and text.strip():
            try:
                workspace.add_comment(on, text, reply)
            except Refused as problem:
                st.error(plain(problem), icon=":material/error:")
            else:
                st.rerun()


def counted(workspace: Any, on: str) -> str:
    count = len(workspace.comments(on))
    return trn("{count} comment", "{count} comments", count) if count else ""


def _comment(workspace: Any, record: Any) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(record.made_by)}** · {plain(amounts.moment(record.made_at))} UTC", width="content")
            if record.made_by == workspace.who and st.button(
                tr("Take back"), key=f"take back {record.id}", type="tertiary"
            ):
                workspace.take_back_comment(record.id)
                st.rerun()
        for line in record.body["text"].splitlines():
            st.markdown(plain(line))


def _opening(record: Any) -> str:
    text = " ".join(record.body["text"].split())
    return f"{record.made_by}: {text[:60]}{'…' if len(text) > 60 else ''}"
