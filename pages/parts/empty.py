"""Empty pages that teach: what is missing, why it matters, and the button that does something about it."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import spoken, tr, trn
from models.okr_changes import KINDS
from pages.parts import allowed
from pages.parts.escape import plain
from pages.parts.view import View

OKR_EXAMPLE = """\
teams: [{id: people, name: People team}]
kpis:
  - {id: staff_turnover, name: Staff turnover, unit: "%", direction: down, cadence: month, min_change: 5%}
objectives:
  - id: stay
    title: People want to stay
    team: people
    cycle: 2026-Q3
    key_results:
      - id: reward
        title: Launch the reward programme
        kind: yes_no
        links: [{kpi: staff_turnover, role: outcome}]
"""
LINK_EXAMPLE = """\
key_results:
  - id: {id}
    links:
      - {kpi: some_kpi, role: outcome, lag: 0}
"""


def no_data(workspace: Any, view: View) -> None:
    """Nothing has been stored: open the sample, or bring one's own."""
    st.title(tr("Did the needle move?"))
    st.markdown(
        tr(
            "Needle links key results to the KPIs beneath them and asks the data whether those KPIs really moved. "
            "A key result that passed while its KPI stood still is a **vanity win**; finding those, and the honest "
            "wins, is what this is for."
        )
    )
    st.markdown(tr("There is nothing in the store yet. Two ways to begin:"))
    sample, own = st.columns(2, gap="medium")
    with sample.container(border=True, height="stretch"):
        st.header(tr("Look around first"), anchor=False)
        st.markdown(tr("A made-up company of four teams with three years of KPIs and every verdict there is."))
        if allowed.button(workspace, "fill_sample", tr("Open the sample company"), type="primary"):
            with st.status(tr("Filling the store with the sample company…")):
                workspace.fill_sample("nordlys")
            st.rerun()
    with own.container(border=True, height="stretch"):
        st.header(tr("Bring your own"), anchor=False)
        st.markdown(
            tr("Load an extract of KPI values (CSV, TSV or Excel), then import the OKRs that are to move them.")
        )
        if st.button(tr("Upload an extract")):
            view.go("upload")
    with st.expander(tr("I have an OKR file already")):
        import_okrs(workspace)


def no_okrs(workspace: Any) -> None:
    """Values, but no objectives: show how the smallest file looks, and take it."""
    st.title(tr("KPIs are here; objectives are not"))
    kpis = workspace.kpis()
    st.markdown(
        trn(
            "The store holds {count} KPI. To see which key results moved them, describe your objectives in one YAML "
            "file and import it. The smallest useful file:",
            "The store holds {count} KPIs. To see which key results moved them, describe your objectives in one YAML "
            "file and import it. The smallest useful file:",
            len(kpis),
        )
    )
    st.code(OKR_EXAMPLE, language="yaml")
    import_okrs(workspace)


def no_key_results(cycle: str, team: str | None, view: View) -> None:
    """A cycle, or a team in it, without key results."""
    st.title(tr("Nothing to score here"))
    st.markdown(
        tr(
            "{team} has no key results in {cycle}. Choose another cycle or team, or import OKRs that name this cycle.",
            team=plain(team),
            cycle=plain(cycle),
        )
        if team
        else tr(
            "There are no key results in {cycle}. Choose another cycle or team, or import OKRs that name this cycle.",
            cycle=plain(cycle),
        )
    )
    if st.button(tr("Import OKRs")):
        view.go("upload", what="okrs")


def no_link(key_result: str) -> None:
    """A key result without an outcome KPI: how to link one."""
    st.markdown(
        tr(
            "**Link the KPI that this key result is meant to move**, and the next import will judge it."
            " In the OKR file:"
        )
    )
    name = key_result if key_result.replace("-", "").replace("_", "").isalnum() else "this-key-result"
    st.code(LINK_EXAMPLE.replace("{id}", name), language="yaml")
    st.caption(
        tr(
            "outcome: the KPI to move. guardrail: must not get worse meanwhile. control: a comparable "
            "KPI that the work "
            "cannot touch. lag: days until an effect can show."
        )
    )


def import_okrs(workspace: Any) -> None:
    """Take an OKR file: show what would change, then import it."""
    if allowed.barred(workspace, "import_okrs"):
        return
    file = st.file_uploader(tr("OKR file (okrs.yaml)"), type=["yaml", "yml", "csv", "xlsx", "json"], key="okr_file")
    if file is None:
        return
    data = file.getvalue()
    plan = workspace.import_okrs(file.name, data, dry_run=True)
    for error in plan.errors:
        st.error(plain(error), icon=":material/error:")
    for note in plan.notes:
        st.caption(plain(note))
    if plan.errors:
        st.caption(tr("Nothing was imported. Correct the file and drop it again."))
        return
    changes = [change for change in plan.changes if change.what != "gone"]
    if not changes:
        st.info(tr("Everything in this file is known already; importing it would change nothing."))
        return
    st.markdown(trn("**{count} change** would be made:", "**{count} changes** would be made:", len(changes)))
    st.dataframe(change_table(changes), hide_index=True, alt=tr("What importing this file would change"))
    if st.button(trn("Import {count} change", "Import {count} changes", len(changes)), type="primary"):
        workspace.import_okrs(file.name, data)
        st.toast(tr("OKRs imported."))
        st.rerun()


def change_table(changes: list[Any]) -> pd.DataFrame:
    """What an import would do, one line a change: What, Definition, Field, Before, After."""
    return pd.DataFrame(
        {
            tr("What"): [_what(change.what) for change in changes],
            tr("Definition"): [f"{_kind(change.kind)} {change.id}" for change in changes],
            tr("Field"): [change.field.replace("_", " ") for change in changes],
            tr("Before"): ["" if change.old is None else str(change.old) for change in changes],
            tr("After"): ["" if change.new is None else str(change.new) for change in changes],
        }
    )


def _what(code: str) -> str:
    return {"new": tr("new"), "changed": tr("changed")}.get(code, code)


def _kind(code: str) -> str:
    """A kind of definition inside a line."""
    return spoken(KINDS[code]).lower()
