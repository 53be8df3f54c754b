"""Begin from a template: the KPIs that are meant are guessed by name, the targets proposed; a person confirms each."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from models import wrong
from models.amounts import amount
from models.kpi import Kpi
from models.language import tr
from models.planned import Edit
from models.templates import Choice, Template, aim, drafted, matching
from pages.parts import plan_state
from pages.parts.escape import one_line, plain
from pages.parts.plan_fields import kind_word
from pages.parts.view import View


def show(workspace: Any, view: View, cycles: list[str]) -> None:
    templates = workspace.templates()
    names = {template.id: template for template in templates}
    identifier = st.pills(
        tr("Template"), list(names), default=templates[0].id, format_func=lambda name: one_line(names[name].name),
        required=True, key="template",
    )  # fmt: skip
    template = names[str(identifier)]
    kpis = {kpi.id: kpi for kpi in workspace.company().kpis}
    teams = workspace.teams()
    if teams.empty:
        st.info(tr("No team is defined yet: import an OKR file first."))
        return
    ids = list(teams["id"])
    label = dict(zip(ids, teams["name"], strict=True))
    left, right = st.columns(2)
    at = ids.index(view.team) if view.team in ids else 0
    team = str(
        left.selectbox(tr("Whose"), ids, index=at, format_func=lambda t: one_line(label[t]), key="template team")
    )
    cycle = str(right.selectbox(tr("In the cycle"), cycles, key="template cycle"))
    title = st.text_input(tr("Objective"), template.objective, key=f"template {template.id} objective", max_chars=2000)
    choices = {}
    for position in range(len(template.key_results)):
        choice = _key_result(workspace, template, position, team, cycle, kpis)
        if choice is not None:
            choices[position] = choice
    if st.button(tr("Make a draft of it"), type="primary", disabled=not choices, key="use template"):
        _make(workspace, template.model_copy(update={"objective": title}), team, cycle, choices)


def _key_result(
    workspace: Any, template: Template, position: int, team: str, cycle: str, kpis: dict[str, Kpi]
) -> Choice | None:
    """What was chosen for one key result; None where it is left out or has no target yet."""
    row = template.key_results[position]
    key = f"template {template.id} {team} {cycle} {position}"
    with st.container(border=True):
        if not st.checkbox(f"**{plain(row.title)}** · {plain(kind_word(row.kind))}", True, key=f"{key} taken"):
            return None
        chosen = _needs(row, key, team, kpis)
        if row.kind not in ("increase", "decrease"):
            return Choice(tuple(chosen))
        measure = next((kpi for need, kpi in zip(row.needs, chosen, strict=True) if need.role == "measure" and kpi), "")
        before = workspace.value_before(measure, cycle, reading=row.reading, trailing=row.trailing) if measure else None
        one, two = st.columns(2)
        baseline = one.number_input(
            tr("Baseline"), None, None, None, format="%g", key=f"{key} {measure} baseline", placeholder=tr("automatic")
        )
        proposed = aim(baseline if baseline is not None else before, row.change)
        target = two.number_input(
            tr("Target"), None, None, proposed, format="%g", key=f"{key} {measure} {baseline} target"
        )
        if before is not None:
            unit = kpis[measure].unit if measure in kpis else ""
            st.caption(plain(tr("Just before the cycle it reads {value}.", value=amount(before, unit))))
        if target is None:
            st.caption(tr("It is left out until it has a target."))
            return None
        return Choice(tuple(chosen), target, baseline)


def _needs(row: Any, key: str, team: str, kpis: dict[str, Kpi]) -> list[str | None]:
    """The KPI of each need; one question where the measure is the outcome too."""
    words = {"measure": tr("Read from"), "outcome": tr("Meant to move"), "guardrail": tr("Guardrail"),
             "control": tr("Control")}  # fmt: skip
    chosen: list[str | None] = []
    by_names: dict[str, str | None] = {}
    columns = iter(st.columns(max(1, len({need.names or need.kpi for need in row.needs}))))
    for number, need in enumerate(row.needs):
        asked = need.names or str(need.kpi)
        if asked not in by_names:
            likely = matching(need, list(kpis.values()), team)
            options = ["", *likely, *(kpi for kpi in kpis if kpi not in likely)]
            by_names[asked] = (
                next(columns).selectbox(
                    words[need.role], options, index=1 if likely else 0, key=f"{key} need {number}",
                    format_func=lambda kpi: one_line(kpis[kpi].label) if kpi else tr("none"),
                    help=None if likely else tr("No KPI is called like it: {names}.", names=asked),
                )
                or None
            )  # fmt: skip
        chosen.append(by_names[asked])
    return chosen


def _make(workspace: Any, template: Template, team: str, cycle: str, choices: dict[int, Choice]) -> None:
    try:
        made = drafted(template, team, cycle, choices, workspace.taken_ids())
    except ValidationError as error:
        st.error(plain(wrong.said(error)), icon=":material/error:")
        return
    rows = [Edit("key_result", kr.id, kr, 0, made.id) for kr in made.key_results]
    if plan_state.attempt(lambda: workspace.save_many([Edit("objective", made.id, made, 0), *rows])):
        plan_state.go(edit=f"objective/{made.id}")
