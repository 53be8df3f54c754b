"""Checks of an extract before anything is stored: what must hold stops it, what only looks odd warns.

The suite (suite.py) is the one definition. `check` runs it with Great Expectations on a frame; for bulk loads
`check_in_database` runs it as SQL where the rows already are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from kpi_sources import check_great_expectations
from kpi_sources.check_facts import Limits, limits_of
from kpi_sources.check_messages import problems_of
from kpi_sources.check_outcome import Outcome
from kpi_sources.check_sql import Query, run_sql
from kpi_sources.findings import Problem
from kpi_sources.source_expectations import SourceExpectations
from kpi_sources.suite import STRUCTURE, SUITE, Expectation, RowCount
from models.policy import POLICY, Policy

NAMED = 3  # KPIs that a result's sentence names before it says how many more


@dataclass(frozen=True)
class CheckResult:
    """How one expectation ended: for the whole file (`kpi` empty), and again for every KPI in which it failed."""

    expectation: str
    kpi: str
    success: bool
    blocking: bool
    unexpected: int
    detail: str


@dataclass
class Checked:
    """`problems` stop the load, one per bad row with the first thing wrong in it; `warnings` do not."""

    results: list[CheckResult] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check(
    rows: pd.DataFrame,
    kpis: pd.DataFrame,
    as_of: date,
    known: pd.DataFrame | None = None,
    source: SourceExpectations | None = None,
    policy: Policy = POLICY,
) -> Checked:
    """Check tidy rows against the KPIs' definitions and, if given, what is expected of their source.

    `rows`: kpi, segment, start (datetime64), cadence (as written), value (float64), line, column. `kpis`: the columns
    of company.kpi_frame. `known`: the last value of each series so far, kpi, segment, period, value. No rows is a
    failure, and so is a check that could not be run.
    """
    suite = _suite(source)
    if rows.empty:
        return _report({"rows_present": _nothing()}, suite, 0, kpis, as_of)
    limits = _limits(kpis, as_of, known, source, policy)
    outcomes = check_great_expectations.run(rows, limits, suite)
    return _report(outcomes, suite, len(rows), kpis, as_of)


def check_in_database(
    query: Query,
    kpis: pd.DataFrame,
    as_of: date,
    known: pd.DataFrame | None = None,
    source: SourceExpectations | None = None,
    policy: Policy = POLICY,
    *,
    leave_out: tuple[str, ...] = (),
    found: Mapping[str, Outcome] | None = None,
    stands_for: int | None = None,
) -> Checked:
    """The same checks on rows that a database holds as `extract` (columns as for `check`).

    `query(sql, frames)` runs one statement and returns its rows as a frame; `frames` are to be visible to it as tables
    of these names. `leave_out` names costly facts to do without: rivals (where the load itself finds conflicts), jump.
    `found` are outcomes, by code, of expectations so left out that the caller has seen to; `stands_for` is the
    number of rows where `extract` holds only some that stand for all.
    """
    suite = tuple(e for e in _suite(source) if not e.needs & set(leave_out))
    limits = _limits(kpis, as_of, known, source, policy)
    total, outcomes = run_sql(query, limits, suite)
    outcomes = {"rows_present": _nothing()} if total == 0 else {**outcomes, **(found or {})}
    return _report(outcomes, _suite(source), stands_for or total, kpis, as_of)


def _suite(source: SourceExpectations | None) -> tuple[Expectation, ...]:
    return SUITE + (source.expectations() if source else ())


def _limits(
    kpis: pd.DataFrame, as_of: date, known: pd.DataFrame | None, source: SourceExpectations | None, policy: Policy
) -> Limits:
    source = source or SourceExpectations()
    gaps = 1.0 if source.gaps_at_most is None else source.gaps_at_most
    return limits_of(kpis, as_of, known, jumps=source.jumps, gaps_allowed=gaps, policy=policy)


def _nothing() -> Outcome:
    return Outcome.of_absent([""])


def _report(
    outcomes: dict[str, Outcome], suite: Iterable[Expectation], total: int, kpis: pd.DataFrame, as_of: date
) -> Checked:
    out = Checked()
    known = [str(name) for name in kpis["id"]]
    named: set[tuple[int | None, str | None]] = set()
    for expectation in (*STRUCTURE, *suite):
        outcome = outcomes.get(expectation.code)
        if outcome is None:
            continue
        out.results += _results(expectation, outcome, total)
        if outcome.error:
            out.problems.append(_not_run(expectation, outcome))
            continue
        for problem in problems_of(expectation.code, expectation.wrong, outcome.offenders, known, as_of):
            place = (problem.line, problem.column)
            if problem.line is not None and place in named:
                continue
            if expectation.blocking:
                out.problems.append(problem)
                named.add(place)
            else:
                out.warnings.append(problem)
    out.problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    return out


def _results(expectation: Expectation, outcome: Outcome, total: int) -> list[CheckResult]:
    def result(kpi: str, unexpected: int, detail: str) -> CheckResult:
        return CheckResult(expectation.code, kpi, outcome.success, expectation.blocking, unexpected, detail)

    if outcome.error:
        return [result("", outcome.unexpected, f"{expectation.holds}: could not be checked ({outcome.error}).")]
    if outcome.success:
        return [result("", 0, f"{expectation.holds}.")]
    if any(isinstance(rule, RowCount) for rule in expectation.rules):
        return [result("", outcome.unexpected, f"{expectation.fails}.")]
    names = outcome.offenders["kpi"].dropna().astype(str)
    counts = names.value_counts() if outcome.by_kpi is None else outcome.by_kpi
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    by_row = expectation.of == "rows" and expectation.code not in {e.code for e in STRUCTURE}
    said = ", ".join(f"{name} {count}" if by_row else str(name) for name, count in counts.head(NAMED).items())
    more = f" and {len(counts) - NAMED} more" if len(counts) > NAMED else ""
    amount = f": {outcome.unexpected} of {_rows(total)}" if by_row else ""
    listed = (f" ({said}{more})" if by_row else f": {said}{more}") if said else ""
    whole = result("", outcome.unexpected, f"{expectation.fails}{amount}{listed}.")
    if not by_row and expectation.of == "rows":
        return [whole]
    each = [
        result(str(name), int(count), f"{expectation.fails}: {_rows(count)}." if by_row else f"{expectation.fails}.")
        for name, count in counts.sort_index().items()
    ]
    return [whole, *each]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _not_run(expectation: Expectation, outcome: Outcome) -> Problem:
    message = (
        f"the check {expectation.holds!r} could not be run: {outcome.error}; nothing is accepted that was not checked"
    )
    return Problem(line=None, cell=None, column=None, found="", code="check_failed", message=message)
