"""The key results of a cycle as their views sort, filter and show them: the scorecard's rows and what is planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from models.company import Company
from models.okr import KeyResult, Objective, Status
from models.scorecard import Scorecard

NOT_SET = ""  # the status of a key result that nobody gave one


@dataclass(frozen=True)
class OkrRows:
    """`rows`: the scorecard's key results with COLUMNS; `statuses`: those to choose from, and those in use."""

    card: Scorecard
    rows: pd.DataFrame = field(repr=False)
    statuses: list[Status] = field(repr=False)

    def of_team(self, team: str | None) -> "OkrRows":
        if team is None:
            return self
        return replace(self, card=self.card.of_team(team), rows=self.rows[self.rows["team"] == team])

    def status(self, code: str) -> Status:
        """A status by its id; one that is no longer in the list is shown by its id."""
        return next((known for known in self.statuses if known.id == code), Status(id=code or "not_set", icon="○"))


def described(card: Scorecard, company: Company, statuses: Mapping[str, str]) -> OkrRows:
    """The scorecard's rows with what the definitions and the team say of each. `statuses`: key result → status id.

    Adds owner (its own, else the objective's, else ""), tags (list, the objective's among them), status (NOT_SET where
    none was given), suggests (what the data says of the course: passed, missed, on track, behind, at risk, or "" where
    it says nothing), due (its own day, else the cycle's last), due_own, ended (nothing more is expected), late (due is
    over and it is neither passed nor ended), by_hand (reported in check-ins) and silent (no check-in for longer than
    the policy allows, while the cycle runs).
    """
    plans = {
        kr.id: (objective, kr)
        for objective in company.objectives
        if objective.cycle == card.cycle.id
        for kr in company.key_results.get(objective.id, [])
    }
    out = card.key_results.copy()
    planned = [plans[name] for name in out["id"]]
    out["owner"] = pd.Series([_owner(*plan) for plan in planned], index=out.index, dtype=object)
    out["tags"] = pd.Series([_tags(*plan) for plan in planned], index=out.index, dtype=object)
    out["status"] = out["id"].map(statuses).astype(object).fillna(NOT_SET)
    own = pd.to_datetime(pd.Series([kr.due for _, kr in planned], index=out.index, dtype=object))
    out["due"], out["due_own"] = own.fillna(pd.Timestamp(card.cycle.end)), own.notna()
    today = pd.Timestamp(card.as_of)
    passed = out["passed"].fillna(False).astype(bool)
    known = company.status_list
    out["ended"] = passed | out["status"].isin([status.id for status in known if status.ended])
    out["late"] = (out["due"] < today) & ~out["ended"]
    out["suggests"] = _suggests(out, passed, over=card.as_of > card.cycle.end)
    out["by_hand"] = out["measure_kpi"].isna() & (out["kind"] != "milestone")
    quiet = out["checked_in"].isna() | ((today - pd.to_datetime(out["checked_in"])).dt.days > card.policy.check_in_days)
    out["silent"] = out["by_hand"] & quiet & ~out["ended"] & (card.as_of <= card.cycle.end)
    return OkrRows(card, out, known)


def _owner(objective: Objective, key_result: KeyResult) -> str:
    return key_result.owner or objective.owner or ""


def _tags(objective: Objective, key_result: KeyResult) -> list[str]:
    return list(dict.fromkeys([*key_result.tags, *objective.tags]))


def _suggests(rows: pd.DataFrame, passed: pd.Series, *, over: bool) -> pd.Series:
    """The course that the data suggests, for who has not set a status: never more than it says."""
    running = rows["pace_word"].astype(object).fillna("")
    course = running.where(~passed, "passed")
    if over:
        course = course.where(passed | rows["passed"].isna(), "missed")
    return course.where(rows["score"].notna(), "")
