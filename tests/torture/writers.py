"""What is done to a store until the process is killed, and how to tell afterwards that nothing was lost or left half.

A writer works in a process of its own and tells each thing done (`done(what)`) only once the call has returned. A judge
then opens what is left and returns (lost, half): acknowledged things that are missing, and things that are there in part.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import great_expectations  # noqa: F401  (a load imports it, in seconds: a fork has it at once)

from data import chain, integrity
from data.store import SCHEMA, open_store
from workspace import LoadOptions, Workspace

Done = Callable[[str], None]
Verdict = tuple[int, int]
ROWS, BULK_ROWS, ENTRIES, UNDOABLE = 200, 20_000, 25, 40
TRUSTED = LoadOptions(create_kpis=True, trusted=True)
OKRS = b"objectives: [{id: o, title: O, key_results: [{id: kr, title: K, baseline: 1, target: 2}]}]"
OVER = b"""
teams: [{id: team}]
objectives: [{id: past, title: P, team: team, cycle: 2020-Q1, key_results: [
  {id: then, title: T, baseline: 1, target: 2, links: [{kpi: first_0, role: outcome}]}]}]
"""


def extract(name: str, rows: int) -> bytes:
    """Days of one KPI of this name."""
    first = date(2020, 1, 1).toordinal()
    series = max(1, rows // 1000)
    lines = [
        f"{name}_{n},{date.fromordinal(first + day)},{n + day / 7:.3f}"
        for n in range(series)
        for day in range(rows // series)
    ]
    return ("kpi,date,value\n" + "\n".join(lines) + "\n").encode()


def with_key_result(folder: Path) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    workspace.import_okrs("okrs.yaml", OKRS)
    workspace.load("first.csv", extract("first", ROWS), TRUSTED)


def with_a_cycle_that_is_over(folder: Path) -> None:
    with_key_result(folder)
    Workspace(folder / "s.duckdb", who="ann").import_okrs("over.yaml", OVER)


def with_loads(folder: Path) -> None:
    with_key_result(folder)
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(UNDOABLE):
        workspace.load(f"f{number}.csv", extract(f"u{number}", 20), TRUSTED)


def with_backups(folder: Path) -> None:
    with_key_result(folder)
    workspace = Workspace(folder / "s.duckdb", who="ann")
    workspace.back_up(folder / "a.duckdb")
    workspace.load("second.csv", extract("second", 50_000), TRUSTED)
    workspace.back_up(folder / "b.duckdb")


def of_the_first_schema(folder: Path) -> None:
    with duckdb.connect(str(folder / "s.duckdb")) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8").replace("'2')", "'1')"))
        connection.execute("DROP TABLE record; DROP TABLE commit_log; ALTER TABLE check_in DROP COLUMN blocker")
        connection.execute(
            "INSERT INTO check_in SELECT 'kr', DATE '2026-01-01', range, NULL, '', TIMESTAMP '2026-01-01', 'ann' "
            "FROM range(50000)"
        )


def load(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace.load(f"n{number}.csv", extract(f"n{number}", ROWS), TRUSTED)
        done(f"n{number}.csv")


def bulk(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        file = folder / f"n{number}.csv"
        file.write_bytes(extract(f"n{number}", BULK_ROWS))
        result = workspace.load_path(file, TRUSTED, from_bytes=1)
        assert result.status == "stored", result.status
        done(file.name)


def judge_loads(folder: Path, done: list[str], rows: int) -> Verdict:
    loads = Workspace(folder / "s.duckdb").loads()
    found = loads[loads["file"].str.startswith("n")]
    return len(set(done) - set(found["file"])), int((found["accepted_new"] != rows).sum())


def check_in(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace.check_in("kr", float(number), date(2026, 1, 1))
        done(str(number))


def judge_check_ins(folder: Path, done: list[str]) -> Verdict:
    with open_store(folder / "s.duckdb").read() as connection:
        found = {str(int(value)) for (value,) in connection.execute("SELECT value FROM check_in").fetchall()}
    return len(set(done) - found), 0


def records(folder: Path, done: Done) -> None:
    """Many records in one write, as when a cycle is closed."""
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace._keep("event", [(f"{number}-{entry}", {"text": "x" * 2000}) for entry in range(ENTRIES)])
        done(str(number))


def close(folder: Path, done: Done) -> None:
    """A cycle closed over and over: each closing freezes its whole scorecard."""
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace.close_cycle("2020-Q1", note=str(number), reason="again")
        done(str(number))


def judge_closings(folder: Path, done: list[str]) -> Verdict:
    """Every closing must be there, and the one that stands must open as a scorecard."""
    workspace = Workspace(folder / "s.duckdb")
    found = workspace.closings()
    return len(set(done) - set(found["note"])), int(workspace.as_closed("2020-Q1").key_results.empty)


def learn(folder: Path, done: Done) -> None:
    """A retrospective with a lesson after it, as a team leaves them at the end of a cycle."""
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace.save_retrospective("2020-Q1", "team", {"learned": f"answer {number}"})
        workspace.add_lesson(text=f"lesson {number}")
        done(str(number))


def judge_learning(folder: Path, done: list[str]) -> Verdict:
    workspace = Workspace(folder / "s.duckdb")
    told = {kept.lesson.text for kept in workspace.lessons()}
    kept = workspace.retrospective("2020-Q1", "team")
    answered = -1 if kept is None else int(kept.retrospective.answers["learned"].split()[1])
    missing = sum(f"lesson {number}" not in told for number in done)
    return missing + int(bool(done) and answered < max(map(int, done))), 0


def judge_records(folder: Path, done: list[str]) -> Verdict:
    with open_store(folder / "s.duckdb").read() as connection:
        found = dict(connection.execute("SELECT split_part(id, '-', 1), count(*) FROM record GROUP BY 1").fetchall())
    return len(set(done) - found.keys()), sum(count != ENTRIES for count in found.values())


def undo(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for load_id in range(2, UNDOABLE + 2):
        workspace.undo(load_id)
        done(str(load_id))


def judge_undo(folder: Path, done: list[str]) -> Verdict:
    loads = Workspace(folder / "s.duckdb").loads()
    return len({int(number) for number in done} - set(loads.loc[loads["undone_at"].notna(), "load_id"])), 0


def back_up(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for number in range(10_000):
        workspace.check_in("kr", float(number), date(2026, 1, 1))
        workspace.back_up(folder / "copy.duckdb")
        done(str(number))


def judge_back_up(folder: Path, done: list[str]) -> Verdict:
    lost, _ = judge_check_ins(folder, done)
    copied = folder / "judged" / "copy.duckdb"
    copied.parent.mkdir()
    shutil.copyfile(folder / "copy.duckdb", copied)  # opening it would leave lock files beside it
    return lost + judge_check_ins_of(copied, done), broken(copied)


def judge_check_ins_of(path: Path, done: list[str]) -> int:
    with open_store(path).read() as connection:
        found = {str(int(value)) for (value,) in connection.execute("SELECT value FROM check_in").fetchall()}
    return len(set(done) - found)


def restore(folder: Path, done: Done) -> None:
    workspace = Workspace(folder / "s.duckdb", who="ann")
    for _ in range(10_000):
        for name in ("a", "b"):
            workspace.restore(folder / f"{name}.duckdb")
            done(name)


def judge_restore(folder: Path, done: list[str]) -> Verdict:
    """The store is the one restored last, or the one that was being restored."""
    heads = {name: head_of(folder / f"{name}.duckdb", folder) for name in ("a", "b")}
    found = head_of(folder / "s.duckdb", folder)
    return int(not done or found not in heads.values()), int(found not in heads.values())


def head_of(path: Path, folder: Path) -> str:
    copied = folder / "heads" / path.name
    copied.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, copied)
    with open_store(copied).read() as connection:
        return chain.head(connection).hash


def migrate(folder: Path, done: Done) -> None:
    with open_store(folder / "s.duckdb").read() as connection:
        row = connection.execute("SELECT count(*) FROM check_in").fetchone()
    done(str(row[0] if row else 0))


def judge_migration(folder: Path, done: list[str]) -> Verdict:
    with open_store(folder / "s.duckdb").read() as connection:
        row = connection.execute("SELECT count(*), count(DISTINCT value) FROM check_in").fetchone()
    return 50_000 - (row[1] if row else 0), int(row != (50_000, 50_000))


def broken(path: Path) -> int:
    """Rules of `check` that do not hold."""
    store = open_store(path)
    with store.read() as connection:
        return sum(finding.broken > 0 for finding in integrity.check(connection))


@dataclass(frozen=True)
class Kind:
    """`prepare` makes the store once; each kill works on a copy. `waits`: the kill comes after the first thing done."""

    prepare: Callable[[Path], None]
    write: Callable[[Path, Done], None]
    judge: Callable[[Path, list[str]], Verdict]
    within: float  # seconds in which the kill comes
    waits: bool = True


KINDS = {
    "load": Kind(with_key_result, load, lambda folder, done: judge_loads(folder, done, ROWS), 0.6),
    "bulk load": Kind(with_key_result, bulk, lambda folder, done: judge_loads(folder, done, BULK_ROWS), 1.0),
    "check-in": Kind(with_key_result, check_in, judge_check_ins, 0.4),
    "records": Kind(with_key_result, records, judge_records, 0.4),
    "closing": Kind(with_a_cycle_that_is_over, close, judge_closings, 0.6),
    "learning": Kind(with_a_cycle_that_is_over, learn, judge_learning, 0.4),
    "undo": Kind(with_loads, undo, judge_undo, 0.4),
    "backup": Kind(with_key_result, back_up, judge_back_up, 0.4),
    "restore": Kind(with_backups, restore, judge_restore, 1.0),
    "migration": Kind(of_the_first_schema, migrate, judge_migration, 0.6, waits=False),
}
