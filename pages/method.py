"""Method: how a verdict is reached, the policy in force, and how often the method errs."""

from typing import Any

import streamlit as st

from models.verdict import FLAGS, MOVEMENTS, VERDICTS
from pages.parts import measured, sheet
from pages.parts.escape import plain
from pages.parts.view import View


def render(workspace: Any, view: View) -> None:
    st.title("How a verdict is reached", anchor=False)
    st.markdown(
        "Two questions, asked apart. **Did the key result pass?** That is arithmetic: baseline, target, value. "
        "**Did the KPI move that it was meant to move?** That is for the data to say. The verdict is both answers "
        "together; it is never an average of them."
    )
    sheet.show([matrix()], view, key="matrix")
    st.caption("While the window is open the same words carry “so far”.")
    st.header("Did the KPI move?", anchor=False)
    st.markdown(
        "1. **What would have happened anyway?** The KPI's own history before the window says it: level, trend, "
        "season, and control KPIs where they are linked. That is the dashed line of every chart; nothing of the "
        "window itself goes into it.\n"
        "2. **How far is the actual from that?** The effect is the mean of actual minus expected over the window, "
        "in the KPI's own unit. The course counts too: work begins with the cycle, so a step, a slope or a bump that "
        "starts there is told from a KPI that merely wanders.\n"
        "3. **How sure is that?** The same forecast is made at up to ten earlier windows of the same series, where "
        "the work had not begun. How wrong it was there, and how wrong it usually is on series with as much "
        "history, sets the width of the 95 % interval.\n"
        "4. **Moved** is said when that interval excludes zero. **Flat** is said only when the 90 % interval lies "
        "inside the smallest change that matters. Everything else is **cannot tell**: not significant is not flat."
    )
    sheet.show([_meanings("Movement", MOVEMENTS)], view, key="movements")
    _measured(view)
    st.header("Every verdict and flag", anchor=False)
    sheet.show([_meanings("Verdict", VERDICTS), _meanings("Flag", FLAGS)], view, key="verdicts")
    st.header("The policy in force", anchor=False)
    st.markdown("Every threshold stands once, with its unit and its reason.")
    rows = [
        {"cells": [str(rule["name"]).replace("_", " "), f"{rule['value']:g}", rule["unit"], rule["why"]]}
        for rule in workspace.policy.as_rows()
    ]
    sheet.show([sheet.table(["Threshold", "Value", "Unit", "Why"], rows, numbers=("Value",))], view, key="policy")


def matrix() -> sheet.Block:
    """Passed or missed against what the KPI did."""
    rows = [
        ("The key result passed", ["real_win", "vanity", "backfired", "unproven"]),
        ("The key result missed", ["moved_anyway", "honest_miss", "setback", "unproven"]),
    ]
    columns = ["Score and data", "KPI better", "KPI flat", "KPI worse", "Cannot tell"]
    return sheet.table(
        columns, [{"cells": [name, *(sheet.badge(VERDICTS[code]) for code in codes)]} for name, codes in rows]
    )


def _meanings(title: str, words: dict[str, Any]) -> sheet.Block:
    rows = [{"cells": [sheet.badge(word), word.meaning]} for word in words.values()]
    return sheet.table([title, "Meaning"], rows)


def _measured(view: View) -> None:
    """Error rates measured by the benchmark, if it has been run."""
    st.header("How often it errs", anchor=False)
    found = measured.read()
    if found is None:
        st.markdown("Not measured here yet: `make bench` runs the benchmark and writes the figures for this page.")
        return
    kind = measured.main_kind(found)
    heading, about = measured.KINDS.get(kind, (kind, ""))
    st.markdown(plain(f"{measured.dated(found)} {heading}: {about[:1].lower()}{about[1:]}"))
    said = measured.sentences(found["rates"][kind]["all"], found.get("confidence", 0.95))
    rows = [{"cells": list(row)} for row in [*said, *measured.forecast_sentences(found)]]
    sheet.show([sheet.table(["Figure", "Measured", "In words"], rows, numbers=("Measured",))], view, key="measured")
    st.markdown(
        "**By kind of series.** Found means: called moved, the right way, when a change of that size had been added. "
        "A dash: no such window. Small differences between rows of a few dozen windows are chance."
    )
    columns = ["Series", *measured.COLUMNS]
    cells = [[{"text": name, "meta": about}, *values] for name, about, values in measured.rows(found)]
    kinds = sheet.table(columns, [{"cells": row} for row in cells], numbers=measured.COLUMNS)
    sheet.show([kinds], view, key="measured_kinds")
    st.caption("Formulas, assumptions and when not to trust it: docs/method.md. `make bench` measures anew.")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
