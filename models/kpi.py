"""KPIs as people define them: what is better, how periods add up, what they are made of and driven by."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from models.definition import Band, Definition, Finite, Identifier, Text
from models.language import numeral, tr

Direction = Literal["up", "down", "in_band"]
Cadence = Literal["day", "week", "month", "quarter"]
Aggregation = Literal["sum", "mean", "last", "ratio"]
Relation = Literal["sum", "product", "ratio"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

MOST_FACTORS = 6  # of a product: the contributions of more are beyond what a reader can follow


class MadeOf(Definition):
    """The arithmetic that gives a KPI in every period: the sum of `of` without `less`, the product of `of`, or the
    ratio of the first of `of` to the second. A percentage in a product or a ratio counts as a share."""

    how: Relation
    of: list[Identifier]
    less: list[Identifier] = []

    @model_validator(mode="after")
    def _whole(self) -> Self:
        count = len(self.of)
        if self.how == "ratio" and count != 2:
            raise ValueError(tr("a ratio is made of exactly two KPIs, numerator first; found {count}", count=count))
        if self.how == "product" and not 2 <= count <= MOST_FACTORS:
            raise ValueError(
                tr("a product is made of two to {most} KPIs, found {count}", most=MOST_FACTORS, count=count)
            )
        if self.less and self.how != "sum":
            raise ValueError(tr("only a sum can subtract KPIs with `less`"))
        if self.how == "sum" and (not self.of or len(self.parts) < 2):
            raise ValueError(
                tr("a sum is made of two KPIs or more, found {count}; at least one is added", count=len(self.parts))
            )
        for part in self.parts:
            if self.parts.count(part) > 1:
                raise ValueError(tr("the KPI {id!r} is named twice", id=part))
        return self

    @property
    def parts(self) -> list[str]:
        """Every KPI that it is made of, in the order written."""
        return [*self.of, *self.less]


class Influence(Definition):
    """A belief: the KPI `kpi` drives this one. `lag` is the number of days until that is expected to show."""

    kpi: Identifier
    lag: Annotated[int, Field(ge=0, le=3650)] = 0


class Kpi(Definition):
    """A long-lived metric with its own identity.

    `min_change` is the smallest change that matters: `2%` of the level, or a number in the KPI's unit. `range` holds
    the values that are possible at all; `band` is where a KPI with direction in_band should stay. `made_of` is
    arithmetic, which the data can be held to; `influenced_by` is what people believe.
    """

    id: Identifier
    name: Text = ""
    description: Text = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    direction: Direction = "up"
    cadence: Cadence = "month"
    aggregation: Aggregation = "sum"
    numerator: Identifier | None = None
    denominator: Identifier | None = None
    range: Band | None = None
    band: Band | None = None
    min_change: Finite | str | None = None
    owner: Identifier | None = None
    source: Identifier | None = None
    made_of: MadeOf | None = None
    influenced_by: list[Influence] = []
    leading: bool | None = None
    to_be_defined: bool = False
    illustrative: bool = False

    @field_validator("min_change")
    @classmethod
    def _min_change(cls, value: float | str | None) -> float | str | None:
        if isinstance(value, str):
            text = value.replace(" ", "").replace(",", ".")
            try:
                number = float(text.removesuffix("%"))
            except ValueError:
                number = float("nan")
            if not 0 < number < float("inf"):
                raise ValueError(
                    tr(
                        "the smallest change that matters is a number or a percentage like 2%, found {value!r}",
                        value=value,
                    )
                )
            return f"{number:g}%" if text.endswith("%") else number
        if value is not None and value <= 0:
            raise ValueError(
                tr("the smallest change that matters is above 0, found {value}", value=numeral(f"{value:g}"))
            )
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.direction == "in_band" and self.band is None:
            raise ValueError(tr("a KPI with direction in_band needs its band: [low, high]"))
        if self.aggregation == "ratio" and not (self.numerator and self.denominator):
            self.aggregation = "mean"  # only the ratio itself arrives: no sums to divide
        believed = [influence.kpi for influence in self.influenced_by]
        for kpi in believed:
            if believed.count(kpi) > 1:
                raise ValueError(tr("influenced_by names the KPI {id!r} twice", id=kpi))
            if self.made_of and kpi in self.made_of.parts:
                raise ValueError(tr("the KPI {id!r} is part of made_of already: leave it out of influenced_by", id=kpi))
        return self

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def arithmetic(self) -> MadeOf | None:
        """`made_of`, or what numerator and denominator say; numerator and denominator alone are a ratio."""
        if self.made_of or not (self.numerator and self.denominator) or self.numerator == self.denominator:
            return self.made_of
        return MadeOf(how="ratio", of=[self.numerator, self.denominator])

    @property
    def fed_by(self) -> list[str]:
        """The KPIs that feed this one: parts first, then those believed to drive it."""
        exact = self.arithmetic.parts if self.arithmetic else []
        return [*exact, *(influence.kpi for influence in self.influenced_by if influence.kpi not in exact)]

    @property
    def min_change_relative(self) -> float | None:
        """The smallest change as a share of the level, if it was written as a percentage."""
        return float(self.min_change.removesuffix("%")) / 100 if isinstance(self.min_change, str) else None

    @property
    def min_change_absolute(self) -> float | None:
        """The smallest change in the KPI's own unit, if it was written as a number."""
        return self.min_change if isinstance(self.min_change, float) else None


def feeding_loop(feeds: Mapping[str, Sequence[str]]) -> list[str]:
    """KPIs that feed each other in a circle, the first again at the end; empty where there is none.

    `feeds` maps a KPI to those that feed it (Kpi.fed_by).
    """
    done: set[str] = set()
    for root in feeds:
        way: list[str] = []  # down so far
        waiting = [(root, 0)]  # a KPI and how deep it stands
        while waiting:
            kpi, depth = waiting.pop()
            done.update(way[depth:])
            del way[depth:]
            if kpi in way:
                return [*way[way.index(kpi) :], kpi]
            if kpi in done:
                continue
            way.append(kpi)
            waiting += [(part, depth + 1) for part in reversed(feeds.get(kpi, []))]
        done.update(way)
    return []


def loop_words(loop: list[str]) -> str:
    """The loop in one sentence, in the direction of the definitions: each KPI is fed by the next."""
    way = " <- ".join(loop)
    return tr("the KPIs feed each other in a circle: {way}; take one of them out of made_of or influenced_by", way=way)
