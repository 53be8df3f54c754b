"""The look of every chart, light or dark: colours, type, and days, numbers and texts as Plotly is to show them."""

import pandas as pd
import plotly.graph_objects as go

from models.language import ENGLISH, current
from pages.parts.escape import one_line
from pages.parts.palette import palette

FONT = '"Source Sans", system-ui, sans-serif'
HEIGHT = 380


def template(dark: bool) -> go.layout.Template:
    """The look of every chart, for a light or a dark page."""
    colours = palette(dark)
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "title": {"font": {"size": 12, "color": colours.muted}},
        "tickfont": {"size": 12, "color": colours.muted},
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "colorway": list(colours.series),
            "height": HEIGHT,
            "margin": {"l": 4, "r": 8, "t": 40, "b": 4},
            "hovermode": "x unified",
            "hoverlabel": {"bgcolor": colours.paper, "bordercolor": colours.grid, "font": {"color": colours.ink}},
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "title": ""},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "dragmode": False,
            **_separators(),
        }
    )


def _separators() -> dict[str, str]:
    """The marks inside numbers, where they are not Plotly's own."""
    language = current()
    return {} if language.marks is None else {"separators": language.decimal + language.group}


def name_days(figure: go.Figure, first: pd.Timestamp | None = None, last: pd.Timestamp | None = None) -> None:
    """Days and months on the time axis in the language in force: Plotly itself knows English only."""
    if current().short_months == ENGLISH.short_months:
        figure.update_xaxes(hoverformat="%-d %b %Y")
        return
    figure.update_xaxes(hoverformat="%Y-%m-%d")
    if first is None or last is None:
        return
    named = months(first, last)
    ticks, words = [at for at, _ in named], [text.replace("\n", "<br>") for _, text in named]
    figure.update_xaxes(tickmode="array", tickvals=ticks, ticktext=words)


def months(first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[pd.Timestamp, str]]:
    """Firsts of months to name on a time axis, at most eight of them; the year stands under its first."""
    ticks = _ticks(first, last)
    years = [ticks[i].year != ticks[i - 1].year if i else True for i in range(len(ticks))]
    return [(at, _month(at) + (f"\n{at.year}" if new else "")) for at, new in zip(ticks, years, strict=True)]


def _month(at: pd.Timestamp) -> str:
    return current().short_months[at.month - 1]


def _ticks(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """Firsts of months, at most eight of them, January among them."""
    months = pd.date_range(first.normalize().replace(day=1), last, freq="MS")
    months = months[months >= first]
    step = next((n for n in (1, 2, 3, 6, 12, 24) if len(months) / n <= 8), 60)
    return [at for at in months if (at.year * 12 + at.month - 1) % step == 0]


def shown(text: object) -> str:
    """A text for Plotly, which reads a few HTML tags: without the sign that begins one."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;")
