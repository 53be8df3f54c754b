"""Two dashboards, two loaders and two people with browsers on one shared store; servers and a loader are killed.

NEEDLE_MINUTES (default 5) says for how long: python -m tests.torture served. NEEDLE_DB and NEEDLE_LAKE name an empty
shared store; without them a PostgreSQL of its own is started. Everything is as in real life: `streamlit run server.py`,
`python cli.py load`, Chromium, and more viewers who open every page over a websocket.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException

from benchmarks.served import CYCLE, ROOT, paths
from benchmarks.visitor import Visitor
from tests.engines.postgres import shared_store
from tests.torture.forks import FORK, forked
from tests.torture.on_screen import checks_in
from tests.torture.places import Place
from tests.torture.together import Seen, judged, reads, waits
from tests.torture.writers import ROWS, extract
from workspace import Workspace

VIEWERS, THINKING = 3, (1.0, 4.0)  # of each server; seconds between two pages of one
OKRS = f"""objectives:
  - {{id: drill, title: The drill is passed, team: people, cycle: {CYCLE}, key_results: [
      {{id: talks-a, title: Talks of Ada are held, baseline: 0, target: 1000}},
      {{id: talks-b, title: Talks of Bo are held, baseline: 0, target: 1000}}]}}
""".encode()
KILLED = 0.3  # of the runs of one loader
BUSY = ("another server wrote at the same moment", "the store is in use")  # how a writer is told to try again


def served(minutes: float) -> tuple[bool, str]:
    """Whether nothing went wrong, and the figures in words."""
    with tempfile.TemporaryDirectory(prefix="needle-served-") as room, shared_store(Path(room)) as store:
        _fill(store, Path(room))
        return _drill(store, minutes, Path(room))


def _fill(store: str, room: Path) -> None:
    """The sample company, with a key result to check in; only where there is nothing yet."""
    if not forked(_is_empty, store):
        raise SystemExit("torture: the shared store is not empty, or cannot be reached; served writes into a new one.")
    sample = room / "sample.duckdb"
    for words in (["--db", str(sample), "sample", "nordlys"], ["--db", store, "restore", str(sample)]):
        subprocess.run([sys.executable, "cli.py", *words], cwd=ROOT, check=True, capture_output=True)
    forked(_begun, store)


def _is_empty(store: str) -> bool:
    return Workspace(store).is_empty()


def _begun(store: str) -> None:
    Workspace(store, who="ann").import_okrs("drill.yaml", OKRS)


def _drill(store: str, minutes: float, room: Path) -> tuple[bool, str]:
    ours, theirs = FORK.Pipe()
    places, done = [Place("a"), Place("b")], threading.Event()
    seen: dict[str, Seen] = {}
    # Forked before there is any thread: whole loads only, and versions that never go back, beside the servers.
    reader = FORK.Process(target=lambda: theirs.send(reads(store, 1, time.time() + 60 * minutes)))
    reader.start()
    theirs.close()
    spells = {"a": 20 * minutes, "b": 40 * minutes}  # seconds until each is killed: after a third, and after two
    with ThreadPoolExecutor(16) as crew:
        ready = [threading.Event() for _ in places]
        serving = [
            crew.submit(place.serve, store, [spells[place.name]], event, done)
            for place, event in zip(places, ready, strict=True)
        ]
        try:
            assert all(event.wait(180) for event in ready), "the servers did not start"
            until = time.time() + 60 * minutes
            jobs: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
                *((f"load {one}", loads, (one, room, until, one == "b")) for one in "ab"),
                *((f"pages of server {place.name}", visits, (place, until)) for place in places),
                ("check-in on a", checks_in, (places[0], places[1], 1, until)),
                ("check-in on b", checks_in, (places[1], places[0], 2, until)),
            ]
            working = [(name, crew.submit(work, *given)) for name, work, given in jobs]
            for name, one in working:
                seen |= {name: one.result()} if isinstance(one.result(), Seen) else one.result()
        finally:
            done.set()
        for one in serving:
            one.result()
    seen["reads beside them"] = ours.recv()
    reader.join()
    lost = forked(judged, store, [what for one in seen.values() for what in one.done])
    errors = [error for one in seen.values() for error in one.errors]
    lines = [
        f"served for {minutes:g} minutes: {len(errors)} errors, {lost} lost updates, "
        f"{sum(len(place.away) for place in places)} servers and {sum(one.kills for one in seen.values())} loaders killed",
        *(waits(name, one.seconds) for name, one in seen.items()),
        waits("start of a server", [seconds for place in places for seconds in place.starts]),
        waits("away when killed", [to - since for place in places for since, to in place.away]),
        f"told to try again: {sum(one.conflicts for one in seen.values())}; "
        f"interrupted by a kill: {sum(one.interrupted for one in seen.values())}; "
        f"looks at the other server that came too early: {sum(one.late for one in seen.values())}; "
        f"acknowledged: {sum(len(one.done) for one in seen.values())}",
    ]
    return not errors and lost == 0, "\n".join([*lines, *sorted(set(errors))[:20]])


def loads(name: str, room: Path, until: float, killed: bool) -> Seen:
    """A cron: a terminal for each file, every third the same as the other cron's. What is killed comes again."""
    seen, number, chance = Seen(), 1, random.Random(name)
    folder = room / f"loader-{name}"
    folder.mkdir()
    while time.time() < until:
        stem = f"both{number}" if number % 3 == 0 else f"{name}{number}"
        file = folder / f"{stem}.csv"
        file.write_bytes(extract(stem, ROWS))
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "cli.py", "load", file, "--create-kpis", "--json"], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            patience = chance.uniform(1, 12) if killed and chance.random() < KILLED else None
            said, complained = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            seen.kills += 1
            continue
        seen.seconds.append(time.monotonic() - begun)
        if process.returncode == 0 and json.loads(said)["loads"][0]["status"] in ("stored", "already_loaded"):
            seen.done.append(f"load {file.name}")
            number += 1
        elif any(words in complained for words in BUSY):
            seen.conflicts += 1
        else:
            seen.errors.append(f"{file.name}: {said} {complained}")
            number += 1
    return seen


def visits(place: Place, until: float) -> Seen:
    """People who open one page after the other; after a kill they come back."""
    seen, every = Seen(), paths()

    async def person(number: int) -> None:
        chance = random.Random(f"{place.name} {number}")
        while time.time() < until:
            begun = time.time()
            try:
                async with Visitor(place.port) as visitor:
                    while (begun := time.time()) < until:
                        path = chance.choice(every)
                        page = await visitor.see(path, cycle=CYCLE)
                        seen.seconds.append(page.seconds)
                        seen.errors += [f"{path} on {place.name}: {what}" for what in page.exceptions + page.errors]
                        await asyncio.sleep(chance.uniform(*THINKING))
            except (OSError, WebSocketException) as error:
                place.forgives(seen, begun, f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.5)

    async def everybody() -> None:
        await asyncio.gather(*(person(number) for number in range(VIEWERS)))

    asyncio.run(everybody())
    return seen
