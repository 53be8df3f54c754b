"""Data in Markdown stays text: every sign that could begin markup is escaped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.parts.escape import one_line, plain
from tests.budget import examples


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Staff turnover", "Staff turnover"),
        ("5*3*2", r"5\*3\*2"),
        ("<img src=x onerror=alert(1)>", r"\<img src\=x onerror\=alert\(1\)\>"),
        ("![x](http://x)", r"\!\[x\]\(http\:\/\/x\)"),
        ("$a$", r"\$a\$"),
        (":material/home:", r"\:material\/home\:"),
        (":red[x]", r"\:red\[x\]"),
        ("# head\n- item", r"\# head \- item"),
        ("a\u202eb", "a b"),
        ("back`tick`", r"back\`tick\`"),
        ("12 %", "12\u00a0%"),
        ("a -- b >= c", "a \\-\u2060\\- b \\>\u2060\\= c"),
        ("a--b", r"a\-\-b"),
        (7, "7"),
        (None, ""),
        (np.nan, ""),
    ],
)
def test_plain(text: object, escaped: str) -> None:
    assert plain(text) == escaped


@settings(max_examples=examples(60))
@given(st.text(max_size=80))
def test_unescaping_gives_the_text_back_and_nothing_is_left_bare(text: str) -> None:
    escaped = plain(text)
    bare = escaped.replace("\\\\", "")
    assert not any(sign in bare.replace("\\" + sign, "") for sign in "*_`<>[]$:#!|~&")
    assert "\n" not in escaped


def test_one_line_leaves_no_way_to_turn_text_around() -> None:
    assert one_line("a\r\nb\u202ec\u2066d") == "a b c d"
