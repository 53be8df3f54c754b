"""What a review should decide: a concrete question for each key result that asks for one, with its reason."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.language import tr
from models.sentences import listed, title_of
from models.verdict import FLAGS

MOST = 7  # questions a meeting can settle in an hour
Paid = dict[str, list[str]]  # names of guardrails that got worse, by key result
KINDS = ("vanity", "backfired", "at_a_cost", "setback", "target_edited", "unlinked")  # the gravest first


@dataclass(frozen=True)
class Question:
    """`code` says why it is asked (of KINDS); `text` ends in a question mark; `reason` is what the data says."""

    key_result: str
    title: str
    team_name: str
    code: str
    text: str
    reason: str


def questions(key_results: pd.DataFrame, links: pd.DataFrame) -> list[Question]:
    """One question per key result that asks for one: by kind, the gravest first; high scores first in each."""
    asked: dict[str, list[tuple[float, Question]]] = {kind: [] for kind in KINDS}
    paid = _paid(links)
    for row in key_results.to_dict("records"):
        kind = _kind(row)
        if kind:
            score = -1.0 if pd.isna(row["score"]) else float(row["score"])
            asked[kind].append((-score, _question(row, kind, paid)))
    return [question for kind in KINDS for _, question in sorted(asked[kind], key=lambda pair: pair[0])]


def chosen(found: list[Question], most: int = MOST) -> tuple[Question, ...]:
    """The questions for one meeting, in their order. Where there are too many, every kind keeps its first ones."""
    place: dict[str, int] = {}
    ranks = []
    for position, question in enumerate(found):
        place[question.code] = place.get(question.code, 0) + 1
        ranks.append((place[question.code], position))
    kept = {position for _, position in sorted(ranks)[:most]}
    return tuple(question for position, question in enumerate(found) if position in kept)


def question_of(row: Any, links: pd.DataFrame) -> Question | None:
    """The question that one key result asks, if any."""
    kind = _kind(row)
    return _question(row, kind, _paid(links) if kind == "at_a_cost" else {}) if kind else None


def _kind(row: Any) -> str | None:
    if row["verdict"] in ("vanity", "backfired"):
        return str(row["verdict"])
    if "at_a_cost" in row["flags"]:
        return "at_a_cost"
    if row["verdict"] == "setback":
        return "setback"
    if "target_edited" in row["flags"]:
        return "target_edited"
    return "unlinked" if row["verdict"] == "unlinked" else None


def _question(row: Any, kind: str, paid: Paid) -> Question:
    flag = kind if kind in FLAGS else ""
    notes = [note for note in row["flag_notes"] if flag and note.startswith(FLAGS[flag].word)]
    team = row["team_name"] if isinstance(row["team_name"], str) else ""
    reason = " ".join(notes) or row["sentence"]
    return Question(row["id"], title_of(row), team, kind, _asked(row, kind, paid), reason)


def _asked(row: Any, kind: str, paid: Paid) -> str:
    title, running, kpi = title_of(row), bool(row["so_far"]), row["kpi_name"]
    match kind:
        case "vanity" if running:
            return tr("“{title}”: change it now, or give {kpi} until the end of the cycle?", title=title, kpi=kpi)
        case "vanity":
            return tr("“{title}”: stop it, or name a KPI other than {kpi} that it should move?", title=title, kpi=kpi)
        case "backfired" if running:
            return tr("“{title}”: pause it until {kpi} has recovered?", title=title, kpi=kpi)
        case "backfired":
            return tr("“{title}”: undo it, or keep it and repair {kpi}?", title=title, kpi=kpi)
        case "at_a_cost":
            return _worth(title, paid.get(row["id"], []))
        case "setback" if running:
            return tr("“{title}”: change the plan now, or stop?", title=title)
        case "setback":
            return tr("“{title}”: another plan for {kpi}, or drop it?", title=title, kpi=kpi)
        case "target_edited":
            return tr("“{title}”: does the changed target stand, or does the first one count?", title=title)
    return tr("“{title}”: which KPI should it move?", title=title)


def _worth(title: str, kpis: list[str]) -> str:
    if not kpis:
        return tr("“{title}”: is it worth what it cost?", title=title)
    return tr("“{title}”: is it worth what happened to {kpis}?", title=title, kpis=listed(dict.fromkeys(kpis)))


def _paid(links: pd.DataFrame) -> Paid:
    """Per key result, the names of its guardrails that got worse."""
    out: Paid = {}
    for link in costs(links).itertuples():
        out.setdefault(str(link.key_result), []).append(str(link.kpi_name))
    return out


def costs(links: pd.DataFrame, key_results: list[str] | None = None) -> pd.DataFrame:
    """The guardrails (of these key results) that got worse."""
    if not {"role", "kpi_name"} <= set(links.columns):
        return links.head(0)
    guards = (links["role"] == "guardrail") & (links["move_verdict"] == "worse")
    found = links[guards]
    return found if key_results is None else found[found["key_result"].isin(key_results)]
