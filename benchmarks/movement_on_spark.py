"""Movement of many series: on one machine, and in Spark's workers beside it; seconds of processor and clock.

    make test-engines && .venv/engines/bin/python -m benchmarks.movement_on_spark [--sizes 1000 10000]

Daily series of 500 days with a window of 60. Both read the same Parquet files of at most 10,000 series; the machine
does so file by file. Processor time of Spark is that of its JVM and its workers, without starting them.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pandas as pd

from models.movement import judge

DAYS, WINDOW, IN_FILE = 500, 60, 10_000


def written(folder: Path, size: int) -> None:
    rng = np.random.default_rng(size)
    dates = pd.date_range("2025-02-01", periods=DAYS)
    for place in ("cases", "values"):
        (folder / place).mkdir(parents=True)
    for number, first in enumerate(range(0, size, IN_FILE)):
        some = min(IN_FILE, size - first)
        names = np.array([f"s{first + i:07}" for i in range(some)])
        y = np.exp(np.cumsum(rng.normal(0, 0.003, (some, DAYS)), 1) + rng.normal(0, 0.05, (some, DAYS))) * 100
        y[::3, -WINDOW:] *= 1.08
        cases = pd.DataFrame({"case_id": names, "cadence": "day", "cycle_start": dates[-WINDOW], "cycle_end": dates[-1],
                              "direction": "up", "min_effect": 0.02})  # fmt: skip
        values = pd.DataFrame({"case_id": np.repeat(names, DAYS), "role": "kpi", "date": np.tile(dates, some),
                               "value": y.ravel()})  # fmt: skip
        for place, frame in (("cases", cases), ("values", values)):
            frame.to_parquet(folder / place / f"{number}.parquet", coerce_timestamps="us", index=False)


def here(folder: Path) -> pd.DataFrame:
    files = sorted((folder / "cases").iterdir())
    return pd.concat([judge(pd.read_parquet(f), pd.read_parquet(folder / "values" / f.name)) for f in files])


def processor_of(pid: int) -> float:
    """Seconds of a process and of everything it started."""
    ticks, family = 0, {pid}
    stats = [[*path.read_text().rpartition(") ")[2].split(), path.parent.name] for path in _stats()]
    for _ in range(4):  # JVM, daemon, workers
        family |= {int(s[-1]) for s in stats if int(s[1]) in family}
    for s in stats:
        if int(s[-1]) in family:
            ticks += sum(int(part) for part in s[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stats() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    said = parser.parse_args()
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(Path(__file__).parents[1]),
                   "SPARK_LOCAL_IP": "127.0.0.1"}  # fmt: skip
    from pyspark.sql import SparkSession

    from models.movement_on_spark import movement_on_spark

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.driver.memory", "2g")
    spark = builder.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR").getOrCreate()
    jvm = spark.sparkContext._gateway.proc.pid
    folder = Path(tempfile.mkdtemp(prefix="needle-bench-"))
    rows = []
    try:
        written(folder / "warm", 400)
        for size in (400, *said.sizes):  # the first, to be warm, does not count
            at = folder / ("warm" if size == 400 else str(size))
            if not at.exists():
                written(at, size)
            clock, processor = perf_counter(), process_time()
            mine = here(at)
            clock, processor = perf_counter() - clock, process_time() - processor
            clock_there, there = perf_counter(), processor_of(jvm)
            found = movement_on_spark(spark.read.parquet(f"{at}/cases"), spark.read.parquet(f"{at}/values"))
            counts = {row["verdict"]: row["count"] for row in found.groupBy("verdict").count().collect()}
            clock_there, there = perf_counter() - clock_there, processor_of(jvm) - there
            assert counts == mine["verdict"].value_counts().to_dict()
            rows.append({"series": size, "here: processor s": processor, "here: clock s": clock,
                         "Spark local[2]: processor s": there, "Spark: clock s": clock_there})  # fmt: skip
            print(pd.DataFrame(rows[1:]).round(1).to_string(index=False), flush=True)
            shutil.rmtree(at)
    finally:
        spark.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
