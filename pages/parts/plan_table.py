"""All key results of a team in one table to be edited: a row is checked by itself, one save is one transaction."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from models import wrong
from models.kpi import Kpi
from models.language import numeral, tr, trn
from models.okr import KeyResult
from models.planned import Edit, Planned, fresh_id
from models.refused import Conflict, Refused
from pages.parts import amounts, plan_state
from pages.parts.escape import one_line, plain
from pages.parts.view import View

COLUMNS = ("id", "objective", "title", "owner", "kpi", "baseline", "target", "weight", "due", "tags")
AUTO = "auto"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row (counted from 1) and what to do about it."""

    row: int
    title: str
    what: str
    todo: str


def show(workspace: Any, view: View, plan: list[Planned]) -> None:
    kpis = {kpi.id: kpi for kpi in workspace.company().kpis}
    name = f"table {view.cycle} {view.team}"
    seen, key = plan_state.held(name, lambda: plan, "table")
    st.caption(
        tr(
            "Change cells as in a spreadsheet, add rows at the end, then save: all rows or none. A baseline of auto is "
            "read from the KPI just before the cycle. Stages, guardrails and bands are edited in the form of each."
        )
    )
    titles = {planned.objective.id: one_line(planned.objective.label) for planned in seen}
    if not titles:
        st.info(tr("Write an objective first; its key results can then be written here."))
        return
    found = st.data_editor(
        frame_of(seen), num_rows="add", hide_index=True, placeholder="", key=f"{key} table", column_order=COLUMNS[1:],
        alt=tr("Key results to edit"), column_config=_config(titles, kpis), row_height=38,
        height=min(38 * (sum(len(p.key_results) for p in seen) + 2) + 4, 700),
    )  # fmt: skip
    edits, problems = edits_of(found, seen, kpis, workspace.taken_ids())
    if problems:
        st.markdown(trn("**{count} row** cannot be saved yet:", "**{count} rows** cannot be saved yet:", len(problems)))
        rows = [
            {tr("Row"): p.row, tr("Key result"): p.title, tr("What is wrong"): p.what, tr("What to do"): p.todo}
            for p in problems
        ]
        st.dataframe(rows, hide_index=True, alt=tr("Rows that cannot be saved yet"))
    with st.container(horizontal=True, vertical_alignment="center"):
        label = trn("Save {count} change", "Save {count} changes", len(edits)) if edits else tr("Nothing to save yet")
        if st.button(label, type="primary", disabled=not edits or bool(problems), key="save table"):
            _save(workspace, edits)
        if st.button(tr("Drop changes"), key="drop table", disabled=not edits and not problems):
            plan_state.let_go()
            st.rerun()


def _save(workspace: Any, edits: list[Edit]) -> None:
    try:
        workspace.save_many(edits)
    except Conflict as conflict:
        changed = "; ".join(f"{d.field}: {d.base} → {d.theirs}" for d in conflict.differences)
        st.error(
            plain(
                tr(
                    "{what} was changed by {who} on {when} UTC since this table was opened ({changes}). Nothing was "
                    "saved: note your changes, drop them and make them again on what stands now.",
                    what=conflict.args[0].partition(" was changed")[0], who=conflict.by,
                    when=amounts.moment(conflict.at), changes=changed,
                )
            ),
            icon=":material/error:",
        )  # fmt: skip
    except Refused as problem:
        st.error(plain(problem), icon=":material/error:")
    else:
        plan_state.let_go()
        st.toast(trn("{count} key result saved.", "{count} key results saved.", len(edits)))
        st.rerun()


def frame_of(plan: list[Planned]) -> pd.DataFrame:
    """One row a key result: COLUMNS; baseline a text, since it may be auto."""
    rows = [
        (
            kr.id, planned.objective.id, kr.title, kr.owner or "", kr.kpi or _measured(kr), _baseline(kr), kr.target,
            kr.weight, kr.due, ", ".join(kr.tags),
        )
        for planned in plan
        for kr in planned.rows
    ]  # fmt: skip
    types = {"target": "float64", "weight": "float64", "due": "datetime64[ns]"}
    texts = dict.fromkeys([name for name in COLUMNS if name not in types], "str")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({**texts, **types})


def edits_of(
    frame: pd.DataFrame, plan: list[Planned], kpis: dict[str, Kpi], taken: set[str]
) -> tuple[list[Edit], list[Problem]]:
    """What the edited table changes, and the rows that cannot be saved."""
    known = {kr.id: (kr, stamp, planned) for planned in plan for kr, stamp in planned.key_results}
    homes = {planned.objective.id: planned.objective for planned in plan}
    edits: list[Edit] = []
    problems: list[Problem] = []
    names = set(taken)
    for number, row in enumerate(frame.to_dict("records"), start=1):
        cells = {name: None if _blank(value) else value for name, value in row.items()}
        if not any(cells[name] for name in ("id", "title", "kpi", "target", "objective")):
            continue
        title = one_line(cells["title"] or cells["id"] or "")
        base, stamp, planned = known.get(cells["id"] or "", (None, None, None))
        home = cells["objective"] or (planned.objective.id if planned else None)
        if home not in homes:
            problems.append(
                Problem(number, title, tr("It belongs to no objective."), tr("Choose one in the first column."))
            )
            continue
        if not cells["title"] and base is None:
            problems.append(Problem(number, title, tr("It has no words."), tr("Write what will be different.")))
            continue
        try:
            identifier = base.id if base else fresh_id(f"{cells['title']} {homes[home].cycle}", names)
            made = _key_result(base, identifier, cells, kpis)
        except ValidationError as error:
            problems.append(Problem(number, title, wrong.said(error), tr("Correct the cell, or drop the change.")))
            continue
        except ValueError as error:
            problems.append(Problem(number, title, str(error), tr("Write digits with a decimal point, or auto.")))
            continue
        names.add(identifier)
        moved = planned is not None and home != planned.objective.id
        if made != base or moved:
            edits.append(Edit("key_result", identifier, made, stamp.version if stamp else 0, home))
    return edits, problems


def _key_result(base: KeyResult | None, identifier: str, cells: dict[str, Any], kpis: dict[str, Kpi]) -> KeyResult:
    body: dict[str, Any] = base.model_dump() if base else {"id": identifier}
    tags = [word.strip() for word in re.split(r"[,;]", cells["tags"] or "") if word.strip()]
    due = None if cells["due"] is None else pd.Timestamp(cells["due"]).date()
    body |= {"title": cells["title"] or "", "owner": cells["owner"], "due": due, "tags": tags}
    body["weight"] = 1.0 if cells["weight"] is None else float(cells["weight"])
    target = None if cells["target"] is None else float(cells["target"])
    baseline = _number(cells["baseline"])
    moves = base is None or base.kind in ("increase", "decrease") or (base.kind == "yes_no" and target is not None)
    if moves:
        body |= {"target": target, "baseline": baseline if target is not None or baseline is not None else None}
        if base is None or base.kind == "yes_no" or target != base.target or baseline != base.baseline:
            body["kind"] = _kind(base, baseline, target, kpis.get(cells["kpi"] or ""))
    if cells["kpi"] != (base.kpi or _measured(base) or None if base else None):
        body |= _relinked(base, cells["kpi"])
        unit = kpis[cells["kpi"]].unit if cells["kpi"] in kpis else ""
        body["format"] = "percent" if unit == "%" else body.get("format", "number")
    return KeyResult.model_validate(body)


def _kind(base: KeyResult | None, baseline: Any, target: float | None, kpi: Kpi | None) -> str | None:
    if target is None:
        return None if base is None else base.kind
    if isinstance(baseline, float):
        return "decrease" if target < baseline else "increase"
    if base is not None and base.kind in ("increase", "decrease"):
        return base.kind
    return "decrease" if kpi is not None and kpi.direction == "down" else "increase"


def _relinked(base: KeyResult | None, kpi: str | None) -> dict[str, Any]:
    """Another KPI in the column: it takes the place of the measured one, and of the outcome where both were one."""
    if base is None or not base.all_links:
        return {"kpi": kpi}
    was = base.kpi or _measured(base)
    if base.kpi is not None:
        return {"kpi": kpi}
    links = [link for link in base.links if link.kpi != was or link.role not in ("measure", "outcome")]
    same = [link for link in base.links if link.kpi == was and link.role in ("measure", "outcome")]
    if kpi is None:
        return {"links": links}
    if not was:  # no value was read from a KPI yet
        return {"links": [{"kpi": kpi, "role": "measure"}, *links]}
    return {"links": [*(link.model_copy(update={"kpi": kpi}) for link in same), *links]}


def _measured(kr: KeyResult | None) -> str:
    return next((link.kpi for link in kr.all_links if link.role == "measure"), "") if kr else ""


def _baseline(kr: KeyResult) -> str:
    return AUTO if kr.baseline == AUTO else "" if kr.baseline is None else f"{kr.baseline:.12g}"


def _number(text: Any) -> float | str | None:
    if text is None or not str(text).strip():
        return None
    written = str(text).strip()
    if written.casefold() in (AUTO, tr("automatic").casefold()):
        return AUTO
    plain_text = written.replace("\u00a0", "").replace(" ", "")
    if numeral("0.5") == "0,5":  # the language writes a decimal comma
        plain_text = plain_text.replace(",", ".")
    try:
        return float(plain_text)
    except ValueError:
        raise ValueError(tr("The baseline {found} is no number.", found=f"“{written}”")) from None


def _blank(value: Any) -> bool:
    return value is None or value == "" or (not isinstance(value, str) and bool(pd.isna(value)))


def _config(titles: dict[str, str], kpis: dict[str, Kpi]) -> dict[str, Any]:
    column = st.column_config
    return {
        "objective": column.SelectboxColumn(
            tr("Objective"), options=list(titles), width=140,
            format_func=lambda name: titles.get(str(name), str(name)),
        ),
        "title": column.TextColumn(tr("Key result"), width=235),
        "owner": column.TextColumn(tr("Owner"), width=85),
        "kpi": column.SelectboxColumn(
            tr("KPI"), options=["", *kpis],
            format_func=lambda name: one_line(kpis[str(name)].label) if name in kpis else str(name), width=140,
        ),
        "baseline": column.TextColumn(tr("Baseline"), width=95),
        "target": column.NumberColumn(tr("Target"), width=95),
        "weight": column.NumberColumn(tr("Weight"), min_value=0.0, width=75),
        "due": column.DateColumn(tr("Due"), format="YYYY-MM-DD", width=95),
        "tags": column.TextColumn(tr("Tags"), width=80),
    }  # fmt: skip
