"""Numbers: what one says of itself, what a column proves, and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_sources.numbers import Marks, exact_text, judge, plain_point, plain_text, read_marks
from kpi_sources.numerals import NotNumber, Numeral, is_missing, read_numeral


def column(*texts: str) -> list[str]:
    numerals = {}
    for text in texts:
        numeral = read_numeral(text)
        assert isinstance(numeral, Numeral), text
        numerals[text] = numeral
    verdict = judge(numerals)
    return [str(plain_text(numerals[t], verdict.decimal)) for t in texts]


@pytest.mark.parametrize(
    ("core", "marks"),
    [
        ("1234", Marks()),
        ("1.5", Marks(decimal=".")),
        ("1,25", Marks(decimal=",")),
        ("0,125", Marks(decimal=",")),
        ("1234.567", Marks(decimal=".")),
        ("12.345", Marks(either=".")),
        ("12,345", Marks(either=",")),
        ("1.234.567", Marks(thousands=".")),
        ("1.234,5", Marks(decimal=",", thousands=".")),
        ("1 234,5", Marks(decimal=",", thousands=" ")),
        ("1\u00a0234\u202f567", Marks(thousands=" ")),
        ("4’860'111.97", Marks(decimal=".", thousands="'")),
        ("12,34,567.5", Marks(decimal=".", thousands=",")),
        ("12.34,5", Marks(decimal=",", thousands=".", valid=False)),
        ("1.2.3,4", Marks(decimal=",", thousands=".", valid=False)),
        ("1,23", Marks(decimal=",")),
        ("12 34", Marks(thousands=" ", valid=False)),
        ("1 2.3,4", Marks(valid=False)),
    ],
)
def test_marks_of_one_number(core, marks):
    assert read_marks(core) == marks


@pytest.mark.parametrize(
    ("texts", "plain"),
    [
        (["12.345", "67.89"], ["12.345", "67.89"]),
        (["12.345", "1.234,5"], ["12345", "1234.5"]),
        (["1.234.567", "12.345"], ["1234567", "12345"]),
        (["12,345", "0,5"], ["12.345", "0.5"]),
        (["1'234.50", "7"], ["1234.50", "7"]),
        (["(1,000.25)", "12.5-", "−3", "+4"], ["-1000.25", "-12.5", "-3", "4"]),
        (["950k", "3.4M", "1.25 Mio."], ["950000", "3400000", "1250000"]),
        (["1,2E5", "3,25E+06", "4E-3"], ["120000", "3250000", "0.004"]),
        (["€ 3,4M", "EUR 1,2 Mio.", "1,25 Mio €", "€0,9M"], ["3400000", "1200000", "1250000", "900000"]),
        (["12,5 %", "3%"], ["12.5", "3"]),
        (["007", ".5"], ["7", "0.5"]),
        (["12345678901234567890.12"], ["12345678901234567890.12"]),
    ],
)
def test_columns_of_numbers(texts, plain):
    assert column(*texts) == plain


def test_a_column_that_proves_nothing_is_ambiguous():
    verdict = judge({t: read_numeral(t) for t in ("12,345", "67,890")})
    assert (verdict.decimal, verdict.ambiguous) == (None, "12,345")


def test_both_marks_each_shown_by_itself_are_read():
    assert column("1.234,50", "1,234.50") == ["1234.50", "1234.50"]


def test_both_decimal_marks_in_plain_numbers_contradict():
    verdict = judge({t: read_numeral(t) for t in ("1,5", "2,5", "3.5")})
    assert (verdict.contradictory, verdict.minority) == (True, {"3.5"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("inf", "nonfinite"),
        ("-Infinity", "nonfinite"),
        ("∞", "nonfinite"),
        ("0x1F", "number_invalid"),
        ("1_000", "number_invalid"),
        ("1200*", "number_invalid"),
        ("1340 ¹", "number_invalid"),
        ("١٢٣", "number_invalid"),
        ("１２", "number_invalid"),
        ("TRUE", "number_invalid"),
        ("5 apples", "number_invalid"),
        ("(5", "number_invalid"),
        ("--5", "number_invalid"),
        ("~7", "number_invalid"),
        ("#DIV/0!", "spreadsheet_error"),
        ("#NV", "spreadsheet_error"),
        ("3.4m", "number_ambiguous"),
        ("€5$", "currency_mixed"),
        ("9" * 2000, "number_invalid"),
    ],
)
def test_what_is_no_number(text, code):
    found = read_numeral(text)
    assert isinstance(found, NotNumber)
    assert found.code == code


@pytest.mark.parametrize("text", ["1e999", "1e400", "9" * 400])
def test_numbers_beyond_a_double(text):
    numeral = read_numeral(text)
    assert isinstance(numeral, Numeral)
    found = plain_text(numeral, ".")
    assert isinstance(found, NotNumber)
    assert found.code == "nonfinite"


@pytest.mark.parametrize("text", ["", "  ", "-", "–", "..", ":", "n/a", "N/A", "NULL", "NaN", "k.A.", "None", "."])
def test_missing_markers(text):
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "0.0", "-0", "x", "*", "#N/A", "inf"])
def test_what_is_not_missing(text):
    assert not is_missing(text)


def test_plain_columns_are_recognised_at_once():
    assert plain_point(["1", "2.5", "-3"])
    assert plain_point(["1", "20"])
    assert not plain_point(["12.345", "67.890"])
    assert not plain_point(["1,5"])
    assert not plain_point(["007"])


def test_exact_text_only_where_a_double_is_not_enough():
    assert exact_text("0.28237396100365103") is None
    assert exact_text("12345678901234567890.12") == "12345678901234567890.12"
    assert exact_text("0.1234567890123456789") == "0.1234567890123456789"


STYLES = [
    (".", ","),
    (",", "."),
    (",", " "),
    (",", "\u00a0"),
    (",", "\u202f"),
    (".", "'"),
    (".", "’"),
    (".", ""),
    (",", ""),
]


@given(
    st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=20),
    st.sampled_from(STYLES),
)
def test_numbers_survive_every_style(numbers, style):
    decimal, thousands = style
    texts = [f"{n:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands) for n in numbers]
    assert [Decimal(t) for t in column(*texts)] == numbers


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_has_a_reason(text):
    found = read_numeral(text)
    if isinstance(found, Numeral):
        plain = plain_text(found, None)
        assert isinstance(plain, NotNumber) or Decimal(plain).is_finite()
