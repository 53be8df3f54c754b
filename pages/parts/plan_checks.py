"""What stands beside the plan's form: what is missing, the hints, and the plan check, on what is not saved yet."""

from typing import Any

import streamlit as st

from models.language import mark, spoken, tr
from models.refused import Refused
from pages.parts import amounts
from pages.parts.escape import plain
from pages.parts.view import View

PARTS = {
    "specific": (mark("Specific"), ":material/center_focus_strong:"),
    "measurable": (mark("Measurable"), ":material/straighten:"),
    "achievable": (mark("Achievable"), ":material/trending_up:"),
    "relevant": (mark("Relevant"), ":material/link:"),
    "time-bound": (mark("Time-bound"), ":material/event:"),
    "shape": (mark("Shape"), ":material/category:"),
    "risk": (mark("Risk"), ":material/warning:"),
}


def part_word(part: str) -> str:
    return spoken(PARTS[part][0])


def missing(problems: list[str]) -> None:
    for problem in problems:
        st.warning(plain(problem), icon=":material/edit:")


def hints(found: list[Any]) -> None:
    """Each hint: its word, what was found, why it matters, what to do."""
    if not found:
        st.markdown(tr(":material/check: No hint: specific, measurable, linked, owned and in time."))
        return
    for hint in found:
        with st.container(gap=None):
            st.markdown(f"{PARTS[hint.part][1]} **{plain(hint.word)}** · {plain(part_word(hint.part))}")
            st.caption(plain(hint.sentence))


def plan_check(workspace: Any, key_result: Any, cycle: str, name: str, view: View) -> Any:
    """The check of a target: what can be seen, what luck brings. Some seconds; returns it, or None."""
    st.subheader(tr("Is the target worth setting?"), anchor=False)
    try:
        with st.spinner(tr("Looking at the KPI's own past…")):
            found = workspace.plan_check_of(key_result, cycle)
    except Refused as problem:
        st.caption(plain(problem))
        return None
    if found is None:
        st.caption(tr("With a target and a KPI that gives the value, its past is asked here."))
        return None
    if not found.reason:
        figures = [
            (tr("By doing nothing"), amounts.share(found.chance_by_luck)),
            (tr("If the best past window repeats"), amounts.share(found.chance_of_target)),
            (tr("Change that shows"), amounts.share(found.smallest_detectable_change)),
        ]
        with st.container(horizontal=True):
            for label, value in figures:
                st.metric(label, value, width="content")
    st.markdown(plain(found.sentence(name)))
    return found
