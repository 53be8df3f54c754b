"""The evidence in words: what was compared, how far apart it is, how sure that is, and why."""

from typing import Any

import pandas as pd

from models.forecast import Forecast, chance_in_words
from models.plan_check import PlanCheck
from models.policy import Policy
from models.signals import CommonShock
from models.verdict import MOVEMENTS, VERDICTS
from models.xmr import XmR
from pages.parts.amounts import change, counted, day, interval, known, level, score, share

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


def how_sure(row: Any, policy: Policy, earlier_windows: int = 0, path: pd.DataFrame | None = None) -> list[str]:
    """Short paragraphs for one key result: comparison, effect with interval and why the verdict is what it is, how it
    went, and what makes the interval as wide as it is.

    `earlier_windows`: of its own past, with which it was compared; `path`: what was expected (Evidence.path).
    """
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
    parts = [compared, f"{effect} {_why(row)}", SHAPES.get(row.get("shape"), ""), _past(earlier_windows, row)]
    return [part for part in [*parts, _course(row, path)] if part]


SHAPES = {
    "lasting": "It came with the start of the window and stayed.",
    "growing": "It grew as the window went on.",
    "fading": "It faded inside the window: most of it came early, so do not count on it to last.",
}


def _past(count: int, row: Any) -> str:
    """What sets the width of the interval."""
    if not count:
        return (
            f"The history of {row['kpi_name']} holds no earlier window of this length, so the width of the interval is "
            "what series with as little history turned out to need."
        )
    windows = "1 earlier window" if count == 1 else f"{count} earlier windows"
    where = "was there" if count == 1 else "was in them"
    return (
        f"To know how far to trust that, the same forecast was made for {windows} of its own past. How wrong it "
        f"{where}, and how wrong it is for others with as much history, sets the width of the interval."
    )


def _course(row: Any, path: pd.DataFrame | None) -> str:
    """Why the effect is not quite the gap seen in the picture, where the two can be told apart by eye."""
    if path is None or "in_window" not in path:
        return ""
    drawn = path[path["in_window"].astype(bool)].dropna(subset=["actual", "expected"])["expected"].mean()
    if not known(drawn) or abs(drawn - row["expected"]) < (row["hi"] - row["lo"]) / 8:
        return ""
    return (
        f"The dashed line averages {level(drawn, row['kpi_unit'])}: it is drawn from before the window alone. The "
        "effect also weighs the course inside the window, for what begins with the cycle looks different from chance."
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


def shock_note(shock: CommonShock | None, row: Any) -> str:
    """Beside a movement that most other KPIs made too: it is said, and not credited."""
    moved = row["move_verdict"] in ("better", "worse") and known(row["effect"])
    if shock is None or not shock.direction or not moved or (row["effect"] > 0) != (shock.direction == "up"):
        return ""
    rose = "rose" if shock.direction == "up" else "fell"
    return (
        f"Everything moved: {shock.moved} of {shock.judged} KPIs {rose} at the same time, by "
        f"{share(abs(shock.median_effect))} at the median. Whatever did that moved {row['kpi_name']} too, "
        "so this is not credited to the work."
    )


def forecast_words(found: Forecast, row: Any, name: str, unit: str, cadence: str) -> list[str]:
    """Where the measured value will end: chance of the target, interval, the score it comes to, what is read."""
    if found.reason:
        return [found.sentence(name)]
    read = {
        "last": "its last value",
        "mean": "its mean over the cycle",
        "sum": "its sum over the cycle",
        "trailing": f"the mean of its last {counted(int(row['trailing']), cadence)}" if known(row["trailing"]) else "",
    }[found.reading]
    whole = counted(found.known + found.left, cadence)
    surer = f", which varies less than the single {cadence}s drawn" if found.reading in ("mean", "trailing") else ""
    counts = f"What counts is {read}{surer if found.left else ''}. {found.known} of {whole} are known."
    if found.left == 0:
        return [f"{counts} {_upper(name)} ended at {level(found.expected, unit)}."]
    where = (
        f"Left as it is, {name} will end at about {level(found.expected, unit)}; with 95 % confidence between "
        f"{level(found.lo, unit)} and {level(found.hi, unit)}.{_scores(found, row)}"
    )
    if found.chance is None:
        return [where, counts]
    goal = "staying inside the band" if row["kind"] == "maintain" else f"reaching {level(row['target'], unit)}"
    return [f"The chance of {goal} is {chance_in_words(found.chance)}.", where, counts]


def _scores(found: Forecast, row: Any) -> str:
    if row["kind"] == "maintain" or not (known(row["target"]) and known(row["baseline"])):
        return ""
    way = float(row["target"]) - float(row["baseline"])
    if not way:
        return ""
    ends = [
        min(max((value - float(row["baseline"])) / way, 0.0), 1.0) for value in (found.lo, found.expected, found.hi)
    ]
    low, middle, high = ends[0], ends[1], ends[2]
    return f" That is a score of {score(middle)} ({score(min(low, high))} to {score(max(low, high))})."


def plan_words(
    plan: PlanCheck, row: Any, name: str, unit: str, policy: Policy
) -> tuple[str, list[tuple[str, str, str]]]:
    """Whether a target is worth setting: the answer in a sentence, and (question, figure, in words) behind it."""
    if plan.reason:
        return f"The plan cannot be checked: {name} has too little history before the cycle.", []
    small = known(plan.wanted) and plan.wanted < plan.smallest_detectable_change
    if known(plan.chance_by_luck) and plan.chance_by_luck >= policy.easy_by_luck:
        answer = "Too easy: doing nothing meets it more often than not, so meeting it would say nothing of the work."
    elif known(plan.chance_of_target) and plan.chance_of_target < policy.out_of_reach:
        answer = "Out of reach so far: even the best window of the past, repeated, would hardly meet it."
    elif small:
        answer = "Too small to show: one cycle cannot tell a change of this size from chance."
    elif known(plan.chance_by_luck):
        answer = "Worth setting: luck is unlikely to meet it, its past shows it can be done, and the change would show."
    else:
        answer = "There is no target to check; this is what one cycle could show."
    rows = [
        (
            "Smallest change that shows",
            share(plan.smallest_detectable_change),
            f"A lasting change of {name} by this much is told from chance in four cycles out of five.",
        )
    ]
    if known(plan.wanted):
        weeks = counted(round(plan.weeks_needed), "week") if known(plan.weeks_needed) else "over a year"
        asked = (
            "The target asks for a change of" if known(plan.chance_by_luck) else "The smallest change that matters is"
        )
        rows.append(("Time until it shows", weeks, f"{asked} {share(plan.wanted)} against what is expected anyway."))
    if known(plan.chance_by_luck):
        met = f"{level(row['target'], unit)} is met with this chance if everything goes on as before the cycle."
        rows.append(("Chance by doing nothing", chance_in_words(plan.chance_by_luck), met))
    if known(plan.chance_of_target):
        past = "earlier window" if plan.n == 1 else f"best of {plan.n} earlier windows"
        best = f"The {past} brought {share(plan.best_past, sign=True)} against what was expected then."
        rows.append(("Chance if the best repeats", chance_in_words(plan.chance_of_target), best))
    return answer, rows


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
