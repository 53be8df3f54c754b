"""Variation and assurance as icons with their words: what the last dot says, and whether the target will be met.

Drawn once, in our own design, in a box of 28 by 16: dots along a mean line, the telling ones filled; a process (the
band) above, below or across a target (the flagged line). Shape and word say what the colour says.
"""

from dataclasses import dataclass
from typing import Any

from models.language import tr

Shape = dict[str, Any]
ASSURANCES = ("pass", "inconsistent", "fail")
VARIATIONS = (
    "concern_high", "concern_low", "improvement_high", "improvement_low", "neutral_high", "neutral_low", "common_cause",
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """A word with its tone, its meaning and its drawing."""

    word: str
    tone: str
    meaning: str
    shapes: tuple[Shape, ...]

    def badge(self) -> Shape:
        """As sheet.js draws it."""
        return {"word": self.word, "icon": "", "tone": self.tone, "meaning": self.meaning, "shapes": list(self.shapes)}


def _line(y: float, dashed: bool = False) -> Shape:
    return {"line": [1, y, 27, y], "dashed": dashed}


def _dot(x: float, y: float, filled: bool = False) -> Shape:
    return {"dot": [x, y, 2.0 if filled else 1.6], "filled": filled}


def _end(y: float, mark: str) -> Shape:
    """The telling last dot: a triangle up for better, down for worse, a diamond for neither."""
    x = 24.5
    points = {
        "improvement": [[x, y - 3], [x + 3, y + 2.4], [x - 3, y + 2.4]],
        "concern": [[x, y + 3], [x + 3, y - 2.4], [x - 3, y - 2.4]],
        "neutral": [[x, y - 3], [x + 3, y], [x, y + 3], [x - 3, y]],
    }[mark]
    return {"path": points, "filled": True}


_COMMON = (_line(8), _dot(3, 9.5), _dot(8.5, 6), _dot(14, 10), _dot(19.5, 6.5), _dot(25, 9))


def _signal(side: str, mark: str) -> tuple[Shape, ...]:
    heights = (10.5, 9.5, 8.5, 6.2) if side == "high" else (5.5, 6.5, 7.5, 9.8)
    last = 3.6 if side == "high" else 12.4
    dots = tuple(_dot(3 + 5.4 * i, y) for i, y in enumerate(heights))
    return (_line(8), *dots, _end(last, mark))


def _process(low: float, high: float) -> tuple[Shape, ...]:
    flag = {"path": [[1, 8], [1, 3.6], [5, 5.8]], "filled": True}
    return ({"band": [6, low, 20, high - low]}, _line(8, dashed=True), flag)


def variation(code: str) -> Sign:
    """The sign of a variation (models.xmr)."""
    high, low = tr("unusually high"), tr("unusually low")
    side = high if code.endswith("high") else low
    where = "high" if code.endswith("high") else "low"
    if code.startswith("improvement"):
        word = tr("Better, high") if where == "high" else tr("Better, low")
        return Sign(word, "good", tr("A change for the better: the last dots are {side}.", side=side),
                    _signal(where, "improvement"))  # fmt: skip
    if code.startswith("concern"):
        word = tr("Worse, high") if where == "high" else tr("Worse, low")
        return Sign(word, "bad", tr("A change for the worse: the last dots are {side}.", side=side),
                    _signal(where, "concern"))  # fmt: skip
    if code.startswith("neutral"):
        word = tr("Unusual, high") if where == "high" else tr("Unusual, low")
        return Sign(word, "warn", tr("A change, neither better nor worse: the last dots are {side}.", side=side),
                    _signal(where, "neutral"))  # fmt: skip
    return Sign(tr("Routine"), "neutral", tr("Routine variation: the last dot carries no signal."), _COMMON)


def assurance(code: str) -> Sign:
    """The sign of an assurance (models.xmr). What passes may lie above or below its target: the band lies above."""
    if code == "pass":
        return Sign(tr("Will pass"), "good", tr("Left as it is, the process meets the target every time."),
                    _process(1.5, 6.5))  # fmt: skip
    if code == "fail":
        return Sign(tr("Will fail"), "bad", tr("Left as it is, the process will not reach the target."),
                    _process(9.5, 14.5))  # fmt: skip
    return Sign(tr("Hit and miss"), "warn", tr("Left as it is, the process meets the target at times, by chance."),
                _process(4.5, 11.5))  # fmt: skip
