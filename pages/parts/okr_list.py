"""The list: one dense row per key result, sorted as asked, a page at a time."""

from typing import Any

import pandas as pd

from models.language import tr
from models.okr_filter import sort
from models.okr_rows import NOT_SET, OkrRows
from models.scorecard import headline
from models.verdict import VERDICTS
from pages.parts import okr_bar, okr_words, sheet
from pages.parts.view import View

SHOWN = 50  # rows of a page


def said(rows: pd.DataFrame) -> str:
    return headline(rows)


def draw(found: OkrRows, rows: pd.DataFrame, by: str, view: View) -> None:
    ordered = sort(rows, by, [NOT_SET, *(status.id for status in found.statuses)], list(VERDICTS))
    shown = ordered.iloc[okr_bar.page_of(len(ordered), SHOWN, "list")]
    sheet.show([block(found, shown, view)], view, key="okr_list_rows")


def block(found: OkrRows, rows: pd.DataFrame, view: View) -> sheet.Block:
    columns = [tr("Key result"), tr("Owner"), tr("Status"), tr("Verdict"), tr("Score"), tr("Confidence"), tr("Due")]
    made = [_row(found, row, view) for row in rows.to_dict("records")]
    return sheet.table(columns, made, numbers=(tr("Confidence"),))


def _row(found: OkrRows, row: dict[str, Any], view: View) -> sheet.Block:
    meta = " · ".join(part for part in (okr_words.where(row), ", ".join(row["tags"])) if part)
    name = {"text": okr_words.title(row), "meta": meta, **okr_words.opening(row, view)}
    verdict = [word for word in (okr_words.verdict(row), *okr_words.flags(row)) if word]
    cells = [
        name, okr_words.owner(row["owner"]), okr_words.status_cell(found, row), {"badges": verdict},
        {"bar": okr_words.score(found, row)}, okr_words.confidence(row["confidence"]), okr_words.due(row),
    ]  # fmt: skip
    return {"cells": cells}
