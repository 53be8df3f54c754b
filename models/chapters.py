"""The chapters of a scorecard's narrative: which key results stand in which, and what each comes to in a sentence."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.key_result_words import flag_notes
from models.language import tr, trn
from models.sentences import listed, said_day
from models.verdict import VERDICTS

TALK_FIRST = ("vanity", "backfired", "at_a_cost", "setback")  # what needs talking about, in this order


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


def needs_talk(key_results: pd.DataFrame) -> pd.DataFrame:
    """The rows to talk about, the gravest kind first: vanity, backfired, at a cost, setback; high scores first."""
    picked = key_results.assign(rank=_ranks(key_results)).dropna(subset=["rank"])
    return picked.sort_values(["rank", "score"], ascending=[True, False], kind="stable").drop(columns="rank")


def _ranks(rows: pd.DataFrame) -> list[float]:
    """The place of each row in TALK_FIRST; NaN of what is no such row."""
    places = {code: float(place) for place, code in enumerate(TALK_FIRST)}
    cost, nan = places["at_a_cost"], float("nan")
    return [
        places.get(verdict, cost if "at_a_cost" in flags else nan)
        for verdict, flags in zip(rows["verdict"], rows["flags"], strict=True)
    ]


def to_talk_about(talk: pd.DataFrame, rows: pd.DataFrame) -> Chapter:
    return _chapter("talk", _talk_opening(talk, rows), talk)


def _talk_opening(talk: pd.DataFrame, rows: pd.DataFrame) -> str:
    if talk.empty and not rows["move_verdict"].isin(["better", "worse", "flat"]).any():
        return tr("Nothing to talk about yet: of no metric can it be said whether it moved.")
    if talk.empty:
        return tr("Nothing needs talking about: no vanity win, nothing got worse.")
    ranks = [int(rank) for rank in _ranks(talk)]
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


def real_wins(rest: pd.DataFrame, talk: pd.DataFrame) -> Chapter:
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


def missed_ones(rest: pd.DataFrame) -> Chapter:
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


def untold(rest: pd.DataFrame) -> Chapter:
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


def flagged(rows: pd.DataFrame, code: str) -> Chapter:
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
        title=name_of(row["title"]) or row["id"],
        team_name=name_of(row["team_name"]),
        code=row["verdict"],
        word=row["verdict_word"] or VERDICTS[row["verdict"]].word,
        flags=tuple(row["flags"]),
        text=text,
    )


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else ""
