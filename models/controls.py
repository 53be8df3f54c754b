"""Comparable KPIs that the work cannot touch: what moved them too is not an effect.

Each way in which the controls could speak for the KPI is a hypothesis: not at all; one to one (the KPI's log follows
the controls' mean log); or each with its own coefficient, by ridge on the steps. Every
hypothesis turns the case into a series without controls, KPI − what the controls say, to which the same models apply;
the evidence of the history then weighs hypotheses and models together.

When the controls themselves leave what was foretold of them, the history may have had no such shock to learn from: part
of the weight goes to "the KPI follows them one to one", and the effect carries the doubt whether the relation held.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.calibration import forecast_error, rescale
from models.cleaning import Panel, to_units
from models.expectation import Foretold, foretell
from models.windows import Grid

COEFFICIENTS = {0.0: 0.25, 1.0: 0.55}  # of the controls' mean: prior probability
RIDGE_PRIOR = 0.2  # prior probability of a coefficient for each control
RIDGE_SPREAD = 0.25  # prior standard deviation of the sum of those coefficients around 1
LEAST_SHARE = 0.8  # a control with values in fewer of the KPI's units is left out
DRIFT = 0.12  # of the controls' departure: doubt whether the relation held in the window
MUCH_WORSE = 6.0  # "one to one" is no answer if it leaves this many times the KPI's own uncertainty
SHOCK_FROM = 1.0  # standard deviations; from here on a departure of the controls is taken as a shock to all


@dataclass(frozen=True)
class Beside:
    """The controls' weighted mean (centred on its history) on the KPI's units, and each control: history and window."""

    usable: np.ndarray
    history: np.ndarray
    window: np.ndarray
    each_history: np.ndarray
    each_window: np.ndarray
    present: np.ndarray

    def some(self, rows: np.ndarray) -> "Beside":
        """The controls of some of the series."""
        return Beside(
            self.usable[rows], self.history[rows], self.window[rows],
            self.each_history[:, rows], self.each_window[:, rows], self.present[:, rows],
        )  # fmt: skip


def beside(grid: Grid, panel: Panel) -> Beside:
    """The controls of every case of a grid, on the units of its KPI."""
    series, size = panel.u.shape
    width = panel.window.shape[1]
    count = len(grid.roles) - 1
    past, now = np.zeros((count, series, size)), np.zeros((count, series, width))
    present = np.zeros((count, series), dtype=bool)
    columns = np.arange(size)
    for i in range(count):
        control = to_units(grid, i + 1, panel.n)
        known = (columns < panel.n[:, None]) & ~control.gap
        covers = ((control.weight > 0) | (panel.weight == 0)).all(1)
        present[i] = (known.sum(1) >= LEAST_SHARE * np.maximum(panel.n, 1)) & covers & control.logs & panel.logs
        centre = control.u.sum(1) / np.maximum(panel.n, 1)
        inside = columns < panel.n[:, None]
        past[i] = np.where(present[i][:, None] & inside, control.u - centre[:, None], 0.0)
        now[i] = np.where(present[i][:, None], control.window - centre[:, None], 0.0)
    share = _shares(past, panel.n, present)[:, :, None]
    usable = np.asarray(present.any(0))
    return Beside(usable, (share * past).sum(0), (share * now).sum(0), past, now, present)


def _shares(past: np.ndarray, n: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Weights of the controls in their mean (controls × series): a control that jumps about says less."""
    step = np.where(np.arange(1, past.shape[2]) < n[:, None], np.diff(past, axis=2), 0.0)
    variance = (step**2).sum(2) / np.maximum(n - 1, 1)
    usual = np.where(present, variance, 0.0).sum(0) / np.maximum(present.sum(0), 1)
    weight = np.where(present, 1 / (variance + 0.1 * usual + 1e-12), 0.0)
    return weight / np.maximum(weight.sum(0), 1e-300)


def with_controls(cadence: str, panel: Panel, by: Beside) -> tuple[Foretold, np.ndarray]:
    """What was foretold given the controls, and the variance that doubt about the relation adds (series)."""
    own, own_window = _ridge(panel, by)
    hypotheses = [(b, p, b * by.history, b * by.window) for b, p in COEFFICIENTS.items()]
    hypotheses.append((np.nan, RIDGE_PRIOR, own, own_window))
    parts = [
        foretell(cadence, panel.u - past, panel.n, panel.window - now, panel.weight) for _, _, past, now in hypotheses
    ]
    departure, guard = _shock(cadence, panel, by)
    joined = _join(parts, np.array([p for _, p, _, _ in hypotheses]))
    one_to_one = [b == 1.0 for b, _, _, _ in hypotheses].index(True)
    models = len(parts[0].log_evidence)
    rows = slice(one_to_one * models, (one_to_one + 1) * models)
    guard = guard / (1 + (_spread(parts[one_to_one]) / (MUCH_WORSE * _spread(parts[0]))) ** 4)
    weight = joined.weights() * (1 - guard)
    weight[rows] += guard * parts[one_to_one].weights()
    with np.errstate(divide="ignore"):
        joined = replace(joined, log_evidence=np.log(weight))
    return joined, (DRIFT * departure) ** 2


def _spread(got: Foretold) -> np.ndarray:
    """Standard deviation that the models state for the window's mean."""
    return np.sqrt(np.maximum(forecast_error(got)[1], 1e-18))


def _join(parts: list[Foretold], prior: np.ndarray) -> Foretold:
    along = ("log_evidence", "variance", "error", "power", "surprise", "past_error", "past_variance", "past_evidence")
    merged = {name: np.concatenate([getattr(p, name) for p in parts]) for name in along}
    repeated = np.repeat(np.log(prior), len(parts[0].log_evidence))
    merged["log_evidence"] = merged["log_evidence"] + repeated[:, None]
    merged["past_evidence"] = merged["past_evidence"] + repeated[:, None, None]
    return replace(parts[0], **merged)


def _shock(cadence: str, panel: Panel, by: Beside) -> tuple[np.ndarray, np.ndarray]:
    """How far the controls' mean is from what was foretold of it, and the weight that "one to one" is given for it."""
    got = foretell(cadence, by.history, panel.n, by.window, panel.weight)
    error, variance = forecast_error(got)
    sd = np.sqrt(variance * rescale(cadence, panel.n, got))
    z = np.abs(error) / np.where(sd > 0, sd, np.inf)
    return error, -np.expm1(-0.5 * np.maximum(z - SHOCK_FROM, 0.0) ** 2)


def _ridge(panel: Panel, by: Beside) -> tuple[np.ndarray, np.ndarray]:
    """What the controls say with a coefficient each: ridge towards 1 / count, on the steps of the history."""
    count = len(by.each_history)
    step = np.diff(by.each_history, axis=2)
    own = np.diff(panel.u, axis=1)
    inside = np.arange(own.shape[1]) < (panel.n - 1)[:, None]
    step, own = np.where(inside, step, 0.0), np.where(inside, own, 0.0)
    many = np.maximum(by.present.sum(0), 1)
    centre = by.present / many
    rest = own - (centre[:, :, None] * step).sum(0)
    noise = (rest**2).sum(1) / np.maximum(panel.n - 2, 1)
    gram = np.einsum("ist,jst->sij", step, step)
    tight = noise * many / RIDGE_SPREAD**2
    gram += np.einsum("s,ij->sij", tight + 1e-12, np.eye(count))
    shift = np.linalg.solve(gram, np.einsum("ist,st->si", step, rest)[:, :, None])[:, :, 0].T
    b = np.where(by.present, centre + shift, 0.0)
    return (b[:, :, None] * by.each_history).sum(0), (b[:, :, None] * by.each_window).sum(0)
