"""Keep, change or drop: each key result of a team decided on, then carried into the next cycle as drafts."""

from typing import Any

import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from models.verdict import VERDICTS
from pages.parts import amounts, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

MOST = 40  # key results decided on one page


def draw(workspace: Any, view: View, card: Any) -> None:
    try:
        into = workspace.following_cycle(card.cycle.id)
    except Refused as problem:
        st.caption(plain(problem))
        return
    st.header(plain(tr("Into {cycle}", cycle=into.label)), anchor=False)
    st.markdown(
        tr("Keep, change or drop each key result. What goes on becomes a draft; a draft stands on no scorecard.")
    )
    held, stamps = workspace.carry_decisions(card.cycle.id), workspace.carry_stamps(card.cycle.id)
    rows = card.key_results.head(MOST).to_dict("records")
    chosen = {row["id"]: _decision(row, held.get(row["id"]), stamps.get(row["id"])) for row in rows}
    decided = {name: said for name, said in chosen.items() if said}
    try:
        if st.button(tr("Save the decisions"), icon=":material/save:", key="carry_save"):
            count = workspace.decide(card.cycle.id, decided)
            st.toast(trn("{count} decision saved.", "{count} decisions saved.", count))
            st.rerun()
        _preview(workspace, view, card, into)
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")


def _decision(row: dict[str, Any], held: Any, stamp: Any) -> dict[str, Any] | None:
    """The fields of one key result; None where nothing is chosen, or where it was carried over already."""
    words = _words()
    word = VERDICTS[row["verdict"]]
    with st.container(border=True, gap="small", key=f"carry card {row['id']}"):
        left, right = st.columns([2.2, 1.3], vertical_alignment="center")
        left.markdown(f"**{plain(row['title'] or row['id'])}**  \n{word.icon} {plain(row['verdict_word'])}")
        if stamp:
            left.caption(plain(_by_whom(stamp)))
        if held and held.became:
            right.caption(plain(tr("✓ carried over as {id}", id=held.became)))
            return None
        choice = right.segmented_control(
            tr("What becomes of it"), list(words), default=held.decision if held else None,
            format_func=lambda code: words[code], key=f"carry {row['id']}", label_visibility="collapsed",
        )  # fmt: skip
        if choice is None:
            return None
        said: dict[str, Any] = {"decision": choice}
        measured = row["kind"] in ("increase", "decrease") and amounts.known(row["target"])
        if choice == "change" and measured:
            left, right = st.columns([1, 2.2])
            first = held.target if held and held.target is not None else float(row["target"])
            target = left.number_input(
                tr("New target"), value=first, key=f"carry target {row['id']}",
                help=tr("It ended at {value}.", value=amounts.level(row["current"], row["unit"])),
            )  # fmt: skip
            said["target"] = None if target == row["target"] else target
        else:
            right = st.container()
        note = right.text_input(
            tr("Why, or what to change"), held.note if held else "", key=f"carry note {row['id']}", max_chars=500
        )
        return said | {"note": note}


def told(workspace: Any, view: View, card: Any) -> None:
    """What was decided, by whom, and what became of it: to be read and printed."""
    held = workspace.carry_decisions(card.cycle.id)
    rows = card.key_results[card.key_results["id"].isin(held)]
    if rows.empty:
        return
    st.header(tr("What was decided"), anchor=False)
    stamps, words, cells = workspace.carry_stamps(card.cycle.id), _words(), []
    for row in rows.head(MOST).to_dict("records"):
        made, stamp = held[row["id"]], stamps.get(row["id"])
        target = (
            tr("new target {value}", value=amounts.level(made.target, row["unit"])) if made.target is not None else ""
        )
        became = tr("✓ carried over as {id}", id=made.became) if made.became else ""
        decision = {
            "text": words[made.decision],
            "meta": one_line(" · ".join(filter(None, (target, made.note, became)))),
        }
        cells.append(
            {"cells": [one_line(row["title"] or row["id"]), decision, one_line(_by_whom(stamp)) if stamp else ""]}
        )
    table = sheet.table([tr("Key result"), tr("Decision"), tr("By whom")], cells)
    sheet.show([table], view, key="carry_told")
    if len(rows) > MOST:
        st.caption(trn("And {count} more.", "And {count} more.", len(rows) - MOST))


def _words() -> dict[str, str]:
    return {"keep": tr("Keep"), "change": tr("Change"), "drop": tr("Drop")}


def _by_whom(stamp: Any) -> str:
    """Who decided, and who carried it over, where that was done."""
    said = tr("Decided by {who} on {day}.", who=stamp.decided_by, day=amounts.day(stamp.decided_at))
    if stamp.carried_by is None:
        return said
    return f"{said} {tr('Carried over by {who} on {day}.', who=stamp.carried_by, day=amounts.day(stamp.carried_at))}"


def _preview(workspace: Any, view: View, card: Any, into: Any) -> None:
    plan = workspace.carry_plan(card.cycle.id, view.team)
    new = {kr.id: (objective, kr) for objective in plan.drafts.objectives for kr in objective.key_results}
    if plan.undecided:
        st.caption(trn("{count} is not decided yet.", "{count} are not decided yet.", len(plan.undecided)))
    if not new:
        return
    current = card.key_results.set_index("id")["current"]
    cells = []
    for objective, kr in new.values():
        before = amounts.level(current.get(kr.continues))
        begin = tr("read from its KPI") if kr.baseline == "auto" else amounts.level(kr.baseline)
        cells.append(
            {
                "cells": [
                    {"text": one_line(kr.label), "meta": one_line(f"{kr.id} · {objective.label}")},
                    before,
                    begin,
                    amounts.level(kr.target),
                ]
            }
        )
    numbers = (tr("Ended at"), tr("Begins at"), tr("Target"))
    caption = tr("What would be made: drafts in {cycle}", cycle=one_line(into.label))
    table = sheet.table([tr("Key result"), *numbers], cells, numbers=numbers, caption=caption)
    sheet.show([table], view, key="carry_preview")
    label = trn("Carry {count} key result over", "Carry {count} key results over", len(new))
    if st.button(label, type="primary", icon=":material/arrow_forward:", key="carry_over"):
        workspace.carry_over(card.cycle.id, view.team)
        st.toast(tr("Carried over."))
        st.rerun()
