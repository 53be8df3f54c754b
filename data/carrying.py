"""What becomes of a cycle's key results in the next one: decided one by one, then carried over as drafts at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from data import definitions, records
from data.answers import RECORDS
from data.closing import Closing
from data.store import Connection
from data.writing import as_json, checked, needs
from models import wrong
from models.carry import Carry, Drafted, drafted, next_cycle
from models.company import Company
from models.language import tr
from models.okr import Cycle, KeyResult, Objective, OkrFile
from models.refused import Refused

KIND = "carry"


@dataclass(frozen=True)
class CarryPlan:
    """What carrying over would make in the cycle `into`, and what it leaves: `dropped` and `undecided` are old ids."""

    into: Cycle
    drafts: Drafted
    carried: dict[str, str]  # already there: old id → new id
    dropped: list[str]
    undecided: list[str]


@dataclass(frozen=True)
class CarryStamp:
    """Who decided what stands of a key result, and who carried it over, if somebody did; and when."""

    decided_by: str
    decided_at: datetime
    carried_by: str | None = None
    carried_at: datetime | None = None


class Carrying(Closing):
    def following_cycle(self, cycle: str) -> Cycle:
        """The cycle that comes next. Raises Refused where nobody defined one and the name does not tell."""
        company = self.company()
        held = company.cycle(cycle)
        if held is None:
            raise Refused(tr("cycle {id!r} is not defined.", id=cycle))
        found = next_cycle(held, company.cycles)
        if found is None:
            raise Refused(tr("no cycle follows {id!r}: define the next one in the OKR file first.", id=cycle))
        return found

    def carry_decisions(self, cycle: str, as_of: date | None = None) -> dict[str, Carry]:
        """Key result → what was decided of it, for the key results of a cycle."""
        mine = {kr.id for _, kr in self.company(as_of).of_cycle(cycle)[1]}
        return {r.id: Carry.model_validate(r.body) for r in self._records(KIND, as_of) if r.id in mine}

    def carry_stamps(self, cycle: str) -> dict[str, CarryStamp]:
        """Key result → who decided on it and who carried it over, of those that `carry_decisions` tells."""
        told = self.carry_decisions(cycle)
        found = self._answers.get(("carry stamps",), lambda: self._read(_stamps), RECORDS)
        return {name: stamp for name, stamp in found.items() if name in told}

    @needs("edit_okrs")
    def decide(self, cycle: str, decided: dict[str, dict[str, Any]]) -> int:
        """Keep what was decided (key result → decision, target, note, who); returns how many are new or changed.

        Raises Refused for a key result of another cycle, and for one that was carried over already.
        """
        into = self.following_cycle(cycle).id
        known = {kr.id: kr for _, kr in self.company().of_cycle(cycle)[1]}
        wanted = {}
        for identifier, said in decided.items():
            if identifier not in known:
                raise Refused(
                    tr(
                        "no key result {id!r} in cycle {cycle}; the scorecard lists them (in the terminal: `score`).",
                        id=identifier,
                        cycle=cycle,
                    )
                )
            self.require("edit_okrs", key_result=identifier)
            choice = checked(Carry, {"into": into, **said})
            kind = known[identifier].kind
            if choice.target is not None and (choice.decision != "change" or kind not in ("increase", "decrease")):
                raise Refused(
                    tr("key result {id!r}: a new target goes with `change`, and with a number to reach.", id=identifier)
                )
            wanted[identifier] = choice
        with self.store.write() as connection:
            held = _held(connection)
            new = {name: choice for name, choice in wanted.items() if _differs(held.get(name), choice)}
            for name in new:
                if name in held and held[name].became:
                    raise Refused(
                        tr(
                            "key result {id!r} was carried over already, as {became!r}.",
                            id=name,
                            became=held[name].became,
                        )
                    )
            records.append(connection, KIND, [(n, as_json(c)) for n, c in new.items()], self._now(), self.who)
        return len(new)

    def carry_plan(self, cycle: str, team: str | None = None) -> CarryPlan:
        """What `carry_over` would do, by the code that does it. Changes nothing."""
        into, last = self.following_cycle(cycle), self._ended_at(cycle)
        return self._read(lambda connection: self._carry_plan(connection, cycle, into, last, team))

    @needs("edit_okrs", of="team")
    def carry_over(self, cycle: str, team: str | None = None) -> CarryPlan:
        """Make drafts in the next cycle of what is kept or changed, in one transaction; what was carried stays."""
        into, last = self.following_cycle(cycle), self._ended_at(cycle)
        with self.store.write() as connection:
            plan = self._carry_plan(connection, cycle, into, last, team)
            if plan.drafts.became:
                self._store_drafts(connection, plan)
        return plan

    def _ended_at(self, cycle: str) -> dict[str, float]:
        """The value of each key result as agreed when the cycle was closed, else as known now."""
        closed = self.closing(cycle)
        rows = (closed.card if closed else self.scorecard(cycle)).key_results
        return dict(zip(rows["id"], rows["current"].astype(float), strict=True))

    def _carry_plan(
        self, connection: Connection, cycle: str, into: Cycle, last: dict[str, float], team: str | None
    ) -> CarryPlan:
        company = definitions.company(connection, self._now())
        held, decided = company.cycle(cycle), _held(connection)
        assert held is not None
        rows = _rows(company.without(self._hidden()), cycle, team)
        mine = {kr.id: decided[kr.id] for _, kr in rows if kr.id in decided}
        known = {o.id: o.draft for o in [*company.objectives, *company.drafts]}
        taken = [kr.id for krs in company.key_results.values() for kr in krs]
        try:
            drafts = drafted(rows, mine, held, into, last, known, taken)
        except ValidationError as error:  # a target that its baseline does not allow
            raise Refused(tr("nothing was carried over: {why}.", why=wrong.said(error))) from error
        return CarryPlan(
            into,
            drafts,
            {name: choice.became for name, choice in mine.items() if choice.became},
            [name for name, choice in mine.items() if choice.decision == "drop"],
            [kr.id for _, kr in rows if kr.id not in mine],
        )

    def _store_drafts(self, connection: Connection, plan: CarryPlan) -> None:
        moment = self._now()
        company = definitions.company(connection, moment)
        drafts = {objective.id for objective in company.drafts}
        cycles = [] if company.cycle(plan.into.id) else [plan.into]
        versions = definitions.versions_of(OkrFile(cycles=cycles, objectives=plan.drafts.objectives))
        fresh = [v for v in versions if not (v.kind == "objective" and v.id in drafts)]  # a draft keeps its edits
        definitions.append(connection, fresh, moment, self.who)
        decided = _held(connection)
        entries: list[tuple[str, dict[str, Any] | None]] = [
            (old, as_json(decided[old].model_copy(update={"became": new}))) for old, new in plan.drafts.became.items()
        ]
        records.append(connection, KIND, entries, moment, self.who)


def _held(connection: Connection) -> dict[str, Carry]:
    return {record.id: Carry.model_validate(record.body) for record in records.standing(connection, KIND)}


def _stamps(connection: Connection) -> dict[str, CarryStamp]:
    """By every version, oldest first: one that names what it `became` carries over what was decided before."""
    found: dict[str, CarryStamp] = {}
    for version in records.history(connection, KIND).itertuples():
        by, at = str(version.recorded_by), version.recorded_at.to_pydatetime()
        if not isinstance(version.body, str):
            found.pop(version.id, None)
        elif Carry.model_validate_json(version.body).became is None:
            found[version.id] = CarryStamp(by, at)
        elif version.id in found:
            found[version.id] = replace(found[version.id], carried_by=by, carried_at=at)
    return found


def _differs(held: Carry | None, choice: Carry) -> bool:
    return held is None or held.model_copy(update={"became": None}) != choice


def _rows(company: Company, cycle: str, team: str | None) -> list[tuple[Objective, KeyResult]]:
    objectives = [o for o in company.of_cycle(cycle)[0] if team is None or o.team == team]
    return [(o, kr) for o in objectives for kr in company.key_results.get(o.id, [])]
