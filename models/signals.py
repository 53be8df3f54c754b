"""What many judged KPIs say together, and what one says early: everything moved, and a turn for the worse.

Pure functions over results of `judge`: codes and numbers, with the sentence born beside them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtrc, stdtr, stdtrit

from models.calibration import TAIL_DOF
from models.language import numeral, tr
from models.xmr import xmr

MIN_KPIS = 5  # fewer KPIs cannot show that "everything" moved
SHARED = 0.5  # share of KPIs that moved the same way from which a common cause is likely
BY_CHANCE = 0.001  # and chance alone brings so many less often than this
ALARM = 0.025  # chance of a false movement to one side
WARNING = 0.9  # probability of a movement for the worse from which a running cycle is warned of


@dataclass(frozen=True)
class CommonShock:
    """Whether most KPIs moved the same way at once. direction: up, down or ''. moved of judged KPIs moved that way;
    median_effect: their median relative effect; chance: probability of so many by chance alone."""

    direction: str
    moved: int
    judged: int
    median_effect: float
    chance: float

    def sentence(self) -> str:
        if not self.direction:
            return ""
        said = (
            tr(
                "{moved} of {judged} KPIs rose at the same time (by {size} % at the median): something moved "
                "everything, so be careful to credit any one key result."
            )
            if self.direction == "up"
            else tr(
                "{moved} of {judged} KPIs fell at the same time (by {size} % at the median): something moved "
                "everything, so be careful to credit any one key result."
            )
        )
        return said.format(moved=self.moved, judged=self.judged, size=numeral(f"{abs(self.median_effect) * 100:.0f}"))


def common_shock(judged: pd.DataFrame) -> CommonShock:
    """Looks over results of `judge` for the same window, one row per KPI (effect_rel, lo_rel, hi_rel).

    Directions are those of the numbers, not of better and worse: a shock raises or lowers.
    """
    known = judged[judged["lo_rel"].notna() & judged["hi_rel"].notna()]
    up, down = known["lo_rel"] > 0, known["hi_rel"] < 0
    direction, side = ("up", up) if up.sum() >= down.sum() else ("down", down)
    count, n = int(side.sum()), len(known)
    chance = float(bdtrc(count - 1, n, ALARM)) if count else 1.0
    found = n >= MIN_KPIS and count >= SHARED * n and chance < BY_CHANCE
    middle = float(known.loc[side, "effect_rel"].median()) if count else np.nan
    return CommonShock(direction if found else "", count, n, middle, chance)


@dataclass(frozen=True)
class EarlyWarning:
    """level: '', 'watch' (an XmR signal for the worse) or 'act' (the movement so far is worse, or likely so)."""

    level: str
    reason: str
    probability_worse: float

    def sentence(self, name: str = "") -> str:
        """The warning in plain words; '' without one."""
        name = name or tr("the KPI")
        name = name[0].upper() + name[1:]
        if self.reason == "moved":
            return tr("{kpi} has turned for the worse in this cycle.", kpi=name)
        if self.reason == "likely":
            sure = f"{self.probability_worse * 100:.0f}"
            return tr("{kpi} is probably turning for the worse ({sure} % sure).", kpi=name, sure=sure)
        if self.reason == "signal":
            return tr("{kpi} shows an early signal for the worse on its process behaviour chart.", kpi=name)
        return ""


def early_warning(
    verdict: str, effect_rel: float, lo90_rel: float, hi90_rel: float, values: pd.Series, direction: str
) -> EarlyWarning:
    """Warn while a cycle runs: from the movement so far (a row of `judge`) and the XmR chart of the latest values.

    The probability that the effect is for the worse is read from the effect and its 90 % interval.
    """
    worse = _probability_worse(effect_rel, lo90_rel, hi90_rel, direction)
    if verdict == "worse":
        return EarlyWarning("act", "moved", worse)
    if worse >= WARNING and verdict == "cannot_tell":
        return EarlyWarning("act", "likely", worse)
    if verdict in ("cannot_tell", "flat") and xmr(values.to_numpy(), direction).variation.startswith("concern"):
        return EarlyWarning("watch", "signal", worse)
    return EarlyWarning("", "", worse)


def _probability_worse(effect: float, lo90: float, hi90: float, direction: str) -> float:
    if not np.isfinite([effect, lo90, hi90]).all() or hi90 <= lo90 or direction not in ("up", "down"):
        return np.nan
    scale = (np.log1p(max(hi90, -0.999)) - np.log1p(max(lo90, -0.999))) / (2 * -stdtrit(TAIL_DOF, 0.05))
    below = float(stdtr(TAIL_DOF, -np.log1p(max(effect, -0.999)) / scale)) if scale > 0 else np.nan
    return below if direction == "up" else 1 - below
