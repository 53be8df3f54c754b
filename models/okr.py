"""OKRs as people write them: teams, cycles, objectives, key results and their links to KPIs (models/kpi.py).

Every class is one row of history when stored; `OkrFile` is the whole `okrs.yaml`.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.definition import Band, Definition, Finite, Identifier, Text
from models.kpi import Kpi, Weekday
from models.language import mark, numeral, spoken, tr
from models.periods import Window, named_cycle

Kind = Literal["increase", "decrease", "maintain", "milestone", "yes_no"]
Role = Literal["measure", "outcome", "guardrail", "control"]
Reading = Literal["last", "mean", "sum", "trailing"]
Level = Literal["committed", "aspirational"]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


CycleName = Annotated[Identifier, BeforeValidator(_as_text)]  # YAML reads a bare 2026 as a number


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
            raise ValueError(tr("the cycle ends on {end} before it starts on {start}", end=self.end, start=self.start))
        return self

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    @property
    def label(self) -> str:
        return self.name or self.id


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
            raise ValueError(tr("a key result of kind maintain needs its band: [low, high]"))
        elif self.kind == "milestone" and not self.stages:
            raise ValueError(tr("a key result of kind milestone needs its stages"))
        if self.reading == "trailing" and self.trailing is None:
            raise ValueError(tr("reading trailing needs the number of periods in `trailing`"))
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
            raise ValueError(tr("a key result of kind {kind} needs a target", kind=self.kind))
        if self.baseline is None:
            self.baseline = "auto"
        if self.baseline == "auto":
            return
        assert isinstance(self.baseline, float)
        if self.baseline == self.target:
            raise ValueError(
                tr(
                    "the target equals the baseline ({target}): progress would divide by zero; set another "
                    "target, or use kind maintain with a band",
                    target=numeral(f"{self.target:g}"),
                )
            )
        falls = self.target < self.baseline
        if falls != (self.kind == "decrease"):
            said = (
                mark("kind is {kind}, but the target {target} is below the baseline {baseline}")
                if falls
                else mark("kind is {kind}, but the target {target} is above the baseline {baseline}")
            )
            target, baseline = (numeral(f"{value:g}") for value in (self.target, self.baseline))
            raise ValueError(spoken(said, kind=self.kind, target=target, baseline=baseline))

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
        for twice, rows in (
            (mark("team {id!r} is defined twice; ids are unique"), self.teams),
            (mark("cycle {id!r} is defined twice; ids are unique"), self.cycles),
            (mark("KPI {id!r} is defined twice; ids are unique"), self.kpis),
            (mark("status {id!r} is defined twice; ids are unique"), self.statuses),
            (mark("objective {id!r} is defined twice; ids are unique"), self.objectives),
        ):
            _refuse_twice(twice, [row.id for row in rows])
        _refuse_twice(
            mark("key result {id!r} is defined twice; ids are unique"),
            [kr.id for objective in self.objectives for kr in objective.key_results],
        )
        return self


def _refuse_twice(twice: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise ValueError(spoken(twice, id=identifier))
        seen.add(identifier)
