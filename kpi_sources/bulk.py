"""How a big file of a trusted place is to be read in the database: decided by the ordinary reader on a sample.

What needs one witness (the decimal mark, the order of day and month) the sample proves; what must hold of every row
(each cell fits the form, each name is known to it) the database proves over the whole column. Where the sample leaves
anything open, or the file is written in any unusual way, there is no form and the ordinary reader takes the file.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np

from kpi_sources.bulk_scan import Scan
from kpi_sources.cadence import seen_grain
from kpi_sources.catalog import Catalog, KpiSpec
from kpi_sources.dates import Setting, decide
from kpi_sources.delimited import Dialect
from kpi_sources.findings import Findings
from kpi_sources.limits import LIMITS
from kpi_sources.mapping import Mapping
from kpi_sources.numbers import plain_point
from kpi_sources.numerals import is_missing
from kpi_sources.plan import Axis, Plan
from kpi_sources.reading import Reading, read_with_reasons
from kpi_sources.tidy import Tidier
from kpi_sources.values import read_values
from kpi_sources.words import read_unit

FROM_BYTES = 2_000_000  # from about 1 MB on the database needs less CPU than the ordinary reader, at 10 MB a seventh
LONGEST_SURE = 16  # characters of a number that a double keeps whatever they are (numbers.exact_text)
MOST_LABELS = 20_000  # written periods that are looked up one by one; 54 years of days

# What a value must look like, by how the column writes its numbers. Whole: no number of the sample has a mark.
PATTERNS = {
    "whole": r"-?(?:0|[1-9][0-9]*)",
    "point": r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?",
    "comma": r"-?(?:0|[1-9][0-9]*)(?:,[0-9]+)?",
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_NUMERIC_DAY = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}")


@dataclass(frozen=True)
class Form:
    """Everything that the database must know to read the file; columns are counted from 0.

    `day_format` reads a period as a day; without one, `labels` gives the first day of each written period. `kpis` and
    `segments` lead from written texts to stored names; without a column of its own the one name is under "".
    """

    delimiter: str
    newline: str
    quoted: bool
    skip: int
    width: int
    kpi: int | None
    segment: int | None
    period: int
    value: int
    value_name: str
    numbers: str
    long_numbers: bool
    day_format: str | None
    labels: dict[str, date]
    kpis: dict[str, str]
    segments: dict[str, str]

    @property
    def pattern(self) -> str:
        """What every value must match."""
        return PATTERNS[self.numbers]


@dataclass(frozen=True)
class Decided:
    """The form with what else is known from the sample: how it was read, each KPI's definition, the labels' grain, and
    whether the sample is in order of KPI, segment and period."""

    form: Form
    reading: Reading = field(repr=False)
    specs: dict[str, KpiSpec | None] = field(repr=False)
    grain: str
    ordered: bool


def decide_form(
    sample: bytes, scan: Scan, mapping: Mapping, catalog: Catalog, as_of: date, more: Iterable[tuple[str, ...]] = ()
) -> Decided | None:
    """The form of a file, from lines of it and `more` of its rows; None where the ordinary reader must take it."""
    if not scan.plain or not scan.newline or mapping.scale or mapping.percent or mapping.encoding:
        return None
    reading, tidier = read_with_reasons(sample, mapping, catalog, as_of, LIMITS, False)
    rows = list(more)
    if tidier is not None and rows and tidier.plan.grid.dialect is not None:
        text = _written(rows, tidier.plan.grid.dialect.delimiter)
        reading, tidier = read_with_reasons(sample + text, mapping, catalog, as_of, LIMITS, False)
    stopped = reading.questions or any(problem.code != "duplicate_conflict" for problem in reading.errors)
    if stopped or tidier is None or not _usual(tidier.plan, scan):
        return None  # conflicts are left to the database, which sees all rows
    numbers, periods = _numbers(tidier), _periods(tidier, as_of)
    if numbers is None or periods is None or any(not t.strip() for t in tidier.kpis):
        return None
    day_format, labels, grain = periods
    plan, dialect = tidier.plan, tidier.plan.grid.dialect
    if dialect is None or any(not t.strip() for t in tidier.segments if plan.segment.columns):
        return None
    form = Form(
        delimiter=dialect.delimiter,
        newline=scan.newline,
        quoted=scan.quotes > 0,
        skip=plan.grid.line(plan.header[-1]),
        width=len(plan.grid.rows[plan.header[-1]]),
        kpi=_column(plan.kpi),
        segment=_column(plan.segment),
        period=plan.period.columns[0],
        value=plan.value_columns[0],
        value_name=plan.names[plan.value_columns[0]].strip(),
        numbers=numbers,
        long_numbers=any(len(text) > LONGEST_SURE for text in tidier.out.value),
        day_format=day_format,
        labels=labels,
        kpis=dict(tidier.kpis) if plan.kpi.columns else {"": next(iter(tidier.kpis.values()))},
        segments=dict(tidier.segments) if plan.segment.columns else {"": next(iter(tidier.segments.values()))},
    )
    keys = list(zip(reading.kpi, reading.segment, reading.start, strict=True))
    return Decided(form, reading, tidier.specs, grain, all(a <= b for a, b in pairwise(keys)))


def grains_of(decided: Decided, days: dict[str, np.ndarray]) -> dict[str, str]:
    """The cadence of each KPI from its distinct days. Raises ValueError where its labels are of another."""
    seen: dict[bytes, str] = {}
    out = {}
    for name, own_days in days.items():
        spec = decided.specs.get(name)
        grain = spec.grain if spec and spec.grain else ""
        if grain and decided.grain not in (grain, "day"):
            raise ValueError(f"{name} is kept by {grain}")
        if not grain and decided.grain == "day":
            key = own_days.tobytes()
            if key not in seen:
                seen[key] = seen_grain(set(own_days.astype(object).tolist()))
            grain = seen[key]
        out[name] = grain or decided.grain
    return out


def first_days(days: np.ndarray, grain: str) -> np.ndarray:
    """cadence.first_day of each day (datetime64[D]). Raises ValueError where two days meet in one period."""
    if grain == "quarter":
        months = days.astype("datetime64[M]").astype(np.int64)
        starts = (months - months % 3).astype("datetime64[M]").astype("datetime64[D]")
    else:
        unit = {"month": "M", "year": "Y"}.get(grain, "D")
        starts = days.astype(f"datetime64[{unit}]").astype("datetime64[D]")
    if len(np.unique(starts)) < len(days):
        raise ValueError(f"several days in one {grain}")
    return starts


def percent_names(decided: Decided) -> list[str]:
    """KPIs in percent: where none of their values is above 1, the ordinary reader asks what is meant."""
    return [name for name, spec in decided.specs.items() if spec is not None and read_unit(spec.unit).base == "%"]


def _written(rows: list[tuple[str, ...]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _column(axis: Axis) -> int | None:
    return axis.columns[0] if axis.columns else None


def _usual(plan: Plan, scan: Scan) -> bool:
    """Whether the layout is one value a row in plain columns, and every line below the header a record."""
    grid = plan.grid
    width = len(grid.rows[plan.header[-1]])
    dialect = grid.dialect
    return (
        plan.shape == "long"
        and dialect is not None
        and len(dialect.delimiter) == 1
        and (dialect == Dialect(dialect.delimiter) or (not scan.quotes and dialect == Dialect(dialect.delimiter, None)))
        and not grid.turned
        and len(plan.value_columns) == 1
        and len(plan.period.columns) == 1
        and len(plan.kpi.columns) <= 1
        and len(plan.segment.columns) <= 1
        and not (plan.unit.known or plan.units or plan.unit_notes)
        and list(plan.body) == list(range(plan.header[-1] + 1, len(grid.rows)))
        and all(len(row) == width for row in grid.rows[plan.header[-1] :])
    )


def _numbers(tidier: Tidier) -> str | None:
    """Which pattern the column's numbers follow, proved by the sample or said in the mapping."""
    values = read_values(tidier.out, tidier.known, tidier.plan, Findings())
    texts = [t for t in set(tidier.out.value) if not is_missing(t)]
    if values is None or not texts:
        return None
    told = tidier.known.mapping.decimal
    for name in ("whole", "point", "comma"):
        if all(re.fullmatch(PATTERNS[name], t) for t in texts):
            proved = plain_point(texts) if name == "point" else name == "whole" or values.plain
            if name == "whole" and told is not None:
                continue  # the mapping has proved the mark already
            if told not in (None, "," if name == "comma" else "."):
                return None
            same = all(values.plain_of(t) == t.replace(",", ".") for t in texts)
            return name if same and (proved or told) else None
    return None


def _periods(tidier: Tidier, as_of: date) -> tuple[str | None, dict[str, date], str] | None:
    """(day format, first day by label, grain of the labels); None where a label is no period or the order is open."""
    labels = {t for t in set(tidier.out.period) if t.strip() and not is_missing(t)}
    mapping = tidier.known.mapping
    setting = Setting(as_of, mapping.date_order, mapping.fiscal_year_start, tidier.known.catalog.calendar_quarters)
    calendar = decide(sorted(labels), setting)
    grains = {period.grain for period in calendar.periods.values()}
    if calendar.question is not None or calendar.problems or len(grains) != 1:
        return None
    if all(_ISO.fullmatch(t) for t in labels):
        return "%Y-%m-%d", {}, "day"
    signs = {m[1] if (m := _NUMERIC_DAY.fullmatch(t)) else "" for t in labels}
    if len(signs) == 1 and "" not in signs:
        order = {"day first": "%d{0}%m{0}%Y", "month first": "%m{0}%d{0}%Y"}.get(calendar.value)
        return (order.format(signs.pop()), {}, "day") if order else None
    if len(labels) > MOST_LABELS:
        return None
    return None, {t: period.start for t, period in calendar.periods.items()}, grains.pop()
