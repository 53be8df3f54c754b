"""When a score passes, and where a target can be drawn."""

from typing import Any

from models.policy import Policy
from pages.parts import amounts


def target_on_series(row: Any) -> float | None:
    """The target, where it is a level that the judged KPI's own series can be held against."""
    same = row["measure_kpi"] == row["kpi"] and row["reading"] != "sum" and row["kind"] in ("increase", "decrease")
    return float(row["target"]) if same and amounts.known(row["target"]) else None


def pass_mark(level: str, policy: Policy) -> float:
    return policy.aspirational_pass if level == "aspirational" else policy.committed_pass
