"""An OKR table with one row an objective: KR1, KR1 target, KR1 owner, KR2, ..."""

import re

from kpi_sources.okr_cells import Cells
from kpi_sources.okr_columns import FIELDS, OkrMapping, folded, said_columns
from kpi_sources.okr_rows import Row
from kpi_sources.okr_yaml import OkrProblem

_NUMBERED = re.compile(r"(?:kr|key result|nyckelresultat)\s*(\d{1,2})\b[\s:.]*(.*)")
_AFTER = re.compile(r"(.*?)[\s:.]*\b(?:kr|key result|nyckelresultat)\s*(\d{1,2})")


def is_wide_table(headers: list[str]) -> bool:
    """Whether key results stand beside each other, numbered."""
    return any(_numbered(header) is not None for header in headers)


def wide_rows(cells: Cells, notes: list[str], mapping: OkrMapping) -> tuple[list[Row], list[OkrProblem]]:
    """One row for each objective, and one for each of its key results."""
    line, headers = cells[0]
    of_objective, numbered, problems = _places(headers, line, notes, mapping)
    if problems:
        return [], problems
    out = []
    for at, row in cells[1:]:
        objective = {name: row[p].strip() for p, name in of_objective.items() if p < len(row) and row[p].strip()}
        if not objective:
            continue
        out.append(Row(at, objective, {}))
        for number, columns in sorted(numbered.items()):
            found = {name: row[p].strip() for p, name in columns.items() if p < len(row) and row[p].strip()}
            if found and "title" not in found and "id" not in found:
                message = (
                    f"key result {number} has {', '.join(found)} but no words; write what it is, or clear its cells"
                )
                problems.append(OkrProblem(at, f"KR{number}", "okr_missing", next(iter(found.values())), message))
            elif found:
                out.append(Row(at, {k: objective[k] for k in ("id", "title") if k in objective}, found))
    return out, problems


def _places(
    headers: list[str], line: int, notes: list[str], mapping: OkrMapping
) -> tuple[dict[int, str], dict[int, dict[int, str]], list[OkrProblem]]:
    """Position -> field of the objective; number -> position -> field of the key result."""
    said, problems = said_columns(headers, line, mapping)
    of_objective: dict[int, str] = {}
    numbered: dict[int, dict[int, str]] = {}
    for name, place in said.items():
        found = re.fullmatch(r"(.*?)\s*(\d+)", name)
        if found:
            numbered.setdefault(int(found[2]), {})[place] = FIELDS.get(found[1], ("", found[1]))[1]
        elif name in FIELDS:
            of_objective[place] = FIELDS[name][1]
    aliases = _aliases("objective")
    aliases |= {"owner": "owner", "ägare": "owner", "note": "note", "tags": "tags", "id": "id", "title": "title"}
    ignored = []
    for position, header in enumerate(headers):
        meaning = _numbered(header)
        if position in said.values():
            continue
        if meaning is not None:
            numbered.setdefault(meaning[0], {})[position] = meaning[1]
        elif folded(header) in aliases and aliases[folded(header)] not in of_objective.values():
            of_objective[position] = aliases[folded(header)]
        elif header.strip():
            ignored.append(header)
    if ignored:
        notes.append(f"Columns that are not read: {', '.join(ignored)}.")
    if not problems and not {"id", "title"} & set(of_objective.values()):
        message = "the column 'objective' is missing; a table with KR1, KR2, ... has one row an objective"
        problems = [OkrProblem(line, "objective", "missing_column", ", ".join(headers)[:120], message)]
    return of_objective, numbered, problems


def _numbered(header: str) -> tuple[int, str] | None:
    """`KR2 target` and `Target KR2` -> (2, target); `KR2` -> (2, title)."""
    text = folded(header)
    before, after = _NUMBERED.fullmatch(text), _AFTER.fullmatch(text)
    if before is None and after is None:
        return None
    number, rest = (before[1], before[2]) if before is not None else (after[2], after[1])  # type: ignore[index]
    found = "title" if not rest.strip() else _aliases("key_result").get(rest.strip())
    return (int(number), found) if found else None


def _aliases(of: str) -> dict[str, str]:
    """Usual header -> field, of objectives or of key results."""
    return {alias: name for owner, name, words in FIELDS.values() if owner == of for alias in words.split(",")}
