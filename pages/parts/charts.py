"""Frames in, Plotly figures out. No screen here: pages show the figures, tests and the report read them as data."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from models.event import Kept
from models.language import mark, spoken, tr, trn
from models.xmr import XmR, variation
from pages.parts.amounts import day, level
from pages.parts.chart_look import name_days, shown, template
from pages.parts.marks import mark_events
from pages.parts.palette import Palette, palette, translucent

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}
FAN_HEIGHT = 300
EXPECTED_BAND = mark("95 % of what was expected")
WIDE, HALF = mark("95 % of what may come"), mark("The middle half")
_SHOWN_BEFORE = pd.DateOffset(months=15)  # of history when a chart opens: the same season a year ago stays in sight

_UPPER = "Upper end"  # of a band; in no legend

FEWEST_IN_PART = 4  # points; limits from fewer say nothing

SIGNAL_WORDS = {
    "above_upper": mark("above the upper limit"),
    "below_lower": mark("below the lower limit"),
    "trend_up": mark("seven rising in a row"),
    "trend_down": mark("seven falling in a row"),
    "two_of_three_above": mark("two of three near the upper limit"),
    "two_of_three_below": mark("two of three near the lower limit"),
    "seven_above": mark("seven in a row above the mean"),
    "seven_below": mark("seven in a row below the mean"),
}
_SIGNAL_LOOK = {  # kind of signal: (words, tone, marker); the shape tells what the colour tells
    "improvement": (mark("Getting better"), "good", "triangle-up"),
    "concern": (mark("Getting worse"), "bad", "triangle-down"),
    "neutral": (mark("Unusual"), "warn", "diamond"),
}


def evidence(
    series: pd.DataFrame,
    path: pd.DataFrame,
    window: tuple[Any, Any],
    *,
    unit: str = "",
    name: str = "",
    target: float | None = None,
    events: Sequence[tuple[int, Kept]] = (),
    dark: bool = False,
) -> go.Figure:
    """History, the window shaded, what was expected with its 95 % band, what happened, and the target.

    `series`: period, value. `path`: period, actual, expected, lo, hi in the KPI's unit (may be empty). `events` are
    marked with their numbers.
    """
    colours = palette(dark)
    start, end = (pd.Timestamp(moment) for moment in window)
    known = series.dropna(subset=["value"])
    figure = go.Figure()
    _shade(figure, start, end, "window", colours)
    if len(path):
        _band(figure, path, colours)
        expected = {"color": colours.muted, "width": 1.6, "dash": "dash"}
        figure.add_scatter(
            x=path["period"], y=path["expected"], name=tr("Expected"), mode="lines", line=expected,
            hovertemplate="%{y:,.4~g}",
        )  # fmt: skip
    past = known[known["period"] < start]
    inside = known[(known["period"] >= start) & (known["period"] <= end)]
    after = known[known["period"] > end]
    _line(figure, past, tr("Before"), colours.neutral, 1.5)
    if len(after):
        _line(figure, pd.concat([inside.tail(1), after]), tr("After"), colours.neutral, 1.5, legend=False)
    joined = pd.concat([past.tail(1), inside])  # so that no gap lies between the lines
    _line(figure, joined if len(inside) else inside, tr("Actual"), colours.good, 2.4, markers=len(inside) <= 40)
    _target(figure, target, unit, colours)
    _finish(figure, unit, dark, known, start, end)
    mark_events(figure, events, colours)
    return figure


def fan(series: pd.DataFrame, ahead: pd.DataFrame, cycle: tuple[Any, Any], *, unit: str = "",
        target: float | None = None, dark: bool = False) -> go.Figure:  # fmt: skip
    """Where a running cycle will end: what is known, and 95 % and the middle half of what may come.

    `series`: period, value. `ahead`: period, expected, lo, hi, lo50, hi50 in the KPI's unit (Forecast.fan).
    """
    colours = palette(dark)
    start, end = (pd.Timestamp(moment) for moment in cycle)
    known = series.dropna(subset=["value"])
    figure = go.Figure()
    _shade(figure, start, end, "cycle", colours)
    if len(known) and len(ahead):  # the fan opens at the last value known
        last = {"period": known["period"].iloc[-1]}
        last |= dict.fromkeys(("expected", "lo", "hi", "lo50", "hi50"), known["value"].iloc[-1])
        ahead = pd.concat([pd.DataFrame([last]), ahead], ignore_index=True)
    for low, high, name, strength in (("lo", "hi", spoken(WIDE), 0.18), ("lo50", "hi50", spoken(HALF), 0.3)):
        edge: dict[str, Any] = {"x": ahead["period"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(y=ahead[high], showlegend=False, name=_UPPER, **edge)
        fill = translucent(colours.good, strength)
        figure.add_scatter(y=ahead[low], name=name, fill="tonexty", fillcolor=fill, **edge)
    figure.add_scatter(
        x=ahead["period"], y=ahead["expected"], name=tr("Most likely"), mode="lines",
        line={"color": colours.muted, "width": 1.6, "dash": "dash"}, hovertemplate="%{y:,.4~g}",
    )  # fmt: skip
    _line(figure, known, tr("Known"), colours.good, 2.2)
    _target(figure, target, unit, colours)
    _finish(figure, unit, dark, known, start, end)
    figure.update_layout(height=FAN_HEIGHT)
    return figure


def xmr(series: pd.DataFrame, result: XmR, direction: str, *, unit: str = "", dark: bool = False,
        target: float | None = None, window: tuple[Any, Any] | None = None,
        events: Sequence[tuple[int, Kept]] = ()) -> go.Figure:  # fmt: skip
    """The process behaviour chart: mean, natural limits, and the points that signal, each kind with its own marker."""
    colours = palette(dark)
    known = series.dropna(subset=["value"]).reset_index(drop=True)
    points = result.points.dropna(subset=["value"]).reset_index(drop=True)
    figure = go.Figure()
    if window:
        _shade(figure, pd.Timestamp(window[0]), pd.Timestamp(window[1]), "cycle", colours)
    steps = _parted(known["period"], points)
    for column, label, dash in (("upper", tr("Limits"), "dot"), ("lower", "", "dot"), ("mean", tr("Mean"), "solid")):
        line = {"color": colours.muted, "width": 1.2, "dash": dash}
        figure.add_scatter(
            x=steps["period"], y=steps[column], name=label or tr("Lower limit"), mode="lines", line=line,
            showlegend=bool(label), hoverinfo="skip",
        )  # fmt: skip
    line = {"color": translucent(colours.neutral, 0.9), "width": 1.4}
    size = 5 if len(known) <= 160 else 3
    figure.add_scatter(
        x=known["period"], y=points["value"], name=tr("Value"), mode="lines+markers", line=line,
        marker={"size": size, "color": colours.neutral}, hovertemplate="%{y:,.4~g}",
    )  # fmt: skip
    kinds = points["signal"].map(lambda signal: variation(signal, direction).split("_")[0])
    for kind, (label, tone, marker) in _SIGNAL_LOOK.items():
        chosen = (kinds == kind).to_numpy()
        if chosen.any():
            words = points.loc[chosen, "signal"].map({code: spoken(said) for code, said in SIGNAL_WORDS.items()})
            figure.add_scatter(
                x=known.loc[chosen, "period"], y=points.loc[chosen, "value"], name=spoken(label), mode="markers",
                text=words,
                marker={"size": size + 4, "color": colours.tone(tone), "symbol": marker}, hovertemplate="%{text}",
            )  # fmt: skip
    _target(figure, target, unit, colours)
    _finish(figure, unit, dark, known)
    mark_events(figure, events, colours)
    return figure


def _parted(periods: pd.Series, points: pd.DataFrame) -> pd.DataFrame:
    """Mean and limits with a gap between parts, so that no line leads from one level to the next."""
    frame = points[["part", "mean", "lower", "upper"]].assign(period=periods)
    gap = pd.DataFrame({"period": [pd.NaT], "mean": [None], "lower": [None], "upper": [None]}, dtype=object)
    parts = [piece for _, part in frame.groupby("part", sort=False) for piece in (part.astype(object), gap)]
    return pd.concat(parts[:-1], ignore_index=True) if parts else frame


def rebased(series: pd.DataFrame, start: Any) -> list[int]:
    """Where the limits are drawn anew: the first position at or after `start`, if enough points lie on either side."""
    position = int((series["period"] < pd.Timestamp(start)).sum())
    return [position] if FEWEST_IN_PART <= position <= len(series) - FEWEST_IN_PART else []


def trend(lines: dict[str, pd.DataFrame], *, unit: str = "", dark: bool = False, target: float | None = None,
          window: tuple[Any, Any] | None = None) -> go.Figure:  # fmt: skip
    """Several series of one KPI (its segments) over time; `lines` maps a name to a frame of period and value."""
    colours = palette(dark)
    figure = go.Figure()
    if window:
        _shade(figure, pd.Timestamp(window[0]), pd.Timestamp(window[1]), "cycle", colours)
    for position, (name, series) in enumerate(lines.items()):
        colour = colours.series[position % len(colours.series)]
        _line(figure, series.dropna(subset=["value"]), name, colour, 1.9, legend=len(lines) > 1)
    _target(figure, target, unit, colours)
    _finish(figure, unit, dark, next(iter(lines.values())) if lines else None)
    return figure


def _line(figure: go.Figure, series: pd.DataFrame, name: str, colour: str, width: float, *, markers: bool = False,
          legend: bool = True) -> None:  # fmt: skip
    figure.add_scatter(
        x=series["period"], y=series["value"], name=shown(name), mode="lines+markers" if markers else "lines",
        line={"color": colour, "width": width}, marker={"size": 5, "color": colour}, showlegend=legend,
        hovertemplate="%{y:,.4~g}",
    )  # fmt: skip


def _band(figure: go.Figure, path: pd.DataFrame, colours: Palette) -> None:
    shared: dict[str, Any] = {"x": path["period"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(y=path["hi"], showlegend=False, name=_UPPER, **shared)
    fill = translucent(colours.neutral, 0.2)
    figure.add_scatter(y=path["lo"], name=spoken(EXPECTED_BAND), fill="tonexty", fillcolor=fill, **shared)


def _shade(figure: go.Figure, start: pd.Timestamp, end: pd.Timestamp, name: str, colours: Palette) -> None:
    figure.add_shape(
        type="rect", xref="x", yref="paper", x0=start, x1=end + pd.Timedelta(days=1), y0=0, y1=1, name=name,
        fillcolor=colours.shade, line={"width": 0}, layer="below",
    )  # fmt: skip


def _target(figure: go.Figure, target: float | None, unit: str, colours: Palette) -> None:
    if target is None or pd.isna(target):
        return
    line = {"color": colours.ink, "width": 1.2, "dash": "dashdot"}
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=target, y1=target, line=line, name="target")
    figure.add_annotation(
        text=shown(tr("Target {level}", level=level(target, unit))), xref="paper", x=0, y=target, showarrow=False,
        xanchor="left", yanchor="bottom", font={"size": 12, "color": colours.ink}, name="target", borderpad=1,
        bgcolor=translucent(colours.paper, 0.75),
    )  # fmt: skip


def _finish(figure: go.Figure, unit: str, dark: bool, series: pd.DataFrame | None,
            start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> None:  # fmt: skip
    figure.update_layout(template=template(dark))
    name_days(figure)
    figure.update_yaxes(ticksuffix=" %" if unit == "%" else "")
    if series is None or series.empty:
        return
    first, last = series["period"].iloc[0], series["period"].iloc[-1]
    last = last if end is None else max(last, end)
    if start is not None and start - _SHOWN_BEFORE > first:
        first = start - _SHOWN_BEFORE
        inside = series[series["period"] >= first]["value"]
        if len(inside):
            _fit(figure, inside)
    margin = (last - first) * 0.02
    figure.update_xaxes(range=[first - margin, last + margin])
    name_days(figure, first, last)


def _fit(figure: go.Figure, values: pd.Series) -> None:
    """Scale the vertical axis to what is in sight, band and target included; Plotly scales to all there is."""
    drawn = [value for shape in figure.layout.shapes if shape.name == "target" for value in (shape.y0,)]
    for trace in figure.data:
        if trace.name in (_UPPER, spoken(EXPECTED_BAND), spoken(WIDE)):
            drawn += [float(value) for value in trace.y if pd.notna(value)]
    low, high = min([values.min(), *drawn]), max([values.max(), *drawn])
    room = (high - low) * 0.07 or 1.0
    figure.update_yaxes(range=[low - room, high + room])


def described(name: str, series: pd.DataFrame, unit: str) -> str:
    """The words for readers who cannot see the chart."""
    known = series.dropna(subset=["value"])
    if known.empty:
        return tr("{kpi}: no values.", kpi=name)
    first, last = known.iloc[0], known.iloc[-1]
    return trn(
        "{kpi}: {count} value from {first} ({first_level}) to {last} ({last_level}).",
        "{kpi}: {count} values from {first} ({first_level}) to {last} ({last_level}).",
        len(known),
        kpi=name,
        first=day(first["period"]),
        first_level=level(first["value"], unit),
        last=day(last["period"]),
        last_level=level(last["value"], unit),
    )
