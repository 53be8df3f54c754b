"""The sheet: verdicts, scores, sentences and sparklines as one element, however many rows there are.

Python describes blocks of plain data, sheet.js draws them from text nodes; no HTML is made here. A row that names a
page opens it on a click and is a real link besides, so it can be opened in a new tab. What draws (40 kB) is brought to
a page once; each sheet is its data alone.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from models.language import current, mark, spoken, tr
from models.verdict import FLAGS, VERDICTS, Word
from pages.exports import icons
from pages.parts import amounts
from pages.parts.amounts import known
from pages.parts.escape import one_line
from pages.parts.view import View

_HERE = Path(__file__).parent
Block = dict[str, Any]
_PACES = {"on track": mark("on track"), "behind": mark("behind"), "at risk": mark("at risk"), "missed": mark("missed")}


def pace(word: str) -> str:
    """A word of models.scoring in the reader's language."""
    return spoken(_PACES.get(word, word))


def badge(word: Word, text: str = "") -> dict[str, str]:
    """A word with its icon and tone; `text` replaces the word ("Vanity so far")."""
    return {"word": text or word.word, "icon": word.icon, "tone": word.tone, "meaning": word.meaning}


def strip(verdicts: pd.Series) -> Block:
    """How many of each verdict, in the order of models.verdict, those that occur."""
    counts = verdicts.value_counts()
    parts = [
        {"code": code, "count": int(counts[code]), **badge(word)} for code, word in VERDICTS.items() if code in counts
    ]
    return {"kind": "strip", "parts": parts}


def row(key_result: Any, view: View, spark: dict[str, Any] | None, pass_mark: float, **how: bool) -> Block:
    """One key result (a row of the scorecard's frame).

    `where` names its objective and team, for lists across them; `over` says missed in place of the pace.
    """
    where, course = how.get("where", False), "missed" if how.get("over", False) else key_result["pace_word"]
    meta = [key_result["objective_title"], key_result["team_name"]] if where else [key_result["owner"]]
    known_verdict = VERDICTS.get(key_result["verdict"])
    return {
        "id": key_result["id"],
        "open": {"page": "key-result", "params": {"kr": str(key_result["id"])}},
        "href": view.href("key-result", kr=str(key_result["id"])),
        "title": one_line(key_result["title"] or key_result["id"]),
        "meta": " · ".join(one_line(part) for part in meta if isinstance(part, str) and part)
        + (f" · {tr('illustrative')}" if key_result["illustrative"] else ""),
        "verdict": badge(known_verdict, key_result["verdict_word"]) if known_verdict else None,
        "flags": [badge(FLAGS[code]) for code in key_result["flags"] if code in FLAGS],
        "sentence": one_line(key_result["sentence"]),
        "notes": notes(key_result["flag_notes"]),
        "score": score_bar(key_result["score"], pass_mark, course, below=bool(key_result["below_baseline"])),
        "spark": spark,
    }


def notes(sentences: Iterable[str]) -> list[dict[str, str]]:
    """The sentences of flags, each in the tone of the flag whose word it begins with."""
    tones = {word.word: word.tone for word in FLAGS.values()}
    return [
        {"text": one_line(said), "tone": next((t for word, t in tones.items() if said.startswith(word)), "neutral")}
        for said in sentences
    ]


def score_bar(
    score: Any, pass_mark: float, course: Any = "", *, below: bool = False, verdict: bool = True
) -> dict[str, Any]:
    """A score 0..1 with the mark from which it passes, and the pace in words; without `verdict` no word."""
    passed = known(score) and float(score) >= pass_mark
    if not known(score):
        word = tr("no value yet")
    elif below:
        word = tr("below baseline")
    else:
        word = tr("passed") if passed else pace(course) if isinstance(course, str) else ""
    return {
        "value": float(score) if known(score) else None,
        "text": amounts.score(score),
        "mark": pass_mark,
        "mark_said": tr("passes at {score}", score=amounts.plain_number(pass_mark)),
        "passed": passed,
        "word": word if verdict else "",
    }


def group(title: str, meta: str, rows: Iterable[Block], *, hints: Sequence[str] = (), **more: Any) -> Block:
    """Rows under a heading; `score` and `word` stand at its right."""
    hints = [one_line(hint) for hint in hints]
    return {
        "kind": "group",
        "title": one_line(title),
        "meta": one_line(meta),
        "rows": list(rows),
        "hints": hints,
        **more,
    }


def lead(badges: Sequence[Block], sentence: str, said: Sequence[str], facts: Iterable[tuple[str, str, str]]) -> Block:
    """The answer on top of a page: badges, the sentence, notes, and a line of figures (name, value, beside it)."""
    named = [{"name": one_line(name), "value": value, "beside": one_line(beside)} for name, value, beside in facts]
    return {
        "kind": "lead",
        "badges": list(badges),
        "sentence": one_line(sentence),
        "notes": notes(said),
        "facts": named,
    }


def heading(title: str) -> Block:
    """A heading between blocks, as a page's own."""
    return {"kind": "heading", "title": one_line(title)}


def prose(entries: Iterable[Block], *, opening: str = "", ordered: bool = False) -> Block:
    """Sentences in a list; an entry is made by `sentence`."""
    return {"kind": "prose", "opening": one_line(opening), "entries": list(entries), "ordered": ordered}


def sentence(
    text: str, subjects: dict[str, str], view: View, *, label: str = "", word: Block | None = None, beside: str = ""
) -> Block:
    """A sentence in which each of `subjects` (words → key result) leads to its evidence."""
    parts: list[Any] = []
    subjects = {one_line(words): name for words, name in subjects.items()}
    if subjects:
        pattern = "|".join(re.escape(words) for words in sorted(subjects, key=len, reverse=True))
        pieces = re.split(f"({pattern})", one_line(text))
        parts = [_subject(piece, subjects[piece], view) if piece in subjects else piece for piece in pieces if piece]
    return {"label": label, "badge": word, "parts": parts or [one_line(text)], "beside": one_line(beside)}


def _subject(words: str, key_result: str, view: View) -> Block:
    where = {"page": "key-result", "params": {"kr": key_result}}
    return {"text": words, "open": where, "href": view.href("key-result", kr=key_result)}


def table(
    columns: Sequence[str],
    rows: Iterable[Block],
    *,
    numbers: Sequence[str] = (),
    swatches: Mapping[str, str] | None = None,
    caption: str = "",
    compact: bool = False,
) -> Block:
    """A small table. A row is {"cells": [...], "open": ..., "href": ...}; a cell: text, badge, {share} (a bar), {text,
    meta}, which may have an open and href of its own, {links} of such, or {stack, label}, a bar of parts whose colours
    and patterns `swatches` (column → part) explain. A `compact` one stays a table where room is short."""
    swatches = swatches or {}
    heads: list[Block] = [{"title": title, "number": title in numbers} for title in columns]
    for head in heads:
        if head["title"] in swatches:
            head["swatch"] = swatches[head["title"]]
    return {"kind": "table", "columns": heads, "rows": list(rows), "caption": caption, "compact": compact}


def matrix(corner: str, columns: Sequence[Block], rows: Iterable[Block], **words: str) -> Block:
    """Rows against columns, a badge or nothing (None) where they meet; a list per row where room is short.

    A column: {"title", "meta", "group", "open", "href"}, those of a group side by side; a row: {"title", "meta",
    "cells"}.
    Words: `caption`, `label` (what the whole is, for who cannot see it), `nothing` (what an empty cell says aloud).
    """
    return {"kind": "matrix", "corner": corner, "columns": list(columns), "rows": list(rows), **words}


def show(blocks: Sequence[Block], view: View, key: str, here: str = "") -> dict[str, str]:
    """Put the blocks on the page, and open the page of a row that was clicked; its parameters if it is this one."""
    result = _component()(data={"blocks": list(blocks)}, key=key, on_open_change=lambda: None)
    where = getattr(result, "open", None)
    if not isinstance(where, dict):
        return {}
    params = {str(name): str(value) for name, value in dict(where.get("params", {})).items()}
    if here and where.get("page") == here:
        return params
    if where.get("page") in view.pages:
        view.go(where["page"], **params)
    return {}


def bring_pen() -> None:
    """What draws the sheets of a page; once a run, out of sight (look.css)."""
    _pen()(data={"language": current().code, "later": _charts_file()}, key="pen")


@cache
def _charts_file() -> str:
    """The name of the file that Streamlit draws charts with, 4.7 MB; empty where it cannot be told."""
    found = list((Path(st.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js"))
    return found[0].name if len(found) == 1 else ""


@cache
def _component() -> Any:
    return st.components.v2.component("needle_sheet", js=_text("sheet_stub.js"))


@cache
def _pen() -> Any:
    drawings = {sign: icons.outlines(sign) for sign in icons.ICONS}  # sign → paths
    before = f"const ICONS = {json.dumps(drawings)};\nconst STYLE = {json.dumps(_text('sheet.css'))};\n"
    return st.components.v2.component("needle_pen", js=before + _text("sheet.js"))


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
