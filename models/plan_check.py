"""Before a cycle starts: is the target worth setting? What could be seen, and what luck alone would bring."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from models.calibration import TAIL_DOF, UNIT, forecast_error, rescale
from models.effects import effects
from models.expectation import foretell
from models.forecast import chance_in_words, forecast
from models.language import numeral, tr
from models.paths import futures, periods_between
from models.periods import seen_cadence
from models.policy import POLICY, Policy
from models.windows import CADENCE_WORDS

POWER = 0.8  # probability with which a change should be seen to count as detectable
TRIALS = 30  # windows drawn for each size of change
LADDER = (0.5, 1.0, 1.5, 2.0, 2.75, 4.0, 6.0)  # sizes tried, in standard deviations of the forecast
WEEKS_PER_PERIOD = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 12 / 7, "quarter": 365.25 / 4 / 7}
LENGTHS = {  # periods of the windows tried for `weeks_needed`
    "day": (14, 28, 56, 91, 182, 364),
    "week": (4, 8, 13, 26, 39, 52),
    "month": (2, 3, 4, 6, 9, 12),
    "quarter": (1, 2, 3, 4, 6, 8),
}


@dataclass(frozen=True)
class PlanCheck:
    """smallest_detectable_change: share of the expected value that one cycle shows with 80 % probability.

    weeks_needed: weeks until a change of the wanted size shows (NaN: not within the lengths tried). chance_by_luck:
    probability that the target is met by doing nothing. chance_of_target: the same if the best of the n past windows of
    this length repeated. best_past: what that one brought, relative to what was expected then. NaN where nothing can be
    said.
    """

    smallest_detectable_change: float
    weeks_needed: float
    chance_by_luck: float
    chance_of_target: float
    best_past: float
    wanted: float
    n: int
    reason: str

    def sentence(self, name: str = "") -> str:
        """The check in plain words."""
        name = name or tr("the KPI")
        if self.reason:
            return tr("The plan cannot be checked: {kpi} has too little history.", kpi=name)
        least = _percent(self.smallest_detectable_change)
        words = [tr("In one cycle {kpi} must change by {size} % for it to show.", kpi=name, size=least)]
        if np.isfinite(self.wanted):
            size = _percent(self.wanted)
            if np.isfinite(self.weeks_needed):
                weeks = f"{self.weeks_needed:.0f}"
                words.append(tr("A change of {size} % needs {weeks} weeks to show.", size=size, weeks=weeks))
            else:
                words.append(tr("A change of {size} % is too small to show.", size=size))
        if np.isfinite(self.chance_by_luck):
            luck = chance_in_words(self.chance_by_luck)
            words.append(tr("The chance of meeting the target by doing nothing is {chance}.", chance=luck))
        if np.isfinite(self.chance_of_target):
            words.append(
                tr(
                    "If the best of {n} past windows repeated ({best} %), it would be {chance}.",
                    n=self.n,
                    best=numeral(f"{self.best_past * 100:+.1f}").replace("-", "−"),
                    chance=chance_in_words(self.chance_of_target),
                )
            )
        return " ".join(words)


def _percent(share: float) -> str:
    return numeral(f"{share * 100:.1f}")


def plan_check(
    series: pd.Series,
    start: Any,
    end: Any,
    target: float | None = None,
    *,
    wanted: float | None = None,
    direction: str = "up",
    reading: str = "mean",
    trailing: int | None = None,
    cadence: str | None = None,
    policy: Policy = POLICY,
) -> PlanCheck:
    """Check a target for the cycle [start, end] with the values before it.

    wanted: the relative change to be seen; by default what the target asks of the expected value, else the policy's
    smallest change that matters.
    """
    known = series.dropna().sort_index()
    known = known[known.index < pd.Timestamp(start)]
    nothing = PlanCheck(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, "short_history")
    if known.empty:
        return nothing
    word = CADENCE_WORDS[cadence] if cadence else seen_cadence(pd.DatetimeIndex(known.index).date)
    ahead = periods_between(known.index[-1], pd.Timestamp(start), pd.Timestamp(end), word)
    drawn = futures(known, ahead, word) if len(ahead) else None
    if drawn is None:
        return nothing
    same: dict[str, Any] = {
        "reading": reading,
        "trailing": trailing,
        "direction": direction,
        "cadence": word,
        "policy": policy,
    }
    luck = forecast(known, start, end, target=target, **same)
    if wanted is None:
        wanted = abs(target / luck.expected - 1) if target is not None and luck.expected else policy.min_change
    best, n = _best_past(drawn.got, direction)
    repeated = None
    if target is not None and n:
        repeated = forecast(known, start, end, target=target, shift=best, **same).chance
    return PlanCheck(
        _detectable(known, len(ahead), word, policy),
        _weeks_needed(known, wanted, word, policy),
        np.nan if luck.chance is None else luck.chance,
        np.nan if repeated is None else repeated,
        best,
        float(wanted),
        n,
        "",
    )


def _best_past(got: Any, direction: str) -> tuple[float, int]:
    """The best of the earlier windows, relative to what was foretold of it, and how many there were."""
    errors = (got.past_weights() * got.past_error).sum(0)[0][got.past[0]]
    if not len(errors):
        return np.nan, 0
    return float(np.expm1(errors.min() if direction == "down" else errors.max())), len(errors)


def _detectable(known: pd.Series, periods: int, cadence: str, policy: Policy) -> float:
    """The lasting change that windows of so many periods show with 80 % probability.

    Windows are drawn as they would be with nothing done, a change is added, and they are judged; the change in question
    lies between the two neighbours of LADDER where the share found passes 80 %.
    """
    step = pd.DateOffset(**{{"day": "days", "week": "weeks"}.get(cadence, "months"): 3 if cadence == "quarter" else 1})
    ahead = pd.date_range(known.index[-1], periods=periods + 1, freq=step)[1:]
    drawn = futures(known, ahead, cadence, draws=TRIALS)
    if drawn is None:
        return np.nan
    panel, weight = drawn.panel, drawn.panel.weight
    spread = float(np.sqrt(forecast_error(drawn.got)[1][0] * rescale(cadence, panel.n, drawn.got)[0]))
    sizes = np.array(LADDER) * spread
    trials = (drawn.units[None] + sizes[:, None, None]).reshape(len(sizes) * len(drawn.units), -1)
    many = len(trials)
    n = panel.n.repeat(many)
    got = foretell(cadence, panel.u.repeat(many, 0), n, trials, weight.repeat(many, 0))
    seen = effects(got, weight.repeat(many, 0), rescale(cadence, n, got))
    reach = -stdtrit(TAIL_DOF, (1 - policy.confidence) / 2) * UNIT
    found = (seen.effect > reach * np.sqrt(seen.variance)).reshape(len(sizes), -1).mean(1)
    size = float(np.interp(POWER, np.maximum.accumulate(found) + 1e-9 * np.arange(len(found)), sizes))
    if panel.logs[0]:
        return float(np.expm1(size))
    level = abs(float((drawn.units.mean(0) * weight[0]).sum()))
    return size / level if level > 0 else np.nan


def _weeks_needed(known: pd.Series, wanted: float, cadence: str, policy: Policy) -> float:
    for periods in LENGTHS[cadence]:
        if _detectable(known, periods, cadence, policy) <= wanted:
            return periods * WEEKS_PER_PERIOD[cadence]
    return np.nan
