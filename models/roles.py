"""Who may what: one table of actions and roles, each action with the sentence that says it.

A person has one role and, where the role reaches only so far, teams: their own ones and all beneath these. The local
user, who sits at the machine, may everything. Checked where the action is done (data/writing.py), so that no button,
link or request goes around it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from models.language import mark, spoken, tr
from models.okr import Team
from models.refused import Refused

Role = Literal["viewer", "contributor", "analyst", "admin"]
Reach = Literal["any", "own", "no"]
ROLES: tuple[Role, ...] = get_args(Role)
LOCAL = "local"  # who acts when nobody has to sign in


@dataclass(frozen=True)
class Action:
    """What can be done, in words, and how far each role reaches with it: any team, their own, not at all."""

    says: str
    viewer: Reach = "no"
    contributor: Reach = "no"
    analyst: Reach = "no"
    admin: Reach = "any"

    def reach(self, role: Role) -> Reach:
        found: Reach = getattr(self, role)
        return found


ACTIONS: dict[str, Action] = {
    "read": Action(mark("Read scorecards, evidence, trends, loads and the method."), "any", "any", "any"),
    "see_private": Action(mark("See private objectives, key results and what is said of them."), "own", "own", "own"),
    "check_in": Action(mark("Report the value and the confidence of a key result."), "no", "own", "any"),
    "comment": Action(mark("Write comments, actions and events."), "no", "own", "any"),
    "answer": Action(mark("Answer a survey whose link one was given."), "any", "any", "any"),
    "edit_okrs": Action(mark("Change objectives and key results."), "no", "own", "any"),
    "import_okrs": Action(mark("Import a file of definitions, and define KPIs, teams and cycles."), "no", "no", "any"),
    "upload": Action(mark("Store an extract of KPI values."), "no", "no", "any"),
    "undo": Action(mark("Take a load back."), "no", "no", "any"),
    "define_source": Action(mark("Say how a source is read and what is expected of it."), "no", "no", "any"),
    "close_cycle": Action(mark("Close a cycle, so that its scorecard stands as it was judged.")),
    "manage_access": Action(mark("See the access table; make and revoke tokens.")),
    "back_up": Action(mark("Copy the store to a file, and put a copy in its place.")),
    "fill_sample": Action(mark("Fill an empty store with a sample company.")),
    "read_audit": Action(mark("Read who changed what and when, private objectives included.")),
}


@dataclass(frozen=True)
class Person:
    """Somebody who acts. `only` narrows a token to its scopes; the local user reaches everything."""

    name: str
    role: Role = "admin"
    teams: frozenset[str] = field(default_factory=frozenset)
    only: frozenset[str] | None = None

    def reach(self, action: str) -> Reach:
        """How far the person reaches with an action: any team, own teams, not at all."""
        if self.only is not None and action not in self.only:
            return "no"
        return ACTIONS[action].reach(self.role)

    def may(self, action: str, team: str | None = None, teams: Iterable[Team] = ()) -> bool:
        """Whether the person may do it to something of `team`; without a team: to anything at all."""
        reach = self.reach(action)
        if reach == "own" and team is not None:
            return team in beneath(self.teams, teams)
        return reach != "no"

    def refusal(self, action: str, team: str | None = None, teams: Iterable[Team] = ()) -> str:
        """Why not, and who may; empty where the person may."""
        if self.may(action, team, teams):
            return ""
        says = spoken(ACTIONS[action].says).rstrip(".")
        if self.only is not None and action not in self.only:
            return tr("This token may not do that: {action}. Its scopes do not hold it.", action=says)
        able = ", ".join(role for role in ROLES if ACTIONS[action].reach(role) == "any")
        if self.reach(action) == "own":
            return tr(
                "As {role} you may do this for your own teams only ({teams}): {action}. For any team: {able}.",
                role=self.role, teams=", ".join(sorted(self.teams)) or "–", action=says, able=able,
            )  # fmt: skip
        return tr("As {role} you may not do that: {action}. Who may: {able}.", role=self.role, action=says, able=able)


class NotAllowed(Refused):
    """Somebody asked for what their role does not hold."""


def beneath(own: Collection[str], teams: Iterable[Team]) -> frozenset[str]:
    """Teams and all that stand beneath them."""
    parents = {team.id: team.parent for team in teams}
    found = set(own)
    for team in parents:
        line: list[str] = []
        at: str | None = team
        while at is not None and at not in line and at not in found:
            line.append(at)
            at = parents.get(at)
        if at is not None and at in found:
            found.update(line)
    return frozenset(found)
