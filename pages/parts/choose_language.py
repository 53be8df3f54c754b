"""The language of the screen: the browser's, unless one is chosen at the foot of the sidebar, and so in the URL."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from models.language import Language, tr
from pages.parts import languages

KEY = "lang"  # in the URL and in the session
_SPOKEN = "language spoken"


def now() -> Language:
    """The language of this run, kept for what runs later in the same session (see of_session)."""
    asked = st.query_params.get(KEY)
    if KEY not in st.session_state and asked in languages.codes():
        st.session_state[KEY] = asked  # a link may say `sv`; the widget spells it `Svenska`
    by_hand = st.session_state.get(KEY) or languages.of_name(asked)
    found = languages.chosen(by_hand, st.context.locale)
    st.session_state[_SPOKEN] = found
    return found


def of_session() -> Language | None:
    """What the session of this thread spoke last: a fragment runs again without the front door."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    found: Language | None = st.session_state.get(_SPOKEN)
    return found


def draw() -> None:
    """The choice, quiet and last in the sidebar."""
    codes = languages.codes()
    with st.sidebar.container(key="language"):
        st.selectbox(
            tr("Language"), codes, index=None, key=KEY, bind="query-params", format_func=languages.own_name,
            placeholder=languages.own_name(languages.best(st.context.locale)),
        )  # fmt: skip


def in_url() -> dict[str, str]:
    """The language as a link spells it; nothing where it follows the browser."""
    by_hand = st.session_state.get(KEY)
    return {KEY: str(by_hand)} if by_hand else {}
