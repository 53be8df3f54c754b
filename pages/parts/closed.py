"""A closed cycle on screen: who closed it and when, what it would say now, and the closing itself."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from models.verdict import VERDICTS
from pages.parts import amounts, sheet
from pages.parts.escape import plain
from pages.parts.remembered import recall, remember
from pages.parts.view import View

OPENED = 3  # verdicts that differ are shown at once up to this many


@dataclass(frozen=True)
class Standing:
    """The scorecard to show, and the closing that it comes from or stands beside (None: the cycle is open)."""

    card: Any
    closing: Any
    frozen: bool

    def series(self, workspace: Any, pairs: list[tuple[str, str]]) -> pd.DataFrame:
        """The series behind the scorecard, as they stood on its day or at the closing."""
        if self.frozen:
            return workspace.closed_series(self.card.cycle.id, pairs)
        return workspace.series_many(pairs, self.card.as_of)


def standing(workspace: Any, view: View) -> Standing:
    """The frozen scorecard of a closed cycle, unless it is asked for as known now; draws the switch between the two."""
    cycle = view.cycle or workspace.default_cycle(view.as_of)
    closing = workspace.closing(cycle, view.as_of)
    if closing is None:
        return Standing(workspace.scorecard(view.cycle, view.as_of, view.team), None, False)
    now = tr("As known now") if view.as_of is None else tr("As known then")
    recall("stands", (tr("As closed"), now))
    picked = st.segmented_control(
        tr("Which scorecard"), [tr("As closed"), now], default=tr("As closed"), required=True, key="stands",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    remember("stands")
    if picked == now:
        return Standing(workspace.scorecard(cycle, view.as_of, view.team), closing, False)
    return Standing(closing.card.of_team(view.team), closing, True)


def told(workspace: Any, view: View, shown: Standing) -> None:
    """When and by whom the cycle was closed, and the verdicts that would differ today."""
    closing = shown.closing
    differ = workspace.since_closing(closing.card.cycle.id)
    differ = differ if view.team is None else differ[differ["team"] == view.team]
    verdicts = differ[differ["verdict_differs"]]
    st.markdown(plain(_sentence(closing, len(verdicts), len(differ))))
    if closing.note:
        st.caption(plain(tr("Note: {note}", note=closing.note)))
    if closing.reason:
        st.caption(plain(tr("Closed again: {reason}", reason=closing.reason)))
    if len(verdicts):
        with st.expander(tr("What would differ"), expanded=len(verdicts) <= OPENED):
            sheet.show([_table(verdicts, view)], view, key="would_differ")


def _sentence(closing: Any, verdicts: int, all_of_them: int) -> str:
    opening = tr(
        "Closed on {day} by {who} (data version {version}).",
        day=amounts.day(closing.at), who=closing.by, version=closing.card.data_version,
    )  # fmt: skip
    if verdicts:
        since = trn(
            "Since then the data has changed: {count} verdict would differ.",
            "Since then the data has changed: {count} verdicts would differ.",
            verdicts,
        )
    elif all_of_them:
        since = trn(
            "Since then {count} key result has another value; no verdict would differ.",
            "Since then {count} key results have another value; no verdict would differ.",
            all_of_them,
        )
    else:
        since = tr("Nothing would differ today.")
    return f"{opening} {since}"


def _table(rows: pd.DataFrame, view: View) -> sheet.Block:
    return sheet.table(
        [tr("Key result"), tr("As closed"), tr("As known now")],
        [
            {
                "cells": [row["title"] or row["id"], word(row, "before"), word(row, "after")],
                "open": {"page": "key-result", "params": {"kr": str(row["id"])}},
                "href": view.href("key-result", kr=str(row["id"])),
            }
            for row in rows.to_dict("records")
        ],
    )


def word(row: dict[str, Any], when: str) -> Any:
    """The verdict of one side of a comparison with its sentence, as a cell; a dash where it was not there."""
    code = row[f"verdict_{when}"]
    if not isinstance(code, str):
        return amounts.UNKNOWN
    return {**sheet.badge(VERDICTS[code], row[f"verdict_word_{when}"]), "meta": row[f"sentence_{when}"]}


def notice(workspace: Any, view: View, row: Any, cycle: Any) -> None:
    """On a key result's page: what was agreed when its cycle was closed."""
    closing = workspace.closing(cycle.id, view.as_of)
    if closing is None:
        return
    frozen = closing.card.key_results.set_index("id")
    if row["id"] not in frozen.index:
        return
    kept = frozen.loc[row["id"]]
    day = amounts.day(closing.at)
    if kept["verdict"] == row["verdict"]:
        st.caption(plain(tr("The cycle was closed on {day} with the same verdict.", day=day)))
        return
    said = tr(
        "When the cycle was closed on {day} the verdict was {verdict}: {sentence}",
        day=day, verdict=kept["verdict_word"], sentence=kept["sentence"],
    )  # fmt: skip
    href = view.href("key-result", kr=str(row["id"]), as_of=closing.card.as_of.isoformat())
    st.info(f"{plain(said)} [{tr('The evidence of that day')}]({href})", icon=":material/lock:")


def offer(workspace: Any, card: Any, closing: Any) -> None:
    """The button that closes a cycle which is over, or closes it again."""
    if card.as_of < card.cycle.end:
        return
    label = tr("Close this cycle") if closing is None else tr("Close it again")
    if st.button(label, icon=":material/lock:", type="tertiary", key="close_cycle"):
        _confirm(workspace, card, closing)


def _confirm(workspace: Any, card: Any, closing: Any) -> None:
    dialog = st.dialog(tr("Close {cycle}", cycle=plain(card.cycle.label)))
    dialog(form)(workspace, card, closing)


def form(workspace: Any, card: Any, closing: Any) -> None:
    """What closing means, a note, and the button that does it."""
    st.markdown(
        plain(
            tr(
                "Its scorecard is kept as known on {day}: values, verdicts, sentences and thresholds. What is "
                "loaded or defined later changes nothing in it; the page says what would differ.",
                day=amounts.day(card.as_of),
            )
        )
    )
    note = st.text_area(tr("Note"), key="close_note", placeholder=tr("What was agreed at the review"))
    reason = ""
    if closing is not None:
        reason = st.text_input(tr("Why is it closed again?"), key="close_reason")
    if st.button(tr("Close and keep"), type="primary", key="close_confirmed"):
        try:
            workspace.close_cycle(card.cycle.id, note, card.as_of, reason)
        except Refused as problem:
            st.error(plain(str(problem)), icon=":material/error:")
            return
        st.rerun()
