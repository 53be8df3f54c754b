"""Method: how a verdict is reached, the policy in force, and how often the method errs."""

from typing import Any

import streamlit as st

from models.language import mark, spoken, tr
from models.verdict import FLAGS, MOVEMENTS, VERDICTS
from pages.parts import measured, sheet
from pages.parts.amounts import plain_number
from pages.parts.escape import plain
from pages.parts.view import View

_STEPS = (
    mark(
        "**What would have happened anyway?** The KPI's own history before the window says it: level, trend, "
        "season, and control KPIs where they are linked. That is the dashed line of every chart; nothing of the "
        "window itself goes into it."
    ),
    mark(
        "**How far is the actual from that?** The effect is the mean of actual minus expected over the window, "
        "in the KPI's own unit. The course counts too: work begins with the cycle, so a step, a slope or a bump that "
        "starts there is told from a KPI that merely wanders."
    ),
    mark(
        "**How sure is that?** The same forecast is made at up to ten earlier windows of the same series, where "
        "the work had not begun. How wrong it was there, and how wrong it usually is on series with as much "
        "history, sets the width of the 95 % interval."
    ),
    mark(
        "**Moved** is said when that interval excludes zero. **Flat** is said only when the 90 % interval lies "
        "inside the smallest change that matters. Everything else is **cannot tell**: not significant is not flat."
    ),
)


def render(workspace: Any, view: View) -> None:
    st.title(tr("How a verdict is reached"), anchor=False)
    st.markdown(
        tr(
            "Two questions, asked apart. **Did the key result pass?** That is arithmetic: baseline, target, value. "
            "**Did the KPI move that it was meant to move?** That is for the data to say. The verdict is both answers "
            "together; it is never an average of them."
        )
    )
    sheet.show([matrix()], view, key="matrix")
    st.caption(tr("While the window is open the same words carry “so far”."))
    st.header(tr("Did the KPI move?"), anchor=False)
    st.markdown("\n".join(f"{n}. {spoken(step)}" for n, step in enumerate(_STEPS, 1)))
    sheet.show([_meanings(tr("Movement"), MOVEMENTS)], view, key="movements")
    _measured(view)
    st.header(tr("Every verdict and flag"), anchor=False)
    sheet.show([_meanings(tr("Verdict"), VERDICTS), _meanings(tr("Flag"), FLAGS)], view, key="verdicts")
    st.header(tr("The policy in force"), anchor=False)
    st.markdown(tr("Every threshold stands once, with its unit and its reason."))
    rows = [
        {
            "cells": [
                str(rule["name"]).replace("_", " "),
                plain_number(rule["value"]),
                spoken(rule["unit"]),
                spoken(rule["why"]),
            ]
        }
        for rule in workspace.policy.as_rows()
    ]
    sheet.show(
        [sheet.table([tr("Threshold"), tr("Value"), tr("Unit"), tr("Why")], rows, numbers=(tr("Value"),))],
        view,
        key="policy",
    )


def matrix() -> sheet.Block:
    """Passed or missed against what the KPI did."""
    rows = [
        (tr("The key result passed"), ["real_win", "vanity", "backfired", "unproven"]),
        (tr("The key result missed"), ["moved_anyway", "honest_miss", "setback", "unproven"]),
    ]
    columns = [tr("Score and data"), tr("KPI better"), tr("KPI flat"), tr("KPI worse"), tr("Cannot tell")]
    return sheet.table(
        columns, [{"cells": [name, *(sheet.badge(VERDICTS[code]) for code in codes)]} for name, codes in rows]
    )


def _meanings(title: str, words: dict[str, Any]) -> sheet.Block:
    rows = [{"cells": [sheet.badge(word), word.meaning]} for word in words.values()]
    return sheet.table([title, tr("Meaning")], rows)


def _measured(view: View) -> None:
    """Error rates measured by the benchmark, if it has been run."""
    st.header(tr("How often it errs"), anchor=False)
    found = measured.read()
    if found is None:
        st.markdown(tr("Not measured here yet: `make bench` runs the benchmark and writes the figures for this page."))
        return
    kind = measured.main_kind(found)
    heading, about = (spoken(text) for text in measured.KINDS.get(kind, (kind, "")))
    st.markdown(plain(f"{measured.dated(found)} {heading}: {about[:1].lower()}{about[1:]}"))
    said = measured.sentences(found["rates"][kind]["all"], found.get("confidence", 0.95))
    rows = [{"cells": list(row)} for row in [*said, *measured.forecast_sentences(found)]]
    sheet.show(
        [sheet.table([tr("Figure"), tr("Measured"), tr("In words")], rows, numbers=(tr("Measured"),))],
        view,
        key="measured",
    )
    st.markdown(
        tr(
            "**By kind of series.** Found means: called moved, the right way, when a change of that "
            "size had been added. "
            "A dash: no such window. Small differences between rows of a few dozen windows are chance."
        )
    )
    numbers = [spoken(column) for column in measured.COLUMNS]
    columns = [tr("Series"), *numbers]
    cells = [[{"text": name, "meta": about}, *values] for name, about, values in measured.rows(found)]
    kinds = sheet.table(columns, [{"cells": row} for row in cells], numbers=numbers)
    sheet.show([kinds], view, key="measured_kinds")
    st.caption(tr("Formulas, assumptions and when not to trust it: docs/method.md. `make bench` measures anew."))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
