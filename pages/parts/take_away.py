"""The view on screen to take along: as a file of every kind, and as a link that always shows the same."""

from typing import Any
from urllib.parse import urljoin

import streamlit as st

from models.language import tr
from pages.exports.report import KINDS, report_bytes, series_needed
from pages.parts import amounts
from pages.parts.closed import Standing
from pages.parts.view import HOME, View

_ICONS = {"html": "language", "pdf": "picture_as_pdf", "pptx": "slideshow", "xlsx": "table_view", "csv": "csv"}


def take_away(workspace: Any, view: View, shown: Standing) -> None:
    """A popover with five downloads of exactly this scorecard and its snapshot link; a file is made when asked for."""
    with st.popover(tr("Take along"), icon=":material/download:", type="tertiary"):
        st.caption(_what(shown.card, shown.frozen))
        for kind in KINDS:
            _download(workspace, shown, kind)
        day = view.as_of or workspace.today()
        more: dict[str, Any] = {"stands": tr("As closed")} if shown.frozen else {}
        more |= {name: st.query_params.get_all(name) for name in ("by", "show") if name in st.query_params}
        st.caption(tr("A link to this view as known on {day}, which always shows the same:", day=amounts.day(day)))
        st.code(_absolute(view.href(HOME, as_of=day.isoformat(), **more)), language=None, wrap_lines=True)


def _what(card: Any, frozen: bool) -> str:
    if frozen:
        return tr("The scorecard on this page, as it was closed.")
    return tr("The scorecard on this page, as known on {day}.", day=amounts.day(card.as_of))


def _download(workspace: Any, shown: Standing, kind: str) -> None:
    """The file is written in the request for it, so that opening the page costs nothing."""

    card = shown.card

    def made() -> bytes:
        return report_bytes(card, shown.series(workspace, series_needed(card)), kind)

    words = {
        "html": tr("Web page (HTML)"),
        "pdf": tr("Document (PDF)"),
        "pptx": tr("Slides (PPTX)"),
        "xlsx": tr("Workbook (XLSX)"),
        "csv": tr("Table (CSV)"),
    }
    parts = [card.cycle.id, card.team, card.as_of.isoformat(), "closed" if shown.frozen else None]
    name = "scorecard_" + "_".join(_safe(part) for part in parts if part) + f".{kind}"
    st.download_button(
        words[kind], made, name, KINDS[kind][1], key=f"take_{kind}", on_click="ignore", type="tertiary",
        icon=f":material/{_ICONS[kind]}:",
    )  # fmt: skip


def _safe(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in text)


def _absolute(href: str) -> str:
    address = st.context.url
    return urljoin(address, href) if isinstance(address, str) and address else href
