"""What a reader's decision can be changed to, in words; which known KPI an unknown name may mean. No screen here."""

import difflib
import unicodedata
from typing import Any

import pandas as pd

from models.language import mark, spoken, tr

# mapping key: {value in the mapping: words}. A key that is not here takes the alternatives that the reader names.
CHOICES: dict[str, dict[str, str]] = {
    "decimal": {",": mark("decimal comma"), ".": mark("decimal point")},
    "date_order": {"dmy": mark("day first"), "mdy": mark("month first"), "ymd": mark("year first")},
    "delimiter": {",": mark("comma"), ";": mark("semicolon"), "\t": mark("tab"), "|": mark("pipe")},
    "encoding": {
        "utf-8": "UTF-8",
        "cp1252": "windows-1252",
        "utf-16": "UTF-16",
        "mac_roman": "Mac Roman",
        "cp850": mark("DOS code page 850"),
        "cp1250": "windows-1250",
        "cp1251": "windows-1251",
        "iso8859-15": "ISO-8859-15",
    },
}
KEPT = mark("as read")
NEAR = 0.6  # how alike two names must be, 0..1, to be suggested
SUGGESTED = 3


def choices(decision: Any) -> dict[Any, str]:
    """Value for the mapping → words, without what was taken. Empty when nothing else is possible."""
    key = decision.mapping_key
    known = CHOICES.get(key, {value: value for value in decision.alternatives} if key else {})
    return {value: spoken(str(words)) for value, words in known.items() if decision.value not in (value, words)}


def options_of(question: Any) -> list[tuple[dict[str, Any], str]]:
    """The answers to a question: what each adds to the mapping, and its words."""
    key = question.mapping_key
    if key == "kpi_const":  # a column that names the KPI is another key than the KPI's own name
        return [({"kpi": value}, tr("{column} names it", column=words)) for value, words in question.options]
    out = [({key: value}, words or str(value)) for value, words in question.options]
    return [*out, ({"segment_const": "all"}, tr("none: every value is for the whole"))] if key == "segment" else out


def alike(name: str, kpis: pd.DataFrame) -> list[str]:
    """Ids of known KPIs (columns id, name) that a written name resembles, the nearest first; a hint, never applied."""
    wanted, found = _bare(name), {}
    for kpi in kpis[["id", "name"]].to_dict("records"):
        forms = {_bare(kpi["id"]), _bare(kpi["name"])}
        likeness = max(difflib.SequenceMatcher(None, wanted, form).ratio() for form in forms)
        if likeness >= NEAR or (len(wanted) > 3 and any(wanted in form for form in forms)):
            found[str(kpi["id"])] = likeness
    return sorted(found, key=lambda kpi: (-found[kpi], kpi))[:SUGGESTED]


def _bare(text: str) -> str:
    """Letters and digits only, without case and accents."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
