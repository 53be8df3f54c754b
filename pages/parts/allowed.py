"""What a person may not do, said where they would do it: the control is off, and a word tells why and who may."""

from typing import Any

import streamlit as st

from pages.parts.escape import plain


def barred(workspace: Any, action: str, **whose: str) -> bool:
    """Says why the person may not do it, in place of the controls; False, and nothing said, when they may.

    The workspace asks again when it is done: this is for the eye.
    """
    why = workspace.may(action, **whose)
    if why:
        st.caption(f":material/lock: {plain(why)}")
    return bool(why)


def button(workspace: Any, action: str, label: str, *, disabled: bool = False, **how: Any) -> bool:
    """A button that is off, with the reason beneath it, for people who may not do what it does."""
    why = workspace.may(action)
    pressed = st.button(label, disabled=disabled or bool(why), **how)
    if why:
        st.caption(f":material/lock: {plain(why)}")
    return pressed
