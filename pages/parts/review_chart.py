"""The picture of a business review: weeks or months beside the same ones of last year, every value written out."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from models.amounts import long_month
from models.event import Kept
from models.language import current, tr
from models.segment_contributions import Contributions, label
from pages.parts import amounts
from pages.parts.chart_look import template
from pages.parts.escape import one_line
from pages.parts.marks import mark_events
from pages.parts.palette import palette, translucent

HEIGHT = 300
_SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def scale(values: pd.Series) -> tuple[float, str]:
    """By what the figures on a chart are divided, and the word for it: 12,900,000 is written 12.9 below `million`."""
    size = values.abs().max()
    for bound, word in _SCALES:
        if size >= 10 * bound or (size >= bound > 1e3):
            return bound, {"billion": tr("billion"), "million": tr("million"), "thousand": tr("thousand")}[word]
    return 1.0, ""


def scaled_unit(values: pd.Series, unit: str) -> str:
    """`million users`, `%`, ``."""
    return " ".join(part for part in (scale(values)[1], unit) if part)


def beside_last_year(
    spans: pd.DataFrame,
    part: str,
    *,
    target: float | None = None,
    unit: str = "",
    events: Sequence[tuple[int, Kept]] = (),
    dark: bool = False,
) -> go.Figure:
    """The weeks or months (`part`) of a review; `spans` are those of Trend. Points stand in mid-span."""
    colours = palette(dark)
    rows = spans[spans["part"] == part]
    by, _ = scale(pd.concat([rows["value"], rows["last_year"]]))
    middle = rows["start"] + (rows["end"] - rows["start"]) / 2
    named = [_named(row.start, row.end, part) for row in rows.itertuples()]
    figure = go.Figure()
    figure.add_scatter(
        x=middle, y=rows["last_year"] / by, name=tr("Last year"), mode="lines+markers", text=named,
        line={"color": translucent(colours.neutral, 0.8), "width": 1.6, "dash": "dash"},
        marker={"size": 4, "color": colours.neutral},
        hovertemplate="%{y:,.4~g}", connectgaps=False,
    )  # fmt: skip
    values = rows["value"] / by
    figure.add_scatter(
        x=middle, y=values, name=tr("This year"), mode="lines+markers+text",
        line={"color": colours.good, "width": 2.4}, marker={"size": 6, "color": colours.good},
        text=[amounts.level(value) if pd.notna(value) else "" for value in values], textposition="top center",
        textfont={"size": 11, "color": colours.ink}, hovertemplate="%{y:,.4~g}", cliponaxis=False,
    )  # fmt: skip
    if target is not None:
        line = {"color": colours.ink, "width": 1.2, "dash": "dashdot"}
        goal = target / by
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=goal, y1=goal, line=line, name="target")
        figure.add_annotation(
            text=tr("Target {level}", level=one_line(amounts.level(goal))), xref="paper", x=0, y=goal, xanchor="left",
            yanchor="bottom", showarrow=False, font={"size": 12, "color": colours.ink}, name="target",
            bgcolor=translucent(colours.paper, 0.75),
        )  # fmt: skip
    figure.update_layout(template=template(dark), height=HEIGHT)
    short = [_tick(row.start, row.end, part) for row in rows.itertuples()]
    figure.update_xaxes(tickvals=middle, ticktext=short, hoverformat="%-d %b %Y", tickangle=0)
    drawn = pd.concat([rows["value"], rows["last_year"]]).dropna() / by
    if len(drawn):
        low, high = min([drawn.min(), *_of(target, by)]), max([drawn.max(), *_of(target, by)])
        room = (high - low) * 0.16 or abs(high) * 0.05 or 1.0
        figure.update_yaxes(range=[low - room, high + room], ticksuffix=" %" if unit == "%" else "")
        reach = (middle.iloc[-1] - middle.iloc[0]) * 0.05
        figure.update_xaxes(range=[middle.iloc[0] - reach, middle.iloc[-1] + reach])
    mark_events(figure, events, colours)
    return figure


def _of(target: float | None, by: float) -> list[float]:
    return [] if target is None else [target / by]


def _tick(start: pd.Timestamp, end: pd.Timestamp, part: str) -> str:
    if part == "week":
        return f"{end.day}<br>{_short(end)}"
    middle = start + (end - start) / 2
    return f"{_short(middle)}<br>{middle.year}" if middle.month == 1 else _short(middle)


def _short(day: pd.Timestamp) -> str:
    """`Mar`, in the language in force."""
    return current().short_months[day.month - 1]


def _named(start: pd.Timestamp, end: pd.Timestamp, part: str) -> str:
    middle = start + (end - start) / 2
    return tr("week to {day}", day=amounts.day(end)) if part == "week" else long_month(middle)


def contribution_bars(found: Contributions, *, dark: bool = False, most: int = 12) -> go.Figure:
    """What each segment had in a change, the largest on top; a change of its own where parts cannot be given."""
    colours = palette(dark)
    column = "change" if found.method == "none" else "contribution"
    rows = found.segments.dropna(subset=[column]).head(most).iloc[::-1]
    names = [one_line(label(name)).replace("&", "&amp;").replace("<", "&lt;") for name in rows["segment"]]
    figure = go.Figure()
    figure.add_bar(
        x=rows[column], y=names, orientation="h", width=0.62,
        marker={"color": [colours.good if value >= 0 else colours.neutral for value in rows[column]]},
        text=[amounts.change(value) for value in rows[column]], textposition="outside", cliponaxis=False,
        textfont={"size": 12, "color": colours.ink}, hoverinfo="skip",
    )  # fmt: skip
    height = 60 + 34 * max(len(rows), 1)
    figure.update_layout(template=template(dark), height=height, margin={"t": 8}, showlegend=False)
    figure.update_yaxes(showgrid=False, type="category")
    low, high = min(0.0, rows[column].min()), max(0.0, rows[column].max())
    room = (high - low) * 0.45 or 1.0
    figure.update_xaxes(
        range=[low - (room if low < 0 else 0), high + (room if high > 0 else 0)], showticklabels=False, zeroline=True,
        zerolinecolor=colours.muted,
    )  # fmt: skip
    return figure
