"""What else says whether a series moved: each gives lo and hi of the relative effect of one window, or NaN.

The first three need nothing; statsmodels and bsts-causalimpact are in benchmarks/requirements.txt and are passed over
where they are missing.
"""

import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from scipy import stats

Peer = Callable[[pd.Series, int], tuple[float, float]]  # series and periods in the window → lo, hi


def before_after(y: pd.Series, window: int) -> tuple[float, float]:
    """Mean of the window against the mean of as many periods before: no interval, moved beyond 5 %."""
    change = y.iloc[-window:].mean() / y.iloc[-2 * window : -window].mean() - 1
    return change - 0.05, change + 0.05


def year_over_year(y: pd.Series, window: int) -> tuple[float, float]:
    """The window against the same days a year before: no interval, moved beyond 5 %."""
    start = y.index[-window] - pd.DateOffset(years=1)
    last = y[(y.index >= start) & (y.index <= y.index[-1] - pd.DateOffset(years=1))]
    change = y.iloc[-window:].mean() / last.mean() - 1 if len(last) else np.nan
    return change - 0.05, change + 0.05


def welch(y: pd.Series, window: int) -> tuple[float, float]:
    """Welch's t interval of the difference between the window and as many periods before."""
    after, before = y.iloc[-window:], y.iloc[-2 * window : -window]
    found = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    return found.low / before.mean(), found.high / before.mean()


def interrupted(y: pd.Series, window: int) -> tuple[float, float]:
    """Interrupted time series: level and trend with a step, HAC standard errors, on logs (statsmodels)."""
    import statsmodels.api as sm

    step = (np.arange(len(y)) >= len(y) - window).astype(float)
    x = sm.add_constant(np.column_stack([np.arange(len(y)), step]))
    fit = sm.OLS(np.log(y.to_numpy()), x).fit(cov_type="HAC", cov_kwds={"maxlags": 4})
    lo, hi = fit.conf_int()[2]
    return float(np.expm1(lo)), float(np.expm1(hi))


def smoothing(y: pd.Series, window: int) -> tuple[float, float]:
    """Damped exponential smoothing on logs; interval of the window's mean by simulation (statsmodels)."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    past = np.log(y.iloc[:-window].to_numpy())
    season = {"day": 7, "month": 12}.get(_cadence(y))
    model = ETSModel(
        past, error="add", trend="add", damped_trend=True,
        seasonal="add" if season and len(past) > 2 * season else None, seasonal_periods=season,
    )  # fmt: skip
    fit = model.fit(disp=False)
    draws = np.asarray(fit.simulate(window, anchor="end", repetitions=300)).mean(axis=0)
    lo, hi = np.quantile(np.log(y.iloc[-window:]).mean() - draws, [0.025, 0.975])
    return float(np.expm1(lo)), float(np.expm1(hi))


def causal_impact(y: pd.Series, window: int) -> tuple[float, float]:
    """CausalImpact with its defaults (bsts-causalimpact, a port of the R package)."""
    from causal_impact import CausalImpact

    days = [str(d.date()) for d in (y.index[0], y.index[-window - 1], y.index[-window], y.index[-1])]
    found = CausalImpact(pd.DataFrame({"y": y}), days[:2], days[2:]).summary_stats
    actual = y.iloc[-window:].mean()
    return tuple(actual / (actual - found[side]) - 1 for side in ("ci_lower", "ci_upper"))


def _cadence(y: pd.Series) -> str:
    gap = (y.index[1] - y.index[0]).days
    return "day" if gap == 1 else "week" if gap == 7 else "month"


def all_peers() -> dict[str, Peer]:
    """The peers that can run here, by name."""
    out: dict[str, Peer] = {"mean before and after, 5 %": before_after, "year over year, 5 %": year_over_year,
                            "Welch t": welch}  # fmt: skip
    if find_spec("statsmodels"):
        out |= {"interrupted time series, HAC": interrupted, "exponential smoothing": smoothing}
    if find_spec("causal_impact"):
        out["CausalImpact, defaults"] = causal_impact
    return out


def quiet(peer: Peer, y: pd.Series, window: int) -> tuple[float, float]:
    """A peer that fails says nothing of that window."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return peer(y, window)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError, KeyError, IndexError):
            return np.nan, np.nan
