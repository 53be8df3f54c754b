"""A receipt that the browser keeps: who answered a survey without a name can answer anew, and counts once."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def held(survey: str, made: str = "") -> str:
    """The receipt of a survey that this browser holds, or nothing; `made` is a new one to keep."""
    result = _component()(
        data={"survey": survey, "receipt": made}, key=f"receipt {survey}", on_receipt_change=lambda: None,
        default={"receipt": ""},
    )  # fmt: skip
    found = getattr(result, "receipt", "")
    return found if isinstance(found, str) else ""


@cache
def _component() -> Any:
    js = Path(__file__).with_name("receipt.js").read_text(encoding="utf-8")
    return st.components.v2.component("needle_receipt", js=js)
