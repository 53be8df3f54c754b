"""A copy of the store, and the way back: whole or not at all."""

import os
import shutil
import uuid
from pathlib import Path

from data.integrity import Finding, check
from data.store import Store, StoreError


def back_up(store: Store, target: Path) -> int:
    """Copy the store to `target` while nobody writes; returns its bytes. A file in its place is replaced last."""
    target = target.absolute()
    if target == store.path:
        raise StoreError("a backup needs another path than the store itself.")
    if not store.path.exists():
        raise StoreError(f"there is no store at {store.path.name} yet, so there is nothing to back up.")
    with store.exclusive() as path:
        _copy(path, target)
    return target.stat().st_size


def restore(store: Store, source: Path) -> list[Finding]:
    """Put a backup in the store's place, after checking that it holds together; the store before is kept beside it."""
    source = source.absolute()
    if not source.exists():
        raise StoreError(f"there is no file {source.name} to restore from.")
    with Store(source).read() as connection:
        findings = check(connection)
    broken = [finding for finding in findings if finding.broken]
    if broken:
        raise StoreError(
            f"{source.name} does not hold together ({broken[0].rule}: {broken[0].example}); nothing was restored."
        )
    with store.exclusive() as path:
        if path.exists():
            _copy(path, path.with_name(f"{path.stem}.before-restore.duckdb"))
        _copy(source, path)
    return findings


def _copy(source: Path, target: Path) -> None:
    """Copy beside the target, flush, and move into place, so that a crash leaves the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        shutil.copyfile(source, beside)
        with beside.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError(f"cannot write {target.name}: {error.strerror}. Nothing was changed.") from error
