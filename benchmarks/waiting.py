"""How long a reader waits while a big CSV is loaded. Run by itself: python -m benchmarks waiting.

NEEDLE_BENCH_ROWS (default 4,300,000, about 140 MB) says how big the file is. The store holds the sample company; one
process loads the file, then the same keys with one value in a thousand changed, while another asks for the scorecard
every 100 ms from what it keeps in memory, now and then as if it had just been started, and looks into the store.
"""

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import great_expectations  # noqa: F401  (a load imports it, in seconds: not what is measured)
import numpy as np

from benchmarks.loading import write_csv
from benchmarks.summary import note
from benchmarks.table import Table
from data.gate import StoreBusy
from workspace import LoadOptions, Workspace

ROWS = 4_300_000
GOAL = 2.0  # seconds until a page is there
EVERY = 0.1  # seconds between two questions
DAY = date(2026, 10, 6)


def measure() -> Table:
    """Waits of the reader in words on stderr; the table holds the wall seconds of the loads."""
    rows = int(os.environ.get("NEEDLE_BENCH_ROWS", ROWS))
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        store, file, changed = (Path(folder) / name for name in ("needle.duckdb", "big.csv", "changed.csv"))
        Workspace(store).fill_sample("nordlys")
        write_csv(file, rows, "kpi")
        _restate(file, changed)
        table = Table(f"Loading {rows:,} rows ({file.stat().st_size / 1e6:,.0f} MB) beside a reader", "all new")
        for name, path in (("all new", file), ("one in a thousand changed", changed)):
            ends = [context.Pipe() for _ in range(2)]
            jobs = [
                context.Process(target=_load, args=(ends[0][1], store, path)),
                context.Process(target=_read, args=(ends[1][1], store)),
            ]
            for job in jobs:
                job.start()
            for _, theirs in ends:  # so that one that ends early is noticed
                theirs.close()
            ends[1][0].recv()  # the reader has its first answer
            ends[0][0].send("go")
            wall, cpu, peak = ends[0][0].recv()
            ends[1][0].send("stop")
            waits = ends[1][0].recv()
            for job in jobs:
                job.join()
            table.add(name, wall)
            said = f"{name}: {wall:.1f} s, {cpu:.1f} s of CPU, {peak / 1e9:.2f} GB"
            for reader, seconds in waits.items():
                p50, p95 = np.quantile(seconds, [0.5, 0.95])
                note("waiting", f"{reader}, p95 while a file is loaded, {name} (s)", float(p95), "goal", GOAL)
                said += (
                    f"; {reader} asked {len(seconds)} times, p50 {p50:.2f} s, p95 {p95:.2f} s, max {max(seconds):.2f} s"
                )
            print(said, file=sys.stderr)
        return table


def _restate(file: Path, changed: Path) -> None:
    with file.open() as lines, changed.open("w") as out:
        for place, line in enumerate(lines):
            out.write(line.replace(",1", ",2", 1) if place % 1000 == 7 else line)


def _load(pipe: Pipe, store: Path, file: Path) -> None:
    workspace = Workspace(store, who="loader")
    pipe.recv()
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    result = workspace.load_path(file, LoadOptions(source="big", create_kpis=True, trusted=True))
    used = resource.getrusage(resource.RUSAGE_SELF)
    assert result.status == "stored", (result.status, result.rejected[:3])
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    pipe.send((time.perf_counter() - begin, cpu, used.ru_maxrss * 1024))


def _read(pipe: Pipe, store: Path) -> None:
    kept = Workspace(store, who="reader")

    def look() -> None:
        with Workspace(store).store.read():
            pass

    asked = {
        "a look into the store": look,
        "the scorecard, kept": lambda: kept.scorecard(as_of=DAY),
        "the scorecard, anew": lambda: Workspace(store).scorecard(as_of=DAY),
    }
    seen: dict[str, list[float]] = {name: [] for name in asked}
    kept.scorecard(as_of=DAY)
    pipe.send("ready")
    while not pipe.poll():
        for name in [*asked] if len(seen["the scorecard, kept"]) % 10 == 0 else [*asked][:2]:
            begin = time.perf_counter()
            try:
                asked[name]()
            except StoreBusy as told:
                print(f"{name}: {told}", file=sys.stderr)
            seen[name].append(time.perf_counter() - begin)
        time.sleep(EVERY)
    pipe.send(seen)


if __name__ == "__main__":
    print(json.dumps(str(measure())))
