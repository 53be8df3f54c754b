"""Data health: what each row says, what is edited, and who sees what happened when."""

from datetime import date

import pandas as pd
import pytest

from models.source import Source
from pages import data_health
from pages.parts import amounts, quality, source_editor
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run
from tests.pages.test_upload_page import button


def tables(app):
    return [block for sheet in app.get("bidi_component") for block in _blocks(sheet) if block["kind"] == "table"]


def test_the_sentence_stands_first_then_sources_then_kpis_with_the_worst_on_top() -> None:
    app = run(data_health, FakeWorkspace(), {})
    lead = _blocks(app.get("bidi_component")[0])[0]
    assert lead["sentence"] == "5 of 10 KPIs are late; 2 have no value yet; the last load of people refused 1 value."
    assert [(fact["name"], fact["value"]) for fact in lead["facts"]] == [
        ("KPIs", "10"), ("Fresh", "3"), ("Late", "5"), ("Failing", "1"), ("Restated at least once", "5"),
        ("Judged on", "5 Oct 2026"),
    ]  # fmt: skip
    sources, kpis = tables(app)
    cells = sources["rows"][0]["cells"]
    assert cells[0] == {"text": "people", "meta": "10 KPIs, 2 late"}
    assert (cells[2]["word"], cells[3:6]) == ("Stored in part", ["156", "1", "2 of 17 look odd"])
    assert [bar["tone"] for bar in cells[6]["bars"]] == ["good", "warn"]
    assert [row["cells"][1]["word"] for row in kpis["rows"]] == [
        "Failing", "Late", "Late", "Late", "Late", "No values", "No values", "Fresh", "Fresh", "Fresh",
    ]  # fmt: skip
    first = kpis["rows"][0]
    assert first["cells"][1]["meta"] == "Too high: 2 rows."
    assert first["open"] == {"page": "trends", "params": {"kpi": "k1"}}


@pytest.mark.parametrize(("show", "rows"), [("Late", 5), ("Failing", 1), ("No values", 2), ("Restated", 5)])
def test_the_kpis_are_narrowed_down(show: str, rows: int) -> None:
    app = run(data_health, FakeWorkspace(), {})
    app.segmented_control(key="health_show").set_value(show).run()
    assert len(tables(app)[1]["rows"]) == rows


def test_a_named_source_without_a_load_is_listed() -> None:
    app = run(data_health, FakeWorkspace(named={"crm": Source(id="crm")}), {})
    assert tables(app)[0]["rows"][1]["cells"][:3] == ["crm", "–", "nothing loaded yet"]
    app = run(data_health, FakeWorkspace(named={"crm": Source(id="crm")}), {"source": "crm"})
    assert app.markdown[0].value == "Nothing has been loaded from this source yet."


def test_expectations_are_judged_and_kept() -> None:
    workspace = FakeWorkspace()
    app = run(data_health, workspace, {"source": "people"})
    assert [b.disabled for b in app.button if b.label == "Save"] == [True, True]
    app.text_area[0].set_value("bad").run()
    assert app.error[0].value == r"unknown key in the source\'s expectations\: bad"
    app.text_area[0].set_value("rows_at_least: 5").run()
    button(app, "Save").click().run()
    assert workspace.calls == [("define_source", "people", {}, {"rows_at_least": 5})]
    assert app.dataframe[-1].value.to_dict("records") == [
        {"When (UTC)": "1 Sep 2026, 08:00", "Who": "ada", "What changed": "expectations rows_at_least: 5"}
    ]


def test_a_mapping_that_cannot_be_used_is_said() -> None:
    app = run(data_health, FakeWorkspace(), {"source": "people"})
    app.text_area[1].set_value("bad").run()
    assert app.error[0].value == r"mapping\: line 1 is not \`key\: value\`\."


def test_as_of_a_day_nothing_can_be_changed() -> None:
    app = run(data_health, FakeWorkspace(), {"source": "people"}, View(as_of=date(2026, 10, 5)))
    assert len(app.text_area) == 0
    assert "As known on" in app.caption[0].value


def test_changes_of_a_source_in_words() -> None:
    bodies = [
        '{"id": "a"}',
        '{"id": "a", "expectations": {"rows_at_least": 5}, "create_kpis": true}',
        '{"id": "a", "expectations": {"rows_at_least": 6}, "mapping": {"decimal": ","}}',
    ]
    assert source_editor.changes(bodies) == [
        "defined",
        "expectations rows_at_least: 5; create_kpis: True",
        'expectations rows_at_least: 6; mapping decimal: ","; without create_kpis',
    ]


LOADS = FakeWorkspace().health().quality


@pytest.mark.parametrize(
    ("loads", "words"),
    [
        (LOADS.head(0), "No loads."),
        (LOADS.head(1), "The last 1 load: every value taken in, every check holds."),
        (LOADS, "The last 2 loads: 1 without trouble; 2 Oct 2026 0.6 % not taken in, 2 of 17 checks do not hold."),
    ],
)
def test_quality_in_words_for_who_cannot_see_it(loads: pd.DataFrame, words: str) -> None:
    assert quality.described(loads).replace("\u00a0", " ") == words
    assert len(quality.chart(loads, dark=False).data) == 3


@pytest.mark.parametrize(
    ("start", "cadence", "words"),
    [
        ("2026-03-01", "month", "Mar 2026"),
        ("2026-03-15", "month", "15 Mar 2026"),
        ("2026-04-01", "quarter", "Q2 2026"),
        ("2026-02-01", "quarter", "quarter from 1 Feb 2026"),
        ("2026-03-02", "week", "week of 2 Mar 2026"),
        ("2026-03-02", "day", "2 Mar 2026"),
        (pd.NaT, "day", "–"),
    ],
)
def test_periods_in_words(start: str, cadence: str, words: str) -> None:
    assert amounts.period(start, cadence) == words


@pytest.mark.parametrize(
    ("checks", "failed", "warned", "words"),
    [
        (0, 0, 0, "not checked"),
        (17, 0, 0, "all 17 hold"),
        (17, 1, 0, "1 of 17 failed"),
        (17, 1, 2, "1 of 17 failed, 2 look odd"),
        (17, 0, 2, "2 of 17 look odd"),
    ],
)
def test_checks_in_words(checks: int, failed: int, warned: int, words: str) -> None:
    assert data_health.checks_words({"checks": checks, "failed": failed, "warned": warned}) == words
