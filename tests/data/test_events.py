"""Events: written down, changed and taken back; each moment knows its own."""

from datetime import date, datetime

import pytest

from data import definitions
from models.kpi import Kpi
from models.okr import OkrFile, Team
from models.refused import Refused
from workspace import Workspace

EARLY, LATE = datetime(2026, 3, 2, 9), datetime(2026, 3, 9, 9)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "s.duckdb", who="ada", now=lambda: EARLY)
    file = OkrFile(teams=[Team(id="app")], kpis=[Kpi(id="visits", owner="app"), Kpi(id="turnover", owner="people")])
    with made.store.write() as connection:
        definitions.append(connection, definitions.versions_of(file), EARLY, "ada")
    return made


def titles(found) -> list[str]:
    return [kept.event.title for kept in found]


def test_an_event_belongs_to_its_kpi_its_team_or_everyone(workspace):
    workspace.add_event(title="Office moved", day=date(2026, 2, 1))
    workspace.add_event(title="Outage", day=date(2026, 2, 3), end=date(2026, 2, 4), kind="outage", kpis=["visits"])
    workspace.add_event(title="New app", day=date(2026, 1, 5), team="app")
    assert titles(workspace.events()) == ["New app", "Office moved", "Outage"]
    assert titles(workspace.events_of("visits")) == ["New app", "Office moved", "Outage"]
    assert titles(workspace.events_of("turnover")) == ["Office moved"]


def test_a_day_gives_its_name_and_the_second_a_number(workspace):
    added = workspace.add_events([{"title": "a", "day": "2026-02-01"}, {"title": "b", "day": "2026-02-01"}])
    assert added == {"status": "added", "events": ["2026-02-01", "2026-02-01-2"]}


def test_changes_and_removals_leave_what_was_known_before(workspace):
    workspace.add_event(title="Lunch", day=date(2026, 2, 1))
    workspace._now = lambda: LATE
    assert workspace.change_event("2026-02-01", title="Launch", kind="launch")["status"] == "changed"
    assert workspace.change_event("2026-02-01", title="Launch")["status"] == "unchanged"
    assert titles(workspace.events()) == ["Launch"]
    assert titles(workspace.events(EARLY.date())) == ["Lunch"]
    workspace.remove_event("2026-02-01")
    assert workspace.events() == []
    assert titles(workspace.events(EARLY.date())) == ["Lunch"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"title": "x"}, "day: Field required"),
        ({"title": "", "day": "2026-02-01"}, "title: Field required"),
        ({"title": "x", "day": "2026-02-03", "end": "2026-02-01"}, "the event ends on 2026-02-01, before it begins"),
        ({"title": "x", "day": "2026-02-01", "kind": "party"}, "kind: Input should be"),
        ({"title": "x", "day": "2026-02-01", "kpis": ["vists"]}, "there is no KPI 'vists'"),
        ({"title": "x", "day": "2026-02-01", "team": "ap"}, "there is no team 'ap'; teams: app"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(workspace, said, message):
    with pytest.raises(Refused, match=message):
        workspace.add_event(**said)


def test_several_are_written_down_all_or_none(workspace):
    with pytest.raises(Refused, match="event 2: day: Field required"):
        workspace.add_events([{"title": "a", "day": "2026-02-01"}, {"title": "b"}])
    assert workspace.events() == []


def test_an_id_taken_and_one_that_is_not_there_are_refused(workspace):
    workspace.add_event(title="a", day=date(2026, 2, 1), id="launch")
    with pytest.raises(Refused, match="there is an event 'launch' already"):
        workspace.add_event(title="b", day=date(2026, 2, 1), id="launch")
    with pytest.raises(Refused, match="there is no event 'gone'"):
        workspace.remove_event("gone")
