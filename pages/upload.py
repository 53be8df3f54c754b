"""Upload: drop extracts, see how each is read and what it would change, store, take back."""

import json
from typing import Any

import streamlit as st

from models.language import current, tr, trn
from models.refused import Refused
from pages.parts import empty, pull_kpis, upload_file, upload_state
from pages.parts.allowed import barred
from pages.parts.escape import plain
from pages.parts.view import View

STORABLE = ("stored", "partial")


def render(workspace: Any, view: View) -> None:
    st.title(tr("Upload"), anchor=False)
    st.session_state.setdefault("upload_round", 0)
    _stored(workspace, view)
    named = {"values": tr("KPI values"), "okrs": tr("OKRs")}
    named |= {"warehouses": tr("Warehouses")} if pull_kpis.is_set_up() else {}
    values, okrs, *warehouses = st.tabs(list(named.values()), default=named.get(st.query_params.get("what", "")))
    with values:
        _values(workspace, view)
    with okrs:
        st.markdown(tr("Objectives, key results, KPIs, teams and links, from one file. You see what changes first."))
        empty.import_okrs(workspace)
    for tab in warehouses:
        with tab:
            pull_kpis.draw(workspace, view)


def _values(workspace: Any, view: View) -> None:
    if barred(workspace, "upload"):
        return
    st.markdown(tr("Drop extracts of KPI values. **Nothing is stored before you have seen what would change.**"))
    files = st.file_uploader(
        tr("Extracts (CSV, TSV, Excel, OpenDocument, JSON lines; also gzipped or zipped)"),
        accept_multiple_files=True,
        key=f"extracts_{st.session_state['upload_round']}",
        help=tr(
            "One row a value (kpi, period, segment, value), or one column a KPI, or one column a period. Any encoding, "
            "delimiter and way of writing numbers and dates; what the file cannot tell by itself, you are asked."
        ),
    )
    stored = st.session_state.setdefault("stored", {})
    dropped = {file.file_id for file in files}
    upload_state.forget_others(dropped)
    waiting = [file for file in files if file.file_id not in stored]
    if not waiting:
        return
    read = _read(workspace, waiting)
    chosen = _store_all(read)
    for file, options, preview in read:
        if upload_file.show(workspace, view, file, options, preview):
            chosen = [(file, options)]
    if chosen:
        _store(workspace, chosen, dropped)


def _read(workspace: Any, files: list[Any]) -> list[tuple[Any, Any, Any]]:
    """(file, options, preview) of every file; instead of a preview the reason why it cannot even be tried."""
    kept = st.session_state.setdefault("previews", {})
    plans = [(file, *_options(workspace, file)) for file in files]
    new = [plan for plan in plans if plan[2] not in kept]
    if new:
        place = st.empty()
        with place.status(trn("Reading {count} file …", "Reading {count} files …", len(new)), expanded=len(new) > 1):
            bar = st.progress(0.0)
            for done, (file, options, key) in enumerate(new):
                bar.progress(done / len(new), _at(done, len(new), file))
                kept[key] = options if isinstance(options, Refused) else _preview(workspace, file, options)
        place.empty()
    for key in [key for key in kept if key not in {plan[2] for plan in plans}]:
        del kept[key]  # another answer, or another state of the data
    return [(file, options, kept[key]) for file, options, key in plans]


def _options(workspace: Any, file: Any) -> tuple[Any, tuple]:
    """How the file is to be loaded (or why it cannot be), and the key under which its preview is kept."""
    said = upload_state.of(file.file_id)
    mapping = json.dumps(said.mapping) if said.mapping is not None else None  # JSON is YAML
    try:
        options = workspace.options(
            mapping=mapping, source=said.source or None, create_kpis=said.create, accept_partial=said.partial
        )
    except Refused as refusal:
        options = refusal
    return options, (file.file_id, repr(options), workspace.data_version(), current().code)


def _preview(workspace: Any, file: Any, options: Any) -> Any:
    """What loading the file would do, and which verdicts of the past it would change."""
    try:
        found = workspace.preview(file.name, file.getvalue(), options, seen=_seen(file))
        return found, workspace.changed_verdicts(found) if found.status in STORABLE else None
    except Refused as refusal:
        return refusal


def _seen(file: Any) -> Any:
    """The file as it was read last, if it was."""
    previews = st.session_state["previews"].items()
    found = [shown for key, shown in previews if key[0] == file.file_id and not isinstance(shown, Refused)]
    return found[-1][0].intake.extract if found else None


def _store_all(read: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Any]]:
    """The files that are to be stored at once, when somebody says so."""
    ready = [
        (file, options)
        for file, options, found in read
        if not isinstance(found, Refused) and found[0].status in STORABLE
    ]
    if len(read) < 2:
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        rest = len(read) - len(ready)
        said = trn(
            "**{ready} of {count} file can be stored**", "**{ready} of {count} files can be stored**", len(read),
            ready=len(ready),
        )  # fmt: skip
        waits = trn("; {count} needs a decision.", "; {count} need a decision.", rest) if rest else "."
        st.markdown(said + waits, width="content")
        if len(ready) > 1 and st.button(
            trn("Store {count} file", "Store {count} files", len(ready)), type="primary", key="store all"
        ):
            return ready
    return []


def _store(workspace: Any, chosen: list[tuple[Any, Any]], dropped: set[str]) -> None:
    """Store files one after the other; each is a load of its own, and one that is refused does not stop the next."""
    problem = None
    stored = st.session_state["stored"]
    for file_id in set(stored) - dropped:  # those of an earlier drop are history: the Loads page has them
        del stored[file_id]
    with st.status(trn("Storing {count} file …", "Storing {count} files …", len(chosen))) as status:
        bar = st.progress(0.0)
        for done, (file, options) in enumerate(chosen):
            bar.progress(done / len(chosen), _at(done, len(chosen), file))
            try:
                result = workspace.load(file.name, file.getvalue(), options, seen=_seen(file))
            except Refused as refusal:
                problem = f"{file.name}: {refusal}"
                continue
            if result.status in STORABLE:
                made = {"load_id": result.load_id, "file": result.file, **result.counts}
                stored[file.file_id] = made
        bar.progress(1.0)
        status.update(label=tr("Stored"), state="complete")
    if problem:
        st.session_state["upload_problem"] = problem
    if dropped <= set(stored):
        st.session_state["upload_round"] += 1  # an empty uploader: every file has been stored
    st.rerun()


def _stored(workspace: Any, view: View) -> None:
    """What was stored a moment ago, with the way back."""
    problem = st.session_state.pop("upload_problem", None)
    if problem:
        st.error(plain(problem), icon=":material/error:")
    stored = st.session_state.setdefault("stored", {})
    kept = {file_id: done for file_id, done in stored.items() if not done.get("undone")}
    for done in stored.values():
        if done.get("undone"):
            number, file = done["load_id"], plain(done["file"])
            st.info(tr("Load {number} ({file}) was taken back. It stays on record.", number=number, file=file))
    if not kept:
        return
    with st.container(border=True):
        for file_id, done in kept.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_told(done), width="stretch")
                if st.button(tr("Undo this load"), icon=":material/undo:", key=f"undo {file_id}"):
                    try:
                        workspace.undo(done["load_id"])
                    except Refused as refusal:
                        st.session_state["upload_problem"] = str(refusal)
                    done["undone"] = True
                    st.rerun()
        with st.container(horizontal=True):
            if st.button(tr("See the scorecard"), type="primary"):
                view.go("scorecard")
            if st.button(tr("See the data's health")):
                view.go("data-health")


def _told(done: dict[str, Any]) -> str:
    told = [
        trn("{count} new value", "{count} new values", done["accepted_new"]),
        trn("{count} restated", "{count} restated", done["restated"]),
    ]
    said = {"file": plain(done["file"]), "number": done["load_id"], "values": ", ".join(told)}
    if done["rejected"]:
        refused = trn("{count} cell refused, on record", "{count} cells refused, on record", done["rejected"])
        stored = tr("**Stored {file}** as load {number}: {values}; {refused}.", refused=refused, **said)
    else:
        stored = tr("**Stored {file}** as load {number}: {values}.", **said)
    return f":material/check_circle: {stored}"


def _at(done: int, files: int, file: Any) -> str:
    return tr("{number} of {files}: {file}", number=done + 1, files=files, file=plain(file.name))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
