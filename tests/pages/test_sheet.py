"""The sheet's blocks are plain data: what they say, and that they survive the way to the browser."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.verdict import VERDICTS
from pages.parts import sheet
from pages.parts.sparks import POINTS, spark
from pages.parts.targets import target_on_series
from pages.parts.view import View
from pages.scorecard import needs_talk
from tests.budget import examples
from tests.pages.fake_workspace import CYCLE, key_results, series_of

WINDOW = (pd.Timestamp(CYCLE.start), pd.Timestamp(CYCLE.end))


def row(number: int, **more):
    record = key_results(10, hostile=False).to_dict("records")[number]
    return sheet.row({**record, **more}, View(filters={"cycle": "2026-Q3"}), None, 1.0)


def test_a_row_says_verdict_sentence_score_and_where_it_leads() -> None:
    made = row(1)
    assert made["verdict"] == {
        "word": "Vanity", "icon": "◇", "tone": "warn", "meaning": VERDICTS["vanity"].meaning,
    }  # fmt: skip
    assert (made["title"], made["sentence"], made["meta"]) == ("Key result 1", "Sentence 1.", "Ada")
    assert made["score"] == {
        "value": 1.0, "text": "1.00", "mark": 1.0, "mark_said": "passes at 1", "passed": True, "word": "passed",
    }  # fmt: skip
    assert made["open"] == {"page": "key-result", "params": {"kr": "kr1"}}
    assert made["href"] == "key-result?cycle=2026-Q3&kr=kr1"


@pytest.mark.parametrize(
    ("number", "word", "text"),
    [(4, "behind", "0.62"), (6, "below baseline", "0.00"), (7, "no value yet", "–")],
)
def test_the_word_under_the_score(number: int, word: str, text: str) -> None:
    assert (row(number)["score"]["word"], row(number)["score"]["text"]) == (word, text)


def test_after_the_cycle_a_miss_is_called_a_miss() -> None:
    record = key_results(10, hostile=False).to_dict("records")[4]
    assert sheet.row(record, View(), None, 1.0, over=True)["score"]["word"] == "missed"


def test_verdicts_so_far_keep_their_icon() -> None:
    made = row(1, verdict_word="Vanity so far")
    assert (made["verdict"]["word"], made["verdict"]["icon"]) == ("Vanity so far", "◇")


def test_flags_and_illustrative_targets_are_said() -> None:
    assert [flag["word"] for flag in row(2)["flags"]] == ["Shared claim"]
    assert row(2)["notes"] == [{"text": "A note on shared_claim.", "tone": "neutral"}]
    assert sheet.notes(["At a cost (owned by Sales): x.", "Shared claim: y."]) == [
        {"text": "At a cost (owned by Sales): x.", "tone": "bad"},
        {"text": "Shared claim: y.", "tone": "warn"},
    ]
    assert row(3)["meta"] == "Ada · illustrative"


def test_strip_counts_in_the_order_of_the_verdicts() -> None:
    made = sheet.strip(pd.Series(["vanity", "real_win", "vanity"]))
    assert [(part["code"], part["count"]) for part in made["parts"]] == [("real_win", 1), ("vanity", 2)]


def test_what_needs_talking_about_begins_with_vanity() -> None:
    talk = needs_talk(key_results(20, hostile=False))
    assert list(talk["verdict"]) == [
        "vanity", "vanity", "backfired", "backfired", "real_win", "real_win", "setback", "setback",
    ]  # fmt: skip


def test_a_target_is_drawn_only_where_it_is_a_level_of_the_judged_series() -> None:
    record = key_results(1, hostile=False).to_dict("records")[0]
    assert target_on_series(record) == 52.0
    for change in ({"reading": "sum"}, {"measure_kpi": "other"}, {"kind": "yes_no"}, {"target": np.nan}):
        assert target_on_series({**record, **change}) is None


def test_a_spark_lies_in_the_unit_square_with_the_cycle_marked() -> None:
    made = spark(series_of(3), WINDOW, 60.0, "%", "Orders")
    assert made is not None
    xs, ys = zip(*made["points"], strict=True)
    assert len(xs) == POINTS
    assert (min(xs) >= 0, max(xs) <= 1, min(ys) >= 0, max(ys) <= 1) == (True, True, True, True)
    assert made["target"] == 1.0  # above all values: it makes the top
    assert made["cycle"][0] < made["cycle"][1] == 1.0
    assert made["split"] < made["cycle"][0]


def test_a_spark_needs_two_values_in_sight() -> None:
    assert spark(series_of(3).head(1), WINDOW, None, "%", "x") is None
    assert spark(series_of(3, last="2020-01-06"), WINDOW, None, "%", "x") is None


@settings(max_examples=examples(30))
@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=0, max_size=200))
def test_any_series_gives_a_spark_that_json_can_carry(values: list[float]) -> None:
    periods = pd.date_range("2025-01-06", periods=len(values), freq="W-MON")
    made = spark(pd.DataFrame({"period": periods, "value": values}), WINDOW, None, "", "x")
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_every_row_survives_json() -> None:
    rows = [row(number) for number in range(10)]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_a_table_marks_its_number_columns() -> None:
    made = sheet.table(["KPI", "Effect"], [{"cells": ["a", "1"]}], numbers=("Effect",))
    assert made["columns"] == [{"title": "KPI", "number": False}, {"title": "Effect", "number": True}]


def test_what_draws_charts_is_fetched_ahead_where_its_name_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = Path(sheet.st.__file__).parent / "static" / "static" / "js"
    assert (folder / sheet._charts_file()).stat().st_size > 1_000_000
    monkeypatch.setattr(sheet.st, "__file__", str(tmp_path / "__init__.py"))  # a Streamlit that names it otherwise
    assert sheet._charts_file.__wrapped__() == ""
