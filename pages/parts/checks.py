"""How the checks of a load ended: what does not hold stands open, what holds is folded away."""

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.verdict import Word
from pages.parts import sheet
from pages.parts.escape import one_line
from pages.parts.view import View

HOLDS = Word("Holds", "✓", "good", "What was expected is so.")
FAILED = Word("Failed", "✕", "bad", "What must hold does not; it stops the file, or the rows concerned.")
ODD = Word("Looks odd", "◐", "warn", "It does not stop anything, but somebody should look.")


def show(checks: pd.DataFrame, view: View, key: str) -> None:
    """`checks`: expectation, kpi, success, blocking, unexpected, detail; a row for the file and one for each KPI."""
    if checks.empty:
        st.caption(tr("No checks are on record: a file that cannot be read is not checked."))
        return
    bad = checks[~checks["success"].astype(bool)]
    good = checks[checks["success"].astype(bool)]
    if len(bad):
        sheet.show([_table(bad)], view, key=f"{key} bad")
    if len(good):
        words = (
            trn("{count} check that holds", "{count} checks that hold", len(good))
            if len(bad)
            else trn("{count} check holds", "{count} checks hold", len(good))
        )
        with st.expander(words):
            sheet.show([_table(good)], view, key=f"{key} good")


def _table(checks: pd.DataFrame) -> sheet.Block:
    rows: list[sheet.Block] = [
        {"cells": [sheet.badge(_word(check)), one_line(check["kpi"] or tr("the file")), one_line(check["detail"])]}
        for check in checks.to_dict("records")
    ]
    return sheet.table([tr("State"), tr("Of"), tr("Found")], rows)


def _word(check: dict) -> Word:
    return HOLDS if check["success"] else FAILED if check["blocking"] else ODD
