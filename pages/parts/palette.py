"""The colours of the charts, for light and dark. The rest takes the same from .streamlit/config.toml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Hex colours. `good`, `bad`, `warn` and `neutral` are the tones of a verdict or a signal."""

    paper: str
    ink: str
    muted: str
    grid: str
    shade: str
    good: str
    bad: str
    warn: str
    neutral: str
    series: tuple[str, ...]

    def tone(self, name: str) -> str:
        """Colour of a tone; ValueError for any other word."""
        if name not in ("good", "bad", "warn", "neutral"):
            raise ValueError(f"no tone {name!r}; there are good, bad, warn and neutral")
        colour: str = getattr(self, name)
        return colour


LIGHT = Palette(
    paper="#ffffff",
    ink="#14171a",
    muted="#555b65",
    grid="#ececea",
    shade="rgba(20, 23, 26, 0.045)",
    good="#1f5fa8",
    bad="#c4501b",
    warn="#b98a00",
    neutral="#7b818b",
    series=("#1f5fa8", "#c4501b", "#1b8064", "#b98a00", "#8a5aa8", "#7b818b"),
)
DARK = Palette(
    paper="#15171a",
    ink="#e7e8ea",
    muted="#b4b9c2",
    grid="#2a2e33",
    shade="rgba(231, 232, 234, 0.06)",
    good="#6aaef0",
    bad="#f08b5c",
    warn="#dfb23c",
    neutral="#8d939d",
    series=("#6aaef0", "#f08b5c", "#4fc3a0", "#dfb23c", "#c39ade", "#8d939d"),
)

# Streamlit's colour names for the tones, as badges want them; config.toml gives them these values.
BADGE = {"good": "blue", "bad": "orange", "warn": "yellow", "neutral": "gray"}


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def translucent(colour: str, alpha: float) -> str:
    """`#rrggbb` as an rgba() text with this opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"
