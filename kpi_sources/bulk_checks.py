"""The checks of a bulk load. Where nothing is wrong, a few rows that stand for all of them prove it.

Beside jumps and rivals, which the load counts itself, every rule on rows speaks of a KPI with a day, or of a KPI with a
value. So each KPI's days with its least value, and one more row with its greatest, break a rule if any row does. Only
then, or where a source expects more, all rows are checked.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kpi_sources.check_facts import limits_of, phases
from kpi_sources.check_outcome import OFFENDER_COLUMNS, Outcome
from kpi_sources.check_sql import Query
from kpi_sources.checks import Checked, check_in_database
from kpi_sources.findings import Problem
from kpi_sources.source_expectations import SourceExpectations

_LEFT_OUT = ("rivals", "jump")


@dataclass(frozen=True)
class Rows:
    """What is known of the rows: each KPI's days (datetime64[D]), cadence, least and greatest value, and its jumps;
    the `column` that holds the values, and how many rows there are in `total`.

    `jumps` are the first of them, with kpi, segment, start, value and previous; `jumped` counts them by KPI.
    """

    days: dict[str, np.ndarray]
    grains: dict[str, str]
    values: dict[str, tuple[float, float]]
    jumps: pd.DataFrame
    jumped: pd.Series
    column: str
    total: int


def standing_for_all(rows: Rows, kpis: pd.DataFrame) -> pd.DataFrame:
    """The rows that break a rule on KPI and day, or KPI and value, if any row does: kpi, start, cadence, value.

    Of a daily KPI the first and the last day tell: all its days begin alike. Of others every day is needed.
    """
    daily = set(kpis["id"][kpis["cadence"] == "day"])
    days = [own[[0, -1]] if name in daily else own for name, own in rows.days.items()]
    names, lengths = list(rows.days), [len(own) for own in days]
    codes = np.repeat(np.arange(len(names)), lengths)
    low = np.array([rows.values[name][0] for name in names])
    values = low[codes]
    values[np.cumsum(lengths) - 1] = [rows.values[name][1] for name in names]
    once = np.flatnonzero(np.array(lengths) == 1)  # a KPI of one day needs a second row for its least value
    more = np.cumsum(lengths)[once] - 1
    order = np.r_[np.arange(len(codes)), more]
    return pd.DataFrame(
        {
            "kpi": np.array(names, dtype=object)[codes[order]],
            "start": np.concatenate(days).astype("datetime64[ns]")[order],
            "cadence": np.array([rows.grains[name] for name in names], dtype=object)[codes[order]],
            "value": np.r_[values, low[once]],
        }
    )


def check_rows(
    query: Query,
    rows: Rows,
    kpis: pd.DataFrame,
    as_of: date,
    latest: pd.DataFrame | None,
    expected: SourceExpectations,
    *,
    all_rows: bool,
) -> Checked:
    """The results of the whole suite. With `all_rows`, `extract` holds every row, else those that stand for all."""
    calm = Outcome(0, pd.DataFrame(columns=list(OFFENDER_COLUMNS)))
    if all_rows:
        found = {"one_value_per_period": calm}
        return check_in_database(query, kpis, as_of, latest, expected, leave_out=("rivals",), found=found)
    jumps = Outcome(int(rows.jumped.sum()), _offenders(rows, kpis, as_of), by_kpi=rows.jumped[rows.jumped > 0])
    return check_in_database(
        query,
        kpis,
        as_of,
        latest,
        expected,
        leave_out=_LEFT_OUT,
        found={"one_value_per_period": calm, "no_jump": jumps if jumps.unexpected else calm},
        stands_for=rows.total,
    )


def broke_on_rows(checked: Checked) -> bool:
    """Whether a rule broke whose count of rows must be exact, or which stops the load."""
    exempt = {"no_jump", "fresh"}
    return bool(checked.problems) or any(not r.success and r.expectation not in exempt for r in checked.results)


def unnamed(rows: Rows) -> Problem | None:
    """A last warning for the jumps that are not named one by one."""
    rest = int(rows.jumped.sum()) - len(rows.jumps)
    return Problem(None, None, rows.column, "", "jump", f"and {rest:,} more jumps") if rest > 0 else None


def _offenders(rows: Rows, kpis: pd.DataFrame, as_of: date) -> pd.DataFrame:
    jumps = rows.jumps
    if jumps.empty:
        return pd.DataFrame(columns=list(OFFENDER_COLUMNS))
    limits = limits_of(kpis, as_of).kpis.set_index("kpi").loc[jumps["kpi"]].reset_index(drop=True)
    out = jumps.reset_index(drop=True).assign(
        cadence=[rows.grains[name] for name in jumps["kpi"]],
        line=None,
        column=rows.column,
        grain=limits["grain"].astype("object"),
        low=limits["low"],
        high=limits["high"],
        max_jump=limits["max_jump"],
        phase_known=limits["phase"],
    )
    out["phase"] = phases(out["start"], out["grain"])
    return out[list(OFFENDER_COLUMNS)]
