"""Front door: menu, shared filters, run the page."""

import os
from functools import partial
from pathlib import Path

import streamlit as st

from pages import key_result, loads, method, scorecard, trends, upload
from pages.parts import filters
from pages.parts.escape import plain
from pages.parts.view import View
from workspace import Refused, Workspace

STORE = Path(os.environ.get("NEEDLE_DB", Path(__file__).parent / "data" / "needle.duckdb"))


@st.cache_resource
def open_workspace(path: Path) -> Workspace:
    return Workspace(path)


MENU = {  # url path: (title, icon, page)
    "scorecard": ("Scorecard", ":material/fact_check:", scorecard),
    "key-result": ("Key result", ":material/troubleshoot:", key_result),
    "trends": ("KPI trends", ":material/show_chart:", trends),
    "upload": ("Upload", ":material/upload_file:", upload),
    "loads": ("Loads", ":material/history:", loads),
    "method": ("Method", ":material/menu_book:", method),
}

st.set_page_config(page_title="Needle", page_icon="🧭", layout="wide")
st.logo(Path(__file__).parent / "pages" / "parts" / "logo.svg", size="large")
workspace = open_workspace(STORE)
pages: dict[str, st.Page] = {}


def run(page: str) -> None:
    chosen = filters.choose(workspace)
    dark = st.context.theme.type == "dark"
    view = View(**chosen, dark=dark, pages=pages, filters=filters.in_url(chosen))
    try:
        MENU[page][2].render(workspace, view)
    except Refused as refusal:
        st.error(plain(refusal), icon=":material/error:")


for path, (title, icon, _) in MENU.items():
    pages[path] = st.Page(partial(run, path), title=title, icon=icon, url_path=path, default=path == "scorecard")

st.navigation(list(pages.values())).run()
