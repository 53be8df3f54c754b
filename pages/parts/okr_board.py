"""The board: key results as cards in columns by status, which is changed in place."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.okr_filter import Filter
from models.okr_rows import NOT_SET, OkrRows
from models.refused import Refused
from pages.parts import amounts, okr_bar, okr_words, sheet
from pages.parts.escape import one_line, plain
from pages.parts.okr_bar import NOBODY
from pages.parts.view import View

SHOWN = 24  # cards of a column; the list has the rest


def said(rows: pd.DataFrame) -> str:
    unset = int((rows["status"] == NOT_SET).sum())
    if not unset:
        return tr("Every key result has a status.")
    if unset == len(rows):
        return tr("No key result has a status yet.")
    return trn(
        "{count} key result of {all} has no status yet.", "{count} key results of {all} have no status yet.", unset,
        all=amounts.count(len(rows)),
    )  # fmt: skip


def draw(workspace: Any, found: OkrRows, rows: pd.DataFrame, chosen: Filter, view: View) -> None:
    writable = view.as_of is None and not workspace.may("check_in")
    above = st.container()  # in sight on a long board, too
    asked = sheet.show([block(found, rows, chosen, view, writable)], view, key="okr_board", here=okr_bar.HERE)
    if "change" in asked and writable:
        titles = dict(zip(rows["id"], rows["title"], strict=True))
        with above:
            change(workspace, asked["change"], asked["to"], titles.get(asked["change"]))
    elif asked:
        okr_bar.jump(asked)
    if view.as_of is not None:
        st.caption(tr("A day of the past is shown as it was: statuses are changed with “As known on” empty."))
    elif not writable:
        st.caption(tr("Statuses are only shown here."))


def change(workspace: Any, key_result: str, status: str, title: Any = None) -> None:
    """Give a key result another status, and show the board anew; a refusal is said and changes nothing: the card stays
    where it is, and its choice shows what is saved (sheet.js)."""
    try:
        workspace.set_status("key_result", key_result, status or None)
    except Refused as problem:
        named = one_line(title) if isinstance(title, str) and title else key_result
        said = tr("The status of “{title}” stays as it was: {why}", title=named, why=problem)
        st.error(plain(said), icon=":material/error:")
        return
    st.rerun()


def block(found: OkrRows, rows: pd.DataFrame, chosen: Filter, view: View, writable: bool) -> sheet.Block:
    """Columns with cards in the order of the statuses, what nobody set first; empty columns are left out."""
    known = [status.id for status in found.statuses]
    used = list(rows["status"].unique())
    codes = [code for code in [NOT_SET, *known, *(c for c in used if c not in known and c != NOT_SET)] if code in used]
    columns = []
    for code in codes:
        mine = rows[rows["status"] == code]
        cards = [_card(found, row, view) for row in mine.head(SHOWN).to_dict("records")]
        left = len(mine) - len(cards)
        more = None
        if left:
            where = okr_bar.inside(view, chosen, view="list", status=code or NOBODY)
            more = {"text": trn("{count} more", "{count} more", left), **where}
        columns.append(
            {
                "id": code, "title": okr_words.status_word(found, code), "icon": found.status(code).icon,
                "count": amounts.count(len(mine)), "cards": cards, "more": more,
            }
        )  # fmt: skip
    choices = [{"id": code, "text": okr_words.status_word(found, code)} for code in known]
    unset = [{"id": NOT_SET, "text": tr("No status")}] if NOT_SET in codes else []
    return {
        "kind": "board",
        "columns": columns,
        "choices": [*unset, *choices] if writable else [],
        "page": okr_bar.HERE,
    }


def _card(found: OkrRows, row: dict[str, Any], view: View) -> sheet.Block:
    facts = [tr("due {day}", day=amounts.day(row["due"]))]
    if amounts.known(row["confidence"]):
        facts.append(tr("confidence {confidence}", confidence=okr_words.confidence(row["confidence"])))
    verdict = okr_words.verdict(row)
    badges = [word for word in (verdict, *okr_words.flags(row)) if word]
    if row["late"]:
        badges.append({"word": tr("overdue"), "icon": "⚠", "tone": "bad", "meaning": ""})
    name = okr_words.title(row)
    unset = row["status"] == NOT_SET
    return {
        "id": str(row["id"]),
        "title": name,
        "meta": f"{okr_words.owner(row['owner'])} · {one_line(row['team_name'])}",
        "badges": badges,
        "score": okr_words.score(found, row),
        "facts": " · ".join(facts),
        "beside": okr_words.data_says(row) if unset and row["suggests"] else "",
        "choose": tr("Status of {title}", title=name),
        "state": None if unset else okr_words.status_cell(found, row),
        **okr_words.opening(row, view),
    }
