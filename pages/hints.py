"""Hints: what could be better in the OKRs of a team or the company, why it matters, and how to mend it."""

from typing import Any

import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from pages.parts import empty, sheet
from pages.parts.escape import one_line, plain
from pages.parts.plan_checks import PARTS, part_word
from pages.parts.view import View

SHOWN = 60  # hints on a page, or one team's
NAMED = 20  # of what a hint is about; when these are mended, the next come
PLACES = {"team": 0, "objective": 1, "key_result": 2}


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
    st.markdown(tr("Advice, never a verdict: the team may know better. Each name opens what is to be mended."))
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
    """By team; one row a hint, with all that it is about."""
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    by: dict[str, list[Any]] = {}
    for hint in found:
        by.setdefault(hint.team, []).append(hint)
    screens = _screens({team: len(by[team]) for team in sorted(by)})
    page = st.pagination(len(screens), key="hints_page", bind="query-params") if len(screens) > 1 else 1
    names = _names(workspace, plan)
    columns = [tr("Hint"), tr("Why"), tr("What to do"), tr("About")]
    blocks = []  # one sheet for all teams: fifty of them are slow to draw
    for team in screens[page - 1]:
        blocks.append(sheet.heading(teams.get(team, team) or tr("No team")))
        blocks.append(sheet.table(columns, rows(view, by[team], names)))
    sheet.show(blocks, view, "hints")


def _screens(counts: dict[str, int]) -> list[list[str]]:
    """Teams, as many on a screen as have `SHOWN` hints together; a team is never cut in two."""
    screens: list[list[str]] = [[]]
    held = 0
    for team, count in counts.items():
        if screens[-1] and held + count > SHOWN:
            screens.append([])
            held = 0
        screens[-1].append(team)
        held += count
    return screens


def _names(workspace: Any, plan: dict[str, Any]) -> dict[str, str]:
    """What a hint may be about: `kind/id` → its name."""
    names = {f"key_result/{kr.id}": kr.label for planned in workspace.plan() for kr in planned.rows}
    for objective in plan.values():
        draft = tr("{title} (draft)", title=objective.label) if objective.draft else objective.label
        names[f"objective/{objective.id}"] = draft
    return names


def rows(view: View, found: list[Any], names: dict[str, str]) -> list[sheet.Block]:
    """One row a hint, those about the team first; what differs stands with what it is about."""
    by: dict[str, list[Any]] = {}
    for hint in found:
        by.setdefault(hint.code, []).append(hint)
    return [_row(view, hints, names) for hints in sorted(by.values(), key=lambda hints: PLACES[hints[0].kind])]


def _row(view: View, hints: list[Any], names: dict[str, str]) -> sheet.Block:
    first, said = hints[0], {hint.found for hint in hints}
    why = f"{first.found} {first.why}" if len(said) == 1 else first.why
    links = [_about(view, hint, names, hint.found if len(said) > 1 else "") for hint in hints[:NAMED]]
    if len(hints) > NAMED:
        links.append({"text": trn("and {count} more", "and {count} more", len(hints) - NAMED), "meta": ""})
    return {
        "cells": [
            {"text": one_line(first.word), "meta": part_word(first.part)},
            one_line(why),
            one_line(first.fix),
            {"links": links},
        ]
    }


def _about(view: View, hint: Any, names: dict[str, str], found: str) -> sheet.Block:
    if hint.kind == "team":
        return {"text": tr("The team"), "meta": one_line(found)}
    edit = f"{hint.kind}/{hint.id}"
    return {
        "text": one_line(names.get(edit, hint.id)),
        "meta": one_line(found),
        "open": {"page": "plan", "params": {"edit": edit}},
        "href": view.href("plan", edit=edit),
    }


if __name__ == "__main__":
    st.switch_page("dashboard.py")
