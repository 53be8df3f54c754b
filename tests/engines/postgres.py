"""A PostgreSQL of our own for a run of tests, from the programs of the system."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "p@ss/w:rd#1"
_NOTHING_TO_LOSE = "-c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off"
_ROOM = 4_000_000_000  # bytes


class Server:
    """A PostgreSQL on a port of its own, in a folder of its own, run by someone who is not root."""

    def __init__(self, binaries: Path):
        self.binaries = binaries
        self.user = getpass.getuser() if os.geteuid() else _someone()
        self.folder = Path(tempfile.mkdtemp(prefix="needle-pg-", dir=_in_memory()))
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
        self.go_on()

    def go_on(self) -> None:
        """Run, after `start` or `halt`."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {_NOTHING_TO_LOSE}"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def halt(self) -> None:
        """Stop at once, as when its machine fails; what it holds stays."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        if (self.folder / "data/postmaster.pid").exists():
            self.halt()
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


def _in_memory() -> str | None:
    """A folder in memory where there is plenty: a database is copied from its template in a fraction of the time."""
    place = Path("/dev/shm")
    there = place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > _ROOM
    return str(place) if there else None


def _someone() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@contextmanager
def started() -> Iterator[Server]:
    """A server that runs for the block; the test is skipped where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("PostgreSQL is not installed: its programs initdb and pg_ctl are needed (Debian: postgresql)")
    server = Server(places[-1])
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def shared_store(folder: Path) -> Iterator[str]:
    """The address of the shared store that the environment names; where it names none, of a new one in a PostgreSQL of
    our own and a folder in `folder`, which the environment names for the block."""
    given = os.environ.get("NEEDLE_DB", "")
    if given.startswith("ducklake:"):
        yield given
        return
    print("NEEDLE_DB names no shared store: a PostgreSQL of its own is started for it.", flush=True)
    with started() as server:
        with server.connect() as connection:
            connection.execute("CREATE DATABASE needle")
        address = f"ducklake:postgres:dbname=needle host=127.0.0.1 port={server.port} user=needle"
        ours = {"NEEDLE_DB": address, "NEEDLE_LAKE": str(folder / "lake"), "PGPASSWORD": PASSWORD}
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield address
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
