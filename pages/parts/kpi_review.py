"""One KPI in depth: its weeks and months beside last year, the dots, which segment made the change, what happened."""

from typing import Any

import pandas as pd
import streamlit as st

from models.event import numbered, span_of
from models.language import tr
from models.refused import Refused
from models.segment_contributions import label, sentence
from models.segment_spans import offered
from models.trend import change
from pages.parts import (
    amounts,
    charts,
    dot_icons,
    downloads,
    event_list,
    evidence_words,
    kpi_form,
    review_settings,
    sheet,
)
from pages.parts.escape import one_line, plain
from pages.parts.review_chart import beside_last_year, contribution_bars, scaled_unit
from pages.parts.view import View
from pages.parts.weekly import by_week, is_daily

_SIDE_BY_SIDE = 5  # segments drawn over time; more lines cannot be told apart
_PARTS = ("week", "mtd", "qtd", "ytd")


def show(workspace: Any, view: View, identifier: str) -> None:
    """The page of one KPI."""
    found = workspace.kpis().set_index("id", drop=False).loc[identifier]
    if st.button(tr("All KPIs"), icon=":material/arrow_back:", type="tertiary"):
        view.go("trends", **{name: v for name in ("at", "fy") if (v := st.query_params.get(name))})
    with st.container(gap=None):
        st.caption(plain(_about(found, workspace)))
        st.title(plain(found["name"] or identifier), anchor=False)
    if not found["observations"] and found["aggregation"] != "ratio":
        kpi_form.waiting(workspace, view, identifier)
        return
    kpi_form.offer(workspace)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at, year_end = review_settings.choose(workspace.last_day(identifier, view.as_of))
        segments = workspace.segments_of(identifier, view.as_of)
        segment = segments[0] if segments else "all"
        if len(segments) > 1:
            segment = st.selectbox(tr("Segment"), segments, key="segment", bind="query-params", format_func=_named,
                                   width=200) or segment  # fmt: skip
    cycle = view.cycle or workspace.default_cycle(view.as_of)
    review = workspace.review_of(
        identifier, at, segment=segment, cycle=cycle, as_of=view.as_of, fiscal_year_end=year_end
    )
    unit = found["unit"] if isinstance(found["unit"], str) else ""
    events = workspace.events_of(identifier, view.as_of)
    drawn = span_of(review.dots)
    marked = numbered(events, *drawn) if drawn else []
    sheet.show([_lead(review, unit)], view, key="kpi_lead")
    _periods(review, unit, marked, view)
    _table(review, unit, view, identifier)
    _dots(review, unit, marked, view)
    _segments(workspace, view, review, unit, cycle, year_end)
    event_list.show(workspace, view, identifier, marked, found)


def _named(segment: str) -> str:
    return tr("All together") if segment == "all" else segment


def _about(kpi: Any, workspace: Any) -> str:
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    better = {"up": tr("higher is better"), "down": tr("lower is better"), "in_band": tr("better inside its band")}
    every = {"day": tr("daily"), "week": tr("weekly"), "month": tr("monthly"), "quarter": tr("quarterly")}
    owner = teams.get(kpi["owner"], kpi["owner"])
    parts = [
        kpi["description"],
        every.get(kpi["cadence"], ""),
        better.get(kpi["direction"], ""),
        tr("owned by {team}", team=owner) if isinstance(owner, str) and owner else "",
        tr("to be defined: unit, direction and smallest change that matters") if kpi["to_be_defined"] else "",
        tr("illustrative") if kpi["illustrative"] else "",
    ]
    return " · ".join(part for part in parts if isinstance(part, str) and part)


def on_last_year(value: Any, base: Any, unit: str) -> str:
    """The change on last year in percent; of percentages and scores in points, where percent of percent misleads."""
    if not (amounts.known(value) and amounts.known(base)):
        return amounts.UNKNOWN
    if unit in amounts.POINTS or unit == "points":
        return amounts.change(value - base, unit, size=abs(value) / 10)  # as fine as the level is said
    percent = change(value, base)
    return amounts.UNKNOWN if percent is None else amounts.share(percent / 100, sign=True)


def words(part: str) -> str:
    return {
        "week": tr("Last week"), "month": tr("Last month"), "mtd": tr("Month to date"), "qtd": tr("Quarter to date"),
        "ytd": tr("Year to date"),
    }[part]  # fmt: skip


# -- the answer --------------------------------------------------------------------------------------------------------


def _lead(review: Any, unit: str) -> sheet.Block:
    badges = []
    if len(review.dots):
        badges.append(dot_icons.variation(review.xmr.variation).badge())
    if review.xmr.assurance:
        badges.append(dot_icons.assurance(review.xmr.assurance).badge())
    facts = []
    for part in _PARTS:
        value, base = review.trend.spans.loc[review.trend.spans["part"] == part, ["value", "last_year"]].iloc[-1]
        if pd.isna(value):
            continue
        moved = on_last_year(value, base, unit)
        beside = tr("last year unknown") if moved == amounts.UNKNOWN else tr("{change} on last year", change=moved)
        facts.append((words(part), amounts.level(value, unit), beside))
    said = evidence_words.xmr_words(review.xmr, unit) if len(review.dots) else tr("No value was known on that day.")
    return sheet.lead(badges, said, [], facts)


# -- weeks and months --------------------------------------------------------------------------------------------------


def _periods(review: Any, unit: str, marked: list[Any], view: View) -> None:
    spans = review.trend.spans
    sides = [part for part in ("week", "month") if spans.loc[spans["part"] == part, "value"].notna().any()]
    if not sides:
        return
    heads = {"week": tr("Six weeks"), "month": tr("Twelve months")}
    for column, part in zip(st.columns([{"week": 1, "month": 1.8}[s] for s in sides], gap="large"), sides, strict=True):
        rows = spans[spans["part"] == part]
        written = scaled_unit(pd.concat([rows["value"], rows["last_year"]]), unit)
        first, last = rows["start"].iloc[0].date(), rows["end"].iloc[-1].date()
        inside = [(number, kept) for number, kept in marked if kept.event.day <= last and kept.event.last >= first]
        with column:
            unit_text = f", {plain(written)}" if written else ""
            st.markdown(f"**{heads[part]}**{unit_text}")
            figure = beside_last_year(spans, part, target=_goal(review, part), unit=unit, events=inside, dark=view.dark)
            said = tr("{name}: {what} beside the same ones of last year; the values stand in the table below.",
                      name=review.kpi.label, what=heads[part])  # fmt: skip
            st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=said, key=f"review_{part}")
    for note in review.trend.notes:
        st.caption(plain(note))


def _goal(review: Any, part: str) -> float | None:
    """The target of a week or month: a level, or for sums so many times that of one period as it holds."""
    if review.target is None:
        return None
    if review.kpi.aggregation != "sum":
        return float(review.target)
    week = {"day": 7, "week": 1}.get(review.kpi.cadence)
    if part == "week" and week:
        return float(review.target) * week
    return float(review.target) if part == "month" and review.kpi.cadence == "month" else None


def met(value: Any, target: Any, direction: str) -> str:
    """Whether a value meets its target, in a word; nothing where that is not known."""
    if not (amounts.known(value) and amounts.known(target)) or direction not in ("up", "down"):
        return ""
    good = value >= target if direction == "up" else value <= target
    return tr("met") if good else tr("not met")


def _table(review: Any, unit: str, view: View, identifier: str) -> None:
    frame = figures(review)
    if frame.empty:
        return
    with_target = frame["target"].notna().any()
    columns = [tr("Period"), tr("This year"), tr("Last year"), tr("Change")]
    numbers = columns[1:]
    if with_target:
        columns += [tr("Target"), tr("Against target")]
        numbers = columns[1:]
    rows = []
    for row in frame.to_dict("records"):
        days = f"{amounts.day(row['start'])} – {amounts.day(row['end'])}"
        cells: list[Any] = [
            {"text": row["name"], "meta": days},
            amounts.level(row["value"], unit),
            amounts.level(row["last_year"], unit),
            on_last_year(row["value"], row["last_year"], unit),
        ]
        if with_target:
            gap = row["value"] - row["target"] if amounts.known(row["target"]) else None
            cells += [
                amounts.level(row["target"], unit),
                {"text": amounts.change(gap, unit), "meta": met(row["value"], row["target"], review.kpi.direction)},
            ]
        rows.append({"cells": cells})
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="kpi_table")
    downloads.button(tr("Figures as CSV"), lambda: _all_figures(review), f"{identifier}-{review.at}.csv", "kpi_csv")


def figures(review: Any) -> pd.DataFrame:
    """name, start, end, value, last_year, change_percent, target: the last week or month, and what is to date."""
    spans = review.trend.spans
    last = [spans[spans["part"] == part].tail(1) for part in ("week", "month")]
    kept = pd.concat([*last, spans[spans["part"].isin(_PARTS[1:])]])
    kept = kept[kept["value"].notna()]
    return kept.assign(
        name=[words(part) for part in kept["part"]],
        change_percent=[change(row.value, row.last_year) for row in kept.itertuples()],
        target=[_goal(review, part) if part in ("week", "month") else _level(review) for part in kept["part"]],
    ).astype({"target": "float64", "change_percent": "float64"})


def _level(review: Any) -> float | None:
    """A target that holds for any span: a level, not a sum."""
    return None if review.target is None or review.kpi.aggregation == "sum" else float(review.target)


def _all_figures(review: Any) -> pd.DataFrame:
    spans = review.trend.spans
    changes = pd.Series([change(row.value, row.last_year) for row in spans.itertuples()], dtype="float64")
    return spans.assign(change_percent=changes.to_numpy())


# -- the dots ----------------------------------------------------------------------------------------------------------


def _dots(review: Any, unit: str, marked: list[Any], view: View) -> None:
    if len(review.dots) < 3:
        return
    st.header(tr("Plot the dots"), anchor=False)
    code, goal = review.xmr.variation, review.xmr.assurance
    said = [dot_icons.variation(code).meaning, *([dot_icons.assurance(goal).meaning] if goal else [])]
    st.markdown(plain(" ".join(said)))
    figure = charts.xmr(
        review.dots,
        review.xmr,
        review.kpi.direction,
        unit=unit,
        target=review.dot_target,
        events=marked,
        dark=view.dark,
    )
    alt = f"{charts.described(review.kpi.label, review.dots, unit)} {' '.join(said)}"
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=alt, key="review_dots")
    if review.kpi.cadence == "day":
        st.caption(
            tr("Each dot is a week of seven days, added up as this KPI is, the last one ending on the day chosen.")
        )


# -- which segment -----------------------------------------------------------------------------------------------------


def _segments(workspace: Any, view: View, review: Any, unit: str, cycle: str | None, year_end: int) -> None:
    segments = [name for name in workspace.segments_of(review.kpi.id, view.as_of) if name != "all"]
    if len(segments) < 2:
        return
    st.header(tr("Which segment made the change"), anchor=False)
    spans = {
        "week": tr("Last week on last year"), "month": tr("Last month on last year"),
        "ytd": tr("Year to date on last year"), "cycle": tr("The cycle on the time before"),
    }  # fmt: skip
    choices = [code for code in offered(review.kpi.cadence, review.kpi.aggregation) if code != "cycle" or cycle]
    span = st.segmented_control(
        tr("Change of"), choices, format_func=spans.__getitem__, default=choices[0], required=True, key="span",
        bind="query-params", label_visibility="collapsed",
    ) or choices[0]  # fmt: skip
    try:
        days, found = workspace.segment_change(
            review.kpi.id, review.at, span, cycle=cycle, as_of=view.as_of, fiscal_year_end=year_end
        )
    except Refused as refusal:
        st.markdown(plain(str(refusal)))
        return
    st.markdown(f"**{plain(sentence(found, unit))}**")
    now, before = (f"{amounts.day(first)} – {amounts.day(last)}" for first, last in (days.now, days.before))
    st.caption(plain(" ".join([tr("{now} against {before}.", now=now, before=before), *found.notes])))
    if found.segments.empty:
        return
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        figure = contribution_bars(found, dark=view.dark)
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=sentence(found, unit), key="segments")
    with right:
        names = [name for name in found.segments["segment"] if name in segments][:_SIDE_BY_SIDE]
        figure = charts.trend(_lines(workspace, review, names, view), unit=unit, dark=view.dark)
        alt = tr("The segments of {name} over time, side by side.", name=review.kpi.label)
        st.plotly_chart(
            figure.update_layout(height=260), theme=None, config=charts.CONFIG, alt=alt, key="segment_lines"
        )
    sheet.show([_segment_table(found, unit)], view, key="segment_table")


def _lines(workspace: Any, review: Any, names: list[str], view: View) -> dict[str, pd.DataFrame]:
    """Segment → its values over two years up to the day of the review, days as weeks."""
    many = workspace.series_many([(review.kpi.id, name) for name in names], view.as_of)
    last = pd.Timestamp(review.at)
    many = many[(many["period"] <= last) & (many["period"] > last - pd.DateOffset(years=2))]
    lines = {name: many.loc[many["segment"] == name, ["period", "value"]].dropna() for name in names}
    return {name: by_week(line) if is_daily(review.kpi.cadence) else line for name, line in lines.items()}


def _segment_table(found: Any, unit: str) -> sheet.Block:
    columns = [tr("Segment"), tr("Before"), tr("Now")]
    columns += {
        "sum": [tr("Part in the change"), tr("Share")],
        "ratio": [tr("Part in the change"), tr("By its own rate"), tr("By its weight")],
        "none": [tr("Change")],
    }[found.method]
    states = {"new": tr("new"), "vanished": tr("no values now"), "rest": tr("the total without the segments")}
    rows = []
    for row in found.segments.to_dict("records"):
        more = {
            "sum": [amounts.change(row["contribution"], unit), amounts.share(row["share"])],
            "ratio": [amounts.change(row[name], unit) for name in ("contribution", "rate", "mix")],
            "none": [amounts.change(row["change"], unit)],
        }[found.method]
        name = {"text": one_line(label(row["segment"])), "meta": states.get(row["state"], "")}
        rows.append({"cells": [name, amounts.level(row["before"], unit), amounts.level(row["now"], unit), *more]})
    return sheet.table(columns, rows, numbers=columns[1:])
