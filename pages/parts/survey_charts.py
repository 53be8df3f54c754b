"""The answers to one survey question: how many chose what, as bars with their numbers, and the words beside them."""

from typing import Any

from models.language import mark, spoken, tr
from models.survey import Counted
from pages.parts import amounts, sheet

STEPS = {"1": mark("1 not at all"), "5": mark("5 fully"), "yes": mark("Yes"), "no": mark("No")}  # the others by number


def bars(counted: Counted) -> sheet.Block:
    """A row an answer: its bar, how many chose it, their share, and the share in the survey before."""
    held = dict(counted.before.counts) if counted.before else {}
    rows = []
    for word, count in counted.counts:
        share = count / counted.n
        cells: list[Any] = [spoken(STEPS.get(word, word)), {"share": share}, amounts.count(count), amounts.share(share)]
        if counted.before:
            cells.append(amounts.share(held[word] / counted.before.n))
        rows.append({"cells": cells})
    numbers = [tr("People"), tr("Share"), *([tr("Before")] if counted.before else [])]
    return sheet.table([tr("Answer"), "", *numbers], rows, numbers=numbers, compact=True)


def words(counted: Counted, before: str) -> str:
    """How many answered, the share that agrees, and what it was before."""
    assert counted.favourable is not None
    said = {"n": amounts.plain_number(counted.n), "share": amounts.share(counted.favourable)}
    if counted.before is None or counted.before.favourable is None:
        if counted.kind == "yes_no":
            return tr("{share} of {n} said yes.", **said)
        return tr("{share} of {n} chose 4 or 5.", **said)
    said |= {
        "was": amounts.share(counted.before.favourable),
        "m": amounts.plain_number(counted.before.n),
        "before": before,
    }
    if counted.kind == "yes_no":
        return tr("{share} of {n} said yes; {was} of {m} in “{before}”.", **said)
    return tr("{share} of {n} chose 4 or 5; {was} of {m} in “{before}”.", **said)
