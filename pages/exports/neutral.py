"""Text that a spreadsheet must not run. A cell that begins like a formula is kept as text; numbers stay numbers.

CSV has no types, so such a text gets an apostrophe in front, as spreadsheets themselves write it. A workbook has them:
there the cell is typed as text and carries the "quote prefix" mark, and the text stays as it is.
"""

import re
from typing import Any

import pandas as pd

from pages.parts.escape import one_line

STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # and the full-width forms, which some read as the same
_SKIPPED = " \u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff'\""  # what a spreadsheet may drop before it looks

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # half a sign, and two that XML forbids


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return text[:1] in STARTS or text.lstrip(_SKIPPED)[:1] in STARTS if text else False


def csv_cell(value: Any) -> str:
    """A value for a CSV cell: numbers and days as they are written, unknown as nothing, text made harmless."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    value = getattr(value, "item", lambda: value)()  # numpy's numbers as Python's
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{clean(text)}" if is_formula_like(text) else clean(text)


def clean(text: str) -> str:
    """The text on one line, without control signs and direction overrides."""
    return legible(text).replace("\u00a0%", " %")


def legible(text: object) -> str:
    """One line of text that every format can hold: what no document may contain becomes a replacement sign."""
    return _UNWRITABLE.sub("\ufffd", one_line(text))
