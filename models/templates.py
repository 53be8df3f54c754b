"""Templates: objectives that many teams have, each with the KPIs that it needs and what usually pays for it.

A template becomes draft objectives; which of the company's KPIs are meant is guessed by name and confirmed by a person.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from models.definition import Band, Definition, Identifier, Text
from models.kpi import Kpi
from models.language import mark, spoken
from models.okr import KeyResult, Kind, Level, Link, Objective, Reading, Role, Stage
from models.planned import fresh_id


class Need(Definition):
    """A KPI that a key result needs: a known one, or the names it goes by, each set apart by a comma."""

    role: Role
    names: Text = ""
    kpi: Identifier | None = None
    segment: Identifier = "all"
    lag: int = 0


class TemplateKeyResult(Definition):
    """`change` is the usual aim as a share of the baseline (-0.1: a tenth less)."""

    title: Text
    kind: Kind = "increase"
    change: float | None = None
    reading: Reading = "mean"
    trailing: int | None = None
    weight: float = 1.0
    band: Band | None = None
    needs: list[Need] = Field(default_factory=list)
    stages: list[Stage] = Field(default_factory=list)


class Template(Definition):
    id: Identifier
    name: Text
    objective: Text
    level: Level = "committed"
    key_results: list[TemplateKeyResult]


@dataclass(frozen=True)
class Choice:
    """What a person chose for one key result of a template: the KPI of each need (None: none), baseline and target."""

    kpis: tuple[str | None, ...]
    target: float | None = None
    baseline: float | None = None


def _moves(title: str, change: float, names: str, guardrail: str = "", reading: Reading = "mean") -> TemplateKeyResult:
    needs = [Need(role="measure", names=names), Need(role="outcome", names=names)]
    needs += [Need(role="guardrail", names=guardrail)] if guardrail else []
    kind: Kind = "increase" if change > 0 else "decrease"
    return TemplateKeyResult(title=title, kind=kind, change=change, reading=reading, needs=needs)


BUILT_IN = [
    Template(
        id="app-growth", name=mark("App growth"), objective=mark("More people come back to the app every day"),
        level="aspirational",
        key_results=[
            _moves(mark("Daily active users rise"), 0.1, "daily active users,active users,dau,dagliga användare",
                   "crash free,crashes,krascher"),
            _moves(mark("New installs rise"), 0.1, "installs,downloads,installationer",
                   "uninstalls,avinstallationer"),
            _moves(mark("Fewer people uninstall"), -0.1, "uninstalls,avinstallationer"),
        ],
    ),
    Template(
        id="retention", name=mark("Retention"), objective=mark("Customers stay because it is worth it"),
        key_results=[
            _moves(mark("Fewer customers cancel"), -0.1, "cancellations,churn,uppsägningar,avhopp",
                   "revenue per,arpu,intäkt per"),
            _moves(mark("More customers buy again"), 0.05, "repeat purchases,retention,renewals,återköp,förnyelser"),
            _moves(mark("Customers recommend us"), 0.1, "nps,net promoter,promoter score", reading="last"),
        ],
    ),
    Template(
        id="reliability", name=mark("Reliability"), objective=mark("The service is there whenever it is needed"),
        key_results=[
            _moves(mark("Less downtime"), -0.3, "downtime,unavailable,driftstopp,nertid"),
            _moves(mark("More sessions without a crash"), 0.005, "crash free,uptime,availability,tillgänglighet",
                   "releases,deployments,driftsättningar"),
            _moves(mark("Incidents are over sooner"), -0.2, "time to restore,mttr,incident,återställning"),
        ],
    ),
    Template(
        id="people", name=mark("People"), objective=mark("People want to stay and grow here"),
        key_results=[
            _moves(mark("Fewer colleagues leave"), -0.1, "staff turnover,turnover,attrition,personalomsättning",
                   "payroll,staff cost,personalkostnad"),
            _moves(mark("People say they would recommend working here"), 0.05,
                   "pulse,enps,engagement,medarbetar", reading="last"),
            _moves(mark("Less sick leave"), -0.1, "sick leave,absence,sjukfrånvaro"),
        ],
    ),
    Template(
        id="sales", name=mark("Sales"), objective=mark("More of the right customers choose us"),
        level="aspirational",
        key_results=[
            _moves(mark("New customers rise"), 0.1, "new subscriptions,new customers,deals,orders,nya kunder,order",
                   "discount,cancellations,churn,rabatt"),
            _moves(mark("More trials become customers"), 0.1, "conversion,win rate,konvertering"),
            _moves(mark("Revenue per customer holds"), 0.03, "revenue per,arpu,average order,intäkt per,snittorder"),
        ],
    ),
    Template(
        id="support", name=mark("Support"), objective=mark("Customers get help at once, and once is enough"),
        key_results=[
            _moves(mark("First answers come sooner"), -0.3, "first response,reply time,svarstid",
                   "csat,satisfaction,nöjd"),
            _moves(mark("Fewer customers ask again"), -0.1, "repeat contacts,reopened,återkommande"),
            _moves(mark("Customers are content with the help"), 0.05, "csat,satisfaction,nöjd",
                   "handling time,hanteringstid"),
        ],
    ),
    Template(
        id="quality", name=mark("Quality"), objective=mark("What we deliver is right the first time"),
        key_results=[
            _moves(mark("Fewer defects reach customers"), -0.2, "defects,bugs,complaints,returns,fel,reklamationer",
                   "lead time,throughput,ledtid"),
            _moves(mark("Less work is done twice"), -0.2, "rework,scrap,omarbete,kassation"),
            TemplateKeyResult(
                title=mark("The causes of the three most frequent defects are removed"), kind="milestone",
                needs=[Need(role="outcome", names="defects,bugs,complaints,returns,fel,reklamationer")],
                stages=[Stage(title=mark("First cause")), Stage(title=mark("Second cause")),
                        Stage(title=mark("Third cause"))],
            ),
        ],
    ),
]  # fmt: skip


def said(template: Template) -> Template:
    """A built-in template in the language in force."""
    rows = [
        kr.model_copy(
            update={
                "title": spoken(kr.title),
                "stages": [stage.model_copy(update={"title": spoken(stage.title)}) for stage in kr.stages],
            }
        )
        for kr in template.key_results
    ]
    told = {"name": spoken(template.name), "objective": spoken(template.objective), "key_results": rows}
    return template.model_copy(update=told)


def matching(need: Need, kpis: Sequence[Kpi], team: str | None = None) -> list[str]:
    """The ids of the KPIs that a need may mean, the likeliest first: the team's own, then the shortest name."""
    known = {kpi.id for kpi in kpis}
    if need.kpi:
        return [need.kpi] if need.kpi in known else []
    found = []
    for place, name in enumerate(part for part in need.names.split(",") if part.strip()):
        wanted = _words(name)
        for kpi in kpis:
            have = _words(f"{kpi.id} {kpi.name}")
            if all(any(word.startswith(want) for word in have) for want in wanted):
                found.append((kpi.owner != team, place, len(kpi.label), kpi.id))
    return list(dict.fromkeys(identifier for *_, identifier in sorted(found)))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def aim(baseline: float | None, change: float | None) -> float | None:
    """The target that a usual change gives, in three significant figures; None where it cannot be told."""
    if baseline is None or change is None or not math.isfinite(baseline) or not baseline:
        return None
    target = baseline + abs(baseline) * change
    digits = 2 - math.floor(math.log10(abs(target))) if target else 0
    return float(round(target, digits))


def drafted(
    template: Template, team: str, cycle: str, choices: Mapping[int, Choice], taken: Collection[str]
) -> Objective:
    """A draft objective with the key results that were chosen (position in the template -> Choice).

    Raises ValueError, in the words of the definition, for a choice that cannot be one.
    """
    names = set(taken)
    rows = []
    for position, choice in sorted(choices.items()):
        planned = template.key_results[position]
        links = [
            Link(kpi=kpi, role=need.role, segment=need.segment, lag=need.lag)
            for need, kpi in zip(planned.needs, choice.kpis, strict=True)
            if kpi
        ]
        moves = planned.kind in ("increase", "decrease")
        rows.append(
            KeyResult(
                id=fresh_id(f"{planned.title} {cycle}", names), title=planned.title, kind=planned.kind,
                baseline=(choice.baseline if choice.baseline is not None else "auto") if moves else None,
                target=choice.target if moves else None, reading=planned.reading, trailing=planned.trailing,
                weight=planned.weight, band=planned.band, links=links, stages=planned.stages,
            )
        )  # fmt: skip
        names.add(rows[-1].id)
    return Objective(
        id=fresh_id(f"{template.objective} {cycle}", names), title=template.objective, team=team, cycle=cycle,
        level=template.level, draft=True, key_results=rows,
    )  # fmt: skip


def template_of(objective: Objective, key_results: Sequence[KeyResult], name: str, taken: Collection[str]) -> Template:
    """An objective as a template: its KPIs, weights and stages stay; figures, people and days do not."""
    rows = []
    for kr in key_results:
        change = None
        if isinstance(kr.baseline, float) and kr.target is not None and kr.baseline:
            change = round((kr.target - kr.baseline) / abs(kr.baseline), 4)
        needs = [Need(role=link.role, kpi=link.kpi, segment=link.segment, lag=link.lag) for link in kr.all_links]
        stages = [Stage(title=stage.title, weight=stage.weight) for stage in kr.stages]
        rows.append(
            TemplateKeyResult(
                title=kr.label, kind=kr.kind or "yes_no", change=change, reading=kr.reading, trailing=kr.trailing,
                weight=kr.weight, band=kr.band, needs=needs, stages=stages,
            )
        )  # fmt: skip
    return Template(
        id=fresh_id(name, taken), name=name, objective=objective.label, level=objective.level, key_results=rows
    )
