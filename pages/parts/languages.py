"""Which languages there are (a catalogue each, and English), and how a viewer's browser or terminal chooses one."""

from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

from models.language import Language

FOLDER = Path(__file__).parents[1] / "languages"


class Catalogue(NullTranslations):
    """The texts of a PO file; one that it lacks, or that somebody has yet to confirm, is said in English."""

    def __init__(self, path: Path):
        super().__init__()
        with path.open("rb") as file:
            found = read_po(file)
        said = [message for message in found if message.id and not message.fuzzy]
        self._one = {m.id: str(m.string) for m in said if isinstance(m.id, str) and m.string}
        many = [(m.id, tuple(m.string or ())) for m in said if isinstance(m.id, tuple | list)]
        self._many = {tuple(key): forms for key, forms in many if all(forms)}
        self._form = c2py(found.plural_expr)

    def gettext(self, message: str) -> str:
        return self._one.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._many.get((msgid1, msgid2))
        return forms[self._form(int(n))] if forms else msgid1 if n == 1 else msgid2


def codes() -> list[str]:
    """The languages there are: English, whose texts stand in the code, and each catalogue by its file's name."""
    return ["en", *sorted(path.stem for path in FOLDER.glob("*.po"))]


def own_name(code: str) -> str:
    """A language's name in itself: `svenska` → `Svenska`."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def of_name(name: str | None) -> str | None:
    """The code of a language by its own name; None for any other word."""
    return next((code for code in codes() if own_name(code) == name), None)


def best(wanted: str | None) -> str:
    """The language for a locale such as `sv-SE`; English where there is none for it."""
    parsed = _locale(wanted)
    return parsed.language if parsed is not None and parsed.language in codes() else "en"


@cache
def language(code: str, locale: str | None = None) -> Language:
    """A language to speak, its numbers written as the locale writes them (as the language itself does without one)."""
    parsed = _locale(locale) or Locale.parse(code)
    marks = get_decimal_symbol(parsed), get_group_symbol(parsed)
    if code == "en":
        return Language("en", *marks)
    own = Locale.parse(code)
    months, short = (tuple(own.months["format"][width][m] for m in range(1, 13)) for width in ("wide", "abbreviated"))
    return Language(code, *marks, Catalogue(FOLDER / f"{code}.po"), months, short)


def chosen(by_hand: str | None, locale: str | None) -> Language:
    """What a viewer reads: the language chosen by hand, with its own numbers; else the best for the browser's locale,
    and numbers as that locale writes them, whatever the language of the texts."""
    if by_hand in codes():
        return language(str(by_hand))
    return language(best(locale), locale)


def _locale(wanted: str | None) -> Locale | None:
    try:
        return Locale.parse((wanted or "").split(".")[0].replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return None
