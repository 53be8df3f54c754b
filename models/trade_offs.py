"""What the wins cost: which KPIs got worse in the window in which a key result passed, whoever owns them.

Guardrails were declared in advance and are judged by themselves. Every other KPI of the company is looked at too, and
the more one looks at the more will look worse by chance: those are listed only when they survive the false discovery
rate of the policy. Never a cause: the data says that it happened in the same window.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from models import company as definitions
from models import linked, readings
from models.company import Company
from models.false_discovery import for_the_worse, p_values, q_values
from models.okr import Cycle
from models.policy import Policy
from models.scorecard import Scorecard
from models.signals import CommonShock, common_shock
from models.verdict import Word

RELATIONS: dict[str, Word] = {  # how a win and a KPI that got worse belong together; the gravest first
    "guardrail": Word("Guardrail", "⚠", "bad", "Declared in advance as what must not get worse."),
    "outcome": Word("Backfired", "▼", "bad", "The very KPI that a key result was meant to move got worse."),
    "own": Word("Own KPI", "⊖", "warn", "A KPI of the team that won got worse in the same window."),
    "other": Word("Meanwhile", "▽", "neutral", "A KPI of another team, or of nobody, got worse in the same window."),
}
WINDOW = ["window_start", "window_end"]
_WIN = [
    "id", "title", "objective_title", "team", "team_name", "verdict", "verdict_word", "so_far", "kpi", "segment",
    *WINDOW,
]  # fmt: skip
_MOVEMENT = [
    "kpi", "segment", "kpi_name", "kpi_unit", "kpi_direction", "cadence", "owner", "owner_name", *WINDOW, *linked.MOVED,
]  # fmt: skip


@dataclass(frozen=True)
class TradeOffs:
    """One cycle's wins and what got worse meanwhile, as known at the end of `as_of`.

    wins: the key results that passed, each with its window. guardrails: their guardrail links, one row each:
    key_result, the KPI's movement, p. looked: every KPI once per window of a win, with its movement, p (two-sided),
    p_worse (one-sided), q (missing for a KPI that is a guardrail of a win in that window), survives. not_looked: kpi,
    kpi_name, owner, reason (no_total, to_be_defined, too_few_periods, or one of movement.REASONS). claims: key results
    that claim one movement, one row each. Only wins, guardrails and claims are cut to a team; what was looked at stays.
    """

    cycle: Cycle
    as_of: date
    data_version: int
    policy: Policy
    wins: pd.DataFrame = field(repr=False)
    guardrails: pd.DataFrame = field(repr=False)
    looked: pd.DataFrame = field(repr=False)
    not_looked: pd.DataFrame = field(repr=False)
    claims: pd.DataFrame = field(repr=False)
    shock: CommonShock
    team: str | None = None
    team_name: str = ""
    made: dict[Any, Any] = field(init=False, default_factory=dict, repr=False, compare=False)  # of these very figures

    @cached_property
    def broken(self) -> pd.DataFrame:
        """The guardrails that got worse, the surest first."""
        return self.guardrails[self.guardrails["move_verdict"] == "worse"].sort_values("p", kind="stable")

    @cached_property
    def others(self) -> pd.DataFrame:
        """KPIs nobody declared that got worse in a window of these wins beyond chance, the surest first.

        Wins of several windows see one KPI more than once: it is listed with its surest movement.
        """
        mine = self.looked[self.looked["survives"]].merge(self.wins[WINDOW].drop_duplicates(), on=WINDOW)
        mine = mine[~mine["kpi"].isin(self.broken["kpi"])]
        return mine.sort_values(["p_worse", "kpi"], kind="stable").drop_duplicates("kpi", ignore_index=True)

    @cached_property
    def doubtful(self) -> pd.DataFrame:
        """Looked worse, but no more than chance would bring among so many."""
        worse = self.looked[(self.looked["move_verdict"] == "worse") & self.looked["q"].notna()]
        mine = worse[~worse["survives"]].merge(self.wins[WINDOW].drop_duplicates(), on=WINDOW)
        mine = mine[~mine["kpi"].isin(self.others["kpi"]) & ~mine["kpi"].isin(self.broken["kpi"])]
        return mine.sort_values(["p_worse", "kpi"], kind="stable").drop_duplicates("kpi", ignore_index=True)

    @property
    def tests(self) -> int:
        """Movements that the false discovery rate is counted over."""
        return int(self.looked["q"].notna().sum())

    @property
    def false_worse(self) -> float:
        """How many of the movements looked at would be called worse by chance alone, if nothing had moved."""
        return self.tests * (1 - self.policy.confidence) / 2

    @property
    def false_listed(self) -> float:
        """How many of the KPIs listed as surviving chance would bring: movements looked at × the largest p listed."""
        listed = self.looked.loc[self.looked["survives"], "p_worse"]
        return float(min(self.tests * listed.max(), len(listed))) if len(listed) else 0.0

    def of_team(self, team: str | None, name: str = "") -> "TradeOffs":
        """The same with the wins of one team only; the chance finding stays that of the whole company."""
        if team is None:
            return self
        wins = self.wins[self.wins["team"] == team]
        return replace(
            self,
            team=team,
            team_name=name or team,
            wins=wins,
            guardrails=self.guardrails[self.guardrails["key_result"].isin(wins["id"])],
            claims=self.claims[self.claims["claim"].isin(self.claims.loc[self.claims["team"] == team, "claim"])],
        )


def trade_offs(
    card: Scorecard, company: Company, observations: pd.DataFrame, policy: Policy | None = None
) -> TradeOffs:
    """The trade-offs of a whole company's scorecard.

    `observations`: kpi, segment, period, value of all KPIs, as known at the end of the scorecard's day. All KPIs are
    judged in one batch, once per window: the cycle, shifted by the lag of a key result that passed.
    """
    policy = policy or card.policy
    won = card.key_results["passed"].fillna(False).astype(bool)
    wins = card.key_results.loc[won, _WIN].reset_index(drop=True)
    wins["window_start"] = wins["window_start"].fillna(pd.Timestamp(card.cycle.start))
    wins["window_end"] = wins["window_end"].fillna(pd.Timestamp(card.cycle.end))
    guardrails = _guardrails(card, wins, policy)
    looked, not_looked = _looked(card, company, wins, observations, policy)
    looked = _with_chance(looked, guardrails, policy)
    return TradeOffs(
        card.cycle, card.as_of, card.data_version, policy, wins, guardrails, looked, not_looked, _claims(card),
        _shock(looked),
    )  # fmt: skip


def costs(found: TradeOffs, *, surviving: bool = True) -> pd.DataFrame:
    """One row per key result that passed and KPI that got worse in its window, guardrails first and then the surest.

    key_result, title, team, team_name, relation (see RELATIONS), the KPI's movement with owner and owner_name, p, q
    (missing for guardrails), survives (a guardrail needs not). Without `surviving` also what chance may have brought.
    """
    worse = found.looked[(found.looked["move_verdict"] == "worse") & found.looked["q"].notna()]
    worse = worse[worse["survives"]] if surviving else worse
    wins = found.wins.rename(columns={"id": "key_result", "kpi": "outcome"})
    wins = wins[["key_result", "title", "team", "team_name", "outcome", *WINDOW]]
    beside = wins.merge(worse, on=WINDOW)
    declared = wins.drop(columns=WINDOW).merge(found.broken, on="key_result")
    both = pd.concat([declared.assign(relation="guardrail", survives=True), beside], ignore_index=True)
    both = both.drop_duplicates(["key_result", "kpi", "segment"])
    own, outcome = both["owner"].eq(both["team"]), both["outcome"].eq(both["kpi"])
    both["relation"] = both["relation"].fillna(
        own.map({True: "own", False: "other"}).where(~outcome, "outcome").astype("str")
    )
    both = both.assign(declared=both["relation"] == "guardrail")
    both = both.sort_values(["declared", "p", "kpi"], ascending=[False, True, True], kind="stable")
    names = ["key_result", "title", "team", "team_name", "relation", *_MOVEMENT, "p", "p_worse", "q", "survives"]
    return both.reindex(columns=names).reset_index(drop=True)


def _guardrails(card: Scorecard, wins: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    links = card.links[(card.links["role"] == "guardrail") & card.links["key_result"].isin(wins["id"])]
    out = links.rename(columns={"kpi_owner": "owner", "team_name": "owner_name"})
    out = out.reindex(columns=["key_result", *_MOVEMENT, "min_effect"]).reset_index(drop=True)
    out["p"] = p_values(out["effect_relative"], out["lo_relative"], out["hi_relative"], policy.confidence)
    return out


def _looked(
    card: Scorecard, company: Company, wins: pd.DataFrame, observations: pd.DataFrame, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The movement of every KPI in every window of the wins, and the KPIs of which none could be had."""
    kpis = definitions.kpi_frame(company.kpis)
    observed = linked.completed(readings.with_derived(observations, kpis), kpis, card.as_of)
    observed = observed[observed["segment"] == "all"]
    valued = observed["kpi"].unique()  # looking a name up in a few names, not in every value's
    usable = kpis[~kpis["to_be_defined"] & kpis["id"].isin(valued)]
    lags = (wins["window_start"] - pd.Timestamp(card.cycle.start)).dt.days.drop_duplicates().sort_values()
    asked = usable[["id"]].rename(columns={"id": "kpi"}).merge(lags.rename("lag").to_frame(), how="cross")
    asked = asked.assign(key_result="", position=0, role="outcome", segment="all")
    links = linked.describe(asked, kpis, card.cycle, observed, card.as_of)
    links = pd.concat([links, linked.judged(links, observed, policy)], axis=1).rename(columns={"kpi_owner": "owner"})
    names = {team.id: team.label for team in company.teams}
    links["owner"] = links["owner"].fillna("")
    links["owner_name"] = links["owner"].map(names).astype("str").fillna(links["owner"])
    told = links["lo_relative"].notna() & links["hi_relative"].notna()
    missing = kpis[~kpis["id"].isin(links.loc[told, "kpi"])]
    why = links.drop_duplicates("kpi").set_index("kpi")["reason"].replace("", np.nan)
    reason = missing["id"].map(why).astype("str").fillna("too_few_periods")
    reason = reason.where(missing["id"].isin(valued), "no_total")
    reason = reason.where(~missing["to_be_defined"], "to_be_defined")
    if not len(lags):
        missing, reason = missing.iloc[:0], reason.iloc[:0]
    left = pd.DataFrame(
        {"kpi": missing["id"], "kpi_name": missing["name"], "owner": missing["owner"], "reason": reason}
    )
    return links.loc[told, [*_MOVEMENT, "min_effect"]].reset_index(drop=True), left.reset_index(drop=True)


def _with_chance(looked: pd.DataFrame, guardrails: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Adds p, p_worse, q, survives. A guardrail of a win is judged by itself and not counted here."""
    p = p_values(looked["effect_relative"], looked["lo_relative"], looked["hi_relative"], policy.confidence)
    p_worse = for_the_worse(p, looked["effect_relative"], looked["move_verdict"], looked["kpi_direction"])
    keys = ["kpi", "segment", *WINDOW]
    declared = pd.MultiIndex.from_frame(looked[keys]).isin(pd.MultiIndex.from_frame(guardrails[keys]))
    q = q_values(p_worse[~declared]).reindex(looked.index)
    survives = (looked["move_verdict"] == "worse") & (q <= policy.false_discoveries)
    return looked.assign(p=p, p_worse=p_worse, q=q, survives=survives)


def _shock(looked: pd.DataFrame) -> CommonShock:
    """Whether most KPIs moved the same way, in the window of most wins."""
    usual = looked[looked["window_start"] == looked["window_start"].mode().min()]
    names = {"effect_relative": "effect_rel", "lo_relative": "lo_rel", "hi_relative": "hi_rel"}
    return common_shock(usual.rename(columns=names))


def _claims(card: Scorecard) -> pd.DataFrame:
    """Key results marked as claiming one movement, with `claim`, a number per movement; those of one claim together."""
    shared = card.key_results["flags"].map(lambda codes: "shared_claim" in codes).astype(bool)
    rows = card.key_results[shared].copy()
    rows["claim"] = rows.groupby(["kpi", "segment"], sort=False).ngroup()
    return rows.sort_values("claim", kind="stable", ignore_index=True)
