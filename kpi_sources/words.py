"""The words by which header cells, totals, targets and units are recognised, in the languages that extracts come in."""

import re
import unicodedata
from dataclasses import dataclass

from kpi_sources.numerals import CURRENCIES

_ROLES = {
    "kpi": """kpi|kpi id|kpi name|kpi code|kpi key|kpiid|kpis|metric|metric id|metric name|metrics|metricname|
        indicator|indicator id|indicator name|indicator code|measure|measure name|kennzahl|kennzahlen|
        kennzahl id|kennziffer|indikator|messgröße|indicateur|code indicateur|indicador|nyckeltal|mätetal|mått|
        indicatore|metrica|métrica|métrique|metriek|kengetal|nøgletal|nøkkeltall|wskaźnik|mittari|tunnusluku|
        indicator naam""",
    "period": """period|periods|date|day|month|week|quarter|year|time|time period|reporting period|reporting month|
        reporting date|period start|period id|yearmonth|year month|yyyymm|ds|timestamp|datetime|date time|
        zeitraum|datum|monat|tag|woche|quartal|jahr|stichtag|periode|berichtsmonat|kalendermonat|période|mois|
        jour|semaine|trimestre|année|fecha|mes|día|dia|semana|año|ano|período|periodo|månad|vecka|kvartal|år|
        dag|dato|måned|data|mese|settimana|anno|giorno|mês|maand|jaar|kwartaal|okres|miesiąc|rok|tydzień|kausi|
        jakso|kuukausi|päivä|viikko|vuosi|uge|uke|calendar month|obs time|iso week|kalenderwoche|kw""",
    "value": """value|values|actual|actuals|actual value|amount|figure|result|wert|werte|ist|istwert|ist wert|betrag|
        valeur|valeurs|réel|réalisé|valor|valores|real|importe|värde|värden|utfall|verdi|værdi|valore|waarde|
        werkelijk|wartość|arvo|obs value|metric value|kpi value|measured value|observation|faktisk""",
    "segment": """segment|segments|segment id|segment name|region|regions|country|market|geo|geography|division|
        business unit|location|site|standort|land|gebiet|bereich|geschäftsbereich|niederlassung|région|pays|
        secteur|marché|segmento|región|país|regione|paese|regio|marknad|område|marked|segmentti|alue|região|
        mercado|kraj|rynek|bundesland|bundesländer""",
    "unit": """unit|units|uom|unit of measure|einheit|unité|unidad|unidade|enhet|enhed|unità|eenheid|jednostka|yksikkö|
        currency|währung|devise|monnaie|moneda|moeda|valuta|waluta|valuutta""",
    "target": """target|targets|target value|plan|planned|budget|goal|forecast|ziel|zielwert|soll|sollwert|soll wert|
        planwert|prognose|objectif|cible|prévision|meta|objetivo|presupuesto|orçamento|mål|målvärde|prognos|
        obiettivo|doel|begroting|cel|tavoite|baseline|benchmark|previous|prior|prior year|previous year|
        last year|vorjahr|vorjahreswert|py|ly|année précédente|föregående år|variance|deviation|abweichung|
        delta|change|veränderung|écart|avvikelse|rolling forecast|estimate|schätzung""",
}  # fmt: skip
ROLES = {word.strip(): role for role, words in _ROLES.items() for word in words.replace("\n", " ").split("|")}
ACTUAL_WORDS = {w for w, r in ROLES.items() if r == "value"} - {
    "value",
    "values",
    "wert",
    "werte",
    "amount",
    "figure",
    "betrag",
}
TARGET_WORDS = {w for w, r in ROLES.items() if r == "target"} | {"yoy", "mom", "yoy %", "vs plan", "vs target", "diff"}
TOTAL_WORDS = {
    "total", "totals", "grand total", "sub total", "subtotal", "sum", "overall total", "gesamt", "gesamtsumme",
    "summe", "insgesamt", "zwischensumme", "gesamtergebnis", "summa", "totalt", "delsumma", "totaal", "totale",
    "somme", "total général", "total general", "suma", "razem", "yhteensä", "i alt", "subtotaal", "sous total",
    "ytd", "year to date", "average", "mean", "durchschnitt", "mittelwert", "moyenne", "media", "medel",
    "medelvärde", "genomsnitt", "snitt", "ltm", "ttm", "celkem",
}  # fmt: skip
OTHER_WORDS = {
    "comment", "comments", "note", "notes", "remark", "remarks", "source", "owner", "description", "name",
    "title", "url", "link", "id", "row", "row id", "kommentar", "bemerkung", "anmerkung", "quelle",
    "verantwortlich", "beschreibung", "commentaire", "responsable", "comentario", "kommentarer", "källa",
    "updated", "updated at", "created", "created at", "loaded at", "user", "status", "flag", "quality",
    "version", "file", "author", "type", "format", "frequency", "granularity", "category", "direction",
    "formula", "definition", "system", "contact", "team", "responsible",
}  # fmt: skip
_TOTAL_TOKENS = {w for w in TOTAL_WORDS if " " not in w} | {"ergebnis"}
FOOTER_START = re.compile(
    r"\s*(?:(?:source|quelle|källa|fuente|stand|generated|erstellt|exported|created|printed|confidential|vertraulich|"
    r"notes?|hinweis|legende?|remark|anmerkung|fußnote|page|seite|sida|end of|ende|rows?|records|datensätze|"
    r"copyright|data as of|as of|last updated|disclaimer|report|run|user|filter|total rows|row count|anzahl)(?!\w)|"
    r"©|\(c\)|\*|_{2,}|-{3,}|={3,}|[¹²³]|\d\))",
    re.IGNORECASE,
)
_MONEY = r"(?:EUR|€|USD|US\$|\$|SEK|NOK|DKK|CHF|GBP|£|JPY|PLN|CZK|kr|euros?)"
_BIG = (
    r"(?:thousands?|millions?|billions?|tausend|tsd\.?|mio\.?|mrd\.?|millionen|milliarden|milliers|milliards|miles|millones|"
    r"tusental|tusen|miljoner|mn|bn|mln|000s?|1[., ]?000)"
)
SCALE_NOTE = re.compile(
    rf"\b(?:in|en|i)\s+{_BIG}(?!\w)|(?<!\w)(?:k|T|M|m|mn|Mio\.?\s?|Tsd\.?\s?|Mrd\.?\s?|bn\s?){_MONEY}(?!\w)"
    rf"|(?<!\w){_MONEY}\s?(?:k|m|mn|bn|thousands?|millions?|'?000s?|Tsd\.?|Mio\.?|Mrd\.?)(?!\w)|(?<!\w)[tm]kr(?!\w)"
    rf"|(?<!\w){_BIG}\s+(?:of\s+)?{_MONEY}(?!\w)|[\(\[]\s?(?:k|tsd\.?|mio\.?|'?000s?|thousands?|millions?)\s?[\)\]]",
    re.IGNORECASE,
)  # fmt: skip
_UNIT_TAIL = re.compile(r"^(.*?)\s*(?:[(\[]\s*(?:in\s+)?([^()\[\]]{1,25})[)\]]|\bin\s+(\S.{0,20}))$", re.IGNORECASE)
_SUFFIX = re.compile(r"^(.+?)[ _](k|t|m|mio|tsd)?(eur|usd|sek|nok|dkk|chf|gbp|pct|percent|kr)$", re.IGNORECASE)
_BARE_QUARTER = re.compile(r"(?:Q|K|T)\s?([1-4])|([1-4])\.?\s?(?:Quartal|quarter|kvartal|Q)", re.IGNORECASE)
_BARE_WEEK = re.compile(r"(?:W|KW|v\.?)\s?(\d{1,2})", re.IGNORECASE)
GRAIN_WORDS = {
    **dict.fromkeys(
        ("month", "monat", "mois", "mes", "månad", "måned", "mese", "mês", "maand", "reporting month"), "month"
    ),
    **dict.fromkeys(("quarter", "quartal", "trimestre", "kvartal", "kwartaal"), "quarter"),
    **dict.fromkeys(("year", "jahr", "année", "año", "år", "anno", "ano", "jaar"), "year"),
}
LONGEST_LABEL = 200  # a longer text is prose, and no pattern needs to run over it


@dataclass(frozen=True)
class Heading:
    """A header cell: the role its word names ('' if none), the word without its unit, and the unit beside it."""

    role: str
    word: str
    unit: str = ""


def plain_words(text: str) -> str:
    """Lower case, NFC, with underscores, hyphens, points and line breaks as single blanks."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"[\s_\-./:]+", " ", folded).strip(" #*")


def heading(text: str) -> Heading:
    """What a header cell says."""
    if len(text) > LONGEST_LABEL:
        return Heading("", text)
    word = plain_words(text)
    if word in ROLES:
        return Heading(ROLES[word], word)
    tail = _UNIT_TAIL.match(text.strip()) or None
    if tail and plain_words(tail[1]) in ROLES:
        return Heading(ROLES[plain_words(tail[1])], plain_words(tail[1]), (tail[2] or tail[3]).strip())
    suffix = _SUFFIX.match(text.strip())
    if suffix and plain_words(suffix[1]) in ROLES:
        return Heading(ROLES[plain_words(suffix[1])], plain_words(suffix[1]), (suffix[2] or "") + suffix[3])
    if tail and tail[1].strip():
        return Heading("", tail[1].strip(), (tail[2] or tail[3] or "").strip())
    return Heading("", text.strip())


def total_of(text: str) -> str | None:
    """What a total sums up: '' for a plain `Total`, `EMEA` for `EMEA Total`; None if the text is no total."""
    if len(text) > LONGEST_LABEL:
        return None
    word = plain_words(text)
    if word in TOTAL_WORDS:
        return ""
    first, _, rest = word.partition(" ")
    if rest and first in _TOTAL_TOKENS:
        return rest
    head, _, last = word.rpartition(" ")
    return head if head and last in _TOTAL_TOKENS else None


def split_measure(text: str) -> tuple[str, str]:
    """(the label without it, 'actual' or 'target' or ''): `2024-01 Target` is the target of 2024-01."""
    bare = text.strip()
    if len(bare) > LONGEST_LABEL:
        return bare, ""
    word = plain_words(bare)
    if word in TARGET_WORDS:
        return "", "target"
    if word in ACTUAL_WORDS:
        return "", "actual"
    for found in (
        re.match(r"^(.+?)[\s_\-/:]*[(\[]?\b([^\W\d]+)[)\]]?$", bare),
        re.match(r"^([^\W\d]+)[\s_\-/:]+(.+)$", bare),
    ):
        if not found:
            continue
        for side, rest in ((found[2], found[1]), (found[1], found[2])):
            if plain_words(side) in TARGET_WORDS:
                return rest.strip(" -_/:([").strip(), "target"
            if plain_words(side) in ACTUAL_WORDS:
                return rest.strip(" -_/:([").strip(), "actual"
    return bare, ""


def bare_part(text: str) -> str:
    """A quarter (Q1) or week (W05) without its year, in a form that a year can follow; '' if it is none."""
    if m := _BARE_QUARTER.fullmatch(text.strip()):
        return f"Q{m[1] or m[2]}"
    if m := _BARE_WEEK.fullmatch(text.strip()):
        return f"W{int(m[1]):02}"
    return ""


@dataclass(frozen=True)
class Unit:
    """A unit's power of ten against its base, and the base (a currency code, '%', or the word)."""

    scale: int
    base: str


def read_unit(text: str) -> Unit:
    """kEUR is (3, EUR); `%` is (0, %); an unknown word is its own base."""
    plain = text.strip()
    low = plain.casefold().removeprefix("in ").strip()
    if low in ("%", "percent", "pct", "prozent", "procent", "percent points", "percentage points", "pp", "pourcent"):
        return Unit(0, "%")
    if low in CURRENCIES:
        return Unit(0, CURRENCIES[low])
    match = re.fullmatch(
        r"(k|t|tsd\.?|thousands?|tausend|mio\.?|m|mn|millions?|millionen|mrd\.?|bn|billions?|'?000s?|1000)?\s*(?:of\s+)?(.*)",
        low,
    )
    if match and match[1] and (match[2] in CURRENCIES or not match[2] or len(match[1]) > 2):
        power = 9 if match[1][:2] in ("mr", "bn", "bi") else 6 if match[1][0] == "m" else 3
        return Unit(power, CURRENCIES.get(match[2], match[2]))
    reverse = re.fullmatch(r"(\S+)\s*(k|m|mn|bn|'?000s?|thousands?|millions?)", low)
    if reverse and reverse[1] in CURRENCIES:
        return Unit(9 if reverse[2] == "bn" else 6 if reverse[2][0] == "m" else 3, CURRENCIES[reverse[1]])
    return Unit(0, low)
