"""The form of an objective, with the hints on it beside."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from models import wrong
from models.language import tr
from models.okr import Objective
from models.planned import Edit, fresh_id
from pages.parts import plan_checks, plan_state, plan_talk
from pages.parts.amounts import moment
from pages.parts.escape import one_line, plain
from pages.parts.view import View

LEVELS = ("committed", "aspirational")


def edit(workspace: Any, view: View, identifier: str | None, cycles: list[str], team: str | None) -> None:
    """An objective to edit; None: a new one."""
    name = f"objective/{identifier}" if identifier else "new-objective"
    first = Objective(id="new", draft=True, team=team, cycle=cycles[0])
    (base, version, rows, published), key = plan_state.held(name, lambda: _seen(workspace, identifier, first))
    st.title(tr("Edit an objective") if identifier else tr("Write an objective"), anchor=False)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        objective, problems = _form(workspace, base, key, cycles)
    with right:
        st.header(tr("Hints"), anchor=False)
        plan_checks.missing(problems)
        if objective is not None:
            plan_checks.hints([hint for hint in workspace.hints_on(objective, rows) if hint.kind == "objective"])
        if published is not None:
            who = {"who": published.by, "when": moment(published.at)}
            st.caption(plain(tr("Published by {who} on {when} UTC.", **who)))
    with left:
        _buttons(workspace, view, objective, version, rows, identifier)
        plan_state.settle(lambda body, seen: workspace.save_objective(Objective.model_validate(body), seen))
        if identifier:
            with st.expander(tr("Keep as a template")):
                _as_template(workspace, base, key)
            st.header(tr("Discussion"), anchor=False)
            plan_talk.thread(workspace, f"objective/{identifier}")


def _seen(workspace: Any, identifier: str | None, first: Objective) -> tuple[Any, int, list[Any], Any]:
    if identifier is None:
        return first, 0, [], None
    found = workspace.planned(identifier)
    return found.objective, found.stamp.version, found.rows, found.published


def _form(workspace: Any, base: Objective, key: str, cycles: list[str]) -> tuple[Objective | None, list[str]]:
    title = st.text_input(
        tr("What is to be better, in one sentence?"), base.title, key=f"{key} title", max_chars=2000,
        placeholder=tr("More people come back to the app every day"),
    )  # fmt: skip
    teams = list(workspace.teams()["id"])
    names = dict(zip(teams, workspace.teams()["name"], strict=True))
    one, two, three = st.columns(3)
    at = teams.index(base.team) if base.team in teams else None
    team = one.selectbox(
        tr("Whose"), teams, index=at, format_func=lambda t: one_line(names.get(t, t)), key=f"{key} team"
    )
    choices = list(dict.fromkeys([*([base.cycle] if base.cycle else []), *cycles]))
    cycle = two.selectbox(tr("In the cycle"), choices, key=f"{key} cycle")
    words = {"committed": tr("A promise: all of it"), "aspirational": tr("A stretch: 0.7 is a win")}
    level = three.selectbox(
        tr("How firm"), LEVELS, index=LEVELS.index(base.level), format_func=lambda code: words[code], key=f"{key} level"
    )
    above = {
        planned.objective.id: f"{planned.objective.label} ({planned.objective.team}, {planned.objective.cycle})"
        for planned in workspace.plan()
        if planned.objective.id != base.id
    }
    options = [None, *above]
    parent = st.selectbox(
        tr("Which objective does it support?"), options,
        index=options.index(base.parent) if base.parent in above else 0,
        format_func=lambda name: tr("none") if name is None else one_line(above[name]), key=f"{key} parent",
    )  # fmt: skip
    left, right = st.columns(2)
    owner = left.text_input(tr("Owner"), base.owner or "", key=f"{key} owner", max_chars=200)
    tags = right.multiselect(tr("Tags"), list(base.tags), base.tags, key=f"{key} tags", accept_new_options=True)
    note = st.text_area(tr("Note"), base.note, key=f"{key} note", height=80, max_chars=2000)
    if not title.strip():
        return None, [tr("Write in one sentence what will be different.")]
    body = base.model_dump(exclude={"key_results"}) | {
        "title": title, "team": team, "cycle": cycle, "level": level, "parent": parent, "owner": owner.strip() or None,
        "tags": tags, "note": note,
    }  # fmt: skip
    try:
        return Objective.model_validate(body), []
    except ValidationError as error:
        return None, [wrong.said(error)]


def _buttons(
    workspace: Any, view: View, objective: Objective | None, version: int, rows: list[Any], identifier: str | None
) -> None:
    draft = objective is not None and objective.draft
    with st.container(horizontal=True):
        save = tr("Save the draft") if draft else tr("Save")
        if st.button(save, type="primary", disabled=objective is None, key="save objective") and objective is not None:
            if identifier is None:
                objective.id = fresh_id(f"{objective.title} {objective.cycle}", workspace.taken_ids())
            edit = Edit("objective", objective.id, objective, version)
            if plan_state.attempt(lambda: workspace.save_many([edit])):
                plan_state.go(**({} if identifier else {"edit": f"new-key-result/{objective.id}"}))
        if st.button(tr("Back to the plan"), key="leave objective"):
            plan_state.let_go()
            plan_state.go()
        if identifier:
            with st.popover(tr("Retire")):
                st.markdown(
                    tr(
                        "It leaves the plan and the scorecard together with its key results. Its history stays, and a "
                        "scorecard of an earlier day still shows it."
                    )
                )
                if st.button(tr("Retire this objective"), key="retire objective") and plan_state.attempt(
                    lambda: workspace.retire_objective(identifier, version)
                ):
                    plan_state.go()


def _as_template(workspace: Any, base: Objective, key: str) -> None:
    name = st.text_input(tr("Name of the template"), one_line(base.label)[:200], key=f"{key} template")
    st.caption(tr("KPIs, guardrails, weights and stages stay; figures, people and days do not."))
    if st.button(tr("Keep as a template"), key="save template"):
        plan_state.attempt(lambda: workspace.save_template(base.id, name))
