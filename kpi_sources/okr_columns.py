"""Which column of an OKR table means what: by names that are usual in other tools, or by a mapping that says so."""

import re
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from kpi_sources.mapping import MappingError
from kpi_sources.okr_yaml import OkrProblem

Owner = Literal["objective", "key_result", "node"]
Columns = dict[int, tuple[Owner, str]]  # position of a column -> what it belongs to, field
LAYOUTS = ("key_results", "nodes", "wide")
_OBJECTIVE: Owner = "objective"
_KEY_RESULT: Owner = "key_result"
# what a mapping calls a field -> (what it belongs to, field, usual headers in lower-case words)
FIELDS: dict[str, tuple[Owner, str, str]] = {
    "objective_id": (_OBJECTIVE, "id", "objective id,objective key,o id,goal id,mål id"),
    "objective": (_OBJECTIVE, "title", "objective,objective title,objective name,goal,goal name,mål,övergripande mål"),
    "objective_owner": (_OBJECTIVE, "owner", "objective owner,goal owner,målägare"),
    "team": (_OBJECTIVE, "team", "team,owner team,department,group,space,avdelning,enhet,grupp"),
    "cycle": (_OBJECTIVE, "cycle", "cycle,quarter,period,time period,timeframe,cykel,kvartal"),
    "level": (_OBJECTIVE, "level", "level,commitment,nivå"),
    "parent": (_OBJECTIVE, "parent", "parent,parent objective,supports,aligned to,överordnat mål,stödjer"),
    "key_result_id": (_KEY_RESULT, "id", "id,key result id,kr id,key result key,kr"),
    "key_result": (
        _KEY_RESULT, "title", "key result,key result title,key result name,title,name,nyckelresultat,titel,namn"
    ),
    "kpi": (_KEY_RESULT, "kpi", "kpi,kpi id,metric,metric id,measure,mätetal,nyckeltal"),
    "segment": (_KEY_RESULT, "segment", "segment,region"),
    "baseline": (
        _KEY_RESULT, "baseline",
        "baseline,start,start value,from,initial value,starting value,startvärde,utgångsvärde,från",
    ),
    "target": (_KEY_RESULT, "target", "target,target value,to,goal value,målvärde,till"),
    "current": (
        _KEY_RESULT, "current", "current,current value,value,actual,latest value,nuvärde,nuvarande värde,utfall,värde"
    ),
    "current_on": (
        _KEY_RESULT, "current_on", "last updated,updated,updated on,last check in,as of,uppdaterad,senast uppdaterad"
    ),
    "weight": (_KEY_RESULT, "weight", "weight,vikt"),
    "owner": (_KEY_RESULT, "owner", "owner,assignee,responsible,key result owner,kr owner,ägare,ansvarig"),
    "due": (_KEY_RESULT, "due", "due,due date,deadline,end date,förfaller,slutdatum,klart senast"),
    "kind": (_KEY_RESULT, "kind", "kind,type,typ"),
    "format": (_KEY_RESULT, "format", "format"),
    "currency": (_KEY_RESULT, "currency", "currency,valuta"),
    "reading": (_KEY_RESULT, "reading", "reading"),
    "tags": (_KEY_RESULT, "tags", "tags,labels,etiketter"),
    "illustrative": (_KEY_RESULT, "illustrative", "illustrative"),
    "note": (_KEY_RESULT, "note", "note,notes,comment,description,beskrivning,kommentar,anteckning"),
}  # fmt: skip
# one row a node: these four say what the row is and where it hangs; the other fields are those above
NODE_FIELDS = {
    "id": "id,node id,item id,key,nr,nummer",
    "parent": "parent,parent id,parent key,parent goal,parent node,parent item,förälder,överordnad,överordnat mål",
    "type": "type,node type,item type,level,kind,typ,nivå,slag",
    "title": "title,name,text,item,titel,namn,rubrik",
}


@dataclass(frozen=True)
class OkrMapping:
    """How a table of another tool is read. All keys are optional.

    `columns` leads from a field (FIELDS; for one row a node also id, parent, type, title; for one row an objective also
    with a number, as `target 2`) to the header of its column. `types` leads from a word in the type column to
    objective, key_result or leave_out. `decimal` is the decimal mark of figures that are written as texts.
    """

    columns: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    layout: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header_row: int | None = None

    @classmethod
    def from_dict(cls, data: Any) -> "OkrMapping":
        """Raises MappingError, which says which key, what was found and what is allowed."""
        if not isinstance(data, dict):
            raise MappingError(f"an OKR mapping is a list of `key: value` lines, found {type(data).__name__}")
        names = [f.name for f in fields(cls)]
        for key in data:
            if key not in names:
                raise MappingError(f"unknown key in the OKR mapping: {key}; known are {', '.join(names)}")
        for key in ("columns", "types"):
            rows = data.get(key) or {}
            if not isinstance(rows, dict) or not all(isinstance(value, str) for value in rows.values()):
                raise MappingError(f"{key} is a list of `field: text` lines, found {rows!r}")
        known = FIELDS.keys() | NODE_FIELDS.keys()
        for name in data.get("columns") or {}:
            if re.sub(r"\s*\d+$", "", str(name)) not in known:
                raise MappingError(f"unknown field {name!r} in columns; known are {', '.join(sorted(known))}")
        for word, kind in (data.get("types") or {}).items():
            if kind not in ("objective", "key_result", "leave_out"):
                raise MappingError(f"types: {word} is one of objective, key_result, leave_out; found {kind!r}")
        for key, allowed in (("layout", LAYOUTS), ("decimal", (".", ","))):
            if data.get(key) is not None and data[key] not in allowed:
                raise MappingError(f"{key} is one of {', '.join(allowed)}, found {data[key]!r}")
        row = data.get("header_row")
        if row is not None and (not isinstance(row, int) or isinstance(row, bool) or row < 1):
            raise MappingError(f"header_row is a whole number from 1, found {row!r}")
        return cls(**{key: value for key, value in data.items() if value is not None})

    @classmethod
    def from_yaml(cls, text: str) -> "OkrMapping":
        import yaml

        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise MappingError(f"the OKR mapping is not valid YAML: {error}") from error
        return cls.from_dict({} if data is None else data)


def folded(header: str) -> str:
    """`Key_Result  Title` -> `key result title`."""
    return re.sub(r"[\s_\-]+", " ", header).strip().casefold()


def said_columns(headers: list[str], line: int, mapping: OkrMapping) -> tuple[dict[str, int], list[OkrProblem]]:
    """Field as the mapping calls it -> position of its column; a header that is not there is a problem."""
    places = {folded(header): position for position, header in reversed(list(enumerate(headers)))}
    found, problems = {}, []
    for name, header in mapping.columns.items():
        place = places.get(folded(header))
        if place is None:
            message = (
                f"the mapping reads {name} from the column {header!r}, which is not there; there are "
                + ", ".join(header for header in headers if header.strip())
            )
            problems.append(OkrProblem(line, name, "missing_column", header, message))
        else:
            found[name] = place
    return found, problems


def key_result_columns(
    headers: list[str], line: int, notes: list[str], mapping: OkrMapping
) -> tuple[Columns, list[OkrProblem]]:
    """The columns of a table with one row a key result."""
    said, problems = said_columns(headers, line, mapping)
    if problems:
        return {}, problems
    columns: Columns = {place: FIELDS[name][:2] for name, place in said.items() if name in FIELDS}
    aliases = {alias: meaning[:2] for meaning in FIELDS.values() for alias in meaning[2].split(",")}
    spoken_for = set(columns.values())  # what the mapping says stands before what a name suggests
    ignored = []
    for position, header in enumerate(headers):
        meaning = aliases.get(folded(header))
        if position in columns:
            continue
        if meaning is None or meaning in spoken_for:
            ignored += [header] if header.strip() else []
        elif meaning in columns.values():
            message = f"two columns mean the same ({header!r} is the second for {' '.join(meaning)}); keep one"
            return {}, [OkrProblem(line, header, "duplicate_column", header, message)]
        else:
            columns[position] = meaning
    if ignored:
        notes.append(f"Columns that are not read: {', '.join(ignored)}.")
    named = set(columns.values())
    missing = ""
    if not named & {("key_result", "title"), ("key_result", "id")}:
        missing = "key result"
    if not named & {("objective", "title"), ("objective", "id")}:
        missing = "objective"
    if not missing:
        return columns, []
    message = (
        f"the column {missing!r} is missing; an OKR table has one row a key result and at least objective, key result "
        "(or one row a node with id, parent and title; or one row an objective with KR1, KR2, ...)"
    )
    return {}, [OkrProblem(line, missing, "missing_column", ", ".join(headers)[:120], message)]
