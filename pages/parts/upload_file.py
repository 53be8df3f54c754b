"""One dropped file: how it is read, what it would change, what it lacks, and the button that stores it."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from models.refused import Refused
from models.verdict import VERDICTS
from pages.parts import downloads, sheet, upload_reading, upload_state
from pages.parts.advice import advice
from pages.parts.amounts import counted
from pages.parts.escape import one_line, plain
from pages.parts.tables import restated, rows_table
from pages.parts.view import View

COUNTS = {  # count: (word, what it means)
    "accepted_new": ("New", "values of periods not known before"),
    "restated": ("Restated", "values that change one already known; the old one is kept"),
    "unchanged": ("Unchanged", "values known already"),
    "repeated": ("Repeated", "the same value more than once in the file"),
    "rejected": ("Rejected", "cells that cannot be taken as they are"),
    "absent": ("Absent", "values known from this source that the file no longer names"),
}
REASONS = 3  # problems of a whole file that are told one by one
REMARKS = 3  # warnings that are told before the rest is folded away


def show(workspace: Any, view: View, file: Any, options: Any, found: Any) -> bool:
    """Draw the card of a file; True when it is to be stored. `found`: (preview, changed verdicts), or a refusal."""
    with st.container(border=True, key=f"card {file.file_id}"):
        st.header(plain(file.name), anchor=False)
        if isinstance(found, Refused):
            st.error(plain(found), icon=":material/error:")
            if st.button("Start again with this file", key=f"restart {file.file_id}"):
                upload_state.replace(file.file_id, None)
                st.rerun()
            return False
        preview, verdicts = found
        reading = upload_reading.Reading(workspace, file, preview)
        _say(preview)
        reading.ask()
        if preview.status == "already_loaded":
            return False
        if preview.status != "needs_input" and not _whole(preview):
            reading.names()
            _counts(preview)
            _verdicts(verdicts, view, file.file_id)
            _remarks(preview.intake.warnings, file.file_id)
            _tables(preview, file)
        reading.how()
        reading.remember()
        _partial(preview, file.file_id)
        if preview.status not in ("stored", "partial"):
            return False
        amount = preview.counts["accepted_new"] + preview.counts["restated"]
        label = f"Store {counted(amount, 'value')}" if amount else "Record that nothing changed"
        return bool(st.button(label, type="primary", key=f"store {file.file_id}"))


def _say(preview: Any) -> None:
    layout = preview.intake.extract.layout
    read_as = f"Read as {plain(layout[0].lower() + layout[1:])}. " if layout else ""
    match preview.status:
        case "already_loaded":
            st.info(f"These very bytes were loaded before, as load {preview.load_id}.", icon=":material/info:")
        case "rejected" if getattr(preview.intake.extract, "refused", False) or _whole(preview):
            st.error("**This file cannot be taken.** " + _reasons(preview), icon=":material/block:")
        case "rejected" if _only_names(preview):
            st.warning(f"{read_as}**It names KPIs that are not known yet.**", icon=":material/help:")
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


def _only_names(preview: Any) -> bool:
    """Whether nothing is wrong but names that nobody knows yet."""
    return {problem["code"] for problem in preview.rejected} == {"unknown_kpi"}


def _whole(preview: Any) -> bool:
    """Whether nothing of the file can be taken, whatever is accepted."""
    return bool(preview.rejected) and len(preview.intake.rows) == 0 and not preview.intake.unknown_kpis


def _reasons(preview: Any) -> str:
    """The first reasons, each with what to do."""
    said: list[str] = []
    told: set[str] = set()
    for problem in preview.rejected:
        if problem["code"] not in told and len(said) < REASONS:
            told.add(problem["code"])
            reason = problem["reason"].removeprefix("file refused: ")
            said.append(f"{plain(reason[:1].upper() + reason[1:])}. **What to do:** {plain(advice(problem['code']))}")
    return " ".join(said)


def _counts(preview: Any) -> None:
    with st.container(horizontal=True, gap="medium"):
        for name, (word, meaning) in COUNTS.items():
            count = preview.counts.get(name, 0)
            if count or name in ("accepted_new", "restated", "rejected"):
                st.metric(word, f"{count:,}", help=meaning, width="content")


def _verdicts(changed: pd.DataFrame | None, view: View, file_id: str) -> None:
    """Verdicts of cycles that are over, which people may have acted on already."""
    if changed is None or changed.empty:
        return
    st.warning(
        f"**Storing this changes {counted(len(changed), 'verdict')} of cycles that are over.** What was known before "
        "can still be seen with “As known on”.",
        icon=":material/gavel:",
    )
    rows: list[sheet.Block] = [
        {
            "cells": [
                {"text": one_line(row["title"]), "meta": one_line(row["cycle"])},
                _verdict(row["before"]),
                _verdict(row["after"]),
                one_line(row["sentence_after"]),
            ]
        }
        for row in changed.to_dict("records")
    ]
    sheet.show([sheet.table(["Key result", "Now", "Then", "Because"], rows)], view, key=f"verdicts {file_id}")


def _verdict(word: str) -> Any:
    known = next((verdict for verdict in VERDICTS.values() if word.removesuffix(" so far") == verdict.word), None)
    return sheet.badge(known, word) if known else one_line(word)


def _remarks(warnings: list[Any], file_id: str) -> None:
    for warning in warnings[:REMARKS]:
        st.caption(f":material/warning: {plain(warning.message)}")
    if len(warnings) > REMARKS:
        with st.expander(f"{counted(len(warnings) - REMARKS, 'more remark')}"):
            rows_table(_problems(warnings), "What looks odd in this file")


def _problems(problems: list[Any]) -> pd.DataFrame:
    rows = [(p.line, p.column, p.found, p.message) for p in problems]
    return pd.DataFrame(rows, columns=["row", "column", "value", "reason"]).astype({"row": "Int64", "value": str})


def rejected_rows(preview: Any) -> pd.DataFrame:
    """row, column, value (what was found), reason, todo (what to do)."""
    frame = pd.DataFrame(preview.rejected, columns=["row", "column", "value", "code", "reason"])
    frame = frame.astype({"value": str, "row": "Int64"})
    return frame.assign(todo=[advice(code) for code in frame["code"]]).drop(columns="code")


def unchanged_rows(preview: Any) -> pd.DataFrame:
    """kpi, segment, period, value of what the file brings and the store has already."""
    keys = ["kpi", "segment", "period"]
    changed = pd.concat([preview.new[keys], preview.restated[keys]])
    left = preview.intake.rows.merge(changed, on=keys, how="left", indicator=True)
    return left[left["_merge"] == "left_only"][[*keys, "value"]].reset_index(drop=True)


def _tables(preview: Any, file: Any) -> None:
    stem, key = Path(file.name).stem, file.file_id
    if preview.rejected:
        with (
            st.expander(f"{counted(len(preview.rejected), 'cell')} with such a name")
            if _only_names(preview)
            else st.container()
        ):
            st.markdown("**Rejected, with the reason and what to do**")
            rows_table(rejected_rows(preview), "Rejected rows with their reason")
            name = f"{stem}-rejected.csv"
            downloads.button("Rejected rows as CSV", lambda: rejected_rows(preview), name, f"bad {key}")
    if len(preview.restated):
        st.markdown("**Restated: old → new**, the biggest change first")
        rows_table(restated(preview.restated), "Values that would change, old and new")
        downloads.button(
            "Restated values as CSV", lambda: restated(preview.restated), f"{stem}-restated.csv", f"re {key}"
        )
    if len(preview.new):
        total, shown = preview.counts["accepted_new"], len(preview.new)
        first = f", the first {shown:,} here" if shown < total else ""
        with st.expander(f"{counted(total, 'new value')}{first}"):
            rows_table(preview.new, "Values of periods not known before")
            downloads.button("New values as CSV", lambda: preview.new, f"{stem}-new.csv", f"new {key}")
    if preview.counts.get("unchanged"):
        with st.expander(f"{counted(preview.counts['unchanged'], 'unchanged value')}"):
            rows_table(unchanged_rows(preview), "Values that are known already")
            downloads.button(
                "Unchanged values as CSV", lambda: unchanged_rows(preview), f"{stem}-unchanged.csv", f"same {key}"
            )


def _partial(preview: Any, file_id: str) -> None:
    """The way to take the good part of a file that has bad rows."""
    if preview.status not in ("partial", "rejected") or not len(preview.intake.rows):
        return
    good = counted(len(preview.intake.rows), "good value")
    st.checkbox(
        f"Accept the good part: {good}; the rejected rows stay on record",
        upload_state.of(file_id).partial,
        key=f"partial {file_id}",
        help="Without this a file with a bad row stops whole, so that nothing is lost unnoticed.",
    )
