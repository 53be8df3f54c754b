"""What differs between two scorecards, and why, on rows made by hand."""

import numpy as np
import pandas as pd

from models.differences import RESTATED, differences, reasons, restated


def rows(**changed) -> pd.DataFrame:
    base = {
        "id": ["a", "b"], "title": ["A", "B"], "team": "t", "team_name": "T", "unit": "", "kpi": ["k", "m"],
        "kpi_name": ["K", "M"], "kpi_unit": "%", "verdict": ["vanity", "unproven"],
        "verdict_word": ["Vanity", "Unproven"], "sentence": ["S.", "U."], "score": [1.0, np.nan],
        "current": [5.0, np.nan], "actual": [2.0, np.nan], "baseline": [0.0, 0.0], "target": [5.0, 5.0],
        "passed": [True, None],
    }  # fmt: skip
    return pd.DataFrame({**base, **changed})


def test_equal_scorecards_do_not_differ_and_unknown_equals_unknown():
    assert differences(rows(), rows(score=[1.0 + 1e-12, np.nan])).empty


def test_a_verdict_a_score_a_value_and_a_target_are_told_apart():
    after = rows(verdict=["real_win", "unproven"], score=[1.0, 0.4], actual=[2.5, np.nan], target=[6.0, 5.0])
    found = differences(rows(), after).set_index("id")
    columns = ["verdict_differs", "score_differs", "value_differs", "edited", "only"]
    assert found.loc["a", columns].tolist() == [True, False, True, True, ""]
    assert found.loc["b", columns].tolist() == [False, True, False, False, ""]
    assert found.loc["a", ["verdict_before", "verdict_after"]].tolist() == ["vanity", "real_win"]


def test_a_key_result_of_one_side_alone():
    found = differences(rows(id=["a", "old"]), rows(id=["a", "new"]))
    assert found[["id", "only", "verdict_differs"]].to_numpy().tolist() == [
        ["new", "after", True],
        ["old", "before", True],
    ]


DAYS = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"])


def values(*numbers: float | None, load: int = 1) -> pd.DataFrame:
    frame = pd.DataFrame({"kpi": "k", "segment": "all", "period": DAYS, "value": numbers, "load_id": load})
    return frame.dropna(subset=["value"])


LOADS = pd.DataFrame({"load_id": [1, 2], "file": ["a.csv", "b.csv"], "recorded_at": pd.to_datetime(["2026-04-01"] * 2)})


def test_values_known_differently_name_their_load():
    found = restated(values(1, 2, None), values(1, 3, 4, load=2), LOADS)
    assert found.columns.tolist() == RESTATED
    told = (
        found[["period", "old", "new", "load_id", "file"]].astype(object).where(found.notna(), None).to_numpy().tolist()
    )
    assert told == [[DAYS[1], 2.0, 3.0, 2, "b.csv"], [DAYS[2], None, 4.0, 2, "b.csv"]]


def test_reasons_count_the_values_that_a_key_result_reads():
    changed = restated(values(1, 2, None), values(5, 3, 4, load=2), LOADS)
    changed = pd.concat([changed, changed.tail(1).assign(new=np.nan, old=1.0, segment="DE")])
    uses = pd.DataFrame(
        [("a", "k", "all", DAYS[1]), ("b", "k", "DE", DAYS[2]), ("c", "x", "all", DAYS[2])],
        columns=["key_result", "kpi", "segment", "until"],
    )
    found = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d", "e"],
            "only": ["", "", "", "after", "before"],
            "edited": [True, False, False, False, False],
        }
    )
    assert reasons(found, uses, changed) == [
        ["2 values were restated.", "Its baseline or target is another."],
        ["1 value was taken back."],
        ["Another check-in, a definition, or time alone: no value that it reads was changed."],
        ["It was added in between."],
        ["It is no longer in this cycle."],
    ]
