"""Everybody at once on one store: two loads, two who check in and edit, twenty readers; errors, lost updates, waits.

NEEDLE_MINUTES (default 5) says for how long: python -m tests.torture together. With NEEDLE_DB and NEEDLE_LAKE of an
empty shared store it is done to that, and two writers more are killed (-9) again and again while they write.
"""

import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from models.refused import Conflict
from tests.torture.forks import FORK, forked
from tests.torture.writers import OKRS, ROWS, TRUSTED, extract
from workspace import Workspace

THREADS = 5  # readers of one process


@dataclass
class Seen:
    """What one process did: things done, seconds that each took, errors that a person would have seen."""

    done: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    conflicts: int = 0
    kills: int = 0
    interrupted: int = 0  # by a kill of what was asked
    late: int = 0  # looks at what was saved elsewhere that did not show it yet

    def of(self, work: Callable[[], Any]) -> Any:
        begin = time.monotonic()
        try:
            return work()
        except Conflict:
            self.conflicts += 1
        except Exception as error:  # noqa: BLE001  (whatever a person would see)
            self.errors.append(f"{type(error).__name__}: {error}")
        finally:
            self.seconds.append(time.monotonic() - begin)
        return None


def together(minutes: float, *, readers: int) -> tuple[bool, str]:
    """Whether nothing went wrong, and the figures in words."""
    room = Path(tempfile.mkdtemp(prefix="needle-together-"))
    shared = os.environ.get("NEEDLE_DB", "")
    store = shared if shared.startswith("ducklake:") else str(room / "s.duckdb")
    forked(begun, store)
    until = time.time() + 60 * minutes
    jobs: list[tuple[str, Callable[..., Seen], tuple[Any, ...]]] = [
        *(("load", loads, (store, f"n{which}", until)) for which in "ab"),
        *(("write", edits, (store, f"editor {which}", until)) for which in "ab"),
        *(("read", reads, (store, min(THREADS, readers - first), until)) for first in range(0, readers, THREADS)),
        *(("killed", killed, (store, room, which, until)) for which in "xy" if shared),
    ]
    pipes = []
    for kind, work, arguments in jobs:
        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=lambda t=theirs, w=work, a=arguments: t.send(w(*a)))
        process.start()
        theirs.close()
        pipes.append((kind, ours, process))
    seen: dict[str, list[Seen]] = {kind: [] for kind, _, _ in jobs}
    for kind, ours, process in pipes:
        try:
            seen[kind].append(ours.recv())
        except EOFError:
            seen[kind].append(Seen(errors=["the process ended"]))
        process.join()
    lost = forked(judged, store, [what for kind in seen for one in seen[kind] for what in one.done])
    shutil.rmtree(room, ignore_errors=True)
    errors = [error for many in seen.values() for one in many for error in one.errors]
    lines = [f"together for {minutes:g} minutes: {len(errors)} errors, {lost} lost updates"]
    for kind, many in seen.items():
        lines.append(waits(kind, [second for one in many for second in one.seconds]))
    lines.append(f"conflicts told to an editor: {sum(one.conflicts for one in seen['write'])}")
    if shared:
        done = sum(len(one.done) for one in seen["killed"])
        lines.append(f"writers killed: {sum(one.kills for one in seen['killed'])}, after {done} things they had done")
    return not errors and lost == 0, "\n".join([*lines, *sorted(set(errors))[:10]])


def waits(what: str, times: list[float]) -> str:
    """How long things took, as a line."""
    seconds = sorted(times) or [0.0]
    p50, p95 = (seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95))
    return f"{what:<24}{len(times):>6} times   p50 {p50:6.2f} s   p95 {p95:6.2f} s   max {seconds[-1]:6.2f} s"


def begun(store: str) -> None:
    workspace = Workspace(store, who="ann")
    workspace.import_okrs("okrs.yaml", OKRS)
    workspace.load("first.csv", extract("first", ROWS), TRUSTED)


def killed(store: str, room: Path, name: str, until: float) -> Seen:
    """Writers that are killed at any moment; what they had told before must be there, and whole."""
    seen = Seen()

    def write(told: Path) -> None:
        workspace = Workspace(store, who=name)
        with told.open("ab", buffering=0) as file:
            for number in range(10_000):
                if number % 2:
                    value = random.uniform(1e6, 9e6)
                    workspace.check_in("kr", value, date(2026, 1, 1))
                    file.write(f"check-in {value:g}\n".encode())
                else:
                    workspace.load(f"{told.name}{number}.csv", extract(f"{told.name}{number}", ROWS), TRUSTED)
                    file.write(f"load {told.name}{number}.csv\n".encode())

    while time.time() < until:
        told = room / f"{name}{seen.kills}_"
        told.touch()
        process = FORK.Process(target=write, args=(told,))
        process.start()
        time.sleep(random.uniform(2, 30))
        seen.of(lambda p=process: p.pid and os.kill(p.pid, signal.SIGKILL))
        process.join()
        seen.kills += 1
        seen.done += told.read_text().splitlines()
    return seen


def loads(store: str, name: str, until: float) -> Seen:
    """A cron: its own extracts, and every third one the same file as the other cron's."""
    seen, workspace, number = Seen(), Workspace(store, who=name), 0
    while time.time() < until:
        number += 1
        file = f"both{number}" if number % 3 == 0 else f"{name}{number}"
        result = seen.of(lambda file=file: workspace.load(f"{file}.csv", extract(file, ROWS), TRUSTED))
        if result is not None and result.status not in ("stored", "already_loaded"):
            seen.errors.append(f"{file}: {result.status}")
        seen.done.append(f"load {file}.csv")
        time.sleep(0.2)
    return seen


def edits(store: str, name: str, until: float) -> Seen:
    """Two people on one key result: each edit stands on what was seen, each check-in is kept."""
    seen, workspace, number = Seen(), Workspace(store, who=name), 0
    while time.time() < until:
        number += 1
        value = float(number * 2 + (name[-1] == "a"))
        if seen.of(lambda value=value: workspace.check_in("kr", value, date(2026, 1, 1))) is not None:
            seen.done.append(f"check-in {value:g}")
        held = seen.of(lambda: workspace.planned_key_result("kr"))
        time.sleep(random.uniform(0, 0.3))
        if held is not None:
            _, key_result, stamp = held
            changed = key_result.model_copy(update={"note": f"{name} {number}"})
            if seen.of(lambda c=changed, v=stamp.version: workspace.save_key_result(c, v)) is not None:
                seen.done.append(f"edit {name} {number}")
    return seen


def reads(store: str, threads: int, until: float) -> Seen:
    """A server with readers: whole loads only, and versions that never go back."""
    seen, workspace = Seen(), Workspace(store)

    def read() -> None:
        before = 0
        while time.time() < until:
            found = seen.of(lambda: whole(workspace))
            if found is not None:
                version, halves = found
                if halves or version < before:
                    seen.errors.append(f"half a load seen, or version {version} after {before}")
                before = version
            seen.of(workspace.scorecard)
            time.sleep(random.uniform(0.2, 0.8))

    many = [threading.Thread(target=read) for _ in range(threads)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    return seen


def whole(workspace: Workspace) -> tuple[int, int]:
    """The data version, and how many loads were there in part."""
    with workspace.store.read() as connection:
        row = connection.execute(
            "SELECT (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'data_version'), count(*) FROM load LEFT JOIN "
            "(SELECT load_id, count(*) AS found FROM observation WHERE came <> 'handed_on' GROUP BY 1) USING (load_id) "
            "WHERE status IN ('stored', 'partial') AND accepted_new + restated <> coalesce(found, 0)"
        ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def judged(store: str, done: list[str]) -> int:
    """Acknowledged things that are missing, files stored twice, and rules that do not hold."""
    workspace = Workspace(store)
    stored = workspace.loads()
    stored = stored[stored["status"] == "stored"]
    there = {f"load {file}" for file in stored["file"]}
    with workspace.store.read() as connection:
        there |= {
            f"check-in {v:g}"
            for (v,) in connection.execute("SELECT value FROM check_in WHERE value IS NOT NULL").fetchall()
        }
        notes = "SELECT json_extract_string(body, '$.note') FROM definition WHERE kind = 'key_result'"
        there |= {f"edit {note}" for (note,) in connection.execute(notes).fetchall()}
    broken = sum(finding.broken > 0 for finding in workspace.check())
    return len(set(done) - there) + int(stored["file"].duplicated().sum()) + broken
