"""Somebody with a browser who checks in again and again, and looks whether the other server's pages say it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, sync_playwright
from websockets.exceptions import WebSocketException

from benchmarks.served import CYCLE
from benchmarks.visitor import Seen as Shown
from benchmarks.visitor import Visitor
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.torture.places import Place
from tests.torture.together import Seen

PATIENCE = 90.0  # seconds for a page or a save before it counts as an error
SOON = 10.0  # seconds within which the other server's pages must say it
PAUSE = 1.0


def checks_in(here: Place, there: Place, first: int, until: float) -> dict[str, Seen]:
    """Rounds of check-ins on one server: page opened, value and note typed, saved, and seen on the other server. Each
    on a key result of their own, since the last check-in of a day takes the place of those before it."""
    opened, saved, across = Seen(), Seen(), Seen()
    key_result, value = f"talks-{here.name}", first
    with sync_playwright() as playwright, ThreadPoolExecutor(1) as aside:
        browser = playwright.chromium.launch(executable_path=Path(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(1000 * PATIENCE)
        while time.time() < until:
            begun, note, value = time.time(), f"Said on {here.name}: {value + 2}.", value + 2
            try:
                page.goto(f"http://127.0.0.1:{here.port}/check-in?cycle={CYCLE}&team=People")
                card(page, key_result, 0).get_by_label("Value").wait_for()
                opened.seconds.append(time.time() - begun)
                card(page, key_result, 0).get_by_label("Value").fill(str(value))
                card(page, key_result, 0).get_by_label("Note").fill(note)
                pressed = time.time()
                page.get_by_role("button", name="Save the round").click()
                card(page, key_result, 1).wait_for()  # fresh fields: it was saved
                saved.seconds.append(time.time() - pressed)
                saved.done.append(f"check-in {value:g}")
            except Error as error:
                here.forgives(saved, begun, f"check-in of {note} {error.message.splitlines()[0]} {faults(page)}")
                time.sleep(0.5)
                continue
            saved.errors += faults(page)
            aside.submit(asyncio.run, _arrives(there, key_result, note, across)).result()
            time.sleep(PAUSE)
        browser.close()
    return {
        f"check-in page on {here.name}": opened,
        f"check-in saved on {here.name}": saved,
        f"until {there.name} shows it": across,
    }


def card(page: Page, key_result: str, rounds: int) -> Locator:
    """The box of a key result, after so many rounds were saved on this page."""
    return page.locator(f"[class*='st-key-check-in-card-{rounds}-{key_result}']")


def faults(page: Page) -> list[str]:
    """What is shown in red."""
    boxes = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    return [f"on screen: {text}" for text in boxes.all_inner_texts()]


async def _arrives(there: Place, key_result: str, note: str, across: Seen) -> None:
    """Ask the other server for the key result until its page holds the note."""
    begun = time.time()
    try:
        async with Visitor(there.port) as visitor:
            while True:
                shown: Shown = await visitor.see("key-result", kr=key_result, cycle=CYCLE)
                if shown.says(note):
                    across.seconds.append(time.time() - begun)
                    return
                across.late += 1
                if time.time() - begun > SOON:
                    across.errors.append(f"{note} is not seen on {there.name} after {SOON:g} s")
                    return
    except (OSError, WebSocketException) as error:
        there.forgives(across, begun, f"{type(error).__name__}: {error}")
