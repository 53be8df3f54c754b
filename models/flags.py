"""What stands beside a verdict: at a cost, shared claim, target edited, late data. A code and its sentence each."""

import pandas as pd

from models import verdict
from models.amounts import figure


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
        owner = f" (owned by {row['team_name']})" if row["team_name"] else ""
        out.setdefault(row["key_result"], []).append(f"At a cost{owner}: {verdict.movement_clause(row)}.")
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
    named = " and ".join(f"“{title}”" for title in others[:3]) + (" and others" if len(others) > 3 else "")
    claims = "claims" if len(others) == 1 else "claim"
    return f"Shared claim: {named} {claims} the same movement of {row['kpi_name']}."


def _edited_note(row: dict) -> str:
    now = f"{figure(row['baseline'])} to {figure(row['target'])}"
    first = f"{figure(row['original_baseline'])} to {figure(row['original_target'])}"
    note = f"Target edited after the cycle began: it was {first} and is {now}."
    if pd.isna(row["score"]) or pd.isna(row["score_original_target"]):
        return note
    return f"{note} Score {row['score']:.2f}; against the original {row['score_original_target']:.2f}."


def _late_note(row: dict) -> str:
    missing = int(row["due"] - row["available"])
    values = "1 value" if missing == 1 else f"{missing} values"
    return (
        f"Late data: {values} of {row['kpi_name']} due in the window {'has' if missing == 1 else 'have'} not arrived."
    )
