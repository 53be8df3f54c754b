"""KPIs from where the facts are: those of the server's warehouse file, up to when they are here, and a button."""

import os
from pathlib import Path
from typing import Any

import streamlit as st

from kpi_sources.warehouse_file import WarehouseFile, read_warehouse_file
from models.language import mark, spoken, tr, trn
from models.refused import Refused
from pages.parts import allowed, amounts, sheet
from pages.parts.escape import plain
from pages.parts.view import View

FILE = "NEEDLE_WAREHOUSES"  # the same that the terminal reads; only who runs the server can set it
_WORDS = {
    "stored": mark("stored"),
    "partial": mark("stored in part"),
    "unchanged": mark("nothing new"),
    "rejected": mark("refused"),
    "failed": mark("failed"),
}


def is_set_up() -> bool:
    return bool(os.environ.get(FILE))


def draw(workspace: Any, view: View) -> None:
    st.markdown(
        tr("These KPIs are computed in the warehouse that holds their facts. Only what is new is asked for, with the "
           "last weeks again: what was corrected there becomes a restatement here, and nothing is overwritten.")
    )  # fmt: skip
    try:
        file = read_warehouse_file(Path(os.environ[FILE]))
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")
        return
    create = st.checkbox(tr("Define KPIs that are not known yet"), key="pull creates", value=False)
    if allowed.button(
        workspace, "upload", tr("Pull what is new"), type="primary", icon=":material/sync:", key="pull all"
    ):
        st.session_state["pulled"] = _pull(workspace, file, create)
    _table(workspace, view, file, st.session_state.get("pulled", {}))


def _pull(workspace: Any, file: WarehouseFile, create: bool) -> dict[str, Any]:
    """What became of each KPI, by its id."""
    place = st.empty()
    bar = place.progress(0.0, tr("Asking the warehouses …"))
    done: dict[str, Any] = {}

    def each(one: Any) -> None:
        done[one.kpi] = one
        said = tr("{done} of {all}: {kpi}", done=len(done), all=len(file.kpis), kpi=plain(one.kpi))
        bar.progress(len(done) / len(file.kpis), said)

    try:
        workspace.pull(file, create_kpis=create, each=each)
    except Refused as refusal:  # of the whole: the store is away, or busy
        st.warning(_ended(len(done), len(file.kpis), refusal), icon=":material/cloud_off:")
        return done
    finally:
        place.empty()
    bad = sum(not one.is_good for one in done.values())
    if bad:
        st.warning(
            trn("{count} KPI was not stored: the reason stands beside it.",
                "{count} KPIs were not stored: the reasons stand beside them.", bad),
            icon=":material/error:",
        )  # fmt: skip
    else:
        st.success(tr("Everything that is new is stored."), icon=":material/check_circle:")
    return done


def _ended(done: int, count: int, why: Refused) -> str:
    """Why a pull came to its end too early, once for all KPIs."""
    if not done:
        return plain(tr("Nothing was pulled: {why}", why=why))
    return plain(tr("The pull ended after {done} of {count} KPIs: {why}", done=amounts.count(done),
                    count=amounts.count(count), why=why))  # fmt: skip


def _table(workspace: Any, view: View, file: WarehouseFile, pulled: dict[str, Any]) -> None:
    until = workspace.pulled_until(file)
    rows: list[sheet.Block] = []
    for kpi in file.kpis:
        last, one = until[kpi.source], pulled.get(kpi.kpi)
        rows.append(
            {
                "cells": [
                    {"text": kpi.kpi, "meta": kpi.connection},
                    amounts.day(last) if last else tr("nothing yet"),
                    _state(one) if one else "",
                    _count(one, "accepted_new"),
                    _count(one, "restated"),
                ],
                **_load(view, one),
            }
        )
    columns = [tr("KPI"), tr("Last period here"), tr("This pull"), tr("New"), tr("Restated")]
    sheet.show([sheet.table(columns, rows, numbers=columns[3:])], view, key="warehouses")


def _state(one: Any) -> dict[str, str]:
    return {"text": spoken(_WORDS[one.status]), "meta": one.message}


def _count(one: Any, name: str) -> str:
    return amounts.count(one.counts[name]) if one and one.is_good else ""


def _load(view: View, one: Any) -> dict[str, Any]:
    if one is None or not one.load_id:
        return {}
    number = str(one.load_id)
    return {"open": {"page": "loads", "params": {"load": number}}, "href": view.href("loads", load=number)}
