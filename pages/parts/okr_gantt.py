"""The timeline as a block of the sheet: a bar per key result by team, stages, what waits for what, and today."""

from typing import Any

import pandas as pd

from models.language import mark, spoken, tr
from models.timeline import STAGES, WAITS, Plan
from models.verdict import VERDICTS
from pages.parts import amounts, okr_words, sheet
from pages.parts.chart_look import months
from pages.parts.escape import one_line
from pages.parts.view import View

_STAGE_NAMES = {"done": mark("Stage done"), "late": mark("Stage late"), "open": mark("Stage to come")}
_LATE_WAITS = ("late", "too_late")


def gantt(
    rows: pd.DataFrame, plan: Plan, start: pd.Timestamp, end: pd.Timestamp, today: pd.Timestamp, view: View, label: str
) -> sheet.Block:
    """`rows` (models.okr_rows) in the order in which they are to stand, those of a team together. A bar runs from the
    cycle's start to the day on which its key result is due; the dark part is the score. Dependencies are drawn between
    rows that are both here. Places are shares of the width, and rows counted from above, with a row for each team."""
    first, last = _span(rows, plan, start, end)

    def at(day: pd.Timestamp) -> float:
        return float((day - first) / (last - first))

    places: dict[str, int] = {}
    drawn: list[sheet.Block] = []
    stages = dict(iter(plan.stages.groupby("key_result", sort=False)))
    team = None
    for row in rows.to_dict("records"):
        if row["team_name"] != team:
            team = row["team_name"]
            drawn.append({"team": one_line(team)})
        places[str(row["id"])] = len(drawn)
        held = stages.get(row["id"])
        marks = [] if held is None else [_stage(stage, at) for stage in held.to_dict("records")]
        drawn.append({**_bar(row, start, view), "from": at(start), "to": at(row["due"]), "stages": _known(marks)})
    here = {stage["code"] for row in drawn for stage in row.get("stages", [])}
    return {
        "kind": "gantt",
        "label": label,
        "ticks": [{"at": at(day), "text": text} for day, text in months(first, last)],
        "today": {"at": at(today), "text": tr("today")} if first <= today <= last else None,
        "rows": drawn,
        "waits": _waits(plan.waits, places, at),
        "legend": [
            {"code": code, "icon": STAGES[code].icon, "text": spoken(name)}
            for code, name in _STAGE_NAMES.items()
            if code in here
        ],
    }


def _span(rows: pd.DataFrame, plan: Plan, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    days = pd.concat([rows["due"], plan.stages["due"], plan.stages["done"], plan.waits["needed_by"]]).dropna()
    days = pd.concat([days, pd.Series([start, end])])
    return days.min(), days.max()


def _bar(row: dict[str, Any], start: pd.Timestamp, view: View) -> sheet.Block:
    """A key result: its title, its course and, behind it, its verdict, or that it is overdue."""
    word = VERDICTS.get(row["verdict"])
    state = sheet.badge(word) if word else None
    if row["late"]:
        state = {"word": tr("Overdue"), "icon": "⚠", "tone": "bad", "meaning": ""}
    span = f"{amounts.day(start)} – {amounts.day(row['due'])}"
    said = " · ".join(part for part in (span, one_line(row["verdict_word"]), amounts.score(row["score"])) if part)
    return {
        "title": okr_words.title(row),
        **okr_words.opening(row, view),
        "tone": word.tone if word else "neutral",
        "score": float(row["score"]) if amounts.known(row["score"]) else 0.0,
        "state": state,
        "said": said,
    }


def _stage(stage: dict[str, Any], at: Any) -> sheet.Block | None:
    day = stage["done"] if stage["state"] == "done" else stage["due"]
    if pd.isna(day):
        return None
    word = STAGES[stage["state"]]
    said = f"{one_line(stage['title'])}: {word.word}, {amounts.day(day)}"
    return {"at": at(day), "code": stage["state"], "icon": word.icon, "said": said}


def _known(marks: list[sheet.Block | None]) -> list[sheet.Block]:
    return [one for one in marks if one is not None]


def _waits(waits: pd.DataFrame, places: dict[str, int], at: Any) -> list[sheet.Block]:
    """From where the needed one is due to where it is needed; what is late says so."""
    inside = waits[waits["on"].isin(list(places)) & waits["key_result"].isin(list(places))]
    return [
        {
            "from": [at(wait["on_due"]), places[wait["on"]]],
            "to": [at(wait["needed_by"]), places[wait["key_result"]]],
            "tone": WAITS[wait["state"]].tone,
            "badge": sheet.badge(WAITS[wait["state"]]) if wait["state"] in _LATE_WAITS else None,
        }
        for wait in inside.to_dict("records")
    ]
