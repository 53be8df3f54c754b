"""Did the KPI really move? A library in its own right: NumPy, pandas and SciPy only.

judge (many cases at once), moved (one series), expected_path (the picture), all from one engine: models of what the KPI
would have done anyway (expectation), made honest by its own past errors (judging).
"""

from models.expected_path import expected_path
from models.judging import REASONS, judge
from models.moved import Movement, moved, movement_sentence

__all__ = ["REASONS", "Movement", "expected_path", "judge", "moved", "movement_sentence"]
