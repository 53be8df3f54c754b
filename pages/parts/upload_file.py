"""One dropped file: how it is read, what it would change, what it lacks, and the button that stores it."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr, trn
from models.refused import Refused
from models.verdict import VERDICTS
from pages.parts import downloads, sheet, upload_reading, upload_state
from pages.parts.advice import advice
from pages.parts.amounts import count as figure
from pages.parts.escape import one_line, plain
from pages.parts.tables import restated, rows_table
from pages.parts.view import View

COUNTS = {  # count: (word, what it means)
    "accepted_new": (mark("New"), mark("values of periods not known before")),
    "restated": (mark("Restated"), mark("values that change one already known; the old one is kept")),
    "unchanged": (mark("Unchanged"), mark("values known already")),
    "repeated": (mark("Repeated"), mark("the same value more than once in the file")),
    "rejected": (mark("Rejected"), mark("cells that cannot be taken as they are")),
    "absent": (mark("Absent"), mark("values known from this source that the file no longer names")),
}
REASONS = 3  # problems of a whole file that are told one by one
REMARKS = 3  # warnings that are told before the rest is folded away


def show(workspace: Any, view: View, file: Any, options: Any, found: Any) -> bool:
    """Draw the card of a file; True when it is to be stored. `found`: (preview, changed verdicts), or a refusal."""
    with st.container(border=True, key=f"card {file.file_id}"):
        st.header(plain(file.name), anchor=False)
        if isinstance(found, Refused):
            st.error(plain(found), icon=":material/error:")
            if st.button(tr("Start again with this file"), key=f"restart {file.file_id}"):
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
        label = (
            trn("Store {count} value", "Store {count} values", amount) if amount else tr("Record that nothing changed")
        )
        return bool(st.button(label, type="primary", key=f"store {file.file_id}"))


def _say(preview: Any) -> None:
    layout = preview.intake.extract.layout
    read = plain(layout[0].lower() + layout[1:]) if layout else ""
    read_as = tr("Read as {layout}.", layout=read) + " " if layout else ""
    match preview.status:
        case "already_loaded":
            said = tr("These very bytes were loaded before, as load {number}.", number=preview.load_id)
            st.info(said, icon=":material/info:")
        case "rejected" if getattr(preview.intake.extract, "refused", False) or _whole(preview):
            st.error(f"**{tr('This file cannot be taken.')}** {_reasons(preview)}", icon=":material/block:")
        case "rejected" if _only_names(preview):
            st.warning(f"{read_as}**{tr('It names KPIs that are not known yet.')}**", icon=":material/help:")
        case "rejected":
            refused = tr(
                "**This file would be refused.** Correct the rows below in its source and drop it again, or accept the "
                "good part."
            )
            st.error(f"{read_as}{refused}", icon=":material/block:")
        case "needs_input":
            asked = tr("**This file can be read in more than one way.** Say which:")
            st.warning(f"{read_as}{asked}", icon=":material/help:")
        case "partial":
            part = tr("The good part would be stored; the rejected rows are kept on record.")
            st.warning(f"{read_as}{part}")
        case _:
            st.success(f"{read_as}{tr('Every row can be taken.')}", icon=":material/check:")


def _only_names(preview: Any) -> bool:
    """Whether nothing is wrong but names that nobody knows yet."""
    return {problem["code"] for problem in preview.rejected} - {"more"} == {"unknown_kpi"}


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
            said.append(
                tr(
                    "{reason}. **What to do:** {advice}",
                    reason=plain(reason[:1].upper() + reason[1:]),
                    advice=plain(advice(problem["code"])),
                )
            )
    return " ".join(said)


def _counts(preview: Any) -> None:
    with st.container(horizontal=True, gap="medium"):
        for name, (word, meaning) in COUNTS.items():
            count = preview.counts.get(name, 0)
            if count or name in ("accepted_new", "restated", "rejected"):
                st.metric(spoken(word), figure(count), help=spoken(meaning), width="content")


def _verdicts(changed: pd.DataFrame | None, view: View, file_id: str) -> None:
    """Verdicts of cycles that are over, which people may have acted on already."""
    if changed is None or changed.empty:
        return
    st.warning(
        trn(
            "**Storing this changes {count} verdict of cycles that are over.** What was known before can still be seen "
            "with “As known on”.",
            "**Storing this changes {count} verdicts of cycles that are over.** What was known before "
            "can still be seen "
            "with “As known on”.",
            len(changed),
        ),
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
    sheet.show(
        [sheet.table([tr("Key result"), tr("Now"), tr("Then"), tr("Because")], rows)], view, key=f"verdicts {file_id}"
    )


def _verdict(word: str) -> Any:
    known = next(
        (v for v in VERDICTS.values() if word in (v.word, tr("{verdict} so far", verdict=v.word))),
        None,
    )
    return sheet.badge(known, word) if known else one_line(word)


def _remarks(warnings: list[Any], file_id: str) -> None:
    for warning in warnings[:REMARKS]:
        st.caption(f":material/warning: {plain(warning.message)}")
    if len(warnings) > REMARKS:
        with st.expander(trn("{count} more remark", "{count} more remarks", len(warnings) - REMARKS)):
            rows_table(_problems(warnings), tr("What looks odd in this file"))


def _problems(problems: list[Any]) -> pd.DataFrame:
    rows = [(p.line, p.column, p.found, p.message) for p in problems]
    return pd.DataFrame(rows, columns=["row", "column", "value", "reason"]).astype({"row": "Int64", "value": str})


def rejected_rows(preview: Any) -> pd.DataFrame:
    """row, column, value (what was found), reason, todo (what to do)."""
    frame = pd.DataFrame(preview.rejected, columns=["row", "column", "value", "code", "reason"])
    frame = frame.astype({"value": str, "row": "Int64"})
    told = frame["reason"].str.replace(r"^line \d+: ", "", regex=True)  # the row has a column of its own
    return frame.assign(reason=told, todo=[advice(code) for code in frame["code"]]).drop(columns="code")


def unchanged_rows(preview: Any) -> pd.DataFrame:
    """kpi, segment, period, value of what the file brings and the store has already."""
    keys = ["kpi", "segment", "period"]
    changed = pd.concat([preview.new[keys], preview.restated[keys]])
    left = preview.intake.rows.merge(changed, on=keys, how="left", indicator=True)
    return left[left["_merge"] == "left_only"][[*keys, "value"]].reset_index(drop=True)


def _tables(preview: Any, file: Any) -> None:
    stem, key = Path(file.name).stem, file.file_id
    if preview.rejected:
        rejected = rejected_rows(preview)
        names = {"unknown_kpi", "more"} if _only_names(preview) else {"unknown_kpi"}
        unnamed = pd.Series([problem["code"] in names for problem in preview.rejected], index=rejected.index)
        if not unnamed.all():
            st.markdown(f"**{tr('Rejected, with the reason and what to do')}**")
            rows_table(rejected[~unnamed], tr("Rejected rows with their reason"))
        if unnamed.any():  # asked about above, once a name: cell by cell they would hide what else is wrong
            count = preview.counts["rejected"] if unnamed.all() else int(unnamed.sum())
            with st.expander(
                trn("{count} cell of a KPI that is not known", "{count} cells of KPIs that are not known", count)
            ):
                rows_table(rejected[unnamed], tr("Cells of KPIs that are not known"))
        name = f"{stem}-rejected.csv"
        downloads.button(tr("Rejected rows as CSV"), lambda: rejected, name, f"bad {key}")
    if len(preview.restated):
        st.markdown(tr("**Restated: old → new**, the biggest change first"))
        rows_table(restated(preview.restated), tr("Values that would change, old and new"))
        downloads.button(
            tr("Restated values as CSV"), lambda: restated(preview.restated), f"{stem}-restated.csv", f"re {key}"
        )
    if len(preview.new):
        total, shown = preview.counts["accepted_new"], len(preview.new)
        heading = (
            trn(
                "{count} new value, the first {shown} here",
                "{count} new values, the first {shown} here",
                total,
                shown=figure(shown),
            )
            if shown < total
            else trn("{count} new value", "{count} new values", total)
        )
        with st.expander(heading):
            rows_table(preview.new, tr("Values of periods not known before"))
            downloads.button(tr("New values as CSV"), lambda: preview.new, f"{stem}-new.csv", f"new {key}")
    if preview.counts.get("unchanged"):
        with st.expander(trn("{count} unchanged value", "{count} unchanged values", preview.counts["unchanged"])):
            rows_table(unchanged_rows(preview), tr("Values that are known already"))
            downloads.button(
                tr("Unchanged values as CSV"), lambda: unchanged_rows(preview), f"{stem}-unchanged.csv", f"same {key}"
            )


def _partial(preview: Any, file_id: str) -> None:
    """The way to take the good part of a file that has bad rows."""
    if preview.status not in ("partial", "rejected") or not len(preview.intake.rows):
        return
    st.checkbox(
        trn(
            "Accept the good part: {count} good value; the rejected rows stay on record",
            "Accept the good part: {count} good values; the rejected rows stay on record",
            len(preview.intake.rows),
        ),
        upload_state.of(file_id).partial,
        key=f"partial {file_id}",
        help=tr("Without this a file with a bad row stops whole, so that nothing is lost unnoticed."),
    )
