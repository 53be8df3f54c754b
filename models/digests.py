"""The digest: what a reader who does not open Needle must know: headline, what changed, what to decide, what is late.

Pure: the scorecard now and the verdicts of before in, sections of sentences out. Formats stand in pages/exports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from models.decide import chosen, questions
from models.key_result_words import flag_notes
from models.language import tr, trn
from models.policy import Policy
from models.scorecard import Scorecard
from models.sentences import said_day, title_of
from models.verdict import VERDICTS


class DigestSent(BaseModel):
    """What is kept of a digest that was sent: enough to say next time what changed since. No address is kept."""

    model_config = ConfigDict(extra="forbid")

    cycle: str
    team: str | None = None
    as_of: date
    data_version: int
    channels: list[str]
    recipients: int
    verdicts: dict[str, str]


@dataclass(frozen=True)
class Before:
    """What a digest compares with. `verdicts` by key result; None where nothing is known of before."""

    said: str  # `since the digest of 20 November 2026`
    verdicts: Mapping[str, str] | None


@dataclass(frozen=True)
class Section:
    """`code`: changed, decide, late or silent. `nothing` is said in place of lines where there are none."""

    code: str
    heading: str
    lines: tuple[str, ...]
    nothing: str = ""


@dataclass(frozen=True)
class Digest:
    """`headline`: claimed against verified. `dated`: cycle, team, as-of. `policy`: the thresholds that decide most."""

    title: str
    headline: str
    dated: str
    sections: tuple[Section, ...]
    cycle: str
    team: str | None
    as_of: date
    data_version: int
    policy: Policy
    verdicts: dict[str, str]

    def section(self, code: str) -> Section | None:
        return next((section for section in self.sections if section.code == code), None)


def digest(card: Scorecard, before: Before, restated: pd.DataFrame, kpis: pd.DataFrame) -> Digest:
    """The digest of a scorecard.

    `restated`: file, source, load_id, restated of the loads since before; `kpis`: those of the data health.
    """
    rows = card.key_results
    team = card.objectives["team_name"].iloc[0] if card.team is not None and len(card.objectives) else tr("all teams")
    sections = (
        _changed(rows, before, restated),
        Section(
            "decide",
            tr("What needs talking about"),
            tuple(f"{asked.text} {asked.reason}" for asked in chosen(questions(rows, card.links))) if len(rows) else (),
            tr("Nothing needs a decision."),
        ),
        Section("late", tr("Late data"), tuple(_late(card, kpis)), tr("Nothing is late.")),
        _silent(card),
    )
    return Digest(
        title=tr("Needle: {cycle}, {team}", cycle=card.cycle.label, team=team),
        headline=card.headline,
        dated=tr("{cycle}, {team}, as known on {day}", cycle=card.cycle.label, team=team, day=said_day(card.as_of)),
        sections=tuple(section for section in sections if section),
        cycle=card.cycle.id,
        team=card.team,
        as_of=card.as_of,
        data_version=card.data_version,
        policy=card.policy,
        verdicts=dict(zip(rows["id"], rows["verdict"], strict=True)) if len(rows) else {},
    )


def _changed(rows: pd.DataFrame, before: Before, restated: pd.DataFrame) -> Section:
    heading = tr("What changed {since}", since=before.said)
    values = [
        trn(
            "{count} value already recorded was changed by {file} (load {load}).",
            "{count} values already recorded were changed by {file} (load {load}).",
            int(load["restated"]),
            file=load["file"],
            load=load["load_id"],
        )
        for load in restated.to_dict("records")
    ]
    if before.verdicts is None:
        first = tr("There is nothing earlier to compare the verdicts with.")
        return Section("changed", heading, (first, *values))
    lines = [line for row in rows.to_dict("records") if (line := _news(row, before.verdicts))]
    gone = set(before.verdicts) - set(rows["id"]) if len(rows) else set(before.verdicts)
    if gone:
        lines.append(
            trn("{count} key result is no longer there.", "{count} key results are no longer there.", len(gone))
        )
    return Section("changed", heading, (*lines, *values), tr("No verdict changed, and no value was restated."))


def _news(row: Any, before: Mapping[str, str]) -> str:
    facts = {"title": title_of(row), "word": row["verdict_word"], "sentence": row["sentence"]}
    if row["id"] not in before:
        return tr("New: “{title}”: {word}. {sentence}", **facts)
    was = before[row["id"]]
    if was == row["verdict"]:
        return ""
    word = VERDICTS[was].word if was in VERDICTS else was
    return tr("“{title}”: {before} → {word}. {sentence}", before=word, **facts)


def _late(card: Scorecard, kpis: pd.DataFrame) -> list[str]:
    if card.as_of > card.cycle.end:  # what is late now is another cycle's; this one names what it still waits for
        return [note for row in card.key_results.to_dict("records") for note in flag_notes(row, "late_data")]
    late = kpis[(kpis["state"] == "late") & kpis["id"].isin(set(card.links["kpi"]))] if len(kpis) else kpis
    return [
        trn(
            "{kpi}: {count} day late.",
            "{kpi}: {count} days late.",
            int(row["days_late"]) if pd.notna(row["days_late"]) else 0,
            kpi=row["name"] or row["id"],
        )
        for row in late.to_dict("records")
    ]


def _silent(card: Scorecard) -> Section | None:
    """Key results in flight that are reported by check-ins and were not for too long; None once the cycle is over."""
    if card.as_of > card.cycle.end or card.key_results.empty:
        return None
    days = card.policy.check_in_days
    lines = []
    for row in card.key_results.to_dict("records"):
        by_hand = not isinstance(row["measure_kpi"], str) and row["kind"] != "milestone"
        done = pd.notna(row["passed"]) and bool(row["passed"])
        if not by_hand or done:
            continue
        who = row["owner"] if isinstance(row["owner"], str) and row["owner"] else row["team_name"] or tr("no owner")
        title, last = title_of(row), row["checked_in"]
        if pd.isna(last):
            lines.append(tr("“{title}” ({who}): never.", title=title, who=who))
        elif (pd.Timestamp(card.as_of) - pd.Timestamp(last)).days > days:
            lines.append(tr("“{title}” ({who}): last on {day}.", title=title, who=who, day=said_day(last)))
    heading = trn("No check-in for more than {count} day", "No check-in for more than {count} days", days)
    return Section("silent", heading, tuple(lines), tr("Everyone has checked in."))


def changed_loads(loads: pd.DataFrame, since: Any) -> pd.DataFrame:
    """The loads recorded after a moment that changed values and were not taken back."""
    if loads.empty:
        return loads
    found = loads[(loads["recorded_at"] > pd.Timestamp(since)) & (loads["restated"] > 0) & loads["undone_at"].isna()]
    return found.sort_values("load_id")


def since_words(kind: str, day: date, days: int = 0) -> str:
    """How the comparison is called: since the last digest (`digest`), or in the last days (`days`)."""
    if kind == "digest":
        return tr("since the digest of {day}", day=said_day(day))
    return trn("in the last {count} day", "in the last {count} days", days)


def sent(told: Digest, channels: Sequence[str], recipients: int) -> DigestSent:
    """What is kept once a digest went out."""
    return DigestSent(
        cycle=told.cycle,
        team=told.team,
        as_of=told.as_of,
        data_version=told.data_version,
        channels=list(channels),
        recipients=recipients,
        verdicts=told.verdicts,
    )
