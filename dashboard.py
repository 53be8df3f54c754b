"""Front door: sign-in, menu, shared filters, run the page."""

import os
from functools import partial
from pathlib import Path

import streamlit as st

from data.gate import StoreError
from models.roles import Person
from pages import admin, data_health, key_result, loads, method, scorecard, trends, upload
from pages.parts import filters, signed_in
from pages.parts.escape import plain
from pages.parts.view import View
from workspace import Refused, open_workspace

STORE = Path(os.environ.get("NEEDLE_DB") or Path(__file__).parent / "data" / "needle.duckdb")

MENU = {  # url path: (title, icon, page)
    "scorecard": ("Scorecard", ":material/fact_check:", scorecard),
    "key-result": ("Key result", ":material/troubleshoot:", key_result),
    "trends": ("KPI trends", ":material/show_chart:", trends),
    "upload": ("Upload", ":material/upload_file:", upload),
    "data-health": ("Data health", ":material/monitor_heart:", data_health),
    "loads": ("Loads", ":material/history:", loads),
    "method": ("Method", ":material/menu_book:", method),
    "admin": ("Access", ":material/key:", admin),
}

st.set_page_config(page_title="Needle", page_icon="🧭", layout="wide")
st.logo(Path(__file__).parent / "pages" / "parts" / "logo.svg", size="large")


def run(path: str) -> None:
    MENU[path][2].render(workspace, view)


pages = {
    path: st.Page(partial(run, path), title=title, icon=icon, url_path=path, default=path == "scorecard")
    for path, (title, icon, _) in MENU.items()
}
page = st.navigation(list(pages.values()))
person: Person | None = signed_in.person()  # stops here when nobody may be here
workspace = open_workspace(STORE)
if person is not None:
    workspace = workspace.acting_as(person)
try:
    chosen = filters.choose(workspace)  # drawn here, not in a page: widgets of the frame keep their values everywhere
    signed_in.say(person)
    view = View(**chosen, dark=st.context.theme.type == "dark", pages=pages, filters=filters.in_url(chosen))
    page.run()
except (Refused, StoreError) as problem:
    st.error(plain(problem), icon=":material/error:")
