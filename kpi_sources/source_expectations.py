"""What an analyst expects of one source, beyond its KPIs' definitions: YAML that is edited on screen and kept."""

from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kpi_sources.suite import Expectation, few_gaps, kpis_present, row_count


class SourceExpectationsError(ValueError):
    """Expectations that cannot be used; the text says which key, what was found and what is allowed."""


class SourceExpectations(BaseModel):
    """All keys are optional. What does not hold stops the file, or only warns with `only_warn`.

    `rows_at_least` and `rows_at_most` count the values read from the file. `must_have` names KPIs that every file of
    the source brings. `gaps_at_most` is the share (0..1) of a KPI's segments x periods in the file that may be without
    a value. `jumps` gives, per KPI, how many times the value before a value may be (or one such part of it).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows_at_least: Annotated[int, Field(ge=0, strict=True)] | None = None
    rows_at_most: Annotated[int, Field(ge=0, strict=True)] | None = None
    must_have: tuple[str, ...] = ()
    gaps_at_most: Annotated[float, Field(ge=0, le=1)] | None = None
    jumps: dict[str, Annotated[float, Field(gt=1, allow_inf_nan=False)]] = {}
    only_warn: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.rows_at_least is not None and self.rows_at_most is not None and self.rows_at_least > self.rows_at_most:
            raise ValueError(f"rows_at_least ({self.rows_at_least}) is above rows_at_most ({self.rows_at_most})")
        return self

    @classmethod
    def from_dict(cls, data: Any) -> "SourceExpectations":
        """Expectations from plain values (of YAML or a form); raises SourceExpectationsError."""
        if not isinstance(data, dict):
            raise SourceExpectationsError(
                f"a source's expectations are a list of `key: value` lines, found {type(data).__name__}"
            )
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise SourceExpectationsError("; ".join(_said(detail) for detail in error.errors())) from error

    @classmethod
    def from_yaml(cls, text: str) -> "SourceExpectations":
        """Expectations from YAML; an empty text expects nothing; raises SourceExpectationsError."""
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SourceExpectationsError(f"the source's expectations are not valid YAML: {error}") from error
        return cls.from_dict({} if data is None else data)

    def to_yaml(self) -> str:
        """Only what is set, keys in the order of the class."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True) if data else ""

    def expectations(self) -> tuple[Expectation, ...]:
        """What it adds to the suite."""
        blocking = not self.only_warn
        out = []
        if self.rows_at_least is not None or self.rows_at_most is not None:
            out.append(row_count(self.rows_at_least, self.rows_at_most, blocking))
        if self.must_have:
            out.append(kpis_present(self.must_have, blocking))
        if self.gaps_at_most is not None:
            out.append(few_gaps(blocking))
        return tuple(out)


def _said(detail: Any) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = ", ".join(SourceExpectations.model_fields)
        return f"unknown key in the source's expectations: {place}; known are {known}"
    message = detail["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    return f"{place}: {message}, found {detail['input']!r}" if place else message
