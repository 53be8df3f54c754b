"""The timeline as a figure: a bar per key result by team, stages, what waits for what, and today."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from models.language import mark, spoken, tr
from models.timeline import STAGES, WAITS, Plan
from models.verdict import VERDICTS
from pages.parts import amounts
from pages.parts.charts import name_days, shown, template
from pages.parts.escape import one_line
from pages.parts.palette import palette, translucent

ROW = 40  # pixels of a key result: its title above its bar
TITLE_LENGTH = 54  # signs of a title that are shown; the whole stands in the tooltip and in the table
_ABOVE, _BAR = 0.27, 0.2  # of a row: how far the title stands over the bar, and how thick the bar is
_STAGE_LOOK = {"done": "circle", "late": "triangle-up", "open": "diamond-open"}
_STAGE_NAMES = {"done": mark("Stage done"), "late": mark("Stage late"), "open": mark("Stage to come")}
_WAIT_TONES = {"met": "good", "late": "bad", "too_late": "warn", "waiting": "neutral", "elsewhere": "neutral"}


def gantt(
    rows: pd.DataFrame, plan: Plan, start: pd.Timestamp, end: pd.Timestamp, today: pd.Timestamp, *, dark: bool = False
) -> go.Figure:
    """`rows` (models.okr_rows) in the order in which they are to stand, those of a team together. A bar runs from the
    cycle's start to the day on which its key result is due; the dark part is the score. Dependencies are drawn between
    rows that are both here."""
    colours = palette(dark)
    places, teams, height = _places(rows)
    first, last = _span(rows, plan, start, end)
    room = (last - first) * 0.28  # for the words right of the bars
    figure = go.Figure(layout=go.Layout(template=template(dark)))
    _bars(figure, rows, places, start, colours)
    _waits(figure, plan.waits, places, rows, colours)
    _stages(figure, plan.stages, places, colours)
    _words(figure, rows, places, teams, first, colours)
    if first <= today <= last:
        _today(figure, today, height, colours)
    figure.update_layout(
        height=ROW * height + 90, barmode="overlay", hovermode="closest", margin={"l": 0, "r": 0, "t": 50, "b": 4},
        yaxis={"visible": False, "range": [height - 0.4, -0.9], "fixedrange": True},
        xaxis={
            "type": "date", "range": [first - (last - first) * 0.01, last + room], "showgrid": True, "side": "top",
            "fixedrange": True,
        },
        legend={"y": -0.01, "yanchor": "top"},
    )  # fmt: skip
    name_days(figure, first, last)
    return figure


def _places(rows: pd.DataFrame) -> tuple[dict[str, int], dict[int, str], int]:
    """Key result → its row; row → the team whose name stands there; how many rows there are."""
    places: dict[str, int] = {}
    teams: dict[int, str] = {}
    at, before = 0, None
    for name, team in zip(rows["id"], rows["team_name"], strict=True):
        if team != before:
            teams[at], before, at = str(team), team, at + 1
        places[str(name)], at = at, at + 1
    return places, teams, at


def _span(rows: pd.DataFrame, plan: Plan, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    days = pd.concat([rows["due"], plan.stages["due"], plan.stages["done"], plan.waits["needed_by"]]).dropna()
    days = pd.concat([days, pd.Series([start, end])])
    return days.min(), days.max()


def _bars(figure: go.Figure, rows: pd.DataFrame, places: dict[str, int], start: pd.Timestamp, colours: Any) -> None:
    at = [places[str(name)] + 0.12 for name in rows["id"]]
    tones = [VERDICTS[code].tone if code in VERDICTS else "neutral" for code in rows["verdict"]]
    whole = (rows["due"] - start).dt.total_seconds() * 1000
    share = rows["score"].fillna(0.0).astype(float)
    hover = [
        f"{shown(title)}<br>{amounts.day(start)} – {amounts.day(due)}<br>{shown(word)} · {amounts.score(score)}"
        for title, due, word, score in zip(rows["title"], rows["due"], rows["verdict_word"], rows["score"], strict=True)
    ]
    for part, alpha in ((whole, 0.22), (whole * share, 0.9)):
        figure.add_bar(
            y=at, x=list(part), base=[start] * len(rows), orientation="h", width=_BAR, showlegend=False,
            marker={"color": [translucent(colours.tone(tone), alpha) for tone in tones], "cornerradius": 3},
            hovertext=hover, hoverinfo="text",
        )  # fmt: skip


def _words(
    figure: go.Figure, rows: pd.DataFrame, places: dict[str, int], teams: dict[int, str], first: pd.Timestamp,
    colours: Any,
) -> None:  # fmt: skip
    """Team names, titles above their bars, and behind each bar its verdict with its icon."""
    titles = [shown(_short(title or name)) for name, title in zip(rows["id"], rows["title"], strict=True)]
    at = [places[str(name)] for name in rows["id"]]
    _text(figure, [first] * len(rows), [y - _ABOVE for y in at], titles, colours.ink, 12.5)
    names = [f"<b>{shown(name)}</b>" for name in teams.values()]
    _text(figure, [first] * len(names), [y + 0.1 for y in teams], names, colours.ink, 14)
    behind = [
        ("⚠ " + tr("overdue")) if late else f"{VERDICTS[code].icon} {VERDICTS[code].word}" if code in VERDICTS else ""
        for late, code in zip(rows["late"], rows["verdict"], strict=True)
    ]
    _text(figure, list(rows["due"]), [y + 0.12 for y in at], ["  " + text for text in behind], colours.muted, 12)


def _text(figure: go.Figure, x: list[Any], y: list[float], words: list[str], colour: str, size: float) -> None:
    figure.add_scatter(
        x=x, y=y, text=words, mode="text", textposition="middle right", textfont={"color": colour, "size": size},
        hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip


def _stages(figure: go.Figure, stages: pd.DataFrame, places: dict[str, int], colours: Any) -> None:
    for state, look in _STAGE_LOOK.items():
        mine = stages[(stages["state"] == state) & stages["key_result"].isin(list(places))]
        day = mine["done"].where(mine["state"] == "done", mine["due"])
        mine, day = mine[day.notna()], day.dropna()
        if mine.empty:
            continue
        tone = colours.ink if state == "done" else colours.tone(STAGES[state].tone)
        edge = tone if state == "open" else colours.paper
        figure.add_scatter(
            x=list(day), y=[places[name] + 0.12 for name in mine["key_result"]], mode="markers",
            name=spoken(_STAGE_NAMES[state]),
            marker={"symbol": look, "size": 10, "color": tone, "line": {"width": 1.5, "color": edge}},
            text=[
                f"{shown(title)}: {STAGES[state].word}, {amounts.day(when)}"
                for title, when in zip(mine["title"], day, strict=True)
            ],
            hoverinfo="text",
        )  # fmt: skip


def _waits(figure: go.Figure, waits: pd.DataFrame, places: dict[str, int], rows: pd.DataFrame, colours: Any) -> None:
    """An arrow from where the needed one is due to where it is needed; what is late says so."""
    inside = waits[waits["on"].isin(list(places)) & waits["key_result"].isin(list(places))]
    for wait in inside.to_dict("records"):
        tone = colours.tone(_WAIT_TONES[wait["state"]])
        from_y, to_y = places[wait["on"]] + 0.12, places[wait["key_result"]] + 0.12
        figure.add_annotation(
            x=wait["needed_by"], y=to_y, ax=wait["on_due"], ay=from_y, axref="x", ayref="y", text="", showarrow=True,
            arrowhead=2, arrowwidth=1.6, arrowcolor=tone, standoff=2,
        )  # fmt: skip
    late = inside[inside["state"].isin(["late", "too_late"])]
    if len(late):
        y = [(places[on] + places[mine]) / 2 + 0.12 for on, mine in zip(late["on"], late["key_result"], strict=True)]
        middle = [one + (other - one) / 2 for one, other in zip(late["on_due"], late["needed_by"], strict=True)]
        words = [f"{WAITS[state].icon} {WAITS[state].word}" for state in late["state"]]
        for x, at, word, state in zip(middle, y, words, late["state"], strict=True):
            figure.add_annotation(
                x=x, y=at, text=word, showarrow=False, bgcolor=colours.paper, borderpad=2, xanchor="center",
                font={"size": 11.5, "color": colours.ink}, bordercolor=colours.tone(_WAIT_TONES[state]),
            )  # fmt: skip


def _today(figure: go.Figure, today: pd.Timestamp, height: int, colours: Any) -> None:
    figure.add_shape(
        type="line", x0=today, x1=today, y0=-0.5, y1=height - 0.4, layer="below",
        line={"color": colours.ink, "width": 1.2, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=today, y=height - 0.45, text=tr("today"), showarrow=False, yanchor="top",
        font={"size": 12, "color": colours.ink},
    )  # fmt: skip


def _short(title: Any) -> str:
    text = one_line(title)
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1].rstrip() + "…"
