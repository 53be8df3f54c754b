"""YAML is read as written words: nothing runs, nothing grows, nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_sources.okr_yaml import parse_yaml


def codes(text: str) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.code) for problem in parse_yaml(text)[1]]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!include", "!!str", "!<tag:x.org,2026:y>"])
def test_tags_are_refused_with_their_line(tag: str):
    root, problems = parse_yaml(f"a: 1\nb: {tag} [x]\n")
    assert root is None
    assert [(problem.line, problem.code) for problem in problems] == [(2, "yaml_unsafe")]


def test_an_undefined_tag_handle_is_a_tag_too():
    assert codes("a: !x!y 1\n") == [(1, "yaml_unsafe")]


def test_aliases_may_share_a_block_but_not_grow():
    root, problems = parse_yaml("base: &b {weight: 1, segment: EMEA}\nx: {<<: *b, weight: 2}\ny: *b\n")
    assert problems == []
    assert root is not None
    merged, shared = root.pairs[1][1], root.pairs[2][1]
    assert {key.text: value.text for key, value in merged.pairs} == {"weight": "2", "segment": "EMEA"}
    assert {key.text: value.text for key, value in shared.pairs} == {"weight": "1", "segment": "EMEA"}
    growing = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    assert codes(growing) == [(4, "yaml_alias")]


def test_an_alias_to_itself_or_to_nothing_is_refused():
    assert codes("a: &a [1, *a]\n") == [(1, "yaml_alias")]
    assert codes("a: *b\n") == [(1, "yaml_alias")]
    assert codes("a: {<<: 5}\n") == [(1, "yaml_syntax")]


def test_duplicate_keys_name_both_lines_and_the_first_stays():
    root, problems = parse_yaml("a: 1\nb: 2\na: 3\n")
    assert [(problem.line, problem.code, problem.found) for problem in problems] == [(3, "yaml_duplicate", "a")]
    assert problems[0].message == "duplicate key 'a': it stands on line 1 and again on line 3; keep one"
    assert root is not None
    assert [(key.text, value.text) for key, value in root.pairs] == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb:\n\t- c\n", 3),
        ("a: [1, 2\nb: 3\n", 2),
        ("a: b: c\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\n? [x]\n: 2\n", 2),
        ("a: \x01\n", 1),
        ("a: 1\n  b: 2\n", 2),
    ],
)
def test_syntax_errors_name_their_line(text: str, line: int):
    assert codes(text) == [(line, "yaml_syntax")]


def test_a_tab_is_named():
    assert (
        parse_yaml("a:\n\t- b\n")[1][0].message
        == "line 2 is indented with a tab, which YAML does not allow; use spaces"
    )


def test_depth_is_limited():
    assert codes("[" * 5000 + "]" * 5000) == [(1, "too_large")]


def test_quotes_are_kept_apart_from_plain_words():
    root, _ = parse_yaml("a: \"5\"\nb: 5\nc: '5'\nd: |\n  5\ne:\nf: ~\n")
    assert root is not None
    assert [(value.text, value.plain, value.is_null) for _, value in root.pairs] == [
        ("5", False, False),
        ("5", True, False),
        ("5", False, False),
        ("5\n", False, False),
        ("", True, True),
        ("~", True, True),
    ]


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>?'\"#%@,\n\t 1<")), max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str):
    root, problems = parse_yaml(text)
    assert root is not None or problems or not text.strip() or "#" in text or "%" in text or "..." in text
    assert all(problem.line is not None and problem.line >= 1 for problem in problems)
