"""Several hundred hostile names in every part that shows names, in a real browser: text they were, and text they stay."""

import re

import pytest
from playwright.sync_api import Browser, expect

from pages.parts.escape import one_line
from tests.browser.conftest import PATIENCE, running
from tests.browser.naughty import NAUGHTY

pytestmark = pytest.mark.browser


def shown(text: str) -> str:
    """As a browser lays a text out: runs of blanks are one blank."""
    return re.sub(r"\s+", " ", one_line(text).replace("\u2060", "")).strip()


def test_names_stay_text_everywhere(tmp_path, chromium: Browser) -> None:
    assert len(NAUGHTY) > 900
    outside: list[str] = []
    with running(tmp_path / "none.duckdb", script="tests/browser/naughty_app.py", PYTHONPATH=".") as app:
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE)
        page.on(
            "request", lambda r: outside.append(r.url) if not r.url.startswith((app.url, "data:", "blob:")) else None
        )
        page.on("dialog", lambda dialog: outside.append(dialog.message))
        page.goto(app.url)
        expect(page.get_by_text("the end", exact=True)).to_be_visible(timeout=PATIENCE)

        def texts(selector: str) -> list[str]:
            page.locator(selector).first.wait_for(state="attached")
            return [shown(text) for text in page.locator(selector).all_text_contents()]

        for place in ("markdown", "caption", "error"):
            assert texts(f".st-key-{place} p") == [shown(name) for name in NAUGHTY]
        assert texts(".st-key-headings h2") == [shown(name) for name in NAUGHTY[::12]]
        assert texts(".st-key-buttons button p") == [shown(name) for name in NAUGHTY[::12]]
        cells = texts(".st-key-sheet tbody td:first-child")
        assert cells == [shown(name) for name in NAUGHTY]
        legend = texts(".st-key-chart .legendtext")
        assert legend == [shown(name) for name in NAUGHTY[: len(NAUGHTY) // 2 : 20]]
        page.locator(".st-key-chart .nsewdrag").hover()
        page.locator(".st-key-chart .hoverlayer text").first.wait_for()
        page.locator(".st-key-choice input").first.click()
        options = texts("[role=option]")
        assert options == [shown(name) for name in NAUGHTY[: len(options)]]
        assert len(options) > 5
        page.wait_for_timeout(500)
        assert page.evaluate("window.hit") is None
        page.close()
    assert outside == []
