"""The chain: every committed write leaves one row that seals what it added and the row before it.

All tables but `meta` are append-only, so the rows of a write are a block: so many rows after those that were there. A
row of `commit_log` holds, for each table that grew, [first, rows, digest], how many rows every table has since, and a
hash over itself and the hash of the row before. Whoever edits, deletes, moves or adds a row anywhere breaks a digest, a
count or a link. A baseline seals everything from the first row on again: a store that is new, brought forward or
recovered. What a digest is of stands in block_digests.py.

What a chain cannot do: someone who may write the file can compute all of it anew. Keep the head elsewhere
(`audit --head`) and compare (`check --head HASH`).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from data.block_digests import digests, handed_over, quoted, variable
from models.language import tr

if TYPE_CHECKING:
    from data.store import Connection

_ACTIONS = {  # what a write is called that was not given a name: by the first of these tables that grew
    "load_undo": "undo",
    "load": "load",
    "check_in": "check-in",
    "definition": "definitions",
    "record": "records",
}


@dataclass(frozen=True)
class Head:
    """The last link: what the next one stands on."""

    sequence: int
    hash: str
    totals: dict[str, int] = field(hash=False)
    origin: str  # hash of the first link: the same for a store and its copies

    def noted(self) -> str:
        """What is noted of it outside the store, as JSON."""
        return json.dumps({"origin": self.origin, "sequence": self.sequence, "hash": self.hash})


class Broken(Exception):
    """The store is not as its chain says; the message says where, in words."""


def last_grown(connection: "Connection") -> tuple[int, dict[str, str]]:
    """The data version, and table -> the hash of the last write that added to it. Equal hashes mean equal rows, here
    and in a copy."""
    rows = connection.execute(
        "SELECT name, last(hash ORDER BY sequence), last(version ORDER BY sequence) FROM "
        "(SELECT sequence, hash, version, unnest(list_append(json_keys(added), '')) AS name FROM commit_log) "
        "GROUP BY name"
    ).fetchall()
    version = next((version for name, _, version in rows if not name), 0)
    return int(version), {name: last for name, last, _ in rows if name}


def head(connection: "Connection") -> Head:
    """The last link, checked at the cost of some counts: its own hash, the link before, and the rows of every table."""
    rows = connection.execute(
        "SELECT sequence, made_at, made_by, action, version, baseline, added, totals, previous, hash FROM commit_log "
        "ORDER BY sequence DESC LIMIT 2"
    ).fetchall()
    first = connection.execute("SELECT count(*), any_value(hash) FILTER (sequence = 1) FROM commit_log").fetchone()
    if not rows or first is None:
        raise Broken(tr("the log of writes is empty"))
    last = rows[0]
    if first[0] != last[0]:
        raise Broken(
            tr("the log of writes holds {rows} rows and its last is number {number}", rows=first[0], number=last[0])
        )
    if link_hash(*last[:-1]) != last[-1] or last[-2] != (rows[1][-1] if len(rows) > 1 else ""):
        raise Broken(tr("write {number}, the last one, does not match its hash", number=last[0]))
    totals = json.loads(last[7])
    found = counts(connection)
    for table in sorted(totals.keys() | found.keys()):
        if found.get(table) != totals.get(table):
            raise Broken(
                tr(
                    "the table {table} holds {found} rows, and {written} were written",
                    table=table,
                    found=found.get(table, 0),
                    written=totals.get(table, 0),
                )
            )
    version = connection.execute("SELECT any_value(value), count(*) FROM meta WHERE key = 'data_version'").fetchone()
    if version is None or version[0] != str(last[4]) or version[1] != 1:
        raise Broken(
            tr(
                "the data version is {version}, and write {number} left it at {left}",
                version=version and version[0],
                number=last[0],
                left=last[4],
            )
        )
    return Head(last[0], last[-1], totals, str(first[1]))


def last_link(connection: "Connection") -> Head | None:
    """The last link, compared with nothing."""
    row = connection.execute(
        "SELECT max(sequence), arg_max(hash, sequence), arg_min(hash, sequence) FROM commit_log"
    ).fetchone()
    return None if row is None or row[0] is None else Head(row[0], row[1], {}, row[2])


def seal(
    connection: "Connection",
    before: Head | None,
    at: datetime,
    by: str,
    action: str = "",
    *,
    baseline: bool = False,
    grown: set[str] | None = None,
) -> Head:
    """Append the link of what this transaction added, and return it; the link before where nothing changed.

    `grown` names the tables that it may have added to, where that is known. Raises Broken when a table has fewer rows
    than before: a write only ever adds.
    """
    if before is None or grown is None:
        totals = counts(connection)
    else:
        totals = {**before.totals, **counts(connection, grown & before.totals.keys())}
    was = {} if before is None or baseline else before.totals
    added: dict[str, list[Any]] = {}
    for table, total in totals.items():
        first = was.get(table, 0)
        if total < first:
            raise Broken(tr("this write would take rows away from the table {table}", table=table))
        if total > first:
            rows = total - first
            digest = handed_over(connection, table, rows) or digests(connection, table, [rows], first)[0]
            added[table] = [first, rows, digest]
    row = connection.execute("SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'data_version'").fetchone()
    version = int(row[0]) if row else 0
    if not added and not baseline and before is not None:
        seen = connection.execute("SELECT version FROM commit_log WHERE sequence = ?", [before.sequence]).fetchone()
        if seen is not None and seen[0] == version:
            return before
    action = action or next((name for table, name in _ACTIONS.items() if table in added), "write")
    link = (
        1 if before is None else before.sequence + 1, at, by, action, version, baseline,
        json.dumps(added), json.dumps(totals), "" if before is None else before.hash,
    )  # fmt: skip
    own = link_hash(*link)
    connection.execute("INSERT INTO commit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*link, own])
    return Head(link[0], own, totals, own if before is None else before.origin)


def link_hash(
    sequence: int,
    at: datetime,
    by: str,
    action: str,
    version: int,
    baseline: bool,
    added: str,
    totals: str,
    previous: str,
) -> str:
    """The hash of a link over all it says and the hash of the link before."""
    said = [sequence, at.isoformat(), by, action, version, baseline, added, totals, previous]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def faults(connection: "Connection", head_kept: str | None = None) -> tuple[int, list[str]]:
    """How many links there are, and everything that is not as they say, in words. Reads every row of the store.

    `head_kept` is a head noted earlier elsewhere: the chain must still run through it.
    """
    links = connection.execute("SELECT * FROM commit_log ORDER BY rowid").fetchall()
    found: list[str] = []
    previous = ""
    for place, link in enumerate(links, 1):
        if link[0] != place or link[-2] != previous or link_hash(*link[:-1]) != link[-1]:
            found.append(f"write {link[0]} of {link[1]:%Y-%m-%d %H:%M} by {link[2]} does not follow the one before it")
        previous = link[-1]
    totals: dict[str, int] = {}
    try:
        totals = head(connection).totals
    except Broken as fault:
        found.append(str(fault))
    if found:  # the blocks of a broken log say nothing
        return len(links), found
    start = max((place for place, link in enumerate(links) if link[5]), default=0)
    for table in sorted(totals):
        found += _block_faults(connection, table, links[start:])
    if head_kept is not None and head_kept not in {link[-1] for link in links}:
        found.append(f"the head {head_kept[:12]}... that was noted is no part of this chain")
    return len(links), found


def _block_faults(connection: "Connection", table: str, links: list[Any]) -> list[str]:
    blocks = [(link, own) for link in links if (own := json.loads(link[6]).get(table))]
    end, found = 0, []
    for link, (first, rows, _) in blocks:
        if first != end:
            found.append(f"write {link[0]} begins at row {first} of {table}, not at {end}")
        end = first + rows
    made = digests(connection, table, [own[1] for _, own in blocks])
    return found + [
        f"{own[1]} rows of {table} are not those of write {link[0]} ({link[3]} by {link[2]}, {link[1]:%Y-%m-%d %H:%M})"
        for (link, own), digest in zip(blocks, made, strict=True)
        if own[2] != digest
    ]


def counts(connection: "Connection", only: set[str] | None = None) -> dict[str, int]:
    """The rows of every table that the chain seals, or only of some of them."""
    names = _sealed_tables(connection) if only is None else sorted(only)
    if not names:
        return {}
    # One row each: as the columns of one row they would be joined, which took twenty times as long.
    asked = " UNION ALL ".join(f"SELECT {at}, count(*) FROM {quoted(name)}" for at, name in enumerate(names))  # noqa: S608
    found = dict(connection.execute(asked).fetchall())
    return {name: int(found[at]) for at, name in enumerate(names)}


def _sealed_tables(connection: "Connection") -> list[str]:
    told = variable(connection, "sealed_tables")  # where asking the catalogue is slow (data/lake.py)
    if told:
        return list(told)
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary "
        "AND table_name NOT IN ('meta', 'commit_log') ORDER BY 1"
    ).fetchall()
    return [name for (name,) in rows]
