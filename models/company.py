"""A company's definitions as frames, one row per key result, link and KPI, ready for the vectorised rules."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pandas as pd

from models.definition import Band
from models.kpi import Kpi
from models.okr import STATUSES, Cycle, KeyResult, Objective, Status, Team
from models.periods import named_cycle
from models.roles import Person, beneath
from models.source import Source

TEXT, NUMBER, DAY = "str", "float64", "datetime64[ns]"  # columns keep their type when a frame is empty
KEY_RESULT_COLUMNS = {
    "id": TEXT, "objective": TEXT, "title": TEXT, "owner": TEXT, "kind": TEXT, "format": TEXT, "currency": TEXT,
    "weight": NUMBER, "illustrative": "bool", "reading": TEXT, "trailing": NUMBER, "baseline": NUMBER,
    "baseline_auto": "bool", "target": NUMBER, "band_low": NUMBER, "band_high": NUMBER,
}  # fmt: skip
KPI_COLUMNS = {
    "id": TEXT, "name": TEXT, "description": TEXT, "unit": TEXT, "direction": TEXT, "cadence": TEXT,
    "aggregation": TEXT, "numerator": TEXT, "denominator": TEXT, "owner": TEXT, "source": TEXT, "range_low": NUMBER,
    "range_high": NUMBER, "band_low": NUMBER, "band_high": NUMBER, "min_change": TEXT, "min_change_relative": NUMBER,
    "min_change_absolute": NUMBER, "to_be_defined": "bool", "illustrative": "bool", "made_how": TEXT,
    "made_of": "object", "made_less": "object",
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """The definitions in force at one moment.

    `objectives` are the published ones and carry no key results; `drafts` are still discussed; `key_results` maps the
    id of either to its own. `statuses` is empty where the company keeps to the usual ones. `originals` holds, for
    every key result edited since its cycle began, the version that was in force at the start.
    """

    teams: list[Team] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    key_results: dict[str, list[KeyResult]] = field(default_factory=dict)
    originals: dict[str, KeyResult] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    drafts: list[Objective] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    @property
    def status_list(self) -> list[Status]:
        """The statuses to choose from: the company's own, else the usual seven."""
        return [status for status in self.statuses if not status.retired] or list(STATUSES)

    def status(self, identifier: str | None) -> Status | None:
        """A status by its id, also one that is no longer offered; one that is defined nowhere is shown by its id."""
        known = {status.id: status for status in (*STATUSES, *self.statuses)}
        return known.get(identifier, Status(id=identifier)) if identifier else None

    def cycle(self, identifier: str) -> Cycle | None:
        return next((cycle for cycle in self.cycles if cycle.id == identifier), None)

    def cycle_named(self, identifier: str) -> Cycle | None:
        """A cycle that is defined, or whose name tells its days."""
        found = self.cycle(identifier)
        return found or (Cycle.model_validate({"id": identifier}) if named_cycle(identifier) else None)

    def homes(self) -> dict[str, tuple[Objective, KeyResult]]:
        """Every key result with its objective, drafts too, by id."""
        return {
            kr.id: (objective, kr)
            for objective in (*self.objectives, *self.drafts)
            for kr in self.key_results.get(objective.id, [])
        }

    def of_cycle(self, identifier: str) -> tuple[list[Objective], list[tuple[str, KeyResult]]]:
        """The objectives of a cycle and their key results, each with its objective's id."""
        objectives = [objective for objective in self.objectives if objective.cycle == identifier]
        rows = [(objective.id, kr) for objective in objectives for kr in self.key_results.get(objective.id, [])]
        return objectives, rows

    def private(self, retired: Collection[Objective] = ()) -> dict[str, str | None]:
        """The objectives that not everybody sees, each with its team; those out of use are given."""
        closed = {team.id for team in self.teams if team.private}
        return {
            o.id: o.team
            for o in (*retired, *self.objectives, *self.drafts)
            if o.private or (o.team is not None and o.team in closed)
        }

    def hidden_from(self, person: Person, retired: Collection[Objective] = ()) -> frozenset[str]:
        """The private objectives that are not for this person's eyes."""
        private = self.private(retired)
        reach = person.reach("see_private") if private else "any"
        if reach == "any":
            return frozenset()
        own = beneath(person.teams, self.teams) if reach == "own" else frozenset()
        return frozenset(objective for objective, team in private.items() if team is None or team not in own)

    def without(self, hidden: Collection[str]) -> "Company":
        """The same company without some objectives, their key results, and what points to them."""
        if not hidden:
            return self
        gone = {kr.id for objective in hidden for kr in self.key_results.get(objective, [])}

        def told(kr: KeyResult) -> KeyResult:
            kept = [wanted for wanted in kr.depends_on if wanted.on not in gone]
            return kr if len(kept) == len(kr.depends_on) else kr.model_copy(update={"depends_on": kept})

        def placed(o: Objective) -> Objective:
            return o.model_copy(update={"parent": None}) if o.parent in hidden else o

        return replace(
            self,
            objectives=[placed(o) for o in self.objectives if o.id not in hidden],
            drafts=[placed(o) for o in self.drafts if o.id not in hidden],
            key_results={o: list(map(told, krs)) for o, krs in self.key_results.items() if o not in hidden},
            originals={name: told(kr) for name, kr in self.originals.items() if name not in gone},
        )

    def team_of(self, key_result: str) -> str | None:
        """The team whose objective holds a key result; None where nobody answers for it."""
        holds = next((o for o, krs in self.key_results.items() if any(kr.id == key_result for kr in krs)), None)
        return self.team_of_objective(holds)

    def team_of_objective(self, objective: str | None) -> str | None:
        return next((o.team for o in (*self.objectives, *self.drafts) if o.id == objective), None)


def team_frame(company: Company) -> pd.DataFrame:
    """id, name, parent."""
    rows = [(team.id, team.label, team.parent) for team in company.teams]
    return _frame(rows, {"id": TEXT, "name": TEXT, "parent": TEXT})


def cycle_frame(company: Company) -> pd.DataFrame:
    """id, name, start, end, parent; in order of start, the longer first."""
    rows = [(cycle.id, cycle.label, cycle.start, cycle.end, cycle.parent) for cycle in company.cycles]
    frame = _frame(rows, {"id": TEXT, "name": TEXT, "start": DAY, "end": DAY, "parent": TEXT})
    return frame.sort_values(["start", "end"], ascending=[True, False], ignore_index=True)


def objective_frame(objectives: list[Objective]) -> pd.DataFrame:
    """id, title, team, level, parent, owner, illustrative."""
    rows = [(o.id, o.label, o.team, o.level, o.parent, o.owner, o.illustrative) for o in objectives]
    texts = dict.fromkeys(["id", "title", "team", "level", "parent", "owner"], TEXT)
    return _frame(rows, {**texts, "illustrative": "bool"})


def kpi_frame(kpis: list[Kpi]) -> pd.DataFrame:
    """One row per KPI: KPI_COLUMNS. Ranges and bands as two columns each, the smallest change in both its forms,
    the KPIs that it is made of as lists."""
    rows = [
        (
            k.id, k.label, k.description, k.unit, k.direction, k.cadence, k.aggregation, k.numerator, k.denominator,
            k.owner, k.source, *_pair(k.range), *_pair(k.band), None if k.min_change is None else str(k.min_change),
            k.min_change_relative, k.min_change_absolute, k.to_be_defined, k.illustrative,
            k.made_of.how if k.made_of else None, k.made_of.of if k.made_of else [],
            k.made_of.less if k.made_of else [],
        )
        for k in kpis
    ]  # fmt: skip
    return _frame(rows, KPI_COLUMNS)


def key_result_frame(rows: list[tuple[str, KeyResult]]) -> pd.DataFrame:
    """One row per key result: KEY_RESULT_COLUMNS. Numbers it does not have are NaN."""
    records = [
        (
            kr.id, objective, kr.label, kr.owner, kr.kind, kr.format, kr.currency, kr.weight, kr.illustrative,
            kr.reading, kr.trailing, kr.baseline if isinstance(kr.baseline, float) else None, kr.baseline == "auto",
            kr.target, *_pair(kr.band),
        )
        for objective, kr in rows
    ]  # fmt: skip
    return _frame(records, KEY_RESULT_COLUMNS)


def link_frame(rows: list[tuple[str, KeyResult]]) -> pd.DataFrame:
    """key_result, position, kpi, role, segment, lag; in the order written."""
    records = [
        (kr.id, position, link.kpi, link.role, link.segment, link.lag)
        for _, kr in rows
        for position, link in enumerate(kr.all_links)
    ]
    texts = {"kpi": TEXT, "role": TEXT, "segment": TEXT}
    return _frame(records, {"key_result": TEXT, "position": "int64", **texts, "lag": "int64"})


def stage_frame(rows: list[tuple[str, KeyResult]]) -> pd.DataFrame:
    """key_result, weight, done: the stages of milestone key results, and the one stage of a yes/no."""
    records = [(kr.id, stage.weight, stage.done) for _, kr in rows for stage in kr.stages]
    records += [(kr.id, 1.0, kr.done) for _, kr in rows if kr.kind == "yes_no" and kr.done]
    return _frame(records, {"key_result": TEXT, "weight": NUMBER, "done": DAY})


def checkpoint_frame(rows: list[tuple[str, KeyResult]]) -> pd.DataFrame:
    """key_result, on, progress; in order of day."""
    records = [(kr.id, point.on, point.progress) for _, kr in rows for point in kr.checkpoints]
    frame = _frame(records, {"key_result": TEXT, "on": DAY, "progress": NUMBER})
    return frame.sort_values(["key_result", "on"], ignore_index=True)


def _frame(rows: list[tuple], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def _pair(band: Band | None) -> tuple[float | None, float | None]:
    return (band.low, band.high) if band else (None, None)
