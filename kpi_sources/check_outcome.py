"""What running one expectation gave, whichever engine ran it."""

from dataclasses import dataclass, field

import pandas as pd

OFFENDER_COLUMNS = (
    "kpi", "segment", "start", "cadence", "value", "line", "column", "grain", "low", "high", "max_jump", "phase",
    "phase_known", "previous",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """`unexpected` counts what does not hold; `offenders` are those rows (or KPIs), in the order of the file.

    `error` says why an expectation could not be run; such a one has failed. `by_kpi` counts them by KPI where the
    offenders are only the first of many.
    """

    unexpected: int
    offenders: pd.DataFrame = field(repr=False)
    error: str = ""
    by_kpi: pd.Series | None = field(default=None, repr=False)

    @classmethod
    def of_absent(cls, names: list[str], error: str = "") -> "Outcome":
        """Names (of columns, of KPIs) that should be there and are not; the offenders have only `kpi`, the name."""
        return cls(len(names), pd.DataFrame({"kpi": pd.Series(names, dtype="object")}), error)

    @property
    def success(self) -> bool:
        return not self.error and self.unexpected == 0
