"""What people do with the product, in a real browser: the main journey, shared links, empty stores, hostile names."""

import os
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from models.kpi import Kpi
from models.okr import KeyResult, Objective, OkrFile
from tests.browser.conftest import PATIENCE, Dashboard, menu, running

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

REVIEW = "?cycle=2026-Q3"
PULSE = "The reward programme lifts the pulse survey from 7.0 to 7.8"
# Staff turnover as if it had fallen: what the reward programme was meant to bring about.
TURNOVER_FELL = "kpi,period,value\n" + "\n".join(
    f"staff_turnover,2026-{month:02}-01,{value}" for month, value in ((7, 11.02), (8, 10.51), (9, 10.23))
)
# Findings of axe in Streamlit's own elements, which no page can mend; anything else is ours.
# "region": the link that skips to the content stands outside every landmark.
OF_STREAMLIT = {"list", "listitem", "svg-img-alt", "presentation-role-conflict", "region"}


def row(page: Page, title: str):
    """A key result's row; the first, where it stands in two lists."""
    return page.locator("a.row", has_text=title).first


def test_from_a_vanity_win_to_its_evidence_to_new_data_and_back(
    dashboard: Dashboard, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{dashboard.url}/{REVIEW}")
    expect(page.locator("h1")).to_have_text("11 of 16 key results passed; 5 of them moved their metric.")
    first = page.locator("a.row").first
    expect(first.locator(".verdict")).to_contain_text("Vanity")
    expect(first).to_contain_text(PULSE)
    expect(first).to_contain_text("Passed, but Staff turnover did not move")

    first.click()
    expect(page.locator("h1")).to_have_text(PULSE)
    expect(page).to_have_url(re.compile(r"/key-result\?.*kr=pulse"))
    expect(page).to_have_url(re.compile(r"cycle=2026-Q3"))
    expect(page.locator(".answer")).to_contain_text("Passed, but Staff turnover did not move")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text("How sure are we, and why")).to_be_visible()
    expect(page.get_by_role("cell", name="people_2026-10-06.csv")).to_be_visible()

    menu(page, "Upload")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "turnover_corrected.csv", "mimeType": "text/csv", "buffer": TURNOVER_FELL.encode()}
    )
    expect(page.get_by_text("Every row can be taken.")).to_be_visible()
    expect(page.get_by_text("Restated: old → new")).to_be_visible()
    store = page.get_by_role("button", name="Store 3 values")
    expect(store).to_be_visible()

    store.click()
    expect(page.get_by_text("Stored turnover_corrected.csv")).to_be_visible()
    page.get_by_role("button", name="See the scorecard").click()
    expect(page.locator("h1")).to_have_text("11 of 16 key results passed; 6 of them moved their metric.")
    expect(row(page, PULSE).locator(".verdict")).to_contain_text("Real win")

    menu(page, "Upload")
    page.get_by_role("button", name="Undo this load").click()
    expect(page.get_by_text("was taken back")).to_be_visible()
    menu(page, "Scorecard")
    expect(page.locator("h1")).to_have_text("11 of 16 key results passed; 5 of them moved their metric.")
    expect(row(page, PULSE).locator(".verdict")).to_contain_text("Vanity")

    menu(page, "Loads")
    page.get_by_role("link", name="turnover_corrected.csv").click()
    expect(page.get_by_text("taken back", exact=True).first).to_be_visible()


def test_a_link_reproduces_the_view(quiet_dashboard: Dashboard, open_page: Callable[..., Page]) -> None:
    first = open_page(f"{quiet_dashboard.url}/scorecard{REVIEW}&team=People&as_of=2026-10-20")  # ends at the root
    expect(first.locator("h1")).to_have_text("3 of 4 key results passed; none of them moved their metric.")
    expect(first.get_by_test_id("stMain").get_by_text("People · as known on 20 Oct 2026")).to_be_visible()
    href = row(first, PULSE).get_attribute("href")
    assert href == "key-result?cycle=2026-Q3&as_of=2026-10-20&team=People&kr=pulse"
    row(first, PULSE).click()
    expect(first.locator("h1")).to_have_text(PULSE)
    expect(first).to_have_url(re.compile(r"team=People"))
    first.go_back()  # once: an address is written in bits, and the bits are no steps
    expect(first.locator("h1")).to_have_text("3 of 4 key results passed; none of them moved their metric.")
    second = open_page(f"{quiet_dashboard.url}/key-result?kr=pulse")  # of a cycle that the link need not say
    expect(second.locator("h1")).to_have_text(PULSE)
    second = open_page(f"{quiet_dashboard.url}/{href}")
    expect(second.locator("h1")).to_have_text(PULSE)
    expect(second).to_have_url(re.compile(r"as_of=2026-10-20"))
    menu(second, "Scorecard")
    expect(second.locator("h1")).to_have_text("3 of 4 key results passed; none of them moved their metric.")


def test_an_empty_store_opens_the_sample_company(empty_dashboard: Dashboard, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_dashboard.url)
    expect(page.locator("h1")).to_have_text("Did the needle move?")
    page.get_by_role("button", name="Open the sample company").click()
    expect(page.locator("h1")).to_contain_text("key results", timeout=2 * PATIENCE)
    expect(page.locator("a.row").first).to_be_visible()


# How many lines lie outside of their drawing.
OUTSIDE = """
    lines => lines.filter(line => {
        const [own, all] = [line, line.closest("svg")].map(one => one.getBoundingClientRect());
        return own.left < all.left || own.right > all.right || own.top < all.top || own.bottom > all.bottom;
    }).length
"""

PATHS = [
    "",
    "key-result?kr=pulse&cycle=2026-Q3",
    "trade-offs?cycle=2026-Q3",
    "story?cycle=2026-Q3",
    "check-in?cycle=2026-Q3",
    "stand-up?cycle=2026-Q3",
    "okrs?cycle=2026-Q3&view=board",
    "okrs?cycle=2026-Q3&view=timeline",
    "okrs?cycle=2026-Q3&view=calendar&month=2026-09",
    "plan?cycle=2026-Q4",
    "plan?cycle=2026-Q4&edit=key_result/csat-back",
    "hints?cycle=2026-Q4",
    "trends",
    "trends?kpi=staff_turnover&edit=definition",
    "kpi-tree",
    "truth-gap",
    "then-and-now?cycle=2026-Q3&then=2026-10-07",
    "retrospective?cycle=2026-Q3&team=People",
    "lessons",
    "survey",
    "owner?owner=App",
    "upload",
    "data-health",
    "loads",
    "method",
    "admin",
    "audit",
]
SCREENS = ((1440, "light"), (390, "dark"), (1440, "dark"), (390, "light"))
# Every page is looked at once, on one screen after another; NEEDLE_SCREENS=all looks at every page on all of them.
LOOKS = [
    (path, *screen)
    for at, path in enumerate(PATHS)
    for screen in (SCREENS if os.environ.get("NEEDLE_SCREENS") == "all" else [SCREENS[at % len(SCREENS)]])
]


@pytest.mark.parametrize(("path", "width", "scheme"), LOOKS)
def test_every_page_fits_its_screen_and_everybody(
    quiet_dashboard: Dashboard, screens: Callable[[int, str], Page], path: str, width: int, scheme: str
) -> None:
    """Nothing scrolls sideways, no line leaves its drawing, and axe finds nothing of ours."""
    page = screens(width, scheme)
    page.goto(f"{quiet_dashboard.url}/{path or REVIEW}")
    page.locator("h1").first.wait_for()
    expect(page.locator("[data-testid=stStatusWidget], [data-stale=true]")).to_have_count(0)
    page.wait_for_timeout(700)  # elements fade in, and a colour measured on the way has no contrast
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth") <= width
    assert page.locator(".spark path").evaluate_all(OUTSIDE) == 0
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert found - OF_STREAMLIT == set()
    assert page.get_by_test_id("stException").count() == 0


def test_a_page_speaks_swedish_and_prints_clean(quiet_dashboard: Dashboard, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_dashboard.url}/key-result?kr=pulse&cycle=2026-Q3&lang=sv")
    expect(page.locator(".answer")).to_contain_text("Uppnått, men Staff turnover rörde sig inte")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert {violation["id"] for violation in Axe().run(page).response["violations"]} - OF_STREAMLIT == set()
    page.emulate_media(media="print")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    menu_bar = page.get_by_test_id("stHeader")
    assert menu_bar.count() == 0 or not menu_bar.is_visible()


def test_hostile_names_stay_text(tmp_path, open_page: Callable[..., Page]) -> None:
    from workspace import Workspace

    name = '<img src=x onerror="window.hit=1">**b** $a$ :material/home: ![i](http://example.invalid/i.png)'
    workspace = Workspace(tmp_path / "needle.duckdb")
    key_result = KeyResult(id=name, title=name, target=2.0, baseline=1.0, kpi="k")
    objective = Objective(id="o", title=name, cycle="2026-Q3", team="t", key_results=[key_result])
    file = OkrFile(objectives=[objective], kpis=[Kpi(id="k", name=name)])
    workspace.import_okrs("okrs.json.yaml", file.model_dump_json(exclude_defaults=True).encode())
    with running(tmp_path / "needle.duckdb") as dashboard:
        page = open_page(f"{dashboard.url}/{REVIEW}")
        expect(page.locator("a.row").first).to_contain_text(name)
        page.locator("a.row").first.click()
        expect(page.locator("h1")).to_have_text(name)
        assert page.evaluate("window.hit") is None


def test_a_cycle_is_closed_and_says_later_what_would_differ(
    dashboard: Dashboard, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{dashboard.url}/{REVIEW}&by=Verdict")
    page.get_by_role("button", name="Close this cycle").click()
    page.get_by_label("Note").fill("Agreed at the review")
    page.get_by_role("button", name="Close and keep").click()
    expect(page.get_by_text("Nothing would differ today.")).to_be_visible()

    from workspace import Workspace

    Workspace(dashboard.store).load("turnover_corrected.csv", TURNOVER_FELL.encode())
    page = open_page(f"{dashboard.url}/{REVIEW}&by=Verdict")
    expect(page.get_by_text("Since then the data has changed: 1 verdict would differ.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("11 of 16 key results passed; 5 of them moved their metric.")
    row(page, PULSE).click()
    expect(page.get_by_text("the verdict was Vanity")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("Passed, and Staff turnover fell")
