"""The pieces of the slides: text, native tables, native charts. Everything stays editable."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from models.language import mark, spoken, tr
from models.verdict import VERDICTS
from pages.exports.content import Content, Picture
from pages.exports.neutral import legible
from pages.exports.plot import steps
from pages.exports.tones import LIGHT_THEME as THEME

INK, SOFT = THEME.palette.ink, THEME.soft
WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, ROOM = Inches(0.6), Inches(1.45), Inches(12.13)
LONGEST = 420  # signs of a text on a slide; what is longer ends in an ellipsis
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"


@dataclass(frozen=True)
class Cell:
    """One cell's text and look; `tone` gives a verdict its colours."""

    text: str
    size: float = 11
    bold: bool = False
    colour: str = INK
    tone: str = ""
    right: bool = False


def colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.lstrip("#").upper())


def shortened(text: object) -> str:
    """One line of text that fits on a slide."""
    said = legible(text)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def say(frame: Any, paragraphs: Sequence[Cell], *, after: float = 4) -> None:
    """Fill a text frame; the first paragraph takes the place of the empty one."""
    frame.word_wrap = True
    for number, cell in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(after)
        _run(paragraph, cell)


def _run(paragraph: Any, cell: Cell) -> None:
    run = paragraph.add_run()
    run.text = shortened(cell.text)
    run.font.size = Pt(cell.size)
    run.font.bold = cell.bold
    run.font.color.rgb = colour(THEME.badges[cell.tone].text if cell.tone else cell.colour)
    if cell.right:
        paragraph.alignment = PP_ALIGN.RIGHT


def box(
    slide: Any, left: Any, top: Any, width: Any, height: Any, paragraphs: Sequence[Cell], *, after: float = 4
) -> Any:
    shape = slide.shapes.add_textbox(left, top, width, height)
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    say(frame, paragraphs, after=after)
    return shape


def table(
    slide: Any, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[Cell]], top: Any = TOP
) -> Any:
    """A native table; widths in inches, rows as high as their text."""
    frame = slide.shapes.add_table(len(rows) + 1, len(heads), LEFT, top, Inches(sum(widths)), Inches(0.3))
    made = frame.table
    properties = made._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = _NO_STYLE
    made.horz_banding = False
    for place, width in enumerate(widths):
        made.columns[place].width = Inches(width)
    head = [Cell(text, 10, colour=SOFT) for text in heads]
    for number, cells in enumerate([head, *rows]):
        made.rows[number].height = Inches(row_height(cells, widths))
        for place, cell in enumerate(cells):
            _fill(made.cell(number, place), cell)
    return frame


def row_height(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """Inches that a row takes, with the room around its text."""
    return 0.11 + max(map(_text_height, cells, widths))


def _text_height(cell: Cell, width: float) -> float:
    """Inches that a cell's text takes: about 122 letters to an inch, by the size of the type."""
    letters = min(len(cell.text), LONGEST)
    signs = max(1.0, (width - 0.14) * 122 / cell.size * (0.93 if cell.bold else 1))
    return math.ceil(letters / signs) * cell.size * 1.22 / 72


def _fill(target: Any, cell: Cell) -> None:
    target.margin_left, target.margin_right = Inches(0.06), Inches(0.08)
    target.margin_top = target.margin_bottom = Inches(0.045)
    target.vertical_anchor = MSO_ANCHOR.TOP
    target.text_frame.word_wrap = True
    _run(target.text_frame.paragraphs[0], cell)
    properties = target._tc.get_or_add_tcPr()
    line = etree.SubElement(properties, qn("a:lnB"), w=str(Emu(6350)))
    ground = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"))
    ground.set("val", THEME.line.lstrip("#").upper())
    if cell.tone:
        target.fill.solid()
        target.fill.fore_color.rgb = colour(THEME.badges[cell.tone].ground)


def describe(shape: Any, words: str) -> None:
    """The words for readers who cannot see the shape."""
    shape._element.nvGraphicFramePr.cNvPr.set("descr", legible(words))


def counts_chart(slide: Any, content: Content, left: Any, top: Any, width: Any, height: Any) -> None:
    """How many of each verdict, as native bars in the verdicts' colours."""
    data = CategoryChartData()
    shown = list(reversed(content.counts))
    data.categories = [f"{VERDICTS[code].icon} {VERDICTS[code].word}" for code, _ in shown]
    data.add_series(tr("Key results"), [count for _, count in shown])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, left, top, width, height, data)
    chart = frame.chart
    chart.has_legend = chart.has_title = False
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.font.size = Pt(12)
    plot.data_labels.font.color.rgb = colour(INK)
    for number, (code, _) in enumerate(shown):
        fill = plot.series[0].points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = colour(THEME.badges[VERDICTS[code].tone].solid)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    _axis(chart.category_axis, 12)
    describe(frame, "; ".join(f"{VERDICTS[code].word} {count}" for code, count in content.counts))


def line_chart(slide: Any, picture: Picture, words: str, left: Any, top: Any, width: Any, height: Any) -> None:
    """A KPI around its window as a native line chart: before, actual, expected with its range, target."""
    lines = _lines(picture)
    days = pd.DatetimeIndex(lines.index)
    data = CategoryChartData(number_format=r"d\ mmm\ yy")
    data.categories = [day.date() for day in days]
    for name in lines:
        data.add_series(spoken(name), [None if not np.isfinite(value) else float(value) for value in lines[name]])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE, left, top, width, height, data)
    chart = frame.chart
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False
    chart.legend.font.size = Pt(11)
    chart.legend.font.color.rgb = colour(SOFT)
    for name, series in zip(lines, chart.plots[0].series, strict=True):
        shade, thick, dash = _LOOKS[name.split(",")[0]]
        series.smooth = False
        series.format.line.color.rgb = colour(shade)
        series.format.line.width = Pt(thick)
        if dash is not None:
            series.format.line.dash_style = dash
    _axis(chart.category_axis, 11)
    chart.category_axis.tick_labels.number_format = "mmm yy"
    chart.category_axis.tick_labels.number_format_is_linked = False
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _every_quarter(chart.category_axis)
    _axis(chart.value_axis, 11)
    low, high = float(np.nanmin(lines.to_numpy())), float(np.nanmax(lines.to_numpy()))
    if high > low:
        marks = steps(low, high)
        step = marks[1] - marks[0] if len(marks) > 1 else high - low
        chart.value_axis.minimum_scale = round(np.floor(low / step) * step, 10)
        chart.value_axis.maximum_scale = round(np.ceil(high / step) * step, 10)
        chart.value_axis.major_unit = round(step, 10)
    chart.value_axis.major_gridlines.format.line.color.rgb = colour(THEME.palette.grid)
    chart.value_axis.tick_labels.number_format = "#,##0.###"
    chart.value_axis.tick_labels.number_format_is_linked = False
    describe(frame, words)


_LOOKS = {
    "Before": (THEME.palette.neutral, 1.5, None),
    "Actual": (THEME.palette.good, 2.75, None),
    "Expected": (SOFT, 1.75, MSO_LINE.DASH),
    "95 % range": (THEME.palette.neutral, 0.75, MSO_LINE.ROUND_DOT),
    "Target": (INK, 1.0, MSO_LINE.DASH_DOT),
}


def _lines(picture: Picture) -> pd.DataFrame:
    """The lines of a chart by their names, one row per period."""
    values = picture.series.set_index("period")["value"]
    start, end = picture.window
    inside = (values.index >= start) & (values.index <= end)
    out = pd.DataFrame({"Before": values.where(values.index < start), "Actual": values.where(inside)})
    before = values[values.index < start]
    if len(before) and inside.any():  # so that no gap lies between the lines
        out.loc[before.index[-1], "Actual"] = before.iloc[-1]
    if len(picture.path):
        path = picture.path.set_index("period").reindex(values.index)
        out = out.assign(
            **{
                "Expected": path["expected"],
                mark("95 % range, low"): path["lo"],
                mark("95 % range, high"): path["hi"],
            }
        )
    if picture.target is not None:
        out["Target"] = picture.target
    return out.dropna(axis="columns", how="all").astype(float)


def _every_quarter(axis: Any) -> None:
    """A label every three months; the library has no setting for it."""
    element = axis._element
    for name, value in (("c:baseTimeUnit", "days"), ("c:majorUnit", "3"), ("c:majorTimeUnit", "months")):
        for old in element.findall(qn(name)):
            element.remove(old)
        etree.SubElement(element, qn(name)).set("val", value)


def _axis(axis: Any, size: float) -> None:
    axis.tick_labels.font.size = Pt(size)
    axis.tick_labels.font.color.rgb = colour(SOFT)
    axis.format.line.color.rgb = colour(THEME.line)
    axis.major_tick_mark = XL_TICK_MARK.NONE
