"""What is expected of a source: read from YAML, written back without loss, and refused with the key named."""

import pytest

from kpi_sources.source_expectations import SourceExpectations, SourceExpectationsError

TEXT = """\
rows_at_least: 10
rows_at_most: 5000
must_have:
- signups
- visits
gaps_at_most: 0.05
jumps:
  signups: 3.0
only_warn: true
"""


def test_yaml_there_and_back():
    expectations = SourceExpectations.from_yaml(TEXT)
    assert expectations.must_have == ("signups", "visits")
    assert expectations.to_yaml() == TEXT


def test_nothing_is_expected_of_an_empty_text():
    assert SourceExpectations.from_yaml("").expectations() == ()
    assert SourceExpectations().to_yaml() == ""


def test_only_what_is_said_is_checked():
    codes = [(e.code, e.blocking) for e in SourceExpectations.from_yaml(TEXT).expectations()]
    assert codes == [("row_count", False), ("kpis_present", False), ("few_gaps", False)]
    assert [e.code for e in SourceExpectations(jumps={"signups": 2.0}).expectations()] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "rows: 3",
            "unknown key in the source's expectations: rows; known are rows_at_least, rows_at_most, must_have, "
            "gaps_at_most, jumps, only_warn",
        ),
        ("rows_at_least: ten", "rows_at_least: input should be a valid integer, found 'ten'"),
        ("gaps_at_most: 5", "gaps_at_most: input should be less than or equal to 1, found 5"),
        ("jumps: {signups: 1}", "jumps.signups: input should be greater than 1, found 1"),
        ("{rows_at_least: 5, rows_at_most: 4}", "rows_at_least (5) is above rows_at_most (4)"),
        ("- signups", "a source's expectations are a list of `key: value` lines, found list"),
    ],
)
def test_what_cannot_be_used_is_named(text, message):
    with pytest.raises(SourceExpectationsError) as error:
        SourceExpectations.from_yaml(text)
    assert str(error.value) == message


def test_broken_yaml_is_refused():
    with pytest.raises(SourceExpectationsError, match="not valid YAML"):
        SourceExpectations.from_yaml("a: [")
