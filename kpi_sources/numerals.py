"""One written number: its sign, digits, marks and what stands around it. No decision is taken here."""

import re
from dataclasses import dataclass

MISSING = frozenset(
    {
        "", "-", "–", "—", "−", ".", "..", "...", "…", ":", "n/a", "na", "n.a.", "n.a", "#n/v", "n/v", "n.v.",
        "null", "nil", "none", "nan", "<na>", "nat", "missing", "(null)", "\\n", "k.a.", "k. a.", "keine angabe",
        "s.o.", "n.d.", "nd", "i.u.", "--", "---", "u.s.", "(blank)", "(leer)", "blank", "empty", "leer", "n.s.",
        "not available", "nicht verfügbar", "saknas", "e.t.", "s/d", "s.d.", "(empty)",
    }
)  # fmt: skip
FAULTS = frozenset(
    {
        "#div/0!", "#n/a", "#ref!", "#name?", "#value!", "#num!", "#null!", "#spill!", "#calc!", "#getting_data",
        "#wert!", "#bezug!", "#nv", "#zahl!", "#name!", "#null", "#valeur!", "#nom?", "#nombre!", "#nul!",
        "#valor!", "#¡valor!", "#¡ref!", "#¡div/0!", "#värdefel!", "#division/0!", "#referens!", "#saknas!",
        "#ogiltigt!", "#error!", "#err:502", "#####",
    }
)  # fmt: skip
_NOT_FINITE = re.compile(r"[+-]?\s?(?:inf|infinity|∞|1\.#inf|1\.#qnan|-?1\.#ind|unendlich)", re.IGNORECASE)
SCALES = {
    "k": 3, "tsd": 3, "tsd.": 3, "tausend": 3, "thousand": 3, "mille": 3,
    "M": 6, "mio": 6, "mio.": 6, "mill.": 6, "mln": 6, "mn": 6, "million": 6, "millions": 6, "millionen": 6, "milj": 6,
    "milj.": 6,
    "mrd": 9, "mrd.": 9, "bn": 9, "B": 9, "billion": 9, "milliarden": 9, "md": 9, "mdr": 9,
}  # fmt: skip
_UNSURE_SCALES = {"m", "t", "T", "mm", "MM", "b", "tr", "tn", "bio", "G"}
CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP", "$": "$", "usd": "USD", "us$": "USD",
    "¥": "JPY", "jpy": "JPY", "chf": "CHF", "fr.": "CHF", "sek": "SEK", "kr": "kr", "nok": "NOK", "dkk": "DKK",
    "pln": "PLN", "zł": "PLN", "czk": "CZK", "cad": "CAD", "aud": "AUD", "cny": "CNY", "inr": "INR", "₹": "INR",
    "brl": "BRL", "r$": "BRL", "huf": "HUF", "ron": "RON",
}  # fmt: skip
DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}
CROWNS = {"SEK", "NOK", "DKK", "ISK", "CZK"}

DIGITS = frozenset("0123456789")
SPACES = " \u00a0\u202f\u2009\u2007"
APOSTROPHES = "'’ʼ´`"
_MONEY = "|".join(sorted((re.escape(k) for k in CURRENCIES), key=len, reverse=True))
_CORE = rf"[0-9.,{SPACES}{APOSTROPHES}]*"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?:(?P<pre>{_MONEY})\s*)?(?P<sign2>[-+−])?\s*"
    rf"(?P<core>[.,]?[0-9](?:{_CORE}[0-9])?)(?P<exp>[eE][+-]?[0-9]{{1,4}})?"
    rf"(?P<tail>[-−])?\s*(?P<word>[^\W\d_]+\.?)?\s*(?P<post>{_MONEY}|%|‰)?\s*(?P<tail2>-)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
LONGEST_NUMBER = 1000  # a double has at most 309 digits before its point


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written: digits with its marks still in it, apart from sign, scale (power of ten), percent, money."""

    negative: bool
    core: str
    exponent: str
    scale: int
    percent: bool
    money: str


@dataclass(frozen=True, slots=True)
class NotNumber:
    """Why a text is no number."""

    code: str
    reason: str


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    if text == "" or not text.strip():
        return True
    return len(text) < 20 and text.strip().casefold() in MISSING


def read_numeral(text: str) -> Numeral | NotNumber:
    """The parts of one written number, or why it is none."""
    plain = text.strip()
    if plain.casefold() in FAULTS or re.fullmatch(r"#[A-Z/0!?]+[!?]?", plain):
        return NotNumber("spreadsheet_error", "a spreadsheet error value, not a number")
    if _NOT_FINITE.fullmatch(plain):
        return NotNumber("nonfinite", "not a finite number")
    match = _NUMBER.fullmatch(plain) if len(plain) < LONGEST_NUMBER else None
    if match is None:
        return NotNumber("number_invalid", "not a valid number")
    part = match.groupdict()
    signs = [s for s in (part["sign"], part["sign2"], part["tail"], part["tail2"]) if s]
    if bool(part["open"]) != bool(part["close"]) or len(signs) > 1 or (part["open"] and signs):
        return NotNumber("number_invalid", "not a valid number: its sign or brackets do not fit")
    return _surroundings(part, bool(part["open"]) or any(s in "-−–" for s in signs))


def _surroundings(part: dict[str, str | None], negative: bool) -> Numeral | NotNumber:
    word = part["word"] or ""
    pre, post = (part["pre"] or "").casefold(), (part["post"] or "").casefold()
    scale = 0
    if word:
        found = SCALES.get(word) or SCALES.get(word.casefold() if len(word) > 1 or word == "K" else word)
        if found is not None:
            scale = found
        elif word.casefold() in CURRENCIES and not post:
            post = word.casefold()
        elif word in _UNSURE_SCALES:
            return NotNumber("number_ambiguous", f"ambiguous: {word!r} may mean thousand, million or a unit")
        else:
            return NotNumber("number_invalid", f"not a valid number: {word!r} stands behind it")
    percent = post in ("%", "‰")
    if post == "‰":
        return NotNumber("number_invalid", "per mille is not read as a number")
    monies = {CURRENCIES[m] for m in (pre, post) if m in CURRENCIES}
    if len(monies) > 1 or (percent and (monies or scale)):
        return NotNumber("currency_mixed", "two units stand with one number")
    return Numeral(negative, part["core"] or "", part["exp"] or "", scale, percent, monies.pop() if monies else "")
