"""The fields of a KPI's definition in three steps (what it is, what is better, how it is counted); what they say."""

import re
import unicodedata
from typing import Any

import streamlit as st
from pydantic import ValidationError

from models import wrong
from models.definition import Band
from models.kpi import Kpi
from models.language import tr
from pages.parts import kpi_pick
from pages.parts.escape import one_line, plain

DIRECTIONS = ("up", "down", "in_band")
CADENCES = ("day", "week", "month", "quarter")
AGGREGATIONS = ("sum", "mean", "last", "ratio")


def kpi_of(base: Kpi, said: dict[str, Any]) -> tuple[Kpi | None, list[str]]:
    """The definition that the form describes, or what is missing. What the form does not show stays as it was."""
    missing = []
    if not said["name"].strip():
        missing.append(tr("Give it a name."))
    elif not said["id"]:
        missing.append(tr("Give it an id of letters and digits."))
    if said["direction"] == "in_band" and said["band"] is None:
        missing.append(tr("Give the band: the lowest or the highest value that is still good."))
    if said["aggregation"] == "ratio" and bool(said["numerator"]) != bool(said["denominator"]):
        missing.append(tr("A ratio needs both: what is divided, and by what."))
    if missing:
        return None, missing
    try:
        return Kpi.model_validate(base.model_dump() | said | {"to_be_defined": False}), []
    except ValidationError as error:
        return None, [wrong.said(error)]


def id_of(name: str) -> str:
    """`Net sales (EUR)` -> `net_sales_eur`: what files and links call it."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())
    return "_".join(words)[:80]


def asked(workspace: Any, now: Kpi, key: str, *, new: bool) -> dict[str, Any]:
    """What was entered. Each step is a box of its own, so that what appears in one moves no field of another."""
    said: dict[str, Any] = {"id": now.id}
    with st.container():
        st.header(tr("1 · What it is"), anchor=False)
        said["name"] = st.text_input(
            tr("Name"), now.name, key=f"{key} name", max_chars=200, placeholder=tr("Staff turnover"),
            help=tr("As people say it, without the unit."),
        )  # fmt: skip
        if new:
            written = st.text_input(
                tr("Id"), key=f"{key} id", max_chars=200, placeholder=id_of(said["name"]) or "staff_turnover",
                help=tr("What extracts call it. It never changes. Empty: made from the name."),
            )  # fmt: skip
            said["id"] = written.strip() or id_of(said["name"])
        said["description"] = st.text_area(
            tr("Description"), now.description, key=f"{key} description", height=80, max_chars=2000,
            placeholder=tr("Who is counted, what is left out, where it comes from."),
        )  # fmt: skip
        one, two = st.columns(2)
        said["unit"] = one.text_input(
            tr("Unit"), now.unit, key=f"{key} unit", max_chars=40, placeholder="%",
            help=tr("%, EUR, days, users, ... Changes of a KPI in % are told in points."),
        ).strip()  # fmt: skip
        said["owner"] = _owner(workspace, two, now, key)
    with st.container():
        st.header(tr("2 · What is better"), anchor=False)
        words = {"up": tr("Higher is better"), "down": tr("Lower is better"), "in_band": tr("Better inside a band")}
        said["direction"] = st.segmented_control(
            tr("Direction"), DIRECTIONS, default=now.direction, format_func=lambda code: words[code], required=True,
            key=f"{key} direction", help=tr("A movement the other way is a change for the worse."),
        ) or now.direction  # fmt: skip
        said["band"] = now.band
        if said["direction"] == "in_band":
            said["band"] = _range(now.band, f"{key} band", tr("Lowest that is good"), tr("Highest that is good"))
        change = (
            ""
            if now.min_change is None
            else f"{now.min_change:g}"
            if isinstance(now.min_change, float)
            else now.min_change
        )
        said["min_change"] = _amount(
            st.text_input(
                tr("Smallest change that matters"), change, key=f"{key} change", placeholder="2%",
                help=tr(
                    "2% of its level, or a number in its unit. A change that is surely smaller is told as “did not "
                    "move”. Empty: the usual one of the method."
                ),
            )
        )  # fmt: skip
    with st.container():
        st.header(tr("3 · How it is counted"), anchor=False)
        every = {"day": tr("Every day"), "week": tr("Every week"), "month": tr("Every month"),
                 "quarter": tr("Every quarter")}  # fmt: skip
        said["cadence"] = st.segmented_control(
            tr("A value arrives"), CADENCES, default=now.cadence, format_func=lambda code: every[code], required=True,
            key=f"{key} cadence",
        ) or now.cadence  # fmt: skip
        how = {"sum": tr("are added up"), "mean": tr("are averaged"), "last": tr("give way to the last one"),
               "ratio": tr("are a ratio of two others")}  # fmt: skip
        said["aggregation"] = st.selectbox(
            tr("Several periods together"), AGGREGATIONS, AGGREGATIONS.index(now.aggregation),
            format_func=lambda code: how[code], key=f"{key} aggregation",
            help=tr("How weeks become a month, and segments a total: sales are added up, a score is averaged, open "
                    "contacts are the last count, a share is divided anew from both its parts."),
        )  # fmt: skip
        said["numerator"], said["denominator"] = now.numerator, now.denominator
        if said["aggregation"] == "ratio":
            said["numerator"], said["denominator"] = _ratio(workspace, now, key)
        st.caption(tr("Values outside this range are pointed out when a file is loaded."))
        said["range"] = _range(now.range, f"{key} range", tr("Lowest that is possible"), tr("Highest that is possible"))
    fed = [one_line(part) for part in now.fed_by]
    if fed:
        st.caption(plain(tr("It is fed by {names}; the KPI tree draws that anew.", names=", ".join(fed))))
    return said


def _owner(workspace: Any, place: Any, now: Kpi, key: str) -> str | None:
    teams = dict(zip(workspace.teams()["id"], workspace.teams()["name"], strict=True))
    ids = list(dict.fromkeys(["", *([now.owner] if now.owner else []), *teams]))
    chosen = place.selectbox(
        tr("Owner"), ids, ids.index(now.owner or ""), key=f"{key} owner",
        format_func=lambda team: one_line(teams.get(team, team)) if team else tr("nobody yet"),
        help=tr("The team that answers for it. A win that made it worse names them."),
    )  # fmt: skip
    return chosen or None


def _ratio(workspace: Any, now: Kpi, key: str) -> tuple[str | None, str | None]:
    """The two KPIs that a ratio is divided from; none of them where only the ratio itself arrives."""
    kpis = {kpi.id: kpi for kpi in workspace.company().kpis if kpi.id != now.id}
    names = (f"{key} numerator", f"{key} denominator")
    held = [now.numerator or "", now.denominator or "", *(st.session_state.get(name) or "" for name in names)]
    ids = ["", *kpi_pick.offered(kpis, f"{key} ratio", held)]

    def show(kpi: str) -> str:
        return one_line(kpis[kpi].label) if kpi in kpis else tr("none: the ratio itself arrives")

    labels = (tr("What is divided"), tr("By what"))
    chosen = []
    for column, label, name, was in zip(st.columns(2), labels, names, (now.numerator, now.denominator), strict=True):
        at = ids.index(was) if was in ids else 0
        chosen.append(column.selectbox(label, ids, at, format_func=show, key=name) or None)
    return chosen[0], chosen[1]


def _range(now: Band | None, key: str, low: str, high: str) -> Band | dict[str, float | None] | None:
    one, two = st.columns(2)
    first = one.number_input(low, None, None, now.low if now else None, key=f"{key} low", format="%g")
    last = two.number_input(high, None, None, now.high if now else None, key=f"{key} high", format="%g")
    return None if first is None and last is None else {"low": first, "high": last}


def _amount(text: str) -> str | float | None:
    """`2 %` stays a text, which the definition reads; `0,4` is a number; nothing is none."""
    return text.strip() or None
