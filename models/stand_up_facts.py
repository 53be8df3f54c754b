"""What a stand-up looks at, and the words that its lines are made of."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from models.amounts import MINUS
from models.language import numeral, tr
from models.policy import Policy
from models.verdict import Word

WORDS = {
    "better": Word("Better", "▲", "good", "In this cycle the KPI got better than it would have been."),
    "worse": Word("Worse", "▼", "bad", "In this cycle the KPI got worse than it would have been."),
    "nearer": Word("Nearer", "▸", "good", "The value came nearer to its target."),
    "farther": Word("Farther", "◂", "bad", "The value went away from its target."),
    "done": Word("Done", "✓", "good", "A stage, or the whole, was finished."),
    "came": Word("Came", "✓", "good", "What it waited for has come."),
    "blocked": Word("Blocked", "‖", "bad", "Its owner says that something holds it up."),
    "waits": Word("Waits", "⧖", "warn", "Another key result that it needs has not come."),
    "behind": Word("Behind", "◐", "warn", "Progress is behind what was expected by now."),
    "still": Word("Still", "–", "neutral", "No new value since last time."),
    "unknown": Word("No value", "?", "neutral", "Nobody knows where it stands."),
    "overdue": Word("Overdue", "◷", "bad", "A day that was set has passed."),
    "new": Word("New", "＋", "neutral", "It was not there last time."),
    "status": Word("Status", "○", "neutral", "The owner's own word for where it stands."),
    "confidence": Word("Confidence", "▾", "warn", "The owner is less sure than last time."),
    "verdict": Word("Verdict", "◇", "neutral", "Score and movement together say something else than last time."),
    "target": Word("Target", "✎", "warn", "Target or baseline was changed."),
    "restated": Word("Restated", "↻", "warn", "A later load changed values that were known last time."),
    "decide": Word("Decide", "?", "warn", "A question for this stand-up."),
}


@dataclass(frozen=True)
class Line:
    """One fact or question. `code` is a key of WORDS; `key_result` is None for an action of the whole team."""

    code: str
    key_result: str | None
    title: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What was looked at, of one team.

    `now` and `before` are rows of the scorecard as known now and last time; `said` by key result (see
    models.check_ins.last_said); `stages`, `waits`, `actions` as those models give them; `restated`: key_result,
    kpi_name, count.
    """

    now: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)
    statuses: dict[str, str] = field(repr=False)  # what each status is called
    statuses_before: dict[str, str] = field(repr=False)
    stages: pd.DataFrame = field(repr=False)
    waits: pd.DataFrame = field(repr=False)
    actions: pd.DataFrame = field(repr=False)
    restated: pd.DataFrame = field(repr=False)

    @cached_property
    def _by_key_result(self) -> dict[tuple[str, str], list[dict]]:
        rows: dict[tuple[str, str], list[dict]] = {}
        for name in ("stages", "waits", "restated"):
            for row in getattr(self, name).to_dict("records"):
                rows.setdefault((name, row["key_result"]), []).append(row)
        return rows

    def rows_of(self, name: str, key_result: str) -> list[dict]:
        """The rows of stages, waits or restated that belong to a key result."""
        return self._by_key_result.get((name, key_result), [])


def line_of(code: str, row: dict, text: str) -> Line:
    return Line(code, row["id"], row["title"], text)


def blocker(seen: Seen, key_result: str) -> tuple[date, str] | None:
    """What holds it up, and since when that has been said."""
    if key_result not in seen.said.index:
        return None
    row = seen.said.loc[key_result]
    return (row["blocked_since"].date(), row["blocker"]) if _text(row["blocker"]) else None


def pace_sentence(row: dict) -> str:
    expected, progress = _hundredths(row["pace"] + row["progress"]), _hundredths(row["progress"])
    return tr("Progress {progress} where {expected} was expected.", progress=progress, expected=expected)


def _hundredths(share: float) -> str:
    text = f"{abs(share):.2f}"
    return numeral(text if float(text) == 0 or share > 0 else f"{MINUS}{text}")


def confidence_fell(row: dict, before: dict, policy: Policy) -> bool:
    return bool(before["confidence"] - row["confidence"] >= policy.confidence_drop)  # unknown compares false


def confidences(row: dict, before: dict) -> dict[str, str]:
    return {"before": number(before["confidence"]), "now": number(row["confidence"])}


def passed(row: dict) -> bool:
    return pd.notna(row["passed"]) and bool(row["passed"])


def number(value: float) -> str:
    return numeral(f"{value:g}")


def line_of_action(code: str, action: dict, titles: dict[str, str], text: str) -> Line:
    key_result = action["key_result"] if action["key_result"] in titles else None
    return Line(code, key_result, titles.get(key_result or "", ""), text)


def action_words(action: dict) -> str:
    """What is to be done, and who said so."""
    if _text(action["owner"]):
        return tr("“{action}” ({owner})", action=action["title"], owner=action["owner"])
    return tr("“{action}”", action=action["title"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
