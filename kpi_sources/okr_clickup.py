"""Goals as the ClickUp API gives them (`{"goals": [...]}` or `{"goal": {...}}`), turned into the tree of an OKR file.

The written JSON keeps its lines, so that every later message names the line in the file. A value that somebody typed in
there (`steps_current`) comes along as a check-in, since no KPI stands behind it yet.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

from kpi_sources.okr_yaml import Node, OkrProblem
from kpi_sources.reported import Reported
from models.language import tr, trn
from models.periods import named_cycle, quarter_name

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "kr": "SEK"}
_KINDS = ("number", "currency", "percentage", "boolean", "automatic")


def is_clickup(root: Node) -> bool:
    """Whether a parsed file is an answer of the goals API."""
    keys = {key.text for key, _ in root.pairs}
    return root.kind == "map" and bool(keys & {"goals", "goal"}) and "objectives" not in keys


def clickup_nodes(root: Node, notes: list[str]) -> tuple[Node, list[Reported], list[OkrProblem]]:
    """The same goals as objectives with key results, the values typed in there, and what cannot be taken."""
    problems: list[OkrProblem] = []
    reported: list[Reported] = []
    given = _get(root, "goals")
    goals = given.items if given is not None else [node for node in [_get(root, "goal")] if node is not None]
    archived = [goal for goal in goals if _text(goal, "archived") == "true"]
    if archived:
        notes.append(trn("{count} archived goal is left out.", "{count} archived goals are left out.", len(archived)))
    objectives = [_objective(goal, notes, reported, problems) for goal in goals if goal not in archived]
    where = Node("list", root.line, items=objectives)
    return Node("map", root.line, pairs=[(Node("word", root.line, "objectives"), where)]), reported, problems


def _objective(goal: Node, notes: list[str], reported: list[Reported], problems: list[OkrProblem]) -> Node:
    fields = {
        "id": _text(goal, "id"),
        "title": _text(goal, "name"),
        "note": _text(goal, "description")[:2000],
        "owner": _owner(goal),
        "cycle": _cycle(goal, problems),
    }
    node = _map(fields, goal.line)
    results = _get(goal, "key_results")
    rows = [_key_result(row, notes, reported, problems) for row in (results.items if results is not None else [])]
    taken = [row for row in rows if row is not None]
    if taken:
        node.pairs.append((Node("word", goal.line, "key_results"), Node("list", goal.line, items=taken)))
    return node


def _key_result(row: Node, notes: list[str], reported: list[Reported], problems: list[OkrProblem]) -> Node | None:
    kind, identifier = _text(row, "type"), _text(row, "id")
    if kind not in _KINDS:
        known = ", ".join(_KINDS)
        message = f"the type of this key result is {kind or 'missing'}; known types: {known}"
        problems.append(OkrProblem(_line(row, "type"), "type", "okr_value", kind, message))
        return None
    fields = {"id": identifier, "title": _text(row, "name"), "owner": _owner(row)}
    action = _get(row, "last_action")
    day = _day(action, "date_modified") if action is not None else None
    day = day or _day(row, "date_created")
    said = _text(action, "note") if action is not None else ""
    if kind == "boolean":
        fields["kind"] = "yes_no"
        if _text(row, "completed") == "true" or _text(row, "steps_current") in ("1", "true"):
            fields["done"] = day.isoformat() if day else ""
        return _map(fields, row.line)
    fields["baseline"] = _text(row, "steps_start") or "0"
    fields["target"] = _text(row, "steps_end")
    unit = _text(row, "unit")
    if kind == "percentage":
        fields["format"] = "percent"
    elif kind == "currency":
        fields["format"] = "currency"
        fields["currency"] = _currency(unit)
    elif kind == "automatic":
        notes.append(
            tr(
                "“{title}” counts finished tasks in ClickUp: the count comes along as a check-in.",
                title=fields["title"],
            )
        )
    elif unit:
        fields["note"] = f"Unit: {unit}"
    current = _text(row, "steps_current")
    if current and day is not None:
        value = _number(current)
        if value is None:
            message = f"steps_current is {current!r}, which is no number"
            problems.append(OkrProblem(_line(row, "steps_current"), "steps_current", "okr_type", current, message))
        else:
            reported.append(Reported(identifier, day, value, said[:2000]))
    return _map(fields, row.line)


def _cycle(goal: Node, problems: list[OkrProblem]) -> str:
    """The shortest usual cycle that holds the goal: its quarter, else its half-year, else its year."""
    due = _day(goal, "due_date", problems)
    start = _day(goal, "start_date", problems) or due
    if due is None or start is None:
        return ""
    year = due.year
    for name in (quarter_name(due), f"{year}-H{1 if due.month <= 6 else 2}", str(year)):
        window = named_cycle(name)
        if window and window.start <= start:
            return name
    return str(year)


def _day(node: Node | None, name: str, problems: list[OkrProblem] | None = None) -> date | None:
    """A day from milliseconds since 1970, UTC."""
    text = _text(node, name)
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        if problems is not None:
            message = f"{name} is {text!r}; a moment is written in milliseconds since 1970"
            problems.append(OkrProblem(_line(node, name), name, "okr_type", text, message))
        return None


def _owner(node: Node) -> str:
    """The first owner's name; the person who made it where there are none."""
    owners = _get(node, "owners")
    people = list(owners.items) if owners is not None else []
    single = _get(node, "owner")
    people += [single] if single is not None and single.kind == "map" else []
    names = (_text(person, "username") or _text(person, "email") for person in people)
    return next((name for name in names if name), "")


def _currency(unit: str) -> str:
    code = _SYMBOLS.get(unit.strip().lower(), unit.strip().upper())
    return code if re.fullmatch(r"[A-Z]{3}", code) else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _get(node: Node | None, name: str) -> Node | None:
    if node is None or node.kind != "map":
        return None
    return next((value for key, value in node.pairs if key.text == name and not value.is_null), None)


def _text(node: Node | None, name: str) -> str:
    found = _get(node, name)
    return found.text.strip() if found is not None and found.kind == "word" else ""


def _line(node: Node | None, name: str) -> int:
    found = _get(node, name)
    return found.line if found is not None else node.line if node is not None else 0


def _map(fields: dict[str, Any], line: int) -> Node:
    """A block of the fields that have a value; texts stay texts, whatever they look like."""
    numbers = ("baseline", "target")
    pairs = [
        (Node("word", line, name), Node("word", line, str(value), plain=name in numbers))
        for name, value in fields.items()
        if value
    ]
    return Node("map", line, pairs=pairs)
