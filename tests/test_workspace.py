"""What the rooms do together and no scenario tells: previews, verdicts a restatement would change, the way back."""

from datetime import date, datetime
from pathlib import Path

import pytest

from kpi_sources.worker import read_untrusted
from models.kpi import Kpi
from models.refused import Refused
from models.source import Source
from workspace import LoadOptions, Workspace

STORY = Path(__file__).parent / "scenarios" / "restated_history"
FIRST, SECOND = (next(STORY.glob(f"crm_{number}*.csv")).read_bytes() for number in (1, 2))


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 12, 1, 12))
    workspace.import_okrs("okrs.yaml", (STORY / "okrs.yaml").read_bytes(), recorded_at=datetime(2026, 1, 1))
    workspace.load("crm.csv", FIRST, LoadOptions(recorded_at=datetime(2026, 10, 5)))
    return workspace


def test_a_preview_stores_nothing_and_says_what_would_be(workspace):
    version = workspace.data_version()
    seen = workspace.preview("crm.csv", SECOND)
    assert (seen.status, seen.counts["restated"], seen.counts["unchanged"]) == ("stored", 3, 54)
    assert seen.restated["period"].min().date() == date(2026, 7, 1)
    assert (workspace.data_version(), len(workspace.loads())) == (version, 1)


def test_a_preview_says_which_verdicts_of_cycles_over_would_change(workspace):
    changed = workspace.changed_verdicts(workspace.preview("crm.csv", SECOND))
    assert changed[["cycle", "key_result", "before", "after"]].values.tolist() == [
        ["2026-Q3", "joined", "Real win", "Honest miss"]
    ]
    assert workspace.scorecard("2026-Q3").key_results["verdict"].tolist() == ["real_win"]


def test_a_load_without_restatements_changes_no_verdict(workspace):
    assert workspace.changed_verdicts(workspace.preview("crm.csv", FIRST)).empty


def test_strangers_files_are_read_in_the_limited_process(workspace, monkeypatch):
    asked = []

    def noted(data, name, **options):
        asked.append(name)
        return read_untrusted(data, name, **options)

    monkeypatch.setattr("data.loading.read_untrusted", noted)
    workspace.preview("stranger.csv", SECOND)
    workspace.preview("own.csv", SECOND, LoadOptions(trusted=True))
    assert asked == ["stranger.csv"]


def test_what_a_preview_read_is_not_read_again_to_store_it(workspace, monkeypatch):
    reads = []

    def reader(data, *given, **named):
        reads.append(data)
        return read_untrusted(data, *given, **named)

    monkeypatch.setattr("data.loading.read_untrusted", reader)
    seen = workspace.preview("crm.csv", SECOND).intake.extract
    part = workspace.options(accept_partial=True)  # decides what is stored, not what the file holds
    assert workspace.preview("crm.csv", SECOND, part, seen=seen).counts["restated"] == 3
    assert reads == [SECOND]
    euro = workspace.options(mapping='{"delimiter": ","}')
    for name, data, options in (("crm.csv", FIRST, part), ("pipe.csv", SECOND, part), ("crm.csv", SECOND, euro)):
        assert workspace.preview(name, data, options, seen=seen).intake.extract is not seen
    assert reads == [SECOND, FIRST, SECOND, SECOND]
    assert workspace.load("crm.csv", SECOND, part, seen=seen).counts["restated"] == 3
    assert len(reads) == 4
    workspace.define_kpis([Kpi(id="new_one", cadence="day")])  # names may lead elsewhere now
    workspace.preview("crm.csv", SECOND, part, seen=seen)
    assert len(reads) == 5


def test_what_is_expected_of_a_source_stops_its_files(workspace):
    workspace.define_source(Source(id="crm", expectations={"rows_at_least": 100}))
    refused = workspace.load("crm.csv", SECOND, LoadOptions(accept_partial=True))
    assert refused.status == "rejected"
    assert refused.rejected[0]["code"] == "row_count"
    with pytest.raises(Refused, match="source 'crm'"):
        workspace.define_source(Source(id="crm", expectations={"rows": 1}))


def test_the_mapping_of_a_source_is_remembered(workspace):
    odd = b"kpi;period;value\nsign_ups;2026-10;1.234\n"
    assert workspace.preview("odd.csv", odd).status == "needs_input"
    workspace.define_source(Source(id="odd", mapping={"decimal": ","}))
    assert workspace.preview("odd.csv", odd).new["value"].tolist() == [1234.0]


def test_evidence_gathers_everything_behind_a_verdict(workspace):
    found = workspace.evidence("joined", as_of=date(2026, 10, 20))
    assert found.row["verdict"] == "real_win"
    assert found.load_rows["file"].tolist() == ["crm.csv"]
    assert found.versions["target"].tolist() == [1100.0]
    assert found.path["period"].max().date() == date(2026, 9, 1)
    assert found.links["sentence"].tolist()[0] == ""  # the measure is read, not judged
    assert found.links["sentence"].tolist()[1].startswith("Sign-ups rose ")
    with pytest.raises(Refused, match="no key result 'other' in cycle 2026-Q3"):
        workspace.evidence("other")


def test_the_same_question_is_answered_from_memory_until_something_is_written(workspace):
    first = workspace.scorecard("2026-Q3")
    assert workspace.scorecard("2026-Q3") is first
    workspace.check_in("joined", 1050.0, date(2026, 9, 1), confidence=7)
    assert workspace.scorecard("2026-Q3") is not first


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda w: w.scorecard("2031-Q1"), "cycle '2031-Q1' is not defined; known cycles: 2026-Q3"),
        (lambda w: w.scorecard("2026-Q3", team="nobody"), "team 'nobody' is not defined"),
        (lambda w: w.check_in("joined", 1.0, date(2027, 1, 1)), "cannot be dated after today, found 2027-01-01"),
        (lambda w: w.check_in("joined", 1.0, date(2026, 1, 1), confidence=11), "from 0 to 10, found 11"),
        (lambda w: w.check_in("other", 1.0, date(2026, 1, 1)), "there is no key result 'other'"),
        (lambda w: w.undo(99), "there is no load 99"),
        (lambda w: w.fill_sample(), "is not empty"),
    ],
)
def test_refusals_say_what_was_found(workspace, ask, message):
    with pytest.raises(Refused, match=message):
        ask(workspace)


def test_definitions_come_back_from_their_export_without_change(workspace, tmp_path):
    text = workspace.export()
    other = Workspace(tmp_path / "other.duckdb", now=lambda: datetime(2026, 12, 1))
    assert other.import_okrs("okrs.yaml", text.encode()).status == "imported"
    assert other.export() == text
    assert workspace.import_okrs("okrs.yaml", text.encode()).status == "unchanged"
