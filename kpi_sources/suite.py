"""The suite: what every extract must satisfy, as data. Great Expectations and DuckDB both run this one definition.

Rules speak of columns: those of the extract and the facts that check_facts.py (pandas) and check_sql.py (SQL) derive
beside each row. A missing cell breaks no rule but `Present`, so that each thing wrong is said once.
"""

from dataclasses import dataclass, field
from typing import Literal

ROW_COLUMNS = ("kpi", "segment", "start", "cadence", "value", "line", "column")
SAME = 1e-9  # relative; two values this close are the same number written twice


@dataclass(frozen=True)
class HasColumn:
    """The table has the column."""

    column: str


@dataclass(frozen=True)
class HasType:
    """The column holds numbers (double) or days (date, timestamp)."""

    column: str
    kind: Literal["number", "day"]


@dataclass(frozen=True)
class Present:
    """No cell of the column is missing."""

    column: str


@dataclass(frozen=True)
class Finite:
    """Every number of the column is finite."""

    column: str


@dataclass(frozen=True)
class AtLeast:
    """In every row, `column` is not below `other`."""

    column: str
    other: str


@dataclass(frozen=True)
class Holds:
    """The fact is true (1.0) in every row."""

    column: str


@dataclass(frozen=True)
class RowCount:
    """The table has this many rows; either side may be open."""

    low: int | None
    high: int | None


@dataclass(frozen=True)
class Contains:
    """The column has each of these values somewhere."""

    column: str
    values: tuple[str, ...]


Rule = HasColumn | HasType | Present | Finite | AtLeast | Holds | RowCount | Contains


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold. `of` says what is looked at: each row of the extract, or each KPI in it.

    `wrong` is the code of the problem when it does not hold; `holds` and `fails` are the words of its result.
    """

    code: str
    rules: tuple[Rule, ...]
    wrong: str
    holds: str
    fails: str
    of: Literal["rows", "kpis"] = "rows"
    blocking: bool = True
    needs: frozenset[str] = field(default=frozenset())  # costly facts: rivals, jump


# Run first; the rest needs the columns.
STRUCTURE = (
    Expectation(
        "columns_present",
        tuple(HasColumn(column) for column in ROW_COLUMNS),
        "missing_column",
        "Every column is there",
        "Missing columns",
    ),
    Expectation(
        "types_right",
        (HasType("value", "number"), HasType("start", "day")),
        "number_invalid",
        "Values are numbers and periods are days",
        "Not of the right type",
    ),
)
SUITE = (
    Expectation("rows_present", (RowCount(1, None),), "no_rows", "There are rows", "There is no row"),
    Expectation("kpi_named", (Present("kpi"),), "unknown_kpi", "Every row names a KPI", "Without the name of a KPI"),
    Expectation("kpi_known", (Holds("defined"),), "unknown_kpi", "Every KPI is defined", "With a KPI nobody defined"),
    Expectation(
        "segment_named", (Present("segment"),), "unknown_segment", "Every row names a segment", "Without a segment"
    ),
    Expectation("period_present", (Present("start"),), "period_missing", "Every row has a period", "Without a period"),
    Expectation("value_present", (Present("value"),), "missing_value", "Every row has a value", "Without a value"),
    Expectation("value_finite", (Finite("value"),), "nonfinite", "Every value is finite", "With an infinite value"),
    Expectation(
        "cadence_fits",
        (Holds("fits"),),
        "grain",
        "Every period fits its KPI's cadence",
        "With a period that does not fit the KPI's cadence",
    ),
    Expectation(
        "period_not_future",
        (AtLeast("latest", "start"),),
        "date_future",
        "No period lies in the future",
        "With a period in the future",
    ),
    Expectation(
        "period_plausible",
        (AtLeast("start", "earliest"),),
        "date_out_of_range",
        "No period is implausibly old",
        "With an implausibly old period",
    ),
    Expectation(
        "value_in_range",
        (AtLeast("number", "low"), AtLeast("high", "number")),
        "range",
        "Every value lies inside its KPI's range",
        "With a value outside the KPI's range",
    ),
    Expectation(
        "one_value_per_period",
        (Holds("agrees"),),
        "duplicate_conflict",
        "No period has two different values",
        "With another value for the same KPI, segment and period",
        needs=frozenset({"rivals"}),
    ),
    Expectation(
        "period_over",
        (Holds("over"),),
        "period_open",
        "Every period is over",
        "With a period that is not over yet",
        blocking=False,
    ),
    Expectation(
        "no_jump",
        (AtLeast("max_jump", "jump"),),
        "jump",
        "No value jumps",
        "With a jump from the value before",
        blocking=False,
        needs=frozenset({"jump"}),
    ),
    Expectation(
        "fresh",
        (AtLeast("last", "fresh_from"),),
        "late",
        "Every KPI is up to date",
        "Late",
        of="kpis",
        blocking=False,
    ),
)


def row_count(low: int | None, high: int | None, blocking: bool) -> Expectation:
    """The number of rows that a source usually has."""
    return Expectation(
        "row_count",
        (RowCount(low, high),),
        "row_count",
        "The number of rows is as expected of this source",
        "The number of rows is not as expected of this source",
        blocking=blocking,
    )


def kpis_present(names: tuple[str, ...], blocking: bool) -> Expectation:
    """The KPIs that a source must bring each time."""
    return Expectation(
        "kpis_present",
        (Contains("kpi", names),),
        "kpi_absent",
        "Every KPI expected of this source is there",
        "Not in the file",
        of="kpis",
        blocking=blocking,
    )


def few_gaps(blocking: bool) -> Expectation:
    """The share of a KPI's periods and segments without a value that a source may leave."""
    return Expectation(
        "few_gaps",
        (AtLeast("gaps_allowed", "gaps"),),
        "gaps",
        "No KPI has more gaps than this source may leave",
        "With more gaps than this source may leave",
        of="kpis",
        blocking=blocking,
        needs=frozenset({"gaps"}),
    )
