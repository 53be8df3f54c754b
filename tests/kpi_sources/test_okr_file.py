"""OKR files: what is read, what is refused and how it is said."""

from datetime import date

import pytest

from kpi_sources.catalog import Catalog, KpiSpec
from kpi_sources.okr_file import OkrReading, read_okr_file

AS_OF = date(2026, 8, 15)


def read(text: str, **known: object) -> OkrReading:
    return read_okr_file(text.encode(), "okrs.yaml", as_of=AS_OF, **known)  # type: ignore[arg-type]


def said(reading: OkrReading) -> list[tuple[int | None, str, str]]:
    return [(problem.line, problem.field, problem.code) for problem in reading.errors]


SMALLEST = """\
objectives:
  - id: love
    title: People love the app
    key_results:
      - id: nps
        kpi: NPS
        segment: Nordics
        baseline: 52
        target: 70
        weight: 1
"""


def test_the_smallest_file_gets_its_defaults_and_says_so():
    reading = read(SMALLEST)
    assert reading.status == "ok"
    assert reading.file is not None
    objective = reading.file.objectives[0]
    assert (objective.cycle, objective.team, objective.level) == ("2026-Q3", "company", "committed")
    key_result = objective.key_results[0]
    assert (key_result.kind, key_result.baseline, key_result.target) == ("increase", 52.0, 70.0)
    assert [(link.kpi, link.role, link.segment) for link in key_result.all_links] == [
        ("NPS", "measure", "Nordics"),
        ("NPS", "outcome", "Nordics"),
    ]
    assert [team.id for team in reading.file.teams] == ["company"]
    assert [(cycle.id, cycle.start, cycle.end) for cycle in reading.file.cycles] == [
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    ]
    assert reading.notes == [
        "No cycle is given for love: 2026-Q3 is taken.",
        "No team is given for love: company is taken.",
        "No kind is given for nps: increase is taken from the other fields.",
    ]


def test_known_teams_and_cycles_are_not_described_again():
    reading = read(SMALLEST, known_teams={"company"}, known_cycles={"2026-Q3"})
    assert reading.file is not None
    assert (reading.file.teams, reading.file.cycles) == ([], [])


def test_target_equal_to_baseline_names_both_lines():
    reading = read(SMALLEST.replace("52", "70"))
    assert said(reading) == [(9, "objectives[0].key_results[0].target", "okr_target")]
    assert reading.errors[0].message == (
        "the target equals the baseline (70, line 8), so progress would divide by zero; set another target, or use "
        "kind: maintain with a band"
    )
    assert (reading.file, reading.notes[2:]) == (None, [])


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("1:30", "it looks like a time; write one number, such as minutes"),
        ("2026-07-01", "it looks like a date; write a number"),
        ("70%", "write the figure without the percent sign and add `format: percent`"),
        ("070", "a leading zero may mean an octal number; write it without"),
        ("0x46", "write a decimal number"),
        ("0o106", "write a decimal number"),
        (".inf", "it is not a finite number"),
        (".NaN", "it is not a finite number"),
        ("1_000", "write digits with a decimal point and no grouping, such as 1250.5"),
        ("1,5", "write digits with a decimal point and no grouping, such as 1250.5"),
        ("yes", "a yes or no is not a number"),
        ("seventy", "write digits, such as 12.5"),
    ],
)
def test_a_number_field_takes_a_plain_number_only(written: str, hint: str):
    reading = read(SMALLEST.replace("70", written))
    assert said(reading) == [(9, "objectives[0].key_results[0].target", "okr_type")]
    assert reading.errors[0].message == f"a number is expected, found '{written}': {hint}"


def test_a_number_in_quotes_a_number_too_large_and_a_list_are_refused():
    quoted = read(SMALLEST.replace("70", '"70"'))
    assert quoted.errors[0].message == "the number 70 stands in quotes, which makes it text; write it without quotes"
    large = read(SMALLEST.replace("70", "1e999"))
    assert large.errors[0].message == "1e999 is larger than a number can be; write less"
    listed = read(SMALLEST.replace("70", "[70]"))
    assert listed.errors[0].message == "one value is expected, found a list"


@pytest.mark.parametrize("number", ["-3", "+3.5", ".5", "5.", "1e3", "-2.5E-3", "0"])
def test_plain_decimal_numbers_are_taken(number: str):
    reading = read(SMALLEST.replace("70", number))
    assert reading.file is not None
    assert reading.file.objectives[0].key_results[0].target == float(number)


def test_words_that_yaml_would_turn_into_something_else_stay_text():
    reading = read("""\
objectives:
  - id: 2026-07-01
    title: NO
    team: on
    cycle: 2026
    key_results:
      - {id: 007, title: 1:30, kpi: yes, baseline: 1, target: 2, illustrative: yes}
      - {id: 1.10, title: ~, kpi: "null", baseline: 1, target: 2}
""")
    assert reading.file is not None
    objective = reading.file.objectives[0]
    assert (objective.id, objective.title, objective.team, objective.cycle) == ("2026-07-01", "NO", "on", "2026")
    first, second = objective.key_results
    assert (first.id, first.title, first.kpi, first.illustrative) == ("007", "1:30", "yes", True)
    assert (second.id, second.title, second.kpi) == ("1.10", "", "null")


def test_every_problem_is_reported_at_once_in_order_of_line():
    reading = read("""\
objectives:
  - id: A
    parent: B
    owners: me
    key_results:
      - {id: a, baseline: 1:30, target: 2, weight: -1}
      - {id: a, kind: up, target: 2}
      - {id: b, kind: increase, baseline: 5, target: 3}
      - {id: c, done: 2026-02-30}
      - {kind: maintain, band: [1]}
      - plain words
  - id: B
    parent: A
    cycle: spring
    key_results:
      - {id: d, weight: 0}
      - {id: e, weight: 0, links: [{kpi: X, role: outcome, lag: -5}], trailing: 2.5}
kpis:
  - {id: X, min_change: 0%}
  - {id: Y, direction: in_band}
cycles:
  - {id: foo, start: 2026-05-01, end: 2026-04-01}
""")
    assert reading.status == "rejected"
    assert said(reading) == [
        (3, "objectives[0].parent", "okr_cycle"),
        (4, "objectives[0].owners", "okr_field"),
        (6, "objectives[0].key_results[0].baseline", "okr_type"),
        (6, "objectives[0].key_results[0].weight", "okr_weight"),
        (7, "objectives[0].key_results[1].id", "okr_duplicate"),
        (7, "objectives[0].key_results[1].kind", "okr_value"),
        (8, "objectives[0].key_results[2]", "okr_target"),
        (9, "objectives[0].key_results[3].done", "okr_type"),
        (10, "objectives[0].key_results[4].id", "okr_missing"),
        (10, "objectives[0].key_results[4].band", "okr_value"),
        (11, "objectives[0].key_results[5]", "okr_type"),
        (14, "objectives[1].cycle", "okr_value"),
        (16, "objectives[1].key_results[0].weight", "okr_weight"),
        (17, "objectives[1].key_results[1].trailing", "okr_type"),
        (17, "objectives[1].key_results[1].links[0].lag", "okr_value"),
        (19, "kpis[0].min_change", "okr_value"),
        (20, "kpis[1]", "okr_value"),
        (22, "cycles[0]", "okr_value"),
    ]
    messages = {problem.field: problem.message for problem in reading.errors}
    assert messages["objectives[0].parent"] == (
        "the parents form a cycle (A -> B -> A): nothing can be its own parent; remove one of these parents"
    )
    assert messages["objectives[0].owners"].startswith(
        "unknown field 'owners'; did you mean 'owner'? The fields here are: id"
    )
    assert messages["objectives[0].key_results[0].weight"] == "weight must be 0 or more, found -1"
    assert messages["objectives[0].key_results[1].kind"] == (
        "'up' is not one of 'increase', 'decrease', 'maintain', 'milestone' or 'yes_no'"
    )
    assert messages["objectives[1].key_results[1].trailing"] == "trailing must be a whole number, found 2.5"
    assert messages["objectives[0].key_results[4].id"] == "the field 'id' is missing; add it"
    assert str(reading.errors[2]).startswith("line 6, objectives[0].key_results[0].baseline: a number or 'auto' is")


def test_an_unknown_kpi_is_a_warning_until_it_exists_and_an_error_with_a_catalog():
    assert read(SMALLEST, known_kpis={"NPS"}).notes == read(SMALLEST).notes
    warned = read(SMALLEST.replace("kpi: NPS", "kpi: NSP"), known_kpis={"NPS", "CSAT"})
    assert warned.status == "ok"
    assert warned.notes[-1] == (
        "Line 6: unknown KPI 'NSP': it is not among the 2 known KPIs; did you mean 'NPS'? Until it exists, the key "
        "result has no value from it."
    )
    refused = read(SMALLEST.replace("kpi: NPS", "kpi: NSP"), catalog={"NPS", "CSAT"}, segments={"Nordic"})
    assert said(refused) == [
        (6, "objectives[0].key_results[0].kpi", "okr_kpi"),
        (7, "objectives[0].key_results[0].segment", "unknown_segment"),
    ]
    assert refused.errors[1].message == (
        "unknown segment 'Nordics': it is not among the 1 known segments; did you mean 'Nordic'?"
    )


def test_a_kpi_written_in_another_case_is_the_known_one_but_a_look_alike_is_not():
    reading = read(SMALLEST.replace("kpi: NPS", "kpi: nps"), catalog={"NPS"}, segments={"NORDICS"})
    assert reading.file is not None
    key_result = reading.file.objectives[0].key_results[0]
    assert (key_result.kpi, key_result.segment) == ("NPS", "NORDICS")
    cyrillic = read(SMALLEST.replace("kpi: NPS", "kpi: NPЅ"), catalog={"NPS"})
    assert said(cyrillic) == [(6, "objectives[0].key_results[0].kpi", "okr_kpi")]


def test_a_catalogue_of_extracts_serves_too():
    catalog = Catalog.build([KpiSpec("NPS", "Net promoter score"), KpiSpec("QTY", any_segment=True)], ["Nordics"])
    assert read(SMALLEST, catalog=catalog).status == "ok"
    assert read(SMALLEST.replace("kpi: NPS", "kpi: QTY").replace("Nordics", "shelf 7"), catalog=catalog).status == "ok"
    by_name = read(SMALLEST.replace("kpi: NPS", "kpi: net promoter score"), catalog=catalog)
    assert by_name.file is not None
    assert by_name.file.objectives[0].key_results[0].kpi == "NPS"
    refused = read(SMALLEST.replace("Nordics", "shelf 7"), catalog=catalog)
    assert said(refused) == [(7, "objectives[0].key_results[0].segment", "unknown_segment")]


def test_a_kpi_that_the_file_itself_defines_is_known():
    reading = read(SMALLEST + "kpis:\n  - {id: NPS, unit: points, range: [-100, 100]}\n", catalog=set())
    assert reading.status == "ok"


def test_weights_are_free_but_an_odd_sum_gets_a_hint():
    two = SMALLEST + "      - {id: b, kpi: CSAT, baseline: 1, target: 2, weight: 3}\n"
    hint = "The weights of objective 'love' sum to 4, neither 1 nor 100; they are used as shares of their sum."
    assert hint in read(two).notes
    for first, second in (("0.25", "0.75"), ("40", "60"), ("2", "2")):
        even = two.replace("weight: 1", f"weight: {first}").replace("weight: 3", f"weight: {second}")
        assert not [note for note in read(even).notes if "weights" in note]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"# nothing yet\n", "empty_file"),
        (b"objectives: []\n", "no_rows"),
        (b"- a\n- b\n", "okr_type"),
        (b"just words\n", "okr_type"),
        (b"\xff\xff\xfe\x00", "encoding"),
        (b"objectives: \xe9t\xe9\n", "encoding"),
        (b"x" * 5_000_001, "too_large"),
    ],
)
def test_files_that_hold_no_okrs_say_why(data: bytes, code: str):
    reading = read_okr_file(data, "okrs.yaml", as_of=AS_OF)
    assert (reading.status, [problem.code for problem in reading.errors]) == ("rejected", [code])


def test_utf_16_and_a_byte_order_mark_are_read():
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_okr_file(SMALLEST.encode(encoding), "okrs.yml", as_of=AS_OF).status == "ok"


def test_a_flood_of_problems_is_cut_with_the_count_of_the_rest():
    rows = "".join(f"      - {{id: k{n}, target: x{n}}}\n" for n in range(250))
    reading = read(f"objectives:\n  - id: A\n    key_results:\n{rows}")
    assert len(reading.errors) == 201
    assert reading.errors[-1].message == "50 more problems are not listed; solve these first"
