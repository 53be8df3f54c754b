"""The words of the checks: one sentence per problem, saying what was found and what to do."""

from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from kpi_sources.findings import Problem
from kpi_sources.names import unknown_hint

HINTS = 25  # comparing a name with every known one is slow, so only so many unknown names get a suggestion
_ADJECTIVE = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March")


def number_text(value: float | None) -> str:
    """A number as people write it: no trailing .0, all digits that a double keeps."""
    return "" if value is None else repr(value).removesuffix(".0")


def period_text(start: date | None, cadence: str | None) -> str:
    """`2025-03`, `2025-03-31`, `week of 2025-03-31`, `2025-Q1`, `quarter from 2025-02-01`; empty without a day."""
    if start is None:
        return ""
    day = start.isoformat()
    if cadence == "month" and start.day == 1:
        return day[:7]
    if cadence == "quarter":
        whole = start.day == 1 and start.month % 3 == 1
        return f"{start.year}-Q{(start.month + 2) // 3}" if whole else f"quarter from {day}"
    return f"week of {day}" if cadence == "week" else day


def problems_of(code: str, wrong: str, offenders: pd.DataFrame, known: list[str], as_of: date) -> Iterator[Problem]:
    """One problem per offending row (or KPI), in the order given."""
    if offenders.empty:
        return
    rows = _plain(offenders)
    write = _Writer(rows, known, as_of)
    say: Callable[[Any], tuple[str, str]] = getattr(write, code)
    for row in rows:
        found, message = say(row)
        line = getattr(row, "line", None)
        yield Problem(
            line=None if line is None else int(line),
            cell=None,
            column=getattr(row, "column", None),
            found=found,
            code=wrong,
            message=message,
        )


def _plain(frame: pd.DataFrame) -> list[Any]:
    """The rows as named tuples of plain Python values, None for missing, days as dates."""
    row = namedtuple("row", list(frame.columns))  # type: ignore[misc]
    columns = []
    for name in frame.columns:
        cells = frame[name]
        if cells.dtype.kind == "M":
            cells = cells.dt.date
        columns.append(cells.astype(object).where(cells.notna(), None).tolist())
    return [row(*cells) for cells in zip(*columns, strict=True)]


class _Writer:
    """What was found and the sentence, one method per expectation."""

    def __init__(self, rows: list[Any], known: list[str], as_of: date):
        self.rows = rows
        self.known = known
        self.as_of = as_of.isoformat()
        self.hints: dict[str, str] = {}
        self._rivals: dict[tuple, list[tuple[Any, str]]] = {}

    def columns_present(self, row: Any) -> tuple[str, str]:
        return "", f"the rows have no column {row.kpi!r}"

    def types_right(self, row: Any) -> tuple[str, str]:
        return "", f"column {row.kpi!r} holds neither numbers nor days, as it should"

    def rows_present(self, _: Any) -> tuple[str, str]:
        return "", "no row was read, so there is nothing to load; choose a file with values"

    def kpi_named(self, _: Any) -> tuple[str, str]:
        return "", "the row does not say which KPI it is about; write its name"

    def kpi_known(self, row: Any) -> tuple[str, str]:
        name = str(row.kpi)
        if name not in self.hints:
            self.hints[name] = unknown_hint(name, self.known) if len(self.hints) < HINTS else ""
        hint = self.hints[name]
        end = " Correct the name, or define the KPI first."
        return name, f"no KPI {name!r} is defined{hint if hint.endswith('?') else hint + '.'}{end}"

    def segment_named(self, _: Any) -> tuple[str, str]:
        return "", "the row names no segment; write one, or `all` for the whole"

    def period_present(self, row: Any) -> tuple[str, str]:
        return "", f"a value of {row.kpi} has no period; write the day, week, month or quarter it belongs to"

    def value_present(self, row: Any) -> tuple[str, str]:
        return "", f"{self._key(row)} has no value; write it, or take the row out"

    def value_finite(self, row: Any) -> tuple[str, str]:
        found = number_text(row.value)
        return found, f"{self._key(row)} is {found}, which is no finite number; write the number, or take the row out"

    def cadence_fits(self, row: Any) -> tuple[str, str]:
        found = period_text(row.start, row.cadence)
        return found, f"{row.kpi} is a {_ADJECTIVE[row.grain]} KPI, but {self._misfit(row)}"

    def _misfit(self, row: Any) -> str:
        day = row.start.isoformat() if row.start else "no day"
        if row.cadence not in (row.grain, "day"):
            return f"this row is for a {row.cadence or 'period of unknown length'} ({day}); load {row.grain}s"
        if row.phase < 0:
            return f"{day} is not the first day of a {row.grain}; write the {row.grain}, or its first day"
        if row.phase_known is not None and row.phase != row.phase_known:
            names = _WEEKDAYS if row.grain == "week" else _MONTHS
            then, now = names[int(row.phase_known)], names[int(row.phase)]
            if row.grain == "week":
                return f"its weeks have begun on a {then} so far, and {day} is a {now}; keep one beginning"
            return f"its quarters have begun as {then} does so far, and {day} begins as {now} does; keep one beginning"
        return f"its rows are for days that do not begin one {row.grain} each; add them up to {row.grain}s first"

    def period_not_future(self, row: Any) -> tuple[str, str]:
        found = period_text(row.start, row.cadence)
        return (
            found,
            f"{row.kpi} has a value for {self._period(row)}, which lies after {self.as_of}; correct the period",
        )

    def period_plausible(self, row: Any) -> tuple[str, str]:
        found = period_text(row.start, row.cadence)
        return found, f"{row.kpi} has a value for {self._period(row)}, which is implausibly old; correct the period"

    def value_in_range(self, row: Any) -> tuple[str, str]:
        found = number_text(row.value)
        low, high = number_text(row.low), number_text(row.high)
        below = row.low is not None and row.value < row.low
        side = f"below {low}, the lowest" if below else f"above {high}, the highest"
        return found, (
            f"{self._key(row)} is {found}, {side} value that the KPI's definition allows; "
            "correct the value, its unit, or the definition"
        )

    def one_value_per_period(self, row: Any) -> tuple[str, str]:
        if not self._rivals:
            for other in self.rows:
                key = (other.kpi, other.segment, other.start)
                self._rivals.setdefault(key, []).append((other.line, number_text(other.value)))
        found = number_text(row.value)
        rivals = self._rivals[(row.kpi, row.segment, row.start)]
        said = ", ".join(f"{value} in line {line}" for line, value in rivals[:10])
        more = f" and {len(rivals) - 10} more" if len(rivals) > 10 else ""
        return found, f"{self._key(row)} has conflicting values: {said}{more}; keep the right one"

    def period_over(self, row: Any) -> tuple[str, str]:
        found = period_text(row.start, row.cadence)
        return found, (
            f"{row.kpi} has a value for {self._period(row)}, which is not over on {self.as_of}; "
            "the value may still grow"
        )

    def no_jump(self, row: Any) -> tuple[str, str]:
        found = number_text(row.value)
        return found, (
            f"{self._key(row)} is {found} after {number_text(row.previous)}, more than {number_text(row.max_jump)} "
            "times up or down; check the unit and the decimal mark"
        )

    def fresh(self, row: Any) -> tuple[str, str]:
        found = row.last.isoformat()
        return found, f"the latest period of {row.kpi} begins on {found}: on {self.as_of} a newer one is overdue"

    def row_count(self, _: Any) -> tuple[str, str]:
        return "", "the file has fewer or more rows than this source usually brings; check that it is complete"

    def kpis_present(self, row: Any) -> tuple[str, str]:
        return "", f"{row.kpi} is not in the file, but this source should bring it; check that the file is complete"

    def few_gaps(self, row: Any) -> tuple[str, str]:
        share = f"{100 * row.gaps:.1f} %"
        return share, (
            f"{share} of the periods and segments of {row.kpi} have no value, more than the "
            f"{100 * row.gaps_allowed:g} % that this source may leave; check that the file is complete"
        )

    def _key(self, row: Any) -> str:
        segment = "" if row.segment in (None, "all") else f" ({row.segment})"
        return f"{row.kpi}{segment} for {self._period(row) or 'an unknown period'}"

    @staticmethod
    def _period(row: Any) -> str:
        """The period in the KPI's own cadence where the row was written as its first day."""
        first_day = row.cadence == "day" and row.grain is not None and row.phase is not None and row.phase >= 0
        return period_text(row.start, row.grain if first_day else row.cadence)
