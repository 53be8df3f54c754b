"""From the fields of the plan's form to a key result, and what is wrong when they make none."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from models import wrong
from models.definition import Band
from models.kpi import Kpi
from models.language import mark, spoken, tr
from models.okr import KeyResult, Link, Role, Stage

KINDS = {
    "increase": mark("Rise to a target"),
    "decrease": mark("Fall to a target"),
    "maintain": mark("Stay inside a band"),
    "milestone": mark("Finish in stages"),
    "yes_no": mark("Done or not"),
}
READINGS = {
    "last": mark("the last period"),
    "mean": mark("the mean of the cycle so far"),
    "sum": mark("the sum of the cycle so far"),
    "trailing": mark("the mean of the last periods"),
}


@dataclass
class Fields:
    """What stands in the form. `baseline` None is automatic; `outcome` "" is none."""

    title: str = ""
    kind: str = "increase"
    measure: str = ""
    outcome: str = ""
    segment: str = "all"
    lag: int = 0
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    stages: list[dict[str, Any]] = field(default_factory=list)
    reading: str = "last"
    trailing: int | None = None
    guardrails: list[str] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    owner: str = ""
    due: date | None = None
    done: date | None = None
    weight: float = 1.0
    tags: list[str] = field(default_factory=list)
    note: str = ""


def fields_of(kr: KeyResult) -> Fields:
    """The form as it stands for a key result."""
    of_role = {role: [link for link in kr.all_links if link.role == role] for role in ("measure", "outcome")}
    measure, outcome = (next(iter(of_role[role]), None) for role in ("measure", "outcome"))
    first = measure or outcome
    return Fields(
        title=kr.title, kind=kr.kind or "increase", measure=measure.kpi if measure else "",
        outcome=outcome.kpi if outcome else "", segment=first.segment if first else "all",
        lag=outcome.lag if outcome else 0, baseline=kr.baseline if isinstance(kr.baseline, float) else None,
        target=kr.target, low=kr.band.low if kr.band else None, high=kr.band.high if kr.band else None,
        stages=[stage.model_dump() for stage in kr.stages], reading=kr.reading, trailing=kr.trailing,
        guardrails=[link.kpi for link in kr.all_links if link.role == "guardrail"],
        controls=[link.kpi for link in kr.all_links if link.role == "control"], owner=kr.owner or "", due=kr.due,
        done=kr.done, weight=kr.weight, tags=list(kr.tags), note=kr.note,
    )  # fmt: skip


def key_result_of(base: KeyResult, said: Fields, kpis: dict[str, Kpi]) -> tuple[KeyResult | None, list[str]]:
    """The key result that the form describes, or what is missing, in sentences. What the form does not show
    (checkpoints, dependencies, further outcomes) stays as it was."""
    missing = _missing(said)
    if missing:
        return None, missing
    moves = said.kind in ("increase", "decrease")
    links = _links(base, said)
    body = base.model_dump() | {
        "title": said.title, "kind": said.kind, "owner": said.owner or None, "due": said.due, "note": said.note,
        "baseline": ("auto" if said.baseline is None else said.baseline) if moves else None,
        "target": said.target if moves else None,
        "band": Band(low=said.low, high=said.high) if said.kind == "maintain" else None,
        "stages": [Stage.model_validate(stage) for stage in said.stages] if said.kind == "milestone" else [],
        "reading": said.reading, "trailing": said.trailing if said.reading == "trailing" else None,
        "done": said.done if said.kind == "yes_no" else None, "weight": said.weight, "tags": said.tags, **links,
    }  # fmt: skip
    if base.format == "number" and said.measure in kpis and kpis[said.measure].unit == "%":
        body["format"] = "percent"
    try:
        return KeyResult.model_validate(body), []
    except ValidationError as error:
        return None, [wrong.said(error)]


def _missing(said: Fields) -> list[str]:
    out = []
    if not said.title.strip():
        out.append(tr("Write in one sentence what will be different."))
    if said.kind in ("increase", "decrease") and said.target is None:
        out.append(tr("Give the target: the value that is to be reached."))
    if said.kind == "maintain" and said.low is None and said.high is None:
        out.append(tr("Give the band: the lowest or the highest value that is still good."))
    if said.kind == "milestone" and not said.stages:
        out.append(tr("Name the stages, one a row."))
    if said.reading == "trailing" and not said.trailing:
        out.append(tr("Say over how many periods the mean is taken."))
    return out


def _links(base: KeyResult, said: Fields) -> dict[str, Any]:
    """`kpi`, `segment` and `links`: as they were where they mean the same, else in the short form where it can be."""
    known = {(link.role, link.kpi): link for link in base.all_links}

    def link(role: Role, kpi: str, lag: int | None = None) -> Link:
        was = known.get((role, kpi))
        segment = said.segment if role in ("measure", "outcome") else was.segment if was else "all"
        return Link(kpi=kpi, role=role, segment=segment, lag=(was.lag if was else 0) if lag is None else lag)

    wanted = [link("measure", said.measure)] if said.measure else []
    wanted += [link("outcome", said.outcome, said.lag)] if said.outcome else []
    outcomes = [one for one in base.all_links if one.role == "outcome"]
    wanted += [one for one in outcomes[1:] if one.kpi != said.outcome]
    wanted += [link("guardrail", kpi) for kpi in said.guardrails]
    wanted += [link("control", kpi) for kpi in said.controls]
    if wanted == base.all_links:
        return {"kpi": base.kpi, "segment": base.segment, "links": list(base.links)}
    if said.measure and said.measure == said.outcome and not said.lag:
        return {"kpi": said.measure, "segment": said.segment, "links": wanted[2:]}
    return {"kpi": None, "segment": "all", "links": wanted}


def kind_word(kind: str | None) -> str:
    return spoken(KINDS.get(kind or "", kind or ""))


def guardrails_for(
    outcome: str, team: str | None, kpis: dict[str, Kpi], drivers: dict[str, frozenset[str]]
) -> list[str]:
    """KPIs that may pay when an outcome is pushed: those that hang on the same drivers, or it on them; another team's
    first."""
    if not outcome:
        return []
    mine = drivers.get(outcome, frozenset()) | {outcome}
    near = [
        kpi for name, kpi in kpis.items()
        if name != outcome and name not in mine and (drivers.get(name, frozenset()) | {name}) & mine
    ]  # fmt: skip
    near += [kpis[name] for name in kpis if name in mine and name != outcome]
    return [kpi.id for kpi in sorted(near, key=lambda kpi: kpi.owner == team)]
