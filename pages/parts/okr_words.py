"""What the views of OKRs say of one key result: its status, its verdict, what the data suggests, when it is due."""

from typing import Any

from models.language import mark, spoken, tr
from models.okr import STATUSES
from models.okr_rows import NOT_SET, OkrRows
from models.verdict import FLAGS, VERDICTS
from pages.parts import amounts, sheet
from pages.parts.escape import one_line
from pages.parts.targets import pass_mark
from pages.parts.view import View

_USUAL = {  # the usual statuses, so that they can be translated; a company's own are its own words
    "Not started": mark("Not started"),
    "On track": mark("On track"),
    "At risk": mark("At risk"),
    "Off track": mark("Off track"),
    "On hold": mark("On hold"),
    "Done": mark("Done"),
    "Dropped": mark("Dropped"),
}
_COURSE = {"passed": mark("passed")}  # beside the words for pace


def status_word(found: OkrRows, code: str) -> str:
    """The name of a status; not set where nobody gave one."""
    if code == NOT_SET:
        return tr("No status")
    status = found.status(code)
    usual = any(status == known for known in STATUSES)
    return spoken(_USUAL[status.label]) if usual and status.label in _USUAL else one_line(status.label)


def status_cell(found: OkrRows, row: dict[str, Any]) -> sheet.Block:
    """The status as a badge; where none is set, what the data suggests stands beside it."""
    code = row["status"]
    if code != NOT_SET:
        status = found.status(code)
        return {"word": status_word(found, code), "icon": status.icon, "tone": status.tone, "meaning": ""}
    return {"text": status_word(found, code), "meta": data_says(row)}


def data_says(row: dict[str, Any]) -> str:
    """`the data says: behind`."""
    return tr("the data says: {word}", word=course(row["suggests"])) if row["suggests"] else tr("no value yet")


def course(word: str) -> str:
    """What the data suggests of a key result's course, in the reader's language."""
    return spoken(_COURSE[word]) if word in _COURSE else sheet.pace(word)


def verdict(row: dict[str, Any]) -> sheet.Block | None:
    word = VERDICTS.get(row["verdict"])
    return sheet.badge(word, one_line(row["verdict_word"])) if word else None


def flags(row: dict[str, Any]) -> list[sheet.Block]:
    return [sheet.badge(FLAGS[code]) for code in row["flags"] if code in FLAGS]


def score(found: OkrRows, row: dict[str, Any]) -> sheet.Block:
    over = found.card.as_of > found.card.cycle.end
    word = "missed" if over else row["pace_word"]
    mark_at = pass_mark(row["level"], found.card.policy)
    return sheet.score_bar(row["score"], mark_at, word, below=bool(row["below_baseline"]))


def owner(name: str) -> str:
    return one_line(name) if name else tr("No owner")


def confidence(value: Any) -> str:
    return amounts.plain_number(float(value)) if amounts.known(value) else amounts.UNKNOWN


def due(row: dict[str, Any]) -> sheet.Block:
    """The day, and what is to be said of it."""
    if row["late"]:
        said = tr("overdue")
        return {"word": amounts.day(row["due"]), "icon": "⚠", "tone": "bad", "meaning": said, "meta": said}
    return {"text": amounts.day(row["due"]), "meta": ""}


def opening(row: dict[str, Any], view: View) -> sheet.Block:
    """What makes a row or card open the key result's page."""
    name = str(row["id"] if "id" in row else row["key_result"])
    return {"open": {"page": "key-result", "params": {"kr": name}}, "href": view.href("key-result", kr=name)}


def title(row: dict[str, Any]) -> str:
    return one_line(row["title"] or row["id"])


def where(row: dict[str, Any]) -> str:
    """Objective and team of a key result."""
    parts = [row["objective_title"], row["team_name"]]
    return " · ".join(one_line(part) for part in parts if isinstance(part, str) and part)
