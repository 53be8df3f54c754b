"""The part of the workspace made by hand that a running cycle needs: check-ins, statuses, actions, the stand-up."""

from datetime import date
from typing import Any

import pandas as pd

from models.actions import Action, action_frame
from models.check_ins import DUE_COLUMNS, Said
from models.company import Company
from models.dependencies import WAIT_COLUMNS
from models.okr import KeyResult, Objective, Stage, Status
from models.refused import Refused
from models.stages import stages
from models.stand_up import StandUp
from models.stand_up_facts import Line

TODAY = date(2026, 9, 24)
STEPS = [Stage(title="One", due=date(2026, 7, 10), done=date(2026, 7, 12)), Stage(title="Two", due=date(2026, 9, 1))]


class FakeRunning:
    """kr0 is typed in, kr2 is a milestone, kr4 a yes/no; the others are read from KPIs."""

    who = "ann"
    calls: list[tuple]
    scorecard: Any

    def today(self) -> date:
        return TODAY

    def company(self, as_of: date | None = None) -> Company:
        rows = self.scorecard().key_results
        made: dict[str, list[KeyResult]] = {}
        for row in rows.to_dict("records"):
            kinds = {"kr2": {"stages": STEPS}, "kr4": {"kind": "yes_no"}}
            shape = kinds.get(row["id"], {"baseline": 40.0, "target": 52.0})
            made.setdefault(row["objective"], []).append(
                KeyResult(id=row["id"], title=row["title"], owner="Ada", **shape)
            )
        objectives = [Objective(id=name) for name in made]
        return Company(objectives=objectives, key_results=made, statuses=list(getattr(self, "own_statuses", [])))

    def check_ins(self, as_of: date | None = None) -> pd.DataFrame:
        rows = [
            ("kr0", "2026-09-10", 44.0, 8.0, "", None), ("kr0", "2026-09-17", 46.0, 6.0, "Slow", "No room"),
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=["key_result", "day", "value", "confidence", "note", "blocker"])
        return frame.assign(day=pd.to_datetime(frame["day"]), recorded_by="ann")

    def due_check_ins(self, day: date | None = None, team: str | None = None) -> pd.DataFrame:
        row = ("kr0", "Key result 0", "o0", "2026-Q3", "app", "Ada", "2026-09-17", "2026-09-24", 0)
        return pd.DataFrame([row], columns=list(DUE_COLUMNS)).astype(DUE_COLUMNS)

    def statuses(self, as_of: date | None = None) -> pd.DataFrame:
        at = pd.Timestamp("2026-09-17 09:00")
        row = ("key_result", "kr0", "at_risk", at, "ann", "Two are ill")
        return pd.DataFrame([row], columns=["kind", "id", "status", "at", "by", "note"])

    def status_history(self, kind: str, identifier: str) -> pd.DataFrame:
        found = self.statuses()
        return found.loc[found["id"] == identifier, ["at", "by", "status", "note"]]

    def waits(self, as_of: date | None = None) -> pd.DataFrame:
        row = ("kr0", "Key result 0", "app", "App team", "kr5", "Key result 5", "people", "People team", "2026-09-01", "",
               "late", None, 23.0)  # fmt: skip
        return pd.DataFrame([row], columns=list(WAIT_COLUMNS)).astype(WAIT_COLUMNS)

    def milestones(self, cycle: str | None = None, team: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        return stages([KeyResult(id="kr2", stages=STEPS)], TODAY)

    def actions(self, team: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        made = date(2026, 9, 1)
        given = [
            ("a1", Action(title="Find a *room*", owner="Ada", team="app", key_result="kr0", made=made, due=date(2026, 9, 20))),
            ("a2", Action(title="Ask Sales", team="app", made=made)),
            ("a3", Action(title="Long done", owner="Bo", team="app", made=made, done=date(2026, 9, 3))),
        ]  # fmt: skip
        frame = action_frame(given, TODAY)
        return frame if team is None else frame[frame["team"] == team].reset_index(drop=True)

    def check_in_round(self, entries: list[Said], day: date) -> dict[str, Any]:
        if any(said.note == "refuse" for said in entries):
            raise Refused("no.")
        self.calls.append(("check_in_round", entries, day))
        return {"status": "recorded", "at": day, "check_ins": len(entries), "statuses": 1, "stages": 2, "actions": 1}

    def set_status(self, kind: str, identifier: str, status: str | None, note: str = "") -> None:
        self.calls.append(("set_status", kind, identifier, status, note))

    def define_statuses(self, statuses: list[Status]) -> int:
        self.calls.append(("define_statuses", statuses))
        return len(statuses)

    def add_action(self, title: str, owner: str = "", due: date | None = None, **more: Any) -> None:
        self.calls.append(("add_action", title, owner, due, more))

    def change_action(self, identifier: str, **changes: Any) -> None:
        self.calls.append(("change_action", identifier, changes))

    def finish_action(self, identifier: str) -> None:
        self.calls.append(("finish_action", identifier))

    def reopen_action(self, identifier: str) -> None:
        self.calls.append(("reopen_action", identifier))

    def drop_action(self, identifier: str) -> None:
        self.calls.append(("drop_action", identifier))

    def hold_stand_up(self, team: str) -> None:
        self.calls.append(("hold_stand_up", team))

    def stand_up(
        self, team: str, since: date | None = None, as_of: date | None = None, cycle: str | None = None
    ) -> StandUp:
        day, start = as_of or TODAY, since or date(2026, 9, 17)
        if start >= day:
            raise Refused("a stand-up looks back.")
        rows = self.scorecard().key_results
        name = rows["title"].iloc[0]
        stuck = (
            Line("blocked", "kr0", name, "Since 17 Sep 2026: No room"), Line("behind", "kr0", name, "Progress 0.31."),
            Line("overdue", None, "", "“Ask Sales” was due."),
        )  # fmt: skip
        moved = (Line("nearer", "kr0", name, "From 44 to 46."),)
        decide = (Line("decide", "kr0", name, "Who clears it?"),)
        return StandUp(
            team, "App team", "2026-Q3", start, day, "1 moved.", moved, stuck, (), decide, self.actions(team)
        )
