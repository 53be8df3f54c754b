"""Plan: the objectives of a cycle with their key results, to be written, discussed, published, and brought in."""

from datetime import timedelta
from typing import Any

import streamlit as st

from models.amounts import amount, figure
from models.kpi import Kpi
from models.language import tr, trn
from models.okr import KeyResult
from models.periods import quarter_name
from models.planned import Planned
from models.refused import Refused
from pages.parts import (
    amounts,
    empty,
    plan_import,
    plan_key_result,
    plan_objective,
    plan_state,
    plan_table,
    plan_talk,
    plan_templates,
    sheet,
)
from pages.parts.escape import one_line, plain
from pages.parts.plan_fields import kind_word
from pages.parts.view import View

SHOWN = 12  # objectives on a page
SHOWS = ("plan", "table", "templates", "import")


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    asked = st.query_params.get("edit", "")
    cycles = cycles_to_plan(workspace, view)
    try:
        if _edited(workspace, view, asked, cycles):
            return
        if asked:
            _led_nowhere(tr("This link names nothing that can be edited here. The plan is below."))
    except Refused as problem:
        _led_nowhere(_gone(workspace, asked) or str(problem))
    cycle = cycles[0]
    plan = workspace.plan(cycle, view.team)
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    team = teams.get(view.team, view.team) if view.team else tr("all teams")
    with st.container(gap=None):
        st.caption(plain(f"{cycle} · {team} · {_counted(plan)}"))
        st.title(tr("Plan"), anchor=False)
    shown = _shown()
    if shown == "table":
        plan_table.show(workspace, view, plan)
    elif shown == "templates":
        plan_templates.show(workspace, view, cycles)
    elif shown == "import":
        plan_import.show(workspace, view)
    else:
        _outline(workspace, view, plan, cycle)


def cycles_to_plan(workspace: Any, view: View) -> list[str]:
    """The cycle in view first, then those that are not over, the next two quarters even if nobody defined them, and
    the rest, newest first."""
    today = workspace.today()
    defined = workspace.cycles()
    ends = {str(row.id): row.end.date() for row in defined.itertuples()}
    first = view.cycle or workspace.default_cycle(view.as_of) or quarter_name(today)
    open_ones = [name for name, end in ends.items() if end >= today]
    ahead = [quarter_name(today + timedelta(days=days)) for days in (92, 184)]
    return list(dict.fromkeys([first, *open_ones, *ahead, *reversed(list(ends))]))


def _edited(workspace: Any, view: View, asked: str, cycles: list[str]) -> bool:
    """Draw the form that the URL asks for."""
    kind, _, identifier = asked.partition("/")
    if kind == "objective" and identifier:
        plan_objective.edit(workspace, view, identifier, cycles, view.team)
    elif kind == "new-objective":
        plan_objective.edit(workspace, view, None, cycles, view.team)
    elif kind == "key_result" and identifier:
        plan_key_result.edit(workspace, view, identifier, None)
    elif kind == "new-key-result" and identifier:
        plan_key_result.edit(workspace, view, None, identifier)
    else:
        return False
    return True


def _gone(workspace: Any, asked: str) -> str:
    """What to say of a link to something that is not there; nothing where it is."""
    kind, _, identifier = asked.partition("/")
    try:
        (workspace.planned_key_result if kind == "key_result" else workspace.planned)(identifier)
    except Refused:
        if kind == "key_result":
            return tr("There is no key result “{id}” here, or not any more. The plan below has those that there are.",
                      id=identifier)  # fmt: skip
        return tr("There is no objective “{id}” here, or not any more. The plan below has those that there are.",
                  id=identifier)  # fmt: skip
    return ""


def _led_nowhere(said: str) -> None:
    """What became of a link that opens no form, and a way on without it."""
    st.warning(plain(said), icon=":material/search_off:")
    if st.button(tr("Go on with the plan"), icon=":material/arrow_forward:", type="tertiary", key="plan onward"):
        plan_state.let_go()
        plan_state.go()


def _counted(plan: list[Planned]) -> str:
    rows = sum(len(planned.rows) for planned in plan)
    drafts = sum(planned.objective.draft for planned in plan)
    parts = [
        trn("{count} objective", "{count} objectives", len(plan)),
        trn("{count} key result", "{count} key results", rows),
    ]
    return " · ".join([*parts, *([trn("{count} draft", "{count} drafts", drafts)] if drafts else [])])


def _shown() -> str:
    words = {
        "plan": tr("Objectives"), "table": tr("Table to edit"), "templates": tr("From a template"),
        "import": tr("From a file"),
    }  # fmt: skip
    asked = st.query_params.get("show", "plan")
    wanted = st.session_state.pop("plan show asked", None)
    if wanted or "plan show" not in st.session_state:
        st.session_state["plan show"] = wanted or (asked if asked in SHOWS else "plan")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        shown = st.segmented_control(
            tr("Show"), SHOWS, key="plan show", format_func=lambda code: words[code], required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        if st.button(tr("Write an objective"), icon=":material/add:", type="primary", key="new objective"):
            plan_state.go(edit="new-objective")
    return str(shown or "plan")


def _outline(workspace: Any, view: View, plan: list[Planned], cycle: str) -> None:
    if not plan:
        st.markdown(
            tr(
                "Nothing is planned here yet. Write an objective, begin from a template, or bring a file; drafts are "
                "talked about first and stand on no scorecard until they are published."
            )
        )
        return
    hinted = _hinted(workspace, view, cycle)
    kpis = {kpi.id: kpi for kpi in workspace.company().kpis}
    drafts_first = sorted(plan, key=lambda planned: not planned.objective.draft)
    pages = -(-len(drafts_first) // SHOWN)
    page = st.pagination(pages, key="plan_page", bind="query-params") if pages > 1 else 1
    for planned in drafts_first[(page - 1) * SHOWN : page * SHOWN]:
        _objective(workspace, view, planned, kpis, hinted)


def _hinted(workspace: Any, view: View, cycle: str) -> dict[str, int]:
    """Id of an objective or key result -> how many hints there are on it."""
    counts: dict[str, int] = {}
    try:
        found = workspace.hints(cycle, view.team)
    except Refused:
        return {}
    for hint in found:
        counts[hint.id] = counts.get(hint.id, 0) + 1
    return counts


def _objective(workspace: Any, view: View, planned: Planned, kpis: dict[str, Kpi], hinted: dict[str, int]) -> None:
    objective, on = planned.objective, f"objective/{planned.objective.id}"
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap=None, width="content"):
                badge = f":yellow-badge[:material/edit_note: {tr('Draft')}] " if objective.draft else ""
                st.header(f"{badge}{plain(objective.label)}", anchor=False, width="content")
                st.caption(plain(_about(workspace, planned, hinted)))
            with st.container(horizontal=True, width="content"):
                if objective.draft and st.button(
                    tr("Publish"), key=f"publish {objective.id}", icon=":material/publish:", type="primary"
                ):
                    seen = planned.stamp.version
                    if plan_state.attempt(lambda: workspace.publish(objective.id, seen), settled=False):
                        st.rerun()
                if st.button(tr("Edit"), key=f"edit {objective.id}", icon=":material/edit:"):
                    plan_state.go(edit=on)
                if st.button(tr("Key result"), key=f"add {objective.id}", icon=":material/add:"):
                    plan_state.go(edit=f"new-key-result/{objective.id}")
        if planned.rows:
            table = _table(view, planned, kpis, hinted)
            clicked = sheet.show([table], view, f"plan {objective.id}", here="plan").get("edit")
            if clicked:
                plan_state.go(edit=clicked)
        else:
            st.caption(tr("No key result yet."))
        if objective.draft:
            said = plan_talk.counted(workspace, on)
            with st.expander(f"{tr('Discussion')} · {said}" if said else tr("Discussion")):
                plan_talk.thread(workspace, on)


def _about(workspace: Any, planned: Planned, hinted: dict[str, int]) -> str:
    objective, said = planned.objective, plan_talk.counted(workspace, f"objective/{planned.objective.id}")
    stamp = planned.stamp
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    parts = [
        teams.get(objective.team, objective.team or ""),
        tr("aspirational") if objective.level == "aspirational" else tr("committed"),
        objective.owner or "",
        trn("{count} hint", "{count} hints", hinted.get(objective.id, 0)) if objective.id in hinted else "",
        said,
        tr("changed by {who} on {when}", who=stamp.by, when=amounts.day(stamp.at)) if objective.draft else "",
    ]
    return " · ".join(one_line(part) for part in parts if part)


def _table(view: View, planned: Planned, kpis: dict[str, Kpi], hinted: dict[str, int]) -> sheet.Block:
    """The key results; owner, due and weight where at least one has something to say."""
    rows = [_row(view, kr, planned.objective, kpis, hinted) for kr in planned.rows]
    columns = [tr("Key result"), tr("From → to"), tr("KPI"), tr("Owner"), tr("Due"), tr("Weight"), tr("Hints")]
    same = len({kr.weight for kr in planned.rows}) == 1
    shown = [at for at in range(len(columns)) if (at != 5 or not same) and any(row["cells"][at] for row in rows)]
    rows = [{**row, "cells": [row["cells"][at] for at in shown]} for row in rows]
    return sheet.table([columns[at] for at in shown], rows, numbers=[tr("Weight"), tr("Hints")])


def _row(view: View, kr: KeyResult, objective: Any, kpis: dict[str, Kpi], hinted: dict[str, int]) -> sheet.Block:
    linked = [link.kpi for link in kr.all_links if link.role in ("measure", "outcome")]
    first = next(iter(linked), "")
    unit = kpis[first].unit if first in kpis and any(link.role == "measure" for link in kr.all_links) else ""
    others = len(set(linked)) - 1
    edit = f"key_result/{kr.id}"
    count = hinted.get(kr.id, 0)
    return {
        "cells": [
            {"text": one_line(kr.label), "meta": " · ".join([kind_word(kr.kind), *map(one_line, kr.tags)])},
            way(kr, unit),
            {
                "text": one_line(kpis[first].label if first in kpis else first) or tr("none"),
                "meta": trn("and {count} more", "and {count} more", others) if others > 0 else "",
            },
            one_line(kr.owner or objective.owner or ""),
            amounts.day(kr.due) if kr.due else "",
            amounts.plain_number(kr.weight),
            amounts.count(count),
        ],
        "open": {"page": "plan", "params": {"edit": edit}},
        "href": view.href("plan", edit=edit),
    }


def way(kr: KeyResult, unit: str) -> str:
    """From where to where, in words: `automatic → 14 million users`, `0 to 1,500`, `2 of 3 stages`."""
    if kr.kind in ("increase", "decrease") and kr.target is not None:
        start = figure(kr.baseline) if isinstance(kr.baseline, float) else tr("automatic")
        return one_line(f"{start} → {amount(kr.target, unit)}")
    if kr.kind == "maintain" and kr.band is not None:
        low, high = (None if end is None else figure(end) for end in (kr.band.low, kr.band.high))
        if low is not None and high is not None:
            return tr("{low} to {high}", low=low, high=high)
        return tr("at least {low}", low=low) if low is not None else tr("at most {high}", high=high)
    if kr.kind == "milestone":
        done = sum(stage.done is not None for stage in kr.stages)
        return tr("{done} of {all} stages", done=amounts.count(done), all=amounts.count(len(kr.stages)))
    return tr("done on {day}", day=amounts.day(kr.done)) if kr.done else tr("to be done")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
