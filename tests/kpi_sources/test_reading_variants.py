"""The same table in twenty dresses gives the same rows; bytes without sense give a reason and never an exception."""

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_sources.extract import Catalog, Extract, KpiSpec, Mapping, read_extract, read_file
from tests.budget import examples

HEADER = ["kpi", "period", "value", "segment"]
ROWS = [
    [k, f"2024-{m:02}", f"{base + m * 1.25:.2f}", s]
    for k, base in (("NPS", 10), ("SALES", 100_000), ("COST", -2_000))
    for s in ("North", "Köln", 'say "hi", all')
    for m in (1, 2, 3)
]
CATALOG = Catalog.build(
    [KpiSpec(k, grain="month") for k in ("NPS", "SALES", "COST")], ["North", "Köln", 'say "hi", all']
)


def read(data: bytes, name: str = "a.csv", catalog: Catalog = CATALOG) -> Extract:
    return read_extract(data, name, Mapping(), catalog, date(2025, 6, 30))


def tidy(extract: Extract) -> list[tuple[object, ...]]:
    frame = extract.rows
    return sorted(zip(frame.kpi, frame.start, frame.value, frame.segment, strict=True), key=str)


def written(rows: list[list[str]] | None = None, header: list[str] | None = None, **form: object) -> bytes:
    out = io.StringIO()
    form.setdefault("lineterminator", "\n")
    writer = csv.writer(out, **form)  # type: ignore[arg-type]
    writer.writerows([header or HEADER, *(ROWS if rows is None else rows)])
    return out.getvalue().encode()


def shuffled() -> bytes:
    return written(random.Random(3).sample(ROWS, len(ROWS)))


def turned_columns() -> bytes:
    return written([r[::-1] for r in ROWS], HEADER[::-1])


def comma_numbers() -> list[list[str]]:
    return [[k, p, v.replace(".", ","), s] for k, p, v, s in ROWS]


def sheet() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEADER)
    for k, p, v, s in ROWS:
        page.append([k, pd.Timestamp(p).to_pydatetime(), float(v), s])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", written())
    return out.getvalue()


def wide() -> bytes:
    cells: dict[tuple[str, str], list[str]] = {}
    for k, _, v, s in ROWS:
        cells.setdefault((k, s), []).append(v)
    return written(
        [[k, s, *vs] for (k, s), vs in cells.items()], ["kpi", "segment", "Jan 2024", "Feb 2024", "Mar 2024"]
    )


VARIANTS: dict[str, Callable[[], bytes]] = {
    "row order": shuffled,
    "column order": turned_columns,
    "semicolon": lambda: written(delimiter=";"),
    "tab": lambda: written(delimiter="\t"),
    "pipe": lambda: written(delimiter="|"),
    "all quoted": lambda: written(quoting=csv.QUOTE_ALL),
    "backslash escapes": lambda: written(doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL),
    "CRLF": lambda: written(lineterminator="\r\n"),
    "CR": lambda: written(lineterminator="\r"),
    "no last line end": lambda: written().rstrip(b"\n"),
    "byte order mark": lambda: b"\xef\xbb\xbf" + written(),
    "UTF-16": lambda: written().decode().encode("utf-16"),
    "UTF-16 without mark": lambda: written().decode().encode("utf-16-le"),
    "windows-1252": lambda: written().decode().encode("cp1252"),
    "Mac Roman": lambda: written().decode().encode("mac_roman"),
    "decimal comma": lambda: written(comma_numbers(), delimiter=";"),
    "gzip": lambda: gzip.compress(written()),
    "zip": zipped,
    "JSON": lambda: json.dumps([dict(zip(HEADER, r, strict=True)) for r in ROWS]).encode(),
    "JSON lines": lambda: "\n".join(json.dumps(dict(zip(HEADER, r, strict=True))) for r in ROWS).encode(),
    "workbook": sheet,
    "wide": wide,
    "lower-case names and blanks": lambda: written([[f" {k.lower()} ", p, v, s.upper()] for k, p, v, s in ROWS]),
    "other columns": lambda: written([[*r, "x", "1"] for r in ROWS], [*HEADER, "comment", "row id"]),
    "blank lines": lambda: written().replace(b"\nSALES", b"\n\n\nSALES", 1),
    "months written out": lambda: written([[k, f"{p[5:]}/{p[:4]}", v, s] for k, p, v, s in ROWS]),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_give_the_same_rows(name):
    extract = read(VARIANTS[name](), f"a.{name}")
    assert extract.errors == []
    assert tidy(extract) == tidy(read(written()))
    assert len(extract.rows) == len(ROWS)


def test_parquet_of_a_trusted_place(tmp_path):
    frame = pd.DataFrame(ROWS, columns=HEADER).astype({"value": float})
    frame["period"] = pd.to_datetime(frame["period"])
    frame.to_parquet(tmp_path / "a.parquet")
    extract = read_file(tmp_path / "a.parquet", catalog=CATALOG, as_of=date(2025, 6, 30))
    assert extract.errors == []
    assert tidy(extract) == tidy(read(written()))


SEEDS = [VARIANTS[n]() for n in ("semicolon", "JSON", "workbook", "wide", "gzip", "UTF-16", "all quoted")]


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_damaged_files_give_an_extract(data):
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    extract = read(bytes(content))
    assert extract.status in ("ok", "rejected", "needs_input")
    assert (extract.status == "ok") == (not extract.errors)


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_an_extract(content):
    assert read(content, catalog=Catalog(open=True)).status in ("ok", "rejected", "needs_input")


@settings(max_examples=examples(60), deadline=None)
@given(st.text(alphabet="abk,;\t|\"'\n\r .0123456789-/%€#()Qпi", max_size=200))
def test_any_text_gives_an_extract(content):
    extract = read(("kpi,period,value\n" + content).encode(), catalog=Catalog(open=True))
    assert extract.status in ("ok", "rejected", "needs_input")


def looks_encoded_twice(text: str) -> bool:
    """Whether some signs of it are those of UTF-8 read as windows-1252 ("Âµ"), which a file is refused for."""
    for size in (2, 3, 4):
        for at in range(len(text) - size + 1):
            try:
                if not text[at : at + size].encode("cp1252").decode("utf-8").isascii():
                    return True
            except UnicodeError:
                continue
    return False


NAMES = st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), min_size=2, max_size=8).filter(
    lambda t: not t.isdecimal() and t.casefold().isidentifier() and not looks_encoded_twice(t)
)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.dictionaries(
        st.tuples(NAMES, st.integers(1, 12)),
        st.decimals(-(10**9), 10**9, places=2),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([(",", "."), (";", ","), ("\t", ","), ("|", ".")]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_tables_are_read_back(cells, style, encoding):
    delimiter, mark = style
    rows = [["K1", f"2024-{m:02}", f"{v:.2f}".replace(".", mark), f"s {name}"] for (name, m), v in cells.items()]
    extract = read(written(rows, delimiter=delimiter).decode().encode(encoding), catalog=Catalog(open=True))
    found = {(s, p): v for s, p, v in zip(extract.rows.segment, extract.rows.period, extract.rows.value, strict=True)}
    for k, p, v, s in rows:
        if extract.status == "ok" and (s, p) in found:
            assert found[s, p] == float(v.replace(mark, ".")), k
    assert extract.status == "ok" or {e.code for e in extract.errors} <= {"duplicate_conflict", "unknown_kpi"}
