"""PDF and slides, opened again: pages, titles, tables and charts with the right figures."""

import io
from datetime import datetime

import numpy as np
import pytest
from pptx import Presentation
from pypdf import PdfReader

from pages.exports import as_pdf, as_pptx, plot
from pages.exports.pdf_text import JAPANESE, KOREAN, SYMBOLS, drawable, fitted, markup
from tests.pages.exports.made import HOSTILE, by_hand, judged


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf.write(judged())))


@pytest.fixture(scope="module")
def deck():
    return Presentation(io.BytesIO(as_pptx.write(judged())))


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_the_pdf_says_it_all(pdf):
    text = spaced(" ".join(page.extract_text() for page in pdf.pages))
    content = judged()
    assert content.story.opening in text
    for row in content.rows.values():
        assert spaced(row["sentence"]) in text
    for _, value in content.stamp:
        assert spaced(value) in text
    assert "Committed pass 1 score A committed key result is a promise: all of it." in text


def test_every_page_carries_the_stamp_and_its_number(pdf):
    count = len(pdf.pages)
    for number, page in enumerate(pdf.pages, start=1):
        text = page.extract_text()
        assert judged().foot in text
        assert f"{number} / {count}" in text
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_the_pdf_tells_what_it_is(pdf):
    assert pdf.metadata.title == "Scorecard 2026-Q3, all teams"
    assert pdf.metadata.creation_date.replace(tzinfo=None) == datetime(2026, 10, 6)
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert titles == [judged().story.opening, "To decide", "What needs talking about", "In words", "App", "What the words mean",
                      "Policy in force"]  # fmt: skip


def test_letters_that_the_text_fonts_lack():
    assert markup("a < b") == "a &lt; b"
    assert markup("日本 한국 ∑ 5 − 3") == (
        f'<font name="{JAPANESE}">日本</font> <font name="{KOREAN}">한국</font> <font name="{SYMBOLS}">∑</font> 5 − 3'
    )
    assert markup("שלום") == "\ufffd" * 4
    assert drawable("Ωμέγα Ж ∑") == "Ωμέγα Ж \ufffd"
    assert fitted("a long name that does not fit", 8, 60) == "a long name t…"
    assert len(drawable("x" * 5000)) == 400


def test_hostile_names_are_drawn_as_text():
    text = spaced(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(as_pdf.write(by_hand(12, HOSTILE)))).pages)
    )
    for name in ("<img src=x onerror=alert(1)>", "=1+1", "5*3*2", "&amp; ]]> --> ${7*7} {{7*7}}"):
        assert name in text


def test_slides_in_their_order(deck):
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[:11] == [
        "2026-Q3: did the needle move?", judged().story.opening, "To decide", "What needs talking about", "Reward programme",
        "New prices", "Real wins", "What cannot be told yet", "App (1 of 2)", "App (2 of 2)", "How this was judged",
    ]  # fmt: skip
    assert {title.split(",")[0] for title in titles[11:]} == {"Policy in force"}
    assert (deck.slide_width, deck.slide_height) == (12191695, 6858000)
    assert deck.core_properties.title == "Scorecard 2026-Q3, all teams"
    for slide in deck.slides:
        assert judged().foot in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_tables_are_native_and_hold_the_sentences(deck):
    team = [slide for slide in deck.slides if slide.shapes.title.text.startswith("App (")]
    tables = [shape.table for slide in team for shape in slide.shapes if shape.has_table]
    rows = [[cell.text_frame.text for cell in row.cells] for row in tables[0].rows]
    assert rows[0] == ["Verdict", "Key result", "What happened", "Score"]
    assert sum(len(table.rows) - 1 for table in tables) == len(judged().rows) == 11
    vanity = judged().rows["vanity"]
    assert rows[1] == ["◇ Vanity", "Reward programme", vanity["sentence"].replace(" %", "\u00a0%"), "1.00"]


def test_a_vanity_win_has_a_native_chart_of_its_kpi(deck):
    slide = next(slide for slide in deck.slides if slide.shapes.title.text == "Reward programme")
    [frame] = [shape for shape in slide.shapes if shape.has_chart]
    lines = {series.name: series.values for series in frame.chart.plots[0].series}
    picture = judged().picture(judged().rows["vanity"])
    assert list(lines) == ["Before", "Actual", "Expected", "95 % range, low", "95 % range, high"]
    actual = [value for value in lines["Actual"] if value is not None]
    assert actual == picture.series["value"].tail(14).tolist()  # 13 weeks, and the one before them
    expected = [value for value in lines["Expected"] if value is not None]
    np.testing.assert_allclose(expected, picture.path["expected"])
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr").startswith("Staff turnover. Passed, but Staff turnover")


def test_verdicts_are_counted_in_a_native_chart(deck):
    [frame] = [shape for shape in deck.slides[1].shapes if shape.has_chart]
    plot_of = frame.chart.plots[0]
    counted = dict(zip(plot_of.categories, plot_of.series[0].values, strict=True))
    assert counted["◇ Vanity"] == 1
    assert sum(counted.values()) == len(judged().rows)


def test_a_deck_stays_short_and_says_what_it_leaves_out():
    deck = Presentation(io.BytesIO(as_pptx.write(by_hand(600))))
    assert len(deck.slides) <= 40
    said = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert [text for text in said if text.endswith("more: the HTML, PDF and XLSX reports list all of them")]


def test_hostile_names_stay_text_on_slides():
    deck = Presentation(io.BytesIO(as_pptx.write(by_hand(12, HOSTILE))))
    cells = {cell.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_table
             for row in shape.table.rows for cell in row.cells}  # fmt: skip
    assert {"<img src=x onerror=alert(1)>", "=1+1", "5*3*2", "a b\ufffdc"} <= cells


def test_marks_of_a_picture_lie_inside_its_frame():
    picture = judged().picture(judged().rows["real"])
    marks = plot.marks(picture, 720, 250)
    points = [point for mark in marks if isinstance(mark, plot.Stroke | plot.Fill) for point in mark.points]
    assert all(0 <= x <= 720 and 0 <= y <= 250 for x, y in points)
    assert next(mark.words for mark in marks if isinstance(mark, plot.Dot)).startswith("6 Jul 2026: ")
    assert "Target 108 people" in [mark.text for mark in marks if isinstance(mark, plot.Label)]
    assert plot.steps(13.4, 14.6) == [13.5, 14.0, 14.5]
    assert plot.steps(0, 100) == [0, 25, 50, 75, 100]
