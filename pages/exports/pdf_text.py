"""Text on PDF pages: the fonts that ship with the product, and what to do with letters that they lack.

Latin, Greek, Cyrillic and symbols come from the fonts beside this file; Chinese, Japanese and Korean are drawn by the
fonts that PDF readers bring. Any other letter becomes a replacement sign: the HTML report shows it.
"""

import re
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from pages.exports.neutral import legible

PLAIN, BOLD, SYMBOLS = "NeedleSans", "NeedleSans-Bold", "NeedleSymbols"
JAPANESE, KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"
MISSING = "\ufffd"
LONGEST = 400  # signs of a text that somebody typed; what is longer ends in an ellipsis
_HERE = Path(__file__).parent / "fonts"
_KOREAN = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_EAST = re.compile("[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef]")


@cache
def letters() -> frozenset[str]:
    """The letters of the text fonts. Registers all fonts on the way."""
    plain = TTFont(PLAIN, str(_HERE / "NotoSans-Regular.ttf"))
    pdfmetrics.registerFont(plain)
    pdfmetrics.registerFont(TTFont(BOLD, str(_HERE / "NotoSans-Bold.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    for name in (JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(map(chr, plain.face.charToGlyph))


@cache
def symbols() -> frozenset[str]:
    """The signs of the symbol font that the text fonts lack."""
    font = TTFont(SYMBOLS, str(_HERE / "DejaVuSans-Symbols.ttf"))
    pdfmetrics.registerFont(font)
    return frozenset(map(chr, font.face.charToGlyph)) - letters()


def drawable(text: object) -> str:
    """One line of text in which every letter can be drawn by the text fonts; for labels and the outline."""
    known = letters()
    return "".join(sign if sign in known else MISSING for sign in _shortened(text))


def markup(text: object) -> str:
    """One line of text as a paragraph's markup: escaped, each run of letters in a font that has them."""
    said = _shortened(text)
    if letters().issuperset(said):
        return escape(said, quote=False)
    runs = ((font, "".join(signs)) for font, signs in groupby(said, _font))
    return "".join(_in_font(font, run) for font, run in runs)


def _font(sign: str) -> str | None:
    """None for the text font; empty for a letter that no font has."""
    if sign in letters():
        return None
    if sign in symbols():
        return SYMBOLS
    return KOREAN if _KOREAN.match(sign) else JAPANESE if _EAST.match(sign) else ""


def _in_font(font: str | None, run: str) -> str:
    if font is None:
        return escape(run, quote=False)
    return f'<font name="{font}">{escape(run, quote=False)}</font>' if font else MISSING * len(run)


def _shortened(text: object) -> str:
    said = legible(text)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


@cache
def style(size: float, colour: str, *, bold: bool = False, leading: float = 1.36, after: float = 0) -> ParagraphStyle:
    """A paragraph's look; `leading` is a multiple of the size."""
    letters()
    return ParagraphStyle(
        f"{size}{colour}{bold}{leading}{after}", fontName=BOLD if bold else PLAIN, fontSize=size, textColor=colour,
        leading=size * leading, spaceAfter=after, splitLongWords=1,
    )  # fmt: skip


def paragraph(text: object, look: ParagraphStyle) -> Paragraph:
    return Paragraph(markup(text), look)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a drawable text is, in points."""
    letters()
    return float(pdfmetrics.stringWidth(text, BOLD if bold else PLAIN, size))


def fitted(text: object, size: float, room: float, *, bold: bool = False) -> str:
    """A drawable text cut so that it fits into `room` points."""
    said = drawable(text)
    if width(said, size, bold=bold) <= room:
        return said
    while said and width(f"{said}…", size, bold=bold) > room:
        said = said[:-1]
    return f"{said.rstrip()}…"
