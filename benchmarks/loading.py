"""A big CSV into the store, against what DuckDB alone needs to put the same file into a table. Run by itself:
python -m benchmarks loading. NEEDLE_BENCH_ROWS (default 4 million, about 140 MB; 20 million is the whole) and
NEEDLE_BENCH_ORDER (kpi or date) say how big the file is and how its rows are sorted."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.table import Table

ROWS = 4_000_000
KPIS, SEGMENTS = 500, 20
FIRST = "DATE '2020-01-01'"

# Each step runs in a process of its own, so that its peak memory is its own; it prints seconds, CPU and peak bytes.
# All of them import the same, before the clock starts.
_MEASURED = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
import duckdb
from workspace import LoadOptions, Workspace
start, before = perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
{work}
used = resource.getrusage(resource.RUSAGE_SELF)
cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps([perf_counter() - start, cpu, used.ru_maxrss * 1024]))
"""
_BY_DUCKDB = """
connection = duckdb.connect(sys.argv[2])
connection.execute("SET enable_progress_bar = false")
connection.execute(f"CREATE TABLE observation AS SELECT * FROM read_csv('{sys.argv[1]}')")
connection.execute("CHECKPOINT")
connection.close()
"""
_BY_NEEDLE = """
result = Workspace(sys.argv[2]).load_path(Path(sys.argv[1]), LoadOptions(create_kpis=True, trusted=True))
assert result.status == sys.argv[3], (result.status, result.rejected[:3])
"""


def measure() -> Table:
    """Times of one run: DuckDB's own CREATE TABLE AS, our checked and versioned load, the same file again."""
    rows, order = int(os.environ.get("NEEDLE_BENCH_ROWS", ROWS)), os.environ.get("NEEDLE_BENCH_ORDER", "kpi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "big.csv"
        write_csv(file, rows, order)
        size = file.stat().st_size / 1e6
        table = Table(f"Loading: {rows:,} rows, {size:,.0f} MB of CSV sorted by {order}", "DuckDB, CREATE TABLE AS")
        ours = str(Path(folder) / "needle.duckdb")
        for name, work, arguments in (
            ("DuckDB, CREATE TABLE AS", _BY_DUCKDB, [str(Path(folder) / "bare.duckdb")]),
            ("load, first time", _BY_NEEDLE, [ours, "stored"]),
            ("load, the same file again", _BY_NEEDLE, [ours, "already_loaded"]),
        ):
            seconds, cpu, peak = _measured(work, str(file), *arguments)
            table.add(name, seconds)
            print(f"{name}: {cpu:.1f} s of CPU, peak memory {peak / 1e9:.2f} GB", file=sys.stderr)
        return table


def write_csv(file: Path, rows: int, order: str) -> None:
    """kpi, date, value, segment: every KPI and segment on every day, sorted by name or by day."""
    days = -(-rows // (KPIS * SEGMENTS))
    places = {
        "kpi": (f"i // {days * SEGMENTS}", f"(i // {days}) % {SEGMENTS}", f"i % {days}"),
        "date": (f"i % {KPIS}", f"(i // {KPIS}) % {SEGMENTS}", f"i // {KPIS * SEGMENTS}"),
    }
    kpi, segment, day = places[order]
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"COPY (SELECT 'kpi_' || lpad(CAST({kpi} AS VARCHAR), 3, '0') AS kpi, {FIRST} + CAST({day} AS INTEGER) "
            "AS date, round(100 + 50 * sin(i / 1000.0) + (hash(i) % 100000) / 1000.0, 2) AS value, "
            f"'segment ' || chr(CAST(65 + {segment} AS INTEGER)) AS segment FROM range({rows}) t(i)) "
            f"TO '{file}' (HEADER)"
        )


def _measured(work: str, *arguments: str) -> list[float]:
    code = _MEASURED.replace("{work}", work)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return json.loads(done.stdout.splitlines()[-1])
