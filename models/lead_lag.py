"""Does one KPI move ahead of another? The correlation of their surprises at lags 0 to K. Correlation, not proof.

Two series that only share a trend, a season or slow swings correlate strongly by chance. So each is reduced to its
surprises first: logs where all values are positive, changes from period to period (days are put together into weeks),
less the yearly season once two years are known, less what its own last changes foretold (an autoregression). The
driver's surprises are then laid beside the output's of 0 to K periods later.

Looking at many lags finds something in noise. The same search is therefore repeated on the driver's surprises put
together anew in blocks (which keeps what is left of their own memory): the largest correlation it finds there sets the
width of the interval, which holds for all lags at once.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.language import numeral, tr, trn
from models.policy import POLICY, Policy
from models.verdict import Word

RESHUFFLED = 999  # repetitions of the search
MEMORY = 4  # periods of its own past from which a change is foretold, at most
SEASON = {"week": 52, "month": 12, "quarter": 4}
WAVES = 2  # of a year: the season of the changes as two sines
ORDER = ("day", "week", "month", "quarter")

STRENGTHS: dict[str, Word] = {
    "strong": Word(
        "Strong", "●", "good", "The changes go together closely, more than the search over lags can find by chance."
    ),
    "some": Word("Some", "◐", "good", "The changes go together more than the search over lags can find by chance."),
    "none_seen": Word(
        "None seen", "○", "neutral", "Enough history, and no more than chance; a strong relation would have shown."
    ),
    "cannot_tell": Word("Cannot tell", "?", "neutral", "Too little history to tell a relation from chance."),
}


@dataclass(frozen=True)
class LeadLag:
    """`lag` periods of `cadence` after the driver the output answers with `correlation` (95 % interval `lo` to `hi`,
    over all lags at once); `n` pairs. by_lag: lag, correlation. Unknown (NaN, None) where nothing can be computed."""

    strength: str  # a key of STRENGTHS
    cadence: str
    lag: int | None
    correlation: float
    lo: float
    hi: float
    n: int
    by_lag: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What was seen, in one sentence; the names of the KPIs stand beside it."""
        if self.strength == "cannot_tell" and self.lag is None:
            return trn(
                "Only {count} change in common: too few to tell.",
                "Only {count} changes in common: too few to tell.",
                self.n,
            )
        interval = tr("{low} to {high}", low=_signed(self.lo), high=_signed(self.hi))
        if self.strength in ("strong", "some"):
            way = (
                tr("When it rises, the other rises {when}", when=self.when)
                if self.correlation > 0
                else tr("When it rises, the other falls {when}", when=self.when)
            )
            return tr("{way}: correlation {r} ({interval}).", way=way, r=_signed(self.correlation), interval=interval)
        return tr(
            "At most {r} ({interval}), {when}: chance does as much.",
            r=_signed(self.correlation),
            when=self.when,
            interval=interval,
        )

    @property
    def when(self) -> str:
        """`in the same week`, `3 weeks later`."""
        lag = self.lag or 0
        if not lag:
            return {
                "week": tr("in the same week"), "month": tr("in the same month"), "quarter": tr("in the same quarter")
            }[self.cadence]  # fmt: skip
        if self.cadence == "week":
            return trn("{count} week later", "{count} weeks later", lag)
        if self.cadence == "month":
            return trn("{count} month later", "{count} months later", lag)
        return trn("{count} quarter later", "{count} quarters later", lag)


def lead_lag(
    driver: pd.DataFrame,
    output: pd.DataFrame,
    cadences: tuple[str, str],
    aggregations: tuple[str, str] = ("mean", "mean"),
    policy: Policy = POLICY,
) -> LeadLag:
    """How a driver's changes go with an output's later ones. Frames: period, value; complete periods in time order.

    `cadences` and `aggregations` are those of the driver and the output; both are taken at the longer cadence, at least
    weeks.
    """
    cadence = max(*cadences, "week", key=ORDER.index)
    sides = [
        _spaced(frame, own, cadence, how)
        for frame, own, how in zip((driver, output), cadences, aggregations, strict=True)
    ]
    both = pd.concat(sides, axis=1, keys=["driver", "output"], join="inner").sort_index()
    common = both.dropna().index
    both = both.loc[common.min() : common.max()] if len(common) else both.head(0)
    left = [surprise(both[side].to_numpy(float), SEASON[cadence]) for side in ("driver", "output")]
    surprises = (left[0][0], left[1][0])
    n = int(min(np.isfinite(side).sum() for side in surprises)) if len(both) else 0
    longest = policy.longest_lag(cadence)
    if n < policy.lead_fewest or any(np.nanstd(side) == 0 for side in surprises):
        return LeadLag(
            "cannot_tell", cadence, None, np.nan, np.nan, np.nan, n, pd.DataFrame(columns=["lag", "correlation"])
        )
    found, limit = _searched(*surprises, longest, policy.confidence)
    best = int(np.abs(found).argmax())
    free = max(n - max(fitted for _, fitted in left), 1)  # what was fitted away makes chance look smaller than it is
    half = limit / np.sqrt(free)  # in Fisher's scale
    lo, hi = np.tanh(np.arctanh(np.clip(found, -0.999999, 0.999999)) + half * np.array([[-1.0], [1.0]]))
    if lo[best] > 0 or hi[best] < 0:
        near = min(abs(lo[best]), abs(hi[best]))
        strength = "strong" if abs(found[best]) >= policy.lead_strong and near >= policy.lead_weak else "some"
    else:
        strength = "none_seen" if max(hi.max(), -lo.min()) < policy.lead_strong else "cannot_tell"
    by_lag = pd.DataFrame({"lag": np.arange(longest + 1), "correlation": found})
    return LeadLag(strength, cadence, best, float(found[best]), float(lo[best]), float(hi[best]), n, by_lag)


def _spaced(frame: pd.DataFrame, own: str, cadence: str, aggregation: str) -> pd.Series:
    """Values by the number of their week, month or quarter; a longer period needs half of its shorter ones."""
    day = frame["period"]
    if cadence == "week":
        number = (day - pd.Timestamp("1900-01-01")).dt.days // 7  # Mondays
    else:
        months = (day.dt.year * 12 + day.dt.month - 1).astype("int64")
        number = months if cadence == "month" else months // 3
    grouped = frame["value"].groupby(number.to_numpy())
    out: pd.Series = grouped.last() if aggregation == "last" else grouped.mean()
    if own == cadence or out.empty:
        return out.reindex(range(out.index.min(), out.index.max() + 1)) if len(out) else out
    whole = grouped.count()
    out = out[whole >= whole.median() / 2]
    return out.reindex(range(int(out.index.min()), int(out.index.max()) + 1))


def surprise(values: np.ndarray, season: int) -> tuple[np.ndarray, int]:
    """Changes less the season of the year and what the changes before foretold, NaN where a value is missing; and how
    many figures were fitted for that."""
    known = values[np.isfinite(values)]
    level = np.log(values) if len(known) and known.min() > 0 else values
    change = np.diff(level)
    ok = np.isfinite(change)
    if ok.sum() < 3 * MEMORY:
        return change, 0
    columns = [np.ones(len(change))]
    if ok.sum() >= 2 * season:
        turn = 2 * np.pi * np.arange(len(change))[:, None] * np.arange(1, WAVES + 1) / season
        columns += [*np.sin(turn).T, *np.cos(turn).T]
    change = _residual(change, np.column_stack(columns))
    best, least, memory = change - np.nanmean(change), np.inf, 0
    for order in range(MEMORY + 1):  # the memory that foretells best for its size (AIC, on the same changes)
        past = [np.r_[np.full(lag, np.nan), change[:-lag]] for lag in range(1, order + 1)]
        left = _residual(change, np.column_stack([np.ones(len(change)), *past]))
        judged = left[MEMORY:][np.isfinite(left[MEMORY:])]
        spread = float((judged**2).mean()) if len(judged) else 0.0
        score = len(judged) * np.log(spread) + 2 * order if spread > 0 else np.inf
        if score < least - 1e-9 and len(judged):
            best, least, memory = left, score, order
    return best, len(columns) + memory


def _residual(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    ok = np.isfinite(y) & np.isfinite(x).all(1)
    out = np.full(len(y), np.nan)
    if ok.sum() > x.shape[1]:
        fit, *_ = np.linalg.lstsq(x[ok], y[ok], rcond=None)
        out[ok] = y[ok] - x[ok] @ fit
    return out


def _searched(driver: np.ndarray, output: np.ndarray, longest: int, confidence: float) -> tuple[np.ndarray, float]:
    """Correlation at each lag, and the largest that chance finds among them, in standard errors."""
    ok = np.isfinite(driver)
    y, seen = _standard(output)
    found = _correlations(_standard(driver)[0][None, :], ok[None, :], y, seen, longest)[0]
    rng = np.random.default_rng(0)  # the same data give the same answer
    n = len(driver)
    block = max(1, round(n ** (1 / 3)))
    starts = rng.integers(0, n, (RESHUFFLED, -(-n // block)))
    places = ((starts[:, :, None] + np.arange(block)) % n).reshape(RESHUFFLED, -1)[:, :n]
    known = ok[places]
    by_chance = _correlations(np.where(known, _standard(driver)[0][places], 0.0), known, y, seen, longest)
    largest = np.abs(np.arctanh(np.clip(by_chance, -0.999999, 0.999999))).max(1) * np.sqrt(min(ok.sum(), seen.sum()))
    return found, float(np.quantile(largest, confidence))


def _standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean 0 and spread 1; 0 where missing. And where it is known."""
    ok = np.isfinite(x)
    return np.where(ok, (x - np.nanmean(x)) / np.nanstd(x), 0.0), ok


def _correlations(
    drivers: np.ndarray, known: np.ndarray, output: np.ndarray, seen: np.ndarray, longest: int
) -> np.ndarray:
    """drivers × lags; the output stands `lag` periods after the driver."""
    n = len(output)
    out = np.zeros((len(drivers), longest + 1))
    for lag in range(min(longest, n - 1) + 1):
        both = known[:, : n - lag] & seen[lag:]
        x, y = drivers[:, : n - lag] * both, output[lag:] * both
        spread = np.sqrt((x**2).sum(1) * (y**2).sum(1))
        out[:, lag] = np.divide((x * y).sum(1), spread, out=np.zeros(len(drivers)), where=spread > 0)
    return out


def _signed(correlation: float) -> str:
    return numeral(f"{correlation:+.2f}".replace("-", "\u2212"))
