"""The feed: what changed, newest first, a page at a time as the store hands it out."""

from typing import Any

import pandas as pd
import streamlit as st

from models.activity import WHAT, told
from models.language import spoken, tr, trn
from models.okr_changes import KINDS
from models.okr_filter import Filter
from models.okr_rows import OkrRows
from pages.parts import amounts, okr_bar, okr_words, sheet
from pages.parts.escape import one_line
from pages.parts.view import View

SHOWN = 50  # changes of a page


def said(total: int) -> str:
    return trn("{count} change", "{count} changes", total) if total else tr("Nothing changed that fits.")


def draw(workspace: Any, found: OkrRows, rows: pd.DataFrame, chosen: Filter, view: View) -> int:
    """Draws the feed; returns how many changes there are."""
    with st.container(horizontal=True, gap="small"):
        what = okr_bar.several(
            "what", list(WHAT), lambda code: f"{WHAT[code].icon} {WHAT[code].word}", tr("Kind"), tr("All kinds")
        )
        people = workspace.activity_people(view.as_of)
        by = okr_bar.several("by", people, one_line, tr("Person"), tr("Everyone")) if len(people) > 1 else ()
    only = list(rows["id"]) if chosen else None
    asked = {"only": only, "what": what, "people": by}
    page = int(st.session_state.get("activity_page", st.query_params.get("activity_page", 1)) or 1)
    feed = workspace.activity(view.cycle, view.as_of, view.team, **asked, most=SHOWN, skip=(page - 1) * SHOWN)
    if feed.rows.empty and page > 1:  # fewer pages than the link asks for
        feed = workspace.activity(view.cycle, view.as_of, view.team, **asked, most=SHOWN, skip=0)
    sheet.show([block(found, feed.rows, view)], view, key="okr_activity")
    okr_bar.page_of(feed.total, SHOWN, "activity")
    if view.team or chosen:
        st.caption(tr("Loads belong to no team and no key result: they are shown without these filters."))
    return int(feed.total)


def block(found: OkrRows, feed: pd.DataFrame, view: View) -> sheet.Block:
    statuses = {status.id: okr_words.status_word(found, status.id) for status in found.statuses}
    rows = []
    for row in feed.to_dict("records"):
        word = WHAT[row["what"]]
        rows.append(
            {
                "cells": [
                    {"text": amounts.moment(row["at"]), "meta": one_line(row["by"])},
                    sheet.badge(word),
                    {"text": one_line(_subject(row)), "meta": _about(row), **_opening(row, view)},
                    one_line(told(row, statuses)),
                ]
            }
        )
    return sheet.table([tr("When"), tr("Kind"), tr("What"), tr("Change")], rows)


def _subject(row: dict[str, Any]) -> str:
    many = row["what"] == "definition" and int(row["count"]) > 1
    if many:
        return tr("“{title}” and others", title=row["title"])
    return str(row["title"] or row["subject"])


def _about(row: dict[str, Any]) -> str:
    kind = spoken(KINDS[row["kind"]]) if row["kind"] in KINDS else ""
    return " · ".join(one_line(part) for part in (kind, row["team_name"]) if part)


def _opening(row: dict[str, Any], view: View) -> sheet.Block:
    """The page of what was changed, where there is one."""
    pages = {"key_result": ("key-result", "kr"), "kpi": ("trends", "kpi"), "load": ("loads", "load")}
    if row["kind"] not in pages or int(row["count"]) > 1:
        return {}
    page, name = pages[row["kind"]]
    params = {name: str(row["subject"])}
    return {"open": {"page": page, "params": params}, "href": view.href(page, **params)}
