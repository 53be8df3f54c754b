"""The one way for data to enter a text that Streamlit reads as Markdown: headings, captions, labels, messages.

Everything else shows data as plain text: cells of tables, options of select boxes, and the sheet (which builds its
elements from text). No HTML is ever made from data.
"""

import math
import re

# Every ASCII sign that Markdown, HTML, LaTeX, emoji codes or Streamlit's `:directives[...]` give a meaning to.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~$:&^=.@/\"'])")
# Standing alone, Streamlit makes arrows and dashes of these, escaped or not: "a -- b" would read "a — b".
_DRAWN = re.compile(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)")
_JOINER = "\u2060"  # no width, no meaning; it keeps the two signs apart
# Outside these a line could end, hide or reverse the text around it.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff]+")


def plain(text: object) -> str:
    """The text so that Markdown shows it as it stands, on one line. Unknown (None, NaN) gives an empty text."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    apart = _DRAWN.sub(lambda found: found[0][0] + _JOINER + found[0][1:], one_line(text))
    return _SIGNS.sub(r"\\\1", apart).strip()


def one_line(text: object) -> str:
    """The text without line breaks, control signs and direction overrides; for places that do not read Markdown."""
    return _CONTROLS.sub(" ", str(text)).replace(" %", "\u00a0%")  # a number keeps its percent sign
