"""The course of a key result beside its evidence: its status, stages against their estimates, what waits for what."""

from typing import Any

import pandas as pd
import streamlit as st

from models.dependencies import holds_up, waits_for
from models.language import tr
from models.refused import Refused
from models.stages import lateness
from models.verdict import Word
from pages.parts import action_list, amounts, check_in_card, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

STATES = {
    "late": Word("Late", "◷", "bad", "It is not there, though the day on which it was needed has passed."),
    "dropped": Word("Dropped", "✕", "bad", "It was given up."),
    "waiting": Word("Waiting", "⧖", "neutral", "It is not there yet."),
    "came": Word("Came", "✓", "good", "It is there."),
    "came_late": Word("Came late", "✓", "warn", "It is there, later than it was needed."),
}


def show(workspace: Any, row: Any, card: Any, view: View) -> None:
    """`row` is the key result's row of the scorecard `card`."""
    st.header(tr("Its course"), anchor=False)
    identifier = str(row["id"])
    _status(workspace, identifier, view)
    stages = workspace.milestones(card.cycle.id, None, view.as_of)
    stages = stages[stages["key_result"] == identifier]
    if row["kind"] == "milestone" and len(stages):
        sheet.show([_stages(stages)], view, key="stages")
    waits = workspace.waits(view.as_of)
    said = [(waits_for(wait), wait) for wait in waits[waits["key_result"] == identifier].to_dict("records")]
    said += [(holds_up(wait), wait) for wait in waits[waits["on"] == identifier].to_dict("records")]
    if said:
        sheet.show(
            [sheet.table([tr("Waits and helps"), ""], [_wait(*one, identifier, view) for one in said])],
            view,
            key="waits",
        )
    actions = workspace.actions(None, view.as_of)
    mine = actions[actions["key_result"] == identifier]
    if len(mine):
        action_list.lines(workspace, mine, {}, view.as_of is None)


def _status(workspace: Any, identifier: str, view: View) -> None:
    """The status as it stands, set in place; every one before it is kept."""
    company, given = workspace.company(view.as_of), workspace.statuses(view.as_of)
    mine = given[(given["kind"] == "key_result") & (given["id"] == identifier)]
    status = company.status(mine["status"].iloc[0]) if len(mine) else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badge = check_in_card.status_badge(status)
        st.markdown(f"{plain(badge['icon'])} **{plain(badge['word'])}**", width="content")
        if len(mine):
            said = {"who": mine["by"].iloc[0], "day": amounts.day(mine["at"].iloc[0])}
            st.caption(plain(tr("set by {who} on {day}", **said)), width="content")
        if view.as_of is None:
            box = st.popover(
                tr("Set the status"), type="tertiary", icon=":material/edit:", on_change="rerun", key="set_status"
            )
            if box.open:
                with box:
                    _set_status(workspace, identifier, company.status_list)
        if "check-in" in view.pages:
            st.page_link(view.pages["check-in"], label=tr("Check in"), icon=":material/edit_note:")
    if len(mine) and mine["note"].iloc[0]:
        st.caption(plain(mine["note"].iloc[0]))


def _set_status(workspace: Any, identifier: str, offered: list[Any]) -> None:
    words = {known.id: f"{known.icon} {known.label}" for known in offered}
    with st.form("set status", border=False, clear_on_submit=True):
        chosen = st.selectbox(
            tr("Status"), list(words), None, format_func=lambda code: words[code], placeholder=tr("Choose")
        )
        note = st.text_input(tr("Why"))
        if st.form_submit_button(tr("Save"), type="primary") and chosen:
            try:
                workspace.set_status("key_result", identifier, chosen, note.strip())
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            st.rerun()
    history = workspace.status_history("key_result", identifier)
    for past in history.iloc[::-1].to_dict("records"):
        word = words.get(past["status"], past["status"]) if isinstance(past["status"], str) else tr("none")
        st.caption(
            plain(" · ".join(part for part in (amounts.day(past["at"]), word, past["by"], past["note"]) if part))
        )


def _stages(stages: pd.DataFrame) -> sheet.Block:
    rows = [
        {
            "cells": [
                one_line(stage["title"]),
                amounts.day(stage["due"]),
                amounts.day(stage["done"]),
                _late(stage),
            ]
        }
        for stage in stages.to_dict("records")
    ]
    return sheet.table([tr("Stage"), tr("Estimated"), tr("Done"), ""], rows)


def _late(stage: dict[str, Any]) -> Any:
    """How late a stage came or is: an icon and words."""
    if pd.isna(stage["days"]):
        return "" if stage["state"] == "done" else tr("not done yet")
    words = {"word": lateness(stage["days"]), "meaning": ""}
    if stage["state"] == "overdue":
        return {**words, "icon": "◷", "tone": "bad"}
    return {**words, "icon": "✓", "tone": "warn" if stage["days"] > 0 else "good"}


def _wait(sentence: str, wait: dict[str, Any], identifier: str, view: View) -> sheet.Block:
    """One dependency; the row opens the other key result."""
    other = wait["on"] if wait["key_result"] == identifier else wait["key_result"]
    state = "came_late" if wait["state"] == "came" and wait["days"] > 0 else wait["state"]
    return {
        "cells": [one_line(sentence), sheet.badge(STATES[state])],
        "open": {"page": "key-result", "params": {"kr": str(other)}},
        "href": view.href("key-result", kr=str(other)),
    }
