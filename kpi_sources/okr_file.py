"""OKR definitions from a file and back: YAML, or a table with one row a key result.

Reading never raises on bad input: it returns every problem with its line, field, what was found and what to do.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError

from kpi_sources.catalog import Catalog
from kpi_sources.okr_clickup import clickup_nodes, is_clickup
from kpi_sources.okr_columns import OkrMapping
from kpi_sources.okr_feeds import check_feeds
from kpi_sources.okr_rules import (
    Known,
    add_model_problems,
    check_dependencies,
    check_ids,
    check_kpis,
    check_parents,
    check_targets,
    check_weights,
    key_results,
)
from kpi_sources.okr_shape import Path, Shaped, shape_file
from kpi_sources.okr_table import TABLE_SUFFIXES, table_nodes
from kpi_sources.okr_yaml import MAX_BYTES, OkrProblem, parse_yaml
from kpi_sources.reported import Reported
from models.okr import OkrFile
from models.periods import named_cycle, quarter_name

DEFAULT_TEAM = "company"
MAX_PROBLEMS = 200  # what a reader can still act on; the count of the rest is said


@dataclass(frozen=True)
class OkrReading:
    """What a file holds. `file` is None when it was rejected; `notes` name defaults, guesses, hints and warnings.

    `reported` are values that the file brings for key results without a KPI behind them; `lines` leads from
    ("objective" or "key_result", id) to the line it stands on.
    """

    status: str
    file: OkrFile | None
    errors: list[OkrProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)


def read_okr_file(
    data: bytes,
    name: str,
    *,
    as_of: date,
    known_kpis: Collection[str] | None = None,
    catalog: Catalog | Collection[str] | None = None,
    segments: Collection[str] | None = None,
    known_teams: Collection[str] = (),
    known_cycles: Collection[str] = (),
    known_dependencies: Mapping[str, Collection[str]] | None = None,
    mapping: OkrMapping | None = None,
) -> OkrReading:
    """Read an OKR file whose `name` says by its ending whether it is YAML (or JSON) or a table (CSV, TSV, XLSX). JSON
    of the ClickUp goals API is recognised by its `goals`; `mapping` says which column of a table means what.

    A KPI outside `known_kpis` is a warning, one outside `catalog` an error; `segments` lists the segments that exist (a
    catalogue of extracts brings its own). `known_dependencies` are the key results outside the file with what each
    waits for; without it nothing is known of them.
    Teams and cycles that are neither in the file nor known are added to it, so that the file stands alone. Objectives
    without a cycle get the calendar quarter that holds `as_of`.
    """
    if isinstance(catalog, Catalog):
        known = _from_catalog(catalog, known_kpis, segments, known_teams, known_cycles)
    else:
        known = Known(known_kpis, catalog, segments, teams=known_teams, cycles=known_cycles)
    known = replace(known, dependencies=known_dependencies)
    if len(data) > MAX_BYTES:
        found = f"{len(data):,} bytes"
        message = f"the file has {found}, above the limit of {MAX_BYTES:,}; split it into one file a team or cycle"
        return OkrReading("rejected", None, [OkrProblem(None, "", "too_large", found, message)])
    notes: list[str] = []
    reported: list[Reported] = []
    if name.lower().endswith(TABLE_SUFFIXES):
        tree, problems = table_nodes(data, name, notes, as_of, mapping or OkrMapping())
        root, reported = (None, []) if tree is None else (tree.root, tree.reported)
    else:
        text, problems = _decoded(data)
        root = None
        if text is not None:
            root, problems = parse_yaml(text)
    if root is None or (root.is_null and not problems):
        empty = OkrProblem(
            None, "", "empty_file", "", "the file is empty: it needs at least `objectives:` with one entry"
        )
        return OkrReading("rejected", None, problems or [empty])
    if is_clickup(root):
        root, reported, more = clickup_nodes(root, notes)
        problems += more
    shaped = shape_file(root)
    shaped.problems[:0] = problems
    file = _checked(shaped, known, as_of, notes)
    if file is None:
        return OkrReading("rejected", None, _sorted(shaped.problems), notes)
    return OkrReading("ok", file, [], notes, reported, _lines(shaped))


def _lines(shaped: Shaped) -> dict[tuple[str, str], int]:
    rows: list[tuple[Path, dict[str, Any]]] = [
        (("objectives", at), row) for at, row in enumerate(shaped.data.get("objectives", []))
    ]
    found = {("objective", str(row["id"])): shaped.line(path) or 0 for path, row in rows}
    return found | {("key_result", str(row["id"])): shaped.line(path) or 0 for path, row in key_results(shaped.data)}


def write_okr_file(file: OkrFile) -> str:
    """The definitions as YAML that `read_okr_file` reads back without loss; defaults are left out."""
    body = file.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(_tidy(body), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


class _Writer(yaml.SafeDumper):
    """Text of several lines as a block; line separators that readers fold away as escapes."""


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(char in text for char in "\r\x85\u2028\u2029") else "|" if "\n" in text else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _write_text)


def _from_catalog(
    catalog: Catalog,
    kpis: Collection[str] | None,
    segments: Collection[str] | None,
    teams: Collection[str],
    cycles: Collection[str],
) -> Known:
    names = {key: spec.id for key, spec in catalog.kpis.items()}
    listed = segments or (None if catalog.segments is None else list(catalog.segments.values()))
    free = {spec.id for spec in catalog.kpis.values() if spec.any_segment}
    ids = None if catalog.open else set(names.values())
    return Known(kpis, ids, listed, names, free, teams, cycles)


def _decoded(data: bytes) -> tuple[str | None, list[OkrProblem]]:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the bytes are not {encoding.removesuffix('-sig').upper()} text; save the file as UTF-8"
        found = data[error.start : error.start + 4].hex(" ")
        return None, [OkrProblem(line, "", "encoding", found, message)]


def _checked(shaped: Shaped, known: Known, as_of: date, notes: list[str]) -> OkrFile | None:
    if not any(shaped.data.values()) and not shaped.problems:
        message = "no rows: the file defines nothing; it needs at least `objectives:` with one entry"
        shaped.refuse((), 1, "no_rows", "", message)
    check_ids(shaped)
    check_targets(shaped)
    hints = check_weights(shaped)
    check_parents(shaped)
    warnings = [*check_kpis(shaped, known), *check_feeds(shaped, known), *check_dependencies(shaped, known)]
    _fill_defaults(shaped, known, as_of, notes)
    kinds = {row.get("id"): "kind" in row for _, row in key_results(shaped.data)}
    try:
        file = OkrFile.model_validate(shaped.data)
    except ValidationError as error:
        add_model_problems(shaped, error.errors(include_url=False))
        return None
    if shaped.problems:
        return None
    notes += [*_guesses(file, kinds), *hints, *warnings]
    return file


def _fill_defaults(shaped: Shaped, known: Known, as_of: date, notes: list[str]) -> None:
    """Name the cycle and team where the file does not, and describe those that are named but nowhere described."""
    objectives = shaped.data.get("objectives", [])
    for name, default in (("cycle", quarter_name(as_of)), ("team", DEFAULT_TEAM)):
        without = [str(row.get("id")) for row in objectives if name not in row]
        for row in objectives:
            row.setdefault(name, default)
        if without:
            notes.append(f"No {name} is given for {_listed(without)}: {default} is taken.")
    for position, row in enumerate(objectives):
        _describe_cycle(shaped, position, row["cycle"], known)
        teams = shaped.data.setdefault("teams", [])
        if row["team"] not in known.teams and all(team.get("id") != row["team"] for team in teams):
            teams.append({"id": row["team"]})
            if row["team"] != DEFAULT_TEAM:
                notes.append(f"Team {row['team']!r} is not described in the file: it is shown by its id.")


def _describe_cycle(shaped: Shaped, position: int, identifier: str, known: Known) -> None:
    cycles = shaped.data.setdefault("cycles", [])
    if identifier in known.cycles or any(cycle.get("id") == identifier for cycle in cycles):
        return
    if named_cycle(identifier):
        cycles.append({"id": identifier})
        return
    path = ("objectives", position, "cycle")
    message = (
        f"the cycle {identifier!r} is unknown and its name does not tell its dates; describe it under cycles with id, "
        "start and end, or write a name such as 2026-Q3"
    )
    shaped.refuse(path, shaped.line(path) or 0, "okr_value", identifier, message)


def _guesses(file: OkrFile, kinds: dict[Any, bool]) -> list[str]:
    rows = [row for objective in file.objectives for row in objective.key_results]
    notes = []
    for kind in ("increase", "decrease", "maintain", "milestone", "yes_no"):
        guessed = [row.id for row in rows if row.kind == kind and not kinds.get(row.id, True)]
        if guessed:
            notes.append(f"No kind is given for {_listed(guessed)}: {kind} is taken from the other fields.")
    auto = [row.id for row in rows if row.baseline == "auto"]
    if auto:
        notes.append(f"The baseline of {_listed(auto)} is read from the window of equal length before the cycle.")
    unlinked = [row.id for row in rows if not any(link.role == "outcome" for link in row.all_links)]
    if unlinked:
        notes.append(f"No outcome KPI is linked to {_listed(unlinked)}: add `kpi:` or `links:` to let the data judge.")
    return notes


def _listed(ids: list[str]) -> str:
    shown = ", ".join(ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5} more"


def _sorted(problems: list[OkrProblem]) -> list[OkrProblem]:
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    if len(ordered) <= MAX_PROBLEMS:
        return ordered
    rest = len(ordered) - MAX_PROBLEMS
    more = OkrProblem(None, "", "too_large", str(rest), f"{rest:,} more problems are not listed; solve these first")
    return [*ordered[:MAX_PROBLEMS], more]


def _tidy(value: Any) -> Any:
    """Whole numbers without a point, as people write them."""
    if isinstance(value, dict):
        return {key: _tidy(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
