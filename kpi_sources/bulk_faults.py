"""What is wrong with a file too big for the ordinary reader: the same reader, one part of the file after the other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from kpi_sources.catalog import Catalog
from kpi_sources.findings import Problem
from kpi_sources.limits import LIMITS
from kpi_sources.mapping import Mapping
from kpi_sources.reading import MOST_PROBLEMS, Reading, read_with_reasons

PART = 10_000_000  # bytes read at a time


def find_faults(path: Path, mapping: Mapping, catalog: Catalog, as_of: date, part: int = PART) -> Reading:
    """A refusal that names faulty rows by their lines in the file; of status ok where no part shows a fault.

    Each part is read below the file's own header. Only the first may ask: a later part alone proves less than all do.
    """
    found: list[Problem] = []
    reading, head, stay = Reading(), b"", 0
    for lines_before, text in _parts(path, part):
        moved = (stay, lines_before - stay)
        reading_here, tidier = read_with_reasons(
            head + text, mapping, catalog, as_of, LIMITS, False, moved if head else (0, 0)
        )
        if not head:
            reading = reading_here
            if tidier is None or reading.questions:
                return reading
            stay = tidier.plan.grid.line(tidier.plan.header[-1])
            head = b"".join(text.splitlines(keepends=True)[:stay])
        asked = {question.code for question in reading_here.questions}
        errors = [problem for problem in reading_here.errors if problem.code not in asked]
        found += errors if tidier is not None else [_moved(problem, moved) for problem in errors]
        if len(found) > MOST_PROBLEMS:
            last = found[MOST_PROBLEMS]
            message = f"and more problems from line {last.line} on; the file was not read any further"
            found = [*found[:MOST_PROBLEMS], Problem(last.line, None, None, "", "more", message)]
            break
    return replace(reading, status="rejected" if found else "ok", errors=found, warnings=[])


def _parts(path: Path, size: int) -> Iterator[tuple[int, bytes]]:
    """(lines before it, whole lines of the file) part by part."""
    before = 0
    with path.open("rb") as file:
        while text := file.read(size):
            text += file.readline()
            yield before, text
            before += text.count(b"\n")


def _moved(problem: Problem, moved: tuple[int, int]) -> Problem:
    """A refusal of the part as a whole, with its line in the file."""
    stay, by = moved
    if problem.line is None or problem.line <= stay:
        return problem
    line = problem.line + by
    return replace(problem, line=line, message=problem.message.replace(f"line {problem.line}", f"line {line}", 1))
