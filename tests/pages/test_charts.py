"""Charts as data: what is drawn, where, and in which colour."""

from datetime import date

import pandas as pd
import pytest

from models.event import Event, Kept
from models.xmr import xmr
from pages.parts import charts
from pages.parts.palette import DARK, LIGHT

WINDOW = (pd.Timestamp("2026-07-01"), pd.Timestamp("2026-09-30"))


def months(values: list[float], start: str = "2026-01-01") -> pd.DataFrame:
    return pd.DataFrame({"period": pd.date_range(start, periods=len(values), freq="MS"), "value": values})


def named(figure, name: str):
    return next(trace for trace in figure.data if trace.name == name)


def evidence(**more):
    series = months([10, 11, 12, 11, 10, 12, 15, 16, 17, 18])
    path = pd.DataFrame(
        {
            "period": series["period"][6:9],
            "actual": [15, 16, 17],
            "expected": [12, 12, 12],
            "lo": [9, 8, 7],
            "hi": [15, 16, 17],
        }
    )
    return charts.evidence(series, path, WINDOW, unit="%", target=20.0, **more)


def test_evidence_splits_the_line_at_the_window_and_joins_it() -> None:
    figure = evidence()
    assert list(named(figure, "Before").y) == [10, 11, 12, 11, 10, 12]
    assert list(named(figure, "Actual").y) == [12, 15, 16, 17]  # joined to the last one before
    assert list(named(figure, "After").y) == [17, 18]
    assert list(named(figure, "Expected").y) == [12, 12, 12]
    assert list(named(figure, "Upper end").y) == [15, 16, 17]
    assert list(named(figure, "95 % of what was expected").y) == [9, 8, 7]


def test_evidence_shades_the_whole_last_day_of_the_window() -> None:
    shades = {shape.name: shape for shape in evidence().layout.shapes}
    assert (shades["window"].x0, shades["window"].x1) == (pd.Timestamp("2026-07-01"), pd.Timestamp("2026-10-01"))
    assert shades["target"].y0 == 20.0


def test_evidence_opens_on_fifteen_months_before_the_window_scaled_to_them() -> None:
    series = pd.concat([months([900.0] * 24, "2022-01-01"), months([10.0] * 33, "2024-01-01")])
    figure = charts.evidence(series, pd.DataFrame(columns=["period", "expected", "lo", "hi"]), WINDOW)
    assert figure.layout.xaxis.range[0] < pd.Timestamp("2025-04-01") < figure.layout.xaxis.range[1]
    assert figure.layout.xaxis.range[0] > pd.Timestamp("2025-03-01")
    assert figure.layout.yaxis.range[1] < 20


def test_evidence_without_a_forecast_draws_no_band() -> None:
    path = pd.DataFrame(columns=["period", "actual", "expected", "lo", "hi"])
    assert [t.name for t in charts.evidence(months([1, 2, 3]), path, WINDOW).data] == ["Before", "Actual"]


def test_evidence_of_no_values_is_an_empty_picture() -> None:
    figure = charts.evidence(months([]), pd.DataFrame(columns=["period", "expected", "lo", "hi"]), WINDOW)
    assert [len(trace.x) for trace in figure.data] == [0, 0]


@pytest.mark.parametrize(("dark", "colours"), [(False, LIGHT), (True, DARK)])
def test_one_template_in_two_lights(dark: bool, colours) -> None:
    figure = evidence(dark=dark)
    assert figure.layout.template.layout.font.color == colours.ink
    assert named(figure, "Actual").line.color == colours.good


@pytest.mark.parametrize(
    ("direction", "name", "colour", "symbol"),
    [
        ("up", "Getting better", LIGHT.good, "triangle-up"),
        ("down", "Getting worse", LIGHT.bad, "triangle-down"),
        ("in_band", "Unusual", LIGHT.warn, "diamond"),
    ],
)
def test_xmr_marks_signals_by_kind_with_shape_and_colour(direction: str, name: str, colour: str, symbol: str) -> None:
    values = [10.0, 12.0] * 10 + [18.0]
    series = months(values)
    figure = charts.xmr(series, xmr(values, direction), direction)
    signal = named(figure, name)
    assert list(signal.y) == [18]
    assert list(signal.text) == ["above the upper limit"]
    assert (signal.marker.color, signal.marker.symbol) == (colour, symbol)


def test_xmr_passes_over_missing_values() -> None:
    values = [10.0, 11, None, 10, 11, 10]
    series = months(values)
    figure = charts.xmr(series, xmr(values), "up")
    assert list(named(figure, "Value").y) == [10, 11, 10, 11, 10]
    assert len(named(figure, "Mean").y) == 5


def test_trend_names_its_lines_only_when_there_are_several() -> None:
    one = charts.trend({"all": months([1, 2])})
    two = charts.trend({"DE": months([1, 2]), "FR": months([3, 4])})
    assert [trace.showlegend for trace in one.data] == [False]
    assert [(trace.name, trace.showlegend) for trace in two.data] == [("DE", True), ("FR", True)]
    assert len({trace.line.color for trace in two.data}) == 2


def test_events_are_numbered_marks_and_a_band_where_they_lasted() -> None:
    launch = Kept(Event(id="a", day=date(2026, 1, 5), title="<b>New</b> app"), "ada", pd.Timestamp("2026-01-06"))
    outage = Event(id="b", day=date(2026, 2, 2), end=date(2026, 2, 4), title="Outage")
    series = months([1, 2, 3, 4])
    events = [(1, launch), (2, Kept(outage, "ada", pd.Timestamp("2026-02-06")))]
    figures = [
        charts.evidence(series, series.head(0), ("2026-03-01", "2026-04-30"), events=events),
        charts.xmr(series, xmr(series["value"]), "up", events=events),
    ]
    for figure in figures:
        marks = [note for note in figure.layout.annotations if note.name == "event"]
        assert [(note.text, pd.Timestamp(note.x)) for note in marks] == [
            ("<b>1</b>", pd.Timestamp("2026-01-05")),
            ("<b>2</b>", pd.Timestamp("2026-02-02")),
        ]
        assert marks[0].hovertext == "&lt;b>New&lt;/b> app"
        kinds = [shape.type for shape in figure.layout.shapes if shape.name == "event"]
        assert kinds == ["line", "line", "rect"]


def test_described_says_what_a_reader_who_cannot_see_needs() -> None:
    assert charts.described("Turnover", months([1.5, None, 2.5]), "%") == (
        "Turnover: 2 values from 1 Jan 2026 (1.5 %) to 1 Mar 2026 (2.5 %)."
    )
    assert charts.described("Turnover", months([]), "%") == "Turnover: no values."


def test_percentages_carry_their_sign_on_the_axis() -> None:
    assert charts.trend({"all": months([1, 2])}, unit="%").layout.yaxis.ticksuffix == " %"
    assert charts.trend({"all": months([1, 2])}, unit="EUR").layout.yaxis.ticksuffix == ""


@pytest.mark.parametrize(("before", "after", "positions"), [(6, 6, [6]), (3, 9, []), (9, 3, []), (4, 4, [4])])
def test_limits_are_drawn_anew_only_with_enough_points_on_either_side(before: int, after: int, positions: list) -> None:
    series = months([1.0] * (before + after), "2024-01-01")
    assert charts.rebased(series, series["period"][before]) == positions


def test_rebased_limits_leave_a_gap_between_the_parts() -> None:
    values = [10.0, 12, 10, 12, 30, 32, 30, 32]
    figure = charts.xmr(months(values), xmr(values, rebase=[4]), "up")
    assert list(named(figure, "Mean").y) == [11, 11, 11, 11, None, 31, 31, 31, 31]


def test_a_window_that_lies_ahead_is_in_sight() -> None:
    path = pd.DataFrame(columns=["period", "actual", "expected", "lo", "hi"])
    figure = charts.evidence(months([1.0, 2, 3]), path, (pd.Timestamp("2026-11-28"), pd.Timestamp("2027-02-27")))
    assert figure.layout.xaxis.range[1] > pd.Timestamp("2027-02-27")
