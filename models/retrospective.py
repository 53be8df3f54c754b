"""The look back when a cycle is over: four questions, and for each the key results that it is about."""

from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.definition import Identifier
from models.language import mark, tr
from models.lesson import SAID

QUESTIONS = {
    "goals": mark("Did we reach our goals?"),
    "why": mark("What helped, or what stood in the way?"),
    "change": mark("What would we change in a goal that we fully reached?"),
    "learned": mark("What did we learn for the next cycle?"),
}
MOVED = ("real_win", "moved_anyway")  # where something helped the KPI
STUCK = ("backfired", "setback", "vanity", "honest_miss")  # where something stood in its way


class Retrospective(BaseModel):
    """One team's answers about one cycle, by the code of the question; what is not answered is left out."""

    model_config = ConfigDict(extra="forbid")

    cycle: Identifier
    team: Identifier
    answers: dict[str, Annotated[str, Field(max_length=SAID)]]

    @field_validator("answers")
    @classmethod
    def _asked(cls, value: dict[str, str]) -> dict[str, str]:
        for code in value:
            if code not in QUESTIONS:
                raise ValueError(
                    tr("there is no question {id!r}; there are {known}", id=code, known=", ".join(QUESTIONS))
                )
        return {code: value[code].strip() for code in QUESTIONS if value.get(code, "").strip()}

    @property
    def missing(self) -> list[str]:
        """The questions without an answer."""
        return [code for code in QUESTIONS if code not in self.answers]


def name_of(cycle: str, team: str) -> str:
    """The id of the record of a team's look back at a cycle."""
    return f"{cycle}/{team}"


def concerned(key_results: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The key results beside each question, those to talk about first.

    goals: all, passed first. why: those whose KPI moved, then those where it did not or got worse. change: those that
    passed, what was not a real win first. learned: none; lessons stand there.
    """
    passed = key_results["passed"].fillna(False).astype(bool)
    order = {code: place for place, code in enumerate([*MOVED, *STUCK])}
    why = key_results[key_results["verdict"].isin(list(order))]
    return {
        "goals": key_results.assign(_first=~passed).sort_values("_first", kind="stable").drop(columns="_first"),
        "why": why.assign(_first=why["verdict"].map(order)).sort_values("_first", kind="stable").drop(columns="_first"),
        "change": key_results[passed]
        .assign(_first=key_results["verdict"] == "real_win")
        .sort_values("_first", kind="stable")
        .drop(columns="_first"),
        "learned": key_results.head(0),
    }
