"""Key results of a check-in on which nothing is due: a calm line each. A card is drawn once its line is opened."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from models.check_ins import Said, finished
from models.language import tr
from models.okr import KeyResult
from pages.parts import check_in_card
from pages.parts.check_in_card import Around
from pages.parts.escape import one_line, plain
from pages.parts.view import View


def opened(identifier: str, turn: int) -> bool:
    """Whether a line was opened in this round; what was typed counts when it is closed again."""
    return bool(st.session_state.get(_key(identifier, turn)) or st.session_state.get(_was_open(identifier, turn)))


def head(identifiers: Iterable[str], turn: int) -> None:
    """Above the lines: what they are, and a way to open all of them at once."""
    closed = [name for name in identifiers if not opened(name, turn)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(tr("Not due now. Open one to say something about it."), width="content")
        if len(closed) > 1:
            st.button(
                tr("Open them all"), icon=":material/unfold_more:", type="tertiary", on_click=_open, args=(closed, turn)
            )


def show(row: dict[str, Any], kr: KeyResult, seen: Around, view: View) -> Said | None:
    """Draw one line, with its card where it was opened; what was said of it, or None where nothing was touched."""
    key, before = _key(kr.id, seen.turn), _was_open(kr.id, seen.turn)
    if st.session_state.get(before) and key not in st.session_state:  # coming back to the page: as it was left
        st.session_state[key] = True
    box = st.expander(line(row, kr, seen), type="compact", key=key, on_change="rerun")
    if not box.open and not st.session_state.get(before):
        return None
    st.session_state[before] = True
    with box:
        return check_in_card.show(row, kr, seen, view)


def line(row: dict[str, Any], kr: KeyResult, seen: Around) -> str:
    """`**Title** · ◐ At risk · last check-in 21 Sep 2026, confidence 6 · blocked by the vendor`, as Markdown."""
    last = seen.last.loc[kr.id].to_dict() if kr.id in seen.last.index else {}
    status = seen.status(seen.statuses.get(kr.id))
    parts = [
        f"{status.icon} {status.label}" if status else "",
        tr("finished") if finished(kr) else "",
        *check_in_card.last_time(last),
        tr("blocked by {what}", what=last["blocker"]) if last.get("blocker") else "",
    ]
    told = " · ".join(one_line(part) for part in parts if part)
    return f"**{plain(one_line(row['title'] or kr.id))}** · {plain(told)}"


def _open(identifiers: list[str], turn: int) -> None:
    for identifier in identifiers:
        st.session_state[_key(identifier, turn)] = True


def _key(identifier: str, turn: int) -> str:
    return f"check-in fold {turn} {identifier}"


def _was_open(identifier: str, turn: int) -> str:
    return f"check-in opened {turn} {identifier}"
