"""Scorecard: claimed wins against verified ones, what to talk about, then every key result in groups."""

from functools import partial
from typing import Any

import streamlit as st

from models.chapters import needs_talk
from models.earlier import UNASKED_UP_TO
from models.language import tr, trn
from models.truth_gap import sentence, truth_gap
from pages.parts import amounts, closed, empty, grouped, sheet
from pages.parts.edited import edited_targets
from pages.parts.escape import plain
from pages.parts.grouped import Rows
from pages.parts.take_away import take_away
from pages.parts.view import View

TALK_SHOWN = 6
LATE_NAMED = 4  # KPIs whose data is late, named on the page; the Data health page has all


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    head = st.container(gap=None)
    with st.spinner(tr("Scoring the cycle.")):
        shown = closed.standing(workspace, view)
    card = shown.card
    if card.key_results.empty:
        empty.no_key_results(card.cycle.label, view.team, view)
        return
    with head:
        _head(card, view, shown)
    if shown.closing is not None:
        with st.spinner(tr("Comparing with what is known now.")):
            closed.told(workspace, view, shown)
    counts = truth_gap(card.key_results).to_dict("records")[0]
    wins = [] if card.as_of < card.cycle.start else [_wins(counts)]  # nothing can be won yet
    sheet.show([*wins, sheet.strip(card.key_results["verdict"])], view, key="strip")
    st.caption(plain(" ".join([*card.notes, *_late(card)])))
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        take_away(workspace, view, shown)
        closed.offer(workspace, card, shown.closing)
        _beside(view)
    rows = Rows(partial(shown.series, workspace), view, card, _changes(workspace, card))
    _talk(rows, view, card)
    edited_targets(workspace, view, card)
    grouped.key_results(rows, view, card)


def _head(card: Any, view: View, shown: closed.Standing) -> None:
    team = card.objectives["team_name"].iloc[0] if view.team else tr("all teams")
    known = {"cycle": card.cycle.label, "team": team, "day": amounts.day(card.as_of)}
    if shown.frozen:
        st.caption(plain(tr("{cycle} · {team} · as closed, known on {day}", **known)))
    else:
        st.caption(plain(tr("{cycle} · {team} · as known on {day}", **known)))
    begins, planned = card.cycle.start, len(card.key_results)
    if card.as_of < begins:
        said = trn(
            "{cycle} begins on {day}: {count} key result is planned.",
            "{cycle} begins on {day}: {count} key results are planned.",
            planned, cycle=card.cycle.label, day=amounts.day(begins),
        )  # fmt: skip
        st.title(plain(said), anchor=False)
    else:
        st.title(plain(card.headline), anchor=False)


def _wins(counts: dict[str, Any]) -> sheet.Block:
    """Claimed against verified, the first thing that is seen."""
    facts = [
        (tr("Claimed wins"), str(counts["claimed"]), tr("passed their target")),
        (tr("Verified wins"), str(counts["verified"]), tr("and the KPI got better")),
        (tr("Did not hold"), str(counts["not_borne_out"]), tr("vanity or backfired")),
        (tr("Cannot be told"), str(counts["untold"]), tr("unproven, unlinked, too early")),
    ]
    if amounts.known(counts["share"]):
        judged = trn("of {count} win that could be judged", "of {count} wins that could be judged", counts["judged"])
        facts.append((tr("Verified share"), amounts.share(counts["share"]), judged))
    return sheet.lead([], sentence(counts), [], facts)


def _beside(view: View) -> None:
    """Where the same question goes on."""
    for path, label in (("truth-gap", tr("Truth gap over the cycles")), ("then-and-now", tr("Then and now"))):
        if path in view.pages:
            st.page_link(view.pages[path], label=label, icon=":material/arrow_forward:")


def _late(card: Any) -> list[str]:
    """Which data is late, by KPI."""
    late = card.key_results[card.key_results["flags"].map(lambda codes: "late_data" in codes)]
    names = list(dict.fromkeys(late["kpi_name"].dropna()))
    if not names:
        return []
    named = ", ".join(names[:LATE_NAMED])
    if len(names) > LATE_NAMED:
        return [tr("Late: {names} and {count} more.", names=named, count=len(names) - LATE_NAMED)]
    return [tr("Late: {names}.", names=named)]


def _changes(workspace: Any, card: Any) -> Any:
    """What changed of each key result; in a big company only when asked for."""
    if len(card.key_results) > UNASKED_UP_TO and not st.toggle(
        tr("Show what changed since last week and last cycle"), key="changes", bind="query-params"
    ):
        return None
    with st.spinner(tr("Comparing with last week and last cycle.")):
        return workspace.what_changed(card)


def _talk(rows: Rows, view: View, card: Any) -> None:
    st.header(tr("What needs talking about"), anchor=False)
    talk = needs_talk(card.key_results)
    if talk.empty:
        st.markdown(tr("Nothing: no vanity win, nothing got worse."))
        return
    first, rest = talk.head(TALK_SHOWN), talk.iloc[TALK_SHOWN:]
    sheet.show([sheet.group("", "", rows.of(first, where=True))], view, key="talk")
    if len(rest):
        more = st.expander(trn("{count} more", "{count} more", len(rest)), on_change="rerun", key="talk_more")
        if more.open:
            with more:
                sheet.show([sheet.group("", "", rows.of(rest, where=True))], view, key="talk_rest")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
