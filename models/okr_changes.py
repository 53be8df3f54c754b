"""What an import of definitions would change, one entry a field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from models.definition import Definition
from models.language import mark, numeral, spoken, tr
from models.okr import OkrFile

GONE_NOTE = mark("Definitions that the file does not mention stay as they are: an import never deletes.")
KINDS = {
    "team": mark("Team"),
    "cycle": mark("Cycle"),
    "kpi": mark("KPI"),
    "status": mark("Status"),
    "objective": mark("Objective"),
    "key_result": mark("Key result"),
}


@dataclass(frozen=True)
class Change:
    """One definition that is new, one field that changed, or one definition that the file does not mention.

    `old` and `new` are JSON values; None where the field has no value. `field` is empty unless `what` is changed.
    """

    kind: Literal["team", "cycle", "kpi", "status", "objective", "key_result"]
    id: str
    what: Literal["new", "changed", "gone"]
    field: str = ""
    old: Any = None
    new: Any = None

    @property
    def sentence(self) -> str:
        name = {"kind": spoken(KINDS[self.kind]), "id": self.id}
        if self.what == "new":
            return tr("{kind} {id} is new.", **name)
        if self.what == "gone":
            return tr("{kind} {id} is not in the file and stays as it is.", **name)
        told = {"field": self.field, "old": _shown(self.old), "new": _shown(self.new)}
        return tr("{kind} {id}: {field} {old} -> {new}.", **name, **told)


def compare(old: OkrFile, new: OkrFile) -> list[Change]:
    """From what is stored to what a file says: new and changed definitions first, in the file's order, then the absent.

    A key result that moved to another objective shows as a change of its field `objective`.
    """
    before, after = dict(_rows(old)), dict(_rows(new))
    changes: list[Change] = []
    for key, row in after.items():
        if key not in before:
            changes.append(Change(key[0], key[1], "new"))
            continue
        was = before[key]
        fields = [*row, *(name for name in was if name not in row)]
        changes += [
            Change(key[0], key[1], "changed", name, was.get(name), row.get(name))
            for name in fields
            if was.get(name) != row.get(name)
        ]
    return changes + [
        Change(kind, identifier, "gone") for kind, identifier in before if (kind, identifier) not in after
    ]


_Key = tuple[Literal["team", "cycle", "kpi", "status", "objective", "key_result"], str]


def _rows(file: OkrFile) -> Iterator[tuple[_Key, dict[str, Any]]]:
    """Every definition of a file with its values; a value equal to the default is left out."""
    for team in file.teams:
        yield ("team", team.id), _values(team)
    for cycle in file.cycles:
        yield ("cycle", cycle.id), _values(cycle)
    for kpi in file.kpis:
        yield ("kpi", kpi.id), _values(kpi)
    for status in file.statuses:
        yield ("status", status.id), _values(status)
    for objective in file.objectives:
        values = _values(objective)
        values.pop("key_results", None)
        yield ("objective", objective.id), values
        for key_result in objective.key_results:
            yield ("key_result", key_result.id), {"objective": objective.id, **_values(key_result)}


def _values(row: Definition) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude_defaults=True, exclude={"id"})


def _shown(value: Any) -> str:
    if value is None:
        return tr("nothing")
    if isinstance(value, float):
        return numeral(f"{value:.12g}")
    return repr(value) if isinstance(value, str) else str(value)
