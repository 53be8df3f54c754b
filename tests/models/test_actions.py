"""Actions: their state on a day, and in which order they are told."""

from datetime import date

import pandas as pd

from models.actions import Action, action_frame

MADE = date(2026, 7, 1)
ACTIONS = [
    ("a1", Action(title="Someday", made=MADE)),
    ("a2", Action(title="Ahead", made=MADE, due=date(2026, 8, 1), owner="Ada")),
    ("a3", Action(title="Late", made=MADE, due=date(2026, 7, 18))),
    ("a4", Action(title="Later", made=MADE, due=date(2026, 7, 10))),
    ("a5", Action(title="Finished", made=MADE, due=date(2026, 7, 10), done=date(2026, 7, 12))),
    ("a6", Action(title="Gone", made=MADE, dropped=date(2026, 7, 12))),
]


def test_states_and_order():
    frame = action_frame(ACTIONS, date(2026, 7, 20))
    assert frame[["id", "state"]].values.tolist() == [
        ["a4", "overdue"], ["a3", "overdue"], ["a2", "open"], ["a1", "open"], ["a5", "done"], ["a6", "dropped"],
    ]  # fmt: skip
    assert frame["days"].head(3).tolist() == [10.0, 2.0, -12.0]
    assert pd.isna(frame.loc[3, "days"])


def test_an_action_done_later_is_open_before():
    frame = action_frame(ACTIONS, date(2026, 7, 11)).set_index("id")
    assert (frame.loc["a5", "state"], frame.loc["a5", "days"], frame.loc["a6", "state"]) == ("overdue", 1.0, "open")
    assert action_frame([], MADE).empty
