"""The calendar: a month of due dates, stages, check-ins made, ends of cycles and events; on a phone an agenda."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from models.amounts import long_month
from models.calendar_days import KINDS, weeks
from models.language import mark, spoken, tr, trn
from models.okr_filter import Filter
from models.okr_rows import OkrRows
from pages.parts import amounts, okr_bar, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

WEEKDAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
SHOWN = 4  # entries of a day; the day by itself shows them all
DAY_SHOWN = 50  # entries of a page of one day


def said(entries: pd.DataFrame, month: date) -> str:
    inside = entries[(entries["day"].dt.year == month.year) & (entries["day"].dt.month == month.month)]
    due = int(inside["what"].isin(["due", "due_late", "due_done"]).sum())
    late = int(inside["what"].isin(["due_late", "stage_late"]).sum())
    when = long_month(month)
    text = trn("{count} key result is due in {month}", "{count} key results are due in {month}", due, month=when)
    more = trn("{count} thing is overdue", "{count} things are overdue", late)
    return tr("{due}; {late}", due=text, late=more) if late else text


def month_of(found: OkrRows) -> date:
    """The month asked for; else the one of the as-of day, or the cycle's nearest."""
    asked = st.query_params.get("month", "")
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        day = min(max(found.card.as_of, found.card.cycle.start), found.card.cycle.end)
        return day.replace(day=1)


def span(month: date) -> tuple[date, date]:
    """The first and last day of a month's grid."""
    grid = weeks(month)
    return grid[0][0], grid[-1][-1]


def draw(found: OkrRows, entries: pd.DataFrame, month: date, chosen: Filter, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for step, icon, label in (
            (-1, ":material/chevron_left:", tr("Month before")),
            (1, ":material/chevron_right:", tr("Month after")),
        ):
            st.button(
                label, icon=icon, key=f"okr_month_{step}", on_click=_turn, args=(month, step), type="tertiary",
            )  # fmt: skip
        st.markdown(f"**{plain(long_month(month))}**")
    asked = sheet.show([block(entries, month, found.card.as_of, chosen, view)], view, "okr_calendar", here=okr_bar.HERE)
    if asked:
        okr_bar.jump(asked)
    used = [code for code in KINDS if code in set(entries["what"])]
    st.caption(plain(" · ".join(f"{KINDS[code].icon} {KINDS[code].word}" for code in used)))
    _day(entries, month, view)


def _turn(month: date, step: int) -> None:
    """Another month, as a link spells it."""
    other = (pd.Timestamp(month) + pd.DateOffset(months=step)).date()
    st.query_params["month"] = f"{other:%Y-%m}"
    st.query_params.pop("day", None)


def block(entries: pd.DataFrame, month: date, today: date, chosen: Filter, view: View) -> sheet.Block:
    grid = weeks(month)
    held = dict(iter(entries.groupby("day", sort=False)))
    none = entries.head(0)
    days = []
    for number, day in enumerate(day for week in grid for day in week):
        mine = held.get(pd.Timestamp(day), none)
        name = tr("{weekday} {day}", weekday=spoken(WEEKDAYS[number % 7]), day=amounts.day(day))
        more = None
        if len(mine) > SHOWN:
            where = okr_bar.inside(view, chosen, view="calendar", month=f"{month:%Y-%m}", day=day.isoformat())
            more = {"text": trn("{count} more", "{count} more", len(mine) - SHOWN), **where}
        days.append(
            {
                "number": amounts.count(day.day), "label": name, "outside": day.month != month.month,
                "today": tr("today") if day == today else "", "more": more,
                "entries": [_entry(row, view) for row in mine.head(SHOWN).to_dict("records")],
            }
        )  # fmt: skip
    return {"kind": "month", "label": long_month(month), "weekdays": [spoken(d) for d in WEEKDAYS], "days": days}


def _entry(row: dict[str, Any], view: View) -> sheet.Block:
    word = KINDS[row["what"]]
    text = one_line(row["title"])
    if row["what"] == "check_in" and not row["key_result"]:
        text = trn("{count} check-in", "{count} check-ins", int(row["count"]))
    out: sheet.Block = {"icon": word.icon, "word": f"{word.word}: ", "tone": word.tone, "text": text}
    if row["key_result"]:
        name = str(row["key_result"])
        out |= {"open": {"page": "key-result", "params": {"kr": name}}, "href": view.href("key-result", kr=name)}
    return out


def _day(entries: pd.DataFrame, month: date, view: View) -> None:
    """Everything of one day, where a link asks for it."""
    try:
        day = date.fromisoformat(st.query_params.get("day", ""))
    except ValueError:
        return
    mine = entries[entries["day"] == pd.Timestamp(day)]
    st.header(plain(amounts.day(day)), anchor=False)
    shown = mine.iloc[okr_bar.page_of(len(mine), DAY_SHOWN, "calendar")]
    rows = []
    for row in shown.to_dict("records"):
        entry = _entry(row, view)
        cell: sheet.Block = {"text": entry["text"], "meta": ""}
        cell |= {name: entry[name] for name in ("open", "href") if name in entry}
        rows.append({"cells": [sheet.badge(KINDS[row["what"]]), cell]})
    sheet.show([sheet.table([tr("What"), tr("Key result")], rows)], view, key="okr_day")
