"""A filter of dbt's semantic layer over one model: as our own conditions where they can say it, else as SQL."""

import re
from typing import Any

from kpi_sources.dbt_fields import NotTaken
from kpi_sources.dbt_models import Model
from models.language import tr

NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_CALL = re.compile(r"\{\{\s*(\w+)\s*\(\s*(['\"])\s*([^'\"]+?)\s*\2\s*(?:,\s*(.*?)\s*)?\)\s*\}\}", re.S)
_ONE = r"'(?:[^']|'')*'|-?\d+(?:\.\d+)?"
_PART = re.compile(
    rf"""^\{{(\w+)\}}\s*(?:
        (?P<op>=|>=|<)\s*(?P<one>{_ONE}|true|false)
        | (?P<not>not\s+)?in\s*\(\s*(?P<many>(?:{_ONE})(?:\s*,\s*(?:{_ONE}))*)\s*\)
        | is\s+(?P<given>not\s+)?null
    )$""",
    re.I | re.X | re.S,
)
_LITERAL = re.compile(_ONE)


def condition(model: Model, line: int, where: str, written: str) -> tuple[list[dict[str, Any]] | None, str]:
    """One filter as conditions of ours (None where they cannot say it) and as SQL."""
    named: dict[str, str] = {}

    def column(found: re.Match[str]) -> str:
        sql = _behind(model, line, where, found[1], found[3], found[4])
        key = f"c{len(named)}"
        named[key] = sql
        return "{" + key + "}"

    text = _CALL.sub(column, written).strip()
    if "{{" in text or "{%" in text:
        raise NotTaken(line, where, tr("this template is not understood: {found}.", found=repr(written.strip())))
    sql = re.sub(r"\{(c\d+)\}", lambda m: named[m[1]] if NAME.match(named[m[1]]) else f"({named[m[1]]})", text)
    ours: list[dict[str, Any]] = []
    for part in re.split(r"\s+and\s+", text, flags=re.I):
        found = _PART.match(part.strip())
        if not found or not NAME.match(named[found[1]]):
            return None, sql
        ours.append({"column": named[found[1]], **_said(found)})
    return ours, sql


def _said(found: re.Match[str]) -> dict[str, Any]:
    if found["op"]:
        return {{"=": "equals", ">=": "at_least", "<": "below"}[found["op"]]: _value(found["one"])}
    if found["many"]:
        return {"none_of" if found["not"] else "one_of": [_value(one) for one in _LITERAL.findall(found["many"])]}
    return {"given": bool(found["given"])}


def _value(written: str) -> Any:
    if written.startswith("'"):
        return written[1:-1].replace("''", "'")
    if written.lower() in ("true", "false"):
        return written.lower() == "true"
    return float(written) if "." in written else int(written)


def _behind(model: Model, line: int, where: str, call: str, name: str, more: str | None) -> str:
    """The SQL of a column that a template names."""
    entity, _, dimension = name.rpartition("__")
    if call == "Entity" and name in model.entities:
        return model.entities[name].sql
    if call == "Entity":
        raise NotTaken(line, where, tr("{model} has no entity {name}.", model=model.name, name=repr(name)))
    if call not in ("Dimension", "TimeDimension"):
        raise NotTaken(line, where, tr("{call}() in a filter is not read.", call=call))
    if entity and entity != model.primary:
        raise NotTaken(line, where,
                       tr("{name} is in another model: nothing is joined here; let one dbt model hold both.",
                          name=repr(name)))  # fmt: skip
    if dimension not in model.columns:
        raise NotTaken(line, where, tr("{model} has no dimension {name}; there are {known}.", model=model.name,
                                       name=repr(dimension), known=", ".join(model.columns) or tr("none")))  # fmt: skip
    grain = (more or "").strip("'\" ")
    if call == "TimeDimension" and grain == "day":
        return f"CAST({model.columns[dimension].sql} AS DATE)"
    if more and not (call == "TimeDimension" and not grain):
        raise NotTaken(line, where, tr("{call}() with {more} is not read.", call=call, more=repr(more)))
    return model.columns[dimension].sql
