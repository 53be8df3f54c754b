"""The map: company → team objectives → key results → KPIs, each with its verdict, and where the chain breaks off."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr, trn
from models.okr_filter import Filter
from models.okr_map import OkrMap
from models.sentences import listed
from models.verdict import MOVEMENTS, Word
from pages.parts import amounts, okr_bar, okr_words, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 12  # objectives of a page, each with its key results and what stands above it
LOOSE_SHOWN = 50  # KPIs without a key result that are listed
_DRAWN = ["id", "objective", "title", "owner", "score", "verdict", "verdict_word"]
ROLES = {
    "outcome": mark("outcome"),
    "measure": mark("measure"),
    "guardrail": mark("guardrail"),
    "control": mark("control"),
}
ORPHAN = Word("Supports nothing", "⚠", "warn", "It names no objective that it supports, though others do.")
EMPTY = Word("Dead end", "∅", "warn", "It has neither key results nor objectives below it.")


def said(found: OkrMap) -> str:
    """Where the chain breaks off, counted."""
    orphans, empty, unlinked, loose = (len(part) for part in (found.orphans, found.empty, found.unlinked, found.loose))
    told = [
        (orphans, trn("{count} objective supports no other", "{count} objectives support no other", orphans)),
        (empty, trn("{count} objective has no key result", "{count} objectives have no key result", empty)),
        (unlinked, trn("{count} key result leads to no KPI", "{count} key results lead to no KPI", unlinked)),
        (loose, trn("{count} KPI has no key result", "{count} KPIs have no key result", loose)),
    ]
    parts = [text for count, text in told if count]
    return tr("{breaks}.", breaks=listed(parts)) if parts else tr("Every chain runs from an objective to a KPI.")


def draw(workspace: Any, found: OkrMap, rows: pd.DataFrame, chosen: Filter, view: View) -> None:
    held = set(rows["objective"])
    shown = found.objectives["id"] if not chosen else found.objectives.loc[found.objectives["id"].isin(held), "id"]
    order = found.in_order(shown)
    part = order[okr_bar.page_of(len(order), SHOWN, "map")]
    sheet.show(trees(found, rows, part, view), view, key="okr_map")
    if not chosen:
        _loose(workspace, found, view)


def trees(found: OkrMap, rows: pd.DataFrame, objectives: list[str], view: View) -> list[sheet.Block]:
    """One tree for each topmost objective of these, the objectives between them included."""
    rows = rows.loc[rows["objective"].isin(objectives), _DRAWN]
    members = _by(rows, "objective")
    links = _by(found.links[found.links["key_result"].isin(rows["id"])], "key_result")
    facts = {str(row["id"]): row for row in found.objectives.to_dict("records")}
    drawn: dict[str, sheet.Block] = {}
    roots: list[sheet.Block] = []
    for name in objectives:
        above: sheet.Block | None = None
        for step in found.way(name):
            node = drawn.get(step)
            if node is None:
                node = _objective(found, facts.get(step), step)
                drawn[step] = node
                if above is None:
                    roots.append(node)
                else:
                    node["edge"] = _edge(tr("supports"))
                    above["children"].append(node)
            above = node
        for row in members.get(name, []):
            drawn[name]["children"].append(_key_result(row, links.get(str(row["id"]), []), view))
    legend = [
        {"exact": True, "text": tr("Supports, is measured by, is meant to move")},
        {"exact": False, "text": tr("Guardrail or control: watched, not what the verdict is about")},
    ]
    return [
        {
            "kind": "tree",
            "root": root,
            "legend": legend if at == 0 else [],
            "label": tr("Map of {title}", title=root["title"]),
        }
        for at, root in enumerate(roots)
    ]


def _by(rows: pd.DataFrame, name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows under the value that they have in a column."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        out.setdefault(str(row[name]), []).append(row)
    return out


def _objective(found: OkrMap, row: dict[str, Any] | None, name: str) -> sheet.Block:
    """An objective of the cycle (`row`), or one above it of another."""
    if row is None:
        above = found.above[name]
        meta = tr("cycle {cycle}", cycle=above.cycle or amounts.UNKNOWN)
        return _node(above.label, None, "", meta)
    word = sheet.badge(ORPHAN) if name in found.orphans else sheet.badge(EMPTY) if name in found.empty else None
    score = tr("score {score}", score=amounts.score(row["score"]))
    return _node(row["title"] or name, word, score, row["team_name"])


def _key_result(row: dict[str, Any], links: list[dict[str, Any]], view: View) -> sheet.Block:
    meta = " · ".join([amounts.score(row["score"]), okr_words.owner(row["owner"])])
    node = _node(okr_words.title(row), okr_words.verdict(row), "", meta)
    node |= {"edge": _edge(""), **okr_words.opening(row, view)}
    for link in links:
        node["children"].append(_kpi(link, view))
    return node


def _kpi(link: dict[str, Any], view: View) -> sheet.Block:
    word = MOVEMENTS.get(link["move_verdict"])
    name = str(link["kpi"])
    node = _node(link["kpi_name"] or name, sheet.badge(word) if word else None, "", tr("KPI"))
    roles = ", ".join(spoken(ROLES[role]) for role in link["roles"])
    watched = set(link["roles"]) <= {"guardrail", "control"}
    where = {"open": {"page": "trends", "params": {"kpi": name}}, "href": view.href("trends", kpi=name)}
    return node | {"edge": _edge(roles, exact=not watched), **where}


def _node(title: Any, word: sheet.Block | None, effect: str, meta: Any) -> sheet.Block:
    said = one_line(meta) if isinstance(meta, str) else ""
    return {
        "title": one_line(title), "badge": word, "effect": effect, "meta": said, "spark": None, "edge": None,
        "children": [],
    }  # fmt: skip


def _edge(word: str, *, exact: bool = True) -> sheet.Block:
    return {"exact": exact, "word": word, "badge": None, "text": ""}


def _loose(workspace: Any, found: OkrMap, view: View) -> None:
    """The KPIs that nobody works on this cycle: not wrong, but good to see."""
    if not found.loose:
        return
    label = trn("{count} KPI without a key result", "{count} KPIs without a key result", len(found.loose))
    box = st.expander(label, on_change="rerun", key="okr_loose")
    if not box.open:
        return
    with box:
        kpis = workspace.kpis()
        mine = kpis[kpis["id"].isin(found.loose[:LOOSE_SHOWN])]
        names = [one_line(row["name"] or row["id"]) for row in mine.to_dict("records")]
        st.markdown(plain(", ".join(names)) + (" …" if len(found.loose) > LOOSE_SHOWN else ""))
