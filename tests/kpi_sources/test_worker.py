"""Strangers' files: read alike, and bombs end in a refusal that says so."""

import gzip
import io
import time
import zipfile
from datetime import date

import pytest
from pandas.testing import assert_frame_equal

from kpi_sources.extract import Catalog, KpiSpec, Mapping, read_extract
from kpi_sources.limits import Limits
from kpi_sources.worker import allowed_seconds, read_untrusted

AS_OF = date(2025, 6, 30)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def workbook(sheet: str | bytes, book: str = BOOK) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


def test_worker_gives_the_same_extract():
    text = "kpi;period;value;segment\nNPS;2024-01;31,5;Köln\nNPS;2024-02;x;Köln\n".encode("cp1252")
    catalog = Catalog.build([KpiSpec("NPS", unit="points", min=-100)], ["Köln"])
    near = read_extract(text, "a.csv", Mapping(), catalog, AS_OF)
    far = read_untrusted(text, "a.csv", Mapping(), catalog, AS_OF)
    assert_frame_equal(near.rows, far.rows)
    assert (near.errors, near.decisions, near.layout, near.sha256) == (
        far.errors,
        far.decisions,
        far.layout,
        far.sha256,
    )
    assert not far.refused


def test_questions_cross_the_border_whole():
    text = b"kpi,date,value\nNPS,03/04/2024,1\n"
    assert read_untrusted(text, "a.csv", as_of=AS_OF).questions == read_extract(text, "a.csv", as_of=AS_OF).questions


FAR = SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + SHEET.format(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
)


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("far_cell.xlsx", lambda: workbook(FAR), "too_large"),
        ("zip_bomb.xlsx", lambda: workbook(b"<worksheet>" + b" " * 120_000_000), "too_large"),
        ("gzip_bomb.csv.gz", lambda: gzip.compress(b"\0" * 150_000_000), "too_large"),
        ("entities.xlsx", lambda: workbook(LAUGHS), "xml_unsafe"),
        ("deep.json", lambda: b"[" * 200_000, "too_large"),
        ("one_line.csv", lambda: b"a" * 3_000_000, "too_large"),
        ("many_cells.csv", lambda: b"," * 3_000_000, "too_large"),
    ],
)
def test_bombs_are_refused_quickly(name, make, code):
    data = make()
    start = time.monotonic()
    extract = read_untrusted(data, name, as_of=AS_OF)
    assert (extract.status, [e.code for e in extract.errors]) == ("rejected", [code])
    assert time.monotonic() - start < 10


def test_time_limit_ends_the_worker():
    extract = read_untrusted(b"kpi,period,value\nNPS,2024-01,1\n", "a.csv", seconds=0.01)
    assert extract.refused
    assert extract.errors[0].message == (
        "file refused: too large: reading it took longer than the limit of 0.01 seconds; send a smaller or plainer file"
    )


def test_memory_limit_ends_the_worker():
    rows = b"".join(b"NPS,2024-01,%d.5,S%d\n" % (i, i) for i in range(200_000))
    extract = read_untrusted(b"kpi,period,value,segment\n" + rows, "a.csv", memory=100 * 2**20, as_of=AS_OF)
    assert extract.refused
    assert extract.errors[0].message == (
        "file refused: too large: reading it needs more memory than the limit of 100 MB; send a smaller file"
    )


def test_file_over_the_limit_starts_no_worker():
    extract = read_untrusted(b"x" * 11, "a.csv", limits=Limits(file_bytes=10))
    assert extract.errors[0].message == "file refused: too large: 11 bytes, the limit is 10; split the file"


def test_parquet_of_strangers_is_refused():
    assert read_untrusted(b"PAR1....PAR1", "a.parquet").errors[0].code == "unsupported"


def test_larger_files_have_more_time():
    assert allowed_seconds(1_000) == 10
    assert allowed_seconds(40_000_000) == 40
