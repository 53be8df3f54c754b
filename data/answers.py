"""Answers kept in memory until the store changes: one opening of the file serves every reader of a data version."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

from data.chain import last_grown
from data.gate import StoreAway
from data.store import Signature, Store
from models import language
from models.language import Language

Answer = TypeVar("Answer")
_NOTHING = object()
KEPT = 128  # the least recently used leaves first; what the pages ask by themselves, in two languages
LANGUAGES = 3  # in which what the pages ask is got ready; others wait for their first look
# What an answer may stand on, so that a write of something else leaves it standing.
DEFINITIONS = ("definition",)
VALUES = ("load", "load_undo", "observation")
JUDGED = (*DEFINITIONS, *VALUES, "check_in")
RECORDS = ("record",)


@dataclass(frozen=True)
class Version:
    """The counter of the data, and the last write to each table."""

    number: int
    tables: dict[str, str]


class Answers:
    """What has been asked of one store. May be shared between threads."""

    def __init__(self, store: Store):
        self._store = store
        self._eyes: Hashable = None
        self._patient = False
        self._kept: OrderedDict[tuple, Any] = OrderedDict()
        self._seen: dict[str, tuple[Signature, Version]] = {}  # one entry, shared with the views of others
        self._spoken: dict[Language, None] = {}  # in the order in which they were asked in last
        self._guard = threading.Lock()
        self._making: dict[tuple, threading.Lock] = {}  # what somebody computes now, and others wait for

    def seen_by(self, eyes: Hashable) -> "Answers":
        """The same answers for somebody who sees less: kept together, under a key of their own."""
        other = copy(self)
        other._eyes = eyes
        return other

    def patient(self) -> "Answers":
        """The same answers for somebody who would rather have those of before than none, while the store is away."""
        other = copy(self)
        other._patient = True
        return other

    def version(self) -> int:
        """The version of the data; opens the store only when its file has changed."""
        return self._version().number

    def _version(self) -> Version:
        try:
            return self._present()
        except StoreAway:
            if not self._patient or "last" not in self._seen:
                raise
            return self._seen["last"][1]

    def _present(self) -> Version:
        signature = self._store.signature()
        with self._guard:
            if "last" in self._seen and self._seen["last"][0] == signature:
                return self._seen["last"][1]
        # Of before the reading: others commit beside a reader of a shared store, and theirs would hide their write.
        with self._store.read() as connection:
            version = Version(*last_grown(connection))
        with self._guard:
            self._seen["last"] = (signature, version)
            for full in [full for full in self._kept if full[0] != _stands_on(version, full[1])]:
                del self._kept[full]  # nobody can ask for it any more
        return version

    def languages(self) -> list[Language]:
        """The languages in which people asked last, the last one first."""
        with self._guard:
            return list(reversed(self._spoken))[:LANGUAGES]

    def get(self, key: Hashable, compute: Callable[[], Answer], of: tuple[str, ...] = ()) -> Answer:
        """The answer to `key` for the present version of the data, computed once for each language and its numbers.

        `of` names the tables that the answer stands on: it is kept until one of them grows; without, until anything is
        written. Who asks while it is being computed waits for it: after a nightly load fifty people cost no more than
        one.
        """
        version = self._version()
        spoken = language.current()
        full = (_stands_on(version, of), of, spoken, self._eyes, key)
        with self._guard:
            self._spoken.pop(spoken, None)
            self._spoken[spoken] = None
        found = self._held(full)
        if found is not _NOTHING:
            return found
        with self._guard:
            turn = self._making.setdefault(full, threading.Lock())
        with turn:
            found = self._held(full)
            if found is not _NOTHING:
                return found
            try:
                answer = compute()
                with self._guard:
                    self._kept[full] = answer
                    while len(self._kept) > KEPT:
                        self._kept.popitem(last=False)
            finally:
                with self._guard:
                    self._making.pop(full, None)
        return answer

    def _held(self, full: tuple) -> Any:
        with self._guard:
            if full not in self._kept:
                return _NOTHING
            self._kept.move_to_end(full)
            return self._kept[full]


def _stands_on(version: Version, of: tuple[str, ...]) -> Hashable:
    return tuple(version.tables.get(table, "") for table in of) if of else version.number
