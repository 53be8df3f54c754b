"""The part of the made-up workspace that learns: retrospectives, lessons, carrying over, surveys, owners."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd

from data.carrying import CarryStamp
from models.carry import Carry, Drafted
from models.foresight import foresight
from models.lesson import Lesson
from models.okr import Cycle, KeyResult, Objective
from models.owner_review import OwnerReview, tally
from models.policy import POLICY
from models.refused import Refused
from models.retrospective import Retrospective
from models.survey import Answered, Results, Survey, okr_cycle_feedback, results

NEXT = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))
TOKENS = {"open": date(2026, 10, 30), "shut": date(2026, 10, 1), "few": date(2026, 10, 30)}
SAVED = datetime(2026, 10, 5, 9)


class FakeLearning:
    """Wants `count`, `hostile`, `calls` and `scorecard` of the workspace. `version` counts saved retrospectives."""

    version: int
    learned: int

    def today(self) -> date:
        return date(2026, 10, 5)

    def retrospective(self, cycle: str, team: str, as_of: date | None = None) -> Any:
        if not self.version:
            return None
        goals = self._hostile() or "Two of five.\nThe rest was late."
        kept = Retrospective(cycle=cycle, team=team, answers={"goals": goals})
        return SimpleNamespace(
            retrospective=kept, version=self.version, changed_at=SAVED, changed_by=self._hostile() or "bo"
        )

    def retrospectives(self, cycle: str, as_of: date | None = None) -> dict[str, Any]:
        body = {"answers": {"goals": "x"}}
        return {"app": SimpleNamespace(body=body, changed_at=SAVED, changed_by="bo")} if self.version else {}

    def save_retrospective(self, cycle: str, team: str, answers: dict[str, str], seen: int | None = None) -> int:
        if seen != self.version:
            error = Refused("nothing was saved: bo saved this retrospective after you opened it.")
            error.now = self.retrospective(cycle, team)  # type: ignore[attr-defined]
            raise error
        self.calls.append(("save_retrospective", cycle, team, answers))
        self.version += 1
        return self.version

    def lessons(self, **asked: Any) -> list[Any]:
        text = self._hostile() or "Ask leavers why."
        lesson = Lesson(text=text, kpis=["k1"], verdicts=["vanity"], cycle="2026-Q3", key_result="kr1", tags=["people"])
        kept = SimpleNamespace(lesson=lesson, names=(self._hostile() or "Staff turnover",), made_at=SAVED, made_by="bo")
        found = [SimpleNamespace(id=f"l{i}", **vars(kept)) for i in range(self.learned)]
        return found if "nothing" not in (asked.get("words") or "") else []

    def lessons_for(self, kpis: Any) -> list[Any]:
        return self.lessons() if "k1" in set(kpis) else []

    def add_lesson(self, **said: Any) -> str:
        if not said["text"].strip():
            raise Refused("nothing was saved: text: String should have at least 1 character.")
        self.calls.append(("add_lesson", said["text"], said["kpis"], said["tags"]))
        return "l9"

    def following_cycle(self, cycle: str) -> Cycle:
        return NEXT

    def carry_decisions(self, cycle: str) -> dict[str, Carry]:
        return {
            "kr0": Carry(decision="keep", into=NEXT.id, became="kr0-2026-Q4"),
            "kr1": Carry(decision="change", into=NEXT.id, target=60.0),
        }

    def carry_stamps(self, cycle: str) -> dict[str, CarryStamp]:
        who = self._hostile() or "ann"
        return {
            "kr0": CarryStamp(who, datetime(2026, 10, 6), "bo", datetime(2026, 10, 8)),
            "kr1": CarryStamp(who, datetime(2026, 10, 7)),
        }

    def decide(self, cycle: str, decided: dict[str, Any]) -> int:
        self.calls.append(("decide", decided))
        return len(decided)

    def carry_plan(self, cycle: str, team: str | None = None) -> Any:
        new = KeyResult(
            id="kr1-2026-Q4", title=self._hostile(), baseline="auto", target=60.0, kind="increase", continues="kr1"
        )
        draft = Objective(id="o-2026-Q4", title=self._hostile() or "Stay", draft=True, key_results=[new])
        drafts = Drafted([draft], {"kr1": new.id})
        return SimpleNamespace(into=NEXT, drafts=drafts, carried={"kr0": "kr0-2026-Q4"}, dropped=[], undecided=["kr2"])

    def carry_over(self, cycle: str, team: str | None = None) -> Any:
        self.calls.append(("carry_over", cycle, team))
        return self.carry_plan(cycle, team)

    def surveys(self, cycle: str | None = None, team: str | None = None) -> dict[str, Survey]:
        title, questions = self._hostile() or "How was Q3?", okr_cycle_feedback()
        return {
            token: Survey(title=title, questions=questions, opens=date(2026, 9, 20), closes=closes, cycle="2026-Q3")
            for token, closes in TOKENS.items()
        }

    def survey(self, token: str) -> Survey:
        if token not in TOKENS:
            raise Refused("there is no survey at this link; ask whoever sent it for the right one.")
        return self.surveys()[token]

    def create_survey(self, **said: Any) -> str:
        self.calls.append(("create_survey", said["title"], len(said["questions"])))
        return "open"

    def answer_survey(self, token: str, answers: dict[int, Any], receipt: str = "") -> str:
        given = {number: answer for number, answer in answers.items() if answer not in (None, "")}
        if not given:
            raise Refused("nothing was sent: no question was answered.")
        self.calls.append(("answer_survey", token, given))
        return receipt or "slip"

    def survey_results(self, token: str) -> Results:
        text = self._hostile() or "=1+1\nFewer goals."
        rows = [Answered(survey=token, answers={0: step, 4: step > 2, 5: text}) for step in (1, 3, 4, 5)]
        asked = self.survey(token)
        return results(asked, rows[: 2 if token == "few" else 4], (asked, rows[:3]))

    def compared_with(self, token: str) -> Survey | None:
        return self.survey(token)

    def owners(self) -> list[str]:
        return ["Ada", "Bo"]

    def owner_cycles(self, owner: str, as_of: date | None = None) -> list[str]:
        return ["2026-Q3"]

    def owner_review(self, owner: str = "", as_of: date | None = None) -> OwnerReview:
        rows = self.scorecard().key_results.assign(cycle="2026-Q3", cycle_name="Q3 2026", over=True, chance=0.7)
        return OwnerReview(owner, rows, tally(rows), foresight(rows["chance"], rows["passed"], POLICY))

    def owner_forecasts(self, owner: str, cycle: str, as_of: date | None = None) -> pd.DataFrame:
        row = {
            "key_result": "kr1",
            "title": self._hostile() or "Key result 1",
            "on": date(2026, 8, 15),
            "expected": 50.0,
        }
        ends = {"lo": 48.0, "hi": 52.0, "chance": 0.0, "reason": "", "ended": 51.0, "passed": True}
        return pd.DataFrame([row | ends, row | ends | {"reason": "short_history"}])

    def forecast_foresight(self, foretold: pd.DataFrame) -> Any:
        return foresight(foretold["chance"], foretold["passed"], POLICY)

    def _hostile(self) -> str:
        return "<img src=x onerror=alert(1)>" if self.hostile else ""
