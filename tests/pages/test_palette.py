"""The charts' colours and the theme's are the same, and every tone can be read."""

import tomllib
from pathlib import Path

import pytest

import pages
from pages.parts.palette import BADGE, DARK, LIGHT, Palette, translucent

CONFIG = Path(pages.__file__ or "").parent.parent / ".streamlit" / "config.toml"


def theme() -> dict:
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_and_the_charts_agree(name: str, colours: Palette) -> None:
    held = theme()[name]
    assert held["backgroundColor"] == colours.paper
    assert held["textColor"] == colours.ink
    assert contrast(held["primaryColor"], "#ffffff") >= 4.5  # Streamlit writes white on its main buttons
    assert contrast(held["primaryColor"], colours.paper) >= 3
    assert tuple(held["chartCategoricalColors"]) == colours.series
    assert {tone: held[f"{colour}Color"] for tone, colour in BADGE.items()} == {
        tone: colours.tone(tone) for tone in BADGE
    }


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("colour", ["blue", "orange", "yellow", "gray", "green"])
def test_words_on_badges_have_contrast_of_at_least_4_5(name: str, colour: str) -> None:
    held = theme()[name]
    assert contrast(held[f"{colour}TextColor"], held[f"{colour}BackgroundColor"]) >= 4.5
    assert contrast(held[f"{colour}TextColor"], held["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_and_marks_have_contrast(colours: Palette) -> None:
    assert contrast(colours.muted, colours.paper) >= 4.5
    for tone in BADGE:
        assert contrast(colours.tone(tone), colours.paper) >= 3


def test_a_tone_nobody_defined_is_refused() -> None:
    with pytest.raises(ValueError, match="no tone 'nice'; there are good, bad, warn and neutral"):
        LIGHT.tone("nice")


def test_nothing_leaves_the_machine_and_nothing_asks_at_the_first_start() -> None:
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["showEmailPrompt"] is False
    assert config["browser"]["gatherUsageStats"] is False


def test_translucent() -> None:
    assert translucent("#1f5fa8", 0.2) == "rgba(31, 95, 168, 0.2)"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
