"""How aims hang together: objective → objective → key result → KPI, and where the chain breaks off."""

from dataclasses import dataclass, field

import pandas as pd

from models.company import Company
from models.okr import Objective
from models.scorecard import Scorecard

ROLES = ("outcome", "measure", "guardrail", "control")


@dataclass(frozen=True)
class OkrMap:
    """The map of one cycle.

    `above` are the objectives over those of the cycle, of whatever cycle, by id; `parents` maps an objective to the one
    it supports (only where that one exists, and never round in a circle). `links`: key_result, kpi, kpi_name, roles
    (list), move_verdict; one per key result and KPI. Where the chain breaks off: `orphans` (objectives that support
    none, though others do, and that none supports), `empty` (objectives with neither key results nor objectives below),
    `unlinked` (key results without a KPI), `loose` (ids of KPIs that no key result of the cycle links).
    """

    card: Scorecard
    objectives: pd.DataFrame = field(repr=False)
    key_results: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    above: dict[str, Objective] = field(repr=False)
    parents: dict[str, str] = field(repr=False)
    orphans: list[str] = field(repr=False)
    empty: list[str] = field(repr=False)
    unlinked: list[str] = field(repr=False)
    loose: list[str] = field(repr=False)

    def way(self, objective: str) -> list[str]:
        """From the topmost objective down to this one."""
        way = [objective]
        while way[-1] in self.parents:
            way.append(self.parents[way[-1]])
        return way[::-1]

    def in_order(self, objectives: pd.Series) -> list[str]:
        """Objectives so that those under one another stand together, the orphans last."""
        place = {name: at for at, name in enumerate(self.objectives["id"])}
        loose = set(self.orphans)

        def key(name: str) -> tuple[bool, list[tuple[int, str]]]:
            return name in loose, [(place.get(step, -1), step) for step in self.way(name)]

        return sorted(objectives, key=key)


def okr_map(card: Scorecard, rows: pd.DataFrame, company: Company) -> OkrMap:
    """The map of a scorecard's objectives. `rows`: the key results to draw (models.okr_rows), all of them or a part."""
    everything = {objective.id: objective for objective in company.objectives}
    parents = _parents(everything)
    mine = list(card.objectives["id"])
    above = {}
    for name in mine:
        step = name
        while step in parents:
            step = parents[step]
            above[step] = everything[step]
    supported = {parents[name] for name in everything if name in parents}
    held = set(card.key_results["objective"])
    links = _links(card.links)
    linked, used = set(links["key_result"]), set(links["kpi"])
    return OkrMap(
        card,
        card.objectives,
        rows,
        links,
        above,
        parents,
        orphans=[name for name in mine if name not in parents and name not in supported] if supported else [],
        empty=[name for name in mine if name not in held and name not in supported],
        unlinked=[str(name) for name in card.key_results["id"] if name not in linked],
        loose=[kpi.id for kpi in company.kpis if kpi.id not in used],
    )


def _links(links: pd.DataFrame) -> pd.DataFrame:
    """One row per key result and KPI with all its roles there, the role that is judged first."""
    rank = links["role"].map({role: place for place, role in enumerate(ROLES)})
    ordered = links.assign(rank=rank).sort_values("rank", kind="stable")
    key = ["key_result", "kpi"]
    first = ordered.drop_duplicates(key)[[*key, "kpi_name", "move_verdict"]].set_index(key)
    roles: dict[tuple[str, str], list[str]] = {}
    for key_result, kpi, role in zip(ordered["key_result"], ordered["kpi"], ordered["role"], strict=True):
        held = roles.setdefault((key_result, kpi), [])
        if role not in held:
            held.append(role)
    first["roles"] = pd.Series([roles[name] for name in first.index], index=first.index, dtype=object)
    return first.reset_index()


def _parents(objectives: dict[str, Objective]) -> dict[str, str]:
    """Objective → the one it supports; a link that would close a circle is left out, so that every way ends."""
    out: dict[str, str] = {}
    for name, objective in objectives.items():
        parent = objective.parent
        if parent not in objectives or parent is None:
            continue
        step: str | None = parent
        while step is not None and step != name:
            step = out.get(step)
        if step is None:
            out[name] = parent
    return out
