"""The guided form of a key result: from the aim to the figures, with the hints and the plan check beside it."""

from typing import Any

import pandas as pd
import streamlit as st

from models.amounts import amount
from models.kpi import Kpi
from models.language import spoken, tr
from models.okr import KeyResult
from models.planned import fresh_id
from pages.parts import kpi_pick, lessons, plan_checks, plan_fields, plan_state, plan_talk
from pages.parts.escape import one_line, plain
from pages.parts.plan_fields import Fields
from pages.parts.view import View

NEAR = 20  # KPIs close in the tree that are offered first


def edit(workspace: Any, view: View, identifier: str | None, objective: str | None) -> None:
    """A key result to edit; without an identifier a new one of an objective."""
    name = f"key_result/{identifier}" if identifier else f"new-key-result/{objective}"
    (planned, base, version), key = plan_state.held(name, lambda: _seen(workspace, identifier, objective))
    home = planned.objective
    kpis = {kpi.id: kpi for kpi in workspace.company().kpis}
    st.caption(plain(f"{home.label} · {home.cycle}"))
    st.title(tr("Edit a key result") if identifier else tr("Write a key result"), anchor=False)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        said = _form(workspace, home, plan_fields.fields_of(base), key, kpis)
        key_result, problems = plan_fields.key_result_of(base, said, kpis)
        with st.container(horizontal=True):
            pressed = st.button(tr("Save"), type="primary", disabled=key_result is None, key="save key result")
            another = not identifier and st.button(
                tr("Save, and write another"), disabled=key_result is None, key="save and another"
            )
            if st.button(tr("Back to the plan"), key="leave key result"):
                plan_state.let_go()
                plan_state.go()
            if identifier:
                _retire(workspace, identifier, version)
        if key_result is not None and (pressed or another):
            if identifier is None:
                key_result.id = fresh_id(f"{key_result.title} {home.cycle}", workspace.taken_ids())
            if plan_state.attempt(lambda: workspace.save_key_result(key_result, version, objective=home.id)):
                plan_state.go(**({"edit": f"new-key-result/{home.id}"} if another else {}))
        plan_state.settle(lambda body, seen: _overwrite(workspace, body, seen))
    with right:
        _beside(workspace, view, planned, key_result, problems, kpis)
    if identifier:
        with left:
            st.header(tr("Discussion"), anchor=False)
            plan_talk.thread(workspace, f"key_result/{identifier}")


def _seen(workspace: Any, identifier: str | None, objective: str | None) -> tuple[Any, KeyResult, int]:
    if identifier:
        planned, kr, stamp = workspace.planned_key_result(identifier)
        return planned, kr, stamp.version
    return workspace.planned(objective), KeyResult(id="new", kind="yes_no"), 0


def _overwrite(workspace: Any, body: dict[str, Any], version: int) -> dict[str, Any]:
    home = body.get("objective")
    kr = KeyResult.model_validate({name: value for name, value in body.items() if name != "objective"})
    result: dict[str, Any] = workspace.save_key_result(kr, version, objective=home)
    return result


def _beside(
    workspace: Any, view: View, planned: Any, key_result: KeyResult | None, problems: list[str], kpis: dict[str, Kpi]
) -> None:
    st.header(tr("Hints"), anchor=False)
    plan_checks.missing(problems)
    if key_result is None:
        return
    others = [kr for kr in planned.rows if kr.id != key_result.id]
    found = workspace.hints_on(planned.objective, [*others, key_result])
    plan_checks.hints([hint for hint in found if hint.id == key_result.id])
    measure = next((link.kpi for link in key_result.all_links if link.role == "measure"), "")
    name = kpis[measure].label if measure in kpis else measure
    if key_result.kind in ("increase", "decrease"):
        plan_checks.plan_check(workspace, key_result, planned.objective.cycle, name, view)
    lessons.show_for(workspace, view, {link.kpi for link in key_result.all_links})


def _form(workspace: Any, home: Any, now: Fields, key: str, kpis: dict[str, Kpi]) -> Fields:
    out = Fields(note=now.note)
    st.header(tr("1 · The aim"), anchor=False)
    out.title = st.text_input(
        tr("What will be different, in one sentence?"), now.title, key=f"{key} title", max_chars=2000,
        placeholder=tr("Staff turnover falls from 14 % to 12 %"),
    )  # fmt: skip
    kinds = list(plan_fields.KINDS)
    new = not now.title and now.kind == "yes_no"
    out.kind = (
        st.segmented_control(
            tr("How will you know?"), kinds, default="increase" if new else now.kind, key=f"{key} kind", required=True,
            format_func=plan_fields.kind_word,
        )
        or now.kind
    )  # fmt: skip
    # Each step in a box of its own: what appears in one does not move the others, whose half-typed text would be lost.
    with st.container():
        st.header(tr("2 · The KPI"), anchor=False)
        _kpis(workspace, out, now, key, kpis)
    with st.container():
        st.header(tr("3 · From where to where"), anchor=False)
        _figures(workspace, home, out, now, key, kpis)
    with st.container():
        st.header(tr("4 · What must not suffer"), anchor=False)
        _guards(workspace, home, out, now, key, kpis)
    st.header(tr("5 · Who and when"), anchor=False)
    one, two, three = st.columns(3)
    out.owner = one.text_input(tr("Owner"), now.owner, key=f"{key} owner", max_chars=200).strip()
    out.due = two.date_input(tr("Due"), now.due, key=f"{key} due", format="YYYY-MM-DD")
    out.weight = float(
        three.number_input(tr("Weight"), 0.0, None, now.weight, step=0.5, format="%g", key=f"{key} weight")
    )
    out.tags = st.multiselect(tr("Tags"), list(now.tags), now.tags, key=f"{key} tags", accept_new_options=True)
    if out.kind == "yes_no":
        out.done = st.date_input(tr("Done on"), now.done, key=f"{key} done", format="YYYY-MM-DD")
    return out


def _kpis(workspace: Any, out: Fields, now: Fields, key: str, kpis: dict[str, Kpi]) -> None:
    chosen, followed = f"{key} outcome", f"{key} followed"
    held = [now.measure, now.outcome, *(st.session_state.get(name, "") for name in (f"{key} measure", chosen))]
    ids = ["", *kpi_pick.offered(kpis, key, held)]

    def show(kpi: str) -> str:
        return one_line(kpis[kpi].label) if kpi else tr("none")

    def place(kpi: str) -> int:
        return ids.index(kpi) if kpi in ids else 0

    if out.kind in ("increase", "decrease", "maintain"):
        out.measure = str(
            st.selectbox(
                tr("The value is read from"), ids, index=place(now.measure), format_func=show, key=f"{key} measure",
                help=tr("Type to search. None: the value is typed in at check-ins."),
            )
        )  # fmt: skip
    st.session_state.setdefault(chosen, now.outcome if now.outcome in ids else "")
    if not now.title and st.session_state[chosen] == st.session_state.get(followed, ""):
        st.session_state[chosen] = st.session_state[followed] = out.measure  # the usual case: it moves what it reads
    left, right = st.columns([2, 1])
    out.outcome = str(
        left.selectbox(
            tr("It is meant to move"), ids, format_func=show, key=chosen,
            help=tr("The verdict is about this KPI: did it really move?"),
        )
    )  # fmt: skip
    out.lag = int(
        right.number_input(tr("Days until it shows"), 0, 3650, now.lag, key=f"{key} lag", disabled=not out.outcome)
    )
    rows = workspace.kpis().set_index("id")["segments"]
    segments = list(rows.get(out.measure or out.outcome, []))
    out.segment = now.segment
    if len(segments) > 1 or now.segment not in ("all", *segments):
        options = list(dict.fromkeys([now.segment, "all", *segments]))
        out.segment = str(st.selectbox(tr("Of the segment"), options, format_func=one_line, key=f"{key} segment"))


def _figures(workspace: Any, home: Any, out: Fields, now: Fields, key: str, kpis: dict[str, Kpi]) -> None:
    unit = kpis[out.measure].unit if out.measure in kpis else ""
    if out.kind in ("increase", "decrease"):
        _reading(out, now, key)
        auto = None
        if out.measure in kpis and home.cycle:
            auto = workspace.value_before(
                out.measure, home.cycle, segment=out.segment, reading=out.reading, trailing=out.trailing
            )
        one, two = st.columns(2)
        out.baseline = one.number_input(
            tr("Baseline"), None, None, now.baseline, key=f"{key} baseline", format="%g",
            placeholder=tr("automatic"), help=tr("Empty: what the KPI reads just before the cycle."),
        )  # fmt: skip
        out.target = two.number_input(tr("Target"), None, None, now.target, key=f"{key} target", format="%g")
        if auto is not None:
            st.caption(plain(tr("Just before the cycle it reads {value}.", value=amount(auto, unit))))
        elif out.measure:
            st.caption(tr("Nothing is known of it just before the cycle: give a baseline, or load its history."))
    elif out.kind == "maintain":
        _reading(out, now, key)
        one, two = st.columns(2)
        out.low = one.number_input(tr("Lowest that is good"), None, None, now.low, key=f"{key} low", format="%g")
        out.high = two.number_input(tr("Highest that is good"), None, None, now.high, key=f"{key} high", format="%g")
    elif out.kind == "milestone":
        out.stages = _stages(now, key)
    else:
        st.caption(tr("Nothing to measure: it counts as met on the day it is done."))


def _reading(out: Fields, now: Fields, key: str) -> None:
    if not out.measure:
        out.reading, out.trailing = now.reading, now.trailing
        return
    readings = list(plan_fields.READINGS)
    left, right = st.columns([2, 1])
    out.reading = str(
        left.selectbox(
            tr("The value is"), readings, index=readings.index(now.reading), key=f"{key} reading",
            format_func=lambda code: spoken(plan_fields.READINGS[code]),
        )
    )  # fmt: skip
    out.trailing = now.trailing
    if out.reading == "trailing":
        out.trailing = int(right.number_input(tr("Periods"), 1, 1000, now.trailing or 4, key=f"{key} trailing"))


def _stages(now: Fields, key: str) -> list[dict[str, Any]]:
    columns = {"title": "str", "weight": "float64", "due": "datetime64[ns]", "done": "datetime64[ns]"}
    frame = pd.DataFrame(now.stages or [], columns=list(columns)).astype(columns)
    day = st.column_config.DateColumn
    found = st.data_editor(
        frame, num_rows="dynamic", hide_index=True, key=f"{key} stages", alt=tr("Stages"),
        column_config={
            "title": st.column_config.TextColumn(tr("Stage"), required=True, width="large"),
            "weight": st.column_config.NumberColumn(tr("Weight"), min_value=0.01, default=1.0),
            "due": day(tr("Due"), format="YYYY-MM-DD"),
            "done": day(tr("Done on"), format="YYYY-MM-DD"),
        },
    )  # fmt: skip
    rows = []
    for row in found.to_dict("records"):
        if isinstance(row["title"], str) and row["title"].strip():
            days = {name: pd.Timestamp(row[name]).date() if pd.notna(row[name]) else None for name in ("due", "done")}
            rows.append({"title": row["title"], "weight": row["weight"] if pd.notna(row["weight"]) else 1.0, **days})
    return rows


def _guards(workspace: Any, home: Any, out: Fields, now: Fields, key: str, kpis: dict[str, Kpi]) -> None:
    def show(kpi: str) -> str:
        return one_line(kpis[kpi].label) if kpi in kpis else kpi

    near = plan_fields.guardrails_for(out.outcome, home.team, kpis, workspace.drivers())
    taken = {out.measure, out.outcome}
    boxes = (f"{key} guardrails", f"{key} controls")
    held = [*now.guardrails, *now.controls, *(kpi for box in boxes for kpi in st.session_state.get(box, []))]
    offered = kpi_pick.offered(kpis, f"{key} beside", [*held, *near[:NEAR]])
    others = [kpi for kpi in dict.fromkeys([*now.guardrails, *near[:NEAR], *offered]) if kpi not in taken]
    kept = [kpi for kpi in now.guardrails if kpi in others]
    out.guardrails = st.multiselect(
        tr("Guardrails: must not get worse meanwhile"), others, kept, format_func=show, key=f"{key} guardrails"
    )
    suggested = [kpi for kpi in near if kpi not in out.guardrails and kpi not in taken][:3]
    if suggested:
        names = ", ".join(show(kpi) for kpi in suggested)
        st.caption(plain(tr("Close to it in the KPI tree: {names}.", names=names)))
    rest = [kpi for kpi in dict.fromkeys([*now.controls, *offered]) if kpi not in taken]
    kept = [kpi for kpi in now.controls if kpi in rest]
    out.controls = st.multiselect(
        tr("Controls: comparable KPIs that the work cannot touch"), rest, kept, format_func=show, key=f"{key} controls"
    )


def _retire(workspace: Any, identifier: str, version: int) -> None:
    with st.popover(tr("Retire")):
        st.markdown(
            tr(
                "It leaves the plan and the scorecard. Its history stays, and a scorecard of an earlier day still "
                "shows it."
            )
        )
        if st.button(tr("Retire this key result"), key="retire key result") and plan_state.attempt(
            lambda: workspace.retire_key_result(identifier, version)
        ):
            plan_state.go()
