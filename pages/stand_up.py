"""Stand-up: a team's week in plain words, its actions to tick off, on a page that prints."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from models.language import tr
from models.refused import Refused
from models.stand_up import StandUp
from models.stand_up_facts import WORDS, Line
from pages.parts import action_list, amounts, choose_team, empty, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    with st.spinner(tr("Scoring the cycle.")):
        card = workspace.scorecard(view.cycle, view.as_of)
    heading = st.container(gap=None)
    controls = st.container(horizontal=True, vertical_alignment="bottom")
    with controls:
        team = choose_team.choose(card, view)
    if team is None or card.of_team(team).key_results.empty:
        empty.no_key_results(card.cycle.label, team, view)
        return
    since = _since(controls, view.as_of or workspace.today())
    try:
        with st.spinner(tr("Comparing with the last time.")):
            found = workspace.stand_up(team, since, view.as_of, card.cycle.id)
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")
        return
    with heading:
        about = tr(
            "{team} · {cycle} · {since} to {day}",
            team=found.team_name, cycle=found.cycle, since=amounts.day(found.since), day=amounts.day(found.as_of),
        )  # fmt: skip
        st.caption(plain(about))
        st.title(plain(found.headline), anchor=False)
    with controls:
        held = tr("The next one looks back to today.")
        if view.as_of is None and st.button(tr("Stand-up held"), icon=":material/groups:", help=held):
            workspace.hold_stand_up(team)
            st.toast(tr("Noted: the next stand-up looks back to today."))
    _chapters(found, view)
    st.header(tr("Actions"), anchor=False)
    action_list.show(workspace, view, team, card)


def _since(controls: Any, day: date) -> date | None:
    """The day that was chosen to look back to; None for the last stand-up, or a round of check-ins ago."""
    chosen: date | None = controls.date_input(
        tr("Since"), None, max_value=day - timedelta(days=1), format="YYYY-MM-DD", width=180, key="since",
        bind="query-params", help=tr("Empty: since the last stand-up that was held, else one round of check-ins ago."),
    )  # fmt: skip
    return chosen


def _chapters(found: StandUp, view: View) -> None:
    nothing = {
        "moved": tr("Nothing moved."), "stuck": tr("Nothing is stuck."), "changed": tr("Nothing changed."),
        "decide": tr("Nothing to decide."),
    }  # fmt: skip
    for code, heading, lines in found.chapters:
        st.header(plain(heading), anchor=False)
        if lines:
            sheet.show([sheet.group("", "", rows(lines, found, view))], view, key=f"stand_up_{code}")
        else:
            st.markdown(nothing[code])


def rows(lines: tuple[Line, ...], found: StandUp, view: View) -> list[sheet.Block]:
    """One row a key result, its facts beneath each other; what belongs to none stands by itself."""
    by: dict[str | int, list[Line]] = {}
    for place, line in enumerate(lines):
        by.setdefault(line.key_result if line.key_result is not None else place, []).append(line)
    return [_row(own, found, view) for own in by.values()]


def _row(lines: list[Line], found: StandUp, view: View) -> sheet.Block:
    first, *more = lines
    badges = {line.code: sheet.badge(WORDS[line.code]) for line in lines}
    row: sheet.Block = {
        "title": one_line(first.title or found.team_name),
        "meta": "",
        "verdict": badges.pop(first.code),
        "flags": list(badges.values()),
        "sentence": one_line(first.text),
        "notes": [{"text": one_line(line.text), "tone": "neutral"} for line in more],
        "score": None,
        "spark": None,
    }
    if first.key_result is not None:
        row["open"] = {"page": "key-result", "params": {"kr": first.key_result}}
        row["href"] = view.href("key-result", kr=first.key_result)
    return row


if __name__ == "__main__":
    st.switch_page("dashboard.py")
