"""What lies ahead of a key result whose cycle is planned or running: where it will end, and whether the target is worth
setting. The second takes seconds, so it is worked out only when somebody asks."""

from typing import Any

import streamlit as st

from models.evidence import WAYS
from models.language import spoken, tr
from pages.parts import charts, outlook_words, sheet
from pages.parts.escape import plain
from pages.parts.view import View
from pages.parts.weekly import NOTE, by_week, is_daily


def ahead(workspace: Any, evidence: Any, card: Any, view: View) -> None:
    """Both sections; nothing once the cycle is over or where no KPI gives the value."""
    links = evidence.links
    measured = links[links["role"] == "measure"]
    if card.as_of > card.cycle.end or measured.empty or evidence.measure.empty:
        return
    link = measured.iloc[0]
    if evidence.forecast is not None:
        _forecast(evidence, card, link, view)
    if evidence.row["kind"] in ("increase", "decrease") and evidence.row["kind"] in WAYS:
        _plan(workspace, evidence, card, link, view)


def _forecast(evidence: Any, card: Any, link: Any, view: View) -> None:
    row, found = evidence.row, evidence.forecast
    unit, cadence = link["kpi_unit"], link["cadence"]
    said = outlook_words.forecast_words(found, row, link["kpi_name"], unit, cadence)
    st.header(tr("Where will it end?"), anchor=False)
    left, right = st.columns([2.2, 1], gap="large")
    with left:
        if found.fan is not None:
            cycle = (card.cycle.start, card.cycle.end)
            series, fan = evidence.measure.dropna(subset=["value"]), found.fan
            if is_daily(cadence):
                series, fan = by_week(series, cycle[0]), by_week(fan, cycle[0])
            target = row["target"] if found.reading != "sum" and row["kind"] != "maintain" else None
            figure = charts.fan(series, fan, cycle, unit=unit, target=target, dark=view.dark)
            kpi = f"**{plain(link['kpi_name'])}**"
            st.markdown(
                tr("{kpi}, in {unit}, with what may come until the end of the cycle", kpi=kpi, unit=plain(unit))
                if unit
                else tr("{kpi}, with what may come until the end of the cycle", kpi=kpi)
            )
            st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=" ".join(said), key="fan")
            if is_daily(cadence):
                st.caption(spoken(NOTE))
    with right:
        first, *rest = said
        st.markdown(f"**{plain(first)}**")
        for paragraph in rest:
            st.markdown(plain(paragraph))


def _plan(workspace: Any, evidence: Any, card: Any, link: Any, view: View) -> None:
    row = evidence.row
    st.header(tr("Is the target worth setting?"), anchor=False)
    kept = f"plan of {row['id']} {card.cycle.id} {card.as_of} {card.data_version}"
    if kept not in st.session_state:
        st.markdown(
            tr(
                "Asked of the KPI's own past: the smallest change that one cycle can show, how long the wanted change "
                "needs, the chance of meeting the target by doing nothing, and the chance if the best window of the "
                "past repeated."
            )
        )
        if not st.button(tr("Check the target"), icon=":material/query_stats:", key="check_plan"):
            return
        with st.spinner(tr("Trying the target on the KPI's own past. This takes some seconds.")):
            st.session_state[kept] = workspace.plan_of(row["id"], card.cycle.id, view.as_of)
        st.rerun()
    found = st.session_state[kept]
    if found is None:
        st.markdown(tr("No KPI gives this key result its value, so there is no past to ask."))
        return
    answer, rows = outlook_words.plan_words(found, row, link["kpi_name"], link["kpi_unit"], card.policy)
    st.markdown(f"**{plain(answer)}**")
    if rows:
        columns = [tr("Asked of its own past"), tr("Answer"), tr("In words")]
        cells = [{"cells": list(told)} for told in rows]
        sheet.show([sheet.table(columns, cells, numbers=(tr("Answer"),))], view, key="plan")
