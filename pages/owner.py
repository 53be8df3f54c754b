"""Owner review: one owner's key results over the cycles, what was verified, how well it was foreseen. No ranking."""

from typing import Any

import pandas as pd
import streamlit as st

from models.forecast import chance_in_words
from models.foresight import Foresight
from models.language import numeral, tr, trn
from models.verdict import VERDICTS
from pages.parts import amounts, downloads, empty, sheet
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = 60  # key results of the table; the download holds all


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    names = workspace.owners()
    with st.container(gap=None):
        st.caption(tr("For a talk about what was learned, never to compare people"))
        heading = st.empty()
    owner = _choose(names)
    heading.title(plain(owner) if owner else tr("Owner review"), anchor=False)
    if not names:
        st.markdown(tr("No key result names an owner or a team yet: write `owner` in the OKR file."))
        return
    with st.spinner(tr("Reading the scorecards of all cycles…")):
        found = workspace.owner_review(owner or "", view.as_of)
    if owner:
        st.markdown(f"**{plain(found.tally.sentence())}**")
        _key_results(found, view)
    else:
        st.markdown(tr("Choose an owner above. Below is how well all of them together foresaw what would pass."))
    _confidence(found.foresight, view)
    _forecasts(workspace, view, owner or "")


def _choose(names: list[str]) -> str | None:
    """The owner of the URL; any other is chosen here, in alphabetical order."""
    chosen = st.selectbox(
        tr("Owner"), names, index=None, key="owner", bind="query-params", placeholder=tr("Type a few letters"),
        help=tr("In alphabetical order. Where nobody is named, the team answers for its key results."),
    )  # fmt: skip
    return str(chosen) if chosen else None


def _key_results(found: Any, view: View) -> None:
    rows = found.rows
    st.header(tr("Key results over the cycles"), anchor=False)
    cells = []
    for row in rows.head(SHOWN).to_dict("records"):
        params = {"kr": str(row["id"]), "cycle": str(row["cycle"])}
        chance = tr("chance given half-way: {share}", share=amounts.share(row["chance"]))
        cells.append(
            {
                "cells": [
                    {
                        "text": one_line(row["title"] or row["id"]),
                        "meta": chance if amounts.known(row["chance"]) else "",
                        "open": {"page": "key-result", "params": params},
                        "href": view.href("key-result", **params),
                    },
                    one_line(row["cycle_name"]).replace(" ", "\u00a0"),
                    amounts.score(row["score"]),
                    sheet.badge(VERDICTS[row["verdict"]], row["verdict_word"]),
                    one_line(row["sentence"]),
                ]
            }
        )
    columns = [tr("Key result"), tr("Cycle"), tr("Score"), tr("Verdict"), tr("In words")]
    sheet.show([sheet.table(columns, cells, numbers=(tr("Score"),))], view, key="owned")
    if len(rows) > SHOWN:
        st.caption(tr("The newest {n} are shown; the download holds all.", n=amounts.plain_number(SHOWN)))
    downloads.button(tr("Key results as CSV"), lambda: rows.drop(columns="chance"), "needle-owner.csv", key="owner_csv")


def _confidence(found: Foresight, view: View) -> None:
    st.header(tr("Confidence half-way, and what happened"), anchor=False)
    st.markdown(plain(found.sentence()))
    if found.n:
        sheet.show([reliability(found)], view, key="reliability")
    if found.enough:
        st.caption(plain(brier_words(found)))
    else:
        st.caption(tr("The confidence of the last check-in of the first half counts: 7 of 10 is a chance of 70 %."))


def brier_words(found: Foresight) -> str:
    return tr(
        "Brier score {brier}: 0 is perfect, 0.25 is what always saying 50 % gets; always saying the share that passed "
        "would have got {always}.",
        brier=numeral(f"{found.brier:.2f}"), always=numeral(f"{found.always:.2f}"),
    )  # fmt: skip


def reliability(found: Foresight) -> sheet.Block:
    """Chances in three groups: how many, the mean said, and the share that passed."""
    words = {0.0: tr("low: up to 35 %"), 0.35: tr("even: 35 to 65 %"), 0.65: tr("high: from 65 %")}
    rows = [
        {
            "cells": [
                words[row["low"]],
                amounts.count(row["n"]),
                amounts.share(row["said"]),
                amounts.share(row["happened"]),
                {"share": row["happened"]},
            ]
        }
        for row in found.table.to_dict("records")
    ]
    numbers = (tr("Key results"), tr("Mean chance given"), tr("Passed"))
    return sheet.table([tr("Chance given"), *numbers, tr("Share passed")], rows, numbers=numbers)


def _forecasts(workspace: Any, view: View, owner: str) -> None:
    """What the data foretold half-way, worked out when somebody asks: it reads each cycle as it was known then."""
    st.header(tr("The data's forecast half-way, and what happened"), anchor=False)
    kept = f"owner forecasts {owner} {view.as_of} {workspace.data_version()}"
    if kept not in st.session_state:
        st.markdown(tr("From what was known half-way, of those that had not passed by then: where would the KPI end?"))
        if not st.button(tr("Work it out"), icon=":material/query_stats:", key="owner_forecasts"):
            return
        cycles = workspace.owner_cycles(owner, view.as_of)
        bar = st.progress(0.0, tr("This takes some seconds a cycle."))
        parts = []
        for number, cycle in enumerate(cycles, 1):
            parts.append(workspace.owner_forecasts(owner, cycle, view.as_of).assign(cycle=cycle))
            bar.progress(number / len(cycles), tr("{cycle} is done.", cycle=plain(cycle)))
        full = [part for part in parts if len(part)]
        st.session_state[kept] = pd.concat(full, ignore_index=True) if full else parts[0]
        st.rerun()
    foretold = st.session_state[kept]
    told = foretold[foretold["reason"] == ""]
    if told.empty:
        st.markdown(tr("Of no key result was enough known half-way for a forecast."))
        return
    inside = int(((told["ended"] >= told["lo"]) & (told["ended"] <= told["hi"])).sum())
    st.markdown(
        plain(trn("{inside} of {count} ended within the 95 % that was foretold.",
                  "{inside} of {count} ended within the 95 % that was foretold.", len(told), inside=inside))
    )  # fmt: skip
    st.caption(
        tr("A forecast carries on what the KPI did before; work that moves the KPI ends outside it, and should.")
    )
    found = workspace.forecast_foresight(told)
    if found.enough:
        st.caption(plain(brier_words(found)))
    _foretold_rows(told, view)


def _foretold_rows(told: pd.DataFrame, view: View) -> None:
    rows = []
    for row in told.head(SHOWN).to_dict("records"):
        params = {"kr": str(row["key_result"]), "cycle": str(row["cycle"])}
        passed = row["passed"]
        rows.append(
            {
                "cells": [
                    {"text": one_line(row["title"]), "meta": one_line(row["cycle"]),
                     "open": {"page": "key-result", "params": params}, "href": view.href("key-result", **params)},
                    amounts.level(row["expected"]),
                    tr("{low} to {high}", low=amounts.level(row["lo"]), high=amounts.level(row["hi"])),
                    amounts.level(row["ended"]),
                    chance_in_words(row["chance"]) if amounts.known(row["chance"]) else amounts.UNKNOWN,
                    tr("✓ passed") if passed is True or passed == 1 else tr("○ missed"),
                ]
            }
        )  # fmt: skip
    numbers = (tr("Foretold"), tr("95 % interval"), tr("Ended at"), tr("Chance foretold"))
    sheet.show([sheet.table([tr("Key result"), *numbers, tr("Outcome")], rows, numbers=numbers)], view, key="foretold")


if __name__ == "__main__":
    st.switch_page("dashboard.py")
