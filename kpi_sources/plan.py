"""Where the parts of each observation stand in a grid: the result of understanding its layout."""

from dataclasses import dataclass, field

from kpi_sources.grid import Grid


@dataclass
class Axis:
    """Where a name or period comes from: a column of each row, the header of each value column, or one text for all."""

    columns: tuple[int, ...] = ()
    labels: dict[int, str] = field(default_factory=dict)
    const: str | None = None

    @property
    def known(self) -> bool:
        return bool(self.columns or self.labels or self.const is not None)


@dataclass
class Plan:
    """`body` are row indexes; `value_columns` column indexes; `units` the unit that a value column's header states."""

    grid: Grid
    header: list[int]
    names: list[str]
    value_columns: list[int]
    kpi: Axis
    period: Axis
    segment: Axis
    unit: Axis = field(default_factory=Axis)
    units: dict[int, str] = field(default_factory=dict)
    unit_notes: dict[int, str] = field(default_factory=dict)
    body: list[int] = field(default_factory=list)
    shape: str = "long"
    ignored: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        return bool(self.period.labels)

    def label_columns(self) -> list[int]:
        """Columns that name an observation rather than hold its value."""
        return [*self.kpi.columns, *self.segment.columns, *self.period.columns, *self.unit.columns]

    def width(self) -> int:
        """Number of header cells up to the last one that is not blank."""
        return max((i + 1 for i, n in enumerate(self.names) if n.strip()), default=0)
