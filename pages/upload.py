"""Upload: drop extracts, see what they would change, store, take back."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from models.refused import Refused
from pages.parts import empty
from pages.parts.amounts import counted
from pages.parts.escape import one_line, plain
from pages.parts.tables import restated, rows_table
from pages.parts.view import View

KINDS = ["csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "gz", "zip"]
_COUNTS = {  # count: (word, what it means)
    "accepted_new": ("New", "values of periods not known before"),
    "restated": ("Restated", "values that change one already known; the old one is kept"),
    "unchanged": ("Unchanged", "values known already"),
    "repeated": ("Repeated", "the same value more than once in the file"),
    "rejected": ("Rejected", "cells that cannot be taken as they are"),
    "absent": ("Absent", "values known from this source that the file no longer names"),
}


def render(workspace: Any, view: View) -> None:
    st.title("Upload", anchor=False)
    st.session_state.setdefault("upload_round", 0)
    _stored(workspace, view)
    values, okrs = st.tabs(["KPI values", "OKRs"], default="OKRs" if st.query_params.get("what") == "okrs" else None)
    with values:
        _values(workspace)
    with okrs:
        st.markdown("Objectives, key results, KPIs, teams and links, from one file. You see what changes first.")
        empty.import_okrs(workspace)


def _values(workspace: Any) -> None:
    st.markdown("Drop extracts of KPI values. **Nothing is stored before you have seen what would change.**")
    files = st.file_uploader(
        "Extracts (CSV, TSV, Excel)",
        type=KINDS,
        accept_multiple_files=True,
        key=f"extracts_{st.session_state['upload_round']}",
        help="Long (kpi, period, segment, value) or wide (one column a KPI, or one column a period).",
    )
    left, right = st.columns(2)
    create = left.checkbox(
        "Create KPIs that are not known yet",
        key="create_kpis",
        help="They are marked “to be defined”: unit, better direction and smallest change are asked for later.",
    )
    partial = right.checkbox(
        "Accept the good part of a file with bad rows",
        key="accept_partial",
        help="Without this a file with a bad row stops whole, so that nothing is lost unnoticed.",
    )
    with st.expander("Say how the file is written (rarely needed)"):
        source = st.text_input("Source", key="source", help="Files of one source replace each other's values.")
        mapping = st.text_area(
            "Mapping (YAML)", key="mapping", height=120, placeholder="period: Datum\nvalue: Wert\ndecimal: ','"
        )
    said = {"source": source or None, "create_kpis": create, "accept_partial": partial}
    for file in files:
        _file(workspace, file, mapping, said)


def _file(workspace: Any, file: Any, mapping: str, said: dict[str, Any]) -> None:
    with st.container(border=True):
        st.header(plain(file.name), anchor=False)
        try:
            options = workspace.options(mapping=_with_answers(mapping, file.file_id) or None, **said)
            preview = _preview(workspace, file, options)
        except Refused as refusal:
            st.error(plain(refusal), icon=":material/error:")
            return
        _say(preview)
        _ask(preview, file.file_id)
        if preview.status in ("needs_input", "already_loaded"):
            return
        _warn(preview)
        _counts(preview)
        _tables(preview)
        if preview.status in ("stored", "partial"):
            amount = preview.counts["accepted_new"] + preview.counts["restated"]
            label = f"Store {counted(amount, 'value')}" if amount else "Record that nothing changed"
            if st.button(label, type="primary", key=f"store {file.file_id}"):
                _store(workspace, file, options)


def _preview(workspace: Any, file: Any, options: Any) -> Any:
    """The preview, read once for a file, its options and the state of the data."""
    kept = st.session_state.setdefault("previews", {})
    key = (file.file_id, repr(options), workspace.data_version())
    if key not in kept:
        with st.spinner(f"Reading and checking {plain(file.name)} …", show_time=True):
            kept[key] = workspace.preview(file.name, file.getvalue(), options)
    return kept[key]


def _say(preview: Any) -> None:
    layout = preview.intake.extract.layout
    read_as = f"Read as {plain(layout[0].lower() + layout[1:])}. " if layout else ""
    match preview.status:
        case "already_loaded":
            st.info(f"These very bytes were loaded before, as load {preview.load_id}.", icon=":material/info:")
        case "rejected":
            st.error(
                f"{read_as}**This file would be refused.** Correct the rows below in its source and drop it again, "
                "or accept the good part.",
                icon=":material/block:",
            )
        case "needs_input":
            st.warning(f"{read_as}**This file can be read in more than one way.** Say which:", icon=":material/help:")
        case "partial":
            st.warning(f"{read_as}The good part would be stored; the rejected rows are kept on record.")
        case _:
            st.success(f"{read_as}Every row can be taken.", icon=":material/check:")


def _warn(preview: Any) -> None:
    if preview.intake.unknown_kpis:
        names = ", ".join(plain(name) for name in preview.intake.unknown_kpis[:10])
        st.warning(f"Not known yet: {names}. Tick “Create KPIs that are not known yet”, or define them first.")
    for warning in preview.intake.warnings:
        st.caption(f":material/warning: {plain(warning.message)}")


def _ask(preview: Any, file_id: str) -> None:
    """What the file cannot tell by itself; an answer becomes part of the mapping, and can be changed."""
    answers = st.session_state.setdefault("answers", {}).setdefault(file_id, {})
    for question in preview.intake.extract.questions:
        meanings = {one_line(meaning): value for value, meaning in question.options}
        picked = st.radio(
            plain(question.message),
            list(meanings),
            format_func=plain,
            index=None,
            key=f"answer {file_id} {question.mapping_key}",
        )
        if picked is not None:
            answers[question.mapping_key] = meanings[picked]
            st.rerun()
    if answers:
        told = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in answers.items())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(f"You said: {told}"), width="content")
            if st.button("Ask me again", key=f"again {file_id}", type="tertiary"):
                answers.clear()
                st.rerun()


def _with_answers(mapping: str, file_id: str) -> str:
    """The mapping with the answers added; JSON values are YAML values."""
    answers = st.session_state.get("answers", {}).get(file_id, {})
    return "\n".join([mapping, *(f"{key}: {json.dumps(value)}" for key, value in answers.items())]).strip()


def _counts(preview: Any) -> None:
    with st.container(horizontal=True, gap="medium"):
        for name, (word, meaning) in _COUNTS.items():
            count = preview.counts.get(name, 0)
            if count or name in ("accepted_new", "restated", "rejected"):
                st.metric(word, f"{count:,}", help=meaning, width="content")


def _tables(preview: Any) -> None:
    rejected = pd.DataFrame(preview.rejected, columns=["row", "column", "value", "code", "reason"])
    if len(rejected):
        st.markdown("**Rejected, with the reason**")
        rows_table(rejected.drop(columns="code").astype({"value": str}), "Rejected rows with their reason")
    if len(preview.restated):
        st.markdown("**Restated: old → new**")
        rows_table(restated(preview.restated), "Values that would change, old and new")
    if len(preview.new):
        with st.expander(f"{counted(len(preview.new), 'new value')}"):
            rows_table(preview.new, "Values of periods not known before")
    decisions = preview.intake.extract.decisions
    if decisions:
        with st.expander("How this file was read"):
            lines = {
                "What": [decision.name.replace("_", " ") for decision in decisions],
                "Taken as": [str(decision.value) for decision in decisions],
                "Because": [decision.because for decision in decisions],
            }
            st.dataframe(lines, hide_index=True, alt="What was read from the file, and why")


def _store(workspace: Any, file: Any, options: Any) -> None:
    with st.status(f"Storing {plain(file.name)} …") as status:
        result = workspace.load(file.name, file.getvalue(), options)
        status.update(label="Stored", state="complete")
    st.session_state["stored_load"] = {"load_id": result.load_id, "file": result.file, **result.counts}
    st.session_state["upload_round"] += 1  # an empty uploader: the stored file leaves it
    st.rerun()


def _stored(workspace: Any, view: View) -> None:
    """What was stored a moment ago, with the way back."""
    done = st.session_state.get("stored_load")
    if not done:
        return
    if done.get("undone"):
        st.info(f"Load {done['load_id']} ({plain(done['file'])}) was taken back. It stays on record.")
        return
    with st.container(border=True):
        new, changed = done["accepted_new"], done["restated"]
        st.success(
            f"**Stored {plain(done['file'])}** as load {done['load_id']}: {counted(new, 'new value')}, "
            f"{counted(changed, 'restated', 'restated')}.",
            icon=":material/check_circle:",
        )
        with st.container(horizontal=True):
            if st.button("See the scorecard", type="primary"):
                view.go("scorecard")
            if st.button("Undo this load", icon=":material/undo:"):
                workspace.undo(done["load_id"])
                st.session_state["stored_load"] = {**done, "undone": True}
                st.rerun()


if __name__ == "__main__":
    st.switch_page("dashboard.py")
