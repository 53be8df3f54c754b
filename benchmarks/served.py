"""The dashboard as people meet it: start-up, every page cold and warm, in a browser, memory, and fifty people at once.

The real server runs over a store of its own. Times of a page are those until its script is through and all of it has
come (visitor.py); CPU is the server's own, which other work on the machine disturbs less. NEEDLE_BENCH_DAYS=5780 makes
the big company whole (50 million values), NEEDLE_BENCH_KPIS and NEEDLE_BENCH_VIEWERS say how big and how many.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.summary import note
from benchmarks.visitor import Seen, Visitor

ROOT = Path(__file__).parents[1]
KPIS, KEY_RESULTS, DAYS = 2_000, 400, 730
VIEWERS, SPELL, THINKING = 50, 60.0, (10.0, 20.0)  # people, seconds, seconds between two pages of one
GOALS = {"server": 0.3, "browser": 1.0, "p95": 2.0, "start": 10.0}  # seconds
GOAL_MEMORY = 4.0  # GB
CYCLE = "2026-Q3"
VIEWS = ("list", "board", "timeline", "calendar", "map", "workload", "activity")
DRAWN = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  if (!app || app.dataset.testScriptState !== 'notRunning' || !document.querySelector('h1')) return false
  if (document.querySelector('[data-testid=stSkeleton]')) return false
  return [...document.querySelectorAll('.stPlotlyChart')].every(chart => chart.querySelector('svg.main-svg'))
}"""


@dataclass
class Server:
    """A running server: its port, its process, and seconds from the start to the first text of the scorecard."""

    port: int
    pid: int
    first_page: float = 0.0

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in GB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


def paths() -> list[str]:
    """Every page of the menu, and every view of the OKRs; read from the text, for the dashboard is a script."""
    text = (ROOT / "dashboard.py").read_text(encoding="utf-8").split("MENU = {")[1].split("\n}")[0]
    names = [line.split('"')[1] for line in text.splitlines() if line.startswith('    "')]
    return [path for name in names for path in ([f"okrs?view={v}" for v in VIEWS] if name == "okrs" else [name])]


def main() -> None:
    size = {"kpis": KPIS, "key-results": KEY_RESULTS, "days": DAYS}
    asked = {name: int(os.environ.get(f"NEEDLE_BENCH_{name.upper().replace('-', '_')}", n)) for name, n in size.items()}
    with tempfile.TemporaryDirectory() as folder:
        for title, words in (
            ("sample", ["nordlys"]),
            ("big company", ["big", *(word for name, n in asked.items() for word in (f"--{name}", str(n)))]),
        ):
            store = Path(folder) / f"{words[0]}.duckdb"
            _run("--db", str(store), "sample", *words)
            what = "" if words == ["nordlys"] else ": " + ", ".join(f"{n:,} {name}" for name, n in asked.items())
            print(f"Served: {title}{what}")
            _measure(store, title)
            print()


def shared() -> None:
    """The sample in a file, then in a shared store: the one that the environment names (as it is, where it is filled),
    or a new one in a PostgreSQL of its own. Run it in the environment of the tests that ask real engines."""
    from tests.engines.postgres import shared_store
    from workspace import Workspace

    with tempfile.TemporaryDirectory() as folder, shared_store(Path(folder)) as address:
        store = Path(folder) / "nordlys.duckdb"
        _run("--db", str(store), "sample", "nordlys")
        if Workspace(address).is_empty():
            _run("--db", address, "restore", str(store))
        for where, title in ((store, "sample in a file"), (address, "sample in a shared store")):
            print(f"Served: {title}")
            _measure(where, title)
            print()


def _run(*words: str) -> None:
    subprocess.run([sys.executable, ROOT / "cli.py", *words], check=True, capture_output=True)


def _measure(store: Path | str, title: str) -> None:
    spell = float(os.environ.get("NEEDLE_BENCH_SECONDS", SPELL))
    viewers = int(os.environ.get("NEEDLE_BENCH_VIEWERS", VIEWERS))
    with serving(store) as server:
        print(f"from start to the scorecard's text {server.first_page:9.2f} s {server.cpu():9.2f} s CPU")
        cold = {path: asyncio.run(_once(server, path)) for path in paths()}
        warm = {path: min((asyncio.run(_once(server, path)) for _ in range(2)), key=lambda o: o[1]) for path in paths()}
        drawn = in_browser(server)
        memory = server.memory()
        print(f"memory after every page {memory:.2f} GB")
        heads = ("cold s", "cold CPU", "warm s", "warm CPU", "kB", "drawn s")
        print(f"{'page':<22}" + "".join(f"{head:>10}" for head in heads))
        for path, (seen, cpu) in warm.items():
            first = cold[path]
            said = (first[0].seconds, first[1], seen.seconds, cpu)
            row = "".join(f"{value:10.2f}" for value in said) + f"{seen.size / 1e3:10.0f}"
            late = " *" if cpu > GOALS["server"] or drawn.get(path, 0) > GOALS["browser"] else ""
            print(f"{path:<22}{row}{drawn.get(path, float('nan')):10.2f}{late}")
        before = server.cpu()
        times = sorted(asyncio.run(crowd(server, viewers, spell)))
        share = (server.cpu() - before) / spell
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(
            f"{viewers} viewers, {len(times)} pages in {spell:.0f} s: median {middle:.2f} s, p95 {late:.2f} s "
            f"(goal {GOALS['p95']:.0f} s), longest {times[-1]:.2f} s, {share:.2f} cores"
        )
        slowest = max(warm, key=lambda path: warm[path][1])
        note(title, "start to first page (s)", server.first_page, "goal", GOALS["start"])
        note(title, f"server CPU of a page, most: {slowest} (s)", warm[slowest][1], "goal", GOALS["server"])
        if drawn:
            last = max(paths(), key=lambda path: drawn[path])
            note(title, f"drawn in the browser, most: {last} (s)", drawn[last], "goal", GOALS["browser"])
        note(title, f"{viewers} viewers, median (s)", middle, "goal", GOALS["p95"])
        note(title, f"{viewers} viewers, p95 (s)", late, "goal", GOALS["p95"])
        note(title, "memory after every page (GB)", memory, "goal", GOAL_MEMORY)


async def _once(server: Server, path: str) -> tuple[Seen, float]:
    async with Visitor(server.port) as visitor:
        before = server.cpu()
        seen = await visitor.see(path, cycle=CYCLE)
        assert not seen.exceptions, (path, seen.exceptions)
        return seen, server.cpu() - before


async def crowd(server: Server, viewers: int, seconds: float) -> list[float]:
    """Seconds of every page that so many people saw, each with a tab and a pace of their own, drawn from a seed."""
    until = perf_counter() + seconds
    every, times = paths(), []

    async def person(number: int) -> None:
        chance = random.Random(number)
        async with Visitor(server.port) as visitor:
            await asyncio.sleep(chance.uniform(0, THINKING[1]))
            while perf_counter() < until:
                seen = await visitor.see(chance.choice(every), cycle=CYCLE)
                assert not seen.exceptions, seen.exceptions
                times.append(seen.seconds)
                await asyncio.sleep(chance.uniform(*THINKING))

    await asyncio.gather(*(person(number) for number in range(viewers)))
    return times


def in_browser(server: Server) -> dict[str, float]:
    """Seconds until the last chart of each page is drawn, opened by its link in a browser that was there before; empty
    where there is no Playwright or no Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    chromium = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if not chromium.exists():
        return {}
    out = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        for path in ["", *paths()]:  # the first fills the browser's cache
            mark = "&" if "?" in path else "?"
            begun = perf_counter()
            page.goto(f"http://127.0.0.1:{server.port}/{path}{mark}cycle={CYCLE}")
            page.wait_for_function(DRAWN, polling="raf")
            out[path] = perf_counter() - begun
        browser.close()
    return out


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Path | str, port: int = 0, **environment: str) -> Iterator[Server]:
    """`streamlit run server.py` over a store, until the first page has come."""
    port = port or free_port()
    words = ["-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.headless", "true"]
    begun = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT,
        env={**os.environ, "NEEDLE_DB": str(store), "NEEDLE_WARM_UP": "off", **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
                break
            except OSError:
                assert process.poll() is None, "the server did not start"
                time.sleep(0.05)
        server = Server(port, process.pid)
        asyncio.run(_once(server, "scorecard"))
        server.first_page = perf_counter() - begun
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
