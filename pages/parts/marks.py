"""Events as numbered marks on a chart over time; the list beside it says what the numbers stand for."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from models.event import Kept
from pages.parts.escape import one_line
from pages.parts.palette import Palette, translucent

MOST = 20  # marks drawn; more would hide the line, and the list has them all


def mark_events(figure: go.Figure, events: Sequence[tuple[int, Kept]], colours: Palette) -> None:
    """Draw a line and a number at the top for each event, and a band for one that lasted."""
    for number, kept in list(events)[-MOST:]:
        event = kept.event
        start, end = pd.Timestamp(event.day), pd.Timestamp(event.last)
        line = {"color": translucent(colours.muted, 0.75), "width": 1, "dash": "dot"}
        figure.add_shape(
            type="line", x0=start, x1=start, yref="paper", y0=0, y1=1, line=line, name="event", layer="below"
        )
        if end > start:
            figure.add_shape(
                type="rect", x0=start, x1=end + pd.Timedelta(days=1), yref="paper", y0=0, y1=1, name="event",
                fillcolor=translucent(colours.warn, 0.12), line={"width": 0}, layer="below",
            )  # fmt: skip
        title = one_line(event.title).replace("&", "&amp;").replace("<", "&lt;")
        figure.add_annotation(
            x=start, yref="paper", y=1, text=f"<b>{number}</b>", hovertext=title, showarrow=False, yanchor="top",
            font={"size": 11, "color": colours.ink}, bgcolor=colours.paper, bordercolor=colours.muted, borderpad=2,
            name="event",
        )  # fmt: skip
