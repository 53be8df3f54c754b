"""What was learned, in a sentence or two, and where it will matter again: the KPIs and the verdicts it is about."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.definition import Identifier
from models.language import tr
from models.verdict import VERDICTS

SAID = 4000  # most signs of a lesson or an answer


class Lesson(BaseModel):
    """One lesson. `key_result` is the one it was learned from; `kpis` those whose next key result it is for."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[str, Field(min_length=1, max_length=SAID)]
    kpis: list[Identifier] = []
    verdicts: list[str] = []
    cycle: Identifier | None = None
    team: Identifier | None = None
    key_result: Identifier | None = None
    tags: list[Annotated[str, Field(min_length=1, max_length=40)]] = []

    @field_validator("verdicts")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        for code in value:
            if code not in VERDICTS:
                raise ValueError(
                    tr("there is no verdict {id!r}; there are {known}", id=code, known=", ".join(VERDICTS))
                )
        return value

    @field_validator("kpis", "verdicts", "tags")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))


def fits(
    lesson: Lesson,
    *,
    words: str = "",
    kpis: Iterable[str] = (),
    verdicts: Iterable[str] = (),
    cycle: str | None = None,
    team: str | None = None,
    names: Sequence[str] = (),
) -> bool:
    """Whether a lesson is one of those looked for: any of `kpis`, any of `verdicts`, and every word of `words`.

    Words are found in the text, the tags, and `names`: what its KPIs are called on screen.
    """
    wanted, judged = set(kpis), set(verdicts)
    held = " ".join([lesson.text, *lesson.tags, *lesson.kpis, *names]).casefold()
    return (
        (not wanted or bool(wanted & set(lesson.kpis)))
        and (not judged or bool(judged & set(lesson.verdicts)))
        and (cycle is None or lesson.cycle == cycle)
        and (team is None or lesson.team == team)
        and all(word in held for word in words.casefold().split())
    )
