"""The same facts in three engines: a DuckDB file, a folder of Parquet files, and a PostgreSQL of our own."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_sources.warehouse_file import Connection
from kpi_sources.warehouses import Warehouse

PASSWORD = "p@ss/w:rd#1"
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


class Server:
    """A PostgreSQL on a port of its own, in a folder of its own, run by someone who is not root."""

    def __init__(self, binaries: Path):
        self.binaries = binaries
        self.user = getpass.getuser() if os.geteuid() else _someone()
        self.folder = Path(tempfile.mkdtemp(prefix="needle-pg-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"postgres://needle:${{FACTS_PASSWORD}}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        (self.folder / "password").write_text(PASSWORD)
        if not os.geteuid():
            owner = pwd.getpwnam(self.user)
            for path in (self.folder, self.folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", "data", "-U", "needle", "-A", "scram-sha-256", "--pwfile=password", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        if (self.folder / "data/postmaster.pid").exists():
            self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self):
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="needle", password=PASSWORD, dbname="postgres", autocommit=True
        )

    def _run(self, program: str, *arguments: str) -> None:
        as_whom = (
            {} if os.geteuid() else {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        )
        done = subprocess.run(
            [self.binaries / program, *arguments],
            cwd=self.folder, check=False, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            **as_whom,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()


def _someone() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@pytest.fixture(scope="session")
def postgres(files) -> Iterator[Server]:
    """The server with the same facts in sales.orders."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("PostgreSQL is not installed: its programs initdb and pg_ctl are needed (Debian: postgresql)")
    server = Server(places[-1])
    try:
        server.start()
        with server.connect() as connection:
            connection.execute("CREATE SCHEMA sales")
            connection.execute(f"CREATE TABLE sales.orders ({COLUMNS})")
            with connection.cursor().copy("COPY sales.orders FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write((files / "orders.csv").read_bytes())
        yield server
    finally:
        server.stop()


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
