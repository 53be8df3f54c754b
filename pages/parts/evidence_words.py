"""The evidence in words: what was compared, how far apart it is, how sure that is, and why."""

from typing import Any

import pandas as pd

from models.forecast import Forecast, chance_in_words
from models.language import mark, spoken, tr, trn
from models.plan_check import PlanCheck
from models.policy import Policy
from models.signals import CommonShock
from models.verdict import MOVEMENTS, VERDICTS
from models.xmr import XmR
from pages.parts.amounts import change, day, effect, interval, known, level, score, share

_VARIATION = {
    "common_cause": mark("Only routine variation: the last value carries no signal."),
    "improvement_high": mark("The last value signals a change for the better: it is unusually high."),
    "improvement_low": mark("The last value signals a change for the better: it is unusually low."),
    "concern_high": mark("The last value signals a change for the worse: it is unusually high."),
    "concern_low": mark("The last value signals a change for the worse: it is unusually low."),
    "neutral_high": mark("The last value is unusually high."),
    "neutral_low": mark("The last value is unusually low."),
}
REBASED = mark("The KPI moved, so mean and limits are drawn anew from the start of the window.")
_ASSURANCE = {
    "pass": mark("Left as it is, the process meets the target every time."),
    "fail": mark("Left as it is, the process will not reach the target."),
    "inconsistent": mark("Left as it is, the process meets the target at times, by chance."),
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
        return [tr("There are too few values of {kpi} to say what would have happened anyway.", kpi=row["kpi_name"])]
    unit = row["kpi_unit"]
    compared = tr(
        "In the window ({first} to {last}) {kpi} averaged {actual} over {periods}. From its own history {expected} was "
        "to be expected, had nothing changed.",
        first=day(row["window_start"]), last=day(row["window_end"]), kpi=row["kpi_name"],
        actual=level(row["actual"], unit), periods=_periods(row), expected=level(row["expected"], unit),
    )  # fmt: skip
    difference, width = effect(row), row["hi"] - row["lo"]
    if known(row["effect_relative"]):
        difference = f"{difference} ({share(row['effect_relative'], sign=True)})"
    said = tr(
        "The difference is {difference}. With {sure} confidence it lies between {low} and {high}.",
        difference=difference, sure=f"{policy.confidence * 100:.0f} %",
        low=change(row["lo"], unit, width), high=change(row["hi"], unit, width),
    )  # fmt: skip
    course = spoken(SHAPES.get(row.get("shape"), ""))
    parts = [compared, f"{said} {_why(row)}", course, _past(earlier_windows, row)]
    return [part for part in [*parts, _course(row, path)] if part]


SHAPES = {
    "lasting": mark("It came with the start of the window and stayed."),
    "growing": mark("It grew as the window went on."),
    "fading": mark("It faded inside the window: most of it came early, so do not count on it to last."),
}


def _past(count: int, row: Any) -> str:
    """What sets the width of the interval."""
    if not count:
        return tr(
            "The history of {kpi} holds no earlier window of this length, so the width of the interval is what series "
            "with as little history turned out to need.",
            kpi=row["kpi_name"],
        )
    return trn(
        "To know how far to trust that, the same forecast was made for {count} earlier window of its own past. How "
        "wrong it was there, and how wrong it is for others with as much history, sets the width of the interval.",
        "To know how far to trust that, the same forecast was made for {count} earlier windows of its own past. How "
        "wrong it was in them, and how wrong it is for others with as much history, sets the width of the interval.",
        count,
    )


def _course(row: Any, path: pd.DataFrame | None) -> str:
    """Why the effect is not quite the gap seen in the picture, where the two can be told apart by eye."""
    if path is None or "in_window" not in path:
        return ""
    drawn = path[path["in_window"].astype(bool)].dropna(subset=["actual", "expected"])["expected"].mean()
    if not known(drawn) or abs(drawn - row["expected"]) < (row["hi"] - row["lo"]) / 8:
        return ""
    return tr(
        "The dashed line averages {level}: it is drawn from before the window alone. The effect also weighs the course "
        "inside the window, for what begins with the cycle looks different from chance.",
        level=level(drawn, row["kpi_unit"]),
    )


def _why(row: Any) -> str:
    least = row.get("min_change_shown") or tr("the smallest change that matters")
    match row["move_verdict"]:
        case "better":
            return tr("Zero lies outside, on the good side: it moved.")
        case "worse":
            return tr("Zero lies outside, on the bad side: it got worse.")
        case "flat":
            return tr(
                "Less than {least} would not matter here, and the 90 % interval stays within that: it stood still. "
                "This is a finding, not a lack of data.",
                least=least,
            )
    return tr(
        "That leaves room both for nothing and for a change that matters ({least} or more), so the data cannot tell.",
        least=least,
    )


def _too_early(row: Any) -> str:
    said = [tr("Too few periods of {kpi} are over to judge it.", kpi=row["kpi_name"])]
    lag = int(row["lag"]) if known(row["lag"]) else 0
    if lag:
        said.append(
            trn(
                "An effect needs {count} day before it can show.",
                "An effect needs {count} days before it can show.",
                lag,
            )
        )
    if isinstance(row["told_from"], pd.Timestamp):
        said.append(tr("It can be told from {day}.", day=day(row["told_from"])))
    return " ".join(said)


def _periods(row: Any) -> str:
    return periods(int(row["n"]), row.get("cadence"))


def periods(count: int, cadence: Any) -> str:
    """`13 weeks`: so many periods of a cadence."""
    match cadence:
        case "day":
            return trn("{count} day", "{count} days", count)
        case "week":
            return trn("{count} week", "{count} weeks", count)
        case "month":
            return trn("{count} month", "{count} months", count)
        case "quarter":
            return trn("{count} quarter", "{count} quarters", count)
    return trn("{count} period", "{count} periods", count)


def effect_cell(row: Any) -> str:
    """The effect with its interval in one cell of a table: `−0.3 points (−0.6 to +0.1)`."""
    if not known(row["effect"]):
        return "–"
    return f"{effect(row)} ({interval(row['lo'], row['hi'])})"


def xmr_words(result: XmR, unit: str) -> str:
    """What the process behaviour chart says of its last point and of the target."""
    limits = tr(
        "Natural limits {low} to {high}, mean {mean}.",
        low=level(result.lower, unit), high=level(result.upper, unit), mean=level(result.mean, unit),
    )  # fmt: skip
    parts = [spoken(_VARIATION[result.variation]), spoken(_ASSURANCE.get(result.assurance or "", "")), limits]
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
    said = (
        tr(
            "Everything moved: {moved} of {judged} KPIs rose at the same time, by {size} at the median. Whatever did "
            "that moved {kpi} too, so this is not credited to the work."
        )
        if shock.direction == "up"
        else tr(
            "Everything moved: {moved} of {judged} KPIs fell at the same time, by {size} at the median. Whatever did "
            "that moved {kpi} too, so this is not credited to the work."
        )
    )
    size = share(abs(shock.median_effect))
    return said.format(moved=shock.moved, judged=shock.judged, size=size, kpi=row["kpi_name"])


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
