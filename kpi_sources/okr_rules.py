"""What must hold between the fields of an OKR file: ids, targets, weights, parents, KPIs and segments."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from kpi_sources.names import name_key, unknown_hint
from kpi_sources.okr_shape import Path, Shaped, dotted
from models.dependencies import loop

MAX_GUESSES = 20  # unknown names that get a "did you mean": each is compared with all known ones
SECTIONS = ("teams", "cycles", "kpis", "objectives")
_SINGULAR = {"teams": "team", "cycles": "cycle", "kpis": "KPI", "objectives": "objective"}
_PYDANTIC = {
    "missing": ("okr_missing", "the field {name!r} is missing; add it"),
    "literal_error": ("okr_value", "{found!r} is not one of {expected}"),
    "string_too_short": ("okr_missing", "{name!r} is empty; write a value"),
    "string_too_long": ("too_large", "{name!r} is longer than {max_length} characters; shorten it"),
    "string_pattern_mismatch": ("okr_value", "{found!r} is not a currency code of three capital letters, such as EUR"),
    "greater_than": ("okr_value", "{name} must be above {gt:g}, found {found}"),
    "greater_than_equal": ("okr_value", "{name} must be {ge:g} or more, found {found}"),
    "less_than_equal": ("okr_value", "{name} must be {le:g} or less, found {found}"),
    "int_type": ("okr_type", "{name} must be a whole number, found {found}"),
    "int_from_float": ("okr_type", "{name} must be a whole number, found {found}"),
}


@dataclass(frozen=True)
class Known:
    """What exists outside the file. A catalog makes an unknown KPI an error, segments an unknown segment."""

    kpis: Collection[str] | None = None
    catalog: Collection[str] | None = None
    segments: Collection[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # further keys of KPIs, such as their names on screen
    any_segment: Collection[str] = ()  # KPIs whose segments need not be listed
    teams: Collection[str] = ()
    cycles: Collection[str] = ()
    dependencies: Mapping[str, Collection[str]] | None = None  # key results outside → what each waits for


def key_results(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every key result of shaped data with its path."""
    for position, objective in enumerate(data.get("objectives", [])):
        for place, key_result in enumerate(objective.get("key_results", [])):
            yield ("objectives", position, "key_results", place), key_result


def check_ids(shaped: Shaped) -> None:
    """Ids are unique: within teams, cycles, KPIs and objectives, and over all key results."""
    groups: list[tuple[str, list[tuple[Path, dict[str, Any]]]]] = [
        (_SINGULAR[name], [((name, at), row) for at, row in enumerate(shaped.data.get(name, []))]) for name in SECTIONS
    ]
    groups.append(("key result", list(key_results(shaped.data))))
    for word, rows in groups:
        first: dict[str, int | None] = {}
        for path, row in rows:
            identifier = row.get("id")
            if identifier is None:
                continue
            line = shaped.line((*path, "id"))
            if identifier in first:
                message = (
                    f"the {word} id {identifier!r} is a duplicate: it is used on line {first[identifier]} and again on "
                    f"line {line}; ids are unique, rename one"
                )
                shaped.refuse((*path, "id"), line or 0, "okr_duplicate", identifier, message)
            first.setdefault(identifier, line)


def check_targets(shaped: Shaped) -> None:
    """A target that equals its baseline leaves no way to go."""
    for path, row in key_results(shaped.data):
        moves = row.get("kind") in ("increase", "decrease") or (
            "kind" not in row and "stages" not in row and "band" not in row
        )
        target, baseline = row.get("target"), row.get("baseline")
        if moves and isinstance(target, float) and target == baseline:
            line = shaped.line((*path, "target")) or 0
            message = (
                f"the target equals the baseline ({target:g}, line {shaped.line((*path, 'baseline'))}), so progress "
                "would divide by zero; set another target, or use kind: maintain with a band"
            )
            shaped.refuse((*path, "target"), line, "okr_target", f"{target:g}", message)


def check_weights(shaped: Shaped) -> list[str]:
    """Weights are positive and normalised; one 0 leaves a key result out, all 0 leave no score. Returns hints."""
    hints = []
    for position, objective in enumerate(shaped.data.get("objectives", [])):
        rows = [(place, row) for place, row in enumerate(objective.get("key_results", []))]
        written = [(place, row["weight"]) for place, row in rows if "weight" in row]
        if not written or any(weight < 0 for _, weight in written):
            continue  # a negative weight is refused by the definition itself
        weights = [row.get("weight", 1.0) for _, row in rows]
        total = sum(weights)
        if total == 0:
            path = ("objectives", position, "key_results", written[0][0], "weight")
            message = (
                "all weights of this objective are 0, so it would have no score; give one key result a weight above 0"
            )
            shaped.refuse(path, shaped.line(path) or 0, "okr_weight", "0", message)
        elif len(set(weights)) > 1 and min(abs(total - 1), abs(total - 100) / 100) > 1e-6:
            hints.append(
                f"The weights of objective {objective.get('id')!r} sum to {total:g}, neither 1 nor 100; they are used "
                "as shares of their sum."
            )
    return hints


def check_parents(shaped: Shaped) -> None:
    """Objectives, teams and cycles may have parents, but nothing may be its own ancestor."""
    for section in ("teams", "cycles", "objectives"):
        rows = shaped.data.get(section, [])
        parents = {row.get("id"): row.get("parent") for row in rows}
        reported: set[Any] = set()
        for position, row in enumerate(rows):
            chain = [row.get("id")]
            while (parent := parents.get(chain[-1])) is not None and parent not in chain:
                chain.append(parent)
            if parent != row.get("id") or parent is None or row["id"] in reported:
                continue  # no loop, or one that is reported where it closes
            reported.update(chain)
            way = " -> ".join([*chain, parent])
            line = shaped.line((section, position, "parent")) or 0
            message = f"the parents form a cycle ({way}): nothing can be its own parent; remove one of these parents"
            shaped.refuse((section, position, "parent"), line, "okr_cycle", str(row.get("parent")), message)


def check_dependencies(shaped: Shaped, known: Known) -> list[str]:
    """What a key result waits for must exist, here or outside; nothing may wait for itself, at however many removes.

    Returns warnings on ids that are not in the file, where nothing is known of what is outside.
    """
    rows = list(key_results(shaped.data))
    edges: dict[str, Collection[str]] = dict(known.dependencies or {})
    for _, row in rows:
        edges[row.get("id", "")] = [wanted["on"] for wanted in row.get("depends_on", []) if "on" in wanted]
    names = Names("key result", [name for name in edges if name])
    warnings = []
    for path, row in rows:
        for place, wanted in enumerate(row.get("depends_on", [])):
            on = wanted.get("on")
            if on is None or on in edges:
                continue
            at = (*path, "depends_on", place, "on")
            line, message = shaped.line(at) or 0, names.settled(on)[1] or f"unknown key result {on!r}."
            if known.dependencies is None:
                warnings.append(f"Line {line}: {on!r}, which {row.get('id')!r} waits for, is not in the file.")
            else:
                shaped.refuse(at, line, "okr_dependency", on, message)
    way = loop(edges)
    if way:
        where = [path for path, row in rows if row.get("id") in way]
        path = (*where[0], "depends_on") if where else ()
        message = (
            f"these key results wait for each other ({' -> '.join(way)}), so none of them could ever come; take one of "
            "these dependencies out"
        )
        shaped.refuse(path, shaped.line(path) or 0, "okr_dependency", " -> ".join(way), message)
    return warnings


def check_kpis(shaped: Shaped, known: Known) -> list[str]:
    """KPIs and segments that are named must exist: an error with a catalog, else a warning, which is returned.

    A name that differs from the known one only in case is replaced by the known one.
    """
    warnings: list[str] = []
    outside = known.catalog if known.catalog is not None else known.kpis
    here = [row["id"] for row in shaped.data.get("kpis", []) if "id" in row]
    kpis = None if outside is None else Names("KPI", [*outside, *here], known.names)
    segments = None if known.segments is None else Names("segment", known.segments)
    for path, row in _references(shaped.data):
        if kpis is not None and "kpi" in row:
            row["kpi"], message = kpis.settled(row["kpi"])
            line = shaped.line((*path, "kpi")) or 0
            if message and known.catalog is not None:
                shaped.refuse((*path, "kpi"), line, "okr_kpi", row["kpi"], message)
            elif message:
                warnings.append(f"Line {line}: {message} Until it exists, the key result has no value from it.")
        listed = row.get("kpi") not in known.any_segment and row.get("segment", "all") != "all"
        if segments is not None and listed:
            row["segment"], message = segments.settled(row["segment"])
            if message:
                line = shaped.line((*path, "segment")) or 0
                shaped.refuse((*path, "segment"), line, "unknown_segment", row["segment"], message)
    return warnings


class Names:
    """Names that exist, found as extracts find them: by the name itself, else by its key if that is one name's only."""

    def __init__(self, word: str, exist: Collection[str], also: Mapping[str, str] | None = None) -> None:
        self.word = word
        self.exist = set(exist)
        self.by_key: dict[str, set[str]] = {key: {name} for key, name in (also or {}).items()}
        for name in self.exist:
            self.by_key.setdefault(name_key(name), set()).add(name)
        self.answers: dict[str, tuple[str, str]] = {}
        self.guesses = 0

    def settled(self, written: str) -> tuple[str, str]:
        """The name that is meant, and what is wrong if there is none."""
        if written not in self.answers:
            self.answers[written] = self._settle(written)
        return self.answers[written]

    def _settle(self, written: str) -> tuple[str, str]:
        same = self.by_key.get(name_key(written), set())
        if written in self.exist:
            return written, ""
        if len(same) == 1:
            return next(iter(same)), ""
        guess = self.guesses < MAX_GUESSES
        self.guesses += 1
        hint = unknown_hint(written, sorted(self.exist)) or self._nearest(written) if guess else "."
        word = self.word
        return written, f"unknown {word} {written!r}: it is not among the {len(self.exist)} known {word}s{hint}"

    def _nearest(self, written: str) -> str:
        """A wider guess: ids of three letters are one swapped pair away from each other."""
        keys = {name_key(name): name for name in sorted(self.exist)}
        near = get_close_matches(name_key(written), keys, n=1, cutoff=0.6)
        return f"; did you mean {keys[near[0]]!r}?" if near else "."


def _references(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, row in key_results(data):
        yield path, row
        for place, link in enumerate(row.get("links", [])):
            yield (*path, "links", place), link


def add_model_problems(shaped: Shaped, errors: list[Any]) -> None:
    """Pydantic's errors in plain English, one a field, leaving out what is already reported there or inside it."""
    for error in errors:
        path = _written_path(error, shaped)
        place = dotted(path)
        if any(_same_place(problem.field, place) for problem in shaped.problems):
            continue
        name = str(path[-1]) if path else "file"
        context = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
        given = error["input"]
        found = "" if isinstance(given, dict | list) else f"{given:g}" if isinstance(given, float) else str(given)
        code, pattern = _PYDANTIC.get(error["type"], ("okr_value", ""))
        if pattern:
            message = pattern.format(name=name, found=found, **context)
        else:
            message = str(error["msg"]).removeprefix("Value error, ")
            code = "okr_target" if "target" in message else code
        if name == "weight":
            code = "okr_weight"
        shaped.refuse(path, shaped.line(path) or 1, code, found, message)


def _same_place(one: str, other: str) -> bool:
    """Whether one of two dotted paths is the other or lies inside it."""
    inner, outer = (one, other) if len(one) > len(other) else (other, one)
    return bool(outer) and (inner == outer or inner.startswith((f"{outer}.", f"{outer}[")))


def _written_path(error: Any, shaped: Shaped) -> Path:
    """The path of an error without the names of union members that pydantic adds at its end."""
    path = tuple(error["loc"])
    if error["type"] == "missing":
        return path
    while path and path not in shaped.lines:
        path = path[:-1]
    return path
