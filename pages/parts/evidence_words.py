"""The evidence in words: what was compared, how far apart it is, how sure that is, and why."""

from typing import Any

import pandas as pd

from models.language import mark, spoken, tr, trn
from models.policy import Policy
from models.signals import CommonShock
from models.verdict import MOVEMENTS, VERDICTS
from models.xmr import XmR
from pages.parts.amounts import change, day, effect, interval, known, level, share

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
