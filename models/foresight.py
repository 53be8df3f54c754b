"""How well people and models foresee: chances said at mid-cycle against what happened. For learning, never to rank.

The Brier score is the mean squared difference between the chance said (0 to 1) and what happened (0 or 1): 0 is
perfect, 0.25 is what always saying "even odds" gets.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from models.language import numeral, tr, trn
from models.periods import Window
from models.policy import POLICY, Policy

SUREST = 0.05  # nobody's "certain" is taken to mean less than this much doubt when luck is reckoned
BINS = ((0.0, 0.35), (0.35, 0.65), (0.65, 1.0))  # low, even, high: as fine as a handful of key results allows


@dataclass(frozen=True)
class Foresight:
    """n chances with known outcomes; brier: theirs; always: that of saying the share that passed every time.

    luck: how far apart the share that passed and the mean chance may lie by luck alone (1.96 standard errors).
    table: low, high, n, said (mean chance), happened (share that passed); bins without a chance are left out.
    """

    n: int
    brier: float
    always: float
    table: pd.DataFrame = field(repr=False)
    luck: float = float("nan")
    enough: bool = False

    def sentence(self) -> str:
        """What may be said of it."""
        if self.n == 0:
            return tr("Nobody said at mid-cycle how sure they were, so there is nothing to compare yet.")
        if not self.enough:
            return trn(
                "{count} chance was given at mid-cycle: too few to say how well it was judged.",
                "{count} chances were given at mid-cycle: too few to say how well they were judged.",
                self.n,
            )
        figures = {
            "n": numeral(f"{self.n:,}"),
            "said": numeral(f"{100 * self.said:.0f}"),
            "happened": numeral(f"{100 * self.happened:.0f}"),
        }
        if abs(self.said - self.happened) <= self.luck:
            return tr(
                "For {n} key results the mean chance given was {said} %, and {happened} % passed: no further apart "
                "than luck explains.",
                **figures,
            )
        if self.said > self.happened:
            return tr(
                "For {n} key results the mean chance given was {said} %, but {happened} % passed: more hope than came "
                "true.",
                **figures,
            )
        return tr(
            "For {n} key results the mean chance given was {said} %, and {happened} % passed: more came true than was "
            "hoped for.",
            **figures,
        )

    @property
    def said(self) -> float:
        """Mean chance given."""
        return self._mean("said")

    @property
    def happened(self) -> float:
        """Share that passed."""
        return self._mean("happened")

    def _mean(self, column: str) -> float:
        return float((self.table[column] * self.table["n"]).sum() / self.n)


def foresight(chances: pd.Series, happened: pd.Series, policy: Policy = POLICY) -> Foresight:
    """`chances` 0..1 and `happened` True or False, beside each other; a row with either missing does not count."""
    rows = pd.DataFrame({"said": chances.astype(float).to_numpy(), "happened": _as_number(happened)}).dropna()
    n = len(rows)
    if n == 0:
        empty = pd.DataFrame(columns=["low", "high", "n", "said", "happened"])
        return Foresight(0, float("nan"), float("nan"), empty)
    share = float(rows["happened"].mean())
    edges = [low for low, _ in BINS[1:]]
    place = np.searchsorted(edges, rows["said"], side="right")
    grouped = rows.groupby(place).agg(n=("said", "size"), said=("said", "mean"), happened=("happened", "mean"))
    table = pd.DataFrame(BINS, columns=["low", "high"]).join(grouped, how="inner").reset_index(drop=True)
    unsure = rows["said"].clip(SUREST, 1 - SUREST)
    luck = 1.96 * float(np.sqrt((unsure * (1 - unsure)).sum())) / n
    score = brier(rows["said"], rows["happened"])
    return Foresight(n, score, share * (1 - share), table, luck, n >= policy.chances_fewest)


def brier(chances: pd.Series, happened: pd.Series) -> float:
    """Mean squared difference; both 0..1 and complete."""
    return float(((chances.to_numpy(float) - happened.to_numpy(float)) ** 2).mean())


def _as_number(happened: pd.Series) -> np.ndarray:
    return happened.astype(object).where(happened.notna(), np.nan).astype(float).to_numpy()


def middle(window: Window) -> date:
    """The day on which half of a cycle is over."""
    return window.start + (window.end - window.start) // 2


def said_by(check_ins: pd.DataFrame, ends: pd.Series) -> pd.Series:
    """The last confidence given by a day, as a chance 0..1, per key result.

    `check_ins`: key_result, day, confidence (0 to 10); `ends`: key result → last day that counts.
    """
    rows = check_ins.dropna(subset=["confidence"])
    rows = rows[rows["day"] <= pd.to_datetime(rows["key_result"].map(ends))]
    last = rows.sort_values("day", kind="stable").drop_duplicates("key_result", keep="last")
    return last.set_index("key_result")["confidence"] / 10
