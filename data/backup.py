"""A copy of the store, the way back, and what can be saved from a damaged file: each whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import Any

from data.file_store import FileStore, copy_whole, flush
from data.gate import StoreError
from data.integrity import Finding, check
from data.salvage import salvage
from data.store import Store

ABANDONED = 3600.0  # seconds after which a folder left by a killed process is taken away


def back_up(store: Store, target: Path) -> int:
    """Copy the store to `target` while nobody writes; returns its bytes. A file in its place is replaced last."""
    target = target.absolute()
    store.copy_to(target)
    return target.stat().st_size


def restore(store: Store, source: Path) -> list[Finding]:
    """Put a backup in the store's place, after checking that it holds together; the store before is kept beside it.

    The backup is only read. Whatever goes wrong before the last step leaves the store as it was.
    """
    source = source.absolute()
    if not source.exists():
        raise StoreError(f"there is no file {source.name} to restore from.")
    if source == store.path:
        raise StoreError("a store cannot be restored from itself; give the path of a backup.")
    with _room_beside(store.folder / store.name) as room:
        candidate = FileStore(room / store.name)
        copy_whole(source, candidate.path)
        try:
            with candidate.read() as connection:
                findings = check(connection)
        except StoreError as error:
            raise StoreError(f"{source.name} cannot be used: {error} The store stays as it is.") from error
        broken = [finding for finding in findings if finding.broken]
        if broken:
            raise StoreError(
                f"{source.name} does not hold together ({broken[0].rule}: {broken[0].example}); nothing was restored."
            )
        store.replace_by(candidate, source.name)
    return findings


@contextmanager
def _room_beside(path: Path) -> Iterator[Path]:
    """A folder beside the store, on the same disk, gone afterwards."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.room-*"):  # of a process that was killed
            if left.stat().st_mtime < time() - ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        room = Path(tempfile.mkdtemp(prefix=f".{path.name}.room-", dir=path.parent))
    except OSError as error:
        raise StoreError(f"cannot write beside the store in {path.parent}: {error.strerror}.") from error
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def recover(store: Store, target: Path) -> dict[str, Any]:
    """Copy every row that can still be read into a new store at `target`; the damaged file is only read.

    Returns the rows of each table, the rows lost, and the rules that the new store breaks, each with an example.
    """
    if not isinstance(store, FileStore):
        raise StoreError(
            "that is for a store in a file. A shared store is copied by `backup FILE` and put back by `restore FILE`."
        )
    target = target.absolute()
    if target.exists():
        raise StoreError(f"{target.name} is there already; give the path of a new file to recover into.")
    with _room_beside(target) as room:
        damaged = FileStore(room / "damaged.duckdb")
        with store.exclusive() as path:
            if not path.exists():
                raise StoreError(f"there is no store at {path.name} to recover from.")
            copy_whole(path, damaged.path)
            if store.wal.exists():
                copy_whole(store.wal, damaged.wal)
        new = FileStore(room / "new.duckdb")
        new.who, new.now = store.who, store.now
        rows, lost = salvage(damaged, new, f"recovered from {store.name}")
        with new.read(prove=False) as connection:
            findings = check(connection)
        flush(new.path)
        os.replace(new.path, target)
    broken = {finding.rule: finding.example for finding in findings if finding.broken}
    return {"rows": rows, "lost": lost, "broken": broken}
