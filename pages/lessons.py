"""Lessons: what the company learned from its cycles, found again by KPI, verdict or word."""

from typing import Any

import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from models.verdict import VERDICTS
from pages.parts import kpi_pick, lessons, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

PER_PAGE = 50


def render(workspace: Any, view: View) -> None:
    with st.container(gap=None):
        st.caption(tr("Kept by everybody, found again when someone writes a key result on the same KPI"))
        st.title(tr("Lessons"), anchor=False)
    held = workspace.lessons(as_of=view.as_of)
    if held:
        found = _found(workspace, view, held)
        _list(view, found, len(held))
    else:
        st.markdown(
            tr(
                "Nobody has written a lesson down yet. A good one says what to do otherwise next time, and names the "
                "KPI, so that it comes back when someone writes a key result on that KPI."
            )
        )
    st.header(tr("Write one down"), anchor=False)
    try:
        lessons.form(workspace, "lesson_form", cycle=view.cycle, team=view.team)
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
    if held:
        _take_back(workspace, held)


def _found(workspace: Any, view: View, held: list[Any]) -> list[Any]:
    """The lessons that the choices leave; the choices stand in the URL."""
    names = {kpi: name for one in held for kpi, name in zip(one.lesson.kpis, one.names, strict=True)}
    judged = [code for code in VERDICTS if any(code in one.lesson.verdicts for one in held)]
    words_of = {f"{VERDICTS[code].icon} {VERDICTS[code].word}": code for code in judged}
    left, middle, right = st.columns([2, 1.5, 1.5])
    words = left.text_input(tr("Search"), key="words", bind="query-params", placeholder=tr("Words, tags, KPIs"))
    kpis = middle.multiselect(
        tr("KPI"), sorted(names, key=lambda kpi: names[kpi].casefold()), key="kpi", bind="query-params",
        placeholder=tr("All KPIs"), format_func=lambda kpi: one_line(names[kpi]),
    )  # fmt: skip
    verdicts = right.multiselect(
        tr("Verdict"), list(words_of), key="verdict", bind="query-params", placeholder=tr("All verdicts")
    )
    return list(
        workspace.lessons(
            words=words or "",
            kpis=kpis,
            verdicts=[words_of[word] for word in verdicts],
            team=view.team,
            as_of=view.as_of,
        )
    )


def _list(view: View, found: list[Any], total: int) -> None:
    if not found:
        st.markdown(tr("No lesson fits. Take a filter away to see more."))
        return
    st.caption(trn("{n} of {count} lesson", "{n} of {count} lessons", total, n=len(found)))
    pages = -(-len(found) // PER_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    sheet.show([lessons.rows(found[(page - 1) * PER_PAGE : page * PER_PAGE], view)], view, key="lessons")


def _take_back(workspace: Any, held: list[Any]) -> None:
    with st.popover(tr("Change or take back a lesson"), icon=":material/edit:"):
        texts = {one.id: one.lesson.text for one in held}
        chosen = st.selectbox(
            tr("Lesson"), list(texts), index=None, key="lesson_chosen",
            format_func=lambda name: one_line(texts.get(name, name))[:80],
        )  # fmt: skip
        if chosen is None:
            return
        text = st.text_area(tr("What was learned"), texts[chosen], key=f"lesson text {chosen}", max_chars=4000)
        now = next(one.lesson for one in held if one.id == chosen)
        kpis = {kpi.id: kpi for kpi in workspace.company().kpis}
        box = f"lesson kpis {chosen}"
        offered = kpi_pick.offered(kpis, box, [*now.kpis, *st.session_state.get(box, [])])
        about = st.multiselect(
            tr("KPIs it is about"), offered, [kpi for kpi in now.kpis if kpi in kpis], key=box,
            format_func=lambda kpi: one_line(kpis[kpi].label),
        )  # fmt: skip
        tags = st.text_input(
            tr("Tags, with commas between them"), ", ".join(now.tags), key=f"lesson tags {chosen}", max_chars=200
        )
        if st.button(tr("Save"), type="primary", key="lesson_save"):
            words = [tag.strip() for tag in tags.split(",") if tag.strip()]
            try:
                workspace.change_lesson(chosen, text=text, kpis=about, tags=words)
            except Refused as problem:
                st.error(plain(problem), icon=":material/error:")
                return
            st.rerun()
        if st.button(tr("Take it back"), key="lesson_back", help=tr("It leaves the library and stays on record.")):
            workspace.take_back_lesson(chosen)
            st.rerun()


if __name__ == "__main__":
    st.switch_page("dashboard.py")
