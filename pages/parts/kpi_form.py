"""The definition of a KPI on screen: its form, what saving would change, who stands on it, what was changed before."""

from typing import Any

import streamlit as st

from models.kpi import Kpi
from models.kpi_uses import ROLES, Use
from models.language import spoken, tr, trn
from models.refused import Refused
from pages.parts import allowed, amounts, kpi_fields, plan_checks, plan_state, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 12  # uses and versions before it says how many more


def edit(workspace: Any, view: View, identifier: str | None) -> None:
    """The form of a KPI; without an identifier of a new one."""
    (base, version), key = plan_state.held(f"kpi/{identifier or ''}", lambda: _seen(workspace, identifier), "name")
    with st.container(gap=None):
        st.caption(plain(identifier) if identifier else tr("What it is called, what is better, how it is counted"))
        st.title(tr("Edit a KPI") if identifier else tr("New KPI"), anchor=False)
    if allowed.barred(workspace, "import_okrs"):
        return
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        said = kpi_fields.asked(workspace, base, key, new=identifier is None)
        kpi, problems = kpi_fields.kpi_of(base, said)
        with st.container(horizontal=True):
            pressed = st.button(tr("Save"), type="primary", disabled=kpi is None, key="save kpi")
            if st.button(tr("Cancel"), key="leave kpi"):
                plan_state.let_go()
                plan_state.go()
        if pressed and kpi is not None and plan_state.attempt(lambda: workspace.save_kpi(kpi, version)):
            st.query_params["kpi"] = kpi.id
            plan_state.go()
        plan_state.settle(lambda body, seen: workspace.save_kpi(Kpi.model_validate(body), seen))
    with right:
        plan_checks.missing(problems)
        if kpi is not None:
            _changed(base if identifier else None, kpi)
        if identifier:
            _used(workspace.kpi_uses(identifier), view)
    if identifier:
        _versions(workspace, view, identifier)


def _seen(workspace: Any, identifier: str | None) -> tuple[Kpi, int]:
    if identifier is None:
        return Kpi(id="new"), 0
    kpi, stamp = workspace.defined_kpi(identifier)
    return kpi, stamp.version


def _changed(base: Kpi | None, kpi: Kpi) -> None:
    """What saving would change, field by field."""
    st.header(tr("What saving does"), anchor=False)
    if base is None:
        st.markdown(plain(tr("A new KPI, {id}. Files that name it so are taken without a question.", id=kpi.id)))
        return
    before, after = (one.model_dump(mode="json", exclude={"to_be_defined"}) for one in (base, kpi))
    names = [name for name in after if before[name] != after[name]]
    if not names:
        st.caption(tr("Nothing is changed yet."))
    for name in names:
        old, new = shown(before[name]), shown(after[name])
        st.markdown(f"**{plain(field_word(name))}**: {plain(old)} → {plain(new)}")
    if set(names) & {"direction", "band", "min_change", "cadence", "aggregation", "numerator", "denominator", "unit"}:
        st.caption(tr("Scorecards of open cycles are judged anew by it; closed cycles stay as they were agreed."))


def shown(value: Any) -> str:
    """A value of a definition in words."""
    if value in (None, "", []):
        return tr("nothing")
    if isinstance(value, dict) and set(value) == {"low", "high"}:
        return " – ".join("…" if end is None else amounts.plain_number(end) for end in (value["low"], value["high"]))
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return amounts.plain_number(value) if isinstance(value, float) else str(value)


def field_word(name: str) -> str:
    words = {
        "name": tr("Name"), "description": tr("Description"), "unit": tr("Unit"), "owner": tr("Owner"),
        "direction": tr("Direction"), "band": tr("Band"), "min_change": tr("Smallest change that matters"),
        "cadence": tr("A value arrives"), "aggregation": tr("Several periods together"),
        "numerator": tr("What is divided"), "denominator": tr("By what"), "range": tr("Possible values"),
        "made_of": tr("Made of"), "influenced_by": tr("Driven by"), "source": tr("Source"),
    }  # fmt: skip
    return words.get(name, name.replace("_", " "))


def _used(uses: list[Use], view: View) -> None:
    st.header(tr("Who stands on it"), anchor=False)
    if not uses:
        st.caption(tr("No key result and no KPI yet."))
        return
    running = sum(use.running for use in uses if use.kind == "key_result")
    past = sum(not use.running for use in uses)
    said = trn(
        "{count} key result of a cycle that is not over", "{count} key results of cycles that are not over", running
    )
    st.markdown(f"{said}, {trn('{count} of the past', '{count} of the past', past)}.")
    rows: list[sheet.Block] = []
    for use in uses[:SHOWN]:
        where = (
            ("key-result", {"kr": use.id, "cycle": use.cycle})
            if use.kind == "key_result"
            else ("trends", {"kpi": use.id})
        )
        about = [use.cycle, *(spoken(ROLES[role]) for role in use.roles)]
        rows.append(
            {
                "cells": [{"text": one_line(use.label), "meta": " · ".join(one_line(part) for part in about if part)}],
                "open": {"page": where[0], "params": where[1]},
                "href": view.href(where[0], **where[1]),
            }
        )
    sheet.show([sheet.table([tr("Used by")], rows, compact=True)], view, "kpi uses")
    if len(uses) > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", len(uses) - SHOWN))


def _versions(workspace: Any, view: View, identifier: str) -> None:
    history = workspace.kpi_history(identifier)
    st.header(tr("What was changed before"), anchor=False)
    rows: list[sheet.Block] = []
    for row in history.head(SHOWN).to_dict("records"):
        what = field_word(row["field"]) if row["field"] else tr("defined")
        old_new = [shown(row["before"]), shown(row["after"])] if row["field"] else ["", ""]
        stamp = {"text": one_line(row["by"]), "meta": f"{amounts.moment(row['at'])} UTC"}
        rows.append({"cells": [what, *map(one_line, old_new), stamp]})
    sheet.show([sheet.table([tr("Field"), tr("Before"), tr("After"), tr("By")], rows)], view, "kpi versions")
    if len(history) > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", len(history) - SHOWN))


def offer(workspace: Any) -> None:
    """The button on a KPI's page, for those who may."""
    if not workspace.may("import_okrs") and st.button(
        tr("Edit the definition"), icon=":material/edit:", type="tertiary", key="edit kpi"
    ):
        plan_state.go(edit="definition")


def offer_new(workspace: Any) -> None:
    """The button that begins a new KPI, for those who may."""
    if not workspace.may("import_okrs") and st.button(tr("New KPI"), icon=":material/add:", key="new kpi"):
        plan_state.go(edit="new-kpi")


def waiting(workspace: Any, view: View, identifier: str) -> None:
    """A KPI of which nothing has arrived: what to do next, and who stands on it."""
    st.markdown(plain(tr("No value has arrived yet. Upload an extract that calls it {id}.", id=identifier)))
    with st.container(horizontal=True):
        if st.button(tr("Upload an extract"), type="primary", key="upload for kpi"):
            view.go("upload")
        offer(workspace)
    _used(workspace.kpi_uses(identifier), view)


def refused(workspace: Any, view: View, identifier: str | None) -> None:
    """The form, or why there is none."""
    try:
        edit(workspace, view, identifier)
    except Refused as problem:
        st.warning(plain(problem), icon=":material/search_off:")
