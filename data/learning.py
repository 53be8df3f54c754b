"""What is learned when a cycle closes: retrospectives, and a library of lessons that comes back where it matters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from data import records
from data.questions import no_key_result
from data.records import Record
from data.writing import Writing, as_json, checked, needs
from models.language import tr
from models.lesson import Lesson, fits
from models.refused import Refused
from models.retrospective import Retrospective, name_of
from models.unseen import Unseen

RETROSPECTIVE, LESSON = "retrospective", "lesson"


@dataclass(frozen=True)
class KeptLesson:
    """A lesson as it stands; `names` are what its KPIs are called."""

    id: str
    lesson: Lesson
    names: tuple[str, ...]
    made_at: datetime
    made_by: str


@dataclass(frozen=True)
class KeptRetrospective:
    """A retrospective as it stands. `version` counts how often it was saved."""

    retrospective: Retrospective
    version: int
    changed_at: datetime
    changed_by: str


class ChangedMeanwhile(Refused):
    """Somebody else saved in between: `now` is what stands."""

    def __init__(self, now: KeptRetrospective):
        super().__init__(
            f"nothing was saved: {now.changed_by} saved this retrospective on {now.changed_at:%Y-%m-%d at %H:%M} UTC, "
            "after you opened it. Read both and save again."
        )
        self.now = now


class Learning(Writing):
    # -- retrospectives ------------------------------------------------------------------------------------------------

    def retrospective(self, cycle: str, team: str, as_of: date | None = None) -> KeptRetrospective | None:
        """A team's look back at a cycle; None where nobody has written one."""
        found = next((r for r in self._looked_back(as_of) if r.id == name_of(cycle, team)), None)
        if found is None:
            return None
        key = ("retrospective versions", found.id)
        return _kept(found, self._answers.get(key, lambda: self._times_saved(found.id)))

    def retrospectives(self, cycle: str, as_of: date | None = None) -> dict[str, Record]:
        """Team → the record of its look back at a cycle."""
        held = self._looked_back(as_of)
        return {str(r.body["team"]): r for r in held if r.body["cycle"] == cycle}

    def _looked_back(self, as_of: date | None = None) -> list[Record]:
        """The retrospectives as this person may read them: without private teams, and answers that name what is
        private."""
        unseen, held = self._unseen(), self._records(RETROSPECTIVE, as_of)
        if not unseen:
            return held
        return [
            replace(r, body={**r.body, "answers": _open_answers(r, unseen)})
            for r in held
            if not unseen.covers(team=r.body["team"])
        ]

    @needs("comment", of="team")
    def save_retrospective(self, cycle: str, team: str, answers: dict[str, str], seen: int | None = None) -> int:
        """Keep a team's answers; returns the new version. `seen` is the version that the writer had before them.

        Raises ChangedMeanwhile when another was saved since; None writes over whatever stands.
        """
        self.scorecard(cycle, team=team)  # refuses a cycle or a team that nobody defined
        written = checked(Retrospective, {"cycle": cycle, "team": team, "answers": answers})
        if not written.answers:
            raise Refused(tr("nothing was saved: no question is answered."))
        name = name_of(cycle, team)
        with self.store.write() as connection:
            version = len(records.history(connection, RETROSPECTIVE, name))
            if seen is not None and seen != version:
                now = next(r for r in records.standing(connection, RETROSPECTIVE) if r.id == name)
                now = replace(now, body={**now.body, "answers": _open_answers(now, self._unseen())})
                raise ChangedMeanwhile(_kept(now, version))
            kept = as_json(written)
            last = next((r for r in records.standing(connection, RETROSPECTIVE) if r.id == name), None)
            if last is not None:  # what the writer was not shown stays
                shown = _open_answers(last, self._unseen())
                kept["answers"] = {k: v for k, v in last.body["answers"].items() if k not in shown} | kept["answers"]
            records.append(connection, RETROSPECTIVE, [(name, kept)], self._now(), self.who)
        return version + 1

    def _times_saved(self, name: str) -> int:
        return len(self._read(lambda connection: records.history(connection, RETROSPECTIVE, name)))

    # -- lessons -------------------------------------------------------------------------------------------------------

    def lessons(
        self,
        *,
        words: str = "",
        kpis: Iterable[str] = (),
        verdicts: Iterable[str] = (),
        cycle: str | None = None,
        team: str | None = None,
        as_of: date | None = None,
    ) -> list[KeptLesson]:
        """The lessons that fit, newest first. Words are looked for in text, tags and the names of the KPIs."""
        kpis, verdicts = set(kpis), set(verdicts)
        return [
            kept
            for kept in reversed(self._all_lessons(as_of))
            if fits(
                kept.lesson, words=words, kpis=kpis, verdicts=verdicts, cycle=cycle, team=team, names=kept.names
            )
        ]  # fmt: skip

    def lessons_for(self, kpis: Iterable[str]) -> list[KeptLesson]:
        """The lessons about any of these KPIs, newest first: for whoever writes a key result on one of them."""
        wanted = set(kpis)
        return self.lessons(kpis=wanted) if wanted else []

    def _all_lessons(self, as_of: date | None) -> list[KeptLesson]:
        names = {kpi.id: kpi.label for kpi in self.company(as_of).kpis}
        return self._answers.get(
            ("lessons", as_of), lambda: [_lesson(record, names) for record in self._open_lessons(as_of)]
        )

    def _open_lessons(self, as_of: date | None = None) -> list[Record]:
        """Without those learned from what is private to others, or that name it."""
        unseen, held = self._unseen(), self._records(LESSON, as_of)
        return [
            r
            for r in held
            if not unseen.covers(
                r.body.get("team"), r.body.get("key_result"), " ".join([r.body["text"], *r.body.get("tags", [])])
            )
        ]

    @needs("comment")
    def add_lesson(self, **said: Any) -> str:
        """Keep a lesson (the fields of models.lesson.Lesson); returns its id. One learned from a key result takes its
        KPIs, verdict, team and cycle where they are not given."""
        if said.get("key_result"):
            said = {**self._learned_from(said["key_result"]), **{k: v for k, v in said.items() if v}}
        lesson = self._known_kpis(checked(Lesson, said))
        identifier = token_hex(4)
        self._keep(LESSON, [(identifier, as_json(lesson))])
        return identifier

    @needs("comment")
    def change_lesson(self, identifier: str, **said: Any) -> None:
        """Write a lesson anew; every version stays. What is not given stays as it was."""
        body = self._lesson_of(identifier).body
        self._keep(LESSON, [(identifier, as_json(self._known_kpis(checked(Lesson, {**body, **said}))))])

    @needs("comment")
    def take_back_lesson(self, identifier: str) -> None:
        """Take a lesson out of the library; it stays on record."""
        self._lesson_of(identifier)
        self._keep(LESSON, [(identifier, None)])

    def _lesson_of(self, identifier: str) -> Record:
        found = next((record for record in self._open_lessons() if record.id == identifier), None)
        if found is None:
            raise Refused(
                tr(
                    "there is no lesson {id!r}; the Lessons page lists them (in the terminal: `lesson list`).",
                    id=identifier,
                )
            )
        return found

    def _known_kpis(self, lesson: Lesson) -> Lesson:
        known = {kpi.id for kpi in self.company().kpis}
        strange = [kpi for kpi in lesson.kpis if kpi not in known]
        if strange:
            raise Refused(tr("there is no KPI {id!r}, so no lesson can be found by it.", id=strange[0]))
        return lesson

    def _learned_from(self, key_result: str) -> dict[str, Any]:
        company = self.company()
        objective = next(
            (o for o in company.objectives for kr in company.key_results.get(o.id, []) if kr.id == key_result), None
        )
        if objective is None:
            raise no_key_result(key_result)
        card = self.scorecard(objective.cycle)
        row = card.key_results[card.key_results["id"] == key_result].iloc[0]
        links = card.links[(card.links["key_result"] == key_result) & card.links["role"].isin(["outcome", "measure"])]
        return {
            "kpis": list(dict.fromkeys(links["kpi"])),
            "verdicts": [row["verdict"]],
            "team": objective.team,
            "cycle": objective.cycle,
        }


def _open_answers(record: Record, unseen: Unseen) -> dict[str, str]:
    return {code: text for code, text in record.body["answers"].items() if not unseen.named_in(text)}


def _kept(record: Record, version: int) -> KeptRetrospective:
    return KeptRetrospective(
        Retrospective.model_validate(record.body), version, record.changed_at, record.changed_by
    )  # fmt: skip


def _lesson(record: Record, names: dict[str, str]) -> KeptLesson:
    lesson = Lesson.model_validate(record.body)
    called = tuple(names.get(kpi, kpi) for kpi in lesson.kpis)
    return KeptLesson(record.id, lesson, called, record.made_at, record.made_by)
