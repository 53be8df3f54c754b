"""Where a key result stands, in its own unit, and what its flags say beside the verdict."""

from typing import Any

import pandas as pd

from models.amounts import amount, figure
from models.language import numeral, tr
from models.verdict import FLAGS


def standing(row: Any) -> str:
    """Where a key result stands, in its own unit: `From 44 to 38 days, now 43.6; score 0.07.`"""
    if pd.isna(row["score"]):
        return tr("It has no value yet, so its score is unknown.")
    score, share = numeral(f"{row['score']:.2f}"), f"{row['score'] * 100:.0f} %"
    match row["kind"]:
        case "yes_no" if row["score"] >= 1:
            return tr("Done; score {score}.", score=score)
        case "yes_no":
            return tr("Not done; score {score}.", score=score)
        case "milestone":
            return tr("{share} of its stages by weight are finished; score {score}.", share=share, score=score)
        case "maintain":
            return tr("Inside its band for {share} of the periods due; score {score}.", share=share, score=score)
    facts = {
        "baseline": figure(row["baseline"]),
        "target": amount(row["target"], shown_unit(row)),
        "current": figure(row["current"]),
        "score": score,
    }
    if row["below_baseline"]:
        return tr("From {baseline} to {target}, now {current}; score {score}, below its baseline.", **facts)
    if row["so_far"] and row["pace_word"] == "on track":
        return tr("From {baseline} to {target}, now {current}; score {score}, on track.", **facts)
    if row["so_far"] and row["pace_word"] == "behind":
        return tr("From {baseline} to {target}, now {current}; score {score}, behind.", **facts)
    if row["so_far"] and row["pace_word"] == "at risk":
        return tr("From {baseline} to {target}, now {current}; score {score}, at risk.", **facts)
    return tr("From {baseline} to {target}, now {current}; score {score}.", **facts)


def shown_unit(row: Any) -> str:
    """The unit of a key result's own value: its measure's, else its currency, else % for a percentage."""
    if isinstance(row["unit"], str) and row["unit"]:
        return row["unit"]
    if row["format"] == "currency" and isinstance(row["currency"], str):
        return row["currency"]
    return "%" if row["format"] == "percent" else ""


def flag_notes(row: Any, code: str) -> list[str]:
    """The sentences that stand beside a verdict for one flag; each begins with the flag's word."""
    return [note for note in row["flag_notes"] if note.startswith(FLAGS[code].word)]
