"""Feedback surveys: made, answered without a name, counted once enough have answered."""

from datetime import date, datetime, time
from secrets import token_hex, token_urlsafe
from typing import Any

from data import records
from data.writing import Writing, as_json, checked, needs
from models import survey as rules
from models.language import tr
from models.refused import Refused
from models.roles import NotAllowed
from models.survey import Answered, Results, Survey

SURVEY, ANSWER = "survey", "answer"
ANONYMOUS = "anonymous"
TOKEN_BYTES = 16  # of a link: 128 bits, which nobody guesses
RECEIPT_BYTES = 16  # likewise


class Surveying(Writing):
    @needs("comment")
    def create_survey(self, **said: Any) -> str:
        """Keep a survey (the fields of models.survey.Survey; opens today, with the usual questions, if not said);
        returns the token of its link."""
        body = {"opens": self.today(), "questions": rules.okr_cycle_feedback(), **said}
        asked = checked(Survey, body)
        if asked.cycle is not None and self.company().cycle(asked.cycle) is None:
            raise Refused(tr("cycle {id!r} is not defined.", id=asked.cycle))
        token = token_urlsafe(TOKEN_BYTES)
        self._keep(SURVEY, [(token, as_json(asked))])
        return token

    def surveys(self, cycle: str | None = None, team: str | None = None) -> dict[str, Survey]:
        """Token → survey, the newest first; without those of private teams, or that name what is private."""
        unseen = self._unseen()
        return {
            token: asked
            for token, asked in self._surveys(cycle, team).items()
            if not unseen.covers(asked.team, text=" ".join([asked.title, *(q.text for q in asked.questions)]))
        }

    def _surveys(self, cycle: str | None = None, team: str | None = None) -> dict[str, Survey]:
        held = [(record.id, Survey.model_validate(record.body)) for record in reversed(self._records(SURVEY))]
        return {
            token: asked
            for token, asked in held
            if (cycle is None or asked.cycle == cycle) and (team is None or asked.team == team)
        }

    def survey(self, token: str) -> Survey:
        """The survey of a link: whoever was given it may read and answer it."""
        found = self._surveys().get(token)
        if found is None:
            raise Refused(tr("there is no survey at this link; ask whoever sent it for the right one."))
        return found

    @needs("answer")
    def answer_survey(self, token: str, answers: dict[int, Any], receipt: str = "") -> str:
        """Keep one person's answers. Neither the name nor the time of day is kept, only the day.

        Returns a receipt, which only whoever answered has: with it the answers stand in place of the earlier ones and
        count once. Without one, nobody can tell whether somebody answers again.
        """
        asked = self.survey(token)
        state = asked.state(self.today())
        if state != "open":
            raise Refused(
                tr("the survey opens on {day}.", day=asked.opens)
                if state == "waiting"
                else tr("the survey closed on {day}.", day=asked.closes)
            )
        try:
            given = rules.checked(asked, answers)
        except ValueError as error:
            raise Refused(tr("nothing was sent: {why}.", why=error)) from error
        body = checked(Answered, {"survey": token, "answers": given}).model_dump(mode="json")
        day = datetime.combine(self.today(), time.min)
        with self.store.write() as connection:
            mine = {r.id for r in records.standing(connection, ANSWER) if r.body["survey"] == token}
            kept = receipt if receipt in mine else token_hex(RECEIPT_BYTES)
            records.append(connection, ANSWER, [(kept, body)], day, ANONYMOUS)
        return kept

    @needs("comment")
    def close_survey(self, token: str) -> None:
        """Take no more answers after today."""
        asked = self.survey(token)
        self._keep(SURVEY, [(token, as_json(checked(Survey, {**asked.model_dump(), "closes": self.today()})))])

    def survey_results(self, token: str) -> Results:
        """The counts, beside those of the survey before it with a question in common; none for too small a group."""
        self._require_seen(token)
        return self._answers.get(("survey", token), lambda: self._survey_results(token))

    def _require_seen(self, token: str) -> None:
        self.survey(token)
        if token not in self.surveys():
            raise NotAllowed(tr("the answers to this survey are for the team that it is about; ask it, or an admin."))

    def _survey_results(self, token: str) -> Results:
        asked = self.survey(token)
        answers: dict[str, list[Answered]] = {}
        for record in self._records(ANSWER):
            given = Answered.model_validate(record.body)
            answers.setdefault(given.survey, []).append(given)
        before = self._before(token, asked)
        compared = (self.survey(before), answers.get(before, [])) if before else None
        return rules.results(asked, answers.get(token, []), compared, self.policy)

    def compared_with(self, token: str) -> Survey | None:
        """The survey whose answers stand beside this one's."""
        self._require_seen(token)
        found = self._before(token, self.survey(token))
        return self.survey(found) if found else None

    def _before(self, token: str, asked: Survey) -> str | None:
        """The last survey of the same team and an earlier cycle (or, without a cycle, an earlier opening) that asked
        one of the same questions."""
        mine = {(question.text, question.kind) for question in asked.questions}
        earlier = [
            (self._place(other), name)
            for name, other in self.surveys(team=asked.team).items()
            if name != token
            and other.team == asked.team
            and self._place(other) < self._place(asked)
            and mine & {(question.text, question.kind) for question in other.questions}
        ]
        return max(earlier)[1] if earlier else None

    def _place(self, asked: Survey) -> tuple[date, date]:
        held = self.company().cycle(asked.cycle) if asked.cycle else None
        return (held.start if held else asked.opens, asked.opens)
