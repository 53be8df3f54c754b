"""The icons of verdicts, flags and states as shapes, drawn once for every page and document: no font has all of them.

A box of 16 by 16, y downwards. Strokes are 1.6 wide with round ends.
"""

from dataclasses import dataclass

BOX = 16.0
STROKE = 1.6
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Line:
    """A line through points; closed ones may be filled."""

    points: Points
    closed: bool = False
    filled: bool = False


@dataclass(frozen=True)
class Circle:
    x: float
    y: float
    radius: float
    filled: bool = False


Shape = Line | Circle

_UP: Points = ((8, 2.2), (14.6, 13.6), (1.4, 13.6))
_DOWN: Points = ((8, 13.8), (14.6, 2.4), (1.4, 2.4))
_UP_OPEN: Points = ((8, 3), (14, 13.2), (2, 13.2))
_DOWN_OPEN: Points = ((8, 13), (14, 2.8), (2, 2.8))
_HOOK: Points = (
    *((4.9, 5.3), (5.2, 3.6), (6.4, 2.5), (8, 2.2), (9.7, 2.5), (10.9, 3.7)),
    *((11.1, 5.2), (10.4, 6.6), (8.9, 7.9), (8.1, 9), (8, 10.4)),
)
_HALF: Points = ((8, 2), (5, 2.8), (2.8, 5), (2, 8), (2.8, 11), (5, 13.2), (8, 14))
_NIB: Points = ((2.6, 13.4), (3.6, 9.8), (11.2, 2.2), (13.8, 4.8), (6.2, 12.4))

ICONS: dict[str, tuple[Shape, ...]] = {
    "▲": (Line(_UP, closed=True, filled=True),),
    "▼": (Line(_DOWN, closed=True, filled=True),),
    "△": (Line(_UP_OPEN, closed=True),),
    "▽": (Line(_DOWN_OPEN, closed=True),),
    "◇": (Line(((8, 1.8), (14.2, 8), (8, 14.2), (1.8, 8)), closed=True),),
    "○": (Circle(8, 8, 5.8),),
    "∅": (Circle(8, 8, 5.4), Line(((3, 13), (13, 3)))),
    "◷": (Circle(8, 8, 6), Line(((8, 4.2), (8, 8), (11, 8)))),
    "?": (Line(_HOOK), Circle(8, 13.4, 1.1, filled=True)),
    "⚠": (Line(_UP_OPEN, closed=True), Line(((8, 6.6), (8, 9.4))), Circle(8, 11.5, 0.8, filled=True)),
    "⚭": (Circle(5.6, 8, 3.8), Circle(10.4, 8, 3.8)),
    "✎": (Line(_NIB, closed=True), Line(((9.4, 4), (12, 6.6)))),
    "✓": (Line(((2.6, 8.6), (6.4, 12.4), (13.4, 4))),),
    "✕": (Line(((3.4, 3.4), (12.6, 12.6))), Line(((12.6, 3.4), (3.4, 12.6)))),
    "◐": (Circle(8, 8, 6), Line(_HALF, closed=True, filled=True)),
    "▸": (Line(((4.6, 2.6), (13, 8), (4.6, 13.4)), closed=True, filled=True),),
    "▾": (Line(((2.6, 4.6), (8, 13), (13.4, 4.6)), closed=True, filled=True),),
    "‖": (Line(((5.4, 3), (5.4, 13))), Line(((10.6, 3), (10.6, 13)))),
    "⌛": (Line(((3.6, 2.2), (12.4, 2.2), (3.6, 13.8), (12.4, 13.8)), closed=True),),
}


def outlines(sign: str) -> list[dict[str, object]]:
    """The shapes of an icon as paths of an SVG of 16 by 16: d, filled."""
    return [{"d": outline(shape), "filled": shape.filled} for shape in ICONS.get(sign, ())]


def outline(shape: Shape) -> str:
    if isinstance(shape, Circle):
        r = shape.radius
        half = f"a{r:g} {r:g} 0 1 0 "
        return f"M{shape.x - r:g} {shape.y:g}{half}{2 * r:g} 0{half}{-2 * r:g} 0"
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in shape.points) + ("Z" if shape.closed else "")
