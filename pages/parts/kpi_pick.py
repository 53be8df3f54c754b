"""Choosing among KPIs where a company has thousands: a search by part of a name or id, and few to choose from."""

from collections.abc import Iterable, Mapping

import streamlit as st

from models.kpi import Kpi
from models.language import tr, trn

ALL_OF_THEM = 200  # KPIs up to which a box simply offers all; its own search finds among them
OFFERED = 50  # of more


def offered(kpis: Mapping[str, Kpi], key: str, kept: Iterable[str] = ()) -> list[str]:
    """Ids to offer in select boxes: all, or, of many, what the search field drawn here finds; `kept` always."""
    if len(kpis) <= ALL_OF_THEM:
        return list(dict.fromkeys([*(kpi for kpi in kept if kpi in kpis), *kpis]))
    words = st.text_input(
        tr("Find a KPI"), key=f"{key} find", placeholder=tr("Part of its name or id"),
        icon=":material/search:",
        help=tr("The boxes below offer what fits, {count} at most.", count=OFFERED),
    )  # fmt: skip
    found = matching(kpis, words)
    if words.strip():
        st.caption(
            trn("{count} KPI fits.", "{count} KPIs fit.", len(found))
            if len(found) <= OFFERED
            else tr(
                "{count} KPIs fit; {shown} are offered. Write more of the name.", count=f"{len(found):,}", shown=OFFERED
            )
        )
    return list(dict.fromkeys([*(kpi for kpi in kept if kpi in kpis), *found[:OFFERED]]))


def matching(kpis: Mapping[str, Kpi], words: str) -> list[str]:
    """Ids of the KPIs that hold every word in name or id; those that begin with the first word first."""
    wanted = words.casefold().split()
    if not wanted:
        return list(kpis)
    texts = {kpi.id: f"{kpi.name} {kpi.id}".casefold() for kpi in kpis.values()}
    found = [kpi for kpi, text in texts.items() if all(word in text for word in wanted)]
    return sorted(found, key=lambda kpi: not texts[kpi].startswith(wanted[0]) and kpi.casefold() != wanted[0])
