"""What falls on which day: due dates, stages, check-ins made, ends of cycles, events."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import date

import pandas as pd

from models.okr import Cycle
from models.verdict import Word

KINDS: dict[str, Word] = {  # in the order in which they stand on a day
    "cycle": Word("Cycle ends", "◷", "warn", "The last day of a cycle."),
    "due": Word("Due", "◇", "neutral", "The day on which a key result is due."),
    "due_late": Word("Overdue", "⚠", "bad", "The day is over, and it is neither passed nor ended."),
    "due_done": Word("Due, and there", "✓", "good", "It was due that day, and is passed or ended."),
    "stage": Word("Stage", "△", "neutral", "A stage of a milestone is due."),
    "stage_late": Word("Stage late", "⚠", "bad", "The day is over and the stage is not finished."),
    "stage_done": Word("Stage done", "✓", "good", "The day on which a stage was finished."),
    "event": Word("Event", "○", "neutral", "Something that happened, as written down."),
    "check_in": Word("Check-in", "✎", "neutral", "An owner reported where it stands."),
}
COLUMNS = ["day", "what", "key_result", "title", "count"]
TOGETHER = 2  # more check-ins than this on one day are shown as one entry


def entries(
    rows: pd.DataFrame, stages: pd.DataFrame, check_ins: pd.DataFrame, cycles: Sequence[Cycle], events: pd.DataFrame
) -> pd.DataFrame:
    """Everything that falls on a day: COLUMNS, in order of day and of KINDS. `key_result` is "" for what is nobody's.

    `rows` as models.okr_rows makes them; `stages`: key_result, title, due, done, state; `check_ins`: key_result, day;
    `events`: day, title. Only stages and check-ins of the rows are taken.
    """
    names = set(rows["id"])
    what = pd.Series("due", index=rows.index).mask(rows["late"], "due_late").mask(rows["ended"], "due_done")
    due = pd.DataFrame({"day": rows["due"], "what": what, "key_result": rows["id"], "title": rows["title"]})
    planned = stages[stages["key_result"].isin(names)]
    day = planned["done"].where(planned["state"] == "done", planned["due"])
    kinds = planned["state"].map({"done": "stage_done", "late": "stage_late", "open": "stage"})
    staged = pd.DataFrame({"day": day, "what": kinds, "key_result": planned["key_result"], "title": planned["title"]})
    ends = pd.DataFrame({"day": [pd.Timestamp(c.end) for c in cycles], "title": [c.label for c in cycles]})
    happened = events[["day", "title"]]
    mine = check_ins[check_ins["key_result"].isin(names)]
    parts = [
        due.assign(count=1),
        staged.assign(count=1).dropna(subset=["day"]),
        ends.assign(what="cycle", key_result="", count=1),
        happened.assign(what="event", key_result="", count=1),
        _made(mine, rows),
    ]
    parts = [part[COLUMNS] for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    out = pd.concat([part.astype({"day": "datetime64[ns]"}) for part in parts], ignore_index=True)
    order = out["what"].map({code: rank for rank, code in enumerate(KINDS)})
    return out.assign(order=order).sort_values(["day", "order"], kind="stable", ignore_index=True)[COLUMNS]


def _made(check_ins: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Check-ins: each by itself, or one entry for the day where there are many."""
    titles = dict(zip(rows["id"], rows["title"], strict=True))
    each = check_ins[["day", "key_result"]].assign(what="check_in", title=check_ins["key_result"].map(titles), count=1)
    many = each.groupby("day")["count"].transform("sum") > TOGETHER
    sums = each[many].groupby("day", as_index=False)["count"].sum()
    together = sums.assign(what="check_in", key_result="", title="")
    return pd.concat([each[~many], together], ignore_index=True) if len(sums) else each


def weeks(month: date) -> list[list[date]]:
    """The days of a month's grid, Monday first, with those of the neighbours that fill its first and last week."""
    return Calendar().monthdatescalendar(month.year, month.month)
