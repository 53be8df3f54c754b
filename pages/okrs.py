"""OKRs: the same key results as list, board, timeline, calendar, map, workload and feed, filtered by a link."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr
from models.okr_filter import Filter
from models.okr_rows import OkrRows
from pages.parts import (
    amounts,
    empty,
    okr_activity,
    okr_bar,
    okr_board,
    okr_calendar,
    okr_list,
    okr_map_view,
    okr_timeline,
    okr_workload,
)
from pages.parts.escape import plain
from pages.parts.view import View


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    with st.spinner(tr("Scoring the cycle.")):
        found = workspace.okr_rows(view.cycle, view.as_of, view.team)
    card = found.card
    if found.rows.empty:
        empty.no_key_results(card.cycle.label, view.team, view)
        return
    team = str(found.rows["team_name"].iloc[0]) if view.team else tr("all teams")
    about = tr("{cycle} · {team} · as known on {day}", cycle=card.cycle.label, team=team, day=amounts.day(card.as_of))
    with st.container(gap=None):
        st.caption(plain(about))
        heading = st.empty()
    shape = okr_bar.view()
    chosen, by = okr_bar.filtered(found, shape)
    rows = chosen.of(found.rows)
    if rows.empty:
        heading.title(tr("No key result fits these filters"), anchor=False)
        st.markdown(tr("Take one of the filters away to see more."))
        return
    heading.title(plain(_drawn(workspace, found, rows, shape, chosen, by, view)), anchor=False)
    if chosen:
        st.caption(
            plain(
                tr(
                    "{shown} of {all} key results fit these filters.",
                    shown=amounts.count(len(rows)),
                    all=amounts.count(len(found.rows)),
                )
            )
        )


def _drawn(workspace: Any, found: OkrRows, rows: pd.DataFrame, shape: str, chosen: Filter, by: str, view: View) -> str:
    """Draws one view; returns its answer in one sentence."""
    if shape == "board":
        okr_board.draw(workspace, found, rows, chosen, view)
        return okr_board.said(rows)
    if shape == "timeline":
        plan = workspace.okr_plan(view.cycle, view.as_of)
        okr_timeline.draw(found, rows, plan, chosen, view)
        return okr_timeline.said(rows, plan)
    if shape == "calendar":
        month = okr_calendar.month_of(found)
        entries = workspace.okr_days(found, rows, *okr_calendar.span(month))
        okr_calendar.draw(found, entries, month, chosen, view)
        return okr_calendar.said(entries, month)
    if shape == "map":
        whole = workspace.okr_map(view.cycle, view.as_of, view.team)
        okr_map_view.draw(workspace, whole, rows, chosen, view)
        return okr_map_view.said(whole)
    if shape == "workload":
        okr_workload.draw(found, rows, chosen, view)
        return okr_workload.said(rows)
    if shape == "activity":
        return okr_activity.said(okr_activity.draw(workspace, found, rows, chosen, view))
    okr_list.draw(found, rows, by, view)
    return okr_list.said(rows)


if __name__ == "__main__":
    st.switch_page("dashboard.py")
