"""One written period: a day, week, month, quarter or year, or what keeps it from being one.

A label that can be read in one way gives its period. A label like 03/04/2024, 45292 or 1706659200 gives its parts,
and the column decides (dates.py).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kpi_sources.months import month_number

SERIAL_EPOCH = date(1899, 12, 30)
SERIAL_EPOCH_1904 = date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Canonical text (2024-03-05, 2024-03, 2024-Q1, 2024-W09, 2024), first day, and grain."""

    text: str
    start: date
    grain: str


@dataclass(frozen=True, slots=True)
class Label:
    """What a text says of a period.

    kind: 'period' (given in `period`), 'order' (`parts` of a date in unknown order), 'serial', 'epoch' (`number`),
    'fiscal' (needs the fiscal year; `parts` year and quarter if it names one), 'invalid' (looks like a period and is
    none; `reason`), 'none'. `form` names the way of writing, for telling mixed columns.
    """

    kind: str
    form: str = ""
    period: Period | None = None
    parts: tuple[str, ...] = ()
    number: float = 0.0
    reason: str = ""


NONE = Label("none")
_SEP = r"[-/.]"
_ISO_DAY = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:[T ]\s?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?(?:Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.IGNORECASE,
)
_ORDER = re.compile(
    rf"(\d{{1,2}})({_SEP})\s?(\d{{1,2}})\2\s?(\d{{4}}|\d\d)"
    r"(?:,?[T ]\s?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s?(?:[AP]M)?)?\.?",
    re.IGNORECASE,
)
_YEAR_MONTH = re.compile(rf"(\d{{4}})\s?{_SEP}\s?(\d{{1,2}})")
_MONTH_YEAR = re.compile(rf"(\d{{1,2}})\s?{_SEP}\s?(\d{{4}})")
_YEAR_M = re.compile(r"(\d{4})[- ]?M(\d{1,2})|M(\d{1,2})[- /]?(\d{4})", re.IGNORECASE)
_WEEK = re.compile(
    r"(\d{4})[- /]?(?:W|KW|v\.?|S|uge|U)\s?(\d{1,2})|(?:KW|W|v\.?|vecka|woche)[- ]?(\d{1,2})[-/. ]{1,2}(\d{4})",
    re.IGNORECASE,
)
_LOOSE_WEEK = re.compile(r"(?:week|wk|semaine|semana|uge|uke)\s?(\d{1,2}),?\s?[-/]?\s?(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(
    r"(?P<y>\d{4})(?P<sep>[- /.]?)\s?(?:Q|K|T|kv\.?)(?P<q>\d)"
    r"|(?:Q|K|T|kv\.?)\s?(?P<q2>\d)(?:[- /.,']{1,2}|\s*-\s*)?(?P<y2>\d{4})"
    r"|(?P<q3>\d)(?:\.\s?|st |nd |rd |th |er |e |ème |º |o )?"
    r"(?:Q|Quartal|quarter|trimestre|kvartal|kv\.)[- /]?\s?(?P<y3>\d{4})"
    r"|(?:Quartal|quarter|kvartal|trimestre)\s?(?P<q4>\d)[,/ -]\s?(?P<y4>\d{4})",
    re.IGNORECASE,
)
_SHORT_QUARTER = re.compile(r"Q(\d)\s?[-/' ]?\s?(\d\d)|(\d)Q(\d\d)", re.IGNORECASE)
_FISCAL = re.compile(
    r"(?:[QH]\d\s?[-/ ]?\s?)?(?:FY|GJ|fiscal year|fiscal|exercice|ejercicio|räkenskapsår)"
    r"[- ]?'?\d{2,4}(?:\s?[-/]\s?\d{2,4})?(?:[- ]?[QH]\d)?"
    r"|(?:[QH]\d\s?[-/ ]?\s?)?\d{4}/\d{2}(?:\d\d)?\s?(?:[QH]\d)?",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"(\d{4})[- /]?[HS](\d)|[HS](\d)[- /]?(\d{4})|([12])\.\s?(?:Halbjahr|halvår)\s?(\d{4})", re.IGNORECASE
)
_W = r"[^\W\d_]+\.?"
_TEXT_DAY = re.compile(
    rf"(?:{_W},?\s+)?(\d{{1,2}})(?:\.|st|nd|rd|th|er|º|:e)?[- /]?\s?(?:de\s+|of\s+|d')?"
    rf"({_W})[- /,.]?\s?(?:de\s+|del\s+)?'?(\d{{4}}|\d\d)"
    r"(?:[ T]\d\d:\d\d(?::\d\d)?)?",
    re.IGNORECASE,
)
_TEXT_DAY_US = re.compile(
    rf"({_W})\s?(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?:[ T]\d\d:\d\d(?::\d\d)?)?", re.IGNORECASE
)
_TEXT_MONTH = re.compile(rf"({_W})(?:\s?[-/. ']\s?|\s?)(?:de\s+|del\s+)?'?(\d{{4}}|\d\d)", re.IGNORECASE)
_YEAR_TEXT_MONTH = re.compile(rf"(\d{{4}})[-/. ]?\s?({_W})(?:[-/. ](\d{{1,2}}))?", re.IGNORECASE)


def day_period(year: int, month: int, day: int) -> Period | None:
    """A day, or None when the calendar has no such day."""
    try:
        start = date(year, month, day)
    except ValueError:
        return None
    return Period(start.isoformat(), start, "day")


def month_period(year: int, month: int) -> Period | None:
    """A month, or None."""
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    return Period(f"{year:04}-{month:02}", date(year, month, 1), "month")


def quarter_period(year: int, quarter: int) -> Period | None:
    """A calendar quarter, or None."""
    if not (1 <= quarter <= 4 and 1 <= year <= 9999):
        return None
    return Period(f"{year:04}-Q{quarter}", date(year, 3 * quarter - 2, 1), "quarter")


def week_period(year: int, week: int) -> Period | None:
    """An ISO week, or None: week 53 exists only in long years."""
    try:
        return Period(f"{year:04}-W{week:02}", date.fromisocalendar(year, week, 1), "week")
    except ValueError:
        return None


def year_period(year: int) -> Period | None:
    """A year, or None."""
    return Period(f"{year:04}", date(year, 1, 1), "year") if 1 <= year <= 9999 else None


def fiscal_quarter(year: int, quarter: int, first_month: int) -> Period:
    """Quarter `quarter` of the fiscal year that ends in `year` (that starts then, if it starts in January)."""
    months = (year - (1 if first_month > 1 else 0)) * 12 + first_month - 1 + 3 * (quarter - 1)
    start = date(months // 12, months % 12 + 1, 1)
    if start.month in (1, 4, 7, 10):
        return Period(f"{start.year:04}-Q{(start.month + 2) // 3}", start, "quarter")
    return Period(start.isoformat(), start, "quarter")


def serial_day(number: float, date1904: bool = False) -> date | None:
    """The day of a spreadsheet's serial number, or None when it is no plausible day."""
    if number != int(number) or not 1 <= number < 2_958_466:
        return None
    return (SERIAL_EPOCH_1904 if date1904 else SERIAL_EPOCH) + timedelta(days=int(number))


def _made(form: str, period: Period | None, text: str, what: str) -> Label:
    if period is None:
        return Label("invalid", form, reason=f"{text.strip()!r} does not exist in the calendar ({what})")
    return Label("period", form, period)


def read_label(text: str) -> Label:
    """What one text says of a period. Never raises."""
    label = text.strip()
    if not label or len(label) > 40 or not any("0" <= c <= "9" for c in label):
        return NONE
    if label.isdigit() and label.isascii():
        return _digits(label)
    for reader in (_numeric, _named_parts, _worded):
        found = reader(label)
        if found is not NONE:
            return found
    return NONE


def _digits(label: str) -> Label:
    number, length = int(label), len(label)
    if length == 4 and 1900 <= number <= 2100:
        return _made("year", year_period(number), label, "a year")
    if length == 5:
        return Label("serial", "serial", number=number)
    if length == 6 and label[:2] in ("19", "20"):
        return _made("compact month", month_period(number // 100, number % 100), label, "a month YYYYMM")
    if length == 8:
        iso = day_period(number // 10000, number // 100 % 100, number % 100)
        swapped = day_period(number % 10000, number // 10000 % 100, number // 1_000_000)
        if iso is not None or label[:2] in ("19", "20"):
            if iso is not None and swapped is not None and label[4:6] in ("19", "20"):
                return Label("invalid", "compact day", reason=f"{label!r} may be YYYYMMDD or DDMMYYYY")
            return _made("compact day", iso, label, "a day YYYYMMDD")
        if label[4:6] in ("19", "20"):
            return Label("order", "compact day", parts=(label[:2], label[2:4], label[4:], ""))
    if length in (10, 13, 16):
        return Label("epoch", "epoch", number=number / 10 ** (length - 10))
    return NONE


def _numeric(label: str) -> Label:
    if m := _ISO_DAY.fullmatch(label):
        if any(t is not None and int(t) > limit for t, limit in ((m[5], 24), (m[6], 59), (m[7], 60))):
            return Label("invalid", "ISO", reason=f"{label!r} has a time that does not exist")
        return _made("ISO", day_period(int(m[1]), int(m[3]), int(m[4])), label, "a day")
    if m := _ORDER.fullmatch(label):
        return Label("order", "numeric", parts=(m[1], m[3], m[4], m[2]))
    if m := _YEAR_MONTH.fullmatch(label):
        if int(m[2]) > 12 and int(m[2]) == (int(m[1]) + 1) % 100:
            return Label("fiscal", "fiscal", reason=f"{label!r} is a fiscal year")
        return _made("ISO", month_period(int(m[1]), int(m[2])), label, "a month")
    if m := _MONTH_YEAR.fullmatch(label):
        return _made("month/year", month_period(int(m[2]), int(m[1])), label, "a month")
    return NONE


def _named_parts(label: str) -> Label:
    if m := _YEAR_M.fullmatch(label):
        year, month = (m[1], m[2]) if m[1] else (m[4], m[3])
        return _made("year M month", month_period(int(year), int(month)), label, "a month")
    if m := _WEEK.fullmatch(label):
        year, week = (m[1], m[2]) if m[1] else (m[4], m[3])
        return _made("week", week_period(int(year), int(week)), label, "an ISO week")
    if _LOOSE_WEEK.fullmatch(label):
        return Label(
            "invalid", "week", reason=f"{label!r}: it is ambiguous how these weeks are counted; write 2024-W05"
        )
    if m := _QUARTER.fullmatch(label):
        return _quarter(label, m)
    if m := _SHORT_QUARTER.fullmatch(label):
        quarter, year = (m[1], m[2]) if m[1] else (m[3], m[4])
        return _made("quarter", quarter_period(2000 + int(year), int(quarter)), label, "a quarter")
    if _HALF.fullmatch(label):
        return Label("fiscal", "half-year", reason=f"{label!r} is a half-year")
    if _FISCAL.fullmatch(label) and not re.fullmatch(r"\d{4}/\d\d?", label):
        return _fiscal(label)
    return NONE


def _quarter(label: str, match: re.Match[str]) -> Label:
    part = match.groupdict()
    year = int(next(part[k] for k in ("y", "y2", "y3", "y4") if part[k]))
    quarter = int(next(part[k] for k in ("q", "q2", "q3", "q4") if part[k]))
    period = quarter_period(year, quarter)
    if period is not None and part["y"] and not part["sep"]:
        return Label(
            "fiscal", "quarter", period, parts=(str(year), str(quarter)), reason=f"{label!r} may be a fiscal quarter"
        )
    return _made("quarter", period, label, "a quarter")


def _fiscal(label: str) -> Label:
    quarter = re.search(r"Q([1-4])", label, re.IGNORECASE)
    years = re.findall(r"\d{4}|\d\d", re.sub(r"[QH]\d", "", label, flags=re.IGNORECASE))
    if quarter and len(years) == 1:
        year = int(years[0]) + (2000 if len(years[0]) == 2 else 0)
        return Label("fiscal", "fiscal", parts=(str(year), quarter[1]), reason=f"{label!r} is a fiscal quarter")
    return Label("fiscal", "fiscal", reason=f"{label!r} is a fiscal period")


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _worded(label: str) -> Label:
    if m := _TEXT_DAY.fullmatch(label):
        month = month_number(m[2])
        if month is not None:
            if len(m[3]) == 2 and int(m[1]) > 31:
                return Label("invalid", "text", reason=f"{label!r} is no day")
            return _made("text", day_period(_year(m[3]), month, int(m[1])), label, "a day")
    if m := _TEXT_DAY_US.fullmatch(label):
        month = month_number(m[1])
        if month is not None:
            return _made("text", day_period(int(m[3]), month, int(m[2])), label, "a day")
    if m := _TEXT_MONTH.fullmatch(label):
        month = month_number(m[1])
        if month is not None:
            return _made("month name", month_period(_year(m[2]), month), label, "a month")
    if m := _YEAR_TEXT_MONTH.fullmatch(label):
        month = month_number(m[2])
        if month is not None and m[3]:
            return _made("text", day_period(int(m[1]), month, int(m[3])), label, "a day")
        if month is not None:
            return _made("month name", month_period(int(m[1]), month), label, "a month")
    return NONE
