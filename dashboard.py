"""Front door: sign-in, menu, shared filters, run the page."""

import os
from functools import partial
from pathlib import Path

import streamlit as st

from data.gate import StoreAway, StoreError
from models import language
from models.language import mark, spoken
from models.roles import Person
from pages import (
    admin,
    audit,
    check_in,
    data_health,
    hints,
    key_result,
    kpi_tree,
    lessons,
    loads,
    method,
    okrs,
    owner,
    plan,
    retrospective,
    scorecard,
    stand_up,
    story,
    survey,
    then_and_now,
    trade_offs,
    trends,
    truth_gap,
    upload,
)
from pages.parts import away, choose_language, filters, look, sheet, signed_in
from pages.parts.escape import plain
from pages.parts.view import View
from workspace import Refused, open_workspace

STORE = Path(os.environ.get("NEEDLE_DB") or Path(__file__).parent / "data" / "needle.duckdb")

MENU = {  # url path: (title, icon, page)
    "scorecard": (mark("Scorecard"), ":material/fact_check:", scorecard),
    "okrs": (mark("OKRs"), ":material/target:", okrs),
    "story": (mark("Story"), ":material/auto_stories:", story),
    "key-result": (mark("Key result"), ":material/troubleshoot:", key_result),
    "truth-gap": (mark("Truth gap"), ":material/rule:", truth_gap),
    "then-and-now": (mark("Then and now"), ":material/compare_arrows:", then_and_now),
    "check-in": (mark("Check-in"), ":material/edit_note:", check_in),
    "stand-up": (mark("Stand-up"), ":material/groups:", stand_up),
    "plan": (mark("Plan"), ":material/edit_note:", plan),
    "hints": (mark("Hints"), ":material/lightbulb:", hints),
    "trade-offs": (mark("Trade-offs"), ":material/balance:", trade_offs),
    "trends": (mark("KPI review"), ":material/show_chart:", trends),
    "kpi-tree": (mark("KPI tree"), ":material/account_tree:", kpi_tree),
    "retrospective": (mark("Retrospective"), ":material/history_edu:", retrospective),
    "lessons": (mark("Lessons"), ":material/school:", lessons),
    "survey": (mark("Surveys"), ":material/forum:", survey),
    "owner": (mark("Owner review"), ":material/person_check:", owner),
    "upload": (mark("Upload"), ":material/upload_file:", upload),
    "data-health": (mark("Data health"), ":material/monitor_heart:", data_health),
    "loads": (mark("Loads"), ":material/history:", loads),
    "method": (mark("Method"), ":material/menu_book:", method),
    "admin": (mark("Access"), ":material/key:", admin),
    "audit": (mark("Audit"), ":material/policy:", audit),
}

SECTIONS = {  # of the menu
    mark("Review"): ("scorecard", "story", "key-result", "truth-gap", "then-and-now", "trade-offs"),
    mark("OKRs"): ("okrs", "plan", "hints", "check-in", "stand-up"),
    mark("KPIs"): ("trends", "kpi-tree"),
    mark("Learn"): ("retrospective", "lessons", "survey", "owner"),
    mark("Data"): ("upload", "data-health", "loads"),
    mark("More"): ("method", "audit", "admin"),
}

language.otherwise(choose_language.of_session)
language.speak(choose_language.now())
st.set_page_config(page_title="Needle", page_icon="🧭", layout="wide")
look.dress()
sheet.bring_pen()
st.logo(Path(__file__).parent / "pages" / "parts" / "logo.svg", size="large")


def run(path: str) -> None:
    MENU[path][2].render(workspace, view)


pages = {
    path: st.Page(partial(run, path), title=spoken(title), icon=icon, url_path=path, default=path == "scorecard")
    for path, (title, icon, _) in MENU.items()
}
page = st.navigation(
    {spoken(name): [pages[path] for path in paths] for name, paths in SECTIONS.items()}, position="top"
)
person: Person | None = signed_in.person()  # stops here when nobody may be here
workspace = open_workspace(STORE).patient()
if person is not None:
    workspace = workspace.acting_as(person)
missing = workspace.away()
try:
    if missing:
        away.say(missing)
    chosen = filters.choose(workspace)  # drawn here, not in a page: widgets of the frame keep their values everywhere
    choose_language.draw()
    signed_in.say(person)
    view = View(**chosen, dark=st.context.theme.type == "dark", pages=pages, filters=filters.in_url(chosen))
    page.run()
except StoreAway as gone:
    away.nothing_kept(gone, said=missing is not None)
except (Refused, StoreError) as problem:
    st.error(plain(problem), icon=":material/error:")
