"""What an import would change."""

from models.okr import KeyResult, Objective, OkrFile, Team
from models.okr_changes import Change, compare


def _file(*key_results: KeyResult, objective: str = "A", team: str = "app") -> OkrFile:
    return OkrFile(teams=[Team(id=team)], objectives=[Objective(id=objective, key_results=list(key_results))])


NPS = KeyResult(id="nps", baseline=52.0, target=70.0)


def test_equal_files_change_nothing():
    assert compare(_file(NPS), _file(NPS.model_copy(deep=True))) == []


def test_new_changed_and_absent_definitions_are_told_apart():
    old = _file(NPS, KeyResult(id="old", baseline=1.0, target=2.0, note="soon"))
    new = _file(
        NPS.model_copy(update={"target": 65.0, "owner": "Ada"}),
        KeyResult(id="launch"),
        team="web",
    )
    assert compare(old, new) == [
        Change("team", "web", "new"),
        Change("key_result", "nps", "changed", "owner", None, "Ada"),
        Change("key_result", "nps", "changed", "target", 70.0, 65.0),
        Change("key_result", "launch", "new"),
        Change("team", "app", "gone"),
        Change("key_result", "old", "gone"),
    ]


def test_a_field_that_the_file_leaves_out_goes_back_to_its_default():
    noted = NPS.model_copy(update={"note": "soon"})
    assert compare(_file(noted), _file(NPS)) == [Change("key_result", "nps", "changed", "note", "soon", None)]


def test_a_key_result_that_moves_to_another_objective_is_no_new_one():
    changes = compare(_file(NPS), _file(NPS, objective="B"))
    assert changes == [
        Change("objective", "B", "new"),
        Change("key_result", "nps", "changed", "objective", "A", "B"),
        Change("objective", "A", "gone"),
    ]


def test_every_change_has_its_sentence():
    assert [
        Change("team", "web", "new").sentence,
        Change("key_result", "nps", "changed", "target", 70.0, 65.5).sentence,
        Change("key_result", "nps", "changed", "owner", None, "Ada").sentence,
        Change("kpi", "NPS", "gone").sentence,
    ] == [
        "Team web is new.",
        "Key result nps: target 70 -> 65.5.",
        "Key result nps: owner nothing -> 'Ada'.",
        "KPI NPS is not in the file and stays as it is.",
    ]
