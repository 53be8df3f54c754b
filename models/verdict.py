"""Score and movement together, in one plain word. The word and its sentence are born here, in one function."""

from dataclasses import dataclass

import pandas as pd

from models.amounts import POINTS, Change, amount, long_day, percent
from models.language import spoken, tr, trn


@dataclass(frozen=True)
class Word:
    """A verdict or flag on every surface: word, icon, tone (good, bad, warn, neutral), and what it means.

    Written in English; `word` and `meaning` say it in the language in force.
    """

    english: str
    icon: str
    tone: str
    explained: str

    @property
    def word(self) -> str:
        return spoken(self.english)

    @property
    def meaning(self) -> str:
        return spoken(self.explained)


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
    final = ~frame["so_far"] | code.isin(["too_early", "unlinked"])
    so_far = {known: tr("{verdict} so far", verdict=word.word) for known, word in VERDICTS.items()}
    word = code.map({known: word.word for known, word in VERDICTS.items()}).where(final, code.map(so_far))
    rows = frame.assign(verdict=code).to_dict("records")
    sentences = pd.Series([_sentence(row) for row in rows], index=frame.index, dtype=object)
    return pd.DataFrame({"verdict": code, "verdict_word": word, "sentence": sentences})


def _sentence(row: dict) -> str:
    name = row["kpi_name"]
    if row["verdict"] == "unlinked":
        return f"{_opening(row)} {tr('No KPI is linked, so it cannot be said whether anything moved.')}"
    if row["verdict"] == "too_early":
        said = [_opening(row), tr("It is too early to tell whether {kpi} moved.", kpi=name)]
        if pd.notna(row["told_from"]):
            said.append(tr("It can be told from {day}.", day=long_day(row["told_from"])))
        return " ".join(said)
    return _judged(row, movement_clause(row))


def _opening(row: dict) -> str:
    if pd.isna(row["passed"]):
        return tr("No value yet.")
    if row["so_far"]:
        return tr("Passing so far.") if row["passed"] else tr("Not there yet.")
    return tr("Passed.") if row["passed"] else tr("Missed.")


def _judged(row: dict, movement: str) -> str:
    """One sentence of the score and the movement; the second against the first where they do not agree."""
    if pd.isna(row["passed"]):
        return tr("No value yet. Meanwhile {movement}.", movement=movement)
    if row["passed"]:
        if row["verdict"] == "real_win":
            agree = tr("Passing so far, and {movement}.") if row["so_far"] else tr("Passed, and {movement}.")
            return agree.format(movement=movement)
        against = tr("Passing so far, but {movement}.") if row["so_far"] else tr("Passed, but {movement}.")
        return against.format(movement=movement)
    if row["verdict"] == "moved_anyway":
        against = tr("Not there yet, but {movement}.") if row["so_far"] else tr("Missed, yet {movement}.")
        return against.format(movement=movement)
    agree = tr("Not there yet, and {movement}.") if row["so_far"] else tr("Missed, and {movement}.")
    return agree.format(movement=movement)


def movement_clause(row: dict) -> str:
    """What the KPI did, as a clause: `staff turnover did not move (between −1.9 % and +2.5 %; 5 % would matter)`.

    It stands behind `and`, `but` and a colon, and at the head of a sentence.
    """
    name, what = row["kpi_name"], row["move_verdict"]
    if pd.isna(row["lo"]):
        return tr("there is too little data to tell whether {kpi} moved", kpi=name)
    change = Change.of(row)
    if what in ("better", "worse"):
        rose = row["effect"] > 0
        if what == "better":
            said = (
                tr("{kpi} rose {size} against what was expected ({interval})")
                if rose
                else tr("{kpi} fell {size} against what was expected ({interval})")
            )
        else:
            said = (
                tr("{kpi} got worse: it rose {size} against what was expected ({interval})")
                if rose
                else tr("{kpi} got worse: it fell {size} against what was expected ({interval})")
            )
        return said.format(kpi=name, size=change.size, interval=change.interval)
    if what == "flat":
        least = row["min_change_shown"]
        return tr(
            "{kpi} did not move ({interval}; {least} would matter)", kpi=name, interval=change.interval, least=least
        )
    return tr("the data cannot tell whether {kpi} moved ({interval})", kpi=name, interval=change.interval)


def least_change(relative: float, absolute: float, unit: str) -> str:
    """The smallest change that matters as it was defined: `2 %`, or `0.5 points`."""
    if pd.notna(absolute):
        return amount(absolute, "points" if unit in POINTS else unit)
    return percent(relative) if pd.notna(relative) else ""


def expected_false_alarms(judged: int, confidence: float) -> str:
    """How many of the judged would look moved by chance alone, in words."""
    if judged == 0:
        return tr("No KPI was judged, so nothing can look moved by chance.")
    count = judged * (1 - confidence)
    if count < 0.95:
        return trn(
            "{count} link was judged; if no KPI had moved, fewer than one would still look moved by chance.",
            "{count} links were judged; if no KPI had moved, fewer than one would still look moved by chance.",
            judged,
        )
    return trn(
        "{count} link was judged; if no KPI had moved, about {chance} would still look moved by chance.",
        "{count} links were judged; if no KPI had moved, about {chance} would still look moved by chance.",
        judged,
        chance=f"{count:.0f}",
    )
