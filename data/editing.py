"""Definitions edited one at a time, by several people: what an editor did not see is never overwritten.

    held = workspace.definition("key_result", "churn")             # Held: the definition and its version
    version = workspace.edit_key_result(changed, based_on=held.version)

Saving on a version that is no longer the last raises Conflict, with what the editor saw, what stands and
what was meant.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from data import definitions
from data.definitions import Version
from data.store import Connection
from data.writing import Writing, needs
from models.okr import Cycle, Definition, KeyResult, Kpi, Objective, Team, feeding_loop, loop_words
from models.refused import Conflict, Refused

Kind = Literal["team", "cycle", "kpi", "objective", "key_result"]
_CLASSES: dict[str, type[Definition]] = {
    "team": Team, "cycle": Cycle, "kpi": Kpi, "objective": Objective, "key_result": KeyResult,
}  # fmt: skip
_WORDS = {"team": "team", "cycle": "cycle", "kpi": "KPI", "objective": "objective", "key_result": "key result"}


@dataclass(frozen=True)
class Held:
    """A definition as it stands. `version` counts its versions from 1; `objective` is that of a key result."""

    definition: Any  # Team, Cycle, Kpi, Objective (without its key results) or KeyResult
    version: int
    changed_at: datetime
    changed_by: str
    objective: str | None = None


class Editing(Writing):
    """Read a definition with its version; save it on that version; retire it."""

    def definition(self, kind: Kind, identifier: str) -> Held:
        """The definition to edit. Raises Refused where there is none, or it is retired."""
        versions = self._read(lambda connection: _versions(connection, kind, identifier))
        if not versions or versions[-1][0] is None:
            raise Refused(f"there is no {_WORDS[kind]} {identifier!r}.")
        body, at, by = versions[-1]
        found = _CLASSES[kind].model_validate({name: value for name, value in body.items() if name != "objective"})
        return Held(found, len(versions), at, by, body.get("objective") if kind == "key_result" else None)

    @needs("edit_okrs")
    def edit_key_result(self, key_result: KeyResult, based_on: int, *, objective: str | None = None) -> int:
        """Save a key result; its new version. `based_on` is the version the editor saw, 0 for one that is new.

        `objective` moves it there; a new one needs it. Raises Conflict, and Refused for what does not fit together.
        """
        key_result = KeyResult.model_validate(key_result.model_dump())
        seen = self._body_at("key_result", key_result.id, based_on)
        home = objective or (seen or {}).get("objective")
        if home is None:
            raise Refused(f"the new key result {key_result.id!r} needs its objective.")
        company = self.company()
        if home not in {known.id for known in (*company.objectives, *company.drafts)}:
            raise Refused(f"there is no objective {home!r} for the key result {key_result.id!r}.")
        self.require("edit_okrs", objective=home)
        if seen is not None:  # one may not fetch another team's key result either
            self.require("edit_okrs", key_result=key_result.id)
        self._refuse_unknown({link.kpi for link in key_result.all_links}, f"the key result {key_result.id!r}")
        body = {"objective": home, **definitions.body_of(key_result)}
        return self._save("key_result", key_result.id, body, based_on)

    @needs("edit_okrs")
    def edit_objective(self, objective: Objective, based_on: int) -> int:
        """Save an objective, without its key results; its new version. 0 for one that is new."""
        objective = Objective.model_validate(objective.model_dump(exclude={"key_results"}))
        company = self.company()
        parents = {known.id: known.parent for known in (*company.objectives, *company.drafts)}
        if objective.team is not None:
            self.require("edit_okrs", team=objective.team)
        if objective.id in parents:
            self.require("edit_okrs", objective=objective.id)
        parents[objective.id] = objective.parent
        above, seen = objective.parent, {objective.id}
        if above is not None and above not in parents:
            raise Refused(f"there is no objective {above!r} to stand above {objective.id!r}.")
        while above is not None:
            if above in seen:
                raise Refused(f"the objective {objective.id!r} would stand above itself.")
            seen.add(above)
            above = parents.get(above)
        return self._save("objective", objective.id, definitions.body_of(objective), based_on)

    @needs("import_okrs")
    def edit_kpi(self, kpi: Kpi, based_on: int) -> int:
        """Save a KPI; its new version. 0 for one that is new."""
        kpi = Kpi.model_validate(kpi.model_dump())
        parts = {part for part in (kpi.numerator, kpi.denominator) if part}
        if kpi.id in parts:
            raise Refused(f"the KPI {kpi.id!r} cannot be divided by itself.")
        loop = feeding_loop({known.id: known.fed_by for known in [*self.company().kpis, kpi]})
        if loop:
            raise Refused(f"nothing was changed: {loop_words(loop)}.")
        self._refuse_unknown(parts, f"the ratio {kpi.id!r}")
        return self._save("kpi", kpi.id, definitions.body_of(kpi), based_on)

    @needs("import_okrs")
    def edit_team(self, team: Team, based_on: int) -> int:
        """Save a team; its new version. 0 for one that is new."""
        return self._save("team", team.id, definitions.body_of(Team.model_validate(team.model_dump())), based_on)

    @needs("import_okrs")
    def edit_cycle(self, cycle: Cycle, based_on: int) -> int:
        """Save a cycle; its new version. 0 for one that is new."""
        return self._save("cycle", cycle.id, definitions.body_of(Cycle.model_validate(cycle.model_dump())), based_on)

    @needs("edit_okrs")
    def retire(self, kind: Literal["kpi", "objective", "key_result"], identifier: str, based_on: int) -> None:
        """Take a definition out of use. Its history stays, and a scorecard of an earlier day still shows it.

        An objective is retired after its key results, and a KPI after the key results and ratios that stand on it.
        """
        company = self.company()
        rows = [kr for key_results in company.key_results.values() for kr in key_results]
        users: list[str] = []
        if kind == "kpi":
            self.require("import_okrs")
        else:
            self.require("edit_okrs", **{kind: identifier})
        if kind == "objective":
            users = [kr.id for kr in company.key_results.get(identifier, [])]
            users += [known.id for known in (*company.objectives, *company.drafts) if known.parent == identifier]
        elif kind == "kpi":
            users = [kr.id for kr in rows if identifier in {link.kpi for link in kr.all_links}]
            users += [kpi.id for kpi in company.kpis if identifier in (kpi.numerator, kpi.denominator)]
        if users:
            more = f" and {len(users) - 5} more" if len(users) > 5 else ""
            raise Refused(f"the {_WORDS[kind]} {identifier!r} is still used by {', '.join(users[:5])}{more}.")
        self._save(kind, identifier, None, based_on)

    def _save(self, kind: str, identifier: str, body: dict[str, Any] | None, based_on: int) -> int:
        """One more version, if the last is the one that the editor saw; the same again is no version."""
        action = f"{'retire' if body is None else 'edit' if based_on else 'define'} {_WORDS[kind]} {identifier}"
        with self.store.write(action=action, raise_version=False) as connection:
            versions = _versions(connection, kind, identifier)
            last = versions[-1][0] if versions else None
            if len(versions) != based_on:
                seen = versions[based_on - 1][0] if 0 < based_on <= len(versions) else None
                if not versions:
                    raise Refused(f"there is no {_WORDS[kind]} {identifier!r}.")
                if last != body:  # both meant the same: nothing is overwritten
                    raise Conflict(
                        f"The {_WORDS[kind]} {identifier!r}", seen or {}, last or {}, body or {},
                        version=len(versions), by=versions[-1][2], at=versions[-1][1],
                    )  # fmt: skip
            if last == body and versions:
                return len(versions)
            if body is None and not versions:
                raise Refused(f"there is no {_WORDS[kind]} {identifier!r}.")
            definitions.append(connection, [Version(kind, identifier, body)], self._now(), self.who)
            connection.execute(
                "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS VARCHAR) WHERE key = 'data_version'"
            )
            return len(versions) + 1

    def _body_at(self, kind: str, identifier: str, version: int) -> dict[str, Any] | None:
        versions = self._read(lambda connection: _versions(connection, kind, identifier))
        return versions[version - 1][0] if 0 < version <= len(versions) else None

    def _refuse_unknown(self, kpis: set[str], what: str) -> None:
        unknown = sorted(kpis - {kpi.id for kpi in self.company().kpis} - set(self._coverage()["kpi"]))
        if unknown:
            raise Refused(f"{what} stands on KPIs that nobody defined: {', '.join(unknown)}.")


def _versions(connection: Connection, kind: str, identifier: str) -> list[tuple[Any, datetime, str]]:
    """Every version, oldest written first: body (None: retired), when, by whom."""
    rows = connection.execute(
        "SELECT body, recorded_at, recorded_by FROM definition WHERE kind = ? AND id = ? ORDER BY rowid",
        [kind, identifier],
    ).fetchall()
    return [(json.loads(body), at, by) for body, at, by in rows]
