"""Key results that wait for others: what came, when, how late; and the loops that may not be."""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from models.amounts import short_day
from models.company import DAY, TEXT, Company
from models.language import tr, trn
from models.okr import KeyResult
from models.stages import lateness

WAIT_COLUMNS = {
    "key_result": TEXT, "title": TEXT, "team": TEXT, "team_name": TEXT, "on": TEXT, "on_title": TEXT, "on_team": TEXT,
    "on_team_name": TEXT, "needed_by": DAY, "note": TEXT, "state": TEXT, "came": DAY, "days": "float64",
}  # fmt: skip


def loop(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """A loop among dependencies (id → ids it waits for), with its first id repeated at the end; empty without one."""
    settled: set[str] = set()
    for first in edges:
        way: list[str] = []
        waiting = [iter([first])]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
                if way:
                    settled.add(way.pop())
            elif node in way:
                return [*way[way.index(node) :], node]
            elif node not in settled:
                way.append(node)
                waiting.append(iter(edges.get(node, ())))
    return []


def came_on(key_result: KeyResult, day: date) -> date | None:
    """The day on which a yes/no or the last stage of a milestone was done, where that has been by `day`."""
    days = [stage.done for stage in key_result.stages] if key_result.kind == "milestone" else [key_result.done]
    known = [done for done in days if done is not None and done <= day]
    return max(known) if known and len(known) == len(days) else None


def waits(company: Company, reached: Mapping[str, date | None], dropped: set[str], day: date) -> pd.DataFrame:
    """Every dependency of a published key result, one row each: WAIT_COLUMNS.

    `reached` are the key results that are reached, with the day where it is known; `dropped` those given up. `state`
    is came, dropped, late (not there, though the day has passed) or waiting; `days` is came minus needed_by, or for
    what is late the days since.
    """
    teams = {team.id: team.label for team in company.teams}
    home = {kr.id: (kr, o) for o in company.objectives for kr in company.key_results.get(o.id, [])}
    rows = []
    for identifier, (kr, objective) in home.items():
        for wanted in kr.depends_on:
            other, others = home.get(wanted.on, (KeyResult(id=wanted.on), None))
            day_came = came_on(other, day) or reached.get(wanted.on)
            there = day_came is not None or wanted.on in reached
            needed = wanted.needed_by
            late = (day - needed).days if needed else None
            state = "came" if there else "dropped" if wanted.on in dropped else "late" if (late or 0) > 0 else "waiting"
            if there:
                late = (day_came - needed).days if day_came and needed else None
            days = late if state in ("came", "late") else None
            team, on_team = objective.team, others.team if others else None
            rows.append((identifier, kr.label, team, teams.get(team or "", team), wanted.on, other.label, on_team,
                         teams.get(on_team or "", on_team), needed, wanted.note, state, day_came, days))  # fmt: skip
    return pd.DataFrame(rows, columns=list(WAIT_COLUMNS)).astype(WAIT_COLUMNS)


def waits_for(row: dict) -> str:
    """One dependency as the one who waits tells it: `Waits for “The portal” of Sales, needed by 1 Aug 2026: not there
    yet, 12 days late.`"""
    other, needed = _named(row["on_title"], row["on_team_name"]), _day(row["needed_by"])
    match row["state"]:
        case "came" if pd.isna(row["came"]):
            return tr("Waited for {other}: it is reached.", other=other)
        case "came" if not needed:
            return tr("Waited for {other}: it came on {day}.", other=other, day=_day(row["came"]))
        case "came":
            return tr(
                "Waited for {other}, needed by {needed}: it came on {day}, {late}.",
                other=other, needed=needed, day=_day(row["came"]), late=lateness(row["days"]),
            )  # fmt: skip
        case "dropped":
            return tr("Waits for {other}, which was dropped.", other=other)
        case "late":
            return tr(
                "Waits for {other}, needed by {needed}: not there yet, {late}.",
                other=other, needed=needed, late=lateness(row["days"]),
            )  # fmt: skip
    if needed:
        return tr("Waits for {other}, needed by {needed}: not there yet.", other=other, needed=needed)
    return tr("Waits for {other}: not there yet.", other=other)


def holds_up(row: dict) -> str:
    """The same dependency as the one who is waited for tells it: what it helped, what it holds up."""
    other, needed = _named(row["title"], row["team_name"]), _day(row["needed_by"])
    match row["state"]:
        case "came" if pd.isna(row["days"]):
            return tr("Helped {other}, which waited for this.", other=other)
        case "came" if row["days"] > 0:
            return trn(
                "Held up {other}: it was needed by {needed} and came {count} day late.",
                "Held up {other}: it was needed by {needed} and came {count} days late.",
                int(row["days"]), other=other, needed=needed,
            )  # fmt: skip
        case "came":
            return tr("Helped {other}: it was needed by {needed} and came in time.", other=other, needed=needed)
        case "dropped":
            return tr("{other} still waits for this, which was dropped.", other=other)
        case "late":
            return trn(
                "Holds up {other}: it was needed by {needed}, {count} day ago.",
                "Holds up {other}: it was needed by {needed}, {count} days ago.",
                int(row["days"]), other=other, needed=needed,
            )  # fmt: skip
    if needed:
        return tr("{other} needs this by {needed}.", other=other, needed=needed)
    return tr("{other} waits for this.", other=other)


def _named(title: str, team: str | None) -> str:
    if isinstance(team, str) and team:
        return tr("“{title}” of {team}", title=title, team=team)
    return tr("“{title}”", title=title)


def _day(value: object) -> str:
    return short_day(pd.Timestamp(value)) if pd.notna(value) else ""
