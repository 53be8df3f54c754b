"""On which terms a file is loaded."""

from dataclasses import dataclass
from datetime import date, datetime

from kpi_sources.mapping import Mapping
from kpi_sources.source_expectations import SourceExpectations
from models.kpi import Kpi


@dataclass(frozen=True)
class Terms:
    """On which terms a file is loaded: its source with what is known of it, and the company at that moment."""

    name: str
    source: str
    mapping: Mapping | None
    expected: SourceExpectations
    create_kpis: bool
    known: list[Kpi]
    moment: datetime
    who: str

    @property
    def mapping_text(self) -> str:
        return self.mapping.to_yaml() if self.mapping else ""

    @property
    def as_of(self) -> date:
        return self.moment.date()
