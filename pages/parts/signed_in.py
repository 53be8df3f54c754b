"""Who is looking at the page: the person behind the sign-in, or the one user of this machine; said in the sidebar."""

import streamlit as st

from models.language import tr
from models.roles import Person
from pages.door import front
from pages.parts.escape import plain


def person() -> Person | None:
    """The signed-in person; None without sign-in, where whoever sits at the machine may do everything.

    Stops the run where nobody may be here: sign-in is configured and the gate is not up, or there is no role.
    """
    if not front.is_gated():
        if _is_configured():
            st.title("Needle", anchor=False)
            st.error(
                tr(
                    "Sign-in is configured, and this is the way without it: nothing is shown. "
                    "Start with `streamlit run server.py`."
                ),
                icon=":material/lock:",
            )
            st.stop()
        return None
    found = front.person(st.user.to_dict())
    if found is None:
        st.error(tr("You have no role here any more. Reload the page to sign in again."), icon=":material/lock:")
        st.stop()
    return found


def say(someone: Person | None) -> None:
    """A quiet line at the foot of the sidebar: who is here and what they may."""
    with st.sidebar:
        st.space("small")
        if someone is None:
            st.caption(tr("On this machine only, without sign-in: whoever sits here may do everything."))
            return
        teams = f" · {', '.join(sorted(someone.teams))}" if someone.teams else ""
        st.caption(f":material/person: {plain(someone.name)}  \n{plain(someone.role + teams)}")
        if st.button(tr("Sign out"), type="tertiary", icon=":material/logout:"):
            st.logout()


def _is_configured() -> bool:
    try:
        return "auth" in st.secrets
    except FileNotFoundError:  # no secrets at all
        return False
