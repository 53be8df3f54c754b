"""How well the loads of a source went, over time: as small bars for a table, and as a chart. No screen here."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from models.data_health import LOADS
from models.language import tr, trn
from pages.parts.amounts import day, share
from pages.parts.chart_look import template
from pages.parts.palette import palette

SHOWN = 24  # loads; older ones say little of today
_HEIGHT = 240


def tone(load: Any) -> str:
    """How a load went as the tone of its bar: a check that only looks odd makes a stored load doubtful."""
    if load["status"] == "stored" and (load["warned"] or load["failed"]):
        return "warn"
    return LOADS[load["status"]].tone if load["status"] in LOADS else "neutral"


def bars(loads: pd.DataFrame) -> dict[str, Any]:
    """The last loads as bars: how much of each was not taken in. `loads`: rows of DataHealth.quality of one source."""
    shown = loads.tail(SHOWN).to_dict("records")
    return {"bars": [{"share": load["lost"], "tone": tone(load)} for load in shown], "label": described(loads)}


def described(loads: pd.DataFrame) -> str:
    """The words for readers who cannot see the bars."""
    shown = loads.tail(SHOWN)
    if shown.empty:
        return tr("No loads.")
    trouble = shown[(shown["lost"] > 0) | (shown["failed"] > 0) | (shown["warned"] > 0)]
    if trouble.empty:
        return trn(
            "The last {count} load: every value taken in, every check holds.",
            "The last {count} loads: every value taken in, every check holds.",
            len(shown),
        )
    said = [
        tr(
            "{day} {share} not taken in, {bad} of {checks} checks do not hold",
            day=day(load["recorded_at"]),
            share=share(load["lost"]),
            bad=load["failed"] + load["warned"],
            checks=load["checks"],
        )
        for load in trouble.tail(6).to_dict("records")
    ]
    return trn(
        "The last {count} load: {fine} without trouble; {trouble}.",
        "The last {count} loads: {fine} without trouble; {trouble}.",
        len(shown),
        fine=len(shown) - len(trouble),
        trouble="; ".join(said),
    )


def chart(loads: pd.DataFrame, dark: bool) -> go.Figure:
    """Above, the share of each load that was not taken in; below, how many of its checks did not hold."""
    shown = loads.tail(SHOWN)
    colours = palette(dark)
    loads_named = [tr("load {number}", number=load) for load in shown["load_id"]]
    labels = [f"{day(at)}<br>{load}" for at, load in zip(shown["recorded_at"], loads_named, strict=True)]
    figure = go.Figure()
    figure.add_bar(
        x=labels, y=100 * shown["lost"], name=tr("Values not taken in"), hovertemplate="%{y:.3~g} %",
        marker={"color": [colours.tone(tone(load)) for load in shown.to_dict("records")]}, showlegend=False,
    )  # fmt: skip
    for name, column, kind in ((tr("Checks failed"), "failed", "bad"), (tr("Checks that look odd"), "warned", "warn")):
        figure.add_bar(
            x=labels, y=shown[column], name=name, yaxis="y2", marker={"color": colours.tone(kind)}, showlegend=False
        )
    most = max(1, int((shown["failed"] + shown["warned"]).max())) if len(shown) else 1
    named = sorted({0, len(labels) // 2, len(labels) - 1}) if labels else []  # more would not fit on a phone
    axis = template(dark).layout.yaxis.to_plotly_json()
    figure.update_layout(template=template(dark), height=_HEIGHT, barmode="stack", margin={"t": 24})
    figure.update_layout(
        bargap=max(0.35, 1 - len(labels) * 0.05),
        yaxis={"domain": [0.58, 1], "range": [0, 100], "ticksuffix": " %", "dtick": 50},
        yaxis2={**axis, "domain": [0, 0.38], "range": [0, most], "dtick": -(-most // 2)},
        xaxis={"anchor": "y2", "type": "category", "tickvals": [labels[i] for i in named], "tickangle": 0},
    )
    for words, height in ((tr("Share of values not taken in"), 1.0), (tr("Checks that do not hold"), 0.38)):
        figure.add_annotation(
            text=words, x=0, y=height, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
            font={"size": 12, "color": colours.muted},
        )  # fmt: skip
    return figure
