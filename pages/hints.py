"""Hints: what could be better in the OKRs of a team or the company, why it matters, and how to mend it."""

from typing import Any

import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from pages.parts import empty, sheet
from pages.parts.escape import one_line, plain
from pages.parts.plan_checks import PARTS, part_word
from pages.parts.view import View

SHOWN = 15  # objectives on a page


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    try:
        found = workspace.hints(view.cycle, view.team)
    except Refused:
        empty.no_okrs(workspace)
        return
    plan = {planned.objective.id: planned.objective for planned in workspace.plan(None, view.team)}
    with st.container(gap=None):
        st.caption(plain(" · ".join([view.cycle or workspace.default_cycle() or "", view.team or tr("all teams")])))
        if found:
            st.title(trn("{count} hint", "{count} hints", len(found)), anchor=False)
        else:
            st.title(tr("No hints: nothing to mend"), anchor=False)
    st.markdown(tr("Advice, never a verdict: the team may know better. Each row opens what it is about."))
    _plan_checks(workspace, view)
    if not found:
        return
    chosen = _filtered(found)
    _listed(workspace, view, chosen, plan)


def _plan_checks(workspace: Any, view: View) -> None:
    """Targets against the KPI's own past: some seconds each, so on demand; what was checked stays until data change."""
    waiting = workspace.unchecked_plans(view.cycle, view.team)
    if not waiting:
        return
    label = trn(
        "Check {count} target against its KPI's past", "Check {count} targets against their KPIs' past", waiting
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(label, icon=":material/query_stats:", key="check plans")
        st.caption(tr("Some seconds each: would luck meet it, is it out of reach, could a change be seen?"))
    if pressed:
        bar = st.progress(0.0)
        for done, count in workspace.check_plans(view.cycle, view.team):
            bar.progress(done / count, tr("{done} of {count} targets", done=done, count=count))
        st.rerun()


def _filtered(found: list[Any]) -> list[Any]:
    counts = {part: sum(hint.part == part for hint in found) for part in PARTS}
    present = [part for part in PARTS if counts[part]]
    picked = st.pills(
        tr("Show only"), present, selection_mode="multi", key="hint parts", label_visibility="collapsed",
        format_func=lambda part: f"{PARTS[part][1]} {part_word(part)} · {counts[part]}",
    )  # fmt: skip
    return [hint for hint in found if not picked or hint.part in picked]


def _listed(workspace: Any, view: View, found: list[Any], plan: dict[str, Any]) -> None:
    """By team, then objective, then key result."""
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    groups: dict[tuple[str, str], list[Any]] = {}
    for hint in found:
        groups.setdefault((hint.team, hint.objective), []).append(hint)
    order = sorted(groups, key=lambda key: (key[0], key[1] != ""))
    pages = -(-len(order) // SHOWN)
    page = st.pagination(pages, key="hints_page", bind="query-params") if pages > 1 else 1
    titles = _titles(workspace)
    team = None
    for key in order[(page - 1) * SHOWN : page * SHOWN]:
        if key[0] != team:
            team = key[0]
            st.header(plain(teams.get(team, team) or tr("No team")), anchor=False)
        objective = plan.get(key[1])
        caption = one_line(objective.label) if objective is not None else tr("The team's objectives together")
        if objective is not None and objective.draft:
            caption = tr("{title} (draft)", title=caption)
        rows = [_row(view, hint, titles) for hint in groups[key]]
        columns = [tr("About"), tr("Hint"), tr("Why"), tr("What to do")]
        st.markdown(f"**{plain(caption)}**")
        sheet.show([sheet.table(columns, rows)], view, f"hints {key[0]} {key[1]}")


def _titles(workspace: Any) -> dict[str, str]:
    return {kr.id: kr.label for planned in workspace.plan() for kr in planned.rows}


def _row(view: View, hint: Any, titles: dict[str, str]) -> sheet.Block:
    about = {
        "team": tr("The team"),
        "objective": tr("The objective"),
    }.get(hint.kind) or titles.get(hint.id, hint.id)
    row: sheet.Block = {
        "cells": [
            {"text": one_line(about), "meta": ""},
            {"text": one_line(hint.word), "meta": part_word(hint.part)},
            one_line(f"{hint.found} {hint.why}"),
            one_line(hint.fix),
        ]
    }
    if hint.kind != "team":
        edit = f"{hint.kind}/{hint.id}"
        row |= {"open": {"page": "plan", "params": {"edit": edit}}, "href": view.href("plan", edit=edit)}
    return row


if __name__ == "__main__":
    st.switch_page("dashboard.py")
