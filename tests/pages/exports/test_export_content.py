"""What every document says: the stamp, the teams, the pictures; and the look that all share."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from models.policy import POLICY
from models.refused import Refused
from models.verdict import FLAGS, MOVEMENTS, VERDICTS
from pages.exports import icons
from pages.exports.content import policy_rows, series_needed
from pages.exports.report import KINDS, kind_of, report_bytes
from pages.exports.tones import DARK_THEME, LIGHT_THEME
from tests.pages.exports.made import by_hand, judged

ROOT = Path(__file__).parents[3]
NAMES = {"good": "blue", "bad": "orange", "warn": "yellow", "neutral": "gray"}


def test_the_stamp_says_how_to_make_the_document_again():
    content = judged()
    assert content.stamp == [
        ("Cycle", "2026-Q3 (1 Jul 2026 to 30 Sep 2026)"),
        ("Teams", "all teams"),
        ("As known on", "6 Oct 2026"),
        ("Data version", "0"),
        ("Policy", "committed passes at 1, aspirational at 0.7; moved at 95 %, flat at 90 %"),
    ]
    assert content.foot == "Needle · 2026-Q3 · all teams · as known on 6 Oct 2026 · data version 0"


def test_illustrative_targets_are_said_in_the_stamp_and_on_every_page():
    content = by_hand()
    assert content.stamp[-1] == ("Targets", "illustrative for 1 of 10 key results: not set by the organisation")
    assert content.foot.endswith(" · with illustrative targets")


def test_every_key_result_stands_with_its_team_once():
    content = by_hand(count=25)
    assert [team.name for team in content.teams] == ["App team", "People team"]
    assert sorted(row["id"] for team in content.teams for row in team.key_results) == sorted(content.rows)


def test_the_picture_is_that_of_the_window_and_its_expectation():
    content = judged()
    picture = content.picture(content.rows["real"])
    assert (picture.name, picture.unit, picture.target) == ("Sign-ups", "people", 108.0)
    assert [str(day.date()) for day in picture.window] == ["2026-07-01", "2026-09-30"]
    assert str(picture.series["period"].iloc[0].date()) == "2025-04-07"
    assert len(picture.path) == 13
    assert picture.path["period"].min() == pd.Timestamp("2026-07-06")
    assert picture.path["expected"].mean() == pytest.approx(100, abs=0.5)
    assert content.picture(content.rows["unlinked"]) is None
    assert content.picture(content.rows["vanity"]).target is None


def test_only_judged_kpis_and_controls_are_needed():
    assert series_needed(judged().card) == [("down", "all"), ("flat", "all"), ("noise", "all"), ("up", "all")]


def test_the_policy_is_listed_whole():
    assert len(list(policy_rows(POLICY))) == len(POLICY.as_dict())
    assert next(policy_rows(POLICY)) == (
        "Committed pass", 1.0, "score", "A committed key result is a promise: all of it.",
    )  # fmt: skip


@pytest.mark.parametrize("word", [*VERDICTS.values(), *FLAGS.values(), *MOVEMENTS.values()], ids=lambda word: word.word)
def test_every_icon_is_drawn(word):
    assert len(icons.ICONS[word.icon]) >= 1


def test_badges_have_the_colours_of_the_pages():
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
    for name, made in (("light", LIGHT_THEME), ("dark", DARK_THEME)):
        for tone, badge in made.badges.items():
            pages = theme[name]
            colours = (f"{NAMES[tone]}TextColor", f"{NAMES[tone]}BackgroundColor", f"{NAMES[tone]}Color")
            assert (badge.text, badge.ground, badge.solid) == tuple(pages[colour] for colour in colours)


def luminance(code: str) -> float:
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT_THEME, DARK_THEME], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(theme):
    paper = theme.palette.paper
    pairs = [(theme.palette.ink, paper), (theme.soft, paper), (theme.soft, theme.lift)]
    pairs += [pair for badge in theme.badges.values() for pair in ((badge.text, badge.ground), (badge.text, paper))]
    for one, other in pairs:
        dark, bright = sorted((luminance(one), luminance(other)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, (one, other)


def test_the_kind_is_the_ending_of_the_name():
    assert [kind_of(f"Q3 card.{kind.upper()}") for kind in KINDS] == list(KINDS)
    for name in ("card.docx", "card", "pdf"):
        with pytest.raises(Refused, match=r"a report is written as \.html, \.pdf, \.pptx, \.xlsx, \.csv"):
            kind_of(name)


@pytest.mark.parametrize("kind", ["html", "pdf", "xlsx", "csv"])
def test_the_same_scorecard_gives_the_same_bytes(kind):
    content = by_hand()
    assert report_bytes(content.card, content.series, kind) == report_bytes(content.card, content.series, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cycle_without_key_results_still_gives_a_document(kind):
    content = by_hand(count=0)
    assert content.story.opening == "No key results in this cycle yet."
    assert len(report_bytes(content.card, content.series, kind)) > 100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x" * 5000, "word " * 1000, ""], ids=["one long word", "many words", "nothing"])
def test_names_of_any_length_fit(kind, name):
    content = by_hand(4, (name,))
    assert len(report_bytes(content.card, content.series, kind)) > 100
