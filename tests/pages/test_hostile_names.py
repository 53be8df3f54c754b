"""Names that try to be markup reach no place that would read them as markup."""

import json
import re
from pathlib import Path
from types import ModuleType

import pytest

import pages
from pages import (
    admin,
    data_health,
    key_result,
    lessons,
    loads,
    okrs,
    owner,
    retrospective,
    scorecard,
    story,
    survey,
    trade_offs,
    trends,
    upload,
)
from pages.parts import charts
from pages.parts.escape import plain
from pages.parts.view import View
from tests.pages.fake_workspace import HOSTILE, FakeWorkspace, series_of
from tests.pages.test_every_page import run

PAGES = Path(pages.__file__ or "").parent


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (scorecard, {}),
        (story, {}),
        (okrs, {}),
        (okrs, {"view": "board"}),
        (okrs, {"view": "calendar"}),
        (okrs, {"view": "map"}),
        (okrs, {"view": "workload"}),
        (key_result, {"kr": "kr0"}),
        (key_result, {}),
        (trade_offs, {}),
        (trends, {}),
        (trends, {"kpi": "k0"}),
        (loads, {"load": "2"}),
        (data_health, {}),
        (admin, {}),
        (data_health, {"source": "people"}),
        (lessons, {}),
        (owner, {"owner": "Ada"}),
        (retrospective, {}),
        (survey, {}),
        (survey, {"id": "open"}),
        (survey, {"id": "open", "show": "results"}),
    ],
)
def test_markdown_holds_hostile_names_escaped_only(page: ModuleType, url: dict) -> None:
    app = run(page, FakeWorkspace(hostile=True, learned=1, version=1), url)
    assert len(app.exception) == 0
    texts = [element.value for kind in ("title", "header", "markdown", "caption") for element in app.get(kind)]
    assert not [text for text in texts for name in HOSTILE if name in text]


def test_the_name_is_still_there_to_read() -> None:
    app = run(key_result, FakeWorkspace(hostile=True), {"kr": "kr0"})
    assert [title.value for title in app.title] == [plain(HOSTILE[0])]
    data = json.loads(app.get("bidi_component")[0].proto.mixed.json or app.get("bidi_component")[0].proto.json)
    assert data["blocks"][0]["sentence"] == f"Sentence {HOSTILE[0]}."


def test_upload_escapes_the_file_name() -> None:
    app = run(upload, FakeWorkspace(hostile=True, preview_status="rejected"), {})
    app.file_uploader[0].upload("![x](http://x).csv", b"a,b\n1,2\n", "text/csv")
    app.run()
    assert [s.value for s in app.header] == [r"\!\[x\]\(http\:\/\/x\)\.csv"]


def test_no_code_of_ours_makes_html_from_text() -> None:
    """The sheet builds elements from text nodes; nothing in pages/ allows HTML or inserts it."""
    forbidden = re.compile(
        r"unsafe_allow_html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|st\.html\((?!STYLE_SHEET\))"
    )
    found = {
        path.name: forbidden.findall(path.read_text(encoding="utf-8"))
        for path in PAGES.rglob("*")
        if path.suffix in (".py", ".js")
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("name", HOSTILE)
def test_charts_show_a_segment_name_as_it_stands(name: str) -> None:
    figure = charts.trend({name: series_of(1), "all": series_of(2)}, unit=name)
    assert figure.data[0].name == name.replace("&", "&amp;").replace("<", "&lt;")


def test_links_of_hostile_ids_stay_inside_the_product() -> None:
    view = View(filters={"cycle": "2026 & more"})
    assert view.href("key-result", kr="javascript:alert(1)") == (
        "key-result?cycle=2026+%26+more&kr=javascript%3Aalert%281%29"
    )
    assert view.href("scorecard") == "./?cycle=2026+%26+more"
    assert View().href("scorecard") == "./"
