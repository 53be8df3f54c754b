"""Texts pass through the language in force; without one they are English."""

from gettext import NullTranslations

from models.language import Language, current, speaking, tr, trn


class Swedish(NullTranslations):
    def gettext(self, message):
        return {"Passed by {team}": "Uppnått av {team}"}.get(message, message)

    def ngettext(self, msgid1, msgid2, n):
        return "{count} nyckelresultat"


SWEDISH = Language("sv", ",", "\u00a0", Swedish())


def test_english_without_a_language():
    assert (current().code, tr("Passed by {team}", team="App")) == ("en", "Passed by App")
    assert trn("{count} key result", "{count} key results", 1) == "1 key result"
    assert trn("{count} key result", "{count} key results", 1200) == "1,200 key results"


def test_a_text_without_values_keeps_its_braces():
    assert tr("{team}") == "{team}"


def test_a_language_holds_for_its_block():
    with speaking(SWEDISH):
        assert tr("Passed by {team}", team="App") == "Uppnått av App"
        assert trn("{count} key result", "{count} key results", 1200) == "1\u00a0200 nyckelresultat"
    assert current().code == "en"
