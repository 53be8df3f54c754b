"""What the owners at Nordlys reported: values where no KPI is read, and how confident they were."""

import numpy as np
import pandas as pd

# key result -> first and last day of reporting, values from first to last, confidence from first to last
REPORTED = {
    "onboarding-25q4": ("2025-10-10", "2025-12-30", 6.5, 8.2, 6, 9),
    "hiring-26q1": ("2026-01-09", "2026-03-30", 1, 24, 6, 9),
    "wellness-26q2": ("2026-04-10", "2026-06-29", 4, 66, 7, 9),
    "mentors": ("2026-07-10", "2026-09-29", 24, 100, 6, 10),
    "certificates": ("2026-07-10", "2026-09-29", 0, 31, 8, 4),
    "help-articles": ("2026-10-09", "2026-11-13", 4, 41, 7, 6),
}
FELT = {
    "nps-70": ("2026-07-10", "2026-09-29", 7, 3),
    "daily-actives-2m": ("2026-07-10", "2026-09-29", 5, 9),
    "pulse": ("2026-07-10", "2026-09-29", 7, 10),
    "subscriptions": ("2026-07-10", "2026-09-29", 6, 9),
    "self-service": ("2026-07-10", "2026-09-29", 8, 2),
    "daily-actives-26q4": ("2026-10-09", "2026-11-13", 6, 5),
    "csat-back": ("2026-10-09", "2026-11-13", 5, 6),
}
NOTES = {
    ("nps-70", 3): "Reviews praise the new start screen; the survey moves slowly.",
    ("self-service", 6): "The new search was postponed to next quarter.",
    ("certificates", 8): "Two courses cancelled for want of trainers.",
    ("pulse", 8): "Comments on the reward programme are very warm.",
}


def check_ins(rng: np.random.Generator) -> pd.DataFrame:
    """key_result, at, value (None where a KPI is read), confidence 0 to 10, note: weekly and on the last day."""
    rows = []
    for key_result, (first, last, begin, end, sure, sure_end) in REPORTED.items():
        days = _days(first, last)
        values = np.linspace(begin, end, len(days))
        values = np.round(values, 1 if begin != int(begin) else 0)
        rows += _rows(key_result, days, list(values), _confidence(sure, sure_end, len(days), rng))
    for key_result, (first, last, sure, sure_end) in FELT.items():
        days = _days(first, last)
        rows += _rows(key_result, days, [None] * len(days), _confidence(sure, sure_end, len(days), rng))
    frame = pd.DataFrame(rows, columns=["key_result", "at", "value", "confidence", "note"])
    return frame.sort_values(["at", "key_result"], ignore_index=True)


def _days(first: str, last: str) -> pd.DatetimeIndex:
    weekly = pd.date_range(first, last, freq="7D")
    return weekly if weekly[-1] == pd.Timestamp(last) else weekly.append(pd.DatetimeIndex([last]))


def _confidence(begin: float, end: float, count: int, rng: np.random.Generator) -> np.ndarray:
    path = np.linspace(begin, end, count) + rng.normal(0, 0.5, count)
    path[-1] = end
    return np.clip(np.round(path), 0, 10)


def _rows(key_result: str, days: pd.DatetimeIndex, values: list, sure: np.ndarray) -> list[tuple]:
    return [
        (key_result, day, value, float(felt), NOTES.get((key_result, place), ""))
        for place, (day, value, felt) in enumerate(zip(days, values, sure, strict=True))
    ]
