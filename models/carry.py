"""Keep, change or drop: what becomes of a key result in the next cycle, and the draft that is made of it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from models.definition import Identifier
from models.okr import Cycle, KeyResult, Objective
from models.periods import named_cycle

Decision = Literal["keep", "change", "drop"]
ALIKE = 0.2  # cycles whose lengths differ by at most this share follow one another: a quarter has 90 to 92 days


class Carry(BaseModel):
    """What was decided of a key result. `into` is the next cycle; `became` the id of the draft, once it is made."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    decision: Decision
    into: Identifier
    target: Annotated[float, Field(allow_inf_nan=False)] | None = None  # the new one, for change
    note: Annotated[str, Field(max_length=2000)] = ""
    who: Identifier | None = None  # who takes it on, where that changes
    became: Identifier | None = None


@dataclass(frozen=True)
class Drafted:
    """Drafts for the next cycle: `objectives` with the key results that are new; `became` maps old ids to new ones."""

    objectives: list[Objective]
    became: dict[str, str]


def next_cycle(cycle: Cycle, cycles: Iterable[Cycle]) -> Cycle | None:
    """The cycle of like length that begins soonest after this one: a defined one, else the next usual name."""
    days = (cycle.end - cycle.start).days + 1
    after = [c for c in cycles if c.start > cycle.end and abs((c.end - c.start).days + 1 - days) <= ALIKE * days]
    if after:
        return min(after, key=lambda c: (c.start, c.id))
    name = _next_name(cycle.id)
    window = named_cycle(name) if name else None
    return Cycle(id=name, start=window.start, end=window.end) if name and window else None


def _next_name(name: str) -> str | None:
    """`2026-Q4` → `2027-Q1`; None for a name of the company's own."""
    match = re.fullmatch(r"(\d{4})(-?)(?:([QH])(\d)|(\d{2}))?", name.strip().upper())
    if not match or named_cycle(name) is None:
        return None
    year, dash, letter, number, month = int(match[1]), match[2], match[3], match[4], match[5]
    if not (number or month):
        return str(year + 1)
    most = {"Q": 4, "H": 2}[letter] if letter else 12
    place = int(number or month) % most + 1
    year += place == 1
    return f"{year}{dash}{letter}{place}" if letter else f"{year}{dash}{place:02d}"


def drafted(
    rows: Iterable[tuple[Objective, KeyResult]],
    decided: Mapping[str, Carry],
    old: Cycle,
    new: Cycle,
    last: Mapping[str, float],
    known_objectives: Mapping[str, bool],
    known_key_results: Iterable[str],
) -> Drafted:
    """Draft objectives and key results of what is kept or changed and not carried yet.

    `last`: the value each key result ended at. `known_objectives`: id → whether it is a draft; a draft takes more key
    results, a published one is left alone and gets a sister. A changed target never changes the links.
    """
    taken = set(known_key_results)
    chosen = [(o, kr) for o, kr in rows if kr.id in decided and _to_make(decided[kr.id])]
    became: dict[str, str] = {}
    for _, kr in chosen:
        became[kr.id] = _free(_renamed(kr.id, old.id, new.id), taken)
        taken.add(became[kr.id])
    homes: dict[str, Objective] = {}
    for objective, kr in chosen:
        if objective.id not in homes:
            published = {name for name, draft in known_objectives.items() if not draft}
            name = _free(_renamed(objective.id, old.id, new.id), published | {o.id for o in homes.values()})
            fields = {"id": name, "cycle": new.id, "draft": True, "key_results": []}
            homes[objective.id] = objective.model_copy(update=fields)
        home = homes[objective.id]
        carried = _carried(kr, decided[kr.id], became, last.get(kr.id))
        homes[objective.id] = home.model_copy(update={"key_results": [*home.key_results, carried]})
    return Drafted(list(homes.values()), became)


def _to_make(decision: Carry) -> bool:
    return decision.decision != "drop" and decision.became is None


def _renamed(identifier: str, old: str, new: str) -> str:
    """The id with the next cycle's name: in place of the old one's where it stands in it (`26q3` too), else behind."""
    for spell in _SPELLINGS:
        if spell(old) in identifier and old != new:
            return identifier.replace(spell(old), spell(new))
    return f"{identifier}-{new}"


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.lower,
    lambda name: name.replace("-", "").lower(),
    lambda name: name[2:].replace("-", "").lower(),
)


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _carried(kr: KeyResult, decision: Carry, became: Mapping[str, str], last: float | None) -> KeyResult:
    """The key result as it begins again: same links and weight, days of the old cycle gone, nothing done yet."""
    body = kr.model_dump(mode="json", exclude={"due", "done", "checkpoints", "depends_on", "stages"})
    body |= {"id": became[kr.id], "continues": kr.id}
    if decision.who:
        body["owner"] = decision.who
    if kr.kind in ("increase", "decrease"):
        body["target"] = kr.target if decision.target is None else decision.target
        body["kind"], body["baseline"] = _begin(kr, body["target"], last)
    if decision.note:
        body["note"] = "\n".join(part for part in (kr.note, decision.note) if part)[:2000]
    left = [stage for stage in kr.stages if stage.done is None] or kr.stages
    body["stages"] = [{"title": stage.title, "weight": stage.weight} for stage in left]
    body["depends_on"] = [
        {"on": became[needed.on], "note": needed.note} for needed in kr.depends_on if needed.on in became
    ]
    return KeyResult.model_validate(body)


def _begin(kr: KeyResult, target: float, last: float | None) -> tuple[str, float | str]:
    """Kind and baseline: `auto` where a KPI gives the value, else where it ended, if that is not the target already."""
    if any(link.role == "measure" for link in kr.all_links):
        return kr.kind or "increase", "auto"
    start = kr.baseline if last is None or pd.isna(last) or last == target else float(last)
    if not isinstance(start, float):
        return kr.kind or "increase", "auto"
    return ("decrease" if target < start else "increase"), start
