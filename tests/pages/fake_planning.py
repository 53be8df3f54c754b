"""The planning of a made-up workspace: an objective that is published and a draft, with every kind of key result."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from models.hints import Hint
from models.okr import KeyResult, Link, Objective, Stage
from models.plan_check import PlanCheck
from models.planned import Planned, Stamp
from models.refused import Refused
from models.templates import BUILT_IN, Template, said

STAMP = Stamp(2, datetime(2026, 9, 1, 8, 15), "ada")


class FakePlanning:
    """Mixed into FakeWorkspace, which has `hostile`, `has_okrs`, `count` and `calls`."""

    hostile: bool
    has_okrs: bool
    count: int
    calls: list[tuple]
    who = "ada"

    def today(self) -> date:
        return date(2026, 10, 5)

    def _named(self, text: str) -> str:
        return "<img src=x onerror=alert(1)> [x](http://x)" if self.hostile else text

    def plan(self, cycle: str | None = None, team: str | None = None) -> list[Planned]:
        if not self.has_okrs or not self.count:
            return []
        home = {"team": "app", "cycle": "2026-Q3", "owner": self._named("Ada")}
        rows = [
            KeyResult(id="users", title=self._named("Users rise"), kpi="k0", target=60.0, tags=["x"]),
            KeyResult(id="band", title="Calls stay low", band={"low": None, "high": 5.0}, links=[Link(kpi="k1", role="measure")]),
            KeyResult(id="steps", title="Launch it", stages=[Stage(title=self._named("one"), done=date(2026, 8, 1)), Stage(title="two")]),
            KeyResult(id="once", title="Done", kind="yes_no", due=date(2026, 9, 1)),
        ]  # fmt: skip
        first = Objective(id="o0", title=self._named("People love the app"), **home)
        draft = Objective(id="d0", title=self._named("An idea"), draft=True, **home)
        plan = [Planned(first, STAMP, STAMP, [(kr, STAMP) for kr in rows]), Planned(draft, STAMP)]
        return [planned for planned in plan if team in (None, planned.objective.team)]

    def planned(self, identifier: str) -> Planned:
        found = next((planned for planned in self.plan() if planned.objective.id == identifier), None)
        if found is None:
            raise Refused(f"there is no objective {identifier!r}.")
        return found

    def planned_key_result(self, identifier: str) -> tuple[Planned, KeyResult, Stamp]:
        for planned in self.plan():
            for kr, stamp in planned.key_results:
                if kr.id == identifier:
                    return planned, kr, stamp
        raise Refused(f"there is no key result {identifier!r}.")

    def taken_ids(self) -> set[str]:
        return {"o0", "d0"}

    def value_before(self, kpi: str, cycle: str, **how: Any) -> float | None:
        return 50.0

    def drivers(self) -> dict[str, frozenset[str]]:
        return {"k0": frozenset({"k1", "k2"})}

    def hints(self, cycle: str | None = None, team: str | None = None) -> list[Hint]:
        if not self.has_okrs:
            raise Refused("no cycle")
        if not self.count:
            return []
        return [
            Hint("objectives_few", "team", "app", "The team has 1 objective.", "app"),
            Hint("no_parent", "objective", "o0", "It names no objective above it.", "app", "o0"),
            Hint("vanity_risk", "key_result", "once", self._named("It is a yes/no key result."), "app", "o0"),
        ]

    def hints_on(self, objective: Objective, key_results: list[KeyResult]) -> list[Hint]:
        return [Hint("no_owner", "key_result", kr.id, "No owner is named.", "app", objective.id) for kr in key_results]

    def plan_check_of(self, key_result: KeyResult, cycle: str) -> PlanCheck | None:
        if key_result.target is None:
            return None
        return PlanCheck(0.05, 8.0, 0.12, 0.4, 0.1, 0.2, 9, "")

    def unchecked_plans(self, cycle: str | None = None, team: str | None = None) -> int:
        return 2 if self.has_okrs and self.count else 0

    def check_plans(self, cycle: str | None = None, team: str | None = None) -> Any:
        self.calls.append(("check_plans",))
        yield 1, 1

    def comments(self, on: str | None = None) -> list[Any]:
        if on != "objective/d0":
            return []
        at = datetime(2026, 9, 2, 9, 30)
        return [
            SimpleNamespace(id="c1", made_by="ada", made_at=at, body={"on": on, "text": self._named("Is it enough?")}),
            SimpleNamespace(id="c2", made_by="bo", made_at=at, body={"on": on, "text": "Yes.", "reply_to": "c1"}),
        ]

    def add_comment(self, on: str, text: str, reply_to: str | None = None) -> dict[str, Any]:
        self.calls.append(("add_comment", on, text, reply_to))
        return {"status": "recorded"}

    def templates(self) -> list[Template]:
        return [said(template) for template in BUILT_IN]

    def save_many(self, edits: list[Any]) -> dict[str, Any]:
        self.calls.append(("save_many", [(edit.kind, edit.id, edit.based_on) for edit in edits]))
        return {"status": "saved", "saved": [edit.id for edit in edits]}

    def publish(self, identifier: str, based_on: int) -> dict[str, Any]:
        self.calls.append(("publish", identifier, based_on))
        return {"status": "saved", "saved": [identifier]}

    @staticmethod
    def okr_headers(name: str, data: bytes) -> list[str]:
        return ["Goal", "Measure"] if name.endswith(".csv") else []
