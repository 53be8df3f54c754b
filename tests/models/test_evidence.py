"""With how much of its own past a KPI was compared."""

import numpy as np
import pandas as pd
import pytest

from models.calibration import earlier_windows
from models.evidence import _compared
from models.expectation import foretell


@pytest.mark.parametrize(
    ("history", "window", "count"),
    [(150, 13, 10), (60, 13, 3), (12, 3, 2), (8, 3, 0), (9, 3, 1), (4, 1, 0), (30, 20, 0), (40, 20, 1), (40, 0, 0)],
)
def test_earlier_windows_are_those_the_models_look_at(history: int, window: int, count: int) -> None:
    assert earlier_windows(history, window) == count
    if window:
        u = np.linspace(0, 1, history)[None]
        weight = np.full((1, window), 1 / window)
        got = foretell("week", u, np.array([history]), np.ones((1, window)), weight)
        assert int(got.past.sum()) == count


@pytest.mark.parametrize(("cadence", "rows", "window", "count"), [("week", 163, 13, 10), ("day", 350, 91, 1)])
def test_days_are_compared_as_weeks(cadence: str, rows: int, window: int, count: int) -> None:
    path = pd.DataFrame({"in_window": [False] * (rows - window) + [True] * window})
    assert _compared(path, cadence) == count


def test_what_was_not_judged_was_compared_with_nothing() -> None:
    assert _compared(pd.DataFrame(columns=["in_window"]), "week") == 0
