"""Pieces that sentences about several key results share: titles in a row, a list in words, a day."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from models.amounts import long_day
from models.language import tr, trn

NAMED = 3  # titles written out in a sentence; the rest is counted


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = parts
    return tr("{most} and {last}", most=", ".join(most), last=last) if most else last


def titled(rows: Sequence[Any], most: int = NAMED) -> str:
    """The titles of key results: `“A”, “B”, “C” and 2 more`."""
    shown = [quoted(title_of(row)) for row in rows[:most]]
    left = len(rows) - len(shown)
    return listed([*shown, trn("{count} more", "{count} more", left)] if left else shown)


def title_of(row: Any) -> str:
    """The title of a key result, else its id."""
    return row["title"] if isinstance(row["title"], str) and row["title"] else str(row["id"])


def quoted(title: str) -> str:
    """A title in the quotation marks of the language."""
    return tr("“{title}”", title=title)


def said_day(day: Any) -> str:
    """`7 March 2026`."""
    return long_day(pd.Timestamp(day))
