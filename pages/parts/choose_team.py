"""Whose round it is: the team of the shared filter, else one that is chosen on the page."""

from typing import Any

import streamlit as st

from models.language import tr
from pages.parts.view import View


def choose(card: Any, view: View, first: str | None = None) -> str | None:
    """The team's id; None where no team has a key result in this cycle. `first` is offered first."""
    if view.team or card.key_results.empty:
        return view.team
    rows = card.key_results[card.key_results["team"].map(lambda team: isinstance(team, str))]
    names = dict(zip(rows["team"], rows["team_name"], strict=True))
    if not names:
        return None
    teams = list(names)
    place = teams.index(first) if first in names else 0
    chosen: str = st.selectbox(tr("Team"), teams, place, format_func=lambda team: names[team], key="whose", width=320)
    return chosen
