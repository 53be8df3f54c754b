"""What only a real browser can say: a survey answered twice in one, and a round of check-ins without a mouse."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from models.survey import okr_cycle_feedback
from tests.browser.conftest import PATIENCE, Dashboard
from workspace import Workspace

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def test_who_answers_twice_in_one_browser_counts_once(dashboard: Dashboard, open_page: Callable[..., Page]) -> None:
    workspace = Workspace(dashboard.store)
    today = datetime.now(UTC).date()
    token = workspace.create_survey(
        title="How was it?", questions=[question.model_dump() for question in okr_cycle_feedback()],
        opens=today - timedelta(days=1), closes=today + timedelta(days=1),
    )  # fmt: skip
    link = f"{dashboard.url}/survey?id={token}"

    def answer(page: Page, word: str, *, again: bool) -> int:
        expect(page.get_by_text("You have answered this one already")).to_have_count(int(again))
        page.get_by_role("radio", name=word).first.click()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        expect(page.get_by_text("Error")).to_have_count(0)  # a component says its own errors in place
        page.wait_for_function("name => localStorage.getItem(name)", arg=f"needle survey {token}")
        return workspace.survey_results(token).n

    mine = open_page(link, width=390)
    assert answer(mine, "2", again=False) == 1
    mine.goto(link)
    assert answer(mine, "4", again=True) == 1
    assert answer(open_page(link, width=390), "3", again=False) == 2


def test_a_round_is_checked_in_by_keyboard_alone(dashboard: Dashboard, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{dashboard.url}/check-in?cycle=2026-Q4&team=People", width=390)
    confidence = page.get_by_label("Confidence, 0–10")
    confidence.focus()
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    status = page.get_by_role("combobox", name="Status")
    expect(status).to_be_focused()
    page.keyboard.type("at risk")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("The talks help some")
    page.keyboard.press("Tab")
    page.keyboard.type("No one to hold them")
    page.keyboard.press("Tab")  # an action to add
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save the round")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 status.")).to_be_visible()
    line = page.locator("summary").filter(has_text="◐ At risk")  # not due any more
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("a.row")).to_contain_text("At risk")
    expect(page.locator("a.row")).to_contain_text("confidence 7")
    assert page.get_by_label("Note").get_attribute("placeholder") == "Last time: The talks help some"
    expect(page.get_by_label("Blocked by")).to_have_value("No one to hold them")
