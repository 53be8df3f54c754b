"""Whether a rewrite says what the rule text says: names, figures, units, dates, verdicts and directions, each in order.

Strict on purpose: an honest rewrite that is refused costs a note, a wrong figure that is shown costs trust. Figures are
read with the decimal and grouping marks of the text's language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from models.language import tr
from models.verdict import FLAGS, VERDICTS

LONGEST = (3, 200)  # a rewrite has at most three times the signs of the original, and 200
_MARK = re.compile(r"⟦(\d+)⟧")
_SPACES = " \u00a0\u202f\u2009"
_LINKS = re.compile(r"https?:|www\.|\]\(|<\s*[a-zA-Z/!]", re.IGNORECASE)
# What a sentence says of movement, passing and denial; each must stand as often and in the order of the original.
_SAID = re.compile(
    r"(?<!\w)(?:did not move|got better|got worse|stood still|cannot|can't|not|n't|none|nothing|never|no|without|"
    r"pass(?:ed|es|ing)?|miss(?:ed)?|rose|rises?|fell|falls?|increased?|decreased?|improved?|declined?|worsened|"
    r"too early|unknown|unlikely|likely)(?!\w)",
    re.IGNORECASE,
)
_UNITS = {  # what a unit is called after a number, in the languages for which units are checked
    "%": "% percent procent prozent pourcent porcentaje percentage",
    "points": "points point punkte punkt punkten prozentpunkte prozentpunkten punkter procentenheter procentenhet "
    "puntos punto punten procentpunten",
    "million": "million millions millionen mio miljon miljoner millón millones miljoen",
    "billion": "billion billions milliarde milliarden mrd miljard miljarder milliard milliards",
    "days": "day days tag tage tagen dag dagar jour jours día días dagen",
    "weeks": "week weeks woche wochen vecka veckor semaine semaines semana semanas weken",
    "months": "month months monat monate monaten månad månader mois mes meses maand maanden",
    "hours": "hour hours stunde stunden timme timmar heure heures hora horas uur",
    "minutes": "minute minutes minuten minut minuter minuto minutos",
}
_CANONICAL = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_CHECKED = frozenset({"en", "de", "sv", "fr", "es", "nl"})  # languages of _UNITS and _COUNTED
_COUNTED = {  # numbers in words; "one" is left out, for it is mostly no number
    "en": "two three four five six seven eight nine ten eleven twelve dozen hundred thousand half quarter third double "
    "doubled twice triple tripled",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dutzend hundert tausend hälfte halb viertel "
    "drittel doppelt verdoppelt",
    "sv": "två tre fyra fem sex sju åtta nio tio elva tolv dussin hundra tusen hälften halv fjärdedel tredjedel "
    "dubbelt fördubblats",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze douzaine cent mille moitié demi quart tiers double "
    "doublé",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce docena cien mil mitad medio cuarto tercio doble "
    "duplicado",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dozijn honderd duizend helft half kwart derde "
    "dubbel verdubbeld",
}


@dataclass(frozen=True)
class Told:
    """A rule text and its form with placeholders; `names` by the number of their placeholder."""

    text: str
    covered: str
    names: dict[int, str] = field(default_factory=dict, repr=False)


def covered(text: str, names: Iterable[str]) -> Told:
    """Every name that stands in the text becomes ⟦1⟧, ⟦2⟧, ...; longer names first, whole words only."""
    found = sorted({name for name in names if name and name in text}, key=lambda name: (-len(name), name))
    if not found:
        return Told(text, text)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in found))
    numbers: dict[str, int] = {}
    out = pattern.sub(lambda match: f"⟦{numbers.setdefault(match[0], len(numbers) + 1)}⟧", text)
    return Told(text, out, {number: name for name, number in numbers.items()})


def uncovered(told: Told, answer: str) -> str:
    """The answer with the names back in their places, on one line."""
    text = " ".join(answer.split())
    return _MARK.sub(lambda match: told.names[int(match[1])], text)


def difference(told: Told, answer: str, language: str, source: str) -> str:
    """What the answer says that the text does not, or the other way round; empty when nothing was found."""
    if len(answer) > LONGEST[0] * len(told.covered) + LONGEST[1]:
        return tr("it is far longer")
    if _LINKS.search(answer):
        return tr("it holds a link or markup")
    if _MARK.findall(told.covered) != _MARK.findall(answer):
        return tr("a name is missing, added or moved")
    before, after = _MARK.sub("￼", told.covered), _MARK.sub("￼", answer)
    if "⟦" in after or "⟧" in after:
        return tr("a name is missing, added or moved")
    whole = {language, source} <= _CHECKED
    was, now = figures(before, source, whole), figures(after, language, whole)
    if was != now:
        return _named(was, now)
    if _verdicts(before, language == source) != _verdicts(after, language == source):
        return tr("a verdict differs")
    if language == source == "en" and _said(before) != _said(after):
        return tr("it says otherwise what passed, moved or is not so")
    return ""


def _named(was: list[str], now: list[str]) -> str:
    missing = [figure for figure in was if was.count(figure) > now.count(figure)]
    added = [figure for figure in now if now.count(figure) > was.count(figure)]
    if missing and added:
        return tr("the figure {was} became {now}", was=missing[0], now=added[0])
    if missing:
        return tr("the figure {figure} is missing", figure=missing[0])
    if added:
        return tr("the figure {figure} was added", figure=added[0])
    return tr("figures changed places")


def figures(text: str, language: str = "en", units: bool = True) -> list[str]:
    """Every figure in the order of the text, in one form for all languages: `+13.1 %`, `12.4 million`, `EUR 20`.

    Months count where they stand beside a number. Numbers in words are told as such, so that none can be slipped in.
    """
    decimal, groups = _marks(language)
    found = [
        (match.start(), _figure(match, text, decimal, groups, units))
        for match in _number(decimal, groups).finditer(text)
    ]
    found += [(place, month) for place, month in _months(text, language)]
    counted = _COUNTED.get(language.partition("-")[0].partition("_")[0].lower(), "")
    if counted:
        words = re.compile(rf"(?<!\w)(?:{'|'.join(counted.split())})(?!\w)", re.IGNORECASE)
        found += [(match.start(), match[0].lower()) for match in words.finditer(text)]
    return [figure for _, figure in sorted(found)]


@cache
def _number(decimal: str, groups: str) -> re.Pattern[str]:
    size = (
        rf"\d{{1,3}}(?:[{re.escape(groups)}]\d{{3}})+(?!\d)(?:{re.escape(decimal)}\d+)?|\d+(?:{re.escape(decimal)}\d+)?"
    )
    return re.compile(rf"(?:(?<![\w.,)])[+\-\u2212])?(?:{size})")


def _figure(match: re.Match[str], text: str, decimal: str, groups: str, units: bool) -> str:
    written = match[0].replace("\u2212", "-")
    sign, size = (written[0], written[1:]) if written[0] in "+-" else ("", written)
    for mark in groups:
        size = size.replace(mark, "")
    value = f"{Decimal(size.replace(decimal, '.')):f}"
    value = (value.rstrip("0").rstrip(".") if "." in value else value).lstrip("0") or "0"
    value = f"0{value}" if value.startswith(".") else value
    code = re.search(rf"(?<!\w)([A-Z]{{3}})[{_SPACES}]$", text[: match.start()])
    after = re.match(rf"[{_SPACES}-]?(%|[^\W\d_]+)", text[match.end() :])
    unit = _CANONICAL.get(after[1].lower(), "") if after else ""
    if unit not in ("%", "million", "billion") and not units:
        unit = ""
    further = re.match(rf"[{_SPACES}]?[^\W\d_]+[.]?[{_SPACES}]([A-Z]{{3}})(?!\w)", text[match.end() :])
    money = code[1] if code else ""
    if not code and after and re.fullmatch("[A-Z]{3}", after[1]):
        money = after[1]
    elif not code and unit and further:
        money = further[1]
    return " ".join(part for part in (money, f"{sign}{value}", unit) if part)


def _months(text: str, language: str) -> list[tuple[int, str]]:
    names = _month_names(language)
    found = []
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", text):
        before, after = text[: match.start()], text[match.end() :]
        if re.search(rf"\d\.?[{_SPACES}]?(?:de[{_SPACES}])?$", before) or re.match(
            rf"\.?,?[{_SPACES}](?:de[{_SPACES}])?\d", after
        ):
            found.append((match.start(), f"month {names[match[0]]}"))
    return found


@cache
def _month_names(language: str) -> dict[str, int]:
    locale = _locale(language)
    out: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            for number, name in get_month_names(width, context, locale).items():
                out[name.rstrip(".")] = number
    return dict(sorted(out.items(), key=lambda pair: -len(pair[0])))


@cache
def _marks(language: str) -> tuple[str, str]:
    """The decimal mark, and every sign that may group thousands."""
    symbols = _locale(language).number_symbols["latn"]
    group = symbols["group"]
    spaces = "\u00a0\u202f\u2009" + (" " if group in _SPACES else "")
    return symbols["decimal"], ("" if group in _SPACES else group) + spaces


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _verdicts(text: str, any_case: bool) -> list[str]:
    """The verdicts and flags that a text names; a translation keeps those that are written as names."""
    words = sorted((word.word for word in (*VERDICTS.values(), *FLAGS.values())), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})s?(?!\w)", re.IGNORECASE if any_case else 0)
    return [found.lower().removesuffix("s") if any_case else found for found in pattern.findall(text)]


def _said(text: str) -> list[str]:
    return [" ".join(match.lower().split()) for match in _SAID.findall(text)]
