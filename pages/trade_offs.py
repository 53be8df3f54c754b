"""Trade-offs: what got worse while key results passed, whose it is, and how sure one can be among so many KPIs."""

from typing import Any

import pandas as pd
import streamlit as st

from models import trade_off_words as words
from models.language import tr, trn
from models.narrative import standing
from models.trade_off_matrix import balance, matrix, paid
from models.trade_offs import RELATIONS, TradeOffs, costs
from models.verdict import MOVEMENTS, VERDICTS, movement_clause
from pages.parts import amounts, empty, sheet
from pages.parts.escape import one_line, plain
from pages.parts.sparks import spark
from pages.parts.view import View

MATRIX_KPIS, MATRIX_TEAMS = 8, 12  # columns and rows that a reader takes in at one look
SHOWN = 12  # rows of a list before it says how many more
PAIRS_SHOWN = 50  # rows of a page of the table of all pairs
NAMED = 2  # key results named beside a KPI that got worse


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    found = workspace.trade_offs(view.cycle, view.as_of, view.team)
    company = workspace.trade_offs(view.cycle, view.as_of) if view.team else found
    team = found.team_name if view.team else tr("all teams")
    about = tr("{cycle} · {team} · as known on {day}", cycle=found.cycle.label, team=team, day=amounts.day(found.as_of))
    with st.container(gap=None):
        st.caption(plain(about))
        st.title(plain(words.headline(found)), anchor=False)
    if words.shock(found):
        st.warning(plain(words.shock(found)), icon=":material/waves:")
    rows = costs(found)
    if len(found.wins):
        st.caption(plain(" ".join(part for part in (words.chance(found), words.guarded(found)) if part)))
        _matrix(found, view)
        _kpis(workspace, view, found, rows)
    if view.team:
        _paid(view, company, found)
    if len(found.wins):
        _pairs(view, rows)
    _claims(view, found)
    if not view.team and len(found.wins):
        _balance(view, found)
    if words.left_out(found):
        st.caption(plain(words.left_out(found)))


def _matrix(found: TradeOffs, view: View) -> None:
    shown = matrix(found, MATRIX_KPIS, MATRIX_TEAMS)
    st.header(tr("Who won, and what got worse meanwhile"), anchor=False)
    if shown.kpis.empty:
        st.markdown(tr("Nothing did, beyond what chance brings."))
        return
    cells = {(cell["team"], cell["kpi"]): cell for cell in shown.cells.to_dict("records")}
    strong = found.policy.strong_evidence
    columns = [
        {
            "title": one_line(kpi["kpi_name"]), "meta": words.moved_by(kpi),
            "group": one_line(kpi["owner_name"] or tr("Owned by nobody")), **_opens_kpi(kpi, view),
        }
        for kpi in shown.kpis.to_dict("records")
    ]  # fmt: skip
    rows = [
        {
            "title": one_line(team["team_name"] or tr("No team")),
            "meta": trn("{count} passed", "{count} passed", team["wins"]),
            "cells": [_cell(cells.get((team["team"], kpi)), strong) for kpi in shown.kpis["kpi"]],
        }
        for team in shown.teams.to_dict("records")
    ]
    label = tr("Teams that won against KPIs that got worse in the same window")
    block = sheet.matrix(tr("Won"), columns, rows, caption="", label=label, nothing=tr("nothing"))
    sheet.show([block], view, key="trade_matrix")
    used = [code for code in RELATIONS if code in set(shown.cells["relation"])]
    said = [f"**{RELATIONS[code].icon} {RELATIONS[code].word}** {plain(RELATIONS[code].meaning)}" for code in used]
    said.append(plain(tr("Strong and clear say how sure the worsening is. In the same window is not a cause.")))
    if shown.more_kpis:
        said.append(trn("And {count} more KPI, below.", "And {count} more KPIs, below.", shown.more_kpis))
    if shown.more_teams:
        said.append(trn("And {count} more team that won.", "And {count} more teams that won.", shown.more_teams))
    st.caption(" ".join(said))


def _cell(cell: dict[str, Any] | None, strong: float) -> dict[str, str] | None:
    return None if cell is None else {**sheet.badge(RELATIONS[cell["relation"]]), "meta": words.strength(cell, strong)}


def _kpis(workspace: Any, view: View, found: TradeOffs, rows: pd.DataFrame) -> None:
    """The KPIs that got worse, with their picture: a guardrail opens its key result, any other its own page."""
    broken, others = found.broken, found.others
    series = _series(workspace, view, [broken.head(SHOWN), others.head(SHOWN)])
    if len(broken):
        st.header(tr("Guardrails that got worse"), anchor=False)
        titles = found.wins.set_index("id")[["title", "team_name"]]
        blocks = [_guardrail(row, titles.loc[row["key_result"]], view, series) for row in _records(broken.head(SHOWN))]
        sheet.show([sheet.group("", "", blocks)], view, key="trade_guardrails")
        _more(len(broken))
    if len(others):
        st.header(tr("Also worse in the same window"), anchor=False)
        beside = rows.groupby("kpi")
        blocks = [
            _other(row, beside.get_group(row["kpi"]), view, series, found.policy.strong_evidence)
            for row in _records(others.head(SHOWN))
        ]
        sheet.show([sheet.group("", "", blocks)], view, key="trade_others")
        _more(len(others))
    if len(found.doubtful):
        names = [one_line(name) for name in found.doubtful["kpi_name"].head(SHOWN)]
        said = trn(
            "{count} KPI looked worse too, but no more than chance brings among so many: {names}.",
            "{count} KPIs looked worse too, but no more than chance brings among so many: {names}.",
            len(found.doubtful),
            names=", ".join(names) + (", …" if len(found.doubtful) > SHOWN else ""),
        )
        st.caption(plain(said))


def _guardrail(row: dict[str, Any], won: Any, view: View, series: dict[Any, pd.DataFrame]) -> sheet.Block:
    where = {"kr": str(row["key_result"])}
    return {
        "id": row["key_result"], "open": {"page": "key-result", "params": where},
        "href": view.href("key-result", **where), "title": one_line(won["title"] or row["key_result"]),
        "meta": tr("passed by {team}", team=one_line(won["team_name"] or tr("no team"))),
        "verdict": sheet.badge(RELATIONS["guardrail"]), "flags": [],
        "sentence": one_line(movement_clause(row))[:1].upper() + one_line(movement_clause(row))[1:] + ".",
        "notes": [{"text": tr("{team} owns that KPI.", team=one_line(row["owner_name"])), "tone": "bad"}] if row["owner_name"] else [],
        "score": None, "spark": _spark(row, series),
    }  # fmt: skip


def _other(
    row: dict[str, Any], beside: pd.DataFrame, view: View, series: dict[Any, pd.DataFrame], strong: float
) -> sheet.Block:
    movement = one_line(movement_clause(row))
    won = beside.drop_duplicates("key_result")
    named = "; ".join(f"“{one_line(title)}”" for title in won["title"].head(NAMED))
    meanwhile = trn(
        "Meanwhile passed: {names}.", "Meanwhile {count} passed, among them {names}.", len(won), names=named
    )
    sure = {"strong": tr("strong evidence"), "clear": tr("clear evidence")}
    evidence = sure["strong" if row["q"] <= strong else "clear"]
    return {
        "id": row["kpi"], **_opens_kpi(row, view), "title": one_line(row["kpi_name"]),
        "meta": " · ".join([one_line(row["owner_name"] or tr("owned by nobody")), evidence]),
        "verdict": sheet.badge(MOVEMENTS["worse"]), "flags": [], "sentence": f"{movement[:1].upper()}{movement[1:]}.",
        "notes": [{"text": meanwhile, "tone": "neutral"}], "score": None, "spark": _spark(row, series),
    }  # fmt: skip


def _pairs(view: View, rows: pd.DataFrame) -> None:
    """Every key result with every KPI: each row opens the key result, each KPI its own page."""
    if rows.empty:
        return
    label = trn("The one pair of a key result and a KPI", "All {count} pairs of a key result and a KPI", len(rows))
    box = st.expander(label, on_change="rerun", key="trade_pairs_box")
    if not box.open:
        return
    with box:
        pages = -(-len(rows) // PAIRS_SHOWN)
        page = st.pagination(pages, key="trade_pairs_page") if pages > 1 else 1
        shown = rows.iloc[(page - 1) * PAIRS_SHOWN : page * PAIRS_SHOWN]
        sheet.show([_pair_table(view, shown)], view, key="trade_pairs")


def _pair_table(view: View, rows: pd.DataFrame) -> sheet.Block:
    columns = [tr("Key result that passed"), tr("How they belong"), tr("KPI that got worse"), tr("By"), tr("q or p")]
    lines = []
    for row in _records(rows):
        where = {"kr": str(row["key_result"])}
        surprise = row["p"] if pd.isna(row["q"]) else row["q"]
        lines.append({
            "cells": [
                {"text": one_line(row["title"] or row["key_result"]), "meta": one_line(row["team_name"])},
                sheet.badge(RELATIONS[row["relation"]]),
                {"text": one_line(row["kpi_name"]), "meta": one_line(row["owner_name"]), **_opens_kpi(row, view)},
                words.moved_by(row),
                "< 0.001" if surprise < 0.001 else f"{surprise:.3f}",
            ],
            "open": {"page": "key-result", "params": where},
            "href": view.href("key-result", **where),
        })  # fmt: skip
    return sheet.table(columns, lines, numbers=(columns[4],))


def _paid(view: View, company: TradeOffs, found: TradeOffs) -> None:
    """The reverse view of a team: which of its KPIs got worse while others won."""
    st.header(tr("What {team} may have paid for others' wins", team=plain(found.team_name)), anchor=False)
    rows = paid(company, str(found.team))
    if rows.empty:
        st.markdown(tr("None of its KPIs got worse, beyond chance, while another team's key result passed."))
        return
    lines = []
    for kpi, beside in rows.groupby("kpi", sort=False):
        first = _records(beside.head(1))[0]
        titles = "; ".join(f"“{one_line(title)}”" for title in beside["title"].head(NAMED))
        more = len(beside) - NAMED
        teams = ", ".join(one_line(name) for name in beside["team_name"].unique())
        lines.append({
            "cells": [
                {"text": one_line(first["kpi_name"]), "meta": words.moved_by(first)},
                sheet.badge(RELATIONS["guardrail" if first["relation"] == "guardrail" else "other"]),
                {"text": teams, "meta": titles + (trn(" and {count} more", " and {count} more", more) if more > 0 else "")},
            ],
            **_opens_kpi({"kpi": kpi}, view),
        })  # fmt: skip
    columns = [tr("KPI that got worse"), tr("How they belong"), tr("While these won")]
    sheet.show([sheet.table(columns, lines)], view, key="trade_paid")


def _claims(view: View, found: TradeOffs) -> None:
    if found.claims.empty:
        return
    st.header(tr("Shared claims"), anchor=False)
    st.caption(plain(tr("One movement, claimed by several key results: it can be credited once.")))
    blocks = []
    for _, claim in list(found.claims.groupby("claim"))[:SHOWN]:
        records = claim.to_dict("records")
        movement = one_line(movement_clause(records[0]))
        rows = [
            {
                "id": row["id"], "open": {"page": "key-result", "params": {"kr": str(row["id"])}},
                "href": view.href("key-result", kr=str(row["id"])), "title": one_line(row["title"] or row["id"]),
                "meta": one_line(row["team_name"]), "verdict": sheet.badge(VERDICTS[row["verdict"]], row["verdict_word"]),
                "flags": [], "sentence": tr("It reports: {standing}", standing=one_line(standing(row))), "notes": [],
                "score": None, "spark": None,
            }
            for row in records
        ]  # fmt: skip
        blocks.append(sheet.group(records[0]["kpi_name"], f"{movement[:1].upper()}{movement[1:]}.", rows))
    sheet.show(blocks, view, key="trade_claims")
    _more(found.claims["claim"].nunique())


def _balance(view: View, found: TradeOffs) -> None:
    st.header(tr("Team by team"), anchor=False)
    columns = [
        tr("Team"), tr("Key results passed"), tr("Its KPIs better"), tr("Its KPIs worse"), tr("Worse within chance"),
        tr("Worse while others won"),
    ]  # fmt: skip
    rows = [
        {"cells": [one_line(team["team_name"] or tr("Nobody")), *(
            f"{team[name]:,}" for name in ("wins", "better", "worse", "doubtful", "paid")
        )]}
        for team in balance(found).head(PAIRS_SHOWN).to_dict("records")
    ]  # fmt: skip
    sheet.show([sheet.table(columns, rows, numbers=columns[1:])], view, key="trade_balance")


def _series(workspace: Any, view: View, frames: list[pd.DataFrame]) -> dict[Any, pd.DataFrame]:
    rows = pd.concat(frames)
    pairs = list(dict.fromkeys(zip(rows["kpi"], rows["segment"], strict=True)))
    if not pairs:
        return {}
    whole = workspace.series_many(pairs, view.as_of)
    return dict(iter(whole.groupby(["kpi", "segment"], sort=False)))


def _spark(row: dict[str, Any], series: dict[Any, pd.DataFrame]) -> dict[str, Any] | None:
    held = series.get((row["kpi"], row["segment"]))
    if held is None:
        return None
    return spark(held, (row["window_start"], row["window_end"]), None, row["kpi_unit"], row["kpi_name"])


def _opens_kpi(row: Any, view: View) -> dict[str, Any]:
    where = {"kpi": str(row["kpi"])}
    return {"open": {"page": "trends", "params": where}, "href": view.href("trends", **where)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]


def _more(count: int) -> None:
    if count > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", count - SHOWN))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
