"""Lessons as a reader meets them: in the library, beside a retrospective, and when someone writes on the same KPI."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from models.kpi import Kpi
from models.language import tr, trn
from models.verdict import VERDICTS
from pages.parts import amounts, kpi_pick, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 3  # lessons beside something else; the library holds all


def rows(kept: Sequence[Any], view: View) -> sheet.Block:
    """A table of lessons: what was learned, about which KPIs, with which verdict, by whom."""
    entries = []
    for one in kept:
        lesson = one.lesson
        about = [lesson.cycle, ", ".join(lesson.tags)]
        cell: dict[str, Any] = {
            "text": one_line(lesson.text),
            "meta": " · ".join(one_line(part) for part in about if part),
        }
        if lesson.key_result:
            params = {"kr": lesson.key_result} | ({"cycle": lesson.cycle} if lesson.cycle else {})
            cell |= {"open": {"page": "key-result", "params": params}, "href": view.href("key-result", **params)}
        words = [VERDICTS[code] for code in lesson.verdicts]
        entries.append(
            {
                "cells": [
                    cell,
                    ", ".join(one_line(name) for name in one.names) or amounts.UNKNOWN,
                    sheet.badge(words[0]) if words else amounts.UNKNOWN,
                    {"text": one_line(one.made_by), "meta": amounts.day(one.made_at)},
                ]
            }
        )
    return sheet.table([tr("Lesson"), tr("KPI"), tr("Verdict"), tr("By")], entries)


def show_for(workspace: Any, view: View, kpis: Iterable[str], key: str = "lessons_for") -> None:
    """What was learned of these KPIs before; nothing where nobody wrote anything down."""
    asked = set(kpis)
    found = workspace.lessons_for(asked)
    if not found:
        return
    st.markdown(f"**{trn('{count} lesson about this KPI', '{count} lessons about this KPI', len(found))}**")
    sheet.show([rows(found[:SHOWN], view)], view, key=key)
    if len(found) > SHOWN:
        label = trn("And {count} more in the library", "And {count} more in the library", len(found) - SHOWN)
        named = zip(found[0].lesson.kpis, found[0].names, strict=True)
        name = next(name for kpi, name in named if kpi in asked)
        st.markdown(f"[{plain(label)}]({view.href('lessons', kpi=name)})")


def form(
    workspace: Any, key: str, *, cycle: str | None = None, team: str | None = None, kpis: Sequence[str] = ()
) -> None:
    """Write a lesson down. No form: where a company has thousands of KPIs, they are searched for first."""
    known = {kpi.id: kpi for kpi in workspace.company().kpis}
    known |= {kpi: Kpi(id=kpi) for kpi in workspace.kpis()["id"] if kpi not in known}  # seen, not defined
    turn = st.session_state.setdefault(f"{key} turn", 0)
    name = f"{key} {turn}"
    kept: dict[str, Any] = {"on_change": "ignore"}
    text = st.text_area(
        tr("What was learned"), max_chars=4000, height=90, key=f"{name} text", **kept,
        placeholder=tr("In a sentence or two, so that somebody can use it next year."),
    )  # fmt: skip
    about = [kpi for kpi in kpis if kpi in known]
    offered = kpi_pick.offered(known, name, [*about, *st.session_state.get(f"{name} kpis", [])])
    left, middle, right = st.columns(3)
    chosen = left.multiselect(
        tr("KPIs it is about"), offered, default=about, key=f"{name} kpis", **kept,
        format_func=lambda kpi: one_line(known[kpi].label),
    )  # fmt: skip
    verdicts = middle.multiselect(
        tr("Verdicts it is about"), list(VERDICTS), key=f"{name} verdicts", **kept,
        format_func=lambda code: f"{VERDICTS[code].icon} {VERDICTS[code].word}",
    )  # fmt: skip
    tags = right.text_input(tr("Tags, with commas between them"), max_chars=200, key=f"{name} tags", **kept)
    if st.button(tr("Keep the lesson"), icon=":material/bookmark_add:", key=f"{key} keep"):
        words = [tag.strip() for tag in tags.split(",") if tag.strip()]
        workspace.add_lesson(text=text, kpis=chosen, verdicts=verdicts, tags=words, cycle=cycle, team=team)
        st.session_state[f"{key} turn"] = turn + 1  # fresh fields
        st.toast(tr("Kept in the library."))
        st.rerun()
