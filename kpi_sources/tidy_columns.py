"""What a file holds once it is read, as parallel lists: light enough for the worker, ready for a frame."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Tidy:
    """Parallel lists of the good rows, and the counts of what was not an observation."""

    kpi: list[str] = field(default_factory=list)
    period: list[str] = field(default_factory=list)
    start: list[date] = field(default_factory=list)
    cadence: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    exact: list[str | None] = field(default_factory=list)
    segment: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    column: list[str] = field(default_factory=list)
    repeated: int = 0
    missing: int = 0
