"""OKR tables of other tools: one row a node, one row an objective, a mapping, values that become check-ins."""

from datetime import date

import pytest

from kpi_sources.mapping import MappingError
from kpi_sources.okr_columns import OkrMapping
from kpi_sources.okr_file import OkrReading, read_okr_file
from kpi_sources.reported import Reported

AS_OF = date(2026, 8, 15)


def read(text: str, mapping: str = "") -> OkrReading:
    return read_okr_file(
        text.encode(), "okrs.csv", as_of=AS_OF, mapping=OkrMapping.from_yaml(mapping) if mapping else None
    )


def tree(reading: OkrReading) -> list[tuple]:
    assert [str(problem) for problem in reading.errors] == []
    assert reading.file is not None
    return [
        (o.id, o.title, o.team, o.parent, [(k.id, k.title, k.baseline, k.target, k.owner) for k in o.key_results])
        for o in reading.file.objectives
    ]


NODES = """\
ID,Parent ID,Type,Title,Owner,Team,Start value,Target value,Current value,Quarter
G1,,Goal,Grow,Kim,company,,,,Q3 2026
G2,G1,Goal,People love the app,Ada,app,,,,Q3 2026
T1,G2,Target,NPS reaches 70,Bo,,52,70,61,
T2,G2,Target,Fewer uninstalls,Bo,,1200,1020,,
I1,G2,Initiative,New onboarding,Bo,,,,,
"""


def test_one_row_a_node_with_its_parent():
    reading = read(NODES)
    assert tree(reading) == [
        ("G1", "Grow", "company", None, []),
        (
            "G2", "People love the app", "app", "G1",
            [("T1", "NPS reaches 70", 52.0, 70.0, "Bo"), ("T2", "Fewer uninstalls", 1200.0, 1020.0, "Bo")],
        ),
    ]  # fmt: skip
    assert [(o.cycle, o.owner) for o in reading.file.objectives] == [("2026-Q3", "Kim"), ("2026-Q3", "Ada")]
    assert reading.reported == [Reported("T1", AS_OF, 61.0)]
    assert reading.notes[0] == "Read as one row a node."
    assert (
        "Rows of these types are left out: Initiative (1). A mapping can say what they are (`types:`)." in reading.notes
    )
    assert "Current values without a day of their own are check-ins of 2026-08-15." in reading.notes
    assert reading.lines == {
        ("objective", "G1"): 2, ("objective", "G2"): 3, ("key_result", "T1"): 4, ("key_result", "T2"): 5,
    }  # fmt: skip


def test_the_words_are_swedish_as_well_and_parents_may_be_titles():
    text = (
        "Nr;Överordnat mål;Typ;Titel;Ägare;Startvärde;Målvärde\n"
        "1;;Mål;Nöjda kunder;Eva;;\n"
        "2;Nöjda kunder;Nyckelresultat;NPS når 70;Eva;52;70\n"
    )
    assert tree(read(text)) == [("1", "Nöjda kunder", "company", None, [("2", "NPS når 70", 52.0, 70.0, "Eva")])]


def test_without_a_type_what_has_rows_below_it_is_an_objective():
    text = "id,parent,name,target\na,,Grow,\nb,a,Users,120\nc,,Alone,\n"
    assert [(o, [k[0] for k in rows]) for o, *_, rows in tree(read(text))] == [("a", ["b"]), ("c", [])]


def test_nodes_that_hang_nowhere_name_their_line():
    text = "id,parent,type,title\na,,goal,Grow\nb,gone,kr,Users\nc,,kr,Alone\na,,goal,Again\nd,b,kr,Deep\n"
    reading = read(text)
    assert [(p.line, p.code) for p in reading.errors] == [
        (3, "okr_parent"), (4, "okr_parent"), (5, "okr_duplicate"), (6, "okr_parent"),
    ]  # fmt: skip
    assert reading.errors[1].message == (
        "a key result hangs below an objective, this one below 'nothing'; write the id of its objective"
    )


WIDE = """\
Objective,Team,Quarter,Owner,KR1,KR1 baseline,KR1 target,KR1 current,KR1 owner,KR 2,Target KR2,Mood
People love the app,app,2026-Q3,Ada,NPS reaches 70,52,70,61,Bo,Launch it,,good
Steady service,platform,2026-Q3,Eva,99.9%,99%,99.9%,,Bo,,,
"""


def test_one_row_an_objective():
    reading = read(WIDE)
    assert tree(reading) == [
        (
            "people-love-the-app", "People love the app", "app", None,
            [("nps-reaches-70", "NPS reaches 70", 52.0, 70.0, "Bo"), ("launch-it", "Launch it", None, None, None)],
        ),
        ("steady-service", "Steady service", "platform", None, [("99-9", "99.9%", 99.0, 99.9, "Bo")]),
    ]  # fmt: skip
    assert [o.owner for o in reading.file.objectives] == ["Ada", "Eva"]
    assert [k.format for o in reading.file.objectives for k in o.key_results] == ["number", "number", "percent"]
    assert reading.reported == [Reported("nps-reaches-70", AS_OF, 61.0)]
    assert reading.notes[:2] == ["Read as one row an objective.", "Columns that are not read: Mood."]


def test_a_numbered_key_result_without_words_is_named():
    reading = read("objective,KR1,KR1 target,KR2,KR2 target\nGrow,Users,5,,7\n")
    assert [(p.line, p.field, p.message) for p in reading.errors] == [
        (2, "KR1".replace("1", "2"), "key result 2 has target but no words; write what it is, or clear its cells")
    ]


MAPPED = """\
Goal;Target name;Begin;End;Now;Seen;Who;Kind
Grow;Users;1 000,5;2.000;1 200;2026-08-01;Ada;Percent
"""


def test_a_mapping_says_which_column_means_what():
    mapping = """
columns: {objective: Goal, key_result: Target name, baseline: Begin, target: End, current: Now, current_on: Seen, owner: Who}
decimal: ","
"""
    reading = read(MAPPED, mapping)
    assert tree(reading) == [("grow", "Grow", "company", None, [("users", "Users", 1000.5, 2000.0, "Ada")])]
    assert reading.reported == [Reported("users", date(2026, 8, 1), 1200.0)]
    assert reading.file.objectives[0].key_results[0].format == "percent"


def test_a_mapping_to_a_column_that_is_not_there_says_what_there_is():
    reading = read(MAPPED, "columns: {objective: Goal, key_result: Zzz}")
    assert [p.message for p in reading.errors] == [
        "the mapping reads key_result from the column 'Zzz', which is not there; there are Goal, Target name, Begin, "
        "End, Now, Seen, Who, Kind"
    ]


def test_a_mapping_for_nodes_and_for_wide_tables():
    nodes = "Key,Above,What,Words,Goal\na,,Dream,Grow,\nb,a,Number,Users,120\n"
    mapping = """
layout: nodes
columns: {id: Key, parent: Above, type: What, title: Words, target: Goal}
types: {Dream: objective, Number: key_result}
"""
    assert [(o, [(k[0], k[3]) for k in rows]) for o, *_, rows in tree(read(nodes, mapping))] == [("a", [("b", 120.0)])]
    wide = "Aim,First,First to\nGrow,Users,120\n"
    mapping = "layout: wide\ncolumns: {objective: Aim, key_result 1: First, target 1: First to}"
    assert [(o, [(k[1], k[3]) for k in rows]) for o, *_, rows in tree(read(wide, mapping))] == [
        ("grow", [("Users", 120.0)])
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums: {}", "unknown key in the OKR mapping: colums"),
        ("columns: {aim: Goal}", "unknown field 'aim' in columns"),
        ("columns: [a]", "columns is a list of"),
        ("types: {Dream: goal}", "types: Dream is one of objective, key_result, leave_out; found 'goal'"),
        ("layout: tall", "layout is one of key_results, nodes, wide, found 'tall'"),
        ("header_row: 0", "header_row is a whole number from 1"),
        ("- a", "an OKR mapping is a list of"),
        ("columns: {", "not valid YAML"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(text, said):
    with pytest.raises(MappingError, match=said):
        OkrMapping.from_yaml(text)


def test_a_current_value_that_is_no_number_names_its_line():
    text = "objective,key result,target,current,last updated\nGrow,Users,5,lots,\nGrow,More,5,4,soon\n"
    assert [(p.line, p.field, p.code) for p in read(text).errors] == [
        (2, "current", "okr_type"), (3, "current_on", "okr_type"),
    ]  # fmt: skip


def test_tags_and_days_of_a_table():
    reading = read('objective,key result,target,due date,tags\nGrow,Users,5,2026-09-01,"app, mobile"\n')
    kr = reading.file.objectives[0].key_results[0]
    assert (kr.due, kr.tags) == (date(2026, 9, 1), ["app", "mobile"])
