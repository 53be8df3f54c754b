"""The table of actions and roles, person by person; teams and what stands beneath them."""

import itertools

import pytest

from models.company import Company
from models.okr import KeyResult, Objective, Team
from models.roles import ACTIONS, ROLES, Person, beneath

TEAMS = [Team(id="firm"), Team(id="app", parent="firm"), Team(id="ios", parent="app"), Team(id="people", parent="firm")]
# action: viewer, contributor, analyst, admin; * any team, o own teams, - not at all
TABLE = {
    "read": "****",
    "see_private": "ooo*",
    "check_in": "-o**",
    "comment": "-o**",
    "answer": "****",
    "edit_okrs": "-o**",
    "import_okrs": "--**",
    "upload": "--**",
    "undo": "--**",
    "define_source": "--**",
    "close_cycle": "---*",
    "manage_access": "---*",
    "back_up": "---*",
    "fill_sample": "---*",
    "read_audit": "---*",
}


def test_the_table_is_whole():
    assert set(TABLE) == set(ACTIONS)
    assert all(action.says.endswith(".") for action in ACTIONS.values())


@pytest.mark.parametrize(("action", "role", "team"), list(itertools.product(TABLE, ROLES, ["own", "beneath", "other"])))
def test_every_action_role_and_team(action, role, team):
    person = Person("ann@x.example", role, frozenset({"app"}))
    sign = TABLE[action][ROLES.index(role)]
    whose = {"own": "app", "beneath": "ios", "other": "people"}[team]
    allowed = sign == "*" or (sign == "o" and team != "other")
    assert person.may(action, whose, TEAMS) is allowed
    assert (person.refusal(action, whose, TEAMS) == "") is allowed


def test_a_refusal_says_who_may():
    viewer, contributor = Person("v", "viewer"), Person("c", "contributor", frozenset({"app"}))
    assert (
        viewer.refusal("upload")
        == "As viewer you may not do that: Store an extract of KPI values. Who may: analyst, admin."
    )
    assert contributor.refusal("check_in", "people", TEAMS) == (
        "As contributor you may do this for your own teams only (app): Report the value and the confidence of a key "
        "result. For any team: analyst, admin."
    )


def test_a_token_reaches_only_its_scopes():
    token = Person("token crm", "analyst", only=frozenset({"upload"}))
    assert token.may("upload")
    assert not token.may("read")
    assert token.refusal("read").startswith("This token may not do that")


def test_beneath_follows_parents_and_survives_a_circle():
    assert beneath({"firm"}, TEAMS) == {"firm", "app", "ios", "people"}
    assert beneath({"app"}, TEAMS) == {"app", "ios"}
    assert beneath({"x"}, [Team(id="a", parent="b"), Team(id="b", parent="a")]) == {"x"}


def test_private_objectives_are_for_the_team_those_above_and_admins():
    company = Company(
        teams=[*TEAMS[:3], Team(id="people", parent="firm", private=True)],
        objectives=[
            Objective(id="open", team="app"),
            Objective(id="quiet", team="ios", private=True),
            Objective(id="hr", team="people"),
            Objective(id="child", team="app", parent="hr"),
            Objective(id="nobody", private=True),
        ],
        key_results={"quiet": [KeyResult(id="q", target=1.0)], "open": [KeyResult(id="k", target=1.0)]},
    )

    def seen(role, *teams):
        return [o.id for o in company.without(company.hidden_from(Person("p", role, frozenset(teams)))).objectives]

    assert seen("admin") == ["open", "quiet", "hr", "child", "nobody"]
    assert seen("analyst") == ["open", "child"]
    assert seen("viewer", "app") == ["open", "quiet", "child"]
    assert seen("contributor", "firm") == ["open", "quiet", "hr", "child"]
    assert seen("viewer", "people") == ["open", "hr", "child"]
    rest = company.without({"quiet", "hr"})
    assert (list(rest.key_results), rest.objectives[1].parent) == (["open"], None)
    assert (company.team_of("q"), company.team_of("k"), company.team_of("?")) == ("ios", "app", None)
