"""The scorecard in plain words, from rules: per company, per team and per key result.

Every key result stands in exactly one of four chapters (talk, wins, missed, unknown). Three more chapters cut across
them: late data, shared claims, edited targets. No word here is computed twice: verdicts and flags bring their own
sentences, this module chooses, orders and counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.amounts import amount, figure
from models.scorecard import Scorecard
from models.verdict import FLAGS, VERDICTS

TALK_FIRST = ("vanity", "backfired", "at_a_cost", "setback")  # what needs talking about, in this order
_TALK_NOUNS = {
    "vanity": ("vanity win", "vanity wins"),
    "backfired": ("win that backfired", "wins that backfired"),
    "at_a_cost": ("key result at a cost", "key results at a cost"),
    "setback": ("setback", "setbacks"),
}
HEADINGS = {
    "talk": "What needs talking about",
    "wins": "Real wins",
    "missed": "Missed",
    "unknown": "What cannot be told yet",
    "late_data": "Late data",
    "shared_claim": "Shared claims",
    "target_edited": "Targets edited after the cycle began",
}


@dataclass(frozen=True)
class Item:
    """One key result in a chapter. `code` is its verdict; `text` a sentence or two."""

    key_result: str
    title: str
    team_name: str
    code: str
    word: str
    flags: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Chapter:
    """A heading, what it comes to in one sentence, and the key results it is about."""

    code: str
    heading: str
    opening: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Narrative:
    """`about` is the team's name, or empty for the company. `chance`: what to know before believing any of it."""

    about: str
    dated: str
    opening: str
    chapters: tuple[Chapter, ...]
    chance: tuple[str, ...]

    def chapter(self, code: str) -> Chapter | None:
        """The chapter of this code, if there is anything to tell in it."""
        return next((chapter for chapter in self.chapters if chapter.code == code), None)

    @property
    def paragraphs(self) -> list[str]:
        """The whole in a few sentences, without the single key results. Late data is told among `chance`."""
        openings = (chapter.opening for chapter in self.chapters if chapter.code != "late_data")
        return [self.opening, *openings, *self.chance]


def tell(card: Scorecard) -> Narrative:
    """The narrative of a scorecard: of the company, or of the team that the scorecard is cut to."""
    rows = card.key_results
    about = _name(card.objectives["team_name"].iloc[0]) if card.team is not None and len(card.objectives) else ""
    dated = f"{card.cycle.label}, as known on {said_day(card.as_of)}"
    if rows.empty:
        return Narrative(about, dated, card.headline, (), ())
    talk = needs_talk(rows)
    rest = rows[~rows["id"].isin(talk["id"])]
    main = (
        _chapter("talk", _talk_opening(talk, rows), talk),
        _wins(rest, talk),
        _missed(rest),
        _unknown(rest),
    )
    beside = (_flagged(rows, code) for code in ("late_data", "shared_claim", "target_edited"))
    told = tuple(chapter for chapter in (*main, *beside) if chapter.items or chapter.code in ("talk", "wins"))
    return Narrative(about, dated, card.headline, told, tuple(card.notes))


def tell_teams(card: Scorecard) -> dict[str, Narrative]:
    """A narrative per team that has key results, by team id, in the order of the scorecard."""
    teams = [team for team in card.key_results["team"].unique() if isinstance(team, str)]
    return {team: tell(card.of_team(team)) for team in teams}


def tell_key_result(row: Any) -> str:
    """One key result: its verdict, the sentence, where it stands, and what stands beside the verdict."""
    return " ".join([f"{row['verdict_word']}.", row["sentence"], standing(row), *row["flag_notes"]])


def needs_talk(key_results: pd.DataFrame) -> pd.DataFrame:
    """The rows to talk about, the gravest kind first: vanity, backfired, at a cost, setback; high scores first."""
    picked = key_results.assign(rank=[_rank(row) for row in key_results.to_dict("records")]).dropna(subset=["rank"])
    return picked.sort_values(["rank", "score"], ascending=[True, False], kind="stable").drop(columns="rank")


def standing(row: Any) -> str:
    """Where a key result stands, in its own unit: `From 44 to 38 days, now 43.6; score 0.07.`"""
    if pd.isna(row["score"]):
        return "It has no value yet, so its score is unknown."
    unit, score = shown_unit(row), f"score {row['score']:.2f}"
    match row["kind"]:
        case "yes_no":
            return f"Done; {score}." if row["score"] >= 1 else f"Not done; {score}."
        case "milestone":
            return f"{row['score'] * 100:.0f} % of its stages by weight are finished; {score}."
        case "maintain":
            return f"Inside its band for {row['score'] * 100:.0f} % of the periods due; {score}."
    pace = f", {row['pace_word']}" if row["so_far"] and row["pace_word"] else ""
    below = ", below its baseline" if row["below_baseline"] else ""
    way = f"From {figure(row['baseline'])} to {amount(row['target'], unit)}, now {figure(row['current'])}"
    return f"{way}; {score}{below or pace}."


def shown_unit(row: Any) -> str:
    """The unit of a key result's own value: its measure's, else its currency, else % for a percentage."""
    if isinstance(row["unit"], str) and row["unit"]:
        return row["unit"]
    if row["format"] == "currency" and isinstance(row["currency"], str):
        return row["currency"]
    return "%" if row["format"] == "percent" else ""


def said_day(day: Any) -> str:
    """`7 March 2026`."""
    moment = pd.Timestamp(day)
    return f"{moment.day} {moment:%B %Y}"


def flag_notes(row: Any, code: str) -> list[str]:
    """The sentences that stand beside a verdict for one flag; each begins with the flag's word."""
    return [note for note in row["flag_notes"] if note.startswith(FLAGS[code].word)]


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _rank(row: dict) -> float:
    code = row["verdict"] if row["verdict"] in TALK_FIRST else "at_a_cost" if "at_a_cost" in row["flags"] else None
    return float("nan") if code is None else float(TALK_FIRST.index(code))


def _talk_opening(talk: pd.DataFrame, rows: pd.DataFrame) -> str:
    if talk.empty and not rows["move_verdict"].isin(["better", "worse", "flat"]).any():
        return "Nothing to talk about yet: of no metric can it be said whether it moved."
    if talk.empty:
        return "Nothing needs talking about: no vanity win, nothing got worse."
    ranks = [int(_rank(row)) for row in talk.to_dict("records")]
    counts = {code: ranks.count(place) for place, code in enumerate(TALK_FIRST)}
    parts = [f"{count} {_TALK_NOUNS[code][count > 1]}" for code, count in counts.items() if count]
    return f"Talk first about {listed(parts)}."


def _wins(rest: pd.DataFrame, talk: pd.DataFrame) -> Chapter:
    won = rest[rest["verdict"] == "real_win"]
    costly = int((talk["verdict"] == "real_win").sum())
    if won.empty and not costly:
        running = (
            "has both passed and moved its metric yet" if rest["so_far"].any() else "both passed and moved its metric"
        )
        return _chapter("wins", f"No key result {running}.", won)
    more = "" if not costly else f"{costly} more came at a cost." if len(won) else f"{costly} came at a cost."
    count = f"{_count(len(won), 'real win', 'real wins')}: passed, and the metric got better." if len(won) else ""
    opening = " ".join(part for part in (count or "No real win without a cost.", more) if part)
    return _chapter("wins", opening, won)


def _missed(rest: pd.DataFrame) -> Chapter:
    missed = rest[rest["verdict"].isin(["moved_anyway", "honest_miss"])]
    moved, total = int((missed["verdict"] == "moved_anyway").sum()), len(missed)
    ahead = "not there yet" if total and missed["so_far"].all() else "missed"
    opening = f"{_count(total, 'key result', 'key results')} {ahead}"
    if total == 1:
        return _chapter(
            "missed", f"{opening}; its metric {'got better all the same' if moved else 'stood still'}.", missed
        )
    which = "all" if moved == total else str(moved)
    ending = f"{which} of them moved their metric all the same" if moved else "their metrics stood still"
    return _chapter("missed", f"{opening}; {ending}.", missed)


def _unknown(rest: pd.DataFrame) -> Chapter:
    unknown = rest[rest["verdict"].isin(["unproven", "too_early", "unlinked"])]
    early = unknown[unknown["verdict"] == "too_early"]
    days = sorted(early["told_from"].dropna())
    until = f"{', the first' if len(early) > 1 else ''} until {said_day(days[0])}" if days else ""
    words = {  # when all are of one kind, and when it is one kind among others
        "too_early": (f"too early to tell{until}", f"too early to tell{until}"),
        "unproven": ("the data cannot tell", "where the data cannot tell"),
        "unlinked": ("no KPI is linked", "without a linked KPI"),
    }
    counts = unknown["verdict"].value_counts()
    parts = [
        f"{counts[code]} {among}" if len(counts) > 1 else alone
        for code, (alone, among) in words.items()
        if code in counts
    ]
    opening = f"{_count(len(unknown), 'key result', 'key results')} cannot be judged: {'; '.join(parts)}."
    return _chapter("unknown", opening, unknown)


def _flagged(rows: pd.DataFrame, code: str) -> Chapter:
    found = rows[rows["flags"].map(lambda codes: code in codes).astype(bool)]
    many = len(found) > 1
    if code == "late_data":
        opening = f"{_key_results(len(found))} {'are' if many else 'is'} judged on incomplete data."
    elif code == "target_edited":
        opening = (
            f"{_key_results(len(found))} had {'targets or baselines' if many else 'a target or baseline'} changed."
        )
    else:
        kpis = listed(dict.fromkeys(found["kpi_name"])) if len(found) else ""
        opening = (
            f"{_key_results(len(found))} {'claim' if many else 'claims'} movement of {kpis} that others claim too."
        )
    items = (_item(row, " ".join(flag_notes(row, code))) for row in found.to_dict("records"))
    return Chapter(code, HEADINGS[code], opening, tuple(items))


def _chapter(code: str, opening: str, rows: pd.DataFrame) -> Chapter:
    items = tuple(_item(row, _told(row)) for row in rows.to_dict("records"))
    return Chapter(code, HEADINGS[code], opening, items)


def _told(row: dict) -> str:
    """The verdict's sentence, and what it cost."""
    return " ".join([row["sentence"], *flag_notes(row, "at_a_cost")])


def _item(row: dict, text: str) -> Item:
    return Item(
        key_result=row["id"],
        title=_name(row["title"]) or row["id"],
        team_name=_name(row["team_name"]),
        code=row["verdict"],
        word=row["verdict_word"] or VERDICTS[row["verdict"]].word,
        flags=tuple(row["flags"]),
        text=text,
    )


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _key_results(count: int) -> str:
    return _count(count, "key result", "key results")


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""
