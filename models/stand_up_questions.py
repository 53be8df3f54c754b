"""What a stand-up is to decide: the gravest question that each key result raises, and actions overdue for too long."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from models.amounts import short_day
from models.language import tr, trn
from models.policy import Policy
from models.stand_up_facts import (
    Line,
    Seen,
    action_words,
    blocker,
    confidence_fell,
    confidences,
    line_of,
    line_of_action,
    number,
    pace_sentence,
    passed,
)


def question(
    row: dict, before: dict | None, seen: Seen, as_of: date, running: bool, limit: int, policy: Policy
) -> Line | None:
    """The gravest question that a key result raises, if any."""
    blocked = blocker(seen, row["id"])
    if blocked:
        days = (as_of - blocked[0]).days
        text = trn(
            "Blocked for {count} day: who clears it, and by when?",
            "Blocked for {count} days: who clears it, and by when?",
            days,
        )
        return line_of("decide", row, text if days else tr("Blocked today: who clears it, and by when?"))
    late = next((wait for wait in seen.rows_of("waits", row["id"]) if wait["state"] in ("late", "dropped")), None)
    if late:
        return line_of("decide", row, tr("Get a day for “{other}”, or plan without it?", other=late["on_title"]))
    if row["move_verdict"] == "worse" and pd.notna(row["lo"]):
        return line_of("decide", row, tr("{kpi} got worse: stop, change, or carry on?", kpi=row["kpi_name"]))
    if row["verdict"] == "vanity":
        text = tr("It passes while {kpi} stands still: does it measure the right thing?", kpi=row["kpi_name"])
        return line_of("decide", row, text)
    if not running or passed(row):
        return None
    if row["pace_word"] == "at risk":
        said = row["confidence"]
        if pd.notna(said):
            text = tr("{pace} The owner gives it {number} of 10: help it, change the plan, or let it go?",
                      pace=pace_sentence(row), number=number(said))  # fmt: skip
        else:
            text = tr("{pace} Help it, change the plan, or let it go?", pace=pace_sentence(row))
        return line_of("decide", row, text)
    if before is not None and confidence_fell(row, before, policy):
        text = tr("Confidence fell from {before} to {now}: what would bring it back?", **confidences(row, before))
        return line_of("decide", row, text)
    return _silent(row, as_of, limit)


def _silent(row: dict, as_of: date, limit: int) -> Line | None:
    """Nobody has reported for longer than the rounds that may be missed."""
    if pd.isna(row["checked_in"]):
        return None  # the reminders tell of those who never began
    days = (pd.Timestamp(as_of) - row["checked_in"]).days
    if days <= limit:
        return None
    text = tr("Nobody has checked in since {day}: is it still pursued?", day=short_day(row["checked_in"]))
    return line_of("decide", row, text)


def action_questions(actions: pd.DataFrame, titles: dict[str, str], policy: Policy) -> Iterator[Line]:
    stale = actions[(actions["state"] == "overdue") & (actions["days"] > policy.stale_action)]
    for action in stale.to_dict("records"):
        text = trn(
            "{action} is {count} day overdue: do it, hand it on, or drop it?",
            "{action} is {count} days overdue: do it, hand it on, or drop it?",
            int(action["days"]),
            action=action_words(action),
        )
        yield line_of_action("decide", action, titles, text)
