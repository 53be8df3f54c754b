"""The KPI tree: what feeds an output KPI, what moved, why the output changed, and how well the beliefs hold."""

from typing import Any

import pandas as pd
import streamlit as st

from models.amounts import amount, signed
from models.decomposition import Decomposition
from models.kpi_tree import KpiTree
from models.language import tr, trn
from models.lead_lag import STRENGTHS
from models.refused import Refused
from pages.parts import amounts, sheet
from pages.parts.charts import CONFIG
from pages.parts.escape import one_line, plain
from pages.parts.filters import labels_of
from pages.parts.tree import tree_block
from pages.parts.tree_form import draw_form
from pages.parts.view import View
from pages.parts.waterfall import waterfall

TREE_EXAMPLE = """\
kpis:
  - id: revenue
    made_of: {how: product, of: [orders, price_per_order]}
  - id: profit
    made_of: {how: sum, of: [revenue], less: [cost]}
  - id: orders
    influenced_by: [{kpi: visits, lag: 7}]
"""
AGAINST = ("year", "previous")
MOST_LOOSE = 12  # names of KPIs outside every tree that are listed


def render(workspace: Any, view: View) -> None:
    kpis = workspace.kpis()
    labels = labels_of(kpis) if len(kpis) else {}
    drawn = workspace.driven_kpis(view.as_of) if len(kpis) else []
    if not drawn or workspace.default_cycle(view.as_of) is None:
        _empty(workspace, view, kpis, labels)
        return
    st.title(tr("KPI tree"), anchor=False)
    root, against = _chosen(drawn, labels)
    tree = workspace.kpi_tree(root, view.cycle, view.as_of, against)
    arrived = set(kpis.loc[kpis["observations"] > 0, "id"])
    drawing = tree_block(tree, view, arrived, output=root, against=against)
    clicked = sheet.show([drawing], view, "kpi tree", here="kpi-tree").get("why")
    if clicked in tree.explained:
        st.session_state["tree why"] = clicked
    if tree.left_out:
        st.caption(trn("{count} more KPI is not drawn.", "{count} more KPIs are not drawn.", tree.left_out))
    _why(workspace, view, tree)
    _beliefs(tree, view)
    _loose(workspace, view, labels)
    anew = st.expander(tr("Draw the tree anew"), on_change="rerun", key="tree anew")
    if anew.open:
        with anew:
            draw_form(workspace, labels, root)


def _chosen(drawn: list[str], labels: dict[str, str]) -> tuple[str, str]:
    """The output and what it is compared with, from the page's own choices or a link (?output=...&against=...)."""
    names = {identifier: label for label, identifier in labels.items()}
    for key, allowed in (("output", drawn), ("against", list(AGAINST))):
        asked = st.query_params.get(key)
        if asked in allowed and st.session_state.get(f"{key} asked") != asked:
            st.session_state[f"tree {key}"] = st.session_state[f"{key} asked"] = asked
    if st.session_state.get("tree output") not in drawn:
        st.session_state["tree output"] = drawn[0]
    left, right = st.columns(2)
    root = left.selectbox(
        tr("Output KPI"), drawn, format_func=lambda kpi: one_line(names.get(kpi, kpi)), key="tree output"
    )
    st.session_state.setdefault("tree against", AGAINST[0])
    words = {"year": tr("a year before"), "previous": tr("just before")}
    against = right.segmented_control(
        tr("Changes against"), AGAINST, format_func=lambda word: words[word], key="tree against", required=True
    )
    return str(root), str(against or AGAINST[0])


def _why(workspace: Any, view: View, tree: KpiTree) -> None:
    """Why an exact output changed: the sentence, the steps, the figures."""
    if not tree.explained:
        return
    names = dict(zip(tree.nodes["kpi"], tree.nodes["kpi_name"], strict=True))
    asked = st.query_params.get("why")
    if asked in tree.explained and st.session_state.get("why asked") != asked:
        st.session_state["tree why"] = st.session_state["why asked"] = asked
    if st.session_state.get("tree why") not in tree.explained:
        st.session_state["tree why"] = next(iter(tree.explained))
    st.header(tr("Why did it change?"), anchor=False)
    kpi = str(st.session_state["tree why"])
    if len(tree.explained) > 1:
        kpi = st.selectbox(tr("KPI"), list(tree.explained), format_func=lambda k: one_line(names[k]), key="tree why")
    found = tree.explained[kpi]
    if isinstance(found, str):
        st.markdown(plain(found))
        return
    split = _by_segment(workspace, view, tree, kpi)
    if split is not None and st.toggle(tr("By segment: how much is a shift between segments"), key="tree segments"):
        found = split
    st.markdown(plain(found.sentence))
    direction = tree.nodes.loc[tree.nodes["kpi"] == kpi, "kpi_direction"].iloc[0]
    figure = waterfall(found, direction, dark=view.dark)
    st.plotly_chart(figure, theme=None, config=CONFIG, alt=found.sentence, key="waterfall")
    st.caption(plain(compared(found)))
    sheet.show([_figures(found)], view, "contributions")


def _by_segment(workspace: Any, view: View, tree: KpiTree, kpi: str) -> Decomposition | None:
    try:
        found: Decomposition = workspace.decompose(
            kpi, tree.cycle.start, tree.cycle.end, tree.against, segments=True, as_of=view.as_of
        )
    except Refused:
        return None
    return found


def compared(found: Decomposition) -> str:
    """Which periods were compared, and what was left out."""
    now, then = ([amounts.day(first), amounts.day(last)] for first, last in (found.span, found.base))
    said = tr(
        "Periods that start {a} to {b} against {c} to {d}, {count} each.",
        a=now[0], b=now[1], c=then[0], d=then[1], count=found.periods,
    )  # fmt: skip
    if not found.left_out:
        return said
    left = trn(
        "{count} more is left out: a value is missing then or now.",
        "{count} more are left out: a value is missing then or now.",
        found.left_out,
    )
    return f"{said} {left}"


def _figures(found: Decomposition) -> sheet.Block:
    columns = [tr("What"), tr("Brought"), tr("Share of the change"), tr("Before"), tr("Now")]
    rows = []
    for row in found.parts.itertuples(index=False):
        levels = [amount(value) if amounts.known(value) else amounts.UNKNOWN for value in (row.before, row.after)]
        rows.append({"cells": [one_line(row.name), signed(found.shown(row.effect)), amounts.share(row.share), *levels]})
    total = [tr("Together"), signed(found.shown(found.change)), "", *(amount(v) for v in (found.before, found.after))]
    rows.append({"cells": total})
    return sheet.table(columns, rows, numbers=columns[1:])


def _beliefs(tree: KpiTree, view: View) -> None:
    """Every belief held against the data."""
    if not tree.beliefs:
        return
    names = dict(zip(tree.nodes["kpi"], tree.nodes["kpi_name"], strict=True))
    lags = {(row["output"], row["driver"]): row["lag"] for row in tree.edges.to_dict("records")}
    st.header(tr("How well do the beliefs hold?"), anchor=False)
    st.caption(
        tr(
            "Correlation, not proof: two KPIs may move together because a third moves both. Compared are surprises: "
            "changes without trend, season and what each foretells of itself. The interval allows for the search over "
            "lags."
        )
    )
    columns = [tr("Belief"), tr("In the data"), tr("What was seen"), tr("Believed to take")]
    rows = []
    for (output, driver), seen in tree.beliefs.items():
        pair = tr("{driver} drives {output}", driver=names.get(driver, driver), output=names.get(output, output))
        days = lags[output, driver]
        believed = trn("{count} day", "{count} days", days) if days else tr("no time")
        rows.append({"cells": [one_line(pair), sheet.badge(STRENGTHS[seen.strength]), seen.sentence, believed]})
    sheet.show([sheet.table(columns, rows)], view, "beliefs")


def _loose(workspace: Any, view: View, labels: dict[str, str]) -> None:
    loose = workspace.loose_kpis(view.as_of)
    if not loose:
        return
    names = {identifier: label for label, identifier in labels.items()}
    listed = ", ".join(names.get(kpi, kpi) for kpi in loose[:MOST_LOOSE])
    left = len(loose) - MOST_LOOSE
    more = trn("and {count} more", "and {count} more", left) if left > 0 else ""
    said = trn("{count} KPI stands in no tree:", "{count} KPIs stand in no tree:", len(loose))
    st.caption(plain(f"{said} {listed} {more}".strip()))


def _empty(workspace: Any, view: View, kpis: pd.DataFrame, labels: dict[str, str]) -> None:
    """No tree yet: what it is for, how one is written, and the form."""
    st.title(tr("No KPI tree is drawn yet"), anchor=False)
    st.markdown(
        tr(
            "Say which KPIs feed which, and this page shows what moved, and why an output changed. What is arithmetic "
            "goes into `made_of`, what is a belief into `influenced_by`."
        )
    )
    example = st.expander(tr("How an OKR file says it"), on_change="rerun", key="tree example")
    if example.open:  # what draws code is slow to come
        with example:
            st.code(TREE_EXAMPLE, language="yaml")
    if len(kpis) > 1:
        draw_form(workspace, labels, None)
    elif st.button(tr("Upload an extract"), type="primary"):
        view.go("upload")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
