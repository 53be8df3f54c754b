"""The stand-up of a team in plain words: what moved, what is stuck, what changed, what to decide.

Each line is one fact about one key result, or about an action; its word and its sentence are born together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from models.amounts import MINUS, amount, short_day
from models.dependencies import waits_for
from models.language import numeral, tr, trn
from models.narrative import shown_unit
from models.policy import POLICY, Policy
from models.stages import stage_sentence
from models.verdict import VERDICTS, Word, movement_clause

WORDS = {
    "better": Word("Better so far", "▲", "good", "In this cycle the KPI got better than it would have been."),
    "worse": Word("Worse so far", "▼", "bad", "In this cycle the KPI got worse than it would have been."),
    "nearer": Word("Nearer", "▸", "good", "The value came nearer to its target."),
    "farther": Word("Farther", "◂", "bad", "The value went away from its target."),
    "done": Word("Done", "✓", "good", "A stage, or the whole, was finished."),
    "came": Word("Came", "✓", "good", "What it waited for has come."),
    "blocked": Word("Blocked", "‖", "bad", "Its owner says that something holds it up."),
    "waits": Word("Waits", "⧖", "warn", "Another key result that it needs has not come."),
    "behind": Word("Behind", "◐", "warn", "Progress is behind what was expected by now."),
    "still": Word("Still", "–", "neutral", "No new value since last time."),
    "unknown": Word("No value", "?", "neutral", "Nobody knows where it stands."),
    "overdue": Word("Overdue", "◷", "bad", "A day that was set has passed."),
    "new": Word("New", "＋", "neutral", "It was not there last time."),
    "status": Word("Status", "○", "neutral", "The owner's own word for where it stands."),
    "confidence": Word("Confidence", "▾", "warn", "The owner is less sure than last time."),
    "verdict": Word("Verdict", "◇", "neutral", "Score and movement together say something else than last time."),
    "target": Word("Target", "✎", "warn", "Target or baseline was changed."),
    "restated": Word("Restated", "↻", "warn", "A later load changed values that were known last time."),
    "decide": Word("Decide", "?", "warn", "A question for this stand-up."),
}
HALF = 1e-9  # a difference of progress below this is none


@dataclass(frozen=True)
class Line:
    """One fact or question. `code` is a key of WORDS; `key_result` is None for an action of the whole team."""

    code: str
    key_result: str | None
    title: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What was looked at, of one team.

    `now` and `before` are rows of the scorecard as known now and last time; `said` by key result (see
    models.check_ins.last_said); `stages`, `waits`, `actions` as those models give them; `restated`: key_result,
    kpi_name, count.
    """

    now: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)
    statuses: dict[str, str] = field(repr=False)  # what each status is called
    statuses_before: dict[str, str] = field(repr=False)
    stages: pd.DataFrame = field(repr=False)
    waits: pd.DataFrame = field(repr=False)
    actions: pd.DataFrame = field(repr=False)
    restated: pd.DataFrame = field(repr=False)

    @cached_property
    def _by_key_result(self) -> dict[tuple[str, str], list[dict]]:
        rows: dict[tuple[str, str], list[dict]] = {}
        for name in ("stages", "waits", "restated"):
            for row in getattr(self, name).to_dict("records"):
                rows.setdefault((name, row["key_result"]), []).append(row)
        return rows

    def rows_of(self, name: str, key_result: str) -> list[dict]:
        """The rows of stages, waits or restated that belong to a key result."""
        return self._by_key_result.get((name, key_result), [])


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
        line for row in rows if (line := _question(row, before.get(row["id"]), seen, as_of, running, limit, policy))
    ]
    decide += _action_questions(seen.actions, titles, policy)
    headline = _headline(len(rows), moved, stuck, decide, since)
    told = (tuple(moved), tuple(stuck), tuple(changed), tuple(decide))
    return StandUp(team[0], team[1], cycle[0], since, as_of, headline, *told, seen.actions)


def _headline(total: int, moved: list[Line], stuck: list[Line], decide: list[Line], since: date) -> str:
    if not total:
        return tr("This team has no key results in this cycle.")
    nearer = len({line.key_result for line in moved if line.code in ("nearer", "done")})
    held = len({line.key_result for line in stuck if line.key_result})
    first = trn(
        "{nearer} of {count} key result moved the right way since {day}",
        "{nearer} of {count} key results moved the right way since {day}",
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
        yield _line(row["move_verdict"], row, f"{clause[0].upper()}{clause[1:]}.")
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
        yield _line("nearer" if ways > 0 else "farther", row, text)
    for stage in seen.rows_of("stages", row["id"]):
        if stage["state"] == "done" and stage["done"].date() > since:
            yield _line("done", row, stage_sentence(stage))
    for wait in seen.rows_of("waits", row["id"]):
        if wait["state"] == "came" and pd.notna(wait["came"]) and wait["came"].date() > since:
            yield _line("came", row, waits_for(wait))


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
    blocked = _blocker(seen, row["id"])
    if blocked:
        day, words = blocked
        yield _line("blocked", row, tr("Since {day}: {blocker}", day=short_day(day), blocker=words))
    for wait in seen.rows_of("waits", row["id"]):
        if wait["state"] in ("late", "dropped") or (wait["state"] == "waiting" and pd.isna(wait["needed_by"])):
            yield _line("waits", row, waits_for(wait))
    for stage in seen.rows_of("stages", row["id"]):
        if stage["state"] == "overdue":
            yield _line("overdue", row, stage_sentence(stage))
    if not running or _passed(row):
        return
    if pd.isna(row["progress"]):
        if row["kind"] not in ("milestone", "yes_no"):
            yield _line("unknown", row, tr("It has no value yet."))
        return
    if row["pace_word"] in ("behind", "at risk"):
        yield _line("behind", row, _pace(row))
    elif before is not None and row["kind"] in ("increase", "decrease") and row["current"] == before["current"]:
        still = amount(row["current"], shown_unit(row))
        yield _line("still", row, tr("No new value since {day}: still {value}.", day=short_day(since), value=still))


def _overdue_actions(actions: pd.DataFrame, titles: dict[str, str]) -> Iterator[Line]:
    for action in actions[actions["state"] == "overdue"].to_dict("records"):
        text = trn(
            "{action} was due on {day}, {count} day ago.",
            "{action} was due on {day}, {count} days ago.",
            int(action["days"]),
            action=_action(action),
            day=short_day(action["due"]),
        )
        yield _of_action("overdue", action, titles, text)


# -- what changed ----------------------------------------------------------------------------------------------


def _changed(row: dict, before: dict | None, seen: Seen, since: date, policy: Policy) -> Iterator[Line]:
    if before is None:
        yield _line("new", row, tr("It was not there on {day}.", day=short_day(since)))
        return
    was, now = seen.statuses_before.get(row["id"]), seen.statuses.get(row["id"])
    if now != was and now:
        text = tr("From {before} to {now}.", before=was, now=now) if was else tr("Now {now}; it had none.", now=now)
        yield _line("status", row, text)
    if _fell(row, before, policy):
        yield _line("confidence", row, tr("Confidence fell from {before} to {now}.", **_confidences(row, before)))
    if row["verdict"] != before["verdict"]:
        earlier = VERDICTS[before["verdict"]].word
        yield _line("verdict", row, tr("{now}; last time {before}.", now=row["verdict_word"], before=earlier))
    for name in ("target", "baseline"):
        if pd.notna(row[name]) and pd.notna(before[name]) and row[name] != before[name]:
            unit = shown_unit(row)
            old, new = amount(before[name], unit), amount(row[name], unit)
            yield _line("target", row, tr("Target from {before} to {now}.", before=old, now=new) if name == "target"
                        else tr("Baseline from {before} to {now}.", before=old, now=new))  # fmt: skip
    for restated in seen.rows_of("restated", row["id"]):
        text = trn(
            "{count} value of {kpi} was restated.", "{count} values of {kpi} were restated.",
            int(restated["count"]), kpi=restated["kpi_name"],
        )  # fmt: skip
        yield _line("restated", row, text)


# -- what to decide --------------------------------------------------------------------------------------------


def _question(
    row: dict, before: dict | None, seen: Seen, as_of: date, running: bool, limit: int, policy: Policy
) -> Line | None:
    """The gravest question that a key result raises, if any."""
    blocked = _blocker(seen, row["id"])
    if blocked:
        days = (as_of - blocked[0]).days
        text = trn(
            "Blocked for {count} day: who clears it, and by when?",
            "Blocked for {count} days: who clears it, and by when?",
            days,
        )
        return _line("decide", row, text if days else tr("Blocked today: who clears it, and by when?"))
    late = next((wait for wait in seen.rows_of("waits", row["id"]) if wait["state"] in ("late", "dropped")), None)
    if late:
        return _line("decide", row, tr("Get a day for “{other}”, or plan without it?", other=late["on_title"]))
    if row["move_verdict"] == "worse" and pd.notna(row["lo"]):
        return _line("decide", row, tr("{kpi} got worse: stop, change, or carry on?", kpi=row["kpi_name"]))
    if row["verdict"] == "vanity":
        text = tr("It passes while {kpi} stands still: does it measure the right thing?", kpi=row["kpi_name"])
        return _line("decide", row, text)
    if not running or _passed(row):
        return None
    if row["pace_word"] == "at risk":
        said = row["confidence"]
        if pd.notna(said):
            text = tr("{pace} The owner gives it {number} of 10: help it, change the plan, or let it go?",
                      pace=_pace(row), number=_number(said))  # fmt: skip
        else:
            text = tr("{pace} Help it, change the plan, or let it go?", pace=_pace(row))
        return _line("decide", row, text)
    if before is not None and _fell(row, before, policy):
        text = tr("Confidence fell from {before} to {now}: what would bring it back?", **_confidences(row, before))
        return _line("decide", row, text)
    return _silent(row, as_of, limit)


def _silent(row: dict, as_of: date, limit: int) -> Line | None:
    """Nobody has reported for longer than the rounds that may be missed."""
    if pd.isna(row["checked_in"]):
        return None  # the reminders tell of those who never began
    days = (pd.Timestamp(as_of) - row["checked_in"]).days
    if days <= limit:
        return None
    text = tr("Nobody has checked in since {day}: is it still pursued?", day=short_day(row["checked_in"]))
    return _line("decide", row, text)


def _action_questions(actions: pd.DataFrame, titles: dict[str, str], policy: Policy) -> Iterator[Line]:
    stale = actions[(actions["state"] == "overdue") & (actions["days"] > policy.stale_action)]
    for action in stale.to_dict("records"):
        text = trn(
            "{action} is {count} day overdue: do it, hand it on, or drop it?",
            "{action} is {count} days overdue: do it, hand it on, or drop it?",
            int(action["days"]),
            action=_action(action),
        )
        yield _of_action("decide", action, titles, text)


# -- pieces ----------------------------------------------------------------------------------------------------


def _line(code: str, row: dict, text: str) -> Line:
    return Line(code, row["id"], row["title"], text)


def _blocker(seen: Seen, key_result: str) -> tuple[date, str] | None:
    """What holds it up, and since when that has been said."""
    if key_result not in seen.said.index:
        return None
    row = seen.said.loc[key_result]
    return (row["blocked_since"].date(), row["blocker"]) if _text(row["blocker"]) else None


def _pace(row: dict) -> str:
    expected, progress = _hundredths(row["pace"] + row["progress"]), _hundredths(row["progress"])
    return tr("Progress {progress} where {expected} was expected.", progress=progress, expected=expected)


def _hundredths(share: float) -> str:
    text = f"{abs(share):.2f}"
    return numeral(text if float(text) == 0 or share > 0 else f"{MINUS}{text}")


def _fell(row: dict, before: dict, policy: Policy) -> bool:
    return bool(before["confidence"] - row["confidence"] >= policy.confidence_drop)  # unknown compares false


def _confidences(row: dict, before: dict) -> dict[str, str]:
    return {"before": _number(before["confidence"]), "now": _number(row["confidence"])}


def _passed(row: dict) -> bool:
    return pd.notna(row["passed"]) and bool(row["passed"])


def _score(row: dict) -> str:
    return numeral(f"{row['score']:.2f}")


def _share(row: dict) -> str:
    return tr("unknown") if pd.isna(row["score"]) else numeral(f"{row['score'] * 100:.0f} %")


def _number(value: float) -> str:
    return numeral(f"{value:g}")


def _of_action(code: str, action: dict, titles: dict[str, str], text: str) -> Line:
    key_result = action["key_result"] if action["key_result"] in titles else None
    return Line(code, key_result, titles.get(key_result or "", ""), text)


def _action(action: dict) -> str:
    """What is to be done, and who said so."""
    if _text(action["owner"]):
        return tr("“{action}” ({owner})", action=action["title"], owner=action["owner"])
    return tr("“{action}”", action=action["title"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
