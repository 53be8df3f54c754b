"""Golden prose: one approved text for every branch of a digest."""

from dataclasses import replace
from datetime import date

import pandas as pd

from models.digests import Before, changed_loads, digest, sent, since_words
from tests.models.test_narrative import card, row

NONE = pd.DataFrame(columns=["file", "source", "load_id", "restated"])
SINCE = "in the last 7 days"


def kpis(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["id", "name", "state", "days_late"])


def made(*rows: dict, before=None, restated=NONE, health=None, **change):
    told = card(*({"kpi": "orders", "measure_kpi": "orders", "owner": None, "checked_in": pd.NaT} | r for r in rows))
    told = replace(told, links=told.links.assign(kpi="orders"), **change)
    return digest(told, Before(SINCE, before), restated, kpis() if health is None else health)


def test_what_changed():
    told = made(
        row("vanity"), row("real_win"), row("honest_miss"),
        before={"vanity": "unproven", "real_win": "real_win", "old": "setback"},
        restated=pd.DataFrame([("a.csv", "a", 3, 1), ("b.csv", "b", 4, 1200)], columns=NONE.columns),
    )  # fmt: skip
    assert told.section("changed").heading == "What changed in the last 7 days"
    assert told.section("changed").lines == (
        "“Title of vanity”: Unproven → Vanity. Sentence of vanity.",
        "New: “Title of honest_miss”: Honest miss. Sentence of honest_miss.",
        "1 key result is no longer there.",
        "1 value already recorded was changed by a.csv (load 3).",
        "1,200 values already recorded were changed by b.csv (load 4).",
    )


def test_nothing_changed_and_nothing_to_compare_with():
    same = made(row("vanity"), before={"vanity": "vanity"}).section("changed")
    assert (same.lines, same.nothing) == ((), "No verdict changed, and no value was restated.")
    assert made(row("vanity")).section("changed").lines == ("There is nothing earlier to compare the verdicts with.",)


def test_headline_stamp_and_what_to_decide():
    told = made(row("vanity"), row("unlinked"))
    assert (told.title, told.headline) == (
        "Needle: 2026-Q3, all teams",
        "1 of 2 key results passed; it did not provably move its metric.",
    )
    assert told.dated == "2026-Q3, all teams, as known on 5 October 2026"
    assert told.section("decide").lines == (
        "“Title of vanity”: stop it, or name a KPI other than Orders that it should move? Sentence of vanity.",
        "“Title of unlinked”: which KPI should it move? Sentence of unlinked.",
    )
    assert made(row("real_win")).section("decide").nothing == "Nothing needs a decision."
    assert (told.verdicts, told.data_version) == ({"vanity": "vanity", "unlinked": "unlinked"}, 7)


def test_late_data_while_the_cycle_runs_and_after():
    health = kpis(("orders", "Orders", "late", 1), ("other", "Other", "late", 9), ("fresh", "Fresh", "fresh", 0))
    running = made(row("vanity", so_far=True), health=health, as_of=date(2026, 9, 1))
    assert running.section("late").lines == ("Orders: 1 day late.",)
    over = made(row("vanity", ("late_data",)), health=health)
    assert over.section("late").lines == ("Late data: noted.",)


def test_who_has_not_checked_in():
    by_hand = {"measure_kpi": None, "so_far": True}
    told = made(
        row("setback", **by_hand),
        row("honest_miss", **by_hand, owner="Ada", checked_in=pd.Timestamp("2026-08-17")),
        row("moved_anyway", **by_hand, checked_in=pd.Timestamp("2026-08-18")),
        row("real_win", **by_hand),
        row("backfired", measure_kpi="orders", so_far=True),
        as_of=date(2026, 9, 1),
    )
    assert told.section("silent").heading == "No check-in for more than 14 days"
    assert told.section("silent").lines == (
        "“Title of setback” (App): never.",
        "“Title of honest_miss” (Ada): last on 17 August 2026.",
    )
    assert made(row("setback", **by_hand)).section("silent") is None  # the cycle is over


def test_an_empty_cycle():
    told = made(before={"old": "vanity"})
    assert told.headline == "No key results in this cycle yet."
    assert told.section("changed").lines == ("1 key result is no longer there.",)


def test_the_loads_that_changed_something():
    at = pd.to_datetime(["2026-10-01 08:00", "2026-10-02 08:00", "2026-10-03 08:00", "2026-10-04 08:00"])
    undone = pd.to_datetime([None, None, None, "2026-10-05"])
    loads = pd.DataFrame({"load_id": [1, 2, 3, 4], "recorded_at": at, "restated": [5, 5, 0, 5], "undone_at": undone})
    assert list(changed_loads(loads, "2026-10-01 08:00")["load_id"]) == [2]


def test_since_in_words_and_what_is_kept():
    assert since_words("digest", date(2026, 10, 1)) == "since the digest of 1 October 2026"
    assert since_words("days", date(2026, 10, 1), 1) == "in the last 1 day"
    kept = sent(made(row("vanity")), ["email"], 3)
    assert kept.model_dump(mode="json") == {
        "cycle": "2026-Q3", "team": None, "as_of": "2026-10-05", "data_version": 7, "channels": ["email"],
        "recipients": 3, "verdicts": {"vanity": "vanity"},
    }  # fmt: skip
