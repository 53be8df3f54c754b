"""A value that somebody reported elsewhere, on its way to becoming a check-in."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Reported:
    """The value of a key result on a day, with the words said with it."""

    key_result: str
    day: date
    value: float
    note: str = ""
