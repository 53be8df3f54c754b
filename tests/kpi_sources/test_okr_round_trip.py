"""What is written is read back without loss."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_sources.okr_file import read_okr_file, write_okr_file
from models.definition import Band
from models.kpi import Kpi
from models.okr import Checkpoint, Cycle, KeyResult, Link, Objective, OkrFile, Stage, Team
from tests.budget import examples

AS_OF = date(2026, 8, 15)
words = st.one_of(
    st.sampled_from(
        [
            "no\x85on",
            "a\n b\n",
            "no",
            "on",
            "1:30",
            "007",
            "~",
            "null",
            "2026-07-01",
            "*a",
            "&b",
            "!c",
            "- d",
            "#e",
            "a: b",
            "5%",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20),
).filter(lambda text: text.strip() != "")
ids = st.lists(words.map(str.strip), min_size=1, max_size=4, unique=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
links = st.builds(
    Link, kpi=words, role=st.sampled_from(["outcome", "guardrail", "control"]), lag=st.integers(0, 90), segment=words
)


@st.composite
def key_results(draw: st.DrawFn, identifier: str) -> KeyResult:
    common = {
        "id": identifier,
        "title": draw(st.one_of(st.just(""), words)),
        "weight": draw(st.floats(0.1, 100)),
        "links": draw(st.lists(links, max_size=2)),
        "kpi": draw(st.one_of(st.none(), words)),
        "note": draw(st.one_of(st.just(""), words)),
        "illustrative": draw(st.booleans()),
        "continues": draw(st.one_of(st.none(), words)),
    }
    kind = draw(st.sampled_from(["increase", "maintain", "milestone", "yes_no"]))
    if kind == "increase":
        target = draw(numbers)
        baseline = draw(st.one_of(st.just("auto"), numbers.filter(lambda value: value != target)))
        points = [Checkpoint(on=draw(days), progress=draw(numbers))]
        if isinstance(baseline, float) and target < baseline:
            kind = "decrease"
        return KeyResult(**common, kind=kind, baseline=baseline, target=target, checkpoints=points)
    if kind == "maintain":
        low = draw(st.floats(-100, 0))
        return KeyResult(**common, kind=kind, band=Band(low=low, high=draw(st.one_of(st.none(), st.floats(0, 9)))))
    if kind == "milestone":
        stage = st.builds(Stage, title=words, weight=st.floats(0.1, 5), due=st.none() | days, done=st.none() | days)
        return KeyResult(**common, kind=kind, stages=draw(st.lists(stage, min_size=1, max_size=3)))
    return KeyResult(**common, kind=kind, done=draw(st.none() | days))


@st.composite
def files(draw: st.DrawFn) -> OkrFile:
    teams = [Team(id=identifier, name=draw(words)) for identifier in draw(ids)]
    cycles = [Cycle(id=identifier, start=date(2026, 7, 1), end=draw(days.filter(lambda day: day.year > 2026)))
              for identifier in draw(ids)]  # fmt: skip
    minimum = st.one_of(st.none(), st.floats(0.1, 9), st.sampled_from(["2%", "0.5%"]))
    kpis = [
        Kpi(id=identifier, name=draw(words), min_change=draw(minimum), range=Band(low=0.0)) for identifier in draw(ids)
    ]
    names = draw(st.lists(words.map(str.strip), min_size=1, max_size=4, unique=True))
    objectives = [
        Objective(
            id=identifier,
            title=draw(words),
            team=draw(st.sampled_from(teams)).id,
            cycle=draw(st.sampled_from(cycles)).id,
            level=draw(st.sampled_from(["committed", "aspirational"])),
            key_results=[draw(key_results(name)) for name in names] if position == 0 else [],
        )
        for position, identifier in enumerate(draw(ids))
    ]
    return OkrFile(teams=teams, cycles=cycles, kpis=kpis, objectives=objectives)


@settings(max_examples=examples(40), deadline=None)
@given(files())
def test_written_and_read_back_is_the_same(file: OkrFile):
    reading = read_okr_file(write_okr_file(file).encode(), "okrs.yaml", as_of=AS_OF)
    assert [str(problem) for problem in reading.errors] == []
    assert reading.file == file


def test_the_written_form_is_what_a_person_would_write():
    key_result = KeyResult(id="nps", kpi="NPS", baseline=52.0, target=70.0)
    objective = Objective(id="love", title="People love the app", team="app", cycle="2026-Q3", key_results=[key_result])
    assert (
        write_okr_file(OkrFile(objectives=[objective]))
        == """\
objectives:
- id: love
  title: People love the app
  team: app
  cycle: 2026-Q3
  key_results:
  - id: nps
    kind: increase
    kpi: NPS
    baseline: 52
    target: 70
"""
    )


@settings(max_examples=examples(40), deadline=None)
@given(st.binary(max_size=80), st.integers(0, 10**6), st.sampled_from(["okrs.yaml", "okrs.csv", "okrs.xlsx"]))
def test_reading_never_raises(noise: bytes, at: int, name: str):
    good = write_okr_file(
        OkrFile(objectives=[Objective(id="a", key_results=[KeyResult(id="b", baseline=1.0, target=2.0)])])
    ).encode()
    cut = at % (len(good) + 1)
    for data in (noise, good[:cut] + noise + good[cut:]):
        reading = read_okr_file(data, name, as_of=AS_OF)
        assert (reading.status == "ok") == (reading.file is not None) == (reading.errors == [])
