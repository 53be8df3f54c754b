"""The timeline: when key results and their stages are due, what waits for what, and the same as a table."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.okr_filter import Filter
from models.okr_rows import OkrRows
from models.timeline import STAGES, WAITS, Plan
from pages.parts import amounts, okr_bar, okr_words, sheet
from pages.parts.escape import one_line, plain
from pages.parts.okr_gantt import gantt
from pages.parts.view import View

SHOWN = 25  # key results of a page
WAITS_SHOWN = 50  # dependencies that are listed


def said(rows: pd.DataFrame, plan: Plan) -> str:
    late = int(rows["late"].sum())
    waits = int(plan.of(rows["id"]).waits["state"].isin(["late", "too_late"]).sum())
    text = (
        trn("{count} key result is overdue", "{count} key results are overdue", late)
        if late
        else tr("Nothing is overdue")
    )
    if not waits:
        return text
    more = trn("{count} dependency is late", "{count} dependencies are late", waits)
    return tr("{due}; {late}", due=text, late=more)


def draw(found: OkrRows, rows: pd.DataFrame, plan: Plan, chosen: Filter, view: View) -> None:
    ordered = rows.sort_values(["team_name", "due"], kind="stable")
    shown = ordered.iloc[okr_bar.page_of(len(ordered), SHOWN, "timeline")]
    mine = plan.of(shown["id"])
    cycle = found.card.cycle
    first, last, today = (pd.Timestamp(day) for day in (cycle.start, cycle.end, found.card.as_of))
    label = tr(
        "Timeline of {count} key results from {first} to {last}; the table below says the same.",
        count=len(shown), first=amounts.day(first), last=amounts.day(last),
    )  # fmt: skip
    sheet.show([gantt(shown, mine, first, last, today, view, label)], view, key="okr_timeline")
    note = tr("A bar runs from the cycle's first day to the day it is due; its dark part is the score.")
    if today > last:
        note = f"{note} {tr('Today, {day}, lies after the chart.', day=amounts.day(today))}"
    st.caption(plain(note))
    if len(mine.waits):
        st.header(tr("What waits for what"), anchor=False)
        sheet.show([waits_table(mine.waits.head(WAITS_SHOWN), view)], view, key="okr_waits")
    box = st.expander(tr("As a table"), on_change="rerun", key="okr_timeline_table")
    if box.open:
        with box:
            sheet.show([table(shown, mine, view)], view, key="okr_timeline_rows")


def waits_table(waits: pd.DataFrame, view: View) -> sheet.Block:
    order = {code: rank for rank, code in enumerate(("late", "too_late", "waiting", "elsewhere", "met"))}
    rows = []
    for row in waits.assign(rank=waits["state"].map(order)).sort_values("rank", kind="stable").to_dict("records"):
        on = {"id": row["on"], "title": row["on_title"]}
        name = {"text": one_line(row["title"]), "meta": one_line(row["note"]), **okr_words.opening(row, view)}
        rows.append(
            {
                "cells": [
                    sheet.badge(WAITS[row["state"]]), name,
                    {"text": one_line(row["on_title"]), "meta": "", **okr_words.opening(on, view)},
                    amounts.day(row["needed_by"]), amounts.day(row["on_due"]),
                ]
            }
        )  # fmt: skip
    return sheet.table([tr("State"), tr("Key result"), tr("Waits for"), tr("Needed by"), tr("Due")], rows)


def table(rows: pd.DataFrame, plan: Plan, view: View) -> sheet.Block:
    """Key results with their stages below them, as the figure draws them."""
    stages = dict(iter(plan.stages.groupby("key_result", sort=False)))
    made: list[sheet.Block] = []
    for row in rows.to_dict("records"):
        name = {"text": okr_words.title(row), "meta": one_line(row["team_name"]), **okr_words.opening(row, view)}
        made.append({"cells": [name, okr_words.due(row), okr_words.verdict(row), amounts.score(row["score"])]})
        held = stages.get(row["id"])
        made += [_stage(stage) for stage in ([] if held is None else held.to_dict("records"))]
    return sheet.table([tr("Key result"), tr("Due"), tr("State"), tr("Score")], made, numbers=(tr("Score"),))


def _stage(stage: dict[str, Any]) -> sheet.Block:
    done = tr("done {day}", day=amounts.day(stage["done"])) if stage["state"] == "done" else ""
    name = {"text": tr("Stage: {title}", title=one_line(stage["title"])), "meta": ""}
    return {"cells": [name, {"text": amounts.day(stage["due"]), "meta": done}, sheet.badge(STAGES[stage["state"]]), ""]}
