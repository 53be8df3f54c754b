"""Kill -9 at random moments, and count.

This process never opens a database: it forks one that prepares, one that is killed and one that judges, so that each
begins at once with everything imported.
"""

import os
import random
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from data.store import open_store
from tests.torture import writers
from tests.torture.forks import FORK, forked
from tests.torture.writers import KINDS, Kind

PATIENCE = 120.0  # seconds until a writer that does nothing counts as hung


@dataclass
class Tally:
    kind: str
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    unopened: int = 0
    reopen_max: float = 0.0

    @property
    def faultless(self) -> bool:
        return not (self.lost or self.half or self.unopened)

    def line(self) -> str:
        return (
            f"{self.kind:<12}{self.kills:>7}{self.acknowledged:>14}{self.lost:>7}{self.half:>7}{self.unopened:>10}"
            f"{self.reopen_max:>10.2f} s"
        )


HEAD = f"{'kind':<12}{'kills':>7}{'acknowledged':>14}{'lost':>7}{'half':>7}{'unopened':>10}{'reopen max':>12}"


def kill(name: str, times: int, seed: int = 0) -> Tally:
    """Kill a writer of this kind so many times, each on a fresh copy of the same store."""
    kind, chance, tally = KINDS[name], random.Random(f"{name} {seed}"), Tally(name)
    with tempfile.TemporaryDirectory(prefix="needle-torture-") as room:
        template = Path(room) / "template"
        template.mkdir()
        forked(kind.prepare, template)
        for attempt in range(times):
            folder = Path(room) / f"kill-{attempt}"
            shutil.copytree(template, folder)
            done = _killed(kind, folder, chance.uniform(0, kind.within))
            before = tally.lost, tally.half, tally.unopened
            _judge(kind, folder, done, tally)
            if (tally.lost, tally.half, tally.unopened) == before:
                shutil.rmtree(folder)
            else:
                kept = Path(tempfile.mkdtemp(prefix="needle-broken-")) / "store"
                shutil.copytree(folder, kept)
                print(f"{name}: {tally.line()}; kept in {kept}", flush=True)
                shutil.rmtree(folder)
    return tally


def _killed(kind: Kind, folder: Path, after: float) -> list[str]:
    """What the writer told before it was killed."""
    told = folder / "told"
    told.touch()
    process = FORK.Process(target=_write, args=(kind, folder, told))
    process.start()
    give_up = time.monotonic() + PATIENCE
    started = folder / "started"
    while process.is_alive() and time.monotonic() < give_up:
        if told.stat().st_size if kind.waits else started.exists():
            break
        time.sleep(0.002)
    time.sleep(after)
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return told.read_text().split()


def _write(kind: Kind, folder: Path, told: Path) -> None:
    (folder / "started").touch()
    with told.open("ab", buffering=0) as file:
        kind.write(folder, lambda what: file.write(what.encode() + b"\n") and None)


def _judge(kind: Kind, folder: Path, done: list[str], tally: Tally) -> None:
    tally.kills += 1
    tally.acknowledged += len(done)
    found = forked(_judged, kind, folder, done)
    if found is None:
        tally.unopened += 1
        return
    seconds, lost, half = found
    tally.reopen_max = max(tally.reopen_max, seconds)
    tally.lost += lost
    tally.half += half


def _judged(kind: Kind, folder: Path, done: list[str]) -> tuple[float, int, int]:
    """Seconds to open, things lost, things half there."""
    begin = time.monotonic()
    with open_store(folder / "s.duckdb").read():
        seconds = time.monotonic() - begin
    lost, half = kind.judge(folder, done)
    return seconds, lost, half + (writers.broken(folder / "s.duckdb") > 0)
