"""A walk through the stage of a big file, row by row: is it in order, where does a value jump, what is its digest?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.block_digests import ColumnDigest
from data.bulk_form import Names
from data.store import Connection

CHUNK = 400  # vectors of 2,048 rows that are looked at together


@dataclass(frozen=True)
class Walk:
    """The stage looked at row by row: whether it is in order, whether a key came twice in a row; then its jumps.

    `jumps` has k, s (codes), d (days since 1970), v and previous of the first of them; `counts` has their number for
    each KPI by its code. `parts` feeds the chain's digest, as if all rows were new.
    """

    ordered: bool
    repeated: bool
    jumps: pd.DataFrame
    counts: np.ndarray
    digest: "StageDigest"


class StageDigest:
    """The digest of the stage as observations, under a load whose number is known only later."""

    def __init__(self, names: Names):
        self._names = names
        self._columns = ColumnDigest()
        self._runs: list[tuple[int, int]] = []  # (series, rows)

    def add(self, days: np.ndarray, values: np.ndarray, series: np.ndarray) -> None:
        self._columns.add(days, values)
        starts = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
        lengths = np.diff(np.append(starts, len(series)))
        for code, length in zip(series[starts].tolist(), lengths.tolist(), strict=True):
            if self._runs and self._runs[-1][0] == code:
                self._runs[-1] = code, self._runs[-1][1] + length
            else:
                self._runs.append((code, length))

    def of_load(self, load_id: int) -> str:
        """The digest of all rows as the first of their keys under a load."""
        for code, length in self._runs:
            kpi, segment = divmod(code, len(self._names.segments))
            key = (self._names.kpis[kpi], self._names.segments[segment], load_id, "first")
            self._columns.add_run(key, length)
        return self._columns.hexdigest()


def walk(connection: Connection, names: Names, most_jump: float, most: int) -> Walk:
    """Walk through the stage once; stops at the first row out of order. `most_jump` is the largest factor."""
    connection.execute(
        "SELECT CAST(enum_code(k) AS BIGINT) AS k, CAST(enum_code(s) AS BIGINT) AS s, "
        "CAST(d - DATE '1970-01-01' AS BIGINT) AS d, v FROM stage"
    )
    counts = np.zeros(len(names.kpis), np.int64)
    found: list[pd.DataFrame] = []
    digest = StageDigest(names)
    before = np.array([-1]), np.array([0]), np.array([np.nan])  # series, day and value of the row before
    while len(part := connection.fetch_df_chunk(CHUNK)):
        kpi, day, value = part["k"].to_numpy(), part["d"].to_numpy(), part["v"].to_numpy()
        series = kpi * len(names.segments) + part["s"].to_numpy()
        series_b, day_b, value_b = (np.r_[b, own[:-1]] for b, own in zip(before, (series, day, value), strict=True))
        same = series == series_b
        backwards = (series < series_b) | (same & (day < day_b))
        twice = same & (day == day_b)
        if backwards.any() or twice.any():
            return Walk(not backwards.any(), bool(twice.any()), pd.DataFrame(), counts, digest)
        digest.add(day, value, series)
        with np.errstate(all="ignore"):
            one, other = np.abs(value), np.abs(value_b)
            small = np.minimum(one, other)
            far = same & (small > 0) & (np.maximum(one, other) / small > most_jump)
        if far.any():
            counts += np.bincount(kpi[far], minlength=len(counts))
            if sum(map(len, found)) < most:
                found.append(part[far].assign(previous=value_b[far]).head(most))
        before = series[-1:], day[-1:], value[-1:]
    return Walk(True, False, pd.concat(found).head(most) if found else pd.DataFrame(), counts, digest)
