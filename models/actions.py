"""Actions: what somebody said they would do, by when, and whether they did."""

from datetime import date

import pandas as pd

from models.company import DAY, TEXT
from models.definition import Definition, Identifier, Text

ACTION_COLUMNS = {
    "id": TEXT, "title": TEXT, "owner": TEXT, "team": TEXT, "key_result": TEXT, "cycle": TEXT, "made": DAY, "due": DAY,
    "done": DAY, "dropped": DAY, "state": TEXT, "days": "float64",
}  # fmt: skip
STATES = ("overdue", "open", "done", "dropped")


class Action(Definition):
    """What is to be done. It is carried over until it is done or dropped, each on a day."""

    title: Identifier
    owner: Text = ""
    team: Identifier | None = None
    key_result: Identifier | None = None
    cycle: Identifier | None = None
    due: date | None = None
    made: date
    done: date | None = None
    dropped: date | None = None


def action_frame(actions: list[tuple[str, Action]], day: date) -> pd.DataFrame:
    """Actions as they stand on a day, what is overdue first, then by due day: ACTION_COLUMNS.

    `state` is overdue, open, done or dropped; `days` how long an open one is overdue (below 0: days left).
    """
    rows = []
    for identifier, action in actions:
        done = action.done is not None and action.done <= day
        dropped = action.dropped is not None and action.dropped <= day
        late = (day - action.due).days if action.due else None
        state = "done" if done else "dropped" if dropped else "overdue" if late is not None and late > 0 else "open"
        owner = action.owner or None
        rows.append((identifier, action.title, owner, action.team, action.key_result, action.cycle, action.made,
                     action.due, action.done, action.dropped, state, late))  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(ACTION_COLUMNS)).astype(ACTION_COLUMNS)
    place = frame["state"].map({state: at for at, state in enumerate(STATES)})
    order = frame.assign(place=place).sort_values(["place", "due", "made"], kind="stable", na_position="last").index
    return frame.loc[order].reset_index(drop=True)
