"""The PostgreSQL database of a shared store: whose turn it is to write, the last snapshot, and the head noted there.

Writers queue for one advisory lock of the database. It belongs to a session, so PostgreSQL frees it when a writer ends
however it ends: closed, killed, or gone from the network for about a minute. Readers ask for nothing.
"""

import atexit
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from data.gate import StoreAway, StoreBusy, StoreError
from models.language import numeral, tr

TURN = 0x6E65_6564_6C65  # the lock's number ("needle"); each database counts its own
AWAY = 3.0  # seconds in which nobody asks again for a database that did not answer: one page asks dozens of times
_GONE = {  # the same seen from here, for a database whose machine vanished
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds until what was sent and not received counts as lost
}
_QUIET = {  # a session of a machine that vanished ends after a minute: seconds idle, between knocks, knocks
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}
_KEPT = """
CREATE TABLE IF NOT EXISTS needle_store (
    lake TEXT NOT NULL,    -- the same word stands in the folder of the data: the two belong together
    head TEXT              -- the last write that was completed: origin, sequence, hash as JSON
)
"""


class Catalogue:
    """One database, asked through few connections that are kept. May be shared between threads."""

    def __init__(self, conninfo: str, timeout: float = 60.0):
        try:
            from psycopg.conninfo import conninfo_to_dict, make_conninfo
            from psycopg.errors import ProgrammingError
        except ImportError as error:
            raise needs_packages() from error
        try:
            said = conninfo_to_dict(conninfo)
        except ProgrammingError as error:
            raise StoreError(
                tr(
                    "the address of the shared store is not understood: write it as "
                    "ducklake:postgres:dbname=NAME host=HOST user=USER."
                )
            ) from error
        if "password" in said:
            raise StoreError(
                tr(
                    "a password does not belong into the address of a store, where others can read it: take it "
                    "out, and put it into the environment as PGPASSWORD."
                )
            )
        self.name = f"{said.get('dbname') or 'database'} on {said.get('host') or 'this machine'}"
        self.conninfo = make_conninfo(conninfo, connect_timeout=10, application_name="needle", **_GONE)
        self._timeout = timeout
        self.seen: Any = None  # what data/lake.py knows of the last snapshot
        self._made = False  # once it is, it stays
        self._lake: str | None = None  # likewise
        self._away: tuple[float, str] | None = None  # when it did not answer last, and what was said
        self._idle: list[Any] = []
        self._guard = threading.Lock()
        self._bench = threading.Lock()
        self._process = os.getpid()
        atexit.register(self.close)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Readers never wait."""
        yield

    @contextmanager
    def staging(self) -> Iterator[None]:
        """One big load of this process at a time: what it takes is memory of this machine."""
        with self._bench:
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The turn to write. Raises StoreBusy when others keep it for too long."""
        from psycopg.errors import LockNotAvailable

        connection = self._alive()
        try:
            connection.execute(f"SET lock_timeout = {int(self._timeout * 1000)}")
            connection.execute("SELECT pg_advisory_lock(%s)", [TURN])
        except LockNotAvailable as error:
            connection.close()
            raise StoreBusy(
                tr(
                    "the store is in use: waited {seconds} s for a turn to write. Another load may be running; "
                    "try again when it is done.",
                    seconds=numeral(f"{self._timeout:g}"),
                )
            ) from error
        except self._errors() as error:
            connection.close()
            raise told(self.name, error) from None
        try:
            yield
        finally:
            try:
                connection.execute("SELECT pg_advisory_unlock(%s)", [TURN])
            except self._errors():  # a session that ended has let go already
                connection.close()
            self._give_back(connection)

    def is_made(self) -> bool:
        """Whether a store was ever begun here."""
        self._made = self._made or bool(self._value("SELECT to_regclass('ducklake_snapshot') IS NOT NULL"))
        return self._made

    def make(self, lake: str) -> None:
        """Inside a turn: what belongs to the store besides its tables, with the word that its folder holds."""
        self._value(_KEPT)
        self._value("INSERT INTO needle_store SELECT %s WHERE NOT EXISTS (SELECT 1 FROM needle_store)", [lake])

    def lake(self) -> str | None:
        """The word that the folder of the data must hold."""
        if self._lake is None and not self._value("SELECT to_regclass('needle_store') IS NULL"):
            self._lake = self._value("SELECT lake FROM needle_store")
        return self._lake

    def snapshot(self) -> int:
        """The number of the last snapshot; every commit raises it."""
        return int(self._value("SELECT max(snapshot_id) FROM ducklake_snapshot") or 0)

    def noted(self) -> str | None:
        """The head of the last completed write, as JSON."""
        return self._value("SELECT head FROM needle_store")

    def note(self, head: str | None) -> None:
        """Inside a turn: keep the head of the write that was completed, as JSON."""
        self._value("UPDATE needle_store SET head = %s", [head])

    def small_files(self, below: int) -> int:
        """How many files of the store are smaller than so many bytes."""
        return int(
            self._value(
                "SELECT count(*) FROM ducklake_data_file WHERE end_snapshot IS NULL AND file_size_bytes < %s", [below]
            )
        )

    def sweep(self) -> None:
        """Inside a turn: take away rows kept in the catalogue that no snapshot shows any more."""
        names = self._value(
            "SELECT json_agg(i.table_name) FROM ducklake_inlined_data_tables i JOIN pg_tables p "
            "ON p.tablename = i.table_name AND p.schemaname = current_schema()"
        )
        for name in names or []:
            self._value(
                f'DELETE FROM "{name}" WHERE end_snapshot <= (SELECT min(snapshot_id) FROM ducklake_snapshot)'  # noqa: S608
            )

    def close(self) -> None:
        """Let go of the connections that are kept."""
        with self._guard:
            idle, self._idle = self._idle, []
        if os.getpid() == self._process:
            for connection in idle:
                with suppress(Exception):
                    connection.close()

    # -- asking ----------------------------------------------------------------------------------------------------

    def _value(self, query: str, values: list[Any] | None = None) -> Any:
        """The first value of the answer. A connection that broke while it lay idle is replaced once."""
        connection, fresh = self._taken()
        while True:
            try:
                done = connection.execute(query, values)
                row = done.fetchone() if done.description else None
            except self._errors() as error:
                broke = connection.broken
                connection.close()
                if broke and not fresh:
                    connection, fresh = self._connect(), True
                    continue
                raise told(self.name, error) from None
            self._give_back(connection)
            return row[0] if row else None

    def _alive(self) -> Any:
        """A connection that answered just now."""
        connection, fresh = self._taken()
        if not fresh:
            try:
                connection.execute("SELECT 1")
            except self._errors():
                connection.close()
                return self._connect()
        return connection

    def _taken(self) -> tuple[Any, bool]:
        """A connection, and whether it is new."""
        if os.getpid() != self._process:  # a fork shares no connection with its parent
            self._idle, self._process = [], os.getpid()
        with self._guard:
            if self._idle:
                return self._idle.pop(), False
        return self._connect(), True

    def _connect(self) -> Any:
        import psycopg

        if self._away and time.monotonic() - self._away[0] < AWAY:
            raise told(self.name, self._away[1])
        try:
            made = psycopg.connect(self.conninfo, autocommit=True)
            for setting, value in _QUIET.items():
                made.execute(f"SET {setting} = {value}")
        except psycopg.Error as error:
            why = told(self.name, error)
            if isinstance(why, StoreAway):
                self._away = time.monotonic(), str(error)
            raise why from None
        self._away = None
        return made

    def _give_back(self, connection: Any) -> None:
        with self._guard:
            if not connection.closed and len(self._idle) < 8:
                self._idle.append(connection)
                return
        connection.close()

    @staticmethod
    def _errors() -> type[Exception]:
        import psycopg

        return psycopg.Error


def needs_packages() -> StoreError:
    """What to raise where PostgreSQL's client or an extension of DuckDB is not installed."""
    return StoreError(
        tr("a shared store needs more packages: pip install -r requirements-shared.txt (docs/shared-store.md).")
    )


def told(name: str, error: Exception | str) -> StoreError:
    """What PostgreSQL or the network said, for a person, without anything secret."""
    text = " ".join(str(error).split())
    secret = os.environ.get("PGPASSWORD")
    if secret:
        text = text.replace(secret, "***")
    low = text.lower()
    if "password" in low or "authentication" in low:
        return StoreError(
            tr(
                "the database {id} refuses this user or password: set PGPASSWORD in the environment. ({why})",
                id=name,
                why=text,
            )
        )
    if "does not exist" in low and "database" in low:
        return StoreError(
            tr("there is no database {id}: create it (createdb), then try again. ({why})", id=name, why=text)
        )
    if "permission denied" in low:
        return StoreError(tr("the user may not do this in the database {id}: {why}.", id=name, why=text))
    why = _short(text)
    return StoreAway(
        "database", name, why,
        tr("the database {id} of the shared store cannot be reached ({why}). Nothing was changed; try again in a "
           "moment.", id=name, why=why),
    )  # fmt: skip


def _short(text: str) -> str:
    """What the network said, without what it guesses, and without the addresses that it tried."""
    text = re.split(r" Is the server running| This probably means|\?", text)[0]
    return re.split(r"failed: (?!.*failed: )", text)[-1].strip(" .")
