"""Long tables of values: what changed, what was refused."""

from typing import Any

import pandas as pd
import streamlit as st


def restated(frame: pd.DataFrame) -> pd.DataFrame:
    """kpi, segment, period, old, new, change in percent of the old."""
    change = (100 * (frame["new"] / frame["old"].where(frame["old"] != 0) - 1)).astype(float)
    return frame.assign(change=change)


def rows_table(frame: pd.DataFrame, alt: str) -> None:
    """A table of any length; its cells are plain text."""
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        "row": number("Line", format="%d"),
        "column": "Column",
        "value": st.column_config.Column("Value"),
        "reason": st.column_config.TextColumn("Reason", width="large"),
        "todo": st.column_config.TextColumn("What to do", width="large"),
        "kpi": "KPI",
        "segment": "Segment",
        "period": st.column_config.DateColumn("Period", format="YYYY-MM-DD"),
        "old": number("Old"),
        "new": number("New"),
        "change": number("Change", format="%+.2f %%"),
    }
    st.dataframe(frame, hide_index=True, column_config=config, alt=alt, height=min(36 * len(frame) + 40, 360))
