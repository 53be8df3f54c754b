"""A fair gate between processes and threads: many readers or one writer, and a waiting writer goes next.

DuckDB lets one process write or many read. Readers that open and close all day would starve a writer that merely
retries, so everyone passes a turnstile first: a writer keeps it while it waits for the readers inside to leave.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker
from portalocker import LockFlags

from models.language import numeral, tr
from models.refused import Refused, Unavailable

LONGER = 10.0  # times as long as for the store itself does a big load wait for another


class StoreError(Exception):
    """The store cannot be used as it is; the message says what was found and what to do."""


class StoreBusy(StoreError, Unavailable):
    """The store stayed in use for longer than a user should wait."""


class StoreAway(StoreError, Unavailable):
    """A part of a shared store cannot be reached: its `database` or its `folder`, named `name`; `why` as the network or
    the system says it."""

    def __init__(self, part: str, name: str, why: str, said: str):
        super().__init__(said)
        self.part, self.name, self.why = part, name, why


class NotDone(StoreError, Refused):
    """What somebody wanted to change was not changed, since the store cannot be used as it is."""


class NotNow(NotDone, Unavailable):
    """... and may be changed later."""


class Gate:
    """Lock files beside the store; all are empty and may be left lying about.

    The locks belong to an open file, not to a process, so they hold between threads as well. They are not re-entrant:
    a unit of work does not open another inside itself.
    """

    def __init__(self, path: Path, timeout: float = 60.0):
        self._turnstile = path.with_name(path.name + ".turnstile")
        self._room = path.with_name(path.name + ".lock")
        self._bench = path.with_name(path.name + ".staging")
        self._timeout = timeout

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._held(self._turnstile, LockFlags.EXCLUSIVE):
            room = self._acquire(self._room, LockFlags.SHARED)
        try:
            yield
        finally:
            room.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._held(self._turnstile, LockFlags.EXCLUSIVE):
            room = self._acquire(self._room, LockFlags.EXCLUSIVE)
        try:
            yield
        finally:
            room.release()

    @contextmanager
    def staging(self) -> Iterator[None]:
        """One at a time who gets a big load ready, which takes memory; readers and writers pass by."""
        with self._held(self._bench, LockFlags.EXCLUSIVE, self._timeout * LONGER):
            yield

    @contextmanager
    def _held(self, path: Path, kind: LockFlags, timeout: float | None = None) -> Iterator[None]:
        lock = self._acquire(path, kind, timeout)
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, path: Path, kind: LockFlags, timeout: float | None = None) -> portalocker.Lock:
        patience = self._timeout if timeout is None else timeout
        lock = portalocker.Lock(
            path, mode="a", timeout=patience, check_interval=0.005, flags=kind | LockFlags.NON_BLOCKING
        )
        try:
            lock.acquire()
        except OSError as error:
            raise StoreError(
                tr(
                    "cannot write beside the store in {folder}: {why}. Check the rights of that folder.",
                    folder=path.parent,
                    why=error.strerror,
                )
            ) from error
        except portalocker.exceptions.LockException as error:
            raise StoreBusy(
                tr(
                    "the store is in use: waited {seconds} s for {name}. Another load or a long report may be "
                    "running; try again when it is done.",
                    seconds=numeral(f"{patience:g}"),
                    name=path.name,
                )
            ) from error
        return lock
