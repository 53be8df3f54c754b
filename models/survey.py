"""Short feedback surveys: questions, answers without names, and results that are shown only for a group.

Answers are counted as they were given: no average of a scale, and no average over questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from models.definition import Identifier
from models.language import mark, spoken, tr
from models.policy import POLICY, Policy

Answer = StrictInt | StrictBool | StrictStr
Kind = Literal["scale", "yes_no", "text"]
SCALE = (1, 2, 3, 4, 5)
FAVOURABLE = (4, 5)  # of the scale: 5 is "fully agree"
FEWEST, MOST = 3, 8  # questions: shorter says little, longer is not answered


class Asked(BaseModel):
    """One question. A scale runs from 1 (not at all) to 5 (fully)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Kind = "scale"


class Survey(BaseModel):
    """A survey, open from the first to the last day (both inside; None: no end). Its id is the token of its link."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]
    questions: Annotated[list[Asked], Field(min_length=FEWEST, max_length=MOST)]
    opens: date
    closes: date | None = None
    cycle: Identifier | None = None
    team: Identifier | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.closes is not None and self.closes < self.opens:
            raise ValueError(
                tr("the survey closes on {closes} before it opens on {opens}", closes=self.closes, opens=self.opens)
            )
        texts = [question.text for question in self.questions]
        if len(set(texts)) < len(texts):
            raise ValueError(tr("two questions read the same; each is asked once"))
        return self

    def state(self, day: date) -> Literal["waiting", "open", "closed"]:
        if day < self.opens:
            return "waiting"
        return "closed" if self.closes is not None and day > self.closes else "open"


class Answered(BaseModel):
    """One person's answers, by the number of the question (from 0); who gave them is not kept."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    survey: str
    answers: dict[int, Answer]


@dataclass(frozen=True)
class Counted:
    """One question's answers: `counts` in the order of the scale, yes before no; `texts` in alphabetical order.

    `before`: the same for the survey compared with, where that asked the same question.
    """

    text: str
    kind: Kind
    n: int
    counts: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    favourable: float | None  # share of 4 and 5, or of yes
    before: "Counted | None" = None


@dataclass(frozen=True)
class Results:
    """`n` people answered. With fewer than the policy asks for `questions` is empty: a group hides its members."""

    n: int
    needed: int
    questions: tuple[Counted, ...]


OKR_CYCLE = (
    Asked(text=mark("I knew what our goals were and why they mattered."), kind="scale"),
    Asked(text=mark("The goals helped me to decide what to work on."), kind="scale"),
    Asked(text=mark("The key results measured what we wanted to change."), kind="scale"),
    Asked(text=mark("I could do the work for our goals beside everything else."), kind="scale"),
    Asked(text=mark("Did you look at the figures at least every other week?"), kind="yes_no"),
    Asked(text=mark("What should we change in the next cycle?"), kind="text"),
)


def okr_cycle_feedback() -> list[Asked]:
    """The usual questions after a cycle, in the language in force."""
    return [Asked(text=spoken(asked.text), kind=asked.kind) for asked in OKR_CYCLE]


def checked(survey: Survey, answers: Mapping[int, Answer | None]) -> dict[int, Answer]:
    """The answers that were given, each of the kind its question asks for; ValueError says which is not."""
    out: dict[int, Answer] = {}
    for number, answer in answers.items():
        if not 0 <= number < len(survey.questions):
            raise ValueError(
                tr(
                    "the survey has no question {number}; it has {count}",
                    number=number + 1,
                    count=len(survey.questions),
                )
            )
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            continue
        kind = survey.questions[number].kind
        good = {
            "scale": not isinstance(answer, bool) and answer in SCALE,
            "yes_no": isinstance(answer, bool),
            "text": isinstance(answer, str) and len(answer) <= 2000,
        }[kind]
        if not good:
            asked = {
                "scale": mark("question {number} takes a whole number from 1 to 5, found {found!r}"),
                "yes_no": mark("question {number} takes yes or no, found {found!r}"),
                "text": mark("question {number} takes a text of at most 2,000 signs, found {found!r}"),
            }
            raise ValueError(spoken(asked[kind], number=number + 1, found=str(answer)[:40]))
        out[number] = answer.strip() if isinstance(answer, str) else answer
    if not out:
        raise ValueError(tr("no question was answered"))
    return out


def results(
    survey: Survey,
    answers: Sequence[Answered],
    before: tuple[Survey, Sequence[Answered]] | None = None,
    policy: Policy = POLICY,
) -> Results:
    """Counts per question. `before`: the survey compared with, left out where too few answered it."""
    needed = policy.survey_fewest
    if len(answers) < needed:
        return Results(len(answers), needed, ())
    earlier: dict[tuple[str, str], Counted] = {}
    if before is not None and len(before[1]) >= needed:
        asked = before[0].questions
        earlier = {(q.text, q.kind): _counted(q, number, before[1], needed) for number, q in enumerate(asked)}
    found = []
    for number, question in enumerate(survey.questions):
        held = earlier.get((question.text, question.kind))
        found.append(_counted(question, number, answers, needed, held if held and held.n >= needed else None))
    return Results(len(answers), needed, tuple(found))


def _counted(
    question: Asked, number: int, answers: Sequence[Answered], needed: int, before: Counted | None = None
) -> Counted:
    given = [row.answers[number] for row in answers if number in row.answers]
    n = len(given)
    if n < needed:  # a question that few answered says too much of them
        return Counted(question.text, question.kind, n, (), (), None, before)
    if question.kind == "text":
        texts = sorted((str(text) for text in given), key=str.casefold)
        return Counted(question.text, question.kind, n, (), tuple(texts), None, before)
    options: tuple[Answer, ...] = SCALE if question.kind == "scale" else (True, False)
    good: tuple[Answer, ...] = FAVOURABLE if question.kind == "scale" else (True,)
    words = [str(option) if question.kind == "scale" else "yes" if option else "no" for option in options]
    counts = tuple((word, given.count(option)) for word, option in zip(words, options, strict=True))
    return Counted(question.text, question.kind, n, counts, (), sum(a in good for a in given) / n, before)
