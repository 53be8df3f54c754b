"""The shared filters in the sidebar: cycle, team, as-of. They stand in the URL, so that a link reproduces the view."""

from datetime import date
from typing import Any

import streamlit as st

from models.language import tr
from pages.parts import choose_language
from pages.parts.amounts import day
from pages.parts.view import WANTED

ALL_TEAMS = "All teams"  # as it stands in links, whatever the language


def choose(workspace: Any) -> dict[str, Any]:
    """Draws the filters; returns cycle (id), as_of (date), team (id), each None where nothing is chosen."""
    st.session_state.update(st.session_state.pop(WANTED, {}))
    cycles, teams = workspace.cycles(), workspace.teams()
    if cycles.empty:
        return {"cycle": None, "as_of": None, "team": None}
    with st.sidebar:
        as_of: date | None = st.session_state.get("as_of")
        cycle = _cycle(workspace, cycles, workspace.default_cycle(as_of))
        labels = labels_of(teams)
        team = st.selectbox(
            tr("Team"), [ALL_TEAMS, *labels], key="team", bind="query-params",
            format_func=lambda label: tr("All teams") if label == ALL_TEAMS else label,
        )  # fmt: skip
        as_of = st.date_input(
            tr("As known on"),
            value=None,
            key="as_of",
            bind="query-params",
            format="YYYY-MM-DD",
            help=tr(
                "Empty: what is known now. A day: what was known at its end, whatever arrived later. "
                "A link with a day always shows the same."
            ),
        )
    return {"cycle": cycle, "as_of": as_of, "team": labels.get(team)}


def in_url(chosen: dict[str, Any]) -> dict[str, str]:
    """The filters as a link spells them, and the language where it was chosen by hand."""
    spelt = {name: str(st.session_state[name]) for name, value in chosen.items() if value and name in st.session_state}
    return spelt | choose_language.in_url()


def labels_of(named: Any) -> dict[str, str]:
    """What a list shows → id, of teams or KPIs (id, name); the id stands beside a name that two share."""
    twice = named["name"].duplicated(keep=False)
    shown = named["name"].where(~twice, named["name"] + " (" + named["id"] + ")")
    return dict(zip(shown, named["id"], strict=True))


def _of_the_key_result(workspace: Any) -> str | None:
    """The cycle of the key result that a link is about: it need not say it."""
    named = st.query_params.get("kr")
    if not named:
        return None
    company = workspace.company()
    found = (o.cycle for o in company.objectives for kr in company.key_results.get(o.id, []) if kr.id == named)
    return next(found, None)


def _cycle(workspace: Any, cycles: Any, default: str | None) -> str | None:
    identifiers = list(cycles["id"])[::-1]
    if "cycle" not in st.session_state and "cycle" not in st.query_params:
        first = _of_the_key_result(workspace) or default
        if first in identifiers:
            # A value that is not the widget's own default is written into the URL: the link stays true next quarter.
            st.session_state["cycle"] = first
    chosen: str | None = st.selectbox(tr("Cycle"), identifiers, index=None, key="cycle", bind="query-params")
    held = cycles[cycles["id"] == (chosen or default)]
    if not held.empty:
        st.caption(tr("{first} to {last}", first=day(held["start"].iloc[0]), last=day(held["end"].iloc[0])))
    return chosen
