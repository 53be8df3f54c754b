"""The scorecard as a file, by kind. No clock, no disk, no screen: scorecard and series in, bytes out."""

from collections.abc import Callable
from importlib import import_module

import pandas as pd

from models.refused import Refused
from models.scorecard import Scorecard
from pages.exports.content import Content, series_needed

KINDS = {  # kind: (module, media type, what it is good for)
    "html": ("as_html", "text/html", "Web page, one file"),
    "pdf": ("as_pdf", "application/pdf", "PDF to print or send"),
    "pptx": ("as_pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "Slides"),
    "xlsx": ("as_xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Workbook"),
    "csv": ("as_csv", "text/csv", "Table of key results"),
}

__all__ = ["KINDS", "kind_of", "report_bytes", "series_needed"]


def kind_of(file_name: str) -> str:
    """The kind that a file's name ends with. Raises Refused for any other."""
    kind = file_name.rpartition(".")[2].lower()
    if kind not in KINDS or "." not in file_name:
        known = ", ".join(f".{name}" for name in KINDS)
        raise Refused(f"{file_name}: a report is written as {known}; let the file's name end with one of them.")
    return kind


def report_bytes(card: Scorecard, series: pd.DataFrame, kind: str) -> bytes:
    """The scorecard as html, pdf, pptx, xlsx or csv.

    `series`: kpi, segment, period, value of the pairs that `series_needed(card)` names, as known on the same day.
    """
    write: Callable[[Content], bytes] = import_module(f"pages.exports.{KINDS[kind][0]}").write
    return write(Content(card, series))
