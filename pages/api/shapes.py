"""What the API takes and gives, as pydantic classes: checked on the way in, and the source of the OpenAPI document."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

MOST_VALUES = 50_000  # values of one push; more goes as a file
MOST_BYTES = 8_000_000  # of a request's body: fifty thousand values with long names

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)  # beyond these no calendar of ours can be counted

Name = Annotated[str, Field(min_length=1, max_length=200)]


def _written_as_day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


def _written_as_number(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    raise ValueError("a value is a JSON number")


Day = Annotated[
    date,
    Field(ge=FIRST_DAY, le=LAST_DAY),
    BeforeValidator(_written_as_day),
    WithJsonSchema({"type": "string", "format": "date", "description": f"From {FIRST_DAY} to {LAST_DAY}."}),
]
Number = Annotated[
    Decimal,
    Field(allow_inf_nan=False, max_digits=40),
    BeforeValidator(_written_as_number),
    WithJsonSchema({"type": "number"}),
]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Value(Shape):
    """One value of one KPI: `period` is its first day; without a segment it is the total."""

    kpi: Name
    period: Day
    value: Number
    segment: Name = "all"


class Push(Shape):
    """KPI values of one source; all of them or none are stored, unless part is accepted."""

    source: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
    values: Annotated[list[Value], Field(min_length=1, max_length=MOST_VALUES)]
    create_kpis: bool = False
    accept_partial: bool = False


class Pushed(Shape):
    """What a push did; counts are values."""

    load_id: int | None
    file: str
    sha256: str
    status: Literal["stored", "partial", "rejected", "needs_input", "already_loaded"]
    layout: str
    counts: dict[str, int]
    rejected: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    warnings: list[str]


class Asked(Shape):
    """Which scorecard; by default the one that holds the day, as known now."""

    cycle: Name | None = None
    as_of: Day | None = None
    team: Name | None = None


class AskedEvidence(Shape):
    """Which key result, as known at the end of which day."""

    key_result: Name
    cycle: Name | None = None
    as_of: Day | None = None


class Fault(Shape):
    """One thing wrong with a request: where, and what."""

    field: str
    message: str


class Problem(Shape):
    """Every refusal has this form."""

    status: Literal["rejected"] = "rejected"
    message: str
    errors: list[Fault] = []


class State(Shape):
    status: Literal["ok", "ready", "not_ready"]
