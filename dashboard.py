"""Front door: menu, shared filters, run the page."""

import os
from functools import partial
from pathlib import Path

import streamlit as st

from data.gate import StoreError
from models import language
from models.language import mark, spoken
from pages import (
    data_health,
    hints,
    key_result,
    kpi_tree,
    loads,
    method,
    plan,
    scorecard,
    story,
    trade_offs,
    trends,
    upload,
)
from pages.parts import choose_language, filters, look
from pages.parts.escape import plain
from pages.parts.view import View
from workspace import Refused, Workspace

STORE = Path(os.environ.get("NEEDLE_DB", Path(__file__).parent / "data" / "needle.duckdb"))


@st.cache_resource
def open_workspace(path: Path) -> Workspace:
    return Workspace(path)


MENU = {  # url path: (title, icon, page)
    "scorecard": (mark("Scorecard"), ":material/fact_check:", scorecard),
    "story": (mark("Story"), ":material/auto_stories:", story),
    "key-result": (mark("Key result"), ":material/troubleshoot:", key_result),
    "plan": (mark("Plan"), ":material/edit_note:", plan),
    "hints": (mark("Hints"), ":material/lightbulb:", hints),
    "trade-offs": (mark("Trade-offs"), ":material/balance:", trade_offs),
    "trends": (mark("KPI trends"), ":material/show_chart:", trends),
    "kpi-tree": (mark("KPI tree"), ":material/account_tree:", kpi_tree),
    "upload": (mark("Upload"), ":material/upload_file:", upload),
    "data-health": (mark("Data health"), ":material/monitor_heart:", data_health),
    "loads": (mark("Loads"), ":material/history:", loads),
    "method": (mark("Method"), ":material/menu_book:", method),
}

language.otherwise(choose_language.of_session)
language.speak(choose_language.now())
st.set_page_config(page_title="Needle", page_icon="🧭", layout="wide")
look.dress()
st.logo(Path(__file__).parent / "pages" / "parts" / "logo.svg", size="large")
workspace = open_workspace(STORE)


def run(path: str) -> None:
    MENU[path][2].render(workspace, view)


pages = {
    path: st.Page(partial(run, path), title=spoken(title), icon=icon, url_path=path, default=path == "scorecard")
    for path, (title, icon, _) in MENU.items()
}
page = st.navigation(list(pages.values()))
try:
    chosen = filters.choose(workspace)  # drawn here, not in a page: widgets of the frame keep their values everywhere
    choose_language.draw()
    view = View(**chosen, dark=st.context.theme.type == "dark", pages=pages, filters=filters.in_url(chosen))
    page.run()
except (Refused, StoreError) as problem:
    st.error(plain(problem), icon=":material/error:")
