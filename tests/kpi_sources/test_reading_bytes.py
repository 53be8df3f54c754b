"""From bytes to cells: encodings, delimiters, quotes, limits, JSON."""

import gzip
from datetime import date

import pytest

from kpi_sources.catalog import Catalog, CatalogError, KpiSpec
from kpi_sources.container import gunzip
from kpi_sources.delimited import Dialect, QuoteError, records, split_lines
from kpi_sources.dialect import read_delimited
from kpi_sources.encoding import decode, line_of
from kpi_sources.extract import Mapping, MappingError, read_extract
from kpi_sources.findings import Asked, Problem
from kpi_sources.limits import LIMITS, Limits, Refused
from kpi_sources.names import name_key, unknown_hint
from kpi_sources.structured import read_json

WORDS = {"köln", "malmö", "łódź", "são paulo"}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("NPS;Köln", "utf-8"),
        ("NPS;Köln", "utf-8-sig"),
        ("NPS;Köln", "utf-16"),
        ("NPS;Köln", "utf-16-le"),
        ("NPS;Köln", "utf-16-be"),
        ("NPS;Köln", "utf-32"),
        ("NPS;Köln", "cp1252"),
        ("€ 5;Köln", "cp1252"),
        ("€ 5;Köln", "iso8859-15"),
        ("NPS;Malmö;São Paulo", "mac_roman"),
        ("NPS;Köln;Malmö", "cp850"),
        ("NPS;Łódź", "cp1250"),
        ("NPS;Łódź", "iso8859-2"),
    ],
)
def test_encodings_are_known_by_marks_or_by_names(text, encoding):
    assert decode((text + "\n").encode(encoding), WORDS).text == text + "\n"


def test_windows_1252_needs_no_names():
    decoded = decode("März: 5 € für die Straße – „gut“\n".encode("cp1252"), set())
    assert (decoded.text, decoded.encoding) == ("März: 5 € für die Straße – „gut“\n", "cp1252")


def test_other_code_pages_need_a_proof():
    with pytest.raises(Asked) as caught:
        decode("Malmö\n".encode("mac_roman"), set())
    assert dict(caught.value.question.options)["mac_roman"] == "Mac Roman: Malmö"
    assert decode("Malmö\n".encode("mac_roman"), set(), "mac_roman").text == "Malmö\n"


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (
            "Köln\nMalmö\n".encode() + b"K\xf6ln\n",
            3,
            "mixed encodings: most of the file is UTF-8, but the bytes of line 3 are not; save the file again in one encoding",
        ),
        (
            "a\nK\ufffdln\n".encode(),
            2,
            "line 2: characters were lost in an earlier conversion (U+FFFD stands in their place); export again",
        ),
        (
            "a\n".encode("utf-16") + b"b",
            2,
            "line 2: the byte order mark says UTF-16, but byte 7 cannot be decoded; save the file again as UTF-8",
        ),
    ],
)
def test_broken_encodings_name_their_line(data, line, message):
    with pytest.raises(Refused) as caught:
        decode(data, WORDS)
    assert (caught.value.code, caught.value.line, caught.value.message.splitlines()[0]) == ("encoding", line, message)


def test_lines_end_in_three_ways():
    assert split_lines("a\r\nb\rc\nd") == ["a", "b", "c", "d"]
    assert line_of("a\r\nb\rc\nd", 7) == 4


def test_records_keep_their_physical_lines():
    assert records(['a,"b', 'c",d', "e,f"], Dialect(",")) == ([["a", "b\nc", "d"], ["e", "f"]], [1, 3])
    with pytest.raises(QuoteError):
        records(['a,"b', "c,d"], Dialect(","))


def test_lenient_quotes_close_only_before_a_delimiter():
    rows, _ = records(["'it's, fine',b"], Dialect(",", "'", lenient=True))
    assert rows == [["it's, fine", "b"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\na;b\n1,5;2\n", [[""], ["a", "b"], ["1,5", "2"]]),
        ("a;b;c\n1,5;2,5;x\n2;3,5;y\n", [["a", "b", "c"], ["1,5", "2,5", "x"], ["2", "3,5", "y"]]),
        ('a, b\n"1, 2", 3\n', [["a", "b"], ["1, 2", "3"]]),
        ('a,b\n"6\\" pipe",2\n', [["a", "b"], ['6" pipe', "2"]]),
        ("a b c\n1 2 3\n", [["a", "b", "c"], ["1", "2", "3"]]),
    ],
)
def test_dialects(text, rows):
    assert read_delimited(text, LIMITS).rows == rows


def test_equal_evidence_for_two_delimiters_is_asked():
    with pytest.raises(Asked) as caught:
        read_delimited("a;b,c\nx;y,z\n", LIMITS)
    assert [o[0] for o in caught.value.question.options] == [",", ";"]
    assert read_delimited("a;b,c\nx;y,z\n", LIMITS, ";").rows == [["a", "b,c"], ["x", "y,z"]]


LONG = "kpi,period,value\n" + "NPS,2024-01,1\n" * 5


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(file_bytes=20), "too large: 87 bytes, the limit is 20; split the file"),
        (Limits(rows=3), "too large: 6 rows, the limit is 3; split the file"),
        (Limits(columns=2), "too large: 3 columns, the limit is 2; send the columns that are KPIs or periods"),
        (Limits(cell_length=6), "too large: 7 characters in one cell (line 2), the limit is 6; shorten it"),
    ],
)
def test_limits_are_named_with_what_was_found(limits, message):
    extract = read_extract(LONG.encode(), "a.csv", limits=limits, as_of=date(2025, 6, 30))
    assert [(e.code, e.message) for e in extract.errors] == [("too_large", message)]


def test_gzip_of_several_members_and_its_ends():
    assert gunzip(gzip.compress(b"ab") + gzip.compress(b"cd"), LIMITS) == b"abcd"
    for data, word in ((gzip.compress(b"ab")[:-3], "ends before"), (gzip.compress(b"ab") + b"x", "other bytes follow")):
        with pytest.raises(Refused, match=word):
            gunzip(data, LIMITS)
    with pytest.raises(Refused, match="unpacked bytes, the limit is 10"):
        gunzip(gzip.compress(bytes(100)), Limits(unpacked_bytes=10))


def test_json_keeps_its_lines_and_kinds():
    grid = read_json('[\n{"kpi": "A", "value": 1.50},\n{"kpi": "B", "value": null}\n]', LIMITS)
    assert (grid.rows, list(grid.lines)) == ([["kpi", "value"], ["A", "1.50"], ["B", ""]], [2, 2, 3])
    assert [type(c).__name__ for c in grid.rows[1]] == ["str", "Number"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"a": 1, "a": 2}]', "duplicate_column"),
        ('[{"a": [1]}]', "layout"),
        ("[1, 2]", "layout"),
        ("[]", "no_rows"),
        ('[{"a": 1', "truncated"),
        ('{"a": 1}\n{"a": 2', "truncated"),
        ("[" * 100_000, "too_large"),
    ],
)
def test_json_that_is_no_table(text, code):
    with pytest.raises(Refused) as caught:
        read_json(text, LIMITS)
    assert caught.value.code == code


def test_mapping_as_yaml_and_back():
    mapping = Mapping.from_yaml("period: DATE\nvalue: Qty\nkpi_const: QTY\nfiscal_year_start: July\ndecimal: ','\n")
    assert mapping == Mapping(period="DATE", value="Qty", kpi_const="QTY", fiscal_year_start=7, decimal=",")
    assert Mapping.from_yaml(mapping.to_yaml()) == mapping
    assert Mapping.from_yaml("") == Mapping()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour: red", "unknown key in the mapping: colour; known are date_order, decimal"),
        ("date_order: ydm", "date_order is one of dmy, mdy, ymd, found 'ydm'"),
        ("fiscal_year_start: 13", "fiscal_year_start is a month, 1 to 12 or its name, found 13"),
        ("header_row: first", "header_row is a whole number from 1, found 'first'"),
        ("kpi: [a, b]", "kpi is a text, found ['a', 'b']"),
        ("- a", "a mapping is a list of `key: value` lines, found list"),
        ("a: [", "the mapping is not valid YAML"),
    ],
)
def test_mapping_errors_are_clear(text, message):
    with pytest.raises(MappingError) as caught:
        Mapping.from_yaml(text)
    assert str(caught.value).startswith(message)


def test_header_row_of_the_mapping():
    text = "kpi,period,value\nNPS,2023-01,1\nkpi,period,value\nNPS,2024-01,2\n"
    extract = read_extract(text.encode(), "a.csv", Mapping(header_row=3), as_of=date(2025, 6, 30))
    assert list(extract.rows.period) == ["2024-01"]


def test_catalogue_of_a_file(tmp_path):
    (tmp_path / "c.csv").write_text(
        "kpi_id,name,unit,min,max,grain,segments\nNPS,Promoters,points,-100,100,month,*\nX,,,,,any,\n"
    )
    (tmp_path / "s.csv").write_text("segment\nKöln\n", encoding="utf-8")
    catalog = Catalog.from_csv(tmp_path / "c.csv", tmp_path / "s.csv")
    assert catalog.find(" promoters ") == KpiSpec("NPS", "Promoters", "points", -100.0, 100.0, "month", True)
    assert catalog.find("x") == KpiSpec("X")
    assert catalog.segments == {"köln": "Köln"}
    assert (catalog.open, catalog.calendar_quarters) == (False, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kpi_id,min\nA,low\n", "c.csv line 2: min is no number, found 'low'"),
        ("kpi_id,grain\nA,hour\n", "c.csv line 2: grain is one of day, week, month, quarter, year, any; found 'hour'"),
        ("name\nA\n", "c.csv line 2: no kpi_id"),
    ],
)
def test_catalogue_errors_name_their_line(tmp_path, text, message):
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(CatalogError) as caught:
        Catalog.from_csv(tmp_path / "c.csv")
    assert str(caught.value) == message


def test_names_meet_after_case_blanks_and_composition():
    assert name_key(" Ko\u0308LN ") == name_key("köln")
    assert name_key("\ufb01nance") == name_key("finance")
    assert name_key("N\u200bPS") != name_key("NPS")
    assert unknown_hint("ＮＰＳ", ["NPS"]) == (
        "; it looks like 'NPS' but holds U+FF2E FULLWIDTH LATIN CAPITAL LETTER N, "
        "U+FF30 FULLWIDTH LATIN CAPITAL LETTER P, U+FF33 FULLWIDTH LATIN CAPITAL LETTER S"
    )


def test_places_in_words():
    assert Problem(7, None, "value", "x", "range", "").place() == "line 7, column 'value'"
    assert Problem(7, "C7", None, "x", "range", "").place() == "cell C7"
    assert Problem(None, None, None, "x", "range", "").place() == ""


def test_look_alikes_within_a_file_without_a_catalogue():
    text = "kpi,period,value\nNPS,2024-01,1\nN\u200bPS,2024-02,2\n"
    extract = read_extract(text.encode(), "a.csv", as_of=date(2025, 6, 30))
    assert [(e.line, e.code) for e in extract.errors] == [(3, "unknown_kpi")]


def test_units_that_nothing_confirms_are_said():
    text = "kpi,period,value,unit\nSALES,2024-01,1,kEUR\nSALES,2024-02,2,kEUR\n"
    extract = read_extract(text.encode(), "a.csv", as_of=date(2025, 6, 30))
    assert [w.message for w in extract.warnings] == [
        "line 2: the file states 'kEUR' for the KPI 'SALES', whose unit is not defined yet"
    ]
