"""What a process knows of a shared store without asking: every question costs the database some ten of its own."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data import chain

if TYPE_CHECKING:
    from data.store import Connection

_CHANGING = re.compile(
    r"\b(?:INSERT|UPDATE|DELETE|MERGE|COPY|ALTER|DROP|TRUNCATE|CALL|EXECUTE|IMPORT|"
    r"CREATE(?!\s+(?:OR\s+REPLACE\s+)?TEMP))\b",
    re.IGNORECASE,
)
_ONE_TABLE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE)\s+"?(\w+)"?[\s(]', re.IGNORECASE)
_HARMLESS = ("register", "unregister", "begin", "commit", "rollback", "close", "fetchone", "fetchall", "fetchmany")


@dataclass(frozen=True)
class Seen:
    """The end of the chain in a snapshot, proved once by this process. A snapshot never changes."""

    schema: int  # the version of the schema
    snapshot: int
    noted: str | None  # the head that the catalogue noted then: another one where somebody put a database back
    head: chain.Head


class Watched:
    """A connection of a writer that remembers which tables its statements add to: the others need not be counted.

    `grown` is None as soon as a statement might change any table.
    """

    def __init__(self, connection: "Connection"):
        self._connection = connection
        self.grown: set[str] | None = set()

    def execute(self, query: str, parameters: Any = None) -> "Connection":
        if _CHANGING.search(query):
            one = _ONE_TABLE.match(query) if len(_CHANGING.findall(query)) == 1 else None
            self._grows(one and one.group(1))
        return self._connection.execute(query, parameters)

    def _grows(self, table: str | None) -> None:
        self.grown = None if table is None or self.grown is None else {*self.grown, table}

    def __getattr__(self, name: str) -> Any:
        if name not in _HARMLESS:
            self.grown = None
        return getattr(self._connection, name)
