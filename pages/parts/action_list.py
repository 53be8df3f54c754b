"""Actions of a team, to be ticked off in place: carried over until they are done or dropped."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from pages.parts import amounts
from pages.parts.escape import plain
from pages.parts.view import View

SHOWN = 40  # actions on a page before it says how many more
PAST = ("done", "dropped")


def show(workspace: Any, view: View, team: str | None, card: Any) -> None:
    """The open actions by owner, what is overdue first, and a way to add one."""
    found = workspace.actions(team, view.as_of)
    titles = dict(zip(card.key_results["id"], card.key_results["title"], strict=True))
    now = view.as_of is None  # a past day is read, not changed
    with st.container(horizontal=True, vertical_alignment="center"):
        owners = sorted(found["owner"].dropna().unique())
        owner = st.selectbox(tr("Owner"), owners, None, placeholder=tr("All owners"), key="action_owner", width=220,
                             label_visibility="collapsed") if len(owners) > 1 else None  # fmt: skip
        past = st.toggle(tr("Done and dropped too"), key="action_past")
        if now:
            with st.popover(tr("Add an action"), icon=":material/add_task:"):
                _form(workspace, "new", {}, team, card, titles)
    shown = found[~found["state"].isin(PAST)] if not past else found
    shown = shown[shown["owner"] == owner] if owner else shown
    if shown.empty:
        st.caption(tr("No actions are open."))
    lines(workspace, shown.head(SHOWN), titles, now)
    if len(shown) > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", len(shown) - SHOWN))


def lines(workspace: Any, actions: pd.DataFrame, titles: dict[str, str], now: bool) -> None:
    """A line an action under its owner; `now` allows to tick it off and to change it."""
    for name, own in actions.groupby(actions["owner"].fillna(""), sort=False):
        with st.container(gap=None):
            st.markdown(f"**{plain(name) or tr('Nobody yet')}**")
            for action in own.to_dict("records"):
                _line(workspace, action, titles, now)


def _line(workspace: Any, action: dict[str, Any], titles: dict[str, str], now: bool) -> None:
    identifier, past = action["id"], action["state"] in PAST
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"action line {identifier}"):
        done = action["state"] == "done"
        st.checkbox(
            plain(action["title"]), done, key=f"action {identifier} {action['state']}", disabled=not now,
            on_change=partial(_tick, workspace, identifier, past),
        )  # fmt: skip
        if action["state"] == "overdue":
            late = trn("{count} day overdue", "{count} days overdue", int(action["days"]))
            st.badge(late, icon=":material/schedule:", color="orange")
        st.caption(plain(_about(action, titles)), width="content")
        if now and not past:
            with st.popover("", icon=":material/more_horiz:", help=tr("Change or drop it"), type="tertiary"):
                _form(workspace, identifier, action, action["team"], None, titles)


def _about(action: dict[str, Any], titles: dict[str, str]) -> str:
    """`by 20 Nov 2026 · The portal is open`: when, and for which key result."""
    day = {"done": tr("done on {day}"), "dropped": tr("dropped on {day}")}.get(action["state"], tr("by {day}"))
    when = action[action["state"] if action["state"] in PAST else "due"]
    parts = [day.format(day=amounts.day(when)) if pd.notna(when) else "", titles.get(action["key_result"], "")]
    return " · ".join(part for part in parts if part)


def _tick(workspace: Any, identifier: str, past: bool) -> None:
    if past:
        workspace.reopen_action(identifier)
    else:
        workspace.finish_action(identifier)


def _form(
    workspace: Any, identifier: str, action: dict[str, Any], team: str | None, card: Any, titles: dict[str, str]
) -> None:  # fmt: skip
    """The fields of an action: a new one, or one that is changed or dropped."""
    new = not action
    with st.form(f"action form {identifier}", border=False, clear_on_submit=new):
        title = st.text_input(tr("What is to be done"), action.get("title", ""))
        owner = st.text_input(tr("Who"), action["owner"] if isinstance(action.get("owner"), str) else "")
        by = None if new or pd.isna(action["due"]) else action["due"].date()
        due = st.date_input(tr("By"), by, format="YYYY-MM-DD")
        key_result = None
        if new:
            own = list(titles) if team is None else list(card.of_team(team).key_results["id"])
            whole = tr("The whole team")
            key_result = st.selectbox(tr("For"), own, None, format_func=lambda key: titles[key], placeholder=whole)
        with st.container(horizontal=True):
            saved = st.form_submit_button(tr("Save"), type="primary")
            dropped = not new and st.form_submit_button(tr("Drop it"))
    try:
        if dropped:
            workspace.drop_action(identifier)
        elif saved and new:
            workspace.add_action(title, owner, due, key_result=key_result, team=team)
        elif saved:
            workspace.change_action(identifier, title=title, owner=owner, due=due)
        else:
            return
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")
        return
    st.rerun()
