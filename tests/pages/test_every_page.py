"""Every page on a made-up workspace: its heading and what stands on it.

To add a page or a state: one more row in PAGES (page, workspace, URL parameters, heading, how many of each element).
Sheets are the elements drawn by pages/parts/sheet.js; what they hold is tested in test_sheet.py.
"""

import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages import (
    admin,
    audit,
    check_in,
    data_health,
    hints,
    key_result,
    kpi_tree,
    lessons,
    loads,
    method,
    okrs,
    owner,
    plan,
    retrospective,
    scorecard,
    stand_up,
    story,
    survey,
    then_and_now,
    trade_offs,
    trends,
    truth_gap,
    upload,
)
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace

EMPTY = {"has_values": False, "has_okrs": False}
NO_OKRS = {"has_okrs": False}
HEADLINE = r"5 of 10 key results passed; 2 of them moved their metric\."

# page, workspace, url, heading, {element: count}
PAGES: list[tuple[ModuleType, dict, dict, str, dict]] = [
    (scorecard, {}, {}, HEADLINE,
     {"sheet": 4, "button": 1, "multiselect": 1, "expander": 0, "popover": 1, "download_button": 5, "code": 1}),
    (scorecard, {"closed": True}, {}, HEADLINE, {"sheet": 5, "button": 1, "expander": 1, "button_group": 2}),
    (scorecard, {"closed": True}, {"stands": "As known now"}, HEADLINE, {"sheet": 5, "expander": 1}),
    (scorecard, {}, {"by": "Verdict"}, HEADLINE, {"sheet": 4}),
    (scorecard, {"count": 400}, {"by": "Team"}, r"200 of 400 key results passed; 80 of them moved their metric\.",
     {"sheet": 4, "pagination": 1, "toggle": 1}),
    (scorecard, {"count": 100}, {}, "50 of 100 key results passed; 20 of them moved their metric\\.",
     {"sheet": 4, "button": 1, "multiselect": 1, "expander": 1, "pagination": 1}),
    (scorecard, {"count": 0}, {}, "Nothing to score here", {"sheet": 0, "button": 1}),
    (scorecard, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1, "code": 1}),
    (scorecard, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2, "file_uploader": 1}),
    (okrs, {}, {}, HEADLINE, {"sheet": 1, "multiselect": 4, "text_input": 1, "selectbox": 1, "pagination": 0}),
    (okrs, {}, {"view": "board"}, "8 key results of 10 have no status yet\\.", {"sheet": 1, "multiselect": 4}),
    (okrs, {}, {"view": "timeline"}, "5 key results are overdue; 1 dependency is late",
     {"sheet": 2, "chart": 0, "expander": 1}),
    (okrs, {}, {"view": "calendar"}, "10 key results are due in September 2026; 5 things are overdue",
     {"sheet": 1, "button": 2}),
    (okrs, {}, {"view": "calendar", "month": "2026-08", "day": "2026-08-03"}, "0 key results are due in August 2026",
     {"sheet": 2, "button": 2, "header": 1}),
    (okrs, {}, {"view": "map"},
     "1 objective supports no other, 1 key result leads to no KPI and 1 KPI has no key result\\.",
     {"sheet": 1, "expander": 1}),
    (okrs, {}, {"view": "workload"}, "2 owners; 3 key results have none", {"sheet": 1}),
    (okrs, {}, {"view": "activity"}, "4 changes", {"sheet": 1, "multiselect": 6}),
    (okrs, {}, {"owner": "Ada", "verdict": "vanity"}, "No key result fits these filters", {"sheet": 0, "multiselect": 4}),
    (okrs, {"hostile": True}, {"view": "timeline"}, "5 key results are overdue; 1 dependency is late", {"sheet": 2}),
    (okrs, {"hostile": True}, {"view": "map"},
     "1 objective supports no other, 1 key result leads to no KPI and 1 KPI has no key result\\.", {"sheet": 1}),
    (okrs, {"count": 0}, {}, "Nothing to score here", {"sheet": 0, "button": 1}),
    (okrs, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1}),
    (okrs, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (story, {}, {}, HEADLINE, {"sheet": 10, "expander": 2, "download_button": 2, "toggle": 0, "selectbox": 0}),
    (story, {"count": 0}, {}, "Nothing to score here", {"sheet": 0, "button": 1}),
    (story, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1}),
    (story, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (truth_gap, {}, {}, "Truth gap", {"sheet": 3, "chart": 0}),
    (truth_gap, EMPTY, {}, "No key results yet", {"button": 1}),
    (then_and_now, {}, {}, r"Nothing differs between the two days\.", {"sheet": 0, "date_input": 1}),
    (then_and_now, {"differs": True}, {}, r"1 verdict differs\.", {"sheet": 2, "date_input": 1, "download_button": 2}),
    (then_and_now, EMPTY, {}, "No key results yet", {"button": 1}),
    (key_result, {"closed": True}, {"kr": "kr1"}, "Key result 1", {"sheet": 5, "chart": 2, "info": 1}),
    (key_result, {}, {"kr": "kr1"}, "Key result 1", {"sheet": 5, "chart": 2, "dataframe": 1, "tab": 3}),
    (key_result, {}, {"kr": "kr7"}, "Key result 7", {"sheet": 3, "chart": 0, "code": 1}),
    (key_result, {}, {"kr": "kr8"}, "Key result 8", {"sheet": 5, "chart": 2}),
    (key_result, {}, {}, "Which key result?", {"sheet": 1, "selectbox": 1, "warning": 0}),
    (key_result, {}, {"kr": "gone"}, "Which key result?", {"sheet": 1, "selectbox": 1, "warning": 1}),
    (key_result, EMPTY, {}, "No key results yet", {"button": 1}),
    (check_in, {}, {}, r"Check\-in of App team", {"sheet": 1, "selectbox": 2, "text_input": 3, "number_input": 1,
                                                "date_input": 1, "checkbox": 1, "select_slider": 0, "expander": 5}),
    (check_in, {"count": 0}, {}, "Nothing to score here", {"sheet": 0, "button": 1}),
    (check_in, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1}),
    (check_in, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (stand_up, {}, {}, r"1 moved\.", {"sheet": 3, "checkbox": 2, "date_input": 4, "toggle": 1}),
    (stand_up, {"count": 0}, {}, "Nothing to score here", {"sheet": 0}),
    (stand_up, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (plan, {}, {}, "Plan", {"sheet": 1, "expander": 1, "warning": 0, "segmented_control": 1}),
    (plan, {"hostile": True}, {}, "Plan", {"sheet": 1, "expander": 1}),
    (plan, {"count": 0}, {}, "Plan", {"sheet": 0, "expander": 0}),
    (plan, NO_OKRS, {}, "Plan", {"sheet": 0, "button": 1}),
    (plan, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (plan, {}, {"show": "table"}, "Plan", {"sheet": 0, "dataframe": 1, "button": 3}),
    (plan, {}, {"show": "templates"}, "Plan", {"sheet": 0, "checkbox": 3, "selectbox": 7, "number_input": 6}),
    (plan, {}, {"show": "import"}, "Plan", {"sheet": 0, "file_uploader": 1}),
    (plan, {}, {"edit": "objective/o0"}, "Edit an objective", {"selectbox": 4, "warning": 0, "popover": 1}),
    (plan, {}, {"edit": "objective/d0"}, "Edit an objective", {"selectbox": 5, "warning": 0}),
    (plan, {"hostile": True}, {"edit": "objective/d0"}, "Edit an objective", {"warning": 0}),
    (plan, {}, {"edit": "new-objective"}, "Write an objective", {"selectbox": 4, "warning": 1}),
    (plan, {}, {"edit": "key_result/users"}, "Edit a key result", {"metric": 3, "number_input": 4, "dataframe": 0}),
    (plan, {}, {"edit": "key_result/band"}, "Edit a key result", {"metric": 0, "number_input": 4}),
    (plan, {}, {"edit": "key_result/steps"}, "Edit a key result", {"metric": 0, "dataframe": 1}),
    (plan, {}, {"edit": "key_result/once"}, "Edit a key result", {"metric": 0, "date_input": 2}),
    (plan, {}, {"edit": "new-key-result/o0"}, "Write a key result", {"metric": 0, "warning": 2}),
    (plan, {}, {"edit": "key_result/gone"}, "Plan", {"sheet": 1, "warning": 1}),
    (plan, {}, {"edit": "NONSENSE"}, "Plan", {"sheet": 1, "warning": 1}),
    (hints, {}, {}, "3 hints", {"sheet": 1, "button": 1}),
    (hints, {"hostile": True}, {}, "3 hints", {"sheet": 1}),
    (hints, {"count": 0}, {}, "No hints: nothing to mend", {"sheet": 0, "button": 0}),
    (hints, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1}),
    (hints, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (trade_offs, {}, {}, r"5 key results passed; meanwhile 1 guardrail and 3 other KPIs got worse\.",
     {"sheet": 5, "expander": 1, "warning": 0, "button": 0}),
    (trade_offs, {"worse": 30}, {}, r"5 key results passed; meanwhile 1 guardrail and 29 other KPIs got worse\.",
     {"sheet": 5, "expander": 1, "warning": 1}),
    (trade_offs, {"worse": 0}, {}, r"5 key results passed, and nothing got worse beyond chance\.",
     {"sheet": 2, "expander": 0}),
    (trade_offs, {"count": 0}, {}, r"No key result has passed, so nothing can have been paid for\.", {"sheet": 0}),
    (trade_offs, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0, "file_uploader": 1}),
    (trade_offs, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (trends, {}, {}, "KPI review", {"sheet": 2, "chart": 0, "toggle": 1, "date_input": 1, "selectbox": 2}),
    (trends, {}, {"kpi": "k0"}, "Daily actives", {"sheet": 4, "chart": 5, "segmented_control": 1}),
    (trends, {}, {"kpi": "k3"}, "Net promoter score", {"sheet": 3, "chart": 3, "segmented_control": 0}),
    (trends, {}, {"kpi": "gone"}, "KPI review", {"sheet": 2, "chart": 0}),
    (trends, NO_OKRS, {}, "KPI review", {"sheet": 2}),
    (trends, {}, {"edit": "new-kpi"}, "New KPI", {"sheet": 0, "selectbox": 2, "segmented_control": 2, "button": 2}),
    (trends, EMPTY, {}, "No KPI has values yet", {"button": 2}),
    (kpi_tree, {}, {}, "KPI tree", {"sheet": 3, "chart": 1, "selectbox": 1, "expander": 1, "multiselect": 0}),
    (kpi_tree, {}, {"output": "k1"}, "KPI tree", {"sheet": 2, "chart": 0, "selectbox": 1}),
    (kpi_tree, {"hostile": True}, {}, "KPI tree", {"sheet": 3, "chart": 1}),
    (kpi_tree, {"tree": False}, {}, "No KPI tree is drawn yet", {"code": 0, "expander": 1, "selectbox": 1, "button": 1}),
    (kpi_tree, EMPTY, {}, "No KPI tree is drawn yet", {"code": 0, "expander": 1, "button": 1}),
    (audit, {}, {}, "Audit", {"sheet": 1, "selectbox": 2, "download_button": 1}),
    (audit, EMPTY, {}, "Nothing has been changed yet", {"sheet": 0}),
    (retrospective, {}, {}, "Retrospectives", {"sheet": 1, "text_area": 0}),
    (retrospective, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0}),
    (retrospective, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (lessons, {}, {}, "Lessons", {"sheet": 0, "text_area": 1, "selectbox": 0}),
    (lessons, {"learned": 3}, {}, "Lessons", {"sheet": 1, "text_area": 1, "selectbox": 1}),
    (lessons, {"learned": 120}, {"page": "2"}, "Lessons", {"sheet": 1, "pagination": 1}),
    (lessons, {"learned": 3, "hostile": True}, {}, "Lessons", {"sheet": 1}),
    (lessons, EMPTY, {}, "Lessons", {"sheet": 0, "text_area": 1}),
    (survey, {}, {}, "Surveys", {"sheet": 1, "text_input": 9, "selectbox": 8}),
    (survey, {}, {"id": "open"}, r"How was Q3?", {"sheet": 1, "text_area": 1, "button": 1}),
    (survey, {}, {"id": "shut"}, r"How was Q3?", {"sheet": 0, "text_area": 0, "button": 0}),
    (survey, {}, {"id": "open", "show": "results"}, "How was Q3?", {"sheet": 2, "download_button": 1}),
    (survey, {}, {"id": "few", "show": "results"}, "How was Q3?", {"sheet": 0, "info": 1, "download_button": 0}),
    (survey, {}, {"id": "guess"}, "No survey here", {"sheet": 0}),
    (owner, {}, {}, "Owner review", {"sheet": 1, "selectbox": 1, "button": 1}),
    (owner, {}, {"owner": "Ada"}, "Ada", {"sheet": 2, "selectbox": 1, "button": 1, "download_button": 1}),
    (owner, {"hostile": True}, {"owner": "Bo"}, "Bo", {"sheet": 2}),
    (owner, NO_OKRS, {}, "KPIs are here; objectives are not", {"sheet": 0}),
    (owner, EMPTY, {}, "Did the needle move?", {"sheet": 0, "button": 2}),
    (key_result, {"learned": 5}, {"kr": "kr1"}, "Key result 1", {"sheet": 6, "chart": 2}),
    (upload, {}, {}, "Upload", {"file_uploader": 2, "checkbox": 0, "button": 0, "tab": 2}),
    (data_health, {}, {}, "Data health", {"sheet": 3, "button": 0, "segmented_control": 1, "chart": 0}),
    (data_health, {}, {"source": "people"}, "Data health", {"sheet": 3, "chart": 1, "text_area": 2, "tab": 3}),
    (data_health, {}, {"source": "gone"}, "Data health", {"sheet": 3, "button": 0}),
    (data_health, NO_OKRS, {}, "Data health", {"sheet": 3}),
    (data_health, EMPTY, {}, "No data to look after yet", {"button": 1, "sheet": 0}),
    (loads, {}, {}, "Loads", {"sheet": 1, "button": 0}),
    (loads, {}, {"load": "2"}, "Loads", {"sheet": 3, "button": 2, "dataframe": 2, "tab": 3}),
    (loads, {}, {"load": "1"}, "Loads", {"sheet": 3, "button": 1, "dataframe": 2}),
    (loads, EMPTY, {}, "Nothing has been loaded yet", {"button": 1}),
    (admin, {}, {}, "Access", {"sheet": 2, "button": 2, "info": 0}),
    (admin, {"role": "analyst"}, {}, "Access", {"sheet": 1, "button": 0, "info": 1}),
    (admin, EMPTY, {}, "Access", {"sheet": 1, "button": 1}),
    (upload, {"role": "viewer"}, {}, "Upload", {"file_uploader": 0, "caption": 2}),
    (loads, {"role": "contributor"}, {"load": "2"}, "Loads", {"sheet": 3, "button": 1}),
    (scorecard, {**EMPTY, "role": "viewer"}, {}, "Did the needle move?", {"file_uploader": 0, "caption": 2}),
    (method, {}, {}, "How a verdict is reached", {"sheet": 6, "chart": 0}),
]  # fmt: skip
EVERY = list(dict.fromkeys(row[0] for row in PAGES))
NAMES = {"sheet": "bidi_component", "chart": "plotly_chart"}


def run(page: ModuleType, workspace: Any, url: dict[str, str], view: View | None = None) -> AppTest:
    """The page, rendered once."""

    def script(page_name, workspace, view):  # type: ignore[no-untyped-def]  # its source runs alone
        import importlib

        importlib.import_module(page_name).render(workspace, view)

    kwargs = {"page_name": page.__name__, "workspace": workspace, "view": view or View()}
    app = AppTest.from_function(script, default_timeout=20, kwargs=kwargs)
    for name, value in url.items():
        app.query_params[name] = value
    return app.run()


def count(app: AppTest, element: str) -> int:
    return len(app.get(NAMES.get(element, element)))


@pytest.mark.parametrize(("page", "made", "url", "heading", "counts"), PAGES)
def test_page(page: ModuleType, made: dict, url: dict, heading: str, counts: dict[str, int]) -> None:
    app = run(page, FakeWorkspace(**made), url)
    assert [error.value for error in app.exception] == []
    assert [title.value for title in app.title] == [heading]
    assert {element: count(app, element) for element in counts} == counts


@pytest.mark.parametrize("page", EVERY)
def test_importing_a_page_shows_nothing_and_running_it_goes_to_the_front_door(page: ModuleType) -> None:
    app = AppTest.from_string(f"import {page.__name__}").run()
    assert len(app.main.children) == 0
    source = Path(page.__file__ or "").read_text(encoding="utf-8")
    assert source.endswith('if __name__ == "__main__":\n    st.switch_page("dashboard.py")\n')


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (scorecard, {}),
        (key_result, {"kr": "kr1"}),
        (trends, {}),
        (kpi_tree, {}),
        (data_health, {"source": "people"}),
    ],
)
def test_dark_pages_carry_dark_charts(page: ModuleType, url: dict) -> None:
    app = run(page, FakeWorkspace(), url, View(dark=True))
    assert len(app.exception) == 0
    for chart in app.get("plotly_chart"):
        assert '"#e7e8ea"' in chart.proto.spec


def test_two_thousand_key_results_make_no_more_elements_than_two_hundred() -> None:
    few, many = (run(scorecard, FakeWorkspace(count=n), {}) for n in (200, 2000))
    assert [title.value for title in many.title] == [
        "1,000 of 2,000 key results passed; 400 of them moved their metric\\."
    ]
    assert len(list(many.main)) == len(list(few.main))
    rows = sum(
        len(group["rows"]) for sheet in many.get("bidi_component") for group in _blocks(sheet) if "rows" in group
    )
    assert rows == 6 + 12 + 60  # to talk about, edited targets, and three in each of twenty objectives


def _blocks(element: Any) -> list[dict]:
    return json.loads(element.proto.mixed.json or element.proto.json)["blocks"]


def test_a_cycle_that_has_not_begun_claims_nothing():
    app = run(scorecard, FakeWorkspace(), {}, View(as_of=date(2026, 6, 1)))
    assert app.title[0].value == r"2026\-Q3 begins on 1 Jul 2026\: 10 key results are planned\."
    assert [block["kind"] for block in _blocks(app.get("bidi_component")[0])] == ["strip"]
