"""A big file goes through the database with the very result of the ordinary reader: counts, rows, problems, checks."""

import csv
import io
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data import file_load, staged_file
from data.gate import NotNow
from data.store import open_store
from kpi_sources import bulk_faults, bulk_scan
from kpi_sources.limits import LIMITS
from models.definition import Band
from models.kpi import Kpi
from models.refused import Refused
from tests.budget import examples
from tests.data.conftest import ON_A_LAKE
from workspace import LoadOptions, LoadResult, Workspace

NOW = datetime(2025, 6, 30, 12)
FIRST = date(2025, 1, 1)
KNOWN = [Kpi(id="visits", cadence="day", range=Band(low=0.0, high=500.0)), Kpi(id="margin", cadence="month")]


def opened(folder: Path) -> Workspace:
    return Workspace(folder / "s.duckdb", who="ann", now=lambda: NOW)


def stored(workspace: Workspace) -> list[tuple]:
    with workspace.store.read() as connection:
        return connection.execute(
            "SELECT kpi, segment, period, value, exact, load_id, came FROM observation ORDER BY ALL"
        ).fetchall()


def outcome(workspace: Workspace, result: LoadResult) -> dict:
    detail = workspace.load_detail(result.load_id)
    return {
        "status": result.status,
        "counts": result.counts,
        "rejected": result.rejected,
        "layout": result.intake.extract.layout,
        "sha256": result.intake.extract.sha256,
        "missing": result.intake.extract.missing,
        "created": result.intake.created,
        "warnings": sorted(problem.message for problem in result.intake.warnings),
        "new": result.new.to_dict("list"),
        "checks": detail.checks.to_dict("list"),
        "stored": stored(workspace),
        "kpis": workspace.company().kpis,
        "broken": [finding.rule for finding in workspace.check() if finding.broken],
    }


@pytest.fixture(scope="session")
def begun(tmp_path_factory) -> Path:
    """A store that knows KNOWN, to be copied."""
    workspace = opened(tmp_path_factory.mktemp("begun"))
    workspace.define_kpis(KNOWN)
    return workspace.store.path


@pytest.fixture(scope="session")
def both(begun, copied):
    """both(folder, text, options, before=): what the ordinary reader and the bulk path make of the same file, each in
    a store of its own that knows KNOWN."""

    def ask(folder: Path, text: str | bytes, options: LoadOptions, *, before: str = "") -> tuple[dict, dict]:
        out = []
        for at, big in ((folder / "ordinary", False), (folder / "bulk", True)):
            at.mkdir(parents=True, exist_ok=True)
            copied(begun, at)
            workspace = opened(at)
            if before:
                workspace.load("extract.csv", before.encode(), options)
            file = at / "extract.csv"
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
            result = workspace.load_path(file, options, from_bytes=0 if big else 1 << 40)
            out.append(outcome(workspace, result))
        return out[0], out[1]

    return ask


def written(rows: list[tuple], delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
        [("kpi", "date", "value", "segment"), *rows]
    )
    return out.getvalue()


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


PLAIN = [("visits", day(d), str(100 + d), segment) for segment in ("north", "south") for d in range(40)]
CREATE = LoadOptions(create_kpis=True, trusted=True)


@pytest.fixture
def taken(monkeypatch):
    """The names of files that the bulk path has loaded itself."""
    names = []
    run = file_load.BulkLoad.run

    def counted(self, connection):
        result = run(self, connection)
        names.append(self.file.path.name)
        return result

    monkeypatch.setattr(file_load.BulkLoad, "run", counted)
    return names


NAME = st.sampled_from(["visits", "visits", "margin", "Visits ", "clicks", "Åre", "nobody knows, surely"])
SEGMENT = st.sampled_from(["north", "south", "North", "all"])
VALUE = st.one_of(
    st.integers(0, 400).map(str),
    st.decimals(0, 400, places=2).map(str),
    st.sampled_from(["12.5", "0.123456789012345678", "99.90000000000000000", "7", "-3", "0.5"]),
)
ODD = st.sampled_from(["", "n/a", "12 %", "1,5", "x", "inf", "1e3", "007", "600"])
ROW = st.tuples(NAME, st.integers(0, 60).map(day), st.one_of(VALUE, VALUE, VALUE, VALUE, ODD), SEGMENT)
CALM = st.tuples(st.sampled_from(["visits", "clicks"]), st.integers(0, 60).map(day), VALUE, st.sampled_from(["a", "b"]))


@settings(
    max_examples=examples(1 if ON_A_LAKE else 2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.one_of(st.lists(ROW, min_size=1, max_size=25), st.lists(CALM, min_size=3, max_size=25)),
    create=st.booleans(),
    partial=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[*PLAIN, ("visits", day(3), "5", "north")], create=True, partial=True, quoting=csv.QUOTE_ALL, end="\n")
def test_the_bulk_path_and_the_ordinary_one_agree(tmp_path_factory, both, rows, create, partial, quoting, end):
    options = LoadOptions(create_kpis=create, accept_partial=partial, trusted=True)
    folder = tmp_path_factory.mktemp("both")
    ordinary, bulk = both(folder, written(rows, end=end, quoting=quoting), options)
    assert bulk == ordinary


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(written(PLAIN), id="in order"),
        pytest.param(written(PLAIN[::-1]), id="in no order"),
        pytest.param(written(PLAIN, "\t"), id="tabs"),
        pytest.param(written(PLAIN, end="\r\n"), id="CRLF"),
        pytest.param(written(PLAIN).rstrip("\n"), id="no last line end"),
        pytest.param(written(PLAIN, quoting=csv.QUOTE_ALL), id="quoted"),
        pytest.param("\ufeff" + written(PLAIN), id="byte order mark"),
        pytest.param(written([(k, d, "" if v == "103" else v, s) for k, d, v, s in PLAIN]), id="a missing value"),
        pytest.param(written([(k, d, f"{v},25", s) for k, d, v, s in PLAIN], ";"), id="decimal comma"),
        pytest.param(written([(k, f"{d[8:]}.{d[5:7]}.{d[:4]}", v, s) for k, d, v, s in PLAIN]), id="day first"),
        pytest.param(written([(k, d.replace("-", ""), v, s) for k, d, v, s in PLAIN]), id="compact days"),
        pytest.param(written([*PLAIN, PLAIN[5], PLAIN[7]]), id="repeated rows"),
        pytest.param(written([(f"{k} ", d, v, s.upper()) for k, d, v, s in PLAIN]), id="names with blanks"),
        pytest.param(written([(k, d, f"{v}.12345678901234", s) for k, d, v, s in PLAIN]), id="long numbers"),
        pytest.param(written([("rate", f"2024-{m:02}", str(m), s) for s in "ab" for m in range(1, 13)]), id="months"),
        pytest.param(
            written([("rate", day(d), "5", s) for s in "ab" for d in (30, 58, 89, 119)]), id="last days of months"
        ),
        pytest.param(
            written([("margin", f"2024-{m:02}-15", str(m), s) for s in "ab" for m in range(1, 13)]), id="a month's day"
        ),
    ],
)
def test_usual_files_take_the_bulk_path(tmp_path, both, taken, text):
    ordinary, bulk = both(tmp_path, text, CREATE)
    assert bulk == ordinary
    assert taken == ["extract.csv"]


WRONG = [
    ("two values for a key", written([*PLAIN, ("visits", day(3), "5", "north")])),
    ("out of range", written([*PLAIN, ("visits", day(50), "9000", "north")])),
    ("no such day", written([*PLAIN, ("visits", "2025-02-30", "5", "north")])),
    ("in the future", written([*PLAIN, ("visits", "2026-01-01", "5", "north")])),
    ("two marks", written([*PLAIN, ("visits", day(50), "5,5", "north"), ("visits", day(51), "5.55", "north")])),
    ("a cell too few", written(PLAIN) + "visits,2025-03-01,5\n"),
    ("a total", written(PLAIN) + "Total,,5000,\n"),
    ("the header again", written(PLAIN) + "kpi,date,value,segment\n"),
    ("a stray quote", written(PLAIN) + 'visits,2025-03-01,5,"nor"th\n'),
    ("a line end in a cell", written(PLAIN) + 'visits,2025-03-01,5,"east\nern"\n'),
    ("a blank behind a quote", written(PLAIN) + 'visits,2025-03-01,5,"east" \n'),
    ("not UTF-8", written(PLAIN).encode() + b"visits,2025-03-01,5,\xe9st\n"),
    ("day or month", written([("rate", f"{d + 1:02}/01/2025", "1", "all") for d in range(12)])),
    ("point or thousands", written([("rate", day(d), f"1.{d + 100}", "all") for d in range(12)])),
]


# Every other one is to be stored in part, if it can be: all of them both ways would take half a minute more.
@pytest.mark.parametrize(
    ("partial", "text"), [(at % 2 == 1, text) for at, (_, text) in enumerate(WRONG)], ids=[name for name, _ in WRONG]
)
def test_what_is_wrong_is_said_as_the_ordinary_reader_says_it(tmp_path, both, taken, text, partial):
    options = LoadOptions(create_kpis=True, accept_partial=partial, trusted=True)
    ordinary, bulk = both(tmp_path, text, options)
    assert bulk == ordinary
    assert taken == []


def test_names_that_the_sample_missed_are_found_in_the_file(tmp_path, both, taken, monkeypatch):
    monkeypatch.setattr(staged_file, "sample", lambda path: bulk_scan.sample(path, head_lines=20, probes=2))
    rows = [(f"kpi {d // 8}", day(d % 8), str(d), f"s{d // 40}") for d in range(240)]
    ordinary, bulk = both(tmp_path, written(rows), CREATE)
    assert bulk == ordinary
    assert taken == ["extract.csv"]


def test_a_decimal_mark_that_the_sample_did_not_show_is_not_guessed(tmp_path, both, taken, monkeypatch):
    monkeypatch.setattr(staged_file, "sample", lambda path: bulk_scan.sample(path, head_lines=20, probes=2))
    rows = [("visits", day(d), "1.234" if d == 30 else str(d), "all") for d in range(60)]
    ordinary, bulk = both(tmp_path, written(rows), CREATE)
    assert bulk == ordinary
    assert bulk["status"] == "needs_input"
    assert taken == []


def test_known_values_are_compared(tmp_path, both, taken):
    rows = [*PLAIN[:10], ("visits", day(10), "7", "north"), *PLAIN[11:], ("visits", day(45), "9", "north")]
    ordinary, bulk = both(tmp_path, written(rows), CREATE, before=written(PLAIN))
    assert bulk == ordinary
    assert {name: bulk["counts"][name] for name in ("accepted_new", "unchanged", "restated")} == {
        "accepted_new": 1, "unchanged": 79, "restated": 1,
    }  # fmt: skip
    assert taken == ["extract.csv"]


@pytest.mark.parametrize(
    ("rows", "jumps"),
    [
        ([("visits", day(d), "5", "north") for d in range(40, 80)], 1),  # goes on from 139, which the file has not
        # begins with the last known day, restated
        ([("visits", day(d), str(5 + d / 100), "north") for d in range(39, 80)], 0),
        ([("visits", day(d), "5", "north") for d in range(30)], 0),  # ends before it: what comes later is not judged
        ([("visits", day(d), "5", "north") for d in (39, 40)] + [("visits", day(40), "5", "south")], 1),
    ],
)
def test_the_first_new_value_is_held_against_the_last_known_one(tmp_path, both, taken, rows, jumps):
    ordinary, bulk = both(tmp_path, written(rows), CREATE, before=written(PLAIN))
    assert bulk == ordinary
    checks = pd.DataFrame(bulk["checks"]).set_index("expectation")
    assert checks.loc[["no_jump"], "unexpected"].iloc[0] == jumps
    assert taken == ["extract.csv"]


def test_the_same_bytes_are_recognised_without_being_read_again(tmp_path, monkeypatch):
    workspace = opened(tmp_path)
    file = tmp_path / "extract.csv"
    file.write_text(written([*PLAIN, PLAIN[0]]))
    first = workspace.load_path(file, CREATE, from_bytes=0)
    monkeypatch.setattr(file_load, "BulkLoad", None)
    again = workspace.load_path(file, CREATE, from_bytes=0)
    assert (again.status, again.load_id) == ("already_loaded", first.load_id)
    assert again.counts == {
        "accepted_new": 0, "unchanged": 80, "restated": 0, "repeated": 1, "rejected": 0, "absent": 0,
    }  # fmt: skip
    assert again.intake.extract.layout == first.intake.extract.layout


def test_a_load_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    workspace = opened(tmp_path)
    file = tmp_path / "extract.csv"
    file.write_text(written(PLAIN))
    monkeypatch.setattr(file_load.ledger, "record_checks", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workspace.load_path(file, CREATE, from_bytes=0)
    assert stored(workspace) == []
    assert workspace.loads().empty
    with open_store(workspace.store.path).read():  # still there, and proved
        pass


@pytest.mark.parametrize(
    "more",
    [
        pytest.param([("visits", day(3), "5", "north")], id="two values for a key"),
        pytest.param(
            [("visits", "2025-02-30", "5", "north"), ("visits", day(51), "x", "north")], id="no day, no number"
        ),
        pytest.param(
            [("visits", "2026-01-01", "5", "north"), ("visits", day(51), "12 %", "")], id="future, no segment"
        ),
        pytest.param([("visits", day(51), "5")], id="a cell too few"),
        pytest.param([("nobody", day(51), "5", "north")], id="nobody's KPI"),
    ],
)
def test_beyond_what_the_ordinary_reader_takes_faults_are_named_by_their_lines(tmp_path, monkeypatch, more):
    text = written([*PLAIN, *more])
    workspace = opened(tmp_path)
    workspace.define_kpis(KNOWN)
    file = tmp_path / "extract.csv"
    file.write_text(text)
    wanted = workspace.load_path(file, LoadOptions(trusted=True), from_bytes=1 << 40)
    monkeypatch.setattr(file_load, "LIMITS", type(LIMITS)(file_bytes=100))
    monkeypatch.setattr(file_load, "find_faults", partial(bulk_faults.find_faults, part=400))
    result = workspace.load_path(file, LoadOptions(trusted=True), from_bytes=0)
    assert result.status == wanted.status == "rejected"
    assert [(r["row"], r["column"], r["code"]) for r in result.rejected] == [
        (r["row"], r["column"], r["code"]) for r in wanted.rejected
    ]
    assert stored(workspace) == []


def test_bytes_that_another_process_stored_meanwhile_are_stored_once(tmp_path, monkeypatch):
    workspace = opened(tmp_path)
    file = tmp_path / "extract.csv"
    file.write_text(written(PLAIN))
    first = workspace.load_path(file, CREATE, from_bytes=0)
    version = workspace.data_version()
    monkeypatch.setattr(file_load.ledger, "has_loads_of", lambda *_: False)
    again = workspace.load_path(file, CREATE, from_bytes=0)
    assert (again.status, again.load_id, len(stored(workspace))) == ("already_loaded", first.load_id, 80)
    assert (workspace.data_version(), len(workspace.loads())) == (version, 1)


@pytest.fixture
def meanwhile(monkeypatch):
    """Let somebody write while a file is got ready: just before the store is asked for the short transaction."""

    def arrange(what):
        ready = file_load.BulkLoad._ready

        def interrupted(self, *given):
            out = ready(self, *given)
            if what:
                what.pop(0)()
            return out

        monkeypatch.setattr(file_load.BulkLoad, "_ready", interrupted)

    return arrange


def test_readers_and_writers_are_let_in_while_a_file_is_got_ready(tmp_path, meanwhile):
    workspace, seen = opened(tmp_path), []
    workspace.define_kpis(KNOWN)
    other = Workspace(workspace.store.path, who="bea", now=lambda: NOW)
    other.store._gate._timeout = 1.0

    def look_and_write():
        seen.append(len(other.loads()))
        other.load("other.csv", written([("margin", "2025-01-01", "5", "all")]).encode(), CREATE)

    meanwhile([look_and_write])
    file = tmp_path / "extract.csv"
    file.write_text(written(PLAIN))
    result = workspace.load_path(file, CREATE, from_bytes=0)
    assert (seen, result.status, result.load_id, len(stored(workspace))) == ([0], "stored", 2, 81)


def test_values_that_came_meanwhile_are_compared_with(tmp_path, meanwhile, taken):
    """The same as if the other file had come first."""
    rows = [*PLAIN[:10], ("visits", day(10), "7", "north"), *PLAIN[11:], ("visits", day(45), "9", "north")]
    first = opened(tmp_path / "first")
    first.define_kpis(KNOWN)
    first.load("other.csv", written(PLAIN).encode(), CREATE)
    second = opened(tmp_path / "second")
    second.define_kpis(KNOWN)
    outcomes = []
    for workspace in (first, second):
        file = tmp_path / "extract.csv"
        file.write_text(written(rows))
        if workspace is second:
            meanwhile([lambda: opened(tmp_path / "second").load("other.csv", written(PLAIN).encode(), CREATE)])
        outcomes.append(outcome(workspace, workspace.load_path(file, CREATE, from_bytes=0)))
    assert outcomes[1] == outcomes[0]
    assert (outcomes[1]["counts"]["restated"], outcomes[1]["counts"]["unchanged"]) == (1, 79)
    assert taken == ["extract.csv"] * 2


def test_a_load_taken_back_meanwhile_is_not_compared_with(tmp_path, meanwhile):
    workspace = opened(tmp_path)
    file = tmp_path / "extract.csv"
    file.write_text(written(PLAIN))
    workspace.load("other.csv", written(PLAIN[:50]).encode(), CREATE)
    meanwhile([lambda: opened(tmp_path).undo(1)])
    result = workspace.load_path(file, CREATE, from_bytes=0)
    assert (result.counts["accepted_new"], result.counts["unchanged"]) == (80, 0)
    assert not [finding.rule for finding in workspace.check() if finding.broken]


def test_a_kpi_defined_anew_meanwhile_is_read_by_its_new_definition(tmp_path, meanwhile):
    """A narrower range stops the load; another cadence has the whole file read again."""
    narrow = KNOWN[0].model_copy(update={"range": Band(low=0.0, high=110.0)})
    monthly = Kpi(id="visits", cadence="month")
    for name, kpi, status in (("narrow", narrow, "rejected"), ("monthly", monthly, "rejected")):
        folder = tmp_path / name
        folder.mkdir()
        workspace = opened(folder)
        workspace.define_kpis(KNOWN)
        file = folder / "extract.csv"
        file.write_text(written(PLAIN))
        meanwhile([lambda folder=folder, kpi=kpi: opened(folder).define_kpis([kpi])])
        result = workspace.load_path(file, LoadOptions(trusted=True), from_bytes=0)
        assert (result.status, stored(workspace)) == (status, []), name


def test_kpis_that_never_hold_still_stop_the_load(tmp_path, meanwhile):
    workspace = opened(tmp_path)
    workspace.define_kpis(KNOWN)
    file = tmp_path / "extract.csv"
    file.write_text(written([("margin", f"2025-0{m}-01", str(m), "all") for m in (1, 4)]))
    cadences = ["quarter", "month", "quarter", "month"]
    define = lambda c: opened(tmp_path).define_kpis([Kpi(id="margin", cadence=c)])  # noqa: E731
    meanwhile([partial(define, cadence) for cadence in cadences])
    with pytest.raises(NotNow, match="were being changed all the while"):
        workspace.load_path(file, LoadOptions(trusted=True), from_bytes=0)
    assert stored(workspace) == []


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"cannot read .*nothing\.csv"):
        opened(tmp_path).load_path(tmp_path / "nothing.csv", CREATE)
