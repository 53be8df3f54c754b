"""Rows of an OKR table, whatever its layout, turned into the tree of an OKR file; values typed in become check-ins."""

import math
import re
from dataclasses import dataclass
from datetime import date

from kpi_sources.okr_yaml import Node, OkrProblem
from kpi_sources.reported import Reported
from models.planned import slug

NUMBERS = ("baseline", "target", "current", "weight")
_PERCENT = re.compile(r"([-+]?[\d.,\s]+?)\s*%")
_KINDS: dict[str, dict[str, str]] = {
    **{key: {} for key in ["number", "numeric", "automatic", "metric", "currency", "tal"]},
    **{key: {"format": "percent"} for key in ["percent", "percentage", "procent"]},
    **{key: {"kind": "yes_no"} for key in ["boolean", "true_false", "binary", "task", "ja_nej"]},
}
_QUARTER = re.compile(r"(?:Q|K)([1-4])[\s/\-']*(\d{4})|(\d{4})[\s/\-]*(?:Q|K)([1-4])", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One line: fields of its objective (at least id or title), and of a key result where it has one."""

    line: int
    objective: dict[str, str]
    key_result: dict[str, str]


@dataclass
class Tree:
    """What a table holds: the tree of an OKR file, values that became check-ins, and what cannot be taken."""

    root: Node
    reported: list[Reported]
    problems: list[OkrProblem]


def tree_of(rows: list[Row], line: int, notes: list[str], as_of: date, decimal: str | None) -> Tree:
    """`line` is that of the header; `as_of` the day of a value without its own."""
    objectives: dict[str, Node] = {}
    results: dict[str, Node] = {}
    problems: list[OkrProblem] = []
    reported: list[Reported] = []
    made_ids = dated = False
    for row in rows:
        identifier = row.objective.get("id") or slug(row.objective.get("title", ""))
        made_ids |= "id" not in row.objective or bool(row.key_result and "id" not in row.key_result)
        if identifier not in objectives:
            objectives[identifier] = _map({"id": identifier, **_tidy(row.objective, decimal)}, row.line)
            results[identifier] = Node("list", row.line)
            objectives[identifier].pairs.append((Node("word", row.line, "key_results"), results[identifier]))
        else:
            problems += _differences(objectives[identifier], _tidy(row.objective, decimal), row.line)
        if row.key_result:
            fields = {"id": row.key_result.get("id") or slug(row.key_result.get("title", ""))}
            fields |= _tidy(row.key_result, decimal)
            value, day = fields.pop("current", ""), fields.pop("current_on", "")
            dated |= bool(value) and not day
            results[identifier].items.append(_map(fields, row.line))
            found = _reported(fields["id"], value, day, as_of, row.line)
            if isinstance(found, OkrProblem):
                problems.append(found)
            elif found is not None:
                reported.append(found)
    if made_ids:
        notes.append("Ids that the table does not give are made from the titles: a changed title is then a new entry.")
    if dated:
        notes.append(f"Current values without a day of their own are check-ins of {as_of.isoformat()}.")
    root = Node("map", line)
    root.pairs.append((Node("word", line, "objectives"), Node("list", line, items=list(objectives.values()))))
    return Tree(root, reported, problems)


def _tidy(fields: dict[str, str], decimal: str | None) -> dict[str, str]:
    """Figures, cycles and words of other tools as an OKR file writes them; what is not understood stays as it is."""
    out = dict(fields)
    for name in (name for name in NUMBERS if name in out):
        text = out[name]
        percent = _PERCENT.fullmatch(text)
        if percent:
            text = percent[1]
            if name != "weight":
                out.setdefault("format", "percent")
        if decimal == ",":
            text = re.sub(r"[.\s\u00a0\u202f']", "", text).replace(",", ".")
        elif decimal == ".":
            text = re.sub(r"[,\s\u00a0\u202f']", "", text)
        out[name] = text
    if "cycle" in out:
        found = _QUARTER.fullmatch(out["cycle"].strip())
        if found:
            out["cycle"] = f"{found[2] or found[3]}-Q{found[1] or found[4]}"
    for name in ("kind", "level", "format", "reading"):
        if name in out:
            out[name] = re.sub(r"[\s\-/]+", "_", out[name].strip().casefold())
    kind = out.get("kind", "")
    if kind in _KINDS:  # the other tool says how the figure looks, not which way it should go
        out.pop("kind")
        out |= {name: text for name, text in _KINDS[kind].items() if name not in out}
    return out


def _reported(key_result: str, value: str, day: str, as_of: date, line: int) -> Reported | OkrProblem | None:
    if not value:
        return None
    try:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
    except ValueError:
        message = f"the current value is {value!r}, which is no plain number; write digits, such as 12.5"
        return OkrProblem(line, "current", "okr_type", value, message)
    try:
        return Reported(key_result, date.fromisoformat(day[:10]) if day else as_of, number)
    except ValueError:
        message = f"the day of the current value is {day!r}; write it as year-month-day, such as 2026-07-01"
        return OkrProblem(line, "current_on", "okr_type", day, message)


def _differences(objective: Node, again: dict[str, str], line: int) -> list[OkrProblem]:
    first = {key.text: value for key, value in objective.pairs}
    out = []
    for name, text in again.items():
        if name in first and first[name].kind == "word" and first[name].text != text:
            message = (
                f"the {name} of this objective is {text!r} here and {first[name].text!r} on line {first[name].line}; "
                "an objective has one, make them equal"
            )
            out.append(OkrProblem(line, name, "okr_value", text, message))
        elif name not in first:
            objective.pairs.append((Node("word", line, name), _value(name, text, line)))
    return out


def _map(fields: dict[str, str], line: int) -> Node:
    pairs = [(Node("word", line, key), _value(key, text, line)) for key, text in fields.items()]
    return Node("map", line, pairs=pairs)


def _value(name: str, text: str, line: int) -> Node:
    if name != "tags":
        return Node("word", line, text)
    words = [word.strip() for word in re.split(r"[,;]", text) if word.strip()]
    return Node("list", line, items=[Node("word", line, word) for word in words])
