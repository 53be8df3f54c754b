"""From the form, and from a row of the table, to a key result: what the form does not show stays as it was."""

from datetime import date

import pandas as pd
import pytest

from models.kpi import Kpi
from models.okr import Checkpoint, Dependency, KeyResult, Link, Objective
from models.planned import Planned, Stamp
from pages.parts.plan_fields import Fields, fields_of, guardrails_for, key_result_of
from pages.parts.plan_table import edits_of, frame_of

KPIS = {
    "dau": Kpi(id="dau", name="Daily active users", owner="app"),
    "nps": Kpi(id="nps", name="NPS", owner="app"),
    "share": Kpi(id="share", name="Share", unit="%", owner="support"),
    "calls": Kpi(id="calls", name="Calls", direction="down", owner="support"),
}
EVERY = [
    KeyResult(id="a", title="A", kpi="dau", baseline=100.0, target=120.0, checkpoints=[Checkpoint(on=date(2026, 8, 1), progress=0.5)]),
    KeyResult(id="b", title="B", baseline=5.0, target=2.0, reading="trailing", trailing=4,
              links=[Link(kpi="calls", role="measure"), Link(kpi="nps", role="outcome", lag=14), Link(kpi="dau", role="outcome"),
                     Link(kpi="share", role="guardrail", lag=3), Link(kpi="dau", role="control", segment="DE")]),
    KeyResult(id="c", title="C", band=[0, 10], links=[Link(kpi="calls", role="measure")], depends_on=[Dependency(on="a")]),
    KeyResult(id="d", title="D", stages=[{"title": "one", "weight": 2, "due": "2026-08-01"}], kpi=None),
    KeyResult(id="e", title="E", kind="yes_no", done=date(2026, 8, 1), tags=["x"], links=[Link(kpi="nps", role="outcome", lag=7)]),
    KeyResult(id="f", title="F", kpi="dau", segment="DE", target=3.0, links=[Link(kpi="dau", role="outcome", lag=5, segment="DE")]),
]  # fmt: skip


@pytest.mark.parametrize("kr", EVERY, ids=lambda kr: kr.id)
def test_an_untouched_form_changes_nothing(kr):
    assert key_result_of(kr, fields_of(kr), KPIS) == (kr, [])


def test_a_new_key_result_takes_the_short_form_and_the_unit():
    said = Fields(title="More", measure="share", outcome="share", target=60.0, guardrails=["calls"], owner="Ada")
    made, problems = key_result_of(KeyResult(id="new", kind="yes_no"), said, KPIS)
    assert problems == []
    assert (made.kpi, made.format, made.baseline, made.kind) == ("share", "percent", "auto", "increase")
    assert made.links == [Link(kpi="calls", role="guardrail")]
    assert made.all_links[0] == Link(kpi="share", role="measure")


def test_a_lag_needs_links_of_their_own():
    said = Fields(title="More", measure="dau", outcome="dau", lag=14, target=60.0)
    made, _ = key_result_of(KeyResult(id="new", kind="yes_no"), said, KPIS)
    assert made.kpi is None
    assert made.links == [Link(kpi="dau", role="measure"), Link(kpi="dau", role="outcome", lag=14)]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Fields(title=" ", target=1.0), "Write in one sentence what will be different."),
        (Fields(title="A"), "Give the target: the value that is to be reached."),
        (Fields(title="A", kind="maintain"), "Give the band: the lowest or the highest value that is still good."),
        (Fields(title="A", kind="milestone"), "Name the stages, one a row."),
        (Fields(title="A", kind="yes_no", reading="trailing"), "Say over how many periods the mean is taken."),
        (Fields(title="A", baseline=9.0, target=1.0), "kind is increase, but the target 1 is below the baseline 9"),
    ],
)
def test_what_is_missing_is_said(said, problem):
    assert key_result_of(KeyResult(id="new", kind="yes_no"), said, KPIS) == (None, [problem])


def test_guardrails_that_hang_on_the_same_driver_are_suggested_others_first():
    drivers = {"nps": frozenset({"calls"}), "dau": frozenset({"calls"}), "share": frozenset({"calls"})}
    assert guardrails_for("nps", "app", KPIS, drivers) == ["share", "calls", "dau"]
    assert guardrails_for("", "app", KPIS, drivers) == []


PLAN = [
    Planned(Objective(id="o", title="Grow", team="app", cycle="2026-Q4"), Stamp(1, None, "ann"), None,
            [(kr, Stamp(3, None, "ann")) for kr in EVERY]),
    Planned(Objective(id="p", title="Calm", team="app", cycle="2026-Q4"), Stamp(1, None, "ann")),
]  # fmt: skip


def edited(changes: dict[int, dict], added: list[dict] = ()):
    frame = frame_of(PLAN)
    for row, cells in changes.items():
        for name, value in cells.items():
            frame.loc[row, name] = value
    for cells in added:
        frame = pd.concat([frame, pd.DataFrame([cells])], ignore_index=True)
    return edits_of(frame, PLAN, KPIS, {"a", "b", "c", "d", "e", "f"})


def test_an_untouched_table_changes_nothing():
    assert edited({}) == ([], [])
    assert list(frame_of(PLAN)["baseline"]) == ["100", "5", "", "", "", "auto"]


def test_cells_become_edits_on_the_version_that_was_seen():
    edits, problems = edited({
        0: {"title": "AA", "target": 130.0, "due": pd.Timestamp("2026-12-01"), "tags": "x; y"},
        1: {"kpi": "dau", "weight": 2.0},
        2: {"owner": "Ada", "objective": "p"},
    })  # fmt: skip
    assert problems == []
    assert [(e.id, e.based_on, e.objective) for e in edits] == [("a", 3, "o"), ("b", 3, "o"), ("c", 3, "p")]
    first, second, third = (e.definition for e in edits)
    assert (first.title, first.target, first.due, first.tags) == ("AA", 130.0, date(2026, 12, 1), ["x", "y"])
    assert first.checkpoints == EVERY[0].checkpoints
    assert [(o.kpi, o.role) for o in second.links[:2]] == [("dau", "measure"), ("nps", "outcome")]
    assert (third.owner, third.band) == ("Ada", EVERY[2].band)


def test_a_new_row_is_a_new_key_result():
    edits, problems = edited({}, [
        {"objective": "p", "title": "Fewer calls", "kpi": "calls", "baseline": "auto", "target": 50.0},
        {"objective": "p", "title": "A new one", "kpi": None, "baseline": "", "target": None},
        {"objective": None, "title": None},
    ])  # fmt: skip
    assert problems == []
    assert [(e.id, e.based_on, e.objective, e.definition.kind) for e in edits] == [
        ("fewer-calls-2026-q4", 0, "p", "decrease"), ("a-new-one-2026-q4", 0, "p", "yes_no"),
    ]  # fmt: skip


def test_each_row_says_what_is_wrong_and_what_to_do():
    edits, problems = edited(
        {0: {"target": 100.0}, 1: {"baseline": "lots"}},
        [{"objective": None, "title": "X"}, {"objective": "o", "target": 1.0}],
    )
    assert edits == []
    assert [(p.row, p.what, p.todo) for p in problems] == [
        (1, "the target equals the baseline (100): progress would divide by zero; set another target, or use kind "
         "maintain with a band", "Correct the cell, or drop the change."),
        (2, "The baseline “lots” is no number.", "Write digits with a decimal point, or auto."),
        (7, "It belongs to no objective.", "Choose one in the first column."),
        (8, "It has no words.", "Write what will be different."),
    ]  # fmt: skip
