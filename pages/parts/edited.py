"""Targets edited after the cycle began: the original beside the current one, the score against both, who and when."""

from typing import Any

import streamlit as st

from models.language import tr
from pages.parts import amounts, sheet
from pages.parts.view import View

SHOWN = 12  # edited key results on the page; the rest are on their own pages


def edited_targets(workspace: Any, view: View, card: Any) -> None:
    """Nothing when no target of the scorecard was edited."""
    rows = card.key_results[card.key_results["flags"].map(lambda codes: "target_edited" in codes)]
    if rows.empty:
        return
    edits = workspace.edits(card.as_of).set_index("key_result")
    st.header(tr("Targets edited after the cycle began"), anchor=False)
    columns = [tr("Key result"), tr("Original"), tr("Edited"), tr("Last edit")]
    cells = [_row(row, edits, view) for row in rows.head(SHOWN).to_dict("records")]
    caption = tr("Passing is decided by the edited target; the original stands beside it.")
    if len(rows) > SHOWN:
        caption = tr("The first {shown} of {count}.", shown=SHOWN, count=len(rows)) + " " + caption
    sheet.show([sheet.table(columns, cells, caption=caption)], view, key="edited")


def _row(row: dict[str, Any], edits: Any, view: View) -> sheet.Block:
    unit = row["unit"]
    known = row["id"] in edits.index
    by = str(edits.loc[row["id"], "recorded_by"]) if known else ""
    return {
        "cells": [
            {"text": row["title"] or row["id"], "meta": row["team_name"]},
            _side(row["original_baseline"], row["original_target"], row["score_original_target"], unit),
            _side(row["baseline"], row["target"], row["score"], unit),
            {"text": amounts.day(edits.loc[row["id"], "recorded_at"]) if known else amounts.UNKNOWN, "meta": by},
        ],
        "open": {"page": "key-result", "params": {"kr": str(row["id"])}},
        "href": view.href("key-result", kr=str(row["id"])),
    }


def _side(baseline: Any, target: Any, score: Any, unit: str) -> dict[str, str]:
    way = f"{amounts.level(baseline)} → {amounts.level(target, unit)}"
    return {"text": way, "meta": tr("score {score}", score=amounts.score(score))}
