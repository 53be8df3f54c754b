"""What a reader must know beside the figures of a review: which are unknown and why, and which count in part."""

from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from models.amounts import long_day, long_month
from models.language import mark, spoken, tr, trn
from models.sentences import listed
from models.trend_windows import Tiles

SHOWN = 3  # names written out in a sentence; the rest is counted
WEEKDAYS = (
    mark("Mondays"),
    mark("Tuesdays"),
    mark("Wednesdays"),
    mark("Thursdays"),
    mark("Fridays"),
    mark("Saturdays"),
    mark("Sundays"),
)
_TO_DATE = {
    "mtd": mark("the month to date"),
    "qtd": mark("the quarter to date"),
    "ytd": mark("the year to date"),
}
_LAST_YEARS = {
    "mtd": mark("last year's month to date"),
    "qtd": mark("last year's quarter to date"),
    "ytd": mark("last year's year to date"),
}
_HOLE = {
    "day": mark("Days are missing, so these sums are unknown: {windows}."),
    "week": mark("Weeks are missing, so these sums are unknown: {windows}."),
    "month": mark("Months are missing, so these sums are unknown: {windows}."),
    "quarter": mark("Quarters are missing, so these sums are unknown: {windows}."),
}
_TOO_FEW = {
    "day": mark("Too few days have a value, so these are unknown: {windows}."),
    "week": mark("Too few weeks have a value, so these are unknown: {windows}."),
    "month": mark("Too few months have a value, so these are unknown: {windows}."),
    "quarter": mark("Too few quarters have a value, so these are unknown: {windows}."),
}
_GAPS = {
    "day": mark("Days are missing, so these are figures of the days there are: {windows}."),
    "week": mark("Weeks are missing, so these are figures of the weeks there are: {windows}."),
    "month": mark("Months are missing, so these are figures of the months there are: {windows}."),
    "quarter": mark("Quarters are missing, so these are figures of the quarters there are: {windows}."),
}


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
        return (tr("There are no values: every figure is unknown."),)
    known = windows["standing"].isin([Standing.WHOLE, Standing.GAPS])
    over = windows["end"] <= pd.Timestamp(at)
    begin, end = long_day(first), long_day(last)
    said = [
        (
            known & (windows["start"] < pd.Timestamp(first)) & (aggregation != "last"),
            mark("The values begin on {day}, so these count from that day: {windows}."),
            begin,
        ),
        (
            (windows["standing"] == Standing.LATE) & over,
            mark("The values end on {day}, so these are unknown: {windows}."),
            end,
        ),
        (windows["standing"] == Standing.HOLE, _HOLE[tiles.cadence], ""),
        (windows["standing"] == Standing.TOO_FEW, _TOO_FEW[tiles.cadence], ""),
        (windows["standing"] == Standing.GAPS, _GAPS[tiles.cadence], ""),
    ]
    sentences = [spoken(text, windows=_names(windows[chosen]), day=day) for chosen, text, day in said if chosen.any()]
    return (*sentences, *_about_cadence(tiles, aggregation, at))


def _about_cadence(tiles: Tiles, aggregation: str, at: date) -> list[str]:
    if tiles.cadence == "day":
        off = [spoken(name) for name, usual in zip(WEEKDAYS, tiles.weekdays, strict=True) if not usual]
        if not off:
            return []
        return [tr("{weekdays} hardly ever have values, so they do not count as missing.", weekdays=listed(off))]
    if tiles.cadence == "week":
        held = tr("What is to date holds the weeks that begin in it, beside the same weeks 364 days before.")
        if aggregation == "sum":
            return [f"{tr('A month has four weeks or five, so a weekly sum has no months.')} {held}"]
        return [f"{tr('A month holds the weeks that begin in it.')} {held}"]
    monthly = tiles.cadence == "month"
    sentences = [tr("A monthly KPI has no weeks.") if monthly else tr("A quarterly KPI has no weeks or months.")]
    month = np.datetime64(at, "M")
    if np.datetime64(at, "D") + 1 != (month + 1).astype("datetime64[D]"):
        sentences.append(
            tr("What is to date ends with the last whole month.")
            if monthly
            else tr("What is to date ends with the last whole quarter.")
        )
    return sentences


def _names(windows: pd.DataFrame) -> str:
    names = [_name(row.part, row.last_year, row.start, row.end) for row in windows.itertuples()]
    more = len(names) - SHOWN
    return listed([*names[:SHOWN], trn("{count} more", "{count} more", more)] if more > 0 else names)


def _name(part: str, last_year: bool, start: pd.Timestamp, end: pd.Timestamp) -> str:
    if part == "week":
        return tr("the week to {day}", day=long_day(end))
    if part == "month":
        return long_month(start)
    return spoken((_LAST_YEARS if last_year else _TO_DATE)[part])
