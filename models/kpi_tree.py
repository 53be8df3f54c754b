"""The KPI tree as a company draws it: what feeds an output KPI, how each moved this cycle, and how well the edges hold.

Two kinds of edges, never mixed: exact ones (`made_of`, arithmetic that the data is held to) and beliefs
(`influenced_by`, held against the data as a correlation). A KPI that feeds several is drawn under each of them and
taken further once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from models import linked
from models.company import kpi_frame
from models.decomposition import Decomposition, decompose
from models.kpi import Kpi
from models.lead_lag import LeadLag, lead_lag
from models.okr import Cycle, Team
from models.policy import Policy
from models.refused import Refused

MOST = 150  # nodes drawn: more are no longer read as a picture
BELIEF = "influenced_by"
BRANCH = ["position", "parent", "depth", "kpi", "how", "sign", "lag", "again"]
MOVED = [
    "kpi_name", "kpi_unit", "kpi_direction", "cadence", "kpi_owner", "owner_name", "move_verdict", "reason", "effect",
    "effect_relative", "lo", "hi", "lo_relative", "hi_relative", "n", "last", "last_period", "defined",
]  # fmt: skip
EDGE = {
    "output": "str", "driver": "str", "how": "str", "sign": "int64", "lag": "int64", "contribution": "float64",
    "share": "float64",
}  # fmt: skip


@dataclass(frozen=True)
class KpiTree:
    """`nodes`, one row per place in the drawing, from the output down: BRANCH (position, the parent's position or −1,
    depth, kpi, how and sign of the edge to the parent, believed lag in days, again: drawn further elsewhere) and MOVED
    (facts, the movement in the cycle as models.judging gives it, last value and its period, defined).

    `edges`, one row per output and driver: EDGE; contribution (in the output's unit) and share of its change for exact
    edges. `explained`: how each exact output changed, or why that cannot be told. `beliefs`: (output, driver) →
    LeadLag.
    `series`: KPI → period, value. `left_out`: places beyond MOST.
    """

    root: str
    cycle: Cycle
    as_of: date
    against: str
    nodes: pd.DataFrame = field(repr=False)
    edges: pd.DataFrame = field(repr=False)
    explained: dict[str, Decomposition | str] = field(repr=False)
    beliefs: dict[tuple[str, str], LeadLag] = field(repr=False)
    series: dict[str, pd.DataFrame] = field(repr=False)
    left_out: int = 0


def outputs(kpis: list[Kpi]) -> list[str]:
    """KPIs that are fed by others: those that feed nobody first, then by how many they reach."""
    known = {kpi.id: kpi for kpi in kpis}
    feeding = {part for kpi in kpis for part in kpi.fed_by}
    fed = [kpi.id for kpi in kpis if kpi.fed_by]
    return sorted(fed, key=lambda kpi: (kpi in feeding, -len(reached(kpi, known)), kpi))


def loose(kpis: list[Kpi]) -> list[str]:
    """KPIs in no tree: nothing feeds them and they feed nothing."""
    inside = {part for kpi in kpis for part in kpi.fed_by} | {kpi.id for kpi in kpis if kpi.fed_by}
    return [kpi.id for kpi in kpis if kpi.id not in inside]


def reached(root: str, known: Mapping[str, Kpi]) -> list[str]:
    """The KPI and all that feed it, each once, breadth first."""
    found = {root: None}
    waiting = [root]
    for kpi in waiting:
        new = [part for part in (known[kpi].fed_by if kpi in known else []) if part not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def branches(root: str, known: Mapping[str, Kpi], most: int = MOST) -> tuple[pd.DataFrame, int]:
    """The places of the drawing in order (BRANCH), and how many were left out. Safe where KPIs feed each other."""
    rows: list[tuple] = []
    taken: set[str] = set()
    left_out = 0
    waiting: list[tuple] = [(root, -1, 0, "", 1, 0)]
    while waiting:
        kpi, parent, depth, how, sign, lag = waiting.pop()
        if len(rows) >= most:
            left_out += 1
            continue
        place = len(rows)
        further = feeds(known[kpi]) if kpi in known else []
        rows.append((place, parent, depth, kpi, how, sign, lag, bool(kpi in taken and further)))
        if kpi not in taken:
            taken.add(kpi)
            waiting += [(part, place, depth + 1, *edge) for part, *edge in reversed(further)]
    return pd.DataFrame(rows, columns=BRANCH).astype({"how": "str", "again": "bool"}), left_out


def feeds(kpi: Kpi) -> list[tuple[str, str, int, int]]:
    """What feeds a KPI: kpi, how, sign (−1: subtracted, or below the line), believed lag in days."""
    made = kpi.arithmetic
    exact = [] if made is None else [(part, made.how, -1 if _below(kpi, part) else 1, 0) for part in made.parts]
    parts = {part for part, *_ in exact}
    return exact + [(belief.kpi, BELIEF, 1, belief.lag) for belief in kpi.influenced_by if belief.kpi not in parts]


def _below(kpi: Kpi, part: str) -> bool:
    made = kpi.arithmetic
    return made is not None and (part in made.less or (made.how == "ratio" and part == made.of[1]))


def grow(
    root: str,
    kpis: list[Kpi],
    teams: list[Team],
    cycle: Cycle,
    observed: pd.DataFrame,
    as_of: date,
    policy: Policy,
    against: str = "year",
) -> KpiTree:
    """The tree of one output in a cycle. `observed`: complete periods of all that feed it (kpi, segment, period, value,
    weight), as known at the end of `as_of`."""
    known = {kpi.id: kpi for kpi in kpis}
    nodes, left_out = branches(root, known)
    names = list(dict.fromkeys(nodes["kpi"]))
    facts = _movements(names, known, teams, cycle, observed, as_of, policy)
    nodes = nodes.merge(facts, on="kpi", how="left")
    explained: dict[str, Decomposition | str] = {}
    for name in names:
        if name in known and known[name].arithmetic:
            explained[name] = _explained(known[name], known, observed, cycle, against)
    whole = observed[observed["segment"] == "all"]
    series = {str(name): rows[["period", "value"]] for name, rows in whole.groupby("kpi")}
    edges, beliefs = [], {}
    for name in names:
        for driver, how, sign, lag in feeds(known[name]) if name in known else []:
            brought = _brought(explained.get(name), driver) if how != BELIEF else (np.nan, np.nan)
            edges.append((name, driver, how, sign, lag, *brought))
            if how == BELIEF:
                beliefs[name, driver] = _belief(known, name, driver, series, policy)
    frame = pd.DataFrame(edges, columns=list(EDGE)).astype(EDGE)
    return KpiTree(root, cycle, as_of, against, nodes, frame, explained, beliefs, series, left_out)


def _movements(
    names: list[str],
    known: Mapping[str, Kpi],
    teams: list[Team],
    cycle: Cycle,
    observed: pd.DataFrame,
    as_of: date,
    policy: Policy,
) -> pd.DataFrame:
    """One row per KPI: kpi and MOVED. All are judged in one batch, in the window of the cycle."""
    links = pd.DataFrame(
        {"key_result": names, "position": 0, "kpi": names, "role": "outcome", "segment": "all", "lag": 0}
    )
    kpis = kpi_frame([known[name] for name in names if name in known])
    links = linked.describe(links, kpis, cycle, observed, as_of)
    links = pd.concat([links, linked.judged(links, observed, policy)], axis=1)
    last = observed[observed["segment"] == "all"].sort_values("period").groupby("kpi").tail(1).set_index("kpi")
    owners = {team.id: team.label for team in teams}
    links["last"] = links["kpi"].map(last["value"])
    links["last_period"] = links["kpi"].map(last["period"])
    links["owner_name"] = links["kpi_owner"].map(owners).astype("str").fillna(links["kpi_owner"]).fillna("")
    links["defined"] = links["kpi"].isin(known)
    links["move_verdict"] = links["move_verdict"].fillna("cannot_tell")
    return links[["kpi", *MOVED]]


def _explained(
    kpi: Kpi, known: Mapping[str, Kpi], observed: pd.DataFrame, cycle: Cycle, against: str
) -> Decomposition | str:
    try:
        return decompose(kpi, known, observed, cycle.start, cycle.end, against)
    except Refused as reason:
        return str(reason)


def _brought(explained: Decomposition | str | None, driver: str) -> tuple[float, float]:
    if not isinstance(explained, Decomposition):
        return np.nan, np.nan
    mine = explained.parts[explained.parts["part"] == driver]
    return float(mine["effect"].sum()), float(mine["share"].sum(min_count=1))


def _belief(
    known: Mapping[str, Kpi], output: str, driver: str, series: Mapping[str, pd.DataFrame], policy: Policy
) -> LeadLag:
    nothing = pd.DataFrame({"period": pd.Series(dtype="datetime64[ns]"), "value": pd.Series(dtype=float)})
    sides = [known.get(name, Kpi(id=name)) for name in (driver, output)]
    return lead_lag(
        series.get(driver, nothing),
        series.get(output, nothing),
        (sides[0].cadence, sides[1].cadence),
        (sides[0].aggregation, sides[1].aggregation),
        policy,
    )
