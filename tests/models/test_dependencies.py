"""What waits for what: loops, what came and when, in one approved sentence per branch; stages against estimates."""

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.company import Company
from models.dependencies import came_on, holds_up, loop, waits, waits_for
from models.okr import Dependency, KeyResult, Objective, Stage, Team
from models.stages import stage_sentence, stages

DAY = date(2026, 8, 20)


def test_loops():
    assert loop({"a": ["b"], "b": ["c"], "c": []}) == []
    assert loop({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert loop({"a": ["a"]}) == ["a", "a"]
    assert loop({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["gone"]}) == []  # a diamond is no loop
    chain = {str(n): [str(n + 1)] for n in range(3000)}
    assert loop(chain) == []  # deeper than Python's own stack


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3)))
def test_a_loop_is_found_exactly_where_there_is_one(edges):
    names = {str(key): [str(on) for on in value] for key, value in edges.items()}
    found = loop(names)
    left = {key: set(value) & set(names) for key, value in names.items()}
    while free := [key for key, value in left.items() if not value]:  # take away what waits for nothing
        left = {key: value - set(free) for key, value in left.items() if key not in free}
    assert bool(found) == bool(left)
    for one, two in pairwise(found):
        assert two in names[one]


def made(needed: str | None, other: KeyResult, reached: dict | None = None, dropped: set | None = None) -> dict:
    waiter = KeyResult(id="w", title="The launch", target=2,
                       depends_on=[Dependency(on="x", needed_by=date.fromisoformat(needed) if needed else None)])  # fmt: skip
    company = Company(
        teams=[Team(id="sales", name="Sales"), Team(id="app", name="App")],
        objectives=[Objective(id="s", team="sales"), Objective(id="a", team="app")],
        key_results={"s": [waiter], "a": [other]},
    )
    [row] = waits(company, reached or {}, dropped or set(), DAY).to_dict("records")
    return row


OPEN = KeyResult(id="x", title="The portal", kind="yes_no")
DONE = OPEN.model_copy(update={"done": date(2026, 8, 4)})


@pytest.mark.parametrize(
    ("row", "waiting", "holding"),
    [
        (made(None, OPEN), "Waits for “The portal” of App: not there yet.", "“The launch” of Sales waits for this."),
        (made("2026-09-01", OPEN), "Waits for “The portal” of App, needed by 1 Sep 2026: not there yet.",
         "“The launch” of Sales needs this by 1 Sep 2026."),
        (made("2026-08-08", OPEN), "Waits for “The portal” of App, needed by 8 Aug 2026: not there yet, 12 days late.",
         "Holds up “The launch” of Sales: it was needed by 8 Aug 2026, 12 days ago."),
        (made("2026-08-19", OPEN), "Waits for “The portal” of App, needed by 19 Aug 2026: not there yet, 1 day late.",
         "Holds up “The launch” of Sales: it was needed by 19 Aug 2026, 1 day ago."),
        (made("2026-08-01", DONE), "Waited for “The portal” of App, needed by 1 Aug 2026: it came on 4 Aug 2026, 3 days late.",
         "Held up “The launch” of Sales: it was needed by 1 Aug 2026 and came 3 days late."),
        (made("2026-08-05", DONE), "Waited for “The portal” of App, needed by 5 Aug 2026: it came on 4 Aug 2026, 1 day early.",
         "Helped “The launch” of Sales: it was needed by 5 Aug 2026 and came in time."),
        (made(None, DONE), "Waited for “The portal” of App: it came on 4 Aug 2026.",
         "Helped “The launch” of Sales, which waited for this."),
        (made("2026-08-05", OPEN, {"x": None}), "Waited for “The portal” of App: it is reached.",
         "Helped “The launch” of Sales, which waited for this."),
        (made("2026-08-05", OPEN, dropped={"x"}), "Waits for “The portal” of App, which was dropped.",
         "“The launch” of Sales still waits for this, which was dropped."),
        (made(None, KeyResult(id="other")), "Waits for “x”: not there yet.", "“The launch” of Sales waits for this."),
    ],
)  # fmt: skip
def test_one_sentence_per_branch(row, waiting, holding):
    assert (waits_for(row), holds_up(row)) == (waiting, holding)


def test_a_milestone_comes_with_its_last_stage():
    both = KeyResult(id="m", stages=[Stage(title="1", done=date(2026, 8, 1)), Stage(title="2", done=date(2026, 8, 9))])
    assert came_on(both, DAY) == date(2026, 8, 9)
    assert came_on(both, date(2026, 8, 8)) is None
    assert came_on(KeyResult(id="k", target=3), DAY) is None


def test_stages_against_their_estimates():
    milestone = KeyResult(
        id="m",
        stages=[
            Stage(title="Early", due=date(2026, 8, 10), done=date(2026, 8, 8)),
            Stage(title="On time", due=date(2026, 8, 10), done=date(2026, 8, 10)),
            Stage(title="Late", due=date(2026, 8, 10), done=date(2026, 8, 11)),
            Stage(title="Unplanned", done=date(2026, 8, 11)),
            Stage(title="Overdue", due=date(2026, 8, 17)),
            Stage(title="Ahead", due=date(2026, 8, 30)),
            Stage(title="Open"),
            Stage(title="Tomorrow", due=date(2026, 8, 19), done=date(2026, 8, 21)),
        ],
    )
    asked = KeyResult(id="y", title="Answered", kind="yes_no", due=date(2026, 8, 1), done=date(2026, 8, 3))
    frame = stages([milestone, asked, KeyResult(id="k", target=3)], DAY)
    assert [stage_sentence(row) for row in frame.to_dict("records")] == [
        "Early: done on 8 Aug 2026, 2 days early.",
        "On time: done on 10 Aug 2026, on the day.",
        "Late: done on 11 Aug 2026, 1 day late.",
        "Unplanned: done on 11 Aug 2026.",
        "Overdue: was due on 17 Aug 2026, 3 days late, and is not done.",
        "Ahead: due on 30 Aug 2026.",
        "Open: not done yet.",
        "Tomorrow: was due on 19 Aug 2026, 1 day late, and is not done.",
        "Answered: done on 3 Aug 2026, 2 days late.",
    ]
    assert frame["state"].tolist() == ["done"] * 4 + ["overdue", "open", "open", "overdue", "done"]
    assert pd.isna(frame.loc[5, "days"])
