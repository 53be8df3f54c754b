"""One KPI, one window: three lines in a notebook.

from models.movement import moved
answer = moved(series, "2026-07-01", "2026-09-30", direction="down")
print(answer.sentence("Staff turnover"))
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.judging import REASONS, judge
from models.language import mark, numeral, spoken, tr
from models.periods import seen_cadence
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS

WORDS = {"day": mark("days"), "week": mark("weeks"), "month": mark("months"), "quarter": mark("quarters")}


@dataclass(frozen=True)
class Movement:
    """What the data says of one KPI in one window.

    …_rel are shares of the expected value (0.12 is 12 %); effect, lo, hi, expected_mean, actual_mean are in the KPI's
    own unit, as a mean per period. lo and hi bound the 95 % interval, lo90 and hi90 the 90 % one. n: periods of the
    window with a value; n_history: periods before it. shape: '' or the course of a movement, where it is clear
    (lasting, growing, fading). NaN where nothing can be said.
    """

    verdict: str
    reason: str
    effect_rel: float
    lo_rel: float
    hi_rel: float
    lo90_rel: float
    hi90_rel: float
    score: float
    effect: float
    lo: float
    hi: float
    expected_mean: float
    actual_mean: float
    n: int
    n_history: int
    shape: str
    cadence: str
    direction: str
    min_effect: float

    def sentence(self, name: str = "") -> str:
        """The answer in plain words."""
        return movement_sentence(self.__dict__, name)


FIELDS = set(Movement.__dataclass_fields__)


def movement_sentence(row: Any, name: str = "") -> str:
    """Plain words for one result: a row of `judge` (or a Movement's fields) with cadence and min_effect beside it."""
    words = _words(row, name or tr("the KPI"))
    return words[0].upper() + words[1:]


def _words(row: Any, name: str) -> str:
    verdict, reason = row["verdict"], row["reason"]
    if verdict == "cannot_tell" and reason != "wide_interval":
        return tr("Cannot tell whether {kpi} moved: {why}.", kpi=name, why=spoken(REASONS.get(reason, reason)))
    effect, size = row["effect_rel"], numeral(f"{abs(row['effect_rel']) * 100:.1f}")
    where = (
        tr("{size} % above what its history led to expect", size=size)
        if effect >= 0
        else tr("{size} % below what its history led to expect", size=size)
    )
    low, high = (numeral(f"{row[end] * 100:+.1f}") for end in ("lo_rel", "hi_rel"))
    evidence = tr(
        "95 % interval {low} % to {high} %, {n} {periods}",
        low=low, high=high, n=row["n"], periods=spoken(WORDS.get(row["cadence"], mark("periods"))),
    )  # fmt: skip
    told = {"kpi": name, "where": where, "evidence": evidence}
    if verdict == "better":
        return tr("{kpi} got better: {where} ({evidence}).", **told)
    if verdict == "worse":
        return tr("{kpi} got worse: {where} ({evidence}).", **told)
    if verdict == "flat" and reason == "inside_band":
        return tr("{kpi} stayed inside its band: {where} ({evidence}).", **told)
    least = numeral(f"{row['min_effect'] * 100:g}")
    if verdict == "flat":
        return tr(
            "{kpi} stayed flat: {where}, and any change is smaller than {least} % ({evidence}).", least=least, **told
        )
    return tr(
        "Cannot tell whether {kpi} moved: {where}, chance can explain that, yet a change of {least} % cannot be ruled "
        "out ({evidence}).",
        least=least, **told,
    )  # fmt: skip


def moved(
    series: pd.Series,
    start: Any,
    end: Any,
    direction: str = "up",
    min_effect: float | None = None,
    *,
    controls: dict[str, pd.Series] | list[pd.Series] | None = None,
    cadence: str | None = None,
    policy: Policy = POLICY,
) -> Movement:
    """Judge the periods of a series that start in [start, end].

    series has a DatetimeIndex of first days of periods. controls are comparable series that the work cannot touch.
    The cadence is read from the index unless given.
    """
    if not isinstance(series.index, pd.DatetimeIndex):
        raise TypeError(
            f"moved: the series needs a DatetimeIndex (first day of each period), found {type(series.index).__name__}; "
            "set it with series.index = pd.to_datetime(...)"
        )
    word = (
        CADENCE_WORDS.get(cadence, cadence) if cadence else seen_cadence(pd.DatetimeIndex(series.dropna().index).date)
    )
    least = policy.min_change if min_effect is None else float(min_effect)
    case = pd.DataFrame(
        {"case_id": ["one"], "cadence": [word], "cycle_start": [pd.Timestamp(start)], "cycle_end": [pd.Timestamp(end)],
         "direction": [direction], "min_effect": [least]}
    )  # fmt: skip
    row = judge(case, long_values(series, controls), policy).iloc[0]
    fields = {name: getattr(x, "item", lambda x=x: x)() for name, x in row.items() if name in FIELDS}
    return Movement(**fields, cadence=word, direction=direction, min_effect=least)


def long_values(series: pd.Series, controls: "dict[str, pd.Series] | list[pd.Series] | None" = None) -> pd.DataFrame:
    """The frame of values that `judge` reads, for one case named "one"."""
    others = list(controls.values()) if isinstance(controls, dict) else list(controls or [])
    named = {"kpi": series} | {f"control_{i}": s for i, s in enumerate(others, start=1)}
    parts = [
        pd.DataFrame({"case_id": "one", "role": r, "date": s.index, "value": s.to_numpy()}) for r, s in named.items()
    ]
    return pd.concat(parts, ignore_index=True)
