"""Retrospective: four questions at the end of a cycle, the facts beside each, and what goes on into the next."""

from collections import Counter
from functools import partial
from typing import Any

import streamlit as st

from models.language import spoken, tr, trn
from models.refused import Refused
from models.retrospective import QUESTIONS, concerned
from models.verdict import VERDICTS
from pages.parts import amounts, carry_over, empty, filters, lessons, sheet
from pages.parts.escape import one_line, plain
from pages.parts.grouped import Rows
from pages.parts.view import View

BESIDE = 6  # key results beside a question; the scorecard holds all


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    with st.spinner(tr("Scoring the cycle.")):
        card = workspace.scorecard(view.cycle, view.as_of, view.team)
    closed = workspace.closing(card.cycle.id, view.as_of)
    if closed is not None:  # what was agreed is what a team looks back on
        card = closed.card.of_team(view.team)
    if view.team is None:
        _overview(workspace, view, card)
        return
    if card.key_results.empty:
        empty.no_key_results(card.cycle.label, view.team, view)
        return
    team = card.objectives["team_name"].iloc[0] or view.team
    with st.container(gap=None):
        st.caption(plain(f"{card.cycle.label} · {team}"))
        st.title(tr("Retrospective"), anchor=False)
    if closed is not None:
        st.caption(
            tr("The facts below are those agreed when the cycle was closed, on {day}.", day=amounts.day(closed.at))
        )
    if card.as_of <= card.cycle.end:
        ends = amounts.day(card.cycle.end)
        st.info(tr("The cycle runs until {day}; the facts below are so far.", day=ends), icon=":material/schedule:")
    kept = workspace.retrospective(card.cycle.id, view.team, view.as_of)
    _stamp(kept)
    sheet.show([sheet.strip(card.key_results["verdict"])], view, key="strip")
    st.caption(plain(card.headline))
    mode = _mode(kept, view, f"retro mode {card.cycle.id} {view.team}")
    if mode == "carry":
        carry_over.draw(workspace, view, card)
        return
    reading = mode == "read"
    answers = _questions(workspace, view, card, kept, reading)
    if not reading:
        _save(workspace, view, card, kept, answers)
    _learned(workspace, view, card, reading)
    if reading and view.as_of is None:
        carry_over.told(workspace, view, card)
    if (
        view.as_of is None
        and kept
        and st.button(
            tr("Decide what goes on into the next cycle"), icon=":material/arrow_forward:", key="retro_onward"
        )
    ):
        _go("carry")


def _stamp(kept: Any) -> None:
    if kept is None:
        st.caption(tr("Nobody has written it yet."))
        return
    said = tr("Saved by {who} on {moment} UTC.", who=kept.changed_by, moment=amounts.moment(kept.changed_at))
    st.caption(plain(said))


def _mode(kept: Any, view: View, key: str) -> str:
    """read, write or carry: what was saved opens to be read, and a past day can only be read."""
    if view.as_of is not None:
        return "read"
    words = {"read": tr("Read and print"), "write": tr("Write"), "carry": tr("Carry over")}
    wanted = st.session_state.pop("retro_wanted", None)
    if wanted or key not in st.session_state:
        st.session_state[key] = wanted or ("read" if kept else "write")
    chosen = st.segmented_control(
        tr("What to do"), list(words), format_func=lambda code: words[code], key=key, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen)


def _go(mode: str) -> None:
    """Show the page in another mode."""
    st.session_state["retro_wanted"] = mode
    st.rerun()


def _questions(workspace: Any, view: View, card: Any, kept: Any, reading: bool) -> dict[str, str]:
    """Each question with the key results that it is about; returns what stands in the fields."""
    held = kept.retrospective.answers if kept else {}
    if not reading and _answer_key(card, view, "goals") not in st.session_state:  # the fields begin as they stand now
        st.session_state[_seen_key(card, view)] = kept.version if kept else 0
    beside, answers = concerned(card.key_results), {}
    for number, (code, question) in enumerate(QUESTIONS.items(), 1):
        st.header(f"{number}. {spoken(question)}", anchor=False)
        if reading:
            _told(held.get(code, ""))
        else:
            answers[code] = st.text_area(
                spoken(question), held.get(code, ""), key=_answer_key(card, view, code), height=110,
                max_chars=4000, label_visibility="collapsed", placeholder=tr("In your own words"),
            )  # fmt: skip
        _beside(workspace, view, card, code, beside[code])
    return answers


def _answer_key(card: Any, view: View, code: str) -> str:
    return f"answer {card.cycle.id} {view.team} {code}"


def _seen_key(card: Any, view: View) -> str:
    """Where the session keeps the version that the fields were filled from."""
    return f"retro seen {card.cycle.id} {view.team}"


def _beside(workspace: Any, view: View, card: Any, code: str, rows: Any) -> None:
    """The facts of a question: every key result with its picture at the first, one line each at the others."""
    if rows.empty:
        if code != "learned":
            st.caption(tr("No key result of this team stands here."))
        return
    shown = rows.head(BESIDE)
    if code == "goals":
        blocks = [
            sheet.group("", "", Rows(partial(workspace.series_many, as_of=view.as_of), view, card, None).of(shown))
        ]
    else:
        lines = []
        for row in shown.to_dict("records"):
            title = one_line(row["title"] or row["id"])
            word = sheet.badge(VERDICTS[row["verdict"]], row["verdict_word"])
            lines.append(sheet.sentence(title, {title: row["id"]}, view, word=word))
        blocks = [sheet.prose(lines)]
    sheet.show(blocks, view, key=f"beside {code}")
    if len(rows) > BESIDE:
        st.caption(trn("And {count} more.", "And {count} more.", len(rows) - BESIDE))


def _told(text: str) -> None:
    """An answer as it was written: its lines, nothing of it read as markup."""
    if not text:
        st.caption(tr("Not answered."))
    for line in text.splitlines():
        if line.strip():
            st.markdown(plain(line))


def _save(workspace: Any, view: View, card: Any, kept: Any, answers: dict[str, str]) -> None:
    """Save, unless another saved since this page was opened: then both stand side by side."""
    seen_key = _seen_key(card, view)
    seen = st.session_state[seen_key]
    if kept and kept.version != seen:
        _side_by_side(kept, answers, seen_key)
    if not st.button(tr("Save the retrospective"), type="primary", icon=":material/save:", key="retro_save"):
        return
    try:
        st.session_state[seen_key] = workspace.save_retrospective(card.cycle.id, view.team, answers, seen)
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
        if hasattr(problem, "now"):
            _side_by_side(problem.now, answers, seen_key)
        return
    st.toast(tr("Saved."))
    _go("read")


def _side_by_side(theirs: Any, mine: dict[str, str], seen_key: str) -> None:
    """What another wrote in the meantime beside what stands in the fields here, where they differ."""
    who = plain(theirs.changed_by)
    st.warning(
        tr("{who} saved this retrospective while you were writing. Nothing of either is lost: take over what you "
           "want, then save yours on top.", who=who),
        icon=":material/group:",
    )  # fmt: skip
    for code, question in QUESTIONS.items():
        other, own = theirs.retrospective.answers.get(code, ""), mine.get(code, "")
        if other.strip() == own.strip():
            continue
        st.markdown(f"**{spoken(question)}**")
        left, right = st.columns(2)
        with left:
            st.caption(tr("Saved by {who}", who=who))
            st.code(other, language=None, wrap_lines=True)
        with right:
            st.caption(tr("Yours, not saved"))
            st.code(own, language=None, wrap_lines=True)
    if st.button(tr("I have read both"), key="retro_both"):
        st.session_state[seen_key] = theirs.version
        st.rerun()


def _learned(workspace: Any, view: View, card: Any, reading: bool) -> None:
    """The lessons of this cycle and team, and those on its KPIs from before."""
    mine = workspace.lessons(cycle=card.cycle.id, team=view.team, as_of=view.as_of)
    kpis = list(dict.fromkeys(card.key_results["kpi"].dropna()))
    own = {one.id for one in mine}
    others = [one for one in workspace.lessons_for(kpis) if one.id not in own][: lessons.SHOWN]
    if not (mine or others) and reading:
        return
    st.header(tr("Lessons for the library"), anchor=False)
    if mine:
        sheet.show([lessons.rows(mine, view)], view, key="lessons_mine")
    if others:
        st.caption(tr("Learned before, about the same KPIs:"))
        sheet.show([lessons.rows(others, view)], view, key="lessons_others")
    if not reading:
        try:
            lessons.form(workspace, "retro_lesson", cycle=card.cycle.id, team=view.team)
        except Refused as problem:
            st.error(plain(problem), icon=":material/error:")


def _overview(workspace: Any, view: View, card: Any) -> None:
    """Which teams have looked back at the cycle."""
    done = workspace.retrospectives(card.cycle.id, view.as_of)
    labels = {team: label for label, team in filters.labels_of(workspace.teams()).items()}
    teams = card.objectives.drop_duplicates("team").sort_values("team_name")
    with st.container(gap=None):
        st.caption(plain(card.cycle.label))
        st.title(tr("Retrospectives"), anchor=False)
    count = sum(team in done for team in teams["team"])
    st.markdown(
        trn(
            "{done} of {count} team has looked back.",
            "{done} of {count} teams have looked back.",
            len(teams),
            done=count,
        )
    )
    counts = Counter(card.key_results["team"])
    wins = Counter(card.key_results.loc[card.key_results["passed"].fillna(False).astype(bool), "team"])
    rows = []
    for team in teams.to_dict("records"):
        record = done.get(team["team"])
        params = {"team": labels.get(team["team"], "")}
        answered = len(record.body["answers"]) if record else 0
        rows.append(
            {
                "cells": [
                    {"text": one_line(team["team_name"] or team["team"] or tr("no team")),
                     "open": {"page": "retrospective", "params": params},
                     "href": view.href("retrospective", **params)},
                    tr("{passed} of {all} passed", passed=wins[team["team"]], all=counts[team["team"]]),
                    tr("✓ {answered} of {all} questions", answered=answered, all=len(QUESTIONS)) if record
                    else tr("○ not yet"),
                    {"text": one_line(record.changed_by), "meta": amounts.day(record.changed_at)} if record
                    else amounts.UNKNOWN,
                ],
            }
        )  # fmt: skip
    sheet.show(
        [sheet.table([tr("Team"), tr("Key results"), tr("Retrospective"), tr("Last saved")], rows)], view, "teams"
    )
    st.caption(tr("Open a team to write or read its retrospective."))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
