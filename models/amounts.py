"""Numbers as people read them: three significant figures, a unit, a sign where it is a change."""

import math

MINUS = "\u2212"
POINTS = frozenset({"%", "percent", "pp"})  # units whose changes are told in points, not in percent of a percentage


def figure(value: float) -> str:
    """`12,300`, `2.14 million`, `0.0123`: three significant figures, four below 10,000."""
    if value is None or not math.isfinite(value):
        return "unknown"
    size = abs(value)
    sign = MINUS if value < 0 else ""
    for bound, word in ((1e9, " billion"), (1e6, " million")):
        if size >= bound * 0.9995:
            return f"{sign}{_significant(size / bound)}{word}"
    if size >= 10_000:
        return f"{sign}{round(size, -2):,.0f}"
    return f"{sign}{_significant(size)}"


def _significant(size: float) -> str:
    if size >= 1000:
        return f"{size:,.0f}"
    if size == 0:
        return "0"
    digits = max(0, min(6, 2 - math.floor(math.log10(size))))
    text = f"{size:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float, unit: str = "") -> str:
    """A level with its unit: `12.3 %`, `70 points`, `EUR 2.1 million`."""
    text = figure(value)
    if not unit or text == "unknown":
        return text
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {text}"
    return f"{text} {unit}"


def change_size(effect: float, relative: float, unit: str) -> str:
    """The size of a change without its sign: in points for percentages and scores, else in percent of the expected."""
    if unit in POINTS or not math.isfinite(relative):
        word = "points" if unit in POINTS else unit
        return f"{figure(abs(effect))} {word}".strip()
    return f"{percent(abs(relative))}"


def signed(value: float) -> str:
    return f"+{figure(value)}" if value > 0 else figure(value)


def percent(share: float) -> str:
    """A share as percent: one decimal below 10 %."""
    size = abs(share) * 100
    text = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
    return f"{MINUS if share < 0 and float(text) else ''}{text} %"
