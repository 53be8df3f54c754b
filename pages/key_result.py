"""Key result: the evidence, in words first, then one picture, then everything it rests on."""

from typing import Any

import pandas as pd
import streamlit as st

from models.chapters import needs_talk
from models.event import numbered, span_of
from models.language import mark, spoken, tr
from models.signals import early_warning
from models.verdict import FLAGS, VERDICTS
from models.xmr import xmr
from pages.parts import (
    amounts,
    charts,
    closed,
    course,
    empty,
    event_list,
    evidence_words,
    lessons,
    outlook,
    provenance,
    sheet,
)
from pages.parts.escape import one_line, plain
from pages.parts.grouped import Rows
from pages.parts.targets import pass_mark, target_on_series
from pages.parts.view import View
from pages.parts.weekly import NOTE, by_week, is_daily

KINDS = {
    "increase": mark("increase"),
    "decrease": mark("decrease"),
    "maintain": mark("maintain"),
    "milestone": mark("milestone"),
    "yes_no": mark("yes no"),
}
FIRST = 8  # key results offered where none is chosen


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty() or workspace.default_cycle(view.as_of) is None:
        st.title(tr("No key results yet"))
        st.markdown(tr("Open the sample company or import your OKRs first; then every key result has a page here."))
        if st.button(tr("Go to the scorecard"), type="primary"):
            view.go("scorecard")
        return
    card = workspace.scorecard(view.cycle, view.as_of)
    identifier = st.query_params.get("kr")
    titles = dict(zip(card.key_results["id"], card.key_results["title"], strict=True))
    if identifier is None or identifier not in titles:
        _choose(workspace, identifier, card, titles, view)
        return
    evidence = workspace.evidence(identifier, card.cycle.id, view.as_of)
    row = evidence.row
    _head(evidence, card, view)
    closed.notice(workspace, view, row, card.cycle)
    if row["verdict"] == "unlinked":
        empty.no_link(identifier)
    elif pd.notna(row["kpi"]):
        _picture(workspace, evidence, row, card, view)
    outlook.ahead(workspace, evidence, card, view)
    course.show(workspace, row, card, view)
    lessons.show_for(workspace, view, set(evidence.links["kpi"]))
    _process(evidence, card, view)
    provenance.links(evidence, view)
    provenance.record(evidence, view)


def _choose(workspace: Any, identifier: str | None, card: Any, titles: dict[str, str], view: View) -> None:
    st.title(tr("Which key result?"), anchor=False)
    if identifier:
        st.warning(
            tr(
                "{cycle} has no key result “{id}” as known then. Choose one of its own.",
                cycle=plain(card.cycle.label),
                id=plain(identifier),
            ),
            icon=":material/info:",
        )
    objectives = dict(zip(card.key_results["id"], card.key_results["objective_title"], strict=True))
    picked = st.selectbox(
        tr("Key result"),
        list(titles),
        index=None,
        format_func=lambda key: f"{titles[key]}  ·  {objectives[key]}",
        placeholder=tr("Type a few letters"),
    )
    if picked:
        view.go("key-result", kr=picked)
    _first(workspace, card, view)


def _first(workspace: Any, card: Any, view: View) -> None:
    """Those to begin with: what needs talking about, else the first ones."""
    rows = card.key_results if view.team is None else card.of_team(view.team).key_results
    talk = needs_talk(rows)
    st.subheader(tr("Talk about these first") if len(talk) else tr("Key results of the cycle"), anchor=False)
    made = Rows(lambda pairs: workspace.series_many(pairs, view.as_of), view, card, None)
    shown = (talk if len(talk) else rows).head(FIRST)
    sheet.show([sheet.group("", "", made.of(shown, where=True))], view, key="first")


def _head(evidence: Any, card: Any, view: View) -> None:
    row = evidence.row
    if "scorecard" in view.pages:
        st.page_link(view.pages["scorecard"], label=tr("Scorecard"), icon=":material/arrow_back:")
    parts = [
        row["objective_title"],
        row["team_name"],
        card.cycle.label,
        tr("illustrative") if row["illustrative"] else "",
    ]
    with st.container(gap=None):
        st.caption(plain(" · ".join(part for part in parts if part)))
        st.title(plain(row["title"] or row["id"]), anchor=False)
    word = VERDICTS[row["verdict"]]
    badges = [sheet.badge(word, row["verdict_word"]), *(sheet.badge(FLAGS[code]) for code in row["flags"])]
    lead = sheet.lead(badges, row["sentence"], row["flag_notes"], _facts(row, card))
    warned = (_warning(evidence), "bad"), (evidence_words.shock_note(card.shock, row), "warn")
    lead["notes"] += [{"text": one_line(said), "tone": tone} for said, tone in warned if said]
    sheet.show([lead], view, key="lead")


def _warning(evidence: Any) -> str:
    """A turn for the worse while the window is open; '' without one."""
    row = evidence.row
    series = _drawn(evidence.series, row)
    if not row["so_far"] or pd.isna(row["kpi"]) or row["window_start"] > series["period"].max() or len(series) < 3:
        return ""
    judged = row["move_verdict"] if isinstance(row["move_verdict"], str) else "cannot_tell"
    interval = (row["effect_relative"], row["lo90_relative"], row["hi90_relative"])
    found = early_warning(judged, *interval, series["value"], row["kpi_direction"])
    if not found.level:
        return ""
    return tr("Early warning: {sentence}", sentence=found.sentence(row["kpi_name"]))


def _drawn(frame: pd.DataFrame, row: Any) -> pd.DataFrame:
    """A series or path as charts draw it: known values, days as weeks."""
    if not is_daily(row["cadence"]):
        return frame.dropna(subset=["value"]) if "value" in frame else frame
    return by_week(frame.drop(columns="in_window", errors="ignore"), row["window_start"])


def _facts(row: Any, card: Any) -> list[tuple[str, str, str]]:
    """The figures beside the sentence: (name, value, what it is measured against)."""
    unit = row["unit"]
    mark_at = pass_mark(row["level"], card.policy)
    passes = tr("passes at {score}", score=amounts.plain_number(mark_at))
    facts = [(tr("Score"), amounts.score(row["score"]), passes)]
    if amounts.known(row["target"]):
        goal = f"{amounts.level(row['baseline'])} → {amounts.level(row['target'], unit)}"
        facts.append((tr("Now"), amounts.level(row["current"], unit), goal))
    elif amounts.known(row["current"]):
        facts.append((tr("Now"), amounts.level(row["current"], unit), spoken(KINDS.get(row["kind"], ""))))
    if card.as_of <= card.cycle.end and isinstance(row["pace_word"], str) and row["pace_word"]:
        progress = tr("progress {share}", share=amounts.share(row["progress"]))
        facts.append((tr("Pace"), sheet.pace(row["pace_word"]), progress))
    if amounts.known(row["effect"]):
        effect = amounts.effect(row)
        name = tr("Effect on {kpi}", kpi=row["kpi_name"])
        facts.append((name, effect, amounts.interval(row["lo"], row["hi"])))
    if amounts.known(row["confidence"]):
        confidence = tr("{number} of 10", number=amounts.plain_number(row["confidence"]))
        said_on = tr("said on {day}", day=amounts.day(row["checked_in"]))
        facts.append((tr("Owner's confidence"), confidence, said_on))
    return facts


def _picture(workspace: Any, evidence: Any, row: Any, card: Any, view: View) -> None:
    unit, name = row["kpi_unit"], row["kpi_name"]
    st.header(tr("The evidence"), anchor=False)
    if evidence.series.empty:  # a chart of nothing would only ask what it means
        st.markdown(plain(tr("No value of {kpi} has arrived yet, so there is nothing to judge.", kpi=name)))
        if st.button(tr("Upload an extract"), icon=":material/upload_file:", key="upload for evidence"):
            view.go("upload")
        return
    window = (row["window_start"], row["window_end"])
    target = target_on_series(row)
    drawn = (_drawn(evidence.series, row), _drawn(evidence.path, row))
    span = span_of(drawn[0])
    events = numbered(workspace.events_of(row["kpi"], view.as_of), *span) if span else []
    figure = charts.evidence(*drawn, window, unit=unit, target=target, events=events, dark=view.dark)
    described = f"{charts.described(name, evidence.series, unit)} {row['sentence']}"
    left, right = st.columns([2.2, 1], gap="large")
    with left:
        st.markdown(
            tr("{series}, in {unit}, with the window of the cycle shaded", series=_series(row), unit=plain(unit))
            if unit
            else tr("{series}, with the window of the cycle shaded", series=_series(row))
        )
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=described, key="evidence")
        if is_daily(row["cadence"]):
            st.caption(spoken(NOTE))
        if events:
            event_list.listed(events, view, key="events")
    with right:
        st.markdown(f"**{tr('How sure are we, and why')}**")
        for paragraph in evidence_words.how_sure(row, card.policy, evidence.earlier_windows, evidence.path):
            st.markdown(plain(paragraph))


def _process(evidence: Any, card: Any, view: View) -> None:
    """The process behaviour chart of the judged KPI."""
    row = evidence.row
    if pd.isna(row["kpi"]) or row["verdict"] == "unlinked":
        return
    unit, name, direction = row["kpi_unit"], row["kpi_name"], row["kpi_direction"]
    window, target, series = (
        (row["window_start"], row["window_end"]),
        target_on_series(row),
        _drawn(evidence.series, row),
    )
    if len(series) < 3:
        return
    moved = row["move_verdict"] in ("better", "worse")
    rebase = charts.rebased(series, window[0]) if moved else []
    result = xmr(series["value"], direction, target, rebase)
    words = evidence_words.xmr_words(result, unit)
    st.header(tr("Routine variation or signal?"), anchor=False)
    st.markdown(plain(words))
    if rebase:
        st.caption(spoken(evidence_words.REBASED))
    cycle = (card.cycle.start, card.cycle.end)
    chart = charts.xmr(series, result, direction, unit=unit, target=target, window=cycle, dark=view.dark)
    alt = tr("Process behaviour chart of {kpi}. {words}", kpi=name, words=words)
    st.plotly_chart(chart, theme=None, config=charts.CONFIG, alt=alt, key="xmr")


def _series(row: Any) -> str:
    """The judged KPI, in bold, and its segment."""
    kpi = f"**{plain(row['kpi_name'])}**"
    return kpi if row["segment"] in (None, "all") else tr("{kpi} for {segment}", kpi=kpi, segment=plain(row["segment"]))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
