"""Every key result of the scorecard, grouped by objective, by verdict or by team; a page of them at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from models.language import tr, trn
from models.verdict import FLAGS, VERDICTS
from pages.parts import sheet
from pages.parts.escape import one_line
from pages.parts.remembered import recall, remember
from pages.parts.sparks import spark
from pages.parts.targets import pass_mark, target_on_series
from pages.parts.view import View

OBJECTIVES_SHOWN = 20
ROWS_SHOWN = 60


@dataclass(frozen=True)
class Rows:
    """Makes the rows of a sheet from rows of the scorecard; `changes` holds sentences per id, None where not asked."""

    series: Callable[[list[tuple[str, str]]], pd.DataFrame]
    view: View
    card: Any
    changes: Any

    def of(self, key_results: pd.DataFrame, *, where: bool = False) -> list[sheet.Block]:
        linked = key_results.dropna(subset=["kpi"])
        pairs = list(dict.fromkeys(zip(linked["kpi"], linked["segment"], strict=True)))
        series: dict[Any, pd.DataFrame] = {}
        if pairs:
            found = self.series(pairs)
            series = dict(iter(found.groupby(["kpi", "segment"], sort=False)))
        return [self._row(row, series, where) for row in key_results.to_dict("records")]

    def _row(self, row: dict[str, Any], series: dict[Any, pd.DataFrame], where: bool) -> sheet.Block:
        held = series.get((row["kpi"], row["segment"]))
        line = None
        if held is not None:
            window = (row["window_start"], row["window_end"])
            line = spark(held, window, target_on_series(row), row["kpi_unit"], row["kpi_name"])
        over = self.card.as_of > self.card.cycle.end
        block = sheet.row(row, self.view, line, pass_mark(row["level"], self.card.policy), where=where, over=over)
        said = [] if self.changes is None else self.changes.get(row["id"], [])
        if said:
            block["notes"] = [*block["notes"], {"text": one_line(" ".join(said)), "tone": "neutral"}]
        return block


def key_results(rows: Rows, view: View, card: Any) -> None:
    """The heading with its two choices, and the groups."""
    ways = {tr("Objective"): _by_objective, tr("Verdict"): _by_verdict, tr("Team"): _by_team}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header(tr("Objectives and key results"), anchor=False, width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            recall("by", ways)
            way = st.segmented_control(
                tr("Group by"), list(ways), default=next(iter(ways)), required=True, key="by", bind="query-params",
                label_visibility="collapsed",
            )  # fmt: skip
            remember("by")
            shown = _filtered(card.key_results)
    blocks = list(ways[way or next(iter(ways))](rows, card, shown))
    if blocks:
        sheet.show(blocks, view, key="objectives")


def _filtered(key_results: pd.DataFrame) -> pd.DataFrame:
    """The key results of the verdicts picked; all if none is."""
    counts = key_results["verdict"].value_counts()
    present = [code for code in VERDICTS if code in counts]
    flagged = [code for code in FLAGS if key_results["flags"].map(lambda codes, c=code: c in codes).any()]
    words = {**VERDICTS, **FLAGS}
    labels = {f"{words[code].icon} {words[code].word}": code for code in present + flagged}
    recall("show", labels)
    picked = st.multiselect(
        tr("Show only"),
        list(labels),
        key="show",
        bind="query-params",
        label_visibility="collapsed",
        placeholder=tr("All verdicts"),
        width=320,
    )
    remember("show")
    if not picked:
        return key_results
    chosen = {labels[label] for label in picked}
    has_flag = key_results["flags"].map(lambda codes: bool(chosen & set(codes)))
    return key_results[key_results["verdict"].isin(chosen) | has_flag]


def _page(count: int, at_once: int) -> slice:
    """Which of `count` entries are on the page that the reader turned to."""
    pages = -(-count // at_once)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    return slice((page - 1) * at_once, page * at_once)


def _by_objective(rows: Rows, card: Any, shown: pd.DataFrame) -> Iterator[sheet.Block]:
    objectives = card.objectives[card.objectives["id"].isin(shown["objective"])]
    objectives = objectives.iloc[_page(len(objectives), OBJECTIVES_SHOWN)]
    shown = shown[shown["objective"].isin(objectives["id"])]
    made = dict(zip(shown["id"], rows.of(shown), strict=True))
    members = shown.groupby("objective", sort=False)["id"].agg(list)
    titles = dict(zip(card.objectives["id"], card.objectives["title"], strict=True))
    bands = {
        "red": tr("○ red"),
        "amber": tr("◐ amber"),
        "green": tr("● green"),
        "unknown": tr("no value yet"),
    }
    for objective in objectives.to_dict("records"):
        yield sheet.group(
            objective["title"] or objective["id"],
            _about(objective, titles),
            [made[identifier] for identifier in members[objective["id"]]],
            hints=objective["hints"],
            score=sheet.score_bar(objective["score"], pass_mark(objective["level"], card.policy), verdict=False),
            word=bands.get(objective["band"], ""),
        )


def _by_verdict(rows: Rows, card: Any, shown: pd.DataFrame) -> Iterator[sheet.Block]:
    order = {code: position for position, code in enumerate(VERDICTS)}
    counts = shown["verdict"].value_counts()
    for code, made in _runs(
        rows, shown.sort_values("verdict", key=lambda codes: codes.map(order), kind="stable"), "verdict"
    ):
        word = VERDICTS[code]
        count = trn("{count} key result", "{count} key results", int(counts[code]))
        yield sheet.group(f"{word.icon} {word.word}", f"{count} · {word.meaning}", made)


def _by_team(rows: Rows, card: Any, shown: pd.DataFrame) -> Iterator[sheet.Block]:
    named = shown.assign(team_shown=shown["team_name"].where(shown["team_name"] != "", tr("No team")))
    teams = named.groupby("team_shown")
    passed, moved = teams["passed"].sum(), teams["verdict"].agg(lambda codes: (codes == "real_win").sum())
    for team, made in _runs(rows, named.sort_values("team_shown", kind="stable"), "team_shown"):
        counts = {"claimed": int(passed[team]), "verified": int(moved[team])}
        yield sheet.group(team, tr("{claimed} claimed, {verified} verified", **counts), made)


def _runs(rows: Rows, ordered: pd.DataFrame, name: str) -> Iterator[tuple[str, list[sheet.Block]]]:
    """The groups of a page of key results that stand in the order of the groups."""
    page = ordered.iloc[_page(len(ordered), ROWS_SHOWN)]
    blocks = rows.of(page, where=True)
    keys = list(page[name])
    for key in dict.fromkeys(keys):
        yield key, [block for block, mine in zip(blocks, keys, strict=True) if mine == key]


def _about(objective: dict[str, Any], titles: dict[str, str]) -> str:
    level = {"committed": tr("committed"), "aspirational": tr("aspirational")}.get(objective["level"], "")
    parts = [objective["team_name"], level]
    if objective["parent"] in titles:
        parts.append(tr("supports “{title}”", title=titles[objective["parent"]]))
    if objective["unknown"]:
        parts.append(tr("{count} without a value", count=objective["unknown"]))
    if objective["illustrative"]:
        parts.append(tr("illustrative"))
    return " · ".join(part for part in parts if isinstance(part, str) and part)
