"""OKRs from a file: what each row would do is shown before anything is stored."""

from typing import Any

import pandas as pd
import streamlit as st
import yaml

from models.language import tr, trn
from models.refused import Refused
from pages.parts import amounts, plan_state, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

TYPES = ["yaml", "yml", "csv", "tsv", "xlsx", "json"]
ASKED = ("objective", "key_result", "owner", "team", "cycle", "kpi", "baseline", "target", "current")  # on screen
MAPPING_EXAMPLE = """\
layout: nodes            # or key_results, wide
columns: {id: Key, parent: Belongs to, type: Kind, title: Name, target: Goal}
types: {Ambition: objective, Measure: key_result, Task: leave_out}
decimal: ","
"""

SHOWN = 100  # rows of the preview; what changes stands first


def show(workspace: Any, view: View) -> None:
    if _imported():
        return
    st.markdown(
        tr(
            "YAML, the ClickUp goals JSON, or any table (CSV, TSV, Excel): one row a key result, one row a node with "
            "its parent, or one row an objective with KR1, KR2 beside it. A column with current values becomes "
            "check-ins."
        )
    )
    file = st.file_uploader(tr("File with OKRs"), type=TYPES, key=f"plan file {st.session_state.get('plan files', 0)}")
    if file is None:
        return
    data = file.getvalue()
    mapping = _mapping(workspace, file.name, data)
    draft = st.toggle(tr("Bring new objectives in as drafts"), True, key="plan file drafts")
    try:
        found = workspace.import_okrs(file.name, data, dry_run=True, mapping=mapping, draft=draft)
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
        return
    if found.errors:
        st.markdown(trn("**{count} problem**; nothing was imported:", "**{count} problems**; nothing was imported:",
                        len(found.errors)))  # fmt: skip
        st.dataframe(problems(found.errors), hide_index=True, alt=tr("What cannot be imported"))
    rows = preview(found)
    counts = rows["state"].value_counts()
    if not found.errors:
        st.markdown(
            tr(
                "**{new} new**, **{changed} changed**, {unchanged} unchanged; {check_ins} check-ins.",
                new=amounts.count(counts.get("new", 0)), changed=amounts.count(counts.get("changed", 0)),
                unchanged=amounts.count(counts.get("unchanged", 0)), check_ins=amounts.count(found.check_ins),
            )
        )  # fmt: skip
        _listed(rows, view)
        nothing = not found.changes and not found.check_ins
        if st.button(tr("Import"), type="primary", disabled=nothing, key="import plan"):
            done = workspace.import_okrs(file.name, data, mapping=mapping, draft=draft)
            st.session_state["plan imported"] = (file.name, len(done.changes), done.check_ins, draft)
            st.session_state["plan files"] = st.session_state.get("plan files", 0) + 1  # the file is done with
            st.rerun()
    if found.notes:
        st.caption("\n".join(f"- {plain(note)}" for note in found.notes))


def _imported() -> bool:
    """What the last file brought, and the way to it, until another is asked for."""
    done = st.session_state.get("plan imported")
    if done is None:
        return False
    name, changes, check_ins, draft = done
    told = [trn("{count} change imported", "{count} changes imported", changes)]
    told += [trn("{count} check-in", "{count} check-ins", check_ins)] if check_ins else []
    st.success(plain(tr("{file}: {what}.", file=name, what=", ".join(told))), icon=":material/check:")
    if draft:
        st.markdown(tr("New objectives are drafts: look through their hints, talk about them, then publish."))
    with st.container(horizontal=True):
        look = st.button(tr("See the objectives"), type="primary", key="see imported")
        again = st.button(tr("Bring another file"), key="import another")
    if look or again:
        del st.session_state["plan imported"]
        st.session_state["plan show asked"] = "plan" if look else "import"
        plan_state.go()
    return True


def preview(found: Any) -> pd.DataFrame:
    """One row an objective or key result of the file: line, state (new, changed, unchanged), kind, title, fields."""
    fields: dict[tuple[str, str], list[str]] = {}
    new = set()
    for change in found.changes:
        if change.what == "new":
            new.add((change.kind, change.id))
        elif change.what == "changed":
            fields.setdefault((change.kind, change.id), []).append(
                f"{change.field.replace('_', ' ')}: {_value(change.old)} → {_value(change.new)}"
            )
    rows = []
    for objective in found.objectives:
        for kind, one in [("objective", objective), *(("key_result", kr) for kr in objective.key_results)]:
            key = (kind, one.id)
            state = "new" if key in new else "changed" if key in fields else "unchanged"
            rows.append((found.lines.get(key), state, kind, one.label, "; ".join(fields.get(key, []))))
    return pd.DataFrame(rows, columns=["line", "state", "kind", "title", "fields"]).astype({"line": "Int64"})


def problems(errors: list[Any]) -> pd.DataFrame:
    """Line, field, found and what to do about it."""
    rows = [(error.line, error.field, error.found, error.message) for error in errors]
    columns = [tr("Line"), tr("Field"), tr("Found"), tr("What is wrong and what to do")]
    return pd.DataFrame(rows, columns=columns).astype({columns[0]: "Int64"})


def _listed(rows: pd.DataFrame, view: View) -> None:
    """The preview, what changes first; key results stand under their objective otherwise."""
    states = {
        "new": {"word": tr("new"), "icon": "＋", "tone": "good", "meaning": tr("It is not there yet.")},
        "changed": {"word": tr("changed"), "icon": "✎", "tone": "warn", "meaning": tr("Some of its fields differ.")},
        "unchanged": {"word": tr("unchanged"), "icon": "=", "tone": "neutral", "meaning": tr("It stands so already.")},
    }
    kinds = {"objective": tr("objective"), "key_result": tr("key result")}
    first = pd.concat([rows[rows["state"] != "unchanged"], rows[rows["state"] == "unchanged"]]).head(SHOWN)
    blocks: list[sheet.Block] = [
        {
            "cells": [
                states[row["state"]],
                {"text": one_line(row["title"]), "meta": kinds[row["kind"]]},
                one_line(row["fields"]),
                "" if pd.isna(row["line"]) else str(row["line"]),
            ]
        }
        for row in first.to_dict("records")
    ]
    columns = [tr("What"), tr("Title"), tr("Changes"), tr("Line")]
    changes = any(row["fields"] for row in first.to_dict("records"))
    if not changes:
        columns = [columns[0], columns[1], columns[3]]
        blocks = [{"cells": [block["cells"][at] for at in (0, 1, 3)]} for block in blocks]
    sheet.show([sheet.table(columns, blocks, numbers=[tr("Line")])], view, "import preview")
    if len(rows) > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", len(rows) - SHOWN))


def _value(value: Any) -> str:
    return tr("nothing") if value is None else amounts.plain_number(value) if isinstance(value, float) else str(value)


def _mapping(workspace: Any, name: str, data: bytes) -> str | None:
    """Which column is what, chosen from the file's own headers, or written as YAML."""
    headers = workspace.okr_headers(name, data)
    if not headers:
        return None
    with st.expander(tr("Which column is what")):
        st.caption(tr("Left empty, usual names in English and Swedish are recognised."))
        words = {
            "objective": tr("Objective"), "key_result": tr("Key result"), "owner": tr("Owner"), "team": tr("Team"),
            "cycle": tr("Cycle"), "kpi": tr("KPI"), "baseline": tr("Baseline"), "target": tr("Target"),
            "current": tr("Current value"),
        }  # fmt: skip
        columns = st.columns(3)
        chosen = {
            field: columns[at % 3].selectbox(words[field], [None, *headers], key=f"column {field}",
                                             format_func=lambda text: tr("recognised by its name") if text is None
                                             else text)
            for at, field in enumerate(ASKED)
        }  # fmt: skip
        marks = {None: tr("as it stands"), ".": tr("point"), ",": tr("comma")}
        decimal = st.selectbox(tr("Decimal mark"), list(marks), format_func=lambda m: marks[m], key="column decimal")
        written = st.text_area(
            tr("Or all of it, as YAML"), key="column mapping", placeholder=MAPPING_EXAMPLE, height=120
        )
    if written.strip():
        return written
    said: dict[str, Any] = {"columns": {field: header for field, header in chosen.items() if header is not None}}
    if decimal:
        said["decimal"] = decimal
    return yaml.safe_dump(said, allow_unicode=True) if said["columns"] or decimal else None
