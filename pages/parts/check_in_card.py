"""One key result of a check-in: what is known of it, and the fields for what has changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from models.check_ins import NewAction, Said
from models.dependencies import holds_up, waits_for
from models.language import tr, trn
from models.okr import KeyResult, Status
from models.policy import Policy
from models.stages import lateness, stages
from pages.parts import amounts, sheet
from pages.parts.escape import one_line, plain
from pages.parts.targets import pass_mark
from pages.parts.view import View

STAGES_IN_A_ROW = 5


@dataclass(frozen=True)
class Around:
    """What the cards of a round share. `last`: see models.check_ins.last_said; `turn` counts the rounds saved, so that
    the fields start afresh after each."""

    last: pd.DataFrame = field(repr=False)
    statuses: Mapping[str, str] = field(repr=False)
    offered: list[Status] = field(repr=False)
    status: Callable[[str | None], Status | None] = field(repr=False)
    waits: pd.DataFrame = field(repr=False)
    due: pd.Series = field(repr=False)
    sparks: Mapping[str, Any] = field(repr=False)
    today: date
    policy: Policy = field(repr=False)
    turn: int = 0


def show(row: dict[str, Any], kr: KeyResult, seen: Around, view: View) -> Said | None:
    """Draw one key result; what was said of it, or None where nothing was touched."""
    last = seen.last.loc[kr.id].to_dict() if kr.id in seen.last.index else {}
    key = f"check-in {seen.turn} {kr.id}"
    with st.container(border=True, gap="small", key=f"check-in card {seen.turn} {kr.id}"):
        block = sheet.group("", "", [_told(row, kr, last, seen, view)], bare=True)
        sheet.show([block], view, key=f"row {key}")
        said = _fields(row, kr, last, seen, key)
        said |= _stages(kr, seen, key)
        said |= _action(row, kr, key)
    return Said(kr.id, **said) if said else None


# -- what is known -------------------------------------------------------------------------------------------------


def _told(row: dict[str, Any], kr: KeyResult, last: dict[str, Any], seen: Around, view: View) -> sheet.Block:
    status = seen.status(seen.statuses.get(kr.id))
    flags = []
    if kr.id in seen.due.index:
        since = tr("Since {day}", day=amounts.day(seen.due[kr.id]))
        flags.append({"word": tr("Due"), "icon": "◷", "tone": "warn", "meaning": since})
    waits = seen.waits[seen.waits["key_result"] == kr.id].to_dict("records")
    wanted = seen.waits[seen.waits["on"] == kr.id].to_dict("records")
    said = [(waits_for(wait), wait["state"]) for wait in waits] + [(holds_up(wait), wait["state"]) for wait in wanted]
    mark, about = pass_mark(row["level"], seen.policy), (row["owner"], *last_time(last))
    return {
        "open": {"page": "key-result", "params": {"kr": kr.id}},
        "href": view.href("key-result", kr=kr.id),
        "title": one_line(row["title"] or kr.id),
        "meta": " · ".join(one_line(part) for part in about if isinstance(part, str) and part),
        "verdict": status_badge(status),
        "flags": flags,
        "sentence": one_line(data_sentence(row, kr, last)),
        "notes": [
            {"text": one_line(text), "tone": "bad" if state in ("late", "dropped") else "neutral"}
            for text, state in said
        ],
        "score": sheet.score_bar(row["score"], mark, row["pace_word"], below=bool(row["below_baseline"])),
        "spark": seen.sparks.get(kr.id),
    }  # fmt: skip


def status_badge(status: Status | None) -> dict[str, str]:
    if status is None:
        return {"word": tr("No status"), "icon": "–", "tone": "neutral", "meaning": tr("Nobody has set one.")}
    return {"word": one_line(status.label), "icon": one_line(status.icon), "tone": status.tone, "meaning": ""}


def last_time(last: dict[str, Any]) -> list[str]:
    """When it was last checked in, and how sure its owner is."""
    if not last:
        return [tr("never checked in")]
    parts = [tr("last check-in {day}", day=amounts.day(last["day"]))]
    now, before = last["confidence"], last["confidence_before"]
    if amounts.known(now) and amounts.known(before) and now != before:
        texts = {"now": amounts.plain_number(now), "before": amounts.plain_number(before)}
        parts.append(tr("▴ confidence {now}, {before} before", **texts) if now > before
                     else tr("▾ confidence {now}, {before} before", **texts))  # fmt: skip
    elif amounts.known(now):
        parts.append(tr("confidence {now}", now=amounts.plain_number(now)))
    return parts


def data_sentence(row: dict[str, Any], kr: KeyResult, last: dict[str, Any]) -> str:
    """What is known of the value: from data where a KPI is read, else as it was last reported."""
    unit = row["unit"]
    if kr.kind == "milestone":
        done = sum(stage.done is not None for stage in kr.stages)
        return trn("{done} of {count} stage done.", "{done} of {count} stages done.", len(kr.stages), done=str(done))
    if kr.kind == "yes_no":
        return tr("Done on {day}.", day=amounts.day(kr.done)) if kr.done else tr("Not done yet.")
    if not amounts.known(row["current"]):
        return tr("No value yet.")
    now = amounts.level(row["current"], unit)
    if kr.kind == "maintain":
        return tr("{value} now; in its band {share} of the time.", value=now, share=amounts.share(row["progress"]))
    way = {"now": now, "baseline": amounts.level(row["baseline"]), "target": amounts.level(row["target"], unit)}
    if measured(row):
        return tr("The data says {now}, on the way from {baseline} to {target}.", **way)
    before = last.get("value_before")
    if amounts.known(before):
        return tr("{now} reported, {before} before; from {baseline} to {target}.", before=amounts.level(before), **way)
    return tr("{now} reported; from {baseline} to {target}.", **way)


def measured(row: dict[str, Any]) -> bool:
    """Whether the value is read from a KPI, so that nobody need type it."""
    return isinstance(row["measure_kpi"], str) and bool(row["measure_kpi"])


# -- what is said --------------------------------------------------------------------------------------------------


def _fields(row: dict[str, Any], kr: KeyResult, last: dict[str, Any], seen: Around, key: str) -> dict[str, Any]:
    """Value, confidence, status, note and blocker, in the order of the tab key; only what was changed."""
    kept: dict[str, Any] = {"on_change": "ignore", "persist_state": "session"}
    with st.container(key=f"fields of {key}"):  # look.css: two in a row on a phone
        value, sure, status, note, blocker = st.columns([1.2, 1.2, 1.3, 2.2, 2.0], gap="small")
    said: dict[str, Any] = {}
    with value:
        said |= _value(row, kr, last, key, kept)
    with sure:
        before = round(last["confidence"]) if amounts.known(last.get("confidence")) else None
        confidence = st.number_input(
            tr("Confidence, 0–10"), 0, 10, None, 1, key=f"{key} confidence",
            placeholder="" if before is None else str(before), **kept,
        )  # fmt: skip
        if confidence is not None:
            said["confidence"] = float(confidence)
    with status:
        now = seen.statuses.get(kr.id, "")
        # "No status" is a choice like the others: a box that can be emptied has a button for it on the way of the tab
        # key, and the first space of a note would press it.
        words = {} if now else {"": tr("– No status")}
        words |= {known.id: f"{known.icon} {known.label}" for known in seen.offered}
        if now not in words:
            found = seen.status(now)
            words[now] = found.label if found else now
        chosen = st.selectbox(
            tr("Status"), list(words), list(words).index(now), format_func=lambda code: words[code],
            key=f"{key} status", **kept,
        )  # fmt: skip
        if chosen and chosen != now:
            said["status"] = chosen
    with note:
        old = one_line(last.get("note", ""))
        text = st.text_input(
            tr("Note"), placeholder=tr("Last time: {note}", note=old) if old else "", key=f"{key} note", **kept
        )
        if text.strip():
            said["note"] = text.strip()
    with blocker:
        old = last.get("blocker", "")
        text = st.text_input(tr("Blocked by"), old, key=f"{key} blocker", placeholder=tr("Nothing"), **kept).strip()
        if text != old:
            said["blocker"] = text
    return said


def _value(
    row: dict[str, Any], kr: KeyResult, last: dict[str, Any], key: str, kept: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    if kr.kind == "yes_no":
        was = kr.done is not None or last.get("value") == 1
        with st.container(gap="small"):
            st.markdown(tr("Answer"), width="content")
            done = st.checkbox(tr("Done"), was, key=f"{key} done", **kept)
        return {"done": done} if done != was else {}
    if measured(row) or kr.kind in ("milestone", "maintain"):
        shown = amounts.share(row["progress"]) if kr.kind == "milestone" else amounts.level(row["current"], row["unit"])
        told = tr("Finished") if kr.kind == "milestone" else tr("Value from data")
        st.text_input(told, shown, disabled=True, key=f"{key} shown {shown}")
        return {}
    before = amounts.level(last.get("value")) if last else ""
    value = st.number_input(tr("Value"), value=None, step=None, placeholder=before, key=f"{key} value", **kept)
    return {} if value is None else {"value": float(value)}


def _stages(kr: KeyResult, seen: Around, key: str) -> dict[str, Any]:
    """The day on which each stage was done, with how late that was; changed ones only."""
    if kr.kind != "milestone":
        return {}
    changed: dict[int, date | None] = {}
    known = stages([kr], seen.today).to_dict("records")
    for first in range(0, len(known), STAGES_IN_A_ROW):
        columns = st.columns(STAGES_IN_A_ROW, gap="small")
        for column, stage in zip(columns, known[first : first + STAGES_IN_A_ROW], strict=False):
            done = None if pd.isna(stage["done"]) else stage["done"].date()
            with column:
                day = st.date_input(
                    plain(_stage_label(stage)), done, max_value=max(seen.today, done or seen.today),
                    format="YYYY-MM-DD", key=f"{key} stage {stage['place']}", help=_stage_help(stage),
                    on_change="ignore", persist_state="session",
                )  # fmt: skip
            if day != done:
                changed[int(stage["place"])] = day
    return {"stages": changed} if changed else {}


def _stage_label(stage: dict[str, Any]) -> str:
    """`Norway done · 2 days early`, `Iceland done · 3 days overdue`: the day of finishing stands in the field."""
    late = "" if pd.isna(stage["days"]) else lateness(stage["days"])
    return (
        tr("{stage} done · {late}", stage=stage["title"], late=late)
        if late
        else tr("{stage} done", stage=stage["title"])
    )


def _stage_help(stage: dict[str, Any]) -> str | None:
    return None if pd.isna(stage["due"]) else tr("Estimated for {day}", day=amounts.day(stage["due"]))


def _action(row: dict[str, Any], kr: KeyResult, key: str) -> dict[str, Any]:
    box = st.expander(
        tr("Add an action"), icon=":material/add_task:", type="compact", key=f"{key} action box", on_change="rerun"
    )
    if not box.open and not st.session_state.get(f"{key} action"):  # what was written counts in a closed box too
        return {}
    with box:
        what, who, when = st.columns([3, 1.4, 1.2], gap="small")
        kept: dict[str, Any] = {"on_change": "ignore", "persist_state": "session"}
        title = what.text_input(tr("What is to be done"), key=f"{key} action", **kept)
        owner = who.text_input(tr("Who"), kr.owner or "", key=f"{key} action owner", **kept)
        due = when.date_input(tr("By"), None, format="YYYY-MM-DD", key=f"{key} action due", **kept)
    return {"actions": (NewAction(title.strip(), owner.strip(), due),)} if title.strip() else {}
