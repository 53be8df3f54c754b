"""On which day a review is made and when the fiscal year ends; both stand in the URL (`at`, `fy`)."""

from datetime import date

import streamlit as st

from models.language import current, tr
from models.trend_windows import MONTH_NAMES

SHORT = tuple(name[:3] for name in MONTH_NAMES)  # as the URL and the terminal write them


def choose(default: date) -> tuple[date, int]:
    """Draws the two choices; the day (default: `default`) and the number of the last fiscal month."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.date_input(
            tr("Weeks end on"), value=default, key="at", bind="query-params", format="YYYY-MM-DD", width=170,
            help=tr("The last day of the review. Weeks are the seven days up to it."),
        )  # fmt: skip
        year_end = st.selectbox(
            tr("Fiscal year ends in"), SHORT, index=11, key="fy", bind="query-params", format_func=_month, width=170
        )
    at = chosen if isinstance(chosen, date) else default
    return at, SHORT.index(year_end or "DEC") + 1


def _month(short: str) -> str:
    return current().months[SHORT.index(short)]
