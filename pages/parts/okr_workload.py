"""The workload: what each owner holds, in alphabetical order; for seeing where help is needed, never a ranking."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.okr_filter import Filter
from models.okr_rows import OkrRows
from models.verdict import VERDICTS
from models.workload import workload
from pages.parts import amounts, okr_bar, okr_words, sheet
from pages.parts.okr_bar import NOBODY
from pages.parts.view import View

SHOWN = 50  # owners of a page


def said(rows: pd.DataFrame) -> str:
    owners, nobody = rows.loc[rows["owner"] != "", "owner"].nunique(), int((rows["owner"] == "").sum())
    if not owners:
        return tr("No key result has an owner yet.")
    if not nobody:
        return trn("{count} owner", "{count} owners", owners)
    held = trn("{count} owner", "{count} owners", owners)
    none = trn("{count} key result has none", "{count} key results have none", nobody)
    return tr("{owners}; {none}", owners=held, none=none)


def draw(found: OkrRows, rows: pd.DataFrame, chosen: Filter, view: View) -> None:
    whole = workload(rows, pd.Timestamp(found.card.as_of))
    shown = whole.iloc[okr_bar.page_of(len(whole), SHOWN, "workload")]
    asked = sheet.show([block(shown, chosen, view)], view, key="okr_workload", here=okr_bar.HERE)
    if asked:
        okr_bar.jump(asked)
    st.caption(
        tr(
            "In alphabetical order on purpose: key results differ in weight and in luck, so counts say who may need "
            "help, not who is better. A key result without an owner is counted as its objective's owner's."
        )
    )


def block(owners: pd.DataFrame, chosen: Filter, view: View) -> sheet.Block:
    numbers = [
        tr("Key results"), tr("Passed"), tr("Behind, at risk or missed"), tr("No value yet"), tr("Check-ins overdue"),
        tr("Due this month"), tr("Overdue"),
    ]  # fmt: skip
    rows = []
    for row in owners.to_dict("records"):
        words = [
            {**sheet.badge(VERDICTS[code]), "word": f"{amounts.count(count)} {VERDICTS[code].word}"}
            for code in VERDICTS
            if (count := row["verdicts"].get(code))
        ]
        link = okr_bar.inside(view, chosen, view="list", owner=row["owner"] or NOBODY)
        names = ("key_results", "passed", "in_trouble", "unknown", "overdue_check_ins", "due_month", "late")
        counts: list[Any] = [amounts.count(row[name]) for name in names]
        rows.append(
            {"cells": [{"text": okr_words.owner(row["owner"]), "meta": "", **link}, *counts, {"badges": words}]}
        )
    return sheet.table([tr("Owner"), *numbers, tr("Verdicts")], rows, numbers=numbers)
