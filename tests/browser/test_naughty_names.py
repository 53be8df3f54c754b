"""Several hundred hostile names in every part that shows names, in a real browser: text they were, and text they stay."""

import re

import pytest
from playwright.sync_api import Browser, expect

from pages.parts.escape import one_line
from tests.browser.conftest import PATIENCE, running
from tests.browser.naughty import NAUGHTY

expect.set_options(timeout=PATIENCE)
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
        expect(page.get_by_text("the end", exact=True)).to_be_visible()

        def texts(selector: str) -> list[str]:
            return [shown(text) for text in page.locator(selector).all_text_contents()]

        def say(selector: str, names: list[str]) -> None:
            # Streamlit draws some parts after the end of the page; a button's words come after its frame.
            expect(page.locator(selector)).to_have_count(len(names))
            assert texts(selector) == [shown(name) for name in names]

        for place in ("markdown", "caption", "error"):
            say(f".st-key-{place} p", NAUGHTY)
        say(".st-key-headings h2", NAUGHTY[::12])
        say(".st-key-buttons button p", NAUGHTY[::12])
        say(".st-key-sheet tbody td:first-child", NAUGHTY)
        say(".st-key-chart .legendtext", NAUGHTY[: len(NAUGHTY) // 2 : 20])
        page.locator(".st-key-chart .nsewdrag").hover()
        page.locator(".st-key-chart .hoverlayer text").first.wait_for()
        page.locator(".st-key-choice input").first.click()
        page.locator("[role=option]").first.wait_for()
        options = texts("[role=option]")
        assert options == [shown(name) for name in NAUGHTY[: len(options)]]
        assert len(options) > 5
        page.wait_for_timeout(500)
        assert page.evaluate("window.hit") is None
        page.close()
    assert outside == []
