"""Planning: objectives and key results written by several people, drafts talked about and published.

What an editor did not see is never overwritten: saving on a version that is no longer the last raises Conflict. Several
definitions saved together are one transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from data import definitions
from data.answers import DEFINITIONS
from data.definitions import Version
from data.edits import changes, published, stamps, whole
from data.records import Record
from data.writing import Writing, needs
from models import wrong
from models.company import Company
from models.language import tr
from models.okr import KeyResult, Objective, OkrFile
from models.planned import Comment, Edit, Planned, Stamp
from models.refused import Refused


class Planning(Writing):
    """The plan of a cycle: read with its versions, changed on them, discussed, published."""

    # -- read ------------------------------------------------------------------------------------------------------

    def plan(self, cycle: str | None = None, team: str | None = None) -> list[Planned]:
        """The objectives of a cycle (None: all), drafts last, each with its key results and versions."""
        found = self._answers.get(("plan of all",), self._plan, DEFINITIONS)
        return [
            planned for planned in found
            if cycle in (None, planned.objective.cycle) and team in (None, planned.objective.team)
        ]  # fmt: skip

    def _plan(self) -> list[Planned]:
        company = self.company()
        with self.store.read() as connection:
            written = stamps(connection)
            first = published(connection)
        unknown = Stamp(0, datetime.min, "")
        return [
            Planned(
                objective,
                written.get(("objective", objective.id), unknown),
                None if objective.draft else first.get(objective.id),
                [(kr, written.get(("key_result", kr.id), unknown)) for kr in company.key_results.get(objective.id, [])],
            )
            for objective in [*company.objectives, *company.drafts]
        ]

    def planned(self, identifier: str) -> Planned:
        """One objective. Raises Refused where there is none."""
        found = next((planned for planned in self.plan() if planned.objective.id == identifier), None)
        if found is None:
            raise Refused(
                tr("there is no objective {id!r}; the plan lists them (in the terminal: `plan`).", id=identifier)
            )
        return found

    def planned_key_result(self, identifier: str) -> tuple[Planned, KeyResult, Stamp]:
        """A key result with the objective it belongs to. Raises Refused where there is none."""
        for planned in self.plan():
            for kr, stamp in planned.key_results:
                if kr.id == identifier:
                    return planned, kr, stamp
        raise Refused(
            tr("there is no key result {id!r}; the plan lists them (in the terminal: `plan`).", id=identifier)
        )

    def taken_ids(self) -> set[str]:
        """Ids of objectives and key results that are or were in use: a new one takes none of them."""
        return self._answers.get(
            ("taken ids",), lambda: self._read(lambda c: {name for _, name in stamps(c)}), DEFINITIONS
        )

    # -- save ------------------------------------------------------------------------------------------------------

    @needs("edit_okrs")
    def save_objective(self, objective: Objective, based_on: int) -> dict[str, Any]:
        """Save an objective (without its key results) on the version that the editor saw; 0 for a new one."""
        return self.save_many([Edit("objective", objective.id, objective, based_on)])

    @needs("edit_okrs")
    def save_key_result(self, key_result: KeyResult, based_on: int, *, objective: str | None = None) -> dict[str, Any]:
        """Save a key result on the version that the editor saw; 0 for a new one, which needs its objective."""
        return self.save_many([Edit("key_result", key_result.id, key_result, based_on, objective)])

    @needs("edit_okrs")
    def save_many(self, edits: Sequence[Edit]) -> dict[str, Any]:
        """Save all of it or nothing. Raises Conflict where somebody else was faster, Refused where it does not fit."""
        edits = [whole(edit) for edit in edits]
        company = self.company()
        added = self._fits(company, edits)
        edits = [self._with_unseen(edit) for edit in edits]
        versions = self._read(lambda connection: changes(connection, edits))
        if versions:
            with self.store.write() as connection:
                versions = changes(connection, edits)
                definitions.append(connection, [*added, *versions], self._now(), self.who)
        kept = [f"{version.kind}/{version.id}" for version in versions]
        return {"status": "saved" if kept else "unchanged", "saved": kept}

    @needs("edit_okrs", of="key_result", named="identifier")
    def retire_key_result(self, identifier: str, based_on: int) -> dict[str, Any]:
        """Take a key result out of use. Its history stays, and a scorecard of an earlier day still shows it."""
        needing = [
            kr.id for planned in self.plan() for kr in planned.rows if identifier in {d.on for d in kr.depends_on}
        ]
        if needing:
            raise Refused(
                tr(
                    "the key result {id!r} is still waited for by {others}.",
                    id=identifier,
                    others=", ".join(needing[:5]),
                )
            )
        return self.save_many([Edit("key_result", identifier, None, based_on)])

    @needs("edit_okrs", of="objective", named="identifier")
    def retire_objective(self, identifier: str, based_on: int) -> dict[str, Any]:
        """Take an objective and its key results out of use, all of them or none."""
        found = self.planned(identifier)
        below = [planned.objective.id for planned in self.plan() if planned.objective.parent == identifier]
        if below:
            raise Refused(
                tr("the objective {id!r} still stands above {others}.", id=identifier, others=", ".join(below[:5]))
            )
        edits = [Edit("key_result", kr.id, None, stamp.version) for kr, stamp in found.key_results]
        return self.save_many([*edits, Edit("objective", identifier, None, based_on)])

    @needs("edit_okrs", of="objective", named="identifier")
    def publish(self, identifier: str, based_on: int | None = None) -> dict[str, Any]:
        """Put a draft on the scorecard: a new version of it, which keeps who published it when."""
        found = self.planned(identifier)
        if not found.objective.draft:
            return {"status": "unchanged", "saved": []}
        published = found.objective.model_copy(update={"draft": False})
        return self.save_objective(published, found.stamp.version if based_on is None else based_on)

    def _with_unseen(self, edit: Edit) -> Edit:
        """An edit of somebody who was not shown all: what points to something private keeps pointing there."""
        unseen, made = self._unseen(), edit.definition
        held = next((one for one in self._called() if unseen and (one.kind, one.id) == (edit.kind, edit.id)), None)
        if held is None or made is None:
            return edit
        if isinstance(made, Objective):
            above = held.body.get("parent")
            made = made.model_copy(update={"parent": above}) if above in unseen.objectives and not made.parent else made
        elif isinstance(made, KeyResult):
            before = KeyResult.model_validate({k: v for k, v in held.body.items() if k != "objective"})
            more = [wanted for wanted in before.depends_on if wanted.on in unseen.key_results]
            made = made.model_copy(update={"depends_on": [*made.depends_on, *more]}) if more else made
        return replace(edit, definition=made)

    def _fits(self, company: Company, edits: Sequence[Edit]) -> list[Version]:
        """Raises Refused for what cannot stand; the cycles that the edits name and that are still to be defined."""
        known = {objective.id: objective for objective in [*company.objectives, *company.drafts]}
        mine = {e.id: e.definition for e in edits if isinstance(e.definition, Objective)}
        there = known.keys() | mine.keys()
        kpis = {kpi.id for kpi in company.kpis} | set(self._coverage()["kpi"])
        used = {kr.id: {link.kpi for link in kr.all_links} for rows in company.key_results.values() for kr in rows}
        added: dict[str, Version] = {}
        for edit in edits:
            self._allowed(edit, known)
            if isinstance(edit.definition, Objective):
                self._fits_objective(company, edit.definition, {**known, **mine}, known.get(edit.id))
                name = edit.definition.cycle
                if name and company.cycle(name) is None:
                    cycle = company.cycle_named(name)
                    if cycle is None:
                        raise Refused(tr("cycle {id!r} is not defined, and its name does not tell its days.", id=name))
                    added[name] = definitions.versions_of(OkrFile(cycles=[cycle]))[0]
            elif isinstance(edit.definition, KeyResult):
                if edit.objective is not None and edit.objective not in there:
                    raise Refused(
                        tr(
                            "there is no objective {objective!r} for the key result {id!r}.",
                            objective=edit.objective,
                            id=edit.id,
                        )
                    )
                unknown = {link.kpi for link in edit.definition.all_links} - kpis - used.get(edit.id, set())
                if unknown:
                    names = ", ".join(sorted(unknown))
                    raise Refused(
                        tr(
                            "the key result {id!r} stands on KPIs that nobody defined: {names}.",
                            id=edit.id,
                            names=names,
                        )
                    )
        return list(added.values())

    def _allowed(self, edit: Edit, known: dict[str, Objective]) -> None:
        """Raises NotAllowed unless the person may change what stands, and may put it where it is to stand."""
        if edit.kind == "objective":
            if edit.id in known:
                self.require("edit_okrs", objective=edit.id)
            if isinstance(edit.definition, Objective) and edit.definition.team:
                self.require("edit_okrs", team=edit.definition.team)
            return
        if edit.based_on:
            self.require("edit_okrs", key_result=edit.id)
        if edit.objective in known:
            self.require("edit_okrs", objective=edit.objective)

    @staticmethod
    def _fits_objective(
        company: Company, objective: Objective, all_of_them: dict[str, Objective], before: Objective | None
    ) -> None:
        if objective.draft and before is not None and not before.draft:
            raise Refused(
                tr(
                    "the objective {id!r} is published and cannot become a draft again; retire it instead.",
                    id=objective.id,
                )
            )
        if not objective.team or not objective.cycle:
            raise Refused(tr("the objective {id!r} needs a team and a cycle.", id=objective.id))
        if objective.team not in {team.id for team in company.teams}:
            known = ", ".join(team.id for team in company.teams) or tr("none")
            raise Refused(tr("team {id!r} is not defined; known teams: {known}.", id=objective.team, known=known))
        above, seen = objective.parent, {objective.id}
        if above is not None and above not in all_of_them:
            raise Refused(tr("there is no objective {above!r} to stand above {id!r}.", above=above, id=objective.id))
        while above is not None and above in all_of_them:
            if above in seen:
                raise Refused(tr("the objective {id!r} would stand above itself.", id=objective.id))
            seen.add(above)
            above = all_of_them[above].parent

    # -- talk ------------------------------------------------------------------------------------------------------

    def comments(self, on: str | None = None, as_of: date | None = None) -> list[Record]:
        """What was said about "objective/ID" or "key_result/ID" (None: about all), oldest first."""
        found = [record for record in self._records("comment", as_of) if on in (None, record.body["on"])]
        if not self._hidden():
            return found
        company = self.company(as_of)
        there = {f"objective/{o.id}" for o in (*company.objectives, *company.drafts)}
        there |= {f"key_result/{kr.id}" for rows in company.key_results.values() for kr in rows}
        return [record for record in found if record.body["on"] in there]

    @needs("comment")
    def add_comment(self, on: str, text: str, reply_to: str | None = None) -> dict[str, Any]:
        """Say something about an objective or a key result."""
        try:
            comment = Comment(on=on, text=text, reply_to=reply_to)
        except ValidationError as error:
            raise Refused(wrong.sentence(error)) from error
        kind, _, identifier = on.partition("/")
        if kind == "objective":
            self.planned(identifier)
        else:
            self.planned_key_result(identifier)
        if reply_to is not None and reply_to not in {record.id for record in self.comments(on)}:
            raise Refused(tr("The comment that this answers is no longer there."))
        made = uuid4().hex
        self._keep("comment", [(made, comment.model_dump(exclude_none=True))])
        return {"status": "recorded", "comment": made, "on": on}

    @needs("comment")
    def take_back_comment(self, identifier: str) -> dict[str, Any]:
        """Take one's own comment back; the history keeps it."""
        found = next((record for record in self.comments() if record.id == identifier), None)
        if found is None:
            raise Refused(tr("there is no comment {id!r}.", id=identifier))
        if found.made_by != self.who:
            raise Refused(tr("only {name}, who wrote the comment, can take it back.", name=found.made_by))
        self._keep("comment", [(identifier, None)])
        return {"status": "taken_back", "comment": identifier}
