"""Choices of a page that outlive a visit to another one: coming back finds filters and grouping as they were left.

A widget that is not drawn loses its value; the browser's way back does not bring it again. A link opened anew starts a
session of its own, so what it says is never overruled.
"""

from collections.abc import Collection
from typing import Any

import streamlit as st


def recall(key: str, options: Collection[Any]) -> None:
    """Before the widget `key` is drawn: the choice that was left, as far as it is still offered."""
    left: Any = st.session_state.get(f"left_{key}")
    if key in st.session_state or not left:
        return
    if isinstance(left, list):
        st.session_state[key] = [choice for choice in left if choice in options]
    elif left in options:
        st.session_state[key] = left


def remember(key: str) -> None:
    """After the widget `key` is drawn."""
    st.session_state[f"left_{key}"] = st.session_state.get(key)
