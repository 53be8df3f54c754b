"""Loads: what came in, when, from whom; what each load changed and refused; the way back."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr
from models.refused import Refused
from pages.parts import amounts, sheet
from pages.parts import checks as checks_of
from pages.parts.allowed import barred
from pages.parts.escape import plain
from pages.parts.tables import restated, rows_table
from pages.parts.view import View

SHOWN = 50
_WORDS = {
    "stored": mark("stored"),
    "partial": mark("stored in part"),
    "rejected": mark("refused"),
    "needs_input": mark("asked back"),
}
_NUMBERS = {
    "accepted_new": mark("New"),
    "restated": mark("Restated"),
    "unchanged": mark("Unchanged"),
    "repeated": mark("Repeated"),
    "rejected": mark("Rejected"),
    "absent": mark("Absent"),
}


def render(workspace: Any, view: View) -> None:
    loads = workspace.loads()
    if loads.empty:
        st.title(tr("Nothing has been loaded yet"))
        st.markdown(tr("Every extract leaves a record here: who, when, which file, what it changed, what was refused."))
        if st.button(tr("Upload an extract"), type="primary"):
            view.go("upload")
        return
    st.title(tr("Loads"), anchor=False)
    asked = st.query_params.get("load", "")
    held = loads[loads["load_id"].astype(str) == asked]
    if len(held):
        _one(workspace, view, held.iloc[0])
        return
    st.markdown(
        tr("Nothing is ever overwritten: each value keeps the load that brought it, and every load can be taken back.")
    )
    pages = -(-len(loads) // SHOWN)
    page = st.pagination(pages, key="loads_page") if pages > 1 else 1
    rows = [_row(load, view) for load in loads.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")]
    numbers = [spoken(word) for word in _NUMBERS.values()]
    columns = [tr("File"), tr("Recorded (UTC)"), tr("Status"), *numbers]
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="loads")


def state(load: Any) -> str:
    """The load's state in words; taken back wins."""
    return tr("taken back") if pd.notna(load["undone_at"]) else spoken(_WORDS.get(load["status"], load["status"]))


def _row(load: dict[str, Any], view: View) -> sheet.Block:
    numbers = [amounts.count(load[name]) for name in _NUMBERS]
    return {
        "cells": [
            {
                "text": load["file"],
                "meta": " · ".join([tr("load {number}", number=load["load_id"]), load["source"], load["recorded_by"]]),
            },
            amounts.moment(load["recorded_at"]),
            state(load),
            *numbers,
        ],
        "open": {"page": "loads", "params": {"load": str(load["load_id"])}},
        "href": view.href("loads", load=str(load["load_id"])),
    }


def _one(workspace: Any, view: View, load: Any) -> None:
    if st.button(tr("All loads"), icon=":material/arrow_back:", type="tertiary"):
        view.go("loads")
    st.header(tr("Load {number}: {file}", number=load["load_id"], file=plain(load["file"])), anchor=False)
    facts = [
        (tr("State"), state(load), tr("source {source}", source=load["source"])),
        (tr("Recorded"), amounts.moment(load["recorded_at"]), tr("UTC, by {who}", who=load["recorded_by"])),
        *(
            (spoken(word), amounts.count(load[name]), "")
            for name, word in _NUMBERS.items()
            if amounts.known(load[name]) and load[name]
        ),
    ]
    if pd.notna(load["undone_at"]):
        facts.append((tr("Taken back"), amounts.moment(load["undone_at"]), "UTC"))
    sheet.show([sheet.lead([], "", [], facts)], view, key="load_facts")
    st.caption(plain(f"SHA-256 {load['sha256']}"))
    _undo(workspace, load)
    detail = workspace.load_detail(int(load["load_id"]))
    changed, refused, checked = st.tabs(
        [
            tr("Restated ({count})", count=amounts.count(len(detail.restated))),
            tr("Rejected ({count})", count=amounts.count(len(detail.rejected))),
            tr("Checks"),
        ]
    )
    with changed:
        if len(detail.restated):
            rows_table(restated(detail.restated), tr("Values this load changed, old and new"))
        else:
            st.caption(tr("This load changed no value that was known before."))
    with refused:
        if len(detail.rejected):
            rows_table(detail.rejected, tr("Rows this load refused, with the reason"))
        else:
            st.caption(tr("Every row could be taken."))
    with checked:
        checks_of.show(detail.checks, view, key="load_checks")


def _undo(workspace: Any, load: Any) -> None:
    """Take the load back, after asking."""
    if load["status"] not in ("stored", "partial") or pd.notna(load["undone_at"]):
        return
    if barred(workspace, "undo"):
        return
    with st.popover(tr("Take this load back"), icon=":material/undo:"):
        st.markdown(
            tr(
                "Its values leave the scorecard, and what was known before comes back. The load stays on record, and "
                "values that a later load confirmed or changed stay."
            )
        )
        if st.button(tr("Yes, take it back"), type="primary"):
            try:
                workspace.undo(int(load["load_id"]))
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            st.rerun()


if __name__ == "__main__":
    st.switch_page("dashboard.py")
