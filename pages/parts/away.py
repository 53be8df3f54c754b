"""What is said while a part of a shared store is away: what, what still works, and what to do. `missing` is what
workspace.away() gives: its part ("database" or "folder"), its name, and why."""

from typing import Any

import streamlit as st

from models.language import tr
from pages.parts.escape import plain


def say(missing: Any) -> None:
    """Above what is still known of before."""
    what = tr(
        "Pages that were read before are shown as they were then. Nothing can be saved until it is back; what you "
        "typed stays in its fields."
    )
    st.warning(f"{_which(missing)} {what}", icon=":material/cloud_off:")


def nothing_kept(missing: Any, *, said: bool) -> None:
    """In the place of a page, or of the rest of one, that was not read before; `said`: `say` stands above it."""
    what = tr("This was not read before, so there is nothing to show until it is back. Nothing is lost.")
    if said:
        st.info(what, icon=":material/hourglass_empty:")
    else:
        st.warning(f"{_which(missing)} {what}", icon=":material/cloud_off:")
    if st.button(tr("Try again"), icon=":material/refresh:"):
        st.rerun()


def _which(missing: Any) -> str:
    name, why = plain(missing.name), plain(missing.why)
    if missing.part == "folder":
        return tr("**The folder of the shared store is not there**: {name} ({why}). Is it mounted?", name=name, why=why)
    return tr("**The database of the shared store does not answer**: {name} ({why}).", name=name, why=why)
