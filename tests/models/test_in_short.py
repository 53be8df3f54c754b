"""Golden prose: one approved text for every branch of the five lines and of the questions to decide."""

import pandas as pd
import pytest

from models.decide import MOST, chosen, question_of, questions
from models.forecast import Forecast
from models.in_short import in_short, landing
from models.sentences import titled
from tests.models.test_narrative import card, row

NO_GUARDS = "What it cost is not known: no guardrail is linked."


def guard(key_result: str, moved: str | None, kpi: str = "Contacts", team: str = "Support") -> dict:
    return {"key_result": key_result, "role": "guardrail", "move_verdict": moved, "kpi_name": kpi, "team_name": team}


def line(code: str, *rows: dict, guards=(), ends=None) -> str:
    made = card(*rows)
    links = pd.concat([made.links.assign(role="outcome"), pd.DataFrame(list(guards))]) if guards else made.links
    asked = questions(made.key_results, links)
    return next((found.text for found in in_short(made.key_results, links, ends, asked) if found.code == code), "")


def end(chance: float | None, reason: str = "") -> Forecast:
    return Forecast(13.0, 11.0, 15.0, chance, 5, 8, "last", reason)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([row("real_win")], "1 real win: “Title of real_win” passed, and its KPI got better."),
        (
            [row("real_win", id=f"r{i}", title=f"R{i}") for i in range(5)],
            "5 real wins: “R0”, “R1”, “R2” and 2 more passed, and their KPIs got better.",
        ),
        (
            [row("real_win", so_far=True)],
            "1 real win so far: “Title of real_win” passes, and its KPI got better.",
        ),
        (
            [row("real_win", so_far=True), row("real_win", id="b", title="B", so_far=True)],
            "2 real wins so far: “Title of real_win” and “B” pass, and their KPIs got better.",
        ),
        ([row("unproven")], "No real win is proven: of 1 that passed the data cannot tell whether its KPI moved."),
        ([row("vanity"), row("honest_miss")], "No real win: nothing both passed and moved its KPI."),
    ],
)
def test_which_wins_are_real(rows, text):
    assert line("real", *rows) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([row("vanity")], "1 vanity win: “Title of vanity” passed while its KPI stood still."),
        (
            [row("vanity"), row("vanity", id="b", title="B")],
            "2 vanity wins: “Title of vanity” and “B” passed while their KPIs stood still.",
        ),
        ([row("backfired")], "1 win backfired: “Title of backfired” passed while its KPI got worse."),
        (
            [row("vanity"), row("backfired"), row("backfired", id="b", title="B")],
            "1 vanity win: “Title of vanity” passed while its KPI stood still. "
            "2 wins backfired: “Title of backfired” and “B” passed while their KPIs got worse.",
        ),
        ([row("real_win"), row("unproven")], "No vanity win is known; of 1 that passed the data cannot tell."),
        ([row("real_win")], "No vanity win: nothing passed while its KPI stood still."),
        (
            [row("unproven")],
            "Whether a win is vanity cannot be told: of nothing that passed is it known how its KPI moved.",
        ),
        ([row("honest_miss")], "No vanity win, for nothing passed."),
    ],
)
def test_which_wins_are_vanity(rows, text):
    assert line("vanity", *rows) == text


@pytest.mark.parametrize(
    ("flags", "guards", "text"),
    [
        ((), [], NO_GUARDS),
        ((), [guard("real_win", "cannot_tell")],
         "What it cost is not known: of no guardrail can it be said whether it moved."),
        ((), [guard("real_win", "flat")], "No cost was found: the 1 guardrail did not get worse."),
        ((), [guard("real_win", "flat"), guard("real_win", "better", "Returns")],
         "No cost was found: none of 2 guardrails got worse."),
        (("at_a_cost",), [guard("real_win", "worse")],
         "It had a price: Contacts (owned by Support) got worse beside “Title of real_win”."),
        (("at_a_cost",), [guard("real_win", "worse"), guard("real_win", "worse", "Returns", "")],
         "It had a price: Contacts (owned by Support) and Returns got worse beside “Title of real_win”."),
        (("at_a_cost",), [], "It had a price: a guardrail got worse beside “Title of real_win”."),
    ],
)  # fmt: skip
def test_what_it_cost(flags, guards, text):
    assert line("cost", row("real_win", flags), guards=guards) == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        (None, "2 are not there yet; where each will land stands with its evidence."),
        ({}, "2 are not there yet; where they will land cannot be foretold from their figures."),
        ({"a": end(None)}, "2 are not there yet; where they will land cannot be foretold from their figures."),
        ({"a": end(0.62)}, "1 that is not there yet has a forecast: 1 is likely to reach its target."),
        (
            {"a": end(0.62), "b": end(0.034)},
            "2 that are not there yet have a forecast: 1 of them are likely to reach their targets. "
            "Furthest from it: “B”, chance 3 %.",
        ),
        (
            {"b": end(0.004)},
            "1 that is not there yet has a forecast: none is likely to reach its target. "
            "Furthest from it: “B”, chance below 1 %.",
        ),
    ],
)
def test_where_the_unfinished_will_land(ends, text):
    rows = [row("honest_miss", id=name, title=name.upper(), so_far=True) for name in ("a", "b")]
    assert line("ahead", *rows, ends=ends) == text


def test_nothing_lies_ahead_of_what_is_over_or_passed():
    assert line("ahead", row("honest_miss")) == ""
    assert line("ahead", row("real_win", so_far=True)) == ""


def test_what_to_decide_in_one_line():
    assert line("decide", row("real_win")) == "Nothing to decide: no verdict asks for it."
    assert line("decide", row("unlinked")) == ("1 question to decide: “Title of unlinked”: which KPI should it move?")
    assert line("decide", row("unlinked"), row("setback")) == (
        "2 questions to decide, first: “Title of setback”: another plan for Orders, or drop it?"
    )


@pytest.mark.parametrize(
    ("made", "text", "reason"),
    [
        (row("vanity"), "stop it, or name a KPI other than Orders that it should move?", "Sentence of vanity."),
        (
            row("vanity", so_far=True),
            "change it now, or give Orders until the end of the cycle?",
            "Sentence of vanity.",
        ),
        (row("backfired"), "undo it, or keep it and repair Orders?", "Sentence of backfired."),
        (row("backfired", so_far=True), "pause it until Orders has recovered?", "Sentence of backfired."),
        (row("setback"), "another plan for Orders, or drop it?", "Sentence of setback."),
        (row("setback", so_far=True), "change the plan now, or stop?", "Sentence of setback."),
        (row("real_win", ("at_a_cost",)), "is it worth what it cost?", "At a cost: noted."),
        (
            row("honest_miss", ("target_edited", "late_data")),
            "does the changed target stand, or does the first one count?",
            "Target edited: noted.",
        ),
        (row("unlinked"), "which KPI should it move?", "Sentence of unlinked."),
    ],
)
def test_a_question_and_its_reason(made, text, reason):
    question = question_of(made, card(made).links)
    assert (question.text, question.reason) == (f"“{made['title']}”: {text}", reason)


def test_a_cost_is_named_in_its_question():
    made = row("real_win", ("at_a_cost",))
    links = pd.DataFrame([guard("real_win", "worse"), guard("real_win", "flat", "Returns")])
    assert question_of(made, links).text == "“Title of real_win”: is it worth what happened to Contacts?"


@pytest.mark.parametrize("code", ["real_win", "moved_anyway", "honest_miss", "unproven", "too_early"])
def test_other_verdicts_ask_nothing(code):
    assert question_of(row(code), card(row(code)).links) is None


def test_the_gravest_first_and_high_scores_first():
    rows = [row("unlinked"), row("setback", id="s1", score=0.1), row("setback", id="s2", score=0.5), row("vanity")]
    made = card(*rows)
    assert [q.key_result for q in questions(made.key_results, made.links)] == ["vanity", "s2", "s1", "unlinked"]


def test_too_many_questions_keep_the_first_of_every_kind():
    rows = [*(row("vanity", id=f"v{i}") for i in range(20)), *(row("setback", id=f"s{i}") for i in range(20))]
    made = card(*rows)
    kept = [q.key_result for q in chosen(questions(made.key_results, made.links))]
    assert kept == ["v0", "v1", "v2", "v3", "s0", "s1", "s2"]
    assert len(kept) == MOST


@pytest.mark.parametrize(
    ("change", "found", "text"),
    [
        ({}, None, ""),
        ({}, end(0.3, "short_history"), ""),
        ({}, end(None), ""),
        ({"passed": True}, end(0.9), ""),
        ({}, end(0.3), "The chance that it reaches its target is 30 %."),
        ({"kind": "maintain"}, end(0.995), "The chance that it stays inside its band is above 99 %."),
    ],
)
def test_where_one_will_land(change, found, text):
    assert landing(found, row("honest_miss", so_far=True) | change) == text


def test_titles_in_a_row():
    rows = [{"id": f"k{i}", "title": title} for i, title in enumerate(["A", None, "C", "D"])]
    assert [titled(rows[:n]) for n in (1, 2, 4)] == ["“A”", "“A” and “k1”", "“A”, “k1”, “C” and 1 more"]
