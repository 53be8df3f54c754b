"""What changed, in words: one line for a definition, a check-in, a load, or a record that was written."""

import json
from typing import Any

import pandas as pd

from models.amounts import figure
from models.language import mark, numeral, spoken, tr, trn
from models.okr_changes import KINDS, Change
from models.verdict import Word

WHAT: dict[str, Word] = {
    "definition": Word("Definition", "✎", "neutral", "A definition is new, or one of its fields was changed."),
    "check_in": Word("Check-in", "✓", "neutral", "An owner reported where a key result stands."),
    "status": Word("Status", "◐", "neutral", "A team said where work stands, in its own words."),
    "comment": Word("Comment", "○", "neutral", "Somebody wrote something to an objective or a key result."),
    "action": Word("Action", "▸", "neutral", "Something to do was written down, or its state changed."),
    "load": Word("Load", "△", "neutral", "Values came in."),
    "undo": Word("Taken back", "▽", "warn", "A load was taken back."),
    "event": Word("Event", "◇", "neutral", "Something happened that may explain a turn."),
    "closing": Word("Closing", "◷", "neutral", "A cycle was closed, or opened again."),
    "digest": Word("Digest", "▲", "neutral", "A summary was sent."),
    "stand_up": Word("Stand-up", "▸", "neutral", "A team held its stand-up."),
    "retrospective": Word("Retrospective", "○", "neutral", "A team looked back on a cycle."),
    "carry": Word("Carried over", "△", "neutral", "It was decided whether a key result goes on in the next cycle."),
    "lesson": Word("Lesson", "◇", "neutral", "Something learned was written down."),
    "survey": Word("Survey", "○", "neutral", "A survey was opened, or closed."),
    "template": Word("Template", "○", "neutral", "An objective was kept as a template."),
    "other": Word("Record", "○", "neutral", "Something else was written down."),
}
NEVER_TOLD = ("answer", "token")  # kinds of records that are given in confidence
MOST_FIELDS = 4  # changed fields of one definition that are named
COLUMNS = ["at", "by", "what", "kind", "subject", "title", "team", "team_name", "count", "body", "before"]
_LOADS = {
    "stored": mark("stored"),
    "partial": mark("stored in part"),
    "rejected": mark("refused"),
    "needs_input": mark("not stored: a question is open"),
    "already_loaded": mark("loaded before"),
}


def told(row: dict[str, Any], statuses: dict[str, str]) -> str:
    """One row of the feed (COLUMNS) in one sentence. `statuses`: id → the word for it."""
    body, before = _object(row["body"]), _object(row["before"])
    what = row["what"]
    if what == "definition":
        return _definition(row, body, before)
    if what == "check_in":
        return _check_in(body)
    if what == "load":
        return _load(body)
    if what == "undo":
        return tr("{file} was taken back.", file=body.get("file", ""))
    if not body:
        return tr("Taken back: {text}", text=_text(before)) if before else tr("Taken back.")
    if what == "status":
        return _status(body, before, statuses)
    said = _text(body)
    if what == "closing":
        return said or tr("The cycle {cycle} was closed.", cycle=body.get("cycle", row["subject"]))
    if what == "digest":
        return tr("A digest was sent.")
    if not said and what in WHAT:
        return WHAT[what].meaning
    return said if not before else tr("Changed: {text}", text=said)


def _definition(row: dict[str, Any], body: dict[str, Any], before: dict[str, Any]) -> str:
    kind = spoken(KINDS[row["kind"]]) if row["kind"] in KINDS else row["kind"]
    count = int(row["count"])
    if not before:
        if count == 1:
            return tr("{kind} is new.", kind=kind)
        return trn("{count} definition is new: {kind}.", "{count} definitions are new: {kind}.", count, kind=kind)
    fields = [name for name in {**before, **body} if body.get(name) != before.get(name) and name != "id"]
    parts = [_field(row, name, before.get(name), body.get(name)) for name in fields[:MOST_FIELDS]]
    if len(fields) > MOST_FIELDS:
        parts.append(trn("and {count} more field", "and {count} more fields", len(fields) - MOST_FIELDS))
    return "; ".join(parts) + "." if parts else tr("Recorded again without a change.")


def _field(row: dict[str, Any], name: str, old: Any, new: Any) -> str:
    """`target 5 → 6`; a list or an object is too long for a line, so only its name is told."""
    if isinstance(old, list | dict) or isinstance(new, list | dict):
        return tr("{field} changed", field=name)
    change = Change(row["kind"], row["subject"], "changed", name, old, new)
    return tr("{field} {old} → {new}", field=change.field, old=_value(old), new=_value(new))


def _value(value: Any) -> str:
    if value is None or value == "":
        return tr("nothing")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return figure(float(value)) if isinstance(value, int | float) else str(value)


def _check_in(body: dict[str, Any]) -> str:
    value, confidence, note = body.get("value"), body.get("confidence"), body.get("note") or ""
    sure = numeral(f"{float(confidence):g}") if confidence is not None else ""
    if value is not None:
        shown = figure(float(value))
        said = (
            tr("Value {value}, confidence {sure} of 10", value=shown, sure=sure)
            if sure
            else tr("Value {value}", value=shown)
        )
    else:
        said = tr("Confidence {sure} of 10", sure=sure) if sure else tr("Neither value nor confidence")
    return tr("{said}: “{note}”", said=said, note=note) if note else f"{said}."


def _load(body: dict[str, Any]) -> str:
    word = spoken(_LOADS.get(str(body.get("status")), str(body.get("status"))))
    new, restated, refused = (int(body.get(name) or 0) for name in ("accepted_new", "restated", "rejected"))
    facts = [trn("{count} new value", "{count} new values", new)]
    facts += [trn("{count} restated", "{count} restated", restated)] * bool(restated)
    facts += [trn("{count} refused", "{count} refused", refused)] * bool(refused)
    return tr("{file} {stored}: {facts}.", file=body.get("file", ""), stored=word, facts=", ".join(facts))


def _status(body: dict[str, Any], before: dict[str, Any], statuses: dict[str, str]) -> str:
    new, old, note = (str(value or "") for value in (body.get("status"), before.get("status"), body.get("note")))
    new, old = statuses.get(new, new), statuses.get(old, old) or tr("not set")
    said = tr("Status {old} → {new}", old=old, new=new)
    return tr("{said}: “{note}”", said=said, note=note) if note else f"{said}."


def _text(body: dict[str, Any]) -> str:
    """What a record says, by whichever of the usual names it says it."""
    return next((str(body[name]) for name in ("text", "title", "note", "summary") if body.get(name)), "")


def _object(text: Any) -> dict[str, Any]:
    found = json.loads(text) if isinstance(text, str) and text else {}
    return found if isinstance(found, dict) else {}


def empty() -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS)
