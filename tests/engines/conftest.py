"""The same facts in three engines: a DuckDB file, a folder of Parquet files, and a PostgreSQL of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_sources.warehouse_file import Connection
from kpi_sources.warehouses import Warehouse
from tests.engines.postgres import PASSWORD, Server, started

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


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> Path:
    """facts.duckdb with the table orders, lake/orders with the same rows in two Parquet files, orders.csv."""
    import duckdb

    folder = tmp_path_factory.mktemp("facts")
    (folder / "lake/orders").mkdir(parents=True)
    with duckdb.connect(folder / "facts.duckdb") as connection:
        connection.execute(f"CREATE TABLE orders AS {FACTS}")
        for number, half in enumerate(("<", ">=")):
            connection.execute(
                f"COPY (SELECT * FROM orders WHERE ordered_at {half} DATE '2026-05-01') "
                f"TO '{folder}/lake/orders/{number}.parquet'"
            )
        connection.execute(f"COPY orders TO '{folder}/orders.csv' (HEADER)")
    return folder


@pytest.fixture(scope="session")
def postgres(files) -> Iterator[Server]:
    """The server with the same facts in sales.orders."""
    with started() as server:
        with server.connect() as connection:
            connection.execute("CREATE SCHEMA sales")
            connection.execute(f"CREATE TABLE sales.orders ({COLUMNS})")
            with connection.cursor().copy("COPY sales.orders FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write((files / "orders.csv").read_bytes())
        yield server


@pytest.fixture(scope="session")
def urls(files, postgres) -> dict[str, str]:
    return {
        "file": f"duckdb:{files / 'facts.duckdb'}",
        "lake": f"parquet:{files / 'lake'}",
        "pg": postgres.url,
    }


@pytest.fixture(scope="session")
def warehouses(urls) -> Iterator[dict[str, Warehouse]]:
    made = {name: Warehouse(name, Connection(url=url), ENVIRONMENT) for name, url in urls.items()}
    yield made
    for warehouse in made.values():
        warehouse.close()
