"""How often the method errs, as the benchmark measured it: a table, and one plain sentence for each figure.

`docs/measured.json` holds, per kind of windows and per cadence, shares of windows (0..1; null where there were none).
"""

import json
from pathlib import Path
from typing import Any

from pages.parts.amounts import day, known

MEASURED = Path(__file__).parents[2] / "docs" / "measured.json"
KINDS = {  # kind of windows: (heading, what they are)
    "standard": ("Real series", "Published series of many kinds, with effects of known size added to some windows."),
    "simulated": ("Made-up series", "Drawn with level, trend, season and noise, so that the truth is known exactly."),
    "short": ("Short histories", "Little history before the window: the method says less, and should."),
    "missing": ("Gaps", "Values are missing in history and window."),
    "outlier": ("Outliers", "The history holds a stray value."),
    "levelshift": ("A jump in the past", "The history changed its level once."),
    "counts": ("Small counts", "Few events per period, many zeros."),
    "percent": ("Percentages", "Shares that cannot leave 0 to 100 %."),
    "control_clean": ("With controls", "Comparable KPIs beside it, none of them touched."),
    "control_shock": ("Controls, all shaken", "Something moved the KPI and its controls at once."),
    "control_bad": ("Poor controls", "The controls have little to do with the KPI."),
}
CADENCES = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}
COLUMNS = ("Windows", "False alarms", "Found: 5 %", "10 %", "20 %", "Interval holds", "Wrong way", "Flat said rightly")
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
    version = f" with version {measured['version']}" if measured.get("version") else ""
    return f"Measured on {day(measured['measured_on'])}{version}, on {windows:,} windows whose truth was known."


def main_kind(measured: dict[str, Any]) -> str:
    """The kind that the sentences are about: real series where they were measured."""
    return "standard" if "standard" in measured["rates"] else next(iter(measured["rates"]))


def sentences(rates: dict[str, Any], confidence: float = 0.95) -> list[tuple[str, str, str]]:
    """(figure, share, sentence) for each figure of one kind that was measured."""
    nothing, windows = int(rates["nothing_done"]), int(rates["windows"])
    told = [
        (
            "False alarms",
            "false_alarms",
            f"Of {nothing:,} windows where nothing was done, {{}} were called moved. "
            f"{percent(1 - confidence)} would keep the promise of the {percent(confidence)} interval.",
        ),
        ("5 % changes found", "found_5", "Of the windows with a change of 5 %, {} were called moved the right way."),
        ("10 % changes found", "found_10", "Of the windows with a change of 10 %, {}."),
        ("20 % changes found", "found_20", "Of the windows with a change of 20 %, {}."),
        (
            "Interval holds the truth",
            "coverage",
            f"Of {windows:,} intervals stated with {percent(confidence)} confidence, {{}} held the true effect.",
        ),
        (
            "Wrong direction",
            "wrong_direction",
            "Where something was done and the KPI called moved, {} were called moved the wrong way.",
        ),
        (
            "Flat, rightly",
            "flat_where_nothing_was_done",
            "Where nothing was done, {} were called flat; the rest was too noisy to say so.",
        ),
        (
            "Flat, wrongly",
            "flat_where_10_percent_was_done",
            "Where a change of 10 % or more had been added, {} were called flat.",
        ),
    ]
    return [
        (name, percent(rates[field]), said.format(percent(rates[field])))
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
        out.append((heading, about, _cells(rates["all"])))
        if kind == first:
            out += [(f"of them {CADENCES[c]}", "", _cells(rates[c])) for c in CADENCES if c in rates]
    return out


def _cells(rates: dict[str, Any]) -> list[str]:
    return [f"{int(rates['windows']):,}", *(percent(rates.get(field)) for field in _FIELDS)]


def forecast_sentences(measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(figure, share, sentence) on forecast and plan check, where they were measured: see benchmarks/movement.py."""
    out = []
    forecast, plan = measured.get("forecast") or {}, measured.get("plan_check") or {}
    if known(forecast.get("coverage")):
        held = percent(forecast["coverage"])
        said = f"Of {int(forecast['windows']):,} forecasts made at the start of a window, {held} held what came."
        out.append(("Forecast holds what came", held, said))
    for band in forecast.get("chances", []):
        told, came = percent(band["told"]), percent(band["came"])
        said = f"Where it told a chance of {told} on average ({int(band['windows']):,} windows), {came} came true."
        out.append((f"Chance told: {told}", came, said))
    if known(plan.get("found")):
        found = percent(plan["found"])
        said = (
            f"The plan check promises to find the change it calls detectable in 80 % of windows; of "
            f"{int(plan['windows']):,} it was found in {found}."
        )
        out.append(("Detectable change found", found, said))
    return out


def percent(share: Any) -> str:
    """0.0083 → 0.8 %; unknown → –. Rates of a few hundred windows carry no second decimal."""
    if not known(share):
        return "–"
    text = f"{100 * float(share):.1f}"
    return f"{text.removesuffix('.0')} %"
