"""Templates: the built-in ones and the company's own, kept from its objectives and made into drafts."""

import json
from typing import Any

from data.planning import Planning
from data.targeting import Targeting
from data.writing import needs
from models.language import tr
from models.planned import Edit
from models.refused import Refused
from models.templates import BUILT_IN, Choice, Template, aim, drafted, matching, said, template_of


class Templating(Planning, Targeting):
    """Keep an objective as a template, and begin from one."""

    def templates(self) -> list[Template]:
        """The company's own templates, then the built-in ones."""
        unseen = self._unseen()
        own = [
            Template.model_validate(record.body)
            for record in self._records("template")
            if not unseen.covers(text=json.dumps(record.body, ensure_ascii=False))
        ]
        return [*own, *(said(template) for template in BUILT_IN)]

    @needs("comment")
    def save_template(self, objective: str, name: str) -> dict[str, Any]:
        """Keep an objective with its key results as a template; another of the same name takes its place."""
        found = self.planned(objective)
        if not name.strip():
            raise Refused(tr("A template needs a name."))
        own = {record.body["name"]: record.id for record in self._records("template")}
        taken = {template.id for template in BUILT_IN} | set(own.values())
        made = template_of(found.objective, found.rows, name.strip(), taken)
        if made.name in own:
            made = made.model_copy(update={"id": own[made.name]})
        self._keep("template", [(made.id, made.model_dump(mode="json", exclude_defaults=True))])
        return {"status": "saved", "template": made.id, "name": made.name}

    @needs("edit_okrs", of="team")
    def use_template(self, identifier: str, team: str, cycle: str) -> dict[str, Any]:
        """Make a draft of a template with the likeliest KPI for each need and the usual targets. A key result without
        a KPI to read, or a target, is left out and named."""
        template = next((known for known in self.templates() if known.id == identifier), None)
        if template is None:
            raise Refused(
                tr(
                    "there is no template {id!r}; the Plan page offers them (in the terminal: `template list`).",
                    id=identifier,
                )
            )
        kpis, choices, left = self.company().kpis, {}, []
        for position, row in enumerate(template.key_results):
            found = tuple(next(iter(matching(need, kpis, team)), None) for need in row.needs)
            measure = next((k for need, k in zip(row.needs, found, strict=True) if need.role == "measure" and k), None)
            target = None
            if measure is not None:
                before = self.value_before(measure, cycle, reading=row.reading, trailing=row.trailing)
                target = aim(before, row.change)
            if row.kind in ("increase", "decrease") and target is None:
                left.append(row.title)
            else:
                choices[position] = Choice(found, target)
        if not choices:
            raise Refused(
                tr("none of the KPIs that the template {id!r} needs is known, so there is no draft.", id=identifier)
            )
        made = drafted(template, team, cycle, choices, self.taken_ids())
        rows = [Edit("key_result", kr.id, kr, 0, made.id) for kr in made.key_results]
        self.save_many([Edit("objective", made.id, made, 0), *rows])
        return {"status": "saved", "objective": made.id, "key_results": len(rows), "left_out": left}

    @needs("comment")
    def retire_template(self, identifier: str) -> dict[str, Any]:
        """Offer one of the company's own templates no longer."""
        if identifier not in {record.id for record in self._records("template")}:
            raise Refused(tr("there is no template {id!r} of your own.", id=identifier))
        self._keep("template", [(identifier, None)])
        return {"status": "retired", "template": identifier}
