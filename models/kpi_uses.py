"""Who stands on a KPI: the key results that link it, and the KPIs that it feeds."""

from dataclasses import dataclass
from datetime import date

from models.company import Company
from models.language import mark

ROLES = {
    "measure": mark("reads its value from it"),
    "outcome": mark("is meant to move it"),
    "guardrail": mark("must not make it worse"),
    "control": mark("is compared with it"),
    "part": mark("is made of it"),
    "belief": mark("is believed to be driven by it"),
}


@dataclass(frozen=True)
class Use:
    """One thing that stands on a KPI. `kind` is key_result or kpi; `running`: its cycle is not over, or it has none."""

    kind: str
    id: str
    label: str
    roles: tuple[str, ...]
    cycle: str = ""
    team: str = ""
    running: bool = True


def uses(kpi: str, company: Company, today: date) -> list[Use]:
    """Key results of cycles that are not over first, then KPIs, then key results of the past."""
    ends = {cycle.id: cycle.end for cycle in company.cycles}
    out = []
    for objective in [*company.objectives, *company.drafts]:
        for kr in company.key_results.get(objective.id, []):
            roles = tuple(dict.fromkeys(link.role for link in kr.all_links if link.kpi == kpi))
            if roles:
                running = ends.get(objective.cycle or "", today) >= today
                out.append(
                    Use("key_result", kr.id, kr.label, roles, objective.cycle or "", objective.team or "", running)
                )
    for other in company.kpis:
        parts = other.arithmetic.parts if other.arithmetic else []
        if kpi in parts or kpi in other.fed_by:
            out.append(Use("kpi", other.id, other.label, ("part" if kpi in parts else "belief",)))
    order = {("key_result", True): 0, ("kpi", True): 1, ("key_result", False): 2}
    return sorted(out, key=lambda use: order[use.kind, use.running])
