"""The form that draws a part of the KPI tree anew: which KPIs feed one, and how. Every version is kept."""

from typing import Any

import streamlit as st

from models import wrong
from models.kpi import Influence, Kpi, MadeOf
from models.language import tr
from models.refused import Refused
from pages.parts import kpi_pick
from pages.parts.escape import one_line, plain

HOWS = ("", "sum", "product", "ratio")


def draw_form(workspace: Any, labels: dict[str, str], first: str | None) -> None:
    """Choose a KPI, what it is made of, and what is believed to drive it; Save writes a new version."""
    names = {identifier: one_line(label) for label, identifier in labels.items()}
    defined = {kpi.id: kpi for kpi in workspace.company().kpis}
    ids = [kpi for kpi in names if kpi in defined]
    if len(ids) < 2:
        st.caption(tr("Two defined KPIs are needed to draw an edge."))
        return

    def show(kpi: str) -> str:
        return names.get(kpi, kpi)

    ids = _offered({kpi: defined[kpi] for kpi in ids}, first)
    kpi = st.selectbox(
        tr("KPI to draw"), ids, index=ids.index(first) if first in ids else 0, format_func=show, key="draw"
    )
    now = defined[kpi]
    made = now.made_of
    words = {
        "": tr("not made of others"), "sum": tr("a sum"), "product": tr("a product"), "ratio": tr("a ratio")
    }  # fmt: skip
    how = st.segmented_control(
        tr("It is"),
        HOWS,
        default=made.how if made else "",
        format_func=lambda word: words[word],
        key=f"how {kpi}",
        required=True,
    )
    others = [other for other in ids if other != kpi]
    of: list[str] = []
    less: list[str] = []
    if how:
        title = tr("Numerator, then denominator") if how == "ratio" else tr("Of")
        of = st.multiselect(
            title, others, default=_still(made.of if made else [], others), format_func=show, key=f"of {kpi}"
        )
    if how == "sum":
        kept = _still(made.less if made else [], others)
        less = st.multiselect(tr("Less"), others, default=kept, format_func=show, key=f"less {kpi}")
    lags = {belief.kpi: belief.lag for belief in now.influenced_by}
    believed = st.multiselect(
        tr("Believed to be driven by"), others, default=_still(list(lags), others), format_func=show, key=f"by {kpi}"
    )
    days = {
        driver: st.number_input(
            tr("Days until {kpi} shows", kpi=show(driver)), 0, 3650, lags.get(driver, 0), key=f"lag {kpi} {driver}"
        )
        for driver in believed
    }
    if st.button(tr("Save"), type="primary", key="save tree"):
        try:
            drawn = MadeOf.model_validate({"how": how, "of": of, "less": less}) if how else None
            result = workspace.feed(kpi, drawn, [Influence(kpi=driver, lag=lag) for driver, lag in days.items()])
        except Refused as problem:
            st.error(plain(problem), icon=":material/error:")
        except ValueError as problem:
            st.error(plain(wrong.said(problem)), icon=":material/error:")
        else:
            st.toast(tr("Saved.") if result["status"] == "defined" else tr("Nothing was changed."))
            st.rerun()


def _offered(kpis: dict[str, Kpi], first: str | None) -> list[str]:
    """All KPIs; of thousands those that a search finds, and those that stand in the boxes."""
    if len(kpis) <= kpi_pick.ALL_OF_THEM:
        return list(kpis)
    drawn = st.session_state.get("draw", first)
    now = kpis.get(drawn)
    made = now.made_of if now else None
    believed = [belief.kpi for belief in now.influenced_by] if now else []
    chosen = [kpi for box in ("of", "less", "by") for kpi in st.session_state.get(f"{box} {drawn}", [])]
    fed = [*made.of, *made.less] if made else []
    return kpi_pick.offered(kpis, "draw", [*([drawn] if drawn else []), *fed, *believed, *chosen])


def _still(chosen: list[str], others: list[str]) -> list[str]:
    return [kpi for kpi in chosen if kpi in others]
