"""What DuckDB says of a file that cannot be opened, read or written, in words for a person."""

import os
from pathlib import Path

import duckdb

from data.gate import StoreError
from models.language import tr

# Signs of a full disk, and of a file that is not as it was written, in what DuckDB and the system say.
_FULL = ("no space left", "file too large", "disk quota", "out of disk")
_DAMAGED = ("corrupt", "checksum", "failed to deserialize", "wal file", "could not read enough bytes", "invalidated")


def recovery() -> str:
    """The ways back from a damaged file."""
    return tr(
        "Nothing was changed. Restore a backup (`restore FILE`), or copy what can still be read into a new store "
        "(`recover NEW`); docs/backup-and-recovery.md tells how."
    )


class StoreDamaged(StoreError):
    """The file is not as it was written; the message says what was found and the ways back."""


def empty(path: Path) -> StoreDamaged:
    """A file of no bytes."""
    return StoreDamaged(
        tr("{name} is empty (0 bytes), so it is no store. {recovery}", name=path.name, recovery=recovery())
    )


def why_not_opened(path: Path, error: duckdb.Error) -> StoreError:
    """Why there is no connection to a file."""
    text = str(error).splitlines()[0]
    if path.exists() and path.stat().st_size == 0:
        return empty(path)
    told = explained(path, error)
    if told is not None:
        return told
    if "lock" in text.lower():
        return StoreError(
            tr("{name} is held open by another program ({why}). Close it and try again.", name=path.name, why=text)
        )
    if path.exists() and not os.access(path, os.W_OK):
        return StoreError(
            tr(
                "{name} cannot be written: the file or its folder is read-only. Check the rights of {folder}.",
                name=path.name,
                folder=path.parent,
            )
        )
    if "not a valid DuckDB database" in text:
        return StoreError(
            tr("{name} is not a DuckDB file. Give the path of another file with --db or NEEDLE_DB.", name=path.name)
        )
    return StoreDamaged(tr("{name} cannot be opened: {why}. {recovery}", name=path.name, why=text, recovery=recovery()))


def explained(path: Path, error: duckdb.Error) -> StoreError | None:
    """What an error of DuckDB means for a person, where it is no bug of ours."""
    text = str(error).splitlines()[0]
    low = text.lower()
    if any(sign in low for sign in _FULL):
        return StoreError(
            tr(
                "there is no room to write {name}: {why}. Nothing was changed; free some space.",
                name=path.name,
                why=text,
            )
        )
    if isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.SerializationException) or any(
        sign in low for sign in _DAMAGED
    ):
        return StoreDamaged(tr("{name} is damaged: {why}. {recovery}", name=path.name, why=text, recovery=recovery()))
    return None
