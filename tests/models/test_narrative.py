"""Golden prose: one approved text for every branch of the narrative."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models import narrative
from models.forecast import Forecast
from models.key_result_words import standing
from models.okr import Cycle
from models.policy import POLICY
from models.scorecard import Scorecard
from models.sentences import listed
from models.verdict import FLAGS, VERDICTS

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
MOVES = {
    "real_win": "better", "vanity": "flat", "backfired": "worse", "unproven": "cannot_tell", "moved_anyway": "better",
    "honest_miss": "flat", "setback": "worse", "unlinked": None, "too_early": None,
}  # fmt: skip
WON = ("real_win", "vanity", "backfired", "unproven")


def row(code: str, flags: tuple[str, ...] = (), *, so_far: bool = False, told: str | None = None, **more):
    passed = code in WON
    return {
        "id": code, "title": f"Title of {code}", "team": "app", "team_name": "App", "verdict": code,
        "verdict_word": VERDICTS[code].word, "flags": list(flags), "sentence": f"Sentence of {code}.",
        "flag_notes": [f"{FLAGS[flag].word}: noted." for flag in flags], "passed": passed, "so_far": so_far,
        "score": 1.0 if passed else 0.25, "move_verdict": MOVES[code], "kpi_name": "Orders", "told_from": pd.Timestamp(told),
        "illustrative": False, "kind": "increase", "unit": "", "format": "number", "currency": None, "baseline": 10.0,
        "target": 20.0, "current": 12.5, "pace_word": "behind", "below_baseline": False, **more,
    }  # fmt: skip


def card(*rows: dict, team: str | None = None) -> Scorecard:
    frame = pd.DataFrame(list(rows)).astype({"passed": "boolean"}) if rows else pd.DataFrame(columns=["id", "score"])
    objectives = pd.DataFrame({"team": ["app"], "team_name": ["App"]})
    links = pd.DataFrame([{"key_result": entry["id"], "move_verdict": entry["move_verdict"]} for entry in rows])
    return Scorecard(CYCLE, date(2026, 10, 5), 7, POLICY, objectives, frame, links, team)


def opening(code: str, *rows: dict) -> str:
    chapter = narrative.tell(card(*rows)).chapter(code)
    return "" if chapter is None else chapter.opening


def test_a_whole_cycle_in_words():
    told = narrative.tell(
        card(
            row("real_win"), row("real_win", ("at_a_cost",), id="b"), row("setback"), row("backfired"),
            row("vanity", ("target_edited",)), row("honest_miss"), row("moved_anyway", ("late_data",)),
            row("unproven"), row("unlinked"), row("too_early", told="2026-11-02"),
        )
    )  # fmt: skip
    assert (told.about, told.dated) == ("", "2026-Q3, as known on 5 October 2026")
    assert told.paragraphs == [
        "5 of 10 key results passed; 2 of them moved their metric.",
        "Talk first about 1 vanity win, 1 win that backfired, 1 key result at a cost and 1 setback.",
        "1 real win: passed, and the metric got better. 1 more came at a cost.",
        "2 key results missed; 1 of them moved its metric all the same.",
        "3 key results cannot be judged: 1 too early to tell until 2 November 2026; 1 where the data cannot tell; "
        "1 without a linked KPI.",
        "1 key result had a target or baseline changed.",
        "8 links were judged; if no KPI had moved, fewer than one would still look moved by chance.",
        "1 key result is judged on incomplete data: values that are due have not arrived.",
    ]
    assert [item.code for item in told.chapter("talk").items] == ["vanity", "backfired", "real_win", "setback"]
    assert told.chapter("talk").items[2].text == "Sentence of real_win. At a cost: noted."
    assert told.chapter("late_data").items[0].text == "Late data: noted."
    assert told.chapter("late_data").opening == "1 key result is judged on incomplete data."
    assert told.chapter("shared_claim") is None


def test_every_key_result_stands_in_one_main_chapter():
    rows = [row(code, flags, id=f"{code}{flags}") for code in VERDICTS for flags in ((), ("at_a_cost",))]
    told = narrative.tell(card(*rows))
    main = [item.key_result for chapter in told.chapters if chapter.code in ("talk", "wins", "missed", "unknown")
            for item in chapter.items]  # fmt: skip
    assert sorted(main) == sorted(entry["id"] for entry in rows)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("real_win")], "Nothing needs talking about: no vanity win, nothing got worse."),
        ([row("unlinked")], "Nothing to talk about yet: of no metric can it be said whether it moved."),
        ([row("vanity"), row("vanity", id="b")], "Talk first about 2 vanity wins."),
        ([row("setback"), row("backfired")], "Talk first about 1 win that backfired and 1 setback."),
        ([row("unproven", ("at_a_cost",))], "Talk first about 1 key result at a cost."),
    ],
)
def test_what_needs_talking_about(rows, sentence):
    assert opening("talk", *rows) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("real_win"), row("real_win", id="b")], "2 real wins: passed, and the metric got better."),
        ([row("real_win", ("at_a_cost",))], "No real win without a cost. 1 came at a cost."),
        ([row("unlinked")], "No key result both passed and moved its metric."),
        ([row("unlinked", so_far=True)], "No key result has both passed and moved its metric yet."),
    ],
)
def test_the_real_wins(rows, sentence):
    assert opening("wins", *rows) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("honest_miss")], "1 key result missed; its metric stood still."),
        ([row("moved_anyway", so_far=True)], "1 key result not there yet; its metric got better all the same."),
        ([row("honest_miss"), row("honest_miss", id="b")], "2 key results missed; their metrics stood still."),
        (
            [row("moved_anyway"), row("moved_anyway", id="b")],
            "2 key results missed; all of them moved their metric all the same.",
        ),
        ([row("real_win")], ""),
    ],
)
def test_the_misses(rows, sentence):
    assert opening("missed", *rows) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("unlinked")], "1 key result cannot be judged: no KPI is linked."),
        ([row("unproven"), row("unproven", id="b")], "2 key results cannot be judged: the data cannot tell."),
        (
            [row("too_early", told="2026-12-01"), row("too_early", told="2026-11-02", id="b")],
            "2 key results cannot be judged: too early to tell, the first until 2 November 2026.",
        ),
        ([row("too_early")], "1 key result cannot be judged: too early to tell."),
    ],
)
def test_what_cannot_be_told(rows, sentence):
    assert opening("unknown", *rows) == sentence


def test_what_stands_beside_the_verdicts():
    two = [
        row("real_win", ("shared_claim",)),
        row("real_win", ("shared_claim", "target_edited"), id="b", kpi_name="Tips"),
    ]
    assert opening("shared_claim", *two) == "2 key results claim movement of Orders and Tips that others claim too."
    assert opening("target_edited", *two) == "1 key result had a target or baseline changed."
    assert opening("late_data", row("vanity", ("late_data",)), row("setback", ("late_data",))) == (
        "2 key results are judged on incomplete data."
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "From 10 to 20, now 12.5; score 0.25."),
        ({"unit": "days"}, "From 10 to 20 days, now 12.5; score 0.25."),
        ({"format": "currency", "currency": "EUR"}, "From 10 to EUR 20, now 12.5; score 0.25."),
        ({"format": "percent", "so_far": True}, "From 10 to 20 %, now 12.5; score 0.25, behind."),
        (
            {"current": 8.0, "score": 0.0, "below_baseline": True},
            "From 10 to 20, now 8; score 0.00, below its baseline.",
        ),
        ({"kind": "maintain"}, "Inside its band for 25 % of the periods due; score 0.25."),
        ({"kind": "milestone"}, "25 % of its stages by weight are finished; score 0.25."),
        ({"kind": "yes_no", "score": 0.0}, "Not done; score 0.00."),
        ({"kind": "yes_no", "score": 1.0}, "Done; score 1.00."),
        ({"score": np.nan}, "It has no value yet, so its score is unknown."),
    ],
)
def test_where_a_key_result_stands(change, sentence):
    assert standing(row("honest_miss") | change) == sentence


def test_one_key_result_in_words():
    assert narrative.tell_key_result(row("real_win", ("at_a_cost",))) == (
        "Real win. Sentence of real_win. From 10 to 20, now 12.5; score 1.00. At a cost: noted."
    )


def test_a_team_and_an_empty_cycle():
    assert narrative.tell(card(row("real_win"), team="app")).about == "App"
    assert list(narrative.tell_teams(card(row("real_win")))) == ["app"]
    empty = narrative.tell(card())
    assert (empty.paragraphs, empty.chapters) == (["No key results in this cycle yet."], ())


def test_one_key_result_with_where_it_will_land_and_what_to_decide():
    running = row("setback", so_far=True)
    end = Forecast(13.0, 11.0, 15.0, 0.034, 5, 8, "last", "")
    assert narrative.tell_key_result(running, card(running).links, end) == (
        "Setback. Sentence of setback. From 10 to 20, now 12.5; score 0.25, behind. The chance that it reaches its target "
        "is 3 %. To decide: “Title of setback”: change the plan now, or stop?"
    )


def test_the_questions_of_a_whole_cycle_come_with_the_narrative():
    told = narrative.tell(card(*(row("vanity", id=f"v{i}") for i in range(9)), row("setback"), row("unlinked")))
    assert [question.key_result for question in told.decide] == ["v0", "v1", "v2", "v3", "v4", "setback", "unlinked"]
    assert told.more == 4
    assert [line.code for line in told.short] == ["real", "vanity", "cost", "decide"]


def test_lists_in_words():
    assert [listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
