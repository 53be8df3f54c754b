"""From the level before to the level now, one step a contribution. Frame in, Plotly figure out."""

import plotly.graph_objects as go

from models.amounts import amount, signed
from models.contributions import UNEXPLAINED
from models.decomposition import Decomposition
from models.language import tr
from pages.parts.chart_look import template
from pages.parts.escape import one_line
from pages.parts.palette import palette


def waterfall(found: Decomposition, direction: str, *, dark: bool = False) -> go.Figure:
    """The steps from `found.before` to `found.after`; steps to the better and the worse differ in tone and in sign."""
    colours = palette(dark)
    names = [tr("Before"), *(one_line(name) for name in found.parts["name"]), tr("Now")]
    effects = found.parts["effect"].tolist()
    good = -1 if direction == "down" else 1
    tones = [
        colours.muted
        if part == UNEXPLAINED or direction == "in_band"
        else colours.good
        if good * e > 0
        else colours.bad
        for part, e in zip(found.parts["part"], effects, strict=True)
    ]
    figure = go.Figure()
    level, bases, tops = found.before, [], []
    for effect in effects:
        bases.append(level)
        level += effect
        tops.append(level)
    texts = [
        amount(found.before, found.unit),
        *(signed(found.shown(e)) for e in effects),
        amount(found.after, found.unit),
    ]
    bars = [found.before, *effects, found.after]
    figure.add_bar(
        y=names,
        x=bars,
        base=[0.0, *bases, 0.0],
        orientation="h",
        marker={"color": [colours.neutral, *tones, colours.neutral], "pattern": {"shape": _patterns(found)}},
        text=texts,
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
        width=0.62,
    )
    points = [found.before, *tops]
    for at, value in enumerate(points):
        line = {"color": colours.muted, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=value, x1=value, y0=at, y1=at + 1, line=line, layer="below")
    low, high = min(points), max(points)
    room = max(high - low, abs(high) * 1e-3) or 1.0
    cut = low > 0 and room < 0.25 * low  # small steps on a high level: the axis begins above 0, and says so
    start = low - 1.2 * room if cut else min(0.0, low - 0.35 * room)
    title = tr("The axis does not begin at 0") if cut else None
    end = high + (
        1.2 * room if cut else 0.45 * (high - start)
    )  # room for the figure behind the longest bar, on a phone
    figure.update_xaxes(range=[start, end], showticklabels=False, showgrid=False, title={"text": title})
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    height = 40 + 38 * len(names)
    figure.update_layout(template=template(dark), height=height, hovermode="closest", showlegend=False, margin={"t": 8})
    return figure


def _patterns(found: Decomposition) -> list[str]:
    """What is not explained is hatched: the word and the pattern say it, not the colour alone."""
    return ["", *("/" if part == UNEXPLAINED else "" for part in found.parts["part"]), ""]
