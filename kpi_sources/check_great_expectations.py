"""Runs the suite with Great Expectations on pandas. Importing that library takes seconds, so only a run does."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pandas as pd

from kpi_sources.check_facts import Limits, kpi_facts, row_facts
from kpi_sources.check_outcome import OFFENDER_COLUMNS, Outcome
from kpi_sources.suite import (
    STRUCTURE,
    AtLeast,
    Contains,
    Expectation,
    Finite,
    HasColumn,
    HasType,
    Holds,
    Present,
    RowCount,
    Rule,
)

TYPES = {"number": ["float64"], "day": [f"datetime64[{unit}]" for unit in ("s", "ms", "us", "ns")]}
LARGEST = 1.7976931348623157e308  # the largest double: beyond it is only infinity
_idle: list[Any] = []  # places of tables that nobody uses now; making one costs as much as checking a small file
_sound: set[tuple] = set()  # columns and types that were found sound


def run(rows: pd.DataFrame, limits: Limits, suite: Iterable[Expectation]) -> dict[str, Outcome]:
    """Every expectation's outcome by code, the structure's first and only they when it fails. At least one row."""
    listed = list(suite)
    with _place() as place:
        structure = _structure(place, rows)
        if not all(outcome.success for outcome in structure.values()):
            return structure
        facts = row_facts(rows, limits)
        with_gaps = any("gaps" in e.needs for e in listed)
        tables = {"rows": facts, "kpis": kpi_facts(facts, limits, with_gaps=with_gaps)}
        out = {}
        for of, table in tables.items():
            out.update(_validate(place, table, [e for e in listed if e.of == of]))
    return structure | {e.code: out[e.code] for e in listed}


def _structure(place: Any, rows: pd.DataFrame) -> dict[str, Outcome]:
    """Columns and types are the same in every row, and what was sound in one file is in the next."""
    form = tuple((name, str(dtype)) for name, dtype in rows.dtypes.items())
    if form in _sound:
        return {e.code: Outcome(0, _offenders(rows.head(0))) for e in STRUCTURE}
    found = _validate(place, rows.head(1), list(STRUCTURE))
    if all(outcome.success for outcome in found.values()):
        _sound.add(form)
    return found


def _validate(place: Any, table: pd.DataFrame, suite: list[Expectation]) -> dict[str, Outcome]:
    if not suite:
        return {}
    if table.empty:  # on no rows everything would pass, also that a KPI is there
        return {e.code: _of_nothing(e, table) for e in suite}
    pairs = [(e, rule) for e in suite for rule in e.rules]
    spoken_of = {name for _, rule in pairs for name in vars(rule).values() if isinstance(name, str)}
    seen = table[[name for name in table.columns if name in spoken_of] or list(table.columns)]  # each column costs time
    batch = place.get_batch({"dataframe": seen})
    asked = [_translated(rule, {"code": e.code, "rule": n}) for n, (e, rule) in enumerate(pairs)]
    holds = {n for n, answer in _answers(batch, asked, "BOOLEAN_ONLY").items() if answer.success}
    broken = _answers(batch, [a for n, a in enumerate(asked) if n not in holds], "COMPLETE")  # saying where costs more
    out = {}
    for expectation in suite:
        mine = [(n, rule) for n, (owner, rule) in enumerate(pairs) if owner is expectation and n not in holds]
        out[expectation.code] = _joined([_read(rule, broken.get(n), table) for n, rule in mine], table)
    return out


def _answers(batch: Any, asked: list[Any], form: str) -> dict[int, Any]:
    """What Great Expectations says of each rule, by its number; it answers in no fixed order."""
    import great_expectations as gx

    if not asked:
        return {}
    suite = gx.ExpectationSuite(name="suite", expectations=asked)
    return {_number(answer): answer for answer in batch.validate(suite, result_format={"result_format": form}).results}


@contextmanager
def _place() -> Iterator[Any]:
    """A place for a table in memory, for one thread at a time. The place is kept for the next, the table is not."""
    try:
        place = _idle.pop()
    except IndexError:
        place = _new_place()
    yield place  # one in which something raised is not used again
    batch = place.get_batch({"dataframe": pd.DataFrame({"nothing": [0.0]})})
    batch.data.execution_engine.batch_manager.load_batch_list([batch])
    _idle.append(place)


def _new_place() -> Any:
    """No progress bars, nothing sent anywhere, no pages in a temporary folder."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    source = gx.get_context(mode="ephemeral", project_config=config).data_sources.add_pandas("extract")
    return source.add_dataframe_asset("table").add_batch_definition_whole_dataframe("whole")


def _number(answer: Any) -> int:
    return int(answer.expectation_config.meta["rule"])


def _translated(rule: Rule, meta: dict[str, Any]) -> Any:
    from great_expectations import expectations as gxe

    missing: Literal["either_value_is_missing"] = "either_value_is_missing"
    match rule:
        case HasColumn(column):
            return gxe.ExpectColumnToExist(column=column, meta=meta)
        case HasType(column, kind):
            return gxe.ExpectColumnValuesToBeInTypeList(column=column, type_list=TYPES[kind], meta=meta)
        case Present(column):
            return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        case Finite(column):
            return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=-LARGEST, max_value=LARGEST, meta=meta)
        case AtLeast(column, other):
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=column, column_B=other, or_equal=True, ignore_row_if=missing, meta=meta
            )
        case Holds(column):
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[1.0], meta=meta)
        case RowCount(low, high):
            return gxe.ExpectTableRowCountToBeBetween(min_value=low, max_value=high, meta=meta)
        case Contains(column, values):
            return gxe.ExpectColumnDistinctValuesToContainSet(column=column, value_set=list(values), meta=meta)


def _read(rule: Rule, answer: Any, table: pd.DataFrame) -> tuple[list[int], list[str], str]:
    """Positions of the offending rows, names that are missing, and why it could not be run."""
    if answer is None:
        return [], [], "Great Expectations gave no answer"
    error = _raised(answer.exception_info)
    if error:
        return [], [], error
    if isinstance(rule, Contains):
        absent = [] if answer.success else [v for v in rule.values if v not in set(table[rule.column])]
        return [], absent, "" if answer.success or absent else "failed without saying where"
    if isinstance(rule, HasColumn | HasType):
        return [], [] if answer.success else [rule.column], ""
    if isinstance(rule, RowCount):
        return [], [] if answer.success else [""], ""
    at = [int(n) for n in answer.result.get("unexpected_index_list") or []]
    if bool(answer.success) != (not at) or len(at) != int(answer.result.get("unexpected_count", -1)):
        return [], [], "failed without saying where"
    return at, [], ""


def _raised(info: Any) -> str:
    """The message of an exception that Great Expectations kept, at either depth at which it keeps one."""
    for part in (info, *(v for v in (info or {}).values() if isinstance(v, dict))):
        if part and part.get("raised_exception"):
            return str(part.get("exception_message") or "an exception without a message")
    return ""


def _joined(parts: list[tuple[list[int], list[str], str]], table: pd.DataFrame) -> Outcome:
    at = sorted({n for positions, _, _ in parts for n in positions})
    absent = [name for _, names, _ in parts for name in names]
    error = "; ".join(dict.fromkeys(said for _, _, said in parts if said))
    if absent:
        return Outcome.of_absent(absent, error)
    return Outcome(len(at), _offenders(table.iloc[at]), error)


def _offenders(rows: pd.DataFrame) -> pd.DataFrame:
    kept = [c for c in (*OFFENDER_COLUMNS, "last", "fresh_from", "gaps", "gaps_allowed") if c in rows]
    return rows[kept]


def _of_nothing(expectation: Expectation, table: pd.DataFrame) -> Outcome:
    absent = [v for rule in expectation.rules if isinstance(rule, Contains) for v in rule.values]
    if absent:
        return Outcome.of_absent(absent)
    return Outcome(0, _offenders(table))
