"""Truth gap: claimed wins against verified wins, cycle by cycle and team by team."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr
from models.truth_gap import TEAM, sentence
from pages.parts import amounts, sheet
from pages.parts.escape import plain
from pages.parts.view import View

PARTS = ("verified", "not_borne_out", "untold")  # of what was claimed
NUMBERS = ("claimed", *PARTS)


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty() or workspace.default_cycle(view.as_of) is None:
        st.title(tr("No key results yet"))
        st.markdown(tr("Open the sample company or import your OKRs first; then wins are counted here."))
        if st.button(tr("Go to the scorecard"), type="primary"):
            view.go("scorecard")
        return
    head = st.container(gap=None)
    waiting = st.empty()
    bar = waiting.progress(0.0, tr("Scoring the cycles."))
    cycles, teams = workspace.truth_gap(
        view.team, view.as_of, lambda done, cycle: bar.progress(done, tr("Scoring {cycle}.", cycle=plain(cycle)))
    )
    waiting.empty()
    with head:
        st.caption(plain(_scope(teams, view)))
        st.title(tr("Truth gap"), anchor=False)
    if cycles.empty:
        st.markdown(tr("No cycle with key results has begun as known then."))
        return
    over = cycles[~cycles["so_far"].astype(bool)]
    latest = (over if len(over) else cycles).to_dict("records")[-1]
    lead = sheet.lead([], f"{latest['name']}: {sentence(latest)}", [], _facts(over if len(over) else cycles))
    sheet.show([lead], view, key="gap_lead")
    st.caption(
        tr(
            "Claimed: passed its target. Verified: passed, and the KPI it was meant to move got better. Did not hold: "
            "vanity or backfired. Unproven, unlinked and too early are unknown, not false: they stay out of the share."
        )
    )
    sheet.show([_by_cycle(cycles)], view, key="gap_cycles")
    st.header(tr("By team, over the cycles that are over"), anchor=False)
    done = teams[~teams["so_far"].astype(bool)]
    teams_table = sheet.table([tr("Team"), *_numbers()], _team_rows(done), numbers=_numbers())
    sheet.show([teams_table], view, key="gap_teams")


def _scope(teams: pd.DataFrame, view: View) -> str:
    team = teams["team_name"].iloc[0] if view.team and len(teams) else tr("all teams")
    return f"{team} · {amounts.day(view.as_of)}" if view.as_of else str(team)


def _facts(cycles: pd.DataFrame) -> list[tuple[str, str, str]]:
    total = cycles[["claimed", "verified", "not_borne_out", "untold", "gap", "judged"]].sum()
    facts = [
        (tr("Claimed"), f"{total['claimed']}", tr("in all cycles that are over")),
        (tr("Verified"), f"{total['verified']}", ""),
        (tr("Truth gap"), f"{total['gap']}", tr("claimed, not verified")),
        (tr("Of these untold"), f"{total['untold']}", tr("unknown, not false")),
    ]
    if total["judged"]:
        facts.append(
            (tr("Verified share"), amounts.share(total["verified"] / total["judged"]), tr("of what could be judged"))
        )
    return facts


def _by_cycle(cycles: pd.DataFrame) -> sheet.Block:
    """A row a cycle, the latest first, with its claims as a bar; the longest bar is the cycle that claimed most."""
    most = max(1, int(cycles["claimed"].max()))
    rows = []
    for row in cycles.iloc[::-1].to_dict("records"):
        cells = _row(row, row["name"], _state(row))["cells"]
        parts = [{"code": code, "share": row[code] / most} for code in PARTS if row[code]]
        bar = {"stack": parts, "label": described(row)} if parts else ""
        rows.append({"cells": [cells[0], bar, *cells[1:]]})
    swatches = dict(zip(_numbers()[1:], PARTS, strict=False))
    return sheet.table(
        [tr("Cycle"), tr("Claimed wins"), *_numbers()], rows, numbers=_numbers(), swatches=swatches
    )  # fmt: skip


def described(row: dict[str, Any]) -> str:
    """A cycle's bar in words, for who cannot see it."""
    return tr(
        "{cycle}: {claimed} claimed, {verified} verified, {failed} did not hold, {untold} cannot be told.",
        cycle=row["name"],
        claimed=row["claimed"],
        verified=row["verified"],
        failed=row["not_borne_out"],
        untold=row["untold"],
    )


def _state(row: dict[str, Any]) -> str:
    if row["so_far"]:
        return tr("so far")
    return tr("closed") if row["closed"] else ""


def _team_rows(teams: pd.DataFrame) -> list[sheet.Block]:
    """One row per team over all cycles, the widest gap first; each cycle's counts stand in small beneath."""
    parts = teams.groupby(TEAM, sort=False, dropna=False)
    sums = parts[[*NUMBERS, "gap", "judged"]].sum().reset_index()
    sums["share"] = sums["verified"] / sums["judged"].where(sums["judged"] > 0)
    trails: dict[tuple[Any, Any], list[str]] = {}
    for *key, name, won, of in zip(*(teams[column] for column in [*TEAM, "name", "verified", "claimed"]), strict=True):
        trails.setdefault(tuple(key), []).append(f"{name} {won}/{of}")
    ordered = sums.sort_values(["gap", "claimed"], ascending=False, kind="stable")
    return [
        _row(row, row["team_name"] or tr("No team"), " · ".join(trails[(row["team"], row["team_name"])]))
        for row in ordered.to_dict("records")
    ]


def _numbers() -> list[str]:
    return [tr("Claimed"), tr("Verified"), tr("Did not hold"), tr("Cannot be told"), tr("Gap"), tr("Verified share")]


def _row(row: dict[str, Any], name: str, beside: str) -> sheet.Block:
    cells = [{"text": name, "meta": beside}, *(str(row[number]) for number in NUMBERS), str(row["gap"])]
    return {"cells": [*cells, amounts.share(row["share"])]}


if __name__ == "__main__":
    st.switch_page("dashboard.py")
