"""Check-in: a team's whole round on one screen, saved at once; what is not due is folded to a line."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from models.check_ins import Said, last_said
from models.language import tr, trn
from models.refused import Refused
from pages.parts import amounts, check_in_card, check_in_fold, choose_team, empty, status_editor
from pages.parts.escape import plain
from pages.parts.sparks import spark
from pages.parts.targets import target_on_series
from pages.parts.view import View

SHOWN = 25  # key results on one screen; a team with more goes through its objectives


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    card = workspace.scorecard(view.cycle, view.as_of)
    due = workspace.due_check_ins(view.as_of)
    heading = st.container(gap=None)
    team = choose_team.choose(card, view, str(due["team"].iloc[0]) if len(due) else None)
    rows = card.of_team(team).key_results
    if team is None or rows.empty:
        empty.no_key_results(card.cycle.label, team, view)
        return
    mine = due[due["key_result"].isin(rows["id"])].set_index("key_result")["due_on"]
    with heading:
        st.caption(plain(tr("{cycle} · as known on {day}", cycle=card.cycle.label, day=amounts.day(card.as_of))))
        st.title(plain(tr("Check-in of {team}", team=rows["team_name"].iloc[0])), anchor=False)
        st.caption(plain(_who_is_due(len(mine), len(rows))))
    _saved()
    day = _day(workspace, view)
    rows = _of_an_objective(rows, mine)
    said = _cards(workspace, view, card, rows, mine)
    _save(workspace, [name for name in rows["id"] if name in mine.index], said, day)


def _who_is_due(due: int, total: int) -> str:
    if not due:
        return trn("The one key result is up to date.", "All {count} key results are up to date.", total)
    return trn("{due} of {count} key result is due.", "{due} of {count} key results are due.", total, due=f"{due:,}")


def _day(workspace: Any, view: View) -> date:
    """The day that the check-in is about: today, or an earlier one."""
    today = workspace.today()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day: date | None = st.date_input(
            tr("Day that this is about"), min(view.as_of or today, today), max_value=today, format="YYYY-MM-DD",
            width=180, key="check_in_day", on_change="ignore",
        )  # fmt: skip
        if st.button(tr("Edit the statuses"), icon=":material/edit:", type="tertiary"):
            status_editor.edit(workspace)
    st.caption(
        tr("Change what has changed; what is left empty stays as last time. "
           "Confidence: 0 if it will not be reached, 10 if it surely will.")
    )  # fmt: skip
    return day or today


def _of_an_objective(rows: pd.DataFrame, due: pd.Series) -> pd.DataFrame:
    """The rows on this screen: all, or those of one objective where there are too many; where most is due first."""
    if len(rows) <= SHOWN:
        return rows
    titles = dict(zip(rows["objective"], rows["objective_title"], strict=True))
    waiting = rows.loc[rows["id"].isin(due.index), "objective"].value_counts()
    counts = {name: int(waiting.get(name, 0)) for name in titles}

    def named(name: str) -> str:
        return tr("{title} · {count} due", title=titles[name], count=counts[name]) if counts[name] else titles[name]

    offered = sorted(titles, key=lambda name: -counts[name])
    chosen = st.selectbox(tr("Objective"), offered, format_func=named, key="check_in_objective")
    return rows[rows["objective"] == chosen].head(4 * SHOWN)


def _cards(workspace: Any, view: View, card: Any, rows: pd.DataFrame, due: pd.Series) -> list[Said]:
    """A card of each key result that is due, then a line of each that is not."""
    company = workspace.company(view.as_of)
    objectives = rows["objective"].unique()
    definitions = {kr.id: kr for objective in objectives for kr in company.key_results.get(objective, [])}
    rows = rows[rows["id"].isin(list(definitions))]
    check_ins = workspace.check_ins(view.as_of)
    check_ins = check_ins[check_ins["key_result"].isin(rows["id"])]
    given = workspace.statuses(view.as_of)
    statuses = dict(given.loc[given["kind"] == "key_result", ["id", "status"]].itertuples(index=False))
    turn = st.session_state.setdefault("check_in_turn", 0)
    is_due = rows["id"].isin(due.index)
    drawn = rows[is_due | rows["id"].map(lambda name: check_in_fold.opened(name, turn)).astype(bool)]
    seen = check_in_card.Around(
        last=last_said(check_ins),
        statuses=statuses,
        offered=company.status_list,
        status=company.status,
        waits=workspace.waits(view.as_of),
        due=due,
        sparks=_sparks(workspace, view, card, drawn, check_ins),
        today=workspace.today(),
        policy=card.policy,
        turn=turn,
    )
    said = [check_in_card.show(row, definitions[row["id"]], seen, view) for row in rows[is_due].to_dict("records")]
    calm = rows[~is_due]
    if len(calm):
        check_in_fold.head(calm["id"], turn)
        with st.container(gap="xsmall"):
            said += [check_in_fold.show(row, definitions[row["id"]], seen, view) for row in calm.to_dict("records")]
    return [one for one in said if one is not None]


def _sparks(workspace: Any, view: View, card: Any, rows: pd.DataFrame, check_ins: pd.DataFrame) -> dict[str, Any]:
    """What each value did: the KPI that it is read from, else what was reported."""
    links = card.links[(card.links["role"] == "measure") & card.links["key_result"].isin(rows["id"])]
    links = links.drop_duplicates("key_result").set_index("key_result")
    pairs = list(dict.fromkeys(zip(links["kpi"], links["segment"], strict=True)))
    series = dict(iter(workspace.series_many(pairs, view.as_of).groupby(["kpi", "segment"]))) if pairs else {}
    window, drawn = (card.cycle.start, card.cycle.end), {}
    for row in rows.to_dict("records"):
        if row["id"] in links.index:
            link = links.loc[row["id"]]
            held = series.get((link["kpi"], link["segment"]))
            name, target = link["kpi_name"], target_on_series({**row, "kpi": link["kpi"]})
        else:
            held = check_ins[check_ins["key_result"] == row["id"]].rename(columns={"day": "period"})
            name, target = tr("reported"), row["target"]
        drawn[row["id"]] = spark(held, window, target, row["unit"], name) if held is not None and len(held) else None
    return drawn


def _save(workspace: Any, due: list[str], said: list[Said], day: date) -> None:
    """One button for the whole round: everything or, refused, nothing. `due`: what waits on this screen."""
    with st.container(horizontal=True, vertical_alignment="center", key="check_in_foot"):
        pressed = st.button(tr("Save the round"), type="primary", icon=":material/check:")
        others = bool(due) and st.checkbox(
            tr("Check in the others that are due too, unchanged"), key="check_in_others", on_change="ignore"
        )
        st.caption(plain(tr("Recorded as {who}", who=workspace.who)), width="content")
    if not pressed:
        return
    touched = {one.key_result for one in said}
    entries = said + [Said(name) for name in due if others and name not in touched]
    if not entries:
        st.info(tr("Nothing was changed, so nothing was saved."), icon=":material/info:")
        return
    try:
        done = workspace.check_in_round(entries, day)
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")
        return
    st.session_state["check_in_turn"] += 1  # fresh fields: what was typed is in the store now
    st.session_state["check_in_saved"] = done
    st.rerun()


def _saved() -> None:
    """What the last save brought, told once."""
    done = st.session_state.pop("check_in_saved", None)
    if done is None:
        return
    parts = [
        trn(
            "{count} check-in for {day}", "{count} check-ins for {day}", done["check_ins"], day=amounts.day(done["at"])
        ),
        trn("{count} status", "{count} statuses", done["statuses"]) if done["statuses"] else "",
        trn("{count} milestone", "{count} milestones", done["stages"]) if done["stages"] else "",
        trn("{count} action", "{count} actions", done["actions"]) if done["actions"] else "",
    ]
    told = ", ".join(part for part in parts if part)
    st.success(plain(tr("Saved: {what}.", what=told)), icon=":material/check:")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
