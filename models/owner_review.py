"""An owner's key results over the cycles: what was claimed, what was verified, and how well it was foreseen."""

from dataclasses import dataclass, field

import pandas as pd

from models.company import Company
from models.foresight import Foresight
from models.language import numeral, tr, trn

VERIFIED = ("real_win",)
REFUTED = ("vanity", "backfired")  # passed, and the data says that the KPI did not get better
UNCOUNTED = ("unproven", "unlinked", "too_early")  # passed, and the data cannot say


@dataclass(frozen=True)
class Tally:
    """Passed key results of cycles that are over, by what the data says of them."""

    key_results: int
    claimed: int
    verified: int
    refuted: int
    uncounted: int

    def sentence(self) -> str:
        """The count in words, with what cannot be counted apart."""
        if self.key_results == 0:
            return tr("No cycle with these key results is over yet.")
        said = trn(
            "{claimed} of {count} key result passed.",
            "{claimed} of {count} key results passed.",
            self.key_results,
            claimed=numeral(f"{self.claimed:,}"),
        )
        if self.claimed == 0:
            return said
        parts = [trn("{count} moved its KPI.", "{count} moved their KPI.", self.verified)]
        if self.refuted:
            parts.append(
                trn(
                    "{count} passed while its KPI did not get better.",
                    "{count} passed while their KPI did not get better.",
                    self.refuted,
                )
            )
        if self.uncounted:
            parts.append(
                trn(
                    "{count} is not counted: unproven, unlinked or too early.",
                    "{count} are not counted: unproven, unlinked or too early.",
                    self.uncounted,
                )
            )
        return " ".join([said, *parts])


@dataclass(frozen=True)
class OwnerReview:
    """`rows`: id, title, cycle, cycle_end, over, score, passed, verdict, verdict_word, sentence, objective_title,
    team_name, chance; newest cycle first."""

    owner: str
    rows: pd.DataFrame = field(repr=False)
    tally: Tally
    foresight: Foresight


def owners(company: Company) -> list[str]:
    """Everybody who answers for a key result, in alphabetical order; a team where nobody is named."""
    return sorted({*owned(company).values()}, key=lambda name: (name.casefold(), name))


def owned(company: Company) -> dict[str, str]:
    """Key result → its owner, else that of its objective, else its team."""
    teams = {team.id: team.label for team in company.teams}
    found = {}
    for objective in company.objectives:
        team = teams.get(objective.team or "", objective.team)
        for kr in company.key_results.get(objective.id, []):
            owner = kr.owner or objective.owner or team
            if owner:
                found[kr.id] = owner
    return found


def tally(rows: pd.DataFrame) -> Tally:
    """Counted over cycles that are over: passed, verdict, over."""
    ended = rows[rows["over"].astype(bool)]
    won = ended[ended["passed"].fillna(False).astype(bool)]
    verdicts = won["verdict"]
    return Tally(
        len(ended),
        len(won),
        int(verdicts.isin(VERIFIED).sum()),
        int(verdicts.isin(REFUTED).sum()),
        int(verdicts.isin(UNCOUNTED).sum()),
    )
