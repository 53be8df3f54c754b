"""Planning: several editors, drafts, comments, templates; nothing that an editor did not see is overwritten."""

from datetime import datetime

import pytest

from models.okr import KeyResult, Objective
from models.planned import Edit
from models.refused import Conflict, Refused
from models.templates import Choice, drafted
from tests.clock import Clock
from workspace import Workspace

OKRS = b"""\
teams: [{id: company}, {id: app, parent: company}]
kpis:
  - {id: dau, name: Daily active users, unit: users, cadence: month, owner: app}
  - {id: crashes, name: Crashes, cadence: month, direction: down, owner: app}
objectives:
  - {id: top, title: The company grows, team: company, cycle: 2026-Q4, key_results: [{id: t1, kpi: dau, target: 9}]}
  - id: love
    title: People love the app
    team: app
    cycle: 2026-Q4
    parent: top
    key_results:
      - {id: users, title: More users, kpi: dau, baseline: 100, target: 120}
      - {id: calm, title: Fewer crashes, kpi: crashes, baseline: 10, target: 5, depends_on: [{on: users}]}
"""


@pytest.fixture
def clock():
    return Clock(datetime(2026, 9, 1, 12))


@pytest.fixture
def ann(tmp_path, clock):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=clock)
    workspace.import_okrs("okrs.yaml", OKRS)
    return workspace


@pytest.fixture
def bo(ann, clock):
    return Workspace(ann.store.path, who="bo", now=clock)


def test_the_plan_tells_versions_and_who_published(ann):
    plan = ann.plan("2026-Q4", "app")
    assert [(p.objective.id, p.stamp.version, p.published.by, [s.version for _, s in p.key_results]) for p in plan] == [
        ("love", 1, "ann", [1, 1])
    ]
    assert ann.plan("2026-Q1") == []


def test_saving_adds_a_version_and_the_same_again_does_not(ann):
    _, kr, stamp = ann.planned_key_result("users")
    changed = kr.model_copy(update={"target": 130.0, "owner": "Ada"})
    assert ann.save_key_result(changed, stamp.version) == {"status": "saved", "saved": ["key_result/users"]}
    version = ann.data_version()
    assert ann.save_key_result(changed, 2) == {"status": "unchanged", "saved": []}
    assert ann.data_version() == version
    _, kr, stamp = ann.planned_key_result("users")
    assert (kr.target, kr.owner, stamp.version, stamp.by) == (130.0, "Ada", 2, "ann")


def test_what_the_editor_did_not_see_is_not_overwritten(ann, bo):
    _, kr, stamp = ann.planned_key_result("users")
    bo.save_key_result(kr.model_copy(update={"target": 150.0}), stamp.version)
    with pytest.raises(Conflict) as caught:
        ann.save_key_result(kr.model_copy(update={"target": 130.0, "owner": "Ada"}), stamp.version)
    found = caught.value
    assert (found.by, found.version, found.merged) == ("bo", 2, None)
    assert [(d.field, d.base, d.theirs, d.mine) for d in found.differences] == [("target", 120.0, 150.0, 130.0)]
    assert ann.planned_key_result("users")[1].target == 150.0


def test_two_who_mean_the_same_are_no_conflict(ann, bo):
    _, kr, stamp = ann.planned_key_result("users")
    changed = kr.model_copy(update={"target": 150.0})
    bo.save_key_result(changed, stamp.version)
    assert ann.save_key_result(changed, stamp.version)["status"] == "unchanged"


def test_many_are_saved_together_or_not_at_all(ann, bo):
    (users, seen), (calm, also) = ann.planned("love").key_results
    bo.save_key_result(calm.model_copy(update={"target": 4.0}), also.version)
    edits = [
        Edit("key_result", "users", users.model_copy(update={"weight": 2.0}), seen.version),
        Edit("key_result", "calm", calm.model_copy(update={"weight": 3.0}), also.version),
    ]
    with pytest.raises(Conflict):
        ann.save_many(edits)
    assert [kr.weight for kr in ann.planned("love").rows] == [1.0, 1.0]
    with pytest.raises(Refused, match="key result 'users': the target equals the baseline"):
        ann.save_many([Edit("key_result", "users", users.model_copy(update={"target": 100.0}), seen.version)])


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (Objective(id="n", team="app"), "the objective 'n' needs a team and a cycle"),
        (Objective(id="n", team="gone", cycle="2026-Q4"), "team 'gone' is not defined; known teams: company, app"),
        (Objective(id="n", team="app", cycle="soon"), "cycle 'soon' is not defined"),
        (Objective(id="n", team="app", cycle="2026-Q4", parent="x"), "there is no objective 'x' to stand above 'n'"),
        (Objective(id="n", team="app", cycle="2026-Q4", parent="n"), "the objective 'n' would stand above itself"),
    ],
)
def test_an_objective_that_does_not_fit_is_refused(ann, objective, said):
    with pytest.raises(Refused, match=said):
        ann.save_objective(objective, 0)


def test_a_key_result_that_does_not_fit_is_refused(ann):
    with pytest.raises(Refused, match="key result 'k' stands on KPIs that nobody defined: gone"):
        ann.save_key_result(KeyResult(id="k", kpi="gone", target=1.0), 0, objective="love")
    with pytest.raises(Refused, match="the key result 'k' is new and needs its objective"):
        ann.save_key_result(KeyResult(id="k", kpi="dau", target=1.0), 0)
    with pytest.raises(Refused, match="there is no objective 'gone'"):
        ann.save_key_result(KeyResult(id="k", kpi="dau", target=1.0), 0, objective="gone")


def test_a_cycle_with_a_usual_name_is_made_when_it_is_first_planned(ann):
    ann.save_objective(Objective(id="n", title="Next", team="app", cycle="2027-Q1", draft=True), 0)
    cycle = ann.company().cycle("2027-Q1")
    assert (cycle.start.isoformat(), cycle.end.isoformat()) == ("2027-01-01", "2027-03-31")


def test_what_is_retired_is_gone_but_kept(ann, clock):
    with pytest.raises(Refused, match="'users' is still waited for by calm"):
        ann.retire_key_result("users", 1)
    with pytest.raises(Refused, match="'top' still stands above love"):
        ann.retire_objective("top", 1)
    clock.now = datetime(2026, 9, 5, 12)
    assert ann.retire_objective("love", 1)["saved"] == ["key_result/users", "key_result/calm", "objective/love"]
    assert [o.id for o in ann.company().objectives] == ["top"]
    assert [o.id for o in ann.company(datetime(2026, 9, 2).date()).objectives] == ["top", "love"]
    assert all(finding.broken == 0 for finding in ann.check())
    assert "love" in ann.taken_ids()


def test_a_draft_is_on_no_scorecard_until_it_is_published_and_who_did_is_kept(ann, bo, clock):
    ann.save_many(
        [
            Edit("objective", "d", Objective(id="d", title="Idea", team="app", cycle="2026-Q4", draft=True), 0),
            Edit("key_result", "dk", KeyResult(id="dk", kpi="dau", baseline=100.0, target=110.0), 0, "d"),
        ]
    )
    assert "dk" not in set(ann.scorecard("2026-Q4").key_results["id"])
    assert ann.planned("d").published is None
    bo.publish("d")
    assert "dk" in set(ann.scorecard("2026-Q4").key_results["id"])
    assert ann.planned("d").published.by == "bo"
    assert ann.publish("d") == {"status": "unchanged", "saved": []}
    with pytest.raises(Refused, match="'d' is published and cannot become a draft again"):
        ann.save_objective(ann.planned("d").objective.model_copy(update={"draft": True}), 2)


def test_a_draft_edited_before_it_was_published_is_no_edited_target(ann, clock):
    clock.now = datetime(2026, 10, 5, 12)  # the cycle has begun
    draft = Objective(id="d", title="Late idea", team="app", cycle="2026-Q4", draft=True)
    first = KeyResult(id="dk", kpi="dau", baseline=100.0, target=110.0)
    ann.save_many([Edit("objective", "d", draft, 0), Edit("key_result", "dk", first, 0, "d")])
    clock.now = datetime(2026, 10, 6, 12)
    ann.save_key_result(first.model_copy(update={"target": 140.0}), 1)
    clock.now = datetime(2026, 10, 7, 12)
    ann.publish("d")
    assert ann.company().originals["dk"].target == 140.0
    clock.now = datetime(2026, 10, 20, 12)
    ann.save_key_result(first.model_copy(update={"target": 105.0}), 2)
    assert ann.company().originals["dk"].target == 140.0  # this one was edited after people could rely on it
    assert ann.company().key_results["d"][0].target == 105.0


def test_a_draft_published_before_its_cycle_is_held_to_what_stood_when_the_cycle_began(ann, clock):
    draft = Objective(id="d", title="Idea", team="app", cycle="2026-Q4", draft=True)
    kr = KeyResult(id="dk", kpi="dau", baseline=100.0, target=110.0)
    ann.save_many([Edit("objective", "d", draft, 0), Edit("key_result", "dk", kr, 0, "d")])
    ann.publish("d")
    clock.now = datetime(2026, 9, 20, 12)
    ann.save_key_result(kr.model_copy(update={"target": 120.0}), 1)
    clock.now = datetime(2026, 11, 1, 12)
    ann.save_key_result(kr.model_copy(update={"target": 130.0}), 2)
    assert ann.company().originals["dk"].target == 120.0


def test_comments_are_threads_and_only_their_writer_takes_them_back(ann, bo):
    first = ann.add_comment("objective/love", "Is 120 enough?")["comment"]
    bo.add_comment("objective/love", "With the autumn campaign, yes.", reply_to=first)
    bo.add_comment("key_result/users", "Who owns it?")
    assert [(r.made_by, r.body.get("reply_to")) for r in ann.comments("objective/love")] == [
        ("ann", None),
        ("bo", first),
    ]
    with pytest.raises(Refused, match="only ann, who wrote the comment"):
        bo.take_back_comment(first)
    ann.take_back_comment(first)
    assert [r.body["text"] for r in ann.comments("objective/love")] == ["With the autumn campaign, yes."]
    assert len(ann.comments()) == 2
    for on, text in (("objective/gone", "x"), ("team/app", "x"), ("objective/love", "")):
        with pytest.raises(Refused):
            ann.add_comment(on, text)


def test_an_objective_kept_as_a_template_serves_the_next_quarter(ann):
    ann.save_template("love", "Our app quarter")
    template = ann.templates()[0]
    assert (template.id, template.objective, [kr.change for kr in template.key_results]) == (
        "our-app-quarter", "People love the app", [0.2, -0.5],
    )  # fmt: skip
    choices = {0: Choice(("dau", "dau"), target=144.0, baseline=120.0)}
    made = drafted(template, "app", "2027-Q1", choices, ann.taken_ids())
    edits = [
        Edit("objective", made.id, made, 0),
        *(Edit("key_result", kr.id, kr, 0, made.id) for kr in made.key_results),
    ]
    ann.save_many(edits)
    assert [(o.id, o.draft) for o in ann.company().drafts] == [("people-love-the-app-2027-q1", True)]
    ann.save_template("top", "Our app quarter")  # the same name: it takes its place
    assert [t.objective for t in ann.templates()[:2]] == [
        "The company grows",
        "More people come back to the app every day",
    ]
    ann.retire_template("our-app-quarter")
    assert ann.templates()[0].id == "app-growth"


def test_the_baseline_that_would_be_read(ann):
    ann.load("v.csv", b"kpi,period,value\n" + b"".join(b"dau,2026-%02d-01,%d\n" % (m, m * 10) for m in range(1, 9)),
             ann.options(trusted=True))  # fmt: skip
    assert ann.value_before("dau", "2026-Q3", reading="last") == 60.0
    assert ann.value_before("dau", "2026-Q3", reading="mean") == 50.0
    assert ann.value_before("crashes", "2026-Q3") is None
    assert ann.value_before("dau", "sometime") is None


def test_what_was_planned_goes_out_and_comes_back_whole(ann, tmp_path, clock):
    ann.save_objective(Objective(id="d", title="Idea", team="app", cycle="2026-Q4", draft=True, tags=["x"]), 0)
    again = Workspace(tmp_path / "t.duckdb", who="ann", now=clock)
    again.import_okrs("okrs.yaml", ann.export().encode())
    assert again.company().drafts == ann.company().drafts
    assert again.export() == ann.export()
