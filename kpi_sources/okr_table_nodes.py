"""An OKR table with one row a node: objectives and key results below each other, each naming its parent."""

from dataclasses import dataclass

from kpi_sources.okr_cells import Cells
from kpi_sources.okr_columns import FIELDS, NODE_FIELDS, OkrMapping, folded, said_columns
from kpi_sources.okr_rows import Row
from kpi_sources.okr_yaml import OkrProblem
from models.planned import slug

_TYPES = {
    "objective": "objective,goal,company objective,team objective,o,mål,målsättning,objektiv,övergripande mål",
    "key_result": "key result,kr,target,result,metric,nyckelresultat,resultat,delmål,mätetal",
    "leave_out": "initiative,task,project,action,epic,team,space,initiativ,uppgift,projekt,åtgärd,avdelning",
}
TYPE_WORDS = {word: kind for kind, words in _TYPES.items() for word in words.split(",")}


@dataclass
class _Node:
    line: int
    id: str
    parent: str
    word: str
    fields: dict[str, str]  # of FIELDS, by the mapping's names
    kind: str = ""


def is_node_table(headers: list[str]) -> bool:
    """Whether every row names itself and its parent, and no column is for objectives alone."""
    names = {folded(header) for header in headers}
    of_objectives = {*FIELDS["objective"][2].split(","), *FIELDS["key_result"][2].split(",")[:3], "nyckelresultat"}
    return all(names & set(NODE_FIELDS[part].split(",")) for part in ("id", "parent", "title")) and not (
        names & of_objectives
    )


def node_rows(cells: Cells, notes: list[str], mapping: OkrMapping) -> tuple[list[Row], list[OkrProblem]]:
    """Rows of objectives, and of key results with the id of their objective."""
    line, headers = cells[0]
    places, problems = _places(headers, line, notes, mapping)
    if problems:
        return [], problems
    nodes, problems = _nodes(cells, places)
    by_id = {node.id: node for node in nodes}
    by_title: dict[str, _Node] = {}
    for node in nodes:
        by_title.setdefault(node.fields.get("title", ""), node)
    _name_kinds(nodes, mapping, notes)
    out = []
    for node in nodes:
        above = by_id.get(node.parent) or by_title.get(node.parent) if node.parent else None
        if node.parent and (above is None or above is node):
            message = f"its parent {node.parent!r} is no other row of the table; write the id of one, or leave it empty"
            problems.append(OkrProblem(node.line, "parent", "okr_parent", node.parent, message))
            continue
        row = _row(node, above, problems)
        if row is not None:
            out.append(row)
    return out, problems


def _places(
    headers: list[str], line: int, notes: list[str], mapping: OkrMapping
) -> tuple[dict[str, int], list[OkrProblem]]:
    said, problems = said_columns(headers, line, mapping)
    if problems:
        return {}, problems
    taken = set(said.values())
    aliases = {alias: name for name, (*_, words) in reversed(FIELDS.items()) for alias in words.split(",")}
    aliases |= {alias: name for name, words in reversed(NODE_FIELDS.items()) for alias in words.split(",")}
    ignored = []
    for position, header in enumerate(headers):
        name = aliases.get(folded(header))
        if position in taken:
            continue
        if name is None or name in said:
            ignored += [header] if header.strip() else []
        else:
            said[name] = position
    if ignored:
        notes.append(f"Columns that are not read: {', '.join(ignored)}.")
    missing = [name for name in ("id", "parent", "title") if name not in said]
    if missing:
        message = f"one row a node needs the columns id, parent and title; {', '.join(missing)} is missing"
        return {}, [OkrProblem(line, missing[0], "missing_column", ", ".join(headers)[:120], message)]
    return said, []


def _nodes(cells: Cells, places: dict[str, int]) -> tuple[list[_Node], list[OkrProblem]]:
    nodes: list[_Node] = []
    problems = []
    lines: dict[str, int] = {}
    for line, row in cells[1:]:
        found = {name: row[place].strip() for name, place in places.items() if place < len(row) and row[place].strip()}
        own = {part: found.pop(part, "") for part in ("id", "parent", "type")}
        identifier = own["id"] or slug(found.get("title", ""))
        if identifier in lines:
            message = f"the id {identifier!r} stands on line {lines[identifier]} already; ids are unique"
            problems.append(OkrProblem(line, "id", "okr_duplicate", identifier, message))
            continue
        lines[identifier] = line
        nodes.append(_Node(line, identifier, own["parent"], own["type"], found))
    return nodes, problems


def _name_kinds(nodes: list[_Node], mapping: OkrMapping, notes: list[str]) -> None:
    """What each node is: by its type; without one a node with others below it, or with none above, is an objective."""
    words = TYPE_WORDS | {folded(word): kind for word, kind in mapping.types.items()}
    parents = {node.parent for node in nodes if node.parent}
    unread: dict[str, int] = {}
    for node in nodes:
        if node.word:
            node.kind = words.get(folded(node.word), "leave_out")
            if node.kind == "leave_out":
                unread[node.word] = unread.get(node.word, 0) + 1
        else:
            above = node.id in parents or node.fields.get("title") in parents or not node.parent
            node.kind = "objective" if above else "key_result"
    if unread:
        told = ", ".join(f"{word} ({count})" for word, count in unread.items())
        notes.append(f"Rows of these types are left out: {told}. A mapping can say what they are (`types:`).")


def _row(node: _Node, above: _Node | None, problems: list[OkrProblem]) -> Row | None:
    if node.kind == "leave_out":
        return None
    if node.kind == "objective":
        fields = {"id": node.id, **_of("objective", node.fields)}
        if above is not None and above.kind == "objective":
            fields["parent"] = above.id
        return Row(node.line, fields, {})
    if above is None or above.kind != "objective":
        found = node.parent or "nothing"
        message = f"a key result hangs below an objective, this one below {found!r}; write the id of its objective"
        problems.append(OkrProblem(node.line, "parent", "okr_parent", node.parent, message))
        return None
    return Row(node.line, {"id": above.id}, {"id": node.id, **_of("key_result", node.fields)})


def _of(owner: str, fields: dict[str, str]) -> dict[str, str]:
    """The fields that an owner has; those that both have (title, owner, note) are the node's own."""
    out = {}
    for name, text in fields.items():
        if name in ("title", "owner", "note", "tags"):
            out[name] = text
        elif name in FIELDS and FIELDS[name][0] == owner:
            out[FIELDS[name][1]] = text
    return out
