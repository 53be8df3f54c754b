"""KPI review: every KPI in one table, what needs talking about first; one KPI in depth a click away."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.review import ORDER, concern_first, kind, needs_a_look, signals
from pages.parts import amounts, dot_icons, downloads, kpi_form, kpi_review, review_settings, sheet
from pages.parts.escape import one_line
from pages.parts.remembered import recall, remember
from pages.parts.view import View

SHOWN = 25  # rows a page
_DASH = amounts.UNKNOWN


def render(workspace: Any, view: View) -> None:
    kpis = workspace.kpis()
    asked, wanted = st.query_params.get("kpi"), st.query_params.get("edit")
    if wanted == "new-kpi" or (wanted == "definition" and asked in set(kpis["id"])):
        kpi_form.refused(workspace, view, None if wanted == "new-kpi" else asked)
        return
    ratios = kpis["aggregation"].eq("ratio") if "aggregation" in kpis else False
    if not ((kpis["observations"] > 0) | ratios).any():
        if asked in set(kpis["id"]):
            kpi_review.show(workspace, view, str(asked))
        else:
            _empty(workspace, view)
        return
    if asked is not None and asked in set(kpis["id"]):
        kpi_review.show(workspace, view, asked)
        return
    _overview(workspace, view)


def _empty(workspace: Any, view: View) -> None:
    st.title(tr("No KPI has values yet"))
    st.markdown(
        tr("Upload an extract: one row per KPI and period, or one column per KPI. The preview shows what it holds.")
    )
    with st.container(horizontal=True):
        if st.button(tr("Upload an extract"), type="primary"):
            view.go("upload")
        kpi_form.offer_new(workspace)


def _overview(workspace: Any, view: View) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(tr("KPI review"), anchor=False, width="content")
        kpi_form.offer_new(workspace)
    at, year_end = review_settings.choose(workspace.review_day(view.as_of))
    count = len(workspace.kpis())
    with st.spinner(trn("Reviewing {count} KPI.", "Reviewing {count} KPIs.", count)):
        found = workspace.review(at, cycle=_cycle(workspace, view), as_of=view.as_of, fiscal_year_end=year_end)
    rows = found.rows if view.team is None else found.rows[found.rows["owner"] == view.team]
    sheet.show([_summary(rows), *_assured(rows)], view, key="review_summary")
    shown, whole = _filtered(rows)
    if shown.empty:
        st.markdown(tr("No KPI is left. Take a filter away."))
        return
    first = needs_a_look(shown) if not whole else pd.Series(True, shown.index)
    if not first.any():
        first = ~first  # nothing stands out, so nothing is put behind it
    _table(shown[first], view, year_end, "review")
    _folded(shown[~first], view, year_end)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_reading(), width="content")
        downloads.button(tr("Table as CSV"), lambda: _to_take(shown), f"kpi-review-{found.at}.csv", "review_csv")


def _table(rows: pd.DataFrame, view: View, year_end: int, key: str) -> None:
    pages = -(-len(rows) // SHOWN)
    page = st.pagination(pages, key=f"{key}_page", bind="query-params") if pages > 1 else 1
    columns, numbers = _columns(year_end)
    blocks = [_row(row, view) for row in rows.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")]
    sheet.show([sheet.table(columns, blocks, numbers=numbers)], view, key=f"{key}_table")


def _folded(rows: pd.DataFrame, view: View, year_end: int) -> None:
    """What is routine or cannot be read, drawn once it is opened."""
    if rows.empty:
        return
    said = trn("{count} KPI that signals nothing", "{count} KPIs that signal nothing", len(rows))
    recall("review_calm", [True])
    box = st.expander(said, key="review_calm", on_change="rerun")
    remember("review_calm")
    if box.open:
        with box:
            _table(rows, view, year_end, "calm")


def _cycle(workspace: Any, view: View) -> str | None:
    chosen: str | None = view.cycle or workspace.default_cycle(view.as_of)
    return chosen


def _reading() -> str:
    return tr(
        "Last period: the last seven days, week, month or quarter that is over. Signals are read from up to two years "
        "of weeks, three of months."
    )


# -- the summary -------------------------------------------------------------------------------------------------------


def sentence(rows: pd.DataFrame) -> str:
    """How many KPIs signal a change, for the worse first."""
    counts = rows["variation"].map(kind).value_counts()
    worse, better = int(counts.get("concern", 0)), int(counts.get("improvement", 0))
    unusual = int(counts.get("neutral", 0))
    first = trn("{count} KPI signals a change for the worse", "{count} KPIs signal a change for the worse", worse)
    said = [
        first if worse else tr("No KPI signals a change for the worse"),
        trn("{count} for the better", "{count} for the better", better),
    ]
    if unusual:
        said.append(trn("{count} is unusual, neither better nor worse", "{count} are unusual, neither better nor worse",
                        unusual))  # fmt: skip
    routine = trn("{count} shows only routine variation.", "{count} show only routine variation.",
                  int(counts.get("common_cause", 0)))  # fmt: skip
    return f"{', '.join(said)}; {routine}"


def _summary(rows: pd.DataFrame) -> sheet.Block:
    facts = [(tr("KPIs"), amounts.count(len(rows)), "")]
    late = int((rows["state"] == "late").sum())
    unknown = int(rows["variation"].isna().sum())
    if late:
        facts.append((tr("Late"), amounts.count(late), tr("the last period has not arrived")))
    if unknown:
        facts.append((tr("Cannot be read"), amounts.count(unknown), tr("too few periods, or the last one unknown")))
    return sheet.lead([], sentence(rows), [], facts)


def _assured(rows: pd.DataFrame) -> list[sheet.Block]:
    """The two lines of a board report: variation, then assurance of the KPIs with a target."""
    kinds = rows["variation"].map(kind).value_counts()
    named = {"concern": "concern_low", "improvement": "improvement_high", "neutral": "neutral_high"}
    words = {"concern": tr("Worse"), "improvement": tr("Better"), "neutral": tr("Unusual")}
    parts = []
    for code in ORDER:
        if code in kinds and code != "unknown":
            sign = dot_icons.variation(named.get(code, code)).badge()
            parts.append({"code": code, "count": int(kinds[code]), **sign, "word": words.get(code, sign["word"])})
    blocks: list[sheet.Block] = [{"kind": "strip", "parts": parts}] if parts else []
    met = rows["assurance"].value_counts()
    goals = [
        {"code": code, "count": int(met[code]), **dot_icons.assurance(code).badge()}
        for code in ("fail", "inconsistent", "pass")
        if code in met
    ]
    if not goals:
        return blocks
    without = int(rows["assurance"].isna().sum())
    if without:  # the strip shows shares of all KPIs
        word = {"word": tr("No target"), "icon": "○", "tone": "neutral", "meaning": tr("Nobody set a target for it.")}
        goals.append({"code": "none", "count": without, **word})
    return [*blocks, {"kind": "strip", "parts": goals}]


# -- filters and order -------------------------------------------------------------------------------------------------


def orders() -> dict[str, str]:
    return {
        "signals": tr("Concerns first"),
        "name": tr("Name"),
        "owner": tr("Owner"),
        "worst": tr("Last period against last year, lowest first"),
        "best": tr("Last period against last year, highest first"),
        "ytd": tr("Year to date against last year, lowest first"),
        "target": tr("Furthest from target"),
        "late": tr("Latest values first"),
    }


def _filtered(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The rows in the order that was chosen, and whether the reader asked for all of them as they come."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        find = st.text_input(tr("Find"), key="find", bind="query-params", placeholder=tr("Name or owner"), width=220)
        words = orders()
        order = st.selectbox(
            tr("Order"), list(words), format_func=words.__getitem__, key="order", bind="query-params", width=300
        )
        only = st.toggle(tr("Signals only"), key="signals", bind="query-params")
    if find:
        text = rows["name"].fillna("") + " " + rows["kpi"] + " " + rows["team_name"].fillna("")
        rows = rows[text.str.contains(find.strip(), case=False, regex=False)]
    if only:
        rows = rows[signals(rows)]
    return _ordered(rows, order or "signals"), bool(find) or order not in (None, "signals")


def _ordered(rows: pd.DataFrame, order: str) -> pd.DataFrame:
    if order == "signals":
        return concern_first(rows)
    if order == "target":
        return rows.assign(_by=_missed(rows)).sort_values("_by", ascending=False, kind="stable").drop(columns="_by")
    by, ascending = {
        "name": ("name", True), "owner": ("team_name", True), "worst": ("yoy", True), "best": ("yoy", False),
        "ytd": ("ytd_yoy", True), "late": ("days_late", False),
    }[order]  # fmt: skip
    return rows.sort_values(by, ascending=ascending, kind="stable", na_position="last")


def _missed(rows: pd.DataFrame) -> pd.Series:
    """By how much of its target a KPI falls short; below 0 it is met."""
    sign = rows["direction"].map({"up": 1.0, "down": -1.0})
    return sign * (rows["target"] - rows["value"]) / rows["target"].abs()


# -- the table ---------------------------------------------------------------------------------------------------------


def _columns(year_end: int) -> tuple[list[str], list[str]]:
    year = tr("Year to date on last year") if year_end == 12 else tr("Fiscal year to date on last year")
    columns = [
        tr("KPI"), tr("Last period"), tr("Dots"), tr("On last year"), year, tr("Target"), tr("Variation"),
        tr("Assurance"),
    ]  # fmt: skip
    return columns, [columns[1], columns[3], columns[4], columns[5]]


def _row(row: dict[str, Any], view: View) -> sheet.Block:
    unit = row["unit"] if isinstance(row["unit"], str) else ""
    where = [row["team_name"], "" if row["segment"] == "all" else row["segment"]]
    kept = {name: value for name in ("at", "fy") if (value := st.query_params.get(name))}
    params = {"kpi": str(row["kpi"]), **kept}
    return {
        "cells": [
            {"text": one_line(row["name"]), "meta": one_line(" · ".join(w for w in where if isinstance(w, str) and w))},
            {"text": amounts.level(row["value"], unit), "meta": " · ".join([_ended(row), *_late(row)])},
            drawn(row["dots"], row["target"], row["name"]) or "",
            kpi_review.on_last_year(row["value"], row["last_year"], unit),
            kpi_review.on_last_year(row["ytd"], row["ytd_last_year"], unit),
            _against(row, unit),
            _varied(row),
            dot_icons.assurance(row["assurance"]).badge() if isinstance(row["assurance"], str) else _DASH,
        ],
        "open": {"page": "trends", "params": params},
        "href": view.href("trends", **params),
    }


def _ended(row: dict[str, Any]) -> str:
    if row["cadence"] in ("day", "week"):
        return tr("week to {day}", day=amounts.day(row["ends"]))
    step = 1 if row["cadence"] == "month" else 3
    first = pd.Timestamp(row["ends"]) + pd.Timedelta(days=1) - pd.DateOffset(months=step)
    return amounts.period(first, row["cadence"])


def _varied(row: dict[str, Any]) -> Any:
    if not isinstance(row["variation"], str):
        return _DASH
    since = "" if pd.isna(row["since"]) else tr("since {day}", day=amounts.day(row["since"]))
    return {**dot_icons.variation(row["variation"]).badge(), "meta": since}


def drawn(values: Any, target: Any, name: str) -> dict[str, Any] | None:
    """The dots as a sparkline in a unit square; None when there is nothing to draw."""
    known = pd.Series(values, dtype=float)
    there = known.dropna()
    if len(there) < 2:
        return None
    goal = [float(target)] if amounts.known(target) else []
    low, high = min([there.min(), *goal]), max([there.max(), *goal])
    height = (high - low) or 1.0
    place = there.index / max(len(known) - 1, 1)
    points = [[round(float(x), 4), round(float((y - low) / height), 4)] for x, y in zip(place, there, strict=True)]
    line = None if not goal else round((goal[0] - low) / height, 4)
    return {
        "points": points, "split": points[0][0], "cycle": [0, 0], "target": line, "caption": "",
        "label": trn("{count} period of {name}", "{count} periods of {name}", len(there), name=one_line(name)),
    }  # fmt: skip


def _against(row: dict[str, Any], unit: str) -> Any:
    if not amounts.known(row["target"]):
        return _DASH
    met = kpi_review.met(row["value"], row["target"], row["direction"])
    return {"text": amounts.level(row["target"], unit), "meta": met}


def _late(row: dict[str, Any]) -> list[str]:
    """By how many days the period after the last one is late; nothing where it is not due yet."""
    if row["state"] != "late":
        return []
    days = int(row["days_late"]) if amounts.known(row["days_late"]) else 0
    return [trn("{count} day late", "{count} days late", days)]


def _to_take(rows: pd.DataFrame) -> pd.DataFrame:
    """The table with all its digits; codes in English."""
    columns = {
        "kpi": "kpi", "name": "name", "segment": "segment", "team_name": "owner", "unit": "unit", "ends": "period_end",
        "value": "value", "last_year": "last_year", "yoy": "change_on_last_year_percent", "ytd": "year_to_date",
        "ytd_last_year": "last_year_to_date", "ytd_yoy": "year_to_date_change_percent", "target": "target",
        "variation": "variation", "signal": "signal",
        "since": "level_since",
        "assurance": "assurance", "state": "freshness", "days_late": "days_late",
    }  # fmt: skip
    return rows[list(columns)].rename(columns=columns)


if __name__ == "__main__":
    st.switch_page("dashboard.py")
