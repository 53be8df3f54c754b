"""Tables to take away as CSV: UTF-8 with a byte order mark, as Excel wants it; no cell would run as a formula."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from models.language import carrying
from pages.exports.neutral import csv_cell


def as_csv(frame: pd.DataFrame) -> bytes:
    """The frame with its header; days in ISO, numbers with all their digits, unknown as nothing."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([csv_cell(str(name)) for name in frame.columns])
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame.columns]
    table.writerows([csv_cell(_told(cell)) for cell in row] for row in zip(*columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def _told(cell: Any) -> Any:
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell


def button(label: str, make: Callable[[], pd.DataFrame], file_name: str, key: str) -> None:
    """A download; the table is written only when somebody asks for it."""
    st.download_button(
        label, carrying(lambda: as_csv(make())), file_name, "text/csv", key=key, on_click="ignore", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip
