"""The events of a KPI below its charts, with the numbers of their marks; and the form that adds one."""

from datetime import date
from typing import Any

import streamlit as st

from models.event import Kept, kinds
from models.language import tr
from models.refused import Refused
from pages.parts import amounts, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View


def show(workspace: Any, view: View, kpi: str, marked: list[tuple[int, Kept]], about: Any) -> None:
    """The list of what is marked, and for who looks at the present a way to add and take back."""
    st.header(tr("What happened"), anchor=False)
    if marked:
        listed(marked, view, key="events")
    else:
        st.markdown(tr("No event is written down for the time shown: a launch, an outage, a new price."))
    if view.as_of is not None:
        return
    with st.container(horizontal=True):
        with st.popover(tr("Add an event"), icon=":material/add:"):
            _add(workspace, kpi, about)
        if marked:
            with st.popover(tr("Take one back"), icon=":material/undo:"):
                _take_back(workspace, marked)


def listed(marked: list[tuple[int, Kept]], view: View, key: str) -> None:
    """Numbered, newest first."""
    rows = []
    for number, kept in reversed(marked):
        event = kept.event
        icon, word = kinds()[event.kind]
        days = amounts.day(event.day) + (f" – {amounts.day(event.end)}" if event.end else "")
        said = tr("written down by {who} on {day}", who=kept.made_by, day=amounts.day(kept.made_at))
        rows.append(
            {
                "cells": [
                    f"{number}",
                    {"text": days, "meta": f"{icon} {word}"},
                    {"text": one_line(event.title), "meta": one_line(event.note)},
                    {"text": _concerns(kept), "meta": one_line(said)},
                ]
            }
        )
    sheet.show([sheet.table([tr("Mark"), tr("Day"), tr("Event"), tr("Concerns")], rows)], view, key=key)


def _concerns(kept: Kept) -> str:
    event = kept.event
    named = [*event.kpis, *([tr("KPIs of {team}", team=event.team)] if event.team else [])]
    return one_line(", ".join(named)) or tr("the whole company")


def _add(workspace: Any, kpi: str, about: Any) -> None:
    words = kinds()
    with st.form("event_form", border=False):
        title = st.text_input(tr("What happened"), max_chars=200)
        kind = st.selectbox(tr("Kind"), list(words), format_func=lambda code: f"{words[code][0]} {words[code][1]}")
        left, right = st.columns(2)
        day = left.date_input(tr("Day"), value=None, format="YYYY-MM-DD")
        end = right.date_input(tr("Last day, if it lasted"), value=None, format="YYYY-MM-DD")
        owner = about["owner"] if isinstance(about["owner"], str) and about["owner"] else None
        scopes = {"kpi": tr("this KPI"), "company": tr("the whole company")}
        if owner:
            scopes = {"kpi": scopes["kpi"], "team": tr("all KPIs of its team"), "company": scopes["company"]}
        scope = st.radio(tr("Concerns"), list(scopes), format_func=scopes.__getitem__, horizontal=True)
        note = st.text_area(tr("More about it"), max_chars=2000, height=80)
        sent = st.form_submit_button(tr("Write it down"), type="primary")
    if not sent:
        return
    if not title.strip() or not isinstance(day, date):
        st.error(tr("An event needs a title and a day."), icon=":material/error:")
        return
    try:
        workspace.add_event(
            title=title, day=day, end=end, kind=kind, note=note, kpis=[kpi] if scope == "kpi" else [],
            team=owner if scope == "team" else None,
        )  # fmt: skip
    except Refused as refusal:
        st.error(plain(str(refusal)), icon=":material/error:")
        return
    st.rerun()


def _take_back(workspace: Any, marked: list[tuple[int, Kept]]) -> None:
    titles = {kept.event.id: f"{number}  {kept.event.title}" for number, kept in marked}
    chosen = st.selectbox(tr("Event"), list(titles), format_func=titles.__getitem__, index=None, key="event_back")
    st.caption(tr("It leaves the charts and stays on record."))
    if st.button(tr("Take it back"), disabled=chosen is None):
        workspace.remove_event(chosen)
        st.rerun()
