"""The same facts in five engines: a DuckDB file, a folder of Parquet files, a PostgreSQL and a Spark of our own, and the
same Spark through Spark Connect. All of them run far from UTC: whoever takes its own days for the days of UTC is found.
"""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpi_sources.warehouse_file import Connection
from kpi_sources.warehouses import Warehouse
from tests.engines.postgres import PASSWORD, Server, started

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENVIRONMENT = {"FACTS_PASSWORD": PASSWORD}
ROWS = 6_000
FACTS = f"""
SELECT TIMESTAMP '2026-01-01 00:10:00' + to_minutes(CAST(i * 67 AS INTEGER)) AS ordered_at,
    CAST((i * 7919 % 10007) / 100.0 AS DECIMAL(12, 2)) AS amount,
    (i * 31 % 97) / 7.0 AS minutes,
    'c' || (i * 17 % 500) AS customer,
    CASE i * 13 % 4 WHEN 0 THEN 'SE' WHEN 1 THEN 'DE' WHEN 2 THEN 'Åland''s "US"' END AS country,
    CASE WHEN i % 3 = 0 THEN 'web' ELSE 'shop' END AS channel,
    CASE WHEN i * 11 % 5 = 0 THEN 'void' ELSE 'paid' END AS status
FROM range({ROWS}) t(i)
"""
COLUMNS = (
    "ordered_at TIMESTAMP, amount NUMERIC(12, 2), minutes DOUBLE PRECISION, customer TEXT, country TEXT, "
    "channel TEXT, status TEXT"
)


# Moments around midnight and the turn of a month, in UTC and in Auckland (UTC+13 in January); what is empty, what is no
# number, and what is added up exactly or not at all.
EDGES = """
SELECT CAST(instant AS TIMESTAMPTZ) AS moment, CAST(clock AS TIMESTAMP) AS clock, CAST(clock AS DATE) AS day,
    CAST(price AS DECIMAL(20, 4)) AS price, CAST(pieces AS INTEGER) AS pieces, CAST(share AS DOUBLE) AS share,
    CAST(good AS BOOLEAN) AS good, name
FROM (VALUES
    ('2025-12-31 23:59:59.999999+00', '2025-12-31 23:59:59.999999', 0.1, 7, 0.5, true, 'a'),
    ('2026-01-01 00:00:00+00', '2026-01-01 00:00:00', 0.2, 2, NULL, false, 'a'),
    ('2026-01-01 12:30:00+13', '2026-01-31 23:59:59', 1234567890123.4567, NULL, 0.25, NULL, NULL),
    ('2026-01-31 23:00:00-03', '2026-02-01 00:00:00', -0.3, 2, CAST('nan' AS DOUBLE), true, 'b'),
    ('2026-02-28 23:59:59+00', '2026-02-28 23:59:59', NULL, 3, 1.5, true, 'A'),
    ('2026-03-01 00:00:00+00', '2026-03-01 00:00:00', 0.7, NULL, NULL, NULL, 'a'),
    (NULL, NULL, 99, 9, 9, true, 'b')
) AS t(instant, clock, price, pieces, share, good, name)
"""
EDGE_COLUMNS = (
    "moment TIMESTAMPTZ, clock TIMESTAMP, day DATE, price NUMERIC(20, 4), pieces INTEGER, share DOUBLE PRECISION, "
    "good BOOLEAN, name TEXT"
)


@pytest.fixture(scope="session", autouse=True)
def _far_from_utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Auckland"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> Path:
    """facts.duckdb with the table orders, lake/orders with the same rows in two Parquet files, orders.csv."""
    import duckdb

    folder = tmp_path_factory.mktemp("facts")
    (folder / "lake/orders").mkdir(parents=True)
    (folder / "lake/edges").mkdir()
    with duckdb.connect(folder / "facts.duckdb") as connection:
        connection.execute(f"CREATE TABLE orders AS {FACTS}")
        for number, half in enumerate(("<", ">=")):
            connection.execute(
                f"COPY (SELECT * FROM orders WHERE ordered_at {half} DATE '2026-05-01') "
                f"TO '{folder}/lake/orders/{number}.parquet'"
            )
        connection.execute(f"COPY orders TO '{folder}/orders.csv' (HEADER)")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE edges AS {EDGES}")
        connection.execute(f"COPY edges TO '{folder}/lake/edges/0.parquet'")
        connection.execute(f"COPY edges TO '{folder}/edges.csv' (HEADER)")
    return folder


@pytest.fixture(scope="session")
def postgres(files) -> Iterator[Server]:
    """The server with the same facts in sales.orders."""
    with started() as server:
        with server.connect() as connection:
            connection.execute("CREATE SCHEMA sales")
            connection.execute(f"CREATE TABLE sales.orders ({COLUMNS})")
            connection.execute(f"CREATE TABLE sales.edges ({EDGE_COLUMNS})")
            for name in ("orders", "edges"):
                with connection.cursor().copy(f"COPY sales.{name} FROM STDIN (FORMAT csv, HEADER)") as copy:
                    copy.write((files / f"{name}.csv").read_bytes())
        yield server


@pytest.fixture(scope="session")
def spark(files, tmp_path_factory) -> Iterator[tuple["SparkSession", int]]:
    """One Spark for all tests, with the same facts in sales.orders, and the port of its Connect server. It is set up
    badly on purpose: without ANSI, with days of Auckland; our own sessions must not mind."""
    if not shutil.which("java"):
        pytest.skip("Java is not installed: Spark needs it (Debian: openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ |= {
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(Path(__file__).parents[2]),  # for the workers
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",  # small questions: nothing pays for optimising
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
        "spark.sql.ansi.enabled": "false",
        "spark.sql.session.timeZone": "Pacific/Auckland",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
    }
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sql("CREATE SCHEMA sales")
    for name in ("orders", "edges"):
        session.sql(f"CREATE TABLE sales.{name} USING PARQUET LOCATION '{files}/lake/{name}'")
    yield session, port
    session.stop()


@pytest.fixture(scope="session")
def urls(files, postgres, spark) -> dict[str, str]:
    return {
        "file": f"duckdb:{files / 'facts.duckdb'}",
        "lake": f"parquet:{files / 'lake'}",
        "pg": postgres.url,
        "spark": "spark:local[2]",
        "connect": f"sc://127.0.0.1:{spark[1]}",
    }


@pytest.fixture(scope="session")
def warehouses(urls) -> Iterator[dict[str, Warehouse]]:
    made = {name: Warehouse(name, Connection(url=url, timeout=300), ENVIRONMENT) for name, url in urls.items()}
    yield made
    for warehouse in made.values():
        warehouse.close()
