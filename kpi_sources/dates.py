"""A column of written periods: the whole column proves the order of day and month, or the reader asks.

Dates keep the day that was written: no time zone is ever applied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from kpi_sources.findings import Question
from kpi_sources.periods import Label, Period, day_period, fiscal_quarter, read_label, serial_day

EARLIEST = date(1990, 1, 1)  # earlier days are placeholders (1900-01-01, 1970-01-01), not KPI values
ORDERS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_FAMILY = {"compact day": "compact", "compact month": "compact", "year M month": "year M month"}


@dataclass
class Calendar:
    """Periods by label; what is wrong with the others as (code, message); a question if two readings exist."""

    periods: dict[str, Period] = field(default_factory=dict)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    question: Question | None = None
    asked_labels: list[str] = field(default_factory=list)
    value: str = ""
    because: str = ""


@dataclass(frozen=True)
class Setting:
    """What is known beside the labels. `clashes(order)` counts keys that would meet twice under an order of day and
    month, given periods by label; it is the evidence of a KPI's cadence."""

    as_of: date
    date_order: str | None = None
    fiscal_year_start: int | None = None
    calendar_quarters: bool = False
    date1904: bool = False
    clashes: Callable[[dict[str, Period]], int] | None = None


def decide(texts: Iterable[str], setting: Setting) -> Calendar:
    """The periods of all distinct labels of one column (or of the header's period labels)."""
    labels = {t: read_label(t) for t in texts}
    calendar = Calendar()
    for text, label in labels.items():
        if label.kind == "period" and label.period is not None:
            calendar.periods[text] = label.period
        elif label.kind == "invalid":
            code = "date_ambiguous" if "ambiguous" in label.reason or "may be" in label.reason else "date_invalid"
            calendar.problems[text] = (code, f"date or period {label.reason}")
        elif label.kind == "none":
            calendar.problems[text] = ("date_invalid", f"invalid date: {text.strip()!r} is no period that we read")
    _fiscal(calendar, labels, setting)
    _ordered(calendar, {t: label for t, label in labels.items() if label.kind == "order"}, setting)
    _serials(calendar, {t: label for t, label in labels.items() if label.kind == "serial"}, setting)
    _epochs(calendar, {t: label for t, label in labels.items() if label.kind == "epoch"})
    if calendar.question is None:
        _one_way_of_writing(calendar, labels)
        _plausible(calendar, setting.as_of)
    return calendar


def _fiscal(calendar: Calendar, labels: dict[str, Label], setting: Setting) -> None:
    first = setting.fiscal_year_start
    if first is not None and first > 1:
        for text, label in labels.items():
            if label.period is not None and label.period.grain == "quarter":
                year, quarter = label.period.start.year, (label.period.start.month + 2) // 3
                calendar.periods[text] = fiscal_quarter(year, quarter, first)
                calendar.value, calendar.because = "fiscal quarters", "the mapping gives the fiscal year's first month"
    asked = []
    for text, label in labels.items():
        if label.kind != "fiscal" or text in calendar.periods:
            continue
        if label.parts and (first is not None or (label.form == "quarter" and setting.calendar_quarters)):
            calendar.periods[text] = fiscal_quarter(int(label.parts[0]), int(label.parts[1]), first or 1)
        elif first is not None:
            calendar.problems[text] = (
                "grain",
                f"period {label.reason}; only days, weeks, months, quarters and years are kept",
            )
        else:
            asked.append(text)
    if asked:
        calendar.asked_labels = asked
        calendar.question = Question(
            "fiscal",
            f"period {labels[asked[0]].reason}: in which month does the fiscal year start? (1 for calendar quarters)",
            [(1, "January: calendar periods"), (4, "April"), (7, "July"), (10, "October")],
            "fiscal_year_start",
        )


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day_in(order: str, parts: tuple[str, ...]) -> Period | None:
    a, b, c, sign = parts
    if order == "dmy":
        return day_period(_year(c), int(b), int(a))
    if order == "mdy":
        return day_period(_year(c), int(a), int(b))
    return day_period(_year(a), int(b), int(c)) if len(c) == 2 and sign != "." else None


def _ordered(calendar: Calendar, labels: dict[str, Label], setting: Setting) -> None:
    """Dates of three numbers: the orders under which every one exists are what the column allows."""
    if not labels:
        return
    read = {o: {t: _day_in(o, x.parts) for t, x in labels.items()} for o in ORDERS}
    if setting.date_order:
        _take(calendar, read[setting.date_order], setting.date_order, "the mapping says so")
        return
    short = any(len(x.parts[2]) == 2 for x in labels.values())
    orders = [o for o in ORDERS if o != "ymd" or short]
    real = [t for t in labels if any(read[o][t] is not None for o in orders)]
    possible = [o for o in orders if real and all(read[o][t] is not None for t in real)]
    if short and len(possible) > 1:
        possible = _by_plausible_years(possible, read, real, setting.as_of)
    if len(possible) > 1:
        possible = _by_cadence(calendar, possible, read, setting) or possible
    if len(possible) == 1:
        order = possible[0]
        proof = next((t for t in real if all(read[o][t] is None for o in orders if o not in (order, "ymd"))), real[0])
        _take(calendar, read[order], order, calendar.because or f"{proof.strip()!r} can only be read so")
    elif not possible:
        _contradiction(calendar, read, labels, orders)
    else:
        _ask_order(calendar, possible, read, real)


def _take(calendar: Calendar, read: dict[str, Period | None], order: str, because: str) -> None:
    calendar.value, calendar.because = ORDERS[order], because
    for text, period in read.items():
        if period is None:
            calendar.problems[text] = (
                "date_invalid",
                f"invalid date: {text.strip()!r} does not exist ({ORDERS[order]})",
            )
        else:
            calendar.periods[text] = period


def _by_plausible_years(
    possible: list[str], read: dict[str, dict[str, Period | None]], real: list[str], as_of: date
) -> list[str]:
    """With two-digit years, a year in the future or long ago disproves only the reading year first (or last)."""

    def plausible(order: str) -> bool:
        days = [p.start for t in real if (p := read[order][t]) is not None]
        return all(EARLIEST <= d <= as_of for d in days)

    kept = [o for o in possible if o != "ymd" or plausible(o)]
    if "ymd" in kept and not any(plausible(o) for o in kept if o != "ymd"):
        return ["ymd"]
    return kept


def _by_cadence(
    calendar: Calendar, possible: list[str], read: dict[str, dict[str, Period | None]], setting: Setting
) -> list[str]:
    """The one order under which no KPI gets two values for one of its periods."""
    if setting.clashes is None:
        return []
    found = {o: {t: p for t, p in read[o].items() if p is not None} for o in possible}
    free = [o for o in possible if setting.clashes(found[o]) == 0]
    if len(free) != 1 or len(free) == len(possible):
        return []
    calendar.because = "read otherwise, a KPI would have several values in one of its periods"
    return free


def _contradiction(
    calendar: Calendar, read: dict[str, dict[str, Period | None]], labels: dict[str, Label], orders: list[str]
) -> None:
    for text in labels:
        ways = [o for o in orders if read[o][text] is not None and o != "ymd"]
        if not ways:
            calendar.problems[text] = ("date_invalid", f"invalid date: {text.strip()!r} does not exist in the calendar")
        elif len(ways) == 1:
            calendar.problems[text] = (
                "date_mixed",
                f"mixed dates: {text.strip()!r} is {ORDERS[ways[0]]}, other dates in the column are not",
            )
        else:
            calendar.problems[text] = (
                "date_ambiguous",
                f"date {text.strip()!r} is ambiguous, since day and month change places in this column",
            )


def _ask_order(
    calendar: Calendar, possible: list[str], read: dict[str, dict[str, Period | None]], real: list[str]
) -> None:
    shown = real[0]
    options = [(o, f"{ORDERS[o]}: {p.text}") for o in possible if (p := read[o][shown]) is not None]
    calendar.asked_labels = real
    calendar.question = Question(
        "date_ambiguous",
        f"date {shown.strip()!r} is ambiguous: no date in the column tells the day from the month; which comes first?",
        list(options),
        "date_order",
    )


def _serials(calendar: Calendar, labels: dict[str, Label], setting: Setting) -> None:
    for text, label in labels.items():
        day = serial_day(label.number, setting.date1904)
        if day is None:
            calendar.problems[text] = ("date_invalid", f"invalid date: {text.strip()!r} is no spreadsheet date")
        else:
            calendar.periods[text] = Period(day.isoformat(), day, "day")
    if labels:
        calendar.value = "spreadsheet day numbers"
        start = "1904" if setting.date1904 else "1900"
        calendar.because = f"{next(iter(labels)).strip()!r} is a day number of the {start} date system"


def _epochs(calendar: Calendar, labels: dict[str, Label]) -> None:
    if not labels:
        return
    moments = {t: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=x.number) for t, x in labels.items()}
    at_midnight = all(m.time().replace(tzinfo=None).isoformat() == "00:00:00" for m in moments.values())
    if not at_midnight and len({m.time() for m in moments.values()}) >= 1:
        calendar.asked_labels = list(labels)
        for text in labels:
            calendar.problems[text] = (
                "date_ambiguous",
                f"date {text.strip()!r} is ambiguous: a moment in seconds that is not midnight UTC; its day "
                "depends on the time zone; write the date",
            )
        return
    for text, moment in moments.items():
        day = moment.date()
        calendar.periods[text] = Period(day.isoformat(), day, "day")
    calendar.value, calendar.because = "seconds since 1970", "every one is midnight in UTC"


def _one_way_of_writing(calendar: Calendar, labels: dict[str, Label]) -> None:
    """Days written in two ways in one column come from two hands; which is right for the doubtful ones is unknown."""
    families: dict[str, list[str]] = {}
    for text, period in calendar.periods.items():
        if period.grain == "day" or labels[text].form in ("month/year", "month name", "compact month"):
            form = labels[text].form
            families.setdefault(_FAMILY.get(form, form), []).append(text)
    if len(families) < 2:
        return
    usual = max(families, key=lambda f: len(families[f]))
    for form, texts in families.items():
        if form != usual:
            for text in texts:
                calendar.problems[text] = (
                    "date_mixed",
                    f"mixed dates: {text.strip()!r} is written as {form}, the rest of the column as {usual}",
                )
                del calendar.periods[text]


def _plausible(calendar: Calendar, as_of: date) -> None:
    for text, period in list(calendar.periods.items()):
        if period.start < EARLIEST:
            calendar.problems[text] = (
                "date_out_of_range",
                f"date out of range: {text.strip()!r} is before {EARLIEST.isoformat()}, a placeholder or an error",
            )
        elif period.start.year >= 2100:
            calendar.problems[text] = (
                "date_out_of_range",
                f"date out of range: {text.strip()!r} is too far in the future",
            )
        elif period.start > as_of:
            calendar.problems[text] = (
                "date_future",
                f"date in the future: {text.strip()!r} is after the as-of day {as_of.isoformat()}",
            )
        else:
            continue
        del calendar.periods[text]
