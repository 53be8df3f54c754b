"""Read a KPI extract: bytes in, tidy rows or the reasons against them out. Never raises for what a file holds."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpi_sources.catalog import Catalog, KpiSpec
from kpi_sources.findings import Decision, Problem, Question
from kpi_sources.limits import LIMITS, Limits
from kpi_sources.mapping import Mapping, MappingError
from kpi_sources.reading import Reading, read_bytes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = ("kpi", "period", "start", "cadence", "value", "exact", "segment", "line", "column")


@dataclass
class Extract:
    """What one file holds.

    status: 'ok', 'rejected' (errors) or 'needs_input' (questions; each stands among the errors too).
    rows: the good rows, even beside errors: kpi, period (2024-03-05, 2024-03, 2024-Q1, 2024-W09 or 2024), start
    (datetime64, first day of the period), cadence, value (float64), exact (decimal text where a double cannot keep the
    value, else None), segment ('all' without one), line (physical, 1-based), column (header of the value).
    repeated: equal duplicates beyond the first; missing: cells that say there is no value.
    """

    status: str
    rows: "pd.DataFrame"
    repeated: int
    missing: int
    errors: list[Problem]
    warnings: list[Problem]
    questions: list[Question]
    layout: str
    decisions: list[Decision]
    sha256: str
    bytes: int
    name: str = ""
    refused: bool = field(default=False)
    read_as: tuple = field(default=(), repr=False, compare=False)  # what reading went by; told by who keeps an extract


def read_extract(
    data: bytes,
    name: str,
    mapping: Mapping | None = None,
    catalog: Catalog | None = None,
    as_of: date | None = None,
    *,
    limits: Limits = LIMITS,
    trusted: bool = False,
) -> Extract:
    """Read one file's bytes. `as_of`: later periods are errors (default: today, UTC); `trusted` admits Parquet."""
    day = as_of or datetime.now(UTC).date()
    reading = read_bytes(data, name, mapping or Mapping(), catalog or Catalog(open=True), day, limits, trusted)
    return from_reading(reading, name, hashlib.sha256(data).hexdigest(), len(data))


def read_file(path: Path | str, mapping: Mapping | None = None, **options: Any) -> Extract:
    """Read a file of a trusted place; options as for `read_extract`."""
    path = Path(path)
    return read_extract(path.read_bytes(), path.name, mapping, trusted=True, **options)


def from_reading(reading: Reading, name: str, sha256: str, size: int) -> Extract:
    """The extract with its rows as a frame."""
    import numpy as np
    import pandas as pd

    rows = pd.DataFrame(
        {
            "kpi": pd.Series(reading.kpi, dtype="str"),
            "period": pd.Series(reading.period, dtype="str"),
            "start": _days(reading.start),
            "cadence": pd.Series(reading.cadence, dtype="str"),
            "value": np.array(reading.value, dtype="float64"),
            "exact": pd.Series(reading.exact, dtype="object"),
            "segment": pd.Series(reading.segment, dtype="str"),
            "line": np.array(reading.line, dtype="int64"),
            "column": pd.Series(reading.column, dtype="str"),
        }
    )
    return Extract(
        status=reading.status,
        rows=rows,
        repeated=reading.repeated,
        missing=reading.missing,
        errors=reading.errors,
        warnings=reading.warnings,
        questions=reading.questions,
        layout=reading.layout,
        decisions=reading.decisions,
        sha256=sha256,
        bytes=size,
        name=name,
    )


def _days(days: list[date]) -> "np.ndarray":
    import numpy as np

    ordinals = np.fromiter((d.toordinal() for d in days), "int64", len(days))
    return (ordinals - date(1970, 1, 1).toordinal()).astype("datetime64[D]").astype("datetime64[ns]")


__all__ = [
    "COLUMNS",
    "Catalog",
    "Decision",
    "Extract",
    "KpiSpec",
    "Mapping",
    "MappingError",
    "Problem",
    "Question",
    "read_extract",
    "read_file",
]
