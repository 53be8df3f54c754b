"""Every icon is drawn, and drawn once: pages and documents take the same shapes."""

from models.data_health import LOADS, STATES
from models.verdict import FLAGS, MOVEMENTS, VERDICTS
from pages.exports import icons
from pages.parts import checks


def test_every_icon_is_drawn() -> None:
    words = [*VERDICTS.values(), *FLAGS.values(), *MOVEMENTS.values(), *STATES.values(), *LOADS.values()]
    words += [checks.HOLDS, checks.FAILED, checks.ODD]
    assert {word.icon for word in words} - set(icons.ICONS) == set()


def test_shapes_as_paths() -> None:
    assert icons.outlines("◇") == [{"d": "M8 1.8L14.2 8L8 14.2L1.8 8Z", "filled": False}]
    assert icons.outlines("○") == [{"d": "M2.2 8a5.8 5.8 0 1 0 11.6 0a5.8 5.8 0 1 0 -11.6 0", "filled": False}]
    assert icons.outlines("▲")[0]["filled"] is True
    assert icons.outlines("no such icon") == []
