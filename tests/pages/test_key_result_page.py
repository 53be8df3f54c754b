"""What lies ahead of a running key result, and what warns of it: the words of every branch, and the page."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from models.evidence import Evidence
from models.forecast import Forecast
from models.okr import Cycle
from models.plan_check import PlanCheck
from models.policy import POLICY
from models.signals import CommonShock
from pages import key_result, scorecard
from pages.parts import charts
from pages.parts.evidence_words import how_sure, shock_note
from pages.parts.outlook_words import forecast_words, plan_words
from tests.pages.fake_workspace import FakeWorkspace, key_results
from tests.pages.test_every_page import _blocks, run

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
ROW = key_results(10, hostile=False).iloc[0].copy()
ROW["trailing"] = 4.0
AHEAD = pd.DataFrame(
    {
        "period": pd.date_range("2026-08-17", periods=7, freq="W-MON"),
        "expected": 50.0, "lo": 45.0, "hi": 55.0, "lo50": 48.0, "hi50": 52.0,
    }
)  # fmt: skip
FORECAST = Forecast(48.0, 46.0, 53.0, 0.13, 7, 6, "mean", "", AHEAD)
PLAN = PlanCheck(0.04, 26.0, 0.12, 0.62, 0.09, 0.08, 9, "")
SHOCK = CommonShock("up", 7, 9, 0.12, 1e-6)
INTERVAL = "Left as it is, Orders will end at about 48 %; with 95 % confidence between 46 % and 53 %."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {},
            [
                "The chance of reaching 52 % is 13 %.",
                f"{INTERVAL} That is a score of 0.67 (0.50 to 1.00).",
                "What counts is its mean over the cycle, which varies less than the single weeks drawn. 7 of 13 weeks "
                "are known.",
            ],
        ),
        (
            {"reading": "last", "chance": 0.001},
            [
                "The chance of reaching 52 % is below 1 %.",
                f"{INTERVAL} That is a score of 0.67 (0.50 to 1.00).",
                "What counts is its last value. 7 of 13 weeks are known.",
            ],
        ),
        (
            {"reading": "trailing", "chance": None},
            [
                f"{INTERVAL} That is a score of 0.67 (0.50 to 1.00).",
                "What counts is the mean of its last 4 weeks, which varies less than the single weeks drawn. 7 of 13 "
                "weeks are known.",
            ],
        ),
        (
            {"reading": "sum", "left": 0, "known": 13},
            ["What counts is its sum over the cycle. 13 of 13 weeks are known. Orders ended at 48 %."],
        ),
        ({"reason": "short_history"}, ["Nothing can be said of where Orders will end: there is too little history."]),
    ],
)
def test_where_it_will_end(change: dict[str, Any], said: list[str]) -> None:
    assert forecast_words(replace(FORECAST, **change), ROW, "Orders", "%", "week") == said


def test_a_band_is_stayed_in_and_has_no_score_of_its_own() -> None:
    row = ROW.copy()
    row["kind"] = "maintain"
    said = forecast_words(FORECAST, row, "Orders", "%", "week")
    assert said[:2] == ["The chance of staying inside the band is 13 %.", INTERVAL]


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (
            {},
            "Worth setting: luck is unlikely to meet it, its past shows it can be done, and the change would show.",
        ),
        (
            {"chance_by_luck": 0.5},
            "Too easy: doing nothing meets it more often than not, so meeting it would say nothing of the work.",
        ),
        (
            {"chance_of_target": 0.09},
            "Out of reach so far: even the best window of the past, repeated, would hardly meet it.",
        ),
        ({"wanted": 0.03}, "Too small to show: one cycle cannot tell a change of this size from chance."),
        (
            {"chance_by_luck": np.nan, "chance_of_target": np.nan},
            "There is no target to check; this is what one cycle could show.",
        ),
        ({"reason": "short_history"}, "The plan cannot be checked: Orders has too little history before the cycle."),
    ],
)
def test_whether_the_target_is_worth_setting(change: dict[str, Any], answer: str) -> None:
    assert plan_words(replace(PLAN, **change), ROW, "Orders", "%", POLICY)[0] == answer


def test_what_the_plan_check_asked_of_the_past() -> None:
    assert plan_words(PLAN, ROW, "Orders", "%", POLICY)[1] == [
        (
            "Smallest change that shows",
            "4.0 %",
            "A lasting change of Orders by this much is told from chance in four cycles out of five.",
        ),
        ("Time until it shows", "26 weeks", "The target asks for a change of 8.0 % against what is expected anyway."),
        ("Chance by doing nothing", "12 %", "52 % is met with this chance if everything goes on as before the cycle."),
        (
            "Chance if the best repeats",
            "62 %",
            "The best of 9 earlier windows brought +9.0 % against what was expected then.",
        ),
    ]
    alone = replace(PLAN, weeks_needed=np.nan, chance_by_luck=np.nan, chance_of_target=np.nan)
    assert plan_words(alone, ROW, "Orders", "%", POLICY)[1][1:] == [
        (
            "Time until it shows",
            "over a year",
            "The smallest change that matters is 8.0 % against what is expected anyway.",
        )
    ]
    assert plan_words(replace(PLAN, n=1), ROW, "Orders", "%", POLICY)[1][3][2].startswith("The earlier window brought")
    assert plan_words(replace(PLAN, reason="short_history"), ROW, "Orders", "%", POLICY)[1] == []


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("lasting", "It came with the start of the window and stayed."),
        ("growing", "It grew as the window went on."),
        ("fading", "It faded inside the window: most of it came early, so do not count on it to last."),
    ],
)
def test_how_a_movement_went(shape: str, said: str) -> None:
    row = ROW.copy()
    row["shape"] = shape
    assert how_sure(row, POLICY, 3)[2] == said


PAST = (
    "To know how far to trust that, the same forecast was made for {} of its own past. How wrong it {}, and how wrong "
)
PAST += "it is for others with as much history, sets the width of the interval."


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (10, PAST.format("10 earlier windows", "was in them")),
        (1, PAST.format("1 earlier window", "was there")),
        (
            0,
            "The history of Daily actives holds no earlier window of this length, so the width of the interval is what "
            "series with as little history turned out to need.",
        ),
    ],
)
def test_with_how_much_of_its_past_it_was_compared(count: int, said: str) -> None:
    assert how_sure(ROW, POLICY, count)[-1] == said


def test_where_line_and_effect_differ_to_the_eye_it_says_why() -> None:
    path = pd.DataFrame({"in_window": [False, True, True], "actual": [1.0, 2, 3], "expected": [9.0, 50.3, 50.3]})
    assert how_sure(ROW, POLICY, 3, path)[-1] == (
        "The dashed line averages 50.3 %: it is drawn from before the window alone. The effect also weighs the course "
        "inside the window, for what begins with the cycle looks different from chance."
    )
    near = path.assign(expected=50.1)
    assert how_sure(ROW, POLICY, 3, near)[-1] == PAST.format("3 earlier windows", "was in them")


def test_what_moved_everything_is_said_and_not_credited() -> None:
    assert shock_note(SHOCK, ROW) == (
        "Everything moved: 7 of 9 KPIs rose at the same time, by 12 % at the median. Whatever did that moved Daily actives "
        "too, so this is not credited to the work."
    )
    against, flat = replace(SHOCK, direction="down"), key_results(10, hostile=False).iloc[1]
    assert shock_note(against, ROW) == shock_note(SHOCK, flat) == shock_note(None, ROW) == ""
    assert shock_note(replace(SHOCK, direction=""), ROW) == ""


def test_the_fan_opens_at_the_last_value_known() -> None:
    known = pd.DataFrame({"period": pd.date_range("2026-07-06", periods=6, freq="W-MON"), "value": 49.0})
    figure = charts.fan(known, AHEAD, (CYCLE.start, CYCLE.end), unit="%", target=52.0)
    drawn = {trace.name: trace for trace in figure.data}
    assert list(drawn["Known"].y) == [49.0] * 6
    assert list(drawn["Most likely"].y) == [49.0, *[50.0] * 7]
    assert list(drawn[charts.WIDE].y) == [49.0, *[45.0] * 7]
    assert list(drawn[charts.HALF].y) == [49.0, *[48.0] * 7]
    assert drawn["Most likely"].x[0] == known["period"].iloc[-1]
    assert {shape.name for shape in figure.layout.shapes} == {"cycle", "target"}


@dataclass
class Running(FakeWorkspace):
    """The made-up workspace in the middle of its cycle; everything moved, and the last weeks sink."""

    plan: PlanCheck | None = PLAN

    def evidence(self, key_result: str, cycle: str | None = None, as_of: date | None = None) -> Evidence:
        found = super().evidence(key_result)
        card = replace(found.scorecard, as_of=date(2026, 8, 14), cycle=CYCLE, shock=SHOCK)
        row = found.row.copy()
        row["so_far"], row["trailing"], row["lo90_relative"], row["hi90_relative"] = True, np.nan, -0.05, 0.001
        series = found.series[found.series["period"] <= "2026-08-10"].reset_index(drop=True)
        series.loc[len(series) - 5 :, "value"] = 30.0
        own = found.links.assign(cadence="week")
        links = pd.concat([own, own.assign(role="measure")], ignore_index=True)
        return replace(found, row=row, scorecard=card, series=series, measure=series, links=links, forecast=FORECAST)

    def scorecard(self, *asked: Any, **more: Any) -> Any:
        return replace(super().scorecard(*asked, **more), as_of=date(2026, 8, 14), shock=SHOCK)

    def data_version(self) -> int:
        return 1

    def plan_of(self, key_result: str, cycle: str | None = None, as_of: date | None = None) -> PlanCheck | None:
        self.calls.append(("plan_of", key_result, cycle, as_of))
        return self.plan


def lead(app: AppTest) -> dict:
    return next(block for sheet in app.get("bidi_component") for block in _blocks(sheet) if block["kind"] == "lead")


def test_a_running_key_result_shows_where_it_will_end_and_warns() -> None:
    app = run(key_result, Running(), {"kr": "kr2"})
    assert [error.value for error in app.exception] == []
    assert [header.value for header in app.header][:3] == [
        "The evidence",
        "Where will it end?",
        "Is the target worth setting?",
    ]
    assert len(app.get("plotly_chart")) == 3
    notes = [(note["tone"], note["text"].split(":")[0]) for note in lead(app)["notes"]]
    assert notes[-2:] == [("bad", "Early warning"), ("warn", "Everything moved")]


def test_the_plan_is_checked_when_asked_and_then_kept() -> None:
    workspace = Running()
    app = run(key_result, workspace, {"kr": "kr1"})
    assert workspace.calls == []
    app.button(key="check_plan").click().run()
    assert [call for call in workspace.calls if call[0] == "plan_of"] == [("plan_of", "kr1", "2026-Q3", None)]
    assert len(app.exception) == 0
    assert len(app.button) == 0
    app.run()
    assert len(workspace.calls) == 1
    shown = [block for sheet in app.get("bidi_component") for block in _blocks(sheet)]
    assert any(
        "Chance by doing nothing" in [row["cells"][0] for row in block.get("rows", [])]
        for block in shown
        if block["kind"] == "table"
    )


def test_a_cycle_that_is_over_shows_nothing_ahead() -> None:
    app = run(key_result, FakeWorkspace(), {"kr": "kr1"})
    assert "Where will it end?" not in [header.value for header in app.header]
    assert len(app.button) == 0
    assert lead(app)["notes"] == []


def test_the_scorecard_says_first_that_everything_moved() -> None:
    app = run(scorecard, Running(), {})
    assert "7 of 9 KPIs rose at the same time" in app.caption[1].value


class Valueless(FakeWorkspace):
    """Its KPI is defined, and has no value."""

    def evidence(self, *asked: Any, **more: Any) -> Any:
        found = super().evidence(*asked, **more)
        return replace(found, series=found.series.iloc[:0])


def test_a_kpi_without_a_value_draws_no_chart_of_nothing() -> None:
    app = run(key_result, Valueless(), {"kr": "kr2"})
    assert len(app.exception) == 0
    assert any(said.value.startswith("No value of ") for said in app.markdown)
    assert "Upload an extract" in [button.label for button in app.button]
