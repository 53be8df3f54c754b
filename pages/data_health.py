"""Data health: what is fresh, late, failing and restated, by KPI and by source; what is expected of each source."""

from typing import Any

import pandas as pd
import streamlit as st

from models.data_health import LOADS, STATES, DataHealth
from models.language import mark, spoken, tr, trn
from pages.parts import amounts, charts, checks, quality, sheet, source_editor
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 50
_SHOW = {
    "All": mark("All"),
    "Failing": mark("Failing"),
    "Late": mark("Late"),
    "No values": mark("No values"),
    "Restated": mark("Restated"),
}
_EVERY = {"day": mark("daily"), "week": mark("weekly"), "month": mark("monthly"), "quarter": mark("quarterly")}


def render(workspace: Any, view: View) -> None:
    with st.spinner(tr("Looking through all loads.")):
        health = workspace.health(view.as_of)
    if health.kpis.empty and health.quality.empty:
        _empty(view)
        return
    st.title(tr("Data health"), anchor=False)
    asked = st.query_params.get("source", "")
    if asked in set(health.sources["id"]) | {source.id for source in workspace.sources()}:
        _source(workspace, view, health, asked)
        return
    sheet.show([sheet.lead([], health.headline, [], _facts(health))], view, key="health_lead")
    st.header(tr("Sources"), anchor=False)
    _sources(workspace, view, health)
    st.header(tr("KPIs"), anchor=False)
    _kpis(view, health)


def _empty(view: View) -> None:
    st.title(tr("No data to look after yet"))
    st.markdown(
        tr(
            "Once extracts come in, this page says which KPIs are fresh and which are late, which loads"
            " were refused and "
            "why, and what was restated. Every load is checked against its KPIs' definitions; what a source must bring "
            "beyond that (how many rows, which KPIs, how large a jump) is set here."
        )
    )
    if st.button(tr("Upload an extract"), type="primary"):
        view.go("upload")


def _facts(health: DataHealth) -> list[tuple[str, str, str]]:
    states = health.kpis["state"].value_counts()
    restated = int((health.kpis["restated"] > 0).sum())
    failing = int((health.kpis["failing"] != "").sum())
    return [
        (tr("KPIs"), amounts.count(len(health.kpis)), trn("{count} source", "{count} sources", len(health.sources))),
        (tr("Fresh"), amounts.count(states.get("fresh", 0)), ""),
        (tr("Late"), amounts.count(states.get("late", 0)), ""),
        (tr("Failing"), amounts.count(failing), ""),
        (tr("Restated at least once"), amounts.count(restated), ""),
        (tr("Judged on"), amounts.day(health.as_of), ""),
    ]


# -- by source ---------------------------------------------------------------------------------------------------------


def _sources(workspace: Any, view: View, health: DataHealth) -> None:
    rows = [_source_row(source, view, health.quality) for source in health.sources.to_dict("records")]
    rows += [_silent_row(name, view) for name in _silent(workspace, health)]
    numbers = (tr("Values"), tr("Refused"))
    columns = [tr("Source"), tr("Last load"), tr("Status"), *numbers, tr("Checks"), tr("Quality of its loads")]
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="health_sources")


def _silent(workspace: Any, health: DataHealth) -> list[str]:
    """Named sources that have brought nothing yet."""
    return [source.id for source in workspace.sources() if source.id not in set(health.sources["id"])]


def _source_row(source: dict[str, Any], view: View, loads: pd.DataFrame) -> sheet.Block:
    kpis = trn("{count} KPI", "{count} KPIs", source["kpis"])
    if source["late"]:
        kpis = tr("{kpis}, {late} late", kpis=kpis, late=amounts.count(source["late"]))
    return {
        "cells": [
            {"text": one_line(source["id"]), "meta": kpis},
            {"text": amounts.moment(source["recorded_at"]), "meta": one_line(source["file"])},
            status(source["status"]),
            amounts.count(source["values"]),
            amounts.count(source["rejected"]),
            checks_words(source),
            quality.bars(loads[loads["source"] == source["id"]]),
        ],
        **_opens(source["id"], view),
    }


def _silent_row(name: str, view: View) -> sheet.Block:
    return {"cells": [one_line(name), "–", tr("nothing loaded yet"), "–", "–", "", ""], **_opens(name, view)}


def _opens(source: str, view: View) -> dict[str, Any]:
    where = {"page": "data-health", "params": {"source": source}}
    return {"open": where, "href": view.href("data-health", source=source)}


def status(code: str) -> Any:
    """A load's status as a badge; an unknown one as it stands."""
    return sheet.badge(LOADS[code]) if code in LOADS else code


def checks_words(load: Any) -> str:
    """`17 hold`, `1 of 17 failed, 2 look odd`; a file that could not be read was not checked."""
    if not load["checks"]:
        return tr("not checked")
    failed, warned, checks = load["failed"], load["warned"], load["checks"]
    if failed and warned:
        return tr("{failed} of {checks} failed, {odd} look odd", failed=failed, odd=warned, checks=checks)
    if failed:
        return tr("{failed} of {checks} failed", failed=failed, checks=checks)
    if warned:
        return tr("{odd} of {checks} look odd", odd=warned, checks=checks)
    return tr("all {checks} hold", checks=checks)


def _source(workspace: Any, view: View, health: DataHealth, name: str) -> None:
    """One source: its loads, the checks of the last one, what is expected of it."""
    if st.button(tr("All sources and KPIs"), icon=":material/arrow_back:", type="tertiary"):
        view.go("data-health")
    st.header(tr("Source {source}", source=plain(name)), anchor=False)
    held = health.sources[health.sources["id"] == name]
    if len(held):
        _last_load(workspace, view, health, held.iloc[0])
    else:
        st.markdown(tr("Nothing has been loaded from this source yet."))
    if view.as_of is not None:
        st.caption(tr("Choose no day under “As known on” to change what is expected of this source."))
        return
    source_editor.edit(workspace, name)


def _last_load(workspace: Any, view: View, health: DataHealth, source: Any) -> None:
    loads = health.quality[health.quality["source"] == source["id"]]
    when = tr("{moment} UTC, by {who}", moment=amounts.moment(source["recorded_at"]), who=source["recorded_by"])
    refused = int(source["rejected"]) if amounts.known(source["rejected"]) else 0
    facts = [
        (tr("Last load"), f"{source['load_id']}", when),
        (
            tr("Values"),
            amounts.count(source["values"]),
            trn("{count} refused", "{count} refused", refused),
        ),
        (tr("Restated"), amounts.count(source["restated"]), tr("in the last load")),
        (tr("KPIs"), amounts.count(source["kpis"]), tr("{count} late", count=amounts.count(source["late"]))),
        (tr("Loads"), amounts.count(source["loads"]), tr("not taken back")),
    ]
    badge = LOADS.get(source["status"])
    lead = sheet.lead([sheet.badge(badge)] if badge else [], "", [], facts)
    sheet.show([lead], view, key="health_source")
    figure = quality.chart(loads, view.dark)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="quality", alt=quality.described(loads))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(tr("**Checks of the last load**: {found}", found=checks_words(source)), width="content")
        if st.button(tr("Open this load"), type="tertiary", icon=":material/open_in_new:"):
            view.go("loads", load=str(source["load_id"]))
    checks.show(workspace.load_detail(int(source["load_id"])).checks, view, key="health_checks")


# -- by KPI ------------------------------------------------------------------------------------------------------------


def _kpis(view: View, health: DataHealth) -> None:
    kpis = health.kpis
    masks = {
        "All": kpis["id"].notna(),
        "Failing": kpis["failing"] != "",
        "Late": kpis["state"] == "late",
        "No values": kpis["state"] == "never",
        "Restated": kpis["restated"] > 0,
    }
    labels = {name: f"{spoken(_SHOW[name])} {amounts.count(held.sum())}" for name, held in masks.items() if held.any()}
    picked = st.segmented_control(
        tr("Show"), list(labels), format_func=lambda name: labels[name], default="All", required=True,
        key="health_show", label_visibility="collapsed",
    )  # fmt: skip
    shown = kpis[masks[picked or "All"]]
    order = {"late": 1, "never": 2, "fresh": 3}
    rank = shown["state"].map(order).where(shown["failing"] == "", 0)
    shown = shown.assign(rank=rank).sort_values(["rank", "days_late"], ascending=[True, False], kind="stable")
    pages = -(-len(shown) // SHOWN)
    page = st.pagination(pages, key=f"health_page_{picked}") if pages > 1 else 1
    loaded = health.quality.set_index("load_id")["recorded_at"]
    rows = [_kpi_row(kpi, loaded, view) for kpi in shown.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")]
    numbers = (tr("Days late"), tr("Restated"))
    columns = [tr("KPI"), tr("State"), tr("Last period"), *numbers, tr("Last load")]
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="health_kpis")


def _kpi_row(kpi: dict[str, Any], loaded: pd.Series, view: View) -> sheet.Block:
    state = STATES["failing" if kpi["failing"] else kpi["state"]]
    last, due = (amounts.period(kpi[name], kpi["cadence"]) for name in ("last", "expected"))
    came = loaded.get(kpi["load_id"]) if pd.notna(kpi["load_id"]) else None
    where = [spoken(_EVERY.get(kpi["cadence"], "")), kpi["source"] if isinstance(kpi["source"], str) else ""]
    return {
        "cells": [
            {"text": one_line(kpi["name"]), "meta": one_line(" · ".join(part for part in where if part))},
            {**sheet.badge(state), "meta": one_line(kpi["failing"])},
            {"text": last, "meta": tr("expected {period}", period=due) if kpi["state"] == "late" else ""},
            amounts.count(kpi["days_late"]),
            amounts.count(kpi["restated"]),
            {"text": amounts.day(came), "meta": "" if came is None else tr("load {number}", number=kpi["load_id"])},
        ],
        "open": {"page": "trends", "params": {"kpi": str(kpi["id"])}},
        "href": view.href("trends", kpi=str(kpi["id"])),
    }


if __name__ == "__main__":
    st.switch_page("dashboard.py")
