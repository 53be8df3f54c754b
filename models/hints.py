"""Hints while OKRs are written: what could be better, why it matters, and how to mend it.

Every rule stands once, in models/hint_rules.py, with its sentence. A hint never refuses anything: it is advice, and the
team may know better. Nothing here is a judgement of people.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Literal

from models.amounts import figure
from models.company import Company
from models.hint_rules import RULES
from models.kpi import Kpi
from models.language import numeral, spoken, tr, trn
from models.okr import Cycle, KeyResult, Objective
from models.policy import POLICY, Policy

Kind = Literal["team", "objective", "key_result"]
MOST_NAMED = 3  # KPIs that a hint names: enough to see what is meant


# Verbs that say what is done, not what comes of it; English and Swedish, at the start of a title.
_OUTPUT = re.compile(
    r"^\W*(launch|release|ship|build|write|hold|run|organi[sz]e|implement|introduce|deliver|develop|create|roll out|"
    r"set up|publish|migrate|complete|finish|conduct|prepare|start|install|train|document|plan|design|hire|"
    r"lansera|släpp|bygg|skriv|håll|genomför|inför|leverera|utveckla|skapa|rulla ut|sätt upp|publicera|migrera|"
    r"slutför|förbered|starta|installera|utbilda|dokumentera|planera|designa|anställ)\w*\b",
    re.IGNORECASE,
)
_SURVEY = re.compile(r"survey|pulse|satisfaction|nps|enkät|nöjd", re.IGNORECASE)


@dataclass(frozen=True)
class Hint:
    """One hint about one team, objective or key result. `found` says what was seen, in a sentence."""

    code: str
    kind: Kind
    id: str
    found: str
    team: str = ""
    objective: str = ""

    @property
    def word(self) -> str:
        return spoken(RULES[self.code].word)

    @property
    def part(self) -> str:
        return RULES[self.code].part

    @property
    def why(self) -> str:
        return spoken(RULES[self.code].why)

    @property
    def fix(self) -> str:
        return spoken(RULES[self.code].fix)

    @property
    def sentence(self) -> str:
        """What was found, why it matters, what to do."""
        return f"{self.found} {self.why} {self.fix}"


@dataclass(frozen=True)
class Plan:
    """What a plan check said of a key result: probabilities, and shares of the expected value. NaN where unknown."""

    chance_by_luck: float
    chance_of_target: float
    smallest_detectable_change: float
    wanted: float


@dataclass(frozen=True)
class Known:
    """What the company knows beside the definitions: values stored per KPI, plan checks, what drives what.

    `periods`: KPI id -> stored periods. `plans`: key result id -> Plan. `drivers`: KPI id -> the KPIs it hangs on.
    """

    periods: Mapping[str, int] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    drivers: Mapping[str, frozenset[str]] = field(default_factory=dict)


def hints(
    company: Company,
    cycle: Cycle,
    objectives: list[tuple[Objective, list[KeyResult]]],
    known: Known = Known(),
    policy: Policy = POLICY,
) -> list[Hint]:
    """Hints for the objectives of one cycle: of each team first, then of each objective and its key results."""
    kpis = {kpi.id: kpi for kpi in company.kpis}
    near = _hanging_on(kpis, known)
    out = list(_of_teams(objectives, policy))
    for objective, key_results in objectives:
        out += _of_objective(objective, key_results, kpis, company, policy)
        for kr in key_results:
            found = dict(_of_key_result(kr, objective, kpis, cycle, known, near, policy))
            if "output_wording" in found or "vanity_risk" in found:
                found.pop("no_outcome", None)  # the same fix, said more to the point
            if "output_wording" in found:
                found.pop("vanity_risk", None)
            out += [Hint(code, "key_result", kr.id, said, objective.team or "", objective.id)
                    for code, said in found.items()]  # fmt: skip
    return out


def _of_teams(objectives: list[tuple[Objective, list[KeyResult]]], policy: Policy) -> Iterator[Hint]:
    for team, count in Counter(objective.team or "" for objective, _ in objectives).items():
        if count > policy.most_objectives:
            yield Hint("objectives_many", "team", team, _objectives(count), team)
        elif count < policy.fewest_objectives:
            yield Hint("objectives_few", "team", team, _objectives(count), team)


def _objectives(count: int) -> str:
    return trn("The team has {count} objective.", "The team has {count} objectives.", count)


def _of_objective(
    objective: Objective, key_results: list[KeyResult], kpis: Mapping[str, Kpi], company: Company, policy: Policy
) -> Iterator[Hint]:
    def hint(code: str, found: str) -> Hint:
        return Hint(code, "objective", objective.id, found, objective.team or "", objective.id)

    count = len(key_results)
    counted = trn("It has {count} key result.", "It has {count} key results.", count)
    if count > policy.most_key_results:
        yield hint("key_results_many", counted)
    elif count < policy.fewest_key_results:
        yield hint("key_results_few", counted)
    if not objective.title:
        yield hint("no_title", tr("It is called {name}.", name=objective.id))
    above = _teams_above(objective.team, company) if not objective.parent else set()
    if not objective.parent and any(o.cycle != objective.cycle or o.team in above for o in company.objectives):
        yield hint("no_parent", tr("It names no objective above it."))
    weights = [kr.weight for kr in key_results]
    total = sum(weights)
    if len(set(weights)) > 1 and min(abs(total - 1), abs(total - 100) / 100) > 1e-6:
        yield hint("weights_odd", tr("The weights add up to {total}.", total=figure(total)))
    outcomes = [kpis.get(link.kpi) for kr in key_results for link in kr.all_links if link.role == "outcome"]
    leading = [kpi.leading for kpi in outcomes if kpi is not None]
    if leading and all(is_leading is False for is_leading in leading):
        yield hint("only_lagging", tr("Every outcome KPI of it is marked as lagging."))


def _teams_above(team: str | None, company: Company) -> set[str]:
    parents = {known.id: known.parent for known in company.teams}
    above, seen = parents.get(team or ""), set()
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return seen


def _of_key_result(
    kr: KeyResult,
    objective: Objective,
    kpis: Mapping[str, Kpi],
    cycle: Cycle,
    known: Known,
    near: Mapping[str, list[str]],
    policy: Policy,
) -> Iterator[tuple[str, str]]:
    links = kr.all_links
    roles = {role: [link.kpi for link in links if link.role == role] for role in ("measure", "outcome", "guardrail")}
    if not kr.title:
        yield "no_title", tr("It is called {name}.", name=kr.id)
    if not (kr.owner or objective.owner):
        yield "no_owner", tr("No owner is named.")
    by_value = kr.kind in ("increase", "decrease", "maintain")
    if by_value and not roles["measure"]:
        yield "no_measure", tr("Its value is typed in at check-ins.")
    measure = kpis.get(roles["measure"][0]) if roles["measure"] else None
    if by_value and kr.format == "number" and (measure is None or not measure.unit) and roles["measure"]:
        yield "no_unit", tr("Neither its KPI nor its format gives a unit.")
    if not roles["outcome"]:
        yield "no_outcome", tr("No KPI is linked that it is meant to move.")
        if _OUTPUT.match(kr.label):
            yield "output_wording", tr("Its title begins with a piece of work: “{word}”.", word=_first_words(kr.label))
        if kr.kind in ("yes_no", "milestone") or _is_survey(kr, measure):
            yield "vanity_risk", _kind_words(kr, measure)
    yield from _of_kpis([link.kpi for link in links], kpis, known)
    yield from _of_time(kr, cycle)
    yield from _of_plan(kr, objective, known, policy)
    yield from _of_guardrails(objective, roles, kpis, known, near)


def _first_words(title: str) -> str:
    match = _OUTPUT.match(title)
    return match.group(0).strip() if match else title


def _is_survey(kr: KeyResult, measure: Kpi | None) -> bool:
    return kr.format == "score" or bool(_SURVEY.search(f"{kr.label} {measure.label if measure else ''}"))


def _kind_words(kr: KeyResult, measure: Kpi | None) -> str:
    if kr.kind == "yes_no":
        return tr("It is a yes/no key result.")
    if kr.kind == "milestone":
        return tr("It is a milestone key result.")
    return tr("It is read from a survey.")


def _of_kpis(linked: list[str], kpis: Mapping[str, Kpi], known: Known) -> Iterator[tuple[str, str]]:
    for code, found in (
        ("kpi_unknown", [kpi for kpi in linked if kpi not in kpis]),
        ("kpi_no_history", [kpi for kpi in linked if kpi in kpis and not known.periods.get(kpi)]),
        ("kpi_undefined", [kpi for kpi in linked if kpi in kpis and kpis[kpi].to_be_defined]),
    ):
        names = list(dict.fromkeys(kpis[kpi].label if kpi in kpis else kpi for kpi in found))
        if names:
            yield code, tr("It is linked to {names}.", names=", ".join(names))


def _of_time(kr: KeyResult, cycle: Cycle) -> Iterator[tuple[str, str]]:
    days: list[date] = [day for day in (kr.due, *(stage.due for stage in kr.stages)) if day is not None]
    outside = [day for day in days if not cycle.start <= day <= cycle.end]
    if outside:
        yield "due_outside", tr("It is due on {day}.", day=outside[0].isoformat())


def _of_plan(kr: KeyResult, objective: Objective, known: Known, policy: Policy) -> Iterator[tuple[str, str]]:
    plan = known.plans.get(kr.id)
    if plan is None:
        return
    if plan.chance_by_luck >= policy.easy_by_luck:
        yield "by_luck", tr("The chance of meeting it by doing nothing is {share}.", share=_share(plan.chance_by_luck))
    if objective.level == "committed" and plan.chance_of_target < policy.out_of_reach:
        said = tr("If the best past window repeated, the chance would be {share}.", share=_share(plan.chance_of_target))
        yield "out_of_reach", said
    if abs(plan.wanted) < plan.smallest_detectable_change:
        yield (
            "too_small_to_see",
            tr(
                "It wants {wanted}; in one cycle a change of {seen} can be seen.",
                wanted=_share(abs(plan.wanted)),
                seen=_share(plan.smallest_detectable_change),
            ),
        )


def _share(value: float) -> str:
    return numeral(f"{value * 100:.0f} %" if value >= 0.0995 else f"{value * 100:.1f} %")


def _hanging_on(kpis: Mapping[str, Kpi], known: Known) -> dict[str, list[str]]:
    """KPI -> itself and the KPIs that hang on it, those that somebody owns; in order of their names."""
    out: dict[str, list[str]] = {}
    for name in sorted((name for name, kpi in kpis.items() if kpi.owner), key=lambda name: kpis[name].label):
        for driver in known.drivers.get(name, frozenset()) | {name}:
            out.setdefault(driver, []).append(name)
    return out


def _of_guardrails(
    objective: Objective,
    roles: Mapping[str, list[str]],
    kpis: Mapping[str, Kpi],
    known: Known,
    near: Mapping[str, list[str]],
) -> Iterator[tuple[str, str]]:
    """Another team's KPI that hangs on the same driver as the outcome, and is not guarded."""
    for outcome in roles["outcome"][:1]:
        mine = known.drivers.get(outcome, frozenset()) | {outcome}
        linked = {*roles["outcome"], *roles["measure"], *roles["guardrail"]}
        first = {
            name
            for driver in mine
            for name in islice(
                (n for n in near.get(driver, []) if n not in linked and kpis[n].owner != objective.team), MOST_NAMED
            )
        }
        at_risk = sorted(kpis[name].label for name in first)
        if at_risk:
            yield "no_guardrail", tr("Shares a driver with {names}.", names=", ".join(at_risk[:MOST_NAMED]))


def as_rows(found: list[Hint]) -> list[dict[str, Any]]:
    """One row per hint for tables and JSON: code, kind, id, team, objective, part, word, found, why, fix."""
    names = ("code", "kind", "id", "team", "objective", "part", "word", "found", "why", "fix")
    return [{name: getattr(hint, name) for name in names} for hint in found]
