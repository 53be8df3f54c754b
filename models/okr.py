"""Definitions: teams, cycles, KPIs, objectives, key results and their links, as people write them.

Every class is one row of history when stored; `OkrFile` is the whole `okrs.yaml`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from models.language import mark, spoken
from models.periods import Window, named_cycle

Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]  # strict: no number in quotes, no yes for 1
Direction = Literal["up", "down", "in_band"]
Cadence = Literal["day", "week", "month", "quarter"]
Aggregation = Literal["sum", "mean", "last", "ratio"]
Kind = Literal["increase", "decrease", "maintain", "milestone", "yes_no"]
Role = Literal["measure", "outcome", "guardrail", "control"]
Reading = Literal["last", "mean", "sum", "trailing"]
Level = Literal["committed", "aspirational"]
Relation = Literal["sum", "product", "ratio"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

MOST_FACTORS = 6  # of a product: the contributions of more are beyond what a reader can follow


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


CycleName = Annotated[Identifier, BeforeValidator(_as_text)]  # YAML reads a bare 2026 as a number


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
                raise ValueError("a range is written [low, high]")
            return {"low": value[0], "high": value[1]}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the range starts at {self.low:g} and ends below it, at {self.high:g}")
        return self


class Team(Definition):
    """A group of people who answer for objectives. `private`: so are all its objectives. It checks in every
    `check_in_every` weeks, on the weekday `check_in_on` if it has one."""

    id: Identifier
    name: Text = ""
    parent: Identifier | None = None
    private: bool = False
    check_in_every: Annotated[int, Field(ge=1, le=2)] = 1
    check_in_on: Weekday | None = None

    @property
    def label(self) -> str:
        return self.name or self.id


class Cycle(Definition):
    """A named period with first and last day, both inside."""

    id: CycleName
    name: Text = ""
    start: date
    end: date
    parent: CycleName | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_from_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and "start" not in value and "end" not in value:
            window = named_cycle(str(value.get("id", "")))
            if window:
                return {**value, "start": window.start, "end": window.end}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start > self.end:
            raise ValueError(f"the cycle ends on {self.end} before it starts on {self.start}")
        return self

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    @property
    def label(self) -> str:
        return self.name or self.id


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
            raise ValueError(f"a ratio is made of exactly two KPIs, numerator first; found {count}")
        if self.how == "product" and not 2 <= count <= MOST_FACTORS:
            raise ValueError(f"a product is made of two to {MOST_FACTORS} KPIs, found {count}")
        if self.less and self.how != "sum":
            raise ValueError("only a sum can subtract KPIs with `less`")
        if self.how == "sum" and (not self.of or len(self.parts) < 2):
            raise ValueError(f"a sum is made of two KPIs or more, found {len(self.parts)}; at least one is added")
        for part in self.parts:
            if self.parts.count(part) > 1:
                raise ValueError(f"the KPI {part!r} is named twice")
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
                    f"the smallest change that matters is a number or a percentage like 2%, found {value!r}"
                )
            return f"{number:g}%" if text.endswith("%") else number
        if value is not None and value <= 0:
            raise ValueError(f"the smallest change that matters is above 0, found {value:g}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.direction == "in_band" and self.band is None:
            raise ValueError("a KPI with direction in_band needs its band: [low, high]")
        if self.aggregation == "ratio" and not (self.numerator and self.denominator):
            self.aggregation = "mean"  # only the ratio itself arrives: no sums to divide
        believed = [influence.kpi for influence in self.influenced_by]
        for kpi in believed:
            if believed.count(kpi) > 1:
                raise ValueError(f"influenced_by names the KPI {kpi!r} twice")
            if self.made_of and kpi in self.made_of.parts:
                raise ValueError(f"the KPI {kpi!r} is part of made_of already: leave it out of influenced_by")
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


class Status(Definition):
    """Where work stands in the team's own words, beside what the data says. The list is the company's to edit; one
    that is no longer offered is `retired`, so that what was said with it can still be read."""

    id: Identifier
    name: Text = ""
    icon: Annotated[str, Field(max_length=4)] = "○"
    tone: Literal["good", "bad", "warn", "neutral"] = "neutral"
    ended: bool = False  # nothing more is expected: done, dropped
    retired: bool = False

    @property
    def label(self) -> str:
        """Its name; those that we named, in the reader's language."""
        return spoken(self.name) if self.name in _NAMED else self.name or self.id


STATUSES = (  # until a company writes its own
    Status(id="not_started", name=mark("Not started"), icon="○"),
    Status(id="on_track", name=mark("On track"), icon="▸", tone="good"),
    Status(id="at_risk", name=mark("At risk"), icon="◐", tone="warn"),
    Status(id="off_track", name=mark("Off track"), icon="▾", tone="bad"),
    Status(id="on_hold", name=mark("On hold"), icon="‖"),
    Status(id="done", name=mark("Done"), icon="✓", tone="good", ended=True),
    Status(id="dropped", name=mark("Dropped"), icon="✕", ended=True),
)
_NAMED = frozenset(status.name for status in STATUSES)


class Link(Definition):
    """Key result to KPI. `lag` is the number of days until an effect can show."""

    kpi: Identifier
    role: Role
    lag: Annotated[int, Field(ge=0, le=3650)] = 0
    segment: Identifier = "all"


class Stage(Definition):
    """One stage of a milestone key result; `done` is the day on which it was finished."""

    title: Text
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    due: date | None = None
    done: date | None = None


class Dependency(Definition):
    """Another key result that this one needs, or waits for; `needed_by` is the day on which it is wanted."""

    on: Identifier
    needed_by: date | None = None
    note: Text = ""


class Checkpoint(Definition):
    """How far progress should be on a day, where it is not expected to be linear."""

    on: date
    progress: Finite


class KeyResult(Definition):
    """The measurable result. `kpi: X` is short for a link with the roles measure and outcome both."""

    id: Identifier
    title: Text = ""
    owner: Identifier | None = None
    kind: Kind | None = None
    format: Literal["number", "percent", "currency", "score"] = "number"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    kpi: Identifier | None = None
    segment: Identifier = "all"
    baseline: Finite | Literal["auto"] | None = None
    target: Finite | None = None
    band: Band | None = None
    reading: Reading = "last"
    trailing: Annotated[int, Field(ge=1, le=1000)] | None = None
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    links: list[Link] = []
    stages: list[Stage] = []
    checkpoints: list[Checkpoint] = []
    depends_on: list[Dependency] = []
    due: date | None = None
    done: date | None = None
    continues: Identifier | None = None
    tags: list[Identifier] = []
    illustrative: bool = False
    note: Text = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind is None:
            self.kind = self._guess_kind()
        if self.kind in ("increase", "decrease"):
            self._check_target()
        elif self.kind == "maintain" and self.band is None:
            raise ValueError("a key result of kind maintain needs its band: [low, high]")
        elif self.kind == "milestone" and not self.stages:
            raise ValueError("a key result of kind milestone needs its stages")
        if self.reading == "trailing" and self.trailing is None:
            raise ValueError("reading trailing needs the number of periods in `trailing`")
        return self

    def _guess_kind(self) -> Kind:
        if self.stages:
            return "milestone"
        if self.band is not None:
            return "maintain"
        if self.target is None:
            return "yes_no"
        return "decrease" if isinstance(self.baseline, float) and self.target < self.baseline else "increase"

    def _check_target(self) -> None:
        if self.target is None:
            raise ValueError(f"a key result of kind {self.kind} needs a target")
        if self.baseline is None:
            self.baseline = "auto"
        if self.baseline == "auto":
            return
        assert isinstance(self.baseline, float)
        if self.baseline == self.target:
            raise ValueError(
                f"the target equals the baseline ({self.target:g}): progress would divide by zero; "
                "set another target, or use kind maintain with a band"
            )
        falls = self.target < self.baseline
        if falls != (self.kind == "decrease"):
            side = "below" if falls else "above"
            raise ValueError(
                f"kind is {self.kind}, but the target {self.target:g} is {side} the baseline {self.baseline:g}"
            )

    @property
    def label(self) -> str:
        return self.title or self.id

    @property
    def all_links(self) -> list[Link]:
        """Links with the short form `kpi` written out, measure first; the first outcome is the one judged."""
        if self.kpi is None:
            return list(self.links)
        written = {(link.kpi, link.segment, link.role) for link in self.links}
        roles: tuple[Role, ...] = ("measure", "outcome")
        short = [Link(kpi=self.kpi, role=role, segment=self.segment) for role in roles]
        return [link for link in short if (link.kpi, link.segment, link.role) not in written] + list(self.links)


class Objective(Definition):
    """Qualitative aim of a team in a cycle. `private`: only the team, those above it and admins see it."""

    id: Identifier
    title: Text = ""
    team: Identifier | None = None
    cycle: CycleName | None = None
    level: Level = "committed"
    parent: Identifier | None = None
    owner: Identifier | None = None
    tags: list[Identifier] = []
    draft: bool = False
    private: bool = False
    illustrative: bool = False
    note: Text = ""
    key_results: list[KeyResult] = []

    @property
    def label(self) -> str:
        return self.title or self.id


class OkrFile(Definition):
    """The whole of `okrs.yaml`."""

    teams: list[Team] = []
    cycles: list[Cycle] = []
    kpis: list[Kpi] = []
    statuses: list[Status] = []
    objectives: list[Objective] = []

    @model_validator(mode="after")
    def _once(self) -> Self:
        for kind, rows in (
            ("team", self.teams),
            ("cycle", self.cycles),
            ("KPI", self.kpis),
            ("status", self.statuses),
            ("objective", self.objectives),
        ):
            _refuse_twice(kind, [row.id for row in rows])
        _refuse_twice("key result", [kr.id for objective in self.objectives for kr in objective.key_results])
        return self


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
    return f"the KPIs feed each other in a circle: {way}; take one of them out of made_of or influenced_by"


def _refuse_twice(kind: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise ValueError(f"{kind} {identifier!r} is defined twice; ids are unique")
        seen.add(identifier)
