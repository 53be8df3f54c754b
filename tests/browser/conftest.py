"""A running dashboard with a store of its own, and a real Chromium that may talk to it and to nobody else."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]
PATIENCE = 120_000  # milliseconds; a fresh server on a busy machine takes a while to judge its first cycle


@dataclass
class Dashboard:
    """A running dashboard: where it is, and where its store lies."""

    url: str
    store: Path
    log: Path = field(repr=False)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        message = "no Chromium found; install Debian's chromium or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def empty_dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over a store that does not exist yet."""
    with running(tmp_path / "needle.duckdb") as dashboard:
        yield dashboard


@pytest.fixture(scope="session")
def sample_store(sample_company: Path, copied: Callable[[Path, Path], Path], tmp_path_factory) -> Path:
    """A store filled with the sample company, of this worker alone."""
    return copied(sample_company / "needle.duckdb", tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def quiet_dashboard(sample_store: Path) -> Iterator[Dashboard]:
    """One dashboard over the sample company for all tests that only read."""
    with running(sample_store, NEEDLE_WARM_UP="on") as started:
        yield started


@pytest.fixture
def dashboard(sample_company: Path, copied: Callable[[Path, Path], Path], tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over a copy of the sample company, free to be changed."""
    store = copied(sample_company / "needle.duckdb", tmp_path)
    with running(store) as started:
        yield started


class Pages:
    """Opens pages, and remembers what they asked for outside 127.0.0.1."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.outside: list[str] = []

    def new(self, width: int, height: int, scheme: str) -> Page:
        """An empty page in a browser that knows nothing."""
        context = self._browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self._watch(request.url))
        page.on("websocket", lambda socket: self._watch(socket.url))
        return page

    def _watch(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)

    def exceptions(self) -> int:
        """How many the open pages show."""
        return sum(page.get_by_test_id("stException").count() for context in self._contexts for page in context.pages)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages; afterwards fails if any of them asked for anything outside 127.0.0.1 or showed an exception."""
    pages = Pages(chromium)

    def open_one(url: str, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        page = pages.new(width, height, scheme)
        page.goto(url)
        page.locator("h1").first.wait_for()
        return page

    yield open_one
    shown = pages.exceptions()
    pages.close()
    assert (pages.outside, shown) == ([], 0)


@pytest.fixture(scope="module")
def screens(chromium: Browser) -> Iterator[Callable[[int, str], Page]]:
    """One page for each width and scheme, which keeps what it has loaded from one look to the next."""
    pages, known = Pages(chromium), {}

    def screen(width: int, scheme: str) -> Page:
        if (width, scheme) not in known:
            known[width, scheme] = pages.new(width, 900, scheme)
        return known[width, scheme]

    yield screen
    pages.close()
    assert pages.outside == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


SECTIONS = {  # of the menu, by the pages that the journeys open
    **dict.fromkeys(("Scorecard",), "Review"),
    **dict.fromkeys(("OKRs", "Plan", "Hints", "Check-in", "Stand-up"), "OKRs"),
    **dict.fromkeys(("KPI review",), "KPIs"),
    **dict.fromkeys(("Retrospective", "Lessons"), "Learn"),
    **dict.fromkeys(("Upload", "Data health", "Loads"), "Data"),
}


def menu(page: Page, title: str) -> None:
    """Open a page as a person does: the section of the menu, then the page."""
    page.get_by_test_id("stTopNavSection").get_by_text(SECTIONS[title], exact=True).click()
    page.get_by_test_id("stTopNavPopover").get_by_role("menuitem", name=title, exact=True).click()


@contextmanager
def running(store: Path, port: int = 0, script: str = "server.py", **environment: str) -> Iterator[Dashboard]:
    """`streamlit run server.py` (or another script) on a free port, over this store.

    It gets no answers ready, which would be half of the CPU of a journey; NEEDLE_WARM_UP="on" has it do so.
    """
    port = port or free_port()
    log = store.parent / "dashboard.log"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "NEEDLE_DB": str(store), "NEEDLE_WARM_UP": "off", **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield Dashboard(url, store, log)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not answer: {log.read_text()}")
