"""The pieces of the PDF: badges, bars, rows, pictures, drawn straight onto the page. Lengths are points."""

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from models.key_result_words import flag_notes
from models.language import spoken, tr
from models.verdict import FLAGS, VERDICTS, Word
from pages.exports import icons, plot
from pages.exports.content import Content, Picture, Row
from pages.exports.pdf_text import BOLD, PLAIN, drawable, fitted, paragraph, style, width
from pages.exports.tones import LIGHT_THEME as THEME
from pages.parts.amounts import known, score

INK, SOFT = THEME.palette.ink, THEME.soft
TITLE = style(9.6, INK, bold=True)
TEXT = style(8.8, SOFT)
NOTES = {tone: style(8.4, badge.text) for tone, badge in THEME.badges.items()}
VERDICT, SCORE, SPARK, GAP = 86.0, 62.0, 84.0, 12.0  # widths of a row's columns
SPARK_HEIGHT = 22.0
CHART_HEIGHT = 116.0
BADGE = 8.4  # size of a badge's text


def write(canvas: Canvas, x: float, y: float, text: str, size: float, colour: str = INK, *, bold: bool = False) -> None:
    canvas.setFont(BOLD if bold else PLAIN, size)
    canvas.setFillColor(HexColor(colour))
    canvas.drawString(x, y, text)


def icon(canvas: Canvas, sign: str, x: float, y: float, size: float, colour: str) -> None:
    """An icon with its lower left corner at x, y."""
    scale = size / icons.BOX
    canvas.saveState()
    canvas.translate(x, y + size)
    canvas.scale(scale, -scale)
    canvas.setStrokeColor(HexColor(colour))
    canvas.setFillColor(HexColor(colour))
    canvas.setLineWidth(icons.STROKE)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for shape in icons.ICONS[sign]:
        if isinstance(shape, icons.Circle):
            canvas.circle(shape.x, shape.y, shape.radius, stroke=1, fill=int(shape.filled))
        else:
            _path(canvas, shape.points, closed=shape.closed, filled=shape.filled)
    canvas.restoreState()


def _path(canvas: Canvas, points: Any, *, closed: bool = False, filled: bool = False, stroked: bool = True) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.close()
    canvas.drawPath(path, stroke=int(stroked), fill=int(filled))


def badge(canvas: Canvas, word: Word, said: str, x: float, y: float, *, small: bool = False) -> float:
    """A word on its ground, the text's base line at y; returns its width."""
    size = BADGE - 1 if small else BADGE
    tone = THEME.badges[word.tone]
    said = drawable(said)
    whole = width(said, size, bold=True) + size + 13
    canvas.setFillColor(HexColor(tone.ground))
    canvas.roundRect(x, y - size * 0.42, whole, size * 1.62, 3, stroke=0, fill=1)
    icon(canvas, word.icon, x + 4.5, y - size * 0.06, size * 0.85, tone.text)
    write(canvas, x + size + 7.5, y, said, size, tone.text, bold=True)
    return whole


class Strip(Flowable):
    """How many of each verdict: a bar and its legend."""

    def __init__(self, counts: list[tuple[str, int]]):
        super().__init__()
        self._counts = counts

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.width = room
        self._lines: list[list[tuple[float, str, int]]] = [[]]
        x = 0.0
        for code, count in self._counts:
            size = width(f"{count} {VERDICTS[code].word}", 9) + 30
            if x + size > room and self._lines[-1]:
                self._lines.append([])
                x = 0.0
            self._lines[-1].append((x, code, count))
            x += size
        self.height = 14 + 15 * len(self._lines)
        return room, self.height

    def draw(self) -> None:
        canvas, total = self.canv, sum(count for _, count in self._counts)
        x = 0.0
        for code, count in self._counts:
            share = self.width * count / total
            canvas.setFillColor(HexColor(THEME.badges[VERDICTS[code].tone].solid))
            faded = {"moved_anyway": 0.6, "setback": 0.6}.get(code, 0.55 if VERDICTS[code].tone == "neutral" else 1)
            canvas.setFillAlpha(faded)
            canvas.roundRect(x, self.height - 9, max(share - 1.5, 0.8), 9, 1.5, stroke=0, fill=1)
            x += share
        canvas.setFillAlpha(1)
        for number, line in enumerate(self._lines):
            y = self.height - 24 - 15 * number
            for at, code, count in line:
                icon(canvas, VERDICTS[code].icon, at, y - 0.6, 7.6, INK)
                write(canvas, at + 12, y, str(count), 9, bold=True)
                write(canvas, at + 12 + width(f"{count} ", 9, bold=True), y, VERDICTS[code].word, 9)


class KeyResult(Flowable):
    """A key result: verdict and flags, title and sentences, score; a sparkline and a rule below, or `wide` neither."""

    def __init__(self, content: Content, row: Row, *, where: str = "", wide: bool = False):
        super().__init__()
        self._row = row
        self._mark = content.pass_mark(row["level"])
        self._spark = None if wide else content.spark(row)
        self._wide = wide
        texts = [paragraph(row["title"] or row["id"], TITLE)]
        if where:
            texts.append(paragraph(where, style(8.2, SOFT)))
        texts.append(paragraph(row["sentence"], TEXT))
        texts += [paragraph(note, NOTES[FLAGS[code].tone]) for code in row["flags"] for note in flag_notes(row, code)]
        self._texts: list[Paragraph] = texts

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.width = room
        used = VERDICT + SCORE + 2 * GAP + (0 if self._wide else SPARK + GAP)
        self._heights = [text.wrap(room - used, 1000)[1] for text in self._texts]
        badges = 16 + 14 * len(self._row["flags"])
        self.height = max(sum(self._heights), badges, 0 if self._wide else SPARK_HEIGHT + 12) + 13
        return room, self.height

    def draw(self) -> None:
        canvas, row, top = self.canv, self._row, self.height - 6
        badge(canvas, VERDICTS[row["verdict"]], row["verdict_word"], 0, top - 9)
        for number, code in enumerate(row["flags"]):
            badge(canvas, FLAGS[code], FLAGS[code].word, 0, top - 24 - 14 * number, small=True)
        y = top
        for text, height in zip(self._texts, self._heights, strict=True):
            y -= height
            text.drawOn(canvas, VERDICT + GAP, y)
        right = self.width - (0 if self._wide else SPARK + GAP)
        score_bar(canvas, row, self._mark, right - SCORE, top - 9)
        if self._spark:
            spark(canvas, self._spark, self.width - SPARK, top - SPARK_HEIGHT)
        if not self._wide:
            rule(canvas, self.width)


def rule(canvas: Canvas, room: float) -> None:
    canvas.setStrokeColor(HexColor(THEME.line))
    canvas.setLineWidth(0.6)
    canvas.line(0, 0, room, 0)


class Badge(Flowable):
    """A verdict or flag by itself."""

    def __init__(self, word: Word):
        super().__init__()
        self._word = word

    def wrap(self, _room: float, _height: float) -> tuple[float, float]:
        return 86, 12

    def draw(self) -> None:
        badge(self.canv, self._word, self._word.word, 0, 2, small=True)


def score_bar(canvas: Canvas, row: Row, mark: float, x: float, y: float) -> None:
    """The score, a bar with the mark from which it passes, and a word below."""
    write(canvas, x, y, score(row["score"]), 9, bold=True)
    if not known(row["score"]):
        write(canvas, x, y - 10, tr("no value yet"), 7.4, SOFT)
        return
    value, left, room = float(row["score"]), x + 25, SCORE - 25
    passed = value >= mark
    canvas.setFillColor(HexColor(THEME.track))
    canvas.roundRect(left, y + 1, room, 4, 2, stroke=0, fill=1)
    canvas.setFillColor(HexColor(INK if passed else THEME.palette.neutral))
    if value > 0.02:
        canvas.roundRect(left, y + 1, room * value, 4, 2, stroke=0, fill=1)
    canvas.setFillColor(HexColor(INK))
    canvas.rect(left + room * mark - 0.6, y - 1, 1.2, 8, stroke=0, fill=1)
    write(canvas, x, y - 10, _score_word(row, passed), 7.4, SOFT)


def _score_word(row: Row, passed: bool) -> str:
    if row["below_baseline"]:
        return tr("below baseline")
    if passed:
        return tr("passed so far") if row["so_far"] else tr("passed")
    return spoken(str(row["pace_word"] or "missed")) if row["so_far"] else tr("missed")


def spark(canvas: Canvas, drawn: dict[str, Any], x: float, y: float) -> None:
    """A sparkline of pages.parts.sparks with its caption below; x, y is its lower left corner."""
    left, right = (x + SPARK * mark for mark in drawn["cycle"])
    canvas.setFillColor(HexColor(INK))
    canvas.setFillAlpha(0.055)
    canvas.rect(left, y, max(right - left, 0), SPARK_HEIGHT, stroke=0, fill=1)
    canvas.setFillAlpha(1)
    points = [(x + px * SPARK, y + py * SPARK_HEIGHT) for px, py in drawn["points"]]
    split = x + drawn["split"] * SPARK
    if drawn["target"] is not None:
        _line(
            canvas, "target", [(x, y + drawn["target"] * SPARK_HEIGHT), (x + SPARK, y + drawn["target"] * SPARK_HEIGHT)]
        )
    _line(canvas, "past", [point for point in points if point[0] <= split + 0.01])
    _line(canvas, "now", [point for point in points if point[0] >= split - 0.01])
    canvas.setFillColor(HexColor(THEME.palette.good))
    canvas.circle(*points[-1], 1.5, stroke=0, fill=1)
    write(canvas, x, y - 9, fitted(drawn["caption"], 7.2, SPARK), 7.2, SOFT)


_LINES: dict[str, tuple[str, float, list[float]]] = {
    "grid": (THEME.palette.grid, 0.6, []),
    "past": (THEME.palette.neutral, 0.9, []),
    "now": (THEME.palette.good, 1.5, []),
    "expected": (SOFT, 1.0, [3, 2.4]),
    "target": (INK, 0.7, [5, 2, 1.4, 2]),
}


def _line(canvas: Canvas, role: str, points: list[tuple[float, float]]) -> None:
    if len(points) < 2:
        return
    colour, thick, dash = _LINES[role]
    canvas.setStrokeColor(HexColor(colour))
    canvas.setLineWidth(thick)
    canvas.setLineJoin(1)
    canvas.setDash(dash)
    _path(canvas, points)
    canvas.setDash([])


class Chart(Flowable):
    """A picture with its name and key above, a rule below."""

    def __init__(self, picture: Picture):
        super().__init__()
        self._picture = picture

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.width, self.height = room, CHART_HEIGHT + 34
        return room, self.height

    def draw(self) -> None:
        canvas, picture = self.canv, self._picture
        named = tr("{kpi}, in {unit}", kpi=picture.name, unit=picture.unit) if picture.unit else picture.name
        title = fitted(named, 8.6, self.width * 0.45, bold=True)
        write(canvas, 0, self.height - 12, title, 8.6, bold=True)
        self._key(self.height - 12)
        rule(canvas, self.width)
        base = 16.0
        for mark in plot.marks(picture, self.width, CHART_HEIGHT):
            self._mark(mark, base)

    def _key(self, y: float) -> None:
        entries = [("now", tr("actual")), ("past", tr("before"))]
        if len(self._picture.path):
            entries += [("expected", tr("expected")), ("band", tr("95 % range"))]
        x = self.width - sum(width(said, 7.6) + 30 for _, said in entries)
        for role, said in entries:
            if role == "band":
                self.canv.setFillColor(HexColor(THEME.track))
                self.canv.rect(x, y - 1, 16, 7, stroke=0, fill=1)
            else:
                _line(self.canv, role, [(x, y + 2.6), (x + 16, y + 2.6)])
            write(self.canv, x + 20, y, said, 7.6, SOFT)
            x += width(said, 7.6) + 30

    def _mark(self, mark: plot.Mark, base: float) -> None:
        canvas = self.canv

        def place(point: tuple[float, float]) -> tuple[float, float]:
            return point[0], base + CHART_HEIGHT - point[1]

        match mark:
            case plot.Stroke():
                _line(canvas, mark.role, [place(point) for point in mark.points])
            case plot.Fill():
                shade = mark.role == "shade"
                canvas.setFillColor(HexColor(INK if shade else THEME.palette.neutral))
                canvas.setFillAlpha(0.055 if shade else 0.22)
                _path(canvas, [place(point) for point in mark.points], closed=True, filled=True, stroked=False)
                canvas.setFillAlpha(1)
            case plot.Dot():
                canvas.setFillColor(HexColor(THEME.palette.good))
                canvas.circle(*place((mark.x, mark.y)), 1.5, stroke=0, fill=1)
            case plot.Label():
                said = drawable(mark.text)
                shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * width(said, 7.4)
                x, y = place((mark.x, mark.y))
                write(canvas, x - shift, y, said, 7.4, SOFT)
