"""What every page is told beside the workspace: the shared filters, the theme, and where the other pages are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

HOME = "scorecard"
FILTERS = ("cycle", "team", "as_of")
WANTED = "wanted filters"  # in the session: values that the filters take over when they are drawn next


@dataclass(frozen=True)
class View:
    """The shared filters. `pages` maps a URL path to its st.Page; a page under test has none and sends nobody away."""

    cycle: str | None = None
    as_of: date | None = None
    team: str | None = None
    dark: bool = False
    pages: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)  # the filters as they stand in the URL

    def href(self, page: str, **params: str | list[str]) -> str:
        """The link to a page with the filters kept, relative to any page of the product."""
        query = urlencode({**self.filters, **params}, doseq=True)
        path = "./" if page == HOME else page
        return f"{path}?{query}" if query else path

    def go(self, page: str, **params: str) -> None:
        """Open a page at once. The filters stay: they are widgets that write themselves into the URL; one that is given
        here (as a link spells it) is set when they are drawn next, for a widget's own parameter cannot be set."""
        if page in self.pages:
            wanted = {name: params.pop(name) for name in FILTERS if name in params}
            if wanted:  # the others too, or a jump within one page would drop them from the URL
                held = {name: st.session_state[name] for name in FILTERS if name in st.session_state}
                st.session_state[WANTED] = held | wanted
            st.switch_page(self.pages[page], query_params=params)
