"""Long tables of values: what changed, what was refused."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr


def restated(frame: pd.DataFrame) -> pd.DataFrame:
    """kpi, segment, period, old, new, change in percent of the old."""
    change = (100 * (frame["new"] / frame["old"].where(frame["old"] != 0) - 1)).astype(float)
    return frame.assign(change=change)


def rows_table(frame: pd.DataFrame, alt: str) -> None:
    """A table of any length; its cells are plain text."""
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        "row": number(tr("Line"), format="%d"),
        "column": tr("Column"),
        "value": st.column_config.Column(tr("Value")),
        "reason": st.column_config.TextColumn(tr("Reason"), width="large"),
        "todo": st.column_config.TextColumn(tr("What to do"), width="large"),
        "kpi": tr("KPI"),
        "segment": tr("Segment"),
        "period": st.column_config.DateColumn(tr("Period"), format="YYYY-MM-DD"),
        "old": number(tr("Old")),
        "new": number(tr("New")),
        "change": number(tr("Change"), format="%+.2f %%"),
    }
    st.dataframe(frame, hide_index=True, column_config=config, alt=alt, height=min(36 * len(frame) + 40, 360))
