"""From a read extract to rows that may be stored: known KPIs, checks, and every refused cell with its reason."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from kpi_sources.catalog import Catalog, KpiSpec
from kpi_sources.checks import CheckResult, check
from kpi_sources.extract import Extract
from kpi_sources.findings import Problem
from kpi_sources.mapping import Mapping
from kpi_sources.source_expectations import SourceExpectations
from models.company import kpi_frame
from models.kpi import Kpi
from models.periods import CADENCES, seen_cadence

ROW_COLUMNS = ["kpi", "segment", "period", "value", "exact"]


@dataclass(frozen=True)
class Intake:
    """An extract ready to be compared with the store."""

    extract: Extract = field(repr=False)
    source: str
    mapping_text: str
    rows: pd.DataFrame = field(repr=False)  # ROW_COLUMNS, one row per key, only rows without a problem
    problems: list[Problem] = field(repr=False)
    warnings: list[Problem] = field(repr=False)
    results: list[CheckResult] = field(repr=False)
    created: list[Kpi]
    unknown_kpis: list[str]

    @property
    def rejected(self) -> int:
        """Cells refused: one per line and column named; a problem of the whole file counts once."""
        listed = {(problem.line, problem.column) for problem in self.problems if not problem.more}
        return len(listed) + sum(problem.more for problem in self.problems)

    def status(self, accept_partial: bool) -> str:
        """What loading it would report, before it is known whether its bytes are stored already."""
        if self.extract.status == "needs_input":
            return "needs_input"
        if self.rows.empty or (self.problems and not accept_partial):
            return "rejected"
        return "partial" if self.problems else "stored"


def take_in(
    extract: Extract,
    known: list[Kpi],
    *,
    as_of: date,
    source: str,
    mapping: Mapping | None = None,
    create_kpis: bool = False,
    latest: pd.DataFrame | None = None,
    expected: SourceExpectations | None = None,
) -> Intake:
    """Settle names and run the checks. `latest` holds kpi, segment, period, value: the last known of each series.

    What is wrong with the file as a whole (`needs_input`, or a problem without a line) leaves no rows to accept.
    """
    rows = extract.rows
    unknown = sorted(set(rows["kpi"]) - {kpi.id for kpi in known})
    created = [new_kpi(name, rows, source) for name in unknown] if create_kpis else []
    problems = list(extract.errors)
    whole = extract.status == "needs_input" or _of_the_file(problems)
    warnings, results = list(extract.warnings), []
    if not whole and not rows.empty:
        checked = check(rows, kpi_frame([*known, *created]), as_of, latest, expected)
        placed = {(problem.line, problem.column) for problem in problems}
        problems += [problem for problem in checked.problems if (problem.line, problem.column) not in placed]
        warnings += checked.warnings
        results = checked.results
        bad = {(problem.line, problem.column) for problem in checked.problems}
        rows = rows[[pair not in bad for pair in zip(rows["line"], rows["column"], strict=True)]]
    rows = rows.iloc[:0] if whole or _of_the_file(problems) else rows
    named = {problem.found for problem in problems if problem.code == "unknown_kpi"}
    return Intake(
        extract=extract,
        source=source,
        mapping_text=mapping.to_yaml() if mapping else "",
        rows=rows.assign(period=rows["start"])[ROW_COLUMNS],
        problems=problems,
        warnings=warnings,
        results=results,
        created=created,
        unknown_kpis=sorted(named | (set() if create_kpis else set(unknown))),
    )


def _of_the_file(problems: list[Problem]) -> bool:
    return any(problem.line is None for problem in problems)


def source_of(name: str) -> str:
    """The source that a file name belongs to when none is given: the name without dates and running numbers."""
    stem = Path(name).name.split(".")[0]
    plain = re.sub(r"[\s_\-]*\d+", "", stem).strip(" _-")
    return plain or stem


def catalog_of(kpis: list[Kpi], *, others_too: bool, ranges: bool = False) -> Catalog:
    """The KPIs that a file may name, by id or name. `others_too` lets new ones pass.

    Ranges are left to the checks, unless there will be none.
    """
    specs = [
        KpiSpec(
            id=kpi.id,
            name=kpi.name,
            unit=kpi.unit,
            min=kpi.range.low if ranges and kpi.range else None,
            max=kpi.range.high if ranges and kpi.range else None,
            grain=kpi.cadence,
            any_segment=True,
        )
        for kpi in kpis
    ]
    return Catalog.build(specs, open=others_too)


def new_kpi(name: str, rows: pd.DataFrame, source: str) -> Kpi:
    """The definition of a KPI that nobody defined, from its rows (kpi, cadence, start): to be completed."""
    own = rows[rows["kpi"] == name]
    cadence = own["cadence"].iloc[0]
    if cadence not in CADENCES:
        cadence = seen_cadence(own["start"])
    if cadence == "day":  # a month written as its first day reads as a day
        cadence = seen_cadence(own["start"])
    return Kpi(id=name, cadence=cadence, source=source, to_be_defined=True)
