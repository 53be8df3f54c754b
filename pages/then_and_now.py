"""Then and now: a cycle as reported on a day beside what is known now, and which restated values changed it."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from models.differences import BACK
from models.language import tr, trn
from pages.parts import amounts, closed, downloads, sheet
from pages.parts.escape import plain
from pages.parts.view import View

ROWS_SHOWN = 60
VALUES_SHOWN = 40


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty() or workspace.default_cycle(view.as_of) is None:
        st.title(tr("No key results yet"))
        st.markdown(tr("Open the sample company or import your OKRs first; then two days can be compared here."))
        if st.button(tr("Go to the scorecard"), type="primary"):
            view.go("scorecard")
        return
    later = view.as_of or workspace.today()
    head = st.container(gap=None)
    then = _day(workspace, view, later)
    with st.spinner(tr("Scoring the cycle as known on both days.")):
        found = workspace.compare(view.cycle, then, view.as_of, view.team)
    with head:
        days = {"cycle": found.after.cycle.label, "then": amounts.day(then), "now": amounts.day(later)}
        st.caption(plain(tr("{cycle} · as known on {then} and on {now}", **days)))
        st.title(plain(_headline(found)), anchor=False)
    if len(found.rows):
        _key_results(found, view, then, later)
    if len(found.restated):
        _values(workspace, found, view)


def _day(workspace: Any, view: View, later: date) -> date:
    """The earlier day, from the URL or the reader; the day of the closing where the cycle is closed."""
    closing = workspace.closing(view.cycle or workspace.default_cycle(view.as_of), view.as_of)
    start = closing.card.as_of if closing is not None else later - timedelta(days=BACK)
    picked = st.date_input(
        tr("As reported on"), min(start, later), max_value=later, key="then", bind="query-params", format="YYYY-MM-DD",
        width=200,
    )  # fmt: skip
    return picked if isinstance(picked, date) else min(start, later)


def _headline(found: Any) -> str:
    if found.rows.empty:
        return tr("Nothing differs between the two days.")
    if found.verdicts:
        return trn("{count} verdict differs.", "{count} verdicts differ.", found.verdicts)
    return trn(
        "No verdict differs; {count} key result has another score or value.",
        "No verdict differs; {count} key results have another score or value.",
        len(found.rows),
    )


def _key_results(found: Any, view: View, then: date, later: date) -> None:
    ordered = found.rows.sort_values("verdict_differs", ascending=False, kind="stable")
    rows = [
        {
            "cells": [
                {"text": row["title"] or row["id"], "meta": " ".join(row["why"])},
                _side(row, "before"),
                _side(row, "after"),
            ],
            "open": {"page": "key-result", "params": {"kr": str(row["id"])}},
            "href": view.href("key-result", kr=str(row["id"])),
        }
        for row in ordered.head(ROWS_SHOWN).to_dict("records")
    ]
    columns = [
        tr("Key result"),
        tr("As known on {day}", day=amounts.day(then)),
        tr("As known on {day}", day=amounts.day(later)),
    ]
    sheet.show([sheet.table(columns, rows)], view, key="compared")
    if len(ordered) > ROWS_SHOWN:
        st.caption(tr("The first {shown} of {count}; the file has all.", shown=ROWS_SHOWN, count=len(ordered)))
    downloads.button(
        tr("All key results that differ (CSV)"), lambda: _flat(ordered), "then-and-now.csv", "compared_csv"
    )


def _side(row: dict[str, Any], when: str) -> Any:
    """Verdict, score and value of one side, as a cell."""
    cell = closed.word(row, when)
    if isinstance(cell, str):
        return cell
    parts = [tr("score {score}", score=amounts.score(row[f"score_{when}"]))]
    if amounts.known(row[f"current_{when}"]):
        parts.append(tr("value {value}", value=amounts.level(row[f"current_{when}"], row["unit"])))
    if amounts.known(row[f"actual_{when}"]):
        level = amounts.level(row[f"actual_{when}"], row["kpi_unit"])
        parts.append(tr("{kpi} on average {value}", kpi=row["kpi_name"], value=level))
    return {**cell, "meta": " · ".join(parts)}


def _flat(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(why=rows["why"].map(" ".join))


def _values(workspace: Any, found: Any, view: View) -> None:
    st.header(tr("Values that the two days know differently"), anchor=False)
    values = found.restated
    units = {kpi: (name, unit) for kpi, name, unit in _named(workspace, found)}
    changed = values.assign(both=values["old"].notna() & values["new"].notna())
    changed = changed.sort_values(["both", "period"], ascending=False, kind="stable")
    rows = [
        _value(row, *units.get(row["kpi"], (row["kpi"], ""))) for row in changed.head(VALUES_SHOWN).to_dict("records")
    ]
    for row, load in zip(rows, changed["load_id"], strict=False):
        row["open"] = {"page": "loads", "params": {"load": str(load)}}
        row["href"] = view.href("loads", load=str(load))
    columns = [tr("Load"), tr("KPI"), tr("Period"), tr("Then"), tr("Now")]
    restated = int(changed["both"].sum())
    caption = trn("{count} value was restated", "{count} values were restated", restated)
    arrived = trn("{count} arrived or was taken back", "{count} arrived or were taken back", len(values) - restated)
    shown = tr("; the first {count} are shown", count=VALUES_SHOWN) if len(values) > VALUES_SHOWN else ""
    sheet.show(
        [sheet.table(columns, rows, numbers=(tr("Then"), tr("Now")), caption=f"{caption}; {arrived}{shown}.")],
        view, key="values",
    )  # fmt: skip
    downloads.button(tr("All of these values (CSV)"), lambda: values, "restated-values.csv", "values_csv")


def _named(workspace: Any, found: Any) -> Any:
    """(id, name, unit) of all KPIs, those that are linked as they were known then; a later one stands."""
    kpis, links = workspace.kpis(), found.after.links
    return [*kpis[["id", "name", "unit"]].itertuples(index=False, name=None),
            *links[["kpi", "kpi_name", "kpi_unit"]].itertuples(index=False, name=None)]  # fmt: skip


def _value(row: dict[str, Any], name: str, unit: str) -> sheet.Block:
    segment = "" if row["segment"] == "all" else row["segment"]
    return {
        "cells": [
            {"text": row["file"] or f"#{row['load_id']}", "meta": amounts.day(row["recorded_at"])},
            {"text": name, "meta": segment},
            amounts.day(row["period"]),
            *amounts.levels(row["old"], row["new"], unit),
        ]
    }


if __name__ == "__main__":
    st.switch_page("dashboard.py")
