"""The truth gap as a figure: wins claimed in each cycle, split into verified, not borne out, and not to be told."""

import pandas as pd
import plotly.graph_objects as go

from models.language import tr
from pages.parts.charts import template
from pages.parts.escape import one_line
from pages.parts.palette import palette, translucent

HEIGHT = 300


def truth_gap(cycles: pd.DataFrame, dark: bool) -> go.Figure:
    """`cycles`: name, verified, not_borne_out, untold; one row per cycle, oldest first. The pattern tells what the
    colour tells."""
    colours = palette(dark)
    parts = [
        ("verified", tr("Verified"), colours.good, ""),
        ("not_borne_out", tr("Did not hold"), colours.warn, "/"),
        ("untold", tr("Cannot be told"), colours.neutral, "."),
    ]
    figure = go.Figure()
    for column, name, colour, shape in parts:
        figure.add_bar(
            x=[one_line(label) for label in cycles["name"]],
            y=cycles[column],
            name=name,
            width=0.55,
            marker={
                "color": colour if not shape else translucent(colour, 0.28),
                "line": {"color": colour, "width": 1},
                "pattern": {"shape": shape, "fgcolor": colour, "size": 6, "solidity": 0.35},
            },
            hovertemplate="%{y}",
        )
    figure.update_layout(template=template(dark), barmode="stack", height=HEIGHT, legend={"traceorder": "normal"})
    figure.update_yaxes(rangemode="tozero", title=tr("claimed wins"), tickformat="d", nticks=6)
    figure.update_xaxes(type="category")
    return figure


def described(cycles: pd.DataFrame) -> str:
    """The figure in words, for who cannot see it."""
    return " ".join(
        tr(
            "{cycle}: {claimed} claimed, {verified} verified, {failed} did not hold, {untold} cannot be told.",
            cycle=row["name"],
            claimed=row["claimed"],
            verified=row["verified"],
            failed=row["not_borne_out"],
            untold=row["untold"],
        )
        for row in cycles.to_dict("records")
    )
