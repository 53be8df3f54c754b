"""The key results as one CSV table: UTF-8 with a byte order mark (Excel reads it as such), one row per key result.

Names and codes are those of `score --json`. Every row carries the stamp, so that rows of several reports can be joined.
"""

import csv
import io
from typing import Any

import pandas as pd

from pages.exports.content import Content, policy_value
from pages.exports.neutral import csv_cell

COLUMNS = (
    "objective", "objective_title", "id", "title", "team", "team_name", "owner", "level", "kind", "unit", "weight",
    "illustrative", "baseline", "target", "current", "original_baseline", "original_target", "progress", "score",
    "score_original_target", "band", "pace", "pace_word", "passed", "so_far", "verdict", "verdict_word", "flags",
    "sentence", "flag_notes", "told_from", "kpi", "kpi_name", "kpi_unit", "segment", "lag", "window_start",
    "window_end", "move_verdict", "expected", "actual", "effect", "effect_relative", "lo", "hi", "n", "measure_kpi",
    "confidence", "checked_in",
)  # fmt: skip
STAMP = ("cycle", "as_of", "data_version", "policy")


def write(content: Content) -> bytes:
    """The table; lines end as RFC 4180 wants."""
    card = content.card
    policy = "; ".join(f"{name}={policy_value(value)}" for name, value in card.policy.as_dict().items())
    stamp = [csv_cell(value) for value in (card.cycle.id, card.as_of.isoformat(), card.data_version, policy)]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([*STAMP, *COLUMNS])
    for row in content.rows.values():
        table.writerow([*stamp, *(csv_cell(_told(row.get(name))) for name in COLUMNS)])
    return out.getvalue().encode("utf-8-sig")


def _told(value: Any) -> Any:
    """Lists as text, days in ISO; the rest as it is."""
    if isinstance(value, list | tuple):
        return "; ".join(str(entry) for entry in value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value
