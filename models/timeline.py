"""Key results in time: when each is due, the stages of milestones, and what waits for what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from models.okr import KeyResult
from models.okr_rows import OkrRows
from models.verdict import Word

STAGES: dict[str, Word] = {
    "done": Word("Done", "✓", "good", "The stage is finished."),
    "late": Word("Late", "⚠", "bad", "The day is over and the stage is not finished."),
    "open": Word("To come", "◇", "neutral", "The day is still to come, or none was set."),
}
WAITS: dict[str, Word] = {
    "met": Word("Met", "✓", "good", "What was needed is there."),
    "late": Word("Late", "⚠", "bad", "It was needed by a day that is over, and is not there."),
    "too_late": Word("Planned too late", "⚠", "warn", "It is due after the day on which it is needed."),
    "waiting": Word("Waiting", "◷", "neutral", "It is needed later, and due in time."),
    "elsewhere": Word("Elsewhere", "?", "neutral", "It is not among the key results of this cycle."),
}
STAGE_COLUMNS = ["key_result", "title", "due", "done", "state"]
WAIT_COLUMNS = ["key_result", "title", "on", "on_title", "needed_by", "on_due", "note", "state"]


@dataclass(frozen=True)
class Plan:
    """`stages`: STAGE_COLUMNS; `waits`: WAIT_COLUMNS, one per dependency. Codes of `state` are in STAGES and WAITS."""

    stages: pd.DataFrame = field(repr=False)
    waits: pd.DataFrame = field(repr=False)

    def of(self, key_results: pd.Series) -> "Plan":
        """Only what concerns these key results: their stages, and what they wait for."""
        names = set(key_results)
        return Plan(
            self.stages[self.stages["key_result"].isin(names)], self.waits[self.waits["key_result"].isin(names)]
        )


def plan(found: OkrRows, key_results: list[KeyResult], titles: Mapping[str, str]) -> Plan:
    """Stages and dependencies of a cycle's key results, as they stand on its as-of day.

    `key_results` are the cycle's, `titles` those of all key results there are. A dependency without a day of its own
    is needed by the day on which the one that waits is due.
    """
    today = found.card.as_of
    rows = {
        str(row["id"]): row for row in found.rows[["id", "due", "ended"]].to_dict("records")
    }  # fmt: skip
    stages = [
        (kr.id, stage.title, _stamp(stage.due), _stamp(stage.done), _stage(stage.due, stage.done, today))
        for kr in key_results
        for stage in kr.stages
    ]
    waits = []
    for kr in key_results:
        for wait in kr.depends_on:
            needed = _stamp(wait.needed_by)
            if pd.isna(needed) and kr.id in rows:
                needed = rows[kr.id]["due"]
            on = rows.get(wait.on)
            on_due = on["due"] if on else pd.NaT
            state = _wait(on, needed, pd.Timestamp(today))
            waits.append((kr.id, kr.label, wait.on, titles.get(wait.on, wait.on), needed, on_due, wait.note, state))
    return Plan(_frame(stages, STAGE_COLUMNS, ["due", "done"]), _frame(waits, WAIT_COLUMNS, ["needed_by", "on_due"]))


def _stage(due: date | None, done: date | None, today: date) -> str:
    if done is not None and done <= today:
        return "done"
    return "late" if due is not None and due < today else "open"


def _wait(on: dict | None, needed: pd.Timestamp, today: pd.Timestamp) -> str:
    if on is None:
        return "elsewhere"
    if on["ended"]:
        return "met"
    if needed < today:
        return "late"
    return "too_late" if on["due"] > needed else "waiting"


def _stamp(day: date | None) -> pd.Timestamp:
    return pd.NaT if day is None else pd.Timestamp(day)


def _frame(rows: list[tuple], columns: list[str], days: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[ns]") for name in days})
