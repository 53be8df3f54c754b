"""Score and movement together, in one plain word. The word and its sentence are born here, in one function."""

from dataclasses import dataclass

import pandas as pd

from models.amounts import POINTS, Change, amount, percent


@dataclass(frozen=True)
class Word:
    """A verdict or flag on every surface: word, icon, tone (good, bad, warn, neutral), and what it means."""

    word: str
    icon: str
    tone: str
    meaning: str


VERDICTS: dict[str, Word] = {
    "real_win": Word("Real win", "▲", "good", "It passed, and the KPI it was meant to move got better."),
    "vanity": Word("Vanity", "◇", "warn", "It passed, but the KPI it was meant to move stood still."),
    "backfired": Word("Backfired", "▼", "bad", "It passed, but the KPI it was meant to move got worse."),
    "unproven": Word("Unproven", "?", "neutral", "The data cannot tell whether the KPI moved."),
    "moved_anyway": Word("Moved anyway", "△", "good", "It missed, yet the KPI got better."),
    "honest_miss": Word("Honest miss", "○", "neutral", "It missed, and the KPI stood still."),
    "setback": Word("Setback", "▽", "bad", "It missed, and the KPI got worse."),
    "unlinked": Word("Unlinked", "∅", "neutral", "No KPI is linked, so nobody can say whether anything moved."),
    "too_early": Word("Too early", "◷", "neutral", "An effect could not show yet."),
}

FLAGS: dict[str, Word] = {
    "at_a_cost": Word("At a cost", "⚠", "bad", "A guardrail KPI got worse meanwhile."),
    "shared_claim": Word("Shared claim", "⚭", "warn", "Another key result claims the same movement."),
    "target_edited": Word("Target edited", "✎", "warn", "Target or baseline was changed after the cycle began."),
    "late_data": Word("Late data", "⌛", "warn", "Values that are due have not arrived."),
}

MOVEMENTS: dict[str, Word] = {
    "better": Word("Better", "▲", "good", "The 95 % interval of the effect lies on the good side of zero."),
    "worse": Word("Worse", "▼", "bad", "The 95 % interval of the effect lies on the bad side of zero."),
    "flat": Word("Flat", "◇", "neutral", "The 90 % interval lies within the smallest change that matters."),
    "cannot_tell": Word("Cannot tell", "?", "neutral", "The interval is too wide to say either."),
}

_MATRIX = {
    (True, "better"): "real_win",
    (True, "flat"): "vanity",
    (True, "worse"): "backfired",
    (False, "better"): "moved_anyway",
    (False, "flat"): "honest_miss",
    (False, "worse"): "setback",
}


def verdict(frame: pd.DataFrame) -> pd.DataFrame:
    """The verdict of each row and its sentence. Returns verdict, verdict_word, sentence.

    Columns: passed (True, False, missing), so_far, kpi, kpi_name, kpi_unit, too_early, told_from, move_verdict, effect,
    effect_relative, lo, hi, lo_relative, hi_relative, min_change_shown.
    """
    keys = pd.Series(list(zip(frame["passed"], frame["move_verdict"], strict=True)), index=frame.index, dtype=object)
    code = keys.map(lambda key: "unproven" if pd.isna(key[0]) else _MATRIX.get(key, "unproven"))
    code = code.where(~frame["too_early"], "too_early").where(frame["kpi"].notna(), "unlinked")
    word = code.map(lambda c: VERDICTS[c].word)
    word = word.where(~frame["so_far"] | code.isin(["too_early", "unlinked"]), word + " so far")
    rows = frame.assign(verdict=code).to_dict("records")
    sentences = pd.Series([_sentence(row) for row in rows], index=frame.index, dtype=object)
    return pd.DataFrame({"verdict": code, "verdict_word": word, "sentence": sentences})


def _sentence(row: dict) -> str:
    opening = _opening(row)
    if row["verdict"] == "unlinked":
        return f"{opening} No KPI is linked, so it cannot be said whether anything moved."
    name = row["kpi_name"]
    if row["verdict"] == "too_early":
        day = row["told_from"]
        when = f" It can be told from {day.day} {day:%B %Y}." if pd.notna(day) else ""
        return f"{opening} It is too early to tell whether {name} moved.{when}"
    clause = movement_clause(row)
    if pd.isna(row["passed"]):
        return f"{opening} Meanwhile {clause}."
    joint = {
        "real_win": "and",
        "vanity": "but",
        "backfired": "but",
        "moved_anyway": "but" if row["so_far"] else "yet",
        "honest_miss": "and",
        "setback": "and",
        "unproven": "but" if row["passed"] else "and",
    }[row["verdict"]]
    return f"{opening.rstrip('.')}, {joint} {clause}."


def _opening(row: dict) -> str:
    if pd.isna(row["passed"]):
        return "No value yet."
    if row["so_far"]:
        return "Passing so far." if row["passed"] else "Not there yet."
    return "Passed." if row["passed"] else "Missed."


def movement_clause(row: dict) -> str:
    """What the KPI did, as a clause: `staff turnover did not move (between −1.9 % and +2.5 %; 5 % would matter)`."""
    name, what = row["kpi_name"], row["move_verdict"]
    if pd.isna(row["lo"]):
        return f"there is too little data to tell whether {name} moved"
    change = Change.of(row)
    if what in ("better", "worse"):
        rose = "rose" if row["effect"] > 0 else "fell"
        worse = "got worse: it " if what == "worse" else ""
        return f"{name} {worse}{rose} {change.size} against what was expected ({change.interval})"
    if what == "flat":
        return f"{name} did not move ({change.interval}; {row['min_change_shown']} would matter)"
    return f"the data cannot tell whether {name} moved ({change.interval})"


def least_change(relative: float, absolute: float, unit: str) -> str:
    """The smallest change that matters as it was defined: `2 %`, or `0.5 points`."""
    if pd.notna(absolute):
        return amount(absolute, "points" if unit in POINTS else unit)
    return percent(relative) if pd.notna(relative) else ""


def expected_false_alarms(judged: int, confidence: float) -> str:
    """How many of the judged would look moved by chance alone, in words."""
    if judged == 0:
        return "No KPI was judged, so nothing can look moved by chance."
    count = judged * (1 - confidence)
    many = "fewer than one" if count < 0.95 else f"about {count:.0f}"
    links = "1 link was" if judged == 1 else f"{judged} links were"
    return f"{links} judged; if no KPI had moved, {many} would still look moved by chance."
