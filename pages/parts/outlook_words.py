"""The outlook in words: where a measured value will end, and whether a target is worth setting."""

from typing import Any

from models.forecast import Forecast, chance_in_words
from models.language import mark, spoken, tr
from models.plan_check import PlanCheck
from models.policy import Policy
from pages.parts.amounts import known, level, score, share
from pages.parts.evidence_words import periods

_SURER = {
    "day": mark("What counts is {read}, which varies less than the single days drawn."),
    "week": mark("What counts is {read}, which varies less than the single weeks drawn."),
    "month": mark("What counts is {read}, which varies less than the single months drawn."),
    "quarter": mark("What counts is {read}, which varies less than the single quarters drawn."),
}


def forecast_words(found: Forecast, row: Any, name: str, unit: str, cadence: str) -> list[str]:
    """Where the measured value will end: chance of the target, interval, the score it comes to, what is read."""
    if found.reason:
        return [found.sentence(name)]
    read = {
        "last": tr("its last value"),
        "mean": tr("its mean over the cycle"),
        "sum": tr("its sum over the cycle"),
        "trailing": tr("the mean of its last {periods}", periods=periods(int(row["trailing"]), cadence))
        if known(row["trailing"])
        else "",
    }[found.reading]
    surer = found.left and found.reading in ("mean", "trailing")
    counts = spoken(_SURER[cadence], read=read) if surer else tr("What counts is {read}.", read=read)
    of_all = tr(
        "{known} of {periods} are known.", known=found.known, periods=periods(found.known + found.left, cadence)
    )
    counts = f"{counts} {of_all}"
    if found.left == 0:
        ended = tr("{kpi} ended at {level}.", kpi=_upper(name), level=level(found.expected, unit))
        return [f"{counts} {ended}"]
    where = tr(
        "Left as it is, {kpi} will end at about {level}; with 95 % confidence between {low} and {high}.",
        kpi=name, level=level(found.expected, unit), low=level(found.lo, unit), high=level(found.hi, unit),
    )  # fmt: skip
    where = " ".join(part for part in (where, _scores(found, row)) if part)
    if found.chance is None:
        return [where, counts]
    chance = chance_in_words(found.chance)
    goal = (
        tr("The chance of staying inside the band is {chance}.", chance=chance)
        if row["kind"] == "maintain"
        else tr("The chance of reaching {level} is {chance}.", level=level(row["target"], unit), chance=chance)
    )
    return [goal, where, counts]


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
    return tr(
        "That is a score of {score} ({low} to {high}).",
        score=score(middle), low=score(min(low, high)), high=score(max(low, high)),
    )  # fmt: skip


def plan_words(
    plan: PlanCheck, row: Any, name: str, unit: str, policy: Policy
) -> tuple[str, list[tuple[str, str, str]]]:
    """Whether a target is worth setting: the answer in a sentence, and (question, figure, in words) behind it."""
    if plan.reason:
        return tr("The plan cannot be checked: {kpi} has too little history before the cycle.", kpi=name), []
    rows = [
        (
            tr("Smallest change that shows"),
            share(plan.smallest_detectable_change),
            tr("A lasting change of {kpi} by this much is told from chance in four cycles out of five.", kpi=name),
        )
    ]
    if known(plan.wanted):
        weeks = periods(round(plan.weeks_needed), "week") if known(plan.weeks_needed) else tr("over a year")
        size = share(plan.wanted)
        asked = (
            tr("The target asks for a change of {size} against what is expected anyway.", size=size)
            if known(plan.chance_by_luck)
            else tr("The smallest change that matters is {size} against what is expected anyway.", size=size)
        )
        rows.append((tr("Time until it shows"), weeks, asked))
    if known(plan.chance_by_luck):
        target = level(row["target"], unit)
        met = tr("{level} is met with this chance if everything goes on as before the cycle.", level=target)
        rows.append((tr("Chance by doing nothing"), chance_in_words(plan.chance_by_luck), met))
    if known(plan.chance_of_target):
        size = share(plan.best_past, sign=True)
        best = (
            tr("The earlier window brought {size} against what was expected then.", size=size)
            if plan.n == 1
            else tr(
                "The best of {n} earlier windows brought {size} against what was expected then.", n=plan.n, size=size
            )
        )
        rows.append((tr("Chance if the best repeats"), chance_in_words(plan.chance_of_target), best))
    return _worth(plan, policy), rows


def _worth(plan: PlanCheck, policy: Policy) -> str:
    small = known(plan.wanted) and plan.wanted < plan.smallest_detectable_change
    if known(plan.chance_by_luck) and plan.chance_by_luck >= policy.easy_by_luck:
        return tr("Too easy: doing nothing meets it more often than not, so meeting it would say nothing of the work.")
    if known(plan.chance_of_target) and plan.chance_of_target < policy.out_of_reach:
        return tr("Out of reach so far: even the best window of the past, repeated, would hardly meet it.")
    if small:
        return tr("Too small to show: one cycle cannot tell a change of this size from chance.")
    if known(plan.chance_by_luck):
        return tr(
            "Worth setting: luck is unlikely to meet it, its past shows it can be done, and the change would show."
        )
    return tr("There is no target to check; this is what one cycle could show.")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
