"""Layouts: each way a table may stand in a text file gives the same rows and one plain sentence."""

from datetime import date

import pytest

from kpi_sources.extract import Catalog, Extract, KpiSpec, Mapping, read_extract

CATALOG = Catalog.build(
    [
        KpiSpec("NPS", "Net promoter score", "points", -100, 100, "month"),
        KpiSpec("SALES", "Revenue", "EUR", 0, None, "month"),
        KpiSpec("CHURN", "Customer churn", "%", 0, 100, "month"),
        KpiSpec("LABELS", any_segment=True),
    ],
    ["North", "Köln"],
    calendar_quarters=True,
)
ROWS = [
    ("NPS", "2024-01", 31.5, "Köln"),
    ("NPS", "2024-02", -8.0, "Köln"),
    ("SALES", "2024-01", 1234567.5, "North"),
    ("SALES", "2024-02", 950000.25, "North"),
]


def read(text: str | bytes, name: str = "a.csv", **mapping: object) -> Extract:
    data = text.encode() if isinstance(text, str) else text
    return read_extract(data, name, Mapping.from_dict(mapping), CATALOG, date(2025, 6, 30))


def rows(extract: Extract) -> list[tuple[object, ...]]:
    frame = extract.rows
    return sorted(zip(frame.kpi, frame.period, frame.value, frame.segment, strict=True), key=str)


LONG = """kpi,period,value,segment
NPS,2024-01,31.5,Köln
NPS,2024-02,-8,Köln
SALES,2024-01,1234567.5,North
SALES,2024-02,950000.25,North
"""
GERMAN = """Kennzahl;Monat;Wert;Segment
NPS;2024-01;31,5;Köln
NPS;2024-02;-8;Köln
SALES;2024-01;1.234.567,50;North
SALES;2024-02;950.000,25;North
"""
LAYOUTS = {
    "long": (LONG, "One row a value; comma-separated text in UTF-8"),
    "German words and numbers": (
        GERMAN.encode("cp1252"),
        "One row a value; semicolon-separated text in windows-1252; numbers with a decimal comma",
    ),
    "title and footer lines": (
        "Monthly report;;;\nUser: anna;;;\n;;;\n" + GERMAN + ";;;\nSource: DWH v4;;;\nPage 1;;;\n",
        "One row a value; semicolon-separated text in UTF-8; numbers with a decimal comma; "
        "left out: 2 title lines above the header, 2 footer lines (line 10, 11)",
    ),
    "comments and a repeated header": (
        "# nightly\n" + LONG.replace("SALES", "# -- again\nkpi,period,value,segment\nSALES", 1),
        "One row a value; comma-separated text in UTF-8; left out: 1 title line above the header, "
        "1 comment line (line 5), 1 repeated header (line 6)",
    ),
    "totals": (
        LONG.replace("SALES", "Total,,23.5,\nSALES", 1),
        "One row a value; comma-separated text in UTF-8; left out: 1 total row (line 4)",
    ),
    "target beside actual": (
        "kpi,period,target,actual,segment\n" + "".join(f"{k},{p},1,{v},{s}\n" for k, p, v, s in ROWS),
        "One row a value; comma-separated text in UTF-8; left out: 1 target column (target)",
    ),
    "groups": (
        "kpi,segment,period,value\nNPS,Köln,2024-01,31.5\n,,2024-02,-8\nSALES,North,2024-01,1234567.5\n,,2024-02,950000.25\n",
        "One row a value; comma-separated text in UTF-8; the KPI stands only on the first row of each group and was carried "
        "down; the segment stands only on the first row of each group and was carried down",
    ),
    "months across": (
        "kpi,segment,Jan 2024,Feb 2024\nNPS,Köln,31.5,-8\nSALES,North,1234567.5,950000.25\n",
        "Periods across the top; comma-separated text in UTF-8",
    ),
    "months across with a total": (
        "kpi,segment,2024M01,2024M02,Total\nNPS,Köln,31.5,-8,1\nSALES,North,1234567.5,950000.25,2\nTotal,,3,4,5\n",
        "Periods across the top; comma-separated text in UTF-8; left out: 1 total row (line 4), 1 other column (Total)",
    ),
    "a year above its months": (
        ",,2024,\nkpi,segment,Jan,Feb\nNPS,Köln,31.5,-8\nSALES,North,1234567.5,950000.25\n",
        "Two header rows; comma-separated text in UTF-8",
    ),
    "actual and target under each month": (
        "kpi,segment,2024-01,,2024-02,\n,,Actual,Target,Actual,Target\nNPS,Köln,31.5,1,-8,1\nSALES,North,1234567.5,1,950000.25,1\n",
        "Two header rows; comma-separated text in UTF-8; left out: 2 target columns (2024-01 Target, 2024-02 Target)",
    ),
    "one column a KPI": (
        "Month,Segment,NPS,Revenue (EUR)\n2024-01,Köln,31.5,\n2024-02,Köln,-8,\n2024-01,North,,1234567.5\n2024-02,North,,950000.25\n",
        "One column a KPI; comma-separated text in UTF-8",
    ),
    "one column a KPI and a row of units": (
        "period,segment,NPS,SALES\n,,points,EUR\n2024-01,Köln,31.5,\n2024-02,Köln,-8,\n2024-01,North,,1234567.5\n"
        "2024-02,North,,950000.25\n",
        "One column a KPI; comma-separated text in UTF-8",
    ),
    "rows and columns exchanged": (
        "kpi,NPS,NPS,SALES,SALES\nperiod,2024-01,2024-02,2024-01,2024-02\nvalue,31.5,-8,1234567.5,950000.25\n"
        "segment,Köln,Köln,North,North\n",
        "One row a value, rows and columns exchanged; comma-separated text in UTF-8",
    ),
    "a row cut otherwise": (
        LONG.replace("NPS,2024-02,-8,Köln", "NPS;2024-02;-8;Köln"),
        "One row a value; comma-separated text in UTF-8",
    ),
    "year and month apart": (
        "kpi,year,month,value,segment\nNPS,2024,1,31.5,Köln\nNPS,2024,2,-8,Köln\nSALES,2024,1,1234567.5,North\n"
        "SALES,2024,2,950000.25,North\n",
        "One row a value; comma-separated text in UTF-8",
    ),
    "a segment column called otherwise": (
        LONG.replace("segment", "Filiale"),
        "One row a value; comma-separated text in UTF-8",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_give_the_same_rows_and_a_sentence(name):
    text, sentence = LAYOUTS[name]
    extract = read(text)
    assert extract.errors == []
    assert rows(extract) == sorted(ROWS, key=str)
    assert extract.layout == sentence


def test_lines_are_those_of_the_file():
    assert list(read(LAYOUTS["title and footer lines"][0]).rows.line) == [5, 6, 7, 8]
    assert list(read(LAYOUTS["rows and columns exchanged"][0]).rows.line) == [3, 3, 3, 3]
    assert list(read(LAYOUTS["months across"][0]).rows.line) == [2, 3, 2, 3]
    assert list(read('kpi,period,value,segment\nLABELS,2024-01,1,"a\nb"\nLABELS,2024-01,2,c\n').rows.line) == [2, 4]


STOPS = {
    "kpi,period,value,segment\nNPS2024-01,31.5,Köln\n": (
        "ragged_row", 2, "line 2: too few columns: expected 4 cells, found 3; a delimiter is missing"),
    "kpi,period,value,segment\nNPS,2024-01,31,5,Köln\nNPS,2024-02,3,Köln\n": (
        "ragged_row", 2,
        "line 2: too many columns: expected 4 cells, found 5; a cell with the delimiter inside needs quotes"),
    'kpi,period,value,segment\nNPS,2024-01,3,"Köln\nNPS,2024-02,3,Köln\n': (
        "unbalanced_quote", 2,
        "line 2: a quotation mark is not closed (or stands inside a quoted cell); correct the quotes"),
    "kpi,period,value,segment\n": ("no_rows", 1, "no data rows below the header in line 1"),
    "kpi,period,value,segment\nNPS,2024-01,n/a,Köln\n": (
        "no_rows", 1, "no data: no cell below the header in line 1 holds a value"),
    "NPS,2024-01,31.5,Köln\nNPS,2024-02,31.5,Köln\n": (
        "no_header", 1,
        "line 1: no header: the first row holds data ('NPS', '2024-01', '31.5', 'Köln'); add column names such as kpi, "
        "period, value"),
    "kpi,period,segment\nNPS,2024-01,Köln\n": (
        "missing_column", 1,
        "line 1: layout not recognised: missing column for value; header found: 'kpi', 'period', 'segment'; name the columns "
        "in a mapping"),
    "NPS,2024-01,2298,Köln\nNPS,2024-02,2299,Köln\nNPS,2024-03,17,Köln\n": (
        "no_header", 1,
        "line 1: no header: the first row holds data ('NPS', '2024-01', '2298', 'Köln'); add column names such as kpi, "
        "period, value"),
    "kpi,period,target,segment\nNPS,2024-01,2298,Köln\nNPS,2024-02,2299,Köln\n": (
        "missing_column", 1,
        "line 1: layout not recognised: missing column for value; header found: 'kpi', 'period', 'target', 'segment'; name the "
        "columns in a mapping"),
    "kpi,segment,Jan,Feb\nNPS,Köln,1,2\n": (
        "date_ambiguous", 1,
        "line 1: the periods in the header have no year ('Jan', 'Feb'): date ambiguous; write 2024-01 or Jan 2024"),
    "kpi,period,value,segment,note\nNPS,2024-01,1,Köln,\nNPS,,2024-02,2,Köln,\nNPS,2024-03,3,Köln,\n": (
        "ragged_row", 3,
        "line 3: too many columns: expected 5 cells, found 6; a cell with the delimiter inside needs quotes"),
    "value\n1\n2\n": (
        "missing_column", 1,
        "line 1: layout not recognised: only one column, no delimiter separates period and value; found 'value'"),
    "kpi,period,value,value\nNPS,2024-01,1,2\n": (
        "duplicate_column", 1, "line 1: duplicate column: 'value' stands twice in the header"),
    "kpi,segment,2024-01,2024-01\nNPS,Köln,1,2\n": (
        "duplicate_column", 1, "line 1: duplicate column: '2024-01' stands twice"),
    "kpi,period,value,segment\nNPS,2024-01,1,Köln\n\nmonth,region,amount\n2024-01,North,3\n": (
        "multi_table", 4,
        "line 4: a second table with another header starts here; put each table in its own file"),
    "kpi,period,value,segment\nSALE,2024-01,1,Köln\n": (
        "unknown_kpi", 2, "line 2: unknown KPI 'SALE': not in the catalogue; did you mean 'SALES'?"),
    "kpi,period,value,segment\nN\u0420S,2024-01,1,Köln\n": (
        "unknown_kpi", 2,
        "line 2: unknown KPI 'N\u0420S': not in the catalogue; it looks like 'NPS' but holds U+0420 CYRILLIC CAPITAL LETTER ER"),
    "kpi,period,value,segment\nNPS\u200b,2024-01,1,Köln\n": (
        "unknown_kpi", 2,
        "line 2: unknown KPI 'NPS\\u200b': not in the catalogue; it looks like 'NPS' but holds U+200B ZERO WIDTH SPACE"),
    "kpi,period,value,segment\nNPS,2024-01,1,South\n": (
        "unknown_segment", 2, "line 2: unknown segment 'South': not in the list of segments"),
    "kpi,period,value,segment\nNPS,2024-01,1,\nNPS,2024-02,1,Köln\n": (
        "missing_value", 2, "line 2: missing segment: the cell is empty"),
    "kpi,period,value,segment\nNPS,,1,Köln\n": (
        "period_missing", 2, "line 2: the period is missing: a value without a date or period"),
    "kpi,period,value,segment\nNPS,2024-02-30,1,Köln\n": (
        "date_invalid", 2, "line 2: date or period '2024-02-30' does not exist in the calendar (a day)"),
    "kpi,period,value,segment\nNPS,2025-07,1,Köln\n": (
        "date_future", 2, "line 2: date in the future: '2025-07' is after the as-of day 2025-06-30"),
    "kpi,period,value,segment\nNPS,1900-01-01,1,Köln\n": (
        "date_out_of_range", 2, "line 2: date out of range: '1900-01-01' is before 1990-01-01, a placeholder or an error"),
    "kpi,period,value,segment\nNPS,2024-Q1,1,Köln\n": (
        "grain", 2, "line 2: mixed grain: '2024-Q1' is a quarter, the KPI 'NPS' is kept by month"),
    "kpi,period,value,segment\nNPS,2024-01-03,1,Köln\nNPS,2024-01-04,2,Köln\n": (
        "grain", 2,
        "line 2: mixed grain: several days in one month for NPS, Köln, 2024-01-03 (duplicate period): line 3 has 2"),
    "kpi,period,value,segment\n" + "".join(f"NPS,2024-01-0{day},{day},Köln\n" for day in range(1, 8)): (
        "grain", 2,
        "line 2: mixed grain: several days in one month for NPS, Köln, 2024-01-01 (duplicate period): "
        "line 3 has 2, line 4 has 3, line 5 has 4 and 3 more lines"),
    "kpi,period,value,segment\nNPS,2024-01,1 apple,Köln\n": (
        "number_invalid", 2, "line 2: '1 apple' is not a valid number: 'apple' stands behind it"),
    "kpi,period,value,segment\nNPS,2024-01,inf,Köln\n": ("nonfinite", 2, "line 2: 'inf' is not a finite number"),
    "kpi,period,value,segment\nNPS,2024-01,#REF!,Köln\n": (
        "spreadsheet_error", 2, "line 2: '#REF!' is a spreadsheet error value, not a number"),
    "kpi;period;value;segment\nNPS;2024-01;1,5;Köln\nNPS;2024-02;2,5;Köln\nNPS;2024-03;3.5;Köln\n": (
        "number_mixed", 4,
        "line 4: '3.5' is written with another decimal mark than others in the column: mixed numbers"),
    "kpi,period,value,segment\nNPS,2024-01,101,Köln\n": (
        "range", 2, "line 2: '101' is out of range: above the maximum of NPS (-100 to 100)"),
    "kpi,period,value,segment\nSALES,2024-01,$5,Köln\n": (
        "currency_mixed", 2, "line 2: currency mismatch: $ for the KPI 'SALES' in EUR"),
    "kpi,period,value (kEUR),segment\nSALES,2024-01,5,Köln\n": (
        "unit_mismatch", 1,
        "line 1: the header states 'kEUR', not the unit of the KPI: unit mismatch"),
    "Amounts in thousand EUR\nkpi,period,value,segment\nSALES,2024-01,5,Köln\n": (
        "unit_mismatch", 1,
        "line 1: 'in thousand' says that the figures are scaled; send them in full units, or give `scale` (1 if they are "
        "not scaled) in a mapping"),
    "kpi,segment,2024-01,2024-0x\nNPS,Köln,1,2\n": (
        "date_invalid", 1, "line 1: invalid period in the header: '2024-0x' stands over figures and is no period"),
    "": ("empty_file", None, "the file is empty (0 bytes)"),
    " \n\t\n": ("empty_file", None, "the file is empty: it holds nothing but white space"),
    "kpi,period,value\nNPS,2024-01,1\0\n": (
        "nul_byte", 2, "line 2: NUL bytes in the text; the file is damaged, export it again"),
    "kpi,period,value\nKÃ¶ln,2024-01,1\n": (
        "encoding", 2,
        "line 2: the text was encoded twice (UTF-8 read as windows-1252): 'KÃ¶ln'; export again"),
}  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_stops_say_where_and_why(text):
    extract = read(text)
    assert extract.status == "rejected"
    first = extract.errors[0]
    assert (first.code, first.line, first.message) == STOPS[text]


def test_every_bad_row_is_named_and_the_good_ones_stay():
    extract = read(
        "kpi,period,value,segment\nNPS,2024-01,1,Köln\nNPS,2024-02,x,Köln\nNPX,2024-02,1,South\nNPS,2024-03,3,Köln\n"
    )
    assert [(e.line, e.column, e.code) for e in extract.errors] == [
        (3, "value", "number_invalid"),
        (4, "value", "unknown_kpi"),
        (4, "value", "unknown_segment"),
    ]
    assert list(extract.rows.line) == [2, 5]


ASKS = {
    "kpi,date,value,segment\nLABELS,03/04/2024,1,a\n": ("date_ambiguous", "date_order", ["dmy", "mdy"]),
    "kpi;period;value;segment\nLABELS;2024-01;12,345;a\n": ("number_ambiguous", "decimal", [",", "."]),
    "kpi;period;value;segment\nCHURN;2024-01;12.5%;Köln\nCHURN;2024-02;0.11;Köln\n": (
        "percent_mixed", "percent", ["points", "fraction"]),
    "kpi,segment,2024-H1,2024-H2\nLABELS,a,1,2\n": ("fiscal", "fiscal_year_start", [1, 4, 7, 10]),
    "period,value\n2024-01,1\n": ("missing_column", "kpi_const", ["period"]),
    "kpi,period,value,actual,segment\nNPS,2024-01,1,2,Köln\n": ("missing_column", "value", ["value", "actual"]),
    "kpi,period,value,cost centre\nLABELS,2024-01,1,c1\nLABELS,2024-02,1,c2\n": (
        "missing_column", "segment", ["cost centre"]),
    b"kpi;period;value;segment\nLABELS;2024-01;1;Malm\x9a\n": (
        "encoding_ambiguous", "encoding", ["mac_roman", "cp1250"]),
}  # fmt: skip


@pytest.mark.parametrize("text", ASKS)
def test_two_readings_are_asked_with_options(text):
    extract = read(text)
    assert extract.status == "needs_input"
    assert len(extract.rows) == 0 or ASKS[text][0] == "percent_mixed"
    question = extract.questions[0]
    code, key, options = ASKS[text]
    assert (question.code, question.mapping_key) == (code, key)
    assert [o[0] for o in question.options][: len(options)] == options
    assert extract.errors[-1].message == question.message


@pytest.mark.parametrize(
    ("text", "answer", "value"),
    [
        ("kpi,date,value,segment\nLABELS,03/04/2024,1,a\n", {"date_order": "mdy"}, ("LABELS", "2024-03-04", 1.0, "a")),
        ("kpi;period;value;segment\nLABELS;2024-01;12,345;a\n", {"decimal": ","}, ("LABELS", "2024-01", 12.345, "a")),
        ("kpi;period;value;segment\nLABELS;2024-01;12,345;a\n", {"decimal": "."}, ("LABELS", "2024-01", 12345.0, "a")),
        (
            "kpi,period,value,segment\nCHURN,2024-01,0.125,Köln\n",
            {"percent": "fraction"},
            ("CHURN", "2024-01", 12.5, "Köln"),
        ),
        (
            "kpi,period,value,segment\nCHURN,2024-01,0.125,Köln\n",
            {"percent": "points"},
            ("CHURN", "2024-01", 0.125, "Köln"),
        ),
        ("period,value\n2024-01,1\n", {"kpi_const": "NPS"}, ("NPS", "2024-01", 1.0, "all")),
        ("in kEUR\nkpi,period,value\nSALES,2024-01,5\n", {"scale": 1000}, ("SALES", "2024-01", 5000.0, "all")),
        (
            "x\na,b,c,d\nNPS,2024-01,1,Köln\n",
            {"kpi": "a", "period": "b", "value": "c", "segment": "d"},
            ("NPS", "2024-01", 1.0, "Köln"),
        ),
    ],
)
def test_answers_in_the_mapping_are_taken(text, answer, value):
    extract = read(text, **answer)
    assert extract.errors == []
    assert rows(extract) == [value]


def test_decisions_carry_evidence_and_the_key_that_changes_them():
    decisions = {d.name: d for d in read("kpi;date;value;segment\nLABELS;25/04/2024;1,5;a\n").decisions}
    assert (decisions["dates"].value, decisions["dates"].because) == ("day first", "'25/04/2024' can only be read so")
    assert decisions["dates"].mapping_key == "date_order"
    assert (decisions["decimal mark"].value, decisions["decimal mark"].because) == (
        "decimal comma",
        "'1,5' can only be read so",
    )


def test_equal_rows_are_loaded_once_and_said():
    extract = read("kpi,period,value,segment\nNPS,2024-01,1,Köln\n nps ,2024-01,1.0,KÖLN\n")
    assert (extract.status, extract.repeated, len(extract.rows)) == ("ok", 1, 1)
    assert [(w.line, w.code) for w in extract.warnings] == [(3, "duplicate_exact")]


def test_packed_dimensions():
    extract = read("freq,what,unit,geo\\TIME_PERIOD\t2022 \t2023 \nA,NPS,points,Köln\t31 b\t: m\n", "t.tsv")
    assert [e.code for e in extract.errors] == ["grain"]  # the KPI is kept by month, the file has years
    assert extract.layout == (
        "Periods across the top; tab-separated text in UTF-8; 4 dimensions packed into the first column (Eurostat); "
        "left out: flags behind values (b, m), 2 other columns (freq, what)"
    )
