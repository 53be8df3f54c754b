"""KPI trends: pick KPIs and segments; signals, targets, the cycle, and the same months of earlier years."""

from typing import Any

import pandas as pd
import streamlit as st

from models.xmr import xmr
from pages.parts import amounts, charts, evidence_words
from pages.parts.escape import plain
from pages.parts.targets import target_on_series
from pages.parts.view import View
from pages.parts.weekly import by_week, is_daily

PICKED_FIRST = 2  # KPIs shown when nobody has chosen
MOST = 6  # more charts than this are not read, they are scrolled past
_BETTER = {"up": "higher is better", "down": "lower is better", "in_band": "better inside its band"}


def render(workspace: Any, view: View) -> None:
    kpis = workspace.kpis()
    kpis = kpis[kpis["observations"] > 0]
    if kpis.empty:
        st.title("No KPI has values yet")
        st.markdown(
            "Upload an extract: one row per KPI and period, or one column per KPI. The preview shows what it holds."
        )
        if st.button("Upload an extract", type="primary"):
            view.go("upload")
        return
    st.title("KPI trends", anchor=False)
    card = _scorecard(workspace, view)
    labels = kpi_labels(kpis)
    _open_asked(labels)
    left, right = st.columns([2, 1])
    picked = left.multiselect(
        "KPIs", list(labels), default=_first(labels, card), key="kpis", bind="query-params", max_selections=MOST
    )
    chosen = kpis[kpis["id"].isin([labels[label] for label in picked])]
    segments = sorted({segment for held in chosen["segments"] for segment in held})
    wanted = ["all"] if "all" in segments or not segments else segments[:1]
    if len(segments) > 1:
        wanted = right.multiselect("Segments", segments, default=wanted, key="segments", bind="query-params") or wanted
    if chosen.empty:
        st.markdown("Choose a KPI above.")
    for kpi in chosen.to_dict("records"):
        held = [segment for segment in wanted if segment in kpi["segments"]] or kpi["segments"][:1]
        _one(workspace, view, card, kpi, held)


def kpi_labels(kpis: pd.DataFrame) -> dict[str, str]:
    """What the picker shows → KPI id; the id stands beside a name that two KPIs share."""
    twice = kpis["name"].duplicated(keep=False)
    shown = kpis["name"].where(~twice, kpis["name"] + " (" + kpis["id"] + ")")
    return dict(zip(shown, kpis["id"], strict=True))


def _open_asked(labels: dict[str, str]) -> None:
    """A link from elsewhere names one KPI by its id (?kpi=...): show that one."""
    asked = st.query_params.get("kpi")
    if asked is None:
        return
    found = [label for label, identifier in labels.items() if identifier == asked]
    if found:
        st.session_state["kpis"] = found
    del st.query_params["kpi"]


def _first(labels: dict[str, str], card: Any) -> list[str]:
    """The KPIs that the cycle's key results are meant to move, else the first ones."""
    meant = set() if card is None else set(card.key_results["kpi"].dropna())
    judged = [label for label, identifier in labels.items() if identifier in meant]
    return (judged or list(labels))[:PICKED_FIRST]


def _scorecard(workspace: Any, view: View) -> Any:
    if workspace.default_cycle(view.as_of) is None:
        return None
    return workspace.scorecard(view.cycle, view.as_of)


def _one(workspace: Any, view: View, card: Any, kpi: dict[str, Any], segments: list[str]) -> None:
    unit = kpi["unit"] or ""
    many = workspace.series_many([(kpi["id"], segment) for segment in segments], view.as_of)
    daily = is_daily(kpi["cadence"])
    lines = {segment: _line(many, segment, daily) for segment in segments}
    series = lines[segments[0]]
    st.header(plain(kpi["name"]), anchor=False)
    st.caption(plain(_about(kpi, segments)))
    if series.empty:
        st.markdown("No value was known on that day.")
        return
    window = (card.cycle.start, card.cycle.end) if card is not None else None
    target = _target(card, kpi["id"], segments[0])
    left, right = st.columns([2.2, 1], gap="large")
    with left:
        if len(lines) == 1:
            rebase = _rebase(card, kpi["id"], segments[0], series)
            result = xmr(series["value"], kpi["direction"], target, rebase)
            words = " ".join([evidence_words.xmr_words(result, unit), *([evidence_words.REBASED] if rebase else [])])
            st.markdown(plain(words))
            figure = charts.xmr(
                series, result, kpi["direction"], unit=unit, target=target, window=window, dark=view.dark
            )
        else:
            words = f"{len(lines)} segments side by side."
            st.markdown(f"{words} Choose one segment for its signals.")
            figure = charts.trend(lines, unit=unit, target=target, window=window, dark=view.dark)
        described = f"{charts.described(kpi['name'], series, unit)} {words}"
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=described, key=f"trend {kpi['id']}")
    with right:
        months = by_month(series)
        st.markdown(plain(year_words(months, unit)))
        figure = charts.year_over_year(months, unit=unit, dark=view.dark)
        described = f"{kpi['name']} by calendar month, one line a year. {year_words(months, unit)}"
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=described, key=f"years {kpi['id']}")


def _line(many: pd.DataFrame, segment: str, daily: bool) -> pd.DataFrame:
    known = many.loc[many["segment"] == segment, ["period", "value"]].dropna().reset_index(drop=True)
    return by_week(known) if daily else known


def _about(kpi: dict[str, Any], segments: list[str]) -> str:
    parts = [
        kpi["description"],
        _BETTER.get(kpi["direction"], ""),
        f"by {kpi['cadence']}{', drawn as means of seven days' if is_daily(kpi['cadence']) else ''}",
        f"owned by {kpi['owner']}" if isinstance(kpi["owner"], str) and kpi["owner"] else "",
        "" if segments == ["all"] else f"segment {', '.join(segments)}",
        "to be defined: unit, direction and smallest change that matters" if kpi["to_be_defined"] else "",
        "illustrative" if kpi["illustrative"] else "",
    ]
    return " · ".join(part for part in parts if isinstance(part, str) and part)


def _target(card: Any, kpi: str, segment: str) -> float | None:
    """The target of the first key result whose target is a level of this very series."""
    if card is None:
        return None
    rows = card.key_results[(card.key_results["kpi"] == kpi) & (card.key_results["segment"] == segment)]
    targets = [target_on_series(row) for row in rows.to_dict("records")]
    return next((target for target in targets if target is not None), None)


def _rebase(card: Any, kpi: str, segment: str, series: pd.DataFrame) -> list[int]:
    """Where the cycle's scorecard says that this series moved."""
    if card is None:
        return []
    rows = card.links[(card.links["kpi"] == kpi) & (card.links["segment"] == segment)]
    moved = rows[rows["move_verdict"].isin(["better", "worse"])]
    return charts.rebased(series, moved["window_start"].iloc[0]) if len(moved) else []


def by_month(series: pd.DataFrame) -> pd.DataFrame:
    """year, month, value (mean of the periods that start in the month), n (how many)."""
    stamps = series["period"].dt
    grouped = series.groupby([stamps.year.rename("year"), stamps.month.rename("month")])["value"]
    return grouped.agg(value="mean", n="size").reset_index()


def year_words(months: pd.DataFrame, unit: str) -> str:
    """The last month against the same month a year before, the mean of its periods."""
    last = months.iloc[-1]
    named = f"{pd.Timestamp(2000, int(last['month']), 1):%B} {int(last['year'])}"
    before = months[(months["year"] == last["year"] - 1) & (months["month"] == last["month"])]
    now = f"{named}: {amounts.level(last['value'], unit)}"
    if before.empty:
        return f"{now}. There is no value a year before."
    old = float(before["value"].iloc[0])
    difference = amounts.change(last["value"] - old, unit)
    relative = f" ({amounts.share(last['value'] / old - 1, sign=True)})" if old > 0 and unit != "%" else ""
    return f"{now}, {difference}{relative} on a year before."


if __name__ == "__main__":
    st.switch_page("dashboard.py")
