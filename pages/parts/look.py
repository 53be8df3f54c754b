"""The look that the theme cannot say: how a page prints, and how it sits on a phone. Put into the page once a run."""

from functools import cache
from pathlib import Path

import streamlit as st


@cache
def _css() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def dress() -> None:
    """Our own style sheet, without a datum in it."""
    st.html(f"<style>{_css()}</style>")
