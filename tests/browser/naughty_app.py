"""Every naughty name in every place where the product shows a name; run by test_naughty_names.py alone."""

import pandas as pd
import streamlit as st

from pages.parts import charts, sheet
from pages.parts.escape import plain
from pages.parts.tables import rows_table
from pages.parts.view import View
from tests.browser.naughty import NAUGHTY

sheet.bring_pen()
st.title("Names")
for place, write in (("markdown", st.markdown), ("caption", st.caption), ("error", st.error)):
    with st.container(key=place):
        write("\n\n".join(plain(name) for name in NAUGHTY))
with st.container(key="headings"):
    for name in NAUGHTY[::12]:
        st.header(plain(name), anchor=False)
with st.container(key="buttons"):
    for number, name in enumerate(NAUGHTY[::12]):
        st.button(plain(name), key=f"b{number}")
with st.container(key="sheet"):
    rows = [{"cells": [name, {"text": name, "meta": name}]} for name in NAUGHTY]
    sheet.show([sheet.table(["A", "B"], rows)], View(), key="names")
with st.container(key="chart"):
    series = pd.DataFrame({"period": pd.date_range("2026-01-05", periods=3, freq="W-MON"), "value": [1.0, 2.0, 3.0]})
    shown = dict.fromkeys(NAUGHTY[: len(NAUGHTY) // 2 : 20], series)
    st.plotly_chart(charts.trend(shown, unit="<b>%</b>"), theme=None, config=charts.CONFIG)
with st.container(key="choice"):
    st.selectbox("Which", NAUGHTY)
    rows_table(pd.DataFrame({"kpi": NAUGHTY, "reason": NAUGHTY}), "names")
st.markdown("the end")
