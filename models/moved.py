"""One KPI, one window: three lines in a notebook.

from models.movement import moved
answer = moved(series, "2026-07-01", "2026-09-30", direction="down")
print(answer.sentence("Staff turnover"))
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.judging import REASONS, judge
from models.periods import seen_cadence
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS

WORDS = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters"}


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

    def sentence(self, name: str = "the KPI") -> str:
        """The answer in plain words."""
        return movement_sentence(self.__dict__, name)


FIELDS = set(Movement.__dataclass_fields__)


def movement_sentence(row: Any, name: str = "the KPI") -> str:
    """Plain words for one result: a row of `judge` (or a Movement's fields) with cadence and min_effect beside it."""
    words = _words(row, name)
    return words[0].upper() + words[1:]


def _words(row: Any, name: str) -> str:
    verdict, reason = row["verdict"], row["reason"]
    if verdict == "cannot_tell" and reason != "wide_interval":
        return f"Cannot tell whether {name} moved: {REASONS.get(reason, reason)}."
    effect = row["effect_rel"]
    where = f"{abs(effect) * 100:.1f} % {'above' if effect >= 0 else 'below'} what its history led to expect"
    periods = WORDS.get(row["cadence"], "periods")
    evidence = f"95 % interval {row['lo_rel'] * 100:+.1f} % to {row['hi_rel'] * 100:+.1f} %, {row['n']} {periods}"
    if verdict in ("better", "worse"):
        return f"{name} got {verdict}: {where} ({evidence})."
    if verdict == "flat" and reason == "inside_band":
        return f"{name} stayed inside its band: {where} ({evidence})."
    least = f"{row['min_effect'] * 100:g} %"
    if verdict == "flat":
        return f"{name} stayed flat: {where}, and any change is smaller than {least} ({evidence})."
    chance = f"chance can explain that, yet a change of {least} cannot be ruled out"
    return f"Cannot tell whether {name} moved: {where}, {chance} ({evidence})."


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
