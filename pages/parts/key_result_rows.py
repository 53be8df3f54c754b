"""Key results as rows of the sheet: verdict, sentence, score, and the judged KPI drawn small."""

from typing import Any

import pandas as pd

from pages.parts import sheet
from pages.parts.sparks import spark
from pages.parts.targets import pass_mark, target_on_series
from pages.parts.view import View


def key_result_rows(
    workspace: Any, view: View, key_results: pd.DataFrame, card: Any, *, where: bool = False
) -> list[sheet.Block]:
    """Rows of a scorecard's frame, in its order; `where` names each one's objective and team."""
    linked = key_results.dropna(subset=["kpi"])
    pairs = list(dict.fromkeys(zip(linked["kpi"], linked["segment"], strict=True)))
    series: dict[Any, pd.DataFrame] = {}
    if pairs:
        for key, frame in workspace.series_many(pairs, view.as_of).groupby(["kpi", "segment"], sort=False):
            series[key] = frame
    out = []
    for row in key_results.to_dict("records"):
        held = series.get((row["kpi"], row["segment"]))
        line = None
        if held is not None:
            window = (row["window_start"], row["window_end"])
            line = spark(held, window, target_on_series(row), row["kpi_unit"], row["kpi_name"])
        mark = pass_mark(row["level"], card.policy)
        out.append(sheet.row(row, view, line, mark, where=where, over=card.as_of > card.cycle.end))
    return out
