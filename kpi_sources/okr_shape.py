"""From written words to the values that each field of a definition takes; every path keeps its line.

The field decides what a word means. A text field takes the word as written; a number field takes a plain decimal number
and nothing else, so that a time (1:30), an octal (010) or a yes never becomes a figure.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from kpi_sources.okr_yaml import Node, OkrProblem
from models.definition import Band
from models.okr import OkrFile

Path = tuple[str | int, ...]
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
_HINTS = (
    (re.compile(r"[-+]?\d+(:\d+)+(\.\d*)?"), "it looks like a time; write one number, such as minutes"),
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*"), "it looks like a date; write a number"),
    (re.compile(r"[-+]?[\d.,]+\s*%"), "write the figure without the percent sign and add `format: percent`"),
    (re.compile(r"[-+]?0\d+"), "a leading zero may mean an octal number; write it without"),
    (re.compile(r"[-+]?0[xob].*", re.I), "write a decimal number"),
    (re.compile(r"[-+]?\.?(inf|infinity|nan)", re.I), "it is not a finite number"),
    (re.compile(r"[-+]?\d[\d_.,' ]*"), "write digits with a decimal point and no grouping, such as 1250.5"),
    (re.compile(r"yes|no|on|off|true|false|y|n", re.I), "a yes or no is not a number"),
)


@dataclass
class Shaped:
    """Values ready for the models, the line of every path, and what could not be taken."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[OkrProblem] = field(default_factory=list)

    def refuse(self, path: Path, line: int, code: str, found: str, message: str) -> None:
        self.problems.append(OkrProblem(line, dotted(path), code, found, message))

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest one around it that was written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def dotted(path: Path) -> str:
    """`objectives[0].key_results[2].target`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shape_file(root: Node) -> Shaped:
    """The values of an OKR file. Unknown fields, wrong types and non-finite numbers are refused here, all of them."""
    shaped = Shaped()
    if root.kind != "map":
        message = "an OKR file is a mapping with `objectives:` (and teams, cycles, kpis) at the left edge"
        shaped.refuse((), root.line, "okr_type", root.shown, f"{message}; found {root.shown}")
        return shaped
    shaped.data = _model(root, OkrFile, (), shaped)
    return shaped


def _model(node: Node, model: type[BaseModel], path: Path, shaped: Shaped) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.pairs:
        name = key.text
        at = (*path, name)
        shaped.lines[at] = key.line
        if name not in model.model_fields:
            near = get_close_matches(name, model.model_fields, n=1)
            meant = f"did you mean {near[0]!r}? " if near else ""
            known = ", ".join(model.model_fields)
            message = f"unknown field {name!r}; {meant}The fields here are: {known}"
            shaped.refuse(at, key.line, "okr_field", name, message)
        elif not value.is_null:  # an empty field is a field left out
            taken = _field(value, model.model_fields[name].annotation, at, shaped)
            if taken is not None:
                values[name] = taken
    return values


def _field(node: Node, annotation: Any, path: Path, shaped: Shaped) -> Any:
    kinds = _kinds(annotation)
    many = next((kind for kind in kinds if get_origin(kind) is list), None)
    if many is not None:
        return _list(node, get_args(many)[0], path, shaped)
    model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    if model is not None:
        return _block(node, model, path, shaped)
    if node.kind != "word":
        shaped.refuse(path, node.line, "okr_type", node.shown, f"one value is expected, found {node.shown}")
        return None
    take = next((take for kind, take in _TAKERS if kind in kinds), None)
    return take(node, kinds, path, shaped) if take else node.text


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation allows: list[...], model, float, str, date, bool, or the words of a Literal."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kinds(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    if origin is Literal:
        return set(get_args(annotation))
    return {annotation}


def _list(node: Node, inner: Any, path: Path, shaped: Shaped) -> list[Any] | None:
    if node.kind != "list":
        message = f"a list is expected (each entry begins with a dash), found {node.shown}"
        shaped.refuse(path, node.line, "okr_type", node.shown, message)
        return None
    out = []
    for position, item in enumerate(node.items):
        at = (*path, position)
        shaped.lines[at] = item.line
        out.append(_field(item, inner, at, shaped))
    # a refused entry keeps its place, so that the paths of later messages stay right
    return [{} if value is None else value for value in out]


def _block(node: Node, model: type[BaseModel], path: Path, shaped: Shaped) -> Any:
    if model is Band and node.kind == "list":
        pair = []
        for position, item in enumerate(node.items):
            shaped.lines[(*path, position)] = item.line
            pair.append(None if item.is_null else _number(item, {float}, (*path, position), shaped))
        return pair
    if node.kind != "map":
        message = f"a block of fields is expected ({', '.join(list(model.model_fields)[:4])}, ...), found {node.shown}"
        shaped.refuse(path, node.line, "okr_type", node.shown, message)
        return None
    return _model(node, model, path, shaped)


def _number(node: Node, kinds: set[Any], path: Path, shaped: Shaped) -> float | int | str | None:
    text = node.text.strip()
    if node.kind == "word" and any(char.isdigit() for char in text) and _NUMBER.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            shaped.refuse(path, node.line, "okr_type", text, f"{node.shown} is larger than a number can be; write less")
            return None
        if node.plain:
            return int(value) if int in kinds and float not in kinds and value.is_integer() else value
        if str not in kinds:
            message = f"the number {text} stands in quotes, which makes it text; write it without quotes"
            shaped.refuse(path, node.line, "okr_type", f'"{text}"', message)
            return None
    if node.kind == "word" and (str in kinds or text in kinds):
        return text
    hint = next((hint for pattern, hint in _HINTS if pattern.fullmatch(text)), "write digits, such as 12.5")
    also = "".join(f" or {kind!r}" for kind in kinds if isinstance(kind, str))
    message = f"a number{also} is expected, found {node.shown if node.kind != 'word' else repr(node.shown)}: {hint}"
    shaped.refuse(path, node.line, "okr_type", node.shown, message)
    return None


def _date(node: Node, _kinds: set[Any], path: Path, shaped: Shaped) -> date | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text):
            return date.fromisoformat(node.text)
        why = "write a day as year-month-day, such as 2026-07-01"
    except ValueError:
        why = "there is no such day in the calendar"
    shaped.refuse(path, node.line, "okr_type", node.shown, f"a date is expected, found {node.shown!r}: {why}")
    return None


def _flag(node: Node, _kinds: set[Any], path: Path, shaped: Shaped) -> bool | None:
    word = node.text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    shaped.refuse(path, node.line, "okr_type", node.shown, f"true or false is expected, found {node.shown!r}")
    return None


_TAKERS = ((float, _number), (int, _number), (date, _date), (bool, _flag))
