"""Scorecard: how many passed, how many of those moved their KPI, what to talk about, then every objective."""

from typing import Any

import pandas as pd
import streamlit as st

from models.verdict import FLAGS, VERDICTS
from pages.parts import amounts, empty, sheet
from pages.parts.escape import plain
from pages.parts.key_result_rows import key_result_rows
from pages.parts.targets import pass_mark
from pages.parts.view import View

TALK_FIRST = ("vanity", "backfired", "at_a_cost", "setback")  # what needs talking about, in this order
TALK_SHOWN = 6
OBJECTIVES_SHOWN = 20
_BAND = {"red": "○ red", "amber": "◐ amber", "green": "● green", "unknown": "no value yet"}


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    card = workspace.scorecard(view.cycle, view.as_of, view.team)
    if card.key_results.empty:
        empty.no_key_results(card.cycle.label, view.team, view)
        return
    team = card.objectives["team_name"].iloc[0] if view.team else "all teams"
    with st.container(gap=None):
        st.caption(plain(f"{card.cycle.label} · {team} · as known on {amounts.day(card.as_of)}"))
        st.title(plain(card.headline), anchor=False)
    sheet.show([sheet.strip(card.key_results["verdict"])], view, key="strip")
    st.caption(plain(" ".join(card.notes)))
    _talk(workspace, view, card)
    _objectives(workspace, view, card)


def needs_talk(key_results: pd.DataFrame) -> pd.DataFrame:
    """The key results to talk about, the gravest kind first: vanity, backfired, at a cost, setback."""
    rank = key_results["verdict"].map({code: i for i, code in enumerate(TALK_FIRST)})
    cost = key_results["flags"].map(lambda codes: "at_a_cost" in codes)
    rank = rank.where(rank.notna(), cost.map({True: TALK_FIRST.index("at_a_cost"), False: None}))
    picked = key_results.assign(rank=rank).dropna(subset=["rank"])
    return picked.sort_values(["rank", "score"], ascending=[True, False], kind="stable").drop(columns="rank")


def _talk(workspace: Any, view: View, card: Any) -> None:
    st.header("What needs talking about", anchor=False)
    talk = needs_talk(card.key_results)
    if talk.empty:
        st.markdown("Nothing: no vanity win, nothing got worse.")
        return
    first, rest = talk.head(TALK_SHOWN), talk.iloc[TALK_SHOWN:]
    sheet.show([sheet.group("", "", key_result_rows(workspace, view, first, card, where=True))], view, key="talk")
    if len(rest):
        more = st.expander(f"{len(rest)} more", on_change="rerun", key="talk_more")
        if more.open:
            with more:
                blocks = [sheet.group("", "", key_result_rows(workspace, view, rest, card, where=True))]
                sheet.show(blocks, view, key="talk_rest")


def _objectives(workspace: Any, view: View, card: Any) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header("Objectives", anchor=False, width="content")
        shown = _filtered(card.key_results)
    objectives = card.objectives[card.objectives["id"].isin(shown["objective"])]
    pages = -(-len(objectives) // OBJECTIVES_SHOWN)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key="page", bind="query-params")
    objectives = objectives.iloc[(page - 1) * OBJECTIVES_SHOWN : page * OBJECTIVES_SHOWN]
    shown = shown[shown["objective"].isin(objectives["id"])]
    rows = dict(zip(shown["id"], key_result_rows(workspace, view, shown, card), strict=True))
    members = shown.groupby("objective", sort=False)["id"].agg(list)
    titles = dict(zip(card.objectives["id"], card.objectives["title"], strict=True))
    blocks = [
        sheet.group(
            objective["title"] or objective["id"],
            _about(objective, titles),
            [rows[identifier] for identifier in members[objective["id"]]],
            hints=objective["hints"],
            score=sheet.score_bar(objective["score"], pass_mark(objective["level"], card.policy), verdict=False),
            word=_BAND.get(objective["band"], ""),
        )
        for objective in objectives.to_dict("records")
    ]
    sheet.show(blocks, view, key="objectives")


def _filtered(key_results: pd.DataFrame) -> pd.DataFrame:
    """The key results of the verdicts picked; all if none is."""
    counts = key_results["verdict"].value_counts()
    present = [code for code in VERDICTS if code in counts]
    flagged = [code for code in FLAGS if key_results["flags"].map(lambda codes, c=code: c in codes).any()]
    words = {**VERDICTS, **FLAGS}
    labels = {f"{words[code].icon} {words[code].word}": code for code in present + flagged}
    picked = st.multiselect(
        "Show only",
        list(labels),
        key="show",
        bind="query-params",
        label_visibility="collapsed",
        placeholder="All verdicts",
        width=320,
    )
    if not picked:
        return key_results
    chosen = {labels[label] for label in picked}
    has_flag = key_results["flags"].map(lambda codes: bool(chosen & set(codes)))
    return key_results[key_results["verdict"].isin(chosen) | has_flag]


def _about(objective: dict[str, Any], titles: dict[str, str]) -> str:
    parts = [objective["team_name"], objective["level"]]
    if objective["parent"] in titles:
        parts.append(f"supports “{titles[objective['parent']]}”")
    if objective["unknown"]:
        parts.append(f"{objective['unknown']} without a value")
    if objective["illustrative"]:
        parts.append("illustrative")
    return " · ".join(part for part in parts if isinstance(part, str) and part)


if __name__ == "__main__":
    st.switch_page("dashboard.py")
