"""The scorecard in plain words, from rules: per company, per team and per key result.

First five lines for whoever has half a minute (in_short) and the questions to decide (decide); then the chapters. Every
key result stands in exactly one of four chapters (talk, wins, missed, unknown). Three more cut across them: late data,
shared claims, edited targets. No word here is computed twice: verdicts and flags bring their own sentences, this module
chooses, orders and counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.amounts import amount, figure
from models.decide import Question, chosen, question_of, questions
from models.forecast import Forecast
from models.in_short import Line, in_short, landing
from models.language import numeral, tr, trn
from models.scorecard import Scorecard
from models.sentences import listed, said_day
from models.verdict import FLAGS, VERDICTS

__all__ = ["Chapter", "Item", "Narrative", "listed", "said_day", "tell", "tell_key_result", "tell_teams"]

TALK_FIRST = ("vanity", "backfired", "at_a_cost", "setback")  # what needs talking about, in this order


def heading(code: str) -> str:
    """The heading of a chapter."""
    return {
        "talk": tr("What needs talking about"),
        "wins": tr("Real wins"),
        "missed": tr("Missed"),
        "unknown": tr("What cannot be told yet"),
        "late_data": tr("Late data"),
        "shared_claim": tr("Shared claims"),
        "target_edited": tr("Targets edited after the cycle began"),
    }[code]


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
    """`about` is the team's name, or empty for the company. `chance`: what to know before believing any of it.

    `short`: the cycle in five lines. `decide`: the questions for one meeting; `more`: how many others there are.
    """

    about: str
    dated: str
    opening: str
    chapters: tuple[Chapter, ...]
    chance: tuple[str, ...]
    short: tuple[Line, ...] = ()
    decide: tuple[Question, ...] = ()
    more: int = 0

    def chapter(self, code: str) -> Chapter | None:
        """The chapter of this code, if there is anything to tell in it."""
        return next((chapter for chapter in self.chapters if chapter.code == code), None)

    @property
    def paragraphs(self) -> list[str]:
        """The whole in a few sentences, without the single key results. Late data is told among `chance`."""
        openings = (chapter.opening for chapter in self.chapters if chapter.code != "late_data")
        return [self.opening, *openings, *self.chance]


def tell(card: Scorecard, ends: Mapping[str, Forecast] | None = None) -> Narrative:
    """The narrative of a scorecard: of the company, or of the team that the scorecard is cut to.

    `ends`: forecasts of key results in flight by id, where somebody worked them out.
    """
    rows = card.key_results
    about = _name(card.objectives["team_name"].iloc[0]) if card.team is not None and len(card.objectives) else ""
    dated = tr("{cycle}, as known on {day}", cycle=card.cycle.label, day=said_day(card.as_of))
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
    asked = questions(rows, card.links)
    decide = chosen(asked)
    short = in_short(rows, card.links, ends, asked, card.policy)
    return Narrative(about, dated, card.headline, told, tuple(card.notes), short, decide, len(asked) - len(decide))


def tell_teams(card: Scorecard, ends: Mapping[str, Forecast] | None = None) -> dict[str, Narrative]:
    """A narrative per team that has key results, by team id, in the order of the scorecard."""
    teams = [team for team in card.key_results["team"].unique() if isinstance(team, str)]
    return {team: tell(card.of_team(team), ends) for team in teams}


def tell_key_result(row: Any, links: pd.DataFrame | None = None, end: Forecast | None = None) -> str:
    """One key result: its verdict, the sentence, where it stands, where it will land, what stands beside the verdict.

    With its `links` (those of the scorecard) it ends with the question that it asks of a review, if any.
    """
    asked = None if links is None else question_of(row, links)
    verdict = tr("{word}.", word=row["verdict_word"])
    parts = [verdict, row["sentence"], standing(row), landing(end, row), *row["flag_notes"]]
    if asked:
        parts.append(tr("To decide: {question}", question=asked.text))
    return " ".join(part for part in parts if part)


def needs_talk(key_results: pd.DataFrame) -> pd.DataFrame:
    """The rows to talk about, the gravest kind first: vanity, backfired, at a cost, setback; high scores first."""
    picked = key_results.assign(rank=[_rank(row) for row in key_results.to_dict("records")]).dropna(subset=["rank"])
    return picked.sort_values(["rank", "score"], ascending=[True, False], kind="stable").drop(columns="rank")


def standing(row: Any) -> str:
    """Where a key result stands, in its own unit: `From 44 to 38 days, now 43.6; score 0.07.`"""
    if pd.isna(row["score"]):
        return tr("It has no value yet, so its score is unknown.")
    score, share = numeral(f"{row['score']:.2f}"), f"{row['score'] * 100:.0f} %"
    match row["kind"]:
        case "yes_no" if row["score"] >= 1:
            return tr("Done; score {score}.", score=score)
        case "yes_no":
            return tr("Not done; score {score}.", score=score)
        case "milestone":
            return tr("{share} of its stages by weight are finished; score {score}.", share=share, score=score)
        case "maintain":
            return tr("Inside its band for {share} of the periods due; score {score}.", share=share, score=score)
    facts = {
        "baseline": figure(row["baseline"]),
        "target": amount(row["target"], shown_unit(row)),
        "current": figure(row["current"]),
        "score": score,
    }
    if row["below_baseline"]:
        return tr("From {baseline} to {target}, now {current}; score {score}, below its baseline.", **facts)
    if row["so_far"] and row["pace_word"] == "on track":
        return tr("From {baseline} to {target}, now {current}; score {score}, on track.", **facts)
    if row["so_far"] and row["pace_word"] == "behind":
        return tr("From {baseline} to {target}, now {current}; score {score}, behind.", **facts)
    if row["so_far"] and row["pace_word"] == "at risk":
        return tr("From {baseline} to {target}, now {current}; score {score}, at risk.", **facts)
    return tr("From {baseline} to {target}, now {current}; score {score}.", **facts)


def shown_unit(row: Any) -> str:
    """The unit of a key result's own value: its measure's, else its currency, else % for a percentage."""
    if isinstance(row["unit"], str) and row["unit"]:
        return row["unit"]
    if row["format"] == "currency" and isinstance(row["currency"], str):
        return row["currency"]
    return "%" if row["format"] == "percent" else ""


def flag_notes(row: Any, code: str) -> list[str]:
    """The sentences that stand beside a verdict for one flag; each begins with the flag's word."""
    return [note for note in row["flag_notes"] if note.startswith(FLAGS[code].word)]


def _rank(row: dict) -> float:
    code = row["verdict"] if row["verdict"] in TALK_FIRST else "at_a_cost" if "at_a_cost" in row["flags"] else None
    return float("nan") if code is None else float(TALK_FIRST.index(code))


def _talk_opening(talk: pd.DataFrame, rows: pd.DataFrame) -> str:
    if talk.empty and not rows["move_verdict"].isin(["better", "worse", "flat"]).any():
        return tr("Nothing to talk about yet: of no metric can it be said whether it moved.")
    if talk.empty:
        return tr("Nothing needs talking about: no vanity win, nothing got worse.")
    ranks = [int(_rank(row)) for row in talk.to_dict("records")]
    counts = {code: ranks.count(place) for place, code in enumerate(TALK_FIRST)}
    parts = [_talk_noun(code, count) for code, count in counts.items() if count]
    return tr("Talk first about {what}.", what=listed(parts))


def _talk_noun(code: str, count: int) -> str:
    match code:
        case "vanity":
            return trn("{count} vanity win", "{count} vanity wins", count)
        case "backfired":
            return trn("{count} win that backfired", "{count} wins that backfired", count)
        case "at_a_cost":
            return trn("{count} key result at a cost", "{count} key results at a cost", count)
    return trn("{count} setback", "{count} setbacks", count)


def _wins(rest: pd.DataFrame, talk: pd.DataFrame) -> Chapter:
    won = rest[rest["verdict"] == "real_win"]
    costly = int((talk["verdict"] == "real_win").sum())
    if won.empty and not costly and rest["so_far"].any():
        return _chapter("wins", tr("No key result has both passed and moved its metric yet."), won)
    if won.empty and not costly:
        return _chapter("wins", tr("No key result both passed and moved its metric."), won)
    if won.empty:
        said = [
            tr("No real win without a cost."),
            trn("{count} came at a cost.", "{count} came at a cost.", costly),
        ]
    else:
        said = [
            trn(
                "{count} real win: passed, and the metric got better.",
                "{count} real wins: passed, and the metric got better.",
                len(won),
            )
        ]
        if costly:
            said.append(trn("{count} more came at a cost.", "{count} more came at a cost.", costly))
    return _chapter("wins", " ".join(said), won)


def _missed(rest: pd.DataFrame) -> Chapter:
    missed = rest[rest["verdict"].isin(["moved_anyway", "honest_miss"])]
    moved, total = int((missed["verdict"] == "moved_anyway").sum()), len(missed)
    if total and missed["so_far"].all():
        opening = trn("{count} key result not there yet", "{count} key results not there yet", total)
    else:
        opening = trn("{count} key result missed", "{count} key results missed", total)
    if total == 1 and moved:
        said = tr("{opening}; its metric got better all the same.", opening=opening)
    elif total == 1:
        said = tr("{opening}; its metric stood still.", opening=opening)
    elif not moved:
        said = tr("{opening}; their metrics stood still.", opening=opening)
    elif moved == total:
        said = tr("{opening}; all of them moved their metric all the same.", opening=opening)
    else:
        said = trn(
            "{opening}; {count} of them moved its metric all the same.",
            "{opening}; {count} of them moved their metric all the same.",
            moved,
            opening=opening,
        )
    return _chapter("missed", said, missed)


def _unknown(rest: pd.DataFrame) -> Chapter:
    unknown = rest[rest["verdict"].isin(["unproven", "too_early", "unlinked"])]
    counts = unknown["verdict"].value_counts()
    days = sorted(unknown.loc[unknown["verdict"] == "too_early", "told_from"].dropna())
    alone = len(counts) == 1
    parts = [
        _unknown_part(code, int(counts[code]), alone, said_day(days[0]) if days else "")
        for code in ("too_early", "unproven", "unlinked")
        if code in counts
    ]
    opening = trn(
        "{count} key result cannot be judged: {why}.",
        "{count} key results cannot be judged: {why}.",
        len(unknown),
        why="; ".join(parts),
    )
    return _chapter("unknown", opening, unknown)


def _unknown_part(code: str, count: int, alone: bool, day: str) -> str:
    """One reason why key results cannot be judged: `alone` when it is the only one, else one among others."""
    match code:
        case "too_early" if not day:
            return (
                tr("too early to tell")
                if alone
                else trn("{count} too early to tell", "{count} too early to tell", count)
            )
        case "too_early" if alone and count == 1:
            return tr("too early to tell until {day}", day=day)
        case "too_early" if alone:
            return tr("too early to tell, the first until {day}", day=day)
        case "too_early":
            return trn(
                "{count} too early to tell until {day}",
                "{count} too early to tell, the first until {day}",
                count,
                day=day,
            )
        case "unproven" if alone:
            return tr("the data cannot tell")
        case "unproven":
            return trn("{count} where the data cannot tell", "{count} where the data cannot tell", count)
    if alone:
        return tr("no KPI is linked")
    return trn("{count} without a linked KPI", "{count} without a linked KPI", count)


def _flagged(rows: pd.DataFrame, code: str) -> Chapter:
    found = rows[rows["flags"].map(lambda codes: code in codes).astype(bool)]
    count = len(found)
    match code:
        case "late_data":
            opening = trn(
                "{count} key result is judged on incomplete data.",
                "{count} key results are judged on incomplete data.",
                count,
            )
        case "target_edited":
            opening = trn(
                "{count} key result had a target or baseline changed.",
                "{count} key results had targets or baselines changed.",
                count,
            )
        case _:
            opening = trn(
                "{count} key result claims movement of {kpis} that others claim too.",
                "{count} key results claim movement of {kpis} that others claim too.",
                count,
                kpis=listed(dict.fromkeys(found["kpi_name"])) if count else "",
            )
    items = (_item(row, " ".join(flag_notes(row, code))) for row in found.to_dict("records"))
    return Chapter(code, heading(code), opening, tuple(items))


def _chapter(code: str, opening: str, rows: pd.DataFrame) -> Chapter:
    items = tuple(_item(row, _told(row)) for row in rows.to_dict("records"))
    return Chapter(code, heading(code), opening, items)


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


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""
