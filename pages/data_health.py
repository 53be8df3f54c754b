"""Data health: what is fresh, late, failing and restated, by KPI and by source; what is expected of each source."""

from typing import Any

import pandas as pd
import streamlit as st

from models.data_health import LOADS, STATES, DataHealth
from pages.parts import amounts, checks, quality, sheet, source_editor
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 50
_EVERY = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}


def render(workspace: Any, view: View) -> None:
    health = workspace.health(view.as_of)
    if health.kpis.empty and health.quality.empty:
        _empty(view)
        return
    st.title("Data health", anchor=False)
    asked = st.query_params.get("source", "")
    if asked in set(health.sources["id"]) | {source.id for source in workspace.sources()}:
        _source(workspace, view, health, asked)
        return
    sheet.show([sheet.lead([], health.headline, [], _facts(health))], view, key="health_lead")
    st.header("Sources", anchor=False)
    _sources(workspace, view, health)
    st.header("KPIs", anchor=False)
    _kpis(view, health)


def _empty(view: View) -> None:
    st.title("No data to look after yet")
    st.markdown(
        "Once extracts come in, this page says which KPIs are fresh and which are late, which loads were refused and "
        "why, and what was restated. Every load is checked against its KPIs' definitions; what a source must bring "
        "beyond that (how many rows, which KPIs, how large a jump) is set here."
    )
    if st.button("Upload an extract", type="primary"):
        view.go("upload")


def _facts(health: DataHealth) -> list[tuple[str, str, str]]:
    states = health.kpis["state"].value_counts()
    restated = int((health.kpis["restated"] > 0).sum())
    failing = int((health.kpis["failing"] != "").sum())
    return [
        ("KPIs", f"{len(health.kpis):,}", amounts.counted(len(health.sources), "source")),
        ("Fresh", f"{states.get('fresh', 0):,}", ""),
        ("Late", f"{states.get('late', 0):,}", ""),
        ("Failing", f"{failing:,}", ""),
        ("Restated at least once", f"{restated:,}", ""),
        ("Judged on", amounts.day(health.as_of), ""),
    ]


# -- by source ---------------------------------------------------------------------------------------------------------


def _sources(workspace: Any, view: View, health: DataHealth) -> None:
    rows = [_source_row(source, view, health.quality) for source in health.sources.to_dict("records")]
    rows += [_silent_row(name, view) for name in _silent(workspace, health)]
    columns = ["Source", "Last load", "Status", "Values", "Refused", "Checks", "Quality of its loads"]
    sheet.show([sheet.table(columns, rows, numbers=("Values", "Refused"))], view, key="health_sources")


def _silent(workspace: Any, health: DataHealth) -> list[str]:
    """Named sources that have brought nothing yet."""
    return [source.id for source in workspace.sources() if source.id not in set(health.sources["id"])]


def _source_row(source: dict[str, Any], view: View, loads: pd.DataFrame) -> sheet.Block:
    late = f", {source['late']} late" if source["late"] else ""
    return {
        "cells": [
            {"text": one_line(source["id"]), "meta": f"{amounts.counted(source['kpis'], 'KPI')}{late}"},
            {"text": amounts.moment(source["recorded_at"]), "meta": one_line(source["file"])},
            status(source["status"]),
            f"{int(source['values']):,}",
            f"{int(source['rejected']):,}",
            checks_words(source),
            quality.bars(loads[loads["source"] == source["id"]]),
        ],
        **_opens(source["id"], view),
    }


def _silent_row(name: str, view: View) -> sheet.Block:
    return {"cells": [one_line(name), "–", "nothing loaded yet", "–", "–", "", ""], **_opens(name, view)}


def _opens(source: str, view: View) -> dict[str, Any]:
    where = {"page": "data-health", "params": {"source": source}}
    return {"open": where, "href": view.href("data-health", source=source)}


def status(code: str) -> Any:
    """A load's status as a badge; an unknown one as it stands."""
    return sheet.badge(LOADS[code]) if code in LOADS else code


def checks_words(load: Any) -> str:
    """`17 hold`, `1 of 17 failed, 2 look odd`; a file that could not be read was not checked."""
    if not load["checks"]:
        return "not checked"
    bad = [f"{load['failed']} of {load['checks']} failed"] if load["failed"] else []
    bad += [f"{load['warned']}{'' if bad else ' of ' + str(load['checks'])} look odd"] if load["warned"] else []
    return ", ".join(bad) or f"all {load['checks']} hold"


def _source(workspace: Any, view: View, health: DataHealth, name: str) -> None:
    """One source: its loads, the checks of the last one, what is expected of it."""
    if st.button("All sources and KPIs", icon=":material/arrow_back:", type="tertiary"):
        view.go("data-health")
    st.header(f"Source {plain(name)}", anchor=False)
    held = health.sources[health.sources["id"] == name]
    if len(held):
        _last_load(workspace, view, health, held.iloc[0])
    else:
        st.markdown("Nothing has been loaded from this source yet.")
    if view.as_of is not None:
        st.caption("Choose no day under “As known on” to change what is expected of this source.")
        return
    source_editor.edit(workspace, name)


def _last_load(workspace: Any, view: View, health: DataHealth, source: Any) -> None:
    loads = health.quality[health.quality["source"] == source["id"]]
    when = f"{amounts.moment(source['recorded_at'])} UTC, by {source['recorded_by']}"
    facts = [
        ("Last load", f"{source['load_id']}", when),
        ("Values", f"{int(source['values']):,}", f"{int(source['rejected']):,} refused"),
        ("Restated", f"{int(source['restated']):,}", "in the last load"),
        ("KPIs", f"{source['kpis']}", f"{source['late']} late"),
        ("Loads", f"{source['loads']}", "not taken back"),
    ]
    badge = LOADS.get(source["status"])
    lead = sheet.lead([sheet.badge(badge)] if badge else [], "", [], facts)
    sheet.show([lead], view, key="health_source")
    figure = quality.chart(loads, view.dark)
    st.plotly_chart(figure, config=quality.charts.CONFIG, theme=None, key="quality", alt=quality.described(loads))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Checks of the last load**: {checks_words(source)}", width="content")
        if st.button("Open this load", type="tertiary", icon=":material/open_in_new:"):
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
    labels = {name: f"{name} {int(mask.sum())}" for name, mask in masks.items() if mask.any()}
    picked = st.segmented_control(
        "Show", list(labels), format_func=lambda name: labels[name], default="All", required=True,
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
    columns = ["KPI", "State", "Last period", "Days late", "Restated", "Last load"]
    sheet.show([sheet.table(columns, rows, numbers=("Days late", "Restated"))], view, key="health_kpis")


def _kpi_row(kpi: dict[str, Any], loaded: pd.Series, view: View) -> sheet.Block:
    state = STATES["failing" if kpi["failing"] else kpi["state"]]
    last, due = (amounts.period(kpi[name], kpi["cadence"]) for name in ("last", "expected"))
    came = loaded.get(kpi["load_id"]) if pd.notna(kpi["load_id"]) else None
    where = [_EVERY.get(kpi["cadence"], ""), kpi["source"] if isinstance(kpi["source"], str) else ""]
    return {
        "cells": [
            {"text": one_line(kpi["name"]), "meta": one_line(" · ".join(part for part in where if part))},
            {**sheet.badge(state), "meta": one_line(kpi["failing"])},
            {"text": last, "meta": f"expected {due}" if kpi["state"] == "late" else ""},
            f"{kpi['days_late']}" if amounts.known(kpi["days_late"]) else "–",
            f"{int(kpi['restated']):,}",
            {"text": amounts.day(came), "meta": "" if came is None else f"load {kpi['load_id']}"},
        ],
        "open": {"page": "trends", "params": {"kpi": str(kpi["id"])}},
        "href": view.href("trends", kpi=str(kpi["id"])),
    }


if __name__ == "__main__":
    st.switch_page("dashboard.py")
