"""What the evidence of a key result rests on: the linked KPIs, the loads, its own history, what was reported."""

from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr, trn
from models.verdict import MOVEMENTS
from pages.parts import amounts, sheet
from pages.parts.escape import plain
from pages.parts.view import View

_ROLES = {
    "outcome": (mark("outcome"), mark("meant to move")),
    "measure": (mark("measure"), mark("read from")),
    "guardrail": (mark("guardrail"), mark("must not get worse")),
    "control": (mark("control"), mark("cannot be touched by the work")),
}


def links(evidence: Any, view: View) -> None:
    """The linked KPIs: in which role, how each moved, and after how long an effect can show."""
    linked = evidence.links
    if not len(linked):
        return
    st.header(tr("Linked KPIs"), anchor=False)
    rows = []
    judged, measures = (_pairs(linked[linked["role"] == role]) for role in ("outcome", "measure"))
    for link in linked.to_dict("records"):
        pair = (link["kpi"], link["segment"])
        if link["role"] == "measure" and pair in judged:
            continue  # told by the outcome's row
        word = MOVEMENTS.get(link["move_verdict"]) if isinstance(link["move_verdict"], str) else None
        lag = trn("{count} day", "{count} days", int(link["lag"])) if link["lag"] else tr("none")
        role, meant = (spoken(text) for text in _ROLES.get(link["role"], (link["role"], "")))
        if link["role"] == "outcome" and pair in measures:
            meant = tr("meant to move, and read from")
        about = [link["team_name"], "" if link["segment"] == "all" else link["segment"]]
        rows.append(
            {
                "cells": [
                    {"text": link["kpi_name"], "meta": " · ".join(part for part in about if part)},
                    {"text": role, "meta": meant},
                    sheet.badge(word) if word else tr("not judged"),
                    amounts.effect(link),
                    amounts.interval(link["lo"], link["hi"], link["kpi_unit"]),
                    lag,
                ],
                "open": {"page": "trends", "params": {"kpi": link["kpi"]}},
                "href": view.href("trends", kpi=link["kpi"]),
            }
        )
    numbers = (tr("Effect"), tr("95 % interval"), tr("Lag"))
    columns = [tr("KPI"), tr("Role"), tr("Movement"), *numbers]
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="links")


def _pairs(links: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(links["kpi"], links["segment"], strict=True))


def record(evidence: Any, view: View) -> None:
    """What the evidence rests on: loads, the definition's history, check-ins."""
    st.header(tr("Where this comes from"), anchor=False)
    loads, targets, check_ins = st.tabs([tr("Loads"), tr("Target history"), tr("Check-ins")])
    with loads:
        if len(evidence.load_rows):
            rows = [
                {
                    "cells": [
                        f"#{load['load_id']}",
                        load["file"],
                        amounts.moment(load["recorded_at"]),
                        load["recorded_by"],
                    ],
                    "open": {"page": "loads", "params": {"load": str(load["load_id"])}},
                    "href": view.href("loads", load=str(load["load_id"])),
                }
                for load in evidence.load_rows.to_dict("records")
            ]
            columns = [tr("Load"), tr("File"), tr("Recorded (UTC)"), tr("By")]
            caption = tr("The window's values came from")
            sheet.show([sheet.table(columns, rows, caption=caption)], view, key="from_loads")
        else:
            st.caption(tr("No loaded values stand behind this key result."))
    with targets:
        _targets(evidence.versions, evidence.row, view)
    with check_ins:
        if len(evidence.check_ins):
            st.dataframe(evidence.check_ins, hide_index=True, alt=tr("Check-ins of this key result"))
        else:
            st.caption(tr("Nobody has checked in. In a terminal: `python cli.py check-in KR --value V --at DATE`."))


def _targets(versions: pd.DataFrame, row: Any, view: View) -> None:
    if not len(versions):
        st.caption(tr("The definition has no recorded history."))
        return
    unit = row["unit"]
    rows = [
        {
            "cells": [
                amounts.moment(version["recorded_at"]),
                version["recorded_by"],
                amounts.level(version["baseline"], unit),
                amounts.level(version["target"], unit),
            ]
        }
        for version in versions.to_dict("records")
    ]
    numbers = (tr("Baseline"), tr("Target"))
    columns = [tr("Recorded (UTC)"), tr("By"), *numbers]
    sheet.show([sheet.table(columns, rows, numbers=numbers)], view, key="versions")
    if amounts.known(row["score"]) and "target_edited" in row["flags"]:
        now, original = amounts.score(row["score"]), amounts.score(row["score_original_target"])
        said = tr("Score {now} now; {original} against the original target.", now=now, original=original)
        st.markdown(plain(said))
