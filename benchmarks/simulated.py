"""Series whose truth is known: seeded, of three cadences, with nothing or a step in the window."""

import numpy as np
import pandas as pd

CADENCES = {"week": ("7D", (60, 160), 13), "month": ("MS", (24, 96), 3), "day": ("D", (370, 700), 91)}
SIZES = (0.0, 0.05, 0.10, 0.20)


def cases(per_cadence: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases (with `truth`, the relative effect, and `series`) and their values, in the form that `judge` reads.

    Levels that wander, yearly and weekly shapes, noise of 1 to 15 %, sizes and lengths all drawn per series.
    """
    rng = np.random.default_rng(seed)
    rows, frames = [], []
    for cadence, (frequency, lengths, window) in CADENCES.items():
        for i in range(per_cadence):
            n = int(rng.integers(*lengths)) + window
            index = pd.date_range("2019-01-07" if cadence != "month" else "2015-01-01", periods=n, freq=frequency)
            y = _series(rng, index, cadence)
            truth = float(rng.choice(SIZES)) * (1 if rng.random() < 0.5 else -1)
            y[-window:] *= 1 + truth
            name = f"{cadence}{i}"
            rows.append({"case_id": name, "series_id": name, "cadence": cadence, "cycle_start": index[-window],
                         "cycle_end": index[-1], "direction": "up", "min_effect": 0.05, "truth": truth})  # fmt: skip
            frames.append(pd.DataFrame({"case_id": name, "role": "kpi", "date": index, "value": y}))
    return pd.DataFrame(rows), pd.concat(frames, ignore_index=True)


def _series(rng: np.random.Generator, index: pd.DatetimeIndex, cadence: str) -> np.ndarray:
    n = len(index)
    noise = np.exp(rng.uniform(np.log(0.01), np.log(0.15)))
    walk = np.cumsum(rng.normal(size=n)) * noise * rng.choice([0.0, 0.02, 0.1, 0.4])
    year = 2 * np.pi * index.day_of_year.to_numpy() / 365.25
    season = rng.choice([0.0, 0.05, 0.2]) * np.sin(year + rng.uniform(0, 6)) + 0.03 * np.sin(2 * year)
    week = np.where(index.day_of_week >= 5, -rng.uniform(0, 1), 0.0) if cadence == "day" else 0.0
    return rng.uniform(10, 1e5) * np.exp(walk + season + week + noise * rng.normal(size=n))
