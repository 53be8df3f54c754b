"""Loads: what came in, when, from whom; what each load changed and refused; the way back."""

from typing import Any

import pandas as pd
import streamlit as st

from models.refused import Refused
from pages.parts import amounts, sheet
from pages.parts import checks as checks_of
from pages.parts.allowed import barred
from pages.parts.escape import plain
from pages.parts.tables import restated, rows_table
from pages.parts.view import View

SHOWN = 50
_WORDS = {"stored": "stored", "partial": "stored in part", "rejected": "refused", "needs_input": "asked back"}
_NUMBERS = {
    "accepted_new": "New",
    "restated": "Restated",
    "unchanged": "Unchanged",
    "repeated": "Repeated",
    "rejected": "Rejected",
    "absent": "Absent",
}


def render(workspace: Any, view: View) -> None:
    loads = workspace.loads()
    if loads.empty:
        st.title("Nothing has been loaded yet")
        st.markdown("Every extract leaves a record here: who, when, which file, what it changed, what was refused.")
        if st.button("Upload an extract", type="primary"):
            view.go("upload")
        return
    st.title("Loads", anchor=False)
    asked = st.query_params.get("load", "")
    held = loads[loads["load_id"].astype(str) == asked]
    if len(held):
        _one(workspace, view, held.iloc[0])
        return
    st.markdown(
        "Nothing is ever overwritten: each value keeps the load that brought it, and every load can be taken back."
    )
    pages = -(-len(loads) // SHOWN)
    page = st.pagination(pages, key="loads_page") if pages > 1 else 1
    rows = [_row(load, view) for load in loads.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")]
    columns = ["File", "Recorded (UTC)", "Status", *_NUMBERS.values()]
    sheet.show([sheet.table(columns, rows, numbers=tuple(_NUMBERS.values()))], view, key="loads")


def state(load: Any) -> str:
    """The load's state in words; taken back wins."""
    return "taken back" if pd.notna(load["undone_at"]) else _WORDS.get(load["status"], load["status"])


def _row(load: dict[str, Any], view: View) -> sheet.Block:
    numbers = [f"{int(load[name]):,}" if amounts.known(load[name]) else "–" for name in _NUMBERS]
    return {
        "cells": [
            {"text": load["file"], "meta": f"load {load['load_id']} · {load['source']} · {load['recorded_by']}"},
            amounts.moment(load["recorded_at"]),
            state(load),
            *numbers,
        ],
        "open": {"page": "loads", "params": {"load": str(load["load_id"])}},
        "href": view.href("loads", load=str(load["load_id"])),
    }


def _one(workspace: Any, view: View, load: Any) -> None:
    if st.button("All loads", icon=":material/arrow_back:", type="tertiary"):
        view.go("loads")
    st.header(f"Load {load['load_id']}: {plain(load['file'])}", anchor=False)
    facts = [
        ("State", state(load), f"source {load['source']}"),
        ("Recorded", amounts.moment(load["recorded_at"]), f"UTC, by {load['recorded_by']}"),
        *(
            (word, f"{int(load[name]):,}", "")
            for name, word in _NUMBERS.items()
            if amounts.known(load[name]) and load[name]
        ),
    ]
    if pd.notna(load["undone_at"]):
        facts.append(("Taken back", amounts.moment(load["undone_at"]), "UTC"))
    sheet.show([sheet.lead([], "", [], facts)], view, key="load_facts")
    st.caption(plain(f"SHA-256 {load['sha256']}"))
    _undo(workspace, load)
    detail = workspace.load_detail(int(load["load_id"]))
    changed, refused, checked = st.tabs(
        [f"Restated ({len(detail.restated)})", f"Rejected ({len(detail.rejected)})", "Checks"]
    )
    with changed:
        if len(detail.restated):
            rows_table(restated(detail.restated), "Values this load changed, old and new")
        else:
            st.caption("This load changed no value that was known before.")
    with refused:
        if len(detail.rejected):
            rows_table(detail.rejected, "Rows this load refused, with the reason")
        else:
            st.caption("Every row could be taken.")
    with checked:
        checks_of.show(detail.checks, view, key="load_checks")


def _undo(workspace: Any, load: Any) -> None:
    """Take the load back, after asking."""
    if load["status"] not in ("stored", "partial") or pd.notna(load["undone_at"]):
        return
    if barred(workspace, "undo"):
        return
    with st.popover("Take this load back", icon=":material/undo:"):
        st.markdown(
            "Its values leave the scorecard, and what was known before comes back. The load stays on record, and "
            "values that a later load confirmed or changed stay."
        )
        if st.button("Yes, take it back", type="primary"):
            try:
                workspace.undo(int(load["load_id"]))
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            st.rerun()


if __name__ == "__main__":
    st.switch_page("dashboard.py")
