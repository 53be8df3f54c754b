"""The evidence in words: what was compared, how far apart it is, how sure that is, and why."""

from typing import Any

import pandas as pd

from models.policy import Policy
from models.verdict import MOVEMENTS, VERDICTS
from models.xmr import XmR
from pages.parts.amounts import change, counted, day, interval, known, level, share

_VARIATION = {
    "common_cause": "Only routine variation: the last value carries no signal.",
    "improvement_high": "The last value signals a change for the better: it is unusually high.",
    "improvement_low": "The last value signals a change for the better: it is unusually low.",
    "concern_high": "The last value signals a change for the worse: it is unusually high.",
    "concern_low": "The last value signals a change for the worse: it is unusually low.",
    "neutral_high": "The last value is unusually high.",
    "neutral_low": "The last value is unusually low.",
}
REBASED = "The KPI moved, so mean and limits are drawn anew from the start of the window."
_ASSURANCE = {
    "pass": "Left as it is, the process meets the target every time.",
    "fail": "Left as it is, the process will not reach the target.",
    "inconsistent": "Left as it is, the process meets the target at times, by chance.",
}


def how_sure(row: Any, policy: Policy) -> list[str]:
    """Short paragraphs for one key result: comparison, effect with interval, and why the verdict is what it is."""
    if row["verdict"] == "unlinked":
        return [VERDICTS["unlinked"].meaning]
    if row["verdict"] == "too_early":
        return [_too_early(row)]
    if not known(row["effect"]):
        return [f"There are too few values of {row['kpi_name']} to say what would have happened anyway."]
    unit = row["kpi_unit"]
    sure = f"{policy.confidence:.0%}".replace("%", " %")
    compared = (
        f"In the window ({day(row['window_start'])} to {day(row['window_end'])}) {row['kpi_name']} averaged "
        f"{level(row['actual'], unit)} over {_periods(row)}. From its own history {level(row['expected'], unit)} "
        "was to be expected, had nothing changed."
    )
    relative = f" ({share(row['effect_relative'], sign=True)})" if known(row["effect_relative"]) else ""
    effect = (
        f"The difference is {change(row['effect'], unit)}{relative}. With {sure} confidence it lies between "
        f"{change(row['lo'], unit)} and {change(row['hi'], unit)}."
    )
    return [compared, f"{effect} {_why(row)}", _WIDTH]


_WIDTH = (
    "The width of that interval comes from how wrong the same forecast was at earlier dates of the same series, so it "
    "grows with the KPI's own noise."
)


def _why(row: Any) -> str:
    least = row.get("min_change_shown") or "the smallest change that matters"
    match row["move_verdict"]:
        case "better":
            return "Zero lies outside, on the good side: it moved."
        case "worse":
            return "Zero lies outside, on the bad side: it got worse."
        case "flat":
            return (
                f"Less than {least} would not matter here, and the 90 % interval stays within that: it stood still. "
                "This is a finding, not a lack of data."
            )
    return (
        f"That leaves room both for nothing and for a change that matters ({least} or more), so the data cannot tell."
    )


def _too_early(row: Any) -> str:
    when = f" It can be told from {day(row['told_from'])}." if isinstance(row["told_from"], pd.Timestamp) else ""
    lag = int(row["lag"]) if known(row["lag"]) else 0
    waits = f" An effect needs {counted(lag, 'day')} before it can show." if lag else ""
    return f"Too few periods of {row['kpi_name']} are over to judge it.{waits}{when}"


def _periods(row: Any) -> str:
    return counted(int(row["n"]), str(row.get("cadence") or "period"))


def effect_cell(row: Any) -> str:
    """The effect with its interval in one cell of a table: `−0.3 points (−0.6 to +0.1)`."""
    if not known(row["effect"]):
        return "–"
    return f"{change(row['effect'], row['kpi_unit'])} ({interval(row['lo'], row['hi'])})"


def xmr_words(result: XmR, unit: str) -> str:
    """What the process behaviour chart says of its last point and of the target."""
    limits = (
        f"Natural limits {level(result.lower, unit)} to {level(result.upper, unit)}, mean {level(result.mean, unit)}."
    )
    parts = [_VARIATION[result.variation], _ASSURANCE.get(result.assurance or "", ""), limits]
    return " ".join(part for part in parts if part)


def movement_word(code: Any) -> str:
    """`▲ Better`; a link that was not judged gives a dash."""
    word = MOVEMENTS.get(code) if isinstance(code, str) else None
    return f"{word.icon} {word.word}" if word else "–"
