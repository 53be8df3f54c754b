"""The look that the theme cannot say: how a page prints, and how it sits on a phone."""

from pathlib import Path

import streamlit as st

STYLE_SHEET = Path(__file__).with_suffix(".css")


def dress() -> None:
    """Our own style sheet, a file without a datum in it; once a run."""
    st.html(STYLE_SHEET)
