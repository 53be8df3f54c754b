"""The KPI tree as one block of the sheet: nested nodes, each with its movement and the edge to what it feeds."""

from typing import Any

import pandas as pd

from models.amounts import POINTS, signed
from models.kpi_tree import BELIEF, KpiTree
from models.language import tr
from models.lead_lag import STRENGTHS
from models.verdict import MOVEMENTS
from pages.parts import amounts
from pages.parts.escape import one_line
from pages.parts.sheet import Block, badge
from pages.parts.sparks import spark
from pages.parts.view import View


def tree_block(tree: KpiTree, view: View, arrived: set[str], **params: str) -> Block:
    """The drawing. A node opens the KPI's trend, or why it changed if it is only computed and not among `arrived`; an
    exact edge opens why its output changed (?why=, kept with `params`)."""
    edges = {(row["output"], row["driver"]): row for row in tree.edges.to_dict("records")}
    nodes = tree.nodes.to_dict("records")
    drawn: list[Block] = []
    for row in nodes:
        kpi = str(row["kpi"])
        to = ("trends", {"kpi": kpi}) if kpi in arrived else ("kpi-tree", {**params, "why": kpi})
        node = _node(row, tree, view, *to)
        if row["parent"] >= 0:
            output = nodes[row["parent"]]["kpi"]
            node["edge"] = _edge(edges[output, row["kpi"]], tree, view, params)
            drawn[row["parent"]]["children"].append(node)
        drawn.append(node)
    legend = [
        {"exact": True, "text": tr("Arithmetic: the parts come to the KPI")},
        {"exact": False, "text": tr("Belief: correlation, not proof")},
    ]
    label = tr("KPI tree of {kpi}", kpi=one_line(nodes[0]["kpi_name"]))
    return {"kind": "tree", "root": drawn[0], "legend": legend, "label": label}


def _node(row: dict[str, Any], tree: KpiTree, view: View, page: str, where: dict[str, str]) -> Block:
    series = tree.series.get(row["kpi"])
    window = (tree.cycle.start, tree.cycle.end)
    name = one_line(row["kpi_name"])
    parts = [amounts.level(row["last"], row["kpi_unit"]), row["owner_name"]]
    more = tr("drawn further above") if row["again"] else "" if row["defined"] else tr("not defined")
    unmoved = not amounts.known(row["effect"])
    return {
        "title": name,
        "badge": badge(MOVEMENTS[row["move_verdict"]]),
        "effect": "" if unmoved else effect_words(row),
        "meta": " · ".join(one_line(part) for part in [*parts, more] if part),
        "spark": None if series is None or row["again"] else spark(series, window, None, row["kpi_unit"], name),
        "open": {"page": page, "params": where},
        "href": view.href(page, **where),
        "edge": None,
        "children": [],
    }


def effect_words(row: dict[str, Any]) -> str:
    """`+15 %`, or in the unit where a percentage of a percentage would mislead."""
    if row["kpi_unit"] in POINTS or not amounts.known(row["effect_relative"]):
        return amounts.effect(row)
    return amounts.share(row["effect_relative"], sign=True)


def edge_word(how: str, sign: int) -> str:
    """What a KPI is to the one it feeds."""
    if how == BELIEF:
        return tr("belief")
    if how == "product":
        return tr("× factor")
    if how == "ratio":
        return tr("÷ denominator") if sign < 0 else tr("numerator")
    return tr("− part") if sign < 0 else tr("+ part")


def _edge(edge: dict[str, Any], tree: KpiTree, view: View, params: dict[str, str]) -> Block:
    word = edge_word(edge["how"], edge["sign"])
    if edge["how"] == BELIEF:
        seen = tree.beliefs[edge["output"], edge["driver"]]
        strength = {**badge(STRENGTHS[seen.strength]), "meaning": seen.sentence}
        text = seen.when if seen.strength in ("strong", "some") else ""
        return {"exact": False, "word": word, "badge": strength, "text": text}
    text = tr("unknown")
    if pd.notna(edge["contribution"]):
        text = signed(edge["contribution"])
        if pd.notna(edge["share"]):
            text = tr("{amount} ({share} of the change)", amount=text, share=amounts.share(edge["share"]))
    where = {**params, "why": str(edge["output"])}
    return {
        "exact": True, "word": word, "badge": None, "text": one_line(text),
        "open": {"page": "kpi-tree", "params": where}, "href": view.href("kpi-tree", **where),
    }  # fmt: skip
