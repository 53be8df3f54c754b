"""Check-ins: who is due when, and what one screen says of a team's key results in one go."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from models.company import DAY, TEXT, Company
from models.definition import Definition, Identifier, Text
from models.okr import KeyResult, Objective, Team

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAREST = 3  # days, half a week: a check-in this early or late still counts for the round of its weekday
DUE_COLUMNS = {
    "key_result": TEXT, "title": TEXT, "objective": TEXT, "cycle": TEXT, "team": TEXT, "owner": TEXT, "last": DAY,
    "due_on": DAY, "days": "int64",
}  # fmt: skip


class StatusSet(Definition):
    """The status somebody gave a key result or an objective; '' takes it away."""

    status: Identifier | None = None
    note: Text = ""


@dataclass(frozen=True)
class NewAction:
    """An action that came up in a check-in."""

    title: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Said:
    """What a check-in says of one key result. What is None was not said and stays as it is; a `blocker` of '' says that
    nothing holds it up any more.

    `stages` maps the place of a stage to the day on which it was done (None: not done after all); `done` answers a
    yes/no.
    """

    key_result: str
    value: float | None = None
    confidence: float | None = None
    note: str = ""
    blocker: str | None = None
    status: str | None = None
    done: bool | None = None
    stages: dict[int, date | None] = field(default_factory=dict)
    actions: tuple[NewAction, ...] = ()


def answered(key_result: KeyResult, said: Said, day: date) -> KeyResult:
    """The key result with the stages and the yes/no that were said to be done; the same object when nothing was."""
    changes: dict = {}
    if said.stages:
        changes["stages"] = [
            stage.model_copy(update={"done": said.stages[place]}) if place in said.stages else stage
            for place, stage in enumerate(key_result.stages)
        ]
    if said.done is not None and said.done != (key_result.done is not None):
        changes["done"] = day if said.done else None
    return key_result.model_copy(update=changes) if changes else key_result


def finished(key_result: KeyResult) -> bool:
    """Whether everything that a yes/no or a milestone asks for is done: there is nothing more to report."""
    if key_result.kind == "milestone":
        return all(stage.done for stage in key_result.stages)
    return key_result.kind == "yes_no" and key_result.done is not None


def next_round(team: Team, last: date | None, start: date) -> date:
    """The day on which the check-in after `last` is due; the first is due one round after the cycle's `start`."""
    every = timedelta(weeks=team.check_in_every)
    if team.check_in_on is None:
        return (last or start) + every
    earliest = last + every - timedelta(days=NEAREST) if last else start + every - timedelta(days=7)
    return earliest + timedelta(days=(WEEKDAYS.index(team.check_in_on) - earliest.weekday()) % 7)


def due_check_ins(company: Company, last: pd.Series, ended: set[str], day: date) -> pd.DataFrame:
    """Key results on which a check-in is due by a day, the longest overdue first: DUE_COLUMNS.

    `last` is the day of the latest check-in by key result, `ended` those whose status says that nothing more is
    expected. Drafts, finished milestones and key results of cycles that do not hold the day are left out. `days` is
    how long it has been due; `last` is missing where nobody ever checked in.
    """
    teams = {team.id: team for team in company.teams}
    rows = []
    for objective, key_result, start in _running(company, day):
        if key_result.id in ended or finished(key_result):
            continue
        team = teams.get(objective.team or "", Team(id=objective.team or "-"))
        before = last.get(key_result.id)
        reported = None if before is None or pd.isna(before) else pd.Timestamp(before).date()
        due_on = next_round(team, reported, start)
        if due_on <= day:
            owner = key_result.owner or objective.owner
            about = (key_result.id, key_result.label, objective.id, objective.cycle, objective.team, owner)
            rows.append((*about, reported, due_on, (day - due_on).days))
    frame = pd.DataFrame(rows, columns=list(DUE_COLUMNS)).astype(DUE_COLUMNS)
    return frame.sort_values(["days", "team"], ascending=[False, True], kind="stable", ignore_index=True)


def _running(company: Company, day: date) -> list[tuple[Objective, KeyResult, date]]:
    starts = {cycle.id: cycle.start for cycle in company.cycles if cycle.start <= day <= cycle.end}
    return [
        (objective, key_result, starts[objective.cycle])
        for objective in company.objectives
        if objective.cycle in starts
        for key_result in company.key_results.get(objective.id, [])
    ]


def last_said(check_ins: pd.DataFrame) -> pd.DataFrame:
    """What was said last of each key result, and before that; indexed by key_result.

    day, value, value_before, confidence, confidence_before, note, blocker ('' for none), blocked_since. `check_ins`:
    key_result, day, value, confidence, note, blocker (missing: not said); one row per key result and day.
    """
    rows = {}
    for key_result, own in check_ins.sort_values("day").groupby("key_result", sort=False):
        values, sure = own["value"].dropna(), own["confidence"].dropna()
        blocked = own[["day", "blocker"]].dropna(subset=["blocker"])
        free = blocked["blocker"].eq("").cumsum()
        run = blocked[(free == free.max()) & (blocked["blocker"] != "")] if len(blocked) else blocked
        notes = own.loc[own["note"] != "", "note"]
        rows[key_result] = (
            own["day"].iloc[-1], *_last_two(values), *_last_two(sure), notes.iloc[-1] if len(notes) else "",
            run["blocker"].iloc[-1] if len(run) else "", run["day"].iloc[0] if len(run) else pd.NaT,
        )  # fmt: skip
    columns = ["day", "value", "value_before", "confidence", "confidence_before", "note", "blocker", "blocked_since"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.astype({"day": DAY, "blocked_since": DAY}).rename_axis("key_result")


def _last_two(values: pd.Series) -> tuple[float, float]:
    last = [float(value) for value in values.tail(2)]
    return (last[-1] if last else float("nan")), (last[0] if len(last) == 2 else float("nan"))
