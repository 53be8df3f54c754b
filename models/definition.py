"""What every definition has in common: the texts and numbers it may hold, and a closed range."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.language import numeral, tr

Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]  # strict: no number in quotes, no yes for 1


class Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Band(Definition):
    """A closed interval; either side may be open."""

    low: Finite | None = None
    high: Finite | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise ValueError(tr("a range is written [low, high]"))
            return {"low": value[0], "high": value[1]}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(
                tr(
                    "the range starts at {low} and ends below it, at {high}",
                    low=numeral(f"{self.low:g}"),
                    high=numeral(f"{self.high:g}"),
                )
            )
        return self
