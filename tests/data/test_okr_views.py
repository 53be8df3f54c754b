"""Views of OKRs through the store: statuses as they stood, the days of a month, the feed page by page."""

from datetime import date, datetime

import pytest

from data import records
from models.activity import told
from models.okr_rows import NOT_SET
from models.refused import Refused
from workspace import LoadOptions, Workspace

OKRS = """\
teams: [{id: app, name: App}, {id: web, name: Web}]
cycles: [{id: 2026-Q2}, {id: 2026-Q3}]
kpis: [{id: visits, name: Visits, owner: web}, {id: nps, name: NPS, owner: app}]
objectives:
  - {id: old, cycle: 2026-Q2, team: app, key_results: [{id: was, target: 2, baseline: 1}]}
  - id: o
    title: Loved
    cycle: 2026-Q3
    team: app
    key_results:
      - {id: guide, title: The guide is out, owner: ada}
      - {id: more, title: More visits, kpi: visits, baseline: 1, target: 2, due: 2026-08-20, depends_on: [{on: guide}]}
  - {id: w, cycle: 2026-Q3, team: web, key_results: [{id: site, title: The site is new}]}
"""


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "s.duckdb", who="ada", now=lambda: datetime(2026, 9, 1, 12))
    made.import_okrs("okrs.yaml", OKRS.encode(), recorded_at=datetime(2026, 6, 20))
    changed = OKRS.replace("target: 2, due", "target: 3, due")
    made.import_okrs("okrs.yaml", changed.encode(), recorded_at=datetime(2026, 7, 10))
    data = b"kpi,period,value\nvisits,2026-07-06,1\n"
    options = LoadOptions(trusted=True, recorded_at=datetime(2026, 7, 15))
    load = made.load("visits.csv", data, options)
    made.who = "ben"
    made.undo(load.load_id)
    made.check_in("guide", 0.0, date(2026, 8, 31), 6, "Nearly")
    with made.store.write() as connection:
        for day, kind, name, body in (
            (1, "status", "key_result/guide", {"status": "on_track"}),
            (5, "status", "key_result/guide", {"status": "at_risk", "note": "Ill"}),
            (6, "status", "objective/o", {"status": "on_track"}),
            (7, "comment", "c", {"on": "objective/w", "text": "Good"}),
            (8, "action", "a", {"title": "Ask them", "key_result": "guide"}),
            (9, "closing", "2026-Q2", {"cycle": "2026-Q2"}),
            (9, "answer", "x", {"text": "in confidence"}),
            (10, "event", "e", {"day": "2026-08-12", "title": "Fair", "team": "web"}),
            (11, "comment", "c", None),
        ):
            records.append(connection, kind, [(name, body)], datetime(2026, 8, day), "eve")
    return made


def test_a_status_is_what_it_was_on_the_day(workspace):
    assert workspace.okr_rows("2026-Q3").rows.set_index("id")["status"].to_dict() == {
        "guide": "at_risk", "more": NOT_SET, "site": NOT_SET,
    }  # fmt: skip
    assert workspace.okr_rows("2026-Q3", date(2026, 8, 4)).rows["status"].tolist() == ["on_track", NOT_SET, NOT_SET]
    assert workspace.okr_rows("2026-Q3", team="web").rows["id"].tolist() == ["site"]
    with pytest.raises(Refused, match="team 'none' is not defined"):
        workspace.okr_rows("2026-Q3", team="none")


def test_what_the_plan_and_the_map_say(workspace):
    waits = workspace.okr_plan("2026-Q3").waits
    assert waits[["key_result", "on", "on_title", "state"]].values.tolist() == [
        ["more", "guide", "The guide is out", "late"]
    ]
    drawn = workspace.okr_map("2026-Q3")
    assert (drawn.unlinked, drawn.loose, drawn.orphans) == (["guide", "site"], ["nps"], [])


def test_days_of_a_month(workspace):
    found = workspace.okr_rows("2026-Q3")
    days = workspace.okr_days(found, found.rows, date(2026, 8, 1), date(2026, 8, 31))
    assert [(f"{row['day']:%m-%d}", row["what"], row["title"]) for row in days.to_dict("records")] == [
        ("08-12", "event", "Fair"), ("08-20", "due_late", "More visits"), ("08-31", "check_in", "The guide is out"),
    ]  # fmt: skip
    mine = workspace.okr_rows("2026-Q3", team="app")
    assert list(workspace.okr_days(mine, mine.rows, date(2026, 8, 1), date(2026, 8, 30))["what"]) == ["due_late"]


def said(feed):
    return [(row["by"], row["what"], row["subject"], told(row, {})) for row in feed.rows.to_dict("records")]


def test_the_feed_is_newest_first_and_tells_of_this_cycle_only(workspace):
    feed = workspace.activity("2026-Q3")
    assert said(feed) == [
        ("ben", "check_in", "guide", "Value 0, confidence 6 of 10: “Nearly”"),
        ("ben", "undo", "1", "visits.csv was taken back."),
        ("eve", "comment", "w", "Taken back: Good"),
        ("eve", "event", "e", "Fair"),
        ("eve", "action", "guide", "Ask them"),
        ("eve", "comment", "w", "Good"),
        ("eve", "status", "o", "Status not set → on_track."),
        ("eve", "status", "guide", "Status on_track → at_risk: “Ill”"),
        ("eve", "status", "guide", "Status not set → on_track."),
        ("ada", "load", "1", "visits.csv stored: 1 new value."),
        ("ada", "definition", "more", "target 2 → 3."),
        ("ada", "definition", "guide", "3 definitions are new: Key result."),
        ("ada", "definition", "o", "2 definitions are new: Objective."),
        ("ada", "definition", "visits", "2 definitions are new: KPI."),
        ("ada", "definition", "2026-Q2", "2 definitions are new: Cycle."),
        ("ada", "definition", "app", "2 definitions are new: Team."),
    ]
    assert feed.total == 16


def test_the_feed_is_paged_and_filtered_where_it_is_kept(workspace):
    page = workspace.activity("2026-Q3", most=2, skip=10)
    assert (len(page.rows), page.total) == (2, 16)
    assert page.rows["subject"].tolist() == ["more", "guide"]
    assert workspace.activity("2026-Q3", what=("load", "undo")).rows["by"].tolist() == ["ben", "ada"]
    assert workspace.activity("2026-Q3", people=("eve",)).total == 7
    assert workspace.activity("2026-Q3", skip=100).rows.empty


def test_the_feed_of_a_team_or_of_some_key_results(workspace):
    web = workspace.activity("2026-Q3", team="web")
    assert [row[1:3] for row in said(web)] == [
        ("comment", "w"), ("event", "e"), ("comment", "w"), ("definition", "site"), ("definition", "w"),
        ("definition", "visits"), ("definition", "web"),
    ]  # fmt: skip
    few = workspace.activity("2026-Q3", only=["site"])
    assert [(row[1], row[2]) for row in said(few)] == [
        ("comment", "w"), ("comment", "w"), ("definition", "site"), ("definition", "w"),
    ]  # fmt: skip


def test_the_feed_as_of_a_day_and_who_is_in_it(workspace):
    assert workspace.activity("2026-Q3", date(2026, 7, 12)).total == 6
    assert workspace.activity_people() == ["ada", "ben", "eve"]
    assert workspace.activity_people(date(2026, 7, 12)) == ["ada"]
