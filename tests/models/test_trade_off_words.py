"""The trade-offs in words: one approved text per branch."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from models.okr import Cycle
from models.policy import POLICY
from models.signals import CommonShock
from models.trade_off_words import chance, cost, guarded, headline, left_out, moved_by, sentence, shock, strength
from models.trade_offs import TradeOffs, costs

WINDOW = {"window_start": pd.Timestamp("2026-07-01"), "window_end": pd.Timestamp("2026-09-30")}
CALM = CommonShock("", 2, 24, 0.1, 0.5)


def movement(kpi: str, owner: str = "support", *, word: str = "worse", q: float = np.nan, p: float = 0.0002) -> dict:
    return {
        "kpi": kpi, "segment": "all", "kpi_name": kpi.title(), "kpi_unit": "", "kpi_direction": "down",
        "cadence": "week", "owner": owner, "owner_name": owner.title(), **WINDOW, "move_verdict": word, "reason": "",
        "effect": 12.0, "effect_relative": 0.12, "lo": 8.0, "hi": 16.0, "lo_relative": 0.08, "hi_relative": 0.16,
        "p": p, "p_worse": p / 2, "q": q, "survives": bool(word == "worse" and q <= POLICY.false_discoveries),
    }  # fmt: skip


def win(name: str, team: str = "growth", kpi: str | None = None, so_far: bool = False) -> dict:
    return {
        "id": name, "title": f"Win {name}", "team": team, "team_name": team.title(), "so_far": so_far, "kpi": kpi,
        "verdict": "real_win", "segment": "all", **WINDOW,
    }  # fmt: skip


def made(wins: list[dict], looked: list[dict] = [], guardrails: list[dict] = [], **more) -> TradeOffs:  # noqa: B006
    columns = list(movement("x"))
    return TradeOffs(
        Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30)), date(2026, 10, 5), 3, POLICY,
        pd.DataFrame(wins, columns=list(win("x"))),
        pd.DataFrame(guardrails, columns=["key_result", *columns[:-3]]),
        pd.DataFrame(looked, columns=columns).astype({"survives": bool}),
        more.get("not_looked", pd.DataFrame({"kpi": [], "kpi_name": [], "owner": [], "reason": []})),
        pd.DataFrame({"claim": []}), more.get("shock", CALM),
    )  # fmt: skip


QUIET = [movement(f"quiet{n}", word="flat", q=0.9, p=0.8) for n in range(40)]
CONTACTS = {"key_result": "a", **movement("contacts")}
KEPT = {"key_result": "b", **movement("crashes", word="flat")}
UNKNOWN = {"key_result": "b", **movement("nps", word="cannot_tell")}
CSAT, CHURN = movement("csat", q=0.004), movement("churn", "", q=0.03, p=0.003)


def test_headlines():
    assert headline(made([])) == "No key result has passed, so nothing can have been paid for."
    one, two = [win("a")], [win("a"), win("b")]
    assert headline(made(one, QUIET)) == "1 key result passed, and nothing got worse beyond chance."
    assert headline(made(two, QUIET, [CONTACTS])) == "2 key results passed; meanwhile 1 guardrail got worse."
    assert headline(made(two, [CSAT, CHURN])) == "2 key results passed; meanwhile 2 KPIs that nobody guarded got worse."
    assert headline(made(two, [CSAT], [CONTACTS, CONTACTS | {"kpi": "calls"}])) == (
        "2 key results passed; meanwhile 2 guardrails and 1 other KPI got worse."
    )
    assert headline(made([win("a", so_far=True)], QUIET)) == (
        "1 key result passed so far, and nothing got worse beyond chance."
    )


def test_chance():
    wins = [win("a")]
    assert chance(made([])) == ""
    assert chance(made(wins)) == "No KPI beside the guardrails had enough values to be looked at."
    assert chance(made(wins, QUIET[:1])) == (
        "1 KPI beside the guardrails was looked at; if nothing had moved, fewer than one would still look worse by chance."
    )
    assert chance(made(wins, [*QUIET, CSAT])) == (
        "41 KPIs beside the guardrails were looked at; if nothing had moved, about 1 would still look worse by chance. "
        "1 is listed, at a false discovery rate of 10 %; of the listed, fewer than one is expected to be chance."
    )
    later = [row | {"window_start": pd.Timestamp("2026-07-15")} for row in QUIET]
    assert chance(made(wins, [*QUIET, *later])) == (
        "80 movements beside the guardrails, over several windows, were looked at; if nothing had moved, about 2 would "
        "still look worse by chance."
    )


def test_expected_false_is_what_was_looked_at_times_the_largest_p_listed():
    found = made([win("a")], [*QUIET, CSAT, CHURN])
    assert (found.tests, round(found.false_listed, 4)) == (42, round(42 * 0.0015, 4))


def test_guardrails():
    wins = [win("a"), win("b")]
    assert guarded(made(wins)) == "No key result that passed declared a guardrail."
    assert guarded(made(wins, [], [KEPT])) == "The one guardrail declared did not get worse."
    assert guarded(made(wins, [], [CONTACTS])) == "The one guardrail declared got worse."
    assert guarded(made(wins, [], [KEPT, KEPT])) == "None of 2 guardrails got worse."
    assert guarded(made(wins, [], [CONTACTS, KEPT, UNKNOWN])) == "1 of 3 guardrails got worse. Of 1 it cannot be told."


def test_a_common_shock_puts_it_all_in_doubt():
    found = made([win("a")], QUIET, shock=CommonShock("down", 20, 24, -0.11, 0.0))
    assert shock(found) == (
        "20 of 24 KPIs fell at the same time (by 11 % at the median): something moved everything, so be careful to "
        "credit any one key result. Trade-offs are doubtful in this cycle: what pushed everything may have pushed these "
        "too."
    )
    assert sentence(found).startswith("20 of 24 KPIs fell")
    assert shock(replace(found, shock=CALM)) == ""


def test_what_was_left_out():
    reasons = ["no_total", "to_be_defined", "short_history", "no_history"]
    rows = pd.DataFrame({"kpi": list("abcd"), "kpi_name": list("ABCD"), "owner": "", "reason": reasons})
    assert left_out(made([win("a")])) == ""
    assert left_out(made([win("a")], not_looked=rows)) == (
        "4 KPIs were not looked at: 1 (no values for the whole company); 1 (the better direction is not defined yet); "
        "2 (too little data in the window or before it)."
    )


def test_a_cost_never_says_because():
    wins = [win("a"), win("b", "support", "csat")]
    rows = costs(made(wins, [CSAT, CHURN], [CONTACTS])).set_index(["key_result", "kpi"])
    said = {key: cost(row) for key, row in rows.iterrows()}
    moved = "got worse: it rose 12.0 % against what was expected (between +8.0 % and +16.0 %)"
    assert said == {
        ("a", "contacts"): f"“Win a” passed, and its guardrail Contacts {moved}; Support owns that KPI.",
        ("a", "csat"): f"In the window in which “Win a” passed, Csat {moved}; Support owns that KPI.",
        ("b", "csat"): f"“Win b” passed, but what it was to move turned: Csat {moved}.",
        ("a", "churn"): f"In the window in which “Win a” passed, Churn {moved}; nobody owns that KPI.",
        ("b", "churn"): f"In the window in which “Win b” passed, Churn {moved}; nobody owns that KPI.",
    }
    own = costs(made([win("c", "support")], [CSAT])).iloc[0]
    assert cost(own) == f"In the window in which “Win c” passed, the team's own Csat {moved}."
    unowned = costs(made([win("a")], [], [CONTACTS | {"owner": "", "owner_name": ""}])).iloc[0]
    assert cost(unowned) == f"“Win a” passed, and its guardrail Contacts {moved}."


def test_the_paragraph():
    more = [movement(name, q=0.02, p=0.002) for name in ("returns", "delays")]
    found = made([win("a"), win("b")], [*QUIET, CSAT, CHURN, *more], [CONTACTS])
    assert sentence(found) == (
        "2 key results passed; meanwhile 1 guardrail and 4 other KPIs got worse. Worse in the same window: Contacts rose "
        "12.0 % (Support); Csat rose 12.0 % (Support); Delays rose 12.0 % (Support); and 2 more. 44 KPIs beside the "
        "guardrails were looked at; if nothing had moved, about 1 would still look worse by chance. 4 are listed, at a "
        "false discovery rate of 10 %; of the listed, fewer than one is expected to be chance."
    )
    assert sentence(made([])) == "No key result has passed, so nothing can have been paid for."


def test_small_words():
    assert moved_by(CSAT) == "rose 12.0 %"
    assert moved_by(CSAT | {"effect": -3.0, "effect_relative": -0.12}) == "fell 12.0 %"
    assert [strength(row, 0.01) for row in (CSAT, CHURN, CONTACTS)] == ["strong", "clear", "strong"]
