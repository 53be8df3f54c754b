"""Sample companies: what to load into an empty store, in which order, as if recorded at the time."""

from dataclasses import dataclass, field
from datetime import datetime

from data.definitions import CheckIn


@dataclass(frozen=True)
class SampleFile:
    """One extract. `mapping` is the YAML that an analyst would have declared for its source."""

    name: str
    data: bytes
    source: str
    recorded_at: datetime
    mapping: str = ""


@dataclass(frozen=True)
class Sample:
    """Files and OKR files in order of time; check-ins with the moment they were recorded."""

    files: list[SampleFile]
    okrs: list[tuple[str, bytes, datetime]]
    check_ins: list[tuple[CheckIn, datetime]] = field(default_factory=list)
    create_kpis: bool = False
    accept_partial: bool = False
