"""A closed cycle keeps its scorecard; two days can be held beside each other; wins are counted as they were closed."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from models.frozen import FRAMES
from models.refused import Refused
from tests.clock import Clock
from workspace import LoadOptions, Workspace

STORY = Path(__file__).parents[1] / "scenarios" / "restated_history"
FIRST, SECOND = (next(STORY.glob(f"crm_{number}*.csv")).read_bytes() for number in (1, 2))
LOADED, RESTATED = datetime(2026, 10, 5, 8), datetime(2026, 11, 20, 8)


@pytest.fixture
def clock():
    return Clock(datetime(2026, 10, 10, 12))


@pytest.fixture
def workspace(tmp_path, clock):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=clock)
    workspace.import_okrs("okrs.yaml", (STORY / "okrs.yaml").read_bytes(), recorded_at=datetime(2026, 1, 1))
    workspace.load("crm.csv", FIRST, LoadOptions(recorded_at=LOADED))
    return workspace


def restate(workspace, clock) -> None:
    clock.now = datetime(2026, 12, 1, 12)
    workspace.load("crm.csv", SECOND, LoadOptions(recorded_at=RESTATED))


def test_a_restatement_after_the_closing_changes_nothing_in_it_and_is_told(workspace, clock):
    before = workspace.scorecard("2026-Q3")
    closed = workspace.close_cycle("2026-Q3", " Agreed. ")
    assert (closed.by, closed.at, closed.note, closed.card.as_of) == ("ann", clock.now, "Agreed.", date(2026, 10, 10))
    assert set(closed.versions) == {"python", "numpy", "pandas", "scipy", "duckdb"}
    restate(workspace, clock)
    kept = workspace.as_closed("2026-Q3")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(kept, name), getattr(before, name), check_exact=True)
    assert (kept.data_version, kept.policy, kept.shock) == (before.data_version, before.policy, before.shock)
    differ = workspace.since_closing("2026-Q3")
    assert differ[["id", "verdict_word_before", "verdict_word_after"]].to_numpy().tolist() == [
        ["joined", "Real win", "Honest miss"]
    ]
    assert differ["sentence_before"].tolist() == before.key_results["sentence"].tolist()


def test_the_series_of_a_closed_cycle_stay_even_against_a_load_of_the_same_day(workspace, clock):
    kpi = workspace.scorecard("2026-Q3").key_results["kpi"].iloc[0]
    pairs = [(kpi, "all")]
    before = workspace.series_many(pairs)
    workspace.close_cycle("2026-Q3")
    workspace.load("crm.csv", SECOND, LoadOptions(recorded_at=datetime(2026, 10, 10, 15)))
    pd.testing.assert_frame_equal(workspace.closed_series("2026-Q3", pairs), before)
    assert not workspace.series_many(pairs)["value"].equals(before["value"])


def test_closing_again_needs_a_reason_and_keeps_the_earlier_closing(workspace, clock):
    workspace.close_cycle("2026-Q3", "First.")
    restate(workspace, clock)
    with pytest.raises(Refused, match=r"cycle '2026-Q3' was closed on 2026-10-10 by ann; give a reason"):
        workspace.close_cycle("2026-Q3", reason="  ")
    workspace.close_cycle("2026-Q3", "Second.", reason="The register was corrected.")
    assert workspace.as_closed("2026-Q3").key_results["verdict"].tolist() == ["honest_miss"]
    assert workspace.closing("2026-Q3", date(2026, 11, 1)).card.key_results["verdict"].tolist() == ["real_win"]
    assert workspace.closing("2026-Q3", date(2026, 10, 9)) is None
    found = workspace.closings()
    assert found[["cycle", "note", "reason", "stands"]].to_numpy().tolist() == [
        ["2026-Q3", "First.", "", False],
        ["2026-Q3", "Second.", "The register was corrected.", True],
    ]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 29), "runs until 2026-09-30; close it from that day on"),
        (date(2026, 10, 11), "cannot be closed as of a day to come, found 2026-10-11"),
    ],
)
def test_only_a_cycle_that_is_over_is_closed(workspace, day, why):
    with pytest.raises(Refused, match=why):
        workspace.close_cycle("2026-Q3", as_of=day)
    assert workspace.closings().empty


def test_what_is_not_closed_is_refused(workspace):
    with pytest.raises(Refused, match="cycle '2026-Q3' is not closed; closed: none"):
        workspace.as_closed("2026-Q3")


def test_as_known_on_a_day_equals_what_was_computed_on_that_day(tmp_path, workspace, clock):
    """Whatever came later: loads, an edited target, a check-in, an undone load."""
    days = [date(2026, 10, 5), date(2026, 10, 10), date(2026, 11, 20), date(2026, 12, 1)]
    then = {}
    for day in days:
        clock.now = datetime.combine(day, datetime.min.time()).replace(hour=20)
        if day == days[1]:
            workspace.check_in("joined", 9.0, day, confidence=4)
        if day == days[2]:
            workspace.load("crm.csv", SECOND, LoadOptions(recorded_at=RESTATED))
        if day == days[3]:
            workspace.undo(2)
            edited = (STORY / "okrs.yaml").read_text(encoding="utf-8").replace("target: ", "target: 1")
            workspace.import_okrs("okrs.yaml", edited.encode())
        then[day] = workspace.scorecard("2026-Q3", day)
    clock.now = datetime(2027, 1, 5)
    verdicts = []
    for day in days:
        now = Workspace(tmp_path / "s.duckdb", now=clock).scorecard("2026-Q3", day)
        for name in FRAMES:
            pd.testing.assert_frame_equal(getattr(now, name), getattr(then[day], name), check_exact=True)
        verdicts += now.key_results["verdict"].tolist()
    assert verdicts[:3] == ["real_win", "real_win", "honest_miss"]


def test_then_and_now_names_the_restated_values_that_made_the_difference(workspace, clock):
    restate(workspace, clock)
    found = workspace.compare("2026-Q3", date(2026, 10, 10))
    assert (found.verdicts, found.rows["why"].tolist()) == (1, [["3 values were restated."]])
    assert found.restated[["period", "load_id", "file"]].astype(str).to_numpy().tolist() == [
        [f"2026-0{month}-01", "2", "crm.csv"] for month in (7, 8, 9)
    ]
    assert (found.restated["old"] != found.restated["new"]).all()
    assert workspace.compare("2026-Q3", date(2026, 11, 21), date(2026, 12, 1)).rows.empty
    with pytest.raises(Refused, match="comes after the second"):
        workspace.compare("2026-Q3", date(2026, 12, 1), date(2026, 10, 1))


def test_the_truth_gap_counts_a_closed_cycle_as_it_was_closed(workspace, clock):
    asked = []
    cycles, teams = workspace.truth_gap(progress=lambda share, cycle: asked.append((share, cycle)))
    assert asked == [(0.0, "2026-Q3")]
    assert cycles[["cycle", "closed", "claimed", "verified", "gap"]].to_numpy().tolist() == [
        ["2026-Q3", False, 1, 1, 0]
    ]
    workspace.close_cycle("2026-Q3")
    restate(workspace, clock)
    cycles, teams = workspace.truth_gap()
    assert cycles[["closed", "claimed", "verified"]].to_numpy().tolist() == [[True, 1, 1]]
    assert len(teams) == 1
    assert workspace.truth_gap(as_of=date(2025, 1, 1))[0].empty


def test_edits_name_who_and_when(workspace, clock):
    assert workspace.edits().empty
    edited = (STORY / "okrs.yaml").read_text(encoding="utf-8").replace("target: ", "target: 1")
    workspace.import_okrs("okrs.yaml", edited.encode())
    assert workspace.edits().to_numpy().tolist() == [["joined", pd.Timestamp(clock.now), "ann"]]
