"""The colours of a document: the palette of the charts, and the text and ground of a verdict's badge.

The badge colours are those of .streamlit/config.toml; a test holds them together.
"""

from dataclasses import dataclass

from pages.parts.palette import DARK, LIGHT, Palette


@dataclass(frozen=True)
class Badge:
    """Hex colours of one tone: `text` on `ground`, and `solid` for bars and marks."""

    text: str
    ground: str
    solid: str


@dataclass(frozen=True)
class Theme:
    """Colours of a whole document; `soft` is for lesser text, `line` for rules, `lift` for a raised ground."""

    palette: Palette
    soft: str
    line: str
    lift: str
    track: str
    badges: dict[str, Badge]


LIGHT_THEME = Theme(
    palette=LIGHT,
    soft="#555b65",
    line="#e3e3df",
    lift="#f6f6f4",
    track="#e4e5e6",
    badges={
        "good": Badge("#174c88", "#e9f1fa", LIGHT.good),
        "bad": Badge("#96390d", "#fcede4", LIGHT.bad),
        "warn": Badge("#735400", "#fbf2d3", LIGHT.warn),
        "neutral": Badge("#555b65", "#f0f0ed", LIGHT.neutral),
    },
)
DARK_THEME = Theme(
    palette=DARK,
    soft="#b4b9c2",
    line="#2e3237",
    lift="#1e2125",
    track="#2c2f33",
    badges={
        "good": Badge("#9accf9", "#172a3e", DARK.good),
        "bad": Badge("#f7ab86", "#3b2319", DARK.bad),
        "warn": Badge("#edc964", "#352b13", DARK.warn),
        "neutral": Badge("#b4b9c2", "#272b30", DARK.neutral),
    },
)
