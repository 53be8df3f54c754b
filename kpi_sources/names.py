"""When two names are the same name: NFC, trimmed, case folded. Nothing fuzzier without being asked."""

import difflib
import unicodedata
from collections.abc import Iterable

_MARKS = {"Cf": "invisible character", "Cc": "control character"}


def clean_name(text: str) -> str:
    """The name as shown and stored: NFC, without blanks around it, line ends as one newline."""
    if text.isascii() and "\r" not in text:
        return text.strip()
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def name_key(text: str) -> str:
    """The key by which names are compared."""
    name = clean_name(text)
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name.casefold())


def skeleton(text: str) -> str:
    """The name with invisible characters and foreign look-alike letters undone; for hints only, never for matching."""
    kept = "".join(c for c in text if unicodedata.category(c) not in _MARKS)
    folded = unicodedata.normalize("NFKC", kept).translate(_LOOK_ALIKES)
    return name_key(folded)


_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXaeopcyxisjABEZHIKMNOPTYXo")


def unknown_hint(text: str, known: Iterable[str]) -> str:
    """What to say behind an unknown name: the odd characters in it, or the nearest known name; may be empty."""
    names = list(known)
    same = [n for n in names if skeleton(n) == skeleton(text)]
    if same:
        odd = [c for c in clean_name(text) if ord(c) > 127 and c not in same[0]]
        seen = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in dict.fromkeys(odd))
        return f"; it looks like {same[0]!r} but holds {seen}" if seen else f"; it looks like {same[0]!r}"
    near = difflib.get_close_matches(name_key(text), [name_key(n) for n in names], n=1, cutoff=0.75)
    if near:
        return f"; did you mean {next(n for n in names if name_key(n) == near[0])!r}?"
    return ""
