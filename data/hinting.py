"""Hints on what is written: by the rules of models.hints, from all that the store knows."""

from collections.abc import Iterator

from data.templating import Templating
from models.hints import Hint, Known, Plan, hints
from models.kpi import Kpi
from models.language import tr
from models.okr import Cycle, KeyResult, Objective
from models.plan_check import PlanCheck
from models.refused import Refused


class Hinting(Templating):
    """Hints while OKRs are written, and on all of a team's."""

    def hints(self, cycle: str | None = None, team: str | None = None) -> list[Hint]:
        """Hints on the objectives of a cycle, drafts too; plan checks speak in those that were made (check_plans)."""
        held = self._hinted_cycle(cycle)
        plans = self._plans(held.id)
        return self._answers.get(("hints", held.id, team, len(plans)), lambda: self._hints(held, team))

    def _hints(self, cycle: Cycle, team: str | None) -> list[Hint]:
        found = [(planned.objective, planned.rows) for planned in self.plan(cycle.id, team)]
        return hints(self.company(), cycle, found, self._known_to_hints(self._plans(cycle.id)), self.policy)

    def hints_on(self, objective: Objective, key_results: list[KeyResult]) -> list[Hint]:
        """Hints on an objective as it stands on screen, saved or not; those on its team are left out."""
        held = self._hinted_cycle(objective.cycle)
        known = self._known_to_hints(self._plans(held.id))
        found = hints(self.company(), held, [(objective, key_results)], known, self.policy)
        return [hint for hint in found if hint.kind != "team"]

    def plan_check_of(self, key_result: KeyResult, cycle: str) -> PlanCheck | None:
        """The plan check of a key result as it stands on screen; None where no KPI gives its value."""
        measure = next((link for link in key_result.all_links if link.role == "measure"), None)
        if key_result.kind not in ("increase", "decrease") or measure is None or key_result.target is None:
            return None
        if measure.kpi not in {kpi.id for kpi in self.company().kpis}:
            return None
        return self.plan_check(
            measure.kpi, cycle, key_result.target, segment=measure.segment, reading=key_result.reading,
            trailing=key_result.trailing,
        )  # fmt: skip

    def unchecked_plans(self, cycle: str | None = None, team: str | None = None) -> int:
        """How many key results wait for a plan check."""
        held = self._hinted_cycle(cycle)
        return len([kr for kr in self._to_check(held, team) if kr.id not in self._plans(held.id)])

    def check_plans(self, cycle: str | None = None, team: str | None = None) -> Iterator[tuple[int, int]]:
        """Check the plans of a cycle that were not since the data changed: yields (done, of how many). Each takes some
        seconds; what was done stays when it is broken off."""
        held = self._hinted_cycle(cycle)
        made = self._plans(held.id)
        waiting = [kr for kr in self._to_check(held, team) if kr.id not in made]
        for done, kr in enumerate(waiting, start=1):
            found = self.plan_check_of(kr, held.id)
            made[kr.id] = None if found is None or found.reason else as_plan(found)
            yield done, len(waiting)

    def drivers(self) -> dict[str, frozenset[str]]:
        """KPI id -> every KPI that feeds it, by arithmetic or by belief."""
        return self._answers.get(("drivers",), lambda: drivers_of(self.company().kpis))

    def _to_check(self, cycle: Cycle, team: str | None) -> list[KeyResult]:
        kpis = {kpi.id for kpi in self.company().kpis}
        rows = [kr for planned in self.plan(cycle.id, team) for kr in planned.rows]
        return [
            kr for kr in rows
            if kr.kind in ("increase", "decrease")
            and any(link.role == "measure" and link.kpi in kpis for link in kr.all_links)
        ]  # fmt: skip

    def _plans(self, cycle: str) -> dict[str, Plan | None]:
        """Key result id -> its plan check, of those made since the data changed; a dictionary that fills up."""
        return self._answers.get(("plans made", cycle, self.today()), dict)

    def _known_to_hints(self, plans: dict[str, Plan | None]) -> Known:
        periods, drivers = self._answers.get(("known to hints",), self._periods_and_drivers)
        return Known(periods, {name: plan for name, plan in plans.items() if plan is not None}, drivers)

    def _periods_and_drivers(self) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
        kpis = self.kpis()
        periods = {str(row.id): int(row.observations) for row in kpis.itertuples()}
        known = self.company().kpis
        computed = {kpi.id for kpi in known if kpi.arithmetic and all(periods.get(p) for p in kpi.arithmetic.parts)}
        periods |= {name: periods.get(name) or 1 for name in computed}
        return periods, self.drivers()

    def _hinted_cycle(self, cycle: str | None) -> Cycle:
        identifier = cycle or self.default_cycle() or next((p.objective.cycle for p in self.plan()), None)
        found = self.company().cycle_named(identifier or "")
        if found is None:
            known = ", ".join(known.id for known in self.company().cycles) or tr("none")
            raise Refused(tr("cycle {id!r} is not defined; known cycles: {known}.", id=identifier, known=known))
        return found


def as_plan(found: PlanCheck) -> Plan:
    return Plan(found.chance_by_luck, found.chance_of_target, found.smallest_detectable_change, found.wanted)


def drivers_of(kpis: list[Kpi]) -> dict[str, frozenset[str]]:
    """KPI id -> every KPI that feeds it, near and far; without those that nothing feeds."""
    feeds = {kpi.id: kpi.fed_by for kpi in kpis}
    out = {}
    for root, first in feeds.items():
        found: set[str] = set()
        waiting = list(first)
        while waiting:
            part = waiting.pop()
            if part not in found and part != root:
                found.add(part)
                waiting += feeds.get(part, [])
        if found:
            out[root] = frozenset(found)
    return out
