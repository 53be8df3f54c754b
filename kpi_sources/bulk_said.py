"""What is said of a big file: its extract without rows, its repeated and conflicting rows."""

from dataclasses import replace

import pandas as pd

from kpi_sources.bulk import Form
from kpi_sources.bulk_scan import Scan
from kpi_sources.check_messages import number_text
from kpi_sources.extract import Extract, from_reading
from kpi_sources.findings import Problem
from kpi_sources.limits import LIMITS, too_large
from kpi_sources.reading import Reading
from kpi_sources.repeats import others_said
from kpi_sources.terms import Terms


def bare_extract(scanned: Scan, terms: Terms, reading: Reading) -> Extract:
    """An extract without rows: they never leave the database."""
    return replace(
        from_reading(Reading(), terms.name, scanned.sha256, scanned.bytes),
        status=reading.status,
        errors=reading.errors,
        warnings=reading.warnings,
        layout=reading.layout,
        decisions=reading.decisions,
    )


def repeats_said(rows: pd.DataFrame, form: Form) -> list[Problem]:
    """A warning for each row (place, before, v; places from 0) that repeats an earlier one."""
    first = form.skip + 1
    out = []
    for row in rows.itertuples():
        line, before = int(row.place) + first, int(row.before) + first
        message = f"line {line}: duplicate row: repeats line {before} with the same value; loaded once"
        out.append(Problem(line, None, form.value_name or None, number_text(float(row.v)), "duplicate_exact", message))
    return out


def conflicts_said(rows: pd.DataFrame, form: Form) -> list[Problem]:
    """The rows of keys with two values, each naming the others."""
    out = []
    for (kpi, segment, day), own in rows.groupby(["kpi", "segment", "d"], sort=False):
        said = [
            (int(place) + form.skip + 1, number_text(value))
            for place, value in zip(own["place"], own["v"], strict=True)
        ]
        for line, found in said:
            others = others_said(((at, value) for at, value in said if at != line), len(said) - 1)
            key = f"{kpi}, {segment}, {day:%Y-%m-%d}"
            message = f"line {line}: duplicate with another value: {key} is {found} here, but {others}"
            out.append(Problem(line, None, form.value_name or None, found, "duplicate_conflict", message))
    return sorted(out, key=lambda problem: problem.line or 0)


def refused_as_too_large(scanned: Scan, terms: Terms) -> Extract:
    """The refusal of a file in which no fault was found, but which only the ordinary reader could take."""
    refusal = too_large("bytes", scanned.bytes, LIMITS.file_bytes)
    problem = Problem(None, None, None, refusal.found, refusal.code, refusal.message)
    return bare_extract(scanned, terms, Reading(status="rejected", errors=[problem]))
