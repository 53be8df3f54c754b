"""The scorecard: every key result of a cycle scored, its KPI's movement beside it, and the verdict of both."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from models import company as definitions
from models import linked, periods, readings, scoring, verdict
from models.company import Company
from models.flags import flagged
from models.language import numeral, tr, trn
from models.okr import Cycle, Objective
from models.policy import POLICY, Policy
from models.signals import CommonShock, common_shock
from models.standing import standing


@dataclass(frozen=True)
class Told:
    """What the data say of a cycle, whatever is reported: `read` holds the complete periods that key results read their
    values from (kpi, segment, period, value, weight); `links` one row per link with its movement."""

    read: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Scorecard:
    """One cycle as known at the end of `as_of`.

    `objectives` and `key_results` have one row each; `links` one per link with its movement. Unknown is missing.
    `shock` says whether everything moved at once, in the whole company however few objectives are shown.
    """

    cycle: Cycle
    as_of: date
    data_version: int
    policy: Policy
    objectives: pd.DataFrame = field(repr=False)
    key_results: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    team: str | None = None
    shock: CommonShock | None = None

    @property
    def headline(self) -> str:
        """`12 of 18 key results passed; 5 of them moved their metric.`"""
        return headline(self.key_results)

    @property
    def notes(self) -> list[str]:
        """What a reader should know before believing the page."""
        said = notes(self.key_results, self.links, self.policy)
        return [self.shock.sentence(), *said] if self.shock and self.shock.direction else said

    def of_team(self, team: str | None) -> "Scorecard":
        """The same scorecard with one team's objectives only."""
        if team is None:
            return self
        mine = self.key_results[self.key_results["team"] == team]
        return replace(self._of(self.objectives[self.objectives["team"] == team], mine), team=team)

    def without(self, hidden: Collection[str]) -> "Scorecard":
        """The same scorecard without some objectives, by id, and their key results."""
        if not hidden:
            return self
        objectives = self.objectives[~self.objectives["id"].isin(list(hidden))]
        return self._of(objectives, self.key_results[~self.key_results["objective"].isin(list(hidden))])

    def _of(self, objectives: pd.DataFrame, mine: pd.DataFrame) -> "Scorecard":
        links = self.links[self.links["key_result"].isin(mine["id"])]
        return replace(self, objectives=objectives, key_results=mine, links=links)


def told(company: Company, cycle: Cycle, observations: pd.DataFrame, as_of: date, policy: Policy = POLICY) -> Told:
    """What the data say of a cycle's key results.

    `observations`: kpi, segment, period, value of (at least) the KPIs that they link and the parts of their ratios, as
    known at the end of `as_of`.
    """
    _, rows = company.of_cycle(cycle.id)
    kpis = definitions.kpi_frame(company.kpis)
    observed = linked.completed(readings.with_derived(observations, kpis), kpis, as_of)
    links = linked.describe(definitions.link_frame(rows), kpis, cycle, observed, as_of)
    links = pd.concat([links, linked.judged(links, observed, policy)], axis=1)
    links["team_name"] = _named(links["kpi_owner"], {team.id: team.label for team in company.teams})
    read = links.loc[links["role"] == "measure", readings.KEY].drop_duplicates()
    near = observed[observed["period"] <= pd.Timestamp(cycle.end)]
    if not any(kr.reading == "trailing" for _, kr in rows):  # which may reach back further than the cycle before
        near = near[near["period"] >= pd.Timestamp(cycle.window.before().start)]
    return Told(near.merge(read, on=readings.KEY), links)


def build(
    company: Company,
    cycle: Cycle,
    observations: pd.DataFrame,
    check_ins: pd.DataFrame,
    as_of: date,
    data_version: int = 0,
    policy: Policy = POLICY,
) -> Scorecard:
    """Score and judge a cycle in one pass over frames; see `told` and `scored`."""
    found = told(company, cycle, observations, as_of, policy)
    return scored(company, cycle, found, check_ins, as_of, data_version, policy)


def scored(
    company: Company,
    cycle: Cycle,
    found: Told,
    check_ins: pd.DataFrame,
    as_of: date,
    data_version: int = 0,
    policy: Policy = POLICY,
) -> Scorecard:
    """The scorecard of what the data say and what was reported. `check_ins`: key_result, day, value, confidence."""
    objectives, rows = company.of_cycle(cycle.id)
    links = found.links
    teams = {team.id: team.label for team in company.teams}
    summary = _objectives(objectives, teams)
    frame = _with_objective(definitions.key_result_frame(rows), summary).set_index("id", drop=False)
    measures = links[links["role"] == "measure"].drop_duplicates("key_result").set_index("key_result")
    frame = standing(frame, rows, company, measures, cycle, found.read, check_ins, as_of, policy).reset_index(drop=True)
    frame = flagged(_judged(frame, links, cycle, as_of, policy), links)
    summary = summary.join(scoring.objective_scores(frame), on="id")
    summary["unknown"] = summary["unknown"].fillna(0).astype(int)
    summary["band"] = scoring.band(summary["score"], policy)
    easy = (summary["level"] == "aspirational") & (summary["score"] > policy.too_easy_above)
    summary["hints"] = [[tr("Targets may be too easy.")] if e else [] for e in easy]
    return Scorecard(cycle, as_of, data_version, policy, summary, frame, links, shock=_shock(links))


def _shock(links: pd.DataFrame) -> CommonShock:
    """Whether most of the judged KPIs moved the same way: each once, and only those of the usual window."""
    judged = links[links["lo_relative"].notna()]
    same = judged[judged["window_start"] == judged["window_start"].mode().min()].drop_duplicates("kpi")
    return common_shock(
        same.rename(columns={"effect_relative": "effect_rel", "lo_relative": "lo_rel", "hi_relative": "hi_rel"})
    )


def _objectives(objectives: list[Objective], teams: dict[str, str]) -> pd.DataFrame:
    frame = definitions.objective_frame(objectives)
    return frame.assign(team_name=_named(frame["team"], teams))


def _named(identifiers: pd.Series, names: dict[str, str]) -> pd.Series:
    return identifiers.map(names).astype("str").fillna(identifiers).fillna("")


def _with_objective(frame: pd.DataFrame, objectives: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "id": "objective",
        "title": "objective_title",
        "team": "team",
        "team_name": "team_name",
        "level": "level",
    }
    facts = objectives[[*columns, "illustrative"]].rename(columns={**columns, "illustrative": "illustrative_objective"})
    out = frame.merge(facts, on="objective", how="left")
    out["illustrative"] |= out.pop("illustrative_objective")
    return out


def _judged(frame: pd.DataFrame, links: pd.DataFrame, cycle: Cycle, as_of: date, policy: Policy) -> pd.DataFrame:
    """Adds the judged outcome (the first one linked), when it can be told, and the verdict with its sentence."""
    outcomes = links[links["role"] == "outcome"].drop_duplicates("key_result").set_index("key_result")
    outcomes = outcomes.drop(columns=["position", "role", "team_name", "kpi_owner", "band_low", "band_high"])
    out = frame.merge(outcomes, left_on="id", right_index=True, how="left")
    out["kpi_unit"] = out["kpi_unit"].fillna("")
    has_outcome = out["kpi"].notna()
    fewest = np.minimum(out["cadence"].map(_fewest(policy)).astype(float), out["total"])
    out["too_early"] = has_outcome & (out["due"] < fewest)
    out["told_from"] = _told_from(out[out["too_early"]], fewest).reindex(out.index)
    out["so_far"] = pd.Timestamp(as_of) < out["window_end"].fillna(pd.Timestamp(cycle.end))
    out["move_verdict"] = out["move_verdict"].where(~out["too_early"])
    out.loc[has_outcome & ~out["too_early"] & out["move_verdict"].isna(), "move_verdict"] = "cannot_tell"
    shown = zip(out["min_effect"], out["min_change_absolute"], out["kpi_unit"], strict=True)
    out["min_change_shown"] = [verdict.least_change(*row) for row in shown]
    return pd.concat([out, verdict.verdict(out)], axis=1)


def _fewest(policy: Policy) -> dict[str, int]:
    return {cadence: policy.min_periods(cadence) for cadence in periods.CADENCES}


def _told_from(early: pd.DataFrame, fewest: pd.Series) -> pd.Series:
    if early.empty:
        return pd.Series(dtype="datetime64[ns]")
    wanted = np.maximum(fewest[early.index], 1).astype(int)
    return periods.told_from(early["window_start"], early["cadence"], early["anchor"].astype(int), wanted)


def headline(key_results: pd.DataFrame) -> str:
    """`12 of 18 key results passed; 5 of them moved their metric.`"""
    total = len(key_results)
    if total == 0:
        return tr("No key results in this cycle yet.")
    won = key_results["passed"].fillna(False).astype(bool)
    passed = int(won.sum())
    moved = int((won & (key_results["move_verdict"] == "better")).sum())
    running = bool(key_results["so_far"].all())
    if passed == 0 and total == 1:
        return (
            tr("The only key result has not passed so far.") if running else tr("The only key result has not passed.")
        )
    opening = _opening(passed, total, running)
    if passed == 0:
        return tr("{opening}.", opening=opening)
    if passed == 1:
        ending = tr("it moved its metric") if moved else tr("it did not provably move its metric")
    else:
        ending = (
            tr("{moved} of them moved their metric", moved=numeral(f"{moved:,}"))
            if moved
            else tr("none of them moved their metric")
        )
    return tr("{opening}; {ending}.", opening=opening, ending=ending)


def _opening(passed: int, total: int, running: bool) -> str:
    if passed == 0:
        every = numeral(f"{total:,}")
        if running:
            return tr("None of {total} key results passed so far", total=every)
        return tr("None of {total} key results passed", total=every)
    if running:
        return trn(
            "{passed} of {count} key result passed so far", "{passed} of {count} key results passed so far", total,
            passed=numeral(f"{passed:,}"),
        )  # fmt: skip
    return trn(
        "{passed} of {count} key result passed",
        "{passed} of {count} key results passed",
        total,
        passed=numeral(f"{passed:,}"),
    )


def notes(key_results: pd.DataFrame, links: pd.DataFrame, policy: Policy) -> list[str]:
    """Sentences on chance, missing values, late data and illustrative targets."""
    out = [verdict.expected_false_alarms(int(links["move_verdict"].notna().sum()), policy.confidence)]
    late = key_results["flags"].map(lambda codes: "late_data" in codes).astype(bool)
    unknown, illustrative = int(key_results["score"].isna().sum()), int(key_results["illustrative"].sum())
    if unknown:
        out.append(
            trn(
                "{count} key result has no value yet: unknown, not counted as zero.",
                "{count} key results have no value yet: unknown, not counted as zero.",
                unknown,
            )
        )
    if late.any():
        out.append(
            trn(
                "{count} key result is judged on incomplete data: values that are due have not arrived.",
                "{count} key results are judged on incomplete data: values that are due have not arrived.",
                int(late.sum()),
            )
        )
    if illustrative:
        out.append(
            trn(
                "{count} key result has an illustrative target that the organisation did not set.",
                "{count} key results have an illustrative target that the organisation did not set.",
                illustrative,
            )
        )
    return out
