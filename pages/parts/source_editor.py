"""What is expected of a source and how its files are read: edited as YAML, judged at once, kept with its history."""

import json
from typing import Any

import pandas as pd
import streamlit as st
import yaml

from models.language import mark, spoken, tr
from models.refused import Refused
from models.source import Source
from pages.parts import allowed, amounts
from pages.parts.escape import plain

EXAMPLE = "rows_at_least: 100\nmust_have: [staff_turnover]\ngaps_at_most: 0.05\njumps: {staff_turnover: 3}"
KEYS = {
    "`rows_at_least`, `rows_at_most`": mark("how many values a file brings"),
    "`must_have`": mark("KPIs that every file brings"),
    "`gaps_at_most`": mark("share (0 to 1) of a KPI's periods and segments that may be without a value"),
    "`jumps`": mark("per KPI: how many times the value before a value may be"),
    "`only_warn`": mark("`true`: what does not hold warns and does not stop the file"),
}


def edit(workspace: Any, name: str) -> None:
    """Tabs to change a source, and who changed it when."""
    source = next((known for known in workspace.sources() if known.id == name), None) or Source(id=name)
    st.header(tr("What is expected of it"), anchor=False)
    expected, reading, history = st.tabs([tr("Expectations"), tr("How its files are read"), tr("History")])
    with expected:
        _expectations(workspace, source)
    with reading:
        _reading(workspace, source)
    with history:
        _history(workspace.source_history(name))


def as_yaml(values: dict[str, Any]) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True) if values else ""


def _expectations(workspace: Any, source: Source) -> None:
    left, right = st.columns([3, 2], gap="medium")
    meanings = [f"| {key} | {spoken(meaning)} |" for key, meaning in KEYS.items()]
    right.markdown("\n".join([f"| {tr('key')} | {tr('means')} |", "|---|---|", *meanings]))
    with left:
        text = st.text_area(
            tr("Expectations (YAML)"), as_yaml(source.expectations), height=180, placeholder=EXAMPLE,
            key=f"expectations {source.id}", help=tr(
                "Checked on every file of this source, beside its KPIs' definitions."
            ),
        )  # fmt: skip
        try:
            told = workspace.expectations(text or "")
        except Refused as refusal:
            st.error(plain(refusal), icon=":material/error:")
            return
        _save(workspace, source, source.model_copy(update={"expectations": told}), "expectations")


def _reading(workspace: Any, source: Source) -> None:
    if source.folder:
        st.caption(plain(tr("Files arrive in {folder} ({pattern}).", folder=source.folder, pattern=source.pattern)))
    text = st.text_area(
        tr("Mapping (YAML)"), as_yaml(source.mapping), height=140, key=f"mapping of {source.id}",
        placeholder="period: Datum\nvalue: Wert\ndecimal: ','",
        help=tr(
            "Which column is what, and how dates and numbers are written. What is not said is read from "
            "each file."
        ),
    )  # fmt: skip
    create = st.checkbox(tr("Create KPIs that are not known yet"), source.create_kpis, key=f"create of {source.id}")
    part = st.checkbox(
        tr("When its folder is read, accept the good part of a file"), source.accept_partial, key=f"part of {source.id}"
    )
    try:
        mapping = workspace.options(mapping=text or None).mapping
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")
        return
    told = {"mapping": mapping.to_dict() if mapping else {}, "create_kpis": create, "accept_partial": part}
    _save(workspace, source, source.model_copy(update=told), "reading")


def _save(workspace: Any, before: Source, after: Source, what: str) -> None:
    changed = after != before
    if allowed.button(
        workspace, "define_source", tr("Save"), type="primary", disabled=not changed, key=f"save {what} {before.id}"
    ):
        try:
            workspace.define_source(after)
        except Refused as refusal:
            st.error(plain(refusal), icon=":material/error:")
            return
        st.toast(tr("Saved for the source {source}; the next file is read by it.", source=plain(before.id)))
        st.rerun()
    if not changed:
        st.caption(tr("Nothing has been changed."))


def _history(versions: pd.DataFrame) -> None:
    if versions.empty:
        st.caption(tr("Nobody has said anything about this source yet: its files are read as they come."))
        return
    shown = pd.DataFrame(
        {
            tr("When (UTC)"): [amounts.moment(at) for at in versions["recorded_at"]],
            tr("Who"): versions["recorded_by"],
            tr("What changed"): changes(list(versions["body"])),
        }
    )
    st.dataframe(
        shown.iloc[::-1],
        hide_index=True,
        alt=tr("Every change of this source, newest first"),
        column_config={tr("What changed"): st.column_config.TextColumn(width="large")},
    )


def changes(bodies: list[str]) -> list[str]:
    """Per version (JSON), oldest first, what it says that the one before did not."""
    said, before = [], dict[str, Any]()
    for body in bodies:
        now = _flat(json.loads(body))
        new = [f"{key}: {now[key]}" for key in now if before.get(key) != now[key]]
        gone = [tr("without {key}", key=key) for key in before if key not in now]
        said.append("; ".join(new + gone) or tr("defined"))
        before = now
    return said


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """expectations and mapping as `expectations rows_at_least`; the rest as it stands, without the id."""
    flat: dict[str, Any] = {}
    for key, value in body.items():
        if isinstance(value, dict):
            flat |= {f"{key} {name}": json.dumps(inner, ensure_ascii=False) for name, inner in value.items()}
        elif key != "id":
            flat[key] = value
    return flat
