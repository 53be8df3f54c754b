"""An analyst's month in a real browser: seven messy files dropped at once, asked about, stored, restated, taken back."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Dashboard, menu
from workspace import Workspace

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def workbook(rows: list[tuple]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [("Sales report", None, None), (None, None, None), *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


FILES = {
    "semicolon.csv": "Nyckeltal;Datum;Värde\nOmsättning;2025-03-01;1 234,5\nOmsättning;2025-04-01;1 334,5\n".encode("cp1252"),
    "sixteen.tsv": "kpi\tperiod\tvalue\nBesök\t2025-01\t100\nBesök\t2025-02\t110\n".encode("utf-16"),
    "months.csv": "Nyckeltal;januari 2025;februari 2025;mars 2025\nFrånvaro;4,1;4,2;4,3\n".encode(),
    "book.xlsx": workbook([("kpi", "period", "value"), ("Orders", "2025-01", 7), ("Orders", "2025-02", 8)]),
    "packed.csv.gz": gzip.compress(b"kpi,period,value\nTickets,2025-01,12\nTickets,2025-02,14\n"),
    "dates.csv": b"kpi,date,value\nCalls,03/04/2025,5\nCalls,04/04/2025,6\n",
    "partly.csv": b"kpi,period,value\nReturns,2025-01,3\nReturns,2025-02,three\n",
}  # fmt: skip
LAYOUTS = {
    "semicolon.csv": "semicolon-separated text in windows-1252; numbers with a decimal comma",
    "sixteen.tsv": "tab-separated text in UTF-16",
    "months.csv": "periods across the top; semicolon-separated text in UTF-8; numbers with a decimal comma",
    "book.xlsx": "1 title line above the header",
    "packed.csv.gz": "unpacked from gzip",
}


def drop(page: Page, files: dict[str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files.items()]
    page.locator("input[type=file]").first.set_input_files(chosen)


def card(page: Page, name: str) -> Locator:
    """The card of one file: the box whose heading is the file's name."""
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator("[class*='st-key-card']").filter(has=heading)


def tick(card: Locator, label: str) -> None:
    card.get_by_test_id("stCheckbox").filter(has_text=label).locator("label").first.click()


def values(dashboard: Dashboard, kpi: str) -> list[float]:
    return list(Workspace(dashboard.store).series(kpi)["value"])


def test_seven_messy_files_from_the_drop_to_the_store_and_back(
    empty_dashboard: Dashboard, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(empty_dashboard.url)
    menu(page, "Upload")
    expect(page.locator("h1")).to_have_text("Upload")
    drop(page, FILES)
    expect(page.get_by_text("0 of 7 files can be stored")).to_be_visible(timeout=2 * PATIENCE)
    for name, layout in LAYOUTS.items():
        expect(card(page, name)).to_contain_text(layout)

    # What a file cannot tell by itself is asked, and the answer becomes the order of its dates.
    ambiguous = card(page, "dates.csv")
    expect(ambiguous).to_contain_text("which comes first?")
    ambiguous.get_by_text("day first: 2025-04-03").click()
    expect(ambiguous).to_contain_text("You said: date order: dmy")

    # Names that nobody knows are created only when somebody says so.
    for name in FILES:
        tick(card(page, name), "Create 1 KPI")
        expect(card(page, name)).to_contain_text("1 KPI would be created")

    # A bad row stops its file, with its line and what to do, until the good part is accepted.
    bad = card(page, "partly.csv")
    expect(bad).to_contain_text("This file would be refused.")
    with page.expect_download() as download:
        bad.get_by_role("button", name="Rejected rows as CSV").click()
    download.value.save_as(tmp_path / "rejected.csv")
    taken = (tmp_path / "rejected.csv").read_text("utf-8-sig")
    assert taken.splitlines()[1].startswith("3,value,three,")
    tick(bad, "Accept the good part: 1 good value")
    expect(bad).to_contain_text("The good part would be stored")

    page.get_by_role("button", name="Store 7 files").click()
    expect(page.get_by_role("button", name="Undo this load")).to_have_count(7, timeout=2 * PATIENCE)
    assert values(empty_dashboard, "Omsättning") == [1234.5, 1334.5]
    assert values(empty_dashboard, "Besök") == [100.0, 110.0]
    assert values(empty_dashboard, "Frånvaro") == [4.1, 4.2, 4.3]
    assert values(empty_dashboard, "Orders") == [7.0, 8.0]
    assert values(empty_dashboard, "Tickets") == [12.0, 14.0]
    assert values(empty_dashboard, "Calls") == [5.0, 6.0]
    assert values(empty_dashboard, "Returns") == [3.0]

    # A misspelt name: the known one is suggested, chosen, remembered; old and new stand side by side.
    drop(page, {"correction.csv": b"kpi,period,value\nOrdrs,2025-02,9\n"})
    late = card(page, "correction.csv")
    expect(late).to_contain_text("“Ordrs” is (looks like Orders)")
    late.get_by_role("combobox").first.click()
    page.keyboard.type("Orders")  # not into the box by its name: the open list hides all else from a screen reader
    page.get_by_role("option").filter(has_text="Orders").click()
    expect(late).to_contain_text("Restated: old → new")
    late.get_by_role("button", name="Store 1 value").click()
    expect(page.get_by_text("Stored correction.csv")).to_be_visible()
    assert values(empty_dashboard, "Orders") == [7.0, 9.0]
    page.get_by_role("button", name="Undo this load").click()
    expect(page.get_by_text("was taken back")).to_be_visible()
    assert values(empty_dashboard, "Orders") == [7.0, 8.0]

    # A file that nobody can read says what to do.
    drop(page, {"broken.xlsx": b"PK\x03\x04 cut short"})
    expect(card(page, "broken.xlsx")).to_contain_text("This file cannot be taken.")
    expect(card(page, "broken.xlsx")).to_contain_text("What to do: The file ends too early: fetch or export it again.")

    # The health of the data names what was refused, and what a source must bring is set there.
    menu(page, "Data health")
    expect(page.get_by_text("the last load of partly refused 1 value")).to_be_visible()
    page.get_by_role("link", name="partly", exact=False).first.click()
    expect(page.get_by_role("heading", name="Source partly")).to_be_visible()
    page.get_by_role("textbox", name="Expectations (YAML)").fill("rows_at_least: many")
    page.get_by_role("textbox", name="Expectations (YAML)").press("Control+Enter")
    expect(page.get_by_text("rows_at_least: input should be a valid integer")).to_be_visible()
    page.get_by_role("textbox", name="Expectations (YAML)").fill("rows_at_least: 2")
    page.get_by_role("textbox", name="Expectations (YAML)").press("Control+Enter")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved for the source partly")).to_be_visible()
    assert Workspace(empty_dashboard.store).company().sources["partly"].expectations == {"rows_at_least": 2}
