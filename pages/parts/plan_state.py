"""What an editor holds while it is open: the definition and the version that were seen when it was opened, so that a
save can tell whether somebody else was faster; and how a conflict is shown and settled."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from models.language import tr
from models.refused import Conflict, Refused
from pages.parts import amounts
from pages.parts.escape import plain


def go(**params: str) -> None:
    """Show another part of the Plan page; the shared filters stay in the URL."""
    for name in ("edit", "show"):
        if name in st.query_params:
            del st.query_params[name]
    for name, value in params.items():
        st.query_params[name] = value
    st.rerun()


def held(name: str, fresh: Callable[[], Any], mark: str = "title") -> tuple[Any, str]:
    """What the editor `name` saw when it was opened, and the beginning of its widgets' keys. It is opened anew after
    `let_go`, and when its widget `mark` was gone for a while."""
    store: dict[str, tuple[Any, str]] = st.session_state.setdefault("plan held", {})
    if name not in store or f"{store[name][1]} {mark}" not in st.session_state:
        opened = st.session_state["plan opened"] = st.session_state.get("plan opened", 0) + 1
        store.clear()
        store[name] = (fresh(), f"{name} {opened}")
        st.session_state.pop("plan conflict", None)
    return store[name]


def let_go() -> None:
    """The next time an editor is opened it looks anew."""
    st.session_state.pop("plan held", None)
    st.session_state.pop("plan conflict", None)


def attempt(save: Callable[[], dict[str, Any]], *, settled: bool = True) -> dict[str, Any] | None:
    """Save; a conflict is kept for `settle`, or said where the page has none; a refusal is said."""
    try:
        result = save()
    except Conflict as conflict:
        if settled:
            st.session_state["plan conflict"] = conflict
        else:
            st.error(plain(conflict), icon=":material/error:")
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
    else:
        let_go()
        st.toast(tr("Saved.") if result["status"] == "saved" else tr("Nothing was changed."))
        return result
    return None


def settle(overwrite: Callable[[dict[str, Any], int], dict[str, Any]]) -> None:
    """Show the conflict that the last save met: who, when, each field as it was seen, as it stands, as it was to be.
    `overwrite(body, version)` saves a body on the version that stands."""
    conflict: Conflict | None = st.session_state.get("plan conflict")
    if conflict is None:
        return
    with st.container(border=True):
        st.markdown(
            plain(
                tr(
                    "{who} changed this on {when} UTC while you were editing. Nothing was saved.",
                    who=conflict.by,
                    when=amounts.moment(conflict.at),
                )
            )
        )
        rows = [
            {
                tr("Field"): difference.field,
                tr("When you opened it"): _shown(difference.base),
                tr("As it stands"): _shown(difference.theirs),
                tr("Yours"): _shown(difference.mine),
            }
            for difference in conflict.differences
        ]
        st.dataframe(rows, hide_index=True, alt=tr("What both of you changed"))
        with st.container(horizontal=True):
            merged = conflict.merged
            if (
                merged is not None
                and st.button(tr("Save both changes"), type="primary", key="conflict both")
                and attempt(lambda: overwrite(merged, conflict.version))
            ):
                go()
            if (
                conflict.mine
                and st.button(tr("Save mine over it"), key="conflict mine")
                and attempt(lambda: overwrite(conflict.mine, conflict.version))
            ):
                go()
            if st.button(tr("Drop mine, show what stands"), key="conflict theirs"):
                let_go()
                st.rerun()


def _shown(value: Any) -> str:
    return tr("nothing") if value is None else str(value)
