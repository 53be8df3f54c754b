"""The switch between the views of OKRs and their filters. All of it stands in the URL, so that a link reproduces it.

The URL holds ids and codes, whatever the language: `view=board&status=at_risk&owner=Ada`; what nobody set is `-`.
"""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import streamlit as st

from models.language import mark, spoken, tr
from models.okr_filter import SORTS, Filter, choices
from models.okr_rows import NOT_SET, OkrRows
from models.verdict import FLAGS, VERDICTS
from pages.parts import okr_words
from pages.parts.escape import one_line
from pages.parts.sheet import Block
from pages.parts.view import View

VIEWS = {
    "list": mark("List"),
    "board": mark("Board"),
    "timeline": mark("Timeline"),
    "calendar": mark("Calendar"),
    "map": mark("Map"),
    "workload": mark("Workload"),
    "activity": mark("Activity"),
}
_SORTED = {
    "objective": mark("objective"),
    "title": mark("key result"),
    "owner": mark("owner"),
    "status": mark("status"),
    "verdict": mark("verdict"),
    "score": mark("score"),
    "confidence": mark("confidence"),
    "due": mark("due day"),
}
HERE = "okrs"  # the page on which the views stand
NOBODY = "-"  # in a link: what nobody set
_WIDTH = 150  # pixels of a filter: six of them fit a laptop, two a phone
_BEFORE = "okr_"  # of the widgets' keys


def view() -> str:
    """Which view is asked for; draws the switch."""
    key = _BEFORE + "view"
    asked = st.query_params.get("view", "list")
    st.session_state.setdefault(key, asked if asked in VIEWS else "list")
    chosen = st.segmented_control(
        tr("View"), list(VIEWS), key=key, required=True, format_func=lambda name: spoken(VIEWS[name]),
        label_visibility="collapsed",
    )  # fmt: skip
    _keep("view", [] if chosen in (None, "list") else [chosen])
    return str(chosen or "list")


def filtered(found: OkrRows, shape: str) -> tuple[Filter, str]:
    """What is chosen in the filter bar, and by what the list is sorted; draws it."""
    there = choices(found.rows)
    verdicts = [code for code in (*VERDICTS, *FLAGS) if code in there["verdicts"]]
    words = {**VERDICTS, **FLAGS}
    known = [status.id for status in found.statuses]
    statuses = [code for code in (NOT_SET, *known) if code in there["statuses"]]
    statuses += [code for code in there["statuses"] if code not in statuses]
    with st.container(horizontal=True, gap="small"):
        owners = several("owner", there["owners"], okr_words.owner, tr("Owner"), tr("All owners"))
        status = several(
            "status", statuses, lambda code: okr_words.status_word(found, code), tr("Status"), tr("All statuses")
        )
        tags = several("tag", there["tags"], one_line, tr("Tag"), tr("All tags")) if there["tags"] else ()
        verdict = several(
            "verdict",
            verdicts,
            lambda code: f"{words[code].icon} {words[code].word}",
            tr("Verdict"),
            tr("All verdicts"),
        )
        text = _search()
        by = _sorting() if shape == "list" else SORTS[0]
    return Filter(owners, status, tags, verdict, text), by


def several(
    name: str, options: Sequence[str], said: Callable[[str], str], label: str, placeholder: str
) -> tuple[str, ...]:
    """A choice of several, as it stands in the URL under `name`; options that are gone are left out."""
    key = _BEFORE + name
    asked = [NOT_SET if value == NOBODY else value for value in st.query_params.get_all(name)]
    held = st.session_state.get(key, asked)
    st.session_state[key] = [value for value in held if value in options]
    chosen = st.multiselect(
        label, list(options), key=key, format_func=said, placeholder=placeholder, label_visibility="collapsed",
        width=_WIDTH,
    )  # fmt: skip
    _keep(name, [value or NOBODY for value in chosen])
    return tuple(chosen)


def _search() -> str:
    key = _BEFORE + "text"
    st.session_state.setdefault(key, st.query_params.get("text", ""))
    text = st.text_input(
        tr("Search"), key=key, placeholder=tr("Search"), label_visibility="collapsed", width=_WIDTH, type="search",
    )  # fmt: skip
    _keep("text", [text] if text else [])
    return text or ""


def _sorting() -> str:
    key = _BEFORE + "sort"
    asked = st.query_params.get("sort", SORTS[0])
    st.session_state.setdefault(key, asked if asked in SORTS else SORTS[0])
    chosen = st.selectbox(
        tr("Sort by"), SORTS, key=key, format_func=lambda name: tr("By {what}", what=spoken(_SORTED[name])),
        label_visibility="collapsed", width=_WIDTH,
    )  # fmt: skip
    _keep("sort", [] if chosen == SORTS[0] else [chosen])
    return str(chosen)


def page_of(count: int, most: int, name: str) -> slice:
    """The rows of the page that is shown; draws the pages where there is more than one."""
    pages = -(-count // most)
    page = st.pagination(pages, key=f"{name}_page", bind="query-params") if pages > 1 else 1
    return slice((page - 1) * most, page * most)


def inside(view: View, chosen: Filter, /, **params: str) -> Block:
    """What makes something on this page a link to the same filters in another view: open (see `jump`) and href."""
    fields = {
        "owner": [value or NOBODY for value in chosen.owners],
        "status": [value or NOBODY for value in chosen.statuses],
        "tag": list(chosen.tags),
        "verdict": list(chosen.verdicts),
        "text": [chosen.text] if chosen.text else [],
    }
    kept = {name: values for name, values in fields.items() if values and name not in params}
    query = urlencode({**view.filters, **kept, **params}, doseq=True)
    return {"open": {"page": HERE, "params": params}, "href": f"{HERE}?{query}"}


def jump(params: dict[str, str]) -> None:
    """Go to another view or filter of this page, as a link within it asks; the filters it does not name stay."""
    for name, value in params.items():
        st.query_params[name] = value
        st.session_state.pop(_BEFORE + name, None)
    st.rerun()


def _keep(name: str, values: list[str]) -> None:
    """Put a choice into the URL."""
    if st.query_params.get_all(name) == values:
        return
    if values:
        st.query_params[name] = values
    else:
        st.query_params.pop(name, None)
