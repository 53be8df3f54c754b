"""A closed cycle: its scorecard as it was agreed, kept whole."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.scorecard import Scorecard


class ClosingRecord(BaseModel):
    """The record of a closing: `scorecard` is what `models.frozen.freeze` makes, `versions` the libraries it ran on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cycle: str
    as_of: date
    note: str = ""
    reason: str = ""  # why it was closed again
    versions: dict[str, str]
    scorecard: dict[str, Any]


@dataclass(frozen=True)
class ClosedCycle:
    """The closing that stands: who closed the cycle, when, and the frozen scorecard."""

    at: datetime
    by: str
    note: str
    reason: str
    versions: dict[str, str] = field(repr=False)
    card: Scorecard = field(repr=False)
