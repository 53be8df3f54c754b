"""Access: who may what, and the tokens with which programs come in."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr
from models.refused import Refused
from models.roles import ACTIONS, ROLES
from models.token import SAYS, SCOPES
from pages.parts import amounts, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

_REACH = {"any": "✓", "own": mark("own teams"), "no": "–"}


def render(workspace: Any, view: View) -> None:
    st.title(tr("Access"), anchor=False)
    st.markdown(
        tr(
            "Who may what stands in one table and is checked where it is done. Who has which role stands in the access "
            "file (docs/operations.md); a change of it is in force within a minute."
        )
    )
    me = workspace.person
    st.caption(tr("You are {name}, {role}.", name=plain(me.name), role=plain(me.role)))
    sheet.show([_table()], view, key="roles")
    st.header(tr("Tokens"), anchor=False)
    why = workspace.may("manage_access")
    if why:
        st.info(plain(why), icon=":material/lock:")
        return
    st.markdown(tr("With a token a program pushes KPI values or reads scorecards: `POST /api/v1/values`."))
    _made()
    _make(workspace)
    _list(workspace, view)


def _table() -> sheet.Block:
    rows = [
        {"cells": [spoken(action.says), *(spoken(_REACH[action.reach(role)]) for role in ROLES)]}
        for action in ACTIONS.values()
    ]
    return sheet.table([tr("Action"), *(role.title() for role in ROLES)], rows)


def _made() -> None:
    """The token made a moment ago: shown this once."""
    made = st.session_state.pop("token_made", None)
    if made:
        with st.container(border=True):
            st.markdown(tr("**The new token.** Copy it now: it is kept as a hash and cannot be shown again."))
            st.code(made["token"], language=None)


def _make(workspace: Any) -> None:
    with st.popover(tr("Make a token"), icon=":material/add:"), st.form("token", border=False):
        name = st.text_input(tr("What it is for"), max_chars=80, placeholder=tr("warehouse export"))
        scopes = st.multiselect(
            tr("What it may"), list(SCOPES), ["push"], format_func=lambda scope: spoken(SAYS[scope])
        )
        days = st.number_input(tr("Days until it ends"), 1, 366, 90)
        if st.form_submit_button(tr("Make it"), type="primary"):
            try:
                st.session_state["token_made"] = workspace.make_token(name, scopes, int(days))
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            st.rerun()


def _list(workspace: Any, view: View) -> None:
    tokens = workspace.tokens()
    if tokens.empty:
        st.caption(tr("There is none yet."))
        return
    rows = [_row(token) for token in tokens.to_dict("records")]
    sheet.show(
        [sheet.table([tr("Token"), tr("May"), tr("State"), tr("Ends"), tr("Made by")], rows)], view, key="tokens"
    )
    with st.popover(tr("Revoke a token"), icon=":material/block:"):
        names = dict(zip(tokens["id"], tokens["name"], strict=True))
        picked = st.selectbox(tr("Which one"), list(names), format_func=lambda name: f"{names[name]} ({name})")
        st.caption(tr("Programs that use it are refused from now on. It stays on record."))
        if st.button(tr("Revoke it"), type="primary"):
            try:
                workspace.revoke_token(picked)
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            st.rerun()


def _row(token: dict[str, Any]) -> sheet.Block:
    return {
        "cells": [
            {"text": one_line(token["name"]), "meta": token["id"]},
            ", ".join(token["scopes"]),
            {"valid": tr("valid"), "expired": tr("expired")}[token["state"]],
            amounts.day(pd.Timestamp(token["expires"])),
            {"text": amounts.day(token["made_at"]), "meta": one_line(token["made_by"])},
        ]
    }


if __name__ == "__main__":
    st.switch_page("dashboard.py")
