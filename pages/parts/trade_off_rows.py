"""The rows and tables of the trade-offs page: plain data for the sheet, no screen here."""

from typing import Any

import pandas as pd

from models import trade_off_words as words
from models.key_result_words import standing
from models.language import numeral, tr, trn
from models.sentences import quoted
from models.trade_off_matrix import Matrix
from models.trade_offs import RELATIONS
from models.verdict import MOVEMENTS, VERDICTS, movement_clause
from pages.parts import sheet
from pages.parts.escape import one_line
from pages.parts.sparks import spark
from pages.parts.view import View

NAMED = 2  # key results named beside a KPI that got worse
Series = dict[Any, pd.DataFrame]  # (kpi, segment) → period, value


def matrix_block(shown: Matrix, strong: float, view: View) -> sheet.Block:
    """Teams that won against the KPIs that got worse; `strong` is the policy's threshold of that name."""
    cells = {(cell["team"], cell["kpi"]): cell for cell in shown.cells.to_dict("records")}
    columns = [
        {
            "title": one_line(kpi["kpi_name"]), "meta": words.moved_by(kpi),
            "group": one_line(kpi["owner_name"] or tr("Owned by nobody")), **_opens_kpi(kpi["kpi"], view),
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
    return sheet.matrix(tr("Won"), columns, rows, label=label, nothing=tr("nothing"))


def _cell(cell: dict[str, Any] | None, strong: float) -> dict[str, str] | None:
    return None if cell is None else {**sheet.badge(RELATIONS[cell["relation"]]), "meta": words.strength(cell, strong)}


def guardrail(row: dict[str, Any], won: Any, view: View, series: Series) -> sheet.Block:
    """A guardrail that got worse (a row of `broken`) and the key result it belongs to (title, team_name)."""
    owner = tr("{team} owns that KPI.", team=one_line(row["owner_name"])) if row["owner_name"] else ""
    return {
        **_opens_key_result(row["key_result"], view),
        "title": one_line(won["title"] or row["key_result"]),
        "meta": tr("passed by {team}", team=one_line(won["team_name"] or tr("no team"))),
        "verdict": sheet.badge(RELATIONS["guardrail"]),
        "flags": [],
        "sentence": _clause(row),
        "notes": [{"text": owner, "tone": "bad"}] if owner else [],
        "score": None,
        "spark": _spark(row, series),
    }


def other(row: dict[str, Any], beside: pd.DataFrame, strong: float, view: View, series: Series) -> sheet.Block:
    """A KPI nobody guarded that got worse (a row of `others`); `beside`: its rows of `costs`."""
    won = beside.drop_duplicates("key_result")
    named = "; ".join(quoted(one_line(title)) for title in won["title"].head(NAMED))
    if len(won) > NAMED:
        passed = numeral(f"{len(won):,}")
        meanwhile = tr("Meanwhile {count} passed, among them {names}.", count=passed, names=named)
    else:
        meanwhile = trn("Meanwhile passed: {names}.", "Meanwhile {count} passed: {names}.", len(won), names=named)
    evidence = tr("strong evidence") if row["q"] <= strong else tr("clear evidence")
    return {
        "id": row["kpi"],
        **_opens_kpi(row["kpi"], view),
        "title": one_line(row["kpi_name"]),
        "meta": tr(
            "{owner} · {evidence}", owner=one_line(row["owner_name"] or tr("owned by nobody")), evidence=evidence
        ),
        "verdict": sheet.badge(MOVEMENTS["worse"]),
        "flags": [],
        "sentence": _clause(row),
        "notes": [{"text": meanwhile, "tone": "neutral"}],
        "score": None,
        "spark": _spark(row, series),
    }


def pairs(rows: pd.DataFrame, view: View) -> sheet.Block:
    """Rows of `costs`: each opens its key result, and its KPI the KPI's page."""
    columns = [tr("Key result that passed"), tr("How they belong"), tr("KPI that got worse"), tr("By"), tr("q or p")]
    lines = []
    for row in rows.to_dict("records"):
        surprise = row["p"] if pd.isna(row["q"]) else row["q"]
        cells = [
            {"text": one_line(row["title"] or row["key_result"]), "meta": one_line(row["team_name"])},
            sheet.badge(RELATIONS[row["relation"]]),
            {"text": one_line(row["kpi_name"]), "meta": one_line(row["owner_name"]), **_opens_kpi(row["kpi"], view)},
            words.moved_by(row),
            numeral("< 0.001" if surprise < 0.001 else f"{surprise:.3f}"),
        ]
        lines.append({"cells": cells, **_opens_key_result(row["key_result"], view)})
    return sheet.table(columns, lines, numbers=(columns[4],))


def paid_table(rows: pd.DataFrame, view: View) -> sheet.Block:
    """The rows of `paid`, one line a KPI, which it opens."""
    lines = []
    for kpi, beside in rows.groupby("kpi", sort=False):
        first = beside.iloc[0].to_dict()
        titles = "; ".join(quoted(one_line(title)) for title in beside["title"].head(NAMED))
        more = len(beside) - NAMED
        titles = (
            trn("{titles} and {count} more", "{titles} and {count} more", more, titles=titles) if more > 0 else titles
        )
        won = {"text": ", ".join(one_line(name) for name in beside["team_name"].unique()), "meta": titles}
        name = {"text": one_line(first["kpi_name"]), "meta": words.moved_by(first)}
        relation = RELATIONS["guardrail" if "guardrail" in set(beside["relation"]) else "other"]
        lines.append({"cells": [name, sheet.badge(relation), won], **_opens_kpi(kpi, view)})
    return sheet.table([tr("KPI that got worse"), tr("How they belong"), tr("While these won")], lines)


def claim(rows: list[dict[str, Any]], view: View) -> sheet.Block:
    """One movement and the key results that claim it, each with what it reports."""
    claimants = [
        {
            **_opens_key_result(row["id"], view),
            "title": one_line(row["title"] or row["id"]),
            "meta": one_line(row["team_name"]),
            "verdict": sheet.badge(VERDICTS[row["verdict"]], row["verdict_word"]),
            "flags": [],
            "sentence": tr("It reports: {standing}", standing=one_line(standing(row))),
            "notes": [],
            "score": None,
            "spark": None,
        }
        for row in rows
    ]
    return sheet.group(rows[0]["kpi_name"], _clause(rows[0]), claimants)


def balance_table(balance: pd.DataFrame, most: int) -> sheet.Block:
    """Rows of `balance`, per team: wins, KPIs better and worse, and those that got worse while others won."""
    columns = [
        tr("Team"), tr("Key results passed"), tr("Its KPIs better"), tr("Its KPIs worse"), tr("Worse within chance"),
        tr("Worse while others won"),
    ]  # fmt: skip
    names = ("wins", "better", "worse", "doubtful", "paid")
    rows = [
        {"cells": [one_line(team["team_name"] or tr("Nobody")), *(numeral(f"{team[name]:,}") for name in names)]}
        for team in balance.head(most).to_dict("records")
    ]
    return sheet.table(columns, rows, numbers=columns[1:])


def _clause(row: dict[str, Any]) -> str:
    """The movement as a sentence of its own."""
    said = one_line(movement_clause(row))
    return f"{said[:1].upper()}{said[1:]}."


def _spark(row: dict[str, Any], series: Series) -> dict[str, Any] | None:
    held = series.get((row["kpi"], row["segment"]))
    if held is None:
        return None
    return spark(held, (row["window_start"], row["window_end"]), None, row["kpi_unit"], row["kpi_name"])


def _opens_kpi(kpi: Any, view: View) -> dict[str, Any]:
    where = {"kpi": str(kpi)}
    return {"open": {"page": "trends", "params": where}, "href": view.href("trends", **where)}


def _opens_key_result(key_result: Any, view: View) -> dict[str, Any]:
    where = {"kr": str(key_result)}
    return {
        "id": key_result,
        "open": {"page": "key-result", "params": where},
        "href": view.href("key-result", **where),
    }
