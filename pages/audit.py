"""Audit: every change to a definition, value or record: who, when, from what to what."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from pages.parts import amounts, downloads, sheet
from pages.parts.view import View

SHOWN = 50
LONGEST = 160  # signs of a value that a cell shows; the export has all of them


def render(workspace: Any, view: View) -> None:
    changes = workspace.audit(values=False)
    if changes.empty:
        st.title(tr("Nothing has been changed yet"), anchor=False)
        st.markdown(tr("Every load, edit, check-in and record leaves a line here: who, when, from what to what."))
        return
    st.title(tr("Audit"), anchor=False)
    st.markdown(
        tr(
            "Every change, newest first. Nothing can be altered unnoticed: each write is sealed with the one before, "
            "and `check` verifies the chain."
        )
    )
    chosen, kind = _filtered(workspace, changes)
    st.caption(trn("{count} change", "{count} changes", len(chosen)))
    pages = -(-len(chosen) // SHOWN)
    page = st.pagination(pages, key="audit_page") if pages > 1 else 1
    rows = [_row(change) for change in chosen.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")]
    columns = [tr("What"), tr("Before"), tr("After"), tr("Who"), tr("When (UTC)")]
    sheet.show([sheet.table(columns, rows)], view, key="audit")
    downloads.button(tr("All of these as CSV"), lambda: chosen, f"audit_{kind or 'all'}.csv", key="audit_csv")
    box = st.expander(
        tr("Prove that nothing was rewritten"), icon=":material/lock:", on_change="rerun", key="audit_prove"
    )
    if box.open:  # what draws code is slow to come
        with box:
            st.markdown(
                tr(
                    "Someone who may write the file could compute the whole chain anew. Keep the hash of the last "
                    "write somewhere else, and compare with `check --head HASH`."
                )
            )
            st.code(workspace.audit_head()["hash"], language=None, wrap_lines=True)


def _filtered(workspace: Any, changes: pd.DataFrame) -> tuple[pd.DataFrame, str | None]:
    left, right = st.columns(2)
    kinds = {word(kind): kind for kind in sorted({*changes["kind"], "value"})}
    picked = left.selectbox(
        tr("Kind"), list(kinds), index=None, placeholder=tr("All, without single values"), key="audit_kind",
        bind="query-params",
    )  # fmt: skip
    who = right.selectbox(
        tr("Who"), sorted(changes["by"].unique()), index=None, placeholder=tr("Everybody"), key="audit_who",
        bind="query-params",
    )  # fmt: skip
    kind = kinds.get(picked or "")
    found = workspace.audit(who=who, kind=kind, values=kind == "value") if kind or who else changes
    return found, kind


def word(kind: str) -> str:
    """A kind as people say it."""
    words = {
        "kpi": tr("KPI"), "key_result": tr("Key result"), "objective": tr("Objective"), "team": tr("Team"),
        "cycle": tr("Cycle"), "source": tr("Source"), "load": tr("Load"), "undo": tr("Load taken back"),
        "value": tr("Restated value"), "check_in": tr("Check-in"), "store": tr("Store"),
    }  # fmt: skip
    return words.get(kind, kind.replace("_", " ").capitalize())


def _row(change: dict[str, Any]) -> sheet.Block:
    named = word(change["kind"]) + (f" · {change['field']}" if change["field"] else "")
    return {
        "cells": [
            {"text": _cut(change["subject"]), "meta": named},
            _cut(told(change["before"])),
            _cut(told(change["after"])),
            change["by"],
            amounts.moment(change["at"]),
        ]
    }


def told(text: Any) -> Any:
    """What was kept, without the signs of JSON: "status: done; note: Everyone has one."."""
    if not (isinstance(text, str) and text.startswith("{")):
        return text
    try:
        body = json.loads(text)
    except json.JSONDecodeError:
        return text
    return "; ".join(f"{name}: {_plain(value)}" for name, value in body.items())


def _plain(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return ", ".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: Any) -> str:
    if not isinstance(text, str):
        return "–"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


if __name__ == "__main__":
    st.switch_page("dashboard.py")
