"""Survey: one page to answer (made for a phone), one to read the answers, and the list from which they are made."""

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.refused import Refused
from models.survey import MOST, SCALE, Asked, okr_cycle_feedback
from pages.parts import amounts, downloads, receipt, sheet, survey_charts
from pages.parts.escape import one_line, plain
from pages.parts.view import View

USUALLY_OPEN = timedelta(days=14)


def render(workspace: Any, view: View) -> None:
    token = st.query_params.get("id")
    if token is None:
        _all(workspace, view)
        return
    try:
        asked = workspace.survey(token)
    except Refused as problem:
        st.title(tr("No survey here"), anchor=False)
        st.markdown(plain(problem))
        return
    if st.query_params.get("show") == "results":
        _results(workspace, view, token, asked)
    else:
        _answer(workspace, token, asked)


# -- to answer ---------------------------------------------------------------------------------------------------------


def _answer(workspace: Any, token: str, asked: Any) -> None:
    st.title(plain(asked.title), anchor=False)
    sent = f"survey sent {token}"
    if st.session_state.get(sent):
        receipt.held(token, st.session_state[sent])
        st.success(tr("Thank you. Your answers were kept without your name."), icon=":material/check:")
        st.caption(tr("Opened again in this browser, the link puts new answers in place of these: you count once."))
        return
    state = asked.state(workspace.today())
    if state == "waiting":
        st.markdown(tr("This survey opens on {day}.", day=amounts.day(asked.opens)))
        return
    if state == "closed":
        st.markdown(
            tr("This survey closed on {day}. Thank you to everybody who answered.", day=amounts.day(asked.closes))
        )
        return
    mine = receipt.held(token)
    needed = amounts.plain_number(workspace.policy.survey_fewest)
    st.caption(
        tr("Anonymous: no name and no time of day is kept, and results show from {n} answers on. Skip what you like.",
           n=needed)
    )  # fmt: skip
    if mine:
        st.info(
            tr("You have answered this one already, in this browser. What you send now stands in place of it, so that "
               "you count once."),
            icon=":material/replay:",
        )  # fmt: skip
    else:
        st.caption(tr("Once a person: as no name is kept, a second answer is only known again in the same browser."))
    with st.form("survey", border=False):
        answers = {number: _field(number, question) for number, question in enumerate(asked.questions)}
        submitted = st.form_submit_button(tr("Send"), type="primary", icon=":material/send:", width="stretch")
    if not submitted:
        return
    try:
        st.session_state[sent] = workspace.answer_survey(token, answers, mine)
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
        return
    st.rerun()


def _field(number: int, question: Asked) -> Any:
    """One question's field; None where it is skipped."""
    label, key = f"**{plain(question.text)}**", f"question {number}"
    if question.kind == "text":
        return st.text_area(label, key=key, max_chars=2000, height=110)
    if question.kind == "yes_no":
        words = {True: tr("Yes"), False: tr("No")}
        return st.segmented_control(label, list(words), format_func=lambda answer: words[answer], key=key)
    return st.segmented_control(
        label, list(SCALE), key=key, help=tr("1: not at all. 5: fully."),
        format_func=lambda step: {1: tr("1 not at all"), 5: tr("5 fully")}.get(step, amounts.plain_number(step)),
    )  # fmt: skip


# -- to read -----------------------------------------------------------------------------------------------------------


def _results(workspace: Any, view: View, token: str, asked: Any) -> None:
    found = workspace.survey_results(token)
    before = workspace.compared_with(token)
    with st.container(gap=None):
        st.caption(plain(" · ".join(part for part in (asked.cycle, asked.team) if part)))
        st.title(plain(asked.title), anchor=False)
    st.markdown(trn("{count} person answered.", "{count} people answered.", found.n))
    if not found.questions:
        st.info(
            tr("Results show from {n} answers on, so that nobody's own can be told.",
               n=amounts.plain_number(found.needed)),
            icon=":material/lock:",
        )  # fmt: skip
        return
    st.caption(
        tr("Shares are of those who answered that question. Nothing is averaged, neither a scale nor questions.")
    )
    for number, counted in enumerate(found.questions):
        st.header(plain(counted.text), anchor=False)
        _counted(counted, number, found.needed, before, view)
    frame = as_frame(found)
    downloads.button(tr("Results as CSV"), lambda: frame, f"needle-survey-{asked.opens}.csv", key="survey_csv")


def _counted(counted: Any, number: int, needed: int, before: Any, view: View) -> None:
    if not (counted.counts or counted.texts):
        st.caption(tr("Fewer than {n} answered this one, so it is not shown.", n=amounts.plain_number(needed)))
        return
    if counted.kind == "text":
        for text in counted.texts:
            with st.container(border=True):
                for line in text.splitlines():
                    st.markdown(plain(line))
        return
    sheet.show([survey_charts.bars(counted)], view, key=f"counted {number}")
    st.caption(plain(survey_charts.words(counted, before.title if before else "")))


def as_frame(found: Any) -> pd.DataFrame:
    """Every count and text in one table: question, kind, answered, answer, count, before."""
    rows: list[tuple[Any, ...]] = []
    for counted in found.questions:
        held = dict(counted.before.counts) if counted.before else {}
        rows += [(counted.text, counted.kind, counted.n, word, n, held.get(word)) for word, n in counted.counts]
        rows += [(counted.text, counted.kind, counted.n, text, None, None) for text in counted.texts]
    columns = ["question", "kind", "answered", "answer", "count", "before"]
    return pd.DataFrame(rows, columns=columns).astype({"count": "Int64", "before": "Int64"})


# -- to make -----------------------------------------------------------------------------------------------------------


def _all(workspace: Any, view: View) -> None:
    with st.container(gap=None):
        st.caption(tr("How the cycle was for those who worked in it"))
        st.title(tr("Surveys"), anchor=False)
    held = workspace.surveys(team=view.team)
    if held:
        today = workspace.today()
        sheet.show([_list(held, today, view)], view, key="surveys")
        st.caption(tr("Send the link of a survey to those who are to answer; nobody can guess it."))
    else:
        st.markdown(tr("There is none yet. Make one below: it gets a link of its own, and answers carry no name."))
    st.header(tr("Make a survey"), anchor=False)
    _form(workspace, view)


def _list(held: dict[str, Any], today: Any, view: View) -> sheet.Block:
    states = {"waiting": tr("◷ not open yet"), "open": tr("▸ open"), "closed": tr("✓ closed")}
    rows = [
        {
            "cells": [
                {"text": one_line(asked.title), "meta": " · ".join(p for p in (asked.cycle, asked.team) if p)},
                states[asked.state(today)],
                _when(asked),
                _link(tr("Link to answer"), view, id=token),
                _link(tr("Results"), view, id=token, show="results"),
            ]
        }
        for token, asked in held.items()
    ]
    return sheet.table([tr("Survey"), tr("State"), tr("Open"), tr("To answer"), tr("To read")], rows)


def _when(asked: Any) -> str:
    first, last = amounts.day(asked.opens), amounts.day(asked.closes)
    return tr("{first} to {last}", first=first, last=last) if asked.closes else tr("from {first}", first=first)


def _link(text: str, view: View, **params: str) -> sheet.Block:
    return {"text": text, "open": {"page": "survey", "params": params}, "href": view.href("survey", **params)}


def _form(workspace: Any, view: View) -> None:
    usual = okr_cycle_feedback()
    cycle = view.cycle or workspace.default_cycle()
    kinds = {"scale": tr("1 to 5"), "yes_no": tr("Yes or no"), "text": tr("In words")}
    today = workspace.today()
    with st.form("survey_new", border=False):
        first = tr("How was {cycle}?", cycle=cycle) if cycle else tr("How was the cycle?")
        title = st.text_input(tr("Title"), first, max_chars=200)
        left, right = st.columns(2)
        opens = left.date_input(tr("Opens"), today, format="YYYY-MM-DD")
        closes = right.date_input(tr("Closes"), today + USUALLY_OPEN, format="YYYY-MM-DD")
        with st.expander(tr("Questions: the usual ones after a cycle; edit them as you like")):
            st.caption(tr("Three to eight; leave a field empty to leave the question out."))
            questions = []
            for number in range(MOST):
                text, kind = (usual[number].text, usual[number].kind) if number < len(usual) else ("", "scale")
                left, right = st.columns([3, 1])
                label = tr("Question {number}", number=number + 1)
                said = left.text_input(label, text, key=f"new question {number}", max_chars=300)
                asked = right.selectbox(
                    tr("Answered by"), list(kinds), list(kinds).index(kind), key=f"new kind {number}",
                    format_func=lambda code: kinds[code],
                )  # fmt: skip
                if said.strip():
                    questions.append({"text": said, "kind": asked})
        if not st.form_submit_button(tr("Make the survey"), type="primary", icon=":material/add:"):
            return
    try:
        workspace.create_survey(
            title=title, questions=questions, opens=opens, closes=closes, cycle=cycle, team=view.team
        )
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
        return
    st.rerun()


if __name__ == "__main__":
    st.switch_page("dashboard.py")
