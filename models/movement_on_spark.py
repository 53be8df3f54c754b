"""Movement of more series than one machine should carry: `judge`, unchanged, on buckets of series in Spark's workers.

Spark (4.0 or newer) is imported only when it is called; the workers need this product's `models` and its packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from models.language import tr
from models.movement import judge
from models.policy import POLICY, Policy
from models.refused import Refused

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PER_BUCKET = 2_000  # series: some 40 MB of daily values for two years, and a second or two of work
FIGURES = (
    "effect_rel", "lo_rel", "hi_rel", "lo90_rel", "hi90_rel", "score", "effect", "lo", "hi", "expected_mean",
    "actual_mean",
)  # fmt: skip
_DOUBLES = ", ".join(f"{name} double" for name in FIGURES)
JUDGED = f"case_id string, verdict string, reason string, {_DOUBLES}, n long, n_history long, shape string"
DAYS = ("cycle_start", "cycle_end", "date")
NEEDED = {
    "cases": ("case_id", "cadence", "cycle_start", "cycle_end", "direction"),
    "values": ("case_id", "role", "date", "value"),
}


def movement_on_spark(
    cases: DataFrame, values: DataFrame, policy: Policy = POLICY, *, buckets: int | None = None
) -> DataFrame:
    """`judge` for Spark frames with the columns that it reads, case_id a text: one row per case, in no order.

    Cases and values of one case meet in one bucket; without `buckets` the cases are counted first. Raises Refused where
    a column is not there.
    """
    for name, frame in (("cases", cases), ("values", values)):
        missing = [column for column in NEEDED[name] if column not in frame.columns]
        if missing:
            raise Refused(
                tr("{name}: there is no column {missing}; there are {known}.", name=name, missing=", ".join(missing),
                   known=", ".join(frame.columns))
            )  # fmt: skip
    from pyspark.sql import functions as f

    number = buckets or max(-(-cases.count() // PER_BUCKET), 1)

    def in_buckets(frame: DataFrame) -> DataFrame:
        for name in DAYS:
            if name in frame.columns:
                frame = frame.withColumn(name, f.col(name).cast("date").cast("timestamp_ntz"))  # not as objects
        if "value" in frame.columns:
            frame = frame.withColumn("value", f.col("value").cast("double"))
        key = f.col("case_id").cast("string")
        return frame.withColumn("case_id", key).withColumn("bucket", f.pmod(f.xxhash64(key), f.lit(number)))

    def judged(some: pd.DataFrame, of: pd.DataFrame) -> pd.DataFrame:
        return judge(some.drop(columns="bucket"), of.drop(columns="bucket"), policy)

    together = in_buckets(cases).groupBy("bucket").cogroup(in_buckets(values).groupBy("bucket"))
    return together.applyInPandas(judged, schema=JUDGED)


def _main(arguments: list[str] | None = None) -> None:
    """python -m models.movement_on_spark CASES VALUES RESULT [--master local[2]]: Parquet in, Parquet out."""
    import argparse

    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(prog="python -m models.movement_on_spark", description=__doc__)
    parser.add_argument("cases", help="Parquet: case_id, cadence, cycle_start, cycle_end, direction, min_effect, ...")
    parser.add_argument("values", help="Parquet: case_id, role, date, value")
    parser.add_argument("result", help="where the verdicts go, as Parquet; it must not be there yet")
    parser.add_argument("--master", help="where Spark runs; the master that spark-submit names when not said")
    parser.add_argument("--buckets", type=int, help="how many pieces of work; by the number of cases when not said")
    said = parser.parse_args(arguments)
    builder = SparkSession.builder.appName("Needle: movement").config("spark.sql.session.timeZone", "UTC")
    spark = (builder.master(said.master) if said.master else builder).getOrCreate()
    try:
        found = movement_on_spark(spark.read.parquet(said.cases), spark.read.parquet(said.values), buckets=said.buckets)
    except Refused as refusal:
        parser.error(str(refusal))
    found.write.parquet(said.result)


if __name__ == "__main__":
    _main()
