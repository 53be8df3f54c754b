"""What stands beside a verdict: at a cost, shared claim, target edited, late data. A code and its sentence each."""

import pandas as pd

from models import verdict
from models.amounts import figure
from models.language import numeral, tr, trn


def flagged(key_results: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Adds `flags` (codes, each once) and `flag_notes` (a sentence for each finding), both lists."""
    costs = _costs(links)
    sharers = _sharers(key_results)
    said: list[list[tuple[str, str]]] = []
    for row in key_results.to_dict("records"):
        notes = [("at_a_cost", note) for note in costs.get(row["id"], [])]
        if row["id"] in sharers:
            notes.append(("shared_claim", _shared_note(row, sharers[row["id"]])))
        if row["target_edited"]:
            notes.append(("target_edited", _edited_note(row)))
        if row["available"] < row["due"] and not row["so_far"]:
            notes.append(("late_data", _late_note(row)))
        said.append(notes)
    return key_results.assign(
        flags=[list(dict.fromkeys(code for code, _ in notes)) for notes in said],
        flag_notes=[[note for _, note in notes] for notes in said],
    )


def _costs(links: pd.DataFrame) -> dict[str, list[str]]:
    """Per key result, a sentence for each guardrail that got worse."""
    worse = links[(links["role"] == "guardrail") & (links["move_verdict"] == "worse")]
    out: dict[str, list[str]] = {}
    for row in worse.to_dict("records"):
        clause = verdict.movement_clause(row)
        note = (
            tr("At a cost (owned by {team}): {movement}.", team=row["team_name"], movement=clause)
            if row["team_name"]
            else tr("At a cost: {movement}.", movement=clause)
        )
        out.setdefault(row["key_result"], []).append(note)
    return out


def _sharers(key_results: pd.DataFrame) -> dict[str, list[str]]:
    """Per key result, the titles of others whose outcome is the same moved KPI."""
    moved = key_results[key_results["move_verdict"].isin(["better", "worse"])]
    out: dict[str, list[str]] = {}
    for _, group in moved.groupby(["kpi", "segment"]):
        for identifier in group["id"] if len(group) > 1 else []:
            out[identifier] = list(group.loc[group["id"] != identifier, "title"])
    return out


def _shared_note(row: dict, others: list[str]) -> str:
    quoted = [tr("“{title}”", title=title) for title in others]
    if len(others) > 3:
        return tr(
            "Shared claim: {key_results} and others claim the same movement of {kpi}.",
            key_results=_joined(quoted[:3]), kpi=row["kpi_name"],
        )  # fmt: skip
    said = (
        tr("Shared claim: {key_results} claims the same movement of {kpi}.")
        if len(others) == 1
        else tr("Shared claim: {key_results} claim the same movement of {kpi}.")
    )
    return said.format(key_results=_joined(quoted), kpi=row["kpi_name"])


def _joined(titles: list[str]) -> str:
    """`a and b and c`: titles hold commas."""
    whole = titles[0]
    for title in titles[1:]:
        whole = tr("{some} and {last}", some=whole, last=title)
    return whole


def _edited_note(row: dict) -> str:
    now = _span(row["baseline"], row["target"])
    first = _span(row["original_baseline"], row["original_target"])
    note = tr("Target edited after the cycle began: it was {first} and is {now}.", first=first, now=now)
    if pd.isna(row["score"]) or pd.isna(row["score_original_target"]):
        return note
    score, original = (numeral(f"{row[name]:.2f}") for name in ("score", "score_original_target"))
    return f"{note} {tr('Score {score}; against the original {original}.', score=score, original=original)}"


def _span(baseline: float, target: float) -> str:
    return tr("{low} to {high}", low=figure(baseline), high=figure(target))


def _late_note(row: dict) -> str:
    return trn(
        "Late data: {count} value of {kpi} due in the window has not arrived.",
        "Late data: {count} values of {kpi} due in the window have not arrived.",
        int(row["due"] - row["available"]),
        kpi=row["kpi_name"],
    )
