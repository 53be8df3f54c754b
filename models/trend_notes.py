"""What a reader must know beside the figures of a review: which are unknown and why, and which count in part."""

from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from models.trend_windows import Tiles

SHOWN = 3  # names written out in a sentence; the rest is counted
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_TO_DATE = {"mtd": "month to date", "qtd": "quarter to date", "ytd": "year to date"}
_ADVERB = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}


class Standing(StrEnum):
    """What can be said of a span's value."""

    WHOLE = "whole"
    GAPS = "gaps"  # periods are missing and the value is that of the others
    HOLE = "hole"  # periods are missing, and without them there is no sum
    TOO_FEW = "too few"  # too small a part of the span has values
    LATE = "late"  # its last periods have not arrived
    NONE = "none"  # before the first value, or too short to hold a period


def notes(
    windows: pd.DataFrame, tiles: Tiles, aggregation: str, at: date, *, first: date | None, last: date | None
) -> tuple[str, ...]:
    """Sentences about the windows (part, last_year, start, end, value, standing) of a review on day `at`."""
    if first is None or last is None:
        return ("There are no values: every figure is unknown.",)
    periods = f"{tiles.cadence}s"
    known = windows["standing"].isin([Standing.WHOLE, Standing.GAPS])
    over = windows["end"] <= pd.Timestamp(at)
    said = [
        (
            known & (windows["start"] < pd.Timestamp(first)) & (aggregation != "last"),
            f"The values begin on {_day(first)}, so these count from that day: {{}}.",
        ),
        (
            (windows["standing"] == Standing.LATE) & over,
            f"The values end on {_day(last)}, so these are unknown: {{}}.",
        ),
        (
            windows["standing"] == Standing.HOLE,
            f"{periods.capitalize()} are missing, so these sums are unknown: {{}}.",
        ),
        (
            windows["standing"] == Standing.TOO_FEW,
            f"Too few {periods} have a value, so these are unknown: {{}}.",
        ),
        (
            windows["standing"] == Standing.GAPS,
            f"{periods.capitalize()} are missing, so these are figures of the {periods} there are: {{}}.",
        ),
    ]
    sentences = [text.format(_names(windows[chosen])) for chosen, text in said if chosen.any()]
    return (*sentences, *_about_cadence(tiles, aggregation, at))


def _about_cadence(tiles: Tiles, aggregation: str, at: date) -> list[str]:
    if tiles.cadence == "day":
        off = [name for name, usual in zip(WEEKDAYS, tiles.weekdays, strict=True) if not usual]
        return [f"{_listed(off)} hardly ever have values, so they do not count as missing."] if off else []
    adverb = _ADVERB[tiles.cadence]
    if tiles.cadence == "week":
        held = "What is to date holds the weeks that begin in it, beside the same weeks 364 days before."
        if aggregation == "sum":
            return [f"A month has four weeks or five, so a {adverb} sum has no months. {held}"]
        return [f"A month holds the weeks that begin in it. {held}"]
    without = "weeks" if tiles.cadence == "month" else "weeks or months"
    sentences = [f"A {adverb} KPI has no {without}."]
    month = np.datetime64(at, "M")
    if np.datetime64(at, "D") + 1 != (month + 1).astype("datetime64[D]"):
        sentences.append(f"What is to date ends with the last whole {tiles.cadence}.")
    return sentences


def _names(windows: pd.DataFrame) -> str:
    names = [_name(row.part, row.last_year, row.start, row.end) for row in windows.itertuples()]
    return _listed(names[:SHOWN], more=len(names) - SHOWN)


def _name(part: str, last_year: bool, start: pd.Timestamp, end: pd.Timestamp) -> str:
    if part == "week":
        return f"the week to {_day(end.date())}"
    if part == "month":
        return f"{start:%B %Y}"
    return f"last year's {_TO_DATE[part]}" if last_year else f"the {_TO_DATE[part]}"


def _listed(names: list[str], more: int = 0) -> str:
    rest = [*names, f"{more} more"] if more > 0 else names
    return rest[0] if len(rest) == 1 else f"{', '.join(rest[:-1])} and {rest[-1]}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
