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

from models.chapters import Chapter, flagged, missed_ones, name_of, needs_talk, real_wins, to_talk_about, untold
from models.decide import Question, chosen, question_of, questions
from models.forecast import Forecast
from models.in_short import Line, in_short, landing
from models.key_result_words import standing
from models.language import tr
from models.scorecard import Scorecard
from models.sentences import said_day


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
    about = name_of(card.objectives["team_name"].iloc[0]) if card.team is not None and len(card.objectives) else ""
    dated = tr("{cycle}, as known on {day}", cycle=card.cycle.label, day=said_day(card.as_of))
    if rows.empty:
        return Narrative(about, dated, card.headline, (), ())
    talk = needs_talk(rows)
    rest = rows[~rows["id"].isin(talk["id"])]
    main = (
        to_talk_about(talk, rows),
        real_wins(rest, talk),
        missed_ones(rest),
        untold(rest),
    )
    beside = (flagged(rows, code) for code in ("late_data", "shared_claim", "target_edited"))
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
