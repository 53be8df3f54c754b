"""OKRs from a file: what each row would do is shown before anything is stored."""

from typing import Any

import pandas as pd
import streamlit as st
import yaml

from models.language import tr, trn
from models.refused import Refused
from pages.parts import amounts
from pages.parts.escape import plain

TYPES = ["yaml", "yml", "csv", "tsv", "xlsx", "json"]
ASKED = ("objective", "key_result", "owner", "team", "cycle", "kpi", "baseline", "target", "current")  # on screen
MAPPING_EXAMPLE = """\
layout: nodes            # or key_results, wide
columns: {id: Key, parent: Belongs to, type: Kind, title: Name, target: Goal}
types: {Ambition: objective, Measure: key_result, Task: leave_out}
decimal: ","
"""


def show(workspace: Any) -> None:
    st.markdown(
        tr(
            "YAML, the ClickUp goals JSON, or any table (CSV, TSV, Excel): one row a key result, one row a node with "
            "its parent, or one row an objective with KR1, KR2 beside it. A column with current values becomes "
            "check-ins."
        )
    )
    file = st.file_uploader(tr("File with OKRs"), type=TYPES, key="plan file")
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
    for note in found.notes:
        st.caption(plain(note))
    if found.errors:
        return
    rows = preview(found)
    counts = rows["state"].value_counts()
    st.markdown(
        tr(
            "**{new} new**, **{changed} changed**, {unchanged} unchanged; {check_ins} check-ins.",
            new=amounts.count(counts.get("new", 0)), changed=amounts.count(counts.get("changed", 0)),
            unchanged=amounts.count(counts.get("unchanged", 0)), check_ins=amounts.count(found.check_ins),
        )
    )  # fmt: skip
    st.dataframe(_said(rows), hide_index=True, alt=tr("What importing this file would do"))
    nothing = not found.changes and not found.check_ins
    if st.button(tr("Import"), type="primary", disabled=nothing, key="import plan"):
        done = workspace.import_okrs(file.name, data, mapping=mapping, draft=draft)
        st.toast(trn("{count} change imported.", "{count} changes imported.", len(done.changes)))
        st.rerun()


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


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    states = {"new": tr("＋ new"), "changed": tr("✎ changed"), "unchanged": tr("= unchanged")}
    kinds = {"objective": tr("objective"), "key_result": tr("key result")}
    return pd.DataFrame(
        {
            tr("Line"): rows["line"],
            tr("What"): rows["state"].map(states),
            tr("Kind"): rows["kind"].map(kinds),
            tr("Title"): rows["title"],
            tr("Changes"): rows["fields"],
        }
    )


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
