"""Dependencies in an OKR file: unknown ids and loops are refused with what is meant; teams and statuses come back."""

from datetime import date

from kpi_sources.okr_file import read_okr_file, write_okr_file

FILE = """\
teams:
  - {id: app, check_in_every: 2, check_in_on: friday}
statuses:
  - {id: going, name: Going well, icon: ▸, tone: good}
  - {id: old, retired: yes}
objectives:
  - id: o
    team: app
    cycle: 2026-Q3
    key_results:
      - {id: portal, kind: yes_no}
      - {id: launch, target: 2, depends_on: [{on: portal, needed_by: 2026-08-01, note: the login}]}
"""


def read(text: str, known: dict | None = None):
    return read_okr_file(text.encode(), "okrs.yaml", as_of=date(2026, 7, 1), known_dependencies=known)


def told(reading) -> list[tuple]:
    return [(problem.line, problem.field, problem.code, problem.message) for problem in reading.errors]


def test_rhythm_statuses_and_dependencies_come_back_as_written():
    reading = read(FILE)
    assert reading.errors == []
    team, [going, old] = reading.file.teams[0], reading.file.statuses
    assert (team.check_in_every, team.check_in_on, going.label, old.retired) == (2, "friday", "Going well", True)
    assert read(write_okr_file(reading.file)).file == reading.file


def test_an_unknown_rhythm_is_refused():
    assert told(read(FILE.replace("check_in_every: 2", "check_in_every: 3")))[0][3] == (
        "check_in_every must be 2 or less, found 3"
    )
    assert told(read(FILE.replace("friday", "fryday")))[0][2] == "okr_value"


def test_an_unknown_id_is_refused_with_the_one_that_is_meant():
    assert told(read(FILE.replace("on: portal", "on: portl"), {"other": []})) == [
        (
            12, "objectives[0].key_results[1].depends_on[0].on", "okr_dependency",
            "unknown key result 'portl': it is not among the 3 known key results; did you mean 'portal'?",
        )
    ]  # fmt: skip


def test_a_key_result_that_is_known_already_may_be_waited_for():
    assert read(FILE.replace("on: portal", "on: other"), {"other": []}).errors == []


def test_where_nothing_is_known_of_what_is_outside_it_is_a_warning():
    reading = read(FILE.replace("on: portal", "on: other"))
    assert reading.errors == []
    assert "Line 12: 'other', which 'launch' waits for, is not in the file." in reading.notes


def test_a_loop_is_named_with_its_way():
    text = FILE.replace("{id: portal, kind: yes_no}", "{id: portal, kind: yes_no, depends_on: [{on: launch}]}")
    way = "portal -> launch -> portal"
    assert told(read(text)) == [
        (
            11, "objectives[0].key_results[0].depends_on", "okr_dependency",
            f"these key results wait for each other ({way}), so none of them could ever come; take one of these "
            "dependencies out",
        )
    ]  # fmt: skip


def test_a_loop_through_what_is_known_already_is_found():
    found = told(read(FILE.replace("on: portal", "on: other"), {"other": ["launch"]}))
    assert [(line, code) for line, _, code, _ in found] == [(12, "okr_dependency")]
    assert "(other -> launch -> other)" in found[0][3]


def test_the_file_says_the_last_word_on_what_it_names():
    assert read(FILE, {"portal": ["launch"]}).errors == []  # the stored loop is taken out by this import
