"""The stand-up of a team in plain words: what moved, what is stuck, what changed, what to decide.

Each line is one fact about one key result, or about an action; its word and its sentence are born together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from models.amounts import amount, short_day
from models.dependencies import waits_for
from models.key_result_words import shown_unit
from models.language import numeral, tr, trn
from models.policy import POLICY, Policy
from models.stages import stage_sentence
from models.stand_up_facts import (
    Line,
    Seen,
    action_words,
    blocker,
    confidence_fell,
    confidences,
    line_of,
    line_of_action,
    pace_sentence,
    passed,
)
from models.stand_up_questions import action_questions, question
from models.verdict import VERDICTS, movement_clause

HALF = 1e-9  # a difference of progress below this is none


@dataclass(frozen=True)
class StandUp:
    """The summary of a team between two days, with its open actions."""

    team: str
    team_name: str
    cycle: str
    since: date
    as_of: date
    headline: str
    moved: tuple[Line, ...]
    stuck: tuple[Line, ...]
    changed: tuple[Line, ...]
    decide: tuple[Line, ...]
    actions: pd.DataFrame = field(repr=False)

    @property
    def chapters(self) -> list[tuple[str, str, tuple[Line, ...]]]:
        """code, heading, lines; in the order in which they are told."""
        return [
            ("moved", tr("What moved"), self.moved),
            ("stuck", tr("What is stuck"), self.stuck),
            ("changed", tr("What changed since last time"), self.changed),
            ("decide", tr("What to decide"), self.decide),
        ]


def stand_up(
    team: tuple[str, str], cycle: tuple[str, date], days: tuple[date, date], seen: Seen, every: int = 1,
    policy: Policy = POLICY,
) -> StandUp:  # fmt: skip
    """`team`: id and name; `cycle`: name and last day; `days`: last time and now; `every`: weeks between check-ins."""
    since, as_of = days
    rows = seen.now.to_dict("records")
    before = {row["id"]: row for row in seen.before.to_dict("records")}
    running = as_of <= cycle[1]
    titles = {row["id"]: row["title"] for row in rows}
    moved = [line for row in rows for line in _moved(row, before.get(row["id"]), seen, since)]
    stuck = [line for row in rows for line in _stuck(row, before.get(row["id"]), seen, since, running)]
    stuck += _overdue_actions(seen.actions, titles)
    changed = [line for row in rows for line in _changed(row, before.get(row["id"]), seen, since, policy)]
    limit = 7 * every * policy.silent_rounds
    decide = [
        line for row in rows if (line := question(row, before.get(row["id"]), seen, as_of, running, limit, policy))
    ]
    decide += action_questions(seen.actions, titles, policy)
    headline = _headline(len(rows), moved, stuck, decide, since)
    told = (tuple(moved), tuple(stuck), tuple(changed), tuple(decide))
    return StandUp(team[0], team[1], cycle[0], since, as_of, headline, *told, seen.actions)


def _headline(total: int, moved: list[Line], stuck: list[Line], decide: list[Line], since: date) -> str:
    if not total:
        return tr("This team has no key results in this cycle.")
    nearer = len({line.key_result for line in moved if line.code in ("nearer", "done")})
    held = len({line.key_result for line in stuck if line.key_result})
    first = trn(
        "{nearer} of {count} key result came nearer to its target since {day}",
        "{nearer} of {count} key results came nearer to their targets since {day}",
        total, nearer=numeral(f"{nearer:,}"), day=short_day(since),
    )  # fmt: skip
    second = trn("{count} is stuck", "{count} are stuck", held) if held else tr("none is stuck")
    third = (
        trn("{count} question to decide", "{count} questions to decide", len(decide))
        if decide
        else tr("nothing to decide")
    )
    return tr("{moved}; {stuck}; {decide}.", moved=first, stuck=second, decide=third)


# -- what moved ------------------------------------------------------------------------------------------------


def _moved(row: dict, before: dict | None, seen: Seen, since: date) -> Iterator[Line]:
    if row["move_verdict"] in ("better", "worse") and pd.notna(row["lo"]):
        clause = movement_clause(row)
        yield line_of(row["move_verdict"], row, f"{clause[0].upper()}{clause[1:]}.")
    ways = _step(row, before)
    if before is not None and ways and row["kind"] not in ("milestone", "yes_no"):
        unit = shown_unit(row)
        if row["kind"] == "maintain":
            text = tr("In its band {now} of the time, {before} last time.", now=_share(row), before=_share(before))
        elif pd.isna(before["current"]):
            text = tr("First value: {now}; score {score}.", now=amount(row["current"], unit), score=_score(row))
        else:
            text = tr(
                "From {before} to {now}; score {score}, {earlier} last time.",
                before=amount(before["current"], unit), now=amount(row["current"], unit),
                score=_score(row), earlier=_score(before),
            )  # fmt: skip
        yield line_of("nearer" if ways > 0 else "farther", row, text)
    for stage in seen.rows_of("stages", row["id"]):
        if stage["state"] == "done" and stage["done"].date() > since:
            yield line_of("done", row, stage_sentence(stage))
    for wait in seen.rows_of("waits", row["id"]):
        if wait["state"] == "came" and pd.notna(wait["came"]) and wait["came"].date() > since:
            yield line_of("came", row, waits_for(wait))


def _step(row: dict, before: dict | None) -> float:
    """How much progress was made since last time; 0 where it cannot be told."""
    if before is None or pd.isna(row["progress"]):
        return 0.0
    if pd.isna(before["progress"]):
        return 1.0 if row["progress"] > 0 else 0.0
    step = float(row["progress"] - before["progress"])
    return step if abs(step) > HALF else 0.0


# -- what is stuck ---------------------------------------------------------------------------------------------


def _stuck(row: dict, before: dict | None, seen: Seen, since: date, running: bool) -> Iterator[Line]:
    blocked = blocker(seen, row["id"])
    if blocked:
        day, words = blocked
        yield line_of("blocked", row, tr("Since {day}: {blocker}", day=short_day(day), blocker=words))
    for wait in seen.rows_of("waits", row["id"]):
        if wait["state"] in ("late", "dropped") or (wait["state"] == "waiting" and pd.isna(wait["needed_by"])):
            yield line_of("waits", row, waits_for(wait))
    for stage in seen.rows_of("stages", row["id"]):
        if stage["state"] == "overdue":
            yield line_of("overdue", row, stage_sentence(stage))
    if not running or passed(row):
        return
    if pd.isna(row["progress"]):
        if row["kind"] not in ("milestone", "yes_no"):
            yield line_of("unknown", row, tr("It has no value yet."))
        return
    if row["pace_word"] in ("behind", "at risk"):
        yield line_of("behind", row, pace_sentence(row))
    elif before is not None and row["kind"] in ("increase", "decrease") and row["current"] == before["current"]:
        still = amount(row["current"], shown_unit(row))
        yield line_of("still", row, tr("No new value since {day}: still {value}.", day=short_day(since), value=still))


def _overdue_actions(actions: pd.DataFrame, titles: dict[str, str]) -> Iterator[Line]:
    for action in actions[actions["state"] == "overdue"].to_dict("records"):
        text = trn(
            "{action} was due on {day}, {count} day ago.",
            "{action} was due on {day}, {count} days ago.",
            int(action["days"]),
            action=action_words(action),
            day=short_day(action["due"]),
        )
        yield line_of_action("overdue", action, titles, text)


# -- what changed ----------------------------------------------------------------------------------------------


def _changed(row: dict, before: dict | None, seen: Seen, since: date, policy: Policy) -> Iterator[Line]:
    if before is None:
        yield line_of("new", row, tr("It was not there on {day}.", day=short_day(since)))
        return
    was, now = seen.statuses_before.get(row["id"]), seen.statuses.get(row["id"])
    if now != was and now:
        text = tr("From {before} to {now}.", before=was, now=now) if was else tr("Now {now}; it had none.", now=now)
        yield line_of("status", row, text)
    if confidence_fell(row, before, policy):
        yield line_of("confidence", row, tr("Confidence fell from {before} to {now}.", **confidences(row, before)))
    if row["verdict"] != before["verdict"]:
        earlier = VERDICTS[before["verdict"]].word
        yield line_of("verdict", row, tr("{now}; last time {before}.", now=row["verdict_word"], before=earlier))
    for name in ("target", "baseline"):
        if pd.notna(row[name]) and pd.notna(before[name]) and row[name] != before[name]:
            unit = shown_unit(row)
            old, new = amount(before[name], unit), amount(row[name], unit)
            yield line_of("target", row, tr("Target from {before} to {now}.", before=old, now=new) if name == "target"
                        else tr("Baseline from {before} to {now}.", before=old, now=new))  # fmt: skip
    for restated in seen.rows_of("restated", row["id"]):
        text = trn(
            "{count} value of {kpi} was restated.", "{count} values of {kpi} were restated.",
            int(restated["count"]), kpi=restated["kpi_name"],
        )  # fmt: skip
        yield line_of("restated", row, text)


def _score(row: dict) -> str:
    return numeral(f"{row['score']:.2f}")


def _share(row: dict) -> str:
    return tr("unknown") if pd.isna(row["score"]) else numeral(f"{row['score'] * 100:.0f} %")
