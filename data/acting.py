"""Actions: what somebody will do by a day, for a key result or for a team; changed, finished, dropped, reopened."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from data import records
from data.questions import no_key_result
from data.store import Connection
from data.writing import Writing, as_json, needs
from models.actions import Action, action_frame
from models.language import tr
from models.okr import KeyResult, Objective
from models.refused import Refused


class Acting(Writing):
    """Actions, one by one or several in one transaction."""

    @needs("comment", of="team")
    def add_action(
        self,
        title: str,
        owner: str = "",
        due: date | None = None,
        *,
        key_result: str | None = None,
        team: str | None = None,
        made: date | None = None,
        recorded_at: datetime | None = None,
    ) -> dict[str, Any]:
        """Write down what somebody will do, by when; for a key result, or for a team as a whole."""
        homes = self.company().homes()
        if key_result is not None and key_result not in homes:
            raise no_key_result(key_result)
        if team is not None and team not in {known.id for known in self.company().teams}:
            known_teams = ", ".join(known.id for known in self.company().teams)
            raise Refused(tr("team {id!r} is not defined; known teams: {known}.", id=team, known=known_teams))
        if not title.strip():
            raise Refused(tr("an action has no words; say what is to be done."))
        if key_result is not None:
            self.require("comment", key_result=key_result)
        of = belonging(*homes[key_result]) if key_result is not None else {}
        day = made or self.today()
        action = Action(
            title=title, owner=owner, due=due, made=day, **({"cycle": None} | of | ({"team": team} if team else {}))
        )
        with self.store.write() as connection:
            [entry] = numbered(connection, [action])
            records.append(connection, "action", [entry], recorded_at or self._now(), self.who)
        return {"status": "recorded", "id": entry[0], "title": action.title}

    @needs("comment")
    def change_action(self, identifier: str, **changes: Any) -> dict[str, Any]:
        """Change fields of an action: title, owner, due, team, key_result, done, dropped (days)."""
        return self.change_actions({identifier: changes})

    @needs("comment")
    def change_actions(self, changes: dict[str, dict[str, Any]], recorded_at: datetime | None = None) -> dict[str, Any]:
        """The same for several at once, in one transaction."""
        known = dict(self._actions())
        for identifier, fields in changes.items():
            if identifier not in known:
                raise Refused(
                    tr(
                        "there is no action {id!r}; the stand-up page lists them (in the terminal: `action list`).",
                        id=identifier,
                    )
                )
            if not fields.get("title", "-").strip():
                raise Refused(tr("an action has no words; say what is to be done."))
            for team in (known[identifier].team, fields.get("team")):
                if team is not None:
                    self.require("comment", team=team)
        new = [(identifier, known[identifier].model_copy(update=fields)) for identifier, fields in changes.items()]
        checked = [(identifier, Action.model_validate(action.model_dump())) for identifier, action in new]
        entries: list[tuple[str, dict[str, Any] | None]] = [
            (identifier, as_json(action)) for identifier, action in checked if action != known[identifier]
        ]
        if entries:
            self._keep("action", entries, recorded_at)
        return {"status": "recorded" if entries else "unchanged", "changed": [identifier for identifier, _ in entries]}

    @needs("comment")
    def finish_action(self, identifier: str, on: date | None = None) -> dict[str, Any]:
        return self.change_action(identifier, done=on or self.today(), dropped=None)

    @needs("comment")
    def drop_action(self, identifier: str, on: date | None = None) -> dict[str, Any]:
        return self.change_action(identifier, dropped=on or self.today(), done=None)

    @needs("comment")
    def reopen_action(self, identifier: str) -> dict[str, Any]:
        return self.change_action(identifier, done=None, dropped=None)

    def actions(self, team: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        """Every action as it stands on a day, what is overdue first; see models.actions.action_frame."""
        day = as_of or self.today()
        frame = self._answers.get(("actions", day), lambda: action_frame(self._actions(as_of), day))
        return frame if team is None else frame[frame["team"] == team].reset_index(drop=True)

    def _actions(self, as_of: date | None = None) -> list[tuple[str, Action]]:
        found = [(record.id, Action.model_validate(record.body)) for record in self._records("action", as_of)]
        if not self._hidden():
            return found
        homes = self.company().homes()  # what hangs on a private key result is as private
        return [(name, action) for name, action in found if action.key_result is None or action.key_result in homes]


def belonging(objective: Objective, key_result: KeyResult) -> dict[str, Any]:
    """Where an action for a key result belongs, in the fields of an Action."""
    return {"team": objective.team, "cycle": objective.cycle, "key_result": key_result.id}


def numbered(connection: Connection, actions: list[Action]) -> list[tuple[str, dict[str, Any] | None]]:
    """New actions with their ids: a1, a2 and so on, in the order in which they were made."""
    first = records.history(connection, "action")["id"].nunique() + 1 if actions else 1
    return [(f"a{first + place}", as_json(action)) for place, action in enumerate(actions)]
