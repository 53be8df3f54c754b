"""Milestones: when each stage was to be done, when it was, and how many days late or early that is."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from models.amounts import short_day
from models.company import DAY, TEXT
from models.language import tr, trn
from models.okr import KeyResult

STAGE_COLUMNS = {
    "key_result": TEXT, "place": "int64", "title": TEXT, "weight": "float64", "due": DAY, "done": DAY, "state": TEXT,
    "days": "float64",
}  # fmt: skip


def stages(key_results: Iterable[KeyResult], day: date) -> pd.DataFrame:
    """The stages of milestones, in the order written, and every yes/no as its one stage: STAGE_COLUMNS.

    `state` is done, overdue or open on the day; `days` is actual minus estimated, for what is done or overdue: above 0
    late, below 0 early, missing without an estimate.
    """
    rows = []
    for kr in key_results:
        own = [(stage.title, stage.weight, stage.due, stage.done) for stage in kr.stages]
        if kr.kind == "yes_no":
            own = [(kr.label, 1.0, kr.due, kr.done)]
        for place, (title, weight, due, finished) in enumerate(own):
            done = finished if finished and finished <= day else None
            late = None if due is None else (done - due).days if done else (day - due).days
            state = "done" if done else "overdue" if late is not None and late > 0 else "open"
            days = None if state == "open" else late
            rows.append((kr.id, place, title, weight, due, done, state, days))
    return pd.DataFrame(rows, columns=list(STAGE_COLUMNS)).astype(STAGE_COLUMNS)


def stage_sentence(row: dict) -> str:
    """`Norway: done on 13 Jul 2026, 2 days early.`"""
    title, done, due = row["title"], _day(row["done"]), _day(row["due"])
    if row["state"] == "done":
        if not due:
            return tr("{stage}: done on {day}.", stage=title, day=done)
        return tr("{stage}: done on {day}, {late}.", stage=title, day=done, late=lateness(row["days"]))
    if row["state"] == "overdue":
        return tr(
            "{stage}: was due on {day}, {late}, and is not done.", stage=title, day=due, late=lateness(row["days"])
        )
    return tr("{stage}: due on {day}.", stage=title, day=due) if due else tr("{stage}: not done yet.", stage=title)


def lateness(days: float) -> str:
    """`2 days early`, `on the day`, `3 days late`."""
    count = int(days)
    if count == 0:
        return tr("on the day")
    return trn("{count} day late", "{count} days late", count) if count > 0 else trn(
        "{count} day early", "{count} days early", -count
    )  # fmt: skip


def _day(value: object) -> str:
    return short_day(pd.Timestamp(value)) if pd.notna(value) else ""
