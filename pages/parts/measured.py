"""How often the method errs, as the benchmark measured it: a table, and one plain sentence for each figure.

`docs/measured.json` holds, per kind of windows and per cadence, shares of windows (0..1; null where there were none).
"""

import json
from pathlib import Path
from typing import Any

from models.language import mark, numeral, spoken, tr
from pages.parts.amounts import count, day, known

MEASURED = Path(__file__).parents[2] / "docs" / "measured.json"
KINDS = {  # kind of windows: (heading, what they are)
    "standard": (
        mark("Real series"),
        mark("Published series of many kinds, with effects of known size added to some windows."),
    ),
    "simulated": (
        mark("Made-up series"),
        mark("Drawn with level, trend, season and noise, so that the truth is known exactly."),
    ),
    "short": (mark("Short histories"), mark("Little history before the window: the method says less, and should.")),
    "missing": (mark("Gaps"), mark("Values are missing in history and window.")),
    "outlier": (mark("Outliers"), mark("The history holds a stray value.")),
    "levelshift": (mark("A jump in the past"), mark("The history changed its level once.")),
    "counts": (mark("Small counts"), mark("Few events per period, many zeros.")),
    "percent": (mark("Percentages"), mark("Shares that cannot leave 0 to 100 %.")),
    "control_clean": (mark("With controls"), mark("Comparable KPIs beside it, none of them touched.")),
    "control_shock": (mark("Controls, all shaken"), mark("Something moved the KPI and its controls at once.")),
    "control_bad": (mark("Poor controls"), mark("The controls have little to do with the KPI.")),
}
CADENCES = {
    "day": mark("of them daily"),
    "week": mark("of them weekly"),
    "month": mark("of them monthly"),
    "quarter": mark("of them quarterly"),
}
COLUMNS = (
    mark("Windows"),
    mark("False alarms"),
    mark("Found: 5 %"),
    mark("10 %"),
    mark("20 %"),
    mark("Interval holds"),
    mark("Wrong way"),
    mark("Flat said rightly"),
)
_FIELDS = (
    "false_alarms",
    "found_5",
    "found_10",
    "found_20",
    "coverage",
    "wrong_direction",
    "flat_where_nothing_was_done",
)


def read(path: Path = MEASURED) -> dict[str, Any] | None:
    """The figures, None where none are shipped."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def dated(measured: dict[str, Any]) -> str:
    """`Measured on 24 Nov 2026 with version 1.0, on 3,195 windows.`"""
    windows = sum(int(kind["all"]["windows"]) for kind in measured["rates"].values())
    told = {"day": day(measured["measured_on"]), "windows": count(windows)}
    if measured.get("version"):
        return tr(
            "Measured on {day} with version {version}, on {windows} windows whose truth was known.",
            version=measured["version"],
            **told,
        )
    return tr("Measured on {day}, on {windows} windows whose truth was known.", **told)


def main_kind(measured: dict[str, Any]) -> str:
    """The kind that the sentences are about: real series where they were measured."""
    return "standard" if "standard" in measured["rates"] else next(iter(measured["rates"]))


def sentences(rates: dict[str, Any], confidence: float = 0.95) -> list[tuple[str, str, str]]:
    """(figure, share, sentence) for each figure of one kind that was measured."""
    nothing, windows = int(rates["nothing_done"]), int(rates["windows"])
    told = [
        (
            tr("False alarms"),
            "false_alarms",
            mark(
                "Of {nothing} windows where nothing was done, {share} were called moved. {promised} would keep the "
                "promise of the {confidence} interval."
            ),
        ),
        (
            tr("5 % changes found"),
            "found_5",
            mark("Of the windows with a change of 5 %, {share} were called moved the right way."),
        ),
        (tr("10 % changes found"), "found_10", mark("Of the windows with a change of 10 %, {share}.")),
        (tr("20 % changes found"), "found_20", mark("Of the windows with a change of 20 %, {share}.")),
        (
            tr("Interval holds the truth"),
            "coverage",
            mark("Of {windows} intervals stated with {confidence} confidence, {share} held the true effect."),
        ),
        (
            tr("Wrong direction"),
            "wrong_direction",
            mark("Where something was done and the KPI called moved, {share} were called moved the wrong way."),
        ),
        (
            tr("Flat, rightly"),
            "flat_where_nothing_was_done",
            mark("Where nothing was done, {share} were called flat; the rest was too noisy to say so."),
        ),
        (
            tr("Flat, wrongly"),
            "flat_where_10_percent_was_done",
            mark("Where a change of 10 % or more had been added, {share} were called flat."),
        ),
    ]
    figures = {
        "nothing": count(nothing),
        "windows": count(windows),
        "promised": percent(1 - confidence),
        "confidence": percent(confidence),
    }
    return [
        (name, percent(rates[field]), spoken(said, share=percent(rates[field]), **figures))
        for name, field, said in told
        if known(rates.get(field))
    ]


def rows(measured: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """(heading, what it is, cells of COLUMNS) for each kind; the main one by cadence too."""
    out = []
    first = main_kind(measured)
    for kind in sorted(measured["rates"], key=lambda name: list(KINDS).index(name) if name in KINDS else len(KINDS)):
        rates = measured["rates"][kind]
        heading, about = KINDS.get(kind, (kind.replace("_", " ").capitalize(), ""))
        out.append((spoken(heading), spoken(about), _cells(rates["all"])))
        if kind == first:
            out += [(spoken(CADENCES[c]), "", _cells(rates[c])) for c in CADENCES if c in rates]
    return out


def _cells(rates: dict[str, Any]) -> list[str]:
    return [count(rates["windows"]), *(percent(rates.get(field)) for field in _FIELDS)]


def forecast_sentences(measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(figure, share, sentence) on forecast and plan check, where they were measured: see benchmarks/movement.py."""
    out = []
    forecast, plan = measured.get("forecast") or {}, measured.get("plan_check") or {}
    if known(forecast.get("coverage")):
        said = tr(
            "Of {windows} forecasts made at the start of a window, {share} held what came.",
            windows=count(forecast["windows"]),
            share=percent(forecast["coverage"]),
        )
        out.append((tr("Forecast holds what came"), percent(forecast["coverage"]), said))
    for band in forecast.get("chances", []):
        told, came = percent(band["told"]), percent(band["came"])
        said = tr(
            "Where it told a chance of {told} on average ({windows} windows), {came} came true.",
            told=told,
            windows=count(band["windows"]),
            came=came,
        )
        out.append((tr("Chance told: {chance}", chance=told), came, said))
    if known(plan.get("found")):
        found = percent(plan["found"])
        said = tr(
            "The plan check promises to find the change it calls detectable in 80 % of windows; of {windows} it was "
            "found in {share}.",
            windows=count(plan["windows"]),
            share=found,
        )
        out.append((tr("Detectable change found"), found, said))
    return out


def percent(share: Any) -> str:
    """0.0083 → 0.8 %; unknown → –. Rates of a few hundred windows carry no second decimal."""
    if not known(share):
        return "–"
    text = f"{100 * float(share):.1f}"
    return f"{numeral(text.removesuffix('.0'))} %"
